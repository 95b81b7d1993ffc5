"""The journal being read: what was put down and is in no block yet, also while more is put down."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.album import JournalPictures
from twin.recordings.damage import dataset, holds
from twin.recordings.layout import CHECKED, PICTURES, POSE, row_type
from twin.recordings.parts import Columns
from twin.signals import Block
from twin.times import Nanoseconds, seconds

NONE = np.empty(0, np.uint8)  # in journals of version 2
FAR = np.iinfo(np.int64).max  # the time of a first row that is yet to come
DOUBTFUL = 64  # rows at the end that a power failure may have left half written


class JournalRows:
    """One journal of a recording that was not closed, from the rows, poses and lines that are in no block."""

    def __init__(self, file: BinaryIO, group: h5py.Group, columns: int, sealed: dict[str, int]) -> None:
        self._rows = _mapped(file, dataset(group, "rows"), row_type(columns))
        self._poses = _mapped(file, dataset(group, "tracks"), POSE)
        self._log = _mapped(file, dataset(group, "log"), np.dtype("u1"))
        self._sealed = sealed
        stream = _mapped(file, dataset(group, PICTURES), np.dtype("u1")) if holds(group, PICTURES) else NONE
        self.pictures = JournalPictures(stream, sealed["pictures"])
        self.rows = 0
        self.grow()

    @property
    def number(self) -> int:
        """The number of its first row in the whole recording; 0 where it has none."""
        return int(self._rows["number"][0]) if self.rows else 0

    @property
    def first(self) -> int:
        return int(self._rows["at"][0])

    @property
    def last(self) -> int:
        return int(self._rows["at"][self.rows - 1])

    @property
    def firsts(self) -> Nanoseconds:
        return np.array([self.first if self.rows else FAR])

    def find(self, at: int, after: bool = False) -> int:
        return int(np.searchsorted(self._rows["at"][: self.rows], at, side="right" if after else "left"))

    def block(self, first: int, last: int, columns: Columns) -> Block:
        rows = self._rows[first:last]
        values, quality = (np.array(rows[name][:, columns]) for name in ("values", "quality"))
        return Block(seconds(rows["at"]), values, quality, seconds(rows["arrived"]))

    def frame(self, row: int) -> Block:
        return self.block(row, row + 1, np.arange(self._rows["values"].shape[1]))

    def poses(self, sheet: int) -> NDArray[np.void]:  # noqa: ARG002 - it has one
        return np.array(self._poses[: _following(self._poses["number"], self._sealed["poses"])])

    def log(self) -> bytes:
        """Its lines, perhaps with a broken one and old ones behind."""
        text = self._log.tobytes()
        return text[: text.find(b"\0")] if b"\0" in text else text

    def damage(self) -> Iterator[tuple[int, int]]:
        for row in range(self.rows):
            if not self._sound(row):
                yield int(self._rows["at"][row]), int(self._rows["at"][row])

    def grow(self) -> bool:
        """Take in what was put down since; whether there was anything."""
        self.pictures.grow()
        before = self.rows
        numbers = self._rows["number"]
        if before and before < len(numbers) and int(numbers[before]) != int(numbers[0]) + before:
            return False
        self.rows = self._whole(before, _following(numbers, self._sealed["rows"]))
        return self.rows != before

    def _whole(self, first: int, last: int) -> int:
        """How far the rows up to ``last`` are whole."""
        for row in range(max(first, last - DOUBTFUL), last):
            if not self._sound(row):
                return row
        return last

    def _sound(self, row: int) -> bool:
        return zlib.crc32(self._rows[row].tobytes()[:CHECKED]) == int(self._rows["checksum"][row])


def _following(numbers: NDArray[np.uint64], sealed: int) -> int:
    """How many of a journal's numbers go on where the blocks end: one after the other, all beyond ``sealed``."""
    if not len(numbers) or int(numbers[0]) <= sealed:
        return 0
    wanted = numbers[0] + np.arange(len(numbers), dtype=np.uint64)
    apart = np.flatnonzero(numbers != wanted)
    return int(apart[0]) if len(apart) else len(numbers)


def _mapped(file: BinaryIO, data: h5py.Dataset, kind: np.dtype[Any]) -> NDArray[Any]:
    """A contiguous dataset as it lies in the file, seen through the page cache."""
    offset = data.id.get_offset()
    if data.ndim != 1 or data.dtype != kind or offset is None:
        raise TypeError("no journal looks like that")
    mapped = np.memmap(file, dtype=kind, mode="r", offset=offset, shape=data.shape)
    return mapped.view(np.ndarray)
