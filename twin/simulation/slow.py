"""What there is to measure of what seldom changes: reckoned when it has, and the same until it does again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation import building, grid, heat
from twin.simulation.board import flags, taken
from twin.simulation.layout import Layout
from twin.simulation.robots import Sights

OPEN, SHUT = 0.98, 0.02  # of travel, at which limit switches answer
EYE_OF_CAMERA = 0.7  # share of a hot spot's excess that an infrared camera sees past doors and lagging


@dataclass(frozen=True, eq=False)
class Slow:
    """Readings of pumps, drives, rooms and their fans; and how warm is what cameras look at."""

    pumps: dict[str, Floats]
    drives: dict[str, Floats]
    rooms: dict[str, Floats]
    fans: dict[str, Floats]
    spots: Floats  # (s,) what robots look at [K]
    hotter: Floats  # (s,) than its sisters [K]
    hottest: Floats  # (p + rooms + 1,) of each pump, and of what stands in each room [K]


@dataclass(frozen=True, eq=False)
class Stand:
    """How valves stand: readings of pumps' discharge valves and of all resistances."""

    pumps: dict[str, Floats]
    valves: dict[str, Floats]


def stand(opening: Floats, discharge: NDArray[np.intp]) -> Stand:
    """Readings of openings (r,), of which ``discharge`` (p,) are those of pumps; -1 for a pump that has none."""
    of_pumps = valves(taken(opening, discharge, 1.0))
    return Stand({f"discharge_valve_{measures}": values for measures, values in of_pumps.items()}, valves(opening))


def valves(opening: Floats) -> dict[str, Floats]:
    """What actuators that stand so say."""
    return {"position": opening, "open": flags(opening >= OPEN), "closed": flags(opening <= SHUT)}


def readings(
    layout: Layout,
    feed: grid.Feeds,
    view: Sights,
    no_room: Floats,
    warmth: heat.Warmth,
    rooms: building.Rooms,
    of: grid.Grid,
) -> Slow:
    """All of it, from nothing but what is stepped together; ``no_room`` (1,) is the temperature of no room. [K]"""
    air = np.concatenate((rooms.air, no_room))
    at_drives, at_cubicles = air[layout.drive_room], air[feed.room_of_cubicle]
    pumps = heat.hottest_outside(warmth, air[layout.machines.room])
    cells = at_drives + EYE_OF_CAMERA * (warmth.part[:, heat.CELL.start] - at_drives)
    contacts = at_cubicles + EYE_OF_CAMERA * (of.contact - at_cubicles)
    spots = np.concatenate([pumps, cells, contacts])
    in_rooms = air.copy()
    for room, warm in ((layout.drive_room, cells), (feed.room_of_cubicle, contacts), (feed.room_of_main, of.oil)):
        in_rooms[room] = warm.max(initial=in_rooms[room])
    return Slow(
        pumps=heat.readings(warmth),
        drives=heat.drive_readings(warmth),
        rooms=building.slow_readings(rooms),
        fans=building.fan_readings(rooms),
        spots=spots,
        hotter=spots - view.sisters @ spots,
        hottest=np.concatenate([pumps, in_rooms]),
    )
