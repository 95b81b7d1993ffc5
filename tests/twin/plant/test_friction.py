"""Friction in straight pipes: what Colebrook and White, Hagen and Poiseuille, Hazen and Williams found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.plant.friction import Pipes, friction_factor
from twin.units import STANDARD_GRAVITY

WATER = 1.0e-6  # m²/s
NONE = float("nan")


def pipe(bore=0.3, roughness=0.5e-3, hazen_williams=NONE, length=100.0):
    values = (length, bore, roughness, WATER, hazen_williams)
    return Pipes(*(np.array([float(value)]) for value in values))


kinds = st.builds(
    pipe,
    bore=st.floats(0.05, 2.0),
    roughness=st.floats(0.0, 2e-3),
    hazen_williams=st.just(NONE) | st.floats(60.0, 150.0),
)


@given(st.floats(4.0, 8.0), st.floats(1e-6, 0.05))
def test_the_friction_factor_solves_colebrook_and_white(decades, roughness):
    reynolds = np.array([10.0**decades])
    factor = friction_factor(reynolds, np.array([roughness]))
    right = -2.0 * np.log10(roughness / 3.71 + 2.51 / (reynolds * np.sqrt(factor)))
    np.testing.assert_allclose(1.0 / np.sqrt(factor), right, rtol=1e-9)


def test_slow_flow_is_laminar():
    assert friction_factor(np.array([800.0]), np.array([1e-4])) == pytest.approx(64.0 / 800.0)


def test_slow_flow_loses_what_hagen_and_poiseuille_say():
    flow = np.array([1e-5])
    lost, slope = pipe(bore=0.1).loss_and_slope(flow)
    expected = 128.0 * WATER * 100.0 / (np.pi * STANDARD_GRAVITY * 0.1**4)
    assert lost == pytest.approx(expected * flow)
    assert slope == pytest.approx(expected)


def test_hazen_and_williams_give_what_their_tables_give():
    feet = 0.3048
    twelve_inch = pipe(bore=feet, hazen_williams=120.0, length=1000.0 * feet)
    lost = twelve_inch.coefficient(np.array([feet**3])) * feet**6  # of one cubic foot a second
    assert lost / feet == pytest.approx(4.727 * 120.0**-1.852 * 1000.0, rel=1e-4)


@given(kinds, st.floats(-9.0, 1.0))
def test_the_slope_of_a_loss_is_its_derivative(pipes, decades):
    flow = np.array([10.0**decades]) * pipes.area
    step = 1e-5 * flow
    around = [pipes.loss_and_slope(flow + way * step) for way in (-1.0, 1.0)]
    measured = (around[1][0] - around[0][0]) / (2.0 * step)
    low, high = sorted((float(around[0][1][0]), float(around[1][1][0])))
    assert 0.999 * low <= measured <= 1.001 * high


@given(kinds, st.lists(st.floats(-20.0, 20.0), min_size=2, max_size=2, unique=True))
def test_a_loss_grows_with_flow_and_turns_with_it(pipes, flows):
    slow, fast = sorted(flows)
    lost = [float(pipes.loss_and_slope(np.array([flow]))[0][0]) for flow in (slow, fast, -fast)]
    assert lost[1] > lost[0]
    assert lost[2] == pytest.approx(-lost[1])
