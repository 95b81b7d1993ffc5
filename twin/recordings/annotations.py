"""What reviewers say of a recording: added to its file, never changed there, and away from all evidence.

Room for it is set aside when a recording is begun; its place is known, so nothing else of the file is touched. Each
line, be it a note or one that takes a note back, carries the SHA-256 of itself and of the one before, the first that of
the evidence: what is changed, moved to another recording or taken from between others no longer follows.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from twin.errors import StationError, UsageError
from twin.notes import LONGEST, Annotation, Line, Note, Withdrawal, as_said, dumped, from_said, notes, stands
from twin.recordings.commit import opened
from twin.recordings.damage import DAMAGED, dataset, ensure_ours, ensure_readable, holds, reading, text, version_of
from twin.recordings.journal import contiguous
from twin.recordings.layout import ANNOTATION_ROOM, ANNOTATIONS, HEADER, JOURNAL, STATION, TAGS
from twin.recordings.positioned import alone, open_to_write, read_at, write_at
from twin.recordings.version2 import blocks_of

MOST = 2**24  # bytes of all; a file that claims more is damaged
CHANGED = "holds annotations that were changed"
KEEP = "Keep the file as it is, and annotate a copy of the recording from before"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: every line as far as each follows from the one before, and whether that is all there is."""

    lines: tuple[Line, ...]
    intact: bool

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, also those that were taken back."""
        return notes(self.lines)

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """What stands."""
        return tuple(note.said for note in self.notes if not note.by)


@dataclass(frozen=True, slots=True)
class _Room:
    """Where annotations lie in a file: ``size`` bytes at ``offset``; and the hash of its evidence, if it is closed."""

    offset: int
    size: int
    evidence: str


@dataclass(frozen=True, slots=True)
class _Chain:
    """What was found there: how many bytes are good, the hash that the next must follow, and what is left over."""

    lines: tuple[Line, ...]
    end: int
    last: str
    rest: bytes


def set_aside(file: h5py.File, size: int = ANNOTATION_ROOM) -> None:
    """Make room in a file."""
    contiguous(file, ANNOTATIONS, size)


def annotated(path: Path) -> Said:
    """What reviewers said of a recording. Raises StationError for a file that cannot be read."""
    ensure_readable(path)
    with reading(path):
        room = _room(path)
        with path.open("rb", buffering=0) as file:
            chain = _chain(file.fileno(), room)
    return Said(chain.lines, not chain.rest)


def annotate(path: Path, *lines: Line) -> tuple[int, ...]:
    """Add some lines to a closed recording, all at once; their numbers.

    Raises StationError, and changes nothing, where that cannot be, or where a line takes back what does not stand.
    """
    ensure_readable(path)
    try:
        while (numbers := _added(path, lines)) is None:
            with reading(path):
                _make_room(path)
    except OSError as error:
        raise StationError(
            path, f"cannot be written: {os.strerror(error.errno or 0).lower()}", "Make it writable"
        ) from error
    return numbers


def _added(path: Path, lines: Sequence[Line]) -> tuple[int, ...] | None:
    """The numbers of what was added; None where there was no room for it."""
    handle = open_to_write(path)
    try:
        with alone(handle):
            if os.fstat(handle).st_ino != path.stat().st_ino:
                return _added(path, lines)  # another took its place while this one waited
            with reading(path):
                room = _room(path)
                chain = _chain(handle, room)
            if not room.evidence:
                raise StationError(path, "has not been closed", "Annotate it once its recorder has closed it")
            if b"\n" in chain.rest:
                raise StationError(path, CHANGED, KEEP)
            content = _continued(path, chain, lines)
            if chain.end + len(content) > room.size:
                return None
            # what a killed process left half written is overwritten
            write_at(handle, content.ljust(len(chain.rest), b"\0"), room.offset + chain.end)
            os.fsync(handle)
            first = len(chain.lines) + 1
            return tuple(range(first, first + len(lines)))
    finally:
        os.close(handle)


def _continued(path: Path, chain: _Chain, lines: Sequence[Line]) -> bytes:
    """Some lines as they follow a chain. Raises StationError where one takes back what does not stand."""
    said, last, content = list(chain.lines), chain.last, b""
    for line in lines:
        if isinstance(line, Withdrawal) and not stands(said, line.withdraws):
            raise StationError(path, f"holds no note or line {line.withdraws} that stands", "Look at its notes anew")
        said.append(line)
        raw, last = _line(line, len(said), last)
        content += raw
    return content


def _room(path: Path) -> _Room:
    """Raises any of DAMAGED for a room that cannot be."""
    with opened(path) as file:
        ensure_ours(path, file)
        evidence = "" if holds(file, JOURNAL) else _evidence(file)
        if not holds(file, ANNOTATIONS):
            return _Room(0, 0, evidence)
        data = dataset(file, ANNOTATIONS)
        offset = data.id.get_offset()
        if data.ndim != 1 or data.dtype != "u1" or len(data) > MOST or offset is None:
            raise ValueError("no annotations look like that")
        return _Room(int(offset), len(data), evidence)


def _evidence(file: h5py.File) -> str:
    """The SHA-256 of what a closed recording holds, by the hashes of its blocks."""
    found = hashlib.sha256()
    for name in (HEADER, TAGS, STATION):
        found.update(text(file, name) if holds(file, name) else b"")
    if version_of(file) > 1:
        found.update(blocks_of(file)["sha256"].tobytes())
    return found.hexdigest()


def _chain(handle: int, room: _Room) -> _Chain:
    content = read_at(handle, room.size, room.offset).rstrip(b"\0") if room.size else b""
    found: list[Line] = []
    last, end = room.evidence, 0
    while (stop := content.find(b"\n", end)) >= 0:
        taken = _taken(content[end:stop], len(found) + 1, last)
        if taken is None:
            break
        line, last = taken
        found.append(line)
        end = stop + 1
    return _Chain(tuple(found), end, last, content[end:])


def _taken(raw: bytes, number: int, before: str) -> tuple[Line, str] | None:
    """A line and its hash, if it follows the one before."""
    try:
        said = json.loads(raw)
        claimed = said.pop("sha256")
        if said.pop("number") != number:
            return None
        line = from_said(said, number)
    except DAMAGED:
        return None
    return (line, claimed) if claimed == _hash(said, number, before) else None


def _line(line: Line, number: int, before: str) -> tuple[bytes, str]:
    """A line as it lies in the file, and its hash."""
    said = as_said(line)
    found = _hash(said, number, before)
    if len(dumped(said)) > LONGEST:
        raise UsageError(f"an annotation of {len(dumped(said))} bytes")
    return dumped({"number": number, **said, "sha256": found}) + b"\n", found


def _hash(said: dict[str, Any], number: int, before: str) -> str:
    return hashlib.sha256(before.encode() + dumped({"number": number, **said})).hexdigest()


def _make_room(path: Path) -> None:
    """Put a copy of the file in its place that has twice the room, and is the same otherwise."""
    part = path.with_name(path.name + ".part")
    try:
        shutil.copyfile(path, part)
        with h5py.File(part, "r+") as file:
            before = bytes(file[ANNOTATIONS][()]) if ANNOTATIONS in file else b""
            if before:
                del file[ANNOTATIONS]
            set_aside(file, max(ANNOTATION_ROOM, 2 * len(before)))
            file[ANNOTATIONS][: len(before)] = np.frombuffer(before, "u1")
        with part.open("rb") as whole:
            os.fsync(whole.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
