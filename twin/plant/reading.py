"""Reading a station file: from TOML text to a :class:`Station`, or to its mistakes, each with its line."""

from __future__ import annotations

import hashlib
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cached_property
from pathlib import Path

import numpy as np

from twin.errors import StationError
from twin.paths import REFERENCE_STATION
from twin.plant.checking import mistakes_of, parsed
from twin.plant.mistake import Mistake
from twin.plant.station import Equipment, Pump, Resistance, StationFile, TagEntry, Words
from twin.signals import Floats, Limits, Tag, TagTable
from twin.text import Text

SHOWN = 3  # mistakes told in one sentence; `pumphouse check` tells all
LARGEST = 32 * 2**20  # bytes; the reference station with its thousand tags has 0.2 MB

_FOREIGN = (
    (b"\x89HDF\r\n\x1a\n", "is a recording, not a station file"),
    (b"glTF", "is a 3D model, not a station file"),
    (b"{", "is JSON, not a station file in TOML"),
)


@dataclass(frozen=True)
class Station:
    """A station that has been read: the parts of its file, its tags, and the text it came from."""

    file: StationFile
    text: str = ""
    path: Path | None = None

    @property
    def id(self) -> str:
        return self.file.station.id

    @cached_property
    def tags(self) -> TagTable:
        """The tags in the order of the file."""
        return TagTable(_tag(entry) for entry in self.file.tags)

    @cached_property
    def holds(self) -> Floats:
        """(n,) How long a limit must be broken before it alarms, a tag each. [s]"""
        return np.array([entry.hold for entry in self.file.tags], dtype=np.float64)

    @property
    def pumps(self) -> tuple[Pump, ...]:
        return self.file.pumps

    def pumps_of(self, circuit: str) -> tuple[Pump, ...]:
        """The pumps that share this circuit's headers."""
        return tuple(pump for pump in self.file.pumps if pump.circuit == circuit)

    def name_of(self, equipment: str) -> Text:
        """What people call it, in both languages; its id where the file gives no name, or does not know it."""
        words = self._names.get(equipment, Words())
        return Text(words.en or equipment, words.zh)

    def kind_of(self, equipment: str) -> str:
        """``pump``, ``drive``, ``line``, ``robot``, ``camera``, ``circuit``, or the kind its entry states; else ''."""
        return self._kinds.get(equipment, "")

    def circuit_of(self, equipment: str) -> str:
        """The circuit it belongs to; that of its pump for a drive; '' where it belongs to none."""
        return self._circuits.get(equipment, "")

    @cached_property
    def zone(self) -> tzinfo:
        """Its time zone: a time in a file without an offset is in it. UTC on a machine that knows no time zones."""
        try:
            return zoneinfo.ZoneInfo(self.file.station.timezone)
        except zoneinfo.ZoneInfoNotFoundError:
            return UTC

    @property
    def digest(self) -> str:
        """SHA-256 of the file's text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def model_path(self) -> Path | None:
        """Where its 3D model lies, or None.

        A station out of a recording lies nowhere; those that the program brings lie in folders called as they are.
        """
        name = self.file.station.model
        if not name:
            return None
        if self.path is not None:
            return self.path.parent / name
        brought = REFERENCE_STATION.parent.parent / self.id.casefold() / name
        return brought if self.id.isalnum() and brought.is_file() else None

    @cached_property
    def _names(self) -> dict[str, Words]:
        file = self.file
        listed: Iterable[tuple[str, Words]] = (
            (part.id, part.name)
            for parts in (file.circuits, file.pumps, file.lines, file.robots, file.cameras, self._things)
            for part in parts
        )
        return dict(listed)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        file = self.file
        kinds = {part.id: part.kind for part in self._things}
        for kind, parts in (("circuit", file.circuits), ("line", file.lines), ("robot", file.robots)):
            kinds |= {part.id: kind for part in parts}
        kinds |= {camera.id: "camera" for camera in file.cameras}
        kinds |= {pump.drive.id: "drive" for pump in file.pumps if pump.drive}
        return kinds | {pump.id: "pump" for pump in file.pumps}

    @cached_property
    def _circuits(self) -> dict[str, str]:
        file = self.file
        circuits = {part.id: part.circuit for part in (*self._things, *file.lines)}
        circuits |= {circuit.id: circuit.id for circuit in file.circuits}
        circuits |= {pump.drive.id: pump.circuit for pump in file.pumps if pump.drive}
        return circuits | {pump.id: pump.circuit for pump in file.pumps}

    @property
    def _things(self) -> tuple[Resistance | Equipment, ...]:
        return (*self.file.resistances, *self.file.equipment)


def read(path: Path | str = REFERENCE_STATION) -> Station:
    """Read and check a station file. Raises StationError naming the first mistakes, each with its line."""
    path = Path(path)
    return parse(text_of(path), path)


def parse(text: str, path: Path | None = None) -> Station:
    """The same from text; ``path`` is where it lay, for messages and for finding the model.

    The 3D model is not looked at: a station runs without being seen. ``pumphouse check`` looks at it.
    """
    raw = parsed(text)
    found = (raw,) if isinstance(raw, Mistake) else mistakes_of(raw, text)
    errors = [mistake for mistake in found if mistake.grade == "error"]
    if errors:
        raise _refusal(path or "the station file", errors)
    return Station(StationFile.model_validate(raw), text, path)


def text_of(path: Path) -> str:
    """The text of a station file, its line ends as ``\\n``. Raises StationError for whatever is plainly none."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST and not path.is_dir() else b""
    except OSError as error:
        wrong = "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise StationError(path, wrong, "Name a station file that can be read") from None
    trouble = "is a directory" if path.is_dir() else _trouble(data, size)
    if trouble:
        raise StationError(path, trouble, "Name a station file, such as assets/b4/station.toml")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StationError(path, f"line {line} is not UTF-8 text", "Save the file as UTF-8") from None
    if _is_table(text):
        raise StationError(path, "is a table of values, not a station file", "Read it with `pumphouse import`")
    return text.replace("\r\n", "\n")


def _trouble(data: bytes, size: int) -> str:
    """What is wrong with a file at first sight, or ''."""
    if size > LARGEST:
        return f"is {size / 1e6:.0f} MB large, far more than any station file"
    if not data.strip():
        return "is empty"
    for mark, trouble in _FOREIGN:
        if data.startswith(mark):
            return trouble
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is UTF-16 text, and station files are UTF-8"
    return "holds binary data, not text" if b"\0" in data else ""


def _is_table(text: str) -> bool:
    """Whether the text is a CSV file: its first two lines hold as many separators, and neither assigns anything."""
    head = text.lstrip().splitlines()[:2]
    if len(head) < 2 or any("=" in line or line.startswith(("#", "[")) for line in head):
        return False
    return any(head[0].count(mark) == head[1].count(mark) > 0 for mark in ",;\t")


def _refusal(thing: object, errors: list[Mistake]) -> StationError:
    first = errors[0]
    if len(errors) == 1:
        return StationError(thing, f"line {first.line}: {first.where}: {first.wrong}", first.remedy)
    told = " ".join(f"L{str(mistake)[1:]}" for mistake in errors[:SHOWN])
    remedy = "Correct them" if len(errors) <= SHOWN else f"`pumphouse check {thing}` tells all {len(errors)}"
    return StationError(thing, f"has {len(errors)} mistakes. {told}".removesuffix("."), remedy)


def _tag(entry: TagEntry) -> Tag:
    digital = entry.kind == "digital"
    low, high = entry.range or ((0.0, 1.0) if digital else (float("nan"), float("nan")))
    return Tag(
        name=entry.name,
        unit=entry.unit,
        description=Text(entry.en, entry.zh),
        equipment=entry.equipment,
        measures=entry.measures,
        node=entry.node or entry.equipment,
        kind=entry.kind,
        low=low,
        high=high,
        limits=Limits(entry.LL, entry.L, entry.H, entry.HH),
        period=entry.period,
        step=entry.step or float(digital),
    )
