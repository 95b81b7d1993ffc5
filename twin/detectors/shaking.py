"""How machines shake: every point of a pump and its motor against what it did before, and what a change of them means.

Velocities and envelopes grow by factors, so that they are judged as logarithms; what is added by a fault is compared
with the places at which each fault adds most (ISO 13373-1, annex D; domain.md, section 3).

DIN ISO 10816-7 has limits for a pump's preferred operating region, higher ones (4.4 for 3.5 mm/s) for its allowable
one, and none beyond. So a pump is expected to shake by up to that much more as it leaves the first, and nothing is said
of it outside the second: one that runs against a shut valve shakes by right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.detectors import kinds
from twin.detectors.anomaly import Candidate, Evidence
from twin.detectors.kinds import Kind, Sample
from twin.detectors.louder import Louder
from twin.detectors.motion import STARTING_TIME, Moves
from twin.detectors.signs import Sign, ranked
from twin.detectors.watch import LATELY, OF_BUDGET, Watch
from twin.plant.binding import or_zero
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats, TagTable

POINTS = (
    "vibration_pump_de_x", "vibration_pump_de_y", "vibration_pump_nde_x", "vibration_pump_nde_y",
    "vibration_pump_axial", "vibration_motor_de_x", "vibration_motor_de_y",
    "vibration_motor_nde_x", "vibration_motor_nde_y",
    "acceleration_envelope_pump_de", "acceleration_envelope_pump_nde",
)  # fmt: skip
UNLIKE = 200.0  # % for a whole change of speed: that machines shake with its square is no law (0 to its fourth power),
OF_REGION = 0.4  # ... and so much of it for a whole change of where on its curve a pump runs
VELOCITY = Kind("vibration", "%", "", prior=100.0, floor=5.0, drift=UNLIKE, learns=15)
ENVELOPE = Kind("envelope", "%", "", prior=100.0, floor=6.0, drift=UNLIKE, learns=15)
ENVELOPES = slice(9, 11)
PERIOD = 2.0  # s between two looks
LEAST = 15.0  # % that the point which moved most must have risen: a machine's own wandering is less
PATIENCE = 6.0  # s in which a cause that shakes the machine would be found by its head or power
BUILDS = 30.0  # % by which machines of one kind shake unlike each other, one standard deviation
OF_SISTERS = 0.8  # of confidence, where a machine is held against its sisters and not against what it was
SHARPNESS = 9.0  # of confidence over the cosine between what is seen and what a fault does
AFTER_START = 3.0 * STARTING_TIME  # s
PREFERRED = (0.7, 1.2)  # of the rated flow at its speed: HI 9.6.3's preferred operating region
ALLOWABLE = (0.4, 1.3)  # of it: where the vendor allows a pump to run, an estimate
ACCEPTED_MORE = 100.0 * float(np.log(4.4 / 3.5))  # % that one may shake more at the ends of the allowable region
G_A_MM_S = 2.0  # mm/s that 1 g of envelope is worth beside velocities, in which faults are as plain

PATTERNS: Mapping[str, tuple[float, ...]] = {
    # de x y | nde x y | axial | motor de x y | nde x y | envelopes de nde
    "misalignment": (0.5, 0.5, 0.0, 0.0, 1.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0),
    "bearing_de": (0.7, 0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0, 1.5, 0.1),
    "bearing_nde": (0.1, 0.1, 0.7, 0.7, 0.4, 0.0, 0.0, 0.0, 0.0, 0.1, 1.5),
    "broken_blade": (1.0, 1.0, 1.0, 1.0, 1.0, 0.4, 0.4, 0.1, 0.1, 0.1, 0.1),
    "cavitation": (0.6, 0.6, 0.6, 0.6, 0.5, 0.1, 0.1, 0.0, 0.0, 1.6, 1.6),
    "gas_ingress": (1.0, 1.0, 1.0, 1.0, 0.2, 0.1, 0.1, 0.0, 0.0, 0.2, 0.2),
    "phase_imbalance": (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0),
}
OWN = frozenset({"misalignment", "bearing_de", "bearing_nde"})  # what is told by shaking alone
UNSURE = 0.75  # cosine below which no pattern fits


class Shaking:
    """All points (n · 11,) of a station's pumps, pump by pump."""

    def __init__(self, station: Station, model: PumpModel, tags: TagTable) -> None:
        columns = [[tags.measuring(pump.id, measure) for measure in POINTS] for pump in model.pumps]
        self._column = np.array([[-1 if c is None else c for c in row] for row in columns], dtype=np.intp)
        self._column = self._column.reshape(len(model.pumps), len(POINTS))
        self._tags = tags
        each = (VELOCITY,) * 9 + (ENVELOPE,) * 2
        self._watch = Watch(
            each * len(model.pumps), OF_BUDGET["shaking"] * station.file.station.false_alarms_per_year, PERIOD
        )
        self._rated_flow = model.rated_flow
        patterns = np.array(list(PATTERNS.values())) * _weights()
        self._patterns: Floats = patterns / np.linalg.norm(patterns, axis=1, keepdims=True)
        self._held: NDArray[np.bool_] = np.zeros(len(model.pumps), dtype=bool)
        self._louder = Louder(*self._column.shape, ENVELOPES.start)
        points = self._column.size
        self._nobody = self._held
        self._nought, self._one = np.zeros(points), np.ones(points)
        self._told = b""  # what the reasons follow from, as it was last
        self._why: NDArray[np.intp] = np.zeros(points, dtype=np.intp)

    def step(self, at: float, values: Floats, state: PlantState, moves: Moves) -> list[Sign]:
        """What stands now."""
        shape = self._column.shape
        now = values[self._column]
        sample = self._sample(now, state, moves)
        seen = self._watch.step(at, sample, self._held.repeat(shape[1]))
        louder = self._louder.step(now, sample.value.reshape(shape), (sample.why == kinds.OK).reshape(shape))
        signs = self._as_before(at, now, louder) if np.count_nonzero(louder) else []
        if not np.count_nonzero(seen.crossed):
            self._held = self._nobody
            return signs
        self._held = np.asarray(seen.crossed.reshape(shape).any(axis=1), dtype=bool)
        rise = self._watch.evidence(at - LATELY)[0].reshape(shape)
        z = seen.z.reshape(shape)
        risen = (self._sign(int(pump), now[pump], rise[pump], z[pump]) for pump in np.flatnonzero(self._held))
        return [*(sign for sign in risen if sign is not None), *signs]

    def _as_before(self, at: float, now: Floats, louder: NDArray[np.bool_]) -> list[Sign]:
        """What it means that some shake more than their sisters, and have done so ever since they were looked at."""
        beyond = self._louder.beyond()
        signs = (
            self._sign(int(pump), now[pump], beyond[pump], beyond[pump] / BUILDS) for pump in np.flatnonzero(louder)
        )
        return [replace(one, since=at, candidates=_less_sure(one.candidates)) for one in signs if one is not None]

    def bridge_gap(self) -> None:
        """Let what comes follow nothing."""
        self._watch.bridge_gap()

    def _sample(self, now: Floats, state: PlantState, moves: Moves) -> Sample:
        """How the points (n, 11) shake, as logarithms [%] at the speed and the flow there is."""
        points = now.shape[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            speed = np.log(np.where(state.running, state.speed, np.nan))
            level = np.log(now)
            region = state.flow / self._rated_flow / state.speed
        level *= 100.0
        level -= 200.0 * speed[:, None]
        finite = np.isfinite(level)
        region[~state.running] = np.nan
        more = or_zero(accepted_more(region))
        more *= 0.5
        spread = 100.0 * (20.0 * moves.speed + 10.0 * moves.flow) + more
        level -= more[:, None]
        level[~finite] = np.nan
        return Sample(
            value=level.ravel(),
            expected=self._nought,
            basis=self._one,
            point=(OF_REGION * or_zero(region) + 1j * speed).repeat(points),
            unsteady=spread.repeat(points),
            why=self._reasons(state.running, region, moves, finite),
        )

    def _reasons(
        self, running: NDArray[np.bool_], region: Floats, moves: Moves, finite: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """(n · 11,) why each may not be judged: the same array as long as nothing of it changes."""
        starting = moves.ramping | (moves.since_start < AFTER_START)
        outside = (region < ALLOWABLE[0]) | (region > ALLOWABLE[1])
        told = b"".join((running.tobytes(), starting.tobytes(), outside.tobytes(), finite.tobytes()))
        if told != self._told:
            why = np.where(starting, kinds.RAMPING, kinds.OK)
            why[outside] = kinds.OUTSIDE
            why[~running] = kinds.STOPPED
            self._told, self._why = told, np.where(finite, why[:, None], kinds.NOT_MEASURED).ravel()
        return self._why

    def _sign(self, pump: int, now: Floats, rise: Floats, z: Floats) -> Sign | None:
        """What a pump's points mean, if they mean anything by themselves."""
        rise = np.where(np.isfinite(rise), rise, 0.0)
        if rise.max() < LEAST:
            return None
        added = np.where(np.isfinite(now), now * (1.0 - np.exp(-rise / 100.0)), 0.0) * _weights()
        scores = dict(zip(PATTERNS, (self._patterns @ added / np.linalg.norm(added)).tolist(), strict=True))
        fault = max(scores, key=lambda name: scores[name])
        if scores[fault] < UNSURE or fault not in OWN:
            return None
        columns = self._column[pump]
        order = np.argsort(-z)[:3]
        evidence = tuple(
            Evidence(
                "envelope" if i >= ENVELOPES.start else "vibration",
                self._tags[int(columns[i])].name,
                round(float(now[i]), 3),
                self._tags[int(columns[i])].unit,
                round(float(z[i]), 2),
            )
            for i in order
        )
        equipment = self._tags[int(columns[order[0]])].equipment
        since = self._watch.onset(pump * len(POINTS) + int(order[0]))
        return Sign(equipment, "machine", fault, since, ranked(scores, SHARPNESS), evidence, PATIENCE)


def _less_sure(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The same, less surely: sisters are not what a machine was itself."""
    told = tuple(replace(one, confidence=round(OF_SISTERS * one.confidence, 4)) for one in candidates)
    return (*told, Candidate("unknown", round(1.0 - sum(one.confidence for one in told), 4)))


def accepted_more(region: Floats) -> Floats:
    """(n,) what pumps may shake more outside their preferred region, at flows over rated by their speeds. [%]"""
    below = (PREFERRED[0] - region) / (PREFERRED[0] - ALLOWABLE[0])
    above = (region - PREFERRED[1]) / (ALLOWABLE[1] - PREFERRED[1])
    share: Floats = np.clip(np.maximum(below, above), 0.0, 1.0)
    return ACCEPTED_MORE * share


def _weights() -> Floats:
    """(11,) What each point counts for: mm/s, and envelopes by what a g is worth."""
    weights: Floats = np.array([1.0] * 9 + [G_A_MM_S] * 2)
    return weights
