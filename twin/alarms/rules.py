"""Which tag alarms when: limits with hold and dead band, digital events, and what is suppressed by design."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Priority
from twin.plant.reading import Station
from twin.signals import Floats, Tag, TagTable
from twin.text import Text

DEAD_BAND = 0.01  # of a tag's range: how far back a value must come before its limit counts as kept again
START_GRACE = 180.0  # [s] after a start in which a pump's low limits and its vibration may not be judged

# Digital signals that mean trouble when set, and how soon somebody must look.
TROUBLE: dict[str, Priority] = {
    "smoke_1": "urgent",
    "smoke_2": "urgent",
    "flood_1": "urgent",
    "flood_2": "urgent",
    "leak_wire_alarm": "high",
    "trip": "high",
    "protection_trip": "high",
    "common_fault": "high",
    "emergency_stop": "high",
    "buchholz": "high",
    "lifted": "high",
    "seal_leak_de": "high",
    "seal_leak_nde": "high",
    "door_open": "medium",
    "ups_on_battery": "medium",
    "fault": "medium",
    "oltc_fault": "medium",
    "alarm": "medium",
    "cell_bypass_active": "medium",
    "obstacle": "low",
}
LIMIT_PRIORITY: dict[str, Priority] = {"LL": "high", "L": "medium", "H": "medium", "HH": "high"}
JUDGED_ONLY_RUNNING = ("pressure", "flow", "vibration", "acceleration")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may alarm. ``sign`` is +1 where too much is wrong and -1 where too little is."""

    column: int
    tag: str
    equipment: str
    name: str
    sign: float
    limit: float
    dead_band: float
    hold: float
    priority: Priority
    running: int  # the column that must be set for the rule to count; -1: always counts
    text: Text


@dataclass(frozen=True)
class Rules:
    """All rules of a station, once as objects and once as arrays (r,) so that a frame is judged in a few calls."""

    rules: tuple[Rule, ...]
    column: NDArray[np.intp]
    sign: Floats
    limit: Floats
    dead_band: Floats
    hold: Floats
    running: NDArray[np.intp]

    @classmethod
    def of(cls, station: Station) -> Rules:
        """The rules that follow from a station's tags."""
        holds = {entry.name: entry.hold for entry in station.file.tags}
        rules = tuple(
            rule for column, tag in enumerate(station.tags) for rule in _rules(column, tag, station.tags, holds)
        )
        return cls(
            rules,
            np.array([r.column for r in rules], dtype=np.intp),
            np.array([r.sign for r in rules]),
            np.array([r.limit for r in rules]),
            np.array([r.dead_band for r in rules]),
            np.array([r.hold for r in rules]),
            np.array([r.running for r in rules], dtype=np.intp),
        )


def _rules(column: int, tag: Tag, tags: TagTable, holds: dict[str, float]) -> Iterable[Rule]:
    if tag.kind == "digital":
        if tag.measures in TROUBLE:
            yield Rule(
                column, tag.name, tag.equipment, "DI", 1.0, 0.5, 0.0, 0.0, TROUBLE[tag.measures], -1, tag.description
            )
        return
    limits = {"LL": tag.limits.low_low, "L": tag.limits.low, "H": tag.limits.high, "HH": tag.limits.high_high}
    span = tag.high - tag.low
    for name, limit in limits.items():
        if limit is None:
            continue
        yield Rule(
            column,
            tag.name,
            tag.equipment,
            name,
            1.0 if name[0] == "H" else -1.0,
            limit,
            DEAD_BAND * span if np.isfinite(span) else 0.0,
            holds.get(tag.name, 0.0),
            LIMIT_PRIORITY[name],
            _running_column(tag, name, tags),
            _said(tag, name, limit),
        )


def _running_column(tag: Tag, name: str, tags: TagTable) -> int:
    """A stopped pump has no flow, no head and no vibration of its own: suppressed by design."""
    running = tags.measuring(tag.equipment, "running")
    if running is None:
        return -1
    depends = name[0] == "L" or any(word in tag.measures for word in JUDGED_ONLY_RUNNING)
    return running if depends else -1


def _said(tag: Tag, name: str, limit: float) -> Text:
    over = name[0] == "H"
    quantity = f"{limit:g} {tag.unit}".strip()
    return Text(
        f"{tag.description.said_in('en')} {'above' if over else 'below'} {quantity} ({name})",
        f"{tag.description.said_in('zh')} {'高于' if over else '低于'} {quantity}（{name}）",
    )
