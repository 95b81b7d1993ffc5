"""How fast values change: slopes by least squares over a short time gone by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats

POINTS = 31  # kept of a window, however often frames come
COVERED = 0.8  # share of its window that must have been seen before a slope is told


class Slopes:
    """Slopes of some columns over the last ``span`` seconds; bounded memory, NaN where too little is known."""

    def __init__(self, columns: NDArray[np.intp], span: float) -> None:
        self._columns = columns
        self._span = span
        self._values: Floats = np.full((POINTS, len(columns)), np.nan)
        self._at: Floats = np.full(POINTS, -np.inf)
        self._row = 0
        self._last = -np.inf
        self._slopes: Floats = np.full(len(columns), np.nan)

    def step(self, at: float, values: Floats, known: NDArray[np.bool_]) -> Floats:
        """Slopes (k,) in the columns' units per second, after values (n,) of which ``known`` (n,) may be believed."""
        if not 0.0 < at - self._last <= self._span:  # a gap, or a clock set back: the past tells nothing of now
            self._at[:] = -np.inf
        elif at - self._last < self._span / (POINTS - 1):
            return self._slopes
        self._last = at
        self._at[self._row] = at
        self._values[self._row] = np.where(known[self._columns], values[self._columns], np.nan)
        self._row = (self._row + 1) % POINTS
        self._slopes = self._fitted(at)
        return self._slopes

    def _fitted(self, at: float) -> Floats:
        recent = self._at >= at - self._span - 1e-6
        times = self._at[recent] - at
        if times.min() > -COVERED * self._span:
            return np.full(len(self._columns), np.nan)
        times -= times.mean()
        fitted: Floats = times @ self._values[recent] / (times @ times)
        return fitted
