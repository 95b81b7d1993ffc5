"""What of a recording is to be written: some tags, a span, every row or the last of each interval."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.notes import as_text as notes_as_text
from twin.notes import within
from twin.recordings.annotations import annotated
from twin.recordings.logbook import Entry, begun, line
from twin.recordings.memory import Track
from twin.recordings.pictures import Picture
from twin.recordings.recording import Recording
from twin.signals import Block, Tag

Progress = Callable[[float], None]


def unheard(_: float) -> None:
    """Progress that nobody asks for."""


@dataclass(frozen=True)
class Extract:
    """Of a recording, the tags ``columns`` from ``since`` until before ``until`` [s, POSIX]; ``every`` [s] keeps the
    last row of each such stretch. ``progress`` is told the share done."""

    recording: Recording
    columns: Sequence[int]
    since: float
    until: float
    every: float | None = None
    progress: Progress = unheard

    @property
    def tags(self) -> tuple[Tag, ...]:
        """In the order of the columns."""
        return tuple(self.recording.tags[column] for column in self.columns)

    @property
    def whole(self) -> bool:
        """Whether it holds all tags."""
        return len(self.columns) == len(self.recording.tags)

    @property
    def said(self) -> str:
        """Whether the rows are as they were recorded, for the heads of files."""
        return "raw" if self.every is None else f"reduced: the last row of every {self.every:g} s"

    @property
    def start(self) -> float:
        """Where stretches are counted from: the start of the span, or of the recording."""
        return self.since if np.isfinite(self.since) else self.recording.span[0]

    def log(self) -> bytes:
        """What happened in the span as lines of JSON: events, and every change of what was found to begin in it."""
        kept = (entry for entry in self.recording.entries() if self.since <= begun(entry) < self.until)
        return b"".join(line(number, entry) for number, entry in enumerate(kept, 1))

    def entries(self) -> list[Entry]:
        """The same as they are, anomalies and alarms in their last state."""
        noted: list[Entry] = [*self.recording.events(self.since, self.until)]
        noted += [*self.recording.anomalies(), *self.recording.alarms()]
        return [entry for entry in noted if self.since <= begun(entry) < self.until]

    def notes(self) -> bytes:
        """What reviewers say of the span as lines of JSON, and what they took back of it."""
        return notes_as_text(within(annotated(self.recording.path).lines, self.since, self.until))

    def tracks(self) -> Iterator[Track]:
        """Of the span, thinned out as the rows are; where only some tags are asked for, no robot is."""
        for robot in self.recording.robots() if self.whole else ():
            track = self.recording.track(robot)
            rows = np.flatnonzero((track.at >= self.since) & (track.at < self.until))
            if self.every is not None and len(rows):
                stretch = np.floor((track.at[rows] - self.start) / self.every)
                rows = rows[np.append(np.flatnonzero(np.diff(stretch)), len(rows) - 1)]
            yield Track(robot, track.at[rows], track.position[rows], track.orientation[rows])

    def pictures(self) -> Iterator[Picture]:
        """What cameras took in the span, in order of time; where only some tags are asked for, nothing."""
        recording, span = self.recording, (self.since, self.until)
        taken = (recording.thermal_frames(*span), recording.panoramas(*span)) if self.whole else ()
        return heapq.merge(*taken, key=lambda picture: picture.at)

    def blocks(self) -> Iterator[Block]:
        """The rows, some at a time."""
        length = max(min(self.recording.span[1], self.until) - self.start, 1e-9)
        for block in self._thinned(self.recording.blocks(self.since, self.until, self.columns)):
            if len(block):
                yield block
                self.progress(min(1.0, (float(block.at[-1]) - self.start) / length))

    def _thinned(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The last row of each stretch, which is known once the next one begins."""
        if self.every is None:
            yield from blocks
            return
        held: Block | None = None
        for block in blocks:
            joined = block if held is None else _joined(held, block)
            stretch = np.floor((joined.at - self.start) / self.every)
            last = np.append(np.flatnonzero(np.diff(stretch)), len(joined) - 1)
            yield _rows(joined, last[:-1])
            held = _rows(joined, last[-1:])
        if held is not None:
            yield held


def _rows(block: Block, rows: NDArray[np.intp]) -> Block:
    return replace(
        block, at=block.at[rows], values=block.values[rows], quality=block.quality[rows], arrived=block.arrived[rows]
    )


def _joined(first: Block, second: Block) -> Block:
    return Block(
        np.concatenate([first.at, second.at]),
        np.concatenate([first.values, second.values]),
        np.concatenate([first.quality, second.quality]),
        np.concatenate([first.arrived, second.arrived]),
    )
