"""Machines that shake far more than their sisters from the first look on: what they did before is not known.

How a machine shakes is learned within half a minute, so that one whose bearing was gone before anybody looked would be
taken for one that is built so. Builds differ by tens of per cent; a machine beyond zone B of DIN ISO 10816-7, where its
sisters shake half as much at most, or with an envelope of three times theirs, is not as it was delivered.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.plant.binding import middle, or_zero
from twin.signals import Floats

LOOKS = 15  # after which a machine's own level is known well enough
SISTERS = 2  # at least, with which it is compared
ZONE_C = 5.0  # mm/s: category I, more than 200 kW (domain.md, section 2): not for long
TWICE = 69.0  # % (natural logarithm): velocities of a machine over those of its sisters
THRICE = 110.0  # % and envelopes
STILL = 25.0  # % by which it must come down to be well again
FOLLOWED = 0.1  # share by which a level follows one look


class Louder:
    """Watches the levels (n, points) of n machines, of which the points from ``velocities`` on are envelopes."""

    def __init__(self, machines: int, points: int, velocities: int) -> None:
        self._level: Floats = np.full((machines, points), np.nan)
        self._looks: NDArray[np.intp] = np.zeros(machines, dtype=np.intp)
        self._least: Floats = np.where(np.arange(points) < velocities, TWICE, THRICE)
        self._velocities = velocities
        self._strange: NDArray[np.bool_] = np.zeros(machines, dtype=bool)

    def step(self, now: Floats, level: Floats, judged: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) which are louder than they may be.

        By (n, points): what they say [mm/s, g], its logarithms at rated speed [%], and whether these may be judged.
        """
        seen = judged.any(axis=1)
        unknown = np.isnan(self._level) & judged
        self._level[unknown] = level[unknown]
        gain = np.maximum(FOLLOWED, 1.0 / np.maximum(self._looks + 1.0, 1.0))[:, None]
        np.add(self._level, gain * (level - self._level), out=self._level, where=judged)
        self._looks += seen
        first = seen & (self._looks == LOOKS)
        if np.count_nonzero(first | self._strange):
            self._judge(now, first)
        return self._strange & seen

    def _judge(self, now: Floats, first: NDArray[np.bool_]) -> None:
        """Find those who are strange at their first look, and those who no longer are."""
        beyond = self.beyond()
        zone = np.where(np.arange(now.shape[1]) < self._velocities, now > ZONE_C, True)
        self._strange |= first & ((beyond > self._least) & zone).any(axis=1)
        self._strange &= (beyond > self._least - STILL).any(axis=1)

    def beyond(self) -> Floats:
        """(n, points) by how much each is louder than its sisters. [%]"""
        known = np.where((self._looks >= LOOKS)[:, None], self._level, np.nan)
        beyond = np.zeros_like(known)
        if len(known) <= SISTERS:
            return beyond
        for machine in range(len(known)):
            others = np.delete(known, machine, axis=0)
            enough = np.isfinite(others).sum(axis=0) >= SISTERS
            beyond[machine] = np.where(enough, known[machine] - middle(others), 0.0)
        return or_zero(beyond)
