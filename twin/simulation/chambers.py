"""Line chambers: what is measured along the buried lines to the neighbours.

A station file does not say where its chambers lie: the first half of them is taken to stand along the lines to the
source, the other half along those to the consumers, evenly. Supply and return lie in one trench, so that the chambers
on the source's side see the supply's upstream and the return's downstream line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.board import flags
from twin.simulation.chance import approached, of_station
from twin.simulation.effects import Effects
from twin.simulation.kept import Kept
from twin.simulation.layout import Layout
from twin.simulation.service import Service

DAMP, SEEPS = 0.02, 0.03  # m of water that always stands in a chamber, and the most that melting snow adds
SEEPING = 8.0 * 3600.0  # s
FREEZING, THAWS_OVER = 273.15, 3.0  # K
FLOODED, DEEP = 25.0, 2.5  # m for a leak of the whole flow in the chamber next to it, and to its hatch
FILLING = 0.45  # m/s that such a leak would fill it by: 5.4 m³/s over 12 m²
WIRE = 0.003  # of the flow, that a leak wire answers to
SUPPLY, RETURN = 0, 1


@dataclass(frozen=True, eq=False)
class Chambers:
    """Chambers (k,) with the line each sees of supply and return, -1 for none."""

    line: NDArray[np.intp]  # (2, k)
    away: Floats  # (k,) share of the line between the chamber and the station
    seeps: Floats  # (k,) what melting snow adds at the most [m]
    first: NDArray[np.bool_]  # (k,) whether it is the one next to the station
    leak: Kept[[Effects], Floats]  # (k,) share of the flow that is lost next to each


def chambers(layout: Layout) -> Chambers:
    """Compile."""
    count = len(layout.ids("line_chamber"))
    near = (count + 1) // 2
    upstream = np.arange(count) < near
    order = np.where(upstream, np.arange(count), np.arange(count) - near)
    of_side = np.where(upstream, near, max(count - near, 1))
    away = np.where(upstream, of_side - order, order + 1) / (of_side + 1.0)
    warmest = np.argsort(-layout.water_temperature, kind="stable")
    circuit = np.array([warmest[0], warmest[1] if warmest.size > 1 else -1], dtype=np.intp)
    sides = (("upstream", "downstream"), ("downstream", "upstream"))
    seen = [
        [layout.line_of(int(c), side[0] if up else side[1]) for up in upstream]
        for c, side in zip(circuit, sides, strict=True)
    ]
    line = np.array(seen, dtype=np.intp).reshape(2, count)
    seeps = SEEPS * of_station(layout, "chambers").uniform(0.3, 1.0, count)
    first = (away == away.min()) if count else upstream
    return Chambers(line, away, seeps, first, Kept(lambda effects: _leak(effects, line, first)))


def _leak(effects: Effects, line: NDArray[np.intp], first: NDArray[np.bool_]) -> Floats:
    """(k,) what is lost next to each chamber, of the flow."""
    leak: Floats = np.append(effects.line_leak, 0.0)[line].max(axis=0, initial=0.0) * first
    return leak


def damp(it: Chambers, outdoor: float) -> Floats:
    """(k,) water that stands in chambers once it has long been so warm outdoors: it thaws, or all is frozen. [m]"""
    thawing = 1.0 / (1.0 + np.exp((FREEZING - outdoor) / THAWS_OVER))
    level: Floats = DAMP + it.seeps * thawing
    return level


def step(standing: Floats, it: Chambers, outdoor: float, effects: Effects, dt: float) -> Floats:
    """(k,) what stands there ``dt`` seconds later: what leaks fills a chamber until as much seeps away. [m]"""
    leak = it.leak(effects)
    most = damp(it, outdoor) + np.minimum(FLOODED * leak, DEEP)
    seeped = approached(standing, most, SEEPING, dt)
    level: Floats = np.where(
        standing < most, np.minimum(np.maximum(seeped, standing + FILLING * leak * dt), most), seeped
    )
    return level


def readings(
    it: Chambers, pressure: Floats, warm: Floats, standing: Floats, effects: Effects, service: Service
) -> dict[str, Floats]:
    """What is measured in each chamber.

    Parameters
    ----------
    pressure : (2, k)   Of supply and return. [Pa]
    warm : (2, k)       Of their water. [K]
    standing : (k,)     Water there. [m]
    """
    leak = it.leak(effects)
    return {
        "supply_pressure": pressure[SUPPLY],
        "return_pressure": pressure[RETURN],
        "supply_temperature": warm[SUPPLY],
        "return_temperature": warm[RETURN],
        "chamber_water_level": standing,
        "leak_wire_alarm": flags((leak > WIRE) | service.wire),
    }
