"""Pictures that are evidence: thermal frames and panoramas.

A camera looks along the x axis of its orientation, with z up in its picture: columns run towards -y, rows towards -z,
as for a robot that looks where it walks. A thermal frame is a central projection of its field of view; a panorama is
equirectangular, with x at its middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import UsageError

Temperatures = NDArray[np.float32]
Place = tuple[float, float, float]
Orientation = tuple[float, float, float, float]

LARGEST_FRAME = 2**20  # pixels; the largest thermal cameras have as many
LARGEST_PANORAMA = 2**24  # bytes


@dataclass(frozen=True, slots=True)
class ThermalFrame:
    """What a radiometric camera saw at one instant.

    Attributes
    ----------
    at : float                     When it was taken. [s, POSIX]
    camera : str                   The robot that carries it, or the fixed camera.
    position : (3,)                In the model's axes, z up; NaN where nobody knows. [m]
    orientation : (4,)             Unit quaternion x, y, z, w, from the camera's axes to the model's.
    emissivity : float             That the temperatures were reckoned with.
    field_of_view : (2,)           Horizontal and vertical. [rad]
    temperature : (rows, columns)  float32, read-only; NaN where a pixel says nothing. [°C]
    """

    at: float
    camera: str
    position: Place
    orientation: Orientation
    emissivity: float
    field_of_view: tuple[float, float]
    temperature: Temperatures

    def __post_init__(self) -> None:
        """Keep the temperatures read-only, copied where the caller could still write them."""
        seen = self.temperature
        if seen.ndim != 2 or not 0 < seen.size <= LARGEST_FRAME:
            raise UsageError(f"a thermal frame of shape {seen.shape}")
        if seen.dtype != np.float32 or seen.flags.writeable:
            seen = np.array(seen, np.float32)
            seen.flags.writeable = False
            object.__setattr__(self, "temperature", seen)


@dataclass(frozen=True, slots=True)
class Panorama:
    """What a panoramic camera saw at one instant: an equirectangular picture as a JPEG file; poses as above."""

    at: float
    camera: str
    position: Place
    orientation: Orientation
    jpeg: bytes
