"""A recording being read: behind the two questions every view asks, and while it still grows."""

from __future__ import annotations

import bisect
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType

import h5py
import numpy as np

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import StationError
from twin.plant.reading import Station, parse
from twin.recordings.commit import generation_of, opened
from twin.recordings.damage import DAMAGED, ensure_ours, ensure_readable, member, reading, text
from twin.recordings.layout import BLOCKS, JOURNAL, JOURNALS, STATION, STRETCH, TAGS
from twin.recordings.logbook import Entry, entries, tags_from_text
from twin.recordings.memory import Overview, Track
from twin.recordings.overview import reduced
from twin.recordings.sealed import Columns, Part, SealedBlock, unique
from twin.recordings.tracks import Tracks
from twin.recordings.unsealed import JournalRows
from twin.signals import Block, Event, Frame, Pose, TagTable
from twin.times import nanoseconds, seconds

SLABS = 4  # stretches kept at hand for asking one instant after the other
ATTEMPTS = 20  # at reading a file whose tables are changed while they are read


class Recording:
    """One recording file; a :class:`twin.recordings.memory.Memory`. Closed like a file.

    All methods raise StationError where the file turns out to be damaged. One that is still being written may be
    asked as well: each question finds what was there when it was asked.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        ensure_readable(self.path)
        self._file: h5py.File | None = None
        self._raw = self.path.open("rb", buffering=0)
        self._slabs: OrderedDict[tuple[int, int], Block] = OrderedDict()
        try:
            with reading(self.path):
                self._load()
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
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ---- what it is ------------------------------------------------------------------------------------------------

    @property
    def tags(self) -> TagTable:
        return self._tags

    @cached_property
    def station(self) -> Station | None:
        with reading(self.path):
            if STATION not in self._held:
                return None
            said = text(self._held, STATION).decode()
        try:
            return parse(said)
        except StationError as error:
            raise StationError(
                self.path, f"brings a station that cannot be used: {error.wrong}", error.remedy
            ) from None

    @property
    def attributes(self) -> dict[str, str]:
        """What stands at its head: program, source, station_digest."""
        return {name: str(said) for name, said in self._header.items() if name != "format"}

    @property
    def closed(self) -> bool:
        """Whether its recorder has closed it: neither grows it nor was it killed."""
        self._follow()
        return JOURNAL not in self._held

    @property
    def row_count(self) -> int:
        """Frames held."""
        self._follow()
        return sum(part.rows for part in self._parts)

    # ---- the two questions -----------------------------------------------------------------------------------------

    @property
    def span(self) -> tuple[float, float]:
        self._follow()
        with reading(self.path):
            filled = [part for part in self._parts if part.rows]
            if not filled:
                return float("nan"), float("nan")
            ends = np.array([filled[0].at[0], filled[-1].at[-1]])
            return float(seconds(ends)[0]), float(seconds(ends)[1])

    def latest_at(self, at: float) -> Frame | None:
        self._follow()
        with reading(self.path):
            wanted = int(nanoseconds(np.array([at]))[0])
            index = bisect.bisect_right(self._firsts, wanted) - 1
            if index < 0:
                return None
            row = int(np.searchsorted(self._filled[index].at, wanted, side="right")) - 1
            slab = self._slab(index, row // STRETCH)
            inside = row % STRETCH
            poses = self._tracks.poses_at(wanted, index)
            return Frame(
                float(slab.at[inside]), slab.values[inside], slab.quality[inside], float(slab.arrived[inside]), poses
            )

    def range(self, since: float, until: float, columns: Sequence[int] | None = None) -> Block:
        blocks = list(self.blocks(since, until, columns))
        width = len(self.tags) if columns is None else len(columns)
        if not blocks:
            return Block(np.empty(0), np.empty((0, width)), np.empty((0, width), np.uint8), np.empty(0))
        if len(blocks) == 1:
            return blocks[0]
        return Block(
            np.concatenate([b.at for b in blocks]),
            np.concatenate([b.values for b in blocks]),
            np.concatenate([b.quality for b in blocks]),
            np.concatenate([b.arrived for b in blocks]),
        )

    def blocks(self, since: float, until: float, columns: Sequence[int] | None = None) -> Iterator[Block]:
        """The same piece by piece, each small enough to hold."""
        self._follow()
        chosen, inverse = unique(range(len(self.tags)) if columns is None else columns)
        ends = nanoseconds(np.array([since, until]))
        step = _rows_at_once(len(chosen))
        for part in list(self._filled):
            with reading(self.path):
                first, last = (int(i) for i in np.searchsorted(part.at, ends))
            starts = range(first - first % STRETCH, last, step) if first < last else ()
            for low in starts:
                with reading(self.path):
                    yield _block(part, max(low, first), min(low + step, last), chosen, inverse)

    def overview(self, columns: Sequence[int], since: float, until: float, buckets: int) -> Overview:
        return reduced(self.blocks(since, until, columns), len(columns), since, until, buckets)

    def frames(self, since: float, until: float) -> Iterator[Frame]:
        happened = iter(self.events(-np.inf, until))
        waiting = next(happened, None)
        while waiting is not None and waiting.at < since:
            waiting = next(happened, None)
        for block in self.blocks(since, until):
            for frame in block.frames():
                events = []
                while waiting is not None and waiting.at <= frame.at:
                    events.append(waiting)
                    waiting = next(happened, None)
                yield replace(frame, poses=self._poses_at(frame.at), events=tuple(events))

    def _poses_at(self, at: float) -> tuple[Pose, ...]:
        wanted = int(nanoseconds(np.array([at]))[0])
        with reading(self.path):
            return self._tracks.poses_at(wanted, bisect.bisect_right(self._firsts, wanted) - 1)

    # ---- what happened ---------------------------------------------------------------------------------------------

    def events(self, since: float, until: float) -> tuple[Event, ...]:
        happened = (entry for entry in self._entries() if isinstance(entry, Event) and since <= entry.at < until)
        return tuple(sorted(happened, key=lambda event: event.at))

    def anomalies(self) -> tuple[Anomaly, ...]:
        return tuple({e.id: e for e in self._entries() if isinstance(e, Anomaly)}.values())

    def alarms(self) -> tuple[Alarm, ...]:
        return tuple({e.id: e for e in self._entries() if isinstance(e, Alarm)}.values())

    def truth(self) -> tuple[Event, ...]:
        return tuple(event for event in self.events(-np.inf, np.inf) if event.kind == "truth")

    def robots(self) -> tuple[str, ...]:
        self._follow()
        with reading(self.path):
            return self._tracks.robots()

    def track(self, robot: str) -> Track:
        self._follow()
        with reading(self.path):
            return self._tracks.track(robot)

    # ---- the file --------------------------------------------------------------------------------------------------

    @property
    def _held(self) -> h5py.File:
        if self._file is None:
            raise StationError(self.path, "has been closed", "Open it again")
        return self._file

    def _load(self) -> None:
        """Read the tables, again if they were changed meanwhile."""
        for attempt in range(ATTEMPTS):
            if not _same_file(self.path, self._raw.fileno()):
                self._raw.close()
                self._raw = self.path.open("rb", buffering=0)
            self._generation = generation_of(self._raw.fileno())
            try:
                self._read_tables()
            except DAMAGED:
                if not self._changed() or attempt == ATTEMPTS - 1:
                    raise
            if not self._changed():
                return

    def _read_tables(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = opened(self.path)
        self._header = ensure_ours(self.path, self._file)
        self._tags = tags_from_text(text(self._file, TAGS))
        self._blocks = list(_blocks(member(self._file, BLOCKS), len(self._tags)))
        self._journals = self._open_journals()
        self._arrange()
        self._logged: tuple[Entry, ...] | None = None

    def _open_journals(self) -> list[JournalRows]:
        if JOURNAL not in self._held:
            return []
        sealed = {name: int(self._held[BLOCKS].attrs[name]) for name in ("rows", "lines", "poses")}
        groups = [member(member(self._held, JOURNAL), name) for name in JOURNALS]
        with self.path.open("rb") as file:
            return [JournalRows(file, group, len(self._tags), sealed) for group in groups]

    def _arrange(self) -> None:
        """Put the parts in order: the blocks, then the journals by the numbers of their rows."""
        self._parts: list[Part] = [*self._blocks, *sorted(self._journals, key=lambda journal: journal.number)]
        self._filled = [part for part in self._parts if part.rows]
        self._firsts = [part.first for part in self._filled]
        self._tracks = Tracks(self._parts, self._filled)
        self._slabs.clear()

    def _follow(self) -> None:
        """Take in what was recorded since the last question."""
        if JOURNAL not in self._held:
            return
        with reading(self.path):
            if self._changed():
                self._load()
            elif sum(journal.grow() for journal in self._journals):
                self._arrange()

    def _changed(self) -> bool:
        return not _same_file(self.path, self._raw.fileno()) or generation_of(self._raw.fileno()) != self._generation

    def _entries(self) -> tuple[Entry, ...]:
        self._follow()
        if self._logged is not None and JOURNAL not in self._held:
            return self._logged
        with reading(self.path):
            found: list[tuple[int, Entry]] = []
            for log in [block.log for block in self._blocks] + [j.log for j in (*self._journals, *self._journals)]:
                found.extend(entries(log, found[-1][0] if found else 0))
        self._logged = tuple(entry for _, entry in found)
        return self._logged

    def _slab(self, index: int, number: int) -> Block:
        """A whole stretch of all tags, kept at hand: the next question is likely about the next second."""
        part = self._filled[index]
        last = min((number + 1) * STRETCH, part.rows)
        kept = self._slabs.get((index, number))
        if kept is None or len(kept) != last - number * STRETCH:
            everything = np.arange(len(self.tags))
            kept = _block(part, number * STRETCH, last, everything, everything)
            kept.values.flags.writeable = kept.quality.flags.writeable = False
            self._slabs[index, number] = kept
            while len(self._slabs) > SLABS:
                self._slabs.popitem(last=False)
        self._slabs.move_to_end((index, number))
        return kept


def _blocks(group: h5py.Group, columns: int) -> Iterator[SealedBlock]:
    for name in sorted(group):
        yield SealedBlock(member(group, name), columns)


def _block(part: Part, first: int, last: int, columns: Columns, inverse: Columns) -> Block:
    values = part.values(first, last, columns)
    quality = part.quality(first, last, columns)
    if len(inverse) != len(columns) or (inverse != np.arange(len(columns))).any():
        values, quality = values[:, inverse], quality[:, inverse]
    return Block(seconds(part.at[first:last]), values, quality, seconds(part.arrived[first:last]))


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
