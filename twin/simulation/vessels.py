"""Surge vessels: water under a cushion of gas beside an outlet header, which takes a blow and gives it back.

The gas follows a polytropic law from second to second; compressor and vent bring it back to filling half of its vessel.
Within a step it is a spring, taken as it will be at the step's end, so that to the network a vessel is what the end of
a line is: ``H = head − (quadratic·|Q| + linear)·Q``. Water that stands a little higher or lower in it counts for
nothing.

Source: E. B. Wylie and V. L. Streeter (1993), Fluid Transients in Systems, chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.plant.network import SHUT, Vessel
from twin.signals import Floats
from twin.simulation.chance import approached
from twin.simulation.layout import Layout
from twin.units import STANDARD_ATMOSPHERE

HOLDS = 0.2  # s of its circuit's set flow that a vessel holds (1.1 m³): an estimate, station files do not say
CONNECTED = 0.04  # of that flow, that its connection was made for ...
RUBS = 1.0  # m that it loses at that
HALF = 0.5  # of a vessel, that its gas fills where nothing happens
POLYTROPIC = 1.2  # exponent of the gas, between isothermal and adiabatic
CHARGING = 1800.0  # s in which compressor and vent bring it back
ALIKE = 0.01  # of the gas's stiffness: a change within it is left to the next step
EMPTY = 0.98  # of a vessel filled by gas: a float shuts the connection, that no gas escapes


@dataclass(frozen=True, eq=False)
class Vessels:
    """The vessels of a station (v,), compiled."""

    node: NDArray[np.intp]  # the outlet header of its circuit
    volume: Floats  # m³
    rubbing: Floats  # s²/m⁵, of the connection
    elevation: Floats  # m


@dataclass(eq=False)
class Cushions:
    """What is remembered (v,)."""

    share: Floats  # of the vessel that gas fills
    charge: Floats  # absolute pressure at which it would fill half of it [Pa]
    linear: Floats  # what the network was told of its stiffness [m/(m³/s)]


def described(layout: Layout) -> list[Vessel]:
    """A station's surge vessels, as its network wants them: those of circuits that have an outlet header."""
    outlets = {circuit.id: circuit.outlet for circuit in layout.station.file.circuits}
    flows = dict(zip(layout.circuits, (CONNECTED * 3600.0 * layout.set_points).tolist(), strict=True))
    circuits = [(part.id, part.circuit or layout.circuits[0]) for part in layout.things("surge_vessel")]
    return [Vessel(name, outlets[of], of, flows[of]) for name, of in circuits if of in outlets and flows[of] > 0.0]


def vessels(chosen: list[Vessel], node: dict[str, int], elevation: Floats) -> Vessels:
    """Compile those that were described; ``node`` says where nodes stand, ``elevation`` (nodes,) how high. [m]"""
    at = np.array([node[each.node] for each in chosen], dtype=np.intp)
    flow = np.array([each.flow_m3_h for each in chosen]) / 3600.0
    return Vessels(at, HOLDS / CONNECTED * flow, RUBS / flow**2, elevation[at])


def first(pressure: Floats) -> Cushions:
    """Vessels half full at these gauge pressures (v,). [Pa]"""
    half = np.full(pressure.size, HALF)
    return Cushions(half, pressure + STANDARD_ATMOSPHERE, np.full(pressure.size, SHUT))


def gauge(held: Cushions) -> Floats:
    """(v,) pressure of the gas over the atmosphere's. [Pa]"""
    pressure: Floats = held.charge * (HALF / held.share) ** POLYTROPIC - STANDARD_ATMOSPHERE
    return pressure


def heads(it: Vessels, held: Cushions, beside: Floats, weight: Floats, dt: float) -> Floats:
    """What drives water out (v,) at the beginning of a step of ``dt`` s. [m]

    How it gives way meanwhile is told in ``held.linear``, which is replaced only when it has changed.

    Parameters
    ----------
    beside : (v,)   Heads of the headers. [m]
    weight : (v,)   Of the water. [N/m³]
    """
    rows = zip(
        *(each.tolist() for each in (held.share, held.charge, beside, weight, it.volume, it.elevation)), strict=True
    )
    ends = [_end(dt, *row) for row in rows]  # there are few: one by one takes a third of the time that arrays take
    if any(abs(end.linear - told) > ALIKE * end.linear for end, told in zip(ends, held.linear.tolist(), strict=True)):
        held.linear = np.array([end.linear for end in ends])
    return np.array([end.head for end in ends])


class _End(NamedTuple):
    """One vessel to the network."""

    head: float  # m
    linear: float  # m/(m³/s)


def _end(dt: float, share: float, charge: float, beside: float, weight: float, volume: float, elevation: float) -> _End:
    """What drives its water out, and how its gas gives way."""
    pressure = charge * (HALF / share) ** POLYTROPIC
    head = (pressure - STANDARD_ATMOSPHERE) / weight + elevation
    if share >= EMPTY and head > beside:
        return _End(head, SHUT)
    return _End(head, POLYTROPIC * pressure * dt / (weight * volume * share))


def step(it: Vessels, held: Cushions, flow: Floats, dt: float) -> None:
    """Let ``dt`` s pass in which water flows out (v,). [m³/s]"""
    held.share = held.share + flow * dt / it.volume


def charge(held: Cushions, pressure: Floats, dt: float) -> None:
    """Let compressor and vent work for ``dt`` s beside headers of these gauge pressures (v,). [Pa]"""
    held.charge = approached(held.charge, pressure + STANDARD_ATMOSPHERE, CHARGING, dt)
