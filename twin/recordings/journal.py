"""The journal: a place set aside in the file where frames are put down as they come, a system call each.

Its datasets are contiguous, so where they lie in the file is known and the file need not be open in HDF5 to write them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings import layout
from twin.recordings.layout import CHECKED, LOG_BYTES, PICTURE_BYTES, POSE, row_type
from twin.recordings.positioned import read_at, write_at
from twin.signals import Frame, Pose
from twin.times import nanosecond

POSES_A_ROW = 8
BYTE = np.dtype("u1")
STAMPS = struct.Struct("<qq")  # arrived, at: the end of what a row's checksum is of
CHECKS = struct.Struct("<QQ")  # checksum, number
DATASETS = ("rows", "tracks", "log", "pictures")


@dataclass(frozen=True, slots=True)
class Content:
    """What a journal was found to hold: ``rows`` and ``poses`` in the order they came, ``log`` as lines, ``pictures``
    as records."""

    rows: NDArray[Any]
    poses: NDArray[Any]
    log: bytes
    pictures: bytes = b""

    @property
    def lines(self) -> int:
        return self.log.count(b"\n")


def set_aside(parent: h5py.Group, name: str, columns: int) -> None:
    """Make room in a file for a journal of so many tags. Only what is written takes room on a disk."""
    group = parent.create_group(name)
    rows = layout.journal_rows(columns)
    contiguous(group, "rows", rows, row_type(columns))
    contiguous(group, "tracks", rows * POSES_A_ROW, POSE)
    contiguous(group, "log", LOG_BYTES)
    contiguous(group, "pictures", PICTURE_BYTES)


class Journal:
    """One journal being written. Nothing here touches HDF5."""

    def __init__(self, handle: int, group: h5py.Group, columns: int) -> None:
        self._handle = handle
        self._starts = {name: int(group[name].id.get_offset()) for name in DATASETS}
        self._capacity = {name: len(group[name]) for name in self._starts}
        self._row = np.zeros(1, row_type(columns))
        self._values = self._row["values"][0]
        self._quality = self._row["quality"][0]
        self._bytes = memoryview(self._row.view(np.uint8).data)
        self._checked = self._bytes[:CHECKED]
        self.rows = 0
        self.poses = 0
        self.log_bytes = 0
        self.picture_bytes = 0

    @property
    def empty(self) -> bool:
        return not (self.rows or self.poses or self.log_bytes or self.picture_bytes)

    @property
    def has_room(self) -> bool:
        """For one more frame."""
        return self.rows < self._capacity["rows"]

    def has_room_for_poses(self, count: int) -> bool:
        return self.poses + count <= self._capacity["tracks"]

    def has_room_for_line(self, line: bytes) -> bool:
        return self.log_bytes + len(line) <= self._capacity["log"]

    def has_room_for_picture(self, record: bytes) -> bool:
        return self.picture_bytes + len(record) <= self._capacity["pictures"]

    def put_frame(self, frame: Frame, at: int, number: int) -> None:
        """Put a frame down; it counts once its last bytes are there."""
        self._values[:] = frame.values
        self._quality[:] = frame.quality
        size = len(self._bytes)
        STAMPS.pack_into(self._bytes, size - STAMPS.size + CHECKED, nanosecond(frame.arrived), at)
        CHECKS.pack_into(self._bytes, size + CHECKED, zlib.crc32(self._checked), number)
        write_at(self._handle, self._bytes, self._starts["rows"] + self.rows * size)
        self.rows += 1

    def put_poses(self, poses: Sequence[Pose], number: int) -> None:
        """Put poses down, of which the first has that number."""
        told = [
            (pose.position, pose.orientation, pose.robot.encode(), nanosecond(pose.at), number + i)
            for i, pose in enumerate(poses)
        ]
        data = np.array(told, POSE).tobytes()
        write_at(self._handle, data, self._starts["tracks"] + self.poses * POSE.itemsize)
        self.poses += len(poses)

    def put_line(self, line: bytes) -> None:
        write_at(self._handle, line, self._starts["log"] + self.log_bytes)
        self.log_bytes += len(line)

    def put_picture(self, record: bytes) -> None:
        write_at(self._handle, record, self._starts["pictures"] + self.picture_bytes)
        self.picture_bytes += len(record)

    def content(self) -> Content:
        """What was put down since :meth:`clear`."""
        rows = np.frombuffer(self._read("rows", self.rows * self._row.itemsize), self._row.dtype)
        poses = np.frombuffer(self._read("tracks", self.poses * POSE.itemsize), POSE)
        return Content(rows, poses, self._read("log", self.log_bytes), self._read("pictures", self.picture_bytes))

    def clear(self) -> None:
        """Begin anew; what lies there is in a block by now, and known to be by its numbers."""
        self.rows = self.poses = self.log_bytes = self.picture_bytes = 0

    def _read(self, name: str, size: int) -> bytes:
        return read_at(self._handle, size, self._starts[name])


def contiguous(group: h5py.Group, name: str, length: int, kind: np.dtype[Any] = BYTE) -> None:
    """A dataset whose place is fixed at once and filled with nothing: a hole, on file systems that know holes."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.CONTIGUOUS)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    properties.set_obj_track_times(False)
    space = h5py.h5s.create_simple((length,))
    h5py.h5d.create(group.id, name.encode(), h5py.h5t.py_create(kind, logical=True), space, properties)
