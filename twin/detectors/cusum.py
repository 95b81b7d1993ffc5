"""The two-sided CUSUM: sums what is too much and what is too little until one of them can be chance no longer.

References
----------
Siegmund (1985), *Sequential Analysis*, chapter 2: the average run length of a one-sided CUSUM with its overshoot
correction of 1.166; Van Dobben de Bruyn (1968) for the two sides together, 1 / ARL = 1 / ARL+ + 1 / ARL-.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twin.errors import UsageError
from twin.signals import Floats

OVERSHOOT = 1.166  # Siegmund's correction for sums that jump over their threshold instead of touching it
CLIP = 5.0  # [-] no single sample counts for more: two spikes in a row raise nothing
CEILING = 2.0  # [-] of the threshold: how high a sum may stand, so that it comes down soon after the fault has gone


def run_length(k: float, h: float, shift: float = 0.0) -> float:
    """Mean samples until a two-sided CUSUM of unit Gaussian samples crosses its threshold.

    Parameters
    ----------
    k, h : float     Reference value and threshold, in standard deviations. [-]
    shift : float    Mean of the samples, 0 in a healthy station. [-]
    """
    sides = [_one_sided(shift - k, h), _one_sided(-shift - k, h)]
    return 1.0 / sum(1.0 / side for side in sides)


def _one_sided(drift: float, h: float) -> float:
    b = h + OVERSHOOT
    x = 2.0 * drift * b
    if abs(x) < 1e-6:
        return b * b
    return (math.exp(min(-x, 700.0)) - 1.0 + x) / (2.0 * drift * drift)


def threshold(k: float, healthy_run_length: float) -> float:
    """The ``h`` at which a healthy channel is mistaken once in so many samples on average. [-]"""
    if healthy_run_length <= run_length(k, 0.0):
        raise UsageError(f"a mean run of {healthy_run_length} samples between false alarms needs no threshold")
    low, high = 0.0, 1.0
    while run_length(k, high) < healthy_run_length:
        high *= 2.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if run_length(k, middle) < healthy_run_length else (low, middle)
    return high


class Cusum:
    """Two-sided CUSUM of many channels at once.

    Parameters
    ----------
    channels : int                  How many, c.
    k : float                       Half the shift it is quickest for. [standard deviations]
    h : float                       Threshold. [standard deviations]

    Attributes
    ----------
    crossed : (c,)                  Where either sum stands at or over the threshold.
    clip : float                    How much one sample may count for. [standard deviations]
    """

    def __init__(self, channels: int, k: float, h: float) -> None:
        self.clip = CLIP
        self.h = h
        self._k = k
        self._signs = np.array([[1.0], [-1.0]])
        self._sums: Floats = np.zeros((2, channels))
        self._top: Floats = np.zeros(channels)  # the larger of both sums
        self._at_rest: NDArray[np.bool_] = np.ones((2, channels), dtype=bool)
        self._onset: Floats = np.full((2, channels), np.nan)
        self.crossed: NDArray[np.bool_] = np.zeros(channels, dtype=bool)

    def step(self, at: float, z: Floats, valid: NDArray[np.bool_]) -> None:
        """Add one standardised sample (c,) to each valid channel; the others stay as they are."""
        # in place and by minimum and maximum instead of clip: on few channels a call costs more than its work
        sums = self._sums
        steps = np.minimum(np.maximum(z, -self.clip), self.clip) * self._signs
        steps -= self._k
        np.add(sums, steps, out=sums, where=valid)
        np.maximum(sums, 0.0, out=sums)
        np.minimum(sums, CEILING * self.h, out=sums)
        rest = sums == 0.0
        np.copyto(self._onset, at, where=self._at_rest > rest)
        self._at_rest = rest
        self._judge()

    def _judge(self) -> None:
        np.maximum(self._sums[0], self._sums[1], out=self._top)
        self.crossed = self._top >= self.h

    @property
    def level(self) -> Floats:
        """(c,) the larger of both sums over the threshold, 1 where it is reached. [-]"""
        return self._top / self.h

    def below(self, share: float) -> NDArray[np.bool_]:
        """(c,) where both sums stand under a share of the threshold."""
        below: NDArray[np.bool_] = self._top < share * self.h
        return below

    def onset(self, channel: int) -> float:
        """When the larger sum of a channel last left zero: the maximum-likelihood time of the change. [s, POSIX]"""
        side = int(np.argmax(self._sums[:, channel]))
        return float(self._onset[side, channel])

    def reset(self, which: NDArray[np.bool_]) -> None:
        """Begin anew in some channels (c,)."""
        which = which & (self._top > 0.0)
        if np.count_nonzero(which):
            self._sums[:, which] = 0.0
            self._at_rest[:, which] = True
            self._judge()
