"""All around a place: six square pictures like the sides of a cube, what stands how far away, and what is seen.

Six plain pictures, and not VTK's panoramic pass: that one paints all six in one go, longer than a beat of the window,
and with one light for all of them, so that the sides of the cube show. These can be painted one a beat.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.scene.sight import FARTHEST_SEEN, Aim, Array

SIDES = (
    ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0)),
    ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0)),
)
"""Where each side of the cube lies, and which way is up in its picture; in the model's axes."""
ALL_SIDES = tuple(range(len(SIDES)))
ROBOTS_SIDES = (0, 1, 2, 3, 5)  # that robots look at: all but straight up
STEEP = 1e-6  # sine of the angle to the vertical below which a camera has no left of its own
SLACK = 0.06  # m by which a point may seem to lie behind what is seen in its direction
GRAZING = 0.08  # cosine of the flattest angle at which a surface is still seen
Picture = NDArray[np.uint8]
Depth = NDArray[np.float32]


def aim(eye: Array, side: int) -> Aim:
    """How to look from a place at one side of the cube around it."""
    ahead, up = (np.array(way) for way in SIDES[side])
    return Aim(np.asarray(eye, np.float64), np.array([ahead, np.cross(up, ahead), up]), (1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody looks from: at a place that it looks ``towards`` with half its field of view as tangents, or all
    around where that is None; with so many pixels to a side, and no farther than its reach. [m]"""

    camera: str
    position: tuple[float, float, float]
    towards: tuple[float, float, float] | None = None
    half: tuple[float, float] = (1.0, 1.0)
    sides: tuple[int, ...] = ALL_SIDES
    size: int = 512
    reach: float = FARTHEST_SEEN

    def aims(self) -> list[Aim]:
        """The plain pictures that show what is seen from there."""
        eye = np.array(self.position)
        if self.towards is None:
            return [aim(eye, side) for side in self.sides]
        way = np.subtract(self.towards, eye)
        ahead = way / max(float(np.linalg.norm(way)), 1e-9)
        level = np.cross((0.0, 0.0, 1.0), ahead)
        left = level / np.linalg.norm(level) if np.linalg.norm(level) > STEEP else np.array([0.0, 1.0, 0.0])
        return [Aim(eye, np.array([ahead, left, np.cross(ahead, left)]), self.half)]


@dataclass(frozen=True, eq=False)
class View:
    """What can be seen from a place in one direction: how far ahead (rows, columns) everything is. [m]"""

    aim: Aim
    depth: Depth

    def sees(
        self, points: NDArray[np.floating], normals: NDArray[np.floating], has_back: NDArray[np.bool_] | None = None
    ) -> NDArray[np.bool_]:
        """Which points (n, 3) of surfaces with normals (n, 3) are seen from there: none from behind, but for those that
        have a back (n,) too."""
        found = np.zeros(len(points), bool)
        away = (points - self.aim.eye).astype(np.float32)
        inside, ahead, depth = self._within(away)
        distance = np.linalg.norm(away[inside], axis=1)
        facing = -np.einsum("ij,ij->i", away[inside], normals[inside]) / np.maximum(distance, np.float32(1e-6))
        if has_back is not None:
            facing = np.where(has_back[inside], np.abs(facing), facing)
        rows, columns = self.depth.shape
        pixel = 2 * max(self.aim.half[0] / columns, self.aim.half[1] / rows)
        # within one pixel a surface that is seen flatly reaches over some distance
        blur = ahead * pixel / np.maximum(facing, np.float32(GRAZING))
        found[inside] = (facing > GRAZING) & (ahead <= depth + SLACK + blur)
        return found

    def reaches(self, points: NDArray[np.floating], slack: float) -> NDArray[np.bool_]:
        """Which points (n, 3) of the room nothing hides from there. ``slack`` [m] they may lie behind what does."""
        found = np.zeros(len(points), bool)
        inside, ahead, depth = self._within((points - self.aim.eye).astype(np.float32))
        found[inside] = ahead <= depth + slack
        return found

    def _within(self, away: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]:
        """Which points lie in the picture, how far ahead they are, and what is seen in their directions. [m]"""
        ahead, left, up = (away @ axis.astype(np.float32) for axis in self.aim.axes)
        with np.errstate(divide="ignore", invalid="ignore"):
            across, upward = left / (ahead * self.aim.half[0]), up / (ahead * self.aim.half[1])
        inside = np.flatnonzero((ahead > 0) & (np.abs(across) <= 1) & (np.abs(upward) <= 1))
        rows, columns = self.depth.shape
        row = np.minimum(((1 - upward[inside]) / 2 * rows).astype(np.intp), rows - 1)
        column = np.minimum(((1 - across[inside]) / 2 * columns).astype(np.intp), columns - 1)
        return inside, ahead[inside], self.depth[row, column]


class Surveys:
    """What is seen from some posts, painted a few pictures at a time and remembered as long as the model stands.

    ``measure`` paints one: of an aim, rows, columns and a reach [m], how far ahead each pixel is.
    """

    def __init__(self, measure: Callable[[Aim, int, int, float], Depth]) -> None:
        self._measure = measure
        self._views: dict[Post, tuple[View, ...]] = {}
        self._begun: list[View] = []
        self._waiting: deque[Post] = deque()

    def want(self, posts: Iterable[Post]) -> None:
        """Survey these from now on, and no others; what is known already stays so."""
        self._waiting = deque(post for post in dict.fromkeys(posts) if post not in self._views)
        self._begun = []

    def of(self, post: Post) -> tuple[View, ...] | None:
        """What is seen from a post; None as long as it has not been surveyed."""
        return self._views.get(post)

    @property
    def left(self) -> int:
        """How many posts are still to be surveyed."""
        return len(self._waiting)

    def go_on(self) -> Post | None:
        """Paint one picture; the post that was thereby done."""
        if not self._waiting:
            return None
        post = self._waiting[0]
        aims = post.aims()
        next_aim = aims[len(self._begun)]
        columns = max(1, round(post.size * next_aim.half[0] / max(next_aim.half)))
        rows = max(1, round(post.size * next_aim.half[1] / max(next_aim.half)))
        self._begun.append(View(next_aim, self._measure(next_aim, rows, columns, post.reach)))
        if len(self._begun) < len(aims):
            return None
        self._views[post], self._begun = tuple(self._begun), []
        return self._waiting.popleft()


def equirectangular(sides: NDArray[np.uint8], rows: int) -> Picture:
    """Six pictures (6, n, n, 3) as one panorama (rows, 2 rows, 3) with the model's x axis at its middle."""
    return np.asarray(sides.reshape(-1, 3)[_places(sides.shape[1], rows)])


@lru_cache(maxsize=2)
def _places(size: int, rows: int) -> NDArray[np.int32]:
    """Which pixel of six sides, counted through, each pixel of a panorama shows, (rows, 2 rows)."""
    turn = np.pi * (1 - (np.arange(2 * rows) + 0.5) / rows)
    tilt = np.pi / 2 * (1 - (2 * np.arange(rows) + 1) / rows)
    nearest = np.full((rows, 2 * rows), -np.inf, np.float32)
    places = np.zeros((rows, 2 * rows), np.int32)
    for side in range(len(SIDES)):
        ahead, left, up = (
            (np.cos(tilt)[:, None] * (x * np.cos(turn) + y * np.sin(turn)) + np.sin(tilt)[:, None] * z).astype("f4")
            for x, y, z in aim(np.zeros(3), side).axes
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            row, column = ((1 - up / ahead) / 2 * size), ((1 - left / ahead) / 2 * size)
        own = ahead > nearest
        nearest[own] = ahead[own]
        row, column = (np.clip(shares[own], 0, size - 1).astype(np.int32) for shares in (row, column))
        places[own] = (side * size + row) * size + column
    return places
