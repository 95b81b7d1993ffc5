"""Reduces what happened in a span to as many columns as a plot has pixels, keeping every spike."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from twin.recordings.memory import Overview
from twin.signals import Block, Floats


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
    quality = cells.quality
    worst = np.maximum.reduceat(quality, starts, axis=1) if quality.any() else np.zeros_like(quality[:, starts])
    return bucket[starts], Overview(
        cells.at[starts],
        np.fmin.reduceat(cells.low, starts, axis=1),
        np.fmax.reduceat(cells.high, starts, axis=1),
        cells.last[:, np.append(starts[1:], len(bucket)) - 1],
        worst,
    )


def _cells(part: Block | Overview) -> Overview:
    """Rows as cells of one row each."""
    if isinstance(part, Overview):
        return part
    values = part.values.T
    return Overview(part.at, values, values, values, part.quality.T)
