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

from twin.alarms.rules import Rule
from twin.signals import Floats


class Votes:
    """Puts what the gauges of a thing say together in the place of what its first says, for the rules (r,) about it.

    A limit is held against the value that the last of the needed votes has; a rate against the middle value.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        voted = [(row, rule) for row, rule in enumerate(rules) if rule.gauges is not None]
        sizes = sorted({_size(rule) for _, rule in voted})
        self._groups = [_Group([(row, rule) for row, rule in voted if _size(rule) == n]) for n in sizes]
        self._group_of = {int(row): group for group in self._groups for row in group.rows}

    def step(self, values: Floats, good: NDArray[np.bool_], ruled: Floats, known: NDArray[np.bool_]) -> None:
        """Change ``ruled`` values (r,) and whether they are ``known``, by those of all tags (n,), ``good`` or not."""
        for group in self._groups:
            group.step(values, good, ruled, known)

    def cast(self, row: int, limit: float) -> tuple[int, int]:
        """How many gauges of a rule are beyond a limit now, of how many that say anything; 0 of 0 where none vote."""
        group = self._group_of.get(row)
        return group.cast(row, limit) if group is not None else (0, 0)


def _size(rule: Rule) -> int:
    return len(rule.gauges.columns) if rule.gauges is not None else 1


class _Group:
    """The rules (g,) of things that have as many gauges (k)."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        gauges = [rule.gauges for _, rule in rules if rule.gauges is not None]
        self.rows = np.array([row for row, _ in rules], dtype=np.intp)
        self._columns = np.array([of.columns for of in gauges], dtype=np.intp)
        self._votes = np.array([of.votes for of in gauges], dtype=np.intp)
        self._rate = np.array([rule.span > 0 for _, rule in rules])
        self._sign = np.array([[rule.sign] for _, rule in rules])
        self._low = np.array([[rule.low] for _, rule in rules])
        self._high = np.array([[rule.high] for _, rule in rules])
        self._all = np.arange(len(rules))
        self._leaning: Floats = np.empty(self._columns.shape)
        self._usual_place = self._place(np.full(len(rules), self._columns.shape[1]))

    def step(self, values: Floats, good: NDArray[np.bool_], ruled: Floats, known: NDArray[np.bool_]) -> None:
        said = values[self._columns]
        counts = good[self._columns] & (said >= self._low) & (said <= self._high)
        self._leaning = np.sort(np.where(counts, -self._sign * said, np.inf), axis=1)  # the worst first
        place = self._usual_place if counts.all() else self._place(counts.sum(axis=1))
        ruled[self.rows] = -self._sign[:, 0] * self._leaning[self._all, place]
        known[self.rows] = counts.any(axis=1)

    def _place(self, heard: NDArray[np.intp]) -> NDArray[np.intp]:
        """Which value counts (g,), the worst being 0, where so many gauges (g,) say anything."""
        needed = np.maximum(self._votes - (self._columns.shape[1] - heard), 1)
        place: NDArray[np.intp] = np.where(self._rate, (np.maximum(heard, 1) - 1) // 2, needed - 1)
        return place

    def cast(self, row: int, limit: float) -> tuple[int, int]:
        place = int(np.flatnonzero(self.rows == row)[0])
        leaning, sign = self._leaning[place], float(self._sign[place, 0])
        return int(np.count_nonzero(leaning < -sign * limit)), int(np.count_nonzero(np.isfinite(leaning)))
