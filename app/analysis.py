"""Runs the detectors over a recording that holds no findings yet, in small slices, so that the window can still ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from app.messages import Notice, Progress
from app.recall import Recall
from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.pipeline import Snapshot
from twin.recordings.memory import Memory
from twin.signals import Frame
from twin.text import Text

SLICE = 0.008  # s of work at a time
REST = 0.004  # s left to the window between slices: both share one interpreter
READ = 120.0  # s of recording read at once
ANALYSING = Text("Looking for anomalies", "正在分析异常")


class Analysis:
    """One pass of a fresh twin over a memory."""

    def __init__(self, memory: Memory, step: Callable[[Frame], Snapshot], recall: Recall) -> None:
        self._memory = memory
        self._step = step
        self._recall = recall
        self._anomalies: dict[int, Anomaly] = {}
        self._alarms: dict[int, Alarm] = {}
        self._given_up = False
        self.progress: Progress | None = Progress(ANALYSING, 0.0)

    def cancel(self) -> None:
        """Give up; what was found stays."""
        self._given_up = True

    async def run(self, tell: Callable[[Notice], None]) -> None:
        """Until the end of the memory, or until cancelled."""
        since, until = self._memory.span
        at = since
        while at <= until and not self._given_up:
            await self._pass_over(at, min(at + READ, until + 1e-3))
            at += READ
            self.progress = Progress(ANALYSING, min(1.0, (at - since) / max(until - since, READ)))
        self.progress = None
        found = len(self._anomalies)
        if self._given_up:
            said = Text("The analysis was given up.", "分析已取消。")
        else:
            said = Text(
                f"Analysed: {found} {'anomaly' if found == 1 else 'anomalies'} found.",
                f"分析完成：发现 {found} 个异常。",
            )
        tell(Notice(until, "information", said))

    async def _pass_over(self, since: float, until: float) -> None:
        began = time.perf_counter()
        for frame in self._memory.frames(since, until):
            if self._given_up:
                return
            self._note(self._step(frame))
            if time.perf_counter() - began > SLICE:
                await asyncio.sleep(REST)
                began = time.perf_counter()
        await asyncio.sleep(REST)

    def _note(self, snapshot: Snapshot) -> None:
        if not snapshot.changed_anomalies and not snapshot.changed_alarms:
            return
        self._anomalies |= {a.id: a for a in snapshot.changed_anomalies}
        self._alarms |= {a.id: a for a in snapshot.changed_alarms}
        self._recall.found(tuple(self._anomalies.values()), tuple(self._alarms.values()), self._recall.events)
