"""Self-calibration: where each residual stands in a healthy station, learned as a Bayesian running mean.

Every built pump differs from its curve, and every transmitter has a bias. Each channel's offset starts as
``N(0, prior²)`` and is updated by every healthy sample (a scalar Kalman filter), so that a wide prior costs only the
first few samples. It grows uncertain again as the operating point moves away from where it was learned, and otherwise
follows the station only very slowly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors.kinds import Kind, Points
from twin.plant.binding import or_zero
from twin.signals import Floats

MEMORY = 1800.0  # samples after which a settled offset has followed the station half-way or so
POINT_LAG = 3.0  # samples over which the operating point is smoothed
POINT_STEP = 0.02  # of rated: a smaller move of the operating point is none


class Offsets:
    """Offsets of many channels, each multiplied by its basis. Per cent of rated."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        self._prior: Floats = np.array([kind.prior for kind in kinds])
        self._prior_square: Floats = self._prior**2
        self._drift: Floats = np.array([kind.drift for kind in kinds])
        self.value: Floats = np.zeros(len(kinds))
        self._settled: Floats = self._prior**2
        self._moved: Floats = np.zeros(len(kinds))
        self._point: Points = np.full(len(kinds), np.nan, dtype=np.complex128)
        self._learned_at: Points = np.full(len(kinds), np.nan, dtype=np.complex128)

    @property
    def variance(self) -> Floats:
        """(m,) of the offset, here and now. [%²]"""
        return np.minimum(self._settled + self._moved, np.maximum(self._prior_square, self._settled))

    def move(self, point: Points, valid: NDArray[np.bool_]) -> None:
        """Grow uncertain where the operating point has moved away from where the offset was learned."""
        known = np.isfinite(self._point)
        smooth = np.where(known, self._point + (point - self._point) / POINT_LAG, point)
        self._point = np.where(valid, smooth, self._point)
        self._learned_at = np.where(np.isfinite(self._learned_at), self._learned_at, self._point)
        apart = self._point - self._learned_at
        away = or_zero(np.abs(apart.real) + np.abs(apart.imag))
        self._moved = np.where(away > POINT_STEP, (self._drift * away) ** 2, 0.0)

    def learn(self, value: Floats, basis: Floats, variance: Floats, healthy: NDArray[np.bool_]) -> None:
        """Take in samples (m,) of the given variance where they are thought healthy."""
        predicted = self.variance + np.where(healthy, variance / MEMORY**2, 0.0)
        gain = np.where(healthy, predicted * basis / (predicted * basis**2 + variance), 0.0)
        self.value = self.value + gain * np.where(healthy, value - self.value * basis, 0.0)
        self._settled = np.where(healthy, (1.0 - gain * basis) * predicted, self._settled)
        self._learned_at = np.where(healthy & (self._moved > 0), self._point, self._learned_at)
        self._moved = np.where(healthy, 0.0, self._moved)

    def forget(self, which: NDArray[np.bool_]) -> None:
        """Begin anew in some channels (m,)."""
        self.value = np.where(which, 0.0, self.value)
        self._settled = np.where(which, self._prior_square, self._settled)
        self._moved = np.where(which, 0.0, self._moved)
        self._learned_at = np.where(which, np.nan, self._learned_at)
