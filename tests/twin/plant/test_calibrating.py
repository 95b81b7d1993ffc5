"""A pump's parameters from its samples: found where they are told, kept where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from twin.plant import curve
from twin.plant.calibrating import Branch, Known, Run, flow_gains, gauge_offsets, head
from twin.plant.estimating import repetition, scatter

FLOW = np.array([0.0, 0.6, 1.2, 1.8, 2.4])
DESIGN = curve.from_points(FLOW, np.array([107.0, 103.0, 94.0, 78.0, 56.0]), rated_speed=100.0)
KNOWN = (Known(1.0, 0.015), Known(1.0, 0.05), Known(0.0, 0.5))
METER = Known(1.0, 0.005)
SECONDS = 900
NOTHING = (None, None, None)


SEVERAL = ((1.0, 0.7), (1.4, 0.8), (1.5, 0.9), (2.2, 1.0), (1.2, 1.0))  # flow [m³/s] at speed
ONE = ((1.8, 1.0),)


def run(
    seed: int,
    scale: float,
    steepness: float,
    offset: float,
    gain: float = 1.0,
    points: tuple[tuple[float, float], ...] = SEVERAL,
) -> Run:
    """Steady stretches at some operating points, seen through noisy transmitters."""
    chance = np.random.default_rng(seed)
    stretch = np.repeat(np.arange(len(points)), SECONDS // len(points))
    flow, speed = np.array(points)[stretch].T
    built = curve.steepened(DESIGN, steepness)
    true = scale * curve.head(built, flow, speed) + offset
    return Run(
        flow=gain * flow * (1.0 + 0.003 * chance.standard_normal(flow.size)),
        speed=speed,
        head=true + 0.25 * chance.standard_normal(flow.size),
        power=np.full(flow.size, np.nan),
        density=np.full(flow.size, 998.0),
        follows=np.r_[False, np.diff(stretch) == 0],
    )


@pytest.mark.parametrize("seed", range(6))
def test_scale_steepness_and_offset_are_found_within_their_uncertainties(seed: int) -> None:
    chance = np.random.default_rng(100 + seed)
    scale, steepness, offset, gain = 1.0 + np.array([0.015, 0.05, 0.0, 0.005]) * chance.standard_normal(4)
    offset = 0.5 * chance.standard_normal()
    found = head(run(seed, scale, steepness, offset, gain), DESIGN, METER, KNOWN, NOTHING)
    assert not found[0].kept
    assert not found[1].kept
    for outcome, true in zip(found, (scale, steepness, offset), strict=True):
        assert abs(outcome.value - true) < 3.0 * outcome.sigma


def test_a_single_operating_point_tells_the_scale_and_nothing_else() -> None:
    found = head(run(1, 1.02, 1.0, 0.0, points=ONE), DESIGN, METER, KNOWN, NOTHING)
    assert [bool(outcome.kept) for outcome in found] == [False, True, True]
    assert found[0].value == pytest.approx(1.02, abs=3.0 * found[0].sigma)
    assert (found[1].value, found[1].sigma) == (1.0, 0.05)


def test_the_noise_of_a_flow_meter_does_not_flatten_a_curve_however_long_it_is_watched() -> None:
    found = head(run(2, 1.0, 1.0, 0.0, points=ONE), DESIGN, METER, KNOWN, NOTHING)
    assert found[1].value == 1.0


def test_what_the_file_knows_better_is_kept_and_what_contradicts_it_is_not() -> None:
    samples = run(3, 1.01, 1.0, 0.0)
    better, outdated = Known(1.0105, 0.0005), Known(0.97, 0.0005)
    kept = head(samples, DESIGN, METER, KNOWN, (better, None, None))[0]
    assert "knows it better" in kept.kept
    assert (kept.value, kept.sigma) == (better.value, better.sigma)
    assert not head(samples, DESIGN, METER, KNOWN, (outdated, None, None))[0].kept


def test_one_sample_in_ten_may_be_wild() -> None:
    samples = run(4, 1.01, 1.0, 0.0)
    wild = samples.head.copy()
    wild[::10] += 60.0
    found = head(
        Run(samples.flow, samples.speed, wild, samples.power, samples.density, samples.follows),
        DESIGN,
        METER,
        KNOWN,
        NOTHING,
    )
    assert found[0].value == pytest.approx(1.01, abs=3.0 * found[0].sigma)


def test_meters_that_take_turns_are_told_apart_by_the_balance() -> None:
    chance = np.random.default_rng(5)
    turns = np.zeros((3, 900))
    turns[0, :300] = turns[1, 300:600] = turns[2, 600:] = 1.0
    gains = np.array([1.008, 0.995, 1.0])
    header = (1.0 + 0.003 * chance.standard_normal((4, 900))) * turns.sum(axis=0)
    pumps = gains[:, None] * turns * (1.0 + 0.003 * chance.standard_normal((3, 900)))
    follows = np.r_[False, np.ones(899, dtype=bool)]
    found = flow_gains(header, pumps, np.zeros(900), follows, METER, [None] * 7)
    for outcome, gain in zip(found[4:], gains, strict=True):
        assert not outcome.kept
        assert abs(outcome.value - gain) < 2.5 * outcome.sigma


def test_meters_that_always_run_together_keep_what_was_known() -> None:
    header, pumps = np.full((2, 300), 4.03), np.full((4, 300), 1.0)
    follows = np.r_[False, np.ones(299, dtype=bool)]
    found = flow_gains(header, pumps, np.zeros(300), follows, METER, [None] * 6)
    assert all("does not tell it" in outcome.kept for outcome in found[2:])


def test_three_gauges_and_a_pump_are_told_apart_by_their_differences() -> None:
    chance = np.random.default_rng(6)
    true = np.array([400.0, -700.0, 100.0, 900.0])
    square = np.r_[np.full(300, 1.0), np.full(300, 0.6)]
    level = 6e5 + 3e3 * np.sin(np.arange(600) / 40.0)
    header = level + true[:3, None] + 500.0 * chance.standard_normal((3, 600))
    pump = level - 12e3 * square + true[3] + 500.0 * chance.standard_normal(600)
    branch = Branch(pump, square, np.ones(600, dtype=bool), -12e3)
    follows = np.r_[False, np.ones(599, dtype=bool)]
    found = gauge_offsets(header, [branch], follows, Known(0.0, 1000.0), [None] * 4)
    for outcome, offset in zip(found, true, strict=True):
        assert not outcome.kept
        assert abs(outcome.value - offset) < 2.5 * outcome.sigma


def test_a_gauge_without_sisters_keeps_what_was_known() -> None:
    (found,) = gauge_offsets(np.full((1, 100), 6e5), [], np.ones(100, dtype=bool), Known(0.0, 1000.0), [None])
    assert found.kept == "there is no sister to compare it with"


@pytest.mark.parametrize("phi", [0.0, 0.4, 0.8])
def test_scatter_and_correlation_of_a_residual_are_found(phi: float) -> None:
    chance = np.random.default_rng(7)
    values = np.zeros(6000)
    for k in range(1, values.size):
        values[k] = phi * values[k - 1] + np.sqrt(1.0 - phi**2) * chance.standard_normal()
    follows = np.r_[False, np.ones(values.size - 1, dtype=bool)]
    found = scatter(values + 5.0, follows)
    assert found is not None
    assert found[0] == pytest.approx(1.0, rel=0.12)
    assert found[1] == pytest.approx(phi, abs=0.08)
    assert repetition(values, follows) == pytest.approx((1.0 + phi) / (1.0 - phi), rel=0.4)
