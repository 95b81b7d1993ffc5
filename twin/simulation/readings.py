"""What there is to measure of the whole plant, second by second, in groups of like things, SI."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation import building, chambers, electrics, grid, robots, slow, standby, utilities, vibration, waterside
from twin.simulation.board import Group, flags, same, taken
from twin.simulation.chance import clipped
from twin.simulation.control import NO_INTERLOCK
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout
from twin.simulation.moment import Now, Plan, Rest, Second
from twin.simulation.service import Service
from twin.simulation.waterside import Hydraulics

CAVITATION_NOISE = 8.0  # dB(A) more
LIFTS = 2.2e6  # Pa at which a relief valve lifts
SHAKING = 0.9e-3  # m/s of a header at rated flow
FLAP = 0.4  # of rated flow, that opens a check valve's flap all the way
SEATED = 1e-4  # of rated flow backwards or forwards, within which a check valve sits
FLUSH = 14e-3 / 60.0  # m³/s through a pair of seals
IN_THE_WAY = 6.0  # m round a pump or a cubicle at which somebody works
LEAK_SEEN = 1e-3 / 60.0  # m³/s at which a leak switch answers


def groups(it: Plan, rest: Rest, second: Second) -> list[Group]:
    """All readings."""
    here = second.here
    return [
        *_machines(it, rest, here),
        *_headers(it, second),
        *_valves(it, here, rest.utilities.opening),
        *_supplies(it, rest, here, second.demand, second.makeup),
        *_electrical(it, rest, here, second.load, second.power),
        *_house(it, rest, second),
    ]


def _machines(it: Plan, rest: Rest, here: Now) -> list[Group]:
    """Pumps and drives."""
    machines, of, controls, effects = it.layout.machines, here.hydraulics, here.controls, here.effects
    seated = (np.abs(of.flow) <= SEATED * machines.rated_flow) & (effects.check_open == 0.0)
    strainer = taken(of.loss, it.works.strainer, np.nan)
    running = controls.frequency > 0.0
    service = here.service
    switches = {
        "check_valve_closed": flags(seated),
        "running": flags(running),
        "common_fault": flags(effects.tripped | (controls.latched != NO_INTERLOCK)),
        "ready": flags(standby.ready(controls, effects.tripped, it.layout)),
    }
    process = {
        "suction_pressure": of.pressure[it.works.suction],
        "discharge_pressure": of.pressure[it.works.discharge],
        "pump_flow": of.flow,
        "shaft_speed": of.speed * machines.rated_speed,
        "inlet_strainer_differential_pressure": np.abs(strainer),
        "seal_flush_flow": FLUSH * (0.9 + 0.1 * of.speed) + effects.leaking_seals,
        "run_hours": rest.hours,
    }
    warm = it.slow(rest.warmth.part, rest)
    shaking = vibration.readings(of.flow / machines.rated_flow, of.speed, of.margin, it.built, effects)
    common = controls.command[machines.circuit] * machines.rated_hz
    wanted = np.where(controls.fallen, common, controls.wanted)
    drives = electrics.drive_readings(here.electrics, controls.frequency, wanted, effects)
    return [
        *(Group(machines.ids, said) for said in (process, shaking, electrics.readings(here.electrics), switches)),
        Group(machines.ids, _pump_switches(effects, service)),
        Group(machines.ids, it.stand(of.opening).pumps),
        Group(machines.ids, warm.pumps),
        Group(machines.drives, drives),
        Group(machines.drives, warm.drives),
    ]


@lru_cache(maxsize=8)
def _pump_switches(effects: Effects, service: Service) -> dict[str, Floats]:
    """What only a fault, or work on a pump, changes."""
    leaks, in_service, tried = effects.seal_leak > LEAK_SEEN, flags(~service.isolated), flags(service.tried)
    return {
        "seal_leak_de": flags(leaks[:, 0] | service.tried),
        "seal_leak_nde": flags(leaks[:, 1] | service.tried),
        "suction_valve_open": in_service,
        "remote": in_service,
        "emergency_stop": tried,
    }


def _headers(it: Plan, second: Second) -> list[Group]:
    """Inlet and outlet headers of each circuit."""
    of = second.here.hydraulics
    inlet, outlet = of.pressure[it.works.inlet], of.pressure[it.works.outlet]
    shaking = SHAKING * (1.0 + (of.pumped / np.maximum(it.layout.set_points, 1e-9)) ** 2)
    said: dict[str, Floats] = {}
    for side, pressure, flow, warm in (
        ("inlet", inlet, of.incoming, of.temperature),
        ("outlet", outlet, of.outgoing, of.outlet_temperature),
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
    passing: Floats = of.heat_capacity * of.pumped * span
    return passing


def _valves(it: Plan, here: Now, emergency: float) -> list[Group]:
    """Valves, strainers, bypasses, relief valves; ``emergency`` is how far those of the emergency make-up are open."""
    of, layout = here.hydraulics, it.layout
    ids = it.works.network.resistances
    opening, through, service = of.opening, of.through, here.service
    flap = np.minimum(np.abs(through) / (FLAP * it.works.resistance_rated), 1.0)
    network = {
        "fault": flags(service.gate_contact),  # actuators do not fail here; what they move may
        "differential_pressure": np.abs(of.loss),
        "flow": through,
        "valve_position": np.where(it.works.network.check, flap, opening),
        "check_valve_closed": flags(np.abs(through) <= SEATED * it.works.resistance_rated),
    }
    actuated = layout.ids("motor_valve")
    lifted = {"lifted": flags((of.peak[it.works.outlet][it.relief_circuit] > LIFTS) | service.relief)}
    return [
        Group(ids, network),
        Group(ids, it.stand(opening).valves),
        Group(actuated, _motor_valves(it, service, emergency)),
        Group(layout.ids("relief_valve"), lifted),
    ]


@lru_cache(maxsize=8)
def _motor_valves(it: Plan, service: Service, emergency: float) -> dict[str, Floats]:
    """They isolate what is in service, and are only moved to show that they can be; but for the emergency make-up's."""
    standing = np.abs(np.maximum(it.open_normally, emergency) - service.moved)
    return slow.valves(standing) | {"fault": flags(service.valve_contact)}


def _supplies(it: Plan, rest: Rest, here: Now, demand: utilities.Demand, makeup: dict[str, Floats]) -> list[Group]:
    """Make-up, water quality, surge vessels, line chambers."""
    layout, effects, of = it.layout, here.effects, here.hydraulics
    pressure = waterside.line_pressures(of, it.chamber_places)
    held = of.in_lines
    warm = it.warm_along(held.warmth, held)  # it is replaced whenever the water has moved on
    along = chambers.readings(it.chambers, pressure, warm, rest.damp, effects, here.service)
    plant = utilities.readings(rest.utilities, demand, effects)
    return [
        Group(layout.ids("makeup")[:1], plant),
        Group(layout.ids("makeup_pump"), makeup),
        Group(layout.ids("water_quality"), utilities.quality_readings(rest.utilities, effects)),
        Group(it.works.network.vessels, {"level": of.vessel_level, "pressure": of.vessel_pressure}),
        Group(layout.ids("line_chamber"), along),
    ]


def _electrical(it: Plan, rest: Rest, here: Now, load: grid.Load, power: grid.Powers) -> list[Group]:
    """From the incomers to the sockets."""
    layout, feed = it.layout, it.feeds
    on = feed.pumps_of_main @ flags(here.electrics.drive > 0.0)
    main = layout.ids("transformer")
    transformers = grid.transformer_readings(rest.grid, power, load, feed, on)
    return [
        Group(main, {name: values[: len(main)] for name, values in transformers.items()}),
        Group(layout.ids("cubicle"), grid.cubicle_readings(rest.grid, power, load, feed)),
        *_stations(layout, grid.station_readings(rest.grid, power)),
        Group(layout.ids("lv_panel"), grid.panel_readings(rest.grid, power, load)),
        Group(layout.ids("ups"), grid.ups_readings(rest.grid, load, feed)),
        Group(layout.ids("dc_panel"), grid.dc_readings(rest.grid, load, feed)),
    ]


def _stations(layout: Layout, said: dict[str, Floats]) -> list[Group]:
    names = layout.ids("station_transformer")
    return [Group(names, {measures: values[: len(names)] for measures, values in said.items()})]


def _house(it: Plan, rest: Rest, second: Second) -> list[Group]:
    """Rooms, ventilation, robots, cameras."""
    here, where = second.here, second.where
    layout, of = it.layout, here.hydraulics
    heard = CAVITATION_NOISE * clipped(1.3 - of.margin, 0.0, 0.5) / 0.3
    level = building.sound(heard, of.speed, rest.rooms.fan, int(np.count_nonzero(here.electrics.drive)), layout)
    warm = it.slow(rest.warmth.part, rest)
    hottest, hotter = robots.seen(
        where, it.sights, warm.spots, warm.hotter, float(np.add.reduce(here.air)) / here.air.size
    )
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
        "comm_ok": same(float(not grid.silent(rest.grid, second.load)), charging.size),
        "obstacle": flags(_met(it, here, where)),
    }
    cameras = tuple(camera.id for camera in layout.station.file.cameras)
    seen = {"maximum_temperature": _watched(it, rest, warm.hottest)}
    return [
        Group(layout.rooms, building.readings(rest.rooms, level, here.effects)),
        Group(layout.rooms, warm.rooms),
        *(Group((name,), warm.fans) for name in layout.ids("ventilation")[:1]),
        Group(tuple(track.robot for track in it.walks.tracks), walking),
        Group(cameras, seen),
    ]


def _met(it: Plan, here: Now, where: robots.Standing) -> NDArray[np.bool_]:
    """(robots,) Whether somebody stands in a robot's way: where switches of a pump or a relay are being tried."""
    service = here.service
    if True not in service.tried.tolist() and True not in service.relay.tolist():
        return np.zeros(len(it.walks), dtype=bool)
    people = np.concatenate([it.pump_places[service.tried], it.cubicle_places[service.relay]])
    away = where.position[:, None, :2] - people
    return np.asarray((np.hypot(away[..., 0], away[..., 1]) < IN_THE_WAY).any(axis=1))


def _heard_by_robots(it: Plan, where: robots.Standing, level: Floats) -> Floats:
    """(robots,) Level of the room whose middle is nearest."""
    if it.placed_rooms.size == 0:
        return np.full(len(it.walks), building.BACKGROUND)
    away = where.position[:, None, :2] - it.middles
    nearest = (away * away).sum(axis=2).argmin(axis=1)
    heard: Floats = level[it.placed_rooms[nearest]]
    return heard


def _watched(it: Plan, rest: Rest, hottest: Floats) -> Floats:
    """(cameras,) Hottest spot of the pump, or of what stands in the room, that each watches; make-up pumps too."""
    seen, makeup = hottest.copy(), it.makeup_place
    seen[makeup] = rest.utilities.bearing.max(initial=seen[makeup])
    return seen[it.watched]
