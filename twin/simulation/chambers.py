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
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout

DAMP = 0.02  # m of water that always stands in a chamber
FLOODED = 25.0  # m for a leak of the whole flow, in the chamber next to it
WIRE = 0.003  # of the flow, that a leak wire answers to
SUPPLY, RETURN = 0, 1


@dataclass(frozen=True, eq=False)
class Chambers:
    """Chambers (k,) with the line each sees of supply and return, -1 for none."""

    line: NDArray[np.intp]  # (2, k)
    away: Floats  # (k,) share of the line between the chamber and the station
    first: NDArray[np.bool_]  # (k,) whether it is the one next to the station


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
    return Chambers(line, away, (away == away.min()) if count else upstream)


def readings(it: Chambers, pressure: Floats, warm: Floats, effects: Effects) -> dict[str, Floats]:
    """What is measured in each chamber.

    Parameters
    ----------
    pressure : (2, k)   Of supply and return. [Pa]
    warm : (2, k)       Of their water. [K]
    """
    leak = np.append(effects.line_leak, 0.0)[it.line].max(axis=0, initial=0.0) * it.first
    return {
        "supply_pressure": pressure[SUPPLY],
        "return_pressure": pressure[RETURN],
        "supply_temperature": warm[SUPPLY],
        "return_temperature": warm[RETURN],
        "chamber_water_level": DAMP + np.minimum(FLOODED * leak, 2.5),
        "leak_wire_alarm": 1.0 * (leak > WIRE),
    }
