"""Gauges that measure the same, and alarm as one: two of three must say so before anybody is called.

A header whose three gauges alarm by themselves says everything three times, and a gauge that fails alone calls people
out for nothing; which of them has failed is for the detectors to tell. A gauge that says nothing lowers the votes by
one: two of three become one of two, for an alarm had rather come than be missed (IEC 61511-1:2016, 11.3, for a detected
failure).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.plant.reading import Station
from twin.signals import Floats, Tag
from twin.text import Text

if TYPE_CHECKING:
    from twin.alarms.rules import Rule


@dataclass(frozen=True, slots=True)
class Gauges:
    """Gauges of one thing, by their columns; so many ``votes`` of them alarm."""

    columns: tuple[int, ...]
    votes: int
    called: Text

    @property
    def said(self) -> str:
        """As people in the field say it."""
        return f"{self.votes}oo{len(self.columns)}"


def grouped(station: Station) -> dict[int, Gauges]:
    """The gauges that alarm as one, by the column of each.

    The station file says which they are: where an interlock asks for some votes of more gauges of one thing (``of``),
    their alarms ask for as many. Gauges that differ in unit, range or limits stay apart, and so does what is digital:
    one smoke detector is enough to look.
    """
    groups: dict[int, Gauges] = {}
    for interlock in station.file.interlocks:
        if not interlock.of or interlock.votes < 2:
            continue
        columns = [
            column
            for column, tag in enumerate(station.tags)
            if tag.equipment == interlock.of and tag.kind != "digital" and fnmatchcase(tag.measures, interlock.measures)
        ]
        if len(columns) > interlock.votes and _alike([station.tags[column] for column in columns]):
            called = _called([station.tags[column].description for column in columns])
            groups |= dict.fromkeys(columns, Gauges(tuple(columns), interlock.votes, called))
    return groups


def _alike(tags: Sequence[Tag]) -> bool:
    return len({(tag.unit, tag.low, tag.high, tag.limits) for tag in tags}) == 1


def _called(names: Sequence[Text]) -> Text:
    """What the names of gauges have in common: ``Inlet header pressure`` of A, B and C."""
    common = [_beginning([name.said_in(language) for name in names]) for language in ("en", "zh")]
    return Text(common[0] or names[0].en, common[1] or names[0].zh)


def _beginning(names: Sequence[str]) -> str:
    shared = 0
    while all(len(name) > shared and name[shared] == names[0][shared] for name in names):
        shared += 1
    return names[0][:shared].strip()


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
