"""The list of what stands: alarms and anomalies together, the unseen first, and what has gone by in the span."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from app import theme
from app.messages import Mail, Obey, Recognise, Request
from app.presenters import faults, figures, formatting
from app.presenters.selection import Selection, owner
from app.presenters.status import is_silenced, is_unseen
from twin.alarms.book import Alarm
from twin.alarms.metrics import AlarmRates
from twin.commands import Acknowledge, ReturnToService, Shelve, TakeOutOfService, Unshelve
from twin.detectors.anomaly import Anomaly, Evidence
from twin.plant.reading import Station
from twin.signals import Tag, TagTable
from twin.telling import in_sigmas

Kind = Literal["alarm", "anomaly"]
COLUMNS = ("priority", "since", "equipment", "what", "value", "state")


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``what`` is a word the view knows (a fault) or a sentence of the station; ``state`` is a word too.

    ``guidance`` says what to do; ``until`` when a shelf ends; ``first_out`` that it came first in its group.
    """

    kind: Kind
    id: int
    priority: str
    unseen: bool
    standing: bool
    at: float
    since: str
    equipment: str
    what: str
    value: str
    state: str
    silenced: bool = False
    first_out: bool = False
    until: str = ""
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The lines as they are to be shown; ``hidden`` of them do not match the filter.

    ``silenced`` are shelved or out of service, ``suppressed`` would alarm but for their design; ``recent`` were raised
    in the last ten minutes, which EEMUA 191 calls a ``flood`` above ten; ``stale`` have stood for a day.
    """

    rows: tuple[Row, ...] = ()
    hidden: int = 0
    standing: int = 0
    unseen: int = 0
    locked: bool = True
    selected: tuple[str, int] = ("", 0)
    sort: int = 1
    descending: bool = True
    silenced: int = 0
    suppressed: int = 0
    recent: int = 0
    flood: bool = False
    stale: int = 0
    chattering: tuple[str, ...] = ()


class View(Protocol):
    """The list."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Works the lines out of each mail; acknowledges by command."""

    def __init__(
        self, view: View, ask: Callable[[Request], None], station: Station | None, tags: TagTable, by: str = "operator"
    ) -> None:
        self._view = view
        self._ask = ask
        self._tags = tags
        self._by = by
        self._zone = figures.zone(station)
        self._language = "en"
        self._filter = ""
        self._sort: tuple[int, bool] | None = None
        self._mail: Mail | None = None
        self._selected = ("", 0)
        self._state = State()

    def say_in(self, language: str) -> None:
        """Say the texts in another language."""
        self._language = language
        self._work_out()

    def select(self, selection: Selection) -> None:
        """Mark the selected line."""
        self._selected = (selection.kind, selection.id) if selection.kind in ("alarm", "anomaly") else ("", 0)
        self._work_out()

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        self._work_out()

    def filter_by(self, text: str) -> None:
        """Show only lines that hold this text."""
        self._filter = text.strip().casefold()
        self._work_out()

    def sort_by(self, column: int, descending: bool) -> None:
        """Order by a column instead of by urgency."""
        self._sort = (column, descending)
        self._work_out()

    def acknowledge(self, chosen: Iterable[tuple[Kind, int]]) -> None:
        """Note that the chosen lines have been seen."""
        if self._mail is None:
            return
        chosen = tuple(chosen)
        for kind, identity in chosen:
            if kind == "alarm":
                self._ask(Obey(Acknowledge(identity, self._by, self._mail.cursor)))
        anomalies = tuple(identity for kind, identity in chosen if kind == "anomaly")
        if anomalies:
            self._ask(Recognise(anomalies, self._by))

    def shelve(self, chosen: Iterable[tuple[Kind, int]], duration: float) -> None:
        """Silence the chosen alarms for a time. [s]"""
        for identity in self._alarms_of(chosen):
            self._ask(Obey(Shelve(identity, self._now + duration, self._by, self._now)))

    def take_out(self, chosen: Iterable[tuple[Kind, int]]) -> None:
        """Take the chosen alarms out of service."""
        for identity in self._alarms_of(chosen):
            self._ask(Obey(TakeOutOfService(identity, self._by, self._now)))

    def bring_back(self, chosen: Iterable[tuple[Kind, int]]) -> None:
        """End the silence of the chosen alarms, whichever it is."""
        states = {row.id: row.state for row in self._state.rows if row.kind == "alarm"}
        for identity in self._alarms_of(chosen):
            if states.get(identity) == "shelved":
                self._ask(Obey(Unshelve(identity, self._by, self._now)))
            elif states.get(identity) == "out_of_service":
                self._ask(Obey(ReturnToService(identity, self._by, self._now)))

    def unseen(self) -> tuple[tuple[Kind, int], ...]:
        """All lines nobody has seen."""
        return tuple((row.kind, row.id) for row in self._state.rows if row.unseen)

    def picked(self, kind: Kind, identity: int) -> Selection:
        """The selection of a line, which the scene flies to."""
        row = next((r for r in self._state.rows if (r.kind, r.id) == (kind, identity)), None)
        return Selection(kind, id=identity, equipment=owner(row.equipment, self._tags) if row else "", fly=True)

    def as_csv(self) -> str:
        """The lines shown, as comma-separated values with a heading."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((r.priority, r.since, r.equipment, r.what, r.value, r.state) for r in self._state.rows)
        return out.getvalue()

    def _work_out(self) -> None:
        if self._mail is None:
            return
        mail = self._mail
        rows = [self._alarm(a) for a in mail.alarms] + [self._anomaly(a, mail) for a in mail.anomalies]
        shown = [row for row in rows if self._matches(row)]
        rates = mail.snapshot.alarm_rates if mail.snapshot is not None else AlarmRates()
        if self._sort is None:
            shown.sort(
                key=lambda r: (r.silenced, not r.unseen, not r.standing, theme.PRIORITIES.index(r.priority), -r.at)
            )
        else:
            column, descending = self._sort
            shown.sort(key=lambda row: _key(row, column), reverse=descending)
        state = State(
            tuple(shown),
            len(rows) - len(shown),
            sum(row.standing and not row.silenced for row in rows),
            sum(row.unseen for row in rows),
            not mail.following,
            self._selected,
            *(self._sort or (-1, True)),
            silenced=sum(row.silenced for row in rows),
            suppressed=mail.snapshot.suppressed if mail.snapshot is not None else 0,
            recent=rates.per_window,
            flood=rates.flood,
            stale=rates.stale,
            chattering=rates.chattering,
        )
        if state != self._state:
            self._state = state
            self._view.show_state(state)

    @property
    def _now(self) -> float:
        return self._mail.cursor if self._mail is not None else 0.0

    @staticmethod
    def _alarms_of(chosen: Iterable[tuple[Kind, int]]) -> list[int]:
        return [identity for kind, identity in chosen if kind == "alarm"]

    def _matches(self, row: Row) -> bool:
        said = f"{row.equipment} {row.what} {row.priority} {row.state}".casefold()
        return not self._filter or self._filter in said

    def _alarm(self, alarm: Alarm) -> Row:
        tag = self._tags[self._tags.column(alarm.tag)] if alarm.tag in self._tags else Tag(alarm.tag)
        value = f"{formatting.tag_value(alarm.value, tag)} {formatting.unit_glyph(alarm.unit or tag.unit)}".strip()
        what = alarm.text.said_in(self._language) or alarm.tag
        return Row(
            "alarm",
            alarm.id,
            alarm.priority,
            is_unseen(alarm),
            alarm.until is None,
            alarm.since,
            figures.moment(alarm.since, self._zone),
            alarm.equipment or alarm.tag,
            what,
            value,
            alarm.state,
            is_silenced(alarm),
            alarm.first_out,
            figures.moment(alarm.shelved_until, self._zone) if alarm.shelved_until is not None else "",
            alarm.guidance.said_in(self._language),
        )

    def _anomaly(self, found: Anomaly, mail: Mail) -> Row:
        standing = found.detected <= mail.cursor and (found.until is None or mail.cursor < found.until)
        unseen = standing and found.id not in mail.recognised
        strongest = max(found.evidence, key=lambda e: abs(e.z), default=None)
        past = "not_yet" if found.detected > mail.cursor else "over"
        return Row(
            "anomaly",
            found.id,
            found.priority,
            unseen,
            standing,
            found.detected,
            figures.moment(found.detected, self._zone),
            found.equipment,
            faults.called(found),
            _strength(strongest) if strongest else "",
            past if not standing else "unacknowledged" if unseen else "acknowledged",
        )


def _strength(piece: Evidence) -> str:
    """How far a piece of evidence is off, in sigmas; nothing where those say nothing."""
    return f"{formatting.number(piece.z, 1, signed=True)} σ" if in_sigmas(piece.residual, piece.z) else ""


def _key(row: Row, column: int) -> object:
    keys: tuple[object, ...] = (
        theme.PRIORITIES.index(row.priority),
        row.at,
        row.equipment,
        row.what,
        row.value,
        row.state,
    )
    return keys[column]
