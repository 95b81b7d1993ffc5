"""Poses and pictures of a recording as nested columns of a table, each in the row with which it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import times
from twin.recordings.exporters.extract import Extract
from twin.recordings.importers.beside import (
    KINDS,
    LENS,
    PICTURES,
    PLACE,
    POSES,
    SIZE,
    TURN,
    picture_type,
    pose_type,
    stamp,
)
from twin.recordings.pictures import Picture, Stored, stored
from twin.signals import Floats
from twin.thermography import Panorama, ThermalFrame


@dataclass
class Beside:
    """What came with some rows: ``poses`` are places in all of them, from and to; and pictures."""

    poses: slice
    pictures: list[Stored] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of the pictures."""
        return sum(len(content) for _, content in self.pictures)


class Company:
    """Everything that came beside the rows, handed out as far as these have come."""

    def __init__(self, extract: Extract) -> None:
        tracks = list(extract.tracks())
        at = np.concatenate([np.empty(0), *(track.at for track in tracks)])
        order = np.argsort(at, kind="stable")
        robots = np.repeat(np.arange(len(tracks)), [len(track.at) for track in tracks])[order]
        self._names = [track.robot for track in tracks]
        self._robots: NDArray[np.intp] = robots
        self._at = at[order]
        self._numbers = np.concatenate(
            [np.empty((0, 7)), *(np.column_stack([track.position, track.orientation]) for track in tracks)]
        )[order]
        self._given = 0
        self._pictures: Iterator[Picture] = extract.pictures()
        self._next = next(self._pictures, None)
        kinds = (ThermalFrame, Panorama) if extract.whole else ()
        self.has_poses = bool(tracks)
        self.has_pictures = any(extract.recording.cameras(kind) for kind in kinds)

    def until(self, at: float) -> Beside:
        """What came since the last call, up to a time; all that is left for infinity."""
        first = self._given
        self._given = int(np.searchsorted(self._at, at, side="right"))
        found = Beside(slice(first, self._given))
        while self._next is not None and self._next.at <= at:
            found.pictures.append(stored(self._next, 1))
            self._next = next(self._pictures, None)
        return found

    def fields(self) -> list[Any]:
        """The columns there are of it."""
        import pyarrow as pa

        poses = [pa.field(POSES, pose_type())] if self.has_poses else []
        return [*poses, *([pa.field(PICTURES, picture_type())] if self.has_pictures else [])]

    def columns(self, rows: Floats, parts: Iterable[Beside]) -> list[Any]:
        """The same columns for some rows with times (r,)."""
        given = list(parts)
        poses = slice(given[0].poses.start, given[-1].poses.stop)
        found = [self._pose_column(rows, poses)] if self.has_poses else []
        if self.has_pictures:
            found.append(_picture_column(rows, list(chain.from_iterable(part.pictures for part in given))))
        return found

    def _pose_column(self, rows: Floats, poses: slice) -> Any:
        import pyarrow as pa

        at, numbers = self._at[poses], self._numbers[poses]
        robots = pa.DictionaryArray.from_arrays(self._robots[poses], self._names).cast(pa.string())
        columns = [robots, _stamps(times.nanoseconds(at)), *(pa.array(numbers[:, i]) for i in range(numbers.shape[1]))]
        return _lists(rows, at, columns, pose_type())


def _picture_column(rows: Floats, pictures: list[Stored]) -> Any:
    import pyarrow as pa

    entries = [entry for entry, _ in pictures]
    counted = np.array([entry["at"] for entry in entries], np.int64)

    def numbers(name: str, places: int) -> list[Any]:
        told = np.array([entry[name] for entry in entries], np.float64).reshape(-1, places)
        return [pa.array(told[:, place]) for place in range(places)]

    columns = [
        pa.array([entry["camera"].decode() for entry in entries], pa.string()),
        pa.array([KINDS[int(entry["kind"])] for entry in entries], pa.string()),
        _stamps(counted),
        *numbers("position", len(PLACE)),
        *numbers("orientation", len(TURN)),
        *numbers("emissivity", 1),
        *numbers("field_of_view", len(LENS) - 1),
        *numbers("step", 1),
        *(pa.array([int(entry[name]) for entry in entries], pa.int64()) for name in SIZE),
        pa.array([content for _, content in pictures], pa.binary()),
    ]
    return _lists(rows, times.seconds(counted), columns, picture_type())


def _lists(rows: Floats, at: Floats, columns: list[Any], kind: Any) -> Any:
    """Things with times (k,), as lists of the first rows that are not before them; the rest with the last row."""
    import pyarrow as pa

    before = np.searchsorted(at, rows, side="right")
    offsets = np.concatenate([[0], before[:-1], [len(at)]]) if len(rows) else np.zeros(1)
    fields = [kind.value_type.field(i) for i in range(kind.value_type.num_fields)]
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(columns, fields=fields), type=kind
    )


def _stamps(counted: NDArray[np.int64]) -> Any:
    import pyarrow as pa

    return pa.array(counted, stamp())
