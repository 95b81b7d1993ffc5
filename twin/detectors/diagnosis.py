"""Diagnosis: which fault, on which equipment, would explain what the residuals of a circuit show.

Each hypothesis predicts a direction in the space of residuals. Its size is fitted by weighted least squares, and what
it leaves unexplained is a χ². Likelihoods of all hypotheses, and of one that explains nothing in particular
(``unknown``), are brought to a sum of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Candidate
from twin.detectors.signatures import Hypotheses
from twin.plant.binding import or_zero
from twin.signals import Floats

MISMATCH = 0.15  # % of rated: what the model does not know of any residual
UNKNOWN = 12.0  # χ² of "something else": what explains less well than this is not named
IMPOSSIBLE = 60.0  # χ² of what cannot be
TEMPER = 1.5  # divides χ²: evidence of neighbouring seconds is not independent
RUNS_SHORT = 1.1  # NPSH available over required below which a pump cavitates
AMPLE = 1.5  # above it a pump hardly does
SHORT_WEIGHT = 4.0  # χ² that NPSH can speak against a fault: gauges do not see a blocked eye
LOUD = 0.5  # mean of a witness (a factor of 1.6) from which on a fault is loud
EXCESS = 2.5  # how much wider the spread of such a witness is above its mean
BOUND = 12.0  # χ² of one witness at most: none may outweigh the residuals
LEAST_BASIS = 0.1  # of rated: a pump that turns gives so much head at least
OUT_OF_BOUNDS = 9.0  # χ² for each factor e by which a size is out of its bounds
PAIR_TOLERANCE = 0.15  # share of what is seen by which two faults together may differ from their signatures
UNLIKE = 0.8  # squared cosine beyond which two faults cannot be told apart side by side
RARE = 4.0  # χ² that speaks against two faults at once
EXCUSED = 2.0  # χ² for a residual that a fault may move by any amount, and so does not explain
TOLD = 3  # candidates that are told


@dataclass(frozen=True)
class Evidence:
    """What is seen in a circuit: arrays (m,) over all channels in per cent of rated, (n,) over all pumps.

    ``raised`` are the channels that gave the alarm: what moves none of them explains nothing. ``basis`` is what each
    channel's errors grow with, over rated: at little speed a fault takes the same share of less head.
    ``vibration``, ``envelope`` and ``noise`` are natural logarithms of factors over healthy running; ``npsh`` is
    available over required, ``flows`` whether water does. NaN where it is not known.
    """

    departure: Floats
    sigma: Floats
    usable: NDArray[np.bool_]
    raised: NDArray[np.bool_]
    basis: Floats
    vibration: Floats
    envelope: Floats
    noise: Floats
    npsh: Floats
    flows: NDArray[np.bool_]


@dataclass(frozen=True)
class Opinion:
    """How well each hypothesis of a circuit explains the evidence: size (h,) and χ² left over (h,)."""

    size: Floats
    misfit: Floats

    def with_earlier(self, earlier: Opinion, share: float) -> Opinion:
        """This opinion tempered by an earlier one, of which ``1 - share`` stays."""
        return Opinion(self.size, earlier.misfit + share * (self.misfit - earlier.misfit))


@dataclass(frozen=True)
class Verdict:
    """The best explanation, the runners-up, and the channels (m,) it accounts for."""

    equipment: str
    fault: str
    pump: int
    candidates: tuple[Candidate, ...]
    moved: Floats
    opinion: Opinion | None = None

    @property
    def confidence(self) -> float:
        return next((c.confidence for c in self.candidates if c.fault == self.fault), 0.0)


def opinion(hypotheses: Hypotheses, evidence: Evidence) -> Opinion:
    """What the evidence of a few seconds says of each hypothesis."""
    size, misfit = _fit(hypotheses, evidence)
    return Opinion(size, np.minimum(misfit + _testimony(hypotheses, evidence), IMPOSSIBLE))


def verdict(hypotheses: Hypotheses, evidence: Evidence, held: Opinion, pumps: Sequence[str]) -> Verdict:
    """The best explanation by an opinion. ``pumps`` are their names."""
    misfit = np.append(held.misfit, UNKNOWN)
    likelihood = np.exp(-0.5 * (misfit - misfit.min()) / TEMPER)
    likelihood /= likelihood.sum()
    best = int(np.argmax(likelihood))
    if best == len(hypotheses.rows):
        return _unknown(hypotheses, evidence, pumps, likelihood)
    row = hypotheses.rows[best]
    candidates = _candidates(hypotheses, likelihood, row.fault)
    return Verdict(row.equipment, row.fault, row.pump, candidates, held.size[best] * hypotheses.moves[best], held)


def without(evidence: Evidence, moved: Floats) -> Evidence:
    """The evidence without as much of a known fault, which moves ``moved`` (m,), as it may hold."""
    weight = np.where(evidence.usable & np.isfinite(evidence.departure), 1.0 / evidence.sigma**2, 0.0)
    power = float((weight * moved**2).sum())
    if power <= 0.0:
        return evidence
    size = float((weight * moved * or_zero(evidence.departure)).sum()) / power
    return replace(evidence, departure=evidence.departure - size * moved)


def pair(hypotheses: Hypotheses, evidence: Evidence) -> tuple[Verdict, Verdict] | None:
    """The two faults that together explain what no single one does, the larger first; None where no two do.

    Sizes of all pairs are fitted at once by the normal equations of weighted least squares.
    """
    ours = hypotheses.channels
    usable = evidence.usable[ours] & np.isfinite(evidence.departure[ours])
    seen = np.where(usable, evidence.departure[ours], 0.0)
    variance = evidence.sigma[ours] ** 2 + MISMATCH**2 + (PAIR_TOLERANCE * seen) ** 2
    size = _sizes_of_pairs(hypotheses.ours, usable / variance, seen)
    misfit = _left_by_pairs(hypotheses, size, seen, usable, variance)
    against = _testimony(hypotheses, evidence)
    beyond = np.stack([_implausible(hypotheses, row, evidence) for row in size.T]).T
    total = misfit + beyond + beyond.T + np.minimum(against[:, None], against[None, :]) + RARE
    total[np.logical_and.outer(hypotheses.sensor, hypotheses.sensor)] = np.inf
    total = np.where(np.isfinite(total), total, np.inf)
    first, second = np.unravel_index(int(np.argmin(total)), total.shape)
    if not total[first, second] < UNKNOWN:
        return None
    likelihood = np.exp(-0.5 * (total - total[first, second]) / TEMPER)
    both = tuple(
        _of_pair(hypotheses, int(row), float(size[row, other]), likelihood)
        for row, other in ((first, second), (second, first))
    )
    larger, lesser = sorted(both, key=lambda one: -float((np.abs(one.moved)).max()))
    return larger, lesser


def _sizes_of_pairs(moves: Floats, weight: Floats, seen: Floats) -> Floats:
    """(h, h) the size of the first of each pair, beside the second; nothing where the two cannot be told apart."""
    gram, toward = (moves * weight) @ moves.T, (moves * weight) @ seen
    power = np.diag(gram)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = (toward[:, None] * power[None, :] - toward[None, :] * gram) / (np.outer(power, power) - gram**2)
    return np.where(gram**2 < UNLIKE * np.outer(power, power), size, 0.0)


def _left_by_pairs(
    hypotheses: Hypotheses, size: Floats, seen: Floats, usable: NDArray[np.bool_], variance: Floats
) -> Floats:
    """(h, h) the χ² that two faults together leave, each as unlike its signature as it may be by itself."""
    moves, square = hypotheses.ours, hypotheses.tolerance**2
    misfit = np.zeros_like(size)
    for channel in np.flatnonzero(usable):
        may = hypotheses.may[:, channel] & (seen[channel] > 0.0)
        excused = np.logical_or.outer(may, may)
        left = seen[channel] - size * moves[:, channel, None] - size.T * moves[None, :, channel]
        unlike = size**2 * square[:, channel, None] + size.T**2 * square[None, :, channel]
        alone = left**2 / (variance[channel] + unlike)
        misfit += np.where(excused, np.minimum(alone, EXCUSED), alone)
    return misfit


def _of_pair(hypotheses: Hypotheses, row: int, size: float, likelihood: Floats) -> Verdict:
    """One of two faults; as sure as the share of likely pairs that it is part of."""
    named = hypotheses.rows[row]
    beside = likelihood.sum()  # every pair counts twice, as (i, j) and as (j, i)
    confidence = round(float(np.clip(2.0 * likelihood[row].sum() / beside, 0.05, 0.95)), 4)
    candidates = (Candidate(named.fault, confidence), Candidate("unknown", round(1.0 - confidence, 4)))
    return Verdict(named.equipment, named.fault, named.pump, candidates, size * hypotheses.moves[row])


def _fit(hypotheses: Hypotheses, evidence: Evidence) -> tuple[Floats, Floats]:
    """Size of each hypothesis (h,) [% of its leading residual] and the χ² it leaves (h,); infinite if it cannot be."""
    ours = hypotheses.channels
    usable = evidence.usable[ours] & np.isfinite(evidence.departure[ours])
    seen = np.where(usable, evidence.departure[ours], 0.0)
    moves, tolerance = hypotheses.ours, hypotheses.tolerance
    variance = evidence.sigma[ours] ** 2 + MISMATCH**2
    excused = usable & hypotheses.may & (seen > 0.0)
    size = np.zeros(len(moves))
    for _ in range(3):  # the proportions' tolerance depends on the size
        weight = (usable & ~excused) / (variance + (size[:, None] * tolerance) ** 2)
        power = (weight * moves**2).sum(axis=1)
        size = np.where(power > 0, (weight * moves * seen).sum(axis=1) / np.maximum(power, 1e-12), 0.0)
    misfit = (weight * (seen - size[:, None] * moves) ** 2).sum(axis=1)
    misfit += np.minimum(EXCUSED, excused * seen**2 / variance).sum(axis=1)
    return size, misfit + _implausible(hypotheses, size, evidence)


def _implausible(hypotheses: Hypotheses, size: Floats, evidence: Evidence) -> Floats:
    """χ² added (h,) for a size out of bounds; infinite for the wrong sign, or without what it must have."""
    basis = np.maximum(evidence.basis[hypotheses.leads], LEAST_BASIS)
    amount = np.where(hypotheses.sensor, np.abs(size), size / basis)
    flows = np.append(evidence.flows, True)[hypotheses.pump]
    contrary = (hypotheses.wet & ~flows) | (hypotheses.dry & flows)
    relevant = (hypotheses.moves[:, evidence.raised] != 0).any(axis=1)
    possible = evidence.usable[hypotheses.leads] & relevant & (amount > 0) & ~contrary
    safe = np.where(possible, amount, 1.0)
    beyond = np.maximum(np.log(hypotheses.least / safe), 0.0) + np.maximum(np.log(safe / hypotheses.most), 0.0)
    return np.where(possible, OUT_OF_BOUNDS * beyond, np.inf)


def _testimony(hypotheses: Hypotheses, evidence: Evidence) -> Floats:
    """χ² (h,) of what bears witness beside the residuals."""
    pump = hypotheses.pump
    seen = np.append(np.stack([evidence.vibration, evidence.envelope, evidence.noise]), np.full((3, 1), np.nan), axis=1)
    off = seen[:, pump] - hypotheses.witness
    # where a fault is known to be loud, being louder still speaks less against it than being quieter
    spread = hypotheses.spread * np.where((off > 0) & (hypotheses.witness > LOUD), EXCESS, 1.0)
    against = np.where(np.isfinite(off), np.minimum((off / spread) ** 2, BOUND), 0.0).sum(axis=0)
    npsh = np.append(evidence.npsh, np.nan)[pump]
    ample = np.clip((npsh - RUNS_SHORT) / (AMPLE - RUNS_SHORT), 0.0, 1.0)
    of_margin = SHORT_WEIGHT * np.where(hypotheses.short, 0.25 * ample, (1.0 - ample) * ~hypotheses.sensor)
    testimony: Floats = hypotheses.doubt + against + np.where(np.isfinite(npsh), of_margin, 0.0)
    return testimony


def _candidates(hypotheses: Hypotheses, likelihood: Floats, first: str) -> tuple[Candidate, ...]:
    """Confidence by fault, the verdict's first, and what is left over as unknown, so that they add to one."""
    faults = [row.fault for row in hypotheses.rows] + ["unknown"]
    by_fault: dict[str, float] = {}
    for fault, share in zip(faults, likelihood.tolist(), strict=True):
        by_fault[fault] = by_fault.get(fault, 0.0) + share
    ranked = sorted(by_fault, key=lambda fault: (fault != first, -by_fault[fault]))
    told = [fault for fault in ranked if fault != "unknown"][:TOLD] if first != "unknown" else ranked[:TOLD]
    told = [fault for fault in told if by_fault[fault] >= 0.005 or fault == first]
    rest = 1.0 - sum(by_fault[fault] for fault in told)
    candidates = [Candidate(fault, round(by_fault[fault], 4)) for fault in told]
    if rest > 0.005 and "unknown" not in told:
        candidates.append(Candidate("unknown", round(rest, 4)))
    return tuple(candidates)


def _unknown(hypotheses: Hypotheses, evidence: Evidence, pumps: Sequence[str], likelihood: Floats) -> Verdict:
    """Something is wrong and nothing explains it: blame the pump whose residuals stand out most."""
    strength = np.where(evidence.usable, or_zero(evidence.departure / evidence.sigma), 0.0) ** 2
    of = set(hypotheses.pump[hypotheses.pump >= 0].tolist())
    totals = {p: float(strength[_channels_of(hypotheses, p)].sum()) for p in sorted(of)}
    worst = max(totals, key=lambda p: totals[p], default=-1)
    moved = np.where(evidence.usable, or_zero(evidence.departure), 0.0)
    mine = np.zeros(len(moved), dtype=bool)
    if worst >= 0:
        mine[_channels_of(hypotheses, worst)] = True
    name = pumps[worst] if worst >= 0 else ""
    return Verdict(name, "unknown", worst, _candidates(hypotheses, likelihood, "unknown"), np.where(mine, moved, 0.0))


def _channels_of(hypotheses: Hypotheses, pump: int) -> NDArray[np.intp]:
    """Channels that hypotheses about a pump speak of."""
    return np.flatnonzero((hypotheses.moves[hypotheses.pump == pump] != 0).any(axis=0))
