"""Units: from what a transmitter says to SI, by one multiplication and one addition."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from twin.errors import StationError
from twin.signals import Floats
from twin.text import did_you_mean

STANDARD_GRAVITY = 9.80665  # m/s², ISO 80000-3
STANDARD_ATMOSPHERE = 101_325.0  # Pa, ISO 2533

# unit: (SI unit, scale, offset), value_SI = value * scale + offset
_TO_SI: dict[str, tuple[str, float, float]] = {
    "": ("", 1.0, 0.0),
    "-": ("", 1.0, 0.0),
    "%": ("", 1e-2, 0.0),
    "%LEL": ("", 1e-2, 0.0),
    "%RH": ("", 1e-2, 0.0),
    "%vol": ("", 1e-2, 0.0),
    "A": ("A", 1.0, 0.0),
    "Hz": ("Hz", 1.0, 0.0),
    "K": ("K", 1.0, 0.0),
    "°C": ("K", 1.0, 273.15),
    "L/min": ("m³/s", 1e-3 / 60.0, 0.0),
    "L/s": ("m³/s", 1e-3, 0.0),
    "m3/h": ("m³/s", 1.0 / 3600.0, 0.0),
    "m³/h": ("m³/s", 1.0 / 3600.0, 0.0),
    "m3/s": ("m³/s", 1.0, 0.0),
    "m³/s": ("m³/s", 1.0, 0.0),
    "t/h": ("kg/s", 1.0 / 3.6, 0.0),
    "Pa": ("Pa", 1.0, 0.0),
    "kPa": ("Pa", 1e3, 0.0),
    "bar": ("Pa", 1e5, 0.0),
    "MPa": ("Pa", 1e6, 0.0),
    "W": ("W", 1.0, 0.0),
    "kW": ("W", 1e3, 0.0),
    "MW": ("W", 1e6, 0.0),
    "Mvar": ("var", 1e6, 0.0),
    "V": ("V", 1.0, 0.0),
    "kV": ("V", 1e3, 0.0),
    "kohm": ("Ω", 1e3, 0.0),
    "r/min": ("rad/s", 2 * np.pi / 60.0, 0.0),
    "deg": ("rad", np.pi / 180.0, 0.0),
    "g": ("m/s²", STANDARD_GRAVITY, 0.0),
    "m": ("m", 1.0, 0.0),
    "m/s": ("m/s", 1.0, 0.0),
    "mm/s": ("m/s", 1e-3, 0.0),
    "m3": ("m³", 1.0, 0.0),
    "h": ("s", 3600.0, 0.0),
    "min": ("s", 60.0, 0.0),
    "s": ("s", 1.0, 0.0),
    "dB(A)": ("dB(A)", 1.0, 0.0),
    "mg/L": ("kg/m³", 1e-3, 0.0),
    "ug/L": ("kg/m³", 1e-6, 0.0),
    "mmol/L": ("mol/m³", 1.0, 0.0),
    "uS/cm": ("S/m", 1e-4, 0.0),
    "NTU": ("NTU", 1.0, 0.0),
    "pH": ("pH", 1.0, 0.0),
}

KNOWN_UNITS = tuple(unit for unit in _TO_SI if unit)

# what stands in a tag list and is written otherwise
_WRITTEN = {
    "-": "",
    "m3": "m³",
    "m3/h": "m³/h",
    "m3/s": "m³/s",
    "kohm": "kΩ",
    "deg": "°",
    "ug/L": "µg/L",
    "uS/cm": "µS/cm",
    "%vol": "% vol",
    "%LEL": "% LEL",
    "%RH": "% RH",
}


def written(unit: str) -> str:
    """A unit as people write it: ``m3/h`` becomes ``m³/h``."""
    return _WRITTEN.get(unit, unit)


def scale_and_offset(unit: str) -> tuple[float, float]:
    """``(scale, offset)`` with value_SI = value * scale + offset. Raises StationError for an unknown unit."""
    try:
        _, scale, offset = _TO_SI[unit]
    except KeyError:
        remedy = did_you_mean(unit, KNOWN_UNITS) or f"Known units are {', '.join(KNOWN_UNITS)}"
        raise StationError(unit, "is not a unit we know", remedy) from None
    return scale, offset


def scales_and_offsets(units: Iterable[str]) -> tuple[Floats, Floats]:
    """The same for many units: two (n,) arrays. Unknown units count as 1 and 0: foreign data is shown as it is."""
    pairs = [_TO_SI[u][1:] if u in _TO_SI else (1.0, 0.0) for u in units]
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()
