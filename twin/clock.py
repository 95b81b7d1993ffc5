"""Time is passed, never read: this is the only file that asks the machine what time it is."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What tells the time, and waits."""

    def now(self) -> float:
        """POSIX seconds."""
        ...

    async def sleep_until(self, at: float) -> None:
        """Return at that time, or at once if it has passed."""
        ...


class WallClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    async def sleep_until(self, at: float) -> None:
        await asyncio.sleep(max(0.0, at - time.time()))


class ManualClock:
    """A clock for tests and for running as fast as possible: sleeping moves it on."""

    def __init__(self, at: float = 0.0) -> None:
        self._at = at

    def now(self) -> float:
        return self._at

    async def sleep_until(self, at: float) -> None:
        self._at = max(self._at, at)
        await asyncio.sleep(0)
