"""Slopes: those of a straight line through the last seconds, however long the run and however often a value comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.alarms.slopes import POINTS, ROOM, Slopes


@given(st.sampled_from((0.1, 0.5, 1.0, 2.0)), st.integers(0, 2**32 - 1))
def test_a_slope_is_that_of_the_least_squares_line_through_its_window(period: float, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=3 * ROOM)
    slopes = Slopes(1, 10.0 * period)
    told = [slopes.step(1e9 + period * i, values[i : i + 1])[0] for i in range(len(values))]
    for i in (11, POINTS, ROOM - 1, ROOM, ROOM + 1, len(values) - 1):
        window = slice(i - 10, i + 1)
        assert told[i] == pytest.approx(np.polyfit(period * np.arange(11), values[window], 1)[0], abs=1e-6)


def test_a_missing_value_hides_a_slope_only_while_it_is_in_the_window() -> None:
    slopes = Slopes(1, 5.0)
    told = [slopes.step(float(i), np.array([2.0 * i if i != 20 else np.nan]))[0] for i in range(40)]
    assert [i for i, slope in enumerate(told) if np.isnan(slope)] == [0, 1, 2, 3, *range(20, 26)]
    assert told[30] == pytest.approx(2.0)


def test_values_that_come_faster_than_needed_are_thinned_out() -> None:
    slopes = Slopes(1, 30.0)
    wanted = [
        0.01 * i for i in range(6_000) if slopes.wants(0.01 * i) and len(slopes.step(0.01 * i, np.array([0.03 * i])))
    ]
    assert slopes.slopes[0] == pytest.approx(3.0)
    assert len(wanted) < 100
