"""The panels that are heavy to import: they are put into the window after it has shown itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.menus import Menus
from app.messages import Mail, Request
from app.opening import Opened
from app.presenters.selection import Selection


@dataclass(frozen=True)
class Room:
    """What a panel is given: the source, how to ask and to select, the language spoken now, and the actions."""

    opened: Opened
    ask: Callable[[Request], None]
    select: Callable[[Selection], None]
    language: str
    menus: Menus


class Panels:
    """Scene, trends, pump chart, tag list and palette."""

    def __init__(self, room: Room, window: QWidget) -> None:
        self.views: dict[str, QWidget] = {}

    def take(self, mail: Mail) -> None:
        """Pass mail on."""

    def say_in(self, language: str) -> None:
        """Say everything in another language."""

    def select(self, selection: Selection) -> None:
        """Select everywhere."""

    def is_complete(self) -> bool:
        """Whether every panel shows what it has been given."""
        return True

    def open_palette(self) -> None:
        """Open the palette."""

    def close(self) -> None:
        """Let go of what is held."""
