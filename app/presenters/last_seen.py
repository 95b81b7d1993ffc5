"""What was seen when: where the robots have been in the last hour, and how old each equipment's best sample is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app import theme
from app.presenters.freshness import Freshness
from app.scene.state import Legend, Sightings
from twin.plant.reading import Station
from twin.signals import Frame, TagTable

NAME = "last_seen"
REACH = 3600.0  # s: what was seen longer ago, and what never was, look alike
STEP = 10.0  # s: what is finer is not worth a new picture
SECONDS_A_MINUTE = 60.0
ROOM = "room"  # the kind of equipment whose surface is a floor
RAMP = tuple(reversed(theme.MEASURE))  # what has just been seen is bright
LEGEND = Legend(NAME, "min", 0.0, REACH / SECONDS_A_MINUTE, RAMP)


class LastSeen:
    """Remembers when each tag was last good. What a room's sensor says is of its air, and covers none of its floor."""

    def __init__(self, station: Station | None, tags: TagTable) -> None:
        self._fresh = Freshness(len(tags))
        self._columns: dict[str, list[int]] = {}
        for column, tag in enumerate(tags):
            for name in {tag.equipment, tag.node, tag.name} - {""}:
                if station is not None and station.kind_of(name) == ROOM:
                    continue
                self._columns.setdefault(name, []).append(column)

    def take(self, frame: Frame) -> None:
        """Note a frame."""
        self._fresh.take(frame)

    def sightings(self, frame: Frame, ways: list[NDArray[np.float64]]) -> Sightings:
        """What was seen when, at the time of a frame. ``ways`` (n, 4) are times [s, POSIX] and places [m] of robots."""
        ages = self._fresh.ages(frame.at)
        youngest = {name: np.fmin.reduce(ages[columns]) for name, columns in self._columns.items()}
        now = STEP * np.floor(frame.at / STEP)
        places = np.concatenate([np.zeros((0, 4)), *ways])
        places[:, 0] = np.maximum(frame.at - places[:, 0], 0.0)
        known = ((name, float(age)) for name, age in youngest.items() if np.isfinite(age))
        sampled = tuple((name, min(REACH, STEP * round(age / STEP))) for name, age in known)
        return Sightings(float(now), sampled, REACH, RAMP, places)
