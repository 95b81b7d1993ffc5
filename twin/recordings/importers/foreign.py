"""A sheet of foreign data as frames: its columns become tags, its rows instants, and a summary says what was done."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin import times
from twin.errors import StationError
from twin.plant.measures import LABEL
from twin.plant.reading import Station
from twin.recordings.importers.mapping import Column, Map
from twin.recordings.importers.sheet import Sheet, read_sheet
from twin.signals import Block, Event, Floats, Frame, Qualities, Quality, Tag, TagTable
from twin.text import Text
from twin.units import scale_and_offset

TIME_COLUMNS = ("time", "timestamp", "datetime")
LONG = ("time", "tag", "value")
_QUALITIES = {quality.name.lower(): int(quality) for quality in Quality} | {str(int(q)): int(q) for q in Quality}


@dataclass
class Summary:
    """What was taken from a file, and what was not."""

    path: Path
    rows: int = 0
    columns: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    without_numbers: list[str] = field(default_factory=list)
    foreign: bool = False
    unreadable: int = 0
    out_of_order: int = 0
    twice: int = 0

    def sentences(self) -> list[str]:
        """For people, what is worth saying."""
        said = [f"{self.path.name}: {self.rows} rows of {len(self.columns)} columns"]
        if self.foreign:
            said.append("none of them is a tag of the station, so it is kept without one; local times are taken as UTC")
        elif self.unknown:
            said.append(f"not in the station, kept as tags of their own: {', '.join(self.unknown)}")
        if self.dropped:
            said.append(f"left out, as the map says: {', '.join(self.dropped)}")
        if self.without_numbers:
            said.append(f"left out, for they hold no number: {', '.join(self.without_numbers)}")
        if self.unreadable:
            said.append(f"{self.unreadable} cells are no numbers and are marked bad")
        if self.out_of_order:
            said.append(f"{self.out_of_order} rows were out of order and were put in order")
        if self.twice:
            said.append(f"{self.twice} rows have the time of the row before; all are kept")
        return said


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

    def frames(self) -> Iterator[Frame]:
        """One by one, with the labels as events."""
        labels = list(self.labels)
        for frame in self.block.frames():
            events = []
            while labels and labels[0].at <= frame.at:
                events.append(labels.pop(0))
            yield replace(frame, events=tuple(events)) if events else frame


@dataclass(frozen=True)
class _Series:
    tag: Tag
    values: Floats
    quality: Qualities


def import_sheet(path: Path, station: Station | None, mapping: Map | None = None) -> Imported:
    """Read a CSV file, wide or long. A station none of whose tags is in it is not its station, nor its time zone."""
    sheet = read_sheet(path)
    mapping = mapping or Map()
    summary = Summary(path)
    if station is not None and not _is_of(sheet, station, mapping):
        station, summary.foreign = None, True
    zone = station.zone if station is not None else UTC
    if {name.lower() for name in sheet.names} >= set(LONG):
        at, series = _long(sheet, station, mapping, zone, summary)
    else:
        at, series = _wide(sheet, station, mapping, zone, summary)
    if not series:
        raise StationError(path, "has no column of numbers", "Name a file with values")
    order = np.argsort(at, kind="stable")
    summary.out_of_order = int((np.diff(at) < 0).sum())
    at = at[order]
    summary.twice = int((np.diff(at) == 0).sum())
    summary.rows, summary.columns = len(at), [one.tag.name for one in series]
    values = np.stack([one.values for one in series], axis=1)[order]
    quality = np.stack([one.quality for one in series], axis=1)[order]
    return Imported(_table(path, series), station, Block(at, values, quality, at.copy()), order, summary)


# ---- wide: a column a tag -------------------------------------------------------------------------------------------


def _wide(
    sheet: Sheet, station: Station | None, mapping: Map, zone: tzinfo, summary: Summary
) -> tuple[Floats, list[_Series]]:
    missing = [name for name in mapping.columns if name not in sheet.names]
    if missing:
        wrong = f"the map names a column '{missing[0]}', which is not there"
        raise StationError(sheet.path, wrong, f"It has {', '.join(sheet.names)}")
    clock = _clock_column(sheet, mapping)
    at = _by_clock(sheet, clock, zone) if clock else _by_period(sheet, mapping, zone)
    series = []
    for name in sheet.names:
        if name != clock:
            values, unreadable = sheet.numbers(name)
            one = _series(name, values, station, mapping, summary)
            if one is not None:
                series.append(_marked(one, unreadable, summary))
    return at, series


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


def _by_clock(sheet: Sheet, name: str, zone: tzinfo) -> Floats:
    at = np.empty(len(sheet))
    for row, cell in enumerate(sheet.column(name)):
        try:
            at[row] = times.posix(cell, zone)
        except (ValueError, OverflowError):
            wrong = f"line {sheet.lines[row]}: '{cell}' is not a time"
            raise StationError(sheet.path, wrong, "Write ISO 8601 or POSIX seconds") from None
    return at


def _by_period(sheet: Sheet, mapping: Map, zone: tzinfo) -> Floats:
    start, period = mapping.time.start or "", mapping.time.period or 1.0
    try:
        return times.posix(start, zone) + period * np.arange(len(sheet), dtype=np.float64)
    except (ValueError, OverflowError):
        raise StationError(sheet.path, f"the map's start '{start}' is not a time", "Write ISO 8601") from None


def _marked(one: _Series, unreadable: NDArray[np.bool_], summary: Summary) -> _Series:
    """The same with its unreadable cells marked bad: there was something, and nobody knows what."""
    summary.unreadable += int(unreadable.sum())
    return _Series(one.tag, one.values, np.where(unreadable, np.uint8(Quality.BAD), one.quality))


# ---- long: a row a value --------------------------------------------------------------------------------------------


def _long(
    sheet: Sheet, station: Station | None, mapping: Map, zone: tzinfo, summary: Summary
) -> tuple[Floats, list[_Series]]:
    """Values hold until the tag says another: whoever writes a row a value writes what changed."""
    spelt = {name.lower(): name for name in sheet.names}
    at = _by_clock(sheet, spelt["time"], zone)
    values, unreadable = sheet.numbers(spelt["value"])
    quality = _stated(sheet, spelt, np.where(unreadable, np.uint8(Quality.BAD), _assumed(values)))
    summary.unreadable = int(unreadable.sum())
    summary.out_of_order = int((np.diff(at) < 0).sum())
    instants, row = np.unique(at, return_inverse=True)
    named = np.array(sheet.column(spelt["tag"]))
    series = []
    for name in dict.fromkeys(sheet.column(spelt["tag"])):
        mine = np.flatnonzero(named == name)
        mine = mine[np.argsort(at[mine], kind="stable")]
        held = np.zeros(len(instants), np.intp)
        held[row[mine]] = np.arange(1, len(mine) + 1)
        held = np.maximum.accumulate(held)
        one = _series(name, np.append(np.nan, values[mine])[held], station, mapping, summary)
        if one is not None:
            said = np.append(np.uint8(Quality.MISSING), quality[mine])[held]
            series.append(_Series(one.tag, one.values, said))
    return instants, series


def _stated(sheet: Sheet, spelt: dict[str, str], assumed: Qualities) -> Qualities:
    """The quality each row states, by name or number; where it states none, what is assumed of its value."""
    if "quality" not in spelt:
        return assumed
    for row, cell in enumerate(sheet.column(spelt["quality"])):
        word = cell.strip().lower()
        if word and word not in _QUALITIES:
            wrong = f"line {sheet.lines[row]}: there is no quality '{cell}'"
            raise StationError(sheet.path, wrong, f"It is one of {', '.join(q.name.lower() for q in Quality)}")
        if word:
            assumed[row] = _QUALITIES[word]
    return assumed


# ---- tags -----------------------------------------------------------------------------------------------------------


def _series(name: str, values: Floats, station: Station | None, mapping: Map, summary: Summary) -> _Series | None:
    """A column as the tag it is; None where it is left out."""
    said = mapping.columns.get(name)
    if (said is not None and said.drop) or (said is None and mapping.unknown == "drop"):
        summary.dropped.append(name)
        return None
    if np.isnan(values).all() and len(values):
        summary.without_numbers.append(name)
        return None
    column = said or Column()
    tag_name = column.tag or name
    tag = _known(station, tag_name)
    if tag is not None:
        scale, offset = _into(tag, column, summary.path)
    else:
        tag, scale, offset = _foreign_tag(tag_name, column), column.scale, column.offset
        if said is None:
            summary.unknown.append(name)
    values = values if (scale, offset) == (1.0, 0.0) else values * scale + offset
    return _Series(tag, values, _assumed(values))


def _assumed(values: Floats) -> Qualities:
    return np.where(np.isnan(values), np.uint8(Quality.MISSING), np.uint8(Quality.GOOD))


def _is_of(sheet: Sheet, station: Station | None, mapping: Map) -> bool:
    """Whether the sheet holds anything of that station."""
    spelt = {name.lower(): name for name in sheet.names}
    names = set(sheet.column(spelt["tag"])) if set(spelt) >= set(LONG) else set(sheet.names)
    return any(_known(station, mapping.columns.get(name, Column()).tag or name) for name in names)


def _known(station: Station | None, name: str) -> Tag | None:
    """The station's tag of that name."""
    wanted: object = name
    if station is None or wanted not in station.tags:
        return None
    return station.tags[station.tags.column(name)]


def _foreign_tag(name: str, column: Column) -> Tag:
    return Tag(
        name,
        column.unit or "",
        Text(column.en, column.zh),
        column.equipment,
        LABEL if column.label else column.measures,
        kind="digital" if column.label else "analog",
        step=column.step or float(column.label),
    )


def _into(tag: Tag, column: Column, path: Path) -> tuple[float, float]:
    """From what a cell says to the unit the station gives the tag."""
    if column.unit is None or column.unit == tag.unit:
        return column.scale, column.offset
    theirs, ours = scale_and_offset(column.unit), scale_and_offset(tag.unit)
    scale = theirs[0] / ours[0]
    offset = (theirs[1] - ours[1]) / ours[0]
    if not (math.isfinite(scale) and math.isfinite(offset)):
        raise StationError(path, f"{tag.name}: {column.unit} does not become {tag.unit}", "Correct the map")
    return column.scale * scale, column.offset * scale + offset


def _table(path: Path, series: list[_Series]) -> TagTable:
    try:
        return TagTable(one.tag for one in series)
    except StationError as error:
        raise StationError(path, f"two columns become the tag {error.thing}", "Correct the map") from None


def _changes(tag: Tag, at: Floats, values: Floats) -> Iterator[Event]:
    """A label column's changes; it begins at zero."""
    told = np.nan_to_num(values)
    for row in np.flatnonzero(np.diff(told, prepend=0.0)):
        value = float(told[row])
        said = Text(f"{tag.name}: {value:g}", f"{tag.description.said_in('zh') or tag.name}：{value:g}")
        yield Event(float(at[row]), "label", tag.name, said, {"value": value})
