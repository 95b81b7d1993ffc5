"""From what the user named to what the thread runs: a live source with its memory, or a recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.bridge import Mailbox, Session
from twin.plant.reading import Station
from twin.signals import TagTable


@dataclass(frozen=True)
class Opened:
    """A source that can be used. ``begin`` makes the session that the acquisition thread runs; ``complete_at`` is the
    source time a picture waits for. [s, POSIX]
    """

    name: str
    station: Station | None
    tags: TagTable
    live: bool
    begin: Callable[[Mailbox], Session]
    complete_at: float | None = None
