"""The thermal pictures known at the cursor: those of the last hour, as far as there is room for them."""

from __future__ import annotations

import math

from twin.recordings.memory import Memory
from twin.thermography import ThermalFrame

REACH = 3600.0  # s
MOST = 64  # pictures; of 640 x 512 pixels they are 84 MB
WINDOWS = (60.0, 600.0, REACH)  # s that are looked through one after the other, until there are enough
AHEAD = 60.0  # s of a recording that are read at a time


class Gallery:
    """Keeps what has been read, so that playing on costs a look a minute and a cursor that rests costs nothing."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._held: tuple[ThermalFrame, ...] = ()
        self._read = (math.inf, -math.inf)  # from where to where everything has been read
        self._shown: tuple[ThermalFrame, ...] = ()

    def at(self, cursor: float) -> tuple[ThermalFrame, ...]:
        """The pictures at a time, the newest last; the same object as long as they are the same."""
        newest = self._memory.span[1]
        if not math.isfinite(newest):
            return ()
        if not self._read[0] <= cursor <= self._read[1] + REACH:
            self._read_around(cursor, newest)
        elif cursor > self._read[1] and newest > self._read[1]:
            self._read_on(cursor, newest)
        shown = tuple(frame for frame in self._held if cursor - REACH < frame.at <= cursor)[-MOST:]
        if [id(frame) for frame in shown] != [id(frame) for frame in self._shown]:
            self._shown = shown
        return self._shown

    def _read_around(self, cursor: float, newest: float) -> None:
        until = min(cursor + AHEAD, newest)
        for reach in WINDOWS:
            self._held = tuple(self._memory.thermal_frames(cursor - reach, math.nextafter(until, math.inf)))
            if sum(frame.at <= cursor for frame in self._held) >= MOST:
                break
        self._read = (cursor, until)

    def _read_on(self, cursor: float, newest: float) -> None:
        since, until = self._read[1], min(cursor + AHEAD, newest)
        fresh = self._memory.thermal_frames(math.nextafter(since, math.inf), math.nextafter(until, math.inf))
        held = (*self._held, *fresh)
        kept = [frame for frame in held if frame.at <= cursor][-2 * MOST :]  # twice, so that going back is at hand
        self._held = (*kept, *(frame for frame in held if frame.at > cursor))
        self._read = (max(self._read[0], kept[MOST].at) if len(kept) > MOST else self._read[0], until)
