"""Interlocks: each watches something that is measured, can act, and leaves a healthy pump alone."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import combinations

from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft
from twin.plant.station import Interlock, TagEntry


def interlocks(draft: Draft) -> Iterator[Finding]:
    """Everything that keeps an interlock from acting, or makes it act always."""
    for index, interlock in draft.interlocks:
        path = ("interlocks", index)
        yield from _limit(path, interlock)
        yield from _watched(path, draft, interlock)
        yield from _reckoned(path, draft, interlock)
        yield from _relay(path, draft, interlock)
        yield from _start(path, draft, interlock)
    yield from _crossed(draft)


def watched(draft: Draft, interlock: Interlock) -> tuple[tuple[TagEntry, ...], ...]:
    """The tags that an interlock watches together: one group for each pump, or that of the equipment it names."""
    return tuple(_matching(draft, interlock.measures or "", each) for each in _equipment(draft, interlock))


def plain(interlock: Interlock) -> bool:
    """Whether it judges measurements as they are, and nothing that is reckoned from them."""
    return not interlock.less and not interlock.spread


def _equipment(draft: Draft, interlock: Interlock) -> list[set[str]]:
    """What the tags of each group belong to."""
    if interlock.of:
        return [{interlock.of}]
    pumps = (pump for _, pump in draft.pumps if interlock.circuit in ("", pump.circuit))
    return [{pump.id} | ({pump.drive.id} if pump.drive is not None else set()) for pump in pumps]


def _matching(draft: Draft, pattern: str, equipment: set[str]) -> tuple[TagEntry, ...]:
    return tuple(tag for _, tag in draft.tags if tag.equipment in equipment and fnmatchcase(tag.measures, pattern))


def _limit(path: tuple[str | int, ...], interlock: Interlock) -> Iterator[Finding]:
    if (interlock.above is None) == (interlock.below is None):
        wrong = "has no limit" if interlock.above is None else "has two limits"
        yield Finding(path, wrong, "Give it one: above = … or below = …")


def _watched(path: tuple[str | int, ...], draft: Draft, interlock: Interlock) -> Iterator[Finding]:
    groups = [group for group in watched(draft, interlock) if group]
    if not groups:
        whose = f"'{interlock.of}'" if interlock.of else "a pump it protects"
        wrong = f"no tag of {whose} measures '{interlock.measures}', so it could never act"
        yield Finding((*path, "measures"), wrong, "Name what a tag there measures, or remove the interlock")
        return
    fewest = min(len(group) for group in groups)
    if interlock.votes > fewest:
        wrong = f"is {interlock.votes}, but only {fewest} tags there measure '{interlock.measures}'"
        yield Finding((*path, "votes"), wrong, f"Ask for {fewest} at most")
    if plain(interlock):
        yield from _reachable(path, interlock, groups[0][0])


def _reckoned(path: tuple[str | int, ...], draft: Draft, interlock: Interlock) -> Iterator[Finding]:
    """A difference needs what is subtracted, a head its pump's speed, a spread several signals."""
    groups = [group for group in watched(draft, interlock) if group]
    if interlock.less and interlock.spread:
        yield Finding((*path, "spread"), "and less contradict each other: one value is judged", "Remove one of them")
    if interlock.less and groups:
        yield from _subtracted(path, draft, interlock)
    if interlock.at_rated_speed and not interlock.less:
        yield Finding(
            (*path, "at_rated_speed"), "means nothing where no head is judged", 'Add less = "…", or remove it'
        )
    elif interlock.at_rated_speed and not any(_matching(draft, "shaft_speed", each) for each in _pumps(draft)):
        wrong = "asks for the speed of a pump, and no tag measures 'shaft_speed'"
        yield Finding((*path, "at_rated_speed"), wrong, "Remove it")
    if interlock.spread and groups and min(len(group) for group in groups) < 2:
        wrong = f"is that of several signals, but one tag there measures '{interlock.measures}'"
        yield Finding((*path, "spread"), wrong, "Name what several tags measure")
    if interlock.spread and interlock.votes > 1:
        yield Finding((*path, "votes"), f"is {interlock.votes}, but a spread is one value", "Remove it")


def _relay(path: tuple[str | int, ...], draft: Draft, interlock: Interlock) -> Iterator[Finding]:
    """What takes a transformer off knows no pumps, and judges its thermometers as they are."""
    if interlock.of not in {part.id for _, part in draft.equipment if part.kind == "station_transformer"}:
        return
    for key in ("circuit", "less", "at_rated_speed", "spread"):
        if getattr(interlock, key):
            wrong = f"means nothing where '{interlock.of}' is taken off, which is a transformer"
            yield Finding((*path, key), wrong, "Remove it")


def _subtracted(path: tuple[str | int, ...], draft: Draft, interlock: Interlock) -> Iterator[Finding]:
    """What is subtracted is there once, and in the same unit."""
    for equipment, group in zip(_equipment(draft, interlock), watched(draft, interlock), strict=True):
        less = _matching(draft, interlock.less, equipment)
        if group and len(less) != 1:
            whose = f"'{interlock.of}'" if interlock.of else "a pump it protects"
            wrong = f"names '{interlock.less}', which {len(less) or 'no'} tags of {whose} measure"
            yield Finding((*path, "less"), wrong, "Name what one tag there measures")
            return
        if group and less[0].unit != group[0].unit:
            wrong = f"is in {less[0].unit or 'no unit'}, but '{interlock.measures}' in {group[0].unit or 'no unit'}"
            yield Finding((*path, "less"), wrong, "Subtract like from like")
            return


def _pumps(draft: Draft) -> Iterator[set[str]]:
    for _, pump in draft.pumps:
        yield {pump.id}


def _reachable(path: tuple[str | int, ...], interlock: Interlock, tag: TagEntry) -> Iterator[Finding]:
    """A limit outside what a tag can say never acts; one before the tag's own alarm acts unannounced."""
    key = "above" if interlock.above is not None else "below"
    limit = getattr(interlock, key)
    if limit is None:
        return
    if tag.range is not None and not tag.range[0] <= limit <= tag.range[1]:
        wrong = f"is {limit:g}, outside what '{tag.name}' can say, {tag.range[0]:g} to {tag.range[1]:g}"
        yield Finding((*path, key), wrong, "Move the limit into that range")
    warns = tag.H if key == "above" else tag.L
    if warns is not None and (limit < warns if key == "above" else limit > warns):
        wrong = f"trips at {limit:g}, before '{tag.name}' alarms at {warns:g}"
        yield Finding((*path, key), wrong, "Let the alarm come first")


def _start(path: tuple[str | int, ...], draft: Draft, interlock: Interlock) -> Iterator[Finding]:
    """A valve that is waited for must be given the time it takes."""
    if interlock.when != "starting" or not fnmatchcase("discharge_valve_open", interlock.measures or ""):
        return
    for _, part in draft.resistances:
        if part.pump and "valve" in part.kind and not part.check and part.travel_s > interlock.hold_s:
            wrong = (
                f"is {interlock.hold_s:g} s, but '{part.id}' takes {part.travel_s:g} s to open: no start could succeed"
            )
            yield Finding((*path, "hold_s"), wrong, "Wait longer than the valve travels")
            return


def _crossed(draft: Draft) -> Iterator[Finding]:
    """Two interlocks that together leave no value at which a pump may run."""
    for (_, one), (second, other) in combinations(draft.interlocks, 2):
        if not _alike(one, other):
            continue
        low, high = (one.below, other.above) if one.below is not None else (other.below, one.above)
        if low is not None and high is not None and low >= high:
            wrong = f"contradicts '{one.id}': no value lies above {low:g} and below {high:g}, so no pump could run"
            key = "above" if other.above is not None else "below"
            yield Finding(("interlocks", second, key), wrong, "Leave room between the two limits")


def _alike(one: Interlock, other: Interlock) -> bool:
    """Whether they watch the same thing of the same pumps."""
    same_pumps = one.circuit == other.circuit or "" in (one.circuit, other.circuit)
    keys = ("measures", "of", "less", "at_rated_speed", "spread")
    return same_pumps and all(getattr(one, key) == getattr(other, key) for key in keys)
