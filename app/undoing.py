"""What can be undone in a window: its layout and its notes, in the order in which they were changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MOST = 100  # changes
Turn = Callable[[], object]
"""Undoes a change; called again, makes it again."""


class Undoing:
    """The changes that can be undone, the last first, and those that were and can be made again."""

    def __init__(self) -> None:
        self._done: deque[Turn] = deque(maxlen=MOST)
        self._undone: list[Turn] = []

    def did(self, turn: Turn) -> None:
        """Something was changed; what had been undone before is not made again after that."""
        self._done.append(turn)
        self._undone.clear()

    def undo(self) -> None:
        """Undo the last change, if there is one."""
        if self._done:
            self._undone.append(self._done.pop())
            self._undone[-1]()

    def redo(self) -> None:
        """Make the last one again that was undone."""
        if self._undone:
            self._done.append(self._undone.pop())
            self._done[-1]()
