"""What the model says about any moment of a memory, without running the detectors over all that went before.

A twin that has learnt from the memory's first minutes is kept; a copy of it is brought to the moment over the half
minute before. Going on from there by little, as playing does, costs only the frames in between.
"""

from __future__ import annotations

import copy
import math
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from typing import Protocol

from twin.pipeline import Snapshot
from twin.recordings.memory import Memory
from twin.signals import Frame

LEARNT_FROM = 120.0  # s at the beginning of a memory
BROUGHT_OVER = 30.0  # s before the moment asked for
KEPT = 3600  # snapshots of a live source


class Fold(Protocol):
    """The twin as hindsight needs it."""

    def step(self, frame: Frame) -> Snapshot: ...


class Hindsight:
    """Snapshots of a memory by time. ``fresh`` makes a twin that has seen nothing; ``shared`` need not be copied."""

    def __init__(self, memory: Memory, fresh: Callable[[], Fold], shared: tuple[object, ...] = ()) -> None:
        self._memory = memory
        self._fresh = fresh
        self._shared = shared
        self._learnt: Fold | None = None
        self._twin: Fold | None = None
        self._last: Snapshot | None = None

    def at(self, cursor: float) -> Snapshot | None:
        """The snapshot of the last frame at or before a time."""
        frame = self._memory.latest_at(cursor)
        if frame is None:
            return None
        last = self._last
        if last is None or not 0.0 <= frame.at - last.frame.at <= BROUGHT_OVER:
            since = frame.at - BROUGHT_OVER
            self._twin = self._copy()
        elif frame.at == last.frame.at:
            return last
        else:
            since = last.frame.at
        assert self._twin is not None
        for each in self._memory.range(math.nextafter(since, math.inf), frame.at).frames():
            self._twin.step(each)
        self._last = self._twin.step(frame)
        return self._last

    def _copy(self) -> Fold:
        if self._learnt is None:
            self._learnt = self._fresh()
            first = self._memory.span[0]
            for frame in self._memory.range(first, first + LEARNT_FROM).frames():
                self._learnt.step(frame)
        return copy.deepcopy(self._learnt, {id(thing): thing for thing in self._shared})


class Remembered:
    """The last snapshots of a live source, as they were."""

    def __init__(self) -> None:
        self._at: deque[float] = deque(maxlen=KEPT)
        self._snapshots: deque[Snapshot] = deque(maxlen=KEPT)

    def append(self, snapshot: Snapshot) -> None:
        """Keep one more, and let the oldest go."""
        self._at.append(snapshot.frame.at)
        self._snapshots.append(snapshot)

    def at(self, cursor: float) -> Snapshot | None:
        """The last at or before a time; None before the first that is kept."""
        index = bisect_right(self._at, cursor)
        return self._snapshots[index - 1] if index else None
