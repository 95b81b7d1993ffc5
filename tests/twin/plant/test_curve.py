"""A pump's curve: through its points, falling, similar at every speed, and defined everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import StationError
from twin.plant import curve
from twin.plant.bank import Bank
from twin.plant.station import Curve
from twin.units import STANDARD_GRAVITY

HOUR = 3600.0
SHEET = Curve(
    speed_rpm=990,
    flow_m3_h=(0, 2000, 4000, 5000, 6000, 6500, 7000, 8000, 9000),
    head_m=(106.7, 104.2, 96.6, 90.9, 84.0, 80.0, 75.7, 66.1, 55.1),
    efficiency=(0, 0.46, 0.745, 0.825, 0.873, 0.880, 0.876, 0.832, 0.735),
    npsh_required_m=(3.4, 3.9, 5.1, 6.1, 7.6, 8.6, 9.8, 13.0, 17.2),
)
REFERENCE = curve.from_station(SHEET, "design")


@st.composite
def points(draw, least: int = 2, most: int = 12):
    """Flows that rise from zero and heads that fall from somewhere, in no regular steps."""
    k = draw(st.integers(least, most))
    steps = draw(st.lists(st.floats(0.05, 1.0), min_size=k - 1, max_size=k - 1))
    drops = draw(st.lists(st.floats(0.05, 30.0), min_size=k - 1, max_size=k - 1))
    flow = np.r_[0.0, np.cumsum(steps)]
    tail = draw(st.floats(0.5, 50.0))
    return flow, tail + np.r_[np.cumsum(drops[::-1])[::-1], 0.0]


@st.composite
def curves(draw):
    kind = draw(st.sampled_from(["table", "power", "polynomial"]))
    if kind == "table":
        return curve.from_points(*draw(points()), kind="table")
    if kind == "power":
        shut_off, factor = draw(st.floats(5, 200)), draw(st.floats(1, 50))
        exponent = draw(st.floats(0.5, 4.0))
        last = (0.6 * shut_off / factor) ** (1 / exponent)
        flow = np.array([0.0, 0.6 * last, last])
        return curve.from_points(flow, shut_off - factor * flow**exponent, kind="power")
    shut_off, last = draw(st.floats(5, 200)), draw(st.floats(0.1, 4))
    shares = draw(st.tuples(st.floats(0.02, 0.3), st.floats(0.02, 0.3), st.floats(0.02, 0.3)))
    flow = np.linspace(0, last, 4)
    head = shut_off * (1 - sum(share * (flow / last) ** (i + 1) for i, share in enumerate(shares)))
    return curve.from_points(flow, head, kind="polynomial")


speeds = st.floats(0.05, 1.3)


@given(points())
def test_a_table_passes_through_the_points_it_was_made_from(made_from):
    flow, head = made_from
    made = curve.from_points(flow, head)
    np.testing.assert_allclose(curve.head(made, flow), head, rtol=1e-12)


@given(curves())
def test_a_curve_of_any_kind_passes_through_the_points_it_was_made_from(made):
    np.testing.assert_allclose(curve.head(made, made.flow), made.head, rtol=1e-9, atol=1e-9)


@given(curves(), speeds)
def test_head_falls_with_flow_within_the_points_beyond_them_and_at_reverse_flow(made, speed):
    flow = np.linspace(-3.0, 4.0, 1500) * made.valid[1] * max(speed, 0.3)
    assert made.falls
    assert np.all(np.diff(curve.head(made, flow, speed)) <= 1e-9 * made.head[0])
    outside = flow[flow > made.valid[1] * speed]
    assert np.all(np.diff(curve.head(made, outside, speed)) < 0.0)


@given(curves(), speeds, st.floats(-2.0, 3.0))
def test_head_obeys_the_affinity_law(made, speed, share):
    flow = share * made.valid[1]
    np.testing.assert_allclose(
        curve.head(made, flow * speed, speed), speed**2 * curve.head(made, flow), rtol=1e-9, atol=1e-9
    )


@given(curves(), speeds, st.floats(-1.5, -0.01) | st.floats(0.01, 2.5))  # a power law below 1 is upright at 0
def test_the_slope_of_head_is_its_derivative(made, speed, share):
    flow = share * made.valid[1]
    step = 1e-6 * made.valid[1]
    around = curve.head(made, np.array([flow - step, flow + step]), speed)
    slopes = curve.head_slope(made, np.array([flow - step, flow, flow + step]), speed)
    measured = (around[1] - around[0]) / (2 * step)
    tolerance = 1e-4 * (1.0 + np.abs(slopes).max())
    assert slopes.min() - tolerance <= measured <= slopes.max() + tolerance


@given(curves())
def test_a_standing_pump_is_a_resistance_that_takes_no_power(made):
    flow = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) * made.valid[1]
    head = curve.head(made, flow, 0.0)
    np.testing.assert_allclose(head, -head[::-1], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(head[[3, 4]] / flow[[3, 4]] ** 2, head[3] / flow[3] ** 2, rtol=1e-3)
    assert head[0] > 0.0 > head[4]
    np.testing.assert_array_equal(curve.head(made, flow, -0.5), head)
    assert np.all(curve.shaft_power(REFERENCE, np.linspace(-3.0, 3.0, 7), 0.0, 950.0) < 1e-6)


@given(speeds.filter(lambda s: s > 0.2))
def test_efficiency_loses_by_speed_what_sarbu_and_borza_say(speed):
    rated = curve.efficiency(REFERENCE, 6500 / HOUR)
    slowed = curve.efficiency(REFERENCE, 6500 / HOUR * speed, speed)
    assert rated == pytest.approx(0.88)
    assert slowed == pytest.approx(1 - (1 - 0.88) * speed**-0.1)


def test_efficiency_passes_through_the_points_it_was_made_from():
    flow = np.array(SHEET.flow_m3_h) / HOUR
    np.testing.assert_allclose(curve.efficiency(REFERENCE, flow), SHEET.efficiency, atol=1e-12)


@given(st.floats(0.2, 1.2), st.floats(0.05, 1.5))
def test_shaft_power_is_hydraulic_power_over_efficiency(speed, share):
    flow = share * REFERENCE.valid[1] * speed
    hydraulic = 943.8 * STANDARD_GRAVITY * flow * np.maximum(curve.head(REFERENCE, flow, speed), 0.0)
    power = curve.shaft_power(REFERENCE, flow, speed, 943.8)
    assert power * curve.efficiency(REFERENCE, flow, speed) == pytest.approx(hydraulic)


def test_the_reference_pump_takes_its_rated_power():
    assert curve.shaft_power(REFERENCE, 6500 / HOUR, 1.0, 943.8) == pytest.approx(1519e3, rel=2e-3)


def test_a_dead_headed_pump_still_takes_power():
    share = curve.shaft_power(REFERENCE, 0.0, 1.0, 943.8) / curve.shaft_power(REFERENCE, 6500 / HOUR, 1.0, 943.8)
    assert 0.4 < share < 0.7


def test_power_given_is_power_with_cold_water():
    sheet = Curve(speed_rpm=990, flow_m3_h=(0, 5000, 9000), head_m=(100, 90, 55), power_kw=(900, 1500, 1800))
    made = curve.from_station(sheet)
    power = curve.shaft_power(made, np.array([0.0, 5000, 9000]) / HOUR, 1.0, curve.COLD_WATER)
    np.testing.assert_allclose(power, [900e3, 1500e3, 1800e3])


def test_a_curve_without_efficiency_says_no_power():
    made = curve.from_points(np.array([0.0, 1.0]), np.array([10.0, 5.0]))
    assert np.isnan(curve.shaft_power(made, 0.5, 1.0, 1000.0))
    assert np.isnan(curve.efficiency(made, 0.5))
    assert np.isnan(curve.npsh_required(made, 0.5))


def test_npsh_required_passes_through_its_points_and_goes_on_rising():
    flow = np.array(SHEET.flow_m3_h) / HOUR
    np.testing.assert_allclose(curve.npsh_required(REFERENCE, flow), SHEET.npsh_required_m)
    beyond = curve.npsh_required(REFERENCE, np.linspace(9000, 15000, 20) / HOUR)
    assert np.all(np.diff(beyond) > 0.0)


@given(speeds, st.floats(0.0, 2.0))
def test_npsh_required_obeys_the_affinity_law(speed, flow):
    slowed = curve.npsh_required(REFERENCE, flow * speed, speed)
    assert slowed == pytest.approx(speed**2 * curve.npsh_required(REFERENCE, flow))


def test_one_point_makes_the_usual_parabola():
    made = curve.from_station(Curve(speed_rpm=1450, flow_m3_h=(3600,), head_m=(30.0,), efficiency=(0.8,)))
    np.testing.assert_allclose(curve.head(made, np.array([0.0, 1.0, 2.0])), [40.0002, 30.0, 0.0], atol=1e-3)
    assert curve.efficiency(made, 1.0) == pytest.approx(0.8)


def test_a_table_that_begins_above_zero_flow_is_carried_on_to_zero():
    made = curve.from_points(np.array([1.0, 2.0, 3.0]), np.array([20.0, 17.0, 12.0]))
    assert curve.head(made, 0.0) >= 20.0
    assert made.falls


@pytest.mark.parametrize(
    ("sheet", "wrong"),
    [
        (Curve(speed_rpm=990, flow_m3_h=(0, 1, 2), head_m=(10, 11, 9)), "head rises"),
        (Curve(speed_rpm=990, flow_m3_h=(0, 1, 1), head_m=(10, 9, 8)), "flows do not rise"),
        (Curve(speed_rpm=990, flow_m3_h=(0, 1, 2), head_m=(10, 9)), "3 flows and 2 heads"),
        (Curve(speed_rpm=990, flow_m3_h=(0, 1, 2, 3), head_m=(10, 9, 7, 4), kind="power"), "one point, or three"),
        (Curve(speed_rpm=990, flow_m3_h=(0, 1, 2), head_m=(10, 10, 4), kind="power"), "must fall"),
        (Curve(speed_rpm=990, flow_m3_h=(0, 1, 1.0001), head_m=(10, 9, 1), kind="power"), "exponent"),
        (Curve(speed_rpm=990, flow_m3_h=(5,), head_m=(0,)), "no head"),
    ],
)
def test_points_no_pump_can_have_are_refused_by_name(sheet, wrong):
    with pytest.raises(StationError, match=wrong) as refused:
        curve.from_station(sheet, "curves.design")
    assert refused.value.thing == "curves.design"


@given(st.lists(curves(), min_size=1, max_size=8), st.data())
def test_a_bank_gives_each_pump_what_its_own_curve_gives(made, data):
    n = len(made)
    flow = np.array(data.draw(st.lists(st.floats(-2, 6), min_size=n, max_size=n)))
    speed = np.array(data.draw(st.lists(st.floats(0, 1.3), min_size=n, max_size=n)))
    scale = np.array(data.draw(st.lists(st.floats(0.8, 1.1), min_size=n, max_size=n)))
    head, slope = Bank.of(made).head_and_slope(flow, speed, scale)
    alone = [curve.head_and_slope(c, q, s) for c, q, s in zip(made, flow, speed, strict=True)]
    np.testing.assert_allclose(head, scale * np.array([h for h, _ in alone]), rtol=1e-12)
    np.testing.assert_allclose(slope, scale * np.array([s for _, s in alone]), rtol=1e-12)
    running = Bank.of(made).at(speed, scale)
    np.testing.assert_allclose(running.head(flow), head, rtol=1e-12)
    np.testing.assert_allclose(running.head_and_slope(flow)[1], slope, rtol=1e-12)


def test_a_bank_mixes_pumps_whose_power_is_known_with_others():
    unknown = curve.from_points(np.array([0.0, 1.0]), np.array([10.0, 5.0]))
    power = Bank.of([REFERENCE, unknown]).shaft_power(np.full(2, 1.5), np.ones(2), 950.0)
    assert np.isnan(power).tolist() == [False, True]


@given(st.floats(0.01, 3.0), speeds)
def test_power_times_efficiency_is_what_the_water_gets(flow, speed):
    power, efficiency = curve.power_and_efficiency(REFERENCE, flow, speed, 950.0)
    given_to_water = 950.0 * STANDARD_GRAVITY * flow * max(float(curve.head(REFERENCE, flow, speed)), 0.0)
    assert power * efficiency == pytest.approx(given_to_water, rel=1e-9)


def test_a_bank_knows_which_pumps_stand_within_their_points():
    bank = Bank.of([REFERENCE] * 4)
    inside = bank.in_range(np.array([6500, 9500, 5000, 0.0]) / HOUR, np.array([1.0, 1.0, 0.5, 0.0]))
    assert inside.tolist() == [True, False, False, False]


def test_a_flow_that_is_not_known_gives_no_head():
    assert np.isnan(curve.head(REFERENCE, np.array([np.nan])))[0]


def test_a_point_that_is_not_a_number_is_refused():
    with pytest.raises(StationError, match="not a number"):
        curve.from_points(np.array([0.0, 1.0, 2.0]), np.array([10.0, np.nan, 4.0]))
