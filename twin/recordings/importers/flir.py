"""Radiometric JPEGs of FLIR cameras: counts of the detector, and the temperatures that they mean.

The camera puts its own file (FFF) into APP1 segments of the picture. What lies where in it was found out and written
down by the authors of ExifTool (FLIR tags); the measurement formula is the one of FLIR's manuals.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.thermography import LARGEST_FRAME

KELVIN = 273.15
MOST_PIXELS = LARGEST_FRAME
MOST_RECORDS = 1000

_APP1, _SCAN, _END = 0xE1, 0xDA, 0xD9
_MARK = b"FLIR\0"
_ENTRY = 32  # bytes of a record's line in the directory
_PIXELS, _CAMERA = 1, 32  # kinds of records
_DATA = 32  # where the pixels begin in their record
_PNG = b"\x89PNG"
_AT = 0x384  # where the camera's record tells the time
_MODEL, _SERIAL = slice(0xD4, 0xF4), slice(0x104, 0x114)
_FLOATS = {
    "emissivity": 0x20,
    "distance": 0x24,
    "reflected": 0x28,
    "air": 0x2C,
    "window": 0x30,
    "window_transmission": 0x34,
    "humidity": 0x3C,
    "r1": 0x58,
    "b": 0x5C,
    "f": 0x60,
    "alpha1": 0x70,
    "alpha2": 0x74,
    "beta1": 0x78,
    "beta2": 0x7C,
    "x": 0x80,
    "r2": 0x30C,
}
_OFFSET = 0x308
_FIELD_OF_VIEW = 0x1B4  # horizontal [degrees]


class NotRadiometricError(ValueError):
    """A picture without temperatures, or a damaged one; says which."""


@dataclass(frozen=True)
class Radiometry:
    """How counts become temperatures: what surrounds the object, and the camera's own constants.

    Temperatures ``reflected``, ``air`` and ``window`` are in K, ``distance`` in m, ``humidity`` between 0 and 1.
    ``r1``, ``r2``, ``b``, ``f`` and ``offset`` are of the camera's Planck curve; ``alpha1`` to ``x`` of the air.
    """

    emissivity: float
    distance: float
    reflected: float
    air: float
    window: float
    window_transmission: float
    humidity: float
    r1: float
    b: float
    f: float
    alpha1: float
    alpha2: float
    beta1: float
    beta2: float
    x: float
    r2: float
    offset: int

    @property
    def transmission(self) -> float:
        """Share of the radiation that the air between object and camera lets through."""
        warm = self.air - KELVIN
        vapour = self.humidity * np.exp(1.5587 + 0.06939 * warm - 2.7816e-4 * warm**2 + 6.8455e-7 * warm**3)
        depth, damp = np.sqrt(self.distance), np.sqrt(vapour)
        first = np.exp(-depth * (self.alpha1 + self.beta1 * damp))
        second = np.exp(-depth * (self.alpha2 + self.beta2 * damp))
        return float(self.x * first + (1.0 - self.x) * second)

    def counts(self, temperature: float) -> float:
        """What the detector counts before a black body of that temperature. [K]"""
        return float(self.r1 / (self.r2 * (np.exp(self.b / temperature) - self.f)) - self.offset)

    def temperature(self, counts: Floats) -> Floats:
        """Temperatures of the objects that are seen. [°C]

        Counted is what the object sends, what it reflects and what the air and the window send:

        .. math:: W = t_w (t \\epsilon W_o + t (1-\\epsilon) W_r + (1-t) W_a) + (1-t_w) W_w         (measurement)
        .. math:: T = B / \\ln(R_1 / (R_2 (W_o + O)) + F)                                            (Planck)
        """
        emitted = self.emissivity
        with np.errstate(all="ignore"):  # damaged constants make NaN
            through = self.transmission
            seen = (counts - (1.0 - self.window_transmission) * self.counts(self.window)) / self.window_transmission
            stray = through * (1.0 - emitted) * self.counts(self.reflected) + (1.0 - through) * self.counts(self.air)
            own = (seen - stray) / (through * emitted)
            found: Floats = self.b / np.log(self.r1 / (self.r2 * (own + self.offset)) + self.f) - KELVIN
        return found


@dataclass(frozen=True)
class ThermalImage:
    """``camera`` is its model and number, ``at`` when it looked [s, POSIX], ``counts`` (rows, columns) what it saw,
    ``width`` how wide it sees; NaN where it does not say. [rad]"""

    camera: str
    at: float
    counts: NDArray[np.uint16]
    radiometry: Radiometry
    width: float = float("nan")

    @property
    def field_of_view(self) -> tuple[float, float]:
        """Horizontal and vertical, of square pixels. [rad]"""
        rows, columns = self.counts.shape
        return self.width, 2.0 * math.atan(math.tan(0.5 * self.width) * rows / columns)

    @property
    def temperature(self) -> Floats:
        """(rows, columns) temperatures. [°C]"""
        return self.radiometry.temperature(self.counts.astype(np.float64))


def thermal_image(data: bytes) -> ThermalImage:
    """The thermal image in a JPEG file. Raises NotRadiometricError."""
    try:
        records = dict(_records(_embedded(data)))
        if _PIXELS not in records or _CAMERA not in records:
            raise NotRadiometricError("holds a FLIR block without a thermal image")
        camera, order = records[_CAMERA], _order(records[_CAMERA])
        told = {name: struct.unpack_from(f"{order}f", camera, where)[0] for name, where in _FLOATS.items()}
        radiometry = Radiometry(**told, offset=struct.unpack_from(f"{order}i", camera, _OFFSET)[0])
        seconds, thousandths = struct.unpack_from(f"{order}II", camera, _AT)
        name = " ".join(_words(camera[part]) for part in (_MODEL, _SERIAL)).strip()
        at, pixels = seconds + (thousandths & 0xFFFF) / 1000, _pixels(records[_PIXELS])
        image = ThermalImage(name, at, pixels, radiometry, _width(camera, order))
        believable = np.isfinite(image.temperature).any()
    except NotRadiometricError:
        raise
    except (struct.error, OSError, SyntaxError, ValueError, ArithmeticError, IndexError) as error:
        raise NotRadiometricError("holds a thermal image that is damaged") from error
    if not believable:
        raise NotRadiometricError("holds a thermal image whose counts mean no temperature")
    return image


def _embedded(data: bytes) -> bytes:
    """The camera's own file: it is split over segments, each with its number and that of the last."""
    parts: dict[int, bytes] = {}
    last = 0
    for body in _segments(data):
        if body.startswith(_MARK):
            number, last = body[len(_MARK) + 1], body[len(_MARK) + 2]
            parts[number] = body[len(_MARK) + 3 :]
    if not parts:
        raise NotRadiometricError("is an image without temperatures: no FLIR block is in it")
    if sorted(parts) != list(range(last + 1)):
        raise NotRadiometricError("holds a thermal image of which parts are missing")
    return b"".join(parts[number] for number in range(last + 1))


def _segments(data: bytes) -> Iterator[bytes]:
    """The APP1 segments of a JPEG file, up to the picture itself."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (_SCAN, _END):
        length = int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] == _APP1 and length > len(_MARK) + 4:
            yield data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record of the camera's file, with its kind."""
    if data[:4] not in (b"FFF\0", b"AFF\0"):
        raise NotRadiometricError("holds a FLIR block of an unknown kind")
    order = next((order for order in "><" if 100 <= struct.unpack_from(f"{order}I", data, 0x14)[0] < 200), ">")
    directory, count = struct.unpack_from(f"{order}II", data, 0x18)
    for number in range(min(count, MOST_RECORDS)):
        kind, _, _, _, start, length = struct.unpack_from(f"{order}HHIIII", data, directory + number * _ENTRY)
        if kind:
            yield kind, data[start : start + length]


def _order(record: bytes) -> str:
    """A record begins with the number two in its byte order."""
    return "<" if record[:2] == b"\x02\0" else ">"


def _pixels(record: bytes) -> NDArray[np.uint16]:
    """Counts (rows, columns). In a PNG the camera keeps its own byte order, against that format's."""
    order = _order(record)
    columns, rows = struct.unpack_from(f"{order}HH", record, 2)
    if not 0 < rows * columns <= MOST_PIXELS:
        raise NotRadiometricError("holds a thermal image of an absurd size")
    data = record[_DATA:]
    if not data.startswith(_PNG):
        if len(data) < 2 * rows * columns:
            raise NotRadiometricError("holds a thermal image that is cut off")
        return np.frombuffer(data, f"{order}u2", rows * columns).reshape(rows, columns).astype(np.uint16)
    if struct.unpack_from(">II", data, 16) != (columns, rows):
        raise NotRadiometricError("holds a thermal image that is not what it says of itself")
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        if not picture.mode.startswith("I"):
            raise NotRadiometricError("holds a thermal image that is not of 16 bits")
        counts = np.asarray(picture).astype(np.uint16)
    return counts.byteswap() if order == "<" else counts


def _width(camera: bytes, order: str) -> float:
    """What the camera says of its lens, if a lens can be like that. [rad]"""
    [degrees] = struct.unpack_from(f"{order}f", camera, _FIELD_OF_VIEW)
    return math.radians(degrees) if 0.0 < degrees < 180.0 else math.nan


def _words(text: bytes) -> str:
    return text.partition(b"\0")[0].decode("ascii", "replace").strip()
