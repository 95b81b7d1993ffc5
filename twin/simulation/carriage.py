"""The warmth of a station's water: what its neighbours send arrives once the line's volume has followed.

Each circuit's water comes through its upstream line, passes the station's own pipes, takes up what its pumps lose, and
leaves by its downstream line. Water that stands cools where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation import transport
from twin.simulation.board import taken
from twin.simulation.chance import wandered
from twin.simulation.layout import Layout
from twin.simulation.outside import Outside, Sheet
from twin.simulation.transport import Contents, Mains

STATION = 150.0  # m of a station's own pipes and headers, of the bore of its lines: an estimate
WANDERS, SPREAD = 7200.0, 0.15  # s and K: how a neighbour's water wanders about what it should be
EVERY = 5  # s between two moves of the mains
MOVES = 0.01  # of its set flow, below which water that leaves is not asked for its temperature


@dataclass(frozen=True, eq=False)
class Routes:
    """Which main feeds which, compiled. Circuits (c,), lines (l,)."""

    lines: Mains
    station: Mains  # one main for each circuit
    circuit: NDArray[np.intp]  # (l,) whose water a line carries, -1 for none
    upstream: Floats  # (c, l) 1 where a line brings a circuit its water
    before: Floats  # (l,) volume between the upstream neighbour and the station's end of a downstream line [m³]
    least: Floats  # (c,) flow that is told of [m³/s]


@dataclass(eq=False)
class Warm:
    """What is remembered. Temperatures in K."""

    lines: Contents
    station: Contents
    arriving: Floats  # (c,) at the inlet headers
    leaving: Floats  # (c,) at the outlet headers
    chance: Floats  # (c,) of what the neighbours send, over its spread
    volume: Floats  # (l,) that has come in since the mains were moved last [m³]
    heat: Floats  # (c,) that has gone into the station's water since then [J]
    waited: int  # s since then


def routes(layout: Layout, upstream: Floats) -> Routes:
    """Compile. ``upstream`` (c, l) is 1 where a line brings a circuit its water."""
    bore = np.array([line.bore_m for line in layout.lines])
    area = 0.25 * np.pi * bore**2
    volume = area * np.array([line.length_m for line in layout.lines])
    circuit = np.array([layout.circuit(line.circuit) for line in layout.lines], dtype=np.intp)
    in_station = np.full(len(layout.circuits), STATION * float(area.max()))
    for i, of in enumerate(circuit):
        if of >= 0:
            in_station[of] = STATION * area[i]
    brought = upstream @ volume
    downstream = np.array([line.side == "downstream" for line in layout.lines])
    rated = np.array([line.flow_m3_h for line in layout.lines]) / 3600.0
    return Routes(
        lines=transport.mains(volume, rated),
        station=transport.mains(in_station, layout.set_points),
        circuit=circuit,
        upstream=upstream,
        before=np.where(downstream, taken(brought + in_station, circuit, 0.0), 0.0),
        least=MOVES * layout.set_points,
    )


def first(it: Routes, outside: Outside, at: float, lot: Generator) -> Warm:
    """Mains that hold what was sent in the hours before ``at`` [s, POSIX]."""
    chance = np.asarray(lot.standard_normal(it.upstream.shape[0]))
    inside = np.append(0.0, np.arange(it.lines.cells) + 0.5)  # cells between the end water enters at and each middle
    lines = np.empty((it.circuit.size, inside.size))
    for i, of in enumerate(it.circuit):
        begins = float(taken(chance, np.array([of]), 0.0)[0])
        warmth = _sent(outside, at, int(of), it.before[i] + it.lines.cell[i] * inside, begins, lot)
        lines[i] = warmth[::-1] if it.before[i] > 0.0 else warmth
    arriving = outside.now(at).sent
    for c, i in zip(*np.nonzero(it.upstream), strict=True):
        arriving = np.where(np.arange(chance.size) == c, lines[i, -1], arriving)
    station = np.repeat(arriving[:, None], it.station.cells + 1, axis=1)
    return Warm(
        lines=transport.filled(it.lines, lines),
        station=transport.filled(it.station, station),
        arriving=arriving,
        leaving=arriving.copy(),
        chance=chance,
        volume=np.zeros(it.circuit.size),
        heat=np.zeros(chance.size),
        waited=0,
    )


def _sent(outside: Outside, at: float, circuit: int, followed: Floats, begins: float, lot: Generator) -> Floats:
    """(k,) what a circuit's water has now that volumes (k,), the least first, have followed since it was sent. [K]"""
    age = outside.ages(at, circuit, followed)
    kept = np.exp(-np.diff(age, prepend=0.0) / WANDERS)
    fresh = np.sqrt(1.0 - kept * kept) * lot.standard_normal(age.size)
    wandering = np.empty(age.size)
    for i in range(age.size):
        begins = wandering[i] = kept[i] * begins + fresh[i]
    return transport.cooled(outside.sent_at(at - age)[:, circuit] + SPREAD * wandering, outside.ground, age)


def step(it: Routes, warm: Warm, flow: Floats, lost: Floats, capacity: Floats, sheet: Sheet, lot: Generator) -> None:
    """Let a second pass. Temperatures take minutes and hours, so that mains are moved every few seconds.

    Parameters
    ----------
    flow : (l,)       Of each line, into the station. [m³/s]
    lost : (c,)       What each circuit's pumps lose into their water, and what its ways rub. [W]
    capacity : (c,)   Heat capacity of that water. [J/(K·m³)]
    """
    warm.volume = warm.volume + flow
    warm.heat = warm.heat + lost
    warm.waited += 1
    if warm.waited == EVERY:
        _move(it, warm, capacity, sheet, lot)
        warm.volume, warm.heat, warm.waited = np.zeros(flow.size), np.zeros(lost.size), 0


def _move(it: Routes, warm: Warm, capacity: Floats, sheet: Sheet, lot: Generator) -> None:
    """Move what has flowed since the last time."""
    warm.chance = wandered(warm.chance, WANDERS, lot, EVERY)
    sent = sheet.sent + SPREAD * warm.chance
    downstream = it.before > 0.0
    far = np.where(downstream, warm.lines.warmth[:, 0], taken(sent, it.circuit, sheet.ground))
    near = np.where(downstream, *(taken(ends, it.circuit, sheet.ground) for ends in (warm.leaving, warm.arriving)))
    came = transport.advance(it.lines, warm.lines, warm.volume, far, near)
    brought = it.upstream * np.maximum(warm.volume, 0.0)
    through = brought.sum(axis=1)
    flowing = through > it.least * EVERY
    divisor = np.where(flowing, through, 1.0)
    mixed = brought @ np.where(warm.volume > 0.0, came.near, 0.0) / divisor
    warm.arriving = np.where(flowing, mixed, warm.arriving)
    passed = transport.advance(it.station, warm.station, through, warm.arriving, warm.leaving)
    warm.leaving = np.where(flowing, passed.near + warm.heat / (divisor * capacity), warm.leaving)
    if not flowing.all():  # what is lost into water that stands stays there
        kept = np.where(flowing, 0.0, warm.heat / (capacity * it.station.cells * it.station.cell))
        warm.station.warmth = warm.station.warmth + kept[:, None]
    transport.cool(warm.lines, sheet.ground, EVERY)
