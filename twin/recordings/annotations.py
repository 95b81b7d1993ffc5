"""What reviewers say of a recording: added to its file, never changed there, and away from all evidence.

Room for it is set aside when a recording is begun; its place is known, so nothing else of the file is touched. Each
annotation carries the SHA-256 of itself and of the one before, the first that of the evidence: what is changed, moved
to another recording or taken from between others no longer follows.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from twin.errors import StationError, UsageError
from twin.recordings.commit import opened
from twin.recordings.damage import DAMAGED, dataset, ensure_ours, ensure_readable, holds, reading, text, version_of
from twin.recordings.journal import contiguous
from twin.recordings.layout import ANNOTATION_ROOM, ANNOTATIONS, HEADER, JOURNAL, STATION, TAGS
from twin.recordings.positioned import alone, open_to_write, read_at, write_at
from twin.recordings.version2 import blocks_of
from twin.thermography import Annotation

LONGEST = 2**13  # bytes of one
MOST = 2**24  # bytes of all; a file that claims more is damaged
CHANGED = "holds annotations that were changed"
KEEP = "Keep the file as it is, and annotate a copy of the recording from before"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: as far as each follows from the one before, and whether that is all there is."""

    annotations: tuple[Annotation, ...]
    intact: bool


@dataclass(frozen=True, slots=True)
class _Room:
    """Where annotations lie in a file: ``size`` bytes at ``offset``; and the hash of its evidence, if it is closed."""

    offset: int
    size: int
    evidence: str


@dataclass(frozen=True, slots=True)
class _Chain:
    """What was found there: how many bytes are good, the hash that the next must follow, and what is left over."""

    annotations: tuple[Annotation, ...]
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
    return Said(chain.annotations, not chain.rest)


def annotate(path: Path, annotation: Annotation) -> None:
    """Add an annotation to a closed recording. Raises StationError, and changes nothing, where that cannot be."""
    ensure_readable(path)
    try:
        while not _added(path, annotation):
            with reading(path):
                _make_room(path)
    except OSError as error:
        raise StationError(
            path, f"cannot be written: {os.strerror(error.errno or 0).lower()}", "Make it writable"
        ) from error


def _added(path: Path, annotation: Annotation) -> bool:
    """Whether there was room for it."""
    handle = open_to_write(path)
    try:
        with alone(handle):
            if os.fstat(handle).st_ino != path.stat().st_ino:
                return _added(path, annotation)  # another took its place while this one waited
            with reading(path):
                room = _room(path)
                chain = _chain(handle, room)
            if not room.evidence:
                raise StationError(path, "has not been closed", "Annotate it once its recorder has closed it")
            if b"\n" in chain.rest:
                raise StationError(path, CHANGED, KEEP)
            line = _line(annotation, len(chain.annotations) + 1, chain.last)
            if chain.end + len(line) > room.size:
                return False
            # what a killed process left half written is overwritten
            write_at(handle, line.ljust(len(chain.rest), b"\0"), room.offset + chain.end)
            os.fsync(handle)
            return True
    finally:
        os.close(handle)


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
    found: list[Annotation] = []
    last, end = room.evidence, 0
    while (stop := content.find(b"\n", end)) >= 0:
        taken = _taken(content[end:stop], len(found) + 1, last)
        if taken is None:
            break
        annotation, last = taken
        found.append(annotation)
        end = stop + 1
    return _Chain(tuple(found), end, last, content[end:])


def _taken(raw: bytes, number: int, before: str) -> tuple[Annotation, str] | None:
    """An annotation and its hash, if it follows the one before."""
    try:
        said = json.loads(raw)
        claimed = said.pop("sha256")
        if said.pop("number") != number:
            return None
        annotation = Annotation(**said)
    except DAMAGED:
        return None
    return (annotation, claimed) if claimed == _hash(said, number, before) else None


def _line(annotation: Annotation, number: int, before: str) -> bytes:
    said = asdict(annotation)
    line = _dumped({"number": number, **said, "sha256": _hash(said, number, before)}) + b"\n"
    if len(line) > LONGEST:
        raise UsageError(f"an annotation of {len(line)} bytes")
    return line


def _hash(said: dict[str, Any], number: int, before: str) -> str:
    return hashlib.sha256(before.encode() + _dumped({"number": number, **said})).hexdigest()


def _dumped(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


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
