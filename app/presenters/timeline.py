"""The timeline: the whole span above, lanes of what happened below, and the controls that move the cursor."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal, Protocol

from app.messages import Annotate, GoLive, Mail, Mode, Pause, Play, Request, Seek, SetRate, StepSample, TakeBack
from app.presenters import faults, figures, formatting
from app.presenters.selection import Selection
from app.presenters.status import is_unseen
from twin.notes import Annotation, Note
from twin.plant.reading import Station
from twin.signals import Event, TagTable
from twin.text import Text

RATES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 100.0, 300.0, 1000.0)
SHORTEST, LONGEST = 120.0, 600.0  # s of a live source shown in the lanes: all there is, within these
NARROWEST = 10.0  # s
LEAD = 0.08  # share of the lanes kept free to the right of now

LaneName = Literal["alarms", "anomalies", "operations", "labels", "notes", "data", "truth"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a lane from ``since`` to ``until`` (equal for an instant). ``what`` is a word or a sentence;
    ``struck`` says that it was taken back."""

    since: float
    until: float
    equipment: str
    what: str
    priority: str = ""
    unseen: bool = False
    kind: Literal["alarm", "anomaly", "event", "note"] = "event"
    id: int = 0
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of marks; ``caption`` is its name where the source gave it one."""

    name: LaneName
    marks: tuple[Mark, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """All the timeline shows; ``shown`` is the part of the span the lanes hold, ``ends`` says the whole span's."""

    mode: Mode = "replay"
    live_source: bool = False
    span: tuple[float, float] = (math.nan, math.nan)
    shown: tuple[float, float] = (math.nan, math.nan)
    ends: tuple[str, str] = ("", "")
    cursor: float = math.nan
    time: str = formatting.NOTHING
    day: str = ""
    playing: bool = False
    following: bool = False
    rate: float = 1.0
    lanes: tuple[Lane, ...] = ()
    offset: float = 0.0  # s, of the station's clock from UTC, for the ticks
    selected: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the note that is being written is about, and which it is to replace, by its number."""

    since: float
    until: float
    subject: str
    instead_of: int = 0


class View(Protocol):
    """The timeline's widget."""

    def show_state(self, state: State) -> None: ...

    def ask_for_note(self, time: str, subject: str, words: str = "") -> None: ...


class Presenter:
    """Works the lanes out of each mail, and asks for the cursor to be moved."""

    def __init__(self, view: View, ask: Callable[[Request], None], station: Station | None, tags: TagTable) -> None:
        self._view = view
        self._ask = ask
        self._tags = tags
        self._station = station
        circuits = station.file.circuits if station is not None else ()
        self._circuits = {circuit.id: Text(circuit.name.en, circuit.name.zh) for circuit in circuits}
        self._zone = figures.zone(station)
        self._language = "en"
        self._mail: Mail | None = None
        self._window: float | None = None  # s shown; None: all
        self._zoomed = False
        self._centre: float | None = None  # None: goes with the cursor
        self._selected = ("", 0)
        self._draft = Draft(math.nan, math.nan, "")
        self._changes = count(1)
        self._all_notes = False
        self._state = State()
        self._made_of: tuple[object, ...] = ()
        self._lanes: tuple[Lane, ...] = ()

    # ---- what comes in ---------------------------------------------------------------------------------------------

    def say_in(self, language: str) -> None:
        """Say the marks in another language."""
        self._language = language
        self._made_of = ()
        self._work_out()

    def select(self, selection: Selection) -> None:
        """Mark the selected anomaly or alarm."""
        self._selected = (selection.kind, selection.id)
        self._work_out()

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        if mail.live_source and not self._zoomed and math.isfinite(mail.span[0]):
            self._window = min(max((1 + LEAD) * (mail.span[1] - mail.span[0]), SHORTEST), LONGEST)
        self._work_out()

    # ---- what is asked ---------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play or pause."""
        if self._mail is not None:
            self._ask(Pause() if self._mail.playing else Play())

    def seek(self, at: float) -> None:
        """Put the cursor at a time."""
        if self._mail is not None and math.isfinite(self._mail.span[0]):
            first, last = self._mail.span
            self._ask(Seek(min(max(at, first), last)))

    def step(self, seconds: float) -> None:
        """Move the cursor by some seconds."""
        if self._mail is not None:
            self.seek(self._mail.cursor + seconds)

    def begin_note(self, subject: str) -> None:
        """Ask for a note at the cursor, on a tag or equipment, or "" for nothing in particular."""
        if self._mail is not None and not self._mail.live_source:
            self._draft = Draft(self._mail.cursor, self._mail.cursor, subject)
            self._view.ask_for_note(formatting.clock(self._mail.cursor, self._zone), subject)

    def change_note(self, number: int) -> None:
        """Ask for other words of a note that stands."""
        note = self._note_of(number)
        if note is not None and not note.by:
            said = note.said
            self._draft = Draft(said.at, said.until, said.subject, number)
            self._view.ask_for_note(formatting.clock(said.at, self._zone), said.subject, said.text)

    def note(self, text: str) -> None:
        """Keep the note that was asked for."""
        at = self._draft
        change = next(self._changes)
        self._ask(Annotate(at.since, at.until, at.subject, text, instead_of=at.instead_of, change=change))

    def turn_note(self, number: int) -> None:
        """Take a note back; bring one back that was taken back."""
        note = self._note_of(number)
        if note is not None:
            self._ask(TakeBack(note.by or number, change=next(self._changes)))

    def show_all_notes(self) -> None:
        """Show what was taken back too, or no longer."""
        self._all_notes = not self._all_notes
        self._made_of = ()
        self._work_out()

    def _note_of(self, number: int) -> Note | None:
        notes = self._mail.notes if self._mail is not None else ()
        return next((note for note in notes if note.number == number), None)

    def sample(self, direction: Literal[-1, 1]) -> None:
        """To the next frame or the one before."""
        self._ask(StepSample(direction))

    def first(self) -> None:
        """To the beginning."""
        if self._mail is not None:
            self.seek(self._mail.span[0])

    def last(self) -> None:
        """To the end; in a live source that is now."""
        if self._mail is not None:
            self.go_live() if self._mail.live_source else self.seek(self._mail.span[1])

    def go_live(self) -> None:
        """Back to now."""
        self._ask(GoLive())

    def set_rate(self, rate: float) -> None:
        """Replay at a multiple of real time."""
        self._ask(SetRate(rate))

    def faster(self) -> None:
        """The next higher rate."""
        self._shift_rate(1)

    def slower(self) -> None:
        """The next lower rate."""
        self._shift_rate(-1)

    def next_event(self) -> None:
        """To the next mark after the cursor."""
        times = self._times()
        index = bisect_right(times, self._state.cursor + 1e-3)
        if index < len(times):
            self.seek(times[index])

    def previous_event(self) -> None:
        """To the last mark before the cursor."""
        times = self._times()
        index = bisect_left(times, self._state.cursor - 1e-3)
        if index > 0:
            self.seek(times[index - 1])

    def zoom(self, factor: float, about: float) -> None:
        """Show less or more in the lanes, keeping the time under the pointer where it is."""
        if self._mail is None:
            return
        self._zoomed = True
        first, last = self._shown(self._mail)
        width = min(max((last - first) * factor, NARROWEST), self._length(self._mail))
        share = (about - first) / max(last - first, 1e-9)
        self._window = width if width < self._length(self._mail) else None
        self._centre = None if self._mail.following else about + (0.5 - share) * width
        self._work_out()

    def show_around(self, at: float) -> None:
        """Move the lanes to another part of the span."""
        self._centre = at
        self._work_out()

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def _shift_rate(self, by: int) -> None:
        if self._mail is None:
            return
        nearest = min(range(len(RATES)), key=lambda i: abs(math.log(RATES[i] / self._mail.rate)))  # type: ignore[union-attr]
        self._ask(SetRate(RATES[min(max(nearest + by, 0), len(RATES) - 1)]))

    def _times(self) -> list[float]:
        return sorted({mark.since for lane in self._state.lanes for mark in lane.marks})

    @staticmethod
    def _length(mail: Mail) -> float:
        return max(mail.span[1] - mail.span[0], NARROWEST)

    def _shown(self, mail: Mail) -> tuple[float, float]:
        if self._window is None:
            return mail.span[0], mail.span[0] + self._length(mail)
        if mail.following or self._centre is None:
            last = mail.cursor + LEAD * self._window if mail.following else mail.cursor + self._window / 2
            return last - self._window, last
        if not self._centre - self._window / 2 <= mail.cursor <= self._centre + self._window / 2 and mail.playing:
            self._centre = mail.cursor + 0.4 * self._window  # the cursor ran out of the picture: turn the page
        return self._centre - self._window / 2, self._centre + self._window / 2

    def _ends(self, span: tuple[float, float]) -> tuple[str, str]:
        """The first and the last time there is, with their days where they differ."""
        first, last = (formatting.day(at, self._zone) for at in span)
        say = formatting.clock if first == last else figures.moment
        return say(span[0], self._zone), say(span[1], self._zone)

    def _work_out(self) -> None:
        mail = self._mail
        if mail is None or not math.isfinite(mail.span[0]):
            return
        made_of = (mail.past_alarms, mail.anomalies, mail.events, mail.recognised, mail.notes, mail.mode)
        made_of = (*made_of, int(mail.span[1]))
        if made_of != self._made_of:
            self._made_of, self._lanes = made_of, self._make_lanes(mail)
        state = State(
            mode=mail.mode,
            live_source=mail.live_source,
            span=mail.span,
            shown=self._shown(mail),
            ends=self._ends(mail.span),
            cursor=mail.cursor,
            time=formatting.clock(mail.cursor, self._zone),
            day=formatting.day(mail.cursor, self._zone),
            playing=mail.playing,
            following=mail.following,
            rate=mail.rate,
            lanes=self._lanes,
            offset=figures.seconds_from_utc(mail.cursor, self._zone),
            selected=self._selected,
        )
        if state != self._state:
            self._state = state
            self._view.show_state(state)

    def _make_lanes(self, mail: Mail) -> tuple[Lane, ...]:
        newest = mail.span[1]
        alarms = tuple(
            Mark(
                a.since,
                a.until if a.until is not None else newest,
                a.equipment or a.tag,
                a.text.said_in(self._language),
                a.priority,
                is_unseen(a),
                "alarm",
                a.id,
            )
            for a in mail.past_alarms
        )
        anomalies = tuple(
            Mark(
                a.since,
                a.until if a.until is not None else newest,
                a.equipment,
                faults.called(a),
                a.priority,
                a.id not in mail.recognised,
                "anomaly",
                a.id,
            )
            for a in mail.anomalies
        )
        lanes = [Lane("anomalies", anomalies), Lane("alarms", alarms)]
        operations = Lane("operations", self._marks(mail.events, ("operation", "command")))
        if operations.marks or self._station is not None:
            lanes.append(operations)
        optional: list[tuple[LaneName, tuple[str, ...]]] = [("data", ("notice",))]
        if not mail.live_source:  # what a simulated fault truly was is for training on recordings, never for now
            optional.append(("truth", ("truth",)))
        filled = (Lane(name, self._marks(mail.events, kinds)) for name, kinds in optional)
        optional_lanes = (_noted(mail.notes, self._all_notes), *filled)
        return (*lanes, *self._label_lanes(mail), *(lane for lane in optional_lanes if lane.marks))

    def _label_lanes(self, mail: Mail) -> Iterator[Lane]:
        """What whoever made a recording said of it, a lane for each of its label columns: where it is not zero."""
        by_column: dict[str, list[Event]] = {}
        for event in mail.events:
            if event.kind == "label":
                by_column.setdefault(event.subject, []).append(event)
        for name, events in by_column.items():
            known = self._tags[self._tags.column(name)].description if name in self._tags else Text(name, name)
            ends = [event.at for event in events[1:]] + [mail.span[1]]
            marks = tuple(
                Mark(event.at, until, "", _label_value(event))
                for event, until in zip(events, ends, strict=True)
                if event.data.get("value", 1.0)
            )
            yield Lane("labels", marks, known.said_in(self._language) or name)

    def _marks(self, events: Iterable[Event], kinds: tuple[str, ...]) -> tuple[Mark, ...]:
        return tuple(
            Mark(e.at, float(e.data.get("until") or e.at), self._called(e), e.text.said_in(self._language) or e.subject)
            for e in events
            if e.kind in kinds
        )

    def _called(self, event: Event) -> str:
        """What an event is about: a circuit by its name, anything else as people call it anyway."""
        circuit = self._circuits.get(event.subject)
        return event.subject if circuit is None else circuit.said_in(self._language) or event.subject


def _noted(notes: Sequence[Note], with_taken_back: bool) -> Lane:
    """What reviewers have said, each at its time or over its span, with who said it."""
    shown = sorted((note for note in notes if with_taken_back or not note.by), key=lambda note: note.said.at)
    return Lane("notes", tuple(map(_note_mark, shown)))


def _note_mark(note: Note) -> Mark:
    said = note.said
    until = max(said.at, said.until)
    return Mark(said.at, until, said.subject, _signed(said), kind="note", id=note.number, struck=bool(note.by))


def _signed(note: Annotation) -> str:
    return f"{note.text} ({note.author})" if note.author else note.text


def _label_value(event: Event) -> str:
    """What a label says beyond its being there."""
    value = float(event.data.get("value", 1.0))
    return "" if value == 1.0 else f"{value:g}"
