"""The stretch of time that all trends show: it follows the cursor until somebody looks elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import tzinfo

from app.presenters import figures, formatting

SHORTEST, LONGEST = 2.0, 10 * 366 * formatting.DAY  # s
KEPT_AHEAD = 0.2  # share of the width between a cursor that left the window and the edge it is brought back to
NEAR_NOW = 0.02  # share of the width within which an edge still counts as now
TICK_ROOM = 88.0  # px a time label needs

_STEPS = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60.0 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3600.0 * hours for hours in (1, 2, 3, 6, 12)),
    *(86_400.0 * days for days in (1, 2, 7, 14, 28, 91, 365)),
)


@dataclass(frozen=True, slots=True)
class Window:
    """From ``since`` to ``until`` [s, POSIX]. ``attached``: it goes where the cursor goes."""

    since: float
    until: float
    attached: bool = True

    @property
    def width(self) -> float:
        """How much time it shows. [s]"""
        return self.until - self.since

    def holds(self, at: float) -> bool:
        """Whether a time is in it."""
        return self.since <= at <= self.until

    def around(self, cursor: float, following: bool) -> Window:
        """Where it is once the cursor has moved: live its right edge is now; else it only keeps the cursor in sight."""
        if not self.attached or not math.isfinite(cursor):
            return self
        if following:
            return replace(self, since=cursor - self.width, until=cursor)
        if self.holds(cursor):
            return self
        share = KEPT_AHEAD if cursor > self.until else 1.0 - KEPT_AHEAD
        return replace(self, since=cursor - share * self.width, until=cursor + (1.0 - share) * self.width)

    def zoomed(self, at: float, factor: float, now: float) -> Window:
        """``factor`` times as wide, the time ``at`` staying where it is. ``now`` is the live end, or NaN."""
        width = min(max(self.width * factor, SHORTEST), LONGEST)
        since = at - (at - self.since) * width / self.width
        return self._moved(since, since + width, now)

    def shifted(self, seconds: float, now: float) -> Window:
        """The same width, later."""
        return self._moved(self.since + seconds, self.until + seconds, now)

    def _moved(self, since: float, until: float, now: float) -> Window:
        """Whoever moves it looks elsewhere, unless now is still at its right edge or was pushed beyond it."""
        width = until - since
        at_now = self.attached and math.isfinite(now) and until >= now - NEAR_NOW * width
        return Window(now - width, now, True) if at_now else Window(since, until, False)


@dataclass(frozen=True, slots=True)
class Tick:
    """A time worth a line; ``day`` is said with the first one and where a day begins."""

    at: float
    label: str
    day: str = ""


def ticks(window: Window, pixels: float, zone: tzinfo) -> tuple[Tick, ...]:
    """Round times of the station's own clock, as many as there is room for."""
    wanted = window.width * TICK_ROOM / max(pixels, TICK_ROOM)
    step = next((step for step in _STEPS if step >= wanted), _STEPS[-1] * math.ceil(wanted / _STEPS[-1]))
    ahead = figures.seconds_from_utc(window.since, zone)
    first = math.ceil((window.since + ahead) / step)
    last = math.floor((window.until + ahead) / step)
    return tuple(_tick(number * step - ahead, step, zone, number == first) for number in range(first, last + 1))


def _tick(at: float, step: float, zone: tzinfo, is_first: bool) -> Tick:
    day = formatting.day(at, zone)
    if step >= formatting.DAY:
        return Tick(at, day)
    clock = formatting.clock(at, zone, tenths=step < 1.0)
    said = clock if step < formatting.MINUTE else clock[:5]
    return Tick(at, said, day if is_first or clock.startswith("00:00:00") else "")
