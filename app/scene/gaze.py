"""Looking around in a panorama: which way, how wide, and the plain picture that this gives."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
NARROWEST, WIDEST = np.radians(15.0), np.radians(110.0)
STEEPEST = np.radians(89.0)
START = float(np.radians(80.0))
DOWN = float(np.radians(-20.0))  # cameras hang above what they watch


@dataclass(frozen=True)
class Gaze:
    """Looks by ``turn`` to the left of the x axis and ``tilt`` above the level, ``width`` wide. [rad]"""

    turn: float = 0.0
    tilt: float = DOWN
    width: float = START

    def turned(self, left: float, up: float) -> Gaze:
        """Turned by two angles, never over the top. [rad]"""
        turn = (self.turn + left + np.pi) % (2 * np.pi) - np.pi
        return replace(self, turn=float(turn), tilt=float(np.clip(self.tilt + up, -STEEPEST, STEEPEST)))

    def zoomed(self, factor: float) -> Gaze:
        """Narrower by a factor above 1."""
        return replace(self, width=float(np.clip(self.width / factor, NARROWEST, WIDEST)))

    def rays(self, rows: int, columns: int) -> NDArray[np.float32]:
        """Through the middle of each pixel, not of unit length, (rows, columns, 3)."""
        (s, c), (t, d) = ((np.sin(angle), np.cos(angle)) for angle in (self.turn, self.tilt))
        ahead, left, up = np.array([[c * d, s * d, t], [-s, c, 0.0], [-c * t, -s * t, d]], np.float32)
        half = np.float32(np.tan(self.width / 2))
        across = (1 - (2 * np.arange(columns, dtype=np.float32) + 1) / columns) * half
        upward = (1 - (2 * np.arange(rows, dtype=np.float32) + 1) / rows) * half * np.float32(rows / columns)
        return np.asarray(ahead + across[None, :, None] * left + upward[:, None, None] * up, np.float32)


def towards(eye: NDArray[np.float64], point: NDArray[np.float64], gaze: Gaze) -> Gaze:
    """Looking from a place at a point, as wide as before."""
    x, y, z = np.subtract(point, eye).tolist()
    return replace(gaze, turn=float(np.arctan2(y, x)), tilt=float(np.arctan2(z, np.hypot(x, y))))


def seen(panorama: Picture, axes: NDArray[np.float64], gaze: Gaze, rows: int, columns: int, fine: bool) -> Picture:
    """What a gaze sees in an equirectangular panorama (h, w, 3), as a picture (rows, columns, 3).

    The rows of ``axes`` (3, 3) are the camera's axes, of which the first is at the panorama's middle. ``fine`` mixes
    neighbouring pixels, which takes longer.
    """
    ways = gaze.rays(rows, columns) @ axes.T.astype(np.float32)
    height, width, _ = panorama.shape
    turn = np.arctan2(ways[..., 1], ways[..., 0])
    tilt = np.arctan2(ways[..., 2], np.hypot(ways[..., 0], ways[..., 1]))
    x = (0.5 - turn / np.float32(2 * np.pi)) * width
    y = (0.5 - tilt / np.float32(np.pi)) * height
    if not fine:
        return panorama[np.clip(y.astype(np.intp), 0, height - 1), x.astype(np.intp) % width]
    return _mixed(panorama, x - np.float32(0.5), y - np.float32(0.5))


def _mixed(panorama: Picture, x: NDArray[np.float32], y: NDArray[np.float32]) -> Picture:
    """Bilinear: round the horizon the panorama goes on where it ends, at the poles it does not."""
    height, width, _ = panorama.shape
    left, top = np.floor(x), np.floor(y)
    across, down = (x - left)[..., None], (y - top)[..., None]
    columns = left.astype(np.intp) % width, (left.astype(np.intp) + 1) % width
    rows = np.clip(top.astype(np.intp), 0, height - 1), np.clip(top.astype(np.intp) + 1, 0, height - 1)
    upper, lower = (panorama[row, columns[0]] * (1 - across) + panorama[row, columns[1]] * across for row in rows)
    return np.rint(upper * (1 - down) + lower * down).astype(np.uint8)
