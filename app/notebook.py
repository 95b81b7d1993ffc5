"""The notes of a recording, and what was changed of them from this window, so that it can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from twin.notes import Annotation, Line, Note, Withdrawal


class Write(Protocol):
    """Adds some lines to a recording, all at once, and tells their numbers. Raises StationError where it cannot."""

    def __call__(self, *lines: Line) -> tuple[int, ...]: ...


class Notebook:
    """``read`` tells all notes of a recording. Each change is known by a number that the window gives it."""

    def __init__(self, read: Callable[[], tuple[Note, ...]], write: Write) -> None:
        self._read = read
        self._write = write
        self._written: dict[int, tuple[int, ...]] = {}  # by change, the lines by which it was made, or undone
        self.notes = read()

    def note(self, change: int, annotation: Annotation, instead_of: int = 0) -> None:
        """Write a note; in the place of another where its number is given."""
        replaced = (Withdrawal(instead_of, annotation.author),) if instead_of else ()
        # the new one first: whoever is killed in between loses neither
        self._change(change, annotation, *replaced)

    def take_back(self, change: int, line: int, by: str) -> None:
        """Take back a note; or the line by which one was taken back, by which it stands again."""
        self._change(change, Withdrawal(line, by))

    def turn_back(self, change: int, by: str) -> None:
        """Undo a change; where it was undone, make it again. One that could not be written needs no undoing."""
        written = self._written.get(change, ())
        if written:
            self._change(change, *(Withdrawal(line, by) for line in reversed(written)))

    def _change(self, change: int, *lines: Line) -> None:
        self._written[change] = self._write(*lines)
        self.notes = self._read()
