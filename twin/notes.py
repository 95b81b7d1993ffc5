"""What reviewers say of a recording, line after line. Nothing that was said is ever changed or taken out.

Who takes something back adds a line that names the line it takes back: a note, or a line that took one back, by which
the note stands again. To change a note is to write another and to take the first one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a reviewer says of a recording's span from ``at`` to ``until`` [s, POSIX], and of which tag or equipment."""

    at: float
    until: float
    subject: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Takes back the line of the number ``withdraws``, counted from 1."""

    withdraws: int
    author: str


Line = Annotation | Withdrawal


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation, the ``number`` of its line, and that of the line ``by`` which it was taken back; 0: it stands."""

    number: int
    said: Annotation
    by: int = 0


def taken_back(lines: Sequence[Line]) -> tuple[int, ...]:
    """The number of the line by which each was taken back, 0 for each that stands.

    A line that was itself taken back takes nothing back. As lines name earlier ones only, the last has the first word.
    """
    by = [0] * len(lines)
    for number, line in reversed(tuple(enumerate(lines, 1))):
        if isinstance(line, Withdrawal) and not by[number - 1]:
            by[line.withdraws - 1] = number
    return tuple(by)


def notes(lines: Sequence[Line]) -> tuple[Note, ...]:
    """All annotations among some lines, in the order in which they were made."""
    found = zip(lines, taken_back(lines), strict=True)
    return tuple(Note(number, line, by) for number, (line, by) in enumerate(found, 1) if isinstance(line, Annotation))


def within(lines: Sequence[Line], since: float, until: float) -> tuple[Line, ...]:
    """Those annotations that touch since <= t < until [s, POSIX], and what took them back, counted anew."""
    kept: list[Line] = []
    renamed: dict[int, int] = {}
    for number, line in enumerate(lines, 1):
        if isinstance(line, Annotation):
            if not (max(line.at, line.until) >= since and line.at < until):
                continue
            kept.append(line)
        elif line.withdraws in renamed:
            kept.append(replace(line, withdraws=renamed[line.withdraws]))
        else:
            continue
        renamed[number] = len(kept)
    return tuple(kept)


def as_said(line: Line) -> dict[str, Any]:
    """A line as JSON has it."""
    return asdict(line)


def from_said(said: dict[str, Any], number: int) -> Line:
    """The line back. Raises TypeError or ValueError for what is none, or takes back what does not come before it."""
    if "withdraws" in said:
        line = Withdrawal(**said)
        _ensure((line.author,), str)
        if type(line.withdraws) is not int or not 0 < line.withdraws < number:
            raise ValueError("a line that takes back none before it")
        return line
    note = Annotation(**said)
    _ensure((note.subject, note.author, note.text), str)
    _ensure((note.at, note.until), (int, float))
    return note


def _ensure(told: Iterable[object], kinds: type | tuple[type, ...]) -> None:
    if not all(isinstance(one, kinds) for one in told):
        raise TypeError("a note does not look like that")
