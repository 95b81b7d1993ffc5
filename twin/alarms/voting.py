"""Gauges that measure the same, and alarm as one: two of three must say so before anybody is called.

A header whose three gauges alarm by themselves says everything three times, and a gauge that fails alone calls people
out for nothing; which of them has failed is for the detectors to tell. A gauge that says nothing lowers the votes by
one: two of three become one of two, for an alarm had rather come than be missed (IEC 61511-1:2016, 11.3, for a detected
failure).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.alarms.gauges import Gauges
from twin.alarms.rules import Rule, range_beyond
from twin.signals import Floats


class Votes:
    """Judges limits of which gauges vote: a limit is held against the value that the last of the needed votes has."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        voted = [(row, rule) for row, rule in enumerate(rules) if rule.gauges is not None and rule.span == 0.0]
        self._groups = [_Limits(group) for group in _by_size(voted)]
        self._group_of = {int(row): group for group in self._groups for row in group.rows}

    def step(self, values: Floats, beyond: NDArray[np.bool_]) -> None:
        """Say which rules (r,) are ``beyond`` their limits, by what all tags (n,) say, NaN where none is believed."""
        for group in self._groups:
            group.step(values, beyond)

    def tell(self, said: Floats) -> None:
        """Put the values that were judged last in the place of what first gauges say (r,); NaN where none says any."""
        for group in self._groups:
            said[group.rows] = group.judged()

    def cast(self, row: int) -> tuple[int, int]:
        """How many gauges of a rule are beyond its limit now, of how many that say anything; 0 of 0 where none vote."""
        group = self._group_of.get(row)
        return group.cast(row) if group is not None else (0, 0)


class Middles:
    """Puts the middle value of gauges that alarm as one in the place of what the first says, for the rules (..., r)."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        grouped = [(row, rule) for row, rule in enumerate(rules) if rule.gauges is not None]
        self._groups = [_Group(group) for group in _by_size(grouped)]

    def step(self, values: Floats, ruled: Floats) -> None:
        """Change ``ruled`` values (..., r) by those of all tags (..., n); NaN where no gauge says anything."""
        for group in self._groups:
            said = values.take(group.columns, axis=-1)
            if group.all_heard(said):
                ruled.T[group.rows] = group.middle(said).T
                continue
            leaning, heard = group.ranked(said)
            middle = group.valued(leaning, (np.maximum(heard, 1) - 1) // 2)
            ruled.T[group.rows] = np.where(heard > 0, middle, np.nan).T


def _by_size(rules: Sequence[tuple[int, Rule]]) -> list[list[tuple[int, Rule]]]:
    """Rules of things that have as many gauges, together."""
    sizes = sorted({len(_gauges(rule).columns) for _, rule in rules})
    return [[(row, rule) for row, rule in rules if len(_gauges(rule).columns) == size] for size in sizes]


def _gauges(rule: Rule) -> Gauges:
    assert rule.gauges is not None
    return rule.gauges


class _Group:
    """Rules (g,) of things that have as many gauges (k)."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        self.rows = np.array([row for row, _ in rules], dtype=np.intp)
        self.columns = np.array([_gauges(rule).columns for _, rule in rules], dtype=np.intp)
        self.sign = np.array([[rule.sign] for _, rule in rules])
        self._low = np.array([[rule.low] for _, rule in rules])
        self._high = np.array([[rule.high] for _, rule in rules])
        count = self.columns.shape[1]
        worse = np.where(self.sign[:, 0] > 0, count // 2, (count - 1) // 2)  # of an even number's two middle ones
        self._middle = np.arange(len(rules)) * count + worse  # of the flattened gauges in order

    def all_heard(self, said: Floats) -> bool:
        """Whether every gauge (..., g, k) says something."""
        return int(np.count_nonzero((said >= self._low) & (said <= self._high))) == said.size

    def middle(self, said: Floats) -> Floats:
        """(..., g) the middle value of gauges (..., g, k) that are all heard, which are put in order."""
        said.sort(axis=-1)
        middle: Floats = said.reshape(*said.shape[:-2], -1).take(self._middle, axis=-1)
        return middle

    def ranked(self, said: Floats) -> tuple[Floats, NDArray[np.intp]]:
        """What gauges say (..., g, k), the worst first: the less the worse, infinity for nothing; how many say any."""
        counts = (said >= self._low) & (said <= self._high)
        return np.sort(np.where(counts, -self.sign * said, np.inf), axis=-1), counts.sum(axis=-1)

    def valued(self, leaning: Floats, place: NDArray[np.intp]) -> Floats:
        """(..., g) the value at a place of the ranks (..., g), the worst being 0."""
        ranks = leaning.reshape(-1, leaning.shape[-1])
        value: Floats = -self.sign[:, 0] * ranks[np.arange(len(ranks)), place.ravel()].reshape(place.shape)
        return value


class _Limits(_Group):
    """The same of limits, which so many votes must be beyond."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        super().__init__(rules)
        self._votes = np.array([_gauges(rule).votes for _, rule in rules], dtype=np.intp)
        self._limit = np.array([rule.limit for _, rule in rules])
        ends = [range_beyond(rule.sign, rule.limit, rule.low, rule.high) for _, rule in rules]
        self._least, self._most = np.array(ends).reshape(-1, 1, 2).transpose(2, 0, 1)
        self._said: Floats = np.full(self.columns.shape, np.nan)

    def step(self, values: Floats, broken: NDArray[np.bool_]) -> None:
        said = self._said = values[self.columns]
        if np.count_nonzero((said >= self._least) & (said <= self._most)):  # else nobody votes
            broken[self.rows] = self.sign[:, 0] * (self.judged() - self._limit) > 0

    def judged(self) -> Floats:
        """The value that is held against each limit (g,), NaN where there is none."""
        leaning, heard = self.ranked(self._said)
        needed = np.maximum(self._votes - (self.columns.shape[1] - heard), 1)
        return np.where(heard > 0, self.valued(leaning, needed - 1), np.nan)

    def cast(self, row: int) -> tuple[int, int]:
        place = int(np.flatnonzero(self.rows == row)[0])
        leaning, heard = self.ranked(self._said)
        against = -float(self.sign[place, 0]) * float(self._limit[place])
        return int(np.count_nonzero(leaning[place] < against)), int(heard[place])
