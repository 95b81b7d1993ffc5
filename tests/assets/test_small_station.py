"""The small station, the example of one's own: its model is what its script makes, and every command runs on it."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from app.scene import reading
from app.scene.glb import Model
from app.scene.painter import Painter
from app.scene.places import Places
from assets.small import build_model
from tests.conftest import ROOT
from twin.clock import ManualClock
from twin.plant.checking import mistakes
from twin.plant.reading import Station, read
from twin.simulation.plant import Plant
from twin.sources.simulated import Simulated
from twin.watching import watch

SMALL = ROOT / "assets" / "small"


@pytest.fixture(scope="module")
def station() -> Station:
    return read(SMALL / "station.toml")


@pytest.fixture(scope="module")
def model(station: Station) -> Model:
    return reading.read(SMALL / "station.glb", station.file)


def test_nothing_is_wrong_with_it_and_every_node_is_tied(station: Station) -> None:
    assert mistakes(station.text, SMALL / "station.toml") == ()


def test_its_model_has_the_nodes_its_script_places_and_stays_small(station: Station) -> None:
    placed = build_model.assembled(build_model.Plan.read(SMALL / "dimensions.toml")).placed
    bare = reading.glb.read(SMALL / "station.glb")
    assert {each.name for each in placed} == {name for name in bare.nodes if not name.startswith("layer.")}
    assert (SMALL / "station.glb").stat().st_size < 2e6


def test_its_equipment_stands_where_the_station_file_says(station: Station, model: Model) -> None:
    places = Places(model.parts)
    for part in (*station.pumps, *station.file.equipment, *station.file.resistances):
        if part.position is not None:
            box = places.box(part.id)
            assert box is not None, part.id
            low, high = box
            assert (low[:2] - 0.3 <= part.position[:2]).all(), part.id
            assert (part.position[:2] <= high[:2] + 0.3).all(), part.id


def test_a_pump_is_picked_and_its_roof_and_walls_come_away(model: Model) -> None:
    painter = Painter(model, (320, 200))
    assert {"roof", "walls", "pumps", "piping", "electrical"} <= set(painter.layers)
    low, high = painter.box("P1") or (np.zeros(3), np.zeros(3))
    assert (high - low < 4.0).all()  # the pump and its motor, not its pipes
    (where,), _ = painter.project(((low + high) / 2)[None])
    hit = painter.pick(*where)
    assert hit is not None
    assert hit.name.startswith("P1.")


def test_a_fault_in_it_is_found_by_the_service_that_watches(station: Station) -> None:
    said: list[dict] = []
    source = Simulated(Plant(station, 1, 1.8e9, str(SMALL / "worn.toml")))
    asyncio.run(watch(source, said.append, ManualClock(), duration=60.0))
    found = [one for one in said if one["event"] == "anomaly"]
    assert {(one["equipment"], one["fault"]) for one in found} == {("P1", "impeller_wear")}
