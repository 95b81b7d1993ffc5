"""Whitening: what repeats is not taken for what is new."""

from __future__ import annotations

import numpy as np
import pytest

from twin.detectors.whitening import Whitening

ALL = np.ones(1, dtype=bool)


def series(phi: float, samples: int, seed: int = 3) -> np.ndarray:
    chance = np.random.default_rng(seed)
    values = np.zeros(samples)
    for i in range(1, samples):
        values[i] = phi * values[i - 1] + chance.standard_normal()
    return values


def learned(values: np.ndarray, floor: float = 0.1) -> tuple[Whitening, np.ndarray]:
    whitening = Whitening(np.array([floor]))
    innovations = np.zeros(len(values))
    for i, value in enumerate(values):
        new = whitening.innovations(np.array([value]), ALL)
        innovations[i] = new[0]
        whitening.learn(np.array([value]), new, ALL)
    return whitening, innovations


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
def test_the_coefficient_of_a_correlated_series_is_learned(phi: float) -> None:
    whitening, _ = learned(series(phi, 4000))
    assert whitening.coefficient[0] == pytest.approx(phi, abs=0.1)


def test_innovations_of_a_correlated_series_do_not_repeat() -> None:
    _, innovations = learned(series(0.6, 4000))
    late = innovations[1000:]
    assert abs(np.corrcoef(late[1:], late[:-1])[0, 1]) < 0.1


def test_the_spread_of_what_is_new_is_learned() -> None:
    whitening, _ = learned(series(0.5, 4000))
    assert whitening.innovation_sigma[0] == pytest.approx(1.0, rel=0.1)


def test_outliers_hardly_widen_the_spread() -> None:
    values = series(0.0, 4000)
    values[::50] += 40.0
    whitening, _ = learned(values)
    assert whitening.innovation_sigma[0] == pytest.approx(1.0, rel=0.15)


def test_a_series_without_noise_keeps_the_smallest_spread_believed() -> None:
    whitening, _ = learned(np.zeros(500), floor=0.3)
    assert whitening.sigma[0] == pytest.approx(0.3)


def test_after_a_gap_the_first_sample_follows_nothing() -> None:
    whitening, _ = learned(series(0.6, 500))
    whitening.forget(ALL)
    assert whitening.innovations(np.array([5.0]), ALL)[0] == 5.0
