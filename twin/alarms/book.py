"""The alarm book: every standing alarm, and what changed in this frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.alarms.life import SILENCED, AlarmEvent, AlarmState, after
from twin.alarms.rules import Rules
from twin.alarms.slopes import Slopes
from twin.commands import Acknowledge, ReturnToService, Shelve, TakeOutOfService, ToAlarms, Unshelve
from twin.detectors.anomaly import Priority
from twin.errors import UsageError
from twin.signals import Floats, Frame, Quality
from twin.text import Text

RuleName = Literal["LL", "L", "H", "HH", "DI", "RISE", "FALL"]
SHELF_LONGEST = 12 * 3600.0  # s: a shelf always ends, with the shift at the latest
RANKS: dict[Priority, int] = {"urgent": 0, "high": 1, "medium": 2, "low": 3}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as it stands. ``rule`` is LL, L, H, HH, DI, RISE or FALL; ``returned`` is normal but not yet seen.

    ``unit`` is that of ``value`` and ``limit``; ``first_out`` says that it came first in its group, which was quiet;
    ``silenced_by`` is who shelved it (until ``shelved_until``) or took it out of service.
    """

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
    unit: str = ""
    first_out: bool = False
    shelved_until: float | None = None
    silenced_by: str = ""
    guidance: Text = field(default_factory=Text)


class AlarmBook:
    """Judges each frame by the rules and keeps the life of every alarm.

    A value that is bad or missing, or beyond what its signal can say, changes nothing: an automatic device holds its
    last state on loss of signal (CJJ/T 34-2022, 13.1.5), and the loss itself is told by its quality.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        count = len(rules.rules)
        self._active: NDArray[np.bool_] = np.zeros(count, dtype=bool)
        self._silent: NDArray[np.bool_] = np.zeros(count, dtype=bool)
        self._suppressed: NDArray[np.bool_] = np.zeros(count, dtype=bool)
        self._broken_since: Floats = np.full(count, np.nan)
        self._starts, self._start_of = np.unique(np.append(rules.running, -1), return_inverse=True)
        self._begun: Floats = np.full(len(self._starts), np.nan)
        self._standing: dict[int, Alarm] = {}
        self._next_id = 1
        self._seen = False
        self._rates = _Rates(rules)

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """All that are not normal, newest last."""
        return tuple(self._standing.values())

    @property
    def suppressed(self) -> tuple[tuple[str, str], ...]:
        """``(tag, rule)`` of what would alarm but for its design: a stopped pump has no flow."""
        rules = self._rules.rules
        return tuple((rules[i].tag, rules[i].name) for i in np.flatnonzero(self._suppressed))

    @property
    def suppressed_count(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(self._suppressed))

    def resume(self, alarms: Iterable[Alarm]) -> None:
        """Go on where a book was left: ``alarms`` as they last were. Those whose rule is gone are let go."""
        index = {(rule.tag, rule.name): number for number, rule in enumerate(self._rules.rules)}
        for alarm in alarms:
            self._next_id = max(self._next_id, alarm.id + 1)
            number = index.get((alarm.tag, alarm.rule))
            if number is None or alarm.state == "normal":
                continue
            rule = self._rules.rules[number]
            self._standing[number] = replace(
                alarm, priority=rule.priority, limit=rule.limit, text=rule.text, guidance=rule.guidance
            )
            self._active[number] = alarm.state in ("unacknowledged", "acknowledged")
            self._silent[number] = alarm.state in SILENCED
            if self._active[number]:
                self._broken_since[number] = alarm.since

    def step(self, frame: Frame) -> tuple[Alarm, ...]:
        """Judge a frame; the alarms that changed by it."""
        rules = self._rules
        if not rules.rules:
            return ()
        changed = self._end_shelves(frame.at)
        values = frame.values[rules.column]
        known = np.isfinite(values) & (frame.quality[rules.column] < Quality.BAD)
        known &= (values >= rules.low) & (values <= rules.high)
        values, known = self._rates.step(frame.at, values, known)
        counts = self._counting(frame)
        excess = rules.sign * (values - rules.limit)
        beyond = known & (excess > 0)
        cleared = known & ((excess < -rules.dead_band) | ~counts)
        changed += self._suppress(frame.at, values, known & ~counts & ~(excess < -rules.dead_band), cleared, counts)
        return (*changed, *self._judge(frame.at, values, beyond & counts, cleared, known))

    def obey(self, command: ToAlarms) -> Alarm | None:
        """Carry out a command; the alarm as it then stands, or None where its life does not allow that."""
        try:
            match command:
                case Acknowledge(alarm, by):
                    return self.acknowledge(alarm, by)
                case Shelve(alarm, until, by, at):
                    return self._shelve(alarm, until, by, at)
                case Unshelve(alarm, _, at):
                    return self._silence_ended(alarm, "unshelved", at)
                case TakeOutOfService(alarm, by):
                    return self._silenced(alarm, "removed", None, by)
                case ReturnToService(alarm, _, at):
                    return self._silence_ended(alarm, "restored", at)
        except UsageError:
            return None

    def acknowledge(self, alarm: int, by: str) -> Alarm | None:
        """Note that somebody has seen an alarm; the alarm as it then stands, or None where it needed no seeing."""
        try:
            index, standing = self._named(alarm)
            state = after(standing.state, "acknowledged")
        except UsageError:
            return None
        return self._put(index, replace(standing, state=state, acknowledged_by=by))

    # ---- judging ---------------------------------------------------------------------------------------------------

    def _judge(
        self, at: float, values: Floats, broken: NDArray[np.bool_], cleared: NDArray[np.bool_], known: NDArray[np.bool_]
    ) -> list[Alarm]:
        """Raise what has been broken for its hold, clear what has come back."""
        self._broken_since[cleared | (known & ~broken & ~self._active)] = np.nan
        first = broken & ~(self._broken_since <= at)  # one later than now is of before the clock was set back
        self._broken_since[first] = at
        heard = ~self._silent
        raised = broken & ~self._active & heard & (at - self._broken_since >= self._rules.hold)
        returned = self._active & cleared & heard
        firsts = self._first_out(np.flatnonzero(raised))
        changed = [self._raise(int(i), at, float(values[i]), int(i) in firsts) for i in np.flatnonzero(raised)]
        changed += [self._clear(int(i), at, float(values[i])) for i in np.flatnonzero(returned)]
        self._active[raised] = True
        self._active[returned] = False
        return changed

    def _counting(self, frame: Frame) -> NDArray[np.bool_]:
        """Which rules count now: those of a stopped pump, or of one that has just started, do not."""
        turns = (self._starts < 0) | (frame.values[self._starts] > 0.5)  # the first, -1, stands for: always
        begun = np.fmin(self._begun, frame.at)  # now for what has just started, and where the clock was set back
        if not self._seen:
            begun[:] = -np.inf  # the first frame of all finds pumps that have long been running
            self._seen = True
        self._begun = np.where(turns, begun, np.nan)
        self._begun[0] = -np.inf
        counts: NDArray[np.bool_] = frame.at - self._begun[self._start_of[:-1]] >= self._rules.grace
        return counts

    def _first_out(self, raised: NDArray[np.intp]) -> set[int]:
        """Which of those raised now are the first of their group: the group was quiet, and they broke their limit
        before the others that are raised with them."""
        if not len(raised):
            return set()
        busy = set(self._rules.group[self._active & ~self._silent].tolist())
        order = sorted(raised.tolist(), key=lambda i: (self._broken_since[i], RANKS[self._rules.rules[i].priority], i))
        first: dict[int, int] = {}
        for index in order:
            first.setdefault(int(self._rules.group[index]), index)
        return {index for group, index in first.items() if group not in busy}

    def _raise(self, index: int, at: float, value: float, first_out: bool) -> Alarm:
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
            unit=rule.unit,
            first_out=first_out,
            guidance=rule.guidance,
        )
        self._next_id += 1
        return self._put(index, alarm)

    def _clear(self, index: int, at: float, value: float) -> Alarm:
        standing = self._standing[index]
        return self._put(index, replace(standing, state=after(standing.state, "cleared"), until=at, value=value))

    # ---- silence ---------------------------------------------------------------------------------------------------

    def _suppress(
        self,
        at: float,
        values: Floats,
        would: NDArray[np.bool_],
        cleared: NDArray[np.bool_],
        counts: NDArray[np.bool_],
    ) -> list[Alarm]:
        """Suppress what has been seen and no longer counts; release what counts again, or has come back by itself."""
        self._suppressed = would & (self._rules.sign * (values - self._rules.limit) > 0)
        changed: list[Alarm] = []
        for index, alarm in list(self._standing.items()):
            if alarm.state == "acknowledged" and not counts[index] and would[index]:
                self._silent[index], self._active[index] = True, False
                changed.append(self._put(index, replace(alarm, state=after(alarm.state, "suppressed"))))
            elif alarm.state == "suppressed" and (counts[index] or (cleared[index] and not would[index])):
                changed.append(self._speaks(index, alarm, "released", at))
        return changed

    def _shelve(self, alarm: int, until: float, by: str, at: float) -> Alarm:
        return self._silenced(alarm, "shelved", min(until, at + SHELF_LONGEST), by)

    def _silenced(self, alarm: int, event: AlarmEvent, until: float | None, by: str) -> Alarm:
        index, standing = self._named(alarm)
        state = after(standing.state, event)
        self._silent[index], self._active[index] = True, False
        return self._put(index, replace(standing, state=state, shelved_until=until, silenced_by=by))

    def _silence_ended(self, alarm: int, event: AlarmEvent, at: float) -> Alarm:
        index, standing = self._named(alarm)
        return self._speaks(index, standing, event, at)

    def _speaks(self, index: int, alarm: Alarm, event: AlarmEvent, at: float) -> Alarm:
        """The alarm is silenced no more: gone, and raised anew by the next judgement where its cause is still there."""
        state = after(alarm.state, event)
        self._silent[index] = False
        return self._put(index, replace(alarm, state=state, until=at, shelved_until=None))

    def _end_shelves(self, at: float) -> list[Alarm]:
        """A shelf ends with its time; and where the clock was set back, before it could become longer than allowed."""
        ended = [
            (index, alarm)
            for index, alarm in self._standing.items()
            if alarm.shelved_until is not None and not 0.0 < alarm.shelved_until - at <= SHELF_LONGEST
        ]
        return [self._speaks(index, alarm, "unshelved", at) for index, alarm in ended]

    # ---- the page --------------------------------------------------------------------------------------------------

    def _named(self, alarm: int) -> tuple[int, Alarm]:
        found = next(((index, held) for index, held in self._standing.items() if held.id == alarm), None)
        if found is None:
            raise UsageError(f"alarm {alarm} does not stand")
        return found

    def _put(self, index: int, alarm: Alarm) -> Alarm:
        if alarm.state == "normal":
            del self._standing[index]
        else:
            self._standing[index] = alarm
        return alarm


class _Rates:
    """Puts slopes in the place of values for those rules that are about how fast a value changes."""

    def __init__(self, rules: Rules) -> None:
        self._of = [(np.flatnonzero(rules.span == span), float(span)) for span in np.unique(rules.span) if span > 0]
        self._slopes = [Slopes(rows, span) for rows, span in self._of]
        self._per = rules.per

    def step(self, at: float, values: Floats, known: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
        """Values (r,) and whether they are known, of rules; those of rates in the tag's unit per their time."""
        for (rows, _), slopes in zip(self._of, self._slopes, strict=True):
            rates = slopes.step(at, values, known) * self._per[rows]
            values[rows] = rates
            known[rows] = np.isfinite(rates)
        return values, known
