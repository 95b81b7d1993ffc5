"""The learning layer: what no model describes, learned from a healthy span, judged row by row and never ahead.

Each column is compared with a level that follows it slowly, so that drift is not an anomaly and a step is. Three things
keep it from crying wolf, for a healthy span is short (all counts below are rows, whatever a row lasts):

* a column is only as well known as its span is long against its own memory: its departure is judged by Student's t
  with as many degrees of freedom as the span holds independent values, so that a temperature which wandered once up
  and down in ten minutes may wander again;
* how far the level itself wanders is followed while nothing is wrong, and allowed for;
* a column that is strange stops being followed, and is no longer strange only at half of what made it so; the others
  go on as before, so that what drifts during an anomaly neither prolongs it nor follows it up with another;
* the more columns there are, the higher the threshold.

What is learned is learned from the healthy span and never again: :class:`twin.detectors.healthy.Healthy`. What moves
afterwards is state, as of any filter: the level, the smoothed departure and the wander, from rows already seen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.detectors.healthy import Healthy, learn
from twin.signals import Block, Floats, Frame, Quality, TagTable

FOLLOW = 1 / 150  # of a departure the level takes up each row
SMOOTH = 1 / 30  # of a departure the smoothed one takes up each row
WANDER = 1 / 200  # of a squared departure the wander takes up each row
UNSEEN = 0.25  # share of its spread by which a level may shift without a span of minutes showing it
TRUST = 0.25  # degrees of freedom granted for each independent value
LEAST_FREEDOM = 0.5
THRESHOLD = 3.0  # standard deviations at REFERENCE_COLUMNS columns
REFERENCE_COLUMNS = 8
GROSS = 4.0  # times all a column did in the healthy span: an anomaly, however little is known of it
OVER = 0.5  # share, of the threshold and of an excursion's height, below which it is over
FORGETTING = 1 / 100  # of that height each row
FROZEN = 0.1  # share of their pace at which level and wander of a strange column still follow
HOLD = 20  # rows for which an anomaly is held after its evidence is gone


class Score(NamedTuple):
    """How strange one row is.

    ``contributions`` (n,) is 1 for a tag at its threshold and 0 for one that cannot be judged; ``value`` is the largest
    of them. ``anomaly`` holds for :data:`HOLD` rows after ``value`` was last at 1 or more.
    """

    value: float
    contributions: Floats
    anomaly: bool


class Learned:
    """A detector that has learned a healthy span and is fed the rows after it, in their order.

    Notes
    -----
    With the departure :math:`e = x - b` of a value from its followed level, smoothed to :math:`d`:

    .. math:: t^2 = d^2 / (\\max(\\sigma_d^2, w) + (\\kappa s)^2)                                       (departure)
    .. math:: z = \\frac{8\\nu + 1}{8\\nu + 3} \\sqrt{\\nu \\ln(1 + t^2 / \\nu)}                        (normal)
    .. math:: c(n) = \\sqrt{c_8^2 + 2 \\ln(n / 8)}                                                      (threshold)

    (normal) turns Student's t into the normal deviate of the same rarity; (threshold) keeps the rate of false alarms
    of all columns together as their number grows.

    References
    ----------
    D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square distributions", Annals of
    Mathematical Statistics 30 (1959) 1121-1130, for (normal).
    """

    def __init__(self, healthy: Healthy, tags: int) -> None:
        self.healthy = healthy
        self._tags = tags
        steady = np.minimum(1.0, healthy.memory * SMOOTH / (2.0 - SMOOTH))
        self._variance = healthy.noise**2 * steady
        self._allowance = (UNSEEN * healthy.scale) ** 2
        self._freedom = np.maximum(TRUST * healthy.independent - 1.0, LEAST_FREEDOM)
        self._normal = (8 * self._freedom + 1) / (8 * self._freedom + 3)
        count = max(len(healthy.columns), 1)
        self._threshold = float(np.sqrt(max(THRESHOLD**2 + 2.0 * np.log(count / REFERENCE_COLUMNS), 1.0)))
        self._level = healthy.level.copy()
        self._departure = np.zeros_like(self._level)
        self._wander = self._variance.copy()
        self._height = 0.0
        self._standing = np.zeros(len(self._level), dtype=np.bool_)
        self._held = 0

    @classmethod
    def fit(cls, block: Block, tags: TagTable) -> Learned:
        """Learn from these rows and no others. Raises StationError where they are too few."""
        return cls(learn(block, tags, FOLLOW), len(tags))

    def step(self, frame: Frame) -> Score:
        """The score of the next row. Values that are missing or bad say nothing and change nothing."""
        columns = self.healthy.columns
        values = frame.values[columns]
        seen = np.isfinite(values) & (frame.quality[columns] <= Quality.UNCERTAIN)
        departure = np.where(seen, values - self._level, 0.0)
        self._departure += SMOOTH * (departure - self._departure) * seen
        variance = np.maximum(self._variance, self._wander) + self._allowance
        scores = self._against_excursion(np.where(seen, self._strangeness(variance), 0.0))
        self._follow(departure, variance, seen, np.maximum(FROZEN, 1.0 - scores**2))
        contributions = np.zeros(self._tags)
        contributions[columns] = scores
        value = float(scores.max(initial=0.0))
        return Score(value, contributions, self._hold(value))

    def _strangeness(self, variance: Floats) -> Floats:
        """(m,) How near each column's departure is to the threshold."""
        squared = self._departure**2 / variance
        deviate = self._normal * np.sqrt(self._freedom * np.log1p(squared / self._freedom))
        gross = np.abs(self._departure) / (GROSS * self.healthy.width)
        strangeness: Floats = np.maximum(deviate / self._threshold, gross)
        return strangeness

    def _against_excursion(self, strangeness: Floats) -> Floats:
        """(m,) The scores: higher for columns that already stand out, lower for all while an excursion dies away."""
        bar = np.maximum(np.where(self._standing, OVER, 1.0), OVER * self._height)
        self._height = max(float(strangeness.max(initial=0.0)), self._height * (1.0 - FORGETTING))
        scores: Floats = strangeness / bar
        self._standing = scores >= 1.0
        return scores

    def _follow(self, departure: Floats, variance: Floats, seen: NDArray[np.bool_], pace: Floats) -> None:
        step = np.clip(departure, -4 * self.healthy.scale, 4 * self.healthy.scale)
        self._level += FOLLOW * pace * step  # a departure of an unseen value is 0
        grown = np.minimum(self._departure**2, 9 * variance)
        self._wander += WANDER * pace * (grown - self._wander) * seen

    def _hold(self, value: float) -> bool:
        if value >= 1.0:
            self._held = HOLD
            return True
        self._held = max(self._held - 1, -1)
        return self._held >= 0
