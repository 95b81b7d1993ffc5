"""The words all else is said in: Tag, TagTable, Quality, Pose, Event, Frame and Block.

A value is kept in the unit its transmitter speaks (``Tag.unit``): what was measured is evidence, and evidence is
stored as it came. The plant model converts to SI at its own door (:mod:`twin.units`). Times are POSIX seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from twin.errors import StationError
from twin.text import Text, did_you_mean
from twin.thermography import Panorama, ThermalFrame

Floats = NDArray[np.float64]
Qualities = NDArray[np.uint8]

TagKind = Literal["analog", "digital", "calculated"]

ROWS_AT_ONCE = 64  # of a block whose frames are made together


class Quality(IntEnum):
    """How far a value may be trusted; the larger the worse. The worst of several is their ``max``."""

    GOOD = 0
    UNCERTAIN = 1
    STALE = 2
    BAD = 3
    MISSING = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """Alarm limits in the tag's unit; None where there is none."""

    low_low: float | None = None
    low: float | None = None
    high: float | None = None
    high_high: float | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """One measuring point.

    ``measures`` says what of its equipment it measures (``suction_pressure``), in the vocabulary of
    :mod:`twin.plant.measures`; the pair (equipment, measures) is unique in a station. ``period`` is in seconds;
    ``step`` is the smallest difference the transmitter can say, in the tag's unit (0: not quantised).
    """

    name: str
    unit: str = ""
    description: Text = field(default_factory=Text)
    equipment: str = ""
    measures: str = ""
    node: str = ""
    kind: TagKind = "analog"
    low: float = float("nan")
    high: float = float("nan")
    limits: Limits = field(default_factory=Limits)
    period: float = 1.0
    step: float = 0.0

    @property
    def decimals(self) -> int:
        """Digits after the point worth showing."""
        if self.kind == "digital":
            return 0
        span = self.high - self.low
        if self.step > 0:
            return int(np.clip(np.ceil(-np.log10(self.step)), 0, 4))
        if not np.isfinite(span) or span <= 0:
            return 3
        return int(np.clip(3 - np.floor(np.log10(span)), 0, 4))


class TagTable(Sequence[Tag]):
    """The tags of a station or a recording, in column order. Names are unique."""

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._tags = tuple(tags)
        self._columns = {tag.name: column for column, tag in enumerate(self._tags)}
        if len(self._columns) != len(self._tags):
            seen: set[str] = set()
            twice = next(t.name for t in self._tags if t.name in seen or seen.add(t.name))  # type: ignore[func-returns-value]
            raise StationError(twice, "is named by two tags", "Give each tag a name of its own")
        self._measures = {(t.equipment, t.measures): c for c, t in enumerate(self._tags) if t.measures}

    def __len__(self) -> int:
        return len(self._tags)

    def __iter__(self) -> Iterator[Tag]:
        return iter(self._tags)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    @overload
    def __getitem__(self, key: int) -> Tag: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Tag, ...]: ...
    def __getitem__(self, key: int | slice) -> Tag | tuple[Tag, ...]:
        return self._tags[key]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TagTable) and self._tags == other._tags

    def __hash__(self) -> int:
        return hash(self._tags)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in column order."""
        return tuple(tag.name for tag in self._tags)

    def column(self, name: str) -> int:
        """The column of a tag; StationError with the nearest name where there is none."""
        try:
            return self._columns[name]
        except KeyError:
            raise StationError(name, "there is no such tag", did_you_mean(name, self._columns)) from None

    def measuring(self, equipment: str, measures: str) -> int | None:
        """The column that measures this of that equipment, or None."""
        return self._measures.get((equipment, measures))

    def matching(self, *patterns: str) -> list[int]:
        """Columns whose name matches any of the shell patterns, in column order."""
        return [c for c, t in enumerate(self._tags) if any(fnmatchcase(t.name, p) for p in patterns)]


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a robot is. Metres in the model's axes (z up); ``orientation`` is a unit quaternion (x, y, z, w)."""

    robot: str
    at: float
    position: tuple[float, float, float]
    orientation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at an instant.

    ``kind`` is one of ``truth`` (a simulated fault began or ended: ``data`` holds fault, equipment, severity, phase),
    ``operation`` (a start, a stop, a set-point), ``label`` (said by whoever made a foreign recording), ``notice``
    (data trouble: a gap, a jump of the clock), ``anomaly``, ``alarm`` and ``command``.
    """

    at: float
    kind: str
    subject: str
    text: Text = field(default_factory=Text)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """The station at one instant.

    Attributes
    ----------
    at : float               Source time. [s, POSIX]
    values : (n,) float64    One per tag of the table, in the tag's unit; NaN where there is none.
    quality : (n,) uint8     A :class:`Quality` for each.
    arrived : float          When it reached us. [s, POSIX]
    poses                    Where the robots are.
    events                   What the source says happened since the frame before.
    thermal                  What thermal cameras took since the frame before.
    panoramas                What panoramic cameras took since then.
    """

    at: float
    values: Floats
    quality: Qualities
    arrived: float = float("nan")
    poses: tuple[Pose, ...] = ()
    events: tuple[Event, ...] = ()
    thermal: tuple[ThermalFrame, ...] = ()
    panoramas: tuple[Panorama, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Frames in a row, as arrays: ``at`` (t,), ``values`` (t, n), ``quality`` (t, n), ``arrived`` (t,)."""

    at: Floats
    values: Floats
    quality: Qualities
    arrived: Floats

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, rows: slice) -> Block:
        """Some of its frames, as views."""
        return Block(self.at[rows], self.values[rows], self.quality[rows], self.arrived[rows])

    def frames(self) -> Iterator[Frame]:
        """The same, one by one; each one's values side by side, however the block keeps them."""
        for low in range(0, len(self.at), ROWS_AT_ONCE):
            rows = slice(low, low + ROWS_AT_ONCE)
            values, quality = np.ascontiguousarray(self.values[rows]), np.ascontiguousarray(self.quality[rows])
            yield from map(Frame, self.at[rows].tolist(), values, quality, self.arrived[rows].tolist())
