"""Which thermal pictures lie on the model at the cursor, how fresh each is, and what their colours mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from app import theme
from app.heat import RAMPS
from app.presenters.thermal import scale
from app.scene.state import Drape, Legend
from twin.thermography import ThermalFrame

FADES = 900.0  # s after which a picture has faded away
SHADES = 8  # of freshness: what is finer is not worth a new picture of the scene
MOST = 8  # pictures that lie on the model: each is a net of tens of thousands of triangles
ROUND = 10.0  # K to which the ends of the scale are rounded, so that a new picture seldom changes all others' colours
STOPS = 9  # colours of the legend's ramp


def laid(frames: Sequence[ThermalFrame], cursor: float, first: Sequence[ThermalFrame] = ()) -> tuple[Drape, ...]:
    """The newest picture from each place, as far as it has not faded; those wanted ``first`` before all others. The
    oldest first, so that newer ones cover them."""
    views = {(frame.camera, tuple(np.round(frame.position, 1))): frame for frame in frames}
    fresh = [frame for frame in views.values() if cursor - frame.at < FADES]
    wanted = {id(frame) for frame in first}
    chosen = sorted(fresh, key=lambda frame: (id(frame) in wanted, frame.at))[-MOST:]
    return tuple(draped(frame, cursor) for frame in sorted(chosen, key=lambda frame: frame.at))


def draped(frame: ThermalFrame, cursor: float) -> Drape:
    """A picture with how fresh it is."""
    freshness = math.ceil(SHADES * max(0.0, 1.0 - (cursor - frame.at) / FADES)) / SHADES
    return Drape(frame.camera, frame.at, min(1.0, freshness), frame)


def ends(drapes: Sequence[Drape]) -> tuple[float, float]:
    """From where to where the colours of some pictures go. [°C]"""
    low, high = scale([drape.picture.temperature for drape in drapes])
    return ROUND * math.floor(low / ROUND), ROUND * math.ceil(high / ROUND)


def legend(ends: tuple[float, float]) -> Legend:
    """What the colours of thermal pictures mean."""
    shades = RAMPS["heat"]
    stops = (shades[round(step * (len(shades) - 1) / (STOPS - 1))] / 255.0 for step in range(STOPS))
    return Legend("thermal", "°C", *ends, tuple(theme.hexed(*stop) for stop in stops))
