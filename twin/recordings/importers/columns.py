"""A foreign column as the tag it is: by the station, by the map, or a tag of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.errors import StationError
from twin.plant.measures import LABEL
from twin.plant.reading import Station
from twin.recordings.importers.mapping import Column, Map
from twin.recordings.importers.summary import Summary
from twin.signals import Floats, Qualities, Quality, Tag, TagTable
from twin.text import Text
from twin.units import scale_and_offset


@dataclass(frozen=True)
class Series:
    """One tag's values (k,) in its own unit, and their qualities (k,)."""

    tag: Tag
    values: Floats
    quality: Qualities


def series(
    name: str, values: Floats, station: Station | None, mapping: Map, summary: Summary, unit: str = ""
) -> Series | None:
    """A column as the tag it is; None where it is left out. ``unit`` is what the file itself says of it."""
    said = mapping.columns.get(name)
    if (said is not None and said.drop) or (said is None and mapping.unknown == "drop"):
        summary.dropped.append(name)
        return None
    if np.isnan(values).all() and len(values):
        summary.without_numbers.append(name)
        return None
    column = said or Column(unit=unit or None)
    tag_name = column.tag or name
    tag = known(station, tag_name)
    if tag is not None:
        scale, offset = _into(tag, column, summary.path)
    else:
        tag, scale, offset = _foreign_tag(tag_name, column), column.scale, column.offset
        if said is None:
            summary.unknown.append(name)
    values = values if (scale, offset) == (1.0, 0.0) else values * scale + offset
    return Series(tag, values, assumed(values))


def assumed(values: Floats) -> Qualities:
    """What is taken of values whose file says nothing of their quality."""
    return np.where(np.isnan(values), np.uint8(Quality.MISSING), np.uint8(Quality.GOOD))


def is_of(names: Iterable[str], station: Station | None, mapping: Map) -> bool:
    """Whether any of the columns is a tag of that station."""
    return any(known(station, mapping.columns.get(name, Column()).tag or name) for name in names)


def known(station: Station | None, name: str) -> Tag | None:
    """The station's tag of that name."""
    wanted: object = name
    if station is None or wanted not in station.tags:
        return None
    return station.tags[station.tags.column(name)]


def table(path: Path, all_series: Iterable[Series]) -> TagTable:
    """Their tags. Raises StationError where two are of one name."""
    try:
        return TagTable(one.tag for one in all_series)
    except StationError as error:
        raise StationError(path, f"two columns become the tag {error.thing}", "Correct the map") from None


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
