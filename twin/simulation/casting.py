"""What each pixel of a thermal camera shows of the boxes of a room, by casting rays at them."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.surfaces import Surfaces
from twin.thermography import Orientation, Temperatures

ROWS, COLUMNS = 120, 160
FIELD_OF_VIEW = (np.deg2rad(57.0), 2.0 * np.arctan(np.tan(np.deg2rad(28.5)) * ROWS / COLUMNS))  # square pixels
NEAR = 0.05  # m; what is nearer is not seen
FLOOR, WALL = 0, 1  # what pixels show besides boxes, which follow them

CORNERS = np.array([[x, y, z] for x in (False, True) for y in (False, True) for z in (False, True)])

Shown = NDArray[np.intp]  # (ROWS, COLUMNS) what each pixel shows


def towards(way: Floats) -> tuple[float, float]:
    """The turn and the downward tilt of a camera that looks along a way (3,). [rad]"""
    x, y, z = way.tolist()
    return float(np.arctan2(y, x)), float(np.arctan2(-z, np.hypot(x, y)))


def quaternion(turn: float, tilt: float) -> Orientation:
    """Turned about the vertical, then tilted down about its own y axis."""
    (s, c), (t, d) = ((float(np.sin(a)), float(np.cos(a))) for a in (0.5 * turn, 0.5 * tilt))
    return (-s * t, c * t, s * d, c * d)


def rendered(eye: Floats, turn: float, tilt: float, of: Surfaces, there: NDArray[np.bool_]) -> Shown:
    """What each pixel shows of the boxes that are ``there`` (b,): the nearest, else the floor, else a wall."""
    axes = _axes(turn, tilt)
    rays = (axes.T.astype(np.float32) @ _rays().reshape(3, -1)).reshape(3, ROWS, COLUMNS)
    with np.errstate(divide="ignore"):
        inverse = np.float32(1.0) / rays
    shown = np.where(rays[2] < 0.0, FLOOR, WALL)
    depth = np.full((ROWS, COLUMNS), np.inf, np.float32)
    chosen = np.flatnonzero(there)
    low, high = of.low[chosen] - eye, of.high[chosen] - eye
    parts = _covered(low, high, axes)
    for i in np.flatnonzero((parts[:, 0] < parts[:, 1]) & (parts[:, 2] < parts[:, 3])).tolist():
        top, bottom, left, right = parts[i].tolist()
        part = slice(top, bottom), slice(left, right)
        enters, leaves = _crossed(low[i].tolist(), high[i].tolist(), inverse[:, *part])
        hit = (enters > NEAR) & (enters <= leaves) & (enters < depth[part])
        depth[part][hit] = enters[hit]
        shown[part][hit] = WALL + 1 + chosen[i]
    return shown


def _crossed(low: list[float], high: list[float], inverse: NDArray[np.float32]) -> tuple[Temperatures, Temperatures]:
    """How far along each ray a box begins and ends: past the last of its three slabs and before the first. [m]"""
    enters = np.full(inverse.shape[1:], -np.inf, np.float32)
    leaves = -enters
    with np.errstate(invalid="ignore"):  # a ray within the plane of a side: no number, and compares as no hit
        for axis, (near, far) in enumerate(zip(low, high, strict=True)):
            a, b = inverse[axis] * np.float32(near), inverse[axis] * np.float32(far)
            enters, leaves = np.maximum(enters, np.minimum(a, b)), np.minimum(leaves, np.maximum(a, b))
    return enters, leaves


def _axes(turn: float, tilt: float) -> Floats:
    """(3, 3) rows: where the camera looks, its left, its up."""
    (s, c), (t, d) = ((np.sin(a), np.cos(a)) for a in (turn, tilt))
    return np.array([[c * d, s * d, -t], [-s, c, 0.0], [c * t, s * t, d]])


@cache
def _rays() -> NDArray[np.float32]:
    """(3, ROWS, COLUMNS) through the middle of each pixel, in the camera's axes."""
    wide, high = np.tan(0.5 * np.array(FIELD_OF_VIEW))
    y = wide * (1.0 - 2.0 * (np.arange(COLUMNS) + 0.5) / COLUMNS)
    z = high * (1.0 - 2.0 * (np.arange(ROWS) + 0.5) / ROWS)
    return np.stack(np.broadcast_arrays(1.0, y[None, :], z[:, None])).astype(np.float32)


def _covered(low: Floats, high: Floats, axes: Floats) -> NDArray[np.intp]:
    """(b, 4) from and to which row and column each box can be, by its corners; nowhere where it is behind."""
    corners = np.where(CORNERS, high[:, None], low[:, None]) @ axes.T  # (b, 8, 3)
    ahead = corners[..., 0]
    behind, beside = ahead.max(axis=1) <= NEAR, ahead.min(axis=1) <= NEAR
    half_width, half_height = np.tan(0.5 * np.array(FIELD_OF_VIEW))
    parts = []
    for across, half, count in ((corners[..., 2], half_height, ROWS), (corners[..., 1], half_width, COLUMNS)):
        at = 0.5 * count * (1.0 - across / np.maximum(ahead, NEAR) / half)
        first, last = np.floor(at.min(axis=1)), np.ceil(at.max(axis=1))
        parts += [np.where(beside, 0, first), np.where(behind, 0, np.where(beside, count, last))]
    found: NDArray[np.intp] = np.clip(np.stack(parts, axis=1), 0, [ROWS, ROWS, COLUMNS, COLUMNS]).astype(np.intp)
    return found
