"""Heights: a line's profile lies on the line, and nowhere along it would its water boil as it is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from twin.plant import water
from twin.plant.friction import Pipes
from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft
from twin.plant.station import Line
from twin.units import STANDARD_ATMOSPHERE, STANDARD_GRAVITY

_Path = tuple[str | int, ...]
_KELVIN = 273.15
_RESERVE = 30e3  # Pa above saturation, what CJJ 34 wants everywhere along a supply line


def heights(draft: Draft) -> Iterator[Finding]:
    """Every line that has a profile."""
    for index, line in draft.lines:
        if not line.profile or any(getattr(line, key) is None for key in ("length_m", "bore_m", "head_m", "flow_m3_h")):
            continue
        path = ("lines", index, "profile")
        wrong = list(_order(path, line))
        yield from wrong or _boiling(path, line)


def _order(path: _Path, line: Line) -> Iterator[Finding]:
    """Distances rise, and lie on the line."""
    away = [distance for distance, _ in line.profile]
    for place, (near, far) in enumerate(pairwise(away)):
        if far <= near:
            wrong = f"goes from {near:g} to {far:g} m"
            yield Finding((*path, place + 1), wrong, "Give distances from this station, rising")
            return
    if away[-1] > line.length_m:
        wrong = f"reaches {away[-1]:g} m, beyond the line's length of {line.length_m:g} m"
        yield Finding((*path, len(away) - 1), wrong, "Correct the distance or length_m")


def _boiling(path: _Path, line: Line) -> Iterator[Finding]:
    """The lowest pressure at rated flow, which is at one of the profile's points, for between them all is straight."""
    kelvin = np.array([line.temperature_c + _KELVIN])
    flow = line.flow_m3_h / 3600.0
    lost = float(Pipes.of([line], water.viscosity(kelvin)).coefficient(np.array([flow]))[0]) * flow**2
    upstream = line.side == "upstream"
    far = line.head_m - line.slope_m if upstream else line.head_m + line.slope_m
    away, height = np.array(line.profile).T
    head = far + (lost if not upstream else -lost) * (1.0 - away / line.length_m)
    gauge = water.density(kelvin) * STANDARD_GRAVITY * (head - height)
    margin = gauge + STANDARD_ATMOSPHERE - water.vapour_pressure(kelvin)
    worst = int(np.argmin(margin))
    if margin[worst] < _RESERVE:
        wrong = (
            f"lies {height[worst]:g} m high at {away[worst]:g} m, where {_said(float(margin[worst]))} "
            f"at {line.flow_m3_h:g} m³/h and {line.temperature_c:g} °C"
        )
        remedy = f"Raise head_m or correct the height: it wants {_RESERVE / 1e3:g} kPa above saturation"
        yield Finding((*path, worst), wrong, remedy, grade="warning")


def _said(margin: float) -> str:
    """A margin in words."""
    return "its water boils" if margin <= 0.0 else f"its water is {margin / 1e3:.0f} kPa from boiling"
