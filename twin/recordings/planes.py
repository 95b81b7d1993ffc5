"""The values of what was sealed, read from their codes: a byte plane of all tags for each byte of the codes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings import coding
from twin.recordings.codes import Counts, added, counts_of, summed, values_of, ways
from twin.recordings.damage import dataset, folder, whole
from twin.recordings.layout import BYTES, CHUNK_TAGS, ENCODING, LARGEST_BLOCK, LISTED, PAIR, VALUES, WAY
from twin.recordings.parts import Columns
from twin.recordings.selections import Slots, Stored
from twin.signals import Floats

KEPT_CODING = 64  # blocks whose encoding is kept at hand
NOTHING: Floats = np.empty(0)

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Planes:
    """Values by place and column. Any question may raise one of :data:`twin.recordings.damage.DAMAGED`."""

    def __init__(self, file: h5py.File, columns: int) -> None:
        self._file = file
        self._columns = columns
        self._datasets: dict[str, Stored] = {}
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
            plane = self._bytes_of(byte, low, high, stretch * self.stretch, last)
            if not byte:
                lowest, above = plane, low
            signs = lowest[low - above : high - above]
            told[low:high] += added(plane[:, before:], signs[:, before:], byte)
            run = np.flatnonzero(running[low:high])
            if before:
                base[low + run] += summed(plane[run, :before], signs[run, :before], byte)
        if last - first > 1:
            told[running] = np.cumsum(told[running], axis=1)
        told += base[:, np.newaxis]
        return values_of(told, encoding["how"][:, np.newaxis], encoding["step"][:, np.newaxis], self._listed(encoding))

    def _bytes_of(self, byte: int, low: int, high: int, first: int, last: int) -> NDArray[np.uint8]:
        """(high - low, last - first) one byte of the codes of some slots; ``first`` begins a stretch.

        The lowest bytes are there until the next are asked for: fresh memory costs as much as unpacking.
        """
        data = self._plane(byte)
        size = data.dtype.itemsize
        found = data.part(slice(low, high), first // size, -(-last // size), None if byte else self._room)
        return found.view(np.uint8)[:, : last - first]

    @cached_property
    def _room(self) -> NDArray[np.uint8]:
        return np.empty(self._columns * self.stretch, np.uint8)

    def _encoded_in(self, stretch: int) -> NDArray[np.void]:
        """(n,) how all slots are coded in a stretch."""
        a_block = self.places // self.stretch
        number = stretch // a_block
        block = kept(self._coding, number, KEPT_CODING, self._read_coding)
        return self._understood(block[:, stretch - number * a_block], slice(0, self._columns), stretch, stretch + 1)

    def _understood(self, told: NDArray[np.void], slots: slice | Slots, low: int, high: int) -> NDArray[np.void]:
        """How slots are coded in stretches, from what the file says of it, as ENCODING."""
        if told.dtype == ENCODING:
            return told
        way = self._ways[told["way"]]
        upper = None
        if way["wide"].any():
            data = self._values("upper")
            upper = data.part(slots, low, high) if isinstance(slots, slice) else data.rows(slots, low, high)
            upper = upper.reshape(told.shape)
        return coding.understood(told, way, upper)

    @cached_property
    def _ways(self) -> NDArray[np.void]:
        return whole(self._file, f"{VALUES}/ways", WAY)

    def _read_coding(self, number: int) -> NDArray[np.void]:
        """(n, s) of one block, as it lies in the file."""
        a_block = self.places // self.stretch
        return self._values("encoding").part(slice(0, self._columns), number * a_block, (number + 1) * a_block)

    # ---- some tags for long ----------------------------------------------------------------------------------------

    def _along(self, first: int, last: int, slots: Slots) -> Floats:
        """(k, t) values of some slots."""
        low, high = first // self.stretch, -(-last // self.stretch)
        encoding = self._understood(self._values("encoding").rows(slots, low, high), slots, low, high)
        counts = self._counts(slots, encoding, low * self.stretch, last)[:, first - low * self.stretch :]
        return values_of(counts, *ways(encoding, first, last, self.stretch), self._listed(encoding))

    def _counts(self, slots: Slots, encoding: NDArray[np.void], first: int, last: int) -> Counts:
        """(k, last - first) counts of some slots; ``first`` begins a stretch."""
        needed = encoding["bytes"].max(axis=1)
        most = _most(needed)
        if not most:
            return counts_of(np.zeros((len(slots), last - first), np.uint8), encoding, self.stretch)
        lowest = self._bytes_along(0, slots, first, last)
        if most == 1:
            return counts_of(lowest, encoding, self.stretch)
        kind = np.dtype(f"u{1 << (most - 1).bit_length()}")
        codes = lowest.astype(kind)
        for byte in range(1, most):
            wide = np.flatnonzero(needed > byte)
            codes[wide] |= self._bytes_along(byte, slots[wide], first, last).astype(kind) << kind.type(8 * byte)
        return counts_of(codes, encoding, self.stretch)

    def _bytes_along(self, byte: int, slots: Slots, first: int, last: int) -> NDArray[np.uint8]:
        """(k, last - first) one byte of the codes of some slots; ``first`` begins a stretch."""
        data = self._plane(byte)
        size = data.dtype.itemsize
        return data.rows(slots, first // size, -(-last // size)).view(np.uint8)[:, : last - first]

    # ---- datasets --------------------------------------------------------------------------------------------------

    def _listed(self, encoding: NDArray[np.void]) -> Floats:
        """The values that counts point into, where any of those coded so does."""
        return self._table if (encoding["how"] == LISTED).any() else NOTHING

    @cached_property
    def _table(self) -> Floats:
        return whole(self._file, f"{VALUES}/table", "<f8")

    def _plane(self, byte: int) -> Stored:
        """A byte of all codes, of two rows in each element; of one up to version 3."""
        return self._values(f"byte{byte}")

    def _values(self, name: str) -> Stored:
        if name not in self._datasets:
            data = Stored(dataset(self._file, f"{VALUES}/{name}"))
            coarse = data.dtype not in (PAIR, np.uint8) or self.stretch % data.dtype.itemsize
            if len(data.shape) != 2 or (name.startswith("byte") and coarse):
                raise TypeError(f"{name} is of another kind")
            self._datasets[name] = data
        return self._datasets[name]


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
