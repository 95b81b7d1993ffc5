"""Make-up plant and water quality: the slow and small things that keep a hot-water line full and clean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from twin.signals import Floats
from twin.simulation.board import flags
from twin.simulation.chance import approached, clipped, wandered
from twin.simulation.effects import Effects

TANK = 120.0  # m² of both make-up tanks together
TANK_LOW, TANK_HIGH = 2.8, 4.6  # m between which raw water is taken
RAW = 60.0 / 3600.0  # m³/s of raw water while it is taken
USUAL_LOSS = 18.0 / 3600.0  # m³/s that every tight line loses
MOST = 200.0 / 3600.0  # m³/s of all make-up pumps together; beyond it the emergency make-up opens
EMERGENCY = 800.0 / 3600.0
OPENS_IN = 30.0  # s that the emergency make-up's valves take
STARTS_IN = 15.0  # s in which all pumps come up, one after the other
UP = 0.1  # of what it can give, at which a pump runs as fast as it must against the line
REFILLS_IN = 600.0  # s in which lines that have lost pressure get it back
ELASTICITY = 4.0  # m² (m³ of water a line gives for each metre of head it loses)
SUMP_LOW, SUMP_HIGH = 0.3, 1.2  # m between which the sump is pumped out
QUALITIES = ("ph", "conductivity", "dissolved_oxygen", "turbidity", "hardness", "iron", "chloride")
USUAL_QUALITY = np.array([9.6, 620e-4, 35e-6, 1.2, 0.12, 0.09e-3, 9e-3])  # pH, S/m, kg/m³, NTU, mol/m³, kg/m³, kg/m³
QUALITY_SPREAD = np.array([0.04, 12e-4, 2.5e-6, 0.06, 0.006, 0.006e-3, 0.3e-3])
EXCURSION = np.array([-1.6, 1500e-4, 250e-6, 9.0, 1.0, 0.5e-3, 45e-3])  # what raw water does where it comes in
BEARING_RISE = 24.0  # K of a make-up pump
DISSOLVES = 0.25e-3  # kg/m³ of oxygen in a circuit's water where air costs one of its pumps all head (estimate)
SAMPLED_IN = 60.0  # s that water takes from the pumps to an analyser
OXYGEN = QUALITIES.index("dissolved_oxygen")


@dataclass(eq=False)
class Utilities:
    """What is remembered."""

    tank: float  # m
    raw: bool
    total: float  # m³ of make-up since the meter was set
    sump: float  # m
    pumping_out: bool
    deficit: float  # m of head the lines have lost for want of make-up
    bearing: Floats  # (make-up pumps,) [K]
    chance: Floats  # (waters, 7)
    oxygen: Floats  # (waters,) that air has brought in [kg/m³]
    pumped: float  # m³/s that the pumps have come up to
    opening: float  # of the emergency make-up's valves


@dataclass(frozen=True, eq=False)
class Demand:
    """What the make-up plant has to do. ``pressure`` is that of the line it feeds [Pa]; its pumps may be unpowered."""

    leaks: float  # m³/s beyond the usual
    pressure: float
    air: float  # K
    powered: bool = True
    sucked: Floats | None = None  # (waters,) air that pumps take in, by the share of head it costs; None for none


def first(pumps: int, waters: int, demand: Demand, lot: Generator) -> Utilities:
    """A plant in the middle of its cycles."""
    return Utilities(
        tank=float(lot.uniform(3.2, 4.2)),
        raw=False,
        total=184_000.0,
        sump=float(lot.uniform(0.4, 0.8)),
        pumping_out=False,
        deficit=0.0,
        bearing=demand.air + BEARING_RISE * _shares(pumps, USUAL_LOSS),
        chance=lot.standard_normal((waters, len(QUALITIES))),
        oxygen=np.zeros(waters),
        pumped=USUAL_LOSS,
        opening=0.0,
    )


def step(it: Utilities, demand: Demand, effects: Effects, lot: Generator, dt: float) -> None:
    """Let ``dt`` seconds pass."""
    needed, pumped, emergency = _flows(it, demand, effects)
    it.pumped = min(pumped, it.pumped + MOST * dt / STARTS_IN)
    way = min(max((needed - MOST) / EMERGENCY, 0.0), 1.0) - it.opening
    it.opening += min(max(way, -dt / OPENS_IN), dt / OPENS_IN)
    given = it.pumped + emergency
    it.total += given * dt
    it.raw = it.tank < TANK_LOW or (it.raw and it.tank < TANK_HIGH)
    it.tank = max(0.0, it.tank + dt * ((RAW if it.raw else 0.0) - given) / TANK)
    it.deficit = max(0.0, it.deficit + dt * (_lost(demand, effects) - given) / ELASTICITY)
    seeping = 0.4e-5 + 0.02 * effects.seals_together / 1e-3
    it.pumping_out = it.sump > SUMP_HIGH or (it.pumping_out and it.sump > SUMP_LOW)
    it.sump = max(0.0, it.sump + dt * (seeping - (2e-3 if it.pumping_out else 0.0)))
    it.bearing = approached(it.bearing, demand.air + BEARING_RISE * _shares(it.bearing.size, it.pumped), 1500.0, dt)
    it.chance = wandered(it.chance, 4.0 * 3600.0, lot, dt)
    sucked = np.zeros(it.oxygen.size) if demand.sucked is None else demand.sucked
    it.oxygen = approached(it.oxygen, DISSOLVES * sucked, SAMPLED_IN, dt)


def _lost(demand: Demand, effects: Effects) -> float:
    """What lines and seals lose. [m³/s]"""
    return USUAL_LOSS + demand.leaks + effects.seals_together


def _flows(it: Utilities, demand: Demand, effects: Effects) -> tuple[float, float, float]:
    """What is needed, what the pumps are to give once they have come up, and what comes besides. [m³/s]"""
    needed = _lost(demand, effects) + it.deficit * ELASTICITY / REFILLS_IN
    works = (1.0 - effects.makeup_lost) * demand.powered
    emergency = min(max(needed - MOST, 0.0), EMERGENCY * it.opening)
    return needed, min(needed, MOST) * works, emergency * works


def _shares(pumps: int, flow: float) -> Floats:
    """(pumps,) how hard each works: the first alone as long as it can, the last in reserve."""
    each = MOST / max(pumps, 1)
    return clipped(flow / each - np.arange(pumps, dtype=np.float64), 0.0, 1.0)


def readings(it: Utilities, demand: Demand, effects: Effects) -> dict[str, Floats]:
    """What is measured of the make-up plant."""
    _, pumped, emergency = _flows(it, demand, effects)
    flow = min(it.pumped, pumped)
    line = demand.pressure
    level = it.tank
    said = {
        "tank_1_level": level + 0.02,
        "tank_2_level": level - 0.02,
        "flow": flow,
        "total": it.total,
        "header_pressure": line + 40e3 if flow > 0.0 else line,  # 30 to 50 kPa above the point it feeds
        "temperature": demand.air + 12.0,  # it comes from the deaerator through a cooler
        "pressurisation_point_pressure": line,
        "raw_water_flow": RAW if it.raw else 0.0,
        "softener_differential_pressure": 25e3 + 15e3 * it.raw,
        "deaerator_vacuum": 82e3 - 4e3 * it.raw,
        "sump_level": it.sump,
        "emergency_flow": emergency,
    }
    values = np.array(list(said.values()), dtype=np.float64)
    return {name: values[i : i + 1] for i, name in enumerate(said)}


def pump_readings(it: Utilities, demand: Demand, effects: Effects) -> dict[str, Floats]:
    """What is measured of each make-up pump."""
    _, pumped, _ = _flows(it, demand, effects)
    share = _shares(it.bearing.size, min(it.pumped, pumped))
    runs = share > 0.0
    frequency = (30.0 + 20.0 * share) * np.minimum(share / UP, 1.0)
    return {
        "running": flags(runs),
        "fault": np.full(share.size, float(effects.makeup_lost > 0.0)),
        "frequency": frequency,
        "current": np.where(runs, 30.0 + 50.0 * share, 0.0),
        "discharge_pressure": np.where(runs, demand.pressure + 45e3, demand.pressure),
        "vibration": np.where(runs, 1.6e-3 * frequency / 40.0, 5e-5),
        "bearing_temperature": it.bearing,
    }


def quality_readings(it: Utilities, effects: Effects) -> dict[str, Floats]:
    """Water quality at each sampling point."""
    values = USUAL_QUALITY + QUALITY_SPREAD * it.chance + EXCURSION * effects.water_quality[:, None]
    values[:, OXYGEN] += it.oxygen
    return dict(zip(QUALITIES, np.maximum(values, 0.0).T, strict=True))
