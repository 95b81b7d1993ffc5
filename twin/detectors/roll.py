"""The roll of anomalies: those of several finders numbered in one row, and which of them stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twin.detectors.anomaly import Anomaly


class Roll:
    """Numbers anomalies as they are first told, from ``first`` on; each finder numbers its own by itself."""

    def __init__(self, first: int = 1) -> None:
        self._next = first
        self._numbers: dict[tuple[str, int], int] = {}
        self._standing: dict[int, Anomaly] = {}
        self._told: tuple[Anomaly, ...] = ()

    @property
    def standing(self) -> tuple[Anomaly, ...]:
        """Those that have not ended, in the order in which they were first told."""
        return self._told

    def begin_at(self, first: int) -> None:
        """Let no number below this one be given."""
        self._next = max(self._next, first)

    def enter(self, finder: str, changed: Iterable[Anomaly]) -> tuple[Anomaly, ...]:
        """What a finder says has changed, by the roll's numbers."""
        entered = tuple(self._entered(finder, anomaly) for anomaly in changed)
        if entered:
            self._told = tuple(self._standing.values())
        return entered

    def _entered(self, finder: str, anomaly: Anomaly) -> Anomaly:
        known = self._numbers.get((finder, anomaly.id))
        number = known if known is not None else self._next
        if known is None:
            self._next += 1
            self._numbers[finder, anomaly.id] = number
        anomaly = anomaly if anomaly.id == number else replace(anomaly, id=number)
        if anomaly.until is None:
            self._standing[number] = anomaly
        else:
            self._standing.pop(number, None)
            self._numbers = {key: held for key, held in self._numbers.items() if held != number}
        return anomaly
