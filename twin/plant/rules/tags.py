"""Tags: units we know, ranges and limits in order, words for what is measured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from twin.plant import measures
from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft, unknown
from twin.plant.station import TagEntry
from twin.text import did_you_mean
from twin.units import KNOWN_UNITS

_LIMITS = ("LL", "L", "H", "HH")  # in rising order


def tags(draft: Draft) -> Iterator[Finding]:
    """Everything that can be said of one tag by itself, and whether a pump's tag measures what a model knows."""
    kinds = dict.fromkeys(draft.ids("pumps"), "pump") | dict.fromkeys(draft.drive_ids, "drive")
    for index, tag in draft.tags:
        path = ("tags", index)
        yield from unknown((*path, "unit"), "unit", tag.unit, KNOWN_UNITS)
        yield from _range(path, tag)
        yield from _order(path, tag)
        yield from _vocabulary(path, tag, measures.OF_KIND.get(kinds.get(tag.equipment, ""), ()))


def _range(path: tuple[str | int, ...], tag: TagEntry) -> Iterator[Finding]:
    if tag.range is None:
        return
    low, high = tag.range
    if low >= high:
        wrong = f"runs from {low:g} to {high:g}"
        yield Finding((*path, "range"), wrong, "Give its lower end first" if low > high else "Give it some width")
        return
    for name in _LIMITS:
        limit = getattr(tag, name)
        if limit is not None and not low <= limit <= high:
            wrong = f"is {limit:g}, outside the range {low:g} to {high:g}, and could never be reached"
            yield Finding((*path, name), wrong, "Move the limit or widen the range")
    if tag.step > (high - low) / 2:
        yield Finding((*path, "step"), f"is {tag.step:g}, more than half the range", "Give its resolution")


def _order(path: tuple[str | int, ...], tag: TagEntry) -> Iterator[Finding]:
    given = [(name, getattr(tag, name)) for name in _LIMITS if getattr(tag, name) is not None]
    for (lower, low), (upper, high) in pairwise(given):
        if low >= high:
            wrong = f"is {high:g}, not above {lower}, which is {low:g}"
            yield Finding((*path, upper), wrong, "Limits must rise: LL below L below H below HH")


def _vocabulary(path: tuple[str | int, ...], tag: TagEntry, words: tuple[str, ...]) -> Iterator[Finding]:
    """A word of the station's own is welcome; one that nearly is a model's word is likely a slip."""
    if not words or not tag.measures or tag.measures in words:
        return
    near = did_you_mean(tag.measures, words)
    if near:
        wrong = f"'{tag.measures}' is nothing that a model knows, so no model will use this tag"
        yield Finding((*path, "measures"), wrong, near, grade="warning")
