"""Builds station.glb from dimensions.toml and the places in station.toml: ``python assets/small/build_model.py``.

The small station is put together from the pieces of the reference station (``assets/modelling``), half as large. Its
nodes are called as another program might call them, so that the station file's ``[[model.map]]`` has something to do.
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
from assets.modelling.glb import write
from assets.modelling.occlusion import Sky
from assets.modelling.piping import PipeSize
from assets.modelling.pump import PumpSize
from assets.modelling.solids import block, box, post, rod

HERE = Path(__file__).resolve().parent
MEDIUM = "supply"
LETTERS = "AB"


@dataclass(frozen=True)
class Plan:
    """Dimensions and places, read once. ``pump`` and ``pipes`` are as large as in the reference station."""

    hall: dict[str, float]
    headers: dict[str, float]
    cabinet: dict[str, float]
    scale: float
    pump: PumpSize
    pipes: PipeSize
    station: dict[str, Any]
    title: str

    @classmethod
    def read(cls, path: Path) -> Plan:
        raw = tomllib.loads(path.read_text("utf-8"))
        machines = tomllib.loads((path.parent / raw["machines"]).read_text("utf-8"))
        station = tomllib.loads((path.parent / raw["station"]).read_text("utf-8"))
        sizes = PumpSize(**machines["pump"]), PipeSize(**machines["pipes"])
        return cls(raw["hall"], raw["headers"], raw["cabinet"], raw["scale"], *sizes, station, raw["title"])

    def at(self, kind: str, name: str) -> Point:
        """Where the station file puts something."""
        return next(tuple(part["position"]) for part in self.station[kind] if part["id"] == name)


def assembled(plan: Plan) -> Assembly:
    """The whole station."""
    assembly = Assembly()
    _pumps(assembly, plan)
    _headers(assembly, plan)
    _cabinets(assembly, plan)
    _building(assembly, plan)
    _camera(assembly, plan)
    return assembly


def _pumps(assembly: Assembly, plan: Plan) -> None:
    """Each pump with its branches; the reference station's pumps stand at y = 25 of its own drawing."""
    size, pipes, scale = plan.pump, plan.pipes, plan.scale
    middle = (pipes.suction_header_y + pipes.discharge_header_y) / 2
    radius, height = pipes.branch_radius * 0.94, pipes.branch_height
    bodies = {"casing": pump.pump(size), "motor": pump.motor(size), "frame": pump.frame(size)}
    inline = {
        "suction valve": (valves.gate_valve(radius, 0.8), pipes.suction_valve_y),
        "suction strainer": (valves.basket_strainer(radius), pipes.strainer_y),
        "check valve": (valves.check_valve(radius), pipes.check_valve_y),
        "discharge valve": (valves.butterfly_valve(radius), pipes.discharge_valve_y),
    }
    branches = Body()
    branches.join(piping.suction_branch(pipes, MEDIUM, middle - size.nozzle_reach, size.suction_radius))
    branches.join(piping.discharge_branch(pipes, MEDIUM, middle + size.nozzle_reach, size.discharge_radius))
    bodies = {part: body.scaled(scale) for part, body in bodies.items()}
    inline = {part: Body().join(body, (0.0, y - middle, height)).scaled(scale) for part, (body, y) in inline.items()}
    branch = Body().join(branches, (0.0, -middle, 0.0)).scaled(scale)
    feet = Body().join(piping.branch_feet(pipes), (0.0, -middle, 0.0)).join(pump.plinth(size)).scaled(scale)
    for letter, entry in zip(LETTERS, plan.station["pumps"], strict=True):
        at = tuple(entry["position"])
        for part, body in bodies.items():
            assembly.place("pumps", f"PUMP_{letter} {part}", body, at)
        for part, body in inline.items():
            assembly.place("piping", f"PUMP_{letter} {part}", body, at)
        assembly.place("piping", f"Branch {letter}", branch, at)
        assembly.place("building", f"Structure plinth {letter}", feet, at)


def _headers(assembly: Assembly, plan: Plan) -> None:
    """Two headers with a valve in each, through the west wall."""
    pipes, scale, sizes = plan.pipes, plan.scale, plan.headers
    radius, height = pipes.header_radius * scale, pipes.header_height * scale
    valve = valves.gate_valve(pipes.header_radius * 0.92, 1.1).turned(90).scaled(scale)
    supports = Body()
    for name, y, kind in (("Header inlet", sizes["inlet_y"], "MV1"), ("Header outlet", sizes["outlet_y"], "MV2")):
        body = Body().add(MEDIUM, rod((-1.5, y, height), (sizes["valve_x"] - 0.27, y, height), radius))
        start = (sizes["valve_x"] + 0.27) / scale, y / scale, pipes.header_height
        body.join(piping.header(pipes, MEDIUM, start, (sizes["end_x"] / scale, *start[1:])).scaled(scale))
        assembly.place("piping", name, body)
        x, across, _ = plan.at("resistances", kind)
        assembly.place("piping", "Inlet valve" if kind == "MV1" else "Outlet valve", valve, (x, across, height))
        for x in (2.6, 8.5, 12.6):
            supports.add("steel", _support(x, y, height - radius * 0.8))
    assembly.place("building", "Structure supports", supports)


def _support(x: float, y: float, top: float) -> list:
    """A goal-post under a header."""
    legs = [box((x - 0.06, y + s * 0.5 - 0.06, 0), (x + 0.06, y + s * 0.5 + 0.06, top)) for s in (-1, 1)]
    return [*legs, box((x - 0.08, y - 0.58, top - 0.1), (x + 0.08, y + 0.58, top + 0.06))]


def _cabinets(assembly: Assembly, plan: Plan) -> None:
    body = rooms.panel(plan.cabinet["width"], plan.cabinet["depth"], plan.cabinet["height"]).turned(90)
    for letter, drive in zip(LETTERS, ("VFD1", "VFD2"), strict=True):
        assembly.place("electrical", f"CABINET_{letter}", body, plan.at("equipment", drive))


def _building(assembly: Assembly, plan: Plan) -> None:
    hall = plan.hall
    x0, x1, y0, y1 = (hall[side] for side in ("x0", "x1", "y0", "y1"))
    floor = Body().add("floor", building.carpet((x0, x1, y0, y1), 0.6, 0.2))
    route = [tuple(point) for point in plan.station["robots"][0]["route"]]
    assembly.place("building", "Structure floor", floor)
    assembly.place("building", "Structure markings", building.lane(route, 0.9, 0.06))
    light = building.windows(x1 - x0, hall["bay"], 2.2, 3.8)
    gate = [((y1 - y0) / 2 - 1.5, (y1 - y0) / 2 + 1.5, 0.0, 3.2)]
    holes = [(y - y0 - 0.55, y - y0 + 0.55, 1.4, 2.6) for y in (plan.headers["inlet_y"], plan.headers["outlet_y"])]
    for name, start, end, openings in (
        ("south", (x0, y0), (x1, y0), light),
        ("north", (x0, y1), (x1, y1), light),
        ("west", (x0, y0), (x0, y1), holes),
        ("east", (x1, y0), (x1, y1), gate),
    ):
        for piece, low, high in (("Structure sill", 0.0, hall["cut"]), ("Wall", hall["cut"], hall["height"])):
            wall = building.wall(start, end, low, high, hall["wall"], openings)
            assembly.place("building", f"{piece} {name}", Body().add("wall", wall))
    columns = Body()
    for x in np.arange(x0 + hall["bay"], x1 - 0.1, hall["bay"]).tolist():
        columns.add(
            "steel", post((x, y1 - 0.35, 0), hall["height"], 0.24), block((x, y1 - 0.35, 0.03), (0.4, 0.4, 0.06))
        )
    assembly.place("building", "Structure columns", columns)
    area = (x0 - 0.3, x1 + 0.3, y0 - 0.3, y1 + 0.3)
    assembly.place("building", "Roof", Body().add("roof", building.roof(area, hall["height"], hall["ridge"], 0.18)))


def _camera(assembly: Assembly, plan: Plan) -> None:
    camera = plan.station["cameras"][0]
    at = tuple(camera["position"])
    assembly.place("instruments", "Camera", building.camera(at, tuple(camera["looks_at"]), at[1] - 0.6))


def main() -> None:
    """Write the model beside its dimensions, and say what it came to."""
    dimensions = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "dimensions.toml"
    plan = Plan.read(dimensions)
    assembly = assembled(plan)
    target = dimensions.parent / plan.station["station"]["model"]
    drawn = write(target, assembly, plan.title, Sky(assembly, ("Wall", "Roof")))
    print(f"{target}: {len(assembly.placed)} nodes, {drawn} triangles, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
