"""Reading a station file: from TOML text to a :class:`Station`, or to every mistake at once."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from twin.errors import StationError
from twin.paths import REFERENCE_STATION
from twin.plant.station import Pump, StationFile, TagEntry
from twin.signals import Limits, Tag, TagTable
from twin.text import Text


@dataclass(frozen=True)
class Station:
    """A station that has been read: the parts of its file, its tags, and the text it came from."""

    file: StationFile
    text: str = ""
    path: Path | None = None
    holds: dict[str, float] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        return self.file.station.id

    @cached_property
    def tags(self) -> TagTable:
        """The tags in the order of the file."""
        return TagTable(_tag(entry) for entry in self.file.tags)

    @cached_property
    def pumps(self) -> tuple[Pump, ...]:
        return self.file.pumps

    @property
    def digest(self) -> str:
        """SHA-256 of the file's text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def model_path(self) -> Path | None:
        """Where its 3D model lies, or None."""
        name = self.file.station.model
        if not name:
            return None
        return (self.path.parent if self.path else REFERENCE_STATION.parent) / name


def _tag(entry: TagEntry) -> Tag:
    low, high = entry.range if entry.range else (float("nan"), float("nan"))
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
        step=entry.step,
    )


def read(path: Path | str = REFERENCE_STATION) -> Station:
    """Read and check a station file. Raises StationError naming the first mistakes, each with its line."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StationError(path, error.strerror or str(error), "Name a station file that can be read") from None
    return parse(text, path)


def parse(text: str, path: Path | None = None) -> Station:
    """The same from text; ``path`` is where it lay, for messages and for finding the model."""
    return Station(StationFile.model_validate(tomllib.loads(text)), text, path)
