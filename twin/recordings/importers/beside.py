"""What our own Parquet files hold beside values: poses and pictures, as nested columns of the rows they came with.

A reader that asks for other columns never meets them. A thermal frame's ``data`` is its counts (int16, °C by ``step``)
or its temperatures (float32, °C) row by row, little-endian; a panorama's is a JPEG file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import times
from twin.recordings.importers.taken import Later
from twin.recordings.layout import COUNTED, FLOATING, PANORAMA, PICTURE
from twin.recordings.memory import Track
from twin.recordings.pictures import Picture, restored
from twin.signals import Floats

POSES, PICTURES = "pumphouse.poses", "pumphouse.pictures"
PLACE, TURN = ("x", "y", "z"), ("qx", "qy", "qz", "qw")
LENS = ("emissivity", "horizontal", "vertical")
SIZE = ("rows", "columns")
KINDS = {PANORAMA: "panorama", COUNTED: "counts", FLOATING: "values"}
TOLD = ("camera", "kind", *PLACE, *TURN, *LENS, *SIZE, "step", "data")

Read = Callable[[int, str], Any]
"""The entries of all lists of a column of a row group, flat: by the group's number and the column's path."""


def stamp() -> Any:
    """The type of a time."""
    import pyarrow as pa

    return pa.timestamp("ns", "UTC")


def pose_type() -> Any:
    """The poses of a row."""
    import pyarrow as pa

    numbers = [(name, pa.float64()) for name in (*PLACE, *TURN)]
    return pa.list_(pa.struct([("robot", pa.string()), ("at", stamp()), *numbers]))


def picture_type() -> Any:
    """The pictures of a row."""
    import pyarrow as pa

    told = [("camera", pa.string()), ("kind", pa.string()), ("at", stamp())]
    numbers = [(name, pa.float64()) for name in (*PLACE, *TURN, *LENS, "step")]
    sizes = [(name, pa.int64()) for name in SIZE]
    return pa.list_(pa.struct([*told, *numbers, *sizes, ("data", pa.binary())]))


def tracks(read: Read, groups: int) -> tuple[Track, ...]:
    """The robots' poses, a track each."""
    found: dict[str, list[Floats]] = {}
    for group in range(groups):
        flat = read(group, POSES)
        robots = np.array(flat.field("robot").to_pylist(), dtype=np.str_)
        numbers = [np.array(flat.field(name), dtype=np.float64) for name in (*PLACE, *TURN)]
        rows = np.column_stack([times.seconds(_counted(flat)), *numbers])
        for robot in dict.fromkeys(robots.tolist()):
            found.setdefault(robot, []).append(rows[robots == robot])
    return tuple(_track(robot, np.concatenate(parts)) for robot, parts in found.items())


def _track(robot: str, rows: Floats) -> Track:
    """Of (p, 8) times, places and turns."""
    rows = rows[np.isfinite(rows[:, 0])]
    return Track(robot, rows[:, 0].copy(), rows[:, 1:4].copy(), rows[:, 4:].copy())


class Pictures:
    """The pictures of a file, those of one row group in memory. ``lost`` is called for each that cannot be made."""

    def __init__(self, read: Read, lost: Callable[[], None]) -> None:
        self._read = read
        self._lost = lost
        self._group = -1
        self._flat: Any = None

    def of(self, group: int) -> list[Later]:
        """Those of a row group, to be made when they are wanted."""
        at = times.seconds(_counted(self._read(group, f"{PICTURES}.list.element.at"))).tolist()
        return [Later(when, partial(self._made, group, index)) for index, when in enumerate(at)]

    def _made(self, group: int, index: int) -> Picture | None:
        """None for one that is damaged."""
        try:
            if group != self._group:
                self._group, self._flat = group, self._read(group, PICTURES)
            told = {name: self._flat.field(name)[index].as_py() for name in TOLD}
            return _restored(told, int(_counted(self._flat)[index]))
        except damage():
            self._lost()
            return None


def damage() -> tuple[type[Exception], ...]:
    """What is raised by files that are not what they say."""
    import pyarrow as pa

    return (
        pa.ArrowException,
        OSError,
        ValueError,
        OverflowError,
        MemoryError,
        TypeError,
        AttributeError,
        KeyError,
        IndexError,
    )


def _restored(told: dict[str, Any], at: int) -> Picture:
    """Raises any of :func:`damage` for what is no picture."""
    entry = np.zeros(1, PICTURE)[0]
    entry["kind"] = list(KINDS.values()).index(told["kind"])
    entry["camera"], entry["at"], entry["size"] = told["camera"].encode(), at, len(told["data"])
    entry["position"], entry["orientation"] = ([told[name] for name in names] for names in (PLACE, TURN))
    entry["emissivity"], *lens = (told[name] for name in LENS)
    entry["field_of_view"], entry["step"] = lens, told["step"]
    entry["rows"], entry["columns"] = (told[name] for name in SIZE)
    if not entry["camera"] or at == int(times.NO_TIME):
        raise ValueError("a picture of nobody, or of no time")
    return restored(entry, told["data"])


def _counted(flat: Any) -> NDArray[np.int64]:
    """(k,) when each was. [ns]"""
    import pyarrow as pa

    return np.array(flat.field("at").cast(pa.int64()).fill_null(int(times.NO_TIME)), dtype=np.int64)
