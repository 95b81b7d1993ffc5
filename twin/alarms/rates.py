"""Which values change too fast: the slopes of what is measured, held against the limits of rates."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from twin.alarms.rules import Rules
from twin.alarms.slopes import Slopes
from twin.alarms.voting import Middles
from twin.signals import Floats

MOST = np.finfo(np.float64).max  # of which a slope can be taken


class RateRules:
    """Judges how fast values change, where rules are about that."""

    def __init__(self, rules: Rules) -> None:
        self._of = [_Rate(rules, np.flatnonzero(rules.span == span)) for span in np.unique(rules.span) if span > 0]

    def read(self, believed: Floats) -> tuple[Floats, ...]:
        """For each time over which rates are taken, the values (..., k) that are followed.

        By what all tags (..., n) say, NaN where none is believed.
        """
        return tuple(rate.read(believed) for rate in self._of)

    def step(self, at: float, believed: Floats, read: Iterable[Floats | None], beyond: NDArray[np.bool_]) -> None:
        """Say which rules (r,) are ``beyond`` their limits, by what all tags (n,) say and what was ``read`` of it."""
        for rate, values in zip(self._of, read, strict=False):
            rate.step(at, believed, values)
            beyond[rate.rows] = rate.beyond

    def tell(self, said: Floats) -> None:
        """Put rates, in the tag's unit per their time, in the place of what tags say (r,); NaN where there is none."""
        for rate in self._of:
            said[rate.rows] = np.where(np.isfinite(rate.rates), rate.rates, np.nan)


class _Rate:
    """The rules (k,) whose rates are taken over the same time."""

    def __init__(self, rules: Rules, rows: NDArray[np.intp]) -> None:
        self.rows = rows
        self.rates: Floats = np.full(len(rows), np.nan)
        self.beyond: NDArray[np.bool_] = np.zeros(len(rows), dtype=bool)
        ruled = [rules.rules[int(row)] for row in rows]
        self._low = np.maximum([rule.low for rule in ruled], -MOST)
        self._high = np.minimum([rule.high for rule in ruled], MOST)
        self._column, self._sign = rules.column[rows], rules.sign[rows]
        self._limit, self._per = rules.limit[rows], rules.per[rows]
        self._middles = Middles(ruled)
        self._slopes = Slopes(len(rows), float(rules.span[rows[0]]))

    def read(self, believed: Floats) -> Floats:
        values = believed.take(self._column, axis=-1)
        self._middles.step(believed, values)
        values[(values < self._low) | (values > self._high)] = np.nan
        return values

    def step(self, at: float, believed: Floats, values: Floats | None) -> None:
        if not self._slopes.wants(at):
            return
        self.rates = self._slopes.step(at, self.read(believed) if values is None else values) * self._per
        self.beyond = np.isfinite(self.rates) & (self._sign * (self.rates - self._limit) > 0)
