"""What is taken from one foreign file: rows of its signals, tracks, entries of the log, and a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twin.notes import Line
from twin.plant.reading import Station
from twin.recordings.importers.summary import Summary
from twin.recordings.logbook import Entry
from twin.recordings.memory import Track
from twin.recordings.pictures import Picture
from twin.signals import Block, TagTable


@dataclass(frozen=True)
class Later:
    """A picture that was taken ``at`` a time [s, POSIX], and is ``made`` when it is wanted: None if damaged."""

    at: float
    made: Callable[[], Picture | None]


@dataclass(frozen=True)
class Taken:
    """``blocks`` gives the rows in order of time, as often as it is asked; ``since`` and ``until`` are the times of the
    first and the last, NaN where a file brings tracks or pictures only, and then ``tags`` is empty. ``reduced`` says
    how the rows were thinned out before, where an export says so; ``in_rows``, that poses came with the rows, as those
    of our own exports did, and need none of their own. ``notes`` are what reviewers said."""

    tags: TagTable
    station: Station | None
    blocks: Callable[[], Iterator[Block]]
    since: float
    until: float
    summary: Summary
    tracks: tuple[Track, ...] = ()
    entries: tuple[Entry, ...] = ()
    reduced: str = ""
    pictures: tuple[Later, ...] = ()
    notes: tuple[Line, ...] = ()
    in_rows: bool = False
