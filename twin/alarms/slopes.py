"""How fast values change: slopes by least squares over a short time gone by."""

from __future__ import annotations

import numpy as np

from twin.signals import Floats

POINTS = 31  # kept of a window, however often frames come
COVERED = 0.8  # share of its window that must have been seen before a slope is told
ROOM = 8 * POINTS  # rows, so that what is kept is moved seldom


class Slopes:
    """Slopes of some values (k,) over the last ``span`` seconds; bounded memory, NaN where too little is known."""

    def __init__(self, count: int, span: float) -> None:
        self._span = span
        self._apart = span / (POINTS - 1)
        self._values: Floats = np.full((ROOM, count), np.nan)
        self._at: Floats = np.full(ROOM, np.nan)
        self._first = self._end = 0  # of the rows within the window
        self._last = -np.inf
        self._unknown: Floats = np.full(count, np.nan)
        self.slopes = self._unknown

    def wants(self, at: float) -> bool:
        """Whether values of this time are asked for: those that come faster than needed are not."""
        return not 0.0 < at - self._last < self._apart

    def step(self, at: float, values: Floats) -> Floats:
        """Slopes (k,) in the values' units per second, after values (k,) that were asked for; NaN is not known."""
        if not 0.0 < at - self._last <= self._span:  # a gap, or a clock set back: the past tells nothing of now
            self._first = self._end
        self._last = at
        self._keep(at, values)
        self.slopes = self._fitted(at)
        return self.slopes

    def _keep(self, at: float, values: Floats) -> None:
        if self._end == ROOM:
            kept = slice(self._first, self._end)
            self._first, self._end = 0, self._end - self._first
            self._at[: self._end], self._values[: self._end] = self._at[kept], self._values[kept]
        self._at[self._end] = at
        self._values[self._end] = values
        self._end += 1
        while self._at[self._first] < at - self._span - 1e-6:
            self._first += 1

    def _fitted(self, at: float) -> Floats:
        if self._at[self._first] > at - COVERED * self._span:
            return self._unknown
        times = self._at[self._first : self._end] - at
        times -= times.sum() / len(times)
        fitted: Floats = (times @ self._values[self._first : self._end]) / (times @ times)
        return fitted
