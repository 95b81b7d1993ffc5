"""A valve that closes at the end of a line, against what Michaud and Allievi worked out by hand, and its energy."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.plant.test_hydraulics import line, nodes, pipe, station
from twin.plant.hydraulics import Boundary, solve
from twin.plant.line import Lines, LineState
from twin.plant.network import Network
from twin.units import STANDARD_GRAVITY

STEP = 0.05  # s
HEAD = 120.0  # m of the reservoir, above what stands behind the valve
REACHES = 20
FLOW = 1.2  # m³/s at rest


def penstock():
    """A line from a reservoir to a valve that lets water out, without friction, and the valve's loss c."""
    length = REACHES * STEP * 1000.0
    made = station(
        nodes=nodes("A", "B"),
        resistances=[pipe("V", "A", "B")],
        lines=[line("U", "A", "upstream", HEAD) | {"length_m": length}, line("W", "B", "downstream", 0.0)],
    )
    lines = Lines.of(made.model_copy(update={"lines": made.lines[:1]}), STEP)
    smooth = replace(lines.pipe, length=np.zeros(1))
    return Network.of(made), replace(lines, pipe=smooth), np.array([HEAD / FLOW**2])


def uniform(lines, flow, head=HEAD):
    points = lines.line.size
    return LineState(np.full(points, head), np.full(points, flow), np.zeros(1))


def michaud(time, closing, there_and_back, impedance):
    """Head above rest at the valve while flow falls evenly to nothing: ramps of every echo, one after the other."""
    echoes = np.arange(1 + int(time / there_and_back))
    signs = np.where(echoes == 0, 1.0, 2.0 * (-1.0) ** echoes)
    return impedance * FLOW / closing * float(np.sum(signs * (time - echoes * there_and_back)))


@pytest.mark.parametrize("share", [0.5, 1.0, 2.0, 3.7])
def test_flow_cut_evenly_raises_the_head_as_michaud_says(share):
    _, lines, _ = penstock()
    there_and_back = 2.0 * float(lines.reaches[0]) * lines.step
    closing = share * there_and_back
    state, found, expected = uniform(lines, FLOW), [], []
    for k in range(1, round(closing / STEP) + 1):
        feels = lines.boundary(state)
        flow = np.array([FLOW * (1.0 - k * STEP / closing)])
        state = lines.advance(state, flow, feels.head - feels.linear * flow)
        found.append(state.head[-1] - HEAD)
        expected.append(michaud(k * STEP, closing, there_and_back, lines.impedance[0]))
    np.testing.assert_allclose(found, expected, atol=1e-9 * max(expected))
    highest = lines.impedance[0] * FLOW * min(1.0, 1.0 / share)  # ρaΔv, or 2ρLv/T where that is less
    assert max(found) == pytest.approx(highest, rel=0.01)


def allievi(openings, joukowsky):
    """Heads over the resting head at the valve each 2L/a, from openings at the same times (the chain equations)."""
    rho, heads = joukowsky / (2.0 * HEAD), [1.0]
    for before, now in pairwise(openings):
        right = 2.0 - heads[-1] + 2.0 * rho * before * np.sqrt(max(heads[-1], 0.0))
        heads.append((np.sqrt((rho * now) ** 2 + right) - rho * now) ** 2 if now > 0.0 else right)
    return np.array(heads)


@pytest.mark.parametrize("periods", [1, 3, 8])
def test_a_valve_closed_evenly_raises_the_head_as_allievi_says(periods):
    network, lines, loss = penstock()
    state, flows, heads = uniform(lines, FLOW), None, [1.0]
    steps = 2 * int(lines.reaches[0])
    for k in range(1, (periods + 2) * steps + 1):
        opening = max(1.0 - k / (periods * steps), 0.0)
        losses = network.losses(np.array([opening]), loss / network.coefficient)
        feels = lines.boundary(state)
        boundary = Boundary(np.append(feels.head, 0.0), np.append(feels.linear, 1e-6), np.zeros(2))
        flows = solve(network, np.zeros(0), losses, boundary, start=flows)
        assert flows.converged
        state = lines.advance(state, flows.line[:1], flows.line_head[:1])
        if k % steps == 0:
            heads.append(state.head[-1] / HEAD)
    openings = [max(1.0 - k / periods, 0.0) for k in range(periods + 3)]
    expected = allievi(openings, float(lines.impedance[0]) * FLOW)
    np.testing.assert_allclose(heads, expected, rtol=0.01)


def energy(lines, state):
    """(n,) of motion and of pressure, taken along the characteristics that are under way. [J per kg/m³]"""
    impedance = lines.impedance[lines.line]
    ahead = (state.head + impedance * state.flow)[:-1] ** 2
    astern = (state.head - impedance * state.flow)[1:] ** 2
    within = lines.line[:-1] == lines.line[1:]
    held = np.bincount(lines.line[:-1], np.where(within, ahead + astern, 0.0))
    return STANDARD_GRAVITY * lines.step / (4.0 * lines.impedance) * held


def rubbed(lines, state):
    """(n,) what friction takes in a step: head lost times the flow midway of each reach. [J per kg/m³]"""
    within = lines.line[:-1] == lines.line[1:]
    mean = 0.5 * (state.flow[:-1] + state.flow[1:])
    lost = state.friction[lines.line[:-1]] * mean * np.abs(mean)
    midway = mean + 0.5 * (state.head[:-1] - state.head[1:] - lost) / lines.impedance[lines.line[:-1]]
    return STANDARD_GRAVITY * lines.step * np.bincount(lines.line[:-1], np.where(within, lost * midway, 0.0))


@settings(max_examples=12)
@given(st.lists(st.tuples(st.floats(-2.0, 2.0), st.floats(0.0, 200.0)), min_size=2, max_size=4))
def test_a_lines_energy_is_what_came_in_less_what_went_out_and_what_friction_took(actions):
    made = station(
        nodes=nodes("A", "B"),
        resistances=[pipe("V", "A", "B")],
        lines=[line("U", "A", "upstream", HEAD) | {"length_m": 900}, line("W", "B", "downstream", 80.0)],
    )
    lines = Lines.of(made, STEP)
    points = lines.line.size
    state = LineState(np.full(points, HEAD), np.full(points, FLOW), lines.friction(np.full(2, FLOW)) / lines.reaches)
    for change, behind in actions:
        for _ in range(20):
            feels = lines.boundary(state)
            flow = FLOW + change * np.array([1.0, -1.0])
            after = lines.advance(state, flow, feels.head - feels.linear * flow, np.full(2, behind))
            through = STANDARD_GRAVITY * STEP * after.head * after.flow
            gained = energy(lines, after) - energy(lines, state)
            expected = through[lines.far] - through[lines.near] - rubbed(lines, state)
            np.testing.assert_allclose(gained, expected, atol=1e-9 * energy(lines, state).max())
            state = after
