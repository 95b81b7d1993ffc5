"""Pictures of panoramic cameras, one a file: JPEG as it is, PNG made into JPEG; the map says whose they are."""

from __future__ import annotations

import io
import math
import warnings
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from twin import times
from twin.errors import StationError
from twin.plant.reading import Station
from twin.recordings.importers.mapping import Map, Shot
from twin.recordings.importers.summary import Summary
from twin.recordings.importers.taken import Later, Taken
from twin.recordings.importers.trajectories import nothing
from twin.recordings.pictures import LONGEST_NAME
from twin.signals import TagTable
from twin.text import did_you_mean
from twin.thermography import LARGEST_PANORAMA, Panorama, Place

MOST_PIXELS = 2**27
QUALITY = 92  # of a JPEG made of a PNG
DIGITAL = 36867  # EXIF DateTimeOriginal
EXIF = 0x8769  # where it stands
AS_EXIF = "%Y:%m:%d %H:%M:%S"
NOWHERE: Place = (math.nan, math.nan, math.nan)


def shot_of(path: Path, mapping: Map) -> tuple[str, Shot] | None:
    """What the map says of a picture, and by which of its patterns; None where it says nothing."""
    return next(((name, shot) for name, shot in mapping.pictures.items() if fnmatchcase(path.name, name)), None)


def import_panorama(path: Path, pattern: str, shot: Shot, station: Station | None) -> Taken:
    """A picture of a panoramic camera. Raises StationError."""
    place = _place(path, shot.camera, station)
    summary = Summary(path, seen={pattern}, pictures={shot.camera: 1})
    width, height, exif = _size(path)
    if abs(width - 2 * height) > 0.01 * width:
        summary.remarks.append(f"it is {width} × {height} pixels, not twice as wide as high, and shown as if it were")
    at = _time(path, shot, exif, station)
    turn = math.radians(shot.heading) / 2
    pose = (place, (0.0, 0.0, math.sin(turn), math.cos(turn)))
    later = Later(at, partial(_panorama, path, at, shot.camera, *pose))
    return Taken(TagTable(()), station, nothing, math.nan, math.nan, summary, pictures=(later,))


def _place(path: Path, camera: str, station: Station | None) -> Place:
    """Where a camera hangs; nowhere where there is no station."""
    if len(camera.encode()) > LONGEST_NAME:
        raise StationError(path, f"is of a camera whose name is longer than {LONGEST_NAME} bytes", "Shorten it")
    if station is None:
        return NOWHERE
    places = {one.id: one.position for one in station.file.cameras if one.kind == "panoramic"}
    if camera not in places:
        wrong = f"is of {camera}, as the map says, which is no panoramic camera of the station"
        raise StationError(path, wrong, did_you_mean(camera, places) or "Name one that the station file names")
    return places[camera]


def _size(path: Path) -> tuple[int, int, str]:
    """Width and height of a picture, and when its camera says that it was taken. Raises StationError."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=["JPEG", "PNG"]) as picture:
                width, height = picture.size
                said = picture.getexif().get_ifd(EXIF).get(DIGITAL, "")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise StationError(path, "is a damaged picture", "Save it again as JPEG") from None
    if width * height > MOST_PIXELS:
        raise StationError(path, f"is a picture of {width} × {height} pixels", "Make it smaller")
    return width, height, str(said)


def _time(path: Path, shot: Shot, exif: str, station: Station | None) -> float:
    """When it was taken: as the map says, by its name or outright; else as the camera wrote into it. [s, POSIX]"""
    zone = station.zone if station is not None else UTC
    try:
        if "%" in shot.time:
            return _read(path.stem, shot.time, zone)
        if shot.time:
            return times.posix(shot.time, zone)
        if exif:
            return _read(exif, AS_EXIF, zone)
    except ValueError:
        wrong = f"bears no time as the map has it ({shot.time})" if shot.time else f"was taken at '{exif}', it says"
        raise StationError(path, wrong, "Correct the time in the map") from None
    remedy = (
        'Give it in the map: time = "2026-01-12T03:25:00+08:00", or as it is in the name: time = "cam-%Y%m%d-%H%M%S"'
    )
    raise StationError(path, "does not say when it was taken", remedy)


def _read(told: str, form: str, zone: tzinfo) -> float:
    """A time as it is written, local to a zone unless it says otherwise. [s, POSIX]"""
    found = datetime.strptime(told, form)  # noqa: DTZ007 - its zone follows
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).timestamp()


def _panorama(
    path: Path, at: float, camera: str, place: Place, orientation: tuple[float, float, float, float]
) -> Panorama:
    """The picture itself, read when it is wanted: a folder of them is larger than memory."""
    data = path.read_bytes()
    if not data.startswith(b"\xff\xd8"):
        data = _as_jpeg(path)
    if len(data) > LARGEST_PANORAMA:
        raise StationError(path, f"is a picture of {len(data)} bytes", "Save it smaller than 16 MB")
    return Panorama(at, camera, place, orientation, data)


def _as_jpeg(path: Path) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            picture.convert("RGB").save(made, "JPEG", quality=QUALITY)
    except (OSError, SyntaxError, ValueError):
        raise StationError(path, "is a damaged picture", "Save it again as JPEG") from None
    return made.getvalue()
