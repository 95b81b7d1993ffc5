"""The CUSUM: run lengths, thresholds, and what single samples may do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.detectors.cusum import CLIP, Cusum, run_length, threshold
from twin.errors import UsageError

ALL = np.ones(1, dtype=bool)


@pytest.mark.parametrize(
    ("k", "h", "expected"),
    [(0.5, 4, 168), (0.5, 5, 465), (0.5, 8, 9483), (1.0, 5, 5.4e4), (1.0, 7, 2.9e6), (1.0, 8, 2.2e7)],
)
def test_the_run_length_is_that_of_the_integral_equation_within_ten_per_cent(
    k: float, h: float, expected: float
) -> None:
    assert run_length(k, h) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize(("shift", "expected"), [(2.0, 8.8), (3.0, 4.6)])
def test_a_shift_is_found_as_soon_as_theory_says(shift: float, expected: float) -> None:
    assert run_length(1.0, 8.0, shift) == pytest.approx(expected, abs=0.8)


@given(st.floats(0.25, 1.5), st.floats(1e3, 1e11))
def test_the_threshold_gives_back_the_run_length_it_was_made_for(k: float, run: float) -> None:
    assert run_length(k, threshold(k, run)) == pytest.approx(run, rel=1e-6)


def test_a_run_length_that_needs_no_threshold_is_refused() -> None:
    with pytest.raises(UsageError, match="needs no threshold"):
        threshold(0.5, 0.5)


def test_measured_false_alarms_agree_with_the_run_length() -> None:
    chance = np.random.default_rng(1)
    channels, samples = 400, 2000
    cusum = Cusum(channels, 0.5, 4.0)
    alarms = 0
    for at in range(samples):
        cusum.step(float(at), chance.standard_normal(channels), np.ones(channels, dtype=bool))
        alarms += int(cusum.crossed.sum())
        cusum.reset(cusum.crossed)
    assert channels * samples / alarms == pytest.approx(168, rel=0.15)


def test_a_single_spike_however_large_raises_nothing() -> None:
    cusum = Cusum(1, 1.0, threshold(1.0, 1e8))
    cusum.step(0.0, np.array([1e9]), ALL)
    assert not cusum.crossed[0]
    assert cusum.level[0] < CLIP / cusum.h


def test_the_onset_is_the_first_sample_of_the_change() -> None:
    cusum = Cusum(1, 1.0, 9.0)
    for at in range(20):
        cusum.step(float(at), np.array([-4.0 if at >= 12 else 0.0]), ALL)
    assert cusum.crossed[0]
    assert cusum.onset(0) == 12.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_invalid_samples_change_nothing(samples: list[float]) -> None:
    cusum = Cusum(1, 0.5, 5.0)
    for at, z in enumerate(samples):
        cusum.step(float(at), np.array([z]), ~ALL)
    assert cusum.level[0] == 0.0


def test_the_sum_comes_down_soon_after_a_long_fault_has_gone() -> None:
    cusum = Cusum(1, 1.0, 9.0)
    for at in range(3600):
        cusum.step(float(at), np.array([8.0]), ALL)
    for at in range(3600, 3600 + 20):
        cusum.step(float(at), np.array([0.0]), ALL)
    assert not cusum.crossed[0]
