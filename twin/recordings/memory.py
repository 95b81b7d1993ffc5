"""What is remembered, behind two questions: what was the latest at t, and what happened between t0 and t1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.plant.reading import Station
from twin.signals import Block, Event, Frame, TagTable


class Memory(Protocol):
    """A recording on disk, or the last hours of a live source: the same questions serve every view."""

    station: Station | None
    tags: TagTable

    @property
    def span(self) -> tuple[float, float]:
        """First and last source time held. [s, POSIX]"""
        ...

    def latest_at(self, at: float) -> Frame | None:
        """The last frame at or before a time, with poses; None before the first."""
        ...

    def range(self, since: float, until: float, columns: Sequence[int] | None = None) -> Block:
        """All frames with since <= at < until, of some columns in the order asked (None: all)."""
        ...

    def events(self, since: float, until: float) -> tuple[Event, ...]:
        """What happened in a span, in order."""
        ...

    def anomalies(self) -> tuple[Anomaly, ...]:
        """Every anomaly known, in its last state."""
        ...

    def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm known, in its last state."""
        ...
