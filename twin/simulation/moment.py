"""One second of everything that follows from the water: electrics, heat, rooms, utilities, robots.

Power follows the shafts at once. What takes minutes (machines and transformers that warm, the air of rooms) is stepped
every few seconds, by what holds then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin.plant.station import Point
from twin.signals import Floats
from twin.simulation import building, chambers, electrics, grid, heat, robots, slow, utilities, waterside
from twin.simulation.chance import AsBuilt
from twin.simulation.control import Controls
from twin.simulation.effects import Effects
from twin.simulation.electrics import Electrics
from twin.simulation.kept import Kept
from twin.simulation.layout import Layout
from twin.simulation.service import Service, nothing
from twin.simulation.transport import Contents
from twin.simulation.waterside import Hydraulics, Works

EVERY = 5  # s between two steps of what takes minutes
TO_THE_AIR = 0.12  # share of a motor's losses that its water cooling leaves to the room
DRIVE_TO_THE_AIR = 0.1
HOT_PIPES = 40.0  # W/K of a pump with its share of headers and valves to their hall
TRANSFORMER_HEAT = 3e-4  # share of the power passed on that main transformers lose into their room
NOWHERE: Point = (-1e6, -1e6, 0.0)  # out of every robot's sight


@dataclass(frozen=True, eq=False)
class Plan:
    """A station as the rest of the plant needs it, compiled once."""

    layout: Layout
    built: AsBuilt
    works: Works
    feeds: grid.Feeds
    chambers: chambers.Chambers
    chamber_places: waterside.Places  # (2, k)
    warm_along: Kept[[Floats, Contents], Floats]  # (2, k) at the chambers, by what the lines hold [K]
    walks: robots.Walks
    sights: robots.Sights
    headers: tuple[str, ...]  # (c,)
    relief_circuit: NDArray[np.intp]  # (relief valves,)
    coldest: int  # circuit that make-up is fed into
    sampled: Floats  # (waters, p) 1 where a sampling point has the water of a pump's circuit
    open_normally: Floats  # (motor valves,) 1 for those that stand open in service
    makeup_room: int
    makeup_place: int  # the same among pumps and rooms, as ``Slow.hottest`` has them
    placed_rooms: NDArray[np.intp]  # rooms the file says the place of
    middles: Floats  # (placed rooms, 2) [m]
    pump_places: Floats  # (p, 2) [m]
    cubicle_places: Floats  # (cubicles, 2) [m]
    no_room: Floats  # (1,) temperature of no room [K]
    resting: Service  # nothing is being worked on
    stand: Kept[[Floats], slow.Stand]  # readings of how valves stand, by their openings
    slow: Kept[[Floats, Rest], slow.Slow]  # readings of what takes minutes, by the temperatures of the machines
    watched: NDArray[np.intp]  # (cameras,) a pump, or a room after the pumps, or none after those


@dataclass(eq=False)
class Rest:
    """What is remembered besides the water."""

    warmth: heat.Warmth
    rooms: building.Rooms
    utilities: utilities.Utilities
    grid: grid.Grid
    walkers: robots.Walkers
    damp: Floats  # (line chambers,) water that stands there [m]
    waited: int  # s since what takes minutes was stepped
    hours: Floats  # (p,) run so far [s]


def plan(layout: Layout, built: AsBuilt, works: Works) -> Plan:
    """Compile what the rest of the plant needs."""
    header_of = {part.circuit: part.id for part in layout.things("header")}
    spots = _spots(layout)
    middles = [(i, part.position) for i, part in enumerate(layout.things("room")) if part.position is not None]
    along = chambers.chambers(layout)
    chamber_places = waterside.places(works, along.line, along.away)
    seen = {name: i for i, name in enumerate((*layout.machines.ids, *layout.rooms))}
    view = robots.sights([point for point, _ in spots], [family for _, family in spots])
    makeup_room = layout.room_of("makeup_pump")
    feeds, no_room = grid.feeds(layout), np.array([layout.ambient])
    return Plan(
        layout=layout,
        built=built,
        works=works,
        feeds=feeds,
        chambers=along,
        chamber_places=chamber_places,
        warm_along=Kept(lambda _, held: waterside.line_warmth(works, held, chamber_places)),
        walks=robots.walks(layout),
        sights=view,
        headers=tuple(header_of.get(circuit, "") for circuit in layout.circuits),
        relief_circuit=_circuits(layout, "relief_valve"),
        coldest=int(np.argmin(layout.water_temperature)),
        sampled=_sampled(layout),
        open_normally=np.array([float("emergency" not in part.name.en) for part in layout.things("motor_valve")]),
        makeup_room=makeup_room,
        makeup_place=makeup_room if makeup_room < 0 else len(layout.machines) + makeup_room,
        placed_rooms=np.array([i for i, _ in middles], dtype=np.intp),
        middles=np.array([point[:2] for _, point in middles]).reshape(-1, 2),
        pump_places=np.array([(pump.position or NOWHERE)[:2] for pump in layout.station.pumps]),
        cubicle_places=np.array([(part.position or NOWHERE)[:2] for part in layout.things("cubicle")]).reshape(-1, 2),
        no_room=no_room,
        resting=nothing(layout),
        stand=Kept(lambda opening: slow.stand(opening, works.discharge_valve)),
        slow=Kept(lambda _, rest: slow.readings(layout, feeds, view, no_room, rest.warmth, rest.rooms, rest.grid)),
        watched=np.array([seen.get(camera.watches, -1) for camera in layout.station.file.cameras], dtype=np.intp),
    )


def _circuits(layout: Layout, kind: str) -> NDArray[np.intp]:
    """The circuit of each thing of a kind; the first where none is said."""
    return np.array([max(layout.circuit(part.circuit), 0) for part in layout.things(kind)], dtype=np.intp)


def _sampled(layout: Layout) -> Floats:
    of = np.array([layout.circuit(part.circuit) for part in layout.things("water_quality")], dtype=np.intp)
    sampled: Floats = (of[:, None] == layout.machines.circuit).astype(np.float64)
    return sampled


def _spots(layout: Layout) -> list[tuple[Point, str]]:
    """What robots look at: pumps, then drives, then cubicles, where the file says where they stand."""
    pumps = [(p.position, f"pumps {p.circuit}") for p in layout.station.pumps]
    drives = {part.id: part.position for part in layout.things("drive")}
    of_drives = [(drives.get(name), "drives") for name in layout.machines.drives]
    cubicles = [(part.position, "cubicles") for part in layout.things("cubicle")]
    return [(point or NOWHERE, family) for point, family in (*pumps, *of_drives, *cubicles)]


# --- a second --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Now:
    """What follows from the water at once."""

    hydraulics: Hydraulics
    electrics: Electrics
    effects: Effects
    controls: Controls
    air: Floats  # (rooms + 1,) [K]; the last is that of no room
    outdoor: float  # K
    service: Service


@dataclass(frozen=True, eq=False)
class Second:
    """Everything that a second brought besides what is remembered."""

    here: Now
    demand: utilities.Demand
    makeup: dict[str, Floats]  # readings of the make-up pumps
    load: grid.Load
    power: grid.Powers
    where: robots.Standing


def now(
    it: Plan, hydraulics: Hydraulics, controls: Controls, effects: Effects, air: Floats, outdoor: float, of: Service
) -> Now:
    """Power follows the shafts without delay."""
    power = electrics.electrics(hydraulics.given, controls.frequency, it.layout, it.built, effects)
    return Now(hydraulics, power, effects, controls, air, outdoor, of)


def first(it: Plan, hydraulics: Hydraulics, controls: Controls, outdoor: float, lot: Generator) -> Rest:
    """A plant that has run like this for days, at this temperature outdoors. [K]"""
    effects, of = Effects.none(it.layout), it.resting
    ambient = building.ambient(it.layout, outdoor)
    everywhere = np.full(len(it.layout.rooms) + 1, ambient)
    at_first = now(it, hydraulics, controls, effects, everywhere, outdoor, of)
    rooms = building.first(_heat(it, at_first), ambient, lot)
    settled = now(it, hydraulics, controls, effects, _air(it, rooms), outdoor, of)
    demand = _demand(it, settled)
    return Rest(
        warmth=heat.first(_work(it, settled), it.built, it.layout),
        rooms=rooms,
        utilities=utilities.first(len(it.layout.ids("makeup_pump")), len(it.layout.ids("water_quality")), demand, lot),
        grid=grid.first(_load(settled, rooms, 0.3), it.feeds, lot),
        walkers=robots.first(it.walks),
        damp=chambers.damp(it.chambers, outdoor),
        waited=0,
        hours=it.built.hours.copy(),
    )


def step(
    it: Plan,
    rest: Rest,
    hydraulics: Hydraulics,
    controls: Controls,
    effects: Effects,
    outdoor: float,
    of: Service,
    lot: Generator,
) -> Second:
    """Let a second pass, at this temperature outdoors [K], with what is being worked on."""
    here = now(it, hydraulics, controls, effects, _air(it, rest.rooms), outdoor, of)
    demand = _demand(it, here)
    utilities.step(rest.utilities, demand, effects, lot, 1.0)
    makeup = utilities.pump_readings(rest.utilities, demand, effects)
    load = _load(here, rest.rooms, float(np.add.reduce(makeup["frequency"])) / 50.0)
    power = grid.powers(load, it.feeds, rest.grid.oil_fan)
    rest.waited += 1
    if rest.waited == EVERY:
        _warm(it, rest, here, load, power, lot)
        rest.waited = 0
    robots.step(rest.walkers, it.walks, 1.0)
    rest.hours = rest.hours + (controls.frequency > 0.0)
    return Second(here, demand, makeup, load, power, robots.standing(rest.walkers, it.walks))


def _warm(it: Plan, rest: Rest, here: Now, load: grid.Load, power: grid.Powers, lot: Generator) -> None:
    """Step what takes minutes."""
    effects = here.effects
    heat.step(rest.warmth, _work(it, here), it.built, effects, EVERY)
    ambient = building.ambient(it.layout, here.outdoor)
    building.step(rest.rooms, _heat(it, here), ambient, effects, lot, EVERY, powered=not load.dark)
    grid.step(rest.grid, load, power, it.feeds, effects, lot, EVERY)
    rest.damp = chambers.step(rest.damp, it.chambers, here.outdoor, effects, EVERY)


def _air(it: Plan, rooms: building.Rooms) -> Floats:
    return np.concatenate((rooms.air, it.no_room))


def _work(it: Plan, here: Now) -> heat.Work:
    machines, of = it.layout.machines, here.hydraulics
    return heat.Work(
        speed=of.speed,
        load=here.electrics.load,
        current=here.electrics.over_rated,
        flow=of.flow,
        lost=of.lost,
        heat_flow=of.heat_capacity[machines.circuit],
        water=of.temperature[machines.circuit],
        room=here.air[machines.room],
        drive_room=np.full(len(machines), here.air[it.layout.drive_room]),
    )


def _heat(it: Plan, here: Now) -> Floats:
    """(rooms,) what reaches the air of each room. [W]"""
    heat_in = np.zeros(len(it.layout.rooms) + 1)
    machines = it.layout.machines
    pipes = HOT_PIPES * (here.hydraulics.temperature[machines.circuit] - here.air[machines.room])
    np.add.at(heat_in, machines.room, TO_THE_AIR * here.electrics.lost + np.maximum(pipes, 0.0))
    heat_in[it.layout.drive_room] += DRIVE_TO_THE_AIR * float(here.electrics.drive_lost.sum())
    heat_in[it.feeds.room_of_main] += TRANSFORMER_HEAT * float(here.electrics.drive.sum())
    return heat_in[:-1]


def _demand(it: Plan, here: Now) -> utilities.Demand:
    of = here.hydraulics
    effects = here.effects
    leaks = float((effects.line_leak * it.works.line_rated).sum()) if effects.leaks else 0.0
    return utilities.Demand(
        leaks=leaks,
        pressure=float(of.pressure[it.works.inlet[it.coldest]]),
        air=float(here.air[it.makeup_room]),
        powered=not grid.without(here.controls.transformer_off, here.service).all(),
        sucked=it.sampled @ effects.air if effects.airs else None,
    )


def _load(here: Now, rooms: building.Rooms, makeup: float) -> grid.Load:
    return grid.Load(
        drives=here.electrics.drive,
        tripped=here.effects.tripped,
        fans=int(rooms.fan.sum()),
        makeup=makeup,
        air=here.air,
        outdoor=here.outdoor,
        service=here.service,
        off=here.controls.transformer_off,
    )
