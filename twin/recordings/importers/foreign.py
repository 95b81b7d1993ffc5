"""A sheet of foreign data as frames: its columns become tags, its rows instants, and a summary says what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin import times
from twin.errors import StationError
from twin.plant.measures import LABEL
from twin.plant.reading import Station
from twin.recordings.importers import columns
from twin.recordings.importers.columns import Series
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.sheet import Sheet, read_sheet
from twin.recordings.importers.summary import Summary
from twin.recordings.importers.taken import Taken
from twin.signals import Block, Event, Floats, Frame, Qualities, Quality, Tag, TagTable
from twin.text import Text

TIME_COLUMNS = ("time", "timestamp", "datetime")
LONG = ("time", "tag", "value")
_QUALITIES = {quality.name.lower(): int(quality) for quality in Quality} | {str(int(q)): int(q) for q in Quality}


@dataclass(frozen=True)
class Imported:
    """A foreign file as frames. ``order`` (t,) says which row of the file each of the block's rows was."""

    tags: TagTable
    station: Station | None
    block: Block
    order: NDArray[np.intp]
    summary: Summary

    @property
    def labels(self) -> tuple[Event, ...]:
        """Where the label columns change, in order of time."""
        found = [
            event
            for column, tag in enumerate(self.tags)
            if tag.measures == LABEL
            for event in _changes(tag, self.block.at, self.block.values[:, column])
        ]
        return tuple(sorted(found, key=lambda event: event.at))

    def taken(self) -> Taken:
        """The same as every importer gives it."""
        at = self.block.at
        return Taken(
            self.tags,
            self.station,
            lambda: iter((self.block,)),
            float(at[0]),
            float(at[-1]),
            self.summary,
            entries=self.labels,
        )

    def frames(self) -> Iterator[Frame]:
        """One by one, with the labels as events."""
        labels = list(self.labels)
        for frame in self.block.frames():
            events = []
            while labels and labels[0].at <= frame.at:
                events.append(labels.pop(0))
            yield replace(frame, events=tuple(events)) if events else frame


def import_sheet(path: Path, station: Station | None, mapping: Map | None = None) -> Imported:
    """Read a CSV file, wide or long. A station none of whose tags is in it is not its station, nor its time zone."""
    sheet, mapping = read_sheet(path), mapping or Map()
    missing = [name for name in mapping.columns if name not in _column_names(sheet)]
    if missing:
        wrong = f"the map names a column '{missing[0]}', which is not there"
        raise StationError(path, wrong, f"It has {', '.join(sheet.names)}")
    return imported(sheet, station, mapping)


def imported(sheet: Sheet, station: Station | None, mapping: Map) -> Imported:
    """Any sheet, wide or long, as :func:`import_sheet` has it."""
    summary = Summary(sheet.path, seen=_column_names(sheet))
    if station is not None and not columns.is_of(summary.seen, station, mapping):
        station, summary.foreign = None, True
    zone = station.zone if station is not None else UTC
    at, found = (_long if _is_long(sheet) else _wide)(sheet, station, mapping, zone, summary)
    if not found:
        raise StationError(sheet.path, "has no column of numbers", "Name a file with values")
    order = np.argsort(at, kind="stable")
    summary.out_of_order = int((np.diff(at) < 0).sum())
    at = at[order]
    summary.twice = int((np.diff(at) == 0).sum())
    summary.rows, summary.columns = len(at), [one.tag.name for one in found]
    values = np.stack([one.values for one in found], axis=1)[order]
    quality = np.stack([one.quality for one in found], axis=1)[order]
    return Imported(columns.table(sheet.path, found), station, Block(at, values, quality, at.copy()), order, summary)


def _is_long(sheet: Sheet) -> bool:
    return {name.lower() for name in sheet.names} >= set(LONG)


def _column_names(sheet: Sheet) -> set[str]:
    """What the file calls its signals."""
    if not _is_long(sheet):
        return set(sheet.names)
    spelt = {name.lower(): name for name in sheet.names}
    return set(sheet.texts(spelt["tag"]))


# ---- wide: a column a tag -------------------------------------------------------------------------------------------


def _wide(
    sheet: Sheet, station: Station | None, mapping: Map, zone: tzinfo, summary: Summary
) -> tuple[Floats, list[Series]]:
    clock = _clock_column(sheet, mapping)
    at = sheet.times(clock, zone) if clock else _by_period(sheet, mapping, zone)
    found = []
    for name in sheet.names:
        if name != clock:
            values, unreadable = sheet.numbers(name)
            one = columns.series(name, values, station, mapping, summary)
            if one is not None:
                found.append(_marked(one, unreadable, summary))
    return at, found


def _clock_column(sheet: Sheet, mapping: Map) -> str | None:
    """Which column tells the time; None where the map gives a start and a period."""
    if mapping.time.start is not None:
        return None
    named = mapping.time.column
    found = [name for name in sheet.names if (name == named if named else name.lower() in TIME_COLUMNS)]
    if not found:
        wrong = f"has no column '{named}'" if named else f"has no time column among {', '.join(sheet.names)}"
        remedy = "Call it time, timestamp or datetime, or say in a map how rows are timed ([time] start and period)"
        raise StationError(sheet.path, wrong, remedy)
    return found[0]


def _by_period(sheet: Sheet, mapping: Map, zone: tzinfo) -> Floats:
    start, period = mapping.time.start or "", mapping.time.period or 1.0
    try:
        return times.posix(start, zone) + period * np.arange(len(sheet), dtype=np.float64)
    except (ValueError, OverflowError):
        raise StationError(sheet.path, f"the map's start '{start}' is not a time", "Write ISO 8601") from None


def _marked(one: Series, unreadable: NDArray[np.bool_], summary: Summary) -> Series:
    """The same with its unreadable cells marked bad: there was something, and nobody knows what."""
    summary.unreadable += int(unreadable.sum())
    return Series(one.tag, one.values, np.where(unreadable, np.uint8(Quality.BAD), one.quality))


# ---- long: a row a value --------------------------------------------------------------------------------------------


def _long(
    sheet: Sheet, station: Station | None, mapping: Map, zone: tzinfo, summary: Summary
) -> tuple[Floats, list[Series]]:
    """Values hold until the tag says another: whoever writes a row a value writes what changed."""
    spelt = {name.lower(): name for name in sheet.names}
    at = sheet.times(spelt["time"], zone)
    values, unreadable = sheet.numbers(spelt["value"])
    quality = _stated(sheet, spelt, np.where(unreadable, np.uint8(Quality.BAD), columns.assumed(values)))
    summary.unreadable = int(unreadable.sum())
    summary.out_of_order = int((np.diff(at) < 0).sum())
    instants, row = np.unique(at, return_inverse=True)
    named = np.array(sheet.texts(spelt["tag"]))
    found = []
    for name in dict.fromkeys(sheet.texts(spelt["tag"])):
        mine = np.flatnonzero(named == name)
        mine = mine[np.argsort(at[mine], kind="stable")]
        held = np.zeros(len(instants), np.intp)
        held[row[mine]] = np.arange(1, len(mine) + 1)
        held = np.maximum.accumulate(held)
        one = columns.series(name, np.append(np.nan, values[mine])[held], station, mapping, summary)
        if one is not None:
            said = np.append(np.uint8(Quality.MISSING), quality[mine])[held]
            found.append(Series(one.tag, one.values, said))
    return instants, found


def _stated(sheet: Sheet, spelt: dict[str, str], assumed: Qualities) -> Qualities:
    """The quality each row states, by name or number; where it states none, what is assumed of its value."""
    if "quality" not in spelt:
        return assumed
    for row, cell in enumerate(sheet.texts(spelt["quality"])):
        word = cell.strip().lower()
        if word and word not in _QUALITIES:
            wrong = f"{sheet.place(row)}: there is no quality '{cell}'"
            raise StationError(sheet.path, wrong, f"It is one of {', '.join(q.name.lower() for q in Quality)}")
        if word:
            assumed[row] = _QUALITIES[word]
    return assumed


# ---- labels ---------------------------------------------------------------------------------------------------------


def _changes(tag: Tag, at: Floats, values: Floats) -> Iterator[Event]:
    """A label column's changes; it begins at zero."""
    told = np.nan_to_num(values)
    for row in np.flatnonzero(np.diff(told, prepend=0.0)):
        value = float(told[row])
        said = Text(f"{tag.name}: {value:g}", f"{tag.description.said_in('zh') or tag.name}：{value:g}")
        yield Event(float(at[row]), "label", tag.name, said, {"value": value})
