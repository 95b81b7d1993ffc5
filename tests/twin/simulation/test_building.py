"""Rooms: what warms, dampens, floods, burns and is heard in them, and what their detectors say of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import reference
from twin.signals import Floats
from twin.simulation import building
from twin.simulation.building import Rooms
from twin.simulation.effects import Effects
from twin.simulation.layout import KELVIN, layout_of
from twin.simulation.outside import MILD

LAYOUT = layout_of(reference())
COUNT = len(LAYOUT.rooms)
HEALTHY = Effects.none(LAYOUT)
AMBIENT = building.ambient(LAYOUT, MILD)
HALL = LAYOUT.room("HALL-A")
NOTHING = np.zeros(COUNT)


def rooms(heat: Floats = NOTHING) -> Rooms:
    return building.first(heat, AMBIENT, np.random.default_rng(1))


def passed(it: Rooms, seconds: float, heat: Floats = NOTHING, effects: Effects = HEALTHY, **more: bool) -> Rooms:
    lot = np.random.default_rng(2)
    for _ in range(int(seconds / 5.0)):
        building.step(it, heat, AMBIENT, effects, lot, 5.0, **more)
    return it


def said(it: Rooms, effects: Effects = HEALTHY) -> dict[str, Floats]:
    level = np.full(COUNT, 60.0)
    return building.readings(it, level, effects) | building.slow_readings(it)


@given(st.floats(0.0, 60e3), st.floats(1e3, 40e3))
def test_more_heat_makes_a_room_warmer_and_its_air_drier(heat: float, more: float) -> None:
    cool, warm = (rooms(np.full(COUNT, each)) for each in (heat, heat + more))
    if cool.fan.tolist() == warm.fan.tolist():
        assert (said(warm)["air_temperature"] > said(cool)["air_temperature"]).all()
        assert (said(warm)["humidity"] < said(cool)["humidity"]).all()


def test_a_colder_day_makes_every_room_a_little_colder() -> None:
    frost = building.ambient(LAYOUT, KELVIN - 12.0)
    assert 1.0 < AMBIENT - frost < 5.0


def test_its_fan_runs_from_27_degrees_on_until_25_and_not_without_power() -> None:
    it = rooms()
    it.air = np.full(COUNT, KELVIN + 26.0)
    assert not passed(it, 5.0).fan.any()
    it.air = np.full(COUNT, KELVIN + 27.1)
    assert passed(it, 5.0).fan.all()
    it.air = np.full(COUNT, KELVIN + 25.5)
    assert passed(it, 5.0).fan.all()
    it.air = np.full(COUNT, KELVIN + 24.9)
    assert not passed(it, 5.0).fan.any()
    it.air = np.full(COUNT, KELVIN + 30.0)
    assert not passed(it, 5.0, powered=False).fan.any()


def test_a_running_fan_cools_its_room() -> None:
    heat = np.full(COUNT, 60e3)
    aired, close = passed(rooms(heat), 4 * 3600.0, heat), passed(rooms(heat), 4 * 3600.0, heat, powered=False)
    assert (aired.air < close.air - 2.0).all()


@pytest.mark.parametrize(("depth", "first", "second"), [(0.01, 0, 0), (0.03, 1, 0), (0.1, 1, 1)])
def test_water_on_the_floor_is_seen_by_one_detector_and_then_by_the_other(
    depth: float, first: int, second: int
) -> None:
    effects = Effects.none(LAYOUT)
    effects.flood[HALL] = depth
    it = passed(rooms(), 300.0, effects=effects)
    here = said(it, effects)
    assert (here["flood_1"][HALL], here["flood_2"][HALL]) == (first, second)
    assert not np.delete(here["flood_1"], HALL).any()


def test_a_floor_drains_slowly_and_stays_damp_meanwhile() -> None:
    effects = Effects.none(LAYOUT)
    effects.flood[HALL] = 0.15
    it = passed(rooms(), 300.0, effects=effects)
    assert passed(it, 600.0).water[HALL] > building.WET
    assert it.humidity[HALL] > np.delete(it.humidity, HALL).max() + 0.03
    assert passed(it, 4 * 3600.0).water[HALL] < building.WET


def test_a_fire_warms_its_room_within_minutes_and_is_smelt_by_both_detectors() -> None:
    effects = Effects.none(LAYOUT)
    effects.fire[HALL] = 1.0
    it = passed(rooms(), 240.0, effects=effects)
    here = said(it, effects)
    assert 30.0 < it.air[HALL] - AMBIENT < building.FIRE_RISE
    assert here["smoke_1"][HALL] == here["smoke_2"][HALL] == 1.0
    assert here["o2"][HALL] < building.FRESH_AIR
    assert not np.delete(here["smoke_1"], HALL).any()


def test_gas_takes_the_place_of_oxygen_and_a_door_is_seen_by_both_its_contacts() -> None:
    effects = Effects.none(LAYOUT)
    effects.gas[HALL] = 0.3
    effects.intrusion[HALL] = True
    here = said(rooms(), effects)
    assert here["gas"][HALL] == 0.3
    assert here["o2"][HALL] < building.FRESH_AIR
    assert here["door_open"][HALL] == here["access_control"][HALL] == 1.0
    assert not np.delete(here["door_open"], HALL).any()


@given(st.floats(0.5, 0.99))
def test_a_hall_is_louder_the_faster_its_pumps_run_and_quiet_without(speed: float) -> None:
    pumps, fans = len(LAYOUT.machines), np.zeros(COUNT, dtype=bool)
    slow, full, none = (
        building.sound(np.zeros(pumps), np.full(pumps, share), fans, 0, LAYOUT) for share in (speed, 1.0, 0.0)
    )
    halls = np.unique(LAYOUT.machines.room)
    assert np.allclose(none, building.BACKGROUND)
    assert (slow[halls] < full[halls]).all()
    assert full[halls].max() == pytest.approx(87.0 + 10.0 * np.log10(4.0), abs=0.1)  # four like machines
    assert np.allclose(np.delete(full, halls), building.BACKGROUND)
