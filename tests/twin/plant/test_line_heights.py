"""Where a line lies decides how near its water is to boiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.paths import REFERENCE_STATION
from twin.plant import reading, water
from twin.plant.hydraulics import solve
from twin.plant.line import Lines, settled
from twin.plant.network import Network
from twin.units import STANDARD_ATMOSPHERE, STANDARD_GRAVITY

FILE = reading.read(REFERENCE_STATION).file
B4 = Network.of(FILE)
DUTY = np.array([1.0, 1.0, 1.0, 0.0] * 2)
FLOWS, RESTING = settled(B4, Lines.of(FILE, 1.0), DUTY, B4.losses())
RESERVE = 30e3  # Pa, what CJJ 34 wants above saturation everywhere


def over(*profile):
    """The lines, the first of them laid over these (distance from the station, height) points."""
    first = FILE.lines[0].model_copy(update={"profile": profile})
    return Lines.of(FILE.model_copy(update={"lines": (first, *FILE.lines[1:])}), 1.0)


def test_the_margin_is_absolute_pressure_less_that_at_which_the_water_boils():
    lines = Lines.of(FILE, 1.0)
    margin = lines.margin(RESTING)[lines.near]
    density = water.density(np.array([120.0, 30.0]) + 273.15)[B4.node_circuit]
    gauge = density * STANDARD_GRAVITY * (FLOWS.head - B4.elevation)
    at_joints = gauge[[B4.nodes.index(line.node) for line in FILE.lines]]
    boiling = water.vapour_pressure(np.array([120.0, 120.0, 30.0, 30.0]) + 273.15)
    np.testing.assert_allclose(margin, at_joints + STANDARD_ATMOSPHERE - boiling, rtol=1e-9)


def test_the_reference_lines_keep_their_reserve_in_ordinary_operation():
    assert np.all(Lines.of(FILE, 1.0).lowest_margin(RESTING) > RESERVE)


@given(st.floats(2000.0, 23000.0), st.floats(150.0, 300.0))
def test_the_least_margin_is_on_the_hill(away, height):
    lines = over((0.0, 0.0), (away - 1500.0, 0.0), (away, height), (away + 1500.0, 0.0))
    margin, distance = lines.lowest_margin(RESTING), lines.lowest_place(RESTING)
    reach = lines.pipe.length[0] / lines.reaches[0]
    assert distance[0] == pytest.approx(away, abs=reach)
    assert margin[0] < Lines.of(FILE, 1.0).lowest_margin(RESTING)[0]


def test_a_hill_too_high_boils_and_its_margin_says_by_how_much():
    level, raised = Lines.of(FILE, 1.0), over((0.0, 0.0), (12500.0, 0.0), (12600.0, 500.0), (12700.0, 500.0))
    assert raised.lowest_margin(RESTING)[0] < 0.0
    np.testing.assert_allclose(raised.margin(RESTING)[raised.near[0]], level.margin(RESTING)[level.near[0]])
    np.testing.assert_allclose(
        level.margin(RESTING)[0] - raised.margin(RESTING)[0], 500.0 * level.weight[0], rtol=1e-12
    )


def test_a_shock_lowers_the_margin_where_it_passes():
    lines = over((0.0, 0.0), (25000.0, 0.0))
    state, flows = RESTING, FLOWS
    before = lines.lowest_margin(state)
    for _ in range(40):
        flows = solve(B4, 0.0 * DUTY, B4.losses(), lines.boundary(state), start=flows)
        state = lines.advance(state, flows.line, flows.line_head)
    after = lines.lowest_margin(state)
    assert after[1] < before[1] - 2e5  # downstream of pumps that stopped
    assert after[0] > before[0]


def test_a_line_without_a_profile_lies_as_high_as_the_node_it_joins():
    raised = tuple(n.model_copy(update={"elevation_m": 3.0}) if n.id == "S-IN" else n for n in FILE.nodes)
    lines = Lines.of(FILE.model_copy(update={"nodes": raised}), 1.0)
    assert set(lines.elevation[lines.line == 0]) == {3.0}
    assert set(lines.elevation[lines.line == 1]) == {0.0}
