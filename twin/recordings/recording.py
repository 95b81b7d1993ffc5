"""A recording being read: behind the two questions every view asks, and while it still grows."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import StationError
from twin.notes import Annotation
from twin.plant.reading import Station, parse
from twin.recordings.annotations import annotated
from twin.recordings.commit import generation_of
from twin.recordings.contents import Contents
from twin.recordings.damage import DAMAGED, ensure_readable, reading
from twin.recordings.layout import STRETCH
from twin.recordings.logbook import Entry
from twin.recordings.memory import Overview, Track
from twin.recordings.overview import reduced
from twin.recordings.pages import pieces
from twin.recordings.parts import Columns, joined, unique
from twin.recordings.pictures import Picture
from twin.recordings.sealed import Sealed
from twin.signals import Block, Event, Floats, Frame, Pose, TagTable
from twin.thermography import Panorama, ThermalFrame
from twin.times import nanosecond, seconds

ATTEMPTS = 20  # at reading a file whose tables are changed while they are read

Answer = TypeVar("Answer")


class Recording:
    """One recording file; a :class:`twin.recordings.memory.Memory`. Closed like a file.

    All methods raise StationError where the file turns out to be damaged; damaged values are missing ones. One that is
    still being written may be asked as well: each question finds what was there when it was asked.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        ensure_readable(self.path)
        self._contents: Contents | None = None
        self._raw = self.path.open("rb", buffering=0)
        self._kept: tuple[int, Block] | None = None  # the row asked for last: a cursor often rests on one
        self._logged: tuple[Entry, ...] | None = None
        try:
            self._answer(lambda held: held.rows)
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, path: Path | str) -> Recording:
        """Open a recording, whole or not."""
        return cls(path)

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        self._raw.close()
        if self._contents is not None:
            self._contents.close()
            self._contents = None

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ---- what it is ------------------------------------------------------------------------------------------------

    @cached_property
    def tags(self) -> TagTable:
        return self._answer(_tags)

    @cached_property
    def station(self) -> Station | None:
        said = self._answer(lambda held: held.station())
        try:
            return parse(said) if said is not None else None
        except StationError as error:
            raise StationError(
                self.path, f"brings a station that cannot be used: {error.wrong}", error.remedy
            ) from None

    @property
    def attributes(self) -> dict[str, str]:
        """What stands at its head: program, source, station_digest."""
        return self._answer(lambda held: {name: str(said) for name, said in held.header.items() if name != "format"})

    @property
    def closed(self) -> bool:
        """Whether its recorder has closed it: neither grows it nor was it killed."""
        return self._answer(lambda held: not held.growing)

    @property
    def row_count(self) -> int:
        """Frames held."""
        return self._answer(lambda held: held.rows)

    def damaged(self) -> list[tuple[float, float]]:
        """Spans, from a first to a last row, of what is not as it was written, by its hashes. Reads all of it."""
        found = self._answer(lambda held: sorted(set(held.damage())))
        return [(float(first), float(last)) for first, last in seconds(np.array(found, np.int64).reshape(-1, 2))]

    # ---- the two questions -----------------------------------------------------------------------------------------

    @property
    def span(self) -> tuple[float, float]:
        return self._answer(_span)

    def latest_at(self, at: float) -> Frame | None:
        return self._answer(lambda held: self._latest(held, nanosecond(at)))

    def range(self, since: float, until: float, columns: Sequence[int] | None = None) -> Block:
        width = self._answer(lambda held: held.columns) if columns is None else len(columns)
        return joined(list(self.blocks(since, until, columns)), width)

    def blocks(self, since: float, until: float, columns: Sequence[int] | None = None) -> Iterator[Block]:
        """The same piece by piece, each small enough to hold."""
        ends = nanosecond(since), nanosecond(until)
        first, last, width = self._answer(lambda held: (held.find(ends[0]), held.find(ends[1]), held.columns))
        chosen, inverse = unique(range(width) if columns is None else columns)
        step = _rows_at_once(len(chosen))
        for low in range(first - first % STRETCH, last, step) if first < last else ():
            rows = max(low, first), min(low + step, last)
            block = self._answer(lambda held, rows=rows: held.block(*rows, chosen))  # type: ignore[misc]
            yield _ordered(block, inverse)

    def overview(self, columns: Sequence[int], since: float, until: float, buckets: int) -> Overview:
        chosen, inverse = unique(columns)
        found = self._answer(
            lambda held: reduced(_cells(held, chosen, since, until, buckets), len(chosen), since, until, buckets)
        )
        if np.array_equal(inverse, np.arange(len(chosen))):
            return found
        return Overview(found.at, found.low[inverse], found.high[inverse], found.last[inverse], found.quality[inverse])

    def frames(self, since: float, until: float) -> Iterator[Frame]:
        happened = iter(self.events(-np.inf, until))
        waiting = next(happened, None)
        while waiting is not None and waiting.at < since:
            waiting = next(happened, None)
        taken = deque(self._answer(lambda held: held.album.found(nanosecond(since), nanosecond(until))))
        for block in self.blocks(since, until):
            for frame in block.frames():
                events = []
                while waiting is not None and waiting.at <= frame.at:
                    events.append(waiting)
                    waiting = next(happened, None)
                seen = self._taken_until(frame.at, taken)
                yield replace(
                    frame,
                    poses=self._poses_at(frame.at),
                    events=tuple(events),
                    thermal=tuple(picture for picture in seen if isinstance(picture, ThermalFrame)),
                    panoramas=tuple(picture for picture in seen if isinstance(picture, Panorama)),
                )

    def _poses_at(self, at: float) -> tuple[Pose, ...]:
        return self._answer(lambda held: held.tracks.poses_at(nanosecond(at)), follow=False)

    # ---- what was seen ---------------------------------------------------------------------------------------------

    def thermal_frames(self, since: float, until: float, camera: str | None = None) -> Iterator[ThermalFrame]:
        for picture in self._pictures(since, until, ThermalFrame, camera):
            if isinstance(picture, ThermalFrame):
                yield picture

    def panoramas(self, since: float, until: float, camera: str | None = None) -> Iterator[Panorama]:
        for picture in self._pictures(since, until, Panorama, camera):
            if isinstance(picture, Panorama):
                yield picture

    def panorama_times(self) -> dict[str, Floats]:
        return {name: self._answer(partial(_panorama_times, camera=name)) for name in self.cameras(Panorama)}

    def cameras(self, kind: type[Picture]) -> dict[str, int]:
        """How many thermal frames or panoramas there are of each camera, in alphabetical order."""
        return self._answer(lambda held: held.album.cameras(kind))

    def _pictures(self, since: float, until: float, kind: type[Picture], camera: str | None) -> Iterator[Picture]:
        ends = nanosecond(since), nanosecond(until)
        for _, number in self._answer(lambda held: held.album.found(*ends, kind, camera)):
            picture = self._answer(lambda held, number=number: held.album.picture(number))  # type: ignore[misc]
            if picture is not None:
                yield picture

    def _taken_until(self, at: float, waiting: deque[tuple[int, int]]) -> list[Picture]:
        """What was waiting and was taken at a time or before."""
        found = []
        while waiting and waiting[0][0] <= nanosecond(at):
            number = waiting.popleft()[1]
            found.append(self._answer(lambda held, number=number: held.album.picture(number)))  # type: ignore[misc]
        return [picture for picture in found if picture is not None]

    # ---- what happened ---------------------------------------------------------------------------------------------

    def events(self, since: float, until: float) -> tuple[Event, ...]:
        happened = (entry for entry in self.entries() if isinstance(entry, Event) and since <= entry.at < until)
        return tuple(sorted(happened, key=lambda event: event.at))

    def anomalies(self) -> tuple[Anomaly, ...]:
        return tuple({e.id: e for e in self.entries() if isinstance(e, Anomaly)}.values())

    def alarms(self) -> tuple[Alarm, ...]:
        return tuple({e.id: e for e in self.entries() if isinstance(e, Alarm)}.values())

    def alarm_changes(self) -> tuple[Alarm, ...]:
        """Every change of an alarm, in the order in which they came."""
        return tuple(entry for entry in self.entries() if isinstance(entry, Alarm))

    def entries(self) -> tuple[Entry, ...]:
        """All of that as it was recorded, every change of it, in the order in which it came."""
        if self._logged is None or not self.closed:
            self._logged = self._answer(lambda held: tuple(held.entries()))
        return self._logged

    def truth(self) -> tuple[Event, ...]:
        return tuple(event for event in self.events(-np.inf, np.inf) if event.kind == "truth")

    def annotations(self) -> tuple[Annotation, ...]:
        return annotated(self.path).annotations

    def robots(self) -> tuple[str, ...]:
        return self._answer(lambda held: held.tracks.robots())

    def track(self, robot: str) -> Track:
        return self._answer(lambda held: held.tracks.track(robot))

    # ---- the file --------------------------------------------------------------------------------------------------

    def _answer(self, question: Callable[[Contents], Answer], follow: bool = True) -> Answer:
        """Ask what the file holds now. Where it was changed while it was read, it is opened and asked again."""
        if self._raw.closed:
            raise StationError(self.path, "has been closed", "Open it again")
        with reading(self.path):
            for _ in range(ATTEMPTS):
                try:
                    found = question(self._current(follow))
                except DAMAGED:
                    if not self._changed():
                        raise
                    self._load()
                else:
                    if not self._moved_on():
                        return found
            return question(self._current(follow))

    def _current(self, follow: bool) -> Contents:
        """What the file holds; ``follow`` takes in what was added since, too.

        What was put elsewhere is followed anyway: where it lay there may be rows of a later hour by now.
        """
        if self._contents is None or self._moved_on():
            self._load()
        assert self._contents is not None
        if follow:
            self._contents.grow()
        return self._contents

    def _moved_on(self) -> bool:
        """Whether a file that grows has sealed a block since it was opened."""
        return self._contents is not None and self._contents.growing and self._changed()

    def _load(self) -> None:
        if self._contents is not None:
            self._contents.close()
            self._contents = None
        if not _same_file(self.path, self._raw.fileno()):
            self._raw.close()
            self._raw = self.path.open("rb", buffering=0)
        self._generation = generation_of(self._raw.fileno())
        self._kept = None
        self._logged = None
        self._contents = Contents(self.path, self._changed)

    def _changed(self) -> bool:
        return not _same_file(self.path, self._raw.fileno()) or generation_of(self._raw.fileno()) != self._generation

    def _latest(self, held: Contents, wanted: int) -> Frame | None:
        row = held.find(wanted, after=True) - 1
        if row < 0:
            return None
        kept = self._kept if self._kept is not None and self._kept[0] == row else (row, held.frame(row))
        self._kept, found = kept, kept[1]
        found.values.flags.writeable = found.quality.flags.writeable = False
        poses = held.tracks.poses_at(wanted)
        return Frame(float(found.at[0]), found.values[0], found.quality[0], float(found.arrived[0]), poses)


def _tags(held: Contents) -> TagTable:
    tags = held.tags()
    if len(tags) != held.columns:
        raise ValueError("tags without values")
    return tags


def _span(held: Contents) -> tuple[float, float]:
    if not held.rows:
        return float("nan"), float("nan")
    ends = seconds(np.array([held.filled[0].first, held.filled[-1].last]))
    return float(ends[0]), float(ends[1])


def _cells(held: Contents, columns: Columns, since: float, until: float, buckets: int) -> Iterator[Block | Overview]:
    """Rows of a span, or cells of them that are no longer than a bucket."""
    for part, first, last in held.located(held.find(nanosecond(since)), held.find(nanosecond(until))):
        if isinstance(part, Sealed):
            levels = [pages for pages in held.pages if pages.level * max(1, buckets) <= last - first]
            yield from pieces(part, levels, first, last, columns)
        else:
            yield part.block(first, last, columns)


def _panorama_times(held: Contents, camera: str) -> Floats:
    """When a camera took its panoramas, in order. [s, POSIX]"""
    always = nanosecond(-np.inf), nanosecond(np.inf)
    return seconds(np.array([at for at, _ in held.album.found(*always, Panorama, camera)], np.int64))


def _ordered(block: Block, inverse: Columns) -> Block:
    """The columns in the order asked for."""
    if len(inverse) == block.values.shape[1] and (inverse == np.arange(len(inverse))).all():
        return block
    return replace(block, values=block.values[:, inverse], quality=block.quality[:, inverse])


def _rows_at_once(columns: int) -> int:
    """Rows that hold a few million values, in whole stretches."""
    return max(1, 2**22 // (max(columns, 1) * STRETCH)) * STRETCH


def _same_file(path: Path, handle: int) -> bool:
    """Whether the path still leads to the file that is open: closing a recording puts another in its place."""
    try:
        now = path.stat()
    except OSError:
        return True
    then = os.fstat(handle)
    return (now.st_ino, now.st_dev) == (then.st_ino, then.st_dev)
