"""All that is watched beside the pump curves: shaking, warmth, lines, supplies, rooms, transmitters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.detectors.anomaly import Anomaly
from twin.detectors.motion import Moves
from twin.detectors.response import Responses
from twin.detectors.restless import Restless
from twin.detectors.shaking import Shaking
from twin.detectors.signs import Sign, Signs
from twin.detectors.supplies import LowFlow, Makeup, WaterQuality
from twin.detectors.switches import Switches
from twin.detectors.warming import Warming
from twin.detectors.waves import Waves
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats, Frame, Quality

EVERY = 1.5  # s: at a frame a second, machines are felt in one and their warmth in the next
WASHED_OUT = 1.5  # m by which the head of a line must have fallen for a leak to be put to it


class Surroundings:
    """The watchers of a station, and the anomalies their signs become."""

    def __init__(self, station: Station, model: PumpModel, responses: Responses, numbers: Iterator[int]) -> None:
        tags = model.binding.tags
        sisters = {pump.id: tuple(p.id for p in station.pumps if p.circuit == pump.circuit) for pump in station.pumps}
        self._signs = Signs(responses, numbers, sisters)
        self._switches = Switches(station, tags)
        self._shaking = Shaking(station, model, tags)
        self._warming = Warming(station, model, tags)
        self._waves = Waves(station, model, tags)
        self._makeup = Makeup(station, tags)
        self._quality = WaterQuality(station, tags)
        self._low_flow = LowFlow(station, model)
        self._restless = Restless(station, model)
        self._shaken_at, self._warmed_at, self._at = -np.inf, -np.inf, -np.inf
        self._shaken: list[Sign] = []
        self._warmed: list[Sign] = []

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """Those standing."""
        return self._signs.anomalies

    @property
    def quiet(self) -> Floats:
        """(c,) until when a circuit has not come to rest after what arrived along its lines. [s, POSIX]"""
        return self._waves.quiet

    @property
    def suspects(self) -> frozenset[str]:
        """Tags that may be growing noisy, and their machines."""
        return self._restless.suspects

    def step(
        self, frame: Frame, state: PlantState, moves: Moves, causes: tuple[Anomaly, ...], running: frozenset[str]
    ) -> tuple[list[Anomaly], dict[int, set[str]]]:
        """What this frame changes, and by the number of each cause what it was found to explain."""
        at = state.measured.at
        values = np.append(np.where(frame.quality < Quality.BAD, frame.values, np.nan), np.nan)
        return self._signs.step(at, self._seen(at, values, state, moves), causes, running)

    def teach(self, frame: Frame, state: PlantState, moves: Moves) -> None:
        """Take in a frame that is known to be sound: nothing is reported."""
        at = state.measured.at
        values = np.append(np.where(frame.quality < Quality.BAD, frame.values, np.nan), np.nan)
        self._seen(at, values, state, moves)

    def bridge_gap(self) -> None:
        """Go on after a gap in time, or after the clock was set back."""
        for watcher in (self._signs, self._shaking, self._warming, self._waves, self._restless):
            watcher.bridge_gap()
        self._shaken_at, self._warmed_at, self._at = -np.inf, -np.inf, -np.inf

    def _seen(self, at: float, values: Floats, state: PlantState, moves: Moves) -> list[Sign]:
        waves = self._waves.step(at, values, state, moves, self._makeup.demand)
        felt = at - self._shaken_at >= EVERY
        if felt:
            self._shaken_at, self._shaken = at, self._shaking.step(at, values, state, moves)
        turns = at - self._at < EVERY  # frames of a slow source come too seldom to take any
        self._at = at
        if at - self._warmed_at >= EVERY and not (felt and turns):
            self._warmed_at, self._warmed = at, self._slow(at, values, state, moves)
        return [
            *self._switches.step(at, values),
            *waves,
            *self._supplies(at, values, waves),
            *self._low_flow.step(at, state, moves),
            *self._shaken,
            *self._warmed,
            *self._restless.step(at, values, state, moves),
        ]

    def _slow(self, at: float, values: Floats, state: PlantState, moves: Moves) -> list[Sign]:
        """What takes minutes to change."""
        return [*self._warming.step(at, values, state, moves.since_start), *self._quality.step(at, values)]

    def _supplies(self, at: float, values: Floats, waves: list[Sign]) -> list[Sign]:
        """Make-up; more of it is nothing new beside a rupture."""
        line, moved = self._waves.slow_move()
        found = self._makeup.step(at, values, self._waves.line(line) if moved < -WASHED_OUT else "")
        return [] if waves else found
