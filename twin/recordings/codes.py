"""Values as small integers and back, without loss: transmitters are quantised, and what they say can be counted.

Each tag of a block is coded the cheapest way that gives every value back to the last bit: as multiples of its step, as
decimals, as places in a list of its distinct values, or as it is. Codes are kept as differences along time, which wrap
around; the smallest integer stands for NaN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.recordings.layout import ENCODING, LISTED, OVER, RAW, STRETCH, TIMES
from twin.signals import Floats

Codes = NDArray[np.signedinteger[Any]]

EXACT = 2.0**53  # integers below this are exact in float64
DECIMALS = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6)
FEW = 4  # a list of values pays where each is used so often
TYPES: dict[int, type[np.signedinteger[Any]]] = {16: np.int16, 32: np.int32}


@dataclass(frozen=True, slots=True)
class Coded:
    """A block's values: ``encoding`` (n,), ``codes`` by bits (k, rows) as differences, ``floats``, ``table`` (m,)."""

    encoding: NDArray[np.void]
    codes: dict[int, Codes]
    floats: Floats
    table: Floats


@dataclass(frozen=True, slots=True)
class _Column:
    how: int
    step: float
    codes: NDArray[np.int64]  # of the known values only
    listed: Floats


_NOTHING: Floats = np.empty(0)


def encoded(values: Floats, steps: Sequence[float]) -> Coded:
    """A block's values (rows, n), each tag with the step it is said to have (0: unknown)."""
    rows, count = values.shape
    encoding = np.zeros(count, ENCODING)
    stores: dict[int, list[NDArray[Any]]] = {16: [], 32: [], 64: []}
    tables: list[Floats] = []
    listed = 0
    turned = np.ascontiguousarray(values.T)
    for column, (series, step) in enumerate(zip(turned, steps, strict=True)):
        found = _column(series, step)
        if found is None:
            encoding[column] = (RAW, 64, len(stores[64]), 0, 0.0)
            stores[64].append(series)
            continue
        bits, base, codes = _packed(series, found)
        if found.how == LISTED:
            base += listed
        encoding[column] = (found.how, bits, len(stores[bits]), base, found.step)
        stores[bits].append(codes)
        tables.append(found.listed)
        listed += len(found.listed)
    return Coded(
        encoding,
        {bits: _differences(_stacked(stores[bits], rows, TYPES[bits])) for bits in TYPES},
        _stacked(stores[64], rows, np.float64),
        np.concatenate(tables) if tables else _NOTHING,
    )


def decoded(encoding: NDArray[np.void], codes: Codes, table: Floats) -> Floats:
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


def summed(differences: Codes) -> Codes:
    """(k, t) codes from their differences; the first column begins a stretch."""
    starts = range(0, differences.shape[1], STRETCH)
    parts = [np.cumsum(differences[:, s : s + STRETCH], axis=1, dtype=differences.dtype) for s in starts]
    return np.concatenate(parts, axis=1) if parts else differences


def _differences(codes: Codes) -> Codes:
    differences = codes.copy()
    differences[:, 1:] -= codes[:, :-1]
    differences[:, ::STRETCH] = codes[:, ::STRETCH]
    return differences


def _stacked(series: list[NDArray[Any]], rows: int, kind: type[Any]) -> NDArray[Any]:
    return np.stack(series) if series else np.empty((0, rows), kind)


def _column(series: Floats, step: float) -> _Column | None:
    """The cheapest way to code a series, or None where only its floats will do."""
    known = series[~np.isnan(series)]
    if not np.isfinite(known).all():
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows does not come back, and is coded otherwise
        found = next((c for c in _counted(known, step) if c is not None), None) or _in_list(known, len(series))
    if found is None or not len(found.codes):
        return found
    return found if int(np.ptp(found.codes)) < np.iinfo(np.uint32).max else None


def _counted(known: Floats, step: float) -> Iterator[_Column | None]:
    if step > 0:
        yield _multiples(known, step)
        yield _decimals(known, float(np.rint(1.0 / step)))
    else:
        yield _multiples(known, 1.0)
    for inverse in DECIMALS:
        yield _decimals(known, inverse)


def _multiples(known: Floats, step: float) -> _Column | None:
    counted = np.rint(known / step)
    return _if_same(known, counted, counted * step, TIMES, step)


def _decimals(known: Floats, inverse: float) -> _Column | None:
    if inverse < 2:
        return None
    counted = np.rint(known * inverse)
    return _if_same(known, counted, counted / inverse, OVER, inverse)


def _if_same(known: Floats, counted: Floats, back: Floats, how: int, step: float) -> _Column | None:
    if not np.array_equal((back + 0.0).view(np.int64), known.view(np.int64)):
        return None
    if len(counted) and float(np.abs(counted).max()) >= EXACT:
        return None
    return _Column(how, step, counted.astype(np.int64), _NOTHING)


def _in_list(known: Floats, rows: int) -> _Column | None:
    distinct, codes = np.unique(known.view(np.int64), return_inverse=True)
    if len(distinct) * FEW > rows:
        return None
    return _Column(LISTED, 0.0, codes.astype(np.int64), distinct.view(np.float64))


def _packed(series: Floats, column: _Column) -> tuple[int, int, Codes]:
    """``(bits, base, codes)``: a base in the middle leaves the smallest codes."""
    codes = column.codes
    low, high = (int(codes.min()), int(codes.max())) if len(codes) else (0, 0)
    bits = 16 if high - low < np.iinfo(np.uint16).max else 32
    base = (low + high + 1) // 2
    packed = np.full(len(series), np.iinfo(TYPES[bits]).min, TYPES[bits])
    packed[~np.isnan(series)] = codes - base
    return bits, base, packed
