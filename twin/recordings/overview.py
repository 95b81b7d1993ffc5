"""Reduces what happened in a span to as many columns as a plot has pixels, keeping every spike."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from twin.recordings.memory import Overview
from twin.signals import Block, Floats, Qualities


def reduced(blocks: Iterable[Block], count: int, since: float, until: float, buckets: int) -> Overview:
    """Blocks in order of time, ``count`` columns wide, in buckets of equal length between two times."""
    buckets = max(1, buckets)
    edges = np.linspace(since, until, buckets + 1)[:-1]
    at = np.full(buckets, np.nan)
    low, high, last = (np.full((count, buckets), np.nan) for _ in range(3))
    quality: Qualities = np.zeros((count, buckets), dtype=np.uint8)
    for block in blocks:
        if not len(block):
            continue
        bucket = np.clip(np.searchsorted(edges, block.at, side="right") - 1, 0, buckets - 1)
        rows = np.flatnonzero(np.diff(bucket, prepend=-1))
        into = bucket[rows]
        at[into] = np.fmin(at[into], block.at[rows])
        low[:, into] = np.fmin(low[:, into], np.fmin.reduceat(block.values, rows).T)
        high[:, into] = np.fmax(high[:, into], np.fmax.reduceat(block.values, rows).T)
        last[:, into] = _last(block.values, rows).T
        quality[:, into] = np.maximum(quality[:, into], np.maximum.reduceat(block.quality, rows).T)
    filled = ~np.isnan(at)
    return Overview(at[filled], low[:, filled], high[:, filled], last[:, filled], quality[:, filled])


def _last(values: Floats, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    """The last row of each bucket (b, k), whether or not it holds a value."""
    last: Floats = values[np.append(rows[1:], len(values)) - 1]
    return last
