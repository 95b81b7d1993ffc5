"""``pumphouse watch``: the twin without a window; what happens is said as it happens, and recorded if so wished.

Nothing it holds grows with time. With a journal it goes on, after a restart or a kill, with the alarms as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.alarms.journal import Journal
from twin.alarms.keeper import Keeper
from twin.clock import Clock
from twin.pipeline import Snapshot, Twin
from twin.recordings.recorder import Recorder
from twin.signals import Event, Frame
from twin.sources.source import Source
from twin.telling import alarm_told, anomaly_told, event_told
from twin.text import Text

SAID_KINDS = ("notice", "operation")

Say = Callable[[dict[str, Any]], None]


async def watch(
    source: Source,
    say: Say,
    clock: Clock,
    recorder: Recorder | None = None,
    duration: float | None = None,
    journal: Journal | None = None,
) -> int:
    """Take a source in until it ends, or for ``duration`` seconds of its time; how many frames there were.

    A live source that keeps no pace of its own is given that of the clock.
    """
    twin = Twin(source.station, source.tags)
    log = _Log(say, recorder, journal)
    log.resume(twin)
    count = 0
    first: tuple[float, float] | None = None
    try:
        async for frame in source.frames():
            first = first or (frame.at, clock.now())
            elapsed = frame.at - first[0]
            if duration is not None and elapsed >= duration:
                break
            if source.live and not source.paced:
                await clock.sleep_until(first[1] + elapsed)
            log.take(frame, twin.step(frame))
            count += 1
    finally:
        source.close()
    return count


class _Log:
    """Says and records what each frame brought."""

    def __init__(self, say: Say, recorder: Recorder | None, journal: Journal | None) -> None:
        self._say = say
        self._recorder = recorder
        self._keeper = Keeper(journal) if journal is not None else None
        self._resumed: Text | None = None
        self._recorded_at = float("-inf")

    def resume(self, twin: Twin) -> None:
        """Let a twin go on where the journal ends: the alarms stand as they stood, anomalies are looked for anew."""
        if self._keeper is None:
            return
        twin.resume(self._keeper.alarms, self._keeper.first_anomaly)
        if self._keeper.resumed:
            self._resumed = went_on(self._keeper.standing, len(self._keeper.left))

    def take(self, frame: Frame, snapshot: Snapshot) -> None:
        """What one frame brought."""
        if self._resumed is not None:
            self._say({"event": "notice", **event_told(Event(frame.at, "notice", "journal", self._resumed))})
            self._resumed = None
        if self._keeper is not None:  # first of all: what has been said has been kept
            self._keeper.enter(frame.at, snapshot.changed_alarms, snapshot.changed_anomalies)
        if self._recorder is not None:
            self._record(self._recorder, frame, snapshot)
        for anomaly in snapshot.changed_anomalies:
            self._say({"event": "anomaly", **anomaly_told(anomaly)})
            if anomaly.until is None and anomaly.detected == frame.at:
                for response in anomaly.response:
                    self._say({"event": "response", "anomaly": anomaly.id, "response": response})
        for alarm in snapshot.changed_alarms:
            self._say({"event": "alarm", **alarm_told(alarm)})
        for event in snapshot.events:
            if event.kind in SAID_KINDS:
                self._say({"event": "notice", **event_told(event)})

    def _record(self, recorder: Recorder, frame: Frame, snapshot: Snapshot) -> None:
        if frame.at < self._recorded_at:
            return  # the clock was set back: the notice of it is recorded, a recording's own time goes on
        recorder.append(frame)
        self._recorded_at = frame.at
        for event in _added(frame, snapshot):
            recorder.event(event)
        for anomaly in snapshot.changed_anomalies:
            recorder.anomaly(anomaly)
        for alarm in snapshot.changed_alarms:
            recorder.alarm(alarm)


def _added(frame: Frame, snapshot: Snapshot) -> tuple[Event, ...]:
    """What the twin noticed beside what the source said."""
    return tuple(event for event in snapshot.events if event not in frame.events)


def went_on(alarms: int, anomalies: int) -> Text:
    """That a run goes on where another was left."""
    return Text(
        f"Goes on from its journal: {alarms} alarms stand, {anomalies} anomalies are looked for anew",
        f"从日志恢复：{alarms} 条报警仍有效，{anomalies} 条异常重新判断",
    )
