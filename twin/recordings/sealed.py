"""All that was sealed of a recording, being read: only the chunks that are asked for, in one go over all blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.album import hashed
from twin.recordings.damage import DAMAGED, dataset, ensure_damaged
from twin.recordings.filters import get_ready
from twin.recordings.layout import (
    LIST,
    LOG,
    PICTURE,
    POSE,
    QUALITY,
    QUALITY_CHANGE,
    TRACKS,
    VALUELESS,
)
from twin.recordings.parts import Columns, joined, missing
from twin.recordings.planes import Planes
from twin.recordings.sealing import digest
from twin.recordings.stamps import Stamps
from twin.recordings.version2 import blocks_of
from twin.signals import Block, Floats, Qualities
from twin.times import NO_TIME, Nanoseconds


class Sealed:
    """The blocks of a recording; a :class:`twin.recordings.parts.Part`."""

    def __init__(self, file: h5py.File, columns: int, changed: Callable[[], bool] = lambda: False) -> None:
        get_ready()
        self._file = file
        self._changed = changed
        self._columns = columns
        self._datasets: dict[str, h5py.Dataset] = {}
        self._counted: dict[str, NDArray[np.int64]] = {}
        self.blocks = blocks_of(file)
        self._planes = Planes(file, columns)
        self.places, self._stretch = self._planes.places, self._planes.stretch
        self.stamps = Stamps(file, self.blocks, self.places, changed)
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

    @cached_property
    def _begins(self) -> Nanoseconds:
        """When each block begins that has rows."""
        return np.asarray(self.firsts[self._filled])

    @cached_property
    def firsts(self) -> Nanoseconds:
        return np.ascontiguousarray(self.blocks["first"])

    @property
    def counts(self) -> dict[str, int]:
        """How many rows, lines, poses and pictures all blocks hold."""
        return {"rows": self.rows} | {name: int(self._until(name)[-1]) for name in ("lines", "poses", "pictures")}

    def find(self, at: int, after: bool = False) -> int:
        side = "right" if after else "left"
        index = int(np.searchsorted(self._begins, at, side=side)) - 1  # type: ignore[call-overload]
        if index < 0:
            return 0
        number = int(self._filled[index])
        if int(self.blocks["last"][number]) < at:
            return int(self._ends[number])
        return int(self._starts[number]) + int(np.searchsorted(self.stamps.of(number), at, side=side))  # type: ignore[call-overload]

    def block(self, first: int, last: int, columns: Columns) -> Block:
        return joined([self.piece(low, high, columns) for low, high in self.runs(first, last)], len(columns))

    def frame(self, row: int) -> Block:
        return self.block(row, row + 1, np.arange(self._columns))

    def poses(self, sheet: int) -> NDArray[np.void]:
        try:
            return self._stretch_of(TRACKS, POSE, "poses", sheet, sheet + 1)
        except DAMAGED:
            ensure_damaged(self._changed)
            return np.empty(0, POSE)

    def log(self) -> bytes:
        """All lines of all blocks; those of a damaged block are lost."""
        return b"".join(self._log(number) for number in range(len(self.blocks)))

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
            at, late = self.stamps.read(low, low + int(block["rows"]))
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
        at, arrived = self.stamps.between(first, last)
        try:
            values, quality = self._decoded(first, last, columns)
            return Block(at, values, quality, arrived)
        except DAMAGED:
            ensure_damaged(self._changed)
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
            ensure_damaged(self._changed)
            return []

    def _decoded(self, first: int, last: int, columns: Columns) -> tuple[Floats, Qualities]:
        values = self._planes.values(first, last, columns)
        quality = self._quality(first, last, columns)
        if quality.any():
            values[quality >= VALUELESS] = np.nan
            quality &= np.uint8(VALUELESS - 1)
        return values, quality

    # ---- qualities -------------------------------------------------------------------------------------------------

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

    def _at_hand(self, name: str) -> h5py.Dataset:
        if name not in self._datasets:
            self._datasets[name] = dataset(self._file, name)
        return self._datasets[name]

    # ---- lists -----------------------------------------------------------------------------------------------------

    def _log(self, number: int) -> bytes:
        try:
            return self._stretch_of(LOG, "u1", "log_bytes", number, number + 1).tobytes()
        except DAMAGED:
            ensure_damaged(self._changed)
            return b""

    def _stretch_of(self, name: str, kind: Any, counted: str, low: int, high: int) -> NDArray[Any]:
        """What blocks from ``low`` to ``high`` have in a list."""
        counts = self._until(counted)
        first, last = int(counts[low]), int(counts[high])
        if first == last:
            return np.empty(0, kind)
        data = self._at_hand(name)
        if data.dtype != np.dtype(kind) or len(data) < last:
            raise ValueError(f"{name} is too short")
        return np.asarray(data[first:last])

    def _until(self, counted: str) -> NDArray[np.int64]:
        """How many of a kind a recording has before each block, and in all."""
        if counted not in self._counted:
            self._counted[counted] = np.concatenate([[0], np.cumsum(self.blocks[counted], dtype=np.int64)])
        return self._counted[counted]
