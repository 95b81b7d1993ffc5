"""What is remembered, behind two questions: what was the latest at t, and what happened between t0 and t1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.notes import Annotation
from twin.plant.reading import Station
from twin.signals import Block, Event, Floats, Frame, Qualities, TagTable
from twin.thermography import Panorama, ThermalFrame


@dataclass(frozen=True, slots=True)
class Track:
    """Where a robot was: ``at`` (p,), ``position`` (p, 3) [m], ``orientation`` (p, 4) unit quaternions x, y, z, w."""

    robot: str
    at: Floats
    position: Floats
    orientation: Floats


@dataclass(frozen=True, slots=True)
class Overview:
    """What some tags did, reduced to a few buckets.

    ``at`` (b,) is each bucket's first row; ``low``, ``high``, ``last`` (k, b) in the tags' units, NaN where all is
    missing; ``quality`` (k, b) the worst. Spikes survive: low and high are true extremes.
    """

    at: Floats
    low: Floats
    high: Floats
    last: Floats
    quality: Qualities


class Memory(Protocol):
    """A recording on disk, or the last hours of a live source: the same questions serve every view."""

    @property
    def station(self) -> Station | None:
        """The station it is of; None for foreign data."""
        ...

    @property
    def tags(self) -> TagTable:
        """What its columns are."""
        ...

    @property
    def span(self) -> tuple[float, float]:
        """First and last source time held; NaN where nothing is. [s, POSIX]"""
        ...

    def latest_at(self, at: float) -> Frame | None:
        """The last frame at or before a time, with the poses as of then; None before the first."""
        ...

    def range(self, since: float, until: float, columns: Sequence[int] | None = None) -> Block:
        """All frames with since <= at < until, of some columns in the order asked (None: all)."""
        ...

    def overview(self, columns: Sequence[int], since: float, until: float, buckets: int) -> Overview:
        """The same reduced to at most ``buckets`` of equal length; empty ones are left out."""
        ...

    def frames(self, since: float, until: float) -> Iterator[Frame]:
        """All frames with since <= at < until, one by one, as they were handed over: with poses and events."""
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

    def robots(self) -> tuple[str, ...]:
        """Names of the robots that were seen."""
        ...

    def track(self, robot: str) -> Track:
        """Where a robot was, as far as is remembered."""
        ...

    def truth(self) -> tuple[Event, ...]:
        """What was made to happen in a simulated run; no detector may look at it."""
        ...

    def thermal_frames(self, since: float, until: float, camera: str | None = None) -> Iterator[ThermalFrame]:
        """What thermal cameras took with since <= at < until, in order of time; of one of them, or of all."""
        ...

    def panoramas(self, since: float, until: float, camera: str | None = None) -> Iterator[Panorama]:
        """The same of panoramic cameras."""
        ...

    def panorama_times(self) -> dict[str, Floats]:
        """When each panoramic camera took its pictures, in order. [s, POSIX]"""
        ...

    def annotations(self) -> tuple[Annotation, ...]:
        """What reviewers said, in the order in which they did."""
        ...
