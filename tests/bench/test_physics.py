"""How long the station's physics take: one call each, for eight pumps, four lines and 34 nodes."""

from __future__ import annotations

import numpy as np
import pytest

from twin.paths import REFERENCE_STATION
from twin.plant import reading, water
from twin.plant.hydraulics import solve
from twin.plant.line import Lines, settled
from twin.plant.network import Network

FILE = reading.read(REFERENCE_STATION).file
B4 = Network.of(FILE)
DUTY = np.array([1.0, 1.0, 1.0, 0.0] * 2)
LOSSES = B4.losses()
LINES = Lines.of(FILE, 1.0)
FLOWS, STATE = settled(B4, LINES, DUTY, LOSSES)


@pytest.mark.parametrize("quantity", ["head", "head_and_slope", "efficiency", "npsh_required"])
def test_a_quantity_of_eight_pumps(benchmark, quantity):
    benchmark(getattr(B4.bank, quantity), FLOWS.pump, DUTY)


def test_the_shaft_power_of_eight_pumps(benchmark):
    benchmark(B4.bank.shaft_power, FLOWS.pump, DUTY, 943.8)


def test_the_vapour_pressure_at_eight_pumps(benchmark):
    benchmark(water.vapour_pressure, np.linspace(300.0, 400.0, 8))


def test_the_losses_of_all_resistances(benchmark):
    benchmark(B4.losses, B4.opening)


def test_a_state_of_the_station_started_from_the_last(benchmark):
    boundary = LINES.boundary(STATE)
    flows = benchmark(solve, B4, 0.999 * DUTY, LOSSES, boundary, start=FLOWS)
    assert flows.converged


def test_a_step_of_the_lines(benchmark):
    benchmark(LINES.advance, STATE, FLOWS.line, FLOWS.line_head)
