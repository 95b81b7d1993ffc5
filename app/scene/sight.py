"""Where thermal cameras look in the model: how far it is to what each pixel sees, and which pixel sees a point."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NEAREST_SEEN, FARTHEST_SEEN = 0.5, 80.0  # m, between which a camera sees anything: not its own housing
KEPT = 32  # depth pictures: cameras return to the same places
SAME = 3  # digits of a pose that count
AGREE = 0.02  # m, and as a share of the distance, by which two distances may differ that are the same


class Pictured(Protocol):
    """A picture with a pose (twin.thermography.ThermalFrame)."""

    @property
    def at(self) -> float: ...

    @property
    def camera(self) -> str: ...

    @property
    def position(self) -> tuple[float, float, float]: ...

    @property
    def orientation(self) -> tuple[float, float, float, float]: ...

    @property
    def field_of_view(self) -> tuple[float, float]: ...

    @property
    def temperature(self) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Aim:
    """A central projection: ``eye`` (3,) [m], the rows of ``axes`` (3, 3) point ahead, left and up, ``half`` the
    tangents of half the horizontal and vertical field of view."""

    eye: Array
    axes: Array
    half: tuple[float, float]

    @classmethod
    def of(cls, picture: Pictured) -> Aim | None:
        """How a picture was aimed; None where nobody knows."""
        numbers = np.array([*picture.position, *picture.orientation, *picture.field_of_view])
        norm = float(np.linalg.norm(picture.orientation))
        wide = np.array(picture.field_of_view)
        if not np.isfinite(numbers).all() or norm < 1e-6 or (wide <= 0).any() or (wide >= np.pi).any():
            return None
        horizontal, vertical = np.tan(wide / 2)
        return cls(np.array(picture.position), _axes(np.array(picture.orientation) / norm), (horizontal, vertical))

    def rays(self, rows: int, columns: int) -> Array:
        """From the eye to what is one metre ahead in the middle of each pixel, (rows, columns, 3). [m]"""
        across = (1.0 - (2 * np.arange(columns) + 1) / columns) * self.half[0]
        upward = (1.0 - (2 * np.arange(rows) + 1) / rows) * self.half[1]
        ahead, left, up = self.axes
        return ahead + across[None, :, None] * left + upward[:, None, None] * up

    def seen(self, point: Array) -> tuple[float, float, float]:
        """Where a point is in the picture, as shares of its width and height, and how far ahead it is. [m]"""
        ahead, left, up = self.axes @ (point - self.eye)
        if ahead <= 0:
            return np.nan, np.nan, float(ahead)
        across, upward = left / (ahead * self.half[0]), up / (ahead * self.half[1])
        return float((1.0 - across) / 2), float((1.0 - upward) / 2), float(ahead)


class Depths:
    """How far it is to what cameras see, remembered by where they stand.

    ``measure`` renders it: of an aim and a size (rows, columns), the distance ahead of each pixel, inf for the sky.
    """

    def __init__(self, measure: Callable[[Aim, int, int], NDArray[np.float32]]) -> None:
        self._measure = measure
        self._kept: OrderedDict[tuple[object, ...], NDArray[np.float32]] = OrderedDict()

    def of(self, aim: Aim, rows: int, columns: int) -> NDArray[np.float32]:
        """Distances ahead (rows, columns). [m]"""
        pose = np.round(np.concatenate([aim.eye, aim.axes.ravel(), aim.half]), SAME)
        key = (*pose.tolist(), rows, columns)
        if key not in self._kept:
            self._kept[key] = self._measure(aim, rows, columns)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def agree(one: NDArray[np.floating] | float, other: NDArray[np.floating] | float) -> NDArray[np.bool_]:
    """Where two distances are the same, as far as pixels can tell."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(np.subtract(one, other)) <= AGREE + AGREE * np.minimum(one, other))


def _axes(quaternion: Array) -> Array:
    """The rotation matrix of a unit quaternion x, y, z, w, transposed: its rows are the turned axes."""
    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
