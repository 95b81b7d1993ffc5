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
    """Readings of like things: for each measurement an array over ``ids``, SI; longer where a station lacks it."""

    ids: tuple[str, ...]
    readings: dict[str, Floats]


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
        self.unknown = tuple(tag.name for tag, where in zip(tags, self._place, strict=True) if where == place)

    def read(self, groups: Sequence[Group]) -> Floats:
        """(n,) what there is to measure for each tag, SI; NaN for what the plant has not."""
        columns: list[Floats] = []
        for group in groups:
            columns.extend(group.readings.values())
        columns.append(_NOTHING)
        values: Floats = np.concatenate(columns).take(self._place)
        return values


_NOTHING = np.array([np.nan])
