"""What the model expected of a tag, moment by moment, as snapshots passed by."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from twin.pipeline import Snapshot
from twin.signals import Floats, TagTable

KEPT = 3600  # moments
WHOLE = ("power", "suction_loss")  # residuals whose expectation is that of their tag's own value
BAND = 2.0  # standard deviations to either side
APART = 20.0  # s between moments beyond which nothing is drawn from one to the other


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """``at``, ``low``, ``middle``, ``high`` (m,) in the tag's unit; NaN where the line is to be broken."""

    at: Floats
    low: Floats
    middle: Floats
    high: Floats


class Expectations:
    """Remembers what was expected of some tags at the moments that were seen, in order of time."""

    def __init__(self, tags: TagTable) -> None:
        self._tags = tags
        self._seen: dict[int, list[tuple[float, float, float]]] = {}
        self._made: dict[int, Expected] = {}

    def take(self, snapshot: Snapshot, columns: Iterable[int]) -> None:
        """Note a moment for some tags; one that has been noted already is not noted twice."""
        at = snapshot.frame.at
        for column in columns:
            expected = expected_of(self._tags, column, snapshot)
            if expected is None:
                continue
            moments = self._seen.setdefault(column, [])
            place = bisect_left(moments, (at,))
            if place == len(moments) or moments[place][0] != at:
                moments.insert(place, (at, *expected))
                del moments[:-KEPT]
                self._made.pop(column, None)

    def of(self, column: int) -> Expected | None:
        """All that was seen of a tag, the same object until there is more; or None."""
        if column not in self._made and column in self._seen:
            self._made[column] = self._make(self._seen[column])
        return self._made.get(column)

    @staticmethod
    def _make(moments: list[tuple[float, float, float]]) -> Expected:
        at, middle, sigma = np.array(moments).T
        breaks = np.flatnonzero(np.diff(at) > APART) + 1
        at = np.insert(at, breaks, at[breaks - 1])
        middle, sigma = np.insert(middle, breaks, np.nan), np.insert(sigma, breaks, np.nan)
        return Expected(at, middle - BAND * sigma, middle, middle + BAND * sigma)


def expected_of(tags: TagTable, column: int, snapshot: Snapshot) -> tuple[float, float] | None:
    """What is expected of a tag now, and its standard deviation, in the tag's unit; None where nothing is."""
    tag = tags[column]
    if tag.measures == "discharge_pressure":
        return _discharge_pressure(tags, column, snapshot)
    residuals = snapshot.residuals
    for place, name in enumerate(residuals.names):
        if name.tag == tag.name and name.name in WHOLE and name.unit == tag.unit:
            found = float(residuals.expected[place]), float(residuals.sigma[place])
            return found if np.isfinite(found[0]) else None
    return None


def _discharge_pressure(tags: TagTable, column: int, snapshot: Snapshot) -> tuple[float, float] | None:
    """Suction pressure and the pressure that the expected head makes: head and pressure rise are proportional."""
    tag = tags[column]
    suction = tags.measuring(tag.equipment, "suction_pressure")
    pump = next((state for state in snapshot.pumps if state.pump == tag.equipment), None)
    if suction is None or pump is None or not pump.running or not pump.head > 0 or tags[suction].unit != tag.unit:
        return None
    at_suction = float(snapshot.frame.values[suction])
    pressure_per_head = (float(snapshot.frame.values[column]) - at_suction) / pump.head
    expected = at_suction + pump.expected_head * pressure_per_head
    return (expected, pump.head_sigma * pressure_per_head) if np.isfinite(expected) else None
