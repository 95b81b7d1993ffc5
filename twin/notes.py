"""What reviewers say of a recording, line after line. Nothing that was said is ever changed or taken out.

Who takes something back adds a line that names the line it takes back: a note, or a line that took one back, by which
the note stands again. To change a note is to write another and to take the first one back.
"""

from __future__ import annotations

import json
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

LONGEST = 8000  # bytes of a line
MOST = 2**23  # bytes of all that another file brings
MOST_TAKEN_BACK = 1000  # of them


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


def as_text(lines: Iterable[Line]) -> bytes:
    """A line of JSON each."""
    return b"".join(dumped(as_said(line)) + b"\n" for line in lines)


def dumped(said: dict[str, Any]) -> bytes:
    """As JSON without spaces, keys sorted, UTF-8."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def from_text(text: bytes) -> tuple[Line, ...]:
    """The lines back. Raises ValueError or TypeError for what is none, or takes back what does not stand."""
    if len(text) > MOST or text.count(b'"withdraws"') > MOST_TAKEN_BACK:
        raise ValueError("no recording has so many notes")
    lines: list[Line] = []
    for raw in text.splitlines():
        said = _loaded(raw)
        if not isinstance(said, dict) or len(raw) > LONGEST:
            raise ValueError("no note looks like that")
        line = from_said(said, len(lines) + 1)
        if isinstance(line, Withdrawal) and not stands(lines, line.withdraws):
            raise ValueError("a line that takes back what does not stand")
        lines.append(line)
    return tuple(lines)


def _loaded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except RecursionError:
        raise ValueError("no note is nested so deeply") from None


def joined(*chains: Sequence[Line]) -> tuple[Line, ...]:
    """Lines of several recordings one after the other, counted through."""
    lines: list[Line] = []
    for chain in chains:
        before = len(lines)
        lines += [
            replace(line, withdraws=before + line.withdraws) if isinstance(line, Withdrawal) else line for line in chain
        ]
    return tuple(lines)


def stands(lines: Sequence[Line], number: int) -> bool:
    """Whether there is a line of a number that was not taken back."""
    return 0 < number <= len(lines) and not taken_back(lines)[number - 1]


def _ensure(told: Iterable[object], kinds: type | tuple[type, ...]) -> None:
    if not all(isinstance(one, kinds) for one in told):
        raise TypeError("a note does not look like that")
