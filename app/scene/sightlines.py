"""What robots have seen on their ways: places near by that no wall, floor or machine hides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.scene.lookout import Lookout
from app.scene.surround import ROBOTS_SIDES, Post

SMALL = 64  # px to a side of what a robot sees: at the end of its sight, 19 cm
SLACK = 0.1  # m by which a point may lie behind what is seen in its direction
Floats = NDArray[np.float64]


class Sightlines:
    """Remembers from where robots have looked, a place in each cell: what is seen from there is surveyed once.

    Parameters
    ----------
    lookout : Lookout    Surveys it.
    reach : float        How far a robot sees. [m]
    apart : float        How far cells are apart. [m]
    """

    def __init__(self, lookout: Lookout, reach: float, apart: float) -> None:
        self._lookout = lookout
        self._reach = reach
        self._apart = apart
        self._posts: dict[tuple[int, ...], Post] = {}

    def posts(self, places: Iterable[Floats]) -> tuple[Post, ...]:
        """Where these places (3,) are looked from. [m]"""
        return tuple(dict.fromkeys(map(self.post, places)))

    def post(self, place: Floats) -> Post:
        """Where a place (3,) is looked from: the first in its cell that was asked for. [m]"""
        cell = tuple(np.round(np.asarray(place) / self._apart).astype(int).tolist())
        if cell not in self._posts:
            x, y, z = (round(float(coordinate), 2) for coordinate in place)
            self._posts[cell] = Post("", (x, y, z), sides=ROBOTS_SIDES, size=SMALL, reach=self._reach)
        return self._posts[cell]

    def sees(self, place: Floats, points: Floats) -> NDArray[np.bool_]:
        """Which of some points (n, 3) were seen from a place: none, as long as it has not been surveyed."""
        found = np.zeros(len(points), bool)
        for view in self._lookout.views(self.post(place)) or ():
            found |= view.reaches(points, SLACK)
        return found
