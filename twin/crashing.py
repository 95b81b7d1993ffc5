"""A fault of ours in a command: written down where it can be found, so that the user need not read a traceback."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from twin import __version__
from twin.clock import Clock, WallClock
from twin.paths import state_folder
from twin.times import iso


def folder() -> Path:
    """Where reports lie."""
    return state_folder() / "reports"


def report(error: BaseException, where: Path | None = None, clock: Clock | None = None) -> Path:
    """Write a report of a fault; where it lies."""
    at = iso((clock or WallClock()).now(), digits=0)
    name = f"{at.replace(':', '').replace('-', '')}-{type(error).__name__}.txt"
    lines = [f"Pumphouse {__version__}", at, f"Python {sys.version}", platform.platform(), ""]
    text = "\n".join([*lines, *traceback.format_exception(error)])
    for place in (where or folder(), Path(tempfile.gettempdir())):
        try:
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
        except OSError:
            continue
        return place / name
    return Path(os.devnull)
