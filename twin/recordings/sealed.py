"""All that was sealed of a recording, being read: only the chunks that are asked for, in one go over all blocks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.album import hashed
from twin.recordings.damage import DAMAGED, dataset
from twin.recordings.filters import get_ready
from twin.recordings.layout import (
    LIST,
    LOG,
    PICTURE,
    POSE,
    QUALITY,
    QUALITY_CHANGE,
    ROWS,
    TRACKS,
    VALUELESS,
)
from twin.recordings.parts import Columns, joined, missing
from twin.recordings.planes import Planes, kept
from twin.recordings.sealing import digest, regular
from twin.recordings.version2 import blocks_of
from twin.signals import Block, Floats, Qualities
from twin.times import NO_TIME, Nanoseconds, seconds

KEPT_TIMES = 1024  # blocks whose times are kept at hand: a month of hours
READ_AHEAD = 2**18  # places whose times are read in one go: three days of seconds


class Sealed:
    """The blocks of a recording; a :class:`twin.recordings.parts.Part`."""

    def __init__(self, file: h5py.File, columns: int, changed: Callable[[], bool] = lambda: False) -> None:
        get_ready()
        self._file = file
        self._changed = changed
        self._columns = columns
        self._datasets: dict[str, h5py.Dataset] = {}
        self._times: OrderedDict[int, tuple[Nanoseconds, Floats, Floats]] = OrderedDict()
        self.blocks = blocks_of(file)
        self._planes = Planes(file, columns)
        self.places, self._stretch = self._planes.places, self._planes.stretch
        counts = self.blocks["rows"].astype(np.int64)
        if len(counts) and int(counts.max()) > self.places:
            raise ValueError("a block with more rows than places")
        self._ends = np.cumsum(counts)
        self._starts = self._ends - counts
        self._filled = np.flatnonzero(counts)
        self._short = np.flatnonzero(counts < self.places)
        self.rows = int(self._ends[-1]) if len(counts) else 0

    @property
    def first(self) -> int:
        return int(self.blocks["first"][self._filled[0]])

    @property
    def last(self) -> int:
        return int(self.blocks["last"][self._filled[-1]])

    @property
    def firsts(self) -> Nanoseconds:
        return np.asarray(self.blocks["first"])

    @property
    def counts(self) -> dict[str, int]:
        """How many rows, lines, poses and pictures all blocks hold."""
        return {name: int(self.blocks[name].sum(dtype=np.int64)) for name in ("rows", "lines", "poses", "pictures")}

    def find(self, at: int, after: bool = False) -> int:
        side = "right" if after else "left"
        index = int(np.searchsorted(self.blocks["first"][self._filled], at, side=side)) - 1  # type: ignore[call-overload]
        if index < 0:
            return 0
        number = int(self._filled[index])
        return int(self._starts[number]) + int(np.searchsorted(self.times(number)[0], at, side=side))  # type: ignore[call-overload]

    def block(self, first: int, last: int, columns: Columns) -> Block:
        return joined([self.piece(low, high, columns) for low, high in self.runs(first, last)], len(columns))

    def frame(self, row: int) -> Block:
        return self.block(row, row + 1, np.arange(self._columns))

    def poses(self, sheet: int) -> NDArray[np.void]:
        try:
            return self._stretch_of(TRACKS, POSE, "poses", sheet, sheet + 1)
        except DAMAGED:
            self._ensure_damaged()
            return np.empty(0, POSE)

    def log(self) -> bytes:
        """All lines of all blocks; those of a damaged block are lost."""
        return b"".join(self._log(number) for number in range(len(self.blocks)))

    def times(self, number: int) -> tuple[Nanoseconds, Floats, Floats]:
        """Of one block: source times [ns], the same [s], and arrival times [s]."""
        return kept(self._times, number, KEPT_TIMES, self._read_times)

    def damage(self) -> Iterator[tuple[int, int]]:
        for number, block in enumerate(self.blocks):
            if not self._as_sealed(number):
                yield int(block["first"]), int(block["last"])

    def _as_sealed(self, number: int) -> bool:
        """Whether a block is what was sealed, by its hash."""
        block = self.blocks[number]
        low = number * self.places
        starts = range(low, low + int(block["rows"]), self._stretch)
        everything = np.arange(self._columns)
        try:
            stretches = (self._decoded(s, min(s + self._stretch, low + int(block["rows"])), everything) for s in starts)
            at, late = self._raw_times(number)
            arrived = np.where(late == NO_TIME, NO_TIME, at + late)
            log = self._stretch_of(LOG, "u1", "log_bytes", number, number + 1).tobytes()
            poses = self._stretch_of(TRACKS, POSE, "poses", number, number + 1)
            pictures = hashed(self._file, self._stretch_of(LIST, PICTURE, "pictures", number, number + 1))
            return digest(at, arrived, stretches, log, poses, pictures) == bytes(block["sha256"])
        except DAMAGED:
            return False

    def grid(self, first: int, last: int, columns: Columns) -> tuple[Floats, Qualities, NDArray[np.bool_]]:
        """Places of some columns whether or not there is a row: values (k, t), qualities (k, t), and where one is."""
        values = np.full((len(columns), last - first), np.nan)
        quality = np.zeros(values.shape, np.uint8)
        there = np.zeros(last - first, bool)
        for low, number in self.blocks_between(first, last):
            begin, end = max(first, low), min(last, low + int(self.blocks["rows"][number]))
            if begin < end:
                part = self.piece(begin, end, columns)
                into = slice(begin - first, end - first)
                values[:, into], quality[:, into], there[into] = part.values.T, part.quality.T, True
        return values, quality, there

    def blocks_between(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """``(place, number)`` of each block that has places there: its own first place, and its number."""
        for number in range(first // self.places, min(-(-last // self.places), len(self.blocks))):
            yield number * self.places, number

    # ---- values ----------------------------------------------------------------------------------------------------

    @property
    def slots(self) -> NDArray[np.uint32]:
        """(n,) where each tag lies."""
        return self._planes.slots

    def runs(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Rows as places, as long as these follow each other."""
        if first >= last:
            return
        low, high = (int(n) for n in np.searchsorted(self._ends, [first, last - 1], side="right"))
        start = low * self.places + first - int(self._starts[low])
        for number in self._short[slice(*np.searchsorted(self._short, [low, high]))].tolist():
            end = number * self.places + int(self.blocks["rows"][number])
            if start < end:
                yield start, end
            start = (number + 1) * self.places
        yield start, high * self.places + last - int(self._starts[high])

    def piece(self, first: int, last: int, columns: Columns) -> Block:
        """Places that follow each other; those that cannot be read are looked for, and only they are missing."""
        at, arrived = self._stamps(first, last)
        try:
            values, quality = self._decoded(first, last, columns)
            return Block(at, values, quality, arrived)
        except DAMAGED:
            self._ensure_damaged()
        middle = (first // self._stretch + -(-last // self._stretch)) // 2 * self._stretch
        if first < middle < last:
            return joined([self.piece(first, middle, columns), self.piece(middle, last, columns)], len(columns))
        block = missing(at, arrived, len(columns))
        groups = self._groups(columns)
        for group in groups if len(groups) > 1 else []:
            part = self.piece(first, last, columns[group])
            block.values[:, group], block.quality[:, group] = part.values, part.quality
        return block

    def _groups(self, columns: Columns) -> list[NDArray[np.intp]]:
        """Which of the columns share chunks."""
        try:
            return self._planes.groups(columns)
        except DAMAGED:
            self._ensure_damaged()
            return []

    def _decoded(self, first: int, last: int, columns: Columns) -> tuple[Floats, Qualities]:
        values = self._planes.values(first, last, columns)
        quality = self._quality(first, last, columns)
        if quality.any():
            values[quality >= VALUELESS] = np.nan
            quality &= np.uint8(VALUELESS - 1)
        return values, quality

    # ---- qualities and times ---------------------------------------------------------------------------------------

    def _quality(self, first: int, last: int, columns: Columns) -> Qualities:
        """(t, k) qualities of places, with VALUELESS where there is no value."""
        low, high = first // self.places, (last - 1) // self.places + 1
        changes = self._stretch_of(QUALITY, QUALITY_CHANGE, "changes", low, high)
        shape = (last - first, len(columns))
        into = np.full(self._columns, -1, np.intp)
        into[columns] = np.arange(len(columns))
        chosen = into[changes["column"]] >= 0
        if not chosen.any():
            return np.zeros(shape, np.uint8)
        counts = self.blocks["changes"][low:high].astype(np.intp)
        block = np.repeat(np.arange(high - low), counts)
        row = changes["row"].astype(np.intp) + (block + low) * self.places - first
        number = np.arange(1, len(changes) + 1) + block + 1  # of changes and the beginnings of blocks, in order
        newest = np.zeros(shape, np.intp)
        begins = np.cumsum(counts) - counts + np.arange(high - low) + 1
        newest[np.maximum(np.arange(low, high) * self.places - first, 0)] = begins[:, np.newaxis]
        chosen &= row < last - first
        newest[np.maximum(row[chosen], 0), into[changes["column"][chosen]]] = number[chosen]
        np.maximum.accumulate(newest, axis=0, out=newest)
        said = np.zeros(len(changes) + high - low + 1, np.uint8)
        said[number] = changes["quality"]
        return said[newest]

    def _stamps(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Source and arrival times of places; where they are the same, the same array. [s]"""
        at, arrived, late = [], [], False
        until = (last - 1) // self.places + 1
        for number in range(first // self.places, until):
            if number not in self._times:
                self._read_ahead(number, min(number + max(1, READ_AHEAD // self.places), until))
            _, source, arrival = self.times(number)
            low = max(first - number * self.places, 0)
            at.append(source[low : last - number * self.places])
            arrived.append(arrival[low : last - number * self.places])
            late |= arrival is not source
        stamps = at[0] if len(at) == 1 else np.concatenate(at)
        return stamps, np.concatenate(arrived) if late else stamps

    def _read_ahead(self, first: int, last: int) -> None:
        """Keep the times of some blocks, read in one go. What is damaged is left to be read block by block."""
        low, high = first * self.places, last * self.places
        try:
            odd, late = (self._at_hand(f"{ROWS}/{name}")[low:high] for name in ("at", "arrived"))
        except DAMAGED:
            return
        for number in range(first, last):
            start, rows = number * self.places - low, int(self.blocks["rows"][number])
            if start + rows <= min(len(odd), len(late)):
                part = slice(start, start + rows)
                told = _as_seconds(self._expected(number) + odd[part], late[part])
                kept(self._times, number, KEPT_TIMES, lambda _, told=told: told)  # type: ignore[misc]

    def _read_times(self, number: int) -> tuple[Nanoseconds, Floats, Floats]:
        try:
            at, late = self._raw_times(number)
        except DAMAGED:  # then they were regular, as far as is known
            self._ensure_damaged()
            at = self._expected(number)
            late = np.full(len(at), NO_TIME)
        return _as_seconds(at, late)

    def _expected(self, number: int) -> Nanoseconds:
        """The times of a block that came regularly. [ns]"""
        block = self.blocks[number]
        return regular(int(block["first"]), int(block["period"]), int(block["rows"]))

    def _raw_times(self, number: int) -> tuple[Nanoseconds, Nanoseconds]:
        """Of a block, its source times and how late each row arrived. [ns]"""
        rows, low = int(self.blocks["rows"][number]), number * self.places
        odd, late = (self._at_hand(f"{ROWS}/{name}")[low : low + rows] for name in ("at", "arrived"))
        if len(odd) != rows or len(late) != rows:
            raise ValueError("times are missing")
        return self._expected(number) + odd, late

    def _at_hand(self, name: str) -> h5py.Dataset:
        if name not in self._datasets:
            self._datasets[name] = dataset(self._file, name)
        return self._datasets[name]

    def _ensure_damaged(self) -> None:
        """Raise again what is no damage, for the file was changed while it was read."""
        if self._changed():
            raise ValueError("the file was changed meanwhile")

    # ---- lists -----------------------------------------------------------------------------------------------------

    def _log(self, number: int) -> bytes:
        try:
            return self._stretch_of(LOG, "u1", "log_bytes", number, number + 1).tobytes()
        except DAMAGED:
            self._ensure_damaged()
            return b""

    def _stretch_of(self, name: str, kind: Any, counted: str, low: int, high: int) -> NDArray[Any]:
        """What blocks from ``low`` to ``high`` have in a list."""
        counts = self._until[counted]
        first, last = int(counts[low]), int(counts[high])
        if first == last:
            return np.empty(0, kind)
        data = self._at_hand(name)
        if data.dtype != np.dtype(kind) or len(data) < last:
            raise ValueError(f"{name} is too short")
        return np.asarray(data[first:last])

    @cached_property
    def _until(self) -> dict[str, NDArray[np.int64]]:
        """How many of each a recording has before each block, and in all."""
        names = ("changes", "log_bytes", "poses", "pictures")
        return {name: np.concatenate([[0], np.cumsum(self.blocks[name], dtype=np.int64)]) for name in names}


def _as_seconds(at: Nanoseconds, late: Nanoseconds) -> tuple[Nanoseconds, Floats, Floats]:
    """Source times [ns], the same [s], and arrival times [s]; where nothing came late, the same array."""
    stamps = seconds(at)
    return at, stamps, seconds(np.where(late == NO_TIME, NO_TIME, at + late)) if late.any() else stamps
