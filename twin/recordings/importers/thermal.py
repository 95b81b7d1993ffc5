"""Thermal images: the image itself, and as signals the coldest, the mean and the hottest of it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from twin.errors import StationError
from twin.plant.reading import Station
from twin.recordings.importers.columns import Series, is_of, series, table
from twin.recordings.importers.flir import NotRadiometricError, ThermalImage, thermal_image
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.summary import Summary
from twin.recordings.importers.taken import Later, Taken
from twin.recordings.pictures import LONGEST_NAME
from twin.signals import Block
from twin.thermography import ThermalFrame

LARGEST = 2**28  # bytes
WANTED = "Name a radiometric JPEG of a FLIR camera"
NOWHERE = (math.nan, math.nan, math.nan), (math.nan, math.nan, math.nan, math.nan)
"""The pose of a camera that does not tell it."""


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
    summary.remarks.append("taken too: the image itself, with all its temperatures")
    block = Block(
        np.array([image.at]),
        np.stack([one.values for one in taken], axis=1),
        np.stack([one.quality for one in taken], axis=1),
        np.array([image.at]),
    )
    later = Later(image.at, lambda: _frame(image, path))
    return Taken(table(path, taken), station, lambda: iter((block,)), image.at, image.at, summary, pictures=(later,))


def _frame(image: ThermalImage, path: Path) -> ThermalFrame:
    """The image as a thermal frame; its camera is called as the file is where it has no name."""
    camera = (image.camera or path.stem).encode()[:LONGEST_NAME].decode(errors="ignore")
    seen = image.temperature.astype(np.float32)
    return ThermalFrame(image.at, camera, *NOWHERE, image.radiometry.emissivity, image.field_of_view, seen)


def _series(name: str, value: float, station: Station | None, mapping: Map, summary: Summary) -> Series | None:
    return series(name, np.array([value]), station, mapping, summary, unit="°C")
