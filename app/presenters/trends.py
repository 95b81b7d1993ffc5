"""Trends of picked tags: one pane for what is alike, one axis of time, one cursor; ranges are asked for and drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from app import theme
from app.messages import Mail, RangeAnswer, Request, Seek
from app.presenters import faults, figures, formatting, trend_data
from app.presenters.expectations import Expectations, Expected
from app.presenters.freshness import Freshness
from app.presenters.inquiry import Inquiry
from app.presenters.selection import Selection
from app.presenters.trend_data import Data, Point
from app.presenters.trend_window import Tick, Window, ticks
from twin.plant.reading import Station
from twin.signals import Frame, Quality, Tag, TagTable

FIRST_WIDTH = 600.0  # s
YOUNG_WIDTH = 120.0  # s: a live source shorter than the first width is shown whole, but no less than this
WHOLE_AT_FIRST = 3600.0  # s: a recording no longer than this is shown whole
BETWEEN = 4000  # buckets in which the time between the marks is summed up
MOST_CURVES = 24
OLD = 1.5  # s: younger values need no word about their age
ROOM = 0.08  # of the values' extent left free above and below
LEAST_EXTENT = 0.004  # of a tag's range: less is not blown up to fill the pane
LOOSE = 0.45  # of the axis that must be used before it is drawn tighter

_OF_PUMP = (
    "pump_flow",
    "discharge_pressure",
    "suction_pressure",
    "motor_active_power",
    "vibration_pump_de_x",
    "pump_bearing_de_temperature",
    "shaft_speed",
)
OTHERS_SHOWN = 6  # tags of an equipment that is no pump


@dataclass(frozen=True, slots=True)
class Summed:
    """Between the two marks, as text."""

    difference: str
    mean: str
    low: str
    high: str


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One tag: its line, what is expected of it, and what the legend says at the cursor."""

    tag: str
    description: str
    unit: str
    colour: int
    digital: bool
    data: Data | None = None
    expected: Expected | None = None
    value: str = formatting.NOTHING
    age: str = ""
    quality: int = Quality.MISSING
    summed: Summed | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that one or more curves of a pane share."""

    name: str
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which an anomaly stood."""

    anomaly: int
    since: float
    until: float
    priority: str
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """Curves that share a unit and so an axis, from ``low`` to ``high``. ``held``: somebody set it so."""

    key: str
    unit: str
    curves: tuple[Curve, ...]
    limits: tuple[Limit, ...]
    spans: tuple[Span, ...]
    low: float
    high: float
    held: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that is drawn. Times in POSIX seconds; ``marks`` are the two cursors A and B, NaN where not set.

    ``away``: the window has been moved off the cursor, and there is a way back.
    """

    panes: tuple[Pane, ...] = ()
    window: Window = field(default_factory=lambda: Window(0.0, FIRST_WIDTH))
    ticks: tuple[Tick, ...] = ()
    cursor: float = math.nan
    hovered: float = math.nan
    read_at: str = ""
    marks: tuple[float, float] = (math.nan, math.nan)
    between: str = ""
    away: bool = False
    live: bool = False
    own: bool = False  # the tags were picked by hand, and no selection replaces them


class View(Protocol):
    """The panes."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Knows which tags are drawn over which time, asks for what is missing, and reads all curves at the cursor."""

    def __init__(
        self,
        view: View,
        ask: Callable[[Request], None],
        station: Station | None,
        tags: TagTable,
        language: str = "en",
    ) -> None:
        self._view = view
        self._ask = ask
        self._station = station
        self._tags = tags
        self._language = language
        self._zone = figures.zone(station)
        self._drawing = Inquiry(ask)
        self._summing = Inquiry(ask)
        self._colours: dict[int, int] = {}  # column: colour, in the order of their coming
        self._data: dict[int, Data] = {}
        self._between: dict[int, Data] = {}  # of the time between the marks
        self._expectations = Expectations(tags)
        self._freshness = Freshness(len(tags))
        self._frame: Frame | None = None
        self._mail: Mail | None = None
        self._held: dict[str, tuple[float, float]] = {}
        self._axes: dict[str, tuple[float, float]] = {}
        self._pixels = 800.0
        self._placed = False
        self._growing = True  # while a young live source has not filled the first width, nor anybody looked closer
        self._own = False
        self._state = State()

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    @property
    def is_complete(self) -> bool:
        """Whether all that was asked for is drawn."""
        return not (self._drawing.pending or self._summing.pending)

    # ---- what the window tells it ----------------------------------------------------------------------------------

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        for inquiry in (self._drawing, self._summing):
            inquiry.wait()
        for answer in mail.answers:
            self._answered(answer)
        snapshot = mail.snapshot
        if snapshot is not None and snapshot.frame is not self._frame:
            self._frame = snapshot.frame
            self._freshness.take(snapshot.frame)
            self._expectations.take(snapshot, self._colours)
        self._follow(mail)
        self._work_out()

    def say_in(self, language: str) -> None:
        """Say descriptions and ages in another language."""
        self._language = language
        self._work_out()

    def select(self, selection: Selection) -> None:
        """Draw what matters of the selected thing, unless tags were picked by hand."""
        if self._own or selection.kind == "nothing":
            return
        columns = self._columns_for(selection)
        if columns and columns != list(self._colours):
            self._colours = {column: colour for colour, column in enumerate(columns)}
            self._held.clear()
            self._work_out()

    # ---- which tags ------------------------------------------------------------------------------------------------

    def add(self, names: Iterable[str]) -> None:
        """Draw more tags; an equipment's name stands for its most telling ones. From now on the choice is one's own."""
        for name in names:
            for column in self._columns_named(name):
                if column not in self._colours and len(self._colours) < MOST_CURVES:
                    self._colours[column] = self._free_colour()
                self._own = True
        self._work_out()

    def remove(self, name: str) -> None:
        """Draw a tag no longer."""
        if name in self._tags:
            self._colours.pop(self._tags.column(name), None)
        self._own = bool(self._colours)
        self._work_out()

    def clear(self) -> None:
        """Draw nothing, and follow the selection again."""
        self._colours.clear()
        self._held.clear()
        self._own = False
        self._work_out()

    # ---- which time ------------------------------------------------------------------------------------------------

    def resize(self, pixels: float) -> None:
        """So many pixels are there for the time axis."""
        if pixels > 0 and pixels != self._pixels:
            self._pixels = pixels
            self._work_out()

    def zoom(self, at: float, factor: float) -> None:
        """Show ``factor`` times as much time, ``at`` staying in its place."""
        self._look(self._state.window.zoomed(at, factor, self._now()))

    def shift(self, seconds: float) -> None:
        """Show a later time."""
        self._look(self._state.window.shifted(seconds, self._now()))

    def show_width(self, seconds: float) -> None:
        """Show so much time around the cursor; 0: all there is."""
        if self._mail is None or not math.isfinite(self._mail.cursor):
            return
        since, until = self._mail.span
        window, now = self._state.window, self._now()
        if seconds <= 0.0:
            self._look(Window(since, max(until, since + 1.0), True))
        elif math.isfinite(now):
            self._look(Window(now - seconds, now, True))
        else:
            share = min(max((self._mail.cursor - window.since) / window.width, 0.1), 0.9)
            since = self._mail.cursor - share * seconds
            self._look(Window(since, since + seconds, True))

    def back(self) -> None:
        """Follow the cursor again."""
        self._look(replace(self._state.window, attached=True))

    def reset(self) -> None:
        """Let every axis fit its values again, and follow the cursor."""
        self._held.clear()
        self._axes.clear()
        self.back()

    def zoom_values(self, key: str, at: float, factor: float) -> None:
        """Stretch one pane's value axis, the value ``at`` staying in its place."""
        pane = next((pane for pane in self._state.panes if pane.key == key), None)
        if pane is not None:
            self._held[key] = (at - (at - pane.low) * factor, at + (pane.high - at) * factor)
            self._work_out()

    # ---- cursors ---------------------------------------------------------------------------------------------------

    def hover(self, at: float) -> None:
        """Read the curves where the mouse is instead of at the cursor; NaN: the mouse has gone."""
        if at != self._state.hovered and not (math.isnan(at) and math.isnan(self._state.hovered)):
            self._state = replace(self._state, hovered=at)
            self._work_out()

    def seek(self, at: float) -> None:
        """Put the cursor that all views share at a time."""
        self._ask(Seek(at))

    def mark(self, which: str) -> None:
        """Set mark A or B where the mouse is, or else where the cursor is; set again at the same place it goes."""
        at = self._state.hovered if math.isfinite(self._state.hovered) else self._state.cursor
        first, second = self._state.marks
        if which == "A":
            first = math.nan if first == at else at
        else:
            second = math.nan if second == at else at
        self._set_marks((first, second))

    def clear_marks(self) -> None:
        """Take both marks away."""
        self._set_marks((math.nan, math.nan))

    def _set_marks(self, marks: tuple[float, float]) -> None:
        self._state = replace(self._state, marks=marks)
        self._summing.forget()
        self._between.clear()
        self._work_out()

    # ---- queries ---------------------------------------------------------------------------------------------------

    def _answered(self, answer: RangeAnswer) -> None:
        into = next((kept for inquiry, kept in self._inquiries() if inquiry.is_answered_by(answer)), None)
        if into is None:
            return
        for row, column in enumerate(answer.columns):
            into[column] = trend_data.of_answer(answer, row)
        for column in set(into) - set(self._colours):
            del into[column]

    def _inquiries(self) -> tuple[tuple[Inquiry, dict[int, Data]], ...]:
        return (self._drawing, self._data), (self._summing, self._between)

    def _query(self) -> None:
        """Ask for what is to be drawn or summed up and is not there."""
        mail = self._mail
        if mail is None or not math.isfinite(mail.span[1]):
            return
        window, marks = self._state.window, self._state.marks
        self._drawing.want(self._colours, (window.since, window.until), mail.span, window.width / self._pixels)
        if math.isfinite(marks[0] + marks[1]) and marks[0] != marks[1]:
            between = min(marks), max(marks)
            self._summing.want(self._colours, between, mail.span, (between[1] - between[0]) / BETWEEN)

    # ---- the picture -----------------------------------------------------------------------------------------------

    def _now(self) -> float:
        """The live end, or NaN where there is none."""
        return self._mail.cursor if self._mail is not None and self._mail.following else math.nan

    def _look(self, window: Window) -> None:
        self._growing = False
        self._state = replace(self._state, window=window)
        if self._mail is not None:
            self._follow(self._mail)
        self._work_out()

    def _follow(self, mail: Mail) -> None:
        if not math.isfinite(mail.cursor):
            return
        window = self._state.window
        if not self._placed:
            self._begin()
            since, until = mail.span
            whole = not mail.following and 0.0 < until - since <= WHOLE_AT_FIRST
            window = Window(since, until) if whole else Window(mail.cursor - FIRST_WIDTH, mail.cursor)
            self._placed = True
        if self._growing and mail.following:
            width = min(max(mail.cursor - mail.span[0], YOUNG_WIDTH), FIRST_WIDTH)
            window = replace(window, since=window.until - width)
        self._state = replace(self._state, window=window.around(mail.cursor, mail.following))

    def _work_out(self) -> None:
        mail = self._mail
        self._query()
        panes = tuple(self._pane(key, columns) for key, columns in self._panes().items())
        state = self._state
        window = state.window
        reading = state.hovered if math.isfinite(state.hovered) else state.cursor
        if mail is not None:
            state = replace(state, cursor=mail.cursor, live=mail.following)
            reading = state.hovered if math.isfinite(state.hovered) else mail.cursor
        first, second = state.marks
        self._state = replace(
            state,
            panes=panes,
            ticks=ticks(window, self._pixels, self._zone),
            read_at=formatting.clock(reading, self._zone, tenths=window.width < formatting.MINUTE),
            between=formatting.duration(second - first, self._language) if math.isfinite(second - first) else "",
            away=not window.attached,
            own=self._own,
        )
        self._view.show_state(self._state)

    def _panes(self) -> dict[str, list[int]]:
        panes: dict[str, list[int]] = {}
        for column in self._colours:
            panes.setdefault(_pane_key(self._tags[column]), []).append(column)
        return panes

    def _pane(self, key: str, columns: list[int]) -> Pane:
        tags = [self._tags[column] for column in columns]
        curves = tuple(self._curve(column) for column in columns)
        low, high = self._held.get(key) or self._axis(key, curves, tags)
        return Pane(
            key,
            formatting.unit_glyph(tags[0].unit),
            curves,
            _limits(tags),
            self._spans({tag.equipment for tag in tags}),
            low,
            high,
            key in self._held,
        )

    def _curve(self, column: int) -> Curve:
        tag = self._tags[column]
        data = self._data.get(column)
        point = self._read(column, data)
        at = self._state.hovered if math.isfinite(self._state.hovered) else self._cursor()
        age = at - point.at
        return Curve(
            tag.name,
            tag.description.said_in(self._language),
            formatting.unit_glyph(tag.unit),
            self._colours[column] % len(theme.CURVES),
            tag.kind == "digital",
            data,
            self._expectations.of(column),
            formatting.tag_value(point.value, tag),
            formatting.age(age, self._language) if age >= OLD else "",
            point.quality,
            self._summed(tag, self._between.get(column)),
        )

    def _cursor(self) -> float:
        return self._mail.cursor if self._mail is not None else math.nan

    def _read(self, column: int, data: Data | None) -> Point:
        """The last known value at the mouse or the cursor, with when it was known."""
        frame, hovered = self._frame, self._state.hovered
        if math.isfinite(hovered):
            return trend_data.value_at(data, hovered) if data is not None else _NO_POINT
        if frame is None:
            return _NO_POINT
        value, quality = float(frame.values[column]), int(frame.quality[column])
        if math.isfinite(value) and quality <= Quality.UNCERTAIN:
            return Point(value, frame.at, quality)
        if math.isfinite(value):
            return Point(value, self._mail_cursor_less_age(column), quality)
        before = trend_data.value_at(data, frame.at) if data is not None else _NO_POINT
        return replace(before, quality=quality)

    def _mail_cursor_less_age(self, column: int) -> float:
        return self._cursor() - float(self._freshness.ages(self._cursor())[column])

    def _summed(self, tag: Tag, data: Data | None) -> Summed | None:
        first, second = self._state.marks
        if data is None or not math.isfinite(first + second):
            return None
        found = trend_data.summary(data, first, second)
        about = "" if found.exact else "≈ "
        digits = min(tag.decimals + 1, 4)
        return Summed(
            formatting.number(found.difference, tag.decimals, signed=True),
            about + formatting.number(found.mean, digits),
            formatting.number(found.low, tag.decimals),
            formatting.number(found.high, tag.decimals),
        )

    def _axis(self, key: str, curves: tuple[Curve, ...], tags: list[Tag]) -> tuple[float, float]:
        """From a round value below what is seen to one above; an axis that still fits is left as it is."""
        if all(curve.digital for curve in curves):
            return -0.15, 1.15
        window = self._state.window
        extents = [trend_data.extent(c.data, window.since, window.until) for c in curves if c.data is not None]
        finite = [value for pair in extents for value in pair if math.isfinite(value)]
        if not finite:
            return self._axes.get(key, (0.0, 1.0))
        low, high = min(finite), max(finite)
        ranges = [tag.high - tag.low for tag in tags if math.isfinite(tag.high - tag.low)]
        least = max(LEAST_EXTENT * max(ranges, default=0.0), 1e-9 * max(abs(low), abs(high), 1e-3))
        middle, half = (low + high) / 2, max((high - low) / 2 * (1 + 2 * ROOM), least / 2)
        before = self._axes.get(key)
        if before is None or low < before[0] or high > before[1] or half * 2 < LOOSE * (before[1] - before[0]):
            self._axes[key] = _rounded(middle - half, middle + half)
        return self._axes[key]

    def _spans(self, equipment: set[str]) -> tuple[Span, ...]:
        mail, window = self._mail, self._state.window
        if mail is None:
            return ()
        return tuple(
            Span(a.id, a.since, mail.span[1] if a.until is None else a.until, a.priority, faults.called(a))
            for a in mail.anomalies
            if a.equipment in equipment and a.since <= window.until and (a.until is None or a.until >= window.since)
        )

    # ---- names -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Nothing selected yet: the first pump, or whatever comes first in a source without pumps."""
        if self._colours:
            return
        first = self._columns_of(self._station.pumps[0].id) if self._station and self._station.pumps else []
        columns = first or list(range(min(OTHERS_SHOWN, len(self._tags))))
        self._colours = {column: colour for colour, column in enumerate(columns)}

    def _free_colour(self) -> int:
        taken = set(self._colours.values())
        return next(colour for colour in itertools.count() if colour not in taken)

    def _columns_named(self, name: str) -> list[int]:
        return [self._tags.column(name)] if name in self._tags else self._columns_of(name)

    def _columns_for(self, selection: Selection) -> list[int]:
        """What was selected itself, and what tells most about its equipment."""
        first: list[int] = []
        if selection.kind == "tag":
            first = self._columns_named(selection.name)
        elif selection.kind == "alarm" and self._mail is not None:
            alarmed = [alarm.tag for alarm in self._mail.alarms if alarm.id == selection.id]
            first = [column for name in alarmed for column in self._columns_named(name)]
        elif selection.kind == "anomaly":
            first = self._evidence(selection.id)
        equipment = selection.equipment or (selection.name if selection.kind == "equipment" else "")
        return list(dict.fromkeys(first + self._columns_of(equipment)))

    def _evidence(self, anomaly: int) -> list[int]:
        found = [a for a in self._mail.anomalies if a.id == anomaly] if self._mail is not None else []
        names = dict.fromkeys(evidence.tag for each in found for evidence in each.evidence)
        return [self._tags.column(name) for name in names if name in self._tags]

    def _columns_of(self, equipment: str) -> list[int]:
        """The tags that tell most about an equipment."""
        if not equipment:
            return []
        wanted = [self._tags.measuring(equipment, measures) for measures in _OF_PUMP]
        telling = [column for column in wanted if column is not None]
        if telling:
            return telling
        of = [column for column, tag in enumerate(self._tags) if tag.equipment == equipment]
        return sorted(of, key=lambda column: self._tags[column].kind == "digital")[:OTHERS_SHOWN]


_NO_POINT = Point(math.nan, math.nan, Quality.MISSING)


def _pane_key(tag: Tag) -> str:
    """Tags with the same key share a pane: one unit and the same limits, so that every limit drawn holds for all."""
    return "digital" if tag.kind == "digital" else f"{tag.unit} {tag.limits}"


def _limits(tags: list[Tag]) -> tuple[Limit, ...]:
    """Each limit of a pane once."""
    limits: dict[tuple[str, float], Limit] = {}
    for tag in tags:
        of = tag.limits
        for name, value in (("LL", of.low_low), ("L", of.low), ("H", of.high), ("HH", of.high_high)):
            if value is not None:
                limits[name, value] = Limit(name, value, f"{name} {value:g}")
    return tuple(limits.values())


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Outwards to a fifth of the extent's own power of ten."""
    step = 10.0 ** math.floor(math.log10(high - low)) / 5.0
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
