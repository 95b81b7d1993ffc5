"""Marks that stand too close together to be told apart are shown as one, with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app import theme
from app.presenters.timeline import Mark


@dataclass(frozen=True, slots=True)
class Cluster:
    """One mark or several, the most urgent first, from the place ``x`` on. [px]"""

    marks: tuple[Mark, ...]
    x: float

    @property
    def unseen(self) -> bool:
        """Whether nobody has seen one of them."""
        return any(mark.unseen for mark in self.marks)

    def head(self, selected: tuple[str, int]) -> Mark:
        """The one that speaks for all: the selected one, else the most urgent."""
        return next((mark for mark in self.marks if (mark.kind, mark.id) == selected), self.marks[0])

    def next(self, selected: tuple[str, int]) -> Mark:
        """The one to be picked when one of them is already: a cluster is gone through by clicking on it."""
        at = next((n for n, mark in enumerate(self.marks) if (mark.kind, mark.id) == selected), -1)
        return self.marks[(at + 1) % len(self.marks)]


def clustered(marks: Iterable[Mark], place: Callable[[float], float], near: float) -> tuple[Cluster, ...]:
    """The marks from left to right; those less than ``near`` px behind the first of a cluster belong to it."""
    groups: list[tuple[float, list[Mark]]] = []
    for mark in sorted(marks, key=lambda each: each.since):
        x = place(mark.since)
        if groups and x - groups[-1][0] < near:
            groups[-1][1].append(mark)
        else:
            groups.append((x, [mark]))
    return tuple(Cluster(tuple(sorted(group, key=_urgency)), x) for x, group in groups)


def _urgency(mark: Mark) -> tuple[int, bool, float]:
    rank = theme.PRIORITIES.index(mark.priority) if mark.priority else len(theme.PRIORITIES)
    return rank, not mark.unseen, mark.since
