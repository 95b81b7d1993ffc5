"""Models too large to be drawn: points that lie in one cell of a grid become one, until few enough triangles are left.

Reference: J. Rossignac and P. Borrel, "Multi-resolution 3D approximations for rendering complex scenes" (1993). By
Euler's formula a surface has twice as many triangles as points, so that the side of the cells follows from how many of
them hold anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.scene.glb import Model, Part, smooth, unheard

MOST_DRAWN = 500_000  # triangles: software OpenGL turns so many in a tenth of a second
CELLS = 1 << 20  # at most along an axis
COARSE = 100_000  # triangles of the form for afar: turned in a frame of the window
SAMPLE = 2_000_000  # points by which the side of the cells is found
STEPS = 5  # until it is
PASSES = 5
_FACES = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))  # of a box
_BOX = np.array([corners for a, b, c, d in _FACES for corners in ((a, b, c), (a, c, d))])


def lightened(model: Model, most: int = MOST_DRAWN, told: Callable[[float], None] = unheard) -> Model:
    """The same model with so many triangles at most, or the model itself; every node keeps something to be seen.

    More are left only where there are so many nodes that nothing smaller than a box can stand for each.
    """
    parts = model.parts
    if _count(parts) <= most:
        return model
    side = _side(parts, most)
    for _ in range(PASSES):
        lighter = []
        for number, part in enumerate(parts):
            told(number / len(parts))
            lighter.append(clustered(part, side))
        parts = tuple(lighter)
        if _count(parts) <= most:
            break
        side *= max(1.1, float(np.sqrt(_count(parts) / most)))
    return replace(model, parts=parts, afar=())


def coarsened(model: Model, most: int = COARSE) -> Model:
    """The same model with a form of so many triangles for afar and for while the camera moves, if it is heavy and has
    no such form of its own."""
    if model.afar or _count(model.parts) <= 2 * most:
        return model
    return replace(model, afar=lightened(model, most).parts)


def clustered(part: Part, side: float) -> Part:
    """A part whose points are the means of those in each cell of a grid. [m]

    Corners at one place that face apart keep normals of their own, so that edges stay edges.
    """
    low, high = part.points.min(axis=0, initial=np.inf), part.points.max(axis=0, initial=-np.inf)
    if len(part.triangles) <= len(_BOX):
        return part
    side = max(side, float((high - low).max()) / CELLS)
    _, cell = np.unique(_keys(part.points - low, side), return_inverse=True)
    corners = cell[part.triangles]
    kept = (corners != np.roll(corners, 1, axis=1)).all(axis=1)
    if not kept.any():
        return _boxed(part, low, high)
    kept = np.flatnonzero(kept)[_first(corners[kept])]
    return _gathered(part, cell, part.triangles[kept])


def _gathered(part: Part, cell: NDArray[np.int64], triangles: NDArray[np.int32]) -> Part:
    """The part with one point for each cell and way of facing."""
    count = int(cell.max()) + 1
    held = np.maximum(np.bincount(cell, minlength=count), 1)
    places = np.stack([np.bincount(cell, part.points[:, axis], count) / held for axis in range(3)], axis=1)
    facing = np.abs(part.normals).argmax(axis=1)
    sign = np.take_along_axis(part.normals, facing[:, None], axis=1)[:, 0] < 0
    key = cell * 6 + facing * 2 + sign
    used, corners = np.unique(key[triangles], return_inverse=True)
    where = np.searchsorted(used, key)
    mine = np.flatnonzero((where < len(used)) & (used[np.minimum(where, len(used) - 1)] == key))
    sums = [np.bincount(where[mine], part.normals[mine, axis], len(used)) for axis in range(3)]
    normals = np.stack(sums, axis=1)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    among = np.bincount(where[mine], minlength=len(used))
    own = part.shade.reshape(len(part.points), -1)
    shade = np.stack([np.bincount(where[mine], each[mine], len(used)) / among for each in own.T], axis=1)
    return replace(
        part,
        points=places[used // 6].astype(np.float32),
        normals=(normals / np.where(length > 0, length, 1.0)).astype(np.float32),
        triangles=corners.reshape(-1, 3).astype(np.int32),
        shade=shade.reshape(-1, *part.shade.shape[1:]).astype(np.float32),
    )


def _first(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which triangles (f, 3) are the first with their corners in that order round."""
    start = corners.argmin(axis=1)
    rows = np.arange(len(corners))
    a, b, c = (corners[rows, (start + step) % 3] for step in range(3))
    order = np.lexsort((c, b, a))
    differs = np.ones(len(order), bool)
    differs[1:] = (np.diff(a[order]) != 0) | (np.diff(b[order]) != 0) | (np.diff(c[order]) != 0)
    return np.sort(order[differs])


def _boxed(part: Part, low: NDArray[np.float32], high: NDArray[np.float32]) -> Part:
    """A part smaller than a cell, as the box round it."""
    points = np.array([[x, y, z] for z in (low[2], high[2]) for y in (low[1], high[1]) for x in (low[0], high[0])])
    shade = np.tile(part.shade.mean(axis=0, dtype=np.float32), (8, *[1] * (part.shade.ndim - 1)))
    triangles = _BOX.astype(np.int32)
    return replace(part, points=points, normals=smooth(points, triangles), triangles=triangles, shade=shade)


def _count(parts: tuple[Part, ...]) -> int:
    return sum(len(part.triangles) for part in parts)


def _side(parts: tuple[Part, ...], most: int) -> float:
    """Of what side cells must be, so that half as many hold points as there may be triangles. [m]"""
    every = max(1, sum(len(part.points) for part in parts) // SAMPLE)
    points = np.concatenate([part.points[::every] for part in parts])
    points = points - points.min(axis=0)
    longest = max(float(points.max()), 1e-6)
    side = longest / np.sqrt(most)
    for _ in range(STEPS):
        held = len(np.unique(_keys(points, side)))
        side = float(np.clip(side * np.sqrt(2 * held / most), longest / CELLS, longest))
    return side


def _keys(points: NDArray[np.float32], side: float) -> NDArray[np.int64]:
    """A number for the cell in which each point lies, as far as it is from the origin along the axes."""
    cells = (points / np.float32(side)).astype(np.int64)
    return (cells[:, 0] << 42) | (cells[:, 1] << 21) | cells[:, 2]
