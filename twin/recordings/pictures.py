"""Pictures as they are stored: an entry of fixed size, and behind it what it says there is.

Thermal cameras count in steps, so a frame is stored as counts of the largest step that gives every pixel back to the
last bit, and as float32 where none does.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import UsageError
from twin.recordings.layout import COUNTED, FLOATING, NOTHING_SEEN, PANORAMA, PICTURE
from twin.thermography import LARGEST_FRAME, LARGEST_PANORAMA, Panorama, Temperatures, ThermalFrame
from twin.times import nanosecond, seconds

Picture = ThermalFrame | Panorama
Stored = tuple[np.void, bytes]  # an entry as PICTURE, and its bytes

STEPS = (0.1, 0.05, 0.04, 0.025, 0.02, 0.01)  # K that a count of the usual cameras means
LARGEST_STEP = 10.0  # K; a file that claims more is damaged
MOST_COUNTED = np.iinfo(np.int16).max
TRIED = 64  # pixels on which a step is tried before it is on all
PIXELS: dict[int, np.dtype[Any]] = {COUNTED: np.dtype("<i2"), FLOATING: np.dtype("<f4")}
CHECKSUM = 4  # bytes
LONGEST_NAME = PICTURE["camera"].itemsize


def stored(picture: Picture, number: int) -> Stored:
    """A picture as an entry and bytes. Raises UsageError for one that no camera takes."""
    entry = np.zeros(1, PICTURE)[0]
    camera = picture.camera.encode()
    if not 0 < len(camera) <= LONGEST_NAME:
        raise UsageError(f"a camera called '{picture.camera}'")
    entry["camera"], entry["at"], entry["number"] = camera, nanosecond(picture.at), number
    entry["position"], entry["orientation"] = picture.position, picture.orientation
    if isinstance(picture, Panorama):
        if not 0 < len(picture.jpeg) <= LARGEST_PANORAMA:
            raise UsageError(f"a panorama of {len(picture.jpeg)} bytes")
        entry["kind"], entry["size"] = PANORAMA, len(picture.jpeg)
        return entry, picture.jpeg
    entry["emissivity"], entry["field_of_view"] = picture.emissivity, picture.field_of_view
    entry["rows"], entry["columns"] = picture.temperature.shape
    entry["kind"], entry["step"], pixels = _counted(picture.temperature)
    entry["size"] = pixels.nbytes
    return entry, pixels.tobytes()


def restored(entry: np.void, content: bytes) -> Picture:
    """The picture back. Raises ValueError for an entry that means none."""
    ensure_meant(entry)
    if len(content) != int(entry["size"]):
        raise ValueError("a picture is cut off")
    at = float(seconds(np.array([entry["at"]]))[0])
    camera = entry["camera"].decode(errors="replace")
    x, y, z = entry["position"].tolist()
    qx, qy, qz, qw = entry["orientation"].tolist()
    if entry["kind"] == PANORAMA:
        return Panorama(at, camera, (x, y, z), (qx, qy, qz, qw), content)
    wide, high = entry["field_of_view"].tolist()
    pixels = np.frombuffer(content, PIXELS[int(entry["kind"])]).reshape(int(entry["rows"]), int(entry["columns"]))
    seen = temperatures(pixels, float(entry["step"])) if entry["kind"] == COUNTED else pixels.astype(np.float32)
    seen.flags.writeable = False
    return ThermalFrame(at, camera, (x, y, z), (qx, qy, qz, qw), float(entry["emissivity"]), (wide, high), seen)


def ensure_meant(entry: np.void) -> None:
    """Raise ValueError for an entry that means no picture, or one of an absurd size."""
    kind, size = int(entry["kind"]), int(entry["size"])
    if kind == PANORAMA:
        fits = 0 < size <= LARGEST_PANORAMA
    else:
        pixels = int(entry["rows"]) * int(entry["columns"])
        steps = kind != COUNTED or 0 < float(entry["step"]) <= LARGEST_STEP
        fits = kind in PIXELS and steps and 0 < pixels <= LARGEST_FRAME and size == pixels * PIXELS[kind].itemsize
    if not fits:
        raise ValueError("a picture that no camera takes")


def temperatures(counts: NDArray[np.signedinteger[Any]], step: float) -> Temperatures:
    """What counts of a step mean. [°C]"""
    found: Temperatures = (counts * np.float64(step)).astype(np.float32)
    found[counts == NOTHING_SEEN] = np.nan
    return found


def as_record(of: Stored) -> bytes:
    """A picture as a journal holds it: entry, CRC-32 of entry and bytes, bytes."""
    entry, content = of
    head = entry.tobytes()
    return head + zlib.crc32(content, zlib.crc32(head)).to_bytes(CHECKSUM, "little") + content


def records(stream: memoryview, at: int = 0) -> Iterator[tuple[int, Stored]]:
    """``(end, picture)`` for each record from a place on, as long as they are whole and follow each other."""
    number = 0
    while (found := _record(stream, at)) is not None and (not number or int(found[0]["number"]) == number + 1):
        number = int(found[0]["number"])
        at += PICTURE.itemsize + CHECKSUM + len(found[1])
        yield at, found


def _record(stream: memoryview, at: int) -> Stored | None:
    begin = at + PICTURE.itemsize + CHECKSUM
    if begin > len(stream):
        return None
    head = stream[at : at + PICTURE.itemsize]
    entry = np.frombuffer(bytes(head), PICTURE)[0]
    try:
        ensure_meant(entry)
    except ValueError:
        return None
    content = bytes(stream[begin : begin + int(entry["size"])])
    said = int.from_bytes(stream[begin - CHECKSUM : begin], "little")
    whole = len(content) == int(entry["size"]) and zlib.crc32(content, zlib.crc32(head)) == said
    return (entry, content) if whole and entry["number"] else None


def _counted(seen: Temperatures) -> tuple[int, float, NDArray[Any]]:
    """Kind, step and pixels of a frame."""
    some = np.ascontiguousarray(seen.ravel()[:: max(1, seen.size // TRIED)])
    for step in STEPS:
        if _counts(some, step) is not None and (counts := _counts(seen, step)) is not None:
            return COUNTED, step, counts
    return FLOATING, 0.0, seen.astype(PIXELS[FLOATING], copy=False)


def _counts(seen: Temperatures, step: float) -> NDArray[Any] | None:
    """Counts of a step, where they give back what was seen to the last bit; None otherwise."""
    with np.errstate(over="ignore"):
        found = np.rint(seen / np.float32(step))
    unseen = np.isnan(found)
    some_unseen = bool(unseen.any())
    if some_unseen:
        found[unseen] = 0.0
    if not -MOST_COUNTED <= found.min() <= found.max() <= MOST_COUNTED:
        return None
    counts = found.astype(PIXELS[COUNTED])
    same = temperatures(counts, step).view(np.uint32) == seen.view(np.uint32)
    if some_unseen:
        same |= unseen
        counts[unseen] = NOTHING_SEEN
    return counts if same.all() else None
