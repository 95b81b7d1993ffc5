"""What robots have seen on their ways: places near by that no wall, floor or machine hides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.scene.coverage import CELL, Cells
from app.scene.lookout import Lookout
from app.scene.surround import ROBOTS_SIDES, Post, View

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
        self._lit: dict[Post, NDArray[np.intp]] = {}

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

    def lit(self, place: Floats, cells: Cells) -> NDArray[np.intp]:
        """The numbers of the cells seen from a place: none, as long as it has not been surveyed."""
        post = self.post(place)
        views = self._lookout.views(post)
        if views is None:
            return np.zeros(0, np.intp)
        if post not in self._lit:
            eye = np.array(post.position)
            numbers, middles = cells.around(eye)
            self._lit[post] = numbers[_is_seen(eye, middles, views)]
        return self._lit[post]


def _is_seen(eye: Floats, middles: Floats, views: tuple[View, ...]) -> NDArray[np.bool_]:
    """Which cells are seen by their middles (n, 3): a surface that passes through one shows at its side towards the
    eye, and a floor at its top."""
    away = eye - middles
    away[:, 2] = 0.0
    length = np.linalg.norm(away, axis=1, keepdims=True)
    nearer = middles + away * np.minimum(0.5 * CELL / np.maximum(length, 1e-9), 1.0)
    points = np.concatenate([nearer, nearer + np.array([0.0, 0.0, 0.5 * CELL])])
    found = np.zeros(len(points), bool)
    for view in views:
        found |= view.reaches(points, SLACK)
    return found.reshape(2, -1).any(axis=0)
