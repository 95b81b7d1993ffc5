"""Signals that were said at times of their own, as rows: each holds until it is said again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from twin.signals import Block, Floats, Qualities, Quality

ROWS = 4096  # at once


@dataclass(frozen=True)
class Part:
    """Some signals that were said together: ``at`` (k,) in order, ``values`` and ``quality`` (k, m). Before the first
    and after ``until`` [s] they are missing."""

    at: Floats
    values: Floats
    quality: Qualities
    until: float = float("inf")


def instants(at: Floats, arrived: Floats) -> tuple[Floats, Floats]:
    """Every time at which something was said, once, and when the last that was said then arrived."""
    order = np.argsort(at, kind="stable")
    found, first = np.unique(at[order], return_index=True)
    return found, np.fmax.reduceat(arrived[order], first) if len(found) else found


def blocks(parts: Sequence[Part], at: Floats, arrived: Floats) -> Iterator[Block]:
    """All parts side by side, at the times ``at`` (t,), which ascend."""
    for first in range(0, len(at), ROWS):
        now = at[first : first + ROWS]
        told = [_told(part, now) for part in parts]
        values = np.concatenate([values for values, _ in told], axis=1)
        quality = np.concatenate([quality for _, quality in told], axis=1)
        yield Block(now, values, quality, arrived[first : first + ROWS])


def _told(part: Part, at: Floats) -> tuple[Floats, Qualities]:
    row = np.searchsorted(part.at, at, side="right") - 1
    outside = ((row < 0) | (at > part.until))[:, np.newaxis]
    row = np.maximum(row, 0)
    return (
        np.where(outside, np.nan, part.values[row]),
        np.where(outside, np.uint8(Quality.MISSING), part.quality[row]),
    )
