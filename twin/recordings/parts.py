"""What a recording consists of, as its reader sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.signals import Block, Floats, Quality
from twin.times import Nanoseconds

Columns = NDArray[np.intp]


class Part(Protocol):
    """Some rows of a recording, one after the other: what was sealed, or a journal."""

    rows: int

    @property
    def first(self) -> int:
        """The time of its first row; it has one. [ns]"""
        ...

    @property
    def last(self) -> int:
        """The time of its last row; it has one. [ns]"""
        ...

    @property
    def firsts(self) -> Nanoseconds:
        """(s,) the time at which each of its sheets of poses begins."""
        ...

    def find(self, at: int, after: bool = False) -> int:
        """How many of its rows are before a time, or at it too. [ns]"""
        ...

    def block(self, first: int, last: int, columns: Columns) -> Block:
        """Rows ``first`` to ``last`` of some columns. What is damaged is missing in it."""
        ...

    def frame(self, row: int) -> Block:
        """One row of all columns."""
        ...

    def poses(self, sheet: int) -> NDArray[np.void]:
        """(p,) the poses on one sheet, as :data:`twin.recordings.layout.POSE`."""
        ...

    def damage(self) -> Iterator[tuple[int, int]]:
        """First and last time of what is not as it was written. Reads all of it. [ns]"""
        ...


def missing(at: Floats, arrived: Floats, columns: int) -> Block:
    """Rows of which nothing but the times is left."""
    shape = (len(at), columns)
    return Block(at, np.full(shape, np.nan), np.full(shape, Quality.MISSING, np.uint8), arrived)


def joined(blocks: Sequence[Block], columns: int) -> Block:
    """One after the other."""
    if len(blocks) == 1:
        return blocks[0]
    none = missing(np.empty(0), np.empty(0), columns)
    return Block(
        np.concatenate([none.at, *(b.at for b in blocks)]),
        np.concatenate([none.values, *(b.values for b in blocks)]),
        np.concatenate([none.quality, *(b.quality for b in blocks)]),
        np.concatenate([none.arrived, *(b.arrived for b in blocks)]),
    )


def unique(columns: Sequence[int]) -> tuple[Columns, NDArray[np.intp]]:
    """Each column once, in order, and where each of those asked for is among them."""
    return np.unique(np.asarray(columns, np.intp), return_inverse=True)
