"""Robots: each walks its closed route at constant speed, looks at its stops, and is kept charged."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.plant.station import Point, Robot
from twin.signals import Floats, Pose
from twin.simulation.chance import clipped
from twin.simulation.layout import Layout

TURN = 2.0 * math.pi
TURNING = np.deg2rad(60.0)  # rad/s on the spot
SIGHT = 9.0  # m: what is nearer is looked at
DISCHARGE = 0.45 / 3600.0  # share of the battery a second of walking takes
CHARGE = 1.2 / 3600.0
LOW, FULL = 0.30, 0.95  # charge at which a round is not begun, and at which it is
APART = 1.0  # s between the rounds of two robots where they are laid end to end
NONE = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Track:
    """A robot's round as knots in time: position is straight between them, heading turns between them."""

    robot: str
    time: Floats  # (k,) [s], ascending from 0
    position: Floats  # (k, 3) [m]
    heading: Floats  # (k,) unwrapped [rad]
    speed: Floats  # (k,) from this knot to the next [m/s]
    wired: bool


@dataclass(eq=False)
class Walkers:
    """What is remembered, arrays over robots."""

    phase: Floats  # s into the round
    battery: Floats  # share
    charging: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Walks:
    """The rounds of a station's robots, and what is the same in each, as arrays over robots."""

    tracks: tuple[Track, ...]
    lap: Floats  # s
    wired: NDArray[np.bool_]
    begins: Floats  # when each robot's round begins, all rounds laid end to end [s]
    knots: Track  # and their knots

    def __len__(self) -> int:
        return len(self.tracks)

    @cached_property
    def plainly(self) -> tuple[list[float], list[list[float]]]:
        """The knots' times, and their places, headings and speeds."""
        knots = self.knots
        rows = np.column_stack((knots.position, knots.heading, knots.speed))
        return knots.time.tolist(), rows.tolist()

    @cached_property
    def walking(self) -> Floats:
        """What a second of walking adds to the battery: a rail feeds the robot that hangs from it."""
        return np.where(self.wired, 0.1 * CHARGE, -DISCHARGE)


def walks(layout: Layout) -> Walks:
    """Compile."""
    tracks = tuple(_track(robot) for robot in layout.station.file.robots)
    lap = np.array([track.time[-1] for track in tracks], dtype=np.float64)
    begins = np.cumsum(lap + APART) - lap
    knots = Track(
        robot="",
        time=np.concatenate([NONE, *(start + track.time for start, track in zip(begins, tracks, strict=True))]),
        position=np.concatenate([NONE.reshape(0, 3), *(track.position for track in tracks)]),
        heading=np.concatenate([NONE, *(track.heading for track in tracks)]),
        speed=np.concatenate([NONE, *(track.speed for track in tracks)]),
        wired=False,
    )
    return Walks(tracks, lap, np.array([track.wired for track in tracks], dtype=bool), begins, knots)


def _track(robot: Robot) -> Track:
    points = np.array(robot.route, dtype=np.float64).reshape(-1, 3)
    legs = np.roll(points, -1, axis=0) - points
    lengths = np.linalg.norm(legs, axis=1)
    ways = np.flatnonzero(lengths > 1e-9)
    if ways.size == 0:
        still = np.repeat(points[:1] if points.size else np.zeros((1, 3)), 2, axis=0)
        return Track(robot.id, np.array([0.0, 1.0]), still, np.zeros(2), np.zeros(2), False)
    headings = np.unwrap(np.arctan2(legs[ways, 1], legs[ways, 0]))
    headings = np.append(headings, _nearest_turn(headings[-1], headings[0]))
    knots: list[tuple[float, Floats, float, float]] = []
    at = 0.0
    whole_turns = headings[-1] - headings[0]
    before = headings[-2] - whole_turns
    for order, way in enumerate(ways):
        if way in robot.stops:
            knots.append((at, points[way], before, 0.0))
            at += robot.dwell_s
        knots.append((at, points[way], before, 0.0))
        at += abs(headings[order] - before) / TURNING
        knots.append((at, points[way], headings[order], robot.speed_m_s))
        at += lengths[way] / robot.speed_m_s
        before = headings[order]
    knots.append((at, points[ways[0]], before, 0.0))
    time, position, heading, speed = zip(*knots, strict=True)
    wired = robot.kind == "rail"
    return Track(robot.id, np.array(time), np.array(position), np.array(heading), np.array(speed), wired)


def _nearest_turn(last: float, first: float) -> float:
    return float(last + np.angle(np.exp(1j * (first - last))))


def first(rounds: Walks) -> Walkers:
    """Each somewhere else on its round, as on any day."""
    shares = np.linspace(0.0, 1.0, len(rounds), endpoint=False)
    return Walkers(
        phase=rounds.lap * shares,
        battery=0.9 - 0.1 * shares,
        charging=np.zeros(len(rounds), dtype=bool),
    )


def step(walkers: Walkers, rounds: Walks, dt: float) -> None:
    """Let ``dt`` seconds pass. A robot with a low battery waits at its route's first point until it is full."""
    moved = walkers.phase + np.where(walkers.charging, 0.0, dt)
    home = moved >= rounds.lap
    rate = rounds.walking
    if True in home.tolist() or True in walkers.charging.tolist():
        needs = (home & (walkers.battery < LOW)) | (walkers.charging & (walkers.battery < FULL))
        moved = np.where(home, np.where(needs, 0.0, moved - rounds.lap), moved)
        walkers.charging = needs
        rate = np.where(needs, CHARGE, rate)
    walkers.phase = moved
    walkers.battery = clipped(walkers.battery + dt * rate, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Standing:
    """Where the robots are: arrays over robots."""

    position: Floats  # (robots, 3)
    heading: Floats  # [rad], anticlockwise from x
    speed: Floats


def standing(walkers: Walkers, rounds: Walks) -> Standing:
    """Where each is on its round. They are few: one by one takes a quarter of the time that arrays take."""
    times, knots = rounds.plainly
    found = []
    for begins, phase, waits in zip(
        rounds.begins.tolist(), walkers.phase.tolist(), walkers.charging.tolist(), strict=True
    ):
        last = min(bisect_right(times, begins + phase), len(times) - 1) - 1
        x, y, z, heading, speed = knots[last]
        to_x, to_y, to_z, to_heading, _ = knots[last + 1]
        share = min((begins + phase - times[last]) / (times[last + 1] - times[last]), 1.0)
        place = (x + share * (to_x - x), y + share * (to_y - y), z + share * (to_z - z))
        found.append((*place, (heading + share * (to_heading - heading)) % TURN, 0.0 if waits else speed))
    rows = np.array(found, dtype=np.float64).reshape(-1, 5)
    return Standing(rows[:, :3], rows[:, 3], rows[:, 4])


def place(track: Track, phase: float) -> tuple[Floats, float]:
    """Where a robot is at so many seconds of its round, (3,) [m], and its heading. [rad]"""
    position = np.array([np.interp(phase, track.time, axis) for axis in track.position.T])
    return position, float(np.interp(phase, track.time, track.heading))


def poses(where: Standing, rounds: Walks, at: float) -> tuple[Pose, ...]:
    """The same as poses: turned about the vertical."""
    made = []
    for track, (x, y, z), heading in zip(rounds.tracks, where.position.tolist(), where.heading.tolist(), strict=True):
        half = 0.5 * heading
        made.append(Pose(track.robot, at, (x, y, z), (0.0, 0.0, math.sin(half), math.cos(half))))
    return tuple(made)


@dataclass(frozen=True, eq=False)
class Sights:
    """What infrared cameras can see: spots (s, 3), and for each the sisters it is compared with, (s, s) shares."""

    position: Floats
    sisters: Floats


def sights(points: list[Point], families: list[str]) -> Sights:
    """Spots and their families; a spot without sisters is its own."""
    same = np.array([[float(a == b) for b in families] for a in families]).reshape(len(points), len(points))
    others = same - np.eye(len(points))
    lonely = others.sum(axis=1) == 0.0
    others[lonely] = np.eye(len(points))[lonely]
    shares = others / np.maximum(others.sum(axis=1, keepdims=True), 1.0)
    return Sights(np.array(points, dtype=np.float64).reshape(-1, 3), shares)


def seen(where: Standing, view: Sights, warmth: Floats, hotter: Floats, air: float) -> tuple[Floats, Floats]:
    """(robots,) hottest spot in sight, and how much hotter than its sisters it is. [K]

    ``warmth`` (s,) is how warm the spots are, ``hotter`` (s,) how much warmer than their sisters; ``air`` is seen where
    no spot is near.
    """
    count = len(where.heading)
    if view.position.size == 0:
        return np.full(count, air), np.zeros(count)
    x, y = (where.position[:, axis, None] - view.position[:, axis] for axis in (0, 1))
    visible = np.where(x * x + y * y < SIGHT**2, warmth, -np.inf)
    spot = visible.argmax(axis=1)
    sees = np.isfinite(visible.max(axis=1))
    return np.where(sees, warmth[spot], air), np.where(sees, np.maximum(hotter[spot], 0.0), 0.0)
