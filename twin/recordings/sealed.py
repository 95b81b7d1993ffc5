"""A sealed block being read: only the chunks that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.codes import TYPES, decoded, summed
from twin.recordings.damage import dataset
from twin.recordings.layout import ENCODING, LARGEST_BLOCK, POSE, QUALITY_CHANGE, STRETCH
from twin.signals import Floats, Qualities
from twin.times import Nanoseconds

Columns = NDArray[np.intp]


class Part(Protocol):
    """Some rows of a recording, one after the other: a sealed block, or a journal."""

    rows: int

    @property
    def first(self) -> int:
        """The time of its first row; it has one. [ns]"""
        ...

    @property
    def at(self) -> Nanoseconds:
        """(rows,) source times."""
        ...

    @property
    def arrived(self) -> Nanoseconds:
        """(rows,) arrival times."""
        ...

    @property
    def poses(self) -> NDArray[np.void]:
        """(p,) poses, as :data:`twin.recordings.layout.POSE`."""
        ...

    def values(self, first: int, last: int, columns: Columns) -> Floats:
        """(last - first, k) values."""
        ...

    def quality(self, first: int, last: int, columns: Columns) -> Qualities:
        """(last - first, k) qualities."""
        ...


class SealedBlock:
    """One block of a closed recording, or of the closed part of one that grows."""

    def __init__(self, group: h5py.Group, columns: int) -> None:
        self._group = group
        self._columns = columns
        self.rows = int(group.attrs["rows"])
        self.first = int(group.attrs["first"])
        if not 0 <= self.rows <= LARGEST_BLOCK or int(group.attrs["stretch"]) != STRETCH:
            raise ValueError("no block looks like that")

    @cached_property
    def at(self) -> Nanoseconds:
        return self._whole("at", "<i8", self.rows)

    @cached_property
    def arrived(self) -> Nanoseconds:
        return self._whole("arrived", "<i8", self.rows)

    @cached_property
    def poses(self) -> NDArray[np.void]:
        return self._whole("tracks", POSE)

    @property
    def log(self) -> bytes:
        return self._whole("log", "u1").tobytes()

    def values(self, first: int, last: int, columns: Columns) -> Floats:
        values = np.empty((last - first, len(columns)))
        encoding = self._encoding[columns]
        start = first - first % STRETCH
        for bits in TYPES:
            chosen = np.flatnonzero(encoding["store"] == bits)
            if len(chosen):
                differences = self._some(f"codes{bits}", encoding["slot"][chosen], start, last)
                codes = summed(differences)[:, first - start :]
                values[:, chosen] = decoded(encoding[chosen], codes, self._table).T
        chosen = np.flatnonzero(encoding["store"] == 64)
        if len(chosen):
            values[:, chosen] = self._some("floats", encoding["slot"][chosen], first, last).T
        return values

    def quality(self, first: int, last: int, columns: Columns) -> Qualities:
        changes = self._changes
        into = np.full(self._columns, -1, np.intp)
        into[columns] = np.arange(len(columns))
        number = np.flatnonzero((changes["row"] < last) & (into[changes["column"]] >= 0))
        newest = np.zeros((last - first, len(columns)), np.intp)  # which change holds at a row
        if len(number):
            row = np.maximum(changes["row"][number].astype(np.intp) - first, 0)
            newest[row, into[changes["column"][number]]] = number + 1  # of several for one place the last counts
            np.maximum.accumulate(newest, axis=0, out=newest)
        return np.concatenate([np.zeros(1, np.uint8), changes["quality"]])[newest]

    @cached_property
    def _encoding(self) -> NDArray[np.void]:
        encoding = self._whole("encoding", ENCODING, self._columns)
        for bits, name in ((16, "codes16"), (32, "codes32"), (64, "floats")):
            slots = encoding["slot"][encoding["store"] == bits]
            if len(slots) and int(slots.max()) >= len(self._dataset(name)):
                raise ValueError("codes are missing")
        return encoding

    @cached_property
    def _table(self) -> Floats:
        return self._whole("table", "<f8")

    @cached_property
    def _changes(self) -> NDArray[np.void]:
        changes = self._whole("quality", QUALITY_CHANGE)
        if len(changes) and int(changes["column"].max()) >= self._columns:
            raise ValueError("a quality of no tag")
        return changes

    def _some(self, name: str, slots: NDArray[np.uint32], first: int, last: int) -> NDArray[Any]:
        """(k, last - first) rows of a dataset that is turned."""
        data = self._dataset(name)
        low, high = int(slots.min()), int(slots.max()) + 1
        if high - low <= 2 * len(slots):
            return np.asarray(data[low:high, first:last])[slots - low]
        return np.stack([data[int(slot), first:last] for slot in slots])

    def _whole(self, name: str, kind: Any, length: int | None = None) -> NDArray[Any]:
        data = self._dataset(name)
        limit = LARGEST_BLOCK * 64 if length is None else length
        if data.ndim != 1 or len(data) > limit or (length is not None and len(data) != length):
            raise ValueError(f"{name} has the wrong size")
        if data.dtype != np.dtype(kind):
            raise TypeError(f"{name} has the wrong type")
        return np.asarray(data[()])

    def _dataset(self, name: str) -> h5py.Dataset:
        return dataset(self._group, name)


def unique(columns: Sequence[int]) -> tuple[Columns, NDArray[np.intp]]:
    """Each column once, in order, and where each of those asked for is among them."""
    return np.unique(np.asarray(columns, np.intp), return_inverse=True)
