"""The column of machines: one line a pump, with its state, its load, how far it is off, and its worst alarm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np

from app import theme
from app.messages import Mail
from app.presenters.selection import Selection, owner
from app.presenters.status import is_silenced, is_unseen
from twin.detectors.residual import Residuals
from twin.plant.model import PumpState
from twin.plant.reading import Station
from twin.plant.station import Pump
from twin.signals import TagTable
from twin.text import Text


@dataclass(frozen=True, slots=True)
class Machine:
    """One line. ``load`` is electrical power over the motor's rating; ``off`` the largest residual, in sigmas."""

    pump: str
    name: str
    group: str
    standby: bool
    state: Literal["running", "stopped", "unknown"] = "unknown"
    load: float = float("nan")
    speed: float = float("nan")
    off: float = float("nan")
    off_residual: str = ""
    priority: str = ""
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The lines in the station's order, and which is selected."""

    machines: tuple[Machine, ...] = ()
    selected: str = ""


class View(Protocol):
    """The column."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Works the lines out of each snapshot."""

    def __init__(self, view: View, station: Station | None) -> None:
        self._view = view
        self._pumps: tuple[Pump, ...] = station.pumps if station is not None else ()
        circuits = station.file.circuits if station is not None else ()
        self._groups = {c.id: Text(c.name.en or c.id, c.name.zh or c.id) for c in circuits}
        self._tags = station.tags if station is not None else TagTable([])
        self._language = "en"
        self._mail: Mail | None = None
        self._state = State()
        self._selected = ""

    def say_in(self, language: str) -> None:
        """Say the names in another language."""
        self._language = language
        self._work_out()

    def select(self, selection: Selection) -> None:
        """Mark the selected machine."""
        self._selected = selection.equipment
        self._work_out()

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        self._work_out()

    def _work_out(self) -> None:
        state = State(tuple(self._machine(pump) for pump in self._pumps), self._selected)
        if repr(state) != repr(self._state):
            self._state = state
            self._view.show_state(state)

    def _machine(self, pump: Pump) -> Machine:
        name = Text(pump.name.en, pump.name.zh).said_in(self._language)
        group = self._groups.get(pump.circuit, Text(pump.circuit, pump.circuit)).said_in(self._language)
        line = Machine(pump.id, name, group, pump.standby)
        if self._mail is None or self._mail.snapshot is None:
            return line
        snapshot = self._mail.snapshot
        known = next((state for state in snapshot.pumps if state.pump == pump.id), None)
        if known is not None:
            line = _with_state(line, known, pump)
        off, residual = largest(snapshot.residuals, pump.id)
        priority, unseen = self._worst(pump.id, self._mail)
        return replace(line, off=round(off, 1), off_residual=residual, priority=priority, unseen=unseen)

    def _worst(self, pump: str, mail: Mail) -> tuple[str, bool]:
        """The highest priority standing on a pump or one of its tags, and whether anything there has not been seen."""
        found = [(a.priority, is_unseen(a)) for a in mail.alarms if a.equipment == pump and not is_silenced(a)]
        if mail.snapshot is not None:
            on_pump = (a for a in mail.snapshot.anomalies if owner(a.equipment, self._tags) == pump)
            found += [(a.priority, a.id not in mail.recognised) for a in on_pump]
        if not found:
            return "", False
        return min((p for p, _ in found), key=theme.PRIORITIES.index), any(unseen for _, unseen in found)


def largest(residuals: Residuals, equipment: str) -> tuple[float, str]:
    """The residual of an equipment that is furthest off, and its name; NaN where none can be judged."""
    worst, name = float("nan"), ""
    for index, each in enumerate(residuals.names):
        z = float(residuals.z[index])
        judged = each.equipment == equipment and bool(residuals.valid[index]) and np.isfinite(z)
        if judged and not abs(z) <= abs(worst):
            worst, name = z, each.name
    return worst, name


def _with_state(line: Machine, known: PumpState, pump: Pump) -> Machine:
    rating = pump.motor.power_kw * 1e3 if pump.motor is not None else float("nan")
    return replace(
        line,
        state="running" if known.running else "stopped",
        load=round(known.power / rating, 2) if known.running else 0.0,
        speed=round(known.speed, 3),
    )
