"""Which tag alarms when: limits, digital events, changes that are too fast; and what is suppressed by design."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from twin.alarms.gauges import Gauges, grouped
from twin.alarms.guidance import advised
from twin.detectors.anomaly import Priority
from twin.plant.reading import Station
from twin.plant.station import RateLimit
from twin.signals import Floats, Tag, TagTable
from twin.text import Text
from twin.units import written

DEAD_BAND = 0.01  # of a tag's range: how far back a value must come before its limit counts as kept again
START_GRACE = 180.0  # [s] after a start in which a pump's low limits and its vibration may not be judged
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


RATE_DEAD_BAND = 0.5  # of a rate's limit
PER = {1: "s", 60: "min", 3600: "h"}  # the times in which rates are told [s]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may alarm. ``sign`` is +1 where too much is wrong and -1 where too little is.

    ``limit`` and ``dead_band`` are in the tag's unit; those of a rate in that per ``per`` seconds, over ``span`` s.
    Where several ``gauges`` measure the same, the rule is about all of them, and ``tag`` is the first.
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
    gauges: Gauges | None = None


@dataclass(frozen=True)
class Rules:
    """All rules of a station, once as objects and once as arrays (r,) so that a frame is judged in a few calls.

    ``low`` and ``high`` are those between which what is judged is a measurement: a rate is whatever it is.
    ``least`` and ``most`` are the values between which a signal is beyond its limit and yet a measurement; of rates,
    and of gauges that vote, there are none: the tag by itself does not say.
    """

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
    least: Floats
    most: Floats

    @classmethod
    def of(cls, station: Station) -> Rules:
        """The rules that follow from a station's tags."""
        holds = {entry.name: entry.hold for entry in station.file.tags}
        groups, gauges = _groups(station), grouped(station)
        first = {column: of for column, of in gauges.items() if of.columns[0] == column}
        rules = tuple(
            replace(rule, group=groups.get(rule.equipment, rule.equipment), guidance=advised(tag.measures, rule.name))
            for column, tag in enumerate(station.tags)
            if column not in gauges or column in first
            for rule in _rules(column, tag, station, holds, first.get(column))
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
            np.array([r.low if r.span == 0.0 else -np.inf for r in rules]),
            np.array([r.high if r.span == 0.0 else np.inf for r in rules]),
            *_beyond(rules),
        )


def _beyond(rules: Sequence[Rule]) -> tuple[Floats, Floats]:
    """(r,) The least and the most measurement beyond each limit; none lies in between where the tag does not decide."""
    by_itself = np.array([r.span == 0.0 and r.gauges is None for r in rules], dtype=bool)
    ends = [range_beyond(r.sign, r.limit, r.low, r.high) for r in rules]
    least, most = np.array(ends, dtype=np.float64).reshape(-1, 2).T
    return np.where(by_itself, least, np.inf), np.where(by_itself, most, -np.inf)


def range_beyond(sign: float, limit: float, low: float, high: float) -> tuple[float, float]:
    """The least and the most value beyond a limit, of those from ``low`` to ``high``."""
    return (float(np.nextafter(limit, np.inf)), high) if sign > 0 else (low, float(np.nextafter(limit, -np.inf)))


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


def _rules(column: int, tag: Tag, station: Station, holds: dict[str, float], gauges: Gauges | None) -> Iterable[Rule]:
    if tag.kind == "digital":
        if tag.measures in TROUBLE:
            yield Rule(
                column, tag.name, tag.equipment, "DI", 1.0, 0.5, 0.0, 0.0, TROUBLE[tag.measures], -1, tag.description
            )
        return
    yield from _limit_rules(column, tag, station.tags, holds.get(tag.name, 0.0), gauges)
    fitting = next((rate for rate in station.file.rates if fnmatchcase(tag.measures, rate.measures)), None)
    if fitting is not None:
        yield from _rate_rules(column, tag, station.tags, fitting, gauges)


def _limit_rules(column: int, tag: Tag, tags: TagTable, hold: float, gauges: Gauges | None) -> Iterable[Rule]:
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
            _said(tag, name, limit, gauges),
            tag.unit,
            low=low,
            high=high,
            gauges=gauges,
        )


def _rate_rules(column: int, tag: Tag, tags: TagTable, rate: RateLimit, gauges: Gauges | None) -> Iterable[Rule]:
    unit = f"{tag.unit}/{PER[rate.per_s]}"
    low, high = _signal(tag)
    for sign, limit in ((1.0, rate.rise), (-1.0, rate.fall)):
        if limit is None:
            continue
        yield Rule(
            column,
            tag.name,
            tag.equipment,
            "RISE" if sign > 0 else "FALL",
            sign,
            sign * limit,
            RATE_DEAD_BAND * limit,
            0.0,
            rate.priority,
            _running_column(tag, "RISE", tags),
            _said_rate(tag, sign, limit, unit, gauges),
            unit,
            rate.grace_s,
            span=rate.over_s,
            per=float(rate.per_s),
            low=low,
            high=high,
            gauges=gauges,
        )


def _signal(tag: Tag) -> tuple[float, float]:
    """Between which values a signal is a measurement (NAMUR NE 43); of a tag without a range any is."""
    span = tag.high - tag.low
    if tag.kind != "analog" or not (np.isfinite(span) and span > 0):
        return -np.inf, np.inf
    return tag.low - SIGNAL_BELOW * span, tag.high + SIGNAL_ABOVE * span


def _running_column(tag: Tag, name: str, tags: TagTable) -> int:
    """A stopped pump has no flow, no head and no vibration of its own: suppressed by design."""
    running = tags.measuring(tag.equipment, "running")
    if running is None:
        return -1
    depends = name[0] in "LR" or any(word in tag.measures for word in JUDGED_ONLY_RUNNING)
    return running if depends else -1


def _said(tag: Tag, name: str, limit: float, gauges: Gauges | None) -> Text:
    over = name[0] == "H"
    quantity = f"{limit:g} {written(tag.unit)}".strip()
    called = gauges.called if gauges is not None else tag.description
    of = f", {gauges.said}" if gauges is not None else ""
    return Text(
        f"{called.said_in('en')} {'above' if over else 'below'} {quantity} ({name}{of})",
        f"{called.said_in('zh')} {'高于' if over else '低于'} {quantity}（{name}{of}）",
    )


def _said_rate(tag: Tag, sign: float, limit: float, unit: str, gauges: Gauges | None) -> Text:
    quantity = f"{limit:g} {written(unit)}"
    called = gauges.called if gauges is not None else tag.description
    return Text(
        f"{called.said_in('en')} {'rises' if sign > 0 else 'falls'} faster than {quantity}",
        f"{called.said_in('zh')}{'上升' if sign > 0 else '下降'}速率超过 {quantity}",
    )
