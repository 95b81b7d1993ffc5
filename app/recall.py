"""What was known at any time of a memory. Nothing is detected again: what was found is looked up (decision 6)."""

from __future__ import annotations

import math
from collections.abc import Callable

from app.gallery import Gallery
from app.messages import RangeAnswer, RangeQuery, Vista
from app.notebook import Notebook
from app.panoramas import Panoramas
from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import StationError
from twin.notes import Note
from twin.pipeline import Snapshot
from twin.recordings.memory import Memory
from twin.signals import Event
from twin.thermography import ThermalFrame

LOOKING_AHEAD = (10.0, 600.0, 36_000.0)  # s, for the next frame
Look = Callable[[float], Snapshot | None]


class Recall:
    """A memory, what was found in it, and the snapshot at any time of it.

    ``look`` tells the pumps and residuals of the last frame at or before a time; ``notebook`` keeps what reviewers say.
    """

    def __init__(
        self, memory: Memory, look: Look, close: Callable[[], None] = lambda: None, notebook: Notebook | None = None
    ) -> None:
        self._memory = memory
        self._look = look
        self._notebook = notebook
        self.close = close
        self.anomalies: tuple[Anomaly, ...] = memory.anomalies()
        self.alarms: tuple[Alarm, ...] = memory.alarms()
        self.events: tuple[Event, ...] = _events(memory)
        self._kept: tuple[float, Snapshot | None] = (float("nan"), None)
        self._gallery = Gallery(memory)
        self._panoramas = Panoramas(memory)

    @property
    def span(self) -> tuple[float, float]:
        """First and last time held."""
        return self._memory.span

    def overview(self, query: RangeQuery) -> RangeAnswer:
        """What some tags did in a span."""
        found = self._memory.overview(query.columns, query.since, query.until, query.buckets)
        return RangeAnswer(query.ticket, query.columns, found.at, found.low, found.high, found.last, found.quality)

    def thermal(self, cursor: float) -> tuple[ThermalFrame, ...]:
        """The thermal pictures known at a time, the newest last."""
        return self._gallery.at(cursor)

    def vistas(self, cursor: float) -> tuple[Vista, ...]:
        """What each panoramic camera had taken by then."""
        return self._panoramas.at(cursor)

    def picture_beside(self, camera: str, cursor: float, direction: int) -> float:
        """When the next panorama of a camera was taken, or the one before; the cursor where there is none."""
        found = self._panoramas.neighbour(camera, cursor, direction)
        return cursor if found is None else found

    @property
    def notes(self) -> tuple[Note, ...]:
        """What reviewers have said, also what they took back; the same object as long as it is the same."""
        return self._notebook.notes if self._notebook is not None else ()

    @property
    def notebook(self) -> Notebook:
        """Where reviewers write. Raises StationError where that cannot be."""
        if self._notebook is None:
            raise StationError("A note", "can be written into a recording only", "Record the source and open that")
        return self._notebook

    def found(self, anomalies: tuple[Anomaly, ...], alarms: tuple[Alarm, ...], events: tuple[Event, ...]) -> None:
        """Take over what was found since."""
        self.anomalies, self.alarms, self.events = anomalies, alarms, events
        self._kept = (float("nan"), None)

    def look_up(self) -> None:
        """Take over what the memory holds by now."""
        self.found(self._memory.anomalies(), self._memory.alarms(), _events(self._memory))

    def neighbour(self, cursor: float, direction: int) -> float:
        """The time of the frame after (1) or before (-1) that at the cursor; the cursor where there is none."""
        here = self._memory.latest_at(cursor)
        here_at = here.at if here is not None else -math.inf
        if direction < 0:
            before = self._memory.latest_at(math.nextafter(here_at, -math.inf))
            return before.at if before is not None else cursor
        since = math.nextafter(max(here_at, self.span[0] - 1.0), math.inf)
        for reach in LOOKING_AHEAD:
            block = self._memory.range(since, since + reach, ())
            if len(block):
                return float(block.at[0])
        return cursor

    def at(self, cursor: float) -> Snapshot | None:
        """The snapshot at a time, with what was known then; None before the first frame."""
        if self._kept[0] == cursor:
            return self._kept[1]
        looked = self._look(cursor)
        snapshot = None
        if looked is not None:
            # robots move between frames: their poses are those of the cursor
            frame = self._memory.latest_at(cursor) or looked.frame
            snapshot = Snapshot(
                frame,
                looked.pumps,
                looked.residuals,
                tuple(a for a in self.anomalies if a.detected <= cursor and (a.until is None or cursor < a.until)),
                tuple(a for a in self.alarms if a.since <= cursor and (a.until is None or cursor < a.until)),
            )
        self._kept = (cursor, snapshot)
        return snapshot


def _events(memory: Memory) -> tuple[Event, ...]:
    """All events of a memory in order, what was made to happen in a simulated run among them."""
    first, last = memory.span
    if not math.isfinite(first):
        return ()
    told = memory.events(first, math.nextafter(last, math.inf))
    truth = tuple(event for event in memory.truth() if event not in told)
    return tuple(sorted((*told, *truth), key=lambda event: event.at))
