"""What a source is, and how one is opened by its URL or path."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from twin.commands import ToSource
from twin.plant.reading import Station
from twin.signals import Frame, TagTable


class Source(Protocol):
    """Where frames come from.

    ``live`` sources show now (the embedded plant, the wires); the others replay. ``paced`` sources give frames at
    their own pace; the others as fast as they are asked, and whoever asks keeps the time.
    """

    name: str
    station: Station | None
    tags: TagTable
    live: bool
    paced: bool

    def frames(self) -> AsyncIterator[Frame]:
        """Frames in order of time, until the source ends."""
        ...

    def command(self, command: ToSource) -> None:
        """Pass a command back to what is behind the source. Raises StationError where it cannot be carried out."""
        ...

    def close(self) -> None:
        """Let go of whatever is held. May be called twice."""
        ...
