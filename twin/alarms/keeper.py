"""What goes on after a restart: alarms as they stood, and that somebody has seen what is found again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twin.alarms.book import SHELF_LONGEST, Alarm
from twin.alarms.journal import Journal, Recognition
from twin.detectors.anomaly import Anomaly

REMEMBERED_FOR = SHELF_LONGEST  # s: what was seen a shift ago is to be seen again


class Keeper:
    """Enters what happens into a journal, and says what the journal's last run left.

    Anomalies are looked for anew after a restart, under new numbers: those that stood are over with the first entry.
    One that is found again (the same fault of the same equipment) within a shift counts as seen if it had been.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.alarms: tuple[Alarm, ...] = journal.alarms()
        anomalies = journal.anomalies()
        self.first_anomaly = 1 + max((anomaly.id for anomaly in anomalies), default=0)
        self.left = tuple(anomaly for anomaly in anomalies if anomaly.until is None)
        self.resumed = bool(len(journal))
        self._ended = not self.left
        self._seen = {(a.equipment, a.fault): a.by for a in self.left if a.state == "acknowledged"}
        self._seen_at = journal.last(1)[0].at if self._seen else 0.0
        self._recognised: dict[int, str] = {}

    @property
    def recognised(self) -> frozenset[int]:
        """The numbers of those standing anomalies that somebody has seen."""
        return frozenset(self._recognised)

    @property
    def standing(self) -> int:
        """How many alarms stood when the last run ended."""
        return sum(alarm.state != "normal" for alarm in self.alarms)

    def close(self) -> None:
        """Let go of the journal's file."""
        self._journal.close()

    def enter(self, at: float, alarms: Iterable[Alarm], anomalies: Iterable[Anomaly]) -> None:
        """Enter what a frame changed. Raises StationError where another program writes the same journal."""
        over = () if self._ended else tuple(replace(left, state="normal", until=at) for left in self.left)
        found = tuple(self._found(at, anomaly) for anomaly in anomalies)
        self._journal.append(at, (*over, *alarms, *found))
        self._ended = True

    def recognise(self, at: float, anomalies: Iterable[Anomaly], by: str) -> None:
        """Enter that somebody has seen these. Raises StationError likewise."""
        fresh = [a for a in anomalies if a.until is None and a.id not in self._recognised]
        self._journal.append(at, [Recognition.of(anomaly, by, seen=True) for anomaly in fresh])
        self._recognised |= {anomaly.id: by for anomaly in fresh}

    def _found(self, at: float, anomaly: Anomaly) -> Recognition:
        before = self._seen.pop((anomaly.equipment, anomaly.fault), None)
        if before is not None and abs(at - self._seen_at) <= REMEMBERED_FOR and anomaly.until is None:
            self._recognised[anomaly.id] = before
        by = self._recognised.get(anomaly.id)
        if anomaly.until is not None:
            self._recognised.pop(anomaly.id, None)
        return Recognition.of(anomaly, by or "", seen=by is not None)
