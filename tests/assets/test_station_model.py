"""The 3D model of the reference station is what its dimensions say, and shows what its station file names."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import trimesh

from app.scene import glb
from app.scene.painter import Painter
from app.scene.places import Places
from assets.b4 import build_model
from assets.modelling.assembly import Assembly
from assets.modelling.glb import linear, write
from assets.modelling.solids import box
from twin.paths import REFERENCE_STATION

MODEL = REFERENCE_STATION.with_name("station.glb")


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(MODEL)


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    return build_model.assembled(build_model.Plan.read(REFERENCE_STATION.with_name("dimensions.toml")))


@pytest.fixture(scope="module")
def station() -> dict:
    return tomllib.loads(REFERENCE_STATION.read_text("utf-8"))


def test_the_shipped_model_has_the_nodes_the_script_places(model: glb.Model, assembly: Assembly) -> None:
    placed = {each.name for each in assembly.placed}
    assert placed == {name for name in model.nodes if not name.startswith("layer.")}


def test_building_it_twice_gives_the_same_bytes(assembly: Assembly, tmp_path: Path) -> None:
    plan = build_model.Plan.read(REFERENCE_STATION.with_name("dimensions.toml"))
    write(tmp_path / "a.glb", assembly, plan.title)
    write(tmp_path / "b.glb", build_model.assembled(plan), plan.title)
    assert (tmp_path / "a.glb").read_bytes() == (tmp_path / "b.glb").read_bytes()


def test_it_stays_within_its_budget(model: glb.Model) -> None:
    assert sum(len(part.triangles) for part in model.parts) <= 300_000
    assert MODEL.stat().st_size <= 12e6


def test_from_afar_half_the_triangles_give_the_same_picture(model: glb.Model) -> None:
    whole, coarse = (Painter(each, (640, 400)) for each in (replace(model, afar=()), model))
    near, afar = (painter.paint().astype(int) for painter in (whole, coarse))
    assert 2 * sum(len(part.triangles) for part in model.afar) < sum(len(part.triangles) for part in model.parts)
    assert np.abs(near - afar).max(axis=2).mean() < 2.0  # of 255
    assert (np.abs(near - afar).max(axis=2) > 40).mean() < 0.01


def test_what_makes_up_equipment_is_there_from_afar_too(model: glb.Model) -> None:
    assert {part.node for part in model.parts} == {part.node for part in model.afar}


def test_every_surface_is_closed(assembly: Assembly) -> None:
    for placed in assembly.placed:
        for solids in placed.body.solids.values():
            assert all(solid.is_empty() or solid.volume() > 0 for solid in solids), placed.name


def test_every_pump_and_cabinet_stands_where_the_station_file_says(model: glb.Model, station: dict) -> None:
    places = Places(model.parts)
    placed = [part for part in (*station["pumps"], *station["equipment"]) if "position" in part]
    for part in placed:
        box = places.box(part["id"])
        assert box is not None, part["id"]
        x, y, _ = part["position"]
        low, high = box
        assert low[0] - 0.1 <= x <= high[0] + 0.1, part["id"]
        assert low[1] - 0.1 <= y <= high[1] + 0.6, part["id"]


def test_no_ground_robot_walks_through_anything(assembly: Assembly, station: dict) -> None:
    """What is painted on the floor, or lies as flat, is nothing to a robot."""
    body, flat, tall = 0.4, 0.06, 1.6
    solids = [
        (placed.name, solid.translate(list(placed.at)))
        for placed in assembly.placed
        for held in placed.body.solids.values()
        for solid in held
    ]
    boxes = np.array([solid.bounding_box() for _, solid in solids])
    for robot in station["robots"]:
        route = np.array([*robot["route"], robot["route"][0]])
        for start, end in pairwise(route) if robot["kind"] == "ground" else ():
            low = [*(np.minimum(start, end)[:2] - body), flat]
            high = [*(np.maximum(start, end)[:2] + body), tall]
            swept = box(low, high)
            near = np.flatnonzero((boxes[:, :3] < high).all(axis=1) & (boxes[:, 3:] > low).all(axis=1))
            hit = [solids[i][0] for i in near if (solids[i][1] ^ swept).volume() > 1e-6]
            assert not hit, f"{robot['id']} from {start} to {end}"


def test_the_rail_runs_where_the_rail_robots_do(model: glb.Model, station: dict) -> None:
    rails = [part.points for part in model.parts if part.node.startswith("building.rail")]
    points = np.concatenate(rails)
    for robot in station["robots"]:
        if robot["kind"] == "rail":
            for place in robot["route"]:
                assert np.abs(points - np.array(place)).max(axis=1).min() < 0.35, robot["id"]


def test_another_reader_sees_the_same_model(model: glb.Model) -> None:
    scene = trimesh.load(MODEL, force="scene")
    assert sum(len(scene.geometry[scene.graph[node][1]].faces) for node in scene.graph.nodes_geometry) == sum(
        len(part.triangles) for part in model.parts
    )


def test_colours_are_written_linear() -> None:
    assert linear("#000000") == [0.0, 0.0, 0.0]
    assert linear("#FFFFFF") == [1.0, 1.0, 1.0]
    assert linear("#808080")[0] == pytest.approx(0.2159, abs=1e-3)
