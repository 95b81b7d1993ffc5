"""From what the user named to what the thread runs: a live source with its memory, or a recording."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from app.analysis import Analysis
from app.bridge import Mailbox
from app.feed import Feed
from app.hindsight import Hindsight, Remembered
from app.notebook import Notebook
from app.recall import Recall
from app.session import Session
from twin import times
from twin.alarms.journal import Journal
from twin.alarms.keeper import Keeper
from twin.clock import Clock, WallClock
from twin.errors import StationError
from twin.paths import state_folder
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.recordings.annotations import annotate, annotated
from twin.recordings.live import LiveMemory
from twin.recordings.memory import Track
from twin.recordings.recording import Recording
from twin.signals import TagTable
from twin.sources.simulated import Simulated
from twin.sources.source import Source

NO_STATION = "none"


@dataclass(frozen=True)
class Opened:
    """A source that can be used.

    ``begin`` makes the session that the acquisition thread runs; ``complete_at`` is the source time a picture waits
    for, or None where any will do. [s, POSIX] ``tracks`` are those of a robot's log, where no station is there to show.
    """

    name: str
    station: Station | None
    tags: TagTable
    live: bool
    begin: Callable[[Mailbox], Session]
    complete_at: float | None = None
    tracks: tuple[Track, ...] = ()


def open_source(
    name: str, station: str | None = None, at: str | None = None, hold: bool = False, clock: Clock | None = None
) -> Opened:
    """Open a recording's path or a live source's URL; ``hold`` a live source at ``at``. Raises StationError."""
    clock = clock or WallClock()
    if _is_url(name):
        plant = read(Path(station)) if station and station != NO_STATION else None
        return live(Simulated.open(name, plant, clock=clock), at, hold, clock)
    return _recorded(Recording.open(Path(name)), name, station, at, clock)


def _is_url(name: str) -> bool:
    scheme, colon, _ = name.partition(":")
    return bool(colon) and len(scheme) > 1 and scheme.replace(".", "").isalnum()


def _recorded(recording: Recording, name: str, station: str | None, at: str | None, clock: Clock) -> Opened:
    plant = _station(station, recording.station)
    span = recording.span
    start_at = times.moment(at, plant.zone if plant else UTC).within(span[0]) if at else span[0]

    def fresh() -> Twin:
        return Twin(plant, recording.tags)

    def begin(mailbox: Mailbox) -> Session:
        hindsight = Hindsight(recording, fresh, (plant, recording.tags))
        recall = Recall(recording, hindsight.at, recording.close, _notebook(recording.path))
        analysed = bool(recall.anomalies or recall.alarms) or plant is None
        analysis = None if analysed else Analysis(recording, fresh().step, recall)
        return Session(mailbox, clock, recall, analysis=analysis, start_at=start_at)

    shown = plant is not None and plant.model_path is not None
    tracks = () if shown else tuple(recording.track(robot) for robot in recording.robots())
    return Opened(Path(name).name, plant, recording.tags, live=False, begin=begin, tracks=tracks)


def _notebook(path: Path) -> Notebook:
    return Notebook(lambda: annotated(path).notes, partial(annotate, path))


def live(source: Source, at: str | None, hold: bool, clock: Clock) -> Opened:
    """A live source that has been opened; its journal goes on where the window before left it."""
    ahead = times.moment(at).within(0.0) if at else 0.0

    def begin(mailbox: Mailbox) -> Session:
        memory = LiveMemory(source.station, source.tags)
        remembered = Remembered()
        recall = Recall(memory, remembered.at, source.close)
        twin = Twin(source.station, source.tags)
        keeper = _keeper(source) if not hold else None
        if keeper is not None:
            twin.resume(keeper.alarms, keeper.first_anomaly)
        feed = Feed(source, twin, memory, remembered, recall, clock, ahead, hold, keeper)
        return Session(mailbox, clock, recall, feed)

    return Opened(source.name, source.station, source.tags, live=True, begin=begin)


def _keeper(source: Source) -> Keeper | None:
    """What outlives the window of a live source: its journal, in the user's folder for the state of programs.

    A scenario tells its story from the beginning each time, and has no past to go on from. Where no journal can be
    kept, because another window keeps it or the folder cannot be written, the window does without.
    """
    if "scenario" in dict(parse_qsl(urlsplit(source.name).query)):
        return None
    told = f"{source.name} {source.station.id if source.station is not None else ''}"
    path = state_folder() / "journals" / f"{hashlib.sha256(told.encode()).hexdigest()[:16]}.db"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Keeper(Journal(path, writing=True))
    except (OSError, StationError):
        return None


def _station(asked: str | None, brought: Station | None) -> Station | None:
    """The station asked for, none if so asked, else the one the recording brought."""
    if asked == NO_STATION:
        return None
    return read(Path(asked)) if asked else brought
