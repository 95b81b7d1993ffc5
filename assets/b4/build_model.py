"""Builds station.glb from dimensions.toml and the places in station.toml: ``python assets/b4/build_model.py``.

The same two files give the same bytes. Nodes are named after the equipment they show, parts of it with a dot
(``P101.motor``), instruments after their tag; what belongs to the building begins with ``building.`` so that a viewer
can cut it away.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assets.modelling import building, piping, pump, rooms, valves
from assets.modelling.assembly import Assembly, Body, Point
from assets.modelling.building import HallSize, Room
from assets.modelling.glb import write
from assets.modelling.occlusion import Sky
from assets.modelling.piping import PipeSize
from assets.modelling.pump import PumpSize
from assets.modelling.solids import block, box, post, rod

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Plan:
    """Dimensions and places, read once."""

    hall: HallSize
    rooms: tuple[Room, ...]
    side: dict[str, Any]
    pump: PumpSize
    pipes: PipeSize
    sizes: dict[str, Any]
    station: dict[str, Any]
    title: str

    @classmethod
    def read(cls, path: Path) -> Plan:
        raw = tomllib.loads(path.read_text("utf-8"))
        station = tomllib.loads((path.parent / raw["station"]).read_text("utf-8"))
        hall = HallSize(**{**raw["hall"], "aisles_y": tuple(raw["hall"]["aisles_y"])})
        side = raw["side"]
        return cls(
            hall, tuple(Room(**r) for r in side["rooms"]), side, PumpSize(**raw["pump"]), PipeSize(**raw["pipes"]),
            raw, station, raw["title"],
        )  # fmt: skip

    def placed(self, *kinds: str) -> dict[str, Point]:
        """Where the station file puts equipment of some kinds."""
        listed = self.station["equipment"]
        return {e["id"]: tuple(e["position"]) for e in listed if e["kind"] in kinds and "position" in e}

    @property
    def pumps(self) -> dict[str, tuple[Point, str]]:
        """Each pump's place and circuit."""
        return {p["id"]: (tuple(p["position"]), p["circuit"]) for p in self.station["pumps"]}

    def tag(self, equipment: str, measures: str) -> str:
        """The name of the tag that measures something of an equipment."""
        return next(
            t["name"] for t in self.station["tags"] if (t.get("equipment"), t.get("measures")) == (equipment, measures)
        )

    def routes(self, kind: str) -> dict[str, list[Point]]:
        """The ways of the robots of one kind."""
        return {r["id"]: [tuple(p) for p in r["route"]] for r in self.station["robots"] if r["kind"] == kind}


def assembled(plan: Plan) -> Assembly:
    """The whole station."""
    assembly = Assembly()
    _floors(assembly, plan)
    _walls(assembly, plan)
    _steelwork(assembly, plan)
    _pumps(assembly, plan)
    _headers(assembly, plan)
    _ways(assembly, plan)
    _rails(assembly, plan)
    _electrical(assembly, plan)
    _side_rooms(assembly, plan)
    _instruments(assembly, plan)
    return assembly


def _floors(assembly: Assembly, plan: Plan) -> None:
    hall, side = plan.hall, plan.side
    for name, x0, x1 in (("HALL-A", hall.x0, hall.split_x), ("HALL-B", hall.split_x, hall.x1)):
        assembly.place("building", name, Body().add("floor", building.carpet((x0, x1, hall.y0, hall.y1), 0.8, 0.2)))
    for room in plan.rooms:
        floor = building.carpet((room.x0, room.x1, side["y0"], side["y1"]), 1.0, 0.2)
        assembly.place("building", room.id, Body().add("room floor", floor))
    west = (-17.0, hall.x0 - 0.2, 9.0, 43.0)
    yards = [west, (hall.x0 + hall.x1 - west[1], hall.x0 + hall.x1 - west[0], 9.0, side["y0"] - 0.2)]
    yards.append((hall.x0 - 0.2, hall.x1 + 0.2, hall.y1 + 0.15, side["y0"] - 0.12))
    slabs = Body().add("concrete", (building.carpet(yard, 1.0, 0.2, -0.02) for yard in yards))
    assembly.place("building", "building.floor", slabs)


def _walls(assembly: Assembly, plan: Plan) -> None:
    hall, side = plan.hall, plan.side
    x0, x1, y0, y1 = hall.x0, hall.x1, hall.y0, hall.y1
    r = plan.pipes.header_radius + 0.15
    height = plan.pipes.header_height
    pipes = [(y - y0 - r, y - y0 + r, height - r, height + r)
             for y in (plan.pipes.suction_header_y, plan.pipes.discharge_header_y)]  # fmt: skip
    band = building.windows(x1 - x0, hall.bay / 2, 5.0, 8.0)
    gates = [(22.0, 26.0, 0.0, 4.5), (72.0, 76.0, 0.0, 4.5)]
    doors = [(19.0, 20.2, 0.0, 2.3), (66.0, 67.2, 0.0, 2.3)]
    crossings = [(y - y0 - hall.passage, y - y0 + hall.passage, 0.0, 2.8) for y in hall.aisles_y]
    low, thick = hall.cut, hall.wall
    for name, walls in (
        ("south", [((x0, y0), (x1, y0), [*band, *gates])]),
        ("north", [((x0, y1), (x1, y1), [*band, *doors])]),
        ("west", [((x0, y0), (x0, y1), pipes)]),
        ("east", [((x1, y0), (x1, y1), pipes)]),
        ("middle", [((hall.split_x, y0), (hall.split_x, y1), crossings)]),
    ):
        building.place_walls(assembly, name, walls, low, hall.height, thick)
    _side_walls(assembly, plan)
    area = (x0 - 0.4, x1 + 0.4, y0 - 0.4, y1 + 0.4)
    assembly.place("building", "building.roof", Body().add("roof", building.roof(area, hall.height, hall.ridge)))
    lid = building.slab((plan.rooms[0].x0, plan.rooms[-1].x1, side["y0"], side["y1"]), 0.25, side["height"] + 0.25)
    assembly.place("building", "building.roof.side", Body().add("roof", lid))


def _side_walls(assembly: Assembly, plan: Plan) -> None:
    side, first, last = plan.side, plan.rooms[0].x0, plan.rooms[-1].x1
    length = last - first
    doors = [((r.x0 + r.x1) / 2 - first - 0.9, (r.x0 + r.x1) / 2 - first + 0.9, 0.0, 2.6) for r in plan.rooms]
    light = building.windows(length, 6.0, 3.2, 4.4)
    open_y = [(y - side["y0"] - 0.9, y - side["y0"] + 0.9, 0.0, 2.4) for y in side["passages_y"]]
    walls = [
        ((first, side["y0"]), (last, side["y0"]), doors),
        ((first, side["y1"]), (last, side["y1"]), light),
        ((first, side["y0"]), (first, side["y1"]), []),
        ((last, side["y0"]), (last, side["y1"]), [(6.0, 9.0, 0.0, 3.6)]),
    ]
    walls += [((r.x0, side["y0"]), (r.x0, side["y1"]), open_y) for r in plan.rooms[1:]]
    building.place_walls(assembly, "side", walls, plan.hall.cut, side["height"], 0.24)


def _steelwork(assembly: Assembly, plan: Plan) -> None:
    hall = plan.hall
    bays = np.arange(hall.x0, hall.x1 + 0.1, hall.bay).tolist()
    assembly.place("building", "building.columns.north", building.columns(hall, 1, bays))
    # The south columns come away with their wall, all but the bays the cranes stand in.
    parked = ((hall.split_x - hall.bay, hall.split_x), (hall.x1 - hall.bay, hall.x1))
    for name, bay in zip("AB", parked, strict=True):
        assembly.place("building", f"building.columns.south.{name}", building.columns(hall, -1, bay))
    rest = (bays[: bays.index(parked[0][0]) + 1], bays[bays.index(parked[0][1]) : bays.index(parked[1][0]) + 1])
    for name, some in zip("AB", rest, strict=True):
        assembly.place("building", f"building.walls.columns.{name}", building.columns(hall, -1, some))
    assembly.place("building", "building.roof.trusses", building.trusses(hall))
    bridge = building.crane(hall)
    for name, x in (("A", hall.split_x - 5.0), ("B", hall.x1 - 5.0)):
        assembly.place("building", f"building.crane.{name}", bridge, (x, 0.0, 0.0))


def _pumps(assembly: Assembly, plan: Plan) -> None:
    size, pipes = plan.pump, plan.pipes
    bodies = {"": pump.pump(size), ".motor": pump.motor(size), ".frame": pump.frame(size)}
    inline = {
        ".suction_valve": (valves.gate_valve(pipes.branch_radius * 0.94, 0.8), pipes.suction_valve_y),
        ".strainer": (valves.basket_strainer(pipes.branch_radius * 0.94), pipes.strainer_y),
        ".check_valve": (valves.check_valve(pipes.branch_radius * 0.94), pipes.check_valve_y),
        ".discharge_valve": (valves.butterfly_valve(pipes.branch_radius * 0.94), pipes.discharge_valve_y),
    }
    y = next(iter(plan.pumps.values()))[0][1]
    branches = {
        circuit: {
            "suction": piping.suction_branch(pipes, circuit, y - size.nozzle_reach, size.suction_radius),
            "discharge": piping.discharge_branch(pipes, circuit, y + size.nozzle_reach, size.discharge_radius),
        }
        for circuit in ("supply", "return")
    }
    foot, feet = pump.plinth(size), piping.branch_feet(pipes)
    for name, (at, circuit) in plan.pumps.items():
        for part, body in bodies.items():
            assembly.place("pumps", name + part, body, at)
        for part, (body, across) in inline.items():
            assembly.place("piping", name + part, body, (at[0], across, pipes.branch_height))
        for part, body in branches[circuit].items():
            assembly.place(
                "piping", f"{circuit.upper()}.{part}_{name}", body, (at[0], 0.0, 0.0), bore=pipes.branch_bore
            )
        assembly.place("building", f"building.plinth.{name}", foot, at)
        assembly.place("building", f"building.feet.{name}", feet, (at[0], 0.0, 0.0))


def _headers(assembly: Assembly, plan: Plan) -> None:
    hall, pipes = plan.hall, plan.pipes
    rows = (pipes.suction_header_y, pipes.discharge_header_y)
    z = pipes.header_height
    supports = Body()
    for name, circuit, wall in (("SUPPLY", "supply", hall.x0), ("RETURN", "return", hall.x1)):
        along = [at[0] for at, belongs in plan.pumps.values() if belongs == circuit]
        end = max(along) + 2.6 if wall == hall.x0 else min(along) - 2.6
        inward = 1 if wall == hall.x0 else -1
        body = Body()
        for y, ahead in zip(rows, (inward, -inward), strict=True):
            body.join(piping.header(pipes, circuit, (wall, y, z), (end, y, z)))
            body.join(piping.arrows(pipes, circuit, [x + 5.0 for x in along[:-1]], y, ahead))
            places = [*(x + 4.0 for x in along if min(wall, end) < x + 4.0 < max(wall, end)), min(along) - 2.4]
            supports.add("steel", (piece for x in places for piece in piping.header_support(pipes, x, y)))
        assembly.place("piping", name, body, bore=pipes.header_bore)
    assembly.place("building", "building.header_supports", supports)
    piping.place_yard(assembly, pipes, "supply", 300, None)
    piping.place_yard(assembly, pipes, "return", 400, (hall.x0 + hall.x1) / 2)


def _ways(assembly: Assembly, plan: Plan) -> None:
    hall, pipes, size = plan.hall, plan.pipes, plan.pump
    marks = Body()
    for route in plan.routes("ground").values():
        marks.join(building.lane(route, 1.5))
    trenches, trays = Body(), Body()
    end = size.motor_start + size.motor_length
    for (x, y, _), _circuit in plan.pumps.values():
        marks.join(building.outline((x - 2.15, x + end + 0.7, y - 1.5, y + 1.5)))
        trenches.join(building.trench((x + 3.0, x + 3.7, y + 1.06, hall.y1 - 0.6)))
        trays.add("galvanised", box((x + 3.05, hall.y1 - 1.15, 0), (x + 3.65, hall.y1 - 1.1, 6.4)))
    trays.join(building.cable_tray((hall.x0 + 1, hall.y1 - 1.1, 6.4), (hall.x1 - 1, hall.y1 - 1.1, 6.4)))
    assembly.place("building", "building.markings", marks)
    assembly.place("building", "building.trenches", trenches)
    assembly.place("electrical", "building.cable_trays", trays)
    path = building.walkway((0, 0, 3.1), (34.0, 0, 3.1))
    for name, x in (("A", hall.x0 + 6.0), ("B", hall.split_x + 6.0)):
        assembly.place("building", f"building.walkway.{name}", path, (x, pipes.discharge_header_y + 1.9, 0.0))
        assembly.place("building", f"building.sump.{name}", building.sump((x + 41.5, 33.0, 0.0)))


def _rails(assembly: Assembly, plan: Plan) -> None:
    for number, route in enumerate(plan.routes("rail").values()):
        body = building.rail(route)
        low, high = min(p[1] for p in route), max(p[1] for p in route)
        west, east = min(p[0] for p in route), max(p[0] for p in route)
        inside = [at[0] for at, _ in plan.pumps.values() if west < at[0] < east]
        for x in [min(inside) - 2.4, *(x + 5.3 for x in inside), east]:
            body.join(building.rail_stand((x, low, route[0][2]), -0.75))
            body.join(building.rail_stand((x, high, route[0][2]), 0.75))
        dock, z = (west - 0.9, (low + high) / 2), route[0][2]
        body.add(
            "steel",
            post((*dock, 0), z + 0.7, 0.2),
            box((dock[0], dock[1] - 0.1, z + 0.5), (west, dock[1] + 0.1, z + 0.7)),
        )
        body.add("cabinet", block((dock[0] + 0.25, dock[1], z - 0.2), (0.35, 0.7, 0.9)))
        body.add("screen", block((dock[0] + 0.43, dock[1], z), (0.012, 0.3, 0.2)))
        assembly.place("robots", f"building.rail.{'AB'[number]}", body)
    post_body = building.charging_post()
    for name, route in plan.routes("ground").items():
        x, y, _ = route[0]
        assembly.place("robots", f"building.charger.{name}", post_body, (x, y - 1.2, 0.0))


def _electrical(assembly: Assembly, plan: Plan) -> None:
    sizes = plan.sizes
    for kind, body in (
        ("cubicle", rooms.cubicle(**sizes["cubicle"])),
        ("drive", rooms.drive(**sizes["drive"])),
        ("transformer", rooms.oil_transformer(**sizes["transformer"])),
        ("lv_panel", rooms.panel(*sizes["panels"]["size"])),
    ):
        for name, at in plan.placed(kind).items():
            assembly.place("electrical", name, body, at)
    dry = rooms.dry_transformer()
    for name, (x, y, z) in plan.placed("station_transformer").items():
        assembly.place("electrical", name, dry, (x, y, z))
    back = plan.side["y1"] - 0.9
    battery = next(room for room in plan.rooms if room.id == "ROOM-BAT")
    standing = rooms.panel(*sizes["panels"]["size"])
    for index, name in enumerate(("UPS1", "UPS2", "DC1", "DC2")):
        assembly.place("electrical", name, standing, (battery.x0 + 1.3 + 1.8 * index, back, 0.0))
    rack = rooms.battery_rack(5.6)
    for index in range(3):
        at = ((battery.x0 + battery.x1) / 2, plan.side["y0"] + 2.0 + 2.2 * index, 0.0)
        assembly.place("electrical", f"building.batteries.{index + 1}", rack, at)


def _side_rooms(assembly: Assembly, plan: Plan) -> None:
    hall, side = plan.hall, plan.side
    control = next(room for room in plan.rooms if room.id == "ROOM-CTRL")
    middle = (control.x0 + control.x1) / 2
    desk = rooms.desk(4.8, 3)
    for number, (x, y) in enumerate(((middle - 3.2, 52.2), (middle + 3.2, 52.2), (middle, 48.6)), start=1):
        assembly.place("building", f"building.desk.{number}", desk, (x, y, 0.0))
    assembly.place("building", "building.video_wall", rooms.video_wall(9.0), (middle, side["y1"] - 0.4, 0.0))
    small = piping.make_up_pump()
    for name, at in plan.placed("makeup_pump").items():
        assembly.place("piping", name, small, at)
    for name, at in plan.placed("makeup").items():
        assembly.place("piping", name, piping.make_up_plant(), at)
    rack = rooms.analyser_rack()
    for index, name in enumerate(("WQ-S", "WQ-R", "WQ-M")):
        assembly.place("instruments", name, rack, (plan.rooms[-1].x0 + 2.4 + 2.6 * index, side["y1"] - 0.5, 0.0))
    air = Body().join(rooms.air_handler(5.0), (plan.rooms[-1].x1 + 3.6, 50.0, 0.0))
    for x0, x1 in ((hall.x0 + 1, hall.split_x - 1), (hall.split_x + 1, hall.x1 - 1)):
        air.join(rooms.duct((x0, x1), hall.y1 - 1.8, 7.5, 0.38))
    assembly.place("building", "HVAC", air)


def _instruments(assembly: Assembly, plan: Plan) -> None:
    stand = valves.transmitter(1.35)
    line = valves.transmitter(1.35).add("bare metal", rod((-0.42, 0, 1.1), (0, 0, 1.1), 0.014))
    for name, (at, _) in plan.pumps.items():
        for measures, y in (("suction_pressure", 22.3), ("discharge_pressure", 27.2), ("pump_flow", 29.65)):
            assembly.place("instruments", plan.tag(name, measures), line, (at[0] + 0.95, y, 0.0))
    pipes, hall = plan.pipes, plan.hall
    for header, mirrored in (("SUPPLY", False), ("RETURN", True)):
        for side, y in (("inlet", pipes.suction_header_y + 1.9), ("outlet", pipes.discharge_header_y - 1.9)):
            for index, letter in enumerate("abc"):
                x = hall.x0 + 1.2 + 0.6 * index
                place = (hall.x0 + hall.x1 - x if mirrored else x, y, 0.0)
                assembly.place("instruments", plan.tag(header, f"{side}_pressure_{letter}"), stand, place)
    for camera in plan.station["cameras"]:
        at = tuple(camera["position"])
        if camera["kind"] == "panoramic":
            body = building.panoramic(at, plan.hall.height if at[1] < plan.hall.y1 else plan.side["height"])
        else:
            body = building.camera(at, tuple(camera["looks_at"]), at[1] - 0.9)
        assembly.place("instruments", camera["id"], body)


def main() -> None:
    """Write the model beside its dimensions, and say what it came to."""
    dimensions = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "dimensions.toml"
    plan = Plan.read(dimensions)
    assembly = assembled(plan)
    target = dimensions.parent / plan.station["station"]["model"]
    drawn = write(target, assembly, plan.title, Sky(assembly, ("building.walls", "building.roof")))
    print(f"{target}: {len(assembly.placed)} nodes, {drawn} triangles, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
