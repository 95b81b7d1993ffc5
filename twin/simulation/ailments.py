"""The faults of a run: which act at an instant, what they do together, and what is told of them as truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from twin.signals import Event
from twin.simulation import places
from twin.simulation.effects import Effects
from twin.simulation.faults import FAULTS, Fault
from twin.simulation.layout import Layout
from twin.simulation.onset import Onset
from twin.simulation.scenario import Happening
from twin.text import Text

ENDED = Text("ended", "结束")


@dataclass(frozen=True, slots=True)
class Ailment:
    """A fault on a thing of this station. Times are seconds from the start of the run.

    ``by`` is who asked for it while the plant ran; empty where its scenario has it.
    """

    happening: Happening
    fault: Fault
    index: int
    size: float
    onset: Onset
    by: str = ""

    @classmethod
    def of(cls, happening: Happening, layout: Layout, by: str = "") -> Ailment:
        """What a happening means on this station, which has what it names."""
        fault = FAULTS[happening.fault]
        index = places.places(layout, fault.befalls)[happening.on]
        return cls(happening, fault, index, fault.size(happening.severity), happening.onset, by)

    def __deepcopy__(self, memo: dict[int, Any]) -> Ailment:
        """Itself: nothing of it ever changes."""
        return self

    def grown(self, second: int) -> float:
        """How far it has come: 0 before its onset and after its end, 1 completely."""
        at, until = self.happening.at, self.happening.until
        if second < at or (until is not None and second >= until):
            return 0.0
        return self.onset.grown(second - at)

    def over(self, second: int) -> bool:
        """Whether it has ended."""
        return self.happening.until is not None and second >= self.happening.until


class Together:
    """What all faults do at a second of the run; reckoned anew only when one has changed. Nobody may write to it."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._healthy = Effects.none(layout)
        self._acting: list[tuple[Ailment, float]] = []
        self._effects = self._healthy

    def at(self, ailments: tuple[Ailment, ...], second: int) -> Effects:
        """The departures from health of that second."""
        acting = [(one, grown) for one in ailments if (grown := one.grown(second)) > 0.0]
        if not acting:
            return self._healthy
        if not _same(acting, self._acting):
            effects = Effects.none(self._layout)
            for one, grown in acting:
                one.fault.effect(effects, one.index, one.size * grown)
            self._acting, self._effects = acting, effects
        return self._effects


def _same(one: list[tuple[Ailment, float]], other: list[tuple[Ailment, float]]) -> bool:
    return len(one) == len(other) and all(a is b and g == h for (a, g), (b, h) in zip(one, other, strict=True))


def mended(ailments: tuple[Ailment, ...], fault: str, index: int, second: int) -> tuple[Ailment, ...] | None:
    """The same with that fault of that thing over from this second on; None where it has no such fault.

    What had not begun never will, and nothing is told of it.
    """
    kept, found = [], False
    for one in ailments:
        if one.happening.fault != fault or one.index != index or one.over(second):
            kept.append(one)
            continue
        found = True
        if one.happening.at < second:
            over = one.happening.model_copy(update={"until": float(second)})
            kept.append(replace(one, happening=over))
    return tuple(kept) if found else None


def told(ailments: tuple[Ailment, ...], second: int, start: float) -> Iterator[Event]:
    """The truth of this second: onsets and ends. ``start`` is that of the run. [s, POSIX]"""
    for one in ailments:
        if due(one.happening.at, second):
            yield _truth(one, "onset", one.fault.text, second, start)
        if one.happening.until is not None and due(one.happening.until, second):
            yield _truth(one, "end", ENDED, second, start)


def due(at: float, second: int) -> bool:
    """Whether a time falls between the last second and this one."""
    return second - 1 < at <= second


def _truth(one: Ailment, phase: str, said: Text, second: int, start: float) -> Event:
    happening = one.happening
    data: dict[str, Any] = {
        "fault": happening.fault,
        "equipment": happening.on,
        "severity": happening.severity,
        "phase": phase,
        "since": start + happening.at,
        "shape": one.onset.shape,
    }
    if one.onset.shape != "step":
        data["period_s" if one.onset.shape == "intermittent" else "ramp_s"] = one.onset.seconds
    if one.by:
        data["by"] = one.by
    return Event(start + second, "truth", happening.on, said, data)
