"""The plant run forwards: one frame a second of everything a station measures, seeded, with faults on request."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.random import Generator

from twin.commands import Disturb, Mend, Operate
from twin.errors import StationError
from twin.plant.reading import Station
from twin.signals import Event, Frame, Quality
from twin.simulation import (
    ailments,
    boiling,
    cameras,
    control,
    instruments,
    moment,
    operations,
    places,
    readings,
    robots,
    supervision,
    waterside,
)
from twin.simulation.ailments import Ailment, Together
from twin.simulation.almanac import Almanac
from twin.simulation.board import Board
from twin.simulation.boiling import Flags
from twin.simulation.chance import as_built
from twin.simulation.effects import Effects
from twin.simulation.faults import FAULTS
from twin.simulation.layout import layout_of, standing_by
from twin.simulation.outside import Outside, Sheet, Steady
from twin.simulation.scenario import Happening, Scenario, happening, load, refusal
from twin.simulation.script import Script, told
from twin.simulation.season import Winter
from twin.simulation.service import Service
from twin.simulation.supervision import Supervision
from twin.text import Text

HEALTHY = "healthy"
FORESEEN = 400 * 86_400.0  # s for which the calendar of a season is looked up
UNSETTLED = Text("The simulated flows do not settle; the last ones are kept", "仿真流量不收敛，沿用上一状态")
SETTLED_AGAIN = Text("The simulated flows settle again", "仿真流量恢复收敛")


@dataclass(eq=False)
class PlantState:
    """Everything that changes. A deep copy of it is the plant at that instant, exactly."""

    second: int  # of the next frame
    lot: Generator
    controls: control.Controls
    water: waterside.Water
    rest: moment.Rest
    said: instruments.Said
    ailments: tuple[Ailment, ...]  # past, present and to come
    settled: bool  # whether the flows of the last second settled
    boils: Flags  # (l,) whether the water of each line boiled somewhere at the end of the last second
    orders: tuple[Happening, ...] = ()  # operations that were commanded for the next second


class Plant:
    """A station that runs. Frame k is the station ``k`` seconds after ``start`` [s, POSIX].

    The machines as built and the transmitters' fixed errors belong to the station; ``seed`` draws the noise of a run.
    Raises StationError for a station that cannot run, or a scenario that names what it does not have.
    """

    def __init__(self, station: Station, seed: int = 0, start: float = 0.0, scenario: Scenario | str = HEALTHY) -> None:
        if not station.pumps or not station.file.lines:
            missing = "pump" if not station.pumps else "line"
            wrong = f"has no {missing}, so there is nothing that runs"
            raise StationError(station.id, wrong, "Describe its pumps and lines, or read a recording instead")
        self.station = station
        self.start = start
        self.scenario = load(scenario) if isinstance(scenario, str) else scenario
        thing = scenario if isinstance(scenario, str) else "the scenario"
        layout, season, script = layout_of(station), self.scenario.season, self.scenario
        self._almanac = Almanac(layout, seed, station.zone) if season else None
        if self._almanac:  # who is on duty, and what is due, follows from the date
            layout = standing_by(layout, self._almanac.standby(start))
            due = self._almanac.happenings(start, start + FORESEEN)
            script = script.model_copy(update={"happenings": (*script.happenings, *due)})
        self._layout = layout
        self._script = Script(script, layout, thing)
        built = as_built(layout)
        self._works = waterside.works(layout, built)
        self._plan = moment.plan(layout, built, self._works)
        self._cameras = cameras.cameras(layout, self._plan.walks)
        self._together = Together(layout)
        self._transmitters = instruments.transmitters(layout)
        self._supervision = Supervision.of(layout, self._works, self._transmitters)
        self._board: Board | None = None
        self._zone = station.zone
        self._outside: Outside = (
            Winter(season, layout, seed, station.zone, thing) if season else Steady(layout, self._daily)
        )
        self._state = self._first(np.random.default_rng(seed))

    def _first(self, lot: Generator) -> PlantState:
        """The station as it has stood for days."""
        protection, sheet = self._supervision, self._outside.now(self.start)
        counts = len(protection.interlocks), len(protection.relays)
        controls = control.first(self._layout, self._works.network.opening, *counts)
        controls.load = sheet.load
        water, speed = waterside.first(self._works, controls, self._outside, self.start, lot)
        control.settle(controls, speed, self._layout)
        healthy = Effects.none(self._layout)
        hydraulics = waterside.hydraulics(self._works, water, healthy)
        rest = moment.first(self._plan, hydraulics, controls, sheet.outdoor, lot)
        said = instruments.first(self.station.tags, lot)
        boils = np.zeros(len(self._layout.lines), dtype=np.bool_)
        return PlantState(0, lot, controls, water, rest, said, self._script.ailments, settled=True, boils=boils)

    @property
    def now(self) -> float:
        """The time of the next frame. [s, POSIX]"""
        return self.start + self._state.second

    @property
    def silent(self) -> tuple[str, ...]:
        """Tags the plant has nothing to say for: their quality is MISSING. Known after the first step."""
        return self._board.unknown if self._board else ()

    def state(self) -> PlantState:
        """The whole plant as it is: a copy that shares nothing."""
        return copy.deepcopy(self._state)

    def restore(self, state: PlantState) -> None:
        """Go back to a state: what follows is bit for bit what followed then."""
        self._state = copy.deepcopy(state)

    def disturb(self, asked: Disturb) -> None:
        """Let a fault begin with the next frame. Raises StationError, and does nothing, for what cannot befall it."""
        second = self._state.second
        said = {
            "at": second,
            "on": asked.on,
            "fault": asked.fault,
            "severity": asked.severity,
            "shape": asked.shape,
            "ramp_s": asked.ramp_s,
            "period_s": asked.period_s,
            "until": None if asked.lasts_s is None else second + asked.lasts_s,
        }
        fault = happening(said, "the command")
        mistakes = [(wrong, remedy) for _, wrong, remedy in places.unknown(fault, self._layout)]
        if mistakes:
            raise refusal("the command", mistakes)
        self._state.ailments = (*self._state.ailments, Ailment.of(fault, self._layout, asked.by))

    def mend(self, asked: Mend) -> None:
        """Let a fault end with the next frame. Raises StationError where there is none to end."""
        known = places.places(self._layout, FAULTS[asked.fault].befalls) if asked.fault in FAULTS else {}
        index = known.get(asked.on, -1)
        rest = ailments.mended(self._state.ailments, asked.fault, index, self._state.second)
        if rest is None:
            wrong = f"has no fault '{asked.fault}' that could be mended"
            raise StationError(asked.on, wrong, "Name a fault that stands, and what it is on")
        self._state.ailments = rest

    def operate(self, asked: Operate) -> None:
        """Operate the plant from its next frame on. Raises StationError, and does nothing, for what cannot be done."""
        keys = ("operation", "on", "value", "ramp_s", "start", "stop")
        order = happening({key: getattr(asked, key) for key in keys} | {"at": self._state.second}, "the command")
        mistakes = [(wrong, remedy) for _, wrong, remedy in places.unknown(order, self._layout)]
        mistakes += [(wrong, remedy) for _, wrong, remedy in operations.unfit(order, self._layout)]
        if mistakes:
            raise refusal("the command", mistakes)
        self._state.orders = (*self._state.orders, order)

    def step(self) -> Frame:
        """The next second."""
        state = self._state
        second, at = state.second, self.now
        sheet = self._outside.now(at)
        effects = self._together.at(state.ailments, second - 1)  # what has acted while this second passed
        service = self._service(at)
        state.controls.isolated = service.isolated
        self._script.operate(state.controls, second - 1)
        orders = self._ordered(state)
        self._flow(state, effects, sheet)
        hydraulics = waterside.hydraulics(self._works, state.water, effects)
        waterside.carry(self._works, state.water, hydraulics, sheet, state.lot)
        passed = moment.step(
            self._plan, state.rest, hydraulics, state.controls, effects, sheet.outdoor, service, state.lot
        )
        groups = readings.groups(self._plan, state.rest, passed)
        if self._board is None:
            self._board = Board(self.station.tags, groups)
        true = self._board.read(groups)
        at_once = self._together.at(state.ailments, second)  # what is wrong with a transmitter is wrong as it speaks
        values, quality = instruments.step(state.said, true, self._transmitters, at_once, state.lot, second)
        supervision.scan(self._supervision, state.controls, values, quality, hydraulics, effects)
        events = (
            *ailments.told(state.ailments, second, self.start),
            *self._script.operations(second, self.start),
            *(told(order, at) for order in orders),
            *(Event(at, news.kind, news.subject, news.text) for news in state.controls.told()),
            *(self._almanac.events(at) if self._almanac else ()),
            *self._told_settling(hydraulics.converged),
            *self._told_boiling(state),
        )
        if not hydraulics.converged:
            quality = np.maximum(quality, np.uint8(Quality.UNCERTAIN))
        state.second += 1
        poses = robots.poses(passed.where, self._plan.walks, at)
        thermal = cameras.taken(self._cameras, state.rest, passed.here.air, at)
        return Frame(at, values, quality, at, poses, events, thermal)

    def _flow(self, state: PlantState, effects: Effects, sheet: Sheet) -> None:
        """The water's second, with what controls it."""
        controls, water = state.controls, state.water
        controls.load = sheet.load
        lost = state.rest.utilities.deficit - sheet.head
        control.sequence(controls, self._layout, effects, 1.0)
        waterside.second(self._works, water, controls, effects, lost, state.lot)

    def _ordered(self, state: PlantState) -> tuple[Happening, ...]:
        """Do what was commanded since the last second."""
        orders, state.orders = state.orders, ()
        for order in orders:
            operations.do(order, state.controls, self._layout)
        return orders

    def _told_settling(self, settles: bool) -> tuple[Event, ...]:
        """A notice when flows no longer settle, and one when they do again."""
        if settles == self._state.settled:
            return ()
        self._state.settled = settles
        return (Event(self.now, "notice", self.station.id, SETTLED_AGAIN if settles else UNSETTLED),)

    def _told_boiling(self, state: PlantState) -> list[Event]:
        """A notice when the water of a line begins to boil, and one when it no longer does."""
        lines, before = self._works.lines, state.boils
        state.boils = boiling.boiling(lines, state.water.lines)
        if state.boils.tolist() == before.tolist():
            return []
        names = [line.id for line in self._layout.lines]
        return boiling.told(lines, state.water.lines, state.boils, before, names, self.now)

    def _service(self, at: float) -> Service:
        """What is being worked on."""
        return (self._almanac and self._almanac.service(at)) or self._plan.resting

    def _daily(self, at: float) -> float:
        """Share of the flow set-point that the scenario's daily curve asks for at the station's hour."""
        local = datetime.fromtimestamp(at, self._zone)
        return self._script.load(local.hour + local.minute / 60.0 + local.second / 3600.0)
