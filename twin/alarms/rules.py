"""Which tag alarms when: limits, digital events, changes that are too fast; and what is suppressed by design."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from twin.alarms.guidance import advised
from twin.detectors.anomaly import Priority
from twin.errors import StationError
from twin.plant.reading import Station
from twin.signals import Floats, Tag, TagTable
from twin.text import Text
from twin.units import scale_and_offset, written

DEAD_BAND = 0.01  # of a tag's range: how far back a value must come before its limit counts as kept again
START_GRACE = 180.0  # [s] after a start in which a pump's low limits and its vibration may not be judged
WARMING = 1800.0  # [s] after a start in which bearings warm up by right
SIGNAL_BELOW = 0.2 / 16.0  # of its range below which a signal is a failed transmitter's (NAMUR NE 43: 3.8 mA)
SIGNAL_ABOVE = 0.5 / 16.0  # and above it (20.5 mA)

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
class RateLimit:
    """How fast a measurement may change: ``limit`` in SI per second over ``span`` seconds, told per ``per`` seconds."""

    measures: str
    signs: tuple[float, ...]
    limit: float
    span: float
    per: float
    priority: Priority
    grace: float


# A rolling bearing's end phase rises by 1 to 2.5 K/min; a rupture or a station's trip moves a header by 0.3 bar/s.
# Of a header's three gauges one alarms, or every trip would be told three times; the detectors look at all of them.
RATES: tuple[RateLimit, ...] = (
    RateLimit("*bearing*_temperature", (1.0,), 1.0 / 60.0, 60.0, 60.0, "high", WARMING),
    RateLimit("inlet_pressure_a", (1.0, -1.0), 3.0e4, 3.0, 1.0, "high", 0.0),
    RateLimit("outlet_pressure_a", (1.0, -1.0), 3.0e4, 3.0, 1.0, "high", 0.0),
)
RATE_DEAD_BAND = 0.5  # of a rate's limit


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may alarm. ``sign`` is +1 where too much is wrong and -1 where too little is.

    ``limit`` and ``dead_band`` are in the tag's unit; those of a rate in that per ``per`` seconds, over ``span`` s.
    """

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
    unit: str = ""
    grace: float = START_GRACE  # s after a start before the rule counts
    group: str = ""  # whose alarms have one first-out among them
    guidance: Text = field(default_factory=Text)
    span: float = 0.0
    per: float = 1.0
    low: float = -np.inf  # beyond these it is no measurement
    high: float = np.inf


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
    grace: Floats
    group: NDArray[np.intp]
    span: Floats
    per: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, station: Station) -> Rules:
        """The rules that follow from a station's tags."""
        holds = {entry.name: entry.hold for entry in station.file.tags}
        groups = _groups(station)
        rules = tuple(
            replace(rule, group=groups.get(rule.equipment, rule.equipment), guidance=advised(tag.measures, rule.name))
            for column, tag in enumerate(station.tags)
            for rule in _rules(column, tag, station.tags, holds)
        )
        numbers: dict[str, int] = {}
        return cls(
            rules,
            np.array([r.column for r in rules], dtype=np.intp),
            np.array([r.sign for r in rules]),
            np.array([r.limit for r in rules]),
            np.array([r.dead_band for r in rules]),
            np.array([r.hold for r in rules]),
            np.array([r.running for r in rules], dtype=np.intp),
            np.array([r.grace for r in rules]),
            np.array([numbers.setdefault(r.group or r.tag, len(numbers)) for r in rules], dtype=np.intp),
            np.array([r.span for r in rules]),
            np.array([r.per for r in rules]),
            np.array([r.low for r in rules]),
            np.array([r.high for r in rules]),
        )


def _groups(station: Station) -> dict[str, str]:
    """What each piece of equipment serves in the end: a cubicle's drive's pump fails as one with it."""
    serves = {part.id: part.serves for part in station.file.equipment if part.serves}
    ends: dict[str, str] = {}
    for part in serves:
        end, passed = part, {part}
        while serves.get(end, "") and serves[end] not in passed:
            end = serves[end]
            passed.add(end)
        ends[part] = end
    return ends


def _rules(column: int, tag: Tag, tags: TagTable, holds: dict[str, float]) -> Iterable[Rule]:
    if tag.kind == "digital":
        if tag.measures in TROUBLE:
            yield Rule(
                column, tag.name, tag.equipment, "DI", 1.0, 0.5, 0.0, 0.0, TROUBLE[tag.measures], -1, tag.description
            )
        return
    yield from _limit_rules(column, tag, tags, holds.get(tag.name, 0.0))
    yield from _rate_rules(column, tag, tags)


def _limit_rules(column: int, tag: Tag, tags: TagTable, hold: float) -> Iterable[Rule]:
    limits = {"LL": tag.limits.low_low, "L": tag.limits.low, "H": tag.limits.high, "HH": tag.limits.high_high}
    span = tag.high - tag.low
    low, high = _signal(tag)
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
            hold,
            LIMIT_PRIORITY[name],
            _running_column(tag, name, tags),
            _said(tag, name, limit),
            tag.unit,
            low=low,
            high=high,
        )


def _rate_rules(column: int, tag: Tag, tags: TagTable) -> Iterable[Rule]:
    fitting = next((rate for rate in RATES if fnmatchcase(tag.measures, rate.measures)), None)
    scale = _scale(tag.unit)
    if fitting is None or scale is None:
        return
    limit = fitting.limit * fitting.per / scale
    unit = f"{tag.unit}/{'min' if fitting.per == 60.0 else 's'}"
    low, high = _signal(tag)
    for sign in fitting.signs:
        yield Rule(
            column,
            tag.name,
            tag.equipment,
            "RISE" if sign > 0 else "FALL",
            sign,
            sign * limit,
            RATE_DEAD_BAND * limit,
            0.0,
            fitting.priority,
            _running_column(tag, "RISE", tags),
            _said_rate(tag, sign, limit, unit),
            unit,
            fitting.grace,
            span=fitting.span,
            per=fitting.per,
            low=low,
            high=high,
        )


def _signal(tag: Tag) -> tuple[float, float]:
    """Between which values a signal is a measurement (NAMUR NE 43); of a tag without a range any is."""
    span = tag.high - tag.low
    if tag.kind != "analog" or not (np.isfinite(span) and span > 0):
        return -np.inf, np.inf
    return tag.low - SIGNAL_BELOW * span, tag.high + SIGNAL_ABOVE * span


def _scale(unit: str) -> float | None:
    """What a unit is in SI; None for one nobody knows."""
    try:
        return scale_and_offset(unit)[0]
    except StationError:
        return None


def _running_column(tag: Tag, name: str, tags: TagTable) -> int:
    """A stopped pump has no flow, no head and no vibration of its own: suppressed by design."""
    running = tags.measuring(tag.equipment, "running")
    if running is None:
        return -1
    depends = name[0] in "LR" or any(word in tag.measures for word in JUDGED_ONLY_RUNNING)
    return running if depends else -1


def _said(tag: Tag, name: str, limit: float) -> Text:
    over = name[0] == "H"
    quantity = f"{limit:g} {written(tag.unit)}".strip()
    return Text(
        f"{tag.description.said_in('en')} {'above' if over else 'below'} {quantity} ({name})",
        f"{tag.description.said_in('zh')} {'高于' if over else '低于'} {quantity}（{name}）",
    )


def _said_rate(tag: Tag, sign: float, limit: float, unit: str) -> Text:
    quantity = f"{limit:g} {written(unit)}"
    return Text(
        f"{tag.description.said_in('en')} {'rises' if sign > 0 else 'falls'} faster than {quantity}",
        f"{tag.description.said_in('zh')}{'上升' if sign > 0 else '下降'}速率超过 {quantity}",
    )
