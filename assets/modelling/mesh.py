"""Triangles of solids, with normals that are smooth over curves and sharp at edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

CREASE = np.cos(np.radians(38.0))  # faces that meet more sharply keep their edge
DIGITS = 4  # points are rounded to a tenth of a millimetre, normals likewise


@dataclass(frozen=True)
class Mesh:
    """``points`` and ``normals`` (v, 3), ``triangles`` (f, 3)."""

    points: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int64]


def meshed(solids: Sequence[Manifold], crease: float = CREASE) -> Mesh:
    """Several closed solids as one mesh; faces whose normals are nearer than ``crease`` (a cosine) blend."""
    pieces = [_piece(solid, crease) for solid in solids if not solid.is_empty()]
    starts = np.cumsum([0, *(len(p.points) for p in pieces)])
    return Mesh(
        np.concatenate([p.points for p in pieces]),
        np.concatenate([p.normals for p in pieces]),
        np.concatenate([p.triangles + start for p, start in zip(pieces, starts, strict=False)]),
    )


def _piece(solid: Manifold, crease: float) -> Mesh:
    raw = solid.to_mesh64()
    points = np.round(np.asarray(raw.vert_properties, dtype=np.float64)[:, :3], DIGITS)
    triangles = np.asarray(raw.tri_verts, dtype=np.int64)
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.round(_smooth(triangles, faces, crease), DIGITS) + 0.0
    keys = np.column_stack([triangles.ravel(), normals.reshape(-1, 3)])
    unique, inverse = np.unique(keys, axis=0, return_inverse=True)
    return Mesh(
        points[unique[:, 0].astype(np.int64)].astype(np.float32),
        unique[:, 1:].astype(np.float32),
        inverse.reshape(-1, 3),
    )


def _smooth(triangles: NDArray[np.int64], faces: NDArray[np.float64], crease: float) -> NDArray[np.float64]:
    """A normal for each corner of each face, (f, 3, 3): the mean, by area, of faces there that it blends into."""
    length = np.linalg.norm(faces, axis=1, keepdims=True)
    unit = faces / np.where(length > 0, length, 1.0)
    vertex = triangles.ravel()
    order = np.argsort(vertex, kind="stable")
    counts = np.bincount(vertex)
    begin = np.concatenate([[0], np.cumsum(counts)[:-1]])
    # every ordered pair of corners that share a vertex
    fellows = counts[vertex]
    corner = np.repeat(np.arange(len(vertex)), fellows)
    within = np.arange(len(corner)) - np.repeat(np.cumsum(fellows) - fellows, fellows)
    other = order[begin[vertex[corner]] + within]
    blended = np.einsum("ij,ij->i", unit[corner // 3], unit[other // 3]) > crease
    total = np.zeros((len(vertex), 3))
    for axis in range(3):
        weight = faces[other // 3, axis] * blended
        total[:, axis] = np.bincount(corner, weight, minlength=len(vertex))
    size = np.linalg.norm(total, axis=1, keepdims=True)
    flat = np.repeat(unit, 3, axis=0)
    return np.where(size > 1e-12, total / np.where(size > 1e-12, size, 1.0), flat).reshape(-1, 3, 3)
