"""Rows and poses of several files as frames in order of time, and the entries of their logs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from twin.recordings.logbook import Entry, begun
from twin.recordings.memory import Track
from twin.signals import Block, Floats, Frame, Pose, Quality

MOST_POSES = 1000  # a frame brings along


class Happened:
    """Poses and entries of a log, to be asked for in order of time: each is given once.

    Where all came with rows ``within`` some times [s, POSIX], what is before or after comes with the first or last row.
    """

    def __init__(
        self, tracks: Sequence[Track], entries: Sequence[Entry], within: tuple[float, float] | None = None
    ) -> None:
        robot = np.repeat(np.arange(len(tracks)), [len(track.at) for track in tracks])
        at = np.concatenate([np.empty(0), *(track.at for track in tracks)])
        order = np.argsort(at, kind="stable")
        self._names = [track.robot for track in tracks]
        self._robot, self._at = robot[order], at[order]
        self._position = np.concatenate([np.empty((0, 3)), *(track.position for track in tracks)])[order]
        self._orientation = np.concatenate([np.empty((0, 4)), *(track.orientation for track in tracks)])[order]
        self.in_rows = within is not None
        self._within = within or (-np.inf, np.inf)
        self._due = np.clip(self._at, *self._within)
        self._given = 0
        self._entries = deque(entries)

    def waiting(self, until: float) -> Floats:
        """(p,) times of the poses up to then that have not been given."""
        return self._at[self._given : int(np.searchsorted(self._due, until, side="right"))]

    def poses(self, until: float) -> tuple[Pose, ...]:
        """Those up to then, as many as a frame brings along."""
        first = self._given
        self._given += min(len(self.waiting(until)), MOST_POSES)
        return tuple(self._pose(row) for row in range(first, self._given))

    def entries(self, until: float) -> Iterator[Entry]:
        """Those up to then, in the order in which they were handed over: none before the one that goes before it."""
        while self._entries and begun(self._entries[0]) <= until:
            yield self._entries.popleft()

    def _pose(self, row: int) -> Pose:
        x, y, z = self._position[row].tolist()
        qx, qy, qz, qw = self._orientation[row].tolist()
        return Pose(self._names[self._robot[row]], float(self._at[row]), (x, y, z), (qx, qy, qz, qw))


def woven(rows: Iterator[Block], happened: Happened, width: int) -> Iterator[Frame]:
    """The rows as frames with the poses up to each. Poses before the first and after the last row have frames of
    their own, a second apart, in which the ``width`` values are missing; so have many between two rows, in which they
    are stale. Those that came with rows have none."""
    nothing = Frame(np.nan, np.full(width, np.nan), np.full(width, Quality.MISSING, np.uint8))
    before, least, last = nothing, 0, -np.inf
    for frame in (frame for block in rows for frame in block.frames()):
        if len(happened.waiting(frame.at)) > least and not happened.in_rows:
            yield from _on_the_way(happened, float(np.nextafter(frame.at, -np.inf)), before, last)
        yield _with(happened, frame, frame.at)
        before = replace(frame, quality=np.maximum(frame.quality, np.uint8(Quality.STALE)))
        least, last = MOST_POSES, frame.at
    yield from _on_the_way(happened, np.inf, nothing, last)


def _on_the_way(happened: Happened, until: float, before: Frame, since: float) -> Iterator[Frame]:
    """Frames, none before ``since``, for the poses up to then: one at the last pose of every second, or more."""
    at = happened.waiting(until)
    ends = np.flatnonzero(np.diff(np.floor(at), append=np.inf))
    for row in np.union1d(ends, np.arange(MOST_POSES - 1, len(at), MOST_POSES)):
        instant = max(float(at[row]), since)
        yield _with(happened, replace(before, at=instant, arrived=instant), instant)


def _with(happened: Happened, frame: Frame, until: float) -> Frame:
    return replace(frame, poses=happened.poses(until))
