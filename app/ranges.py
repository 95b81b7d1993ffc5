"""Reduces what happened in a span to as many columns as a plot has pixels, keeping every spike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.messages import RangeAnswer, RangeQuery
from twin.signals import Block, Floats, Quality


def answer(query: RangeQuery, block: Block) -> RangeAnswer:
    """The block's values (t, k) in the query's buckets; fewer rows than buckets are given as they are."""
    if len(block) <= query.buckets:
        values = block.values.T
        return RangeAnswer(query.ticket, query.columns, block.at, values, values, values, block.quality.T)
    edges = np.linspace(query.since, query.until, query.buckets + 1)
    starts = np.searchsorted(block.at, edges[:-1])
    filled = np.flatnonzero(np.diff(np.append(starts, len(block))) > 0)
    rows = starts[filled]
    return RangeAnswer(
        query.ticket,
        query.columns,
        block.at[rows],
        np.fmin.reduceat(block.values, rows).T,
        np.fmax.reduceat(block.values, rows).T,
        _last(block.values, rows).T,
        np.maximum.reduceat(block.quality, rows).T,
    )


def empty(query: RangeQuery) -> RangeAnswer:
    """The answer where nothing is remembered: gaps are missing, not zero."""
    none: Floats = np.empty((len(query.columns), 0))
    quality: NDArray[np.uint8] = np.full((len(query.columns), 0), Quality.MISSING, dtype=np.uint8)
    return RangeAnswer(query.ticket, query.columns, np.empty(0), none, none, none, quality)


def _last(values: Floats, rows: NDArray[np.intp]) -> Floats:
    """The last row of each bucket (b, k)."""
    return values[np.append(rows[1:], len(values)) - 1]
