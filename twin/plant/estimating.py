"""Estimating parameters from long noisy samples: robust least squares with priors, and uncertainties one may believe.

Samples of one second follow one another, so that a thousand of them know far less than a thousand that do not; what
is not estimated but not exactly known either (a meter's gain) makes what is estimated less certain; and a few wild
samples must not matter. All three are taken into account here. What the samples cannot tell is left to the prior.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats

Mask = NDArray[np.bool_]
Predict = Callable[[Floats], tuple[Floats, Floats]]

NORMAL = 1.4826  # standard deviation over the median of absolute deviations of normal samples
HUBER = 1.5  # standard deviations from which a sample's weight falls (Huber, 1964)
TAME = 3.0  # standard deviations up to which a sample is taken into a mean
FEW = 5.0  # samples by which a spread told by few of them is widened
WILD = 6.0  # standard deviations from which it has none
ROUNDS = 12  # of reweighting; it settles in about five
SETTLED = 1e-3  # of an uncertainty: a smaller step ends the rounds
SPAN = 30  # samples of the means that tell how far the noise repeats itself
FEWEST_OF_SPAN = 15  # samples that such a mean needs
FEWEST_SPANS = 4
LEAST_NOISE = 1e-5  # of the largest value observed: no sample is exact
BLOCK = 120  # samples about whose mean the scatter of a residual is reckoned
FEWEST_PAIRS = 60  # successive samples that the coefficient of a residual needs
FEWEST_REPEATED = 8  # and that which makes an uncertainty wider
LARGEST_COEFFICIENT = 0.95


@dataclass(frozen=True, eq=False)
class Problem:
    """What was observed, and what parameters (k,) would make of it.

    Attributes
    ----------
    observed : (t,)     In order of time.
    follows : (t,)      Whether a sample follows the one before it without a gap.
    predict             From parameters (k,) to what should be observed (t,) and its derivatives (t, k).
    mean, sigma : (k,)  What is known of the parameters beforehand.
    """

    observed: Floats
    follows: Mask
    predict: Predict
    mean: Floats
    sigma: Floats


@dataclass(frozen=True, eq=False)
class Solution:
    """Parameters (k,) with their standard uncertainty (k,); ``noise`` is the scatter of one sample."""

    value: Floats
    sigma: Floats
    noise: float


def estimate(problem: Problem, free: Mask) -> Solution:
    """The most likely values of the ``free`` parameters (k,).

    The others are held at their means, and their uncertainties are passed on to the free ones:

    .. math:: \\Sigma = A + S \\Sigma_h S^T, \\quad A = (J^T W J + P)^{-1}, \\quad S = A J^T W J_h
    """
    value = problem.mean.copy()
    prior = np.diag(1.0 / problem.sigma[free] ** 2)
    own, passed_on, noise = _inverse(prior), np.zeros((0, 0)), 0.0
    spans = _spans(problem.follows)
    weights = np.ones(len(spans))
    for _ in range(ROUNDS if spans else 0):
        expected, by_sample = problem.predict(value)
        by_second = problem.observed - expected
        miss, slopes = _averaged(by_second, by_sample, spans)
        rest = _unexplained(miss, slopes[:, free], weights)
        noise = max(
            _scatter(rest, problem.observed, int(np.count_nonzero(free))), _least(by_second, problem.follows, spans)
        )
        weights = _weights(rest / noise)
        follows = np.array([span.start > 0 and bool(problem.follows[span.start]) for span in spans])
        weighted = slopes * (weights / (noise**2 * repetition(rest * weights, follows)))[:, None]
        own = _inverse(weighted[:, free].T @ slopes[:, free] + prior)
        drawn = prior @ (problem.mean - value)[free]
        step = own @ (weighted[:, free].T @ miss + drawn)
        value[free] += step
        passed_on = own @ (weighted[:, free].T @ slopes[:, ~free]) * problem.sigma[~free]
        if np.all(np.abs(step) < SETTLED * np.sqrt(np.diag(own))):
            break
    sigma = problem.sigma.copy()
    sigma[free] = np.sqrt(np.diag(own + passed_on @ passed_on.T)) if passed_on.size else np.sqrt(np.diag(own))
    return Solution(value, sigma, noise)


def combined(slopes: Floats, observed: Floats, noise: Floats, mean: Floats, sigma: Floats) -> tuple[Floats, Floats]:
    """The same for a few sound observations (t,) that depend linearly on all parameters: values, covariance (k, k)."""
    prior = np.diag(1.0 / sigma**2)
    weighted = slopes / noise[:, None] ** 2
    covariance = _inverse(weighted.T @ slopes + prior)
    return mean + covariance @ weighted.T @ (observed - slopes @ mean), covariance


def _inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _spans(follows: Mask) -> list[slice]:
    """Half minutes without gaps."""
    starts = np.flatnonzero(~follows | (np.arange(follows.size) == 0))
    ends = np.r_[starts, follows.size][1:]
    return [
        slice(at, min(at + SPAN, end))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        for at in range(start, end - FEWEST_OF_SPAN + 1, SPAN)
    ]


def _averaged(miss: Floats, slopes: Floats, spans: list[slice]) -> tuple[Floats, Floats]:
    """Means of misses (b,) and slopes (b, k) over spans, without wild samples.

    A slope is flattened by the noise of what it is taken over, here a flow meter's; that of a mean hardly is.
    """
    means = np.empty((len(spans), 1 + slopes.shape[1]))
    for row, span in zip(means, spans, strict=True):
        away = np.abs(miss[span] - np.median(miss[span]))
        tame = away <= TAME * NORMAL * np.median(away)
        row[0] = miss[span][tame].mean()
        row[1:] = slopes[span][tame].mean(axis=0)
    return means[:, 0], means[:, 1:]


def repetition(noise: Floats, follows: Mask) -> float:
    """How many samples (t,) are worth one independent one, at least 1.

    The larger of what an AR(1) process of their correlation would say, and of what the means over half a minute do.
    """
    square = float(np.mean(noise**2))
    if square <= 0.0:
        return 1.0
    coefficient = _coefficient(noise, follows)
    repeated = (1.0 + coefficient) / (1.0 - coefficient)
    spans = noise.size // SPAN
    if spans >= FEWEST_SPANS:
        means = noise[: spans * SPAN].reshape(spans, SPAN).mean(axis=1)
        repeated = max(repeated, SPAN * float(np.mean(means**2)) / square)
    return max(repeated, 1.0)


def scatter(values: Floats, follows: Mask) -> tuple[float, float] | None:
    """Standard deviation and coefficient of an AR(1) residual (t,) about its local mean; None of too few samples."""
    parts = [_centred(values[start : start + BLOCK]) for start in range(0, values.size, BLOCK)]
    centred = np.concatenate([np.empty(0), *parts])
    if np.count_nonzero(follows) < FEWEST_PAIRS:
        return None
    spread = NORMAL * float(np.median(np.abs(centred)))
    if spread <= 0.0:
        return None
    limited = np.clip(centred, -HUBER * 2.0 * spread, HUBER * 2.0 * spread)
    return float(np.sqrt(np.mean(limited**2))), max(0.0, _coefficient(limited, follows))


def _centred(block: Floats) -> Floats:
    return np.asarray(block - np.median(block), dtype=np.float64)


def _coefficient(noise: Floats, follows: Mask) -> float:
    """Correlation of successive samples."""
    now, before = noise[1:][follows[1:]], noise[:-1][follows[1:]]
    if now.size < FEWEST_REPEATED:
        return 0.0
    square = 0.5 * float(np.mean(now**2) + np.mean(before**2))
    return float(np.clip(np.mean(now * before) / max(square, 1e-300), 0.0, LARGEST_COEFFICIENT))


def _least(miss: Floats, follows: Mask, spans: list[slice]) -> float:
    """What the mean over a span must scatter, by how its samples do: a few means may agree by chance."""
    inside = np.concatenate([_centred(miss[span]) for span in spans])
    goes_on = np.concatenate([np.r_[False, follows[span][1:]] for span in spans])
    spread = NORMAL * float(np.median(np.abs(inside)))
    coefficient = _coefficient(np.clip(inside, -TAME * spread, TAME * spread), goes_on)
    return spread * float(np.sqrt((1.0 + coefficient) / (1.0 - coefficient) * len(spans) / inside.size))


def _unexplained(miss: Floats, slopes: Floats, weights: Floats) -> Floats:
    """What no choice of the parameters explains (t,), were nothing known of them: this is the noise."""
    root = np.sqrt(weights)
    best = np.linalg.lstsq(slopes * root[:, None], miss * root, rcond=None)[0]
    return np.asarray(miss - slopes @ best, dtype=np.float64)


def _scatter(miss: Floats, observed: Floats, fitted: int) -> float:
    """Spread of one sample; wider where few samples tell it, as Student's t is."""
    freedom = max(miss.size - fitted, 1)
    spread = NORMAL * float(np.median(np.abs(miss - np.median(miss)))) * float(np.sqrt(1.0 + FEW / freedom))
    return max(spread, LEAST_NOISE * float(np.abs(observed).max(initial=1e-300)))


def _weights(misses: Floats) -> Floats:
    size = np.abs(misses)
    return np.where(size > WILD, 0.0, 1.0 / np.maximum(size / HUBER, 1.0))
