"""How a built pump differs from its design, and what its sisters tell of a transmitter: estimated from a healthy run.

Each parameter is first estimated against what is known of any pump or transmitter of its class. What the samples
cannot tell keeps the value it had, and what the station file knows better already keeps that; both make the rest less
certain. So a second run over the same samples changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.plant import curve as curves
from twin.plant.curve import PumpCurve
from twin.plant.estimating import Mask, Predict, Problem, combined, estimate
from twin.plant.station import Motor
from twin.signals import Floats

TELLING = 0.75  # of what was known beforehand: an uncertainty that stays above it has learned nothing
BETTER = 1.05  # times the uncertainty the file states: what is no more certain than this may replace it
CONTRADICTION = 3.0  # standard uncertainties between the file and the samples: then the file is outdated
FEWEST = 60  # steady samples, s
SMALL = 1e-3  # step of a numerical derivative
EXACT = 1e-9  # uncertainty of what is taken for granted
MOVED = 0.04  # of rated that flow or speed must move before anything is told from it: twenty times their noise
LOSS_KNOWN = 0.1  # share to which the loss of a branch is known beforehand


@dataclass(frozen=True, slots=True)
class Known:
    """A value and its standard uncertainty."""

    value: float
    sigma: float


SHAPE = Known(0.0, 0.0015)  # of head: how far a built curve departs from its design's shape, however scaled


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parameter: ``kept`` says why it was not estimated, and is empty where it was."""

    value: float
    sigma: float
    kept: str = ""
    told: bool = True  # whether the samples would have told it, had the file not known better


@dataclass(frozen=True, eq=False)
class Run:
    """Steady samples (t,) of a running pump, SI; ``speed`` over rated, ``follows`` where no gap lies before."""

    flow: Floats
    speed: Floats
    head: Floats
    power: Floats
    density: Floats
    follows: Mask

    def where(self, chosen: Mask) -> Run:
        """Some of its samples."""
        follows = self.follows & np.r_[False, chosen[:-1]]
        flow, speed, head, power, density = (
            column[chosen] for column in (self.flow, self.speed, self.head, self.power, self.density)
        )
        return Run(flow, speed, head, power, density, follows[chosen])


@dataclass(frozen=True, eq=False)
class Branch:
    """Pressure (t,) between a pump and its header [Pa], and the square of its flow over rated, signed (t,).

    ``loss`` is what the branch loses at rated flow, positive where the pump stands upstream of the header [Pa].
    """

    pressure: Floats
    square: Floats
    usable: Mask
    loss: float


def head(
    run: Run, design: PumpCurve, flow: Known, known: Sequence[Known], stated: Sequence[Known | None]
) -> list[Outcome]:
    """Head scale [-], steepness scale [-] and head offset [m] of a pump.

    Parameters
    ----------
    flow         What its flow meter says over what flows. [-]
    known        What is known beforehand of each.
    stated       What the station file states of each.

    Notes
    -----
    .. math:: H = h (1 + e) (H_0 s^2 - b (H_0 s^2 - H_d(Q / g, s))) + o

    e is what no scale expresses: the built curve's own shape, and head that is lost on the way to cavitation. As many
    of the three are estimated as the samples tell apart; where they do not tell the steepness, the scale is the one at
    which a curve as steep as stated passes through them.
    """
    usable = np.isfinite(run.head + run.flow + run.speed)
    run = run.where(usable)
    if run.head.size < FEWEST:
        return _all_kept(known, stated, _too_few(run.head.size))
    shut_off = run.speed**2 * float(design.heads.value(np.zeros(())))

    def predict(at: Floats) -> tuple[Floats, Floats]:
        scale, steepness, offset, gain, _ = at.tolist()
        value, slope = curves.head_and_slope(design, run.flow / gain, run.speed)
        fall = shut_off - value
        by_gain = -scale * steepness * slope * run.flow / gain**2
        shape = shut_off - steepness * fall
        slopes = np.stack([shape, -scale * fall, np.ones(fall.size), by_gain, scale * shape], axis=1)
        return scale * shape + offset, slopes

    reasons = (
        "the recording tells it no better than is known of any pump",
        f"flow over speed, within {_range(run.flow / run.speed / design.valid[1])} of the curve, hardly tells it",
        f"speed, within {_range(run.speed)} of rated, hardly tells it from the scale",
    )
    bends = _moved(run.flow / run.speed / design.valid[1])
    rises = _moved(run.speed)
    held = _kept(known[1], stated[1], reasons[1])
    taken = [*known, flow, SHAPE]
    for free in ((True, bends, rises), (True, bends, False), (True, False, rises), (True, False, False)):
        if not free[1]:
            taken[1] = Known(held.value, EXACT)
        found = _settled(run.head, run.follows, predict, taken, stated, reasons, free)
        if all(outcome.told for outcome, asked in zip(found, free, strict=True) if asked):
            break
    return found if free[1] else [found[0], held, found[2]]


def power(run: Run, design: PumpCurve, motor: Motor | None, flow: Known, known: Known, stated: Known | None) -> Outcome:
    """Power scale of a pump: its shaft power over the design's, with whatever its meter adds. [-]"""
    run = run.where(np.isfinite(run.power + run.flow + run.speed))
    if run.power.size < FEWEST:
        return _all_kept([known], [stated], _too_few(run.power.size))[0]

    def expected(scale: float, gain: float) -> Floats:
        shaft = scale * curves.shaft_power(design, run.flow / gain, run.speed, run.density)
        return (
            shaft if motor is None else shaft / np.interp(shaft / (1e3 * motor.power_kw), motor.load, motor.efficiency)
        )

    def predict(at: Floats) -> tuple[Floats, Floats]:
        scale, gain = at.tolist()
        value = expected(scale, gain)
        moved = [expected(scale + SMALL, gain), expected(scale, gain + SMALL)]
        return value, np.stack([(there - value) / SMALL for there in moved], axis=1)

    if not np.all(np.isfinite(expected(1.0, 1.0))):
        return _all_kept([known], [stated], "the design curve states neither power nor efficiency")[0]
    return _settled(run.power, run.follows, predict, [known, flow], [stated], ("its power hardly told",), [True])[0]


def flow_gains(
    header: Floats,
    pumps: Floats,
    bypass: Floats,
    follows: Mask,
    known: Known,
    stated: Sequence[Known | None],
) -> list[Outcome]:
    """What flow meters say over what flows: those of the header (j), then those of the pumps (n). [-]

    Parameters
    ----------
    header : (j, t)   Each sees all the water. [m³/s]
    pumps : (n, t)    Each sees its own pump's; nought where that stands. [m³/s]
    bypass : (t,)     [m³/s]

    Notes
    -----
    .. math:: Q_j / (1 + \\mu_j) = \\sum_i Q_i / (1 + \\gamma_i) + Q_b                       (balance)
    """
    j, n = len(header), len(pumps)
    sum_of_pumps = pumps.sum(axis=0)
    usable = np.isfinite(header.sum(axis=0) + sum_of_pumps + bypass) & (sum_of_pumps > 0.0)
    if not j or np.count_nonzero(usable) < FEWEST:
        return _all_kept([known] * (j + n), stated, "the flow balance could not be drawn up")
    header, pumps, bypass = header[:, usable], pumps[:, usable], bypass[usable]
    mean = header.mean(axis=0)
    through = pumps.sum(axis=0) + bypass
    slopes = np.concatenate([through[None], -pumps]).T

    def predict(at: Floats) -> tuple[Floats, Floats]:
        return slopes @ at, slopes

    gains = [Known(0.0, known.sigma / np.sqrt(j)), *[Known(0.0, known.sigma)] * n]
    before = [None, *(None if s is None else Known(s.value - 1.0, s.sigma) for s in stated[j:])]
    never = pumps.max(axis=1) <= 0.0
    reasons = ("", *("its pump never ran steadily" if idle else NOT_TOLD for idle in never))
    common, *own = _settled(
        mean - through, _follows(follows, usable), predict, gains, before, reasons, [True] * (n + 1)
    )
    apart = np.median(header / mean, axis=1) - 1.0
    outcomes = [
        _chosen(Known(1.0 + common.value + float(d), common.sigma), known, s, "no other meter tells it apart")
        for d, s in zip(apart, stated[:j], strict=True)
    ]
    return outcomes + [replace(outcome, value=1.0 + outcome.value) for outcome in own]


NOT_TOLD = "the flow balance does not tell it from the meters that ran beside it"


def gauge_offsets(
    header: Floats,
    branches: Sequence[Branch],
    follows: Mask,
    known: Known,
    stated: Sequence[Known | None],
    sure: float = 1.0,
) -> list[Outcome]:
    """What gauges say too much: those of a header (j, t), then those of the pumps' branches. [Pa]

    Only differences are seen, of the pumps' gauges less what their branches lose; that all together are right on
    average is taken from their class. ``sure`` is how well the mean of many samples of two sisters is known.
    """
    j, n = len(header), len(branches)
    alone = "there is no sister to compare it with"
    if j == 0 or not np.isfinite(header.sum(axis=0)).any():
        return _all_kept([known] * (j + n), stated, alone)
    mean = header.mean(axis=0)
    apart = np.nanmedian(header - mean, axis=1)
    rows, seen, noise = list(np.eye(j, j + n) - np.r_[np.full(j, 1.0 / j), np.zeros(n)]), apart.tolist(), [sure] * j
    heard = np.r_[np.full(j, j > 1), np.zeros(n, dtype=bool)]
    for i, branch in enumerate(branches):
        found = _apart(branch, mean, follows, known.sigma)
        if found is not None:
            row = np.r_[np.full(j, -1.0 / j), np.zeros(n)]
            row[j + i] = 1.0
            rows.append(row)
            seen.append(found.value)
            noise.append(found.sigma)
            heard[j + i] = True
    value, covariance = combined(
        np.array(rows), np.array(seen), np.array(noise), np.full(j + n, known.value), np.full(j + n, known.sigma)
    )
    own = [Known(float(v), float(s)) for v, s in zip(value, np.sqrt(np.diag(covariance)), strict=True)]
    why = ["its flow did not vary enough to tell it from the loss" if h else alone for h in heard]
    return [_chosen(o, known, s, w) for o, s, w in zip(own, stated, why, strict=True)]


def _apart(branch: Branch, mean: Floats, follows: Mask, sigma: float) -> Known | None:
    """How far a pump's gauge stands from the mean of its header's, beside the loss between them. [Pa]"""
    usable = branch.usable & np.isfinite(branch.pressure + branch.square + mean)
    if np.count_nonzero(usable) < FEWEST:
        return None
    slopes = np.stack([np.ones(np.count_nonzero(usable)), branch.square[usable]], axis=1)

    def predict(at: Floats) -> tuple[Floats, Floats]:
        return slopes @ at, slopes

    beforehand = np.array([2.0 * sigma, LOSS_KNOWN * abs(branch.loss)])
    apart = (branch.pressure - mean)[usable]
    problem = Problem(apart, _follows(follows, usable), predict, np.array([0.0, branch.loss]), beforehand)
    found = estimate(problem, np.array([True, branch.loss != 0.0 and _moved(branch.square[usable])]))
    return Known(float(found.value[0]), float(found.sigma[0]))


# ---- what is believed -----------------------------------------------------------------------------------------------


def _settled(
    observed: Floats,
    follows: Mask,
    predict: Predict,
    known: Sequence[Known],
    stated: Sequence[Known | None],
    reasons: Sequence[str],
    telling: Sequence[bool],
) -> list[Outcome]:
    """Estimate, keep what that did not tell, and estimate the rest anew.

    Only those parameters are estimated for which it is said whether the samples are ``telling`` at all; the others,
    at the end, only make these less certain.
    """
    count = len(telling)
    mean, sigma = np.array([k.value for k in known]), np.array([k.sigma for k in known])
    problem = Problem(observed, follows, predict, mean, sigma)
    free = np.r_[np.array(telling, dtype=bool), np.zeros(len(known) - count, dtype=bool)]
    own = estimate(problem, free)
    first = [
        _chosen(Known(float(own.value[i]), float(own.sigma[i])), known[i], stated[i], reasons[i]) for i in range(count)
    ]
    kept = np.r_[[bool(outcome.kept) for outcome in first], np.zeros(len(known) - count, dtype=bool)]
    if not kept.any():
        return first
    held_at = replace(
        problem,
        mean=np.where(kept, [*(o.value for o in first), *mean[count:]], mean),
        sigma=np.where(kept, [*(o.sigma for o in first), *sigma[count:]], sigma),
    )
    if kept[:count].all():
        return first
    again = estimate(held_at, free & ~kept)
    return [
        outcome if outcome.kept else Outcome(float(again.value[i]), float(again.sigma[i]))
        for i, outcome in enumerate(first)
    ]


def _chosen(own: Known, known: Known, stated: Known | None, reason: str) -> Outcome:
    """The samples' word, or that which is kept instead."""
    if own.sigma > TELLING * known.sigma:
        return replace(_kept(known, stated, reason), told=False)
    if stated is None or own.sigma <= BETTER * stated.sigma or _contradict(own, stated):
        return Outcome(own.value, own.sigma)
    return _kept(known, stated, f"the file knows it better: this recording would say ± {own.sigma:.2g}")


def _contradict(one: Known, other: Known) -> bool:
    return abs(one.value - other.value) > CONTRADICTION * float(np.hypot(one.sigma, other.sigma))


def _kept(known: Known, stated: Known | None, why: str) -> Outcome:
    held = stated or known
    return Outcome(held.value, held.sigma, why)


def _all_kept(known: Sequence[Known], stated: Sequence[Known | None], why: str) -> list[Outcome]:
    return [_kept(k, s, why) for k, s in zip(known, stated, strict=True)]


def _follows(follows: Mask, usable: Mask) -> Mask:
    return np.asarray((follows & np.r_[False, usable[:-1]])[usable], dtype=bool)


def _too_few(samples: int) -> str:
    return "the pump never ran steadily" if samples == 0 else f"the pump ran steadily for only {samples} s"


def _moved(values: Floats) -> bool:
    """Whether an operating point was moved, not only measured with noise."""
    low, high = np.percentile(values, [2.0, 98.0])
    return bool(high - low > MOVED)


def _range(values: Floats) -> str:
    low, high = np.percentile(values, [2.0, 98.0])
    return f"{low:.0%} to {high:.0%}"
