"""The values of what was sealed, read from their codes: a byte plane of all tags for each byte of the codes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.codes import Counts, added, counts_of, values_of, ways
from twin.recordings.damage import dataset, folder, whole
from twin.recordings.layout import BYTES, CHUNK_TAGS, LARGEST_BLOCK, LISTED, VALUES
from twin.recordings.parts import Columns
from twin.signals import Floats

KEPT_CODING = 64  # blocks whose encoding is kept at hand
SCATTERED = 32  # tags apart from each other that are read one by one; of more, all between them are
NOTHING: Floats = np.empty(0)

Slots = NDArray[np.unsignedinteger[Any]]
Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Planes:
    """Values by place and column. Any question may raise one of :data:`twin.recordings.damage.DAMAGED`."""

    def __init__(self, file: h5py.File, columns: int) -> None:
        self._file = file
        self._columns = columns
        self._datasets: dict[str, h5py.Dataset] = {}
        self._coding: OrderedDict[int, NDArray[np.void]] = OrderedDict()
        attributes = folder(file, VALUES).attrs
        self.places, self.stretch = int(attributes["places"]), int(attributes["stretch"])
        if not 0 < self.stretch <= self.places <= LARGEST_BLOCK or self.places % self.stretch:
            raise ValueError("no blocks look like that")
        if any(dataset(file, f"{VALUES}/{name}").shape[:1] != (columns,) for name in ("slots", "encoding", "byte0")):
            raise ValueError("values of more or fewer tags")

    @cached_property
    def slots(self) -> NDArray[np.uint32]:
        """(n,) where each tag lies."""
        slots = whole(self._file, f"{VALUES}/slots", "<u4", self._columns)
        if len(slots) and int(slots.max()) >= self._columns:
            raise ValueError("a tag lies nowhere")
        return slots

    def groups(self, columns: Columns) -> list[NDArray[np.intp]]:
        """Which of the columns share chunks."""
        groups = self.slots[columns] // CHUNK_TAGS
        return [np.flatnonzero(groups == group) for group in np.unique(groups)]

    def values(self, first: int, last: int, columns: Columns) -> Floats:
        """(t, k) values of places that follow each other, whatever their quality."""
        slots = self.slots[columns]
        if len(columns) == self._columns and first // self.stretch == (last - 1) // self.stretch:
            return self._across(first, last)[slots].T
        return self._along(first, last, slots).T

    # ---- all tags for a while --------------------------------------------------------------------------------------

    def _across(self, first: int, last: int) -> Floats:
        """(n, t) values of all slots at places of one stretch: of running codes before them only the sum is asked for.

        A code's lowest bit is its sign, so the bytes of a code say so much of its difference each, and the differences
        of as many tags as have so many bytes are added up plane by plane.
        """
        stretch = first // self.stretch
        encoding = self._encoded_in(stretch)
        running = encoding["running"] != 0
        before = first - stretch * self.stretch
        told = np.zeros((self._columns, last - first), np.int64)
        base = encoding["base"].astype(np.int64)
        lowest, above = np.empty((0, 0), np.uint8), 0
        for byte in range(_most(encoding["bytes"])):
            needed = np.flatnonzero(encoding["bytes"] > byte)
            low, high = int(needed[0]), int(needed[-1]) + 1
            part = slice(low, high), stretch * self.stretch, last
            plane = _part_of(self._plane(byte), *part) if byte else self._lowest(*part)
            if not byte:
                lowest, above = plane, low
            signs = lowest[low - above : high - above]
            told[low:high] += added(plane[:, before:], signs[:, before:], byte)
            run = np.flatnonzero(running[low:high])
            if before:
                base[low + run] += added(plane[run, :before], signs[run, :before], byte).sum(axis=1, dtype=np.int64)
        told[running] = np.cumsum(told[running], axis=1)
        told += base[:, np.newaxis]
        return values_of(told, encoding["how"][:, np.newaxis], encoding["step"][:, np.newaxis], self._listed(encoding))

    def _lowest(self, rows: slice, first: int, last: int) -> NDArray[np.uint8]:
        """The lowest bytes of some slots, until the next are asked for: fresh memory costs as much as unpacking."""
        data, room = self._plane(0), self._room[: (rows.stop - rows.start) * (last - first)]
        found = room.reshape(rows.stop - rows.start, last - first)
        if last > data.shape[1]:
            return _part_of(data, rows, first, last)
        data.read_direct(found, np.s_[rows, first:last])
        return found

    @cached_property
    def _room(self) -> NDArray[np.uint8]:
        return np.empty(self._columns * self.stretch, np.uint8)

    def _encoded_in(self, stretch: int) -> NDArray[np.void]:
        """(n,) how all slots are coded in a stretch."""
        a_block = self.places // self.stretch
        number = stretch // a_block
        coding = kept(self._coding, number, KEPT_CODING, self._read_coding)
        return coding[:, stretch - number * a_block]

    def _read_coding(self, number: int) -> NDArray[np.void]:
        """(n, s) of one block."""
        a_block = self.places // self.stretch
        return _part_of(self._values("encoding"), slice(0, self._columns), number * a_block, (number + 1) * a_block)

    # ---- some tags for long ----------------------------------------------------------------------------------------

    def _along(self, first: int, last: int, slots: Slots) -> Floats:
        """(k, t) values of some slots."""
        low, high = first // self.stretch, -(-last // self.stretch)
        encoding = rows_of(self._values("encoding"), slots, low, high)
        counts = self._counts(slots, encoding, low * self.stretch, last)[:, first - low * self.stretch :]
        return values_of(counts, *ways(encoding, first, last, self.stretch), self._listed(encoding))

    def _counts(self, slots: Slots, encoding: NDArray[np.void], first: int, last: int) -> Counts:
        """(k, last - first) counts of some slots; ``first`` begins a stretch."""
        needed = encoding["bytes"].max(axis=1)
        most = _most(needed)
        if not most:
            return counts_of(np.zeros((len(slots), last - first), np.uint8), encoding, self.stretch)
        lowest = rows_of(self._plane(0), slots, first, last)
        if most == 1:
            return counts_of(lowest, encoding, self.stretch)
        kind = np.dtype(f"u{1 << (most - 1).bit_length()}")
        codes = lowest.astype(kind)
        for byte in range(1, most):
            wide = np.flatnonzero(needed > byte)
            codes[wide] |= rows_of(self._plane(byte), slots[wide], first, last).astype(kind) << kind.type(8 * byte)
        return counts_of(codes, encoding, self.stretch)

    # ---- datasets --------------------------------------------------------------------------------------------------

    def _listed(self, encoding: NDArray[np.void]) -> Floats:
        """The values that counts point into, where any of those coded so does."""
        return self._table if (encoding["how"] == LISTED).any() else NOTHING

    @cached_property
    def _table(self) -> Floats:
        return whole(self._file, f"{VALUES}/table", "<f8")

    def _plane(self, byte: int) -> h5py.Dataset:
        return self._values(f"byte{byte}")

    def _values(self, name: str) -> h5py.Dataset:
        if name not in self._datasets:
            self._datasets[name] = dataset(self._file, f"{VALUES}/{name}")
        return self._datasets[name]


def rows_of(data: h5py.Dataset, slots: Slots, first: int, last: int) -> NDArray[Any]:
    """(k, …, last - first) of some rows of a dataset; beyond its end is nothing but zeros.

    Neighbours are read together; a union of selections takes HDF5 longer than one after the other.
    """
    apart, inverse = np.unique(slots.astype(np.intp), return_inverse=True)
    begins = np.flatnonzero(np.diff(apart, prepend=-2) != 1)
    if len(begins) > SCATTERED:
        every = _part_of(data, slice(int(apart[0]), int(apart[-1]) + 1), first, last)
        return np.asarray(every[slots - apart[0]])
    if len(begins) == len(slots):  # then none lies beside another, and they are read in the order asked for
        return np.concatenate([_part_of(data, slice(slot, slot + 1), first, last) for slot in slots.tolist()])
    ends = np.append(begins[1:], len(apart)) - 1
    runs = [slice(int(apart[low]), int(apart[high]) + 1) for low, high in zip(begins, ends, strict=True)]
    parts = [_part_of(data, run, first, last) for run in runs]
    found = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return found if np.array_equal(inverse, np.arange(len(found))) else found[inverse]


def kept(at_hand: OrderedDict[Key, Kept], key: Key, most: int, read: Callable[[Key], Kept]) -> Kept:
    """From what is at hand, or read and kept; the longest unasked for is let go."""
    if key not in at_hand:
        at_hand[key] = read(key)
        if len(at_hand) > most:
            at_hand.popitem(last=False)
    at_hand.move_to_end(key)
    return at_hand[key]


def _most(needed: NDArray[np.uint8]) -> int:
    """How many bytes the longest codes have."""
    most = int(needed.max(initial=0))
    if most > BYTES:
        raise ValueError("codes of too many bytes")
    return most


def _part_of(data: h5py.Dataset, rows: slice, first: int, last: int) -> NDArray[Any]:
    if rows.stop > data.shape[0]:
        raise ValueError("codes are missing")
    return _extended(np.asarray(data[rows, ..., first:last]), last - first)


def _extended(found: NDArray[Any], length: int) -> NDArray[Any]:
    if found.shape[-1] == length:
        return found
    return np.concatenate([found, np.zeros((*found.shape[:-1], length - found.shape[-1]), found.dtype)], axis=-1)
