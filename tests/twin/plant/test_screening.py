"""Measurements that nothing can be calibrated by are named; sound ones never are."""

from __future__ import annotations

import numpy as np
import pytest

from twin.plant.screening import trouble

LIVE = np.ones(400, dtype=bool)
RANGE = (0.0, 1200.0)
CHANCE = np.random.default_rng(3)
RAMP = np.interp(np.arange(400), [0, 100, 200, 400], [900.0, 900.0, 950.0, 950.0])


@pytest.mark.parametrize("scatter", [0.02, 0.2, 2.0])
def test_a_sound_speed_is_not_in_trouble(scatter: float) -> None:
    assert not trouble("shaft_speed", RAMP + scatter * CHANCE.standard_normal(400), LIVE, RANGE)


def test_mere_noise_is_named() -> None:
    assert "mere noise" in trouble("shaft_speed", CHANCE.uniform(0.0, 1200.0, 400), LIVE, RANGE)


def test_a_signal_that_stands_still_is_named_unless_it_rests_at_an_end_of_its_range() -> None:
    assert "stood still for 400 samples" in trouble("shaft_speed", np.full(400, 930.0), LIVE, RANGE)
    assert not trouble("shaft_speed", np.zeros(400), LIVE, RANGE)
    assert not trouble("shaft_speed", np.full(400, 1200.0), LIVE, RANGE)


def test_a_signal_that_drops_out_is_named() -> None:
    values = RAMP + CHANCE.standard_normal(400)
    values[::2] = np.nan
    assert "missing or bad in 50%" in trouble("shaft_speed", values, LIVE, RANGE)


def test_nothing_is_said_of_a_pump_that_hardly_ran() -> None:
    assert not trouble("shaft_speed", np.full(400, 930.0), np.arange(400) < 10, RANGE)
