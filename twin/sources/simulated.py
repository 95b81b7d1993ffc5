"""The source ``sim:``: the plant of :mod:`twin.simulation` as a source of frames, live and as fast as it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from twin.clock import Clock, WallClock
from twin.commands import Disturb, Mend, ToSource
from twin.errors import StationError
from twin.plant.reading import Station, read
from twin.signals import Frame, TagTable
from twin.simulation.plant import HEALTHY, Plant
from twin.simulation.scenario import Scenario
from twin.text import did_you_mean

PARAMETERS = ("scenario", "seed", "station")


class Simulated:
    """A station that is simulated as it is asked. It never ends of itself: faults stay, the plant runs on."""

    live = True
    paced = False

    def __init__(self, plant: Plant, name: str = "sim:") -> None:
        self.name = name
        self.plant = plant
        self.station: Station | None = plant.station
        self.tags: TagTable = plant.station.tags
        self._closed = False

    @classmethod
    def open(
        cls, url: str = "sim:", station: Station | None = None, start: float | None = None, clock: Clock | None = None
    ) -> Simulated:
        """Open ``sim:?scenario=NAME|FILE&seed=N&station=FILE``.

        ``station`` goes before one the URL names; without either it is the reference station. ``start`` is the time of
        the first frame [s, POSIX], now where it is None. Raises StationError for whatever cannot be run.
        """
        wanted = _parameters(url)
        if station is None:
            station = read(Path(wanted["station"])) if "station" in wanted else read()
        at = (clock or WallClock()).now() if start is None else start
        named = wanted.get("scenario", HEALTHY)
        return cls(Plant(station, _seed(url, wanted), at, named), url)

    @property
    def scenario(self) -> Scenario:
        """What is to happen."""
        return self.plant.scenario

    async def frames(self) -> AsyncIterator[Frame]:
        """A frame a second of the plant's time, as fast as they are asked for."""
        for frame in self.iter_frames():
            yield frame

    def iter_frames(self, duration: float | None = None) -> Iterator[Frame]:
        """The same, waiting for nothing; ``duration`` seconds of them, or without end."""
        until = None if duration is None else self.plant.now + duration
        while not self._closed and (until is None or self.plant.now < until):
            yield self.plant.step()

    def command(self, command: ToSource) -> None:
        """Disturb, mend or operate the plant from its next frame on. Raises StationError for what cannot be."""
        if isinstance(command, Disturb):
            self.plant.disturb(command)
        elif isinstance(command, Mend):
            self.plant.mend(command)
        else:
            self.plant.operate(command)

    def close(self) -> None:
        """Stop. May be called twice."""
        self._closed = True


def _parameters(url: str) -> dict[str, str]:
    """What stands behind the question mark."""
    parts = urlsplit(url)
    if parts.scheme != "sim":
        raise StationError(url, "is not a simulator's address", "It begins with sim:, as in sim:?scenario=cavitation")
    if parts.path or parts.netloc:
        said = (parts.path or parts.netloc).strip("/")
        raise StationError(url, f"'{said}' means nothing here", f"Did you mean sim:?scenario={said}?")
    wanted: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key not in PARAMETERS:
            remedy = did_you_mean(key, PARAMETERS) or f"A simulator takes {', '.join(PARAMETERS)}"
            raise StationError(url, f"there is no parameter '{key}'", remedy)
        wanted[key] = value
    return wanted


def _seed(url: str, wanted: dict[str, str]) -> int:
    said = wanted.get("seed", "0")
    if not said.isdecimal():
        raise StationError(url, f"the seed '{said}' is not a whole number", "Give one such as seed=7")
    return int(said)
