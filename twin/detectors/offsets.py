"""Self-calibration: where each residual stands in a healthy station, learned as a Bayesian running mean.

Every built pump differs from its curve, and every transmitter has a bias. Each channel's offset starts as
``N(0, prior²)`` and is updated by every healthy sample (a scalar Kalman filter), so that a wide prior costs only the
first few samples. It grows uncertain again when the operating point moves to where it was not learned, and otherwise
follows the station only very slowly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors.kinds import Kind
from twin.signals import Floats

MEMORY = 1800.0  # samples after which a settled offset has followed the station half-way or so
POINT_LAG = 10.0  # samples over which the operating point is smoothed
POINT_STEP = 0.02  # of rated: a smaller move of the operating point is none


class Offsets:
    """Offsets of many channels, each multiplied by its basis. Per cent of rated."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        self._prior: Floats = np.array([kind.prior for kind in kinds])
        self._drift: Floats = np.array([kind.drift for kind in kinds])
        self.value: Floats = np.zeros(len(kinds))
        self.variance: Floats = self._prior**2
        self._point: Floats = np.full(len(kinds), np.nan)
        self._learned_at: Floats = np.full(len(kinds), np.nan)

    def move(self, point: Floats, valid: NDArray[np.bool_]) -> None:
        """Grow uncertain where the operating point has moved away from where the offset was learned."""
        known = np.isfinite(self._point)
        smooth = np.where(known, self._point + (point - self._point) / POINT_LAG, point)
        self._point = np.where(valid, smooth, self._point)
        learned_at = np.where(np.isfinite(self._learned_at), self._learned_at, self._point)
        step = np.where(valid, np.nan_to_num(np.abs(self._point - learned_at)), 0.0)
        moved = step > POINT_STEP
        grown = self.variance + np.where(moved, (self._drift * step) ** 2, 0.0)
        self.variance = np.minimum(grown, np.maximum(self._prior**2, self.variance))
        self._learned_at = np.where(moved, self._point, learned_at)

    def learn(self, value: Floats, basis: Floats, variance: Floats, healthy: NDArray[np.bool_]) -> None:
        """Take in samples (m,) of the given variance where they are thought healthy."""
        predicted = self.variance + np.where(healthy, variance / MEMORY**2, 0.0)
        gain = np.where(healthy, predicted * basis / (predicted * basis**2 + variance), 0.0)
        self.value = self.value + gain * np.where(healthy, value - self.value * basis, 0.0)
        self.variance = (1.0 - gain * basis) * predicted
