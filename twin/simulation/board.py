"""What every tag measures, looked up once: all readings laid end to end, and a place in them for each tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats, TagTable


@dataclass(frozen=True, eq=False)
class Group:
    """Readings of like things: for each measurement an array over ``ids``, SI; longer where a station lacks it.

    ``lasting`` ones are the same mapping until something in them has changed.
    """

    ids: tuple[str, ...]
    readings: dict[str, Floats]
    lasting: bool = False


def flags(said: NDArray[np.bool_]) -> Floats:
    """Yes and no as a digital signal says it: 1 and 0."""
    return said.astype(np.float64)


@cache
def same(value: float, count: int) -> Floats:
    """(count,) what never changes: not to be written to."""
    held = np.full(count, value)
    held.flags.writeable = False
    return held


def taken(values: Floats, at: NDArray[np.intp], missing: float) -> Floats:
    """Values at indices of which -1 stands for nothing."""
    found: Floats = np.concatenate((values, (missing,)))[at]
    return found


class Board:
    """Where each tag's reading stands. Made from the groups of one instant; those of any other have the same order."""

    def __init__(self, tags: TagTable, groups: Sequence[Group]) -> None:
        at: dict[tuple[str, str], int] = {}
        place = 0
        for group in groups:
            for measures, column in group.readings.items():
                at |= {(name, measures): place + i for i, name in enumerate(group.ids)}
                place += column.size
        self._place: NDArray[np.intp] = np.array(
            [at.get((t.equipment, t.measures), place) for t in tags], dtype=np.intp
        )
        self._last: dict[int, tuple[dict[str, Floats], Floats]] = {}  # by place among the groups
        self.unknown = tuple(tag.name for tag, where in zip(tags, self._place, strict=True) if where == place)

    def read(self, groups: Sequence[Group]) -> Floats:
        """(n,) what there is to measure for each tag, SI; NaN for what the plant has not."""
        columns: list[Floats] = []
        for place, group in enumerate(groups):
            if group.lasting:
                columns.append(self._laid(place, group.readings))
            else:
                columns.extend(group.readings.values())
        columns.append(_NOTHING)
        values: Floats = np.concatenate(columns).take(self._place)
        return values

    def _laid(self, place: int, readings: dict[str, Floats]) -> Floats:
        """Lasting readings end to end."""
        if place not in self._last or self._last[place][0] is not readings:
            self._last[place] = readings, np.concatenate([*readings.values(), _NOTHING[:0]])
        return self._last[place][1]


_NOTHING = np.array([np.nan])
