"""The last hours of a live source, in memory: asked exactly as a recording is."""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import UsageError
from twin.notes import Annotation
from twin.plant.reading import Station
from twin.recordings.memory import Overview, Track
from twin.recordings.overview import reduced
from twin.signals import Block, Event, Floats, Frame, Pose, Qualities, TagTable
from twin.thermography import Panorama, ThermalFrame

ROWS = 600  # kept, and let go, together


class Taken(Protocol):
    """What is remembered of one instant; a :class:`twin.pipeline.Snapshot` has it."""

    @property
    def frame(self) -> Frame: ...

    @property
    def changed_anomalies(self) -> tuple[Anomaly, ...]: ...

    @property
    def changed_alarms(self) -> tuple[Alarm, ...]: ...

    @property
    def events(self) -> tuple[Event, ...]: ...


class _Slab:
    """Room for some rows."""

    def __init__(self, columns: int) -> None:
        self.at: Floats = np.empty(ROWS)
        self.arrived: Floats = np.empty(ROWS)
        self.values: Floats = np.empty((ROWS, columns))
        self.quality: Qualities = np.empty((ROWS, columns), np.uint8)
        self.poses: list[tuple[Pose, ...]] = []

    @property
    def rows(self) -> int:
        return len(self.poses)

    @property
    def full(self) -> bool:
        return self.rows == ROWS

    def put(self, frame: Frame) -> None:
        row = self.rows
        self.at[row], self.arrived[row] = frame.at, frame.arrived
        self.values[row], self.quality[row] = frame.values, frame.quality
        self.poses.append(frame.poses)

    def frame(self, row: int) -> Frame:
        values, quality = self.values[row].copy(), self.quality[row].copy()
        return Frame(float(self.at[row]), values, quality, float(self.arrived[row]), self.poses[row])


class LiveMemory:
    """Remembers ``seconds`` of source time; a :class:`twin.recordings.memory.Memory`. For one thread.

    Values are kept as they came, in float64: run hours and energy counters have more digits than float32 holds. Two
    hours of the reference station take 65 MB.
    """

    def __init__(self, station: Station | None, tags: TagTable, seconds: float = 7200.0) -> None:
        self.station = station
        self.tags = tags
        self._seconds = seconds
        self._slabs: deque[_Slab] = deque()
        self._events: deque[Event] = deque()
        self._anomalies: dict[int, Anomaly] = {}
        self._alarms: dict[int, Alarm] = {}
        self._thermal: deque[ThermalFrame] = deque()
        self._panoramas: deque[Panorama] = deque()

    def append(self, taken: Taken) -> None:
        """Remember an instant, which is not before the last one, and forget what is too long ago."""
        frame = taken.frame
        if self._slabs and frame.at < self.span[1]:
            raise UsageError(f"a frame of {frame.at} follows a later one")
        if not self._slabs or self._slabs[-1].full:
            self._slabs.append(_Slab(len(self.tags)))
        self._slabs[-1].put(frame)
        self._events.extend(taken.events)
        self._anomalies |= {anomaly.id: anomaly for anomaly in taken.changed_anomalies}
        self._alarms |= {alarm.id: alarm for alarm in taken.changed_alarms}
        self._thermal.extend(frame.thermal)
        self._panoramas.extend(frame.panoramas)
        self._forget(frame.at - self._seconds)

    @property
    def span(self) -> tuple[float, float]:
        if not self._slabs:
            return float("nan"), float("nan")
        return float(self._slabs[0].at[0]), float(self._slabs[-1].at[self._slabs[-1].rows - 1])

    def latest_at(self, at: float) -> Frame | None:
        index = bisect.bisect_right([slab.at[0] for slab in self._slabs], at) - 1
        if index < 0:
            return None
        slab = self._slabs[index]
        return slab.frame(int(np.searchsorted(slab.at[: slab.rows], at, side="right")) - 1)

    def range(self, since: float, until: float, columns: Sequence[int] | None = None) -> Block:
        chosen = np.arange(len(self.tags)) if columns is None else np.asarray(columns, np.intp)
        found = list(self._cuts(since, until))
        values = [slab.values[rows][:, chosen] for slab, rows in found]
        quality = [slab.quality[rows][:, chosen] for slab, rows in found]
        return Block(
            np.concatenate([np.empty(0), *(slab.at[rows] for slab, rows in found)]),
            np.concatenate([np.empty((0, len(chosen))), *values]),
            np.concatenate([np.empty((0, len(chosen)), np.uint8), *quality]),
            np.concatenate([np.empty(0), *(slab.arrived[rows] for slab, rows in found)]),
        )

    def overview(self, columns: Sequence[int], since: float, until: float, buckets: int) -> Overview:
        return reduced([self.range(since, until, columns)], len(columns), since, until, buckets)

    def frames(self, since: float, until: float) -> Iterator[Frame]:
        before = since
        for slab, rows in self._cuts(since, until):
            for row in range(rows.start, rows.stop):
                frame = slab.frame(row)
                after = float(np.nextafter(frame.at, np.inf))
                events = self.events(before, after)
                taken = tuple(_within(self._thermal, before, after)), tuple(_within(self._panoramas, before, after))
                before = after
                yield replace(frame, events=events, thermal=taken[0], panoramas=taken[1])

    def events(self, since: float, until: float) -> tuple[Event, ...]:
        return tuple(sorted((e for e in self._events if since <= e.at < until), key=lambda event: event.at))

    def anomalies(self) -> tuple[Anomaly, ...]:
        return tuple(self._anomalies.values())

    def alarms(self) -> tuple[Alarm, ...]:
        return tuple(self._alarms.values())

    def robots(self) -> tuple[str, ...]:
        return tuple(sorted({pose.robot for slab in self._slabs for poses in slab.poses for pose in poses}))

    def track(self, robot: str) -> Track:
        met = {pose.at: pose for slab in self._slabs for poses in slab.poses for pose in poses if pose.robot == robot}
        poses = [met[at] for at in sorted(met)]
        return Track(
            robot,
            np.array([pose.at for pose in poses]),
            np.array([pose.position for pose in poses]).reshape(-1, 3),
            np.array([pose.orientation for pose in poses]).reshape(-1, 4),
        )

    def truth(self) -> tuple[Event, ...]:
        return tuple(event for event in self._events if event.kind == "truth")

    def thermal_frames(self, since: float, until: float, camera: str | None = None) -> Iterator[ThermalFrame]:
        return _within(self._thermal, since, until, camera)

    def panoramas(self, since: float, until: float, camera: str | None = None) -> Iterator[Panorama]:
        return _within(self._panoramas, since, until, camera)

    def panorama_times(self) -> dict[str, Floats]:
        found: dict[str, list[float]] = {}
        for picture in self._panoramas:
            found.setdefault(picture.camera, []).append(picture.at)
        return {camera: np.sort(at) for camera, at in found.items()}

    def annotations(self) -> tuple[Annotation, ...]:
        return ()  # reviewers write in recordings

    def _cuts(self, since: float, until: float) -> Iterator[tuple[_Slab, slice]]:
        for slab in self._slabs:
            first, last = np.searchsorted(slab.at[: slab.rows], [since, until])
            if first < last:
                yield slab, slice(int(first), int(last))

    def _forget(self, before: float) -> None:
        while len(self._slabs) > 1 and self._slabs[1].at[0] <= before:
            self._slabs.popleft()
        for passing in (self._events, self._thermal, self._panoramas):
            while passing and passing[0].at < before:
                passing.popleft()
        for kept in (self._anomalies, self._alarms):
            for identity in [i for i, one in kept.items() if one.until is not None and one.until < before]:
                del kept[identity]


Picture = TypeVar("Picture", ThermalFrame, Panorama)


def _within(pictures: Iterable[Picture], since: float, until: float, camera: str | None = None) -> Iterator[Picture]:
    found = (one for one in pictures if since <= one.at < until and camera in (None, one.camera))
    return iter(sorted(found, key=lambda one: one.at))
