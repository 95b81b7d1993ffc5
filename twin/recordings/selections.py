"""Parts of datasets, read by HDF5's own handles: h5py makes them and a compound type anew each time, which takes longer
than unpacking what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

FEW = 12  # rows, which are read one by one before neighbours are looked for
SCATTERED = 32  # rows apart from each other that are read one by one; of more, all between them are

Slots = NDArray[np.unsignedinteger[Any]]


class Stored:
    """A dataset (rows, …, t) that stays as it is while it is read. Any question may raise one of DAMAGED."""

    def __init__(self, data: h5py.Dataset) -> None:
        self.dtype: np.dtype[Any] = data.dtype
        self.shape: tuple[int, ...] = data.shape
        self._id = data.id
        self._kind, self._space = data.id.get_type(), data.id.get_space()
        plain = not self.dtype.hasobject and self.dtype.subdtype is None  # only such are as long as HDF5 takes them
        if not plain or self._kind.get_size() != self.dtype.itemsize or len(self.shape) < 2:
            raise TypeError("stored as another kind")

    def part(self, rows: slice, first: int, last: int, room: NDArray[np.uint8] | None = None) -> NDArray[Any]:
        """(rows, …, last - first), in ``room`` where that is given; beyond the end is nothing but zeros."""
        shape = rows.stop - rows.start, *self.shape[1:-1], last - first
        found: NDArray[Any] = np.empty(shape, self.dtype) if room is None else np.ndarray(shape, self.dtype, room)
        self._read(rows.start, first, found)
        return found

    def rows(self, slots: Slots, first: int, last: int) -> NDArray[Any]:
        """(k, …, last - first) of some rows; beyond the end is nothing but zeros.

        Neighbours are read together; a union of selections takes HDF5 longer than one after the other.
        """
        if len(slots) <= FEW:
            return self._one_by_one(slots.tolist(), first, last)
        apart, inverse = np.unique(slots.astype(np.intp), return_inverse=True)
        begins = np.flatnonzero(np.diff(apart, prepend=-2) != 1)
        if len(begins) > SCATTERED:
            every = self.part(slice(int(apart[0]), int(apart[-1]) + 1), first, last)
            return np.asarray(every[slots - apart[0]])
        ends = np.append(begins[1:], len(apart)) - 1
        runs = [slice(int(apart[low]), int(apart[high]) + 1) for low, high in zip(begins, ends, strict=True)]
        parts = [self.part(run, first, last) for run in runs]
        return np.concatenate(parts)[inverse]

    def _one_by_one(self, slots: Sequence[int], first: int, last: int) -> NDArray[Any]:
        between = self.shape[1:-1]
        found = np.empty((len(slots), *between, last - first), self.dtype)
        if not slots or max(slots) >= self.shape[0] or not first < last <= self.shape[-1]:
            for row, slot in enumerate(slots):
                self._read(slot, first, found[row : row + 1])
            return found
        aside, one = (0,) * len(between), (1, *found.shape[1:])
        room = h5py.h5s.create_simple(one)
        for row, slot in enumerate(slots):
            self._space.select_hyperslab((slot, *aside, first), one)
            self._id.read(room, self._space, found[row : row + 1], self._kind)
        return found

    def _read(self, row: int, first: int, found: NDArray[Any]) -> None:
        """Fill an array that lies in one piece with what stands from a row and ``first`` on."""
        if row + len(found) > self.shape[0]:
            raise ValueError("codes are missing")
        there = max(0, min(self.shape[-1] - first, found.shape[-1]))
        if there < found.shape[-1]:
            found[...] = 0
            if there:
                found[..., :there] = self.part(slice(row, row + len(found)), first, first + there)
        elif found.size:
            self._space.select_hyperslab((row, *(0 for _ in found.shape[1:-1]), first), found.shape)
            self._id.read(h5py.h5s.create_simple(found.shape), self._space, found, self._kind)
