"""What was seen when: where the robots have been in the last hour, and how old each equipment's best sample is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app import theme
from app.presenters.freshness import Freshness
from app.scene.state import Legend, Sightings
from twin.plant.reading import Station
from twin.signals import Frame, Tag, TagTable

NAME = "last_seen"
REACH = 3600.0  # s: what was seen longer ago, and what never was, look alike
STEP = 10.0  # s: what is finer is not worth a new picture
SECONDS_A_MINUTE = 60.0
ROOM = "room"  # the kind of equipment whose surface is a floor


def ramp() -> tuple[str, ...]:
    """What has just been seen stands out most."""
    return tuple(reversed(theme.MEASURE))


def legend() -> Legend:
    """What the colours mean."""
    return Legend(NAME, "min", 0.0, REACH / SECONDS_A_MINUTE, ramp())


class LastSeen:
    """Remembers when each tag was last good. What a room's sensor says is of its air, and covers none of its floor.

    Tags of what the station does not know, and that are at no node of its model, are seen nowhere and cost nothing.
    """

    def __init__(self, station: Station | None, tags: TagTable) -> None:
        held: dict[str, list[int]] = {}
        columns: dict[int, int] = {}
        for column, tag in enumerate(tags):
            if station is None or _is_known(tag, station):
                for name in {tag.equipment, tag.node, tag.name} - {""}:
                    if station is None or station.kind_of(name) != ROOM:
                        held.setdefault(name, []).append(columns.setdefault(column, len(columns)))
        self._columns = np.fromiter(columns, np.intp)
        self._fresh = Freshness(len(columns))
        self._names = tuple(held)
        self._of_names = np.array([place for places in held.values() for place in places], np.intp)
        self._starts = np.cumsum([0, *map(len, held.values())])[:-1]

    def take(self, frame: Frame) -> None:
        """Note a frame."""
        columns = self._columns
        self._fresh.take(Frame(frame.at, frame.values[columns], frame.quality[columns], frame.arrived))

    def sightings(self, frame: Frame, ways: list[NDArray[np.float64]]) -> Sightings:
        """What was seen when, at the time of a frame. ``ways`` (n, 4) are times [s, POSIX] and places [m] of robots."""
        places = np.concatenate([np.zeros((0, 4)), *ways])
        places[:, 0] = np.maximum(frame.at - places[:, 0], 0.0)
        now = STEP * np.floor(frame.at / STEP)
        return Sightings(float(now), self._sampled(frame.at), REACH, ramp(), places)

    def _sampled(self, at: float) -> tuple[tuple[str, float], ...]:
        """How long ago each name's youngest good sample was, of those that had one. [s]"""
        if not self._names:
            return ()
        youngest = np.fmin.reduceat(self._fresh.ages(at)[self._of_names], self._starts)
        stepped = np.minimum(REACH, STEP * np.round(youngest / STEP)).tolist()
        return tuple((name, age) for name, age in zip(self._names, stepped, strict=True) if age == age)


def _is_known(tag: Tag, station: Station) -> bool:
    """Whether a tag is of equipment that the station knows, or at a node of its own."""
    return bool(station.kind_of(tag.equipment)) or tag.node not in ("", tag.equipment)
