"""Runs the window from beginning to end: a display or none, a source that opens, an exit status that tells."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import StationError

if TYPE_CHECKING:
    from app.opening import Opened

DONE, OURS, UNUSABLE, INTERRUPTED = 0, 1, 3, 130
SIZE = (1920, 1080)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for on the command line."""

    source: str
    at: str | None = None
    layout: str = "operator"
    language: str | None = None
    screenshot: Path | None = None
    size: tuple[int, int] | None = None
    headless: bool = False
    station: str | None = None


def run(wish: Wish) -> int:
    """Open a window, or none, as wished; the exit status. Raises StationError before any window is opened."""
    prepare_platform(wish.headless)
    if wish.screenshot is not None and not wish.screenshot.parent.is_dir():
        folder = wish.screenshot.parent
        raise StationError(wish.screenshot, "its folder does not exist", f"Make it first: mkdir -p {folder}")
    from app import opening

    opened = opening.open_source(wish.source, wish.station, wish.at, hold=wish.screenshot is not None)
    return _run_window(wish, opened)


def prepare_platform(headless: bool) -> None:
    """Choose Qt's platform before Qt is imported. Raises StationError where a display is needed and there is none."""
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform.startswith("linux") and not chosen and not has_display():
        raise StationError("the window", "there is no display here to open it on", "Add --headless, or set DISPLAY")


def has_display() -> bool:
    """Whether an X or Wayland display is named."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _run_window(wish: Wish, opened: Opened) -> int:
    from app.life import Life

    life = Life(wish, opened)
    signal.signal(signal.SIGINT, lambda *_: life.interrupt())
    return life.run()
