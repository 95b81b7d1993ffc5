"""What thermal cameras see of the station: boxes in the model's axes, and how warm each looks.

The sizes are those of machines of this size, and so estimates; where they stand, the station file says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.plant.station import Point
from twin.signals import Floats
from twin.simulation import heat
from twin.simulation.layout import Layout
from twin.simulation.slow import EYE_OF_CAMERA

Box = tuple[float, float, float, float, float, float]  # x, y and z from and to, from where a thing stands [m]

CASING: Box = (-0.46, 0.46, -1.35, 1.35, 0.60, 2.50)
PUMP_BEARINGS: tuple[Box, Box] = ((1.0, 1.6, -0.3, 0.3, 1.25, 1.85), (-1.6, -1.0, -0.3, 0.3, 1.25, 1.85))
MOTOR: Box = (1.95, 4.70, -0.70, 0.70, 0.85, 2.25)
MOTOR_BEARINGS: tuple[Box, Box] = ((1.78, 1.95, -0.35, 0.35, 1.2, 1.9), (4.70, 4.85, -0.35, 0.35, 1.2, 1.9))
PLINTH: Box = (-1.8, 5.0, -1.0, 1.0, 0.0, 0.4)
BRANCHES: tuple[Box, Box] = ((-0.56, 0.56, -7.4, -1.35, 0.54, 1.66), (-0.56, 0.56, 1.35, 5.9, 0.54, 1.66))
DRIVE: Box = (-1.5, 1.5, -0.75, 0.75, 0.0, 2.4)
CUBICLE: Box = (-0.7, 0.7, -0.8, 0.8, 0.0, 2.3)
TRANSFORMER: Box = (-2.1, 2.1, -1.3, 1.3, 0.0, 3.2)
MAKEUP_PUMP: Box = (-0.4, 0.4, -0.25, 0.25, 0.0, 0.9)

LAGGED = 0.25  # share of the casing's excess over the room that its outside shows, as hottest_outside has it
JACKETED = 0.12  # share of the water's excess that the jacket of an insulated pipe shows
FINNED = 0.35  # share of the windings' excess that the frame of a motor shows
PAINT, JACKET = 0.95, 0.30  # emissivities: paint, and the aluminium over insulation
PUMP_DE, PUMP_NDE, MOTOR_DE, MOTOR_NDE = 0, 1, 3, 4  # among the bearings of heat.BEARING


@dataclass(frozen=True, eq=False)
class Target:
    """Something a robot turns its camera to."""

    middle: tuple[float, float, float]
    room: int


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Boxes (b,) of a station, each with what warms it."""

    low: Floats  # (b, 3) [m]
    high: Floats
    room: NDArray[np.intp]  # -1 for none
    source: NDArray[np.intp]  # index into what :func:`sources` gives
    share: Floats  # of the source's excess over the room
    emissivity: Floats
    targets: tuple[Target, ...]


class _Builder:
    """Puts boxes together."""

    def __init__(self) -> None:
        self.boxes: list[Floats] = []
        self.facts: list[tuple[int, int, float, float]] = []
        self.targets: list[Target] = []

    def add(self, at: Point, box: Box, room: int, source: int, share: float, emissivity: float = PAINT) -> None:
        self.boxes.append((np.array(box).reshape(3, 2) + np.array(at)[:, None]).T)
        self.facts.append((room, source, share, emissivity))

    def aim(self, at: Point, box: Box, room: int) -> None:
        """Let robots look at the middle of a box."""
        x, y, z = (np.array(box).reshape(3, 2).mean(axis=1) + np.array(at)).tolist()
        self.targets.append(Target((x, y, z), room))

    def surfaces(self) -> Surfaces:
        boxes = np.array(self.boxes).reshape(-1, 2, 3)
        room, source, share, emissivity = (np.array(fact) for fact in zip(*self.facts, strict=True))
        return Surfaces(boxes[:, 0], boxes[:, 1], room, source, share, emissivity, tuple(self.targets))


def surfaces(layout: Layout) -> Surfaces | None:
    """Compile what stands somewhere; None where nothing does."""
    made = _Builder()
    count = len(layout.machines)
    for i, pump in enumerate(layout.station.pumps):
        if pump.position is not None:
            _pump(made, pump.position, int(layout.machines.room[i]), i, count)
    first = 7 * count
    rooms = {part.id: (part.position, layout.room(part.room)) for part in layout.station.file.equipment}
    others = (
        (layout.machines.drives, DRIVE, EYE_OF_CAMERA),
        (layout.ids("cubicle"), CUBICLE, EYE_OF_CAMERA),
        (layout.ids("transformer"), TRANSFORMER, 1.0),
        (layout.ids("makeup_pump"), MAKEUP_PUMP, 1.0),
    )
    for names, box, share in others:
        for i, name in enumerate(names):
            position, room = rooms.get(name, (None, -1))
            if position is not None:
                made.add(position, box, room, first + i, share)
                made.aim(position, box, room)
        first += len(names)
    return made.surfaces() if made.boxes else None


def _pump(made: _Builder, at: Point, room: int, i: int, count: int) -> None:
    """A pump, its motor and its branches; sources are by kind, then by pump."""
    made.add(at, CASING, room, i, LAGGED)
    for branch in BRANCHES:
        made.add(at, branch, room, i, JACKETED, JACKET)
    for box, bearing in zip((*PUMP_BEARINGS, *MOTOR_BEARINGS), (PUMP_DE, PUMP_NDE, MOTOR_DE, MOTOR_NDE), strict=True):
        made.add(at, box, room, (1 + bearing) * count + i, 1.0)
    made.add(at, MOTOR, room, 6 * count + i, FINNED)
    made.add(at, PLINTH, room, i, 0.0)
    made.aim(at, CASING, room)
    made.aim(at, MOTOR, room)


def sources(warmth: heat.Warmth, contact: Floats, oil: Floats, makeup: Floats) -> Floats:
    """How warm everything is that warms a surface: casings, bearings, windings, drives' cells, contacts, oil. [K]"""
    part = warmth.part
    bearings = part[:, heat.BEARING].T.ravel()
    windings = part[:, heat.WINDING].mean(axis=1)
    return np.concatenate([warmth.casing, bearings, windings, part[:, heat.CELL.start], contact, oil, makeup])


def apparent(of: Surfaces, source: Floats, air: Floats, assumed: float) -> Floats:
    """(b,) What a camera makes of each surface that assumes an emissivity, and of the room's reflection in it. [K]"""
    room = air[of.room]
    surface = room + of.share * (source[of.source] - room)
    radiated = of.emissivity * _fourth(surface) + (assumed - of.emissivity) * _fourth(room)
    seen: Floats = np.sqrt(np.sqrt(radiated / assumed))
    return seen


def _fourth(kelvin: Floats) -> Floats:
    """What a black surface radiates, but for a constant."""
    square = kelvin * kelvin
    return square * square
