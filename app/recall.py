"""What was known at any time of a memory. Nothing is detected again: what was found is looked up (decision 6)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.pipeline import Snapshot
from twin.recordings.memory import Memory
from twin.signals import Block, Event, Frame

LOOKING_AHEAD = (10.0, 600.0, 36_000.0)  # s, for the next frame
Look = Callable[[Frame], Snapshot]


class Recall:
    """A memory, what was found in it, and the snapshot at any time of it.

    ``look`` works a frame's pumps and residuals out of the frame alone.
    """

    def __init__(self, memory: Memory, look: Look, close: Callable[[], None] = lambda: None) -> None:
        self._memory = memory
        self._look = look
        self.close = close
        self.anomalies: tuple[Anomaly, ...] = memory.anomalies()
        self.alarms: tuple[Alarm, ...] = memory.alarms()
        self.events: tuple[Event, ...] = ()
        self._kept: tuple[float, Snapshot | None] = (float("nan"), None)
        self._kept_frame: Frame | None = None

    @property
    def span(self) -> tuple[float, float]:
        """First and last time held."""
        return self._memory.span

    def range(self, since: float, until: float, columns: Sequence[int]) -> Block:
        """All frames of a span."""
        return self._memory.range(since, until, columns)

    def found(self, anomalies: tuple[Anomaly, ...], alarms: tuple[Alarm, ...], events: tuple[Event, ...]) -> None:
        """Take over what was found since."""
        self.anomalies, self.alarms, self.events = anomalies, alarms, events
        self._kept = (float("nan"), None)

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
        """The snapshot at a time; None before the first frame."""
        if self._kept[0] == cursor:
            return self._kept[1]
        frame = self._memory.latest_at(cursor)
        snapshot = None
        if frame is not None:
            looked = self._look(frame)
            snapshot = Snapshot(
                frame,
                looked.pumps,
                looked.residuals,
                tuple(a for a in self.anomalies if a.detected <= cursor and (a.until is None or cursor < a.until)),
                tuple(a for a in self.alarms if a.since <= cursor and (a.until is None or cursor < a.until)),
            )
        self._kept = (cursor, snapshot)
        return snapshot
