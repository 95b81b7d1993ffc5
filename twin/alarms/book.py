"""The alarm book: every standing alarm, and what changed in this frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.alarms.life import AlarmState, after
from twin.alarms.rules import START_GRACE, Rules
from twin.detectors.anomaly import Priority
from twin.errors import UsageError
from twin.signals import Floats, Frame, Quality
from twin.text import Text

RuleName = Literal["LL", "L", "H", "HH", "DI"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as it stands. ``rule`` is LL, L, H, HH or DI; ``returned`` is back to normal but not yet seen."""

    id: int
    tag: str
    equipment: str
    rule: str
    priority: Priority
    state: AlarmState
    since: float
    until: float | None
    value: float
    limit: float
    text: Text
    acknowledged_by: str = ""


class AlarmBook:
    """Judges each frame by the rules and keeps the life of every alarm.

    A value that is bad or missing changes nothing: an automatic device holds its last state on loss of signal
    (CJJ/T 34-2022, 13.1.5), and the loss itself is told by its quality.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        count = len(rules.rules)
        self._active: NDArray[np.bool_] = np.zeros(count, dtype=bool)
        self._broken_since: Floats = np.full(count, np.nan)
        self._started: dict[int, float] = {}
        self._standing: dict[int, Alarm] = {}
        self._next_id = 1
        self._seen = False

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """All that are not normal, newest last."""
        return tuple(self._standing.values())

    def step(self, frame: Frame) -> tuple[Alarm, ...]:
        """Judge a frame; the alarms that changed by it."""
        rules = self._rules
        if not rules.rules:
            return ()
        values = frame.values[rules.column]
        known = np.isfinite(values) & (frame.quality[rules.column] < Quality.BAD)
        excess = rules.sign * (values - rules.limit)
        counts = self._counting(frame)
        broken = known & counts & (excess > 0)
        cleared = known & ((excess < -rules.dead_band) | ~counts)
        self._broken_since[cleared | (known & ~broken & ~self._active)] = np.nan
        first = broken & np.isnan(self._broken_since)
        self._broken_since[first] = frame.at
        raised = broken & ~self._active & (frame.at - self._broken_since >= rules.hold)
        returned = self._active & cleared
        changed = [self._raise(int(i), frame.at, float(values[i])) for i in np.flatnonzero(raised)]
        changed += [self._clear(int(i), frame.at, float(values[i])) for i in np.flatnonzero(returned)]
        self._active[raised] = True
        self._active[returned] = False
        return tuple(changed)

    def acknowledge(self, alarm: int, by: str) -> Alarm | None:
        """Note that somebody has seen an alarm; the alarm as it then stands, or None where it needed no seeing."""
        for index, standing in self._standing.items():
            if standing.id != alarm:
                continue
            try:
                state = after(standing.state, "acknowledged")
            except UsageError:
                return None
            return self._put(index, replace(standing, state=state, acknowledged_by=by))
        return None

    def _counting(self, frame: Frame) -> NDArray[np.bool_]:
        """Which rules count now: those of a stopped pump, or of one that has just started, do not."""
        counts = np.ones(len(self._rules.rules), dtype=bool)
        for column in np.unique(self._rules.running):
            if column < 0:
                continue
            if not frame.values[column] > 0.5:
                self._started.pop(int(column), None)
                counts[self._rules.running == column] = False
            else:
                # the first frame of all finds pumps that have long been running
                begun = self._started.setdefault(int(column), frame.at if self._seen else -np.inf)
                counts[self._rules.running == column] = frame.at - begun >= START_GRACE
        self._seen = True
        return counts

    def _raise(self, index: int, at: float, value: float) -> Alarm:
        standing = self._standing.get(index)
        if standing is not None:  # back before anybody saw that it had gone
            return self._put(index, replace(standing, state=after(standing.state, "raised"), until=None, value=value))
        rule = self._rules.rules[index]
        alarm = Alarm(
            self._next_id,
            rule.tag,
            rule.equipment,
            rule.name,
            rule.priority,
            after("normal", "raised"),
            at,
            None,
            value,
            rule.limit,
            rule.text,
        )
        self._next_id += 1
        return self._put(index, alarm)

    def _clear(self, index: int, at: float, value: float) -> Alarm:
        standing = self._standing[index]
        return self._put(index, replace(standing, state=after(standing.state, "cleared"), until=at, value=value))

    def _put(self, index: int, alarm: Alarm) -> Alarm:
        if alarm.state == "normal":
            del self._standing[index]
        else:
            self._standing[index] = alarm
        return alarm
