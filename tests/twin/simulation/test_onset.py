"""How a fault comes: from nothing to all of it, never back unless it is intermittent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.simulation.onset import Onset

SECONDS = st.floats(1.0, 1e6)
COMING = st.sampled_from(["ramp", "accelerating"])


@given(COMING, SECONDS)
def test_a_fault_that_develops_begins_with_nothing_and_ends_with_all_of_it(shape: str, seconds: float) -> None:
    onset = Onset(shape, seconds)
    assert onset.grown(0.0) == 0.0
    assert onset.grown(seconds) == onset.grown(10.0 * seconds) == 1.0
    assert onset.grown(0.999999 * seconds) == pytest.approx(1.0, abs=1e-4)


@given(COMING, SECONDS, st.floats(0.0, 1.5), st.floats(0.0, 1.5))
def test_what_develops_never_gets_better_by_itself(shape: str, seconds: float, one: float, other: float) -> None:
    onset = Onset(shape, seconds)
    first, last = sorted((one * seconds, other * seconds))
    assert onset.grown(first) <= onset.grown(last)


@given(SECONDS, st.floats(0.01, 0.99))
def test_an_accelerating_fault_stays_behind_a_ramp_until_both_are_complete(seconds: float, share: float) -> None:
    assert Onset("accelerating", seconds).grown(share * seconds) < Onset("ramp", seconds).grown(share * seconds)


def test_half_the_time_of_an_accelerating_fault_brings_an_eighth_of_it() -> None:
    assert Onset("accelerating", 60.0).grown(30.0) == pytest.approx(1.0 / 8.0, abs=0.01)


def test_a_step_is_there_at_once() -> None:
    assert Onset().grown(0.0) == 1.0


@given(st.integers(2, 600), st.integers(0, 10_000))
def test_an_intermittent_fault_is_there_for_the_first_half_of_each_period(period: int, elapsed: int) -> None:
    onset = Onset("intermittent", period)
    assert onset.grown(elapsed) == float(elapsed % period < period / 2)
    assert onset.grown(elapsed) == onset.grown(elapsed + period)
