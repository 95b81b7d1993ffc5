"""The bar at the top: which station, which mode, what time, how fresh, what stands, how fast it was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from app import theme
from app.messages import Health, Mail, Mode
from app.presenters import figures, formatting
from twin.alarms.book import Alarm
from twin.alarms.life import SILENCED
from twin.detectors.anomaly import Anomaly
from twin.plant.reading import Station

SHORTEST_WAIT = 2.0  # s: no source is called stale sooner, however fast it sends


@dataclass(frozen=True, slots=True)
class Count:
    """How many stand at a priority, and how many of them nobody has seen."""

    priority: str
    standing: int = 0
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What the bar shows. ``stale``: the next frame is overdue; ``answering``: how
    long the oldest unseen has waited; ``answered``: how long the last had."""

    station: str = ""
    mode: Mode = "replay"
    live_source: bool = False
    day: str = formatting.NOTHING
    time: str = formatting.NOTHING
    zone: str = ""
    age: float = float("nan")
    stale: bool = False
    ended: bool = False
    counts: tuple[Count, ...] = tuple(Count(p) for p in theme.PRIORITIES)
    answering: str = ""
    answered: str = ""


class View(Protocol):
    """The bar."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Works the bar out of each mail."""

    def __init__(self, view: View, station: Station | None, source: str) -> None:
        self._view = view
        self._station = station
        self._source = source
        self._zone = figures.zone(station)
        self._state = State()
        self._language = "en"
        self._waiting_since: dict[tuple[str, int], float] = {}
        self._answered = ""

    def say_in(self, language: str) -> None:
        """Say the station's name in another language."""
        self._language = language
        self._show(replace(self._state, station=self._name()))

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        anomalies = mail.snapshot.anomalies if mail.snapshot is not None else ()
        unseen = {("alarm", a.id): a.since for a in mail.alarms if is_unseen(a)}
        unseen |= {("anomaly", a.id): a.detected for a in anomalies if a.id not in mail.recognised}
        self._show(
            State(
                station=self._name(),
                mode=mail.mode,
                live_source=mail.live_source,
                day=formatting.day(mail.cursor, self._zone),
                time=formatting.clock(mail.cursor, self._zone),
                zone=figures.offset(mail.cursor, self._zone),
                age=round(mail.health.age, 1) if mail.following else float("nan"),
                stale=mail.following and is_overdue(mail.health),
                ended=mail.ended,
                counts=counts(mail.alarms, anomalies, mail.recognised),
                answering=self._answering(unseen, mail),
                answered=self._answered,
            )
        )

    def _answering(self, unseen: dict[tuple[str, int], float], mail: Mail) -> str:
        """How long the oldest unseen has waited. What was waiting and is not any more has been answered."""
        if not mail.following:
            return ""
        gone = [since for key, since in self._waiting_since.items() if key not in unseen]
        if gone:
            self._answered = figures.lasting(mail.cursor - min(gone))
        self._waiting_since = unseen
        return figures.lasting(mail.cursor - min(unseen.values())) if unseen else ""

    def _name(self) -> str:
        if self._station is None:
            return self._source
        about = self._station.file.station
        name = about.name.zh if self._language == "zh" else about.name.en
        return name if name.startswith(about.id) else f"{about.id} {name}".strip()

    def _show(self, state: State) -> None:
        if repr(state) != repr(self._state):  # a NaN age equals itself in print only
            self._state = state
            self._view.show_state(state)


def is_overdue(health: Health) -> bool:
    """Whether a source that kept its pace would have sent two frames more by now."""
    period = 1.0 / health.rate if health.rate > 0 else 0.0
    return health.age > max(2.0 * period, SHORTEST_WAIT)


def is_unseen(alarm: Alarm) -> bool:
    """Whether nobody has seen this alarm yet."""
    return alarm.state in ("unacknowledged", "returned")


def is_silenced(alarm: Alarm) -> bool:
    """Whether it is shelved, suppressed by design or out of service: it is counted by itself, and colours nothing."""
    return alarm.state in SILENCED


def counts(alarms: Iterable[Alarm], anomalies: Iterable[Anomaly], recognised: frozenset[int]) -> tuple[Count, ...]:
    """What stands, by priority, alarms and anomalies together."""
    entries = [(a.priority, is_unseen(a)) for a in alarms if not is_silenced(a)]
    entries += [(a.priority, a.id not in recognised) for a in anomalies]
    return tuple(
        Count(p, sum(e[0] == p for e in entries), sum(e[0] == p and e[1] for e in entries)) for p in theme.PRIORITIES
    )
