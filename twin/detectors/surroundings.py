"""All that is watched beside the pump curves: shaking, warmth, seals, lines, supplies, rooms, transmitters.

What is to be told within 3 or 10 s (classes P and A of domain.md, section 3) is looked at in every frame. How machines
shake and warm may take 60 s to be told (class B), and water quality minutes (class C): these are looked at more seldom
and by turns, so that no frame carries all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from twin.detectors.anomaly import Anomaly
from twin.detectors.makeup import Makeup
from twin.detectors.motion import Moves
from twin.detectors.response import Responses
from twin.detectors.restless import Restless
from twin.detectors.seals import Seals
from twin.detectors.shaking import Shaking
from twin.detectors.signs import Sign, Signs
from twin.detectors.supplies import LowFlow, WaterQuality
from twin.detectors.switches import Switches
from twin.detectors.warming import Warming
from twin.detectors.waves import Waves
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats

EVERY = 1.5  # s between two looks at how machines shake, and at how they warm: at a frame a second, each other
EVERY_QUALITY = 8.5  # s between two looks at the water's quality, and at seals
OFTEN = 1.5  # s between frames that leave time to look at one of these in one and at the next in another


@dataclass
class _Turn:
    """One who looks now and then: how often [s], when it last did [s, POSIX], and what it saw then."""

    look: Callable[[float, Floats, PlantState, Moves], list[Sign]]
    every: float
    at: float = -np.inf
    signs: list[Sign] = field(default_factory=list)


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
        self._seals = Seals(model, tags)
        self._restless = Restless(station, model)
        self._at = -np.inf
        self._turns = (
            _Turn(self._shaking.step, EVERY),
            _Turn(lambda at, values, state, moves: self._warming.step(at, values, state, moves.since_start), EVERY),
            _Turn(lambda at, values, *_: self._quality.step(at, values), EVERY_QUALITY),
            _Turn(lambda at, values, state, _: self._seals.step(at, values, state.running), EVERY_QUALITY),
        )

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
        self, values: Floats, state: PlantState, moves: Moves, causes: tuple[Anomaly, ...], running: frozenset[str]
    ) -> tuple[list[Anomaly], dict[int, set[str]]]:
        """What this frame changes, and by the number of each cause what it was found to explain.

        ``values`` (tags + 1,) are the frame's, NaN where they are bad or missing, and a NaN behind them.
        """
        at = state.measured.at
        return self._signs.step(at, self._seen(at, values, state, moves), causes, running)

    def teach(self, values: Floats, state: PlantState, moves: Moves) -> None:
        """Take in a frame that is known to be sound: nothing is reported."""
        self._seen(state.measured.at, values, state, moves)

    def bridge_gap(self) -> None:
        """Go on after a gap in time, or after the clock was set back."""
        for watcher in (self._signs, self._shaking, self._warming, self._waves, self._restless):
            watcher.bridge_gap()
        for turn in self._turns:
            turn.at = -np.inf
        self._at = -np.inf

    def _seen(self, at: float, values: Floats, state: PlantState, moves: Moves) -> list[Sign]:
        waves = self._waves.step(at, values, state, moves, self._makeup.demand)
        self._take_turns(at, values, state, moves)
        return [
            *self._switches.step(at, values),
            *waves,
            *self._supplies(at, values, waves),
            *self._low_flow.step(at, state, moves),
            *(sign for turn in self._turns for sign in turn.signs),
            *self._restless.step(at, values, state, moves),
        ]

    def _take_turns(self, at: float, values: Floats, state: PlantState, moves: Moves) -> None:
        """Let the one whose look is longest overdue have it; all that are due, where frames come seldom."""
        due = [turn for turn in self._turns if at - turn.at >= turn.every]
        if at - self._at < OFTEN:
            due = sorted(due, key=lambda turn: (turn.at - at) / turn.every)[:1]
        self._at = at
        for turn in due:
            turn.at, turn.signs = at, turn.look(at, values, state, moves)

    def _supplies(self, at: float, values: Floats, waves: list[Sign]) -> list[Sign]:
        """Make-up; more of it is nothing new beside a rupture."""
        found = self._makeup.step(at, values, self._waves.losing)
        return [] if waves else found
