"""How many alarms an operator is asked to bear, beside what EEMUA 191 holds bearable."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from twin.alarms.book import Alarm

WINDOW = 600.0  # s: EEMUA 191 counts per ten minutes
FLOOD_BEGINS = 10  # more in a window are a flood
FLOOD_ENDS = 5  # fewer in a window end it
STALE = 86_400.0  # s an alarm has stood after which it tells nobody anything
CHATTERS = 3  # times an alarm is raised
CHATTERING = 60.0  # within so many seconds, to be called chattering
PASSING = 60.0  # s between two looks at a recording in which nothing changes
AUDIBLE = ("unacknowledged", "acknowledged")
REMEMBERED = 4096  # raisings at most; beyond, the oldest are let go though the window still holds them


@dataclass(frozen=True, slots=True)
class AlarmRates:
    """The load at one instant: raised in the last ten minutes, standing, stale, chattering, and whether in a flood."""

    per_window: int = 0
    standing: int = 0
    stale: int = 0
    chattering: tuple[str, ...] = ()
    flood: bool = False


QUIET = AlarmRates()


@dataclass(frozen=True, slots=True)
class AlarmLoad:
    """The load over a span. ``per_window`` is the mean per ten minutes, ``worst`` the most in any ten minutes,
    ``flooded`` the share of time in floods."""

    raised: int
    per_window: float
    worst: int
    floods: int
    flooded: float
    most_standing: int
    stale: int
    chattering: tuple[str, ...]


class Rates:
    """Keeps count while alarms come; bounded memory."""

    def __init__(self) -> None:
        self._raised: deque[tuple[float, str]] = deque(maxlen=REMEMBERED)
        self._standing: dict[int, Alarm] = {}  # those that are not normal, as they last were
        self._flood = False
        self._begun: float | None = None
        self._last = 0.0
        self._flood_time = 0.0
        self._floods = self._total = self._worst = self._most_standing = 0
        self._audible: list[tuple[float, int]] = []  # since when, and their numbers, the oldest first
        self._stale: set[int] = set()
        self._chattered: set[str] = set()

    def resume(self, alarms: Iterable[Alarm]) -> None:
        """Go on with alarms that stood before the first frame: they are borne, and were not raised now."""
        for alarm in alarms:
            self._hold(alarm)

    def step(self, at: float, changed: Sequence[Alarm]) -> AlarmRates:
        """What is to be borne now, after what this frame changed."""
        self._elapse(at)
        if not (changed or self._raised or self._audible or self._flood):
            return QUIET
        self._note(at, changed)
        while self._raised and not at - WINDOW < self._raised[0][0] <= at:
            self._raised.popleft()
        count = len(self._raised)
        self._judge_flood(count)
        stale = bisect_right(self._audible, at - STALE, key=itemgetter(0))
        self._worst = max(self._worst, count)
        self._most_standing = max(self._most_standing, len(self._audible))
        self._stale.update(number for _, number in self._audible[: min(stale, REMEMBERED - len(self._stale))])
        chattering = self._chattering(at)
        return AlarmRates(count, len(self._audible), stale, chattering, self._flood)

    def load(self) -> AlarmLoad:
        """What was to be borne since the first frame."""
        lasted = self._last - self._begun if self._begun is not None else 0.0
        windows = max(lasted / WINDOW, 1.0)
        return AlarmLoad(
            self._total,
            round(self._total / windows, 3),
            self._worst,
            self._floods,
            round(self._flood_time / lasted, 4) if lasted > 0 else 0.0,
            self._most_standing,
            len(self._stale),
            tuple(sorted(self._chattered)),
        )

    def _elapse(self, at: float) -> None:
        if self._begun is None or at < self._last:  # begun, or begun anew by a clock that was set back
            self._begun = at if self._begun is None else at - (self._last - self._begun)
            self._last = at
        if self._flood:
            self._flood_time += at - self._last
        self._last = at

    def _note(self, at: float, changed: Iterable[Alarm]) -> None:
        for alarm in changed:
            before = self._standing.get(alarm.id)
            if alarm.state == "unacknowledged" and (before is None or before.state != "unacknowledged"):
                self._raised.append((at, f"{alarm.tag} {alarm.rule}"))
                self._total += 1
            self._hold(alarm)

    def _hold(self, alarm: Alarm) -> None:
        before = self._standing.pop(alarm.id, None)
        if before is not None and before.state in AUDIBLE:
            del self._audible[bisect_left(self._audible, (before.since, before.id))]
        if alarm.state in AUDIBLE:
            insort(self._audible, (alarm.since, alarm.id))
        if alarm.state != "normal":
            self._standing[alarm.id] = alarm

    def _judge_flood(self, count: int) -> None:
        if not self._flood and count > FLOOD_BEGINS:
            self._flood = True
            self._floods += 1
        elif self._flood and count < FLOOD_ENDS:
            self._flood = False

    def _chattering(self, at: float) -> tuple[str, ...]:
        if len(self._raised) < CHATTERS:
            return ()
        often = Counter(name for raised, name in self._raised if at - raised < CHATTERING)
        chattering = tuple(sorted(name for name, times in often.items() if times >= CHATTERS))
        self._chattered.update(chattering)
        return chattering


def load_of(changes: Iterable[Alarm], span: tuple[float, float]) -> AlarmLoad:
    """The load of what was recorded: every change of an alarm, in the order they came, and the span they lie in. [s]

    A change is as old as the latest time that it or one before it tells: an alarm tells when it first came and when it
    last went, not when somebody saw it nor when it came back unseen.
    """
    rates, now = Rates(), span[0]
    rates.step(now, ())
    for change in changes:
        told = change.since if change.until is None else max(change.since, change.until)
        at = min(max(now, told), span[1])
        _pass(rates, now, at)
        now = at
        rates.step(now, (change,))
    _pass(rates, now, span[1])
    return rates.load()


def _pass(rates: Rates, since: float, until: float) -> None:
    """Let time go by, so that floods end and what stands becomes stale."""
    for step in range(1, int((until - since) / PASSING) + 1):
        rates.step(since + step * PASSING, ())
    rates.step(until, ())
