"""The alarm book: every standing alarm, and what changed in this frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.alarms.life import SILENCED, AlarmEvent, AlarmState, after
from twin.alarms.rates import RateRules
from twin.alarms.rules import Rules
from twin.alarms.voting import Votes
from twin.commands import Acknowledge, ReturnToService, Shelve, TakeOutOfService, ToAlarms, Unshelve
from twin.detectors.anomaly import Priority
from twin.errors import UsageError
from twin.signals import Block, Floats, Frame, Quality
from twin.text import Text

RuleName = Literal["LL", "L", "H", "HH", "DI", "RISE", "FALL"]
SHELF_LONGEST = 12 * 3600.0  # s: a shelf always ends, with the shift at the latest
BAD = np.uint8(Quality.BAD)
RANKS: dict[Priority, int] = {"urgent": 0, "high": 1, "medium": 2, "low": 3}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as it stands. ``rule`` is LL, L, H, HH, DI, RISE or FALL; ``returned`` is normal but not yet seen.

    ``unit`` is that of ``value`` and ``limit``; ``first_out`` says that it came first in its group, which was quiet;
    ``silenced_by`` is who shelved it (until ``shelved_until``) or took it out of service. Where several gauges alarm as
    one, ``votes`` of ``voters`` that said anything were beyond the limit when it was raised, and ``value`` is theirs.
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
    votes: int = 0
    voters: int = 0


@dataclass(frozen=True)
class Reading:
    """What a frame says of the rules (r,), or a block of frames of them (t, r).

    ``believed`` (..., n) are the values, NaN where their quality is bad; ``said`` (..., r) those of the rules' tags,
    ``beyond`` (..., r) which of these are beyond their limits, ``followed`` those of which rates are taken, or None.
    """

    believed: Floats
    said: Floats
    beyond: NDArray[np.bool_]
    followed: Iterable[Floats | None] = repeat(None)


class AlarmBook:
    """Judges each frame by the rules and keeps the life of every alarm.

    A value that is bad or missing, or beyond what its signal can say, changes nothing: an automatic device holds its
    last state on loss of signal (CJJ/T 34-2022, 13.1.5), and the loss itself is told by its quality.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._counting = _Counting(rules)
        count = len(rules.rules)
        self._active: NDArray[np.bool_] = np.zeros(count, dtype=bool)
        self._silent: NDArray[np.bool_] = np.zeros(count, dtype=bool)
        self._suppressed: NDArray[np.bool_] = np.zeros(count, dtype=bool)
        self._broken_since: Floats = np.full(count, np.nan)
        self._open: NDArray[np.bool_] = np.zeros(count, dtype=bool)  # active, or broken for less than the hold
        self._standing: dict[int, Alarm] = {}
        self._told: tuple[Alarm, ...] | None = ()  # the same, until one of them changes
        self._seen: dict[int, None] = {}  # which of them are acknowledged or suppressed, in that order
        self._next_id = 1
        self._judged_at = -np.inf
        self._votes = Votes(rules.rules)
        self._rates = RateRules(rules)

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """All that are not normal, newest last."""
        if self._told is None:
            self._told = tuple(self._standing.values())
        return self._told

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
            alarm = replace(alarm, priority=rule.priority, limit=rule.limit, text=rule.text, guidance=rule.guidance)
            self._put(number, alarm)
            self._active[number] = self._open[number] = alarm.state in ("unacknowledged", "acknowledged")
            self._silent[number] = alarm.state in SILENCED
            if self._active[number]:
                self._broken_since[number] = alarm.since

    def read(self, block: Block) -> Iterator[Reading]:
        """What each frame of a block says of the rules, which depends on nothing that came before."""
        read = self._read(block)
        followed = self._rates.read(read.believed)
        each = zip(*followed, strict=True) if followed else repeat(())
        return map(Reading, read.believed, read.said, read.beyond, each)

    def _read(self, frames: Frame | Block) -> Reading:
        rules = self._rules
        believed = _believed(frames)
        said = believed.take(rules.column, axis=-1)
        return Reading(believed, said, (said >= rules.least) & (said <= rules.most))

    def step(self, frame: Frame, read: Reading | None = None) -> tuple[Alarm, ...]:
        """Judge a frame, by what was ``read`` of it if that is known already; the alarms that changed by it.

        A few passes over all rules find those that are beyond their limits or were; only these are looked at closely.
        """
        if not self._rules.rules:
            return ()
        changed = self._end_shelves(frame.at) if self._standing else []
        read = self._read(frame) if read is None else read
        said, beyond = read.said, read.beyond
        self._votes.step(read.believed, beyond)
        self._rates.step(frame.at, read.believed, read.followed, beyond)
        counts = self._counting.step(frame)
        broken = beyond & counts
        self._suppressed = beyond ^ broken
        touched = np.flatnonzero(broken | self._open)
        if self._seen or (len(touched) and not self._stands_as_before(frame.at, touched, broken)):
            changed += self._look_closely(frame.at, touched, said, counts)
        self._judged_at = frame.at
        return tuple(changed)

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

    def _stands_as_before(self, at: float, touched: NDArray[np.intp], broken: NDArray[np.bool_]) -> bool:
        """Whether all that is touched alarms already and is still beyond its limit: then nothing can change."""
        lasts = broken[touched] & self._active[touched]
        return at >= self._judged_at and int(np.count_nonzero(lasts)) == len(touched)

    # ---- judging ---------------------------------------------------------------------------------------------------

    def _look_closely(
        self, at: float, touched: NDArray[np.intp], said: Floats, counts: NDArray[np.bool_]
    ) -> list[Alarm]:
        """Judge the rules that are touched, and those whose alarms have been seen."""
        self._votes.tell(said)
        self._rates.tell(said)
        changed = self._suppress(at, said, counts) if self._seen else []
        return changed + (self._judge(at, touched, said, counts[touched]) if len(touched) else [])

    def _judge(self, at: float, touched: NDArray[np.intp], said: Floats, counts: NDArray[np.bool_]) -> list[Alarm]:
        """Raise what has been broken for its hold, clear what has come back; ``touched`` rules and no others."""
        rules, values = self._rules, said[touched]
        known = (values >= rules.low[touched]) & (values <= rules.high[touched])
        excess = rules.sign[touched] * (values - rules.limit[touched])
        broken = known & counts & (excess > 0)
        cleared = known & ((excess < -self._rules.dead_band[touched]) | ~counts)
        active, heard = self._active[touched], ~self._silent[touched]
        since = self._broken_since[touched]
        since[cleared | (known & ~broken & ~active)] = np.nan
        since[broken & ~(since <= at)] = at  # one later than now is of before the clock was set back
        self._broken_since[touched] = since
        raised = touched[broken & ~active & heard & (at - since >= self._rules.hold[touched])]
        returned = touched[active & cleared & heard]
        firsts = self._first_out(raised)
        changed = [self._raise(int(i), at, float(said[i]), int(i) in firsts) for i in raised]
        changed += [self._clear(int(i), at, float(said[i])) for i in returned]
        self._active[raised] = True
        self._active[returned] = False
        self._open[touched] = self._active[touched] | np.isfinite(since)
        return changed

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
        votes, voters = self._votes.cast(index)
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
            votes=votes,
            voters=voters,
        )
        self._next_id += 1
        return self._put(index, alarm)

    def _clear(self, index: int, at: float, value: float) -> Alarm:
        standing = self._standing[index]
        return self._put(index, replace(standing, state=after(standing.state, "cleared"), until=at, value=value))

    # ---- silence ---------------------------------------------------------------------------------------------------

    def _suppress(self, at: float, said: Floats, counts: NDArray[np.bool_]) -> list[Alarm]:
        """Suppress what has been seen and no longer counts; release what counts again, or has come back by itself."""
        rules = self._rules
        changed: list[Alarm] = []
        for index in tuple(self._seen):
            alarm = self._standing[index]
            known = rules.low[index] <= said[index] <= rules.high[index]
            back = known and rules.sign[index] * (said[index] - rules.limit[index]) < -rules.dead_band[index]
            if alarm.state == "acknowledged" and not counts[index] and known and not back:
                self._silent[index], self._active[index] = True, False
                changed.append(self._put(index, replace(alarm, state=after(alarm.state, "suppressed"))))
            elif alarm.state == "suppressed" and (counts[index] or back):
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
        self._told = None
        if alarm.state == "normal":
            del self._standing[index]
        else:
            self._standing[index] = alarm
        if alarm.state in ("acknowledged", "suppressed"):
            self._seen[index] = None
        else:
            self._seen.pop(index, None)
        return alarm


class _Counting:
    """Which rules count: those of a stopped pump, or of one that has just started, do not."""

    def __init__(self, rules: Rules) -> None:
        self._grace = rules.grace
        self._starts, start_of = np.unique(np.append(rules.running, -1), return_inverse=True)
        self._start_of = start_of[:-1]
        self._always = self._starts < 0
        self._begun: Floats = np.full(len(self._starts), np.nan)
        self._settled_at = np.inf  # from when on nothing changes of itself
        self._turned: NDArray[np.bool_] | None = None  # which pumps turned in the frame before
        self._at = np.inf
        self._counts: NDArray[np.bool_] = np.zeros(len(self._start_of), dtype=bool)

    def step(self, frame: Frame) -> NDArray[np.bool_]:
        """Which of the rules (r,) count now."""
        turns = self._always | (frame.values[self._starts] > 0.5)  # the first, -1, stands for: always
        settled = self._settled_at <= self._at <= frame.at
        if not settled or (turns != self._turned).any():
            self._work_out(frame.at, turns)
        self._at = frame.at
        return self._counts

    def _work_out(self, at: float, turns: NDArray[np.bool_]) -> None:
        begun = np.fmin(self._begun, at)  # now for what has just started, and where the clock was set back
        if self._turned is None:
            begun[:] = -np.inf  # the first frame of all finds pumps that have long been running
        self._turned = turns
        self._begun = np.where(turns, begun, np.nan)
        self._begun[0] = -np.inf
        self._counts = at - self._begun[self._start_of] >= self._grace
        self._settled_at = np.nanmax(self._begun) + np.max(self._grace, initial=0.0)


def _believed(frames: Frame | Block) -> Floats:
    """(..., n) the values of a frame or a block, NaN where their quality is bad."""
    if not np.count_nonzero(frames.quality):  # of all qualities the best is 0
        return frames.values
    return np.where(frames.quality >= BAD, np.nan, frames.values)
