"""The robots' thermal cameras: a radiometric frame at each of the places along its round at which a robot looks.

A robot looks every few seconds of its round, at whatever stands nearest. As it comes by the same places round after
round, what each pixel shows is found once, by casting rays at the boxes of the room, and after that a frame costs no
more than looking up how warm they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation import robots
from twin.simulation.layout import KELVIN, Layout
from twin.simulation.moment import Rest
from twin.simulation.surfaces import Surfaces, Target, apparent, sources, surfaces
from twin.thermography import Orientation, Temperatures, ThermalFrame

EVERY = 20.0  # s of its round after which a robot looks again
MOMENT = 1.0  # s that pass at once
ROWS, COLUMNS = 120, 160
FIELD_OF_VIEW = (np.deg2rad(57.0), 2.0 * np.arctan(np.tan(np.deg2rad(28.5)) * ROWS / COLUMNS))  # square pixels
EMISSIVITY = 0.95  # that the cameras are set to: paint
NOISE = 0.05  # K, noise-equivalent temperature difference of an uncooled sensor
STEP = 0.1  # K that a count means
MAST, HANGER = 1.2, -0.3  # m from a robot to its camera, on the ground and under a rail
BESIDE = 5.0  # m from the rectangle of its round to what a robot still looks at
NEAR = 0.05  # m; what is nearer is not seen
FLOOR, WALL = 0, 1  # what pixels show besides boxes, which follow them
COOLER_FLOOR = 1.0  # K below the air
NOISES = 2**18  # samples of noise that are drawn once, and begun elsewhere for each frame
STRIDES = (7_919, 104_729)  # by which frames begin elsewhere: seconds, robots

CORNERS = np.array([[x, y, z] for x in (False, True) for y in (False, True) for z in (False, True)])

Shown = NDArray[np.intp]  # (ROWS, COLUMNS) what each pixel shows


@dataclass(frozen=True, eq=False)
class View:
    """What a camera sees from one place."""

    position: tuple[float, float, float]
    orientation: Orientation
    room: int
    shown: Shown


@dataclass(frozen=True, eq=False)
class Cameras:
    """The thermal cameras of a station's robots."""

    walks: robots.Walks
    of: Surfaces | None
    noise: Temperatures  # (NOISES,) [counts]
    views: dict[tuple[int, int], View] = field(default_factory=dict)  # by robot and place, as far as they were needed


def cameras(layout: Layout, walks: robots.Walks) -> Cameras:
    """Compile."""
    noise = np.random.default_rng(0).normal(0.0, NOISE / STEP, NOISES).astype(np.float32)
    return Cameras(walks, surfaces(layout), noise)


def taken(by: Cameras, rest: Rest, air: Floats, at: float) -> tuple[ThermalFrame, ...]:
    """What was taken in the second that passed until ``at`` [s, POSIX]; ``air`` (rooms + 1,) is how warm it is. [K]"""
    of = by.of
    if of is None:
        return ()
    since = (rest.walkers.phase % EVERY).tolist()
    waits = rest.walkers.charging.tolist()
    looking = [robot for robot, late in enumerate(since) if late < MOMENT and not waits[robot]]
    if not looking:
        return ()
    source = sources(rest.warmth, rest.grid.contact, rest.grid.oil, rest.utilities.bearing)
    warm = apparent(of, source, air, EMISSIVITY) - KELVIN
    return tuple(_frame(by, robot, warm, air, at, since[robot], float(rest.walkers.phase[robot])) for robot in looking)


def _frame(by: Cameras, robot: int, warm: Floats, air: Floats, at: float, since: float, phase: float) -> ThermalFrame:
    number = int(phase // EVERY)
    view = by.views.get((robot, number)) or _look(by, robot, number)
    around = float(air[view.room]) - KELVIN
    counts = (np.concatenate([[around - COOLER_FLOOR, around], warm]) / STEP).astype(np.float32)
    pixels = ROWS * COLUMNS
    start = (int(at) * STRIDES[0] + robot * STRIDES[1]) % (NOISES - pixels)
    seen = counts.take(view.shown) + by.noise[start : start + pixels].reshape(ROWS, COLUMNS)
    temperature = np.multiply(np.rint(seen, out=seen), STEP, dtype=np.float64).astype(np.float32)
    temperature.flags.writeable = False
    name = by.walks.tracks[robot].robot
    return ThermalFrame(at - since, name, view.position, view.orientation, EMISSIVITY, FIELD_OF_VIEW, temperature)


def _look(by: Cameras, robot: int, number: int) -> View:
    """What a robot sees from one of its places, remembered."""
    assert by.of is not None
    position, heading = robots.place(by.walks.tracks[robot], number * EVERY)
    eye = position + np.array([0.0, 0.0, HANGER if by.walks.tracks[robot].wired else MAST])
    target, turn, tilt = _aim(eye, heading, _within_reach(by.of.targets, by.walks.tracks[robot]))
    shown = rendered(eye, turn, tilt, by.of, by.of.room == target.room)
    x, y, z = eye.tolist()
    view = by.views[robot, number] = View((x, y, z), _quaternion(turn, tilt), target.room, shown)
    return view


def _within_reach(targets: tuple[Target, ...], track: robots.Track) -> tuple[Target, ...]:
    """Those in or beside the rectangle that a robot's round goes about: not what is behind a wall. All if none is."""
    low, high = track.position.min(axis=0) - BESIDE, track.position.max(axis=0) + BESIDE
    near = [t for t in targets if all(low[axis] <= t.middle[axis] <= high[axis] for axis in (0, 1))]
    return tuple(near) or targets


def _aim(eye: Floats, heading: float, targets: tuple[Target, ...]) -> tuple[Target, float, float]:
    """What is nearest, and the turn and downward tilt to look at it; straight ahead where it is out of sight. [rad]"""
    ways = np.array([target.middle for target in targets]) - eye
    away = np.hypot(ways[:, 0], ways[:, 1])
    nearest = int(away.argmin())
    if away[nearest] > robots.SIGHT:
        return targets[nearest], heading, 0.0
    x, y, z = ways[nearest].tolist()
    return targets[nearest], float(np.arctan2(y, x)), float(np.arctan2(-z, away[nearest]))


def _quaternion(turn: float, tilt: float) -> Orientation:
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
