"""When each surface was seen last: by a robot that passed near it, or by a good sample of the equipment it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from weakref import WeakKeyDictionary

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
Lit = Callable[[Floats], NDArray[np.intp]]
NO_FLOORS: Floats = np.zeros((0, 3, 3))


class Cells:
    """The cells of a station, and which of them everything lies in: what of it never changes is reckoned once.

    Parameters
    ----------
    reach : (2, 3)            Lowest and highest corner of the station. [m]
    floors : (f, 3, 3)        Its floors, as triangles. [m]
    """

    def __init__(self, reach: Floats, floors: Floats = NO_FLOORS) -> None:
        self._low = reach[0]
        self.count = np.maximum(np.ceil((reach[1] - reach[0]) / CELL).astype(int), 1)
        self._sides = [reach[0, axis] + CELL * (np.arange(self.count[axis]) + 0.5) for axis in range(3)]
        self._of_solids: WeakKeyDictionary[Solid, tuple[NDArray[np.intp], NDArray[np.bool_]]] = WeakKeyDictionary()
        self._squares, self._below = self._carpeted(floors)

    @classmethod
    def of(cls, parts: Sequence[Part]) -> Cells:
        """The cells of a model."""
        return cls(extent(part.points for part in parts), floors(parts))

    def around(self, at: Floats) -> tuple[NDArray[np.intp], Floats]:
        """The numbers (n,) and middles (n, 3) [m] of the cells within sight of a place."""
        spans = [np.flatnonzero(np.abs(side - where) <= SIGHT) for side, where in zip(self._sides, at, strict=True)]
        squares = [(side[span] - where) ** 2 for side, span, where in zip(self._sides, spans, at, strict=True)]
        near = np.nonzero(squares[0][:, None, None] + squares[1][:, None] + squares[2] <= SIGHT**2)
        cells = tuple(span[index] for span, index in zip(spans, near, strict=True))
        middles = np.stack([side[cell] for side, cell in zip(self._sides, cells, strict=True)], axis=1)
        return np.ravel_multi_index(cells, tuple(self.count)), middles

    def within_sight(self, at: Floats) -> NDArray[np.intp]:
        """The numbers of the cells within sight of a place that nothing hides."""
        return self.around(at)[0]

    def of_points(self, solid: Solid) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The number of the cell of each point of a solid, and which are corners of triangles too large to tell."""
        if solid not in self._of_solids:
            self._of_solids[solid] = self._numbers(vtk_to_numpy(solid.data.GetPoints().GetData())), _wide(solid)
        return self._of_solids[solid]

    def carpet(self, ages: Floats, longest: float) -> tuple[Floats, Floats]:
        """The squares of floor (n, 4, 3) [m] that were seen less long ago, and how long ago each. [s]"""
        ago = ages[self._below]
        fresh = ago < longest
        return self._squares[fresh], ago[fresh]

    def _numbers(self, points: NDArray[np.floating]) -> NDArray[np.intp]:
        cells = np.clip(((points - self._low) / CELL).astype(np.intp), 0, self.count - 1)
        return np.ravel_multi_index(tuple(cells.T), tuple(self.count))

    def _carpeted(self, floors: Floats) -> tuple[Floats, NDArray[np.intp]]:
        """A square on each floor in each cell, and the cell that it lies in."""
        corner = CELL / 2 * np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
        middles = np.stack(np.meshgrid(*self._sides[:2], indexing="ij"), axis=-1).reshape(-1, 2)
        found = [np.zeros((0, 3))]
        for triangle in floors:
            own = middles[_inside(middles, triangle[:, :2])]
            found.append(np.column_stack([own, np.full(len(own), triangle[:, 2].mean() + LIFT)]))
        at = np.concatenate(found)
        return at[:, None] + corner, self._numbers(at)


class Coverage:
    """How long ago every cell of a station was seen by a robot, and every equipment by a sample.

    Parameters
    ----------
    sightings : Sightings     Who was where, and what was sampled.
    cells : Cells             Of the station.
    lit : Callable            The numbers of the cells that are seen from a place (3,); all within sight, left out.
    """

    def __init__(self, sightings: Sightings, cells: Cells, lit: Lit | None = None) -> None:
        self._sightings = sightings
        self._cells = cells
        self._ages = seen(sightings.places, cells, sightings.reach, lit or cells.within_sight)
        steps = np.linspace(0.0, 1.0, SHADES)
        self._ramp = 255 * np.array([theme.rgb(theme.along(sightings.ramp, float(step))) for step in steps], np.float32)
        self._sampled = dict(sightings.sampled)

    def ages(self, solid: Solid) -> Floats:
        """How long ago each point of a solid was seen, at most the reach. (points,) [s]"""
        numbers, wide = self._cells.of_points(solid)
        ages = self._ages[numbers]
        ages[wide] = self._sightings.reach  # too few points for what lies between them: the carpet tells that
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
        squares, ages = self._cells.carpet(self._ages, self._sightings.reach)
        first = 4 * np.arange(len(squares))[:, None]
        triangles = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
        data = polygons(squares.reshape(-1, 3).astype(np.float32), triangles)
        colours = np.repeat(self._coloured(ages), 4, axis=0).astype(np.uint8)
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


def seen(places: Floats, cells: Cells, longest: float, lit: Lit) -> Floats:
    """How long ago each cell was seen from places (n, 4: seconds ago, metres), (cells,). [s]"""
    ages = np.full(int(cells.count.prod()), longest)
    for ago, *at in thinned(places)[::-1]:  # the latest last: it counts
        if ago < longest:
            ages[lit(np.array(at))] = ago
    return ages


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
