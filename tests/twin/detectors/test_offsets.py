"""Self-calibration: offsets are learned in seconds, kept for hours, and doubted where the plant has moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.detectors.kinds import Kind
from twin.detectors.offsets import Offsets

ALL = np.ones(1, dtype=bool)
HEAD = (Kind("head", "m", "discharge_pressure", 2.5, 0.3, 2.0),)


def learn(offsets: Offsets, true: float, samples: int, basis: float = 1.0, seed: int = 0) -> None:
    chance = np.random.default_rng(seed)
    for _ in range(samples):
        offsets.move(np.array([1.0]), ALL)
        value = np.array([true * basis + 0.3 * chance.standard_normal()])
        offsets.learn(value, np.array([basis]), np.array([0.09]), ALL)


@given(st.floats(-3.0, 3.0))
def test_a_pump_three_per_cent_off_its_curve_is_learned_within_a_minute(true: float) -> None:
    offsets = Offsets(HEAD)
    learn(offsets, true, 60)
    assert offsets.value[0] == pytest.approx(true, abs=0.2)
    assert np.sqrt(offsets.variance[0]) < 0.05


def test_an_offset_is_a_share_of_its_basis() -> None:
    offsets = Offsets(HEAD)
    learn(offsets, 2.0, 200, basis=0.5)
    assert offsets.value[0] == pytest.approx(2.0, abs=0.2)


def test_a_settled_offset_follows_a_change_only_slowly() -> None:
    offsets = Offsets(HEAD)
    learn(offsets, 0.0, 3000)
    before = offsets.value[0]
    learn(offsets, 1.0, 10, seed=1)
    assert abs(offsets.value[0] - before) < 0.05


def test_an_offset_is_doubted_where_it_was_not_learned() -> None:
    offsets = Offsets(HEAD)
    learn(offsets, 1.0, 300)
    before = offsets.variance[0]
    for _ in range(60):
        offsets.move(np.array([0.7]), ALL)
    assert offsets.variance[0] > 10 * before
    assert offsets.variance[0] <= HEAD[0].prior ** 2


def test_what_is_not_healthy_teaches_nothing() -> None:
    offsets = Offsets(HEAD)
    learn(offsets, 1.0, 100)
    value, variance = offsets.value[0], offsets.variance[0]
    offsets.learn(np.array([30.0]), np.array([1.0]), np.array([0.09]), ~ALL)
    assert (offsets.value[0], offsets.variance[0]) == (value, variance)
