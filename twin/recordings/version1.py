"""Blocks as version 1 of the format had them: what was recorded then is read as it lies.

Each block is a group of its own: ``at`` and ``arrived``, ``codes16`` and ``codes32`` (k, rows) as differences that
start anew every 600 rows, ``floats`` (k, rows), ``table``, ``quality``, ``log`` and ``tracks``. ``encoding`` (tags,)
tells where each tag is: with its code c plus ``base`` a value is ``c * step`` (``how`` 1), ``c / step`` (2) or
``table[c]`` (3).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.damage import DAMAGED, dataset, whole
from twin.recordings.layout import LARGEST_BLOCK, LISTED, OVER, POSE, QUALITY_CHANGE, TIMES
from twin.recordings.parts import Columns
from twin.signals import Block, Floats, Qualities
from twin.times import Nanoseconds, seconds

STRETCH = 600
ENCODING = np.dtype([("how", "u1"), ("store", "u1"), ("slot", "<u4"), ("base", "<i8"), ("step", "<f8")])
STORES = (16, 32)

Codes = NDArray[np.signedinteger[Any]]


class OldBlock:
    """One block; a :class:`twin.recordings.parts.Part`."""

    def __init__(self, group: h5py.Group, columns: int) -> None:
        self._group = group
        self._columns = columns
        self.rows = int(group.attrs["rows"])
        self.first, self.last = int(group.attrs["first"]), int(group.attrs["last"])
        if not 0 <= self.rows <= LARGEST_BLOCK or int(group.attrs["stretch"]) != STRETCH:
            raise ValueError("no block looks like that")

    @property
    def firsts(self) -> Nanoseconds:
        return np.array([self.first])

    def find(self, at: int, after: bool = False) -> int:
        return int(np.searchsorted(self._at, at, side="right" if after else "left"))

    def block(self, first: int, last: int, columns: Columns) -> Block:
        values, quality = self._values(first, last, columns), self._quality(first, last, columns)
        return Block(seconds(self._at[first:last]), values, quality, seconds(self._arrived[first:last]))

    def frame(self, row: int) -> Block:
        return self.block(row, row + 1, np.arange(self._columns))

    def poses(self, sheet: int) -> NDArray[np.void]:  # noqa: ARG002 - it has one
        return whole(self._group, "tracks", POSE)

    def damage(self) -> Iterator[tuple[int, int]]:
        """There were no hashes then: what can be read is taken for sound."""
        try:
            self.block(0, self.rows, np.arange(self._columns))
        except DAMAGED:
            yield self.first, self.last

    def log(self) -> bytes:
        """Its lines."""
        return whole(self._group, "log", "u1").tobytes()

    @cached_property
    def _at(self) -> Nanoseconds:
        return whole(self._group, "at", "<i8", self.rows)

    @cached_property
    def _arrived(self) -> Nanoseconds:
        return whole(self._group, "arrived", "<i8", self.rows)

    def _values(self, first: int, last: int, columns: Columns) -> Floats:
        values = np.empty((last - first, len(columns)))
        encoding = self._encoding[columns]
        start = first - first % STRETCH
        for bits in STORES:
            chosen = np.flatnonzero(encoding["store"] == bits)
            if len(chosen):
                differences = self._some(f"codes{bits}", encoding["slot"][chosen], start, last)
                codes = _summed(differences)[:, first - start :]
                values[:, chosen] = _decoded(encoding[chosen], codes, self._table).T
        chosen = np.flatnonzero(encoding["store"] == 64)
        if len(chosen):
            values[:, chosen] = self._some("floats", encoding["slot"][chosen], first, last).T
        return values

    def _quality(self, first: int, last: int, columns: Columns) -> Qualities:
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
        encoding = whole(self._group, "encoding", ENCODING, self._columns)
        for bits, name in ((16, "codes16"), (32, "codes32"), (64, "floats")):
            slots = encoding["slot"][encoding["store"] == bits]
            if len(slots) and int(slots.max()) >= len(dataset(self._group, name)):
                raise ValueError("codes are missing")
        return encoding

    @cached_property
    def _table(self) -> Floats:
        return whole(self._group, "table", "<f8")

    @cached_property
    def _changes(self) -> NDArray[np.void]:
        changes = whole(self._group, "quality", QUALITY_CHANGE)
        if len(changes) and int(changes["column"].max()) >= self._columns:
            raise ValueError("a quality of no tag")
        return changes

    def _some(self, name: str, slots: NDArray[np.uint32], first: int, last: int) -> NDArray[Any]:
        """(k, last - first) rows of a dataset that is turned."""
        data = dataset(self._group, name)
        low, high = int(slots.min()), int(slots.max()) + 1
        if high - low <= 2 * len(slots):
            return np.asarray(data[low:high, first:last])[slots - low]
        return np.stack([data[int(slot), first:last] for slot in slots])


def _decoded(encoding: NDArray[np.void], codes: Codes, table: Floats) -> Floats:
    """(k, t) values of tags that share a store, from their codes; ``encoding`` (k,) has no raw tag."""
    base = encoding["base"][:, None]
    step = encoding["step"][:, None]
    counted = codes.astype(np.int64) + base
    values: Floats = counted.astype(np.float64)
    times, over, in_list = (encoding["how"] == how for how in (TIMES, OVER, LISTED))
    values[times] *= step[times]
    values[over] /= step[over]
    unknown = codes == np.iinfo(codes.dtype).min
    if in_list.any():
        values[in_list] = table[np.where(unknown, 0, counted)[in_list]]
    values[unknown] = np.nan
    return values


def _summed(differences: Codes) -> Codes:
    """(k, t) codes from their differences; the first column begins a stretch."""
    starts = range(0, differences.shape[1], STRETCH)
    parts = [np.cumsum(differences[:, s : s + STRETCH], axis=1, dtype=differences.dtype) for s in starts]
    return np.concatenate(parts, axis=1) if parts else differences
