"""What arrives along the lines: trips of the neighbours, and ruptures.

Seen from a station, an elastic line is ``H = C ∓ B·Q``: at its upstream end ``C = H + B·Q`` comes from the neighbour,
at its downstream end ``C = H − B·Q``, and nothing the station does changes either within 2L/a (the method of
characteristics; Wylie and Streeter, *Fluid Transients in Systems*, chapter 3). A step in C has no cause of its own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.detectors.motion import Moves
from twin.detectors.signs import Points, Sign, ranked
from twin.detectors.supplies import station_valve
from twin.plant.binding import or_zero
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats, TagTable
from twin.units import STANDARD_GRAVITY

WAVE_SPEED = 1085.0  # m/s of hot water in a steel line of this size (domain.md, 1.4)
STEP = 8.0  # m in a few seconds: a line leaking 5 % of its flow brings 15, a swing of load not 4
ECHO_STEP = 24.0  # m while echoes of what the station itself did may come back
STIRRED = 3.0  # m by which a header moves noticeably
NOISES = 8.0  # standard deviations that it must be at least
LOOK_BACK = 8.5  # s over which a step is looked for ...
FEWEST, MOST = 4, 9  # ... by so many samples at least, and at most: where frames are seldom, a step lies between two
ECHOES = 75.0  # s after a start, stop or trip of its own
ACTING = 8.0  # s after something of its own in which nothing is concluded at all
OWN_SPEED = 0.05  # of rated: no ramp takes a drive so far from where it was two seconds ago
OWN_FLOW, LIKE_OTHERS = 0.06, 2.0  # of rated, and of what the others moved
BEFORE = 40.0  # s for which a step at a chamber counts as having come first
HELD = 60.0  # s for which a wave is told
CONFIRMED = 2  # samples in a row
MEMORY = 300.0  # samples over which the noise of C is learned
DEMAND = 1.5  # of usual make-up: what a rupture takes at least
GROWS = 12.0  # s in which a step comes to its size: a station runs down, and what chambers saw has yet to arrive
LOST_LIFT, LOST_FLOW = (
    0.75,
    0.08,
)  # what the middle trip takes of a station's lift, and the middle hole of a line's flow
LIFT_SPREAD, FLOW_SPREAD = 0.5, 0.6  # of their natural logarithms: one pump of three to all, 3 to 20 %
SHARPNESS = 4.0  # of confidence over the scores of what a step means
SLOW_KEPT = 90  # samples of C that say how a slow leak has moved it


@dataclass
class _Wave:
    """A step that arrived: on which line, which way, from what C, and whether the chambers saw it too. [s], [m]"""

    at: float
    size: float
    before: float
    far: bool

    def grow(self, at: float, now: float) -> None:
        """Take in how far C has come since."""
        moved = now - self.before
        if at - self.at <= GROWS and moved * self.size > self.size**2:
            self.size = moved


class Waves:
    """The ends of all lines (l,) at the station."""

    def __init__(self, station: Station, model: PumpModel, tags: TagTable) -> None:
        file = station.file
        circuits = list(model.binding.circuits)
        self._lines = [line for line in file.lines if line.circuit in circuits]
        self._circuit = np.array([circuits.index(line.circuit) for line in self._lines], dtype=np.intp)
        self._upstream = np.array([line.side == "upstream" for line in self._lines], dtype=bool)
        area = np.array([np.pi * line.bore_m**2 / 4.0 for line in self._lines])
        self._impedance = WAVE_SPEED / (STANDARD_GRAVITY * area) * np.where(self._upstream, 1.0, -1.0)
        self._pumps_of = model.binding.circuit_of
        lift = np.array([model.rated_head[self._pumps_of == c].mean() for c in range(len(circuits))])
        flow = np.array([line.flow_m3_h for line in self._lines]) / 3600.0
        # what C falls by where a neighbour like this station trips, and where that much flow is lost on the way [m]
        self._of_trip: Floats = LOST_LIFT * lift[self._circuit]
        self._of_hole: Floats = LOST_FLOW * np.abs(self._impedance) * flow
        self._members = (np.arange(len(circuits))[:, None] == self._pumps_of[None, :]).astype(np.float64)  # (c, n)
        self._members /= np.maximum(self._members.sum(axis=1, keepdims=True), 1.0)
        self._gauges = [
            str(model.binding.tag(model.binding.header_column("inlet_pressure_a" if up else "outlet_pressure_a")[c]))
            for c, up in zip(self._circuit, self._upstream, strict=True)
        ]
        warmest = np.argsort([-part.temperature_c if part else 0.0 for part in model.binding.circuit_parts])
        self._towards_source = self._upstream == (self._circuit == warmest[0])  # supply and return share a trench
        places = [
            (column, int(warmest[0 if tag.measures == "supply_pressure" else -1]))
            for column, tag in enumerate(tags)
            if tag.measures in ("supply_pressure", "return_pressure")
            and station.kind_of(tag.equipment) == "line_chamber"
        ]
        self._chambers = Points([c for c, _ in places], [tags[c].unit for c, _ in places])
        self._valves = [station_valve(station, circuit) for circuit in circuits]
        self._stirred: Floats = np.full(len(circuits), -np.inf)  # when a header last moved [s, POSIX]
        self._chamber_circuit = np.array([circuit for _, circuit in places], dtype=np.intp)
        lines = len(self._lines)
        # what is watched in one row: what arrives at the ends, the heads there, and those at the chambers [m]
        self._ends, self._heads, self._along = slice(lines), slice(lines, 2 * lines), slice(2 * lines, None)
        self._lately = _Lately()
        self._slow = _Window(SLOW_KEPT, lines)
        self._variance: Floats = np.full(lines, 0.25)
        self._confirmed: NDArray[np.intp] = np.zeros(lines, dtype=np.intp)
        self._quiet: NDArray[np.bool_] = np.zeros(lines, dtype=bool)  # no step anywhere
        self._chamber_at: Floats = np.full((len(circuits), 2), -np.inf)  # of a fall, of a rise
        self._chambers_since = -np.inf  # the latest of these
        self._acted: Floats = np.full(len(circuits), -np.inf)  # when a pump last did what others did not
        self._waves: dict[int, _Wave] = {}
        self.quiet: Floats = np.full(len(circuits), -np.inf)  # until when a circuit has not come to rest [s, POSIX]

    def step(self, at: float, values: Floats, state: PlantState, moves: Moves, demand: float) -> list[Sign]:
        """What stands now; ``demand`` is the make-up over what is usual, NaN where nobody knows."""
        if not self._lines:
            return []
        now = self._heads_now(values, state)
        step = self._lately.step(now)
        self._lately.append(at, now)
        self._slow.append(now[self._ends])
        acting = self._acting(at, state, moves)
        busy = self._busy(at, moves)
        large = self._quiet
        if np.count_nonzero(np.abs(step) > STIRRED):
            self._watch_chambers(at, step[self._along], busy)
            self._stirred[self._circuit[np.abs(step[self._heads]) > STIRRED]] = at
            bound = np.maximum(np.where(busy[self._circuit], ECHO_STEP, STEP), NOISES * np.sqrt(self._variance))
            large = (np.abs(step[self._ends]) > bound) & ~acting[self._circuit]
        self._learn(large)
        self._confirm(at, step, large)
        self._from_chambers(at, now, busy)
        return self._signs(at, now, demand) if self._waves else []

    def bridge_gap(self) -> None:
        """Let what comes follow nothing."""
        self._lately.clear()
        self._slow.clear()
        self._confirmed[:] = 0

    def losing(self, least: float, towards_source: bool | None = None) -> str:
        """The line whose C has fallen most in the last minute, if by ``least`` [m]: of all, or of those on one side.

        A leak near the station takes flow that no longer arrives, or draws more out of it.
        """
        moved: Floats = np.zeros(len(self._lines))
        if len(self._slow) >= 20:
            kept = self._slow.rows
            moved = or_zero(kept[-5:].mean(axis=0) - kept[: max(5, len(kept) // 3)].mean(axis=0))
        if towards_source is not None:
            moved = np.where(self._towards_source == towards_source, moved, np.inf)
        most = int(np.argmin(moved)) if len(moved) else -1
        return self._lines[most].id if most >= 0 and -least > moved[most] > -np.inf else ""

    def _heads_now(self, values: Floats, state: PlantState) -> Floats:
        """(2·l + k,) what arrives at the station's ends of the lines, the heads there and along the lines. [m]"""
        weight = np.maximum(self._members @ state.density, 500.0) * STANDARD_GRAVITY
        pressure = np.where(self._upstream, state.inlet_pressure[self._circuit], state.outlet_pressure[self._circuit])
        head = pressure / weight[self._circuit]
        arriving = head + self._impedance * state.header_flow[self._circuit]
        return np.concatenate((arriving, head, self._chambers.read(values) / weight[self._chamber_circuit]))

    def _acting(self, at: float, state: PlantState, moves: Moves) -> NDArray[np.bool_]:
        """(c,) where one pump does what its sisters do not: gauges and meters of unlike damping then disagree."""
        if not moves.any:
            return at - self._acted < ACTING
        sole = (moves.speed > OWN_SPEED) | (moves.flow > OWN_FLOW + LIKE_OTHERS * self._of_others(state, moves))
        self._acted[self._pumps_of[sole & (moves.since_start > 1.0)]] = at
        acting: NDArray[np.bool_] = at - self._acted < ACTING
        return acting

    def _of_others(self, state: PlantState, moves: Moves) -> Floats:
        """(n,) the least that a running pump of the same circuit has moved."""
        flow = np.where(state.running, moves.flow, np.inf)
        same = self._pumps_of[:, None] == self._pumps_of[None, :]
        others: Floats = np.where(same, flow[None, :], np.inf).min(axis=1)
        return np.where(np.isfinite(others), others, 0.0)

    def _busy(self, at: float, moves: Moves) -> NDArray[np.bool_]:
        """(c,) where the station itself has done something of late."""
        busy: NDArray[np.bool_] = at - self._acted < ECHOES
        lately = moves.since_change < ECHOES
        if np.count_nonzero(lately):
            busy[self._pumps_of[lately]] = True
        return busy

    def _learn(self, large: NDArray[np.bool_]) -> None:
        rows = self._lately.rows
        if len(rows) < 3:
            return
        second = (rows[-1] - 2.0 * rows[-2] + rows[-3])[self._ends]
        square = np.minimum(second * second / 6.0, 9.0 * self._variance)
        usable = np.isfinite(square) & ~large
        square -= self._variance
        square /= MEMORY
        np.add(self._variance, square, out=self._variance, where=usable)

    def _confirm(self, at: float, step: Floats, large: NDArray[np.bool_]) -> None:
        """Count for how many samples a step has stood; one that stands has arrived."""
        if not np.count_nonzero(large):
            self._confirmed.fill(0)
            return
        self._confirmed = np.where(large, self._confirmed + 1, 0)
        arrived = np.flatnonzero(self._confirmed >= CONFIRMED)
        for i in arrived[np.argsort(-np.abs(step[arrived]))].tolist():  # the largest first: the rest is its echo
            self._arrive(i, at, step, float(self._lately.rows[-1][i]))

    def _watch_chambers(self, at: float, step: Floats, busy: NDArray[np.bool_]) -> None:
        for side, moved in enumerate((step < -STEP, step > STEP)):
            circuits = self._chamber_circuit[moved]
            still = ~busy[circuits] & (at - self._stirred[circuits] > BEFORE)
            fresh = np.unique(circuits[still])
            first = fresh[at - self._chamber_at[fresh, side] > BEFORE]
            self._chamber_at[first, side] = at
            self._chambers_since = at if len(first) else self._chambers_since

    def _from_chambers(self, at: float, now: Floats, busy: NDArray[np.bool_]) -> None:
        """What chambers see before the station does: a fall comes from upstream, a rise from downstream."""
        if at - self._chambers_since > BEFORE:
            return
        for circuit, side in zip(*np.nonzero(at - self._chamber_at == CONFIRMED - 1), strict=True):
            ends = np.flatnonzero((self._circuit == circuit) & (self._upstream == (side == 0)))
            if len(ends) and not self._known(int(circuit)) and not busy[circuit]:
                self._waves[int(ends[0])] = _Wave(at, -STEP if side == 0 else STEP, float(now[ends[0]]), True)
                self.quiet[circuit] = at + ECHOES

    def _known(self, circuit: int) -> bool:
        """Whether a wave on a circuit's lines is told already."""
        return any(self._circuit[i] == circuit for i in self._waves)

    def _arrive(self, i: int, at: float, step: Floats, now: float) -> None:
        circuit, size = int(self._circuit[i]), float(step[i])
        self.quiet[circuit] = at + ECHOES
        self._stirred[circuit] = at
        if self._known(circuit):
            return
        first = 3.0 <= at - self._chamber_at[circuit, 0 if size < 0 else 1] <= BEFORE
        # a valve of the station moves those beyond it the other way, and later
        along = step[self._along][self._chamber_circuit == circuit]
        far = first or (along * np.sign(size) > STIRRED).any()
        self._waves[i] = _Wave(at, size, now - size, bool(far))

    def _signs(self, at: float, now: Floats, demand: float) -> list[Sign]:
        self._waves = {i: wave for i, wave in self._waves.items() if at - wave.at < HELD or _still(wave, demand)}
        for i, wave in self._waves.items():
            wave.grow(at, float(now[i]))
        sigma = np.sqrt(self._variance)
        return [self._sign(i, wave, demand, float(sigma[i])) for i, wave in self._waves.items()]

    def _sign(self, i: int, wave: _Wave, demand: float, sigma: float) -> Sign:
        scores = self._scores(i, wave, demand)
        fault = max(scores, key=lambda name: scores[name])
        equipment = self._valves[int(self._circuit[i])] if fault == "low_flow" else self._lines[i].id
        z = float(np.clip(wave.size / sigma, -999.0, 999.0))
        evidence = (Evidence("arriving_head", self._gauges[i], round(wave.size, 2), "m", round(z, 1)),)
        family = "low_flow" if fault == "low_flow" else "wave"
        return Sign(equipment, family, fault, wave.at - CONFIRMED, ranked(scores, SHARPNESS), evidence)

    def _scores(self, i: int, wave: _Wave, demand: float) -> dict[str, float]:
        """What a step of C means: only a hole in the line wants more water, and what comes from afar passes chambers.

        What no chamber saw on its way is a valve between header and line. Where nobody measures the make-up, a hole
        upstream is told from a trip by how much is gone: a neighbour loses some share of a lift like ours, and a hole
        takes some share of the flow. One station's gauges know no more of it: both move head and flow alike.
        """
        near = not wave.far and len(self._chamber_circuit) > 0
        if wave.size > 0.0:
            return {"downstream_trip": 0.0 if near else 1.0, "low_flow": 0.5, "upstream_trip": 0.0}
        hole = 1.0 if demand > DEMAND else 0.7 if not self._upstream[i] else 0.3
        trip = 0.6 if self._upstream[i] else 0.0
        if self._upstream[i] and np.isnan(demand):
            hole = trip + self._rather_a_hole(i, -wave.size) / SHARPNESS
        return {"line_rupture": hole, "upstream_trip": trip, "low_flow": 0.1}

    def _rather_a_hole(self, i: int, lost: float) -> float:
        """ln of the odds that so much head [m] was lost to a hole in a line, and not to a trip of its neighbour."""
        of_hole = np.log(lost / self._of_hole[i]) / FLOW_SPREAD
        of_trip = np.log(lost / self._of_trip[i]) / LIFT_SPREAD
        return float(0.5 * (of_trip**2 - of_hole**2) + np.log(LIFT_SPREAD / FLOW_SPREAD))


def _still(wave: _Wave, demand: float) -> bool:
    """Whether the line still wants more water than it does when it is whole."""
    return wave.size < 0.0 and demand > DEMAND


class _Window:
    """The last so many rows in the order of their coming, always in one piece: its store is twice as long."""

    def __init__(self, length: int, width: int) -> None:
        self._store: Floats = np.empty((2 * length, width))
        self._length, self._begin, self._end = length, 0, 0

    def __len__(self) -> int:
        return self._end - self._begin

    @property
    def rows(self) -> Floats:
        """(len, width) The rows that are kept."""
        return self._store[self._begin : self._end]

    def append(self, row: Floats) -> None:
        """Keep a row; the oldest goes where there is no more room."""
        if self._end == len(self._store):
            self._store[: self._length] = self._store[self._length :]
            self._begin, self._end = 0, self._length
        self._store[self._end] = row
        self._end += 1
        self._begin = max(self._begin, self._end - self._length)

    def clear(self) -> None:
        """Keep none."""
        self._begin = self._end = 0


class _Lately:
    """The rows of the last seconds, and how far the newest has stepped from the oldest of them."""

    def __init__(self) -> None:
        self.rows: deque[Floats] = deque(maxlen=MOST)
        self._times: deque[float] = deque(maxlen=MOST)
        self._full = False

    def append(self, at: float, row: Floats) -> None:
        """Keep a row; those that are too old go, as far as enough are left."""
        self.rows.append(row)
        self._times.append(at)
        self._full = self._full or len(self.rows) == MOST
        while len(self.rows) > FEWEST and at - self._times[0] > LOOK_BACK:
            self.rows.popleft()
            self._times.popleft()
            self._full = True

    def clear(self) -> None:
        """Keep none."""
        self.rows.clear()
        self._times.clear()
        self._full = False

    def step(self, now: Floats) -> Floats:
        """A row less those of some seconds ago; nothing while there are too few."""
        if not self._full:
            return np.zeros(len(now))
        rows = self.rows
        newest = 0.5 * (now + rows[-1])
        oldest = (rows[0] + rows[1] + rows[2]) / 3.0 if len(rows) > FEWEST else 0.5 * (rows[0] + rows[1])
        step: Floats = or_zero(newest - oldest)
        return step
