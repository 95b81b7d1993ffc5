"""Runs the window from beginning to end: a display or none, a source that opens, an exit status that tells."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from app import display
from app.wish import Wish
from twin.errors import StationError

if TYPE_CHECKING:
    from app.opening import Opened


def run(wish: Wish) -> int:
    """Open a window, or none, as wished; the exit status. Raises StationError before any window is opened."""
    display.prepare(wish.headless)
    if wish.screenshot is not None and not wish.screenshot.absolute().parent.is_dir():
        folder = wish.screenshot.parent
        raise StationError(wish.screenshot, "its folder does not exist", f"Make it first: mkdir -p {folder}")
    from app import opening

    opened = opening.open_source(wish.source, wish.station, wish.at, hold=wish.screenshot is not None)
    return _run_window(wish, opened)


def _run_window(wish: Wish, opened: Opened) -> int:
    from app.life import Life

    life = Life(wish, opened)
    signal.signal(signal.SIGINT, lambda *_: life.interrupt())
    return life.run()
