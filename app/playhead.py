"""Where the cursor is: it follows the newest frame, runs at a rate, or rests. Plain arithmetic, no clock of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

SLOWEST, FASTEST = 0.1, 1000.0


@dataclass(slots=True)
class Playhead:
    """A cursor in source time.

    The cursor is worked out from the moment it was last set off, never summed up step by step: playback runs at
    exactly the asked rate however unevenly it is asked. ``live`` says whether there is a *now* to follow.
    """

    live: bool
    rate: float = 1.0
    playing: bool = False
    following: bool = False
    _cursor: float = float("nan")
    _set_off_at: float = float("nan")

    def cursor(self, now: float, newest: float) -> float:
        """The cursor at clock time ``now``, with ``newest`` the last source time there is. [s]"""
        if self.following:
            self._cursor = newest
        elif self.playing:
            cursor = self._cursor + (now - self._set_off_at) * self.rate
            if cursor < newest:
                return cursor
            self._arrive(newest)
        return self._cursor

    def play(self, now: float, span: tuple[float, float]) -> None:
        """Set off from where the cursor is; a recording that has been played starts again from its beginning."""
        if self.following or self.playing:
            return
        if not self.live and self._cursor >= span[1]:
            self._cursor = span[0]
        self.playing = True
        self._set_off_at = now

    def pause(self, now: float, newest: float) -> None:
        """Rest where the cursor is; there is nowhere to rest before the first frame."""
        if not math.isfinite(newest):
            return
        self._cursor = self.cursor(now, newest)
        self.playing = self.following = False

    def seek(self, at: float, now: float, span: tuple[float, float]) -> None:
        """Put the cursor somewhere in the span: a live source's is held there, a recording's goes on as it was."""
        if not math.isfinite(span[0]):
            return
        self._cursor = min(max(at, span[0]), span[1])
        self.following = False
        if self.live:
            self.playing = False
        self._set_off_at = now

    def set_rate(self, rate: float, now: float, newest: float) -> None:
        """Go on at another multiple of real time, within 0.1 and 1000."""
        self._cursor = self.cursor(now, newest)
        self._set_off_at = now
        self.rate = min(max(rate, SLOWEST), FASTEST)

    def go_live(self) -> None:
        """Follow the newest frame, where there is a now."""
        if self.live:
            self.following, self.playing, self.rate = True, True, 1.0

    def _arrive(self, newest: float) -> None:
        self._cursor = newest
        if self.live:
            self.go_live()
        else:
            self.playing = False
