"""A fitted curve finds the pump behind its points, never rises, and says so where the points do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import StationError
from twin.plant import curve
from twin.plant.fitting import fit

KINDS = ("table", "polynomial", "power")
TRUE = curve.from_points(np.array([0.0, 1.1, 2.5]), np.array([106.0, 96.0, 54.0]), kind="power")


def points(count=200, noise=0.0):
    """Flows, heads and speeds of a pump that follows the affinity laws."""
    rng = np.random.default_rng(7)
    speed = rng.uniform(0.6, 1.05, count)
    flow = speed * np.linspace(0.02, 2.4, count)
    return flow, curve.head(TRUE, flow, speed) + rng.normal(0.0, noise, count), speed


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_finds_the_pump_behind_points_taken_at_many_speeds(kind):
    flow, head, speed = points()
    found = fit(flow, head, speed=speed, kind=kind)
    across = np.linspace(0.1, 2.3, 50)
    np.testing.assert_allclose(curve.head(found.curve, across), curve.head(TRUE, across), rtol=0.005)
    assert found.rises is None
    assert found.warning == ""


@pytest.mark.parametrize("kind", KINDS)
def test_noise_averages_out(kind):
    flow, head, speed = points(2000, noise=1.0)
    found = fit(flow, head, speed=speed, kind=kind)
    across = np.linspace(0.2, 2.2, 50)
    np.testing.assert_allclose(curve.head(found.curve, across), curve.head(TRUE, across), atol=0.6)


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.floats(0.0, 3.0), st.floats(1.0, 100.0)), min_size=5, max_size=30, unique_by=lambda p: p[0])
)
def test_a_fitted_table_never_rises_whatever_the_points(measured):
    flow, head = np.array(measured).T
    if np.ptp(flow) < 0.1:
        return
    assert fit(flow, head).curve.falls


@pytest.mark.parametrize("kind", ["table", "polynomial"])
def test_points_whose_head_rises_are_told(kind):
    flow = np.linspace(0.0, 2.0, 30)
    found = fit(flow, 20.0 + 3.0 * flow - 2.0 * flow**2, kind=kind)
    low, high = found.rises
    assert low == pytest.approx(0.0, abs=0.05)
    assert high == pytest.approx(0.75, abs=0.3)
    assert "rises with flow" in found.warning
    assert found.curve.falls == (kind == "table")


def test_a_point_of_no_weight_counts_for_nothing():
    flow, head, speed = points(50)
    weights = np.ones(50)
    head[10], weights[10] = 1e4, 0.0
    found = fit(flow, head, speed=speed, weights=weights)
    assert curve.head(found.curve, 1.0) == pytest.approx(float(curve.head(TRUE, 1.0)), rel=0.005)


def test_points_of_a_standing_pump_and_gaps_are_left_out():
    flow, head, speed = points(50)
    head[3], speed[7], head[7] = np.nan, 0.0, 55.0
    assert fit(flow, head, speed=speed).error < 0.5


def test_the_error_is_the_scatter_of_the_points():
    flow = np.linspace(0.0, 2.4, 4000)
    found = fit(flow, curve.head(TRUE, flow) + np.random.default_rng(7).normal(0.0, 0.5, 4000))
    assert found.error == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(
    ("flow", "head"), [([1.0, 2.0, 3.0], [9.0, 8.0, 7.0]), ([1.0] * 5, [9.0] * 5), ([np.nan] * 6, [1.0] * 6)]
)
def test_too_few_points_are_refused_by_name(flow, head):
    with pytest.raises(StationError, match="too few") as refused:
        fit(np.array(flow), np.array(head), name="P101")
    assert refused.value.thing == "P101"
