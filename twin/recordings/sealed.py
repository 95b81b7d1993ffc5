"""All that was sealed of a recording, being read: only the chunks that are asked for, in one go over all blocks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.codes import Counts, counts_of, signed, values_of
from twin.recordings.damage import DAMAGED, dataset, whole
from twin.recordings.filters import get_ready
from twin.recordings.layout import (
    BLOCK,
    BLOCKS,
    BYTES,
    CHUNK_TAGS,
    LARGEST_BLOCK,
    LOG,
    POSE,
    QUALITY,
    QUALITY_CHANGE,
    ROWS,
    STRETCH,
    TRACKS,
    VALUELESS,
    VALUES,
)
from twin.recordings.parts import Columns, joined, missing
from twin.recordings.sealing import digest, regular
from twin.signals import Block, Floats, Qualities
from twin.times import NO_TIME, Nanoseconds, seconds

KEPT_TIMES = 1024  # blocks whose times are kept at hand: a month of hours
KEPT_CODING = 64  # blocks whose encoding is kept at hand
SCATTERED = 32  # tags apart from each other that are read one by one; of more, all between them are

Kept = TypeVar("Kept")


class Sealed:
    """The blocks of a recording; a :class:`twin.recordings.parts.Part`."""

    def __init__(self, file: h5py.File, columns: int, changed: Callable[[], bool] = lambda: False) -> None:
        get_ready()
        self._file = file
        self._changed = changed
        self._columns = columns
        self._datasets: dict[str, h5py.Dataset] = {}
        self._times: OrderedDict[int, tuple[Nanoseconds, Floats, Floats]] = OrderedDict()
        self._coding: OrderedDict[int, NDArray[np.void]] = OrderedDict()
        self.blocks = whole(file, BLOCKS, BLOCK)
        attributes = file[VALUES].attrs
        self.places = int(attributes["places"])
        counts = self.blocks["rows"].astype(np.int64)
        if int(attributes["stretch"]) != STRETCH or not 0 < self.places <= LARGEST_BLOCK or self.places % STRETCH:
            raise ValueError("no blocks look like that")
        if len(counts) and int(counts.max()) > self.places:
            raise ValueError("a block with more rows than places")
        if any(dataset(file, f"{VALUES}/{name}").shape[:1] != (columns,) for name in ("slots", "encoding", "byte0")):
            raise ValueError("values of more or fewer tags")
        self._ends = np.cumsum(counts)
        self._starts = self._ends - counts
        self._filled = np.flatnonzero(counts)
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
        """How many rows, lines and poses all blocks hold."""
        return {name: int(self.blocks[name].sum(dtype=np.int64)) for name in ("rows", "lines", "poses")}

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
        everything = np.arange(self._columns)
        [(place, _)] = self.runs(row, row + 1)
        at, arrived = self._stamps(place, place + 1)
        try:
            quality = self._quality(place, place + 1, everything)
            values = self._instant(place)[self.slots][np.newaxis]
        except DAMAGED:
            self._ensure_damaged()
            return self.piece(place, place + 1, everything)
        return Block(at, _with_gaps(values, quality), quality & np.uint8(VALUELESS - 1), arrived)

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
        return _kept(self._times, number, KEPT_TIMES, self._read_times)

    def damage(self) -> Iterator[tuple[int, int]]:
        for number, block in enumerate(self.blocks):
            if not self._as_sealed(number):
                yield int(block["first"]), int(block["last"])

    def _as_sealed(self, number: int) -> bool:
        """Whether a block is what was sealed, by its hash."""
        block = self.blocks[number]
        low = number * self.places
        starts = range(low, low + int(block["rows"]), STRETCH)
        everything = np.arange(self._columns)
        try:
            stretches = (self._decoded(s, min(s + STRETCH, low + int(block["rows"])), everything) for s in starts)
            at, late = self._raw_times(number)
            arrived = np.where(late == NO_TIME, NO_TIME, at + late)
            log = self._stretch_of(LOG, "u1", "log_bytes", number, number + 1).tobytes()
            poses = self._stretch_of(TRACKS, POSE, "poses", number, number + 1)
            return digest(at, arrived, stretches, log, poses) == bytes(block["sha256"])
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

    @cached_property
    def slots(self) -> NDArray[np.uint32]:
        """(n,) where each tag lies."""
        slots = whole(self._file, f"{VALUES}/slots", "<u4", self._columns)
        if len(slots) and int(slots.max()) >= self._columns:
            raise ValueError("a tag lies nowhere")
        return slots

    def runs(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Rows as places, as long as these follow each other."""
        if first >= last:
            return
        low, high = (int(n) for n in np.searchsorted(self._ends, [first, last - 1], side="right"))
        start = low * self.places + first - int(self._starts[low])
        for number in range(low, high + 1):
            rows = int(self.blocks["rows"][number])
            if number == high:
                yield start, number * self.places + last - int(self._starts[number])
            elif rows < self.places:
                yield start, number * self.places + rows
                start = (number + 1) * self.places

    def piece(self, first: int, last: int, columns: Columns) -> Block:
        """Places that follow each other; those that cannot be read are looked for, and only they are missing."""
        at, arrived = self._stamps(first, last)
        try:
            values, quality = self._decoded(first, last, columns)
            return Block(at, values, quality, arrived)
        except DAMAGED:
            self._ensure_damaged()
        middle = (first // STRETCH + -(-last // STRETCH)) // 2 * STRETCH
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
            groups = self.slots[columns] // CHUNK_TAGS
        except DAMAGED:
            self._ensure_damaged()
            return []
        return [np.flatnonzero(groups == group) for group in np.unique(groups)]

    def _decoded(self, first: int, last: int, columns: Columns) -> tuple[Floats, Qualities]:
        slots = self.slots[columns]
        low, high = first // STRETCH, -(-last // STRETCH)
        encoding = self._some("encoding", slots, low, high)
        counts = self._counts(slots, encoding, low * STRETCH, last)[:, first - low * STRETCH :]
        how, step = encoding["how"], encoding["step"]
        if (how == how[:, :1]).all() and (step == step[:, :1]).all():
            how, step = how[:, 0], step[:, 0]
        else:
            stretch = np.arange(first, last) // STRETCH - low
            how, step = how[:, stretch], step[:, stretch]
        values = values_of(counts, how, step, self._table).T
        quality = self._quality(first, last, columns)
        return _with_gaps(values, quality), quality & np.uint8(VALUELESS - 1)

    def _counts(self, slots: NDArray[np.uint32], encoding: NDArray[np.void], first: int, last: int) -> Counts:
        """(k, last - first) counts of some slots; ``first`` begins a stretch."""
        needed = encoding["bytes"].max(axis=1)
        most = int(needed.max(initial=0))
        if most > BYTES:
            raise ValueError("codes of too many bytes")
        if not most:
            return counts_of(np.zeros((len(slots), last - first), np.uint8), encoding)
        lowest = self._some("byte0", slots, first, last)
        if most == 1:
            return counts_of(lowest, encoding)
        codes = lowest.astype(np.uint64)
        for byte in range(1, most):
            wide = np.flatnonzero(needed > byte)
            codes[wide] |= self._some(f"byte{byte}", slots[wide], first, last).astype(np.uint64) << np.uint64(8 * byte)
        return counts_of(codes, encoding)

    def _instant(self, place: int) -> Floats:
        """(n,) values at one place, by slot: of running codes only the sum is asked for."""
        number, stretch = place // self.places, place // STRETCH
        encoding = _kept(self._coding, number, KEPT_CODING, self._read_coding)[
            :, stretch - number * self.places // STRETCH
        ]
        start = stretch * STRETCH
        codes = self._every("byte0", start, place + 1)
        counts = encoding["base"].astype(np.int64)
        running = encoding["running"] != 0
        counts[~running] += signed(codes[~running, -1])
        counts[running] += signed(codes[running]).sum(axis=1, dtype=np.int64)
        wide = np.flatnonzero(encoding["bytes"] > 1)
        if len(wide):
            long = codes[wide].astype(np.uint64)
            for byte in range(1, int(encoding["bytes"].max())):
                long |= self._every(f"byte{byte}", start, place + 1)[wide].astype(np.uint64) << np.uint64(8 * byte)
            steps = signed(long)
            counts[wide] = encoding["base"][wide] + np.where(running[wide], steps.sum(axis=1), steps[:, -1])
        return values_of(counts[:, np.newaxis], encoding["how"], encoding["step"], self._table)[:, 0]

    def _read_coding(self, number: int) -> NDArray[np.void]:
        """(n, s) of one block."""
        low = number * self.places // STRETCH
        return self._every("encoding", low, low + self.places // STRETCH)

    @property
    def _table(self) -> Floats:
        if "table" not in self._datasets:
            self._listed = whole(self._file, f"{VALUES}/table", "<f8")
            self._datasets["table"] = self._file[VALUES]["table"]
        return self._listed

    def _every(self, name: str, first: int, last: int) -> NDArray[Any]:
        """(n, last - first) of all slots."""
        return _part_of(self._values(name), slice(0, self._columns), first, last)

    def _some(self, name: str, slots: NDArray[np.uint32], first: int, last: int) -> NDArray[Any]:
        """(k, last - first) of some slots."""
        return rows_of(self._values(name), slots, first, last)

    def _values(self, name: str) -> h5py.Dataset:
        return self._at_hand(f"{VALUES}/{name}")

    def _at_hand(self, name: str) -> h5py.Dataset:
        if name not in self._datasets:
            self._datasets[name] = dataset(self._file, name)
        return self._datasets[name]

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
        """Source and arrival times of places. [s]"""
        at, arrived = [], []
        for number in range(first // self.places, (last - 1) // self.places + 1):
            _, source, arrival = self.times(number)
            low = max(first - number * self.places, 0)
            at.append(source[low : last - number * self.places])
            arrived.append(arrival[low : last - number * self.places])
        return (at[0], arrived[0]) if len(at) == 1 else (np.concatenate(at), np.concatenate(arrived))

    def _read_times(self, number: int) -> tuple[Nanoseconds, Floats, Floats]:
        try:
            at, late = self._raw_times(number)
        except DAMAGED:  # then they were regular, as far as is known
            self._ensure_damaged()
            block = self.blocks[number]
            at = regular(int(block["first"]), int(block["period"]), int(block["rows"]))
            late = np.full(len(at), NO_TIME)
        stamps = seconds(at)
        arrived = stamps if not late.any() else seconds(np.where(late == NO_TIME, NO_TIME, at + late))
        return at, stamps, arrived

    def _raw_times(self, number: int) -> tuple[Nanoseconds, Nanoseconds]:
        """Of a block, its source times and how late each row arrived. [ns]"""
        block, low = self.blocks[number], number * self.places
        rows = int(block["rows"])
        odd, late = (self._at_hand(f"{ROWS}/{name}")[low : low + rows] for name in ("at", "arrived"))
        if len(odd) != rows or len(late) != rows:
            raise ValueError("times are missing")
        return regular(int(block["first"]), int(block["period"]), rows) + odd, late

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
        names = ("changes", "log_bytes", "poses")
        return {name: np.concatenate([[0], np.cumsum(self.blocks[name], dtype=np.int64)]) for name in names}


def rows_of(data: h5py.Dataset, slots: NDArray[np.unsignedinteger[Any]], first: int, last: int) -> NDArray[Any]:
    """(k, …, last - first) of some rows of a dataset; beyond its end is nothing but zeros.

    Neighbours are read together; a union of selections takes HDF5 longer than one after the other.
    """
    apart, inverse = np.unique(slots.astype(np.intp), return_inverse=True)
    begins = np.flatnonzero(np.diff(apart, prepend=-2) != 1)
    if len(begins) > SCATTERED:
        every = _part_of(data, slice(int(apart[0]), int(apart[-1]) + 1), first, last)
        return np.asarray(every[slots - apart[0]])
    ends = np.append(begins[1:], len(apart)) - 1
    runs = [slice(int(apart[low]), int(apart[high]) + 1) for low, high in zip(begins, ends, strict=True)]
    parts = [_part_of(data, run, first, last) for run in runs]
    found = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return found if np.array_equal(inverse, np.arange(len(found))) else found[inverse]


def _part_of(data: h5py.Dataset, rows: slice, first: int, last: int) -> NDArray[Any]:
    if rows.stop > data.shape[0]:
        raise ValueError("codes are missing")
    return _extended(np.asarray(data[rows, ..., first:last]), last - first)


def _extended(found: NDArray[Any], length: int) -> NDArray[Any]:
    if found.shape[-1] == length:
        return found
    return np.concatenate([found, np.zeros((*found.shape[:-1], length - found.shape[-1]), found.dtype)], axis=-1)


def _with_gaps(values: Floats, quality: Qualities) -> Floats:
    gaps = quality >= VALUELESS
    if gaps.any():
        values[gaps] = np.nan
    return values


def _kept(kept: OrderedDict[int, Kept], key: int, most: int, read: Callable[[int], Kept]) -> Kept:
    """From what is at hand, or read and kept; the longest unasked for is let go."""
    if key not in kept:
        kept[key] = read(key)
        if len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]
