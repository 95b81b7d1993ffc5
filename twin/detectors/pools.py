"""Thermometers of one body taken together: what warms all of them shows in their middle one before it does in any.

Windings have six thermometers and a dry transformer three. What a load or the air does is common to them, what each
reads wrongly is its own and averages out; the middle one (the median) is left alone by a single one that drifts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.detectors.cusum import Cusum
from twin.plant.binding import Middle
from twin.signals import Floats

FEWEST = 3  # thermometers, of which one may be wrong
MIDDLE = 1.25  # spread of the median of many over that of their mean
COMMON = 0.05  # K by which what all tend to may be reckoned wrongly from one look to the next


class Pools:
    """Groups of thermometers (m,); ``of`` (m,) is the group of each, the number of groups where it has none."""

    def __init__(self, groups: Sequence[Sequence[int]], m: int, k: float, h: float) -> None:
        kept = [group for group in groups if len(group) >= FEWEST]
        self._of: NDArray[np.intp] = np.full(m, len(kept), dtype=np.intp)
        width = max((len(group) for group in kept), default=0)
        self._member: NDArray[np.intp] = np.full((width, len(kept)), m, dtype=np.intp)  # m: nothing
        for column, group in enumerate(kept):
            self._of[list(group)] = column
            self._member[: len(group), column] = group
        self._sums = Cusum(len(kept), k, h)
        self._middle = Middle()

    def step(self, at: float, innovation: Floats, variance: Floats, spread: Floats, told: NDArray[np.bool_]) -> None:
        """Add what the thermometers (m,) did not expect, and how unsure that was: in common, and each by itself. [K]

        ``told`` are those that have said something and may be judged.
        """
        if not self._member.size:
            return
        heard = np.append(told, False)[self._member]
        many = np.count_nonzero(heard, axis=0)
        judged = many >= FEWEST
        self._sums.reset(~judged & (many == 0))
        of_all = np.append(np.where(told, innovation, np.nan), np.nan)[self._member]
        expected = np.append(variance, 0.0)[self._member].max(axis=0)
        own = np.append(spread, 0.0)[self._member].max(axis=0)
        sigma = np.sqrt(expected + COMMON**2 + (MIDDLE * own) ** 2 / np.maximum(many, 1))
        rise = np.where(judged, self._middle(of_all), 0.0) / sigma
        self._sums.step(at, np.maximum(rise, 0.0), judged)

    def warmer(self) -> NDArray[np.bool_]:
        """(m,) thermometers of groups that have warmed more than they should."""
        warmer: NDArray[np.bool_] = np.append(self._sums.crossed, False)[self._of]
        return warmer

    def below(self, share: float) -> NDArray[np.bool_]:
        """(m,) those of whose group the sum stands under a share of the threshold, or that have none."""
        below: NDArray[np.bool_] = np.append(self._sums.below(share), True)[self._of]
        return below

    def onset(self, thermometer: int) -> float:
        """When the group of a thermometer began to warm. [s, POSIX]"""
        return self._sums.onset(int(self._of[thermometer]))
