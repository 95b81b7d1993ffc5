"""Overviews in powers of ten, written while recording: a month of a tag is drawn without reading a month of it.

A cell holds the lowest, highest and last value and the worst quality of so many places; ``PAGE`` cells of a tag are
stored together once they are complete. What no page covers yet is told by the next finer level, and at last by the
values themselves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.codes import counted, values_of, ways
from twin.recordings.damage import DAMAGED, dataset, holds
from twin.recordings.filters import bit_packed
from twin.recordings.layout import BYTES, CELL_ENCODING, CHUNK_TAGS, LEVELS, OVERVIEW, PAGE, RAW, VALUELESS
from twin.recordings.memory import Overview
from twin.recordings.parts import Columns
from twin.recordings.planes import kept
from twin.recordings.sealed import Sealed
from twin.recordings.selections import Stored
from twin.signals import Block, Floats
from twin.times import NO_TIME, Nanoseconds, seconds

LASTLESS = 0x40  # added to a quality: there is no last value
TEN = 10
MOST_CODED = 2**14  # tags in one chunk of encoding
FIFTH = 5  # of a page is worth its chunks when a recording is closed
ROWS_AT_ONCE = 2**22
WORD = 32  # bits of a cell that stand together
SMALL_COUNT = 2.0 ** (WORD - 2)  # differences of counts below it have room in a word
EXTREMES = 2  # of a cell, before its last
KEPT_PAGES = 64  # whose encoding is kept at hand


class Pages:
    """One level of a recording's overview being read."""

    def __init__(self, file: h5py.File, level: int) -> None:
        self.level = level
        name = f"{OVERVIEW}/{level}"
        self._cells, self._encoding = (Stored(dataset(file, f"{name}/{part}")) for part in ("cells", "encoding"))
        self._at = dataset(file, f"{name}/at")
        self._high = Stored(dataset(file, f"{name}/high")) if self._cells.dtype.itemsize < BYTES else None
        self._coding: OrderedDict[int, NDArray[np.void]] = OrderedDict()
        self.count = len(self._at)
        if any(told.shape[1:] != (4, self.count) for told in (self._cells, self._high) if told is not None):
            raise ValueError("an overview of another shape")

    @property
    def at(self) -> Nanoseconds:
        """(cells,) the time of each cell's first row, or NO_TIME for one without. [ns]"""
        return np.asarray(self._at[()])

    def read(self, slots: NDArray[np.uint32], first: int, last: int) -> Overview:
        """Cells of some slots."""
        page, start = first // PAGE, first // PAGE * PAGE
        told = self._cells.rows(slots, start, last)
        encoding = np.stack([self._encoded_in(p)[slots] for p in range(page, -(-last // PAGE))], axis=1)
        if self._high is not None and (encoding["how"] == RAW).any():
            told = told + (self._high.rows(slots, start, last).astype(np.int64) << WORD)
        counts = told[:, :-1]  # counted have less than 2**30 of a kind, which the words they stand in hold
        for low in range(0, last - start, PAGE):
            page_of_lowest = counts[:, 0, low : low + PAGE]
            np.cumsum(page_of_lowest, axis=1, out=page_of_lowest)
        counts[:, 1:] += counts[:, :1]
        how, step = ways(encoding, first, last, PAGE)
        values = values_of(counts[..., first - start :], how[:, np.newaxis], step[:, np.newaxis], np.empty(0))
        quality = told[:, -1, first - start :].astype(np.uint8)
        if quality.any():
            for plane, flag in enumerate((VALUELESS, VALUELESS, LASTLESS)):
                values[:, plane][quality & np.uint8(flag) != 0] = np.nan
            quality &= np.uint8(LASTLESS - 1)
        low_, high, last_ = values[:, 0], values[:, 1], values[:, 2]
        return Overview(seconds(np.asarray(self._at[first:last])), low_, high, last_, quality)

    def _encoded_in(self, page: int) -> NDArray[np.void]:
        """(n,) how all slots are coded in a page."""
        return kept(self._coding, page, KEPT_PAGES, self._read_encoding)

    def _read_encoding(self, page: int) -> NDArray[np.void]:
        return self._encoding.part(slice(0, self._encoding.shape[0]), page, page + 1)[:, 0]

    def damage(self, slots: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
        """First and last time of the pages that cannot be read. [ns]"""
        at = self.at
        for first in range(0, self.count, PAGE):
            last = min(first + PAGE, self.count)
            try:
                self.read(slots, first, last)
            except DAMAGED:
                yield int(at[first]), int(at[last - 1])


def pages_of(file: h5py.File) -> list[Pages]:
    """Every level a recording has, the finest first; a damaged one and those above it are done without."""
    found: list[Pages] = []
    for level in LEVELS:
        if not holds(file, f"{OVERVIEW}/{level}"):
            break
        try:
            found.append(Pages(file, level))
        except DAMAGED:
            break
    return found


def pieces(
    sealed: Sealed, levels: Sequence[Pages], first: int, last: int, columns: Columns
) -> Iterator[Block | Overview]:
    """Rows of what was sealed, as coarse as the last of the levels allows and as fine as their ends need."""
    for low, high in sealed.runs(first, last):
        yield from _pieces(sealed, levels, low, high, columns)


def _pieces(
    sealed: Sealed, levels: Sequence[Pages], first: int, last: int, columns: Columns
) -> Iterator[Block | Overview]:
    if first >= last:
        return
    if not levels:
        step = max(1, ROWS_AT_ONCE // max(1, len(columns)))
        for low in range(first, last, step):
            yield sealed.piece(low, min(low + step, last), columns)
        return
    pages, finer = levels[-1], levels[:-1]
    begin, end = -(-first // pages.level), min(last // pages.level, pages.count)
    if begin >= end:
        yield from _pieces(sealed, finer, first, last, columns)
        return
    yield from _pieces(sealed, finer, first, begin * pages.level, columns)
    try:
        told = pages.read(sealed.slots[columns], begin, end)
    except DAMAGED:
        yield from _pieces(sealed, finer, begin * pages.level, end * pages.level, columns)
    else:
        yield told
    yield from _pieces(sealed, finer, end * pages.level, last, columns)


def write_pages(file: h5py.File, steps: Sequence[float], closing: bool = False) -> None:
    """Reduce what was sealed since: whole pages, or when closing all there is."""
    sealed = Sealed(file, len(steps))
    places = len(sealed.blocks) * sealed.places
    if closing and len(sealed.blocks):
        places += int(sealed.blocks["rows"][-1]) - sealed.places
    finer: Pages | None = None
    for level in LEVELS:
        covered = places if finer is None else finer.count * finer.level
        group = file.get(f"{OVERVIEW}/{level}")
        first = len(group["at"]) if group is not None else 0
        last = _last_cell(first, covered, level, closing)
        if group is None:
            if last == first:
                return
            group = _prepared(file, level, len(steps))
        for start in range(first, last, PAGE):
            _write_page(group, sealed, finer, np.asarray(steps), (level, start, min(start + PAGE, last)))
        finer = Pages(file, level)


def _last_cell(first: int, covered: int, level: int, closing: bool) -> int:
    """Up to where a level is to be written: whole pages, and at the end one that is worth its chunks."""
    cells = -(-covered // level) if closing else covered // level
    rest = cells % PAGE
    if not closing or rest < PAGE // FIFTH:
        cells -= rest
    return max(first, cells)


def _prepared(file: h5py.File, level: int, columns: int) -> h5py.Group:
    group = file.create_group(f"{OVERVIEW}/{level}")
    for name in ("cells", "high"):
        chunk = bit_packed((1, 4, PAGE))
        group.create_dataset(name, shape=(columns, 4, 0), maxshape=(columns, 4, None), dtype="<i4", **chunk)
    chunks = (min(MOST_CODED, columns), 1)
    shape = (columns, 0)
    group.create_dataset("encoding", shape=shape, maxshape=(columns, None), dtype=CELL_ENCODING, **bit_packed(chunks))
    group.create_dataset("at", shape=(0,), maxshape=(None,), dtype="<i8", **bit_packed((PAGE,)))
    return group


def _write_page(
    group: h5py.Group, sealed: Sealed, finer: Pages | None, steps: Floats, page: tuple[int, int, int]
) -> None:
    level, first, last = page
    columns = np.argsort(sealed.slots)
    group["at"].resize(last, axis=0)
    group["at"][first:last] = _beginnings(sealed, finer, page)
    for name in ("cells", "high"):
        group[name].resize(last, axis=2)
    group["encoding"].resize(-(-last // PAGE), axis=1)
    for low in range(0, len(columns), CHUNK_TAGS):
        some = columns[low : low + CHUNK_TAGS]
        if finer is None:
            cells = _of_values(sealed, some, first * level, last * level, level)
        else:
            cells = _of_cells(finer.read(sealed.slots[some], first * TEN, min(last * TEN, finer.count)))
        coded = [_coded(tag, float(step)) for tag, step in zip(_rows(cells), steps[some], strict=True)]
        slots = slice(low, low + len(some))
        group["encoding"][slots, first // PAGE] = np.stack([encoding for encoding, _ in coded])
        told = np.stack([told for _, told in coded])
        low_words = told.astype(np.int32)
        group["cells"][slots, :, first:last] = low_words
        high_words = ((told - low_words) >> WORD).astype(np.int32)
        for row in np.flatnonzero(high_words.any(axis=(1, 2))):
            group["high"][low + row, :, first:last] = high_words[row]


def _rows(cells: Overview) -> Iterator[Overview]:
    for row in range(len(cells.low)):
        yield Overview(cells.at, cells.low[row], cells.high[row], cells.last[row], cells.quality[row])


def _coded(tag: Overview, step: float) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """One tag's cells (c,) as integers (4, c): low from cell to cell, high and last from low, quality."""
    count = len(tag.low)
    found = counted(np.concatenate([tag.low, tag.high, tag.last]), step, listing=False, most=SMALL_COUNT)
    low, high, last = found.counts.reshape(3, count)
    quality = tag.quality.astype(np.int64) | np.where(np.isnan(tag.low), VALUELESS, 0)
    quality |= np.where(np.isnan(tag.last), LASTLESS, 0)
    coding = np.zeros((), CELL_ENCODING)
    coding["how"], coding["step"] = found.how, found.step
    return coding, np.stack([np.diff(low, prepend=0), high - low, last - low, quality])


def _of_values(sealed: Sealed, columns: Columns, first: int, last: int, level: int) -> Overview:
    values, quality, there = sealed.grid(first, last, columns)
    shape = (len(columns), -1, level)
    inside = there.reshape(-1, level)
    ends = level - 1 - np.argmax(inside[:, ::-1], axis=1)
    cells = values.reshape(shape)
    final = cells[:, np.arange(len(ends)), ends]
    return Overview(
        np.empty(0),
        np.fmin.reduce(cells, axis=2),
        np.fmax.reduce(cells, axis=2),
        final,
        quality.reshape(shape).max(axis=2),
    )


def _of_cells(finer: Overview) -> Overview:
    starts = np.arange(0, finer.low.shape[1], TEN)
    ends = np.minimum(starts + TEN, finer.low.shape[1]) - 1
    return Overview(
        np.empty(0),
        np.fmin.reduceat(finer.low, starts, axis=1),
        np.fmax.reduceat(finer.high, starts, axis=1),
        finer.last[:, ends],
        np.maximum.reduceat(finer.quality, starts, axis=1),
    )


def _beginnings(sealed: Sealed, finer: Pages | None, page: tuple[int, int, int]) -> Nanoseconds:
    """The time of each cell's first row. [ns]"""
    level, first, last = page
    if finer is not None:
        at = finer.at[first * TEN : last * TEN]
        starts = np.arange(0, len(at), TEN)
        found = np.minimum.reduceat(np.where(at == NO_TIME, np.iinfo(np.int64).max, at), starts)
        return np.where(found == np.iinfo(np.int64).max, NO_TIME, found)
    at = np.full((last - first) * level, NO_TIME)
    for low, number in sealed.blocks_between(first * level, last * level):
        told = sealed.stamps.of(number)[max(0, first * level - low) : last * level - low]
        start = max(low, first * level) - first * level
        at[start : start + len(told)] = told
    cells = at.reshape(-1, level)
    known = cells != NO_TIME
    return np.where(known.any(axis=1), cells[np.arange(len(cells)), known.argmax(axis=1)], NO_TIME)
