"""Thermal cameras: a radiometric frame at each place along its round at which a robot looks, and now and then of those
that hang where they are.

A robot looks every few seconds of its round, at whatever stands nearest; a fixed camera at what the station file says,
one after the other. As each looks from the same places again and again, what each pixel shows is found once, and after
that a frame costs no more than looking up how warm it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.plant.station import Camera
from twin.signals import Floats
from twin.simulation import robots
from twin.simulation.casting import COLUMNS, FIELD_OF_VIEW, ROWS, Shown, quaternion, rendered, towards
from twin.simulation.layout import KELVIN, Layout
from twin.simulation.moment import Rest
from twin.simulation.surfaces import Surfaces, Target, apparent, sources, surfaces
from twin.thermography import Orientation, Temperatures, ThermalFrame

EVERY = 20.0  # s of its round after which a robot looks again
EVERY_FIXED = 240.0  # s after which a fixed camera takes another
MOMENT = 1.0  # s that pass at once
EMISSIVITY = 0.95  # that the cameras are set to: paint
NOISE = 0.05  # K, noise-equivalent temperature difference of an uncooled sensor
STEP = 0.1  # K that a count means
MAST, HANGER = 1.2, -0.3  # m from a robot to its camera, on the ground and under a rail
BESIDE = 5.0  # m from the rectangle of its round to what a robot still looks at
COOLER_FLOOR = 1.0  # K below the air
NOISES = 2**18  # samples of noise that are drawn once, and begun elsewhere for each frame
STRIDES = (7_919, 104_729)  # by which frames begin elsewhere: seconds, cameras


@dataclass(frozen=True, eq=False)
class View:
    """What a camera sees from one place."""

    position: tuple[float, float, float]
    orientation: Orientation
    room: int
    shown: Shown


@dataclass(frozen=True)
class Fixed:
    """A fixed camera: where it hangs, what it looks at [m], and the room whose things it sees; all things for -1."""

    name: str
    position: tuple[float, float, float]
    looks_at: tuple[float, float, float]
    room: int


@dataclass(frozen=True)
class Shot:
    """A frame that is due: by the camera of a ``number`` in the station, which bears a ``name``, of a view."""

    number: int
    name: str
    at: float
    view: View


@dataclass(frozen=True, eq=False)
class Cameras:
    """The thermal cameras of a station."""

    walks: robots.Walks
    fixed: tuple[Fixed, ...]
    of: Surfaces | None
    noise: Temperatures  # (NOISES,) [counts]
    views: dict[tuple[int, int], View] = field(default_factory=dict)  # by camera and place, as far as they were needed


def cameras(layout: Layout, walks: robots.Walks) -> Cameras:
    """Compile."""
    noise = np.random.default_rng(0).normal(0.0, NOISE / STEP, NOISES).astype(np.float32)
    hung = (_fixed(layout, camera) for camera in layout.station.file.cameras if camera.kind == "thermal")
    return Cameras(walks, tuple(camera for camera in hung if camera is not None), surfaces(layout), noise)


def _fixed(layout: Layout, camera: Camera) -> Fixed | None:
    """None for a camera of which nobody knows whereto it looks."""
    if camera.looks_at is None:
        return None
    rooms = {name: int(room) for name, room in zip(layout.machines.ids, layout.machines.room, strict=True)}
    rooms |= {part.id: layout.room(part.room) for part in layout.station.file.equipment}
    rooms |= {name: number for number, name in enumerate(layout.rooms)}
    return Fixed(camera.id, camera.position, camera.looks_at, rooms.get(camera.watches, -1))


def taken(by: Cameras, rest: Rest, air: Floats, at: float) -> tuple[ThermalFrame, ...]:
    """What was taken in the second that passed until ``at`` [s, POSIX]; ``air`` (rooms + 1,) is how warm it is. [K]"""
    of = by.of
    if of is None:
        return ()
    shots = (*_on_their_ways(by, of, rest.walkers, at), *_hanging(by, of, at))
    if not shots:
        return ()
    source = sources(rest.warmth, rest.grid.contact, rest.grid.oil, rest.utilities.bearing)
    warm = apparent(of, source, air, EMISSIVITY) - KELVIN
    return tuple(_frame(by, shot, warm, air, int(at)) for shot in shots)


def _on_their_ways(by: Cameras, of: Surfaces, walkers: robots.Walkers, at: float) -> Iterator[Shot]:
    """What robots take in this second."""
    since = (walkers.phase % EVERY).tolist()
    waits = walkers.charging.tolist()
    for robot, late in enumerate(since):
        if late < MOMENT and not waits[robot]:
            number = int(float(walkers.phase[robot]) // EVERY)
            view = by.views.get((robot, number)) or _look(by, of, robot, number)
            yield Shot(robot, by.walks.tracks[robot].robot, at - late, view)


def _hanging(by: Cameras, of: Surfaces, at: float) -> Iterator[Shot]:
    """What fixed cameras take in this second: spread over the time after which each looks again."""
    apart = EVERY_FIXED / max(len(by.fixed), 1)
    for order, camera in enumerate(by.fixed):
        late = (at - order * apart) % EVERY_FIXED
        if late < MOMENT:
            number = len(by.walks) + order
            view = by.views.get((number, 0)) or _hang(by, of, number, camera)
            yield Shot(number, camera.name, at - late, view)


def _frame(by: Cameras, shot: Shot, warm: Floats, air: Floats, second: int) -> ThermalFrame:
    view = shot.view
    around = float(air[view.room]) - KELVIN
    counts = (np.concatenate([[around - COOLER_FLOOR, around], warm]) / STEP).astype(np.float32)
    pixels = ROWS * COLUMNS
    start = (second * STRIDES[0] + shot.number * STRIDES[1]) % (NOISES - pixels)
    seen = counts.take(view.shown) + by.noise[start : start + pixels].reshape(ROWS, COLUMNS)
    temperature = np.multiply(np.rint(seen, out=seen), STEP, dtype=np.float64).astype(np.float32)
    temperature.flags.writeable = False
    return ThermalFrame(shot.at, shot.name, view.position, view.orientation, EMISSIVITY, FIELD_OF_VIEW, temperature)


def _look(by: Cameras, of: Surfaces, robot: int, number: int) -> View:
    """What a robot sees from one of its places, remembered."""
    position, heading = robots.place(by.walks.tracks[robot], number * EVERY)
    eye = position + np.array([0.0, 0.0, HANGER if by.walks.tracks[robot].wired else MAST])
    target, turn, tilt = _aim(eye, heading, _within_reach(of.targets, by.walks.tracks[robot]))
    view = by.views[robot, number] = _view(eye, turn, tilt, of, target.room, of.room == target.room)
    return view


def _hang(by: Cameras, of: Surfaces, number: int, camera: Fixed) -> View:
    """What a fixed camera sees, remembered."""
    eye = np.array(camera.position)
    there = of.room == camera.room if camera.room >= 0 else np.ones(len(of.room), dtype=bool)
    turn, tilt = towards(np.array(camera.looks_at) - eye)
    view = by.views[number, 0] = _view(eye, turn, tilt, of, camera.room, there)
    return view


def _view(eye: Floats, turn: float, tilt: float, of: Surfaces, room: int, there: NDArray[np.bool_]) -> View:
    x, y, z = eye.tolist()
    return View((x, y, z), quaternion(turn, tilt), room, rendered(eye, turn, tilt, of, there))


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
    return targets[nearest], *towards(ways[nearest])
