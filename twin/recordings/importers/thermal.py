"""Thermal images as signals: the coldest, the mean and the hottest of what a camera saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.errors import StationError
from twin.plant.reading import Station
from twin.recordings.importers.columns import Series, is_of, series, table
from twin.recordings.importers.flir import NotRadiometricError, thermal_image
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.summary import Summary
from twin.recordings.importers.taken import Taken
from twin.signals import Block

LARGEST = 2**28  # bytes
WANTED = "Name a radiometric JPEG of a FLIR camera"
NO_IMAGE = "the image itself, for which a recording has no place yet: its coldest, mean and hottest are taken"


def import_thermal(path: Path, station: Station | None, mapping: Map) -> Taken:
    """Read one radiometric JPEG. Raises StationError for an image without temperatures."""
    if path.stat().st_size > LARGEST:
        raise StationError(path, "is larger than 256 MB", WANTED)
    try:
        image = thermal_image(path.read_bytes())
    except NotRadiometricError as error:
        raise StationError(path, str(error), WANTED) from None
    seen = image.temperature
    told = {"min": np.nanmin(seen), "mean": np.nanmean(seen), "max": np.nanmax(seen)}
    values = {f"{image.camera}.{name}".lstrip("."): value for name, value in told.items()}
    summary = Summary(path, rows=1, seen=set(values))
    if station is not None and not is_of(values, station, mapping):
        station, summary.foreign = None, True
    found = [_series(name, float(value), station, mapping, summary) for name, value in values.items()]
    taken = [one for one in found if one is not None]
    if not taken:
        raise StationError(path, "holds nothing that the map does not leave out", "Correct the map")
    summary.columns = [one.tag.name for one in taken]
    summary.skipped.append(NO_IMAGE)
    block = Block(
        np.array([image.at]),
        np.stack([one.values for one in taken], axis=1),
        np.stack([one.quality for one in taken], axis=1),
        np.array([image.at]),
    )
    return Taken(table(path, taken), station, lambda: iter((block,)), image.at, image.at, summary)


def _series(name: str, value: float, station: Station | None, mapping: Map, summary: Summary) -> Series | None:
    return series(name, np.array([value]), station, mapping, summary, unit="°C")
