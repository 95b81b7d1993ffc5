"""The scene: what each piece of equipment is tinted and labelled with, where the robots are, and what is selected."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app import theme
from app.messages import Mail, Request
from app.presenters import formatting, last_seen, laying, watchers
from app.presenters.last_seen import LastSeen
from app.presenters.log_tracks import LogTracks
from app.presenters.machines import largest
from app.presenters.overlays import OVERLAYS, Tinting
from app.presenters.robots import Robots
from app.presenters.selection import Selection
from app.presenters.sights import Sights
from app.presenters.status import is_silenced
from app.presenters.valves import Valves
from app.scene import ground
from app.scene.state import (
    MOTION,
    THERMAL,
    UNSEEN,
    UNVISITED,
    VALVES,
    Halo,
    Label,
    Legend,
    Running,
    SceneState,
    Section,
    Sightings,
)
from app.scene.surround import Post
from twin.pipeline import Snapshot
from twin.plant.model import PumpState
from twin.plant.reading import Station
from twin.signals import Frame, Quality, TagTable
from twin.thermography import ThermalFrame

SIDES = 2  # from which a machine is seen
TINT_STEP = 0.5  # sigmas: what is finer than this is not worth a new picture
CUBIC_METRES_AN_HOUR = 3600.0


class View(Protocol):
    """The picture frame."""

    def show_state(self, state: SceneState) -> None: ...

    def fly_to(self, equipment: str) -> None: ...


class Presenter:
    """Works the scene's state out of each snapshot.

    Parameters
    ----------
    station : Station, optional    What is shown.
    ask : Callable                 Asks the station's memory.
    tags : TagTable, optional      Of the frames, where they are not those of the station.
    log : LogTracks, optional      Whose tracks are shown on a floor of their own, where there is no station to show.
    """

    def __init__(
        self,
        view: View,
        station: Station | None,
        ask: Callable[[Request], None] = lambda _: None,
        tags: TagTable | None = None,
        log: LogTracks | None = None,
    ) -> None:
        self._view = view
        self._station = station
        self._pumps = tuple(pump.id for pump in station.pumps) if station is not None else ()
        file = station.file if station is not None else None
        self._rated = {pump.id: file.curves[pump.curve].speed_rpm / 60.0 for pump in file.pumps} if file else {}
        if tags is None:
            tags = station.tags if station is not None else TagTable(())
        self._log = log
        self._robots = log or Robots(ask, station, tags)
        self._valves = Valves(tags)
        self._sights = Sights(station)
        self._last_seen = LastSeen(station, tags)
        self._overlay = ""
        self._owners = {node: tag.equipment for tag in tags if tag.equipment for node in (tag.node, tag.name) if node}
        self._tags = tags
        self._tinting: Tinting | None = None
        self._columns = _columns(tags, self._pumps)
        self._language = "en"
        self._mail: Mail | None = None
        self._state = replace(SceneState(routes=self._robots.routes), **self._floor())

    @property
    def state(self) -> SceneState:
        return self._state

    def owner(self, node: str) -> str:
        """The equipment a node of the model shows: itself, what its tags belong to, or what it is a part of."""
        if node in self._owners:
            return self._owners[node]
        if self._station is None or not node or self._station.kind_of(node):
            return node
        return self.owner(node.rpartition(".")[0])

    def say_in(self, language: str) -> None:
        """Say the labels in another language."""
        self._language = language
        self._show(replace(self._state, **self._floor()))
        self._work_out()

    def dress(self) -> None:
        """Show everything in the colours of the theme that is worn."""
        self._show(replace(self._state, routes=self._robots.routes))
        self.overlay(self._overlay)

    def select(self, selection: Selection) -> None:
        """Frame what is selected, and go there if that was asked."""
        self._show(replace(self._state, selected=selection.equipment))
        if THERMAL in self._state.shown:
            self._work_out()
        if selection.fly and selection.equipment:
            self._view.fly_to(selection.equipment)

    def want(self, layer: str, wanted: bool) -> None:
        """Take a layer away, or put it back."""
        layers = self._state.hidden - {layer} if wanted else self._state.hidden | {layer}
        self._show(replace(self._state, hidden=layers))

    def take_away(self, equipment: frozenset[str]) -> None:
        """Draw everything but this; what is amiss with it is marked all the same."""
        self._show(replace(self._state, away=equipment))

    def single_out(self, alone: str) -> None:
        """Show what is selected alone, or the rest as a ghost; asked for twice, everything again."""
        self._show(replace(self._state, alone="" if alone == self._state.alone else alone))

    def cut(self, axis: str, at: float, flipped: bool) -> None:
        """Cut the station across an axis ("" for not at all), at a place. [m]"""
        self._show(replace(self._state, section=Section(axis, at, flipped) if axis else None))

    def overlay(self, quantity: str) -> None:
        """Tint by a quantity of ``OVERLAYS``, or by residuals for ""."""
        self._overlay = quantity
        is_known = quantity in OVERLAYS and len(self._tags) > 0
        self._tinting = Tinting(OVERLAYS[quantity], self._tags, self._station) if is_known else None
        self._show(replace(self._state, legend=self._legend()))
        self._work_out()

    def lay_over(self, overlay: str, wanted: bool) -> None:
        """Lay something of ``OVERLAYS`` over the rest, or take it away."""
        shown = self._state.shown | {overlay} if wanted else self._state.shown - {overlay}
        probe = self._state.probe if THERMAL in shown else None
        self._show(replace(self._state, shown=shown, probe=probe, posts=self._posts(shown)))
        self._work_out()

    def probe(self, x: float, y: float, z: float) -> None:
        """Ask for the temperature of a point, as long as thermal pictures are laid over. [m]"""
        if THERMAL in self._state.shown:
            now = math.floor(self._mail.cursor) if self._mail is not None else 0.0
            self._show(replace(self._state, probe=(x, y, z), now=now))

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        if mail.snapshot is not None:
            self._last_seen.take(mail.snapshot.frame)
        self._work_out()

    def _work_out(self) -> None:
        snapshot = self._mail.snapshot if self._mail is not None else None
        if snapshot is None or self._mail is None:
            return
        judged = dict.fromkeys((*self._pumps, *(name.equipment for name in snapshot.residuals.names)))
        pictures = self._mail.thermal if THERMAL in self._state.shown else ()
        drapes = laying.laid(pictures, self._mail.cursor, self._of_selected(pictures))
        ends = laying.ends(drapes)
        off = {equipment: largest(snapshot.residuals, equipment)[0] for equipment in judged}
        worst = _worst(self._mail, snapshot)
        self._show(
            replace(
                self._state,
                tints=self._tints(snapshot.frame, off, is_warm=bool(drapes)),
                halos=tuple(_halo(equipment, priority) for equipment, priority in worst.items()),
                valves=self._valves.shown(snapshot.frame) if VALVES in self._state.shown else (),
                sightings=self._sightings(snapshot.frame),
                running=tuple(self._running(pump) for pump in snapshot.pumps),
                flowing=self._mail.playing and MOTION in self._state.shown,
                drapes=drapes,
                heat=ends,
                pictures=tuple(laying.draped(picture, self._mail.cursor) for picture in pictures),
                now=math.floor(self._mail.cursor) if self._state.probe is not None else 0.0,
                legend=laying.legend(ends) if drapes else self._legend(),
                robots=self._robots.marks(self._mail, self._language),
                labels=(*(self._label(state, off, worst, snapshot) for state in snapshot.pumps), *self._signs(worst)),
            )
        )

    def _floor(self) -> dict[str, Any]:
        """What is written on the floor of a log's tracks; nothing in a station."""
        if self._log is None:
            return {}
        survey = self._log.survey
        grid = f"{ground.pitch(survey.low, survey.high):g} m"
        words = f"格网 {grid}" if self._language == "zh" else f"grid {grid}"
        return {
            "ticks": (*self._log.ticks(self._language), *ground.ticks(survey.low, survey.high)),
            "note": f"{words} · {self._log.said(self._language)}",
        }

    def _posts(self, shown: frozenset[str]) -> tuple[Post, ...]:
        """From where is looked for what is not seen; none where nobody asks for that."""
        fixed = watchers.fixed(self._station) if shown & {UNSEEN, UNVISITED} else ()
        return (*fixed, *watchers.on_their_ways(self._station)) if UNVISITED in shown else fixed

    def _legend(self) -> Legend | None:
        if self._overlay == last_seen.NAME:
            return last_seen.legend()
        return self._tinting.legend if self._tinting is not None else None

    def _show(self, state: SceneState) -> None:
        if state != self._state:
            self._state = state
            self._view.show_state(state)

    def _label(self, state: PumpState, off: dict[str, float], worst: dict[str, str], snapshot: Snapshot) -> Label:
        z, priority = off.get(state.pump, float("nan")), worst.get(state.pump, "")
        if state.running:
            detail = formatting.quantity(state.flow * CUBIC_METRES_AN_HOUR, 0, "m3/h")
        else:
            detail = "停运" if self._language == "zh" else "stopped"
        if _is_off(z):
            detail += f"  {formatting.number(z, 1, signed=True)} σ"
        columns = self._columns.get(state.pump)
        quality = int(snapshot.frame.quality[columns].max()) if columns is not None else int(Quality.GOOD)
        return Label(
            state.pump,
            state.pump,
            detail,
            theme.PRIORITY_EDGES.get(priority, ""),
            theme.PRIORITY_SHAPES.get(priority, ""),
            quality,
            weight=(10 if priority else 0) + (2 if _is_off(z) else 0) + int(state.running),
        )

    def _signs(self, worst: dict[str, str]) -> list[Label]:
        """Labels of what is amiss and is no pump."""
        return [
            Label(
                name,
                name,
                self._called(name),
                theme.PRIORITY_EDGES[priority],
                theme.PRIORITY_SHAPES[priority],
                weight=10,
            )
            for name, priority in worst.items()
            if name not in self._pumps
        ]

    def _tints(self, frame: Frame, off: dict[str, float], is_warm: bool) -> tuple[tuple[str, str], ...]:
        """A quantity's colours; else those of residuals, unless thermal pictures have given colours another meaning."""
        if self._tinting is not None:
            return self._tinting.tints(frame)
        return () if is_warm else _residual_tints(off)

    def _sightings(self, frame: Frame) -> Sightings | None:
        return self._last_seen.sightings(frame, self._robots.ways) if self._overlay == last_seen.NAME else None

    def _running(self, state: PumpState) -> Running:
        """A pump's shaft and water; what is finer is not worth telling the scene."""
        speed = state.speed * self._rated.get(state.pump, 0.0) if state.running else 0.0
        return Running(state.pump, round(float(np.nan_to_num(speed)), 1), round(float(np.nan_to_num(state.flow)), 2))

    def _of_selected(self, pictures: Sequence[ThermalFrame]) -> list[ThermalFrame]:
        """The last pictures of what is selected, from either side."""
        chosen = self._state.selected
        return [p for p in pictures if self._sights.subject(p) == chosen][-SIDES:] if chosen else []

    def _called(self, name: str) -> str:
        """What people call it, if that is more than its id."""
        words = self._station.name_of(name).said_in(self._language) if self._station is not None else ""
        return words if words != name else ""


def _columns(tags: TagTable, pumps: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """The columns of each pump's tags, of those that have any."""
    held: dict[str, list[int]] = {}
    for column, tag in enumerate(tags):
        held.setdefault(tag.equipment, []).append(column)
    return {pump: np.array(held[pump], np.intp) for pump in pumps if pump in held}


def _halo(equipment: str, priority: str) -> Halo:
    colour, edge = theme.PRIORITY_COLOURS[priority], theme.PRIORITY_EDGES[priority]
    return Halo(equipment, colour, theme.PRIORITY_SHAPES[priority], edge)


def _residual_tints(off: dict[str, float]) -> tuple[tuple[str, str], ...]:
    return tuple((name, theme.residual_colour(_stepped(z))) for name, z in off.items() if _is_off(z))


def _is_off(z: float) -> bool:
    return abs(z) >= theme.RESIDUAL_QUIET


def _stepped(z: float) -> float:
    return TINT_STEP * round(z / TINT_STEP)


def _worst(mail: Mail, snapshot: Snapshot) -> dict[str, str]:
    """The highest priority standing on each piece of equipment."""
    worst: dict[str, str] = {}
    standing = [(a.equipment, a.priority) for a in snapshot.anomalies]
    standing += [(a.equipment, a.priority) for a in mail.alarms if not is_silenced(a)]
    for equipment, priority in standing:
        before = worst.get(equipment, priority)
        worst[equipment] = min(before, priority, key=theme.PRIORITIES.index)
    return worst
