"""Which gauges measure the same thing, so that they may alarm as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from twin.plant.reading import Station
from twin.signals import Tag
from twin.text import Text


@dataclass(frozen=True, slots=True)
class Gauges:
    """Gauges of one thing, by their columns; so many ``votes`` of them alarm."""

    columns: tuple[int, ...]
    votes: int
    called: Text

    @property
    def said(self) -> str:
        """As people in the field say it."""
        return f"{self.votes}oo{len(self.columns)}"


def grouped(station: Station) -> dict[int, Gauges]:
    """The gauges that alarm as one, by the column of each.

    The station file says which they are: where an interlock asks for some votes of more gauges of one thing (``of``),
    their alarms ask for as many. Gauges that differ in unit, range or limits stay apart, and so does what is digital:
    one smoke detector is enough to look.
    """
    groups: dict[int, Gauges] = {}
    for interlock in station.file.interlocks:
        if not interlock.of or interlock.votes < 2:
            continue
        columns = [
            column
            for column, tag in enumerate(station.tags)
            if tag.equipment == interlock.of and tag.kind != "digital" and fnmatchcase(tag.measures, interlock.measures)
        ]
        if len(columns) > interlock.votes and _alike([station.tags[column] for column in columns]):
            called = _called([station.tags[column].description for column in columns])
            groups |= dict.fromkeys(columns, Gauges(tuple(columns), interlock.votes, called))
    return groups


def _alike(tags: Sequence[Tag]) -> bool:
    return len({(tag.unit, tag.low, tag.high, tag.limits) for tag in tags}) == 1


def _called(names: Sequence[Text]) -> Text:
    """What the names of gauges have in common: ``Inlet header pressure`` of A, B and C."""
    common = [_beginning([name.said_in(language) for name in names]) for language in ("en", "zh")]
    return Text(common[0] or names[0].en, common[1] or names[0].zh)


def _beginning(names: Sequence[str]) -> str:
    shared = 0
    while all(len(name) > shared and name[shared] == names[0][shared] for name in names):
        shared += 1
    return names[0][:shared].strip()
