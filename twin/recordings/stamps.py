"""When the rows of what was sealed were taken and when they arrived: for however many blocks, in one go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.damage import DAMAGED, dataset, ensure_damaged
from twin.recordings.layout import ROWS
from twin.recordings.planes import kept
from twin.recordings.sealing import regular
from twin.signals import Floats
from twin.times import NO_TIME, Nanoseconds, evenly, seconds

KEPT_BLOCKS = 64  # whose times are kept at hand: an instant is looked for in those of its block
KEPT_SPANS = 8  # asked for last, tag after tag
LONGEST_KEPT = 2**17  # rows of such a span: a day of seconds and a half

Times = tuple[Nanoseconds, Nanoseconds]


class Stamps:
    """Source and arrival times by place. Where they cannot be read they are taken to have come regularly.

    ``changed`` says whether the file was changed since it was opened.
    """

    def __init__(self, file: h5py.File, blocks: NDArray[np.void], places: int, changed: Callable[[], bool]) -> None:
        self._blocks = blocks
        self._places = places
        self._file = file
        self._changed = changed
        self._by_block: OrderedDict[int, Times] = OrderedDict()
        self._by_span: OrderedDict[tuple[int, int], tuple[Floats, Floats]] = OrderedDict()

    def of(self, number: int) -> Nanoseconds:
        """Source times of the rows of a block. [ns]"""
        return self._of(number)[0]

    def between(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Source and arrival times of places that follow each other; where they are the same, the same array. [s]"""
        if last - first > LONGEST_KEPT:
            return self._between(first, last)
        return kept(self._by_span, (first, last), KEPT_SPANS, lambda span: self._between(*span))

    def read(self, first: int, last: int) -> Times:
        """Source times of places and how late each row arrived [ns]. Raises any of DAMAGED."""
        odd, late = (data[first:last] for data in self._stored)
        if len(odd) != last - first or len(late) != last - first:
            raise ValueError("times are missing")
        low, high = first // self._places, (last - 1) // self._places + 1
        blocks = self._blocks[low:high]
        expected = regular(blocks["first"][:, np.newaxis], blocks["period"][:, np.newaxis], self._places).reshape(-1)
        odd += expected[first - low * self._places : last - low * self._places]
        return odd, late

    def _evenly(self, first: int, last: int) -> tuple[Floats, Floats] | None:
        """Source and arrival times [s] where all rows came evenly and equally late, whole seconds apart, as those of a
        simulated station do: by what the blocks say, without a look at each."""
        number = first // self._places
        blocks = self._blocks[number : (last - 1) // self._places + 1]
        begin, period, delay = (int(blocks[name][0]) for name in ("first", "period", "delay"))
        if delay == NO_TIME or not blocks["even"].all() or (blocks["delay"] != delay).any():
            return None
        if (blocks["period"] != period).any():
            return None
        if (blocks["first"] != regular(begin, period * self._places, len(blocks))).any():
            return None
        start = begin + period * (first - number * self._places)
        stamps = evenly(start, period, last - first)
        arrived = evenly(start + delay, period, last - first) if delay else stamps
        return None if stamps is None or arrived is None else (stamps, arrived)

    @cached_property
    def _stored(self) -> list[h5py.Dataset]:
        stored = [dataset(self._file, f"{ROWS}/{name}") for name in ("at", "arrived")]
        if any(data.dtype != "<i8" or data.ndim != 1 for data in stored):
            raise TypeError("times of another kind")
        return stored

    def _between(self, first: int, last: int) -> tuple[Floats, Floats]:
        low, high = first // self._places, (last - 1) // self._places + 1
        try:
            if high - low > 1:
                return _shared(*(self._evenly(first, last) or _as_seconds(*self.read(first, last))))
        except DAMAGED:
            ensure_damaged(self._changed)
        parts = []
        for number in range(low, high):
            start = number * self._places
            part = slice(max(first - start, 0), last - start)
            parts.append([times[part] for times in self._of(number)])
        at, late = (np.concatenate(times) if len(parts) > 1 else times[0] for times in zip(*parts, strict=True))
        return _shared(*_as_seconds(at, late))

    def _of(self, number: int) -> Times:
        return kept(self._by_block, number, KEPT_BLOCKS, self._read_block)

    def _read_block(self, number: int) -> Times:
        block, start = self._blocks[number], number * self._places
        rows = int(block["rows"])
        if block["even"]:
            return regular(int(block["first"]), int(block["period"]), rows), np.full(rows, block["delay"])
        try:
            return self.read(start, start + rows)
        except DAMAGED:
            ensure_damaged(self._changed)
        return regular(int(block["first"]), int(block["period"]), rows), np.full(rows, NO_TIME)


def _as_seconds(at: Nanoseconds, late: Nanoseconds) -> tuple[Floats, Floats]:
    """Source and arrival times. [s]"""
    stamps = arrived = seconds(at)
    if late.any():
        came = at + late
        unknown = late == NO_TIME
        if unknown.any():
            came[unknown] = NO_TIME
        arrived = seconds(came)
    return stamps, arrived


def _shared(stamps: Floats, arrived: Floats) -> tuple[Floats, Floats]:
    """Times that are given to more than one, and so changed by none."""
    stamps.flags.writeable = arrived.flags.writeable = False
    return stamps, arrived
