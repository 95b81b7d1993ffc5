"""Reduces what happened in a span to as many columns as a plot has pixels, keeping every spike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.recordings.memory import Overview
from twin.signals import Block, Floats

SHORT = 4  # cells in a bucket


def reduced(parts: Iterable[Block | Overview], count: int, since: float, until: float, buckets: int) -> Overview:
    """Rows or cells of ``count`` tags, in order of time, in buckets of equal length between two times.

    A cell belongs where its first row does.
    """
    buckets = max(1, buckets)
    edges = np.linspace(since, until, buckets + 1)[:-1]
    found = [_grouped(*placed) for placed in (_placed(_cells(part), edges) for part in parts) if len(placed[0])]
    if not found:
        none = np.empty((count, 0))
        return Overview(np.empty(0), none, none, none, none.astype(np.uint8))
    if len(found) == 1:
        return found[0][1]
    bucket = np.concatenate([told for told, _ in found])
    fields = (np.concatenate([getattr(cells, name) for _, cells in found], axis=-1) for name in Overview.__slots__)
    return _grouped(bucket, Overview(*fields))[1]


def _placed(part: Overview, edges: Floats) -> tuple[NDArray[np.intp], Overview]:
    """The bucket of each cell, never one before that of the cell before it; what has no time is left out."""
    known = ~np.isnan(part.at)
    if not known.all():
        part = Overview(*(getattr(part, name)[..., known] for name in Overview.__slots__))
    bucket = np.maximum(np.searchsorted(edges, part.at, side="right") - 1, 0)
    return np.maximum.accumulate(bucket), part


def _grouped(bucket: NDArray[np.intp], cells: Overview) -> tuple[NDArray[np.intp], Overview]:
    """Cells of the same bucket as one; ``bucket`` (c,) never falls. Returns the buckets left, and theirs."""
    first = np.concatenate([[True], bucket[1:] != bucket[:-1]])
    starts = np.flatnonzero(first)
    if len(starts) == len(bucket):
        return bucket, cells
    quality, further = cells.quality, _further(starts, len(bucket))
    worst = np.zeros((len(quality), len(starts)), np.uint8)
    if quality.any():
        worst = _reduced(np.maximum, quality, starts, further)
    return bucket[starts], Overview(
        cells.at[starts],
        _reduced(np.fmin, cells.low, starts, further),
        _reduced(np.fmax, cells.high, starts, further),
        cells.last.take(np.append(starts[1:], len(bucket)) - 1, axis=1),
        worst,
    )


def _further(starts: NDArray[np.intp], count: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]] | None:
    """Which buckets have a second cell, and which it is, a third, and so on; None where there are too many."""
    lengths = np.diff(starts, append=count)
    longest = int(lengths.max())
    if longest > SHORT:
        return None
    longer = [np.flatnonzero(lengths > place) for place in range(1, longest)]
    return [(buckets, starts[buckets] + place) for place, buckets in enumerate(longer, 1)]


def _reduced(
    of: np.ufunc,
    cells: NDArray[Any],
    starts: NDArray[np.intp],
    further: list[tuple[NDArray[np.intp], NDArray[np.intp]]] | None,
) -> NDArray[Any]:
    """``of.reduceat`` along (k, c) cells; where buckets are short, a cell of all of them at once is quicker."""
    if further is None:
        return np.asarray(of.reduceat(cells, starts, axis=1))
    found = cells.take(starts, axis=1)
    for buckets, place in further:
        found[:, buckets] = of(found.take(buckets, axis=1), cells.take(place, axis=1))
    return found


def _cells(part: Block | Overview) -> Overview:
    """Rows as cells of one row each."""
    if isinstance(part, Overview):
        return part
    values = part.values.T
    return Overview(part.at, values, values, values, part.quality.T)
