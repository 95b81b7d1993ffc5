"""Where the scene is looked at from: plain numbers, turned, shifted and flown without a renderer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
STEEPEST = np.radians(88.0)
NEAREST = 1.0  # m
FARTHEST = 600.0  # m
VIEW_ANGLE = 32.0  # degrees, vertical


@dataclass(frozen=True)
class Camera:
    """Looks at ``focus`` from ``distance`` [m], by ``azimuth`` from x and ``elevation`` above the floor [rad]."""

    focus: tuple[float, float, float] = (0.0, 0.0, 0.0)
    distance: float = 50.0
    azimuth: float = -np.pi / 3
    elevation: float = np.pi / 6

    @property
    def backward(self) -> Vector:
        """Unit vector from the focus to the eye."""
        flat = np.cos(self.elevation)
        return np.array([flat * np.cos(self.azimuth), flat * np.sin(self.azimuth), np.sin(self.elevation)])

    @property
    def position(self) -> Vector:
        return np.array(self.focus) + self.distance * self.backward

    @property
    def right(self) -> Vector:
        return np.array([-np.sin(self.azimuth), np.cos(self.azimuth), 0.0])

    @property
    def up(self) -> Vector:
        return np.cross(self.backward, self.right)

    def orbited(self, azimuth: float, elevation: float, pivot: Vector | None = None) -> Camera:
        """Turned about a point (the focus where none is given), never over the top."""
        tilted = float(np.clip(self.elevation + elevation, np.radians(-5.0), STEEPEST))
        turned = replace(self, azimuth=self.azimuth + azimuth, elevation=tilted)
        if pivot is None:
            return turned
        # The pivot keeps its place on the screen: the focus keeps its coordinates in the eye's axes about it.
        away = np.array(self.focus) - pivot
        along = (away @ self.right, away @ self.up, away @ self.backward)
        focus = pivot + along[0] * turned.right + along[1] * turned.up + along[2] * turned.backward
        return replace(turned, focus=_point(focus))

    def panned(self, right: float, up: float) -> Camera:
        """Shifted sideways, as shares of the picture's height."""
        height = 2 * self.distance * np.tan(np.radians(VIEW_ANGLE) / 2)
        return replace(self, focus=_point(np.array(self.focus) - height * (right * self.right + up * self.up)))

    def zoomed(self, factor: float, towards: Vector | None = None) -> Camera:
        """Nearer by a factor above 1, towards a point that keeps its place on the screen."""
        distance = float(np.clip(self.distance / factor, NEAREST, FARTHEST))
        if towards is None:
            return replace(self, distance=distance)
        share = 1.0 - distance / self.distance
        focus = np.array(self.focus) + share * (towards - np.array(self.focus))
        return replace(self, focus=_point(focus), distance=distance)

    def fitted(self, low: Vector, high: Vector, aspect: float = 1.6, margin: float = 1.15) -> Camera:
        """Looking from where it is at the whole of a box."""
        corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
        return self.framing(corners, aspect, margin)

    def framing(self, points: Vector, aspect: float = 1.6, margin: float = 1.05) -> Camera:
        """Looking the same way, so that points (n, 3) fill the picture and keep a margin to its edges."""
        half = np.array([np.tan(np.radians(VIEW_ANGLE) / 2) * aspect, np.tan(np.radians(VIEW_ANGLE) / 2)]) / margin
        axes = np.array([self.right, self.up, self.backward])
        away = points @ axes.T
        # The four planes of the view, each pushed outwards until all points lie inside: the eye stands where they meet.
        outer = (away[:, :2] / half + away[:, 2:]).max(axis=0)
        inner = (-away[:, :2] / half + away[:, 2:]).max(axis=0)
        middle = half * (outer - inner) / 2
        depth = max(float(((outer + inner) / 2).max()), float(away[:, 2].max()) + NEAREST)
        centre = float(away[:, 2].mean())
        distance = float(np.clip(depth - centre, NEAREST, FARTHEST))
        return replace(self, focus=_point(np.array([*middle, centre]) @ axes), distance=distance)


def between(start: Camera, end: Camera, share: float) -> Camera:
    """A share (0 to 1) of the way, begun and ended gently, turning the shorter way round."""
    eased = share * share * (3 - 2 * share)
    turn = (end.azimuth - start.azimuth + np.pi) % (2 * np.pi) - np.pi
    focus = np.array(start.focus) + eased * (np.array(end.focus) - np.array(start.focus))
    return Camera(
        _point(focus),
        float(start.distance * (end.distance / start.distance) ** eased),
        start.azimuth + eased * turn,
        start.elevation + eased * (end.elevation - start.elevation),
    )


def _point(vector: Vector) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])
