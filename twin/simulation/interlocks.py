"""Interlocks: a measurement beyond its limit for longer than its hold takes pumps off (CJJ/T 34-2022 13.3.4).

They read what the transmitters say, or reckon a head or the spread of phase currents from it. A signal that has failed
does not vote, and nothing is reckoned from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from twin.plant.station import Interlock
from twin.signals import Floats, Qualities, Quality, Tag
from twin.simulation.control import RUNNING, STARTING, STOPPED, STOPPING, Controls, News, trip
from twin.simulation.layout import Layout
from twin.text import Text
from twin.units import scale_and_offset

GOOD = int(Quality.GOOD)  # plain numbers compare faster with arrays
SPEED = "shaft_speed"
SLOWEST = 0.2  # of rated speed, below which no head is asked for
_WHEN = {"on": (STARTING, RUNNING, STOPPING), "starting": (STARTING,), "running": (RUNNING,)}

Said = tuple[Floats, NDArray[np.bool_]]
"""Values with whether each is good."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One interlock for one pump, with the tags it is judged by."""

    rule: Interlock
    which: int  # in the station file
    pump: int
    tags: list[int]
    less: int = -1  # the tag that is subtracted, -1 for none
    speed: int = -1  # the tag that says the pump's speed, -1 where the rule does not ask for it

    @property
    def limit(self) -> float:
        """In the unit of what is judged."""
        limit = self.rule.above if self.rule.above is not None else self.rule.below
        assert limit is not None, self.rule.id  # a station file without it is refused
        return limit

    @property
    def signals(self) -> int:
        """How many there are to vote."""
        return 1 if self.rule.spread else len(self.tags)


@dataclass(frozen=True, eq=False)
class Heads:
    """(d,) Differences of two tags, some of them as they would be at rated speed."""

    high: NDArray[np.intp]
    low: NDArray[np.intp]
    speed: NDArray[np.intp]  # the tag that says it, -1 where the difference counts as it is
    rated: Floats  # in that tag's unit

    @classmethod
    def of(cls, watches: Sequence[Watch], layout: Layout) -> Heads:
        """Compile."""
        each = [(watch, tag) for watch in watches for tag in watch.tags]
        return cls(
            high=_indices(tag for _, tag in each),
            low=_indices(watch.less for watch, _ in each),
            speed=_indices(watch.speed for watch, _ in each),
            rated=np.array([_rated_speed(layout, watch) for watch, _ in each], dtype=np.float64),
        )

    def read(self, values: Floats, good: NDArray[np.bool_]) -> Said:
        """(d,) What they are now."""
        scaled = self.speed >= 0
        share = np.where(scaled, values[self.speed] / self.rated, 1.0)
        turning = share > SLOWEST
        there = good[self.high] & good[self.low] & (good[self.speed] | ~scaled) & turning
        return (values[self.high] - values[self.low]) / np.where(turning, share, 1.0) ** 2, there


@dataclass(frozen=True, eq=False)
class Spreads:
    """(u,) Greatest less least of several tags, over their mean. [%]"""

    tag: NDArray[np.intp]  # (u, k)

    @classmethod
    def of(cls, watches: Sequence[Watch]) -> Spreads:
        """Compile; where there are fewer tags than elsewhere, the last stands for those that lack."""
        most = max((len(watch.tags) for watch in watches), default=1)
        padded = [watch.tags + watch.tags[-1:] * (most - len(watch.tags)) for watch in watches]
        return cls(np.array(padded, dtype=np.intp).reshape(len(watches), most))

    def read(self, values: Floats, good: NDArray[np.bool_]) -> Said:
        """(u,) What they are now; none where nothing flows."""
        said = values[self.tag]
        mean = np.add.reduce(said, axis=1) / said.shape[1]
        flows = mean > 0.0
        spread = 100.0 * (said.max(axis=1) - said.min(axis=1)) / np.where(flows, mean, 1.0)
        return spread, good[self.tag].all(axis=1) & flows


@dataclass(frozen=True, eq=False)
class Interlocks:
    """Each interlock for each pump it may take off: (w,) of them over (m,) signals, plain ones before reckoned ones."""

    layout: Layout
    tag: NDArray[np.intp]  # (plain,)
    heads: Heads
    spreads: Spreads
    sign: Floats  # (m,) 1 where the limit is an upper one, -1 where it is a lower one
    limit: Floats  # (m,) tag's unit, times that sign
    first: NDArray[np.intp]  # (w,) the first of its signals
    votes: NDArray[np.intp]  # (w,)
    hold: Floats  # (w,) [s]
    pump: NDArray[np.intp]  # (w,)
    which: NDArray[np.intp]  # (w,) in the station file
    watching: NDArray[np.bool_]  # (4, w) by what the pump is doing
    all: NDArray[np.intp]  # (w,) their indices

    @classmethod
    def of(cls, layout: Layout) -> Interlocks:
        """Compile."""
        told = enumerate(layout.station.file.interlocks)
        found = sorted((watch for which, rule in told for watch in _watches(layout, which, rule)), key=_reckoned)
        plain, heads, spreads = ([watch for watch in found if _reckoned(watch) == kind] for kind in range(3))
        sizes = _indices(watch.signals for watch in found)
        sign = np.array([1.0 if watch.rule.above is not None else -1.0 for watch in found])
        limit = np.array([watch.limit for watch in found], dtype=np.float64)
        duties = (STOPPED, STARTING, RUNNING, STOPPING)
        watching = [[duty in _WHEN[watch.rule.when] for watch in found] for duty in duties]
        return cls(
            layout=layout,
            tag=_indices(tag for watch in plain for tag in watch.tags),
            heads=Heads.of(heads, layout),
            spreads=Spreads.of(spreads),
            sign=np.repeat(sign, sizes),
            limit=np.repeat(sign * limit, sizes),
            first=np.cumsum(sizes) - sizes,
            votes=_indices(watch.rule.votes for watch in found),
            hold=np.array([watch.rule.hold_s for watch in found], dtype=np.float64),
            pump=_indices(watch.pump for watch in found),
            which=_indices(watch.which for watch in found),
            watching=np.array(watching, dtype=bool).reshape(4, len(found)),
            all=np.arange(len(found)),
        )

    def __len__(self) -> int:
        return int(self.pump.size)

    def read(self, values: Floats, good: NDArray[np.bool_]) -> Said:
        """(m,) What is judged now, from the values (n,) of a frame and whether each is good."""
        plain = values[self.tag], good[self.tag]
        said, there = zip(plain, self.heads.read(values, good), self.spreads.read(values, good), strict=True)
        return np.concatenate(said), np.concatenate(there)


def _indices(values: Iterator[int] | Sequence[int]) -> NDArray[np.intp]:
    return np.array(list(values), dtype=np.intp)


def _reckoned(watch: Watch) -> int:
    """0 for what is judged as it is measured, 1 for a difference, 2 for a spread."""
    return 2 if watch.rule.spread else int(watch.less >= 0)


def _rated_speed(layout: Layout, watch: Watch) -> float:
    """In the unit of what measures the speed; 1 where nothing does."""
    if watch.speed < 0:
        return 1.0
    scale, _ = scale_and_offset(layout.station.tags[watch.speed].unit)
    return float(layout.machines.rated_speed[watch.pump]) / scale


def _watches(layout: Layout, which: int, rule: Interlock) -> Iterator[Watch]:
    """An interlock for each pump that it may take off; none for one that takes off a transformer."""
    machines = layout.machines
    if rule.of in layout.ids("station_transformer"):
        return
    for pump, names in enumerate(zip(machines.ids, machines.drives, strict=True)):
        if rule.circuit not in ("", layout.circuits[machines.circuit[pump]]):
            continue
        of = (rule.of,) if rule.of else names
        tags = _matching(layout, of, rule.measures)
        less, speed = _matching(layout, of, rule.less), _matching(layout, names, SPEED if rule.at_rated_speed else "")
        if tags and bool(less) == bool(rule.less) and bool(speed) == rule.at_rated_speed:
            yield Watch(rule, which, pump, tags, less[0] if less else -1, speed[0] if speed else -1)


def _matching(layout: Layout, equipment: Sequence[str], pattern: str) -> list[int]:
    return [at for at, tag in enumerate(layout.station.tags) if _matches(tag, equipment, pattern)]


def _matches(tag: Tag, of: Sequence[str], pattern: str) -> bool:
    return tag.equipment in of and fnmatchcase(tag.measures, pattern)


def watch(controls: Controls, values: Floats, quality: Qualities, it: Interlocks, dt: float) -> None:
    """Let ``dt`` seconds pass: count how long each limit is broken, and trip where that is long enough.

    Parameters
    ----------
    values, quality : (n,)   As a frame has them.
    """
    if not len(it):
        return
    said, there = it.read(values, quality == GOOD)
    broken = there & (it.sign * said > it.limit)
    voted = np.add.reduceat(broken, it.first, dtype=np.intp) >= it.votes
    active = voted & it.watching[controls.duty[it.pump], it.all]
    controls.beyond = np.where(active, np.maximum(controls.beyond + dt, 0.0), -dt)
    due = active & (controls.beyond >= it.hold)
    if due.any():
        _act(controls, it, due)


def _act(controls: Controls, it: Interlocks, due: NDArray[np.bool_]) -> None:
    """Take off each pump once, for the first reason in the station file."""
    for each in sorted(due.nonzero()[0], key=lambda one: int(it.which[one])):
        pump, which = int(it.pump[each]), int(it.which[each])
        if controls.duty[pump] == STOPPED:
            continue
        trip(controls, pump, which)
        why = it.layout.station.file.interlocks[which]
        name = Text(why.name.en or why.id, why.name.zh or why.id)
        said = Text(f"taken off by interlock: {name.en}", f"联锁跳闸：{name.zh}")
        controls.news.append(News("operation", it.layout.machines.ids[pump], said))
