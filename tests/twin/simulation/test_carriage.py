"""What a neighbour sends arrives here after the volume of the line, and leaves with what the pumps lost into it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.simulation.stations import START, column, reference, run
from twin.signals import Floats
from twin.simulation import carriage, transport
from twin.simulation.carriage import Routes, Warm
from twin.simulation.layout import layout_of
from twin.simulation.outside import GROUND, Sheet, Steady
from twin.simulation.plant import Plant

LAYOUT = layout_of(reference())
FLOW = np.array([1.0, -1.0, 1.0, -1.0]) * 19_500.0 / 3600.0  # supply up and down, return up and down
UPSTREAM = np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 0]])
CAPACITY = np.full(2, 4.05e6)
NOTHING = np.zeros(2)


def routes() -> Routes:
    return carriage.routes(LAYOUT, UPSTREAM)


def steady() -> Steady:
    return Steady(LAYOUT, lambda _at: 1.0)


def warm(it: Routes) -> Warm:
    return carriage.first(it, steady(), START, np.random.default_rng(3))


def sheet(sent: Floats) -> Sheet:
    return Sheet(1.0, sent, np.zeros(4), GROUND, GROUND)


def test_water_of_a_line_that_was_always_the_same_is_as_the_station_file_says() -> None:
    it = routes()
    begun = warm(it)
    for circuit, celsius in ((0, 120.0), (1, 30.0)):
        assert begun.arriving[circuit] == pytest.approx(273.15 + celsius, abs=0.6)
    supply, behind, back, ahead = begun.lines.warmth.mean(axis=1)
    assert supply > behind  # it cools on its way
    assert back == pytest.approx(ahead, abs=0.5)


def test_a_change_at_the_neighbour_arrives_after_the_volume_of_the_line_by_its_flow() -> None:
    it, lot = routes(), np.random.default_rng(4)
    state = warm(it)
    sent = steady().now(START).sent
    arrived = []
    for second in range(12_000):
        carriage.step(it, state, FLOW, NOTHING, CAPACITY, sheet(sent - [10.0, 0.0]), lot)
        if second % 60 == 0:
            arrived.append(state.arriving.copy())
    supply, back = np.array(arrived).T
    expected = 25_000.0 / (FLOW[0] / (0.25 * np.pi * 1.584**2))
    fallen = np.argmax(supply < supply[:60].mean() - 5.0) * 60.0
    assert fallen == pytest.approx(expected, abs=120.0)
    assert 2.4 < fallen / 3600.0 < 2.6
    assert np.ptp(back) < 1.5


def test_what_pumps_lose_warms_the_water_they_send_on() -> None:
    it, lot = routes(), np.random.default_rng(4)
    state = warm(it)
    lost = np.array([4e5, 0.0])
    for _ in range(600):
        carriage.step(it, state, FLOW, lost, CAPACITY, sheet(steady().now(START).sent), lot)
    rise = state.leaving - state.arriving
    assert rise[0] - rise[1] == pytest.approx(lost[0] / (CAPACITY[0] * FLOW[0]), abs=0.05)


def test_heat_that_enters_the_lines_is_in_them_or_has_left_them_whichever_way_water_flows() -> None:
    it = routes()
    state = warm(it)
    balance, turned = np.zeros(4), FLOW * np.array([1.0, 1.0, -0.5, 0.7])
    for step in range(400):
        volume = (FLOW if step % 90 < 60 else turned) * carriage.EVERY
        held = transport.content(it.lines, state.lines)
        far, near = np.array([390.0, 380.0, 305.0, 300.0]), np.array([392.0, 391.0, 303.0, 304.0])
        left = transport.advance(it.lines, state.lines, volume, far, near)
        entered = np.where(volume > 0.0, volume * (far - np.nan_to_num(left.near)), -volume * (near - left.far))
        balance += transport.content(it.lines, state.lines) - held - entered
    assert np.abs(balance).max() < 1e-6 * transport.content(it.lines, state.lines).min()


def test_water_that_stands_keeps_the_temperature_it_came_with() -> None:
    it, lot = routes(), np.random.default_rng(4)
    state = warm(it)
    before = state.arriving.copy()
    for _ in range(100):
        carriage.step(it, state, np.zeros(4), NOTHING, CAPACITY, sheet(np.full(2, 300.0)), lot)
    np.testing.assert_array_equal(state.arriving, before)


def test_chambers_along_a_line_and_headers_measure_the_water_that_is_there() -> None:
    frames = run(Plant(reference(), 3, START), 30)
    inlet = column(frames, "SUPPLY", "inlet_temperature_a").mean()
    outlet = column(frames, "SUPPLY", "outlet_temperature_a").mean()
    assert inlet == pytest.approx(outlet, abs=0.5)
    for chamber in ("VC01", "VC04", "VC05", "VC08"):
        assert column(frames, chamber, "supply_temperature").mean() == pytest.approx(inlet, abs=1.5)


def test_what_is_lost_into_water_that_stands_stays_in_it() -> None:
    it, lot = routes(), np.random.default_rng(4)
    state = warm(it)
    before, lost = transport.content(it.station, state.station), np.array([5e5, 2e5])
    for _ in range(100):
        carriage.step(it, state, np.zeros(4), lost, CAPACITY, sheet(np.full(2, 300.0)), lot)
    np.testing.assert_allclose(transport.content(it.station, state.station) - before, 100.0 * lost / CAPACITY)
