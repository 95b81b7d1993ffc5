"""Each tag's last trustworthy value and how old it is: what tables and legends show where a sample is missing."""

from __future__ import annotations

import numpy as np

from twin.signals import Floats, Frame, Quality


class Freshness:
    """Remembers what each of n tags last was and when, as frames pass by in either direction of time."""

    def __init__(self, count: int) -> None:
        self._known: Floats = np.full(count, np.nan)
        self._values: Floats = np.full(count, np.nan)

    def take(self, frame: Frame) -> None:
        """Note a frame. What was known later than it is forgotten: the cursor went back, and it lies ahead."""
        with np.errstate(invalid="ignore"):
            later = self._known > frame.at
        self._known[later] = self._values[later] = np.nan
        fresh = np.isfinite(frame.values) & (frame.quality <= Quality.UNCERTAIN)
        self._known[fresh] = frame.at
        self._values[fresh] = frame.values[fresh]

    def values(self, frame: Frame) -> Floats:
        """(n,) The values of a frame; where one is missing the last known one, whose age says so."""
        return np.where(np.isfinite(frame.values), frame.values, self._values)

    def ages(self, at: float) -> Floats:
        """(n,) Seconds since each was last known; NaN for what never was."""
        return np.maximum(at - self._known, 0.0)
