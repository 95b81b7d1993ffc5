"""Finds anything by a few letters: actions, equipment, tags, what stands, and times to go to."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal, Protocol

import numpy as np

from app.messages import Mail
from app.presenters import faults, figures, formatting
from app.presenters.fuzzy import NEVER, fit
from app.presenters.haystack import Haystack
from app.presenters.tags import searched_texts
from twin.plant.reading import Station
from twin.signals import TagTable
from twin.text import Text

Kind = Literal["action", "time", "anomaly", "alarm", "equipment", "tag"]
SHOWN = 40  # results at most
BY_DESCRIPTION = 5.0  # a fit in what is not the title counts less by this
TAGS_WEIGHED = 400  # tags that hold the words and are weighed against each other
WEIGHT = {"time": 50.0, "action": 12.0, "anomaly": 9.0, "alarm": 9.0, "equipment": 6.0, "tag": 0.0}

_CLOCK = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)[ T])?(\d\d?):(\d\d)(?::(\d\d))?$")
_OFFSET = re.compile(r"([+\-−])(\d+(?:\.\d+)?)(s|min|h)?$")
_SECONDS = {None: 1.0, "s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Action:
    """Something the window can do, in the language spoken now."""

    id: str
    title: str
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One result. ``hits`` are the letters of the title that were typed; ``at`` is set for times. [s, POSIX]"""

    kind: Kind
    id: str
    title: str
    detail: str = ""
    shortcut: str = ""
    hits: tuple[int, ...] = ()
    at: float = float("nan")


@dataclass(frozen=True, slots=True)
class State:
    """What was typed and what fits it, the best first."""

    query: str = ""
    found: tuple[Found, ...] = ()


class View(Protocol):
    """The box and the list under it."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Weighs all that can be found against what was typed.

    ``actions`` gives the actions possible now, ``say`` the word for a fault; ``choose`` is told of the one picked.
    """

    def __init__(
        self,
        view: View,
        station: Station | None,
        tags: TagTable,
        actions: Callable[[], Sequence[Action]],
        choose: Callable[[Found], None],
        say: Callable[[str], str] = str,
    ) -> None:
        self._view = view
        self._station = station
        self._tags = tags
        self._actions = actions
        self._choose = choose
        self._say = say
        self._zone = figures.zone(station)
        self._language = "en"
        self._mail: Mail | None = None
        self._haystack: Haystack | None = None
        self._texts: list[str] = []
        self._equipment = tuple(dict.fromkeys(tag.equipment for tag in tags if tag.equipment))
        self._state = State()

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    def say_in(self, language: str) -> None:
        """Find and say in another language; both languages' names of tags are found always."""
        self._language = language
        self.search(self._state.query)

    def take(self, mail: Mail) -> None:
        """Know what stands and where the cursor is; what is being read does not change under the reader."""
        self._mail = mail

    def search(self, query: str) -> None:
        """Show what fits. Nothing typed: all actions."""
        found = heapq.nlargest(SHOWN, self._weighed(query.strip()), key=lambda each: each[0])
        self._state = State(query, tuple(each for _, each in found))
        self._view.show_state(self._state)

    def pick(self, row: int) -> None:
        """Choose a result."""
        if 0 <= row < len(self._state.found):
            self._choose(self._state.found[row])

    def _weighed(self, query: str) -> Iterator[tuple[float, Found]]:
        if not query:
            yield from ((-float(place), _of_action(action)) for place, action in enumerate(self._actions()))
            return
        at = time_meant(query, self._zone, self._mail)
        if at is not None:
            day = formatting.day(at, self._zone)
            yield WEIGHT["time"] + 1e3, Found("time", "", formatting.clock(at, self._zone), day, at=at)
        for each, searched in self._candidates(query):
            # a name may be typed as well as a description; what is marked is what is seen in the title
            score = max(fit(query, each.title).score, fit(query, searched).score - BY_DESCRIPTION)
            if score != NEVER:
                yield score + WEIGHT[each.kind], _marked(each, query)

    def _candidates(self, query: str) -> Iterator[tuple[Found, str]]:
        """What may fit, each with the text it is searched by."""
        yield from ((_of_action(action), action.title) for action in self._actions())
        yield from self._standing()
        for equipment in self._equipment:
            name = self._station.name_of(equipment) if self._station is not None else Text(equipment)
            said = name.said_in(self._language)
            detail = "" if said == equipment else said
            yield Found("equipment", equipment, equipment, detail), f"{equipment} {name.en} {name.zh}"
        yield from self._tags_holding(query)

    def _standing(self) -> Iterator[tuple[Found, str]]:
        if self._mail is None:
            return
        for found in self._mail.anomalies:
            title = f"{found.equipment} {self._say(faults.called(found))}"
            since = figures.moment(found.since, self._zone)
            yield Found("anomaly", str(found.id), title, since), f"{title} {found.fault}"
        for alarm in self._mail.alarms:
            title = f"{alarm.equipment or alarm.tag} {alarm.text.said_in(self._language)}"
            since = figures.moment(alarm.since, self._zone)
            yield Found("alarm", str(alarm.id), title, since), f"{title} {alarm.tag} {alarm.text.en} {alarm.text.zh}"

    def _tags_holding(self, query: str) -> Iterator[tuple[Found, str]]:
        if self._haystack is None:
            self._texts = searched_texts(self._tags, self._station)
            self._haystack = Haystack(self._texts)
        for column in np.flatnonzero(self._haystack.holding(query))[:TAGS_WEIGHED].tolist():
            tag = self._tags[column]
            said = (tag.equipment, tag.description.said_in(self._language))
            yield Found("tag", tag.name, tag.name, " ".join(part for part in said if part)), self._texts[column]


def time_meant(text: str, zone: tzinfo, mail: Mail | None) -> float | None:
    """The time a text means: ``14:03``, ``2026-01-12 14:03:22``, ``+90`` from the start, ``-30s`` from the cursor."""
    if mail is None or not np.isfinite(mail.cursor):
        return None
    offset = _OFFSET.match(text.strip())
    if offset is not None:
        sign, amount, unit = offset.groups()
        seconds = float(amount) * _SECONDS[unit]
        return mail.span[0] + seconds if sign == "+" else mail.cursor - seconds
    clock = _CLOCK.match(text.strip())
    return _time_of_day(clock, zone, mail) if clock is not None else None


def _time_of_day(clock: re.Match[str], zone: tzinfo, mail: Mail) -> float | None:
    """A clock time without a day is the nearest such time to the cursor within the span, else on the cursor's day."""
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in clock.groups())
    today = datetime.fromtimestamp(mail.cursor, zone)
    try:
        meant = today.replace(hour=hour, minute=minute, second=second, microsecond=0)
        if year:
            return meant.replace(year=year, month=month, day=day).timestamp()
    except ValueError:
        return None
    since, until = mail.span
    days = [(meant + timedelta(days=shift)).timestamp() for shift in (0, -1, 1)]
    return next((at for at in days if since <= at <= until), days[0])


def _of_action(action: Action) -> Found:
    return Found("action", action.id, action.title, shortcut=action.shortcut)


def _marked(found: Found, query: str) -> Found:
    """The same with the typed letters of its title noted, word by word."""
    hits: set[int] = set()
    for word in query.split():
        hits.update(fit(word, found.title).hits)
    return Found(found.kind, found.id, found.title, found.detail, found.shortcut, tuple(sorted(hits)), found.at)
