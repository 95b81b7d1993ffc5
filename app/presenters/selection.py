"""What is selected, and what the window says about it: the value, what was expected, why it was flagged, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from app import theme
from app.messages import Mail
from app.presenters import faults, figures, formatting
from app.presenters.robots import status as robot_status
from app.presenters.status import is_unseen
from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly, Evidence
from twin.plant.model import PumpState
from twin.plant.reading import Station
from twin.signals import Frame, Quality, Tag, TagTable
from twin.telling import in_sigmas

Kind = Literal["nothing", "equipment", "tag", "alarm", "anomaly"]
TAGS_SHOWN = 24  # of an equipment without a model
OF_ONE_POINT = frozenset({"vibration", "envelope", "temperature"})  # a machine has many: each is told by its own name
LOGARITHMS = frozenset({"vibration", "envelope"})  # as residuals of the model: no figure of theirs means anything


@dataclass(frozen=True, slots=True)
class Selection:
    """One thing picked anywhere in the window; every panel shows it in its own way.

    ``name`` is the equipment's or the tag's; ``id`` the alarm's or the anomaly's; ``equipment`` what it belongs to.
    ``fly`` asks the scene to go there.
    """

    kind: Kind = "nothing"
    name: str = ""
    id: int = 0
    equipment: str = ""
    fly: bool = False


@dataclass(frozen=True, slots=True)
class Gauge:
    """A short bar before a number: shares of the range from 0 to 1, NaN for what there is not."""

    value: float
    normal: tuple[float, float] = (float("nan"), float("nan"))
    limits: tuple[float, ...] = ()
    expected: float = float("nan")


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what it is (a word the view knows, or a name), a figure, its unit and quality, and what is expected."""

    label: str
    value: str = ""
    unit: str = ""
    quality: int = 0
    note: str = ""
    gauge: Gauge | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A residual, or a point's name, and how far it moved, in sigmas.

    ``valid`` False: it may not be judged now, and ``why``.
    ``sigmas`` False: what moved is a switch or a count, of which ``value`` says all (a word the view knows, or a
    figure); ``unit`` may be a word too.
    """

    residual: str
    value: str
    unit: str
    z: float
    tag: str = ""
    valid: bool = True
    why: str = ""
    sigmas: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """A fault that would explain it, and how surely (0 to 1)."""

    fault: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next: a verb the view knows, and what with."""

    verb: str
    object: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """All the panel shows. Words the view knows are given by their key (``impeller_wear``).

    ``moved`` are the residuals an anomaly was found by, as they were then, or all of an equipment; ``moved_now`` those
    of the anomaly's equipment that are off at the cursor.
    """

    kind: Kind = "nothing"
    title: str = ""
    subtitle: str = ""
    fault: str = ""
    status: str = ""
    priority: str = ""
    since: str = ""
    detected: str = ""
    until: str = ""
    rows: tuple[Row, ...] = ()
    shares: tuple[Share, ...] = ()
    moved: tuple[Moved, ...] = ()
    moved_now: tuple[Moved, ...] = ()
    steps: tuple[Step, ...] = ()
    acknowledge: bool = False
    locked: bool = False


class View(Protocol):
    """The panel."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Works out what there is to say about the selection at the cursor."""

    def __init__(self, view: View, station: Station | None, tags: TagTable) -> None:
        self._view = view
        self._station = station
        self._tags = tags
        self._robots = {robot.id for robot in station.file.robots} if station is not None else set()
        self._zone = figures.zone(station)
        self._language = "en"
        self._selection = Selection()
        self._mail: Mail | None = None
        self._state = State()

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self._selection

    def say_in(self, language: str) -> None:
        """Say it in another language."""
        self._language = language
        self._work_out()

    def select(self, selection: Selection) -> None:
        """Show something else."""
        self._selection = selection
        self._work_out()

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        self._work_out()

    def _work_out(self) -> None:
        about: dict[Kind, Callable[[Mail], State]] = {
            "equipment": self._equipment,
            "tag": self._tag,
            "alarm": self._alarm,
            "anomaly": self._anomaly,
        }
        kind = self._selection.kind
        state = about[kind](self._mail) if self._mail is not None and kind in about else State()
        if state != self._state:
            self._state = state
            self._view.show_state(state)

    # ---- an anomaly ------------------------------------------------------------------------------------------------

    def _anomaly(self, mail: Mail) -> State:
        standing = mail.snapshot.anomalies if mail.snapshot is not None else ()
        found = next((a for a in (*standing, *mail.anomalies) if a.id == self._selection.id), None)
        if found is None:
            return State()
        over = found.until is not None and found.until <= mail.cursor
        machine = owner(found.equipment, self._tags)
        return State(
            kind="anomaly",
            title=found.equipment,
            subtitle=self._named(found.equipment),
            fault=faults.called(found),
            status="over" if over else "standing" if found.detected <= mail.cursor else "not_yet",
            priority=found.priority,
            since=figures.moment(found.since, self._zone),
            detected=figures.moment(found.detected, self._zone),
            until=figures.moment(found.until, self._zone) if found.until is not None else "",
            rows=(
                *self._tag_rows(self._meant_by(found, mail), mail),
                *self._reconciled(self._columns([found.equipment]), mail),
                *self._pump_rows(machine, mail),
            ),
            shares=tuple(
                Share(faults.called(found, c.fault), c.confidence)
                for c in sorted(found.candidates, key=lambda c: -c.confidence)
            ),
            moved=tuple(self._shown(piece) for piece in found.evidence),
            moved_now=tuple(m for m in self._residuals(found.equipment, mail) if m.valid and _is_off(m.z)),
            steps=tuple(Step(verb, target) for verb, _, target in (r.partition(":") for r in found.response)),
            acknowledge=found.id not in mail.recognised,
            locked=not mail.following,
        )

    def _shown(self, piece: Evidence) -> Moved:
        """A piece of evidence: in sigmas, or as a switch or a count where those say nothing."""
        name = (self._named(piece.tag) if piece.residual in OF_ONE_POINT else "") or piece.residual
        sigmas = in_sigmas(piece.residual, piece.z)
        is_level = piece.residual in LOGARITHMS and piece.unit != "%"  # what a point says, not how far it moved
        value = formatting.number(piece.value, 2, signed=sigmas and not is_level)
        if piece.tag in self._tags and self._tags[self._tags.column(piece.tag)].kind == "digital":
            value = "on" if piece.value > 0.5 else "off"
        unit = formatting.unit_glyph(piece.unit)
        return Moved(name, value, unit, round(piece.z, 1), piece.tag, sigmas=sigmas)

    def _meant_by(self, found: Anomaly, mail: Mail) -> list[int]:
        """The tag that an anomaly is about; where no pump tells its own, those it was found by."""
        if self._pump_state(owner(found.equipment, self._tags), mail) is not None:
            return self._columns([found.equipment])
        return self._columns(dict.fromkeys([found.equipment, *(e.tag for e in found.evidence)]))

    def _named(self, name: str) -> str:
        """What an equipment is called; of a tag, what it measures."""
        if name in self._tags:
            return self._tags[self._tags.column(name)].description.said_in(self._language)
        return self._name(name)

    # ---- an alarm --------------------------------------------------------------------------------------------------

    def _alarm(self, mail: Mail) -> State:
        found = next((a for a in mail.alarms if a.id == self._selection.id), None)
        if found is None:
            return State()
        return State(
            kind="alarm",
            title=found.equipment or found.tag,
            subtitle=self._name(found.equipment),
            fault=found.text.said_in(self._language),
            status=found.state,
            priority=found.priority,
            since=figures.moment(found.since, self._zone),
            until=figures.moment(found.until, self._zone) if found.until is not None else "",
            rows=(*self._tag_rows(self._columns([found.tag]), mail), self._limit(found)),
            moved=self._residuals(found.equipment, mail),
            acknowledge=is_unseen(found),
            locked=not mail.following,
        )

    def _limit(self, found: Alarm) -> Row:
        tag = self._tags[self._tags.column(found.tag)] if found.tag in self._tags else Tag(found.tag)
        unit = formatting.unit_glyph(found.unit or tag.unit)
        return Row(f"limit_{found.rule}", formatting.tag_value(found.limit, tag), unit)

    # ---- an equipment ----------------------------------------------------------------------------------------------

    def _equipment(self, mail: Mail) -> State:
        name = self._selection.name
        columns = [c for c, tag in enumerate(self._tags) if tag.equipment == name]
        rows = self._pump_rows(name, mail) or self._tag_rows(columns[:TAGS_SHOWN], mail)
        pump = self._pump_state(name, mail)
        standing = [a for a in (mail.snapshot.anomalies if mail.snapshot else ()) if a.equipment == name]
        return State(
            kind="equipment",
            title=name,
            subtitle=self._name(name),
            fault=faults.called(standing[0]) if standing else "",
            priority=standing[0].priority if standing else "",
            status=self._doing(name, pump, mail),
            rows=rows,
            moved=self._residuals(name, mail),
            steps=tuple(Step(v, t) for a in standing for v, _, t in (r.partition(":") for r in a.response)),
            locked=not mail.following,
        )

    def _doing(self, name: str, pump: PumpState | None, mail: Mail) -> str:
        """What a pump or a robot does; "" of anything else."""
        if pump is not None:
            return "running" if pump.running else "stopped"
        if name not in self._robots or mail.snapshot is None:
            return ""
        return robot_status(name, mail.snapshot.frame, self._tags)

    def _residuals(self, equipment: str, mail: Mail) -> tuple[Moved, ...]:
        if mail.snapshot is None:
            return ()
        residuals = mail.snapshot.residuals
        found = []
        for index, each in enumerate(residuals.names):
            if each.equipment != equipment:
                continue
            value, z, valid = float(residuals.value[index]), float(residuals.z[index]), bool(residuals.valid[index])
            why = residuals.why[index] if residuals.why else ""
            z = round(z, 1) if np.isfinite(z) else 0.0
            figured = each.name not in LOGARITHMS
            found.append(
                Moved(
                    each.name,
                    formatting.number(value, 2, signed=True) if figured else "",
                    formatting.unit_glyph(each.unit) if figured else "",
                    z,
                    each.tag,
                    valid,
                    why,
                )
            )
        return tuple(sorted(found, key=lambda moved: (not moved.valid, -abs(moved.z))))

    @staticmethod
    def _pump_state(name: str, mail: Mail) -> PumpState | None:
        return next((p for p in (mail.snapshot.pumps if mail.snapshot else ()) if p.pump == name), None)

    def _pump_rows(self, name: str, mail: Mail) -> tuple[Row, ...]:
        state = self._pump_state(name, mail)
        if state is None:
            return ()
        margin = state.npsh_available - state.npsh_required
        return (
            Row("flow", formatting.number(state.flow * 3600, 0), "m³/h"),
            Row(
                "head", formatting.number(state.head, 1), "m", note=_expected(state.expected_head, state.head_sigma, 1)
            ),
            Row("power", formatting.number(state.power / 1e3, 0), "kW", note=_expected(state.expected_power / 1e3)),
            Row("speed", formatting.number(state.speed * 100, 1), "%"),
            Row("npsh_margin", formatting.number(margin, 1), "m"),
        )

    # ---- a tag -----------------------------------------------------------------------------------------------------

    def _tag(self, mail: Mail) -> State:
        columns = self._columns([self._selection.name])
        if not columns:
            return State()
        tag = self._tags[columns[0]]
        return State(
            kind="tag",
            title=tag.name,
            subtitle=tag.description.said_in(self._language),
            status=tag.equipment,
            rows=(*self._tag_rows(columns, mail), *self._reconciled(columns, mail), *self._limits(tag)),
            moved=tuple(m for m in self._residuals(tag.equipment, mail) if m.tag == tag.name),
            locked=not mail.following,
        )

    def _reconciled(self, columns: list[int], mail: Mail) -> Iterable[Row]:
        """What tags that are not believed should say, with a band of two sigmas."""
        told = mail.snapshot.reconciled if mail.snapshot is not None else {}
        for column in columns:
            if column in told:
                tag, word = self._tags[column], formatting.reconciled_word(self._language)
                value = formatting.tag_value(told[column].value, tag)
                band = formatting.tag_value(2.0 * told[column].sigma, tag)
                yield Row(word, f"{value} ± {band}", formatting.unit_glyph(tag.unit))

    @staticmethod
    def _limits(tag: Tag) -> Iterable[Row]:
        limits = tag.limits
        named = (("HH", limits.high_high), ("H", limits.high), ("L", limits.low), ("LL", limits.low_low))
        return (
            Row(f"limit_{name}", formatting.tag_value(value, tag), formatting.unit_glyph(tag.unit))
            for name, value in named
            if value is not None
        )

    def _columns(self, names: Iterable[str]) -> list[int]:
        return [self._tags.column(name) for name in names if name in self._tags]

    def _tag_rows(self, columns: list[int], mail: Mail) -> tuple[Row, ...]:
        frame = mail.snapshot.frame if mail.snapshot is not None else None
        return tuple(self._tag_row(column, frame) for column in columns)

    def _tag_row(self, column: int, frame: Frame | None) -> Row:
        tag = self._tags[column]
        value = float(frame.values[column]) if frame is not None else float("nan")
        quality = int(frame.quality[column]) if frame is not None else int(Quality.MISSING)
        label = tag.description.said_in(self._language) or tag.name
        if tag.kind == "digital":
            text = "on" if value > 0.5 else "off" if np.isfinite(value) else formatting.NOTHING
            return Row(label, text, "", quality, tag=tag.name)
        return Row(
            label,
            formatting.tag_value(value, tag),
            formatting.unit_glyph(tag.unit),
            quality,
            gauge=gauge(tag, value),
            tag=tag.name,
        )

    def _name(self, equipment: str) -> str:
        return self._station.name_of(equipment).said_in(self._language) if self._station is not None else ""


def owner(name: str, tags: TagTable) -> str:
    """The equipment that a name stands for: a tag's is the one it belongs to."""
    return tags[tags.column(name)].equipment if name in tags else name


def gauge(tag: Tag, value: float) -> Gauge | None:
    """A tag's value as shares of its range; None where it has no range."""
    span = tag.high - tag.low
    if not (np.isfinite(span) and span > 0):
        return None

    def share(of: float | None) -> float:
        return float("nan") if of is None else min(1.0, max(0.0, (of - tag.low) / span))

    limits = tag.limits
    low, high = share(limits.low), share(limits.high)
    normal = (0.0 if np.isnan(low) else low, 1.0 if np.isnan(high) else high)
    marks = tuple(share(m) for m in (limits.low_low, limits.low, limits.high, limits.high_high) if m is not None)
    return Gauge(share(value) if np.isfinite(value) else float("nan"), normal, marks)


def _is_off(z: float) -> bool:
    return abs(z) >= theme.RESIDUAL_QUIET


def _expected(value: float, sigma: float = float("nan"), decimals: int = 0) -> str:
    """What was expected, with its band of two sigmas; nothing where that cannot be said."""
    if not np.isfinite(value):
        return ""
    text = formatting.number(value, decimals)
    return f"{text} ± {formatting.number(2 * sigma, decimals)}" if np.isfinite(sigma) else text
