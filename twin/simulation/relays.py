"""Relays of the station transformers: an interlock ``of`` one takes it off, and what it fed is fed by the others.

As a dry transformer's thermal relay does (its windings alarm at 155 and trip at 170 °C): any of its thermometers beyond
the limit for the hold takes it off, and the first out is told. It stays off until somebody resets it, which is refused
while a winding is above its own alarm limit, or says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from twin.plant.station import Interlock
from twin.signals import Floats, Qualities, Quality, Tag
from twin.simulation.control import Controls, News
from twin.simulation.layout import Layout
from twin.text import Text

GOOD = int(Quality.GOOD)


@dataclass(frozen=True, slots=True, eq=False)
class Relay:
    """One interlock on one transformer."""

    rule: Interlock
    name: Text
    transformer: int  # among the station transformers
    tags: tuple[Tag, ...]
    column: NDArray[np.intp]  # (k,) of its thermometers
    sign: float  # 1 where the limit is an upper one, -1 where it is a lower one
    limit: float  # in their unit, times that sign
    warns: Floats  # (k,) where each thermometer alarms, times that sign: it must be back before a reset


@dataclass(frozen=True, slots=True, eq=False)
class Relays:
    """All of a station, with their thermometers (m,) end to end: as a rule none of them says anything of note."""

    each: tuple[Relay, ...]
    column: NDArray[np.intp]
    sign: Floats
    warns: Floats

    def __len__(self) -> int:
        return len(self.each)


def relays(layout: Layout) -> Relays:
    """Compile those of a station file."""
    transformers = layout.ids("station_transformer")
    rules = (rule for rule in layout.station.file.interlocks if rule.of in transformers)
    each = tuple(_relay(layout, rule, transformers.index(rule.of)) for rule in rules)
    return Relays(
        each=each,
        column=np.concatenate([np.empty(0, dtype=np.intp), *(relay.column for relay in each)]),
        sign=np.concatenate([np.empty(0), *(np.full(relay.column.size, relay.sign) for relay in each)]),
        warns=np.concatenate([np.empty(0), *(relay.warns for relay in each)]),
    )


def _relay(layout: Layout, rule: Interlock, transformer: int) -> Relay:
    tags = layout.station.tags
    column = [i for i, tag in enumerate(tags) if tag.equipment == rule.of and fnmatchcase(tag.measures, rule.measures)]
    watched = tuple(tags[i] for i in column)
    upper = rule.above is not None
    limit = float(rule.above if rule.above is not None else rule.below or 0.0)
    sign = 1.0 if upper else -1.0
    alarms = [tag.limits.high if upper else tag.limits.low for tag in watched]
    warns = np.array([limit if alarm is None else alarm for alarm in alarms], dtype=np.float64)
    name = Text(rule.name.en or rule.id, rule.name.zh or rule.id)
    indices = np.array(column, dtype=np.intp)
    return Relay(rule, name, transformer, watched, indices, sign, sign * limit, sign * warns)


def watch(controls: Controls, values: Floats, quality: Qualities, it: Relays, dt: float) -> None:
    """Let ``dt`` seconds pass: count how long each limit is broken, and take off what it protects.

    Parameters
    ----------
    values, quality : (n,)   As a frame has them.
    """
    calm = (quality[it.column] == GOOD) & (it.sign * values[it.column] <= it.warns)
    if calm.all():
        controls.transformer_warm.fill(False)
        controls.overheated.fill(-dt)
        return
    for which, relay in enumerate(it.each):
        said = relay.sign * values[relay.column]
        good = quality[relay.column] == GOOD
        beyond = good & (said > relay.limit)
        controls.transformer_warm[relay.transformer] = bool((~good | (said > relay.warns)).any())
        broken = np.count_nonzero(beyond) >= relay.rule.votes
        controls.overheated[which] = max(controls.overheated[which] + dt, 0.0) if broken else -dt
        due = broken and controls.overheated[which] >= relay.rule.hold_s
        if due and not controls.transformer_off[relay.transformer]:
            _take_off(controls, relay, int(np.argmax(np.where(beyond, said, -np.inf))))


def _take_off(controls: Controls, relay: Relay, first: int) -> None:
    """Open its breaker; ``first`` is the thermometer that is furthest beyond the limit."""
    off = controls.transformer_off.copy()
    off[relay.transformer] = True
    controls.transformer_off = off
    tag = relay.tags[first]
    said = Text(
        f"taken off by interlock: {relay.name.en}, first out {tag.name}",
        f"联锁跳闸：{relay.name.zh}，首出 {tag.name}",
    )
    controls.news.append(News("operation", relay.rule.of, said))


def reset(controls: Controls, transformer: int, name: str) -> None:
    """Put a transformer that was taken off back, or say what forbids it."""
    if controls.transformer_off[transformer] and controls.transformer_warm[transformer]:
        said = Text("reset refused: its windings are above their alarm limit", "禁止复位：绕组温度仍高于报警值")
        controls.news.append(News("notice", name, said))
        return
    off = controls.transformer_off.copy()
    off[transformer] = False
    controls.transformer_off = off
