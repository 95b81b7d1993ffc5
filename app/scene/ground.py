"""A floor to move on where there is no station: as large as what moves over it, with a grid in metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.scene.glb import Material, Model, Part
from app.scene.state import Tick

MARGIN = 1.0  # m that the floor goes on round what moves over it
MOST_LINES = 60  # of the grid to a side
BOLD = 5  # every fifth line
WIDTH = 0.02  # of a line, as a share of the grid's pitch; bold ones are twice as wide
LIFT = 0.004  # that lines lie above the floor, as a share of the pitch
LOWEST = 3.0  # m above zero: tracks that begin no higher belong to a floor at zero
FLOOR, FINE, HEAVY = range(3)
MATERIALS = tuple(
    Material(name, (shade, shade * 1.06, shade * 1.12), 1.0, 0.0, 0.9)
    for name, shade in (("floor", 0.085), ("grid", 0.13), ("fifth line", 0.24))
)
Box = tuple[NDArray[np.float64], NDArray[np.float64]]


def pitch(low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """From line to line: a power of ten of metres. [m]"""
    longest = max(float((high - low)[:2].max()) + 2 * MARGIN, 1.0)
    return float(10.0 ** max(-1, np.ceil(np.log10(longest / MOST_LINES))))


def _reach(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64], float]:
    """The first and last line along x and y, counted from zero, and the pitch."""
    step = pitch(low, high)
    first, last = np.floor((low[:2] - MARGIN) / step), np.ceil((high[:2] + MARGIN) / step)
    return first.astype(np.int64), last.astype(np.int64), step


def level(low: NDArray[np.float64]) -> float:
    """How high the floor lies. [m]"""
    return 0.0 if 0.0 <= low[2] <= LOWEST else float(low[2])


def model(low: NDArray[np.float64], high: NDArray[np.float64]) -> Model:
    """The floor under a box, and its grid. [m]"""
    first, last, step = _reach(low, high)
    floor = level(low)
    start, end = first * step, last * step
    parts = [_part("building.floor", FLOOR, [_quad(start, end, floor)])]
    for material, bold, node in ((FINE, False, "building.grid"), (HEAVY, True, "building.grid.5")):
        half = (2 if bold else 1) * 0.5 * WIDTH * step
        height = floor + (2 if bold else 1) * LIFT * step
        quads = []
        for axis in (0, 1):
            for line in range(int(first[axis]), int(last[axis]) + 1):
                if (line % BOLD == 0) == bold:
                    one, other = start.astype(np.float64).copy(), end.astype(np.float64).copy()
                    one[axis], other[axis] = line * step - half, line * step + half
                    quads.append(_quad(one, other, height))
        parts.append(_part(node, material, quads))
    return Model(tuple(part for part in parts if len(part.points)), MATERIALS, tuple(part.node for part in parts))


def ticks(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[Tick, ...]:
    """The metres at every fifth line, along the floor's front and left edges."""
    first, last, step = _reach(low, high)
    floor = level(low)
    found = []
    for axis, name in enumerate("xy"):
        for line in range(int(first[axis]), int(last[axis]) + 1):
            if line % BOLD == 0:
                at = [float(first[0] * step), float(first[1] * step), floor]
                at[axis] = line * step
                found.append(Tick(f"{name} {line * step:g} m", (at[0], at[1], at[2])))
    return tuple(found)


def _quad(low: NDArray[np.floating], high: NDArray[np.floating], height: float) -> NDArray[np.float32]:
    (x, y), (u, v) = low, high
    return np.array([(x, y, height), (u, y, height), (u, v, height), (x, v, height)], np.float32)


def _part(node: str, material: int, quads: list[NDArray[np.float32]]) -> Part:
    points = np.concatenate(quads) if quads else np.zeros((0, 3), np.float32)
    normals = np.tile(np.array([0, 0, 1], np.float32), (len(points), 1))
    corners = 4 * np.arange(len(quads))[:, None, None] + np.array([[0, 1, 2], [0, 2, 3]])
    triangles = corners.reshape(-1, 3).astype(np.int32)
    return Part(node, material, points, normals, triangles, np.ones(len(points), np.float32))
