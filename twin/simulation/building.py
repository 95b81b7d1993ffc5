"""Rooms: air, noise, water on the floor, smoke, doors and fans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.board import flags
from twin.simulation.chance import approached, clipped, wandered
from twin.simulation.effects import Effects
from twin.simulation.layout import KELVIN, Layout
from twin.simulation.outside import MILD

WARMING = 1.6e-4  # K of a room's air for each watt that reaches it
FAN = 0.7  # what a running fan leaves of that
FAN_ON, FAN_OFF = 27.0 + KELVIN, 25.0 + KELVIN
THROUGH_WALLS = 0.12  # of what is missing outdoors, that is missing indoors
AIR = 2400.0  # s, time constant of a room's air
FIRE_RISE = 60.0  # K of a gross fire near the thermometer
HUMID_AT_22 = 0.45  # relative humidity at 22 °C
MOISTURE = 2700.0  # s
PUMP_NOISE = 87.0  # dB(A) of one pump in its hall at rated speed
BACKGROUND = 52.0  # dB(A)
FAN_NOISE, DRIVE_NOISE = 60.0, 66.0  # dB(A) of an exhaust fan in its room, and of a running drive in the drive room
WET, WETTER = 0.02, 0.05  # m of water at which the two flood detectors answer
DRAINING = 1800.0  # s in which a floor drains
SMOKE, MORE_SMOKE = 0.1, 0.25  # of a gross fire at which the two smoke detectors answer
FRESH_AIR = 0.209  # oxygen


@dataclass(eq=False)
class Rooms:
    """What is remembered, arrays over rooms."""

    air: Floats  # K
    fan: NDArray[np.bool_]
    humidity: Floats
    water: Floats  # m on the floor
    chance: Floats


def ambient(layout: Layout, outdoor: float) -> float:
    """What a room without machines comes to: heated to a temperature, and yet colder when it is cold outdoors. [K]"""
    return layout.ambient + THROUGH_WALLS * (outdoor - MILD)


def first(heat: Floats, ambient: float, lot: Generator) -> Rooms:
    """Rooms that have been heated like this for days."""
    warm = ambient + WARMING * heat
    fan = warm > FAN_ON
    air = np.where(fan, ambient + FAN * WARMING * heat, warm)
    return Rooms(air, fan, _humidity(air), np.zeros(air.size), lot.standard_normal(air.size))


def step(
    rooms: Rooms, heat: Floats, ambient: float, effects: Effects, lot: Generator, dt: float, *, powered: bool = True
) -> None:
    """Let ``dt`` seconds pass; ``heat`` (rooms,) reaches the air [W], which would be ``ambient`` without it [K].

    Fans run only while low voltage is ``powered``.
    """
    rooms.fan = powered & ((rooms.air > FAN_ON) | (rooms.fan & (rooms.air > FAN_OFF)))
    rise = WARMING * heat * np.where(rooms.fan, FAN, 1.0)
    burning = approached(rooms.air, ambient + rise + FIRE_RISE * effects.fire, 120.0, dt)
    rooms.air = np.where(effects.fire > 0.0, burning, approached(rooms.air, ambient + rise, AIR, dt))
    rooms.chance = wandered(rooms.chance, 1800.0, lot, dt)
    wet = _humidity(rooms.air) + 0.015 * rooms.chance + 0.3 * (rooms.water > WET)
    rooms.humidity = approached(rooms.humidity, wet, MOISTURE, dt)
    rooms.water = np.maximum(approached(rooms.water, effects.flood, 30.0, dt), rooms.water * np.exp(-dt / DRAINING))


def _humidity(air: Floats) -> Floats:
    """The same moisture feels drier in warmer air: about 6 % of it a kelvin."""
    felt: Floats = HUMID_AT_22 * np.exp(-0.06 * (air - 295.15))
    return felt


def sound(turning: Floats, speed: Floats, fan: NDArray[np.bool_], drives: int, layout: Layout) -> Floats:
    """(rooms,) Level of all machines together. [dB(A)]

    ``turning`` (p,) is extra level of each pump [dB], ``speed`` (p,) over rated; fluid noise goes with its fifth power.
    ``fan`` (rooms,) says where exhaust fans run, ``drives`` how many drives do.
    """
    room = layout.machines.room
    level = PUMP_NOISE + 50.0 * np.log10(np.maximum(speed, 0.05)) + turning
    power = np.where(speed > 0.05, 10.0 ** (level / 10.0), 0.0)
    total = 10.0 ** (BACKGROUND / 10.0) + 10.0 ** (FAN_NOISE / 10.0) * fan
    if layout.drive_room >= 0:
        total[layout.drive_room] += drives * 10.0 ** (DRIVE_NOISE / 10.0)
    placed = room >= 0
    np.add.at(total, room[placed], power[placed])
    level_of_all: Floats = 10.0 * np.log10(total)
    return level_of_all


def readings(rooms: Rooms, level: Floats, effects: Effects) -> dict[str, Floats]:
    """What is measured in each room from second to second."""
    return {"sound_level": level + 0.3 * rooms.chance, **_of_faults(effects)}


def slow_readings(rooms: Rooms) -> dict[str, Floats]:
    """What is measured of what takes minutes; temperatures in K, shares as shares."""
    return {
        "air_temperature": rooms.air,
        "humidity": clipped(rooms.humidity, 0.05, 1.0),
        "flood_1": flags(rooms.water > WET),
        "flood_2": flags(rooms.water > WETTER),
    }


@lru_cache(maxsize=8)
def _of_faults(effects: Effects) -> dict[str, Floats]:
    """What only a fault changes."""
    smoke, opened = effects.fire, flags(effects.intrusion)
    return {
        "o2": FRESH_AIR * (1.0 - 0.3 * effects.gas) - 0.01 * smoke,
        "gas": effects.gas,
        "smoke_1": flags(smoke > SMOKE),
        "smoke_2": flags(smoke > MORE_SMOKE),
        "door_open": opened,
        "access_control": opened,
    }


def fan_readings(rooms: Rooms) -> dict[str, Floats]:
    """One exhaust fan a room, in the order of the rooms."""
    running = flags(rooms.fan)
    return {f"exhaust_fan_{i + 1}_running": running[i : i + 1] for i in range(running.size)}
