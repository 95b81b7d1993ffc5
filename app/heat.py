"""The colours of temperatures: ramps of which equal steps look equally far apart."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app import theme

Palette = Literal["heat", "grey"]
SHADES = 256
NOTHING = (38, 43, 48)  # of a pixel that says nothing
_STOPS = {"heat": (*theme.HEAT, theme.HOTTEST), "grey": theme.GREYS}
# Linear sRGB to CIE XYZ (IEC 61966-2-1), and the white of D65 (CIE 15)
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _XYZ.sum(axis=1)


def lab(colours: ArrayLike) -> NDArray[np.float64]:
    """CIE L*a*b* of sRGB colours (n, 3) from 0 to 1: distances in it are how different colours look."""
    rgb = np.asarray(colours, dtype=np.float64)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    share = linear @ _XYZ.T / _WHITE
    f = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def _even(stops: tuple[str, ...]) -> NDArray[np.uint8]:
    """A ramp through colours, stretched so that every step is as far from the next to the eye."""
    through = np.array([theme.rgb(stop) for stop in stops])
    fine = np.linspace(0, len(stops) - 1, 16 * SHADES)
    ramp = np.stack([np.interp(fine, np.arange(len(stops)), through[:, band]) for band in range(3)], axis=1)
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(lab(ramp), axis=0), axis=1))])
    wanted = np.linspace(0.0, gone[-1], SHADES)
    even = np.stack([np.interp(wanted, gone, ramp[:, band]) for band in range(3)], axis=1)
    return np.round(255 * even).astype(np.uint8)


RAMPS: dict[str, NDArray[np.uint8]] = {name: _even(stops) for name, stops in _STOPS.items()}


def coloured(
    temperature: NDArray[np.floating], low: float, high: float, palette: Palette = "heat"
) -> NDArray[np.uint8]:
    """Temperatures of any shape [°C] as colours (…, 3), the ramp from ``low`` to ``high``; what is NaN is grey."""
    known = np.isfinite(temperature)
    share = (np.where(known, temperature, low) - low) / max(high - low, 1e-6)
    shades = RAMPS[palette][np.clip(share * (SHADES - 1) + 0.5, 0, SHADES - 1).astype(np.intp)]
    shades[~known] = NOTHING
    return shades
