"""How much of the sky each point of an assembly sees: baked shade that grounds things at no cost when drawn.

The assembly is cut into cubes; from each point rays go out over the half space before it and stop at a filled cube.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assets.modelling.assembly import Assembly, Placed
from assets.modelling.mesh import meshed

CELL = 0.2  # m
REACH = 4.0  # m, how far off a body still takes light away
RAYS = 32
DARKEST = 0.3
BELOW = 0.2  # what light from below the horizon, thrown back by floors, counts
CHUNK = 20_000


class Sky:
    """The filled cubes of an assembly, and what is seen past them."""

    def __init__(self, assembly: Assembly, left_out: tuple[str, ...] = ()) -> None:
        faces = [_corners(p) for p in assembly.placed if not p.name.startswith(left_out)]
        low = np.min([f.min(axis=(0, 1)) for f in faces], axis=0)
        high = np.max([f.max(axis=(0, 1)) for f in faces], axis=0)
        self._low = np.floor(low / CELL).astype(np.int64) - 1
        self._filled = np.zeros(np.floor(high / CELL).astype(np.int64) - self._low + 2, dtype=bool)
        for corners in faces:
            self._fill(corners)
        self._rays = _directions(RAYS)

    def _fill(self, corners: NDArray[np.float64]) -> None:
        """Fill the cubes that triangles (f, 3, 3) go through, each sampled as finely as its size asks."""
        longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
        steps = np.clip(np.ceil(longest / (0.7 * CELL)).astype(int), 1, 1200)
        for count in np.unique(steps):
            u, v = np.meshgrid(np.arange(count + 1), np.arange(count + 1), indexing="ij")
            keep = u + v <= count
            weights = np.column_stack([u[keep], v[keep], count - u[keep] - v[keep]]) / count
            some = corners[steps == count]
            at_once = max(1, 1_000_000 // len(weights))
            for start in range(0, len(some), at_once):
                points = np.einsum("wc,fcx->fwx", weights, some[start : start + at_once]).reshape(-1, 3)
                self._filled[tuple((np.floor(points / CELL).astype(np.int64) - self._low).T)] = True

    def seen(self, points: NDArray[np.floating], normals: NDArray[np.floating]) -> NDArray[np.float64]:
        """The share of the sky each point (n, 3) sees, from DARKEST to 1."""
        parts = [
            self._seen(points[i : i + CHUNK].astype(np.float64), normals[i : i + CHUNK].astype(np.float64))
            for i in range(0, len(points), CHUNK)
        ]
        return DARKEST + (1 - DARKEST) * np.concatenate(parts)

    def _seen(self, points: NDArray[np.float64], normals: NDArray[np.float64]) -> NDArray[np.float64]:
        start = points + 1.8 * CELL * normals
        light, total = np.zeros(len(points)), np.zeros(len(points))
        for ray in self._rays:
            facing = np.clip(normals @ ray, 0.0, None) * (1.0 if ray[2] > 0 else BELOW)
            free = np.ones(len(points))
            for step in np.arange(1, int(REACH / CELL)) * CELL:
                blocked = self._is_filled(start + step * ray)
                free = np.where(blocked, np.minimum(free, (step / REACH) ** 0.5), free)
            light += facing * free
            total += facing
        return light / np.maximum(total, 1e-9)

    def _is_filled(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        cells = np.floor(points / CELL).astype(np.int64) - self._low
        inside = ((cells >= 0) & (cells < self._filled.shape)).all(axis=1)
        cells = np.where(inside[:, None], cells, 0)
        return self._filled[tuple(cells.T)] & inside


def _corners(placed: Placed) -> NDArray[np.float64]:
    """The corners of a body's triangles where it stands, (f, 3, 3)."""
    mesh = meshed([solid for held in placed.body.solids.values() for solid in held])
    return (mesh.points.astype(np.float64) + placed.at)[mesh.triangles]


def _directions(count: int) -> NDArray[np.float64]:
    """Directions spread evenly over the sphere by the golden angle."""
    index = np.arange(count) + 0.5
    height = 1 - 2 * index / count
    turn = np.pi * (1 + 5**0.5) * index
    flat = np.sqrt(1 - height**2)
    return np.column_stack([flat * np.cos(turn), flat * np.sin(turn), height])
