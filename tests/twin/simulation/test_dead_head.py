"""A pump that runs against a shut valve: what it takes, how it warms, how it shakes, and what then takes it off."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from tests.twin.simulation.stations import START, column, run
from twin.commands import Disturb
from twin.paths import REFERENCE_STATION
from twin.plant.reading import Station, parse
from twin.signals import Frame
from twin.simulation.plant import Plant
from twin.simulation.vibration import POINTS

BEFORE, SHUT = slice(0, 10), slice(30, 100)  # s


@cache
def unprotected() -> Station:
    """The reference station without what would take such a pump off."""
    text = REFERENCE_STATION.read_text(encoding="utf-8")
    return parse(re.sub(r'  \{id = "(vibration|flow-low)".*\n', "", text), REFERENCE_STATION)


@cache
def dead_headed(pump: str) -> tuple[Frame, ...]:
    """A check valve falls shut after ten seconds."""
    plant = Plant(unprotected(), 0, START)
    before = run(plant, 10)
    plant.disturb(Disturb("check_valve_stuck_closed", pump, "test", START))
    return (*before, *run(plant, 90))


def test_a_dead_headed_pump_takes_about_half_of_its_power() -> None:
    for pump in ("P103", "P202"):
        power = column(list(dead_headed(pump)), pump, "motor_active_power")
        assert 0.4 < power[SHUT].mean() / power[BEFORE].mean() < 0.6  # the fault catalogue


def test_its_casing_warms_by_six_kelvins_a_minute() -> None:
    casing = column(list(dead_headed("P103")), "P103", "casing_water_temperature")[SHUT]
    rate = 60.0 * np.polyfit(np.arange(casing.size), casing, 1)[0]
    assert 5.4 < rate < 6.6  # half of its power into what 1.75 t of water hold


def test_its_head_is_that_of_no_flow() -> None:
    frames = list(dead_headed("P103"))
    assert abs(column(frames, "P103", "pump_flow")[SHUT]).max() < 25.0  # m³/h, its meter's zero
    rise = column(frames, "P103", "discharge_pressure") - column(frames, "P103", "suction_pressure")
    assert 1.2 < rise[SHUT].mean() / rise[BEFORE].mean() < 1.5  # 133 % of the rated one, and what it ran at


def test_it_shakes_as_no_machine_may_and_most_where_the_water_is() -> None:
    frames = list(dead_headed("P103"))
    shaking = {point: column(frames, "P103", point) for point in POINTS}
    assert max(said[SHUT].mean() for said in shaking.values()) > 7.6  # mm/s: zone D, category I above 200 kW
    grown = {point: said[SHUT].mean() / said[BEFORE].mean() for point, said in shaking.items()}
    assert min(grown[point] for point in POINTS[:5]) > max(grown[point] for point in POINTS[5:]) > 1.5
