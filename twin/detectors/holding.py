"""States that are not reported for a moment: a switch whose sample got lost stands as it last stood.

A pump does not stop because its running signal was lost on the way, which measured speed or power could contradict for
a second. Analog values are not held: what is missing is not judged.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.plant.binding import Binding
from twin.signals import Floats, Frame, Quality

HELD = 10.0  # s for which a state may be taken to last
STATES = ("running", "trip", "protection_trip")


class Holding:
    """Remembers the states (k,) that a model reads."""

    def __init__(self, binding: Binding) -> None:
        columns = np.concatenate([binding.column(measure) for measure in STATES])
        self._columns = columns[columns >= 0]
        self._last: Floats = np.full(len(self._columns), np.nan)
        self._said: Floats = np.full(len(self._columns), -np.inf)

    def step(self, frame: Frame) -> Frame:
        """The frame with lost states put back as they last were."""
        now = frame.values[self._columns]
        known = np.isfinite(now)
        if np.count_nonzero(frame.quality):  # of all qualities the best is 0
            known &= frame.quality[self._columns] < Quality.BAD
        if np.count_nonzero(known) == len(known):
            self._said.fill(frame.at)
            self._last = now
            return frame
        self._said[known], self._last[known] = frame.at, now[known]
        lately = ~known & (frame.at >= self._said) & (frame.at - self._said < HELD)
        if not lately.any():
            return frame
        values, quality = frame.values.copy(), frame.quality.copy()
        values[self._columns[lately]] = self._last[lately]
        quality[self._columns[lately]] = Quality.UNCERTAIN
        return replace(frame, values=values, quality=quality)
