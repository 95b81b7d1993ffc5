"""A heating season: the town's load by weather and hour, water by the heating curve, the same for any day asked for."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.simulation.stations import column, reference, run, small
from twin.errors import StationError
from twin.signals import Floats
from twin.simulation import dispatch
from twin.simulation.layout import layout_of
from twin.simulation.plant import Plant
from twin.simulation.scenario import load, parse
from twin.simulation.season import Season, Winter
from twin.simulation.weather import DAY, HOUR, Climate, chance, outdoor

LAYOUT, ZONE = layout_of(reference()), reference().zone


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).timestamp()


NOVEMBER, JANUARY, MARCH = local(2025, 11, 15), local(2026, 1, 15), local(2026, 3, 15)
SEASON = load("season").season or Season()


@cache
def winter(seed: int = 7) -> Winter:
    return Winter(SEASON, LAYOUT, seed, ZONE)


def days(since: float, until: float, every: float = DAY) -> Floats:
    return np.arange(since, until, every)


def test_chance_is_standard_normal_everywhere_between_its_draws() -> None:
    for part in (0.0, 0.25, 0.5, 0.9):
        drawn = chance(3, "x", np.arange(4000) + part)
        assert drawn.mean() == pytest.approx(0.0, abs=0.09)
        assert drawn.std() == pytest.approx(1.0, abs=0.06)


@given(st.floats(-1e4, 1e6), st.integers(0, 2**31))
def test_chance_is_continuous_and_the_same_whenever_it_is_asked_for(place: float, seed: int) -> None:
    near = chance(seed, "x", np.array([place, place + 1e-7, place]))
    assert near[0] == near[2]
    assert near[1] == pytest.approx(near[0], abs=1e-4)


def test_january_is_colder_than_november_and_nights_are_colder_than_days() -> None:
    climate = Climate()
    for seed in range(4):
        of_november, of_january = (
            outdoor(climate, seed, days(since, since + 25 * DAY, HOUR), ZONE) for since in (NOVEMBER, JANUARY)
        )
        assert of_january.mean() < of_november.mean() - 3.0
        of_day = of_january.reshape(-1, 24)
        assert of_day[:, 15].mean() > of_day[:, 4].mean() + 6.0
        assert of_january.std() > 3.0


def test_the_source_sends_98_degrees_in_mid_december_and_120_in_the_coldest_hours() -> None:
    sent = [winter(seed).sent_at(days(local(2025, 12, 6), local(2025, 12, 26)))[:, 0] - 273.15 for seed in range(8)]
    assert np.mean(sent) == pytest.approx(97.0, abs=5.0)
    coldest = max(winter(seed).sent_at(days(JANUARY - 20 * DAY, JANUARY + 20 * DAY))[:, 0].max() for seed in range(8))
    assert coldest - 273.15 == pytest.approx(119.0, abs=3.0)


def test_flow_and_temperature_follow_the_outdoor_temperature() -> None:
    times = days(NOVEMBER + 5 * DAY, MARCH - 5 * DAY, 2 * DAY)
    warmth = np.array([outdoor(SEASON.climate, 7, at - np.arange(0, 25) * HOUR, ZONE).mean() for at in times])
    share = np.array([winter().now(at).load for at in times])
    sent = winter().sent_at(times + DAY)[:, 0]
    assert np.corrcoef(warmth, share)[0, 1] < -0.95
    assert np.corrcoef(warmth, sent)[0, 1] < -0.7
    assert 0.5 <= share.min() < share.max() <= 1.0


def test_the_heat_that_flows_is_the_heat_that_is_asked_for() -> None:
    times = days(NOVEMBER + 5 * DAY, MARCH - 5 * DAY)
    heat, share = winter().heat(times), winter().share(times)
    celsius = {name: np.interp(heat, *np.array(curve).T) for name, curve in SEASON.temperature_c.items()}
    carried = share * (celsius["supply"] - celsius["return"]) / 90.0
    flowing = share > SEASON.least_flow
    assert np.abs(carried - heat)[flowing].max() < 0.035  # the daily swing, and a full line at the coldest


def test_load_is_higher_in_the_morning_and_in_the_evening_than_at_night() -> None:
    times = days(JANUARY, JANUARY + 20 * DAY, HOUR)
    of_day = (winter().share(times) / winter().heat(times)).reshape(-1, 24).mean(axis=0)
    assert of_day[7] > of_day[14] > of_day[3]
    assert of_day[19] > of_day[14]


def test_outside_the_season_only_hot_water_is_asked_for() -> None:
    for at in (local(2025, 7, 1), local(2025, 11, 14, 12), MARCH + HOUR, local(2026, 9, 1)):
        assert winter().heat(np.array([at]))[0] == pytest.approx(SEASON.hot_water)
        assert winter().now(at).load == pytest.approx(0.5, abs=0.01)
    assert winter().heating(np.array([JANUARY]))[0] == 1.0
    assert Winter(Season(begins="03-01", ends="06-01"), LAYOUT, 1, ZONE).heating(np.array([JANUARY]))[0] == 0.0


@settings(max_examples=15, deadline=None)
@given(st.floats(NOVEMBER, MARCH))
def test_any_instant_is_the_same_whatever_was_asked_before(at: float) -> None:
    fresh = Winter(SEASON, LAYOUT, 7, ZONE).now(at)
    used = winter().now(at)
    assert (fresh.load, fresh.outdoor) == (used.load, used.outdoor)
    np.testing.assert_array_equal(fresh.sent, used.sent)
    np.testing.assert_array_equal(fresh.head, used.head)


def test_nothing_jumps_from_second_to_second_and_over_midnight() -> None:
    midnight = local(2026, 1, 16)
    times = [midnight - 3.0, midnight - 2.0, midnight - 1.0, midnight, midnight + 1.0, midnight + 2.0]
    sheets = [winter().now(at) for at in times]
    for before, after in pairwise(sheets):
        assert after.load == pytest.approx(before.load, abs=1e-4)
        np.testing.assert_allclose(after.sent, before.sent, atol=0.01)
        np.testing.assert_allclose(after.head, before.head, atol=0.05)


def test_water_is_as_old_as_the_volume_that_followed_it() -> None:
    volume = np.array([0.0, 1000.0, 50_000.0, 120_000.0])
    ages = winter().ages(JANUARY, 0, volume)
    assert ages[0] == 0.0
    for age, expected in zip(ages[1:], volume[1:], strict=True):
        seconds = np.linspace(JANUARY - age, JANUARY, 2000)
        flowed = np.trapezoid([winter().now(at).load for at in seconds], seconds) * LAYOUT.set_points[0]
        assert flowed == pytest.approx(expected, abs=60.0)


def test_another_seed_is_another_winter() -> None:
    times = days(NOVEMBER, MARCH)
    one, other = winter(1).heat(times), winter(2).heat(times)
    assert np.corrcoef(one, other)[0, 1] < 0.9
    assert one.mean() == pytest.approx(other.mean(), abs=0.1)


def test_a_neighbours_moves_end_on_the_day_they_begin_and_leave_nothing_behind() -> None:
    moved = 0
    for day in range(20_440, 20_500):
        made = dispatch.moves(7, day, LAYOUT)
        above = dispatch.heads(made, np.array([0.0, 43_200.0, DAY]), 4)
        assert not above[[0, -1]].any()
        assert np.abs(above).max() < 10.0
        moved += len(made)
    assert 60 * 4 * 0.8 < moved < 60 * 4 * 1.6


def test_a_day_begun_at_noon_has_the_water_that_the_morning_sent() -> None:
    """The lines of a run that starts later hold what they hold in one that has run there, but for chance."""
    begins = local(2026, 1, 15, 6)
    long = Plant(reference(), 7, begins, "season")
    run(long, 600)
    short = Plant(reference(), 7, begins + 600, "season")
    for equipment in ("SUPPLY", "RETURN"):
        for measures in ("inlet_temperature_a", "outlet_flow_a", "inlet_pressure_a", "outlet_pressure_a"):
            one, other = (column(run(plant, 5), equipment, measures).mean() for plant in (long, short))
            assert one == pytest.approx(other, rel=0.015), (equipment, measures)


def test_pumps_keep_their_flow_over_speed_on_a_mild_day_and_on_a_cold_one() -> None:
    for at in (local(2025, 11, 22, 12), local(2026, 1, 20, 12)):
        frames = run(Plant(reference(), 7, at, "season"), 60)
        flow, speed = column(frames, "P102", "pump_flow").mean(), column(frames, "P102", "shaft_speed").mean()
        running = [pump for pump in ("P101", "P102", "P103", "P104") if column(frames, pump, "running").all()]
        assert len(running) == 3
        if "P102" in running:
            assert (flow / 6500.0) / (speed / 990.0) == pytest.approx(1.0, abs=0.04)


def test_a_season_that_names_what_is_not_there_is_refused() -> None:
    scenario = parse('name = {en = "x"}\nduration_s = 60\n[season]\naway_km = {suply = 60}\n')
    with pytest.raises(StationError) as caught:
        Plant(reference(), 1, JANUARY, scenario)
    assert "Did you mean 'supply'?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('begins = "15-11"', "line 4: begins is '15-11'"),
        ("hot_watr = 0.1", "line 4: 'hot_watr' means nothing here. Did you mean 'hot_water'?"),
        ("hot_water = 2", "It must be at most 1"),
        ("climate = {mean = 5}", "'mean' means nothing here. Did you mean 'mean_c'?"),
    ],
)
def test_a_mistake_in_a_season_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(StationError) as caught:
        parse(f'name = {{en = "x"}}\nduration_s = 60\n[season]\n{text}\n', "mine.toml")
    assert said in str(caught.value)


def test_the_smallest_station_has_a_season_too() -> None:
    scenario = parse('name = {en = "x"}\nduration_s = 60\n[season]\n')
    frame = run(Plant(small(), 1, JANUARY, scenario), 5)[-1]
    assert 50.0 <= frame.values[0] <= 100.0
