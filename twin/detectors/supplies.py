"""Water quality and low flow: how clean the water is, and how much of it the pumps are left with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.detectors.motion import Moves
from twin.detectors.pump_residuals import NO_FLOW
from twin.detectors.signs import Sign, ranked, sure
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats, TagTable

LONGEST = 60.0  # s that one sample may count for
SPREADS: Mapping[str, tuple[float, float]] = {
    # of the usual value, and in the tag's unit: what water does of itself from hour to hour
    "ph": (0.0, 0.06),
    "conductivity": (0.03, 1.0),
    "dissolved_oxygen": (0.12, 2.0),
    "turbidity": (0.1, 0.1),
    "hardness": (0.1, 0.01),
    "iron": (0.12, 0.01),
    "chloride": (0.06, 0.3),
}
STRANGE = 4.0  # spreads of two parameters at least
VERY_STRANGE = 12.0  # of one
QUALITY_LEARNED = 120.0  # s
QUALITY_MEMORY = 40_000.0  # s


class WaterQuality:
    """Every sampling point of a station: parameters against what they usually are, and against their limits."""

    def __init__(self, station: Station, tags: TagTable) -> None:
        rows = [
            (column, tag)
            for column, tag in enumerate(tags)
            if tag.measures in SPREADS and station.kind_of(tag.equipment) == "water_quality"
        ]
        self._tags = [tag for _, tag in rows]
        self._column = np.array([column for column, _ in rows], dtype=np.intp)
        self._relative = np.array([SPREADS[tag.measures][0] for tag in self._tags])
        self._absolute = np.array([SPREADS[tag.measures][1] for tag in self._tags])
        self._low = np.array([_or(tag.limits.low, -np.inf) for tag in self._tags])
        self._high = np.array([_or(tag.limits.high, np.inf) for tag in self._tags])
        points = list(dict.fromkeys(tag.equipment for tag in self._tags))
        self._points = points
        self._of = np.array([points.index(tag.equipment) for tag in self._tags], dtype=np.intp)
        self._usual: Floats = np.full(len(rows), np.nan)
        self._seen: Floats = np.zeros(len(rows))  # s
        self._at = np.nan

    def step(self, at: float, values: Floats) -> list[Sign]:
        """What stands now."""
        if not self._points:
            return []
        now = values[self._column]
        self._usual = np.where(np.isnan(self._usual), now, self._usual)
        spread = np.hypot(self._relative * np.abs(self._usual), self._absolute)
        off = (now - self._usual) / spread
        known = np.isfinite(off)
        off = np.where(known & (self._seen >= QUALITY_LEARNED), off, 0.0)
        beyond = ((now < self._low) | (now > self._high)) & (np.abs(off) > 1.0)
        strange = np.bincount(self._of, np.abs(off) > STRANGE, len(self._points))
        very = np.bincount(self._of, (np.abs(off) > VERY_STRANGE) | beyond, len(self._points))
        bad = (strange >= 2) | (very >= 1)
        elapsed, self._at = min(at - self._at, LONGEST) if at > self._at else 1.0, at
        self._learn(now, known & ~bad[self._of], elapsed)
        return [self._sign(int(p), at, now, off) for p in np.flatnonzero(bad)] if bad.any() else []

    def _learn(self, now: Floats, healthy: NDArray[np.bool_], elapsed: float) -> None:
        self._seen += elapsed * healthy
        gain = elapsed / np.clip(self._seen, elapsed, QUALITY_MEMORY)
        self._usual = np.where(healthy, self._usual + gain * (now - self._usual), self._usual)

    def _sign(self, point: int, at: float, now: Floats, off: Floats) -> Sign:
        ours = np.flatnonzero(self._of == point)
        worst = ours[np.argsort(-np.abs(off[ours]))[:3]]
        evidence = tuple(
            Evidence(
                self._tags[i].measures,
                self._tags[i].name,
                round(float(now[i] - self._usual[i]), 3),
                self._tags[i].unit,
                round(float(np.clip(off[i], -999.0, 999.0)), 1),
            )
            for i in worst.tolist()
        )
        return Sign(self._points[point], "quality", "water_quality", at, sure("water_quality", 0.95), evidence, 2.0)


LOW_FLOW = 0.45  # of what a pump gives at its speed: under 40 % water goes round in it (domain.md, 3, fault 2)
LOW_FLOW_AFTER = 90.0  # s after a start
LOW_FLOW_PATIENCE = 8.0  # s
TOGETHER = 0.65  # of what they give at their speed: pumps that are all below it share the cause


class LowFlow:
    """Pumps that are left with too little flow."""

    def __init__(self, station: Station, model: PumpModel) -> None:
        self._model = model
        self._valve = [station_valve(station, circuit) for circuit in model.binding.circuits]
        self._flow_tags = [model.binding.tag(column) for column in model.binding.column("pump_flow")]

    def step(self, at: float, state: PlantState, moves: Moves) -> list[Sign]:
        """What stands now."""
        starved = state.running & (state.flow < LOW_FLOW * self._model.rated_flow * state.speed)
        if not np.count_nonzero(starved):
            return []
        with np.errstate(divide="ignore", invalid="ignore"):
            share = state.flow / self._model.rated_flow / state.speed
        steady = state.running & (moves.since_start > LOW_FLOW_AFTER) & (moves.since_change > LOW_FLOW_PATIENCE)
        steady &= ~moves.ramping  # one that is run down to be stopped gets no water through before it stands
        starved &= steady & (state.flow > NO_FLOW * self._model.rated_flow)
        starved &= ~(state.measured.pumps["discharge_valve_position"] < 0.97)
        if not np.count_nonzero(starved):
            return []
        signs = []
        of = self._model.binding.circuit_of
        for circuit in np.unique(of[starved]).tolist():
            ours = np.flatnonzero(starved & (of == circuit))
            everyone = bool((share[(of == circuit) & steady] < TOGETHER).all())
            signs += [self._sign(at, circuit, ours, share, everyone)]
        return signs

    def _sign(self, at: float, circuit: int, pumps: NDArray[np.intp], share: Floats, everyone: bool) -> Sign:
        worst = int(pumps[np.argmin(share[pumps])])
        equipment = self._valve[circuit] if everyone else self._model.pumps[worst].id
        off = float(share[worst] - 1.0)
        tag = self._flow_tags[worst]
        evidence = (Evidence("flow_over_speed", tag, round(100.0 * off, 1), "%", round(off / 0.03, 1)),)
        candidates = ranked({"low_flow": 1.0, "discharge_valve_partly_closed": 0.4}, 4.0)
        return Sign(equipment, "low_flow", "low_flow", at, candidates, evidence, LOW_FLOW_PATIENCE)


def station_valve(station: Station, circuit: str) -> str:
    """The valve before a circuit's outgoing line, which is the one that can starve all its pumps; else the circuit."""
    ends = {line.node for line in station.file.lines if line.circuit == circuit and line.side == "downstream"}
    valves = [part.id for part in station.file.resistances if part.to_node in ends and part.kind.endswith("valve")]
    return valves[0] if len(valves) == 1 else circuit


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
