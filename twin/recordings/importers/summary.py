"""What was taken from a foreign file, what was skipped, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


def counted(count: int, noun: str, several: str = "") -> str:
    """``1 pose``, ``2 poses``; ``several`` where that is no noun with an s."""
    return f"{count} {noun if count == 1 else several or noun + 's'}"


@dataclass
class Summary:
    """Of one file. ``seen`` is what a map can name in it; ``skipped`` holds clauses, each with its reason."""

    path: Path
    rows: int = 0
    seen: set[str] = field(default_factory=set)
    columns: list[str] = field(default_factory=list)
    poses: dict[str, int] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    without_numbers: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    foreign: bool = False
    unreadable: int = 0
    out_of_order: int = 0
    twice: int = 0

    def sentences(self) -> list[str]:
        """For people, what is worth saying; the first says what was taken."""
        said = [f"{self.path.name}: {self._taken()}"]
        if self.foreign:
            said.append("none of them is a tag of the station, so it is kept without one; local times are taken as UTC")
        elif self.unknown:
            said.append(f"not in the station, kept as tags of their own: {', '.join(self.unknown)}")
        if self.dropped:
            said.append(f"left out, as the map says: {', '.join(self.dropped)}")
        if self.without_numbers:
            said.append(f"left out, for they hold no number: {', '.join(self.without_numbers)}")
        if self.unreadable:
            said.append(f"{counted(self.unreadable, 'cell')} held no number: marked bad")
        if self.out_of_order:
            said.append(f"{counted(self.out_of_order, 'row')} out of order: put in order")
        if self.twice:
            said.append(f"{counted(self.twice, 'row')} with the time of the row before: all are kept")
        return [*said, *self.remarks, *(f"left out: {reason}" for reason in self.skipped)]

    def _taken(self) -> str:
        taken = (
            [f"{counted(self.rows, 'row')} of {counted(len(self.columns), 'column')}"]
            if self.columns or not (self.poses or self.pictures)
            else []
        )
        poses = (f"{counted(count, 'pose')} of {robot}" for robot, count in self.poses.items())
        pictures = (f"{counted(count, 'panorama')} of {camera}" for camera, count in self.pictures.items())
        return ", ".join([*taken, *poses, *pictures])
