"""What the shell gives to the panels it puts into the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.menus import Menus
from app.messages import Request
from app.opening import Opened
from app.presenters.selection import Selection
from twin.text import Text


@dataclass(frozen=True)
class Room:
    """What a panel is given: the source, how to ask, to select (anything; a tag by its name; an alarm or
    anomaly by its identity) and to write a file, the language spoken, the actions, how to say something in the log, and
    how to remember a word from one time to the next: ``keep`` it under a key, and what was ``kept`` there.
    """

    opened: Opened
    ask: Callable[[Request], None]
    select: Callable[[Selection], None]
    pick_tag: Callable[[str], None]
    pick_standing: Callable[[str, int], None]
    write: Callable[[Callable[[], object], Path], None]
    language: str
    menus: Menus
    tell: Callable[[Text], None]
    keep: Callable[[str, object], None]
    kept: Callable[[str], object]
