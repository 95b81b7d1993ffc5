"""When each surface was seen last: by a robot that passed near it, or by a good sample of the equipment it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData

from app import theme
from app.scene.glb import Part
from app.scene.solids import Solid, polygons
from app.scene.state import Sightings

SIGHT = 6.0  # m within which a robot that passes sees a surface, where nothing hides it
CELL = 1.5  # m, the cells that are reckoned with
APART = 1.5  # m between two places of a robot that are reckoned with
SHADES = 64  # of the ramp
LIFT = 0.03  # m that the carpet lies above its floor
FLOOR = 0.8  # m, the radius of the circle in a triangle: smaller ones are ledges, or told by their corners
Floats = NDArray[np.float64]
Sees = Callable[[Floats, Floats], NDArray[np.bool_]]


def openly(_: Floats, points: Floats) -> NDArray[np.bool_]:
    """Nothing hides anything."""
    return np.ones(len(points), bool)


NO_FLOORS: Floats = np.zeros((0, 3, 3))


class Coverage:
    """How long ago every cell of a station was seen by a robot, and every equipment by a sample.

    Parameters
    ----------
    sightings : Sightings     Who was where, and what was sampled.
    reach : (2, 3)            Lowest and highest corner of the station. [m]
    floors : (f, 3, 3)        Its floors, as triangles. [m]
    sees : Callable           Which points (n, 3) nothing hides from a place (3,).
    """

    def __init__(
        self,
        sightings: Sightings,
        reach: Floats,
        floors: Floats = NO_FLOORS,
        sees: Sees = openly,
    ) -> None:
        self._sightings = sightings
        self._low = reach[0]
        self._floors = floors
        self._ages = seen(sightings.places, reach, sightings.reach, sees)
        steps = np.linspace(0.0, 1.0, SHADES)
        self._ramp = 255 * np.array([theme.rgb(theme.along(sightings.ramp, float(step))) for step in steps], np.float32)
        self._sampled = dict(sightings.sampled)

    def ages(self, solid: Solid) -> Floats:
        """How long ago each point of a solid was seen, at most the reach. (points,) [s]"""
        points = vtk_to_numpy(solid.data.GetPoints().GetData())
        cells = np.clip(((points - self._low) / CELL).astype(np.intp), 0, np.array(self._ages.shape) - 1)
        ages = self._ages[tuple(cells.T)]
        ages[_wide(solid)] = self._sightings.reach  # too few points for what lies between them: the carpet tells that
        for i, node in enumerate(solid.nodes):
            sampled = self._sample(node)
            if sampled is not None:
                span = slice(solid.first_point[i], solid.first_point[i + 1])
                ages[span] = np.minimum(ages[span], sampled)
        return ages

    def colours(self, solid: Solid) -> NDArray[np.float32]:
        """The colour of each point, (points, 3) from 0 to 255."""
        return self._coloured(self.ages(solid))

    def carpet(self) -> vtkPolyData:
        """The floors as far as they have been seen, in squares."""
        corner = CELL / 2 * np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
        squares, ages = [np.zeros((0, 4, 3))], [np.zeros(0)]
        grid = np.stack(np.meshgrid(*map(np.arange, self._ages.shape[:2]), indexing="ij"), axis=-1).reshape(-1, 2)
        middles = self._low[:2] + CELL * (grid + 0.5)
        for triangle in self._floors:
            height = float(triangle[:, 2].mean())
            layer = int(np.clip((height + LIFT - self._low[2]) / CELL, 0, self._ages.shape[2] - 1))
            own = _inside(middles, triangle[:, :2])
            seen_ago = self._ages[grid[own, 0], grid[own, 1], layer]
            fresh = seen_ago < self._sightings.reach
            at = np.column_stack([middles[own][fresh], np.full(int(fresh.sum()), height + LIFT)])
            squares.append(at[:, None] + corner)
            ages.append(seen_ago[fresh])
        points = np.concatenate(squares).reshape(-1, 3).astype(np.float32)
        first = 4 * np.arange(len(points) // 4)[:, None]
        data = polygons(points, np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])]))
        colours = np.repeat(self._coloured(np.concatenate(ages)), 4, axis=0).astype(np.uint8)
        data.GetPointData().SetScalars(numpy_to_vtk(colours, deep=True))
        return data

    def _coloured(self, ages: Floats) -> NDArray[np.float32]:
        share = ages / self._sightings.reach
        return np.asarray(self._ramp[np.round(share * (SHADES - 1)).astype(np.intp)])

    def _sample(self, node: str) -> float | None:
        """How long ago the equipment a node is of, or a part of, was sampled; None for what has no tags."""
        while node and node not in self._sampled:
            node = node.rpartition(".")[0]
        return self._sampled.get(node)


def seen(places: Floats, reach: Floats, longest: float, sees: Sees = openly) -> Floats:
    """How long ago each cell between two corners (2, 3) was seen from places (n, 4: seconds ago, metres). [s]"""
    count = np.maximum(np.ceil((reach[1] - reach[0]) / CELL).astype(int), 1)
    ages = np.full(count, longest)
    sides = [reach[0, axis] + CELL * (np.arange(count[axis]) + 0.5) for axis in range(3)]
    for ago, *at in thinned(places):
        if ago >= longest:
            continue
        spans = [np.abs(side - where) <= SIGHT for side, where in zip(sides, at, strict=True)]
        squares = [(side[span] - where) ** 2 for side, span, where in zip(sides, spans, at, strict=True)]
        near = squares[0][:, None, None] + squares[1][:, None] + squares[2] <= SIGHT**2
        cells = tuple(np.flatnonzero(span)[index] for span, index in zip(spans, np.nonzero(near), strict=True))
        middles = np.stack([side[cell] for side, cell in zip(sides, cells, strict=True)], axis=1)
        open_to = tuple(cell[_is_seen(np.array(at), middles, sees)] for cell in cells)
        ages[open_to] = np.minimum(ages[open_to], ago)
    return ages


def _is_seen(eye: Floats, middles: Floats, sees: Sees) -> NDArray[np.bool_]:
    """Which cells are seen by their middles (n, 3): a surface that passes through one shows at its side towards the
    eye, and a floor at its top."""
    away = eye - middles
    away[:, 2] = 0.0
    length = np.linalg.norm(away, axis=1, keepdims=True)
    nearer = middles + away * np.minimum(0.5 * CELL / np.maximum(length, 1e-9), 1.0)
    return sees(eye, nearer) | sees(eye, nearer + np.array([0.0, 0.0, 0.5 * CELL]))


def thinned(places: Floats) -> Floats:
    """Of places in the same cell only the latest; what is no place is left out."""
    known = places[np.isfinite(places).all(axis=1)]
    latest = known[np.argsort(known[:, 0], kind="stable")]
    _, first = np.unique(np.round(latest[:, 1:] / APART), axis=0, return_index=True)
    return np.asarray(latest[np.sort(first)])


def floors(parts: Iterable[Part]) -> Floats:
    """The large triangles of a model that one can stand on, (f, 3, 3). [m]"""
    found = [NO_FLOORS]
    for part in parts:
        corners = part.points[part.triangles].astype(np.float64)
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(across, axis=1) / 2
        round_it = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).sum(axis=1)
        found.append(corners[(2 * area > FLOOR * round_it) & (across[:, 2] > 1.9 * area)])
    return np.concatenate(found)


def _wide(solid: Solid) -> NDArray[np.bool_]:
    """Which points of a solid are corners of triangles so large that they hold places seen at different times."""
    points = vtk_to_numpy(solid.data.GetPoints().GetData())
    triangles = vtk_to_numpy(solid.data.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    corners = points[triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    wide = np.zeros(len(points), bool)
    wide[triangles[longest > SIGHT]] = True
    return wide


def _inside(points: Floats, triangle: Floats) -> NDArray[np.bool_]:
    """Which points (n, 2) lie in a triangle (3, 2)."""
    a, b = triangle, np.roll(triangle, -1, axis=0)
    ahead, off = b - a, points[:, None] - a
    side = ahead[:, 0] * off[..., 1] - ahead[:, 1] * off[..., 0]
    return np.asarray((side >= 0).all(axis=1) | (side <= 0).all(axis=1))


def extent(clouds: Iterable[NDArray[np.floating]]) -> Floats:
    """The lowest and the highest corner of some clouds of points, (2, 3). [m]"""
    held = [cloud for cloud in clouds if len(cloud)]
    if not held:
        return np.array([np.zeros(3), np.ones(3)])
    lows, highs = [cloud.min(axis=0) for cloud in held], [cloud.max(axis=0) for cloud in held]
    return np.array([np.min(lows, axis=0), np.max(highs, axis=0)], np.float64)
