"""Small bodies made of blocks, drums and balls: what moves is drawn by them, with no file to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData

from app import theme
from app.scene.glb import smooth
from app.scene.solids import polygons
from app.scene.state import Point

ROUND = 20  # sides of a drum, and of a ball
_FACES = np.array([[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]])
_CORNERS = np.array([[x, y, z] for z in (-0.5, 0.5) for y in (-0.5, 0.5) for x in (-0.5, 0.5)])
_TWO = np.array([[0, 1, 2], [0, 2, 3]])


@dataclass(frozen=True, eq=False)
class Piece:
    """A closed surface in one colour: ``points`` and ``normals`` (v, 3) [m], ``triangles`` (f, 3)."""

    points: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int64]
    colour: str


def block(centre: Point, size: Point, colour: str, taper: Point = (1.0, 1.0, 1.0)) -> Piece:
    """A box along the axes; its upper face is ``taper`` times as long and as wide as the lower one."""
    corners = _CORNERS * size
    corners[4:] *= (taper[0], taper[1], 1.0)
    faces = (corners + centre)[_FACES]
    across = np.cross(faces[:, 1] - faces[:, 0], faces[:, 3] - faces[:, 0])
    normals = np.repeat(across / np.linalg.norm(across, axis=1, keepdims=True), 4, axis=0)
    triangles = (4 * np.arange(6)[:, None, None] + _TWO).reshape(-1, 3)
    return Piece(faces.reshape(-1, 3).astype(np.float32), normals.astype(np.float32), triangles, colour)


def drum(start: Point, end: Point, radius: float, colour: str, far: float | None = None) -> Piece:
    """A cylinder from ``start`` to ``end``, or a cone's frustum where it has another radius at its far end. [m]"""
    ends, radii = np.array([start, end], np.float64), (radius, radius if far is None else far)
    axis, side, upright = _frame(ends)
    angle = np.linspace(0.0, 2 * np.pi, ROUND, endpoint=False)[:, None]
    outward = np.cos(angle) * side + np.sin(angle) * upright
    rims = [at + r * outward for at, r in zip(ends, radii, strict=True)]
    points = np.concatenate([*rims, *rims])
    normals = np.concatenate([outward, outward, np.tile(-axis, (ROUND, 1)), np.tile(axis, (ROUND, 1))])
    here = np.arange(ROUND)
    following = (here + 1) % ROUND
    walls = np.concatenate(
        [
            np.stack([here, following, following + ROUND], axis=1),
            np.stack([here, following + ROUND, here + ROUND], axis=1),
        ]
    )
    fan = np.stack([np.zeros(ROUND - 2, np.int64), np.arange(1, ROUND - 1), np.arange(2, ROUND)], axis=1)
    triangles = np.concatenate([walls, fan[:, ::-1] + 2 * ROUND, fan + 3 * ROUND])
    return Piece(points.astype(np.float32), normals.astype(np.float32), triangles, colour)


def sector(start: Point, end: Point, radii: tuple[float, float], angles: tuple[float, float], colour: str) -> Piece:
    """A piece of a thick-walled tube from ``start`` to ``end``, between two radii [m] and two angles [rad] about it.

    It is seen from outside and from its ends, as one of a whole tube's pieces is.
    """
    ends = np.array([start, end], np.float64)
    axis, side, upright = _frame(ends)
    angle = np.linspace(*angles, 5)[:, None]
    outward = np.cos(angle) * side + np.sin(angle) * upright
    inner, outer = ([at + r * outward for at in ends] for r in radii)
    strips = ((outer[0], outer[1], outward), (inner[0], outer[0], -axis), (outer[1], inner[1], axis))
    count = len(angle)
    points = np.concatenate([np.concatenate([one, other]) for one, other, _ in strips])
    normals = np.concatenate(
        [np.broadcast_to(np.tile(n, (2, 1)) if n.ndim == 2 else n, (2 * count, 3)) for *_, n in strips]
    )
    here = np.arange(count - 1)
    walls = np.concatenate(
        [np.stack([here, here + 1, here + 1 + count], axis=1), np.stack([here, here + 1 + count, here + count], axis=1)]
    )
    triangles = np.concatenate([walls + 2 * count * number for number in range(3)])
    return Piece(points.astype(np.float32), normals.astype(np.float32), triangles, colour)


def ball(centre: Point, radius: float, colour: str) -> Piece:
    """A sphere. [m]"""
    rows = ROUND // 2 + 1
    down, around = np.meshgrid(np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, ROUND + 1), indexing="ij")
    normals = np.stack([np.sin(down) * np.cos(around), np.sin(down) * np.sin(around), np.cos(down)], axis=-1)
    index = np.arange(rows * (ROUND + 1)).reshape(rows, ROUND + 1)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1).reshape(-1, 4)
    flat = normals.reshape(-1, 3)
    return Piece(
        (flat * radius + centre).astype(np.float32), flat.astype(np.float32), quads[:, _TWO].reshape(-1, 3), colour
    )


def merged(pieces: Sequence[Piece]) -> vtkPolyData:
    """Pieces as one, each in its colour."""
    data = polygons(*_joined(pieces))
    colours = [np.tile(np.round(255 * np.array(theme.rgb(p.colour))), (len(p.points), 1)) for p in pieces]
    data.GetPointData().SetNormals(numpy_to_vtk(np.concatenate([p.normals for p in pieces]), deep=True))
    data.GetPointData().SetScalars(numpy_to_vtk(np.concatenate(colours).astype(np.uint8), deep=True))
    return data


def skin(pieces: Sequence[Piece]) -> vtkPolyData:
    """The same in no colour, joined over edges and with smooth normals: what an outline is drawn by."""
    points, triangles = _joined(pieces)
    places, index = np.unique(np.round(points, 3), axis=0, return_inverse=True)
    faces = index.ravel()[triangles]
    data = polygons(places.astype(np.float32), faces)
    data.GetPointData().SetNormals(numpy_to_vtk(smooth(places, faces), deep=True))
    return data


def _frame(ends: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors along an axis between two points and, at right angles, twice across it."""
    axis = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    side = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    side /= np.linalg.norm(side)
    return axis, side, np.cross(axis, side)


def _joined(pieces: Iterable[Piece]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    pieces = list(pieces)
    starts = np.cumsum([0, *(len(p.points) for p in pieces)])
    triangles = [p.triangles + start for p, start in zip(pieces, starts, strict=False)]
    return np.concatenate([p.points for p in pieces]), np.concatenate(triangles)
