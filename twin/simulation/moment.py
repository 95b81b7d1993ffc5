"""One second of everything that follows from the water: electrics, heat, rooms, utilities, robots, and all readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin.plant import water
from twin.plant.station import Point
from twin.signals import Floats
from twin.simulation import building, chambers, electrics, grid, heat, robots, utilities, vibration, waterside
from twin.simulation.board import Group, flags, taken
from twin.simulation.chance import AsBuilt
from twin.simulation.control import Controls, Duty
from twin.simulation.effects import Effects
from twin.simulation.electrics import Electrics
from twin.simulation.layout import Layout
from twin.simulation.waterside import Hydraulics, Works
from twin.units import STANDARD_GRAVITY

TO_THE_AIR = 0.12  # share of a motor's losses that its water cooling leaves to the room
DRIVE_TO_THE_AIR = 0.1
HOT_PIPES = 40.0  # W/K of a pump with its share of headers and valves to their hall
TRANSFORMER_HEAT = 3e-4  # share of the power passed on that main transformers lose into their room
LEAK_SEEN = 1e-3 / 60.0  # m³/s at which a leak switch answers
NOWHERE: Point = (-1e6, -1e6, 0.0)  # out of every robot's sight
CAVITATION_NOISE = 8.0  # dB(A) more
LIFTS = 2.2e6  # Pa at which a relief valve lifts
SHAKING = 0.9e-3  # m/s of a header at rated flow
OPEN, SHUT = 0.98, 0.02  # of travel, at which limit switches answer
SEATED = 1e-4  # of rated flow backwards or forwards, within which a check valve sits
FLUSH = 14e-3 / 60.0  # m³/s through a pair of seals
EYE_OF_CAMERA = 0.7  # share of a hot spot's excess that an infrared camera sees past doors and lagging


@dataclass(frozen=True, eq=False)
class Plan:
    """A station as the rest of the plant needs it, compiled once."""

    layout: Layout
    built: AsBuilt
    works: Works
    feeds: grid.Feeds
    chambers: chambers.Chambers
    walks: robots.Walks
    sights: robots.Sights
    headers: tuple[str, ...]  # (c,)
    vessel_circuit: NDArray[np.intp]  # (vessels,)
    relief_circuit: NDArray[np.intp]  # (relief valves,)
    coldest: int  # circuit that make-up is fed into
    makeup_room: int
    placed_rooms: NDArray[np.intp]  # rooms the file says the place of
    middles: Floats  # (placed rooms, 2) [m]
    watched: NDArray[np.intp]  # (cameras,) a pump, or a room after the pumps, or none after those


@dataclass(eq=False)
class Rest:
    """What is remembered besides the water."""

    warmth: heat.Warmth
    rooms: building.Rooms
    utilities: utilities.Utilities
    grid: grid.Grid
    walkers: robots.Walkers
    hours: Floats  # (p,) run so far [s]


def plan(layout: Layout, built: AsBuilt, works: Works) -> Plan:
    """Compile what the rest of the plant needs."""
    header_of = {part.circuit: part.id for part in layout.things("header")}
    spots = _spots(layout)
    middles = [(i, part.position) for i, part in enumerate(layout.things("room")) if part.position is not None]
    seen = {name: i for i, name in enumerate((*layout.machines.ids, *layout.rooms))}
    return Plan(
        layout=layout,
        built=built,
        works=works,
        feeds=grid.feeds(layout),
        chambers=chambers.chambers(layout),
        walks=robots.walks(layout),
        sights=robots.sights([point for point, _ in spots], [family for _, family in spots]),
        headers=tuple(header_of.get(circuit, "") for circuit in layout.circuits),
        vessel_circuit=_circuits(layout, "surge_vessel"),
        relief_circuit=_circuits(layout, "relief_valve"),
        coldest=int(np.argmin(layout.water_temperature)),
        makeup_room=layout.room_of("makeup_pump"),
        placed_rooms=np.array([i for i, _ in middles], dtype=np.intp),
        middles=np.array([point[:2] for _, point in middles]).reshape(-1, 2),
        watched=np.array([seen.get(camera.watches, -1) for camera in layout.station.file.cameras], dtype=np.intp),
    )


def _circuits(layout: Layout, kind: str) -> NDArray[np.intp]:
    """The circuit of each thing of a kind; the first where none is said."""
    return np.array([max(layout.circuit(part.circuit), 0) for part in layout.things(kind)], dtype=np.intp)


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


def now(it: Plan, hydraulics: Hydraulics, controls: Controls, effects: Effects, air: Floats) -> Now:
    """Power follows the shafts without delay."""
    power = electrics.electrics(hydraulics.shaft, controls.frequency, it.layout, it.built, effects)
    return Now(hydraulics, power, effects, controls, air)


def first(it: Plan, hydraulics: Hydraulics, controls: Controls, lot: Generator) -> Rest:
    """A plant that has run like this for days."""
    effects = Effects.none(it.layout)
    ambient = np.full(len(it.layout.rooms) + 1, it.layout.ambient)
    at_first = now(it, hydraulics, controls, effects, ambient)
    rooms = building.first(_heat(it, at_first), it.layout, lot)
    settled = now(it, hydraulics, controls, effects, _air(it, rooms))
    demand = _demand(it, settled)
    return Rest(
        warmth=heat.first(_work(it, settled), it.built, it.layout),
        rooms=rooms,
        utilities=utilities.first(len(it.layout.ids("makeup_pump")), len(it.layout.ids("water_quality")), demand, lot),
        grid=grid.first(_load(settled, rooms, 0.3), it.feeds, lot),
        walkers=robots.first(it.walks),
        hours=it.built.hours.copy(),
    )


def step(
    it: Plan, rest: Rest, hydraulics: Hydraulics, controls: Controls, effects: Effects, lot: Generator
) -> tuple[list[Group], robots.Standing]:
    """Let a second pass; all readings, and where the robots stand."""
    here = now(it, hydraulics, controls, effects, _air(it, rest.rooms))
    heat.step(rest.warmth, _work(it, here), it.built, effects, 1.0)
    building.step(rest.rooms, _heat(it, here), it.layout, effects, lot, 1.0)
    demand = _demand(it, here)
    utilities.step(rest.utilities, demand, effects, lot, 1.0)
    makeup = utilities.pump_readings(rest.utilities, demand, effects)
    load = _load(here, rest.rooms, float(makeup["frequency"].sum()) / 50.0)
    power = grid.step(rest.grid, load, it.feeds, effects, lot, 1.0)
    robots.step(rest.walkers, it.walks, 1.0)
    rest.hours = rest.hours + (controls.frequency > 0.0)
    where = robots.standing(rest.walkers, it.walks)
    groups = [
        *_machines(it, rest, here),
        *_headers(it, here),
        *_valves(it, here),
        *_supplies(it, rest, here, demand, makeup),
        *_electrical(it, rest, here, load, power),
        *_house(it, rest, here, where),
    ]
    return groups, where


def _air(it: Plan, rooms: building.Rooms) -> Floats:
    return np.append(rooms.air, it.layout.ambient)


def _work(it: Plan, here: Now) -> heat.Work:
    machines, of = it.layout.machines, here.hydraulics
    warm, density = of.temperature[machines.circuit], of.density[machines.circuit]
    useful = density * STANDARD_GRAVITY * of.flow * of.head
    return heat.Work(
        speed=of.speed,
        load=here.electrics.load,
        current=here.electrics.over_rated,
        flow=of.flow,
        lost=np.maximum(of.shaft - useful, 0.0),
        heat_flow=density * water.heat_capacity(warm),
        water=warm,
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
    leaks = float((here.effects.line_leak * it.works.line_rated).sum())
    outlet = of.pressure[it.works.outlet]
    return utilities.Demand(
        leaks=leaks,
        pressure=float(of.pressure[it.works.inlet[it.coldest]]),
        air=float(here.air[it.makeup_room]),
        vessel=outlet[it.vessel_circuit],
    )


def _load(here: Now, rooms: building.Rooms, makeup: float) -> grid.Load:
    return grid.Load(here.electrics.drive, here.effects.tripped, int(rooms.fan.sum()), makeup, here.air)


# --- readings --------------------------------------------------------------------------------------------------------


def _machines(it: Plan, rest: Rest, here: Now) -> list[Group]:
    """Pumps and drives."""
    machines, of, controls, effects = it.layout.machines, here.hydraulics, here.controls, here.effects
    valve = taken(of.opening, it.works.discharge_valve, 1.0)
    seated = (np.abs(of.flow) <= SEATED * machines.rated_flow) & (effects.check_open == 0.0)
    strainer = taken(of.loss, it.works.strainer, np.nan)
    running = controls.frequency > 0.0
    leak = effects.seal_leak
    switches = {
        "seal_leak_de": flags(leak[:, 0] > LEAK_SEEN),
        "seal_leak_nde": flags(leak[:, 1] > LEAK_SEEN),
        "discharge_valve_open": flags(valve >= OPEN),
        "discharge_valve_closed": flags(valve <= SHUT),
        "suction_valve_open": np.ones(len(machines)),  # shut for repairs only
        "check_valve_closed": flags(seated),
        "running": flags(running),
        "common_fault": flags(effects.tripped),
        "remote": np.ones(len(machines)),
        "ready": flags((controls.duty == Duty.STOPPED) & ~effects.tripped),
        "emergency_stop": np.zeros(len(machines)),
    }
    process = {
        "suction_pressure": of.pressure[it.works.suction],
        "discharge_pressure": of.pressure[it.works.discharge],
        "pump_flow": of.flow,
        "shaft_speed": of.speed * machines.rated_speed,
        "inlet_strainer_differential_pressure": np.abs(strainer),
        "seal_flush_flow": FLUSH * (0.9 + 0.1 * of.speed) + leak.sum(axis=1),
        "discharge_valve_position": valve,
        "run_hours": rest.hours,
    }
    shaking = vibration.readings(of.flow / machines.rated_flow, of.speed, of.margin, it.built, effects)
    pumps = process | heat.readings(rest.warmth) | shaking | electrics.readings(here.electrics) | switches
    common = controls.command[machines.circuit] * machines.rated_hz
    wanted = np.where(controls.fallen, common, controls.wanted)
    drives = electrics.drive_readings(here.electrics, controls.frequency, wanted, effects)
    return [Group(machines.ids, pumps), Group(machines.drives, drives | heat.drive_readings(rest.warmth))]


def _headers(it: Plan, here: Now) -> list[Group]:
    """Inlet and outlet headers of each circuit."""
    of = here.hydraulics
    inlet, outlet = of.pressure[it.works.inlet], of.pressure[it.works.outlet]
    shaking = SHAKING * (1.0 + (of.pumped / np.maximum(it.layout.set_points, 1e-9)) ** 2)
    lost = np.where(of.pumped > 0.0, 1.0, 0.0)
    useful = np.zeros(len(it.layout.circuits))
    np.add.at(useful, it.layout.machines.circuit, _work(it, here).lost)
    warmed = useful / np.maximum(of.density * water.heat_capacity(of.temperature) * np.abs(of.pumped), 1.0)
    said: dict[str, Floats] = {}
    for side, pressure, flow, warm in (
        ("inlet", inlet, of.incoming, of.temperature),
        ("outlet", outlet, of.outgoing, of.temperature + lost * np.minimum(warmed, 1.0)),
    ):
        said |= {f"{side}_pressure_{letter}": pressure for letter in "abc"}
        said |= {f"{side}_temperature_{letter}": warm for letter in "ab"}
        said |= {f"{side}_flow_{letter}": flow for letter in "ab"}
        said[f"{side}_pipe_vibration"] = shaking
    said["inlet_fast_pressure"] = of.peak[it.works.inlet]
    said["outlet_fast_pressure"] = of.peak[it.works.outlet]
    said["heat_power"] = _heat_power(of)
    return [Group(it.headers, said)]


def _heat_power(of: Hydraulics) -> Floats:
    """(c,) heat that passes, between the warmest circuit and the coldest; none where there is but one. [W]"""
    if of.temperature.size < 2:
        return np.full(of.temperature.size, np.nan)
    span = of.temperature.max() - of.temperature.min()
    passing: Floats = of.density * water.heat_capacity(of.temperature) * of.pumped * span
    return passing


def _valves(it: Plan, here: Now) -> list[Group]:
    """Valves, strainers, bypasses, relief valves."""
    of, layout = here.hydraulics, it.layout
    ids = tuple(part.id for part in layout.resistances)
    opening, through = of.opening, of.through
    network = {
        "position": opening,
        "open": flags(opening >= OPEN),
        "closed": flags(opening <= SHUT),
        "fault": np.zeros(len(ids)),  # actuators do not fail here; what they move may
        "differential_pressure": np.abs(of.loss),
        "flow": through,
        "valve_position": opening,
        "check_valve_closed": flags(np.abs(through) <= SEATED * it.works.resistance_rated),
    }
    actuated = layout.things("motor_valve")
    open_normally = np.array([float("emergency" not in part.name.en) for part in actuated])
    others = {  # they isolate what is in service, and are not moved while the station runs
        "position": open_normally,
        "open": open_normally,
        "closed": 1.0 - open_normally,
        "fault": np.zeros(len(actuated)),
    }
    lifted = {"lifted": flags(of.peak[it.works.outlet][it.relief_circuit] > LIFTS)}
    return [
        Group(ids, network),
        Group(layout.ids("motor_valve"), others),
        Group(layout.ids("relief_valve"), lifted),
    ]


def _supplies(it: Plan, rest: Rest, here: Now, demand: utilities.Demand, makeup: dict[str, Floats]) -> list[Group]:
    """Make-up, water quality, surge vessels, line chambers."""
    layout, effects = it.layout, here.effects
    pressure = waterside.line_pressures(it.works, here.hydraulics, it.chambers.line, it.chambers.away)
    along = chambers.readings(it.chambers, pressure, here.hydraulics.temperature, effects)
    plant = utilities.readings(rest.utilities, demand, effects)
    return [
        Group(layout.ids("makeup")[:1], plant),
        Group(layout.ids("makeup_pump"), makeup),
        Group(layout.ids("water_quality"), utilities.quality_readings(rest.utilities, effects)),
        Group(layout.ids("surge_vessel"), utilities.vessel_readings(rest.utilities, demand)),
        Group(layout.ids("line_chamber"), along),
    ]


def _electrical(it: Plan, rest: Rest, here: Now, load: grid.Load, power: grid.Powers) -> list[Group]:
    """From the incomers to the sockets."""
    layout, feed = it.layout, it.feeds
    on = np.zeros(feed.main)
    np.add.at(on, feed.main_of_pump, flags(here.electrics.drive > 0.0))
    batteries = layout.ids("ups")
    main = layout.ids("transformer")
    transformers = grid.transformer_readings(rest.grid, power, feed, on)
    return [
        Group(main, {name: values[: len(main)] for name, values in transformers.items()}),
        Group(layout.ids("cubicle"), grid.cubicle_readings(rest.grid, power, load, feed)),
        *_stations(layout, grid.station_readings(rest.grid, power)),
        Group(layout.ids("lv_panel"), grid.panel_readings(rest.grid, power)),
        Group(batteries, grid.ups_readings(len(batteries), float(here.air[feed.battery_room]))),
        Group(layout.ids("dc_panel"), grid.dc_readings(rest.grid, len(layout.ids("dc_panel")))),
    ]


def _stations(layout: Layout, said: dict[str, Floats]) -> list[Group]:
    names = layout.ids("station_transformer")
    return [Group(names, {measures: values[: len(names)] for measures, values in said.items()})]


def _house(it: Plan, rest: Rest, here: Now, where: robots.Standing) -> list[Group]:
    """Rooms, ventilation, robots, cameras."""
    layout, of = it.layout, here.hydraulics
    heard = CAVITATION_NOISE * np.clip(1.3 - of.margin, 0.0, 0.5) / 0.3
    level = building.sound(heard, of.speed, layout.machines.room, layout)
    air = here.air
    pumps = heat.hottest_outside(rest.warmth, air[layout.machines.room])
    cells = air[layout.drive_room] + EYE_OF_CAMERA * (rest.warmth.part[:, heat.CELL][:, 0] - air[layout.drive_room])
    contacts = air[it.feeds.room_of_cubicle] + EYE_OF_CAMERA * (rest.grid.contact - air[it.feeds.room_of_cubicle])
    warmth = np.concatenate([pumps, cells, contacts])
    hottest, hotter = robots.seen(where, it.sights, warmth, float(air.mean()))
    charging = rest.walkers.charging
    walking = {
        "pose_x": where.position[:, 0],
        "pose_y": where.position[:, 1],
        "heading": where.heading,
        "battery": rest.walkers.battery,
        "speed": where.speed,
        "thermal_max_temperature": hottest,
        "thermal_delta_vs_sister": hotter,
        "sound_level": _heard_by_robots(it, where, level),
        "on_mission": flags(~charging),
        "comm_ok": np.ones(charging.size),  # the station's own network does not fail here
        "obstacle": np.zeros(charging.size),  # nobody stands in a station that nobody stands in
    }
    cameras = tuple(camera.id for camera in layout.station.file.cameras)
    seen = {"maximum_temperature": _watched(it, rest, pumps, cells, contacts, air)}
    return [
        Group(layout.rooms, building.readings(rest.rooms, level, here.effects)),
        *(Group((name,), building.fan_readings(rest.rooms)) for name in layout.ids("ventilation")[:1]),
        Group(tuple(track.robot for track in it.walks.tracks), walking),
        Group(cameras, seen),
    ]


def _heard_by_robots(it: Plan, where: robots.Standing, level: Floats) -> Floats:
    """(robots,) Level of the room whose middle is nearest."""
    if it.placed_rooms.size == 0:
        return np.full(len(it.walks), building.BACKGROUND)
    away = where.position[:, None, :2] - it.middles
    nearest = (away * away).sum(axis=2).argmin(axis=1)
    heard: Floats = level[it.placed_rooms[nearest]]
    return heard


def _watched(it: Plan, rest: Rest, pumps: Floats, cells: Floats, contacts: Floats, air: Floats) -> Floats:
    """(cameras,) Hottest spot of the pump, or of what stands in the room, that each watches."""
    layout, rooms = it.layout, air.copy()
    spots = (
        (layout.drive_room, cells),
        (it.feeds.room_of_cubicle, contacts),
        (it.feeds.room_of_main, rest.grid.oil),
        (it.makeup_room, rest.utilities.bearing),
    )
    for room, warmth in spots:
        rooms[room] = warmth.max(initial=rooms[room])
    seen: Floats = np.concatenate([pumps, rooms])[it.watched]
    return seen
