"""Values as small integers and back, without loss: transmitters are quantised, and what they say can be counted.

Each tag is counted the cheapest way that gives every value back to the last bit: as multiples of its step, as decimals,
as places in a list of its distinct values, or as the bits of a float64. In each stretch of rows its counts are then
said as differences, from the row before or from the middle of the stretch, whichever is smaller; a difference ``d``
becomes the code ``2 d`` or ``-2 d - 1``, so that small ones of either sign have small codes. A value that is not there
repeats the count before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.recordings.layout import ENCODING, LISTED, OVER, RAW, STRETCH, TIMES
from twin.signals import Floats

Counts = NDArray[np.int64]
Codes = NDArray[np.uint64]

EXACT = 2.0**53  # integers below this are exact in float64
DECIMALS = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6)
FEW = 4  # a list of values pays where each is used so often


@dataclass(frozen=True, slots=True)
class Counted:
    """One tag's rows as integers: a value comes back from a count by ``how`` and ``step``, or is ``listed``."""

    how: int
    step: float
    counts: Counts
    listed: Floats


@dataclass(frozen=True, slots=True)
class Coded:
    """Some tags of a block: ``encoding`` (k, s) a stretch, ``codes`` (k, rows), ``table`` (m,)."""

    encoding: NDArray[np.void]
    codes: Codes
    table: Floats


_NOTHING: Floats = np.empty(0)


def encoded(values: Floats, steps: Sequence[float], listed: int = 0) -> Coded:
    """Values (rows, k) of tags, each with the step it is said to have (0: unknown); ``listed`` are in the table now."""
    tags = []
    tables = []
    for series, step in zip(np.ascontiguousarray(values.T), steps, strict=True):
        tag = counted(series, step)
        tags.append(tag)
        if tag.how == LISTED:
            tag.counts[:] += listed
            tables.append(tag.listed)
            listed += len(tag.listed)
    encoding, codes = _differences(np.stack([tag.counts for tag in tags]))
    encoding["how"] = np.array([tag.how for tag in tags])[:, np.newaxis]
    encoding["step"] = np.array([tag.step for tag in tags])[:, np.newaxis]
    return Coded(encoding, codes, np.concatenate(tables) if tables else _NOTHING)


def counts_of(codes: NDArray[np.unsignedinteger[Any]], encoding: NDArray[np.void], stretch: int = STRETCH) -> Counts:
    """(k, t) counts from their codes in stretches, of which only the last may be cut short; ``encoding`` (k, s)."""
    differences = signed(codes).astype(np.int64)
    whole = codes.shape[1] // stretch
    for stretches, length in ((slice(0, whole), stretch), (slice(whole, None), codes.shape[1] - whole * stretch)):
        told = encoding[:, stretches]
        if not (told.size and length):
            continue
        start = (stretches.start or 0) * stretch
        rows = differences[:, start : start + told.shape[1] * length].reshape(*told.shape, length)  # a view of them
        running = told["running"] != 0
        if running.all():
            np.cumsum(rows, axis=2, out=rows)
        elif running.any():
            rows[running] = np.cumsum(rows[running], axis=1)
        rows += told["base"][:, :, np.newaxis]
    return differences


def added(plane: NDArray[np.uint8], lowest: NDArray[np.uint8], byte: int) -> NDArray[np.signedinteger[Any]]:
    """What one byte of codes adds to the differences they say, given the lowest byte, in which their sign stands.

    A code ``c`` is ``c >> 1`` where it is even and ``-(c >> 1) - 1`` where it is odd, and of ``c >> 1`` each byte is a
    part of its own.
    """
    if not byte:
        return signed(plane)
    parts: Counts = plane.astype(np.int64) << (8 * byte - 1)
    np.negative(parts, out=parts, where=(lowest & 1).astype(bool))
    return parts


def summed(plane: NDArray[np.uint8], lowest: NDArray[np.uint8], byte: int) -> Counts:
    """(k,) what one byte of codes (k, t) adds to the sums of their differences, of which there are less than 2**23."""
    parts = added(plane, lowest, byte)
    return np.asarray(parts.sum(axis=1, dtype=np.int64 if byte else np.int32), np.int64)


def signed(codes: NDArray[np.unsignedinteger[Any]]) -> NDArray[np.signedinteger[Any]]:
    """Differences from codes of as many bytes."""
    one = codes.dtype.type(1)
    differences = codes >> one
    differences ^= np.negative(codes & one)
    return np.asarray(differences.view(f"i{codes.dtype.itemsize}"))


def ways(encoding: NDArray[np.void], first: int, last: int, length: int) -> tuple[NDArray[np.uint8], Floats]:
    """``how`` and ``step`` of tags at places (k, last - first), or (k, 1) where they stay the same; each of
    ``encoding`` (k, s) holds for so many places, the first of them for that in which ``first`` lies."""
    how, step = encoding["how"], encoding["step"]
    if (how == how[:, :1]).all() and (step == step[:, :1]).all():
        return how[:, :1], step[:, :1]
    which = np.arange(first, last) // length - first // length
    return how[:, which], step[:, which]


def values_of(counts: Counts, how: NDArray[np.uint8], step: Floats, table: Floats) -> Floats:
    """Values from counts of any shape, of which ``how`` and ``step`` may lack the breadth."""
    values: Floats = counts.astype(np.float64)
    if (how == TIMES).all():
        values *= step
        return values
    if (how == OVER).all():
        values /= step
        return values
    if (how == RAW).all():
        return counts.view(np.float64)
    steps = np.broadcast_to(step, counts.shape)
    times, over, raw, in_list = (np.broadcast_to(how == known, counts.shape) for known in (TIMES, OVER, RAW, LISTED))
    values[times] *= steps[times]
    values[over] /= steps[over]
    values[raw] = counts[raw].view(np.float64)
    if in_list.any():
        values[in_list] = table[counts[in_list]]
    return values


def counted(series: Floats, step: float, listing: bool = True, most: float = EXACT) -> Counted:
    """The cheapest way to count a series (rows,); what is NaN in it is counted as its neighbour is.

    Only bits and places in a list reach ``most``.
    """
    known = ~np.isnan(series)
    present = series[known]
    found = None
    if np.isfinite(present).all():
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # what overflows does not come back, and is counted otherwise
            found = next((c for c in _ways(present, step) if c is not None and _below(c.counts, most)), None)
            if found is None and listing:
                found = _in_list(present, len(series))
    if found is None:
        found = Counted(RAW, 0.0, present.view(np.int64), _NOTHING)
    return found if known.all() else Counted(found.how, found.step, _filled(found.counts, known), found.listed)


def _ways(known: Floats, step: float) -> Iterator[Counted | None]:
    if step > 0:
        yield _multiples(known, step)
        yield _decimals(known, float(np.rint(1.0 / step)))
    else:
        yield _multiples(known, 1.0)
    for inverse in DECIMALS:
        yield _decimals(known, inverse)


def _multiples(known: Floats, step: float) -> Counted | None:
    counts = np.rint(known / step)
    return _if_same(known, counts, counts * step, TIMES, step)


def _decimals(known: Floats, inverse: float) -> Counted | None:
    if inverse < 2:
        return None
    counts = np.rint(known * inverse)
    return _if_same(known, counts, counts / inverse, OVER, inverse)


def _below(counts: Counts, most: float) -> bool:
    return not len(counts) or -most < float(counts.min()) <= float(counts.max()) < most


def _if_same(known: Floats, counts: Floats, back: Floats, how: int, step: float) -> Counted | None:
    if not np.array_equal((back + 0.0).view(np.int64), known.view(np.int64)):
        return None
    if len(counts) and float(np.abs(counts).max()) >= EXACT:
        return None
    return Counted(how, step, counts.astype(np.int64), _NOTHING)


def _in_list(known: Floats, rows: int) -> Counted | None:
    distinct, counts = np.unique(known.view(np.int64), return_inverse=True)
    if len(distinct) * FEW > rows:
        return None
    return Counted(LISTED, 0.0, counts.astype(np.int64), distinct.view(np.float64))


def _filled(counts: Counts, known: NDArray[np.bool_]) -> Counts:
    """(rows,) counts, each unknown one the last known before it, or the first of all."""
    if not len(counts):
        return np.zeros(len(known), np.int64)
    filled: Counts = counts[np.maximum(np.cumsum(known) - 1, 0)]
    return filled


def _differences(counts: Counts) -> tuple[NDArray[np.void], Codes]:
    """``(encoding, codes)`` of (k, rows) counts: per stretch the smaller of two kinds of differences."""
    starts = range(0, counts.shape[1], STRETCH)
    encoding = np.zeros((len(counts), len(starts)), ENCODING)
    codes = np.empty(counts.shape, np.uint64)
    for number, start in enumerate(starts):
        stretch = counts[:, start : start + STRETCH]
        middle = np.partition(stretch, stretch.shape[1] // 2, axis=1)[:, stretch.shape[1] // 2]
        level = _signless(stretch - middle[:, np.newaxis])
        running = _signless(np.diff(stretch, axis=1, prepend=stretch[:, :1]))
        run = _digits(running) < _digits(level)
        chosen = np.where(run[:, np.newaxis], running, level)
        codes[:, start : start + STRETCH] = chosen
        encoding["running"][:, number] = run
        encoding["base"][:, number] = np.where(run, stretch[:, 0], middle)
        encoding["bytes"][:, number] = bytes_needed(chosen)
    return encoding, codes


def bytes_needed(codes: Codes) -> NDArray[np.uint8]:
    """(k,) how many bytes hold the largest code of each row (k, t)."""
    largest = codes.max(axis=1)
    needed = np.array([largest >> np.uint64(8 * byte) != 0 for byte in range(8)])
    return np.asarray(needed.sum(axis=0), np.uint8)


def _signless(differences: Counts) -> Codes:
    return ((differences << 1) ^ (differences >> 63)).view(np.uint64)


def _digits(codes: Codes) -> Floats:
    """(k,) how many binary digits the codes of each row have together."""
    digits: Floats = np.log2(codes.astype(np.float64) + 1.0).sum(axis=1)
    return digits
