"""How old each tag's last trustworthy value is: what a table and a legend say beside it."""

from __future__ import annotations

import numpy as np

from twin.signals import Floats, Frame, Quality


class Freshness:
    """Remembers when each of n tags was last known, as frames pass by in either direction of time."""

    def __init__(self, count: int) -> None:
        self._known: Floats = np.full(count, np.nan)

    def take(self, frame: Frame) -> None:
        """Note a frame. What was known later than it is forgotten: the cursor went back, and it lies ahead."""
        with np.errstate(invalid="ignore"):
            self._known[self._known > frame.at] = np.nan
        fresh = np.isfinite(frame.values) & (frame.quality <= Quality.UNCERTAIN)
        self._known[fresh] = frame.at

    def ages(self, at: float) -> Floats:
        """(n,) Seconds since each was last known; NaN for what never was."""
        return np.maximum(at - self._known, 0.0)
