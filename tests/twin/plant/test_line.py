"""The elastic line: rest stays rest, shocks obey ρaΔv and arrive after L/a, and no water is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.paths import REFERENCE_STATION
from twin.plant import reading
from twin.plant.hydraulics import solve
from twin.plant.line import Lines, LineState, settled, wave_speed
from twin.plant.network import Network
from twin.plant.station import StationFile
from twin.units import STANDARD_GRAVITY

FILE = reading.read(REFERENCE_STATION).file
B4 = Network.of(FILE)
DUTY = np.array([1.0, 1.0, 1.0, 0.0] * 2)
OPEN = B4.losses()


def run(lines, state, flows, speed, steps, behind=None):
    """States of station and lines, one a step."""
    for _ in range(steps):
        flows = solve(B4, speed, OPEN, lines.boundary(state), start=flows)
        assert flows.converged
        state = lines.advance(state, flows.line, flows.line_head, behind)
        yield flows, state


def stored(lines, state):
    """(n,) volume a line holds beyond that at zero head. [m³]"""
    area = 0.25 * np.pi * lines.pipe.bore**2
    capacity = STANDARD_GRAVITY * area / lines.wave_speed**2 * lines.wave_speed * lines.step  # m³ per m and reach
    ends = state.head[lines.far] + state.head[lines.near]
    return capacity * (np.add.reduceat(state.head, lines.far) - 0.5 * ends)


def frictionless(lines):
    """The same lines between fixed heads of zero, without friction, for what theory says exactly."""
    return replace(
        lines, pipe=replace(lines.pipe, length=np.zeros(4)), behind=np.zeros(4), behind_quadratic=np.zeros(4)
    )


@pytest.mark.parametrize("step", [1.0, 0.5, 0.25])
def test_a_steady_state_stays_steady(step):
    lines = Lines.of(FILE, step)
    flows, state = settled(B4, lines, DUTY, OPEN)
    *_, (later, end) = run(lines, state, flows, DUTY, 200)
    np.testing.assert_allclose(later.flow, flows.flow, atol=1e-6)
    np.testing.assert_allclose(end.head, state.head, atol=1e-4)


def test_a_shock_in_hot_water_travels_as_steel_and_water_say():
    speeds = wave_speed(np.array([30.0, 120.0]) + 273.15, np.full(2, 1.584), np.full(2, 0.018))
    np.testing.assert_allclose(speeds, [1076.0, 1095.0], rtol=0.005)


@given(st.floats(-4.0, -0.1))
def test_a_change_of_flow_makes_the_pressure_joukowsky_says(change):
    lines = Lines.of(FILE, 1.0)
    flows, state = settled(B4, lines, DUTY, OPEN)
    after = lines.boundary(state)
    head = after.head - after.linear * (flows.line + change)
    velocity = change / (0.25 * np.pi * lines.pipe.bore**2)
    np.testing.assert_allclose(head - flows.line_head, -lines.wave_speed * velocity / STANDARD_GRAVITY, rtol=0.01)


def test_what_a_neighbour_does_arrives_after_the_travel_time_and_not_before():
    lines = Lines.of(FILE, 0.5)
    flows, state = settled(B4, lines, DUTY, OPEN)
    np.testing.assert_allclose(lines.reaches * lines.step, lines.pipe.length / lines.wave_speed, rtol=0.01)
    behind = lines.behind - np.array([40.0, 0.0, 0.0, 0.0])
    suction = [later.at("S-IN") for later, _ in run(lines, state, flows, DUTY, 60, behind)]
    arrived = int(np.flatnonzero(np.abs(np.array(suction) - flows.at("S-IN")) > 1.0)[0]) + 1
    assert arrived == lines.reaches[0] + 1
    assert suction[-1] < flows.at("S-IN") - 5.0


def test_the_trip_of_all_pumps_raises_suction_and_lowers_discharge_at_once():
    lines = Lines.of(FILE, 1.0)
    flows, state = settled(B4, lines, DUTY, OPEN)
    later, _ = next(run(lines, state, flows, np.zeros(8), 1))
    weight = 943.8 * STANDARD_GRAVITY / 1e5
    assert (later.at("S-IN") - flows.at("S-IN")) * weight == pytest.approx(3.7, abs=0.5)
    assert (later.at("S-OUT") - flows.at("S-OUT")) * weight == pytest.approx(-3.7, abs=0.5)
    assert later.line[0] / flows.line[0] - 1.0 == pytest.approx(-0.13, abs=0.02)


def test_the_loss_of_one_pump_costs_more_flow_at_first_than_later():
    lines = Lines.of(FILE, 1.0)
    flows, state = settled(B4, lines, DUTY, OPEN)
    speed = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0])
    shares = [later.line[0] / flows.line[0] - 1.0 for later, _ in run(lines, state, flows, speed, 1500)]
    assert shares[0] == pytest.approx(-0.054, abs=0.005)
    assert shares[-1] == pytest.approx(-0.037, abs=0.003)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(-60.0, 60.0)), min_size=3, max_size=12))
def test_no_water_is_lost_whatever_happens(actions):
    lines = Lines.of(FILE, 1.0)
    flows, state = settled(B4, lines, DUTY, OPEN)
    for speed, change in actions:
        for later, after in run(lines, state, flows, speed * DUTY, 7, lines.behind + change):
            came = 0.5 * (state.flow + after.flow)
            gained = stored(lines, after) - stored(lines, state)
            np.testing.assert_allclose(gained, lines.step * (came[lines.far] - came[lines.near]), atol=1e-8)
            flows, state = later, after


def test_a_shock_goes_to_and_fro_undiminished_where_nothing_rubs():
    lines = frictionless(Lines.of(FILE, 1.0))
    state = LineState(np.zeros(lines.line.size), np.ones(lines.line.size), np.zeros(4))
    shut, heads = np.zeros(4), []
    there_and_back = 2 * int(lines.reaches[0])
    for _ in range(2 * there_and_back):
        state = lines.advance(state, shut, lines.boundary(state).head)
        heads.append(state.head[lines.near[0]])
    joukowsky = lines.wave_speed[0] / (0.25 * np.pi * lines.pipe.bore[0] ** 2) / STANDARD_GRAVITY
    np.testing.assert_allclose(heads[:there_and_back], joukowsky, rtol=1e-9)
    np.testing.assert_allclose(heads[there_and_back:], -joukowsky, rtol=1e-9)


def test_the_line_loses_what_the_reference_says():
    lines = Lines.of(FILE, 1.0)
    flow = 2.5 * 0.25 * np.pi * 1.584**2
    gradient = lines.friction(np.full(4, flow))[[0, 2]] * flow**2 / 25000 * np.array([943.8, 996.3]) * 9.80665
    np.testing.assert_allclose(gradient, [28.0, 30.0], rtol=0.03)


def test_a_line_shorter_than_a_step_keeps_its_impedance_and_friction():
    short = StationFile.model_validate(
        FILE.model_dump() | {"lines": [x.model_dump() | {"length_m": 100.0} for x in FILE.lines]}
    )
    short_lines, long_lines = Lines.of(short, 1.0), Lines.of(FILE, 1.0)
    assert short_lines.reaches.tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(short_lines.impedance, long_lines.impedance)
    flow = np.full(4, 5.0)
    np.testing.assert_allclose(short_lines.friction(flow) * 250.0, long_lines.friction(flow))
