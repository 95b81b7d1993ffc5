"""Make-up and water quality: slow states that move for a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import reference
from twin.simulation import utilities
from twin.simulation.effects import Effects
from twin.simulation.layout import layout_of
from twin.simulation.utilities import Demand, Utilities

LAYOUT = layout_of(reference())
HEALTHY = Effects.none(LAYOUT)


def demand(leaks: float = 0.0) -> Demand:
    return Demand(leaks=leaks, pressure=4e5, air=295.0)


def plant() -> Utilities:
    return utilities.first(3, 3, demand(), np.random.default_rng(1))


def passed(it: Utilities, asked: Demand, seconds: int, effects: Effects = HEALTHY) -> Utilities:
    lot = np.random.default_rng(2)
    for _ in range(seconds):
        utilities.step(it, asked, effects, lot, 1.0)
    return it


def test_what_lines_lose_is_made_up_and_what_is_not_made_up_lowers_the_pressure() -> None:
    it, leaking = plant(), demand(leaks=150.0 / 3600.0)
    flow = utilities.readings(passed(it, leaking, 60), leaking, HEALTHY)["flow"]
    assert flow[0] * 3600.0 == pytest.approx(168.0, rel=0.01)
    assert it.deficit < 0.1  # m, from while the pumps came up
    lost = Effects.none(LAYOUT)
    lost.makeup_lost = 1.0
    assert utilities.readings(it, leaking, lost)["flow"] == 0.0
    before = it.deficit
    assert passed(it, leaking, 60, lost).deficit - before == pytest.approx(60.0 * 168.0 / 3600.0 / utilities.ELASTICITY)


@given(st.floats(0.0, 0.3))
def test_the_tanks_give_what_the_lines_get(leaks: float) -> None:
    it, asked = plant(), demand(leaks=leaks)
    it.tank, it.raw = 4.0, False
    before, total = it.tank, it.total
    passed(it, asked, 30)
    assert (before - it.tank) * utilities.TANK == pytest.approx(it.total - total)
