"""What the user asked the window for, and the exit statuses that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DONE, OURS, UNUSABLE, INTERRUPTED = 0, 1, 3, 130
SIZE = (1920, 1080)
DEMONSTRATION = "sim:?scenario=demo"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for on the command line."""

    source: str = DEMONSTRATION
    at: str | None = None
    layout: str | None = None  # by what the source holds
    language: str | None = None
    theme: str | None = None
    screenshot: Path | None = None
    size: tuple[int, int] | None = None
    headless: bool = False
    station: str | None = None
