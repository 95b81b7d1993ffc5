"""A recording as a source: its frames again, as fast as they are asked for."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from pathlib import Path

from twin.commands import ToSource
from twin.errors import StationError
from twin.plant.reading import Station
from twin.recordings.recording import Recording
from twin.signals import Frame, TagTable


class Replayed:
    """One recording, from its first frame to its last; one that is being written, to what was its last when asked."""

    live = False
    paced = False

    def __init__(self, recording: Recording, station: Station | None = None) -> None:
        self.name = recording.path.name
        self.recording = recording
        self.station = station if station is not None else recording.station
        self.tags: TagTable = recording.tags

    @classmethod
    def open(cls, path: Path | str, station: Station | None = None) -> Replayed:
        """Open a recording's file; ``station`` goes before the one it brings. Raises StationError."""
        return cls(Recording.open(path), station)

    async def frames(self) -> AsyncIterator[Frame]:
        for frame in self.recording.frames(-math.inf, math.inf):
            yield frame

    def command(self, command: ToSource) -> None:
        """What is recorded has happened. Raises StationError."""
        wrong = f"is a recording: {type(command).__name__.lower()} cannot change what it holds"
        raise StationError(self.name, wrong, "Watch the simulator, sim:, to try it")

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        self.recording.close()
