"""A season as the plant's own gauges see it: weather, hours, heating curve, neighbours; the same for the same seed."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from tests.twin.simulation.stations import column, reference, run
from twin.signals import Frame
from twin.simulation import dispatch
from twin.simulation.layout import KELVIN, layout_of
from twin.simulation.plant import Plant
from twin.simulation.scenario import load
from twin.simulation.season import Season, Winter
from twin.simulation.weather import DAY, HOUR, outdoor, standard
from twin.units import STANDARD_GRAVITY

SEED = 7
LAYOUT, ZONE = layout_of(reference()), reference().zone
SEASON = load("season").season or Season()
LEAST_FELT = 0.25  # of what a neighbour's head changes, that is felt at the station's end of the line
TRAVEL = 23.0  # s that a wave takes over 25 km


def local(year: int, month: int, day: int, hour: int = 0) -> float:
    return datetime(year, month, day, hour, tzinfo=ZONE).timestamp()


def running(at: float, seconds: int = 8, seed: int = SEED) -> list[Frame]:
    return run(Plant(reference(), seed, at, "season"), seconds)


def mean(frames: list[Frame], equipment: str, measures: str) -> float:
    return float(column(frames, equipment, measures).mean())


def days(count: int) -> list[float]:
    """Noons of days in the season, the coldest first, as buildings feel them: a day late."""
    noons = [local(2025, 11, 25, 12) + DAY * k for k in range(90)]
    felt = [outdoor(SEASON.climate, SEED, noon - np.arange(24) * HOUR, ZONE).mean() for noon in noons]
    order = np.argsort(felt)
    return [noons[i] for i in order[:count]] + [noons[i] for i in order[-count:]]


def test_one_seed_is_one_season_bit_for_bit_and_another_is_another() -> None:
    at = local(2026, 1, 9, 6)
    one, same, other = running(at), running(at), running(at, seed=8)
    for left, right in zip(one, same, strict=True):
        np.testing.assert_array_equal(left.values, right.values)
        np.testing.assert_array_equal(left.quality, right.quality)
        assert left.events == right.events
    assert abs(mean(one, "SUPPLY", "inlet_temperature_a") - mean(other, "SUPPLY", "inlet_temperature_a")) > 0.3


def test_on_colder_days_water_is_warmer_there_is_more_of_it_and_it_carries_more_heat() -> None:
    cold, mild = (running(at) for at in days(1))
    assert mean(cold, "SUPPLY", "inlet_temperature_a") > mean(mild, "SUPPLY", "inlet_temperature_a") + 10.0
    assert mean(cold, "SUPPLY", "outlet_flow_a") > 1.15 * mean(mild, "SUPPLY", "outlet_flow_a")
    assert mean(cold, "SUPPLY", "heat_power") > 1.5 * mean(mild, "SUPPLY", "heat_power")
    assert mean(cold, "VFD102", "frequency_setpoint") > mean(mild, "VFD102", "frequency_setpoint") + 2.0
    assert mean(cold, "ROOM-WT", "air_temperature") < mean(mild, "ROOM-WT", "air_temperature")


def test_supply_is_as_warm_as_the_neighbour_sent_it_hours_ago_by_the_heating_curve() -> None:
    curve = np.array(SEASON.temperature_c["supply"], dtype=np.float64)
    winter = Winter(SEASON, LAYOUT, SEED, ZONE)
    (line,) = (line for line in LAYOUT.lines if line.side == "upstream" and line.circuit == "supply")
    volume = np.array([0.25 * np.pi * line.bore_m**2 * line.length_m])
    for at in days(2):
        celsius = mean(running(at), "SUPPLY", "inlet_temperature_a")
        age = winter.ages(at, 0, volume)
        assert 1.5 * HOUR < age[0] < 6.0 * HOUR
        sent = winter.sent_at(at - age)[0, 0] - KELVIN
        assert -0.4 < sent - celsius < 1.6  # what 25 km lose to the ground, and the thermometer's error
        assert curve[:, 1].min() <= sent <= curve[:, 1].max()


def test_more_flows_when_people_get_up_than_at_night() -> None:
    night, morning = (running(local(2026, 1, 20, hour)) for hour in (3, 7))
    assert mean(morning, "SUPPLY", "outlet_flow_a") > 1.01 * mean(night, "SUPPLY", "outlet_flow_a")


@pytest.mark.parametrize(("side", "header"), [("upstream", "inlet"), ("downstream", "outlet")])
def test_what_a_neighbour_does_is_told_and_is_felt_once_its_wave_has_come(side: str, header: str) -> None:
    first = int((local(2026, 1, 5) + standard(ZONE)) // DAY)
    lines = [i for i, line in enumerate(LAYOUT.lines) if line.side == side and line.circuit == "supply"]
    found = [(day, move) for day in range(first, first + 60) for move in dispatch.moves(SEED, day, LAYOUT)]
    turns = [(day, move) for day, move in found if move.line in lines and move.what is dispatch.ROTATION]
    day, move = max(turns, key=lambda one: abs(one[1].head))
    before = 40
    frames = running(np.floor(day * DAY - standard(ZONE) + move.begins) - before, before + 140)
    said = [
        (frame.at, event) for frame in frames for event in frame.events if event.data.get("operation") == "neighbour"
    ]
    assert [event.subject for _, event in said] == [LAYOUT.lines[move.line].id]
    pressure = column(frames, "SUPPLY", f"{header}_pressure_b")
    usual, arrived = pressure[: before + int(TRAVEL) - 3], pressure[-20:]
    felt = 1e6 * (arrived.mean() - usual.mean()) / (1000.0 * STANDARD_GRAVITY * move.head)
    assert LEAST_FELT < felt < 1.5
    assert np.ptp(usual) < 0.3 * abs(arrived.mean() - usual.mean()) + 4e-3
