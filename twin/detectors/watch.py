"""Watching the residuals: offset taken off, whitened, standardised, and summed in a fast and a slow CUSUM.

The fast layer judges every sample and is quickest for two standard deviations or more; the slow layer judges means of
a minute, for wear and clogging. Both thresholds follow from the false alarms a year that the station tolerates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.detectors.cusum import CLIP, Cusum, threshold
from twin.detectors.kinds import LEARNING, Kind, Sample
from twin.detectors.offsets import Offsets
from twin.detectors.whitening import Scatter, Whitening
from twin.plant.binding import middle, or_zero
from twin.signals import Floats

YEAR = 365.25 * 86_400.0  # s
OF_BUDGET = {"curves": 0.7, "shaking": 0.1, "warmth": 0.1, "noise": 0.1}
"""Shares of the false alarms a station tolerates that those who watch may raise; the rest raise none by chance."""
FAST_K = 1.0  # [standard deviations] half the shift the fast layer is quickest for
SLOW_K = 0.5
SLOW_SPAN = 60.0  # s of one mean of the slow layer
SLOW_FEWEST = 20  # samples a mean must be made of
SLOW_FLOOR = 0.7  # of a sample's smallest spread: model errors do not average out as noise does
SUSPICIOUS = 0.3  # of the threshold: above it a channel teaches nothing
GATE = 3.5  # [standard deviations] a sample farther off teaches nothing
SHOWN_OVER = 4.0  # samples over which the z that people see is smoothed
EAGER = 600  # samples from the beginning of which every one teaches; of later ones each fourth does, for
EACH = 4  # a sample tells little that is new of what is followed over an hour, unless the plant has moved
SELDOM = 2.5  # s between samples from which on two that are far off must do: more come too late
TWO_DO = 0.6  # of the threshold: how much one of them may then count for
PERIOD_MEMORY = 0.1  # share by which the usual time between samples follows the last
LONGEST = 60.0  # s between samples: longer is a gap
KEPT = 60  # samples kept as evidence
LATELY = 8  # samples of these that say how things are now
STEADY = 0.5  # share of its sigma by which a channel may be unsteady and still teach its spread


@dataclass(frozen=True)
class Judgement:
    """What one sample came to, (m,) arrays in per cent of rated.

    ``departure`` is the value less its learned offset, ``sigma`` its spread in a healthy station with the offset's
    uncertainty, ``z`` the smoothed departure in sigmas, ``crossed`` where a CUSUM stands over its threshold.
    """

    departure: Floats
    sigma: Floats
    z: Floats
    valid: NDArray[np.bool_]
    why: NDArray[np.intp]
    crossed: NDArray[np.bool_]


class Watch:
    """All channels of a station from sample to sample.

    Parameters
    ----------
    kinds : (m,)                What each channel is.
    false_alarms : float        Tolerated a year in the whole station.
    period : float              Between samples. [s]
    usual                       How the channels scatter, as far as calibration knows.
    """

    def __init__(
        self, kinds: tuple[Kind, ...], false_alarms: float, period: float = 1.0, usual: Scatter | None = None
    ) -> None:
        m = len(kinds)
        floor = np.array([kind.floor for kind in kinds])
        self._learns = np.array([kind.learns for kind in kinds])
        self._judged = np.array([kind.judged for kind in kinds], dtype=bool)
        self._eager = self._learns < 5  # what is known so soon need not be gated
        self._seen: NDArray[np.intp] = np.zeros(m, dtype=np.intp)
        self._floor = floor
        self.offsets = Offsets(kinds)
        self._whitening = Whitening(floor, usual)
        seconds = YEAR / false_alarms * max(1, int(self._judged.sum())) * 2.0  # two layers share the budget
        self._fast = Cusum(m, FAST_K, threshold(FAST_K, seconds / period))
        self._slow = Cusum(m, SLOW_K, threshold(SLOW_K, seconds / SLOW_SPAN))
        self._minute = _Means(m)
        self._at, self._period = np.nan, period
        self._explained: Floats = np.zeros(m)
        self._z: Floats = np.zeros(m)
        self._recent: Floats = np.full((KEPT, m), np.nan)
        self._recent_at: Floats = np.full(KEPT, np.nan)
        self._reasons: NDArray[np.intp] = np.zeros(m, dtype=np.intp)
        self._valid: NDArray[np.bool_] = np.ones(m, dtype=bool)
        self._row = 0
        self._turn = 0
        self._explains = False  # whether anything of the departures is known
        self._nobody: NDArray[np.bool_] = np.zeros(m, dtype=bool)
        self._known_of: NDArray[np.bool_] | None = None  # who could be judged when it was last found who is known
        self._known = self._ready = self._nobody  # who has taught enough, and who of these may be judged now
        self._learners = True  # whether any that could be judged has not

    def step(self, at: float, sample: Sample, frozen: NDArray[np.bool_], teaching: bool = False) -> Judgement:
        """Judge a sample. ``frozen`` channels (m,) teach nothing; while ``teaching`` none is judged."""
        valid = self._may_be_judged(sample.why)
        self._follow_period(at)
        self.offsets.move(sample.point, valid)
        departure = sample.value - self.offsets.value * sample.basis
        unexplained = departure - self._explained if self._explains else departure
        whitening = self._whitening
        innovations = whitening.innovations(unexplained, valid)
        doubt = self.offsets.variance * sample.basis
        doubt *= sample.basis
        doubt += sample.unsteady * sample.unsteady
        spread = whitening.fresh * doubt
        spread += whitening.innovation_variance
        z = np.where(valid, innovations / np.sqrt(spread, out=spread), 0.0)
        self._seen += valid
        self._get_to_know(valid)
        known, judged = self._known, self._nobody if teaching else self._ready
        self._fast.step(at, z, judged)
        self._step_slow(at, unexplained, doubt, judged)
        doubt += whitening.variance
        sigma = np.sqrt(doubt, out=doubt)
        self._turn += 1
        if self._turn < EAGER or self._turn % EACH == 0 or self.offsets.far:
            self._learn(sample, unexplained, innovations, z, valid & ~frozen, known | self._eager)
        self._show(at, departure, sigma, valid)
        if self._learners:
            why = np.where((valid & self._judged) > known, LEARNING, sample.why)
            return Judgement(departure, sigma, self._z, why == 0, why, self.crossed & judged)
        return Judgement(departure, sigma, self._z, valid, sample.why, self.crossed & judged)

    @property
    def crossed(self) -> NDArray[np.bool_]:
        """(m,) where either layer stands over its threshold."""
        crossed: NDArray[np.bool_] = (self._fast.crossed | self._slow.crossed) & self._judged
        return crossed

    @property
    def seen(self) -> NDArray[np.intp]:
        """(m,) samples that could be judged so far."""
        return self._seen

    @property
    def calm(self) -> NDArray[np.bool_]:
        """(m,) where neither sum is on its way up."""
        return self.quick_calm & self._slow.below(SUSPICIOUS)

    @property
    def quick_calm(self) -> NDArray[np.bool_]:
        """(m,) the same of the fast layer alone: the slow one takes an hour to forget."""
        return self._fast.below(SUSPICIOUS)

    def _may_be_judged(self, why: NDArray[np.intp]) -> NDArray[np.bool_]:
        """(m,) where there is no reason against it; reasons stay the same array for long."""
        if why is not self._reasons:
            self._reasons, self._valid = why, why == 0
        return self._valid

    def _get_to_know(self, valid: NDArray[np.bool_]) -> None:
        """Find who is known well enough to be judged: anew while somebody is not, or where others may be judged."""
        if self._learners or valid is not self._known_of:
            self._known_of, self._known = valid, self._seen > self._learns
            self._learners = bool(np.count_nonzero(valid > self._known))
            self._ready = valid & self._known & self._judged

    def onset(self, channel: int) -> float:
        """When the change that a channel shows began, by the layer that saw it. [s, POSIX]"""
        if self._fast.crossed[channel]:
            return self._fast.onset(channel)
        return self._slow.onset(channel) - SLOW_SPAN

    def spread(self, channel: int) -> float:
        """Standard deviation of one healthy sample of a channel. [% of rated]"""
        return float(self._whitening.sigma[channel])

    @property
    def usual_step(self) -> Floats:
        """(m,) standard deviation that the differences of successive samples speak for. [% of rated]"""
        return self._whitening.usual_step

    def evidence(self, since: float) -> tuple[Floats, NDArray[np.intp]]:
        """Mean departure (m,) over the kept samples from a time on, and how many they were."""
        rows = self._since(since)
        finite = np.isfinite(rows)
        count = finite.sum(axis=0)
        mean = np.where(finite, rows, 0.0).sum(axis=0) / np.maximum(count, 1)
        return np.where(count > 0, mean, np.nan), count

    def scatter(self, since: float) -> Floats:
        """(m,) standard deviation of the kept samples from a time on; of fewer than two it is 0.

        By the median of how one differs from the next, so that neither a ramp nor one step counts.
        """
        kept = self._recent_at >= since
        if np.count_nonzero(kept) < 2:
            return np.zeros(len(self._floor))
        rows = self._recent[kept][np.argsort(self._recent_at[kept])]
        return or_zero(_spread(np.abs(np.diff(rows, axis=0))))

    def _since(self, since: float) -> Floats:
        """(k, m) the kept samples from a time on, at least the last."""
        rows = self._recent[self._recent_at >= since]  # none where it is unknown
        return rows if len(rows) else self._recent[[self._row - 1]]

    def restlessness(self) -> Floats:
        """(m,) spread of the kept samples about one another over that of a healthy station, as a natural logarithm.

        The median of successive differences: a step among them counts once, and so hardly.
        """
        spread = _spread(np.abs(np.diff(self._lately(), axis=0)))
        with np.errstate(divide="ignore", invalid="ignore"):
            restlessness: Floats = np.log(spread / self._whitening.usual_step)
        return restlessness

    def reset(self, which: NDArray[np.bool_]) -> None:
        """Begin the sums of some channels anew."""
        self._fast.reset(which)
        self._slow.reset(which)

    def explain(self, which: NDArray[np.bool_], departure: Floats) -> None:
        """Take how far some channels have departed for known, so that only what changes after that is summed."""
        self._explained[which] = or_zero(departure[which])
        self._explains = bool(np.count_nonzero(self._explained))
        self._whitening.forget(which)
        self.reset(which)

    def take_back(self, which: NDArray[np.bool_]) -> None:
        """Forget where some channels stand: they are judged, unsurely, by what the station file says."""
        self.offsets.forget(which)
        self._whitening.forget(which)
        self.reset(which)
        self._recent[:, which] = np.nan

    @property
    def explained(self) -> Floats:
        """(m,) what is known of the departures. [% of rated]"""
        return self._explained

    def bridge_gap(self) -> None:
        """Let what comes follow nothing: there was a gap."""
        everything = np.ones(len(self._seen), dtype=bool)
        self._whitening.forget(everything)
        self._fast.reset(everything & ~self._fast.crossed)
        self._minute.clear()
        self._recent[:] = np.nan
        self._recent_at[:] = np.nan

    def _follow_period(self, at: float) -> None:
        """Let single samples count for more where they come seldom: two spikes in a row are then a quarter minute."""
        elapsed, self._at = at - self._at, at
        if 0.0 < elapsed < LONGEST:
            self._period += PERIOD_MEMORY * (elapsed - self._period)
        self._fast.clip = CLIP if self._period < SELDOM else max(CLIP, TWO_DO * self._fast.h + FAST_K)

    def _step_slow(self, at: float, departure: Floats, doubt: Floats, judged: NDArray[np.bool_]) -> None:
        means = self._minute.step(at, departure, judged)
        if means is None:
            return
        variance = SLOW_FLOOR**2 * self._whitening.variance + doubt
        full = np.isfinite(means)
        self._slow.step(at, np.where(full, means / np.sqrt(variance), 0.0), full)

    def _learn(
        self,
        sample: Sample,
        departure: Floats,
        innovations: Floats,
        z: Floats,
        allowed: NDArray[np.bool_],
        gated: NDArray[np.bool_],
    ) -> None:
        ordinary = (np.abs(z) < GATE) & self.calm
        healthy = allowed & (ordinary | ~gated)
        phi = self._whitening.coefficient
        repeated = self._whitening.variance * (1.0 + phi) / (1.0 - phi)
        self.offsets.learn(sample.value, sample.basis, repeated + sample.unsteady**2, healthy)
        steady = sample.unsteady < STEADY * self._floor
        self._whitening.learn(departure, innovations, healthy & steady & gated)

    def _show(self, at: float, departure: Floats, sigma: Floats, valid: NDArray[np.bool_]) -> None:
        shown = departure / sigma
        shown -= self._z
        shown /= SHOWN_OVER
        shown += self._z
        self._z = np.where(valid, shown, 0.0)
        self._recent[self._row] = np.where(valid, departure, np.nan)
        self._recent_at[self._row] = at
        self._row = (self._row + 1) % KEPT

    def _lately(self) -> Floats:
        """The last few kept samples, in order."""
        return self._recent[(self._row - np.arange(LATELY, 0, -1)) % KEPT]


def _spread(steps: Floats) -> Floats:
    """(m,) standard deviation of normal samples that differ so much (k, m) from one to the next."""
    spread: Floats = middle(steps) / (0.6745 * np.sqrt(2.0))
    return spread


class _Means:
    """Means of many channels over spans of :data:`SLOW_SPAN`."""

    def __init__(self, m: int) -> None:
        self._sum: Floats = np.zeros(m)
        self._count: Floats = np.zeros(m)
        self._since = np.nan

    def step(self, at: float, values: Floats, valid: NDArray[np.bool_]) -> Floats | None:
        """Add a sample; the means (m,) of the span that has just ended, NaN where it held too few, or None."""
        if not np.isfinite(self._since):
            self._since = at
        means = None
        if at - self._since >= SLOW_SPAN:
            enough = self._count >= SLOW_FEWEST
            means = np.where(enough, self._sum / np.maximum(self._count, 1.0), np.nan)
            self.clear()
            self._since = at
        np.add(self._sum, values, out=self._sum, where=valid)
        self._count += valid
        return means

    def clear(self) -> None:
        """Begin a new span."""
        self._sum[:] = 0.0
        self._count[:] = 0.0
        self._since = np.nan
