"""Reduces what happened in a span to as many columns as a plot has pixels, keeping every spike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.recordings.memory import Overview
from twin.signals import Block, Qualities


def reduced(parts: Iterable[Block | Overview], count: int, since: float, until: float, buckets: int) -> Overview:
    """Rows or cells of ``count`` tags, in order of time, in buckets of equal length between two times.

    A cell belongs where its first row does.
    """
    buckets = max(1, buckets)
    edges = np.linspace(since, until, buckets + 1)[:-1]
    at = np.full(buckets, np.nan)
    low, high, last = (np.full((count, buckets), np.nan) for _ in range(3))
    quality: Qualities = np.zeros((count, buckets), dtype=np.uint8)
    for part in map(_cells, parts):
        known = ~np.isnan(part.at)
        if not known.any():
            continue
        part = part if known.all() else _only(part, known)
        bucket = np.clip(np.searchsorted(edges, part.at, side="right") - 1, 0, buckets - 1)
        starts = np.flatnonzero(np.diff(bucket, prepend=-1))
        ends = np.append(starts[1:], len(bucket)) - 1
        into = bucket[starts]
        at[into] = np.fmin(at[into], part.at[starts])
        low[:, into] = np.fmin(low[:, into], np.fmin.reduceat(part.low, starts, axis=1))
        high[:, into] = np.fmax(high[:, into], np.fmax.reduceat(part.high, starts, axis=1))
        last[:, into] = part.last[:, ends]
        if part.quality.any():
            quality[:, into] = np.maximum(quality[:, into], np.maximum.reduceat(part.quality, starts, axis=1))
    filled = ~np.isnan(at)
    if filled.all():
        return Overview(at, low, high, last, quality)
    return Overview(at[filled], low[:, filled], high[:, filled], last[:, filled], quality[:, filled])


def _cells(part: Block | Overview) -> Overview:
    """Rows as cells of one row each."""
    if isinstance(part, Overview):
        return part
    values = part.values.T
    return Overview(part.at, values, values, values, part.quality.T)


def _only(part: Overview, which: NDArray[np.bool_]) -> Overview:
    chosen: list[NDArray[Any]] = [a[..., which] for a in (part.at, part.low, part.high, part.last, part.quality)]
    return Overview(*chosen)
