"""Whitening: what a residual says that it has not said before, in standard deviations.

Residuals of one second follow one another (damped transmitters, water that swings), and a CUSUM takes what repeats for
what is new: at a correlation of 0.5 it errs sixty times as often. Each channel is therefore taken for an AR(1) process
whose coefficient and spread it learns from its own healthy running, robustly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats

LARGEST_COEFFICIENT = 0.8
PRIOR_SAMPLES = 12.0  # how many samples the spread assumed at first is worth
CALIBRATED_SAMPLES = 120.0  # and one that was calibrated
PRIOR_EXCESS = 2.0  # the spread assumed at first, over the smallest believed: rather slow than rash
MEMORY = 600.0  # samples over which coefficient and spread are remembered
MEAN_STEP = 2.0 / np.sqrt(np.pi)  # mean of |x - y| for two samples of unit spread
LEAST_STEP = 0.2  # of the smallest spread believed: what does not move at all is taken to move so much
OUTLIER = 3.0  # innovations beyond so many sigmas teach nothing about the spread

_VARIANCE, _PRODUCT, _SQUARE, _STEP = range(4)
"""What is followed by its mean: squares of what is new, products of samples in a row, squares of samples, steps."""


@dataclass(frozen=True, eq=False)
class Scatter:
    """What is known of the scatter of channels (c,): spread [channel units] and AR(1) coefficient; NaN for nothing."""

    sigma: Floats
    coefficient: Floats

    @classmethod
    def unknown(cls, channels: int) -> Scatter:
        """Nothing is known of any."""
        return cls(np.full(channels, np.nan), np.full(channels, np.nan))


class Whitening:
    """AR(1) whitening of many channels.

    Parameters
    ----------
    floor : (c,)    Smallest standard deviation believed of one sample, whatever was learned. [channel units]
    usual           What calibration says of them beforehand, if anything.
    """

    def __init__(self, floor: Floats, usual: Scatter | None = None) -> None:
        usual = usual or Scatter.unknown(len(floor))
        told = np.isfinite(usual.sigma)
        coefficient = np.clip(np.where(told, usual.coefficient, 0.0), 0.0, LARGEST_COEFFICIENT)
        sigma = np.where(told, np.maximum(usual.sigma, floor), PRIOR_EXCESS * floor)
        self._floor = floor
        variance = sigma**2 * (1.0 - coefficient**2)
        square = np.where(told, sigma**2, variance * PRIOR_SAMPLES)
        self._samples: Floats = np.where(told, CALIBRATED_SAMPLES, PRIOR_SAMPLES)
        self._means: Floats = np.array([variance, coefficient * square, square, floor])  # rows as below
        self._before: Floats = np.zeros(floor.shape)  # the last sample, 0 where the next follows none
        self._known: NDArray[np.bool_] = np.zeros(floor.shape, dtype=bool)
        self._last: Floats = np.zeros(floor.shape)  # the sample before it, for learning
        self._follows: NDArray[np.bool_] = np.zeros(floor.shape, dtype=bool)
        self.coefficient: Floats = coefficient
        self._floor_square: Floats = floor**2
        self._settle()

    @property
    def usual_step(self) -> Floats:
        """(c,) standard deviation that the differences of successive samples speak for. [channel units]"""
        usual: Floats = np.maximum(self._means[_STEP], LEAST_STEP * self._floor)
        return usual

    def _settle(self) -> None:
        """Reckon what follows from coefficient and variance, which change only by learning.

        ``innovation_variance`` (c,) is that of what is new in one sample, ``variance`` (c,) that of the sample.
        [channel units²] ``fresh`` (c,) is the share of a lasting offset that each innovation keeps, squared.
        """
        new = 1.0 - self.coefficient**2
        self.innovation_variance: Floats = np.maximum(self._means[_VARIANCE], self._floor_square * new)
        self.variance: Floats = np.maximum(self.innovation_variance / new, self._floor_square)
        self.fresh: Floats = (1.0 - self.coefficient) ** 2

    @property
    def innovation_sigma(self) -> Floats:
        """(c,) standard deviation of what is new in one sample. [channel units]"""
        return np.sqrt(self.innovation_variance)

    @property
    def sigma(self) -> Floats:
        """(c,) standard deviation of one sample. [channel units]"""
        return np.sqrt(self.variance)

    def innovations(self, values: Floats, valid: NDArray[np.bool_]) -> Floats:
        """(c,) what is new in this sample: all of it where there is none before. Remembers the sample."""
        innovations: Floats = values - self.coefficient * self._before
        self._last, self._follows = self._before, self._known & valid
        self._before = np.where(valid, values, 0.0)
        self._known = valid
        return innovations

    def learn(self, values: Floats, innovations: Floats, healthy: NDArray[np.bool_]) -> None:
        """Learn coefficient and spread from samples (c,) thought healthy that follow one another."""
        limit = OUTLIER * self.innovation_sigma
        usable = healthy & self._follows
        usable &= np.abs(innovations) < 2.0 * limit
        gain = usable / np.minimum(self._samples + 1.0, MEMORY)
        told = np.array((innovations, self._last, values))
        np.copyto(told, 0.0, where=~usable)
        step = np.abs(told[2] - told[1])
        np.minimum(np.maximum(told, -limit, out=told), limit, out=told)
        new, old, now = told
        means = self._means
        steps = np.empty_like(means)
        np.multiply(new, new, out=steps[_VARIANCE])
        np.multiply(now, old, out=steps[_PRODUCT])
        np.multiply(old, old, out=steps[_SQUARE])
        np.minimum(step / MEAN_STEP, limit, out=steps[_STEP])
        steps -= means
        steps *= gain
        means += steps
        self._samples += usable
        share = means[_PRODUCT] / np.maximum(means[_SQUARE], 1e-300)
        self.coefficient = np.minimum(np.maximum(share, 0.0), LARGEST_COEFFICIENT)
        self._settle()

    def forget(self, which: NDArray[np.bool_]) -> None:
        """Let the next sample of some channels (c,) follow nothing: there was a gap."""
        self._before[which] = 0.0
        self._known = self._known & ~which
