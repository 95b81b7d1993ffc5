"""What the plant says by a switch or beyond a bound, at once: leaks at seals, water, smoke, gas and doors.

Nothing is learned here: a switch is a switch, and a gas detector's zero is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.detectors.signs import Sign, sure
from twin.plant.reading import Station
from twin.signals import Floats, TagTable

HOLD = 1.0  # s a switch must stand, so that one odd frame raises nothing


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault of a kind of equipment, told by any of some measurements above a bound, in the tag's unit."""

    fault: str
    kind: str
    measures: tuple[str, ...]
    bound: float = 0.5


RULES = (
    Rule("seal_leak", "pump", ("seal_leak_de", "seal_leak_nde")),
    Rule("flood", "room", ("flood_1", "flood_2")),
    Rule("fire", "room", ("smoke_1", "smoke_2")),
    Rule("intrusion", "room", ("door_open", "access_control")),
    Rule("gas", "room", ("gas",), 4.0),  # %LEL: a detector's drift of a year is 2
)


class Switches:
    """All rules over all equipment of a station."""

    def __init__(self, station: Station, tags: TagTable) -> None:
        found = [
            (tag.equipment, rule, column)
            for column, tag in enumerate(tags)
            for rule in RULES
            if tag.measures in rule.measures and station.kind_of(tag.equipment) == rule.kind
        ]
        self._tags = tags
        self._found = [(equipment, rule) for equipment, rule, _ in found]
        self._columns: NDArray[np.intp] = np.array([column for *_, column in found], dtype=np.intp)
        self._bounds: Floats = np.array([rule.bound for _, rule, _ in found])

    def step(self, at: float, values: Floats) -> list[Sign]:
        """What stands now."""
        here = values[self._columns]
        return [self._sign(int(i), at, float(here[i])) for i in np.flatnonzero(here > self._bounds)]

    def _sign(self, i: int, at: float, value: float) -> Sign:
        equipment, rule = self._found[i]
        tag = self._tags[int(self._columns[i])]
        evidence = (Evidence(tag.measures, tag.name, round(value, 2), tag.unit, 999.0),)
        return Sign(equipment, rule.fault, rule.fault, at, sure(rule.fault), evidence, HOLD)
