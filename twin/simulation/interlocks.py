"""Interlocks: a measurement beyond its limit for longer than its hold takes pumps off (CJJ/T 34-2022 13.3.4).

They read what the transmitters say. A signal that has failed does not vote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from twin.plant.station import Interlock
from twin.signals import Floats, Qualities, Quality, Tag
from twin.simulation.control import RUNNING, STARTING, STOPPED, STOPPING, Controls, News, trip
from twin.simulation.layout import Layout
from twin.text import Text

GOOD = int(Quality.GOOD)  # plain numbers compare faster with arrays
_WHEN = {"on": (STARTING, RUNNING, STOPPING), "starting": (STARTING,), "running": (RUNNING,)}


@dataclass(frozen=True, eq=False)
class Interlocks:
    """Each interlock for each pump it may take off: (w,) of them over (m,) signals."""

    layout: Layout
    tag: NDArray[np.intp]  # (m,)
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
        told = layout.station.file.interlocks
        found = [(which, pump, tags) for which, each in enumerate(told) for pump, tags in _watched(layout, each)]
        rules = [told[which] for which, _, _ in found]
        sizes = np.array([len(tags) for _, _, tags in found], dtype=np.intp)
        sign = np.array([1.0 if rule.above is not None else -1.0 for rule in rules])
        limit = np.array([_limit(rule) for rule in rules], dtype=np.float64)
        watching = [[duty in _WHEN[rule.when] for rule in rules] for duty in (STOPPED, STARTING, RUNNING, STOPPING)]
        return cls(
            layout=layout,
            tag=np.array([at for _, _, tags in found for at in tags], dtype=np.intp),
            sign=np.repeat(sign, sizes),
            limit=np.repeat(sign * limit, sizes),
            first=np.cumsum(sizes) - sizes,
            votes=np.array([rule.votes for rule in rules], dtype=np.intp),
            hold=np.array([rule.hold_s for rule in rules], dtype=np.float64),
            pump=np.array([pump for _, pump, _ in found], dtype=np.intp),
            which=np.array([which for which, _, _ in found], dtype=np.intp),
            watching=np.array(watching, dtype=bool).reshape(4, len(found)),
            all=np.arange(len(found)),
        )

    def __len__(self) -> int:
        return int(self.pump.size)


def _limit(rule: Interlock) -> float:
    limit = rule.above if rule.above is not None else rule.below
    assert limit is not None, rule.id  # a station file without it is refused
    return limit


def _watched(layout: Layout, rule: Interlock) -> Iterator[tuple[int, list[int]]]:
    """Each pump that an interlock may take off, with the tags it is judged by."""
    machines = layout.machines
    for pump, names in enumerate(zip(machines.ids, machines.drives, strict=True)):
        if rule.circuit in ("", layout.circuits[machines.circuit[pump]]):
            of = (rule.of,) if rule.of else names
            tags = [at for at, tag in enumerate(layout.station.tags) if _matches(tag, of, rule.measures)]
            if tags:
                yield pump, tags


def _matches(tag: Tag, of: tuple[str, ...], pattern: str) -> bool:
    return tag.equipment in of and fnmatchcase(tag.measures, pattern)


def watch(controls: Controls, values: Floats, quality: Qualities, it: Interlocks, dt: float) -> None:
    """Let ``dt`` seconds pass: count how long each limit is broken, and trip where that is long enough.

    Parameters
    ----------
    values, quality : (n,)   As a frame has them.
    """
    if not len(it):
        return
    broken = (quality[it.tag] == GOOD) & (it.sign * values[it.tag] > it.limit)
    voted = np.add.reduceat(broken, it.first, dtype=np.intp) >= it.votes
    active = voted & it.watching[controls.duty[it.pump], it.all]
    controls.beyond = np.where(active, np.maximum(controls.beyond + dt, 0.0), -dt)
    due = active & (controls.beyond >= it.hold)
    if due.any():
        _act(controls, it, due)


def _act(controls: Controls, it: Interlocks, due: NDArray[np.bool_]) -> None:
    """Take off each pump once, for the first reason."""
    for each in due.nonzero()[0]:
        pump, which = int(it.pump[each]), int(it.which[each])
        if controls.duty[pump] == STOPPED:
            continue
        trip(controls, pump, which)
        why = it.layout.station.file.interlocks[which]
        name = Text(why.name.en or why.id, why.name.zh or why.id)
        said = Text(f"taken off by interlock: {name.en}", f"联锁跳闸：{name.zh}")
        controls.news.append(News("operation", it.layout.machines.ids[pump], said))
