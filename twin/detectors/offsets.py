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
from twin.signals import Floats

MEMORY = 900.0  # samples after which a settled offset has followed the station half-way or so
POINT_LAG = 3.0  # samples over which the operating point is smoothed
POINT_STEP = 0.02  # of rated: a smaller move of the operating point is none


class Offsets:
    """Offsets of many channels, each multiplied by its basis. Per cent of rated."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        prior = np.array([kind.prior for kind in kinds])
        self._prior_square: Floats = prior**2
        self._drift: Floats = np.array([kind.drift for kind in kinds])
        self.value: Floats = np.zeros(len(kinds))
        self._settled: Floats = prior**2
        self._moved: Floats = np.zeros(len(kinds))
        self.far = False  # whether any operating point is away from where its offset was learned
        self._begun: NDArray[np.bool_] = np.zeros(len(kinds), dtype=bool)
        self._point: Points = np.zeros(len(kinds), dtype=np.complex128)
        self._learned_at: Points = np.zeros(len(kinds), dtype=np.complex128)

    @property
    def variance(self) -> Floats:
        """(m,) of the offset, here and now. [%²]"""
        if not self.far:
            return self._settled
        return np.minimum(self._settled + self._moved, np.maximum(self._prior_square, self._settled))

    def move(self, point: Points, valid: NDArray[np.bool_]) -> None:
        """Grow uncertain where the operating point has moved away from where the offset was learned."""
        fresh = valid > self._begun
        if np.count_nonzero(fresh):
            self._begun |= fresh
            self._point[fresh] = self._learned_at[fresh] = point[fresh]
        towards = point - self._point
        towards /= POINT_LAG
        np.add(self._point, towards, out=self._point, where=valid)
        apart = self._point - self._learned_at
        away = np.abs(apart.real) + np.abs(apart.imag)
        far = away > POINT_STEP
        self.far = bool(np.count_nonzero(far))
        if self.far:
            self._moved = np.where(far, (self._drift * away) ** 2, 0.0)

    def learn(self, value: Floats, basis: Floats, variance: Floats, healthy: NDArray[np.bool_]) -> None:
        """Take in samples (m,) of the given variance where they are thought healthy."""
        predicted = self.variance + variance / MEMORY**2
        gain = predicted * basis
        gain /= gain * basis + variance
        np.add(self.value, gain * (value - self.value * basis), out=self.value, where=healthy)
        gain *= basis
        np.multiply(1.0 - gain, predicted, out=self._settled, where=healthy)
        if self.far:
            np.copyto(self._learned_at, self._point, where=healthy & (self._moved > 0.0))
            self._moved[healthy] = 0.0

    def forget(self, which: NDArray[np.bool_]) -> None:
        """Begin anew in some channels (m,)."""
        self.value[which] = 0.0
        self._settled[which] = self._prior_square[which]
        self._moved[which] = 0.0
        self._learned_at[which] = self._point[which]
