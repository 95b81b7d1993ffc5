"""How warm the machines are: bearings, windings, casings, seal chambers, drives, each a first-order state.

Rises and time constants are estimates for machines of this size: windings 25 min, rolling bearings 30 min.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.signals import Floats
from twin.simulation.chance import AsBuilt
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout

BEARING_RISE = np.array([26.0, 24.0, 29.0, 27.0, 24.0])  # K over the air at rated speed and load
FROM_CASING = np.array([0.10, 0.10, 0.08, 0.02, 0.0])  # share of the casing's excess that reaches a bearing
WINDING_RISE = 60.0  # K at rated current
AIR_RISE = 20.0  # K of the cooling air at rated losses
SEAL_RISE = 9.0  # K of the seal faces at rated speed
FROM_WATER = 0.25  # share of the casing's excess that reaches a flushed seal chamber
TRANSFORMER_RISE = 62.0  # K of a drive's input transformer at rated power
CELL_RISE = 26.0  # K of a drive's hottest cell at rated power
BYPASS_RISE = 9.0  # K more in the cells that carry a bypassed one's share
CASING_WATER = 1750.0  # kg that a casing holds, with its metal counted as water
KEPT_WARM = 0.6  # share of the water's excess at which a standby pump is kept by its warming line
STANDING_LOSS = 4.0 * 3600.0  # s over which a standing casing follows

BEARING, WINDING, AIR, SEAL, TRANSFORMER, CELL = (
    slice(0, 5), slice(5, 11), slice(11, 12), slice(12, 14), slice(14, 17), slice(17, 18),
)  # fmt: skip
TIME_CONSTANTS = np.concatenate(
    [np.full(5, 1800.0), np.full(6, 1500.0), [600.0], np.full(2, 300.0), np.full(3, 5400.0), [600.0]]
)
PHASES = np.array([0, 1, 2, 0, 1, 2])
TEMPERATURES = (
    "pump_bearing_de_temperature", "pump_bearing_nde_temperature", "pump_thrust_bearing_temperature",
    "motor_bearing_de_temperature", "motor_bearing_nde_temperature",
    "stator_winding_u1_temperature", "stator_winding_v1_temperature", "stator_winding_w1_temperature",
    "stator_winding_u2_temperature", "stator_winding_v2_temperature", "stator_winding_w2_temperature",
    "motor_cooling_air_out", "seal_chamber_temperature_de", "seal_chamber_temperature_nde",
)  # fmt: skip
DRIVE_TEMPERATURES = (
    "input_transformer_winding_a", "input_transformer_winding_b", "input_transformer_winding_c",
    "power_cell_max_temperature",
)  # fmt: skip


@dataclass(eq=False)
class Warmth:
    """What is remembered: ``part`` (p, 18) in the order of the slices above, ``casing`` (p,). [K]"""

    part: Floats
    casing: Floats


@dataclass(frozen=True, eq=False)
class Work:
    """What heats a machine: arrays over pumps."""

    speed: Floats  # over rated
    load: Floats  # motor input over its rating
    current: Floats  # (p, 3) over rated
    flow: Floats  # m³/s through the casing
    lost: Floats  # W into the water
    heat_flow: Floats  # J/(K·m³): density times heat capacity
    water: Floats  # K at the suction
    room: Floats  # K
    drive_room: Floats  # K


def first(work: Work, built: AsBuilt, layout: Layout) -> Warmth:
    """A station that has run like this for days."""
    warmth = Warmth(np.zeros((len(layout.machines), TIME_CONSTANTS.size)), _standing(work))
    running = work.speed > 0.0
    warmth.casing = np.where(running, work.water, warmth.casing)
    warmth.part = _target(warmth.casing, work, built, Effects.none(layout))
    return warmth


def step(warmth: Warmth, work: Work, built: AsBuilt, effects: Effects, dt: float) -> None:
    """Let ``dt`` seconds pass."""
    warmth.casing = _casing(warmth.casing, work, dt)
    target = _target(warmth.casing, work, built, effects)
    warmth.part = target + (warmth.part - target) * np.exp(-dt / TIME_CONSTANTS)


def _standing(work: Work) -> Floats:
    kept: Floats = work.room + KEPT_WARM * (work.water - work.room)
    return kept


def _casing(casing: Floats, work: Work, dt: float) -> Floats:
    """Water passes through and takes the losses along; without flow the losses stay (implicit in time)."""
    capacity = CASING_WATER * 4200.0
    exchanged = work.heat_flow * np.abs(work.flow) / capacity
    cooling = 1.0 / STANDING_LOSS
    gained = casing + dt * (exchanged * work.water + work.lost / capacity + cooling * _standing(work))
    held: Floats = gained / (1.0 + dt * (exchanged + cooling))
    return held


def _target(casing: Floats, work: Work, built: AsBuilt, effects: Effects) -> Floats:
    """(p, 18) where each temperature would settle."""
    room, speed = work.room[:, None], work.speed[:, None]
    excess = (casing - work.room)[:, None]
    load = work.load[:, None]
    (bearing_rise, winding_rise), more = _rises(built), _worse(effects)
    turning = bearing_rise * (0.6 + 0.4 * load) + effects.bearing_heat
    heat = (work.current**2).take(PHASES, axis=1) * more.windings
    drive_room = work.drive_room[:, None]
    target = np.empty((casing.size, TIME_CONSTANTS.size))
    target[:, BEARING] = room + speed**1.5 * turning + FROM_CASING * excess
    target[:, WINDING] = room + winding_rise * heat + 4.0 * speed
    target[:, AIR] = room + AIR_RISE * load * more.air
    target[:, SEAL] = room + more.seals * excess + SEAL_RISE * speed
    target[:, TRANSFORMER] = drive_room + TRANSFORMER_RISE * load**1.6 * built.winding[:, :3]
    target[:, CELL] = drive_room + CELL_RISE * load + more.cells * (load > 0.0)
    return target


@lru_cache(maxsize=8)
def _rises(built: AsBuilt) -> tuple[Floats, Floats]:
    """Rise of the bearings (p, 5) at rated speed and load, and of the windings (p, 6) at rated current. [K]"""
    return BEARING_RISE * built.bearing, WINDING_RISE * built.winding


@dataclass(frozen=True, slots=True, eq=False)
class Worse:
    """What faults do to the rises, arrays over pumps."""

    windings: Floats  # (p, 1) times as much
    air: Floats  # (p, 1)
    seals: Floats  # (p, 2) share of the casing's excess that reaches them
    cells: Floats  # (p, 1) K more


@lru_cache(maxsize=8)
def _worse(effects: Effects) -> Worse:
    cooling_lost = effects.winding_heat[:, None]
    bypassing = BYPASS_RISE * effects.cell_bypassed[:, None].astype(np.float64)
    return Worse(
        windings=1.0 + cooling_lost,
        air=1.0 + 0.5 * cooling_lost,
        seals=FROM_WATER + np.minimum(effects.seal_leak / 1e-4, 0.6),
        cells=bypassing,
    )


def readings(warmth: Warmth) -> dict[str, Floats]:
    """What the thermometers of a pump and its motor are in. [K]"""
    columns = warmth.part.T
    named = dict(zip(TEMPERATURES, columns, strict=False))
    return named | {"casing_water_temperature": warmth.casing}


def drive_readings(warmth: Warmth) -> dict[str, Floats]:
    """The same for its drive. [K]"""
    return dict(zip(DRIVE_TEMPERATURES, warmth.part[:, TRANSFORMER.start :].T, strict=True))


def hottest_outside(warmth: Warmth, room: Floats) -> Floats:
    """(p,) The hottest spot an infrared camera sees: a bearing housing, or the insulated casing. [K]"""
    casing = room + 0.25 * (warmth.casing - room)
    seen: Floats = np.maximum(warmth.part[:, BEARING].max(axis=1), casing)
    return seen
