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
        yield from _start(path, draft, interlock)
    yield from _crossed(draft)


def watched(draft: Draft, interlock: Interlock) -> tuple[tuple[TagEntry, ...], ...]:
    """The tags that an interlock watches together: one group for each pump, or that of the equipment it names."""
    if interlock.of:
        return (_matching(draft, interlock, {interlock.of}),)
    pumps = (pump for _, pump in draft.pumps if interlock.circuit in ("", pump.circuit))
    names = ({pump.id} | ({pump.drive.id} if pump.drive is not None else set()) for pump in pumps)
    return tuple(_matching(draft, interlock, each) for each in names)


def _matching(draft: Draft, interlock: Interlock, equipment: set[str]) -> tuple[TagEntry, ...]:
    pattern = interlock.measures or ""
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
    yield from _reachable(path, interlock, groups[0][0])


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
    return one.measures == other.measures and one.of == other.of and same_pumps
