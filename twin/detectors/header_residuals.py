"""The residuals of the headers: what flows in against what flows out, and gauges that should agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors import kinds
from twin.detectors.kinds import BALANCE, GAUGE, METER, Kind, Sample
from twin.detectors.motion import CHANGED, Moves
from twin.detectors.pump_residuals import LAGGING, REFERENCE_DENSITY
from twin.detectors.residual import ResidualName
from twin.plant.binding import GAUGES, METERS, OF_HEADER, REDUNDANT, or_zero
from twin.plant.model import PlantState, PumpModel
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

MIXING = 8.0  # operating points for a wholly different mixture of meters
FEWEST = 3  # instruments that must measure the same before one can be outvoted


class HeaderResiduals:
    """One flow balance for each circuit, and each gauge and meter against the middle one of its kind.

    Two gauges that differ only say that one is wrong, so that groups of fewer than three are left out. ``whys`` has one
    (m,) for each frame, which is another array than that before only where it says something else.
    """

    def __init__(self, model: PumpModel) -> None:
        binding = model.binding
        self._of = binding.circuit_of
        self._circuits = len(binding.circuits)
        self.flow: Floats = _circuit_flow(model)
        head = np.array([model.rated_head[self._of == c].mean() for c in range(self._circuits)])
        self.pressure: Floats = REFERENCE_DENSITY * STANDARD_GRAVITY * head
        self.names: list[ResidualName] = []
        self.kinds: list[Kind] = []
        self.circuit: list[int] = []
        self.measure: list[str] = []
        scale: list[float] = []
        for c, equipment in enumerate(binding.headers):
            meters = [m for m in METERS if binding.header_column(m)[c] >= 0]
            if meters:
                tag = binding.tag(binding.header_column(meters[0])[c])
                self._add(c, BALANCE, ResidualName(equipment, BALANCE.name, BALANCE.unit, tag), "")
                scale.append(self.flow[c] * 36.0)
            for side in (GAUGES[:3], GAUGES[3:], METERS):
                present = [m for m in side if binding.header_column(m)[c] >= 0]
                kind = METER if side is METERS else GAUGE
                for measure in present if len(present) >= FEWEST else ():
                    tag = binding.tag(binding.header_column(measure)[c])
                    self._add(c, kind, ResidualName(equipment, kind.name, kind.unit, tag), measure)
                    scale.append(self.flow[c] * 36.0 if kind is METER else self.pressure[c] / 1e5)
        self.scale: Floats = np.array(scale)
        self._circuit = np.array(self.circuit, dtype=np.intp)
        self._pumps = np.maximum(1, np.bincount(self._of, minlength=self._circuits))
        self._balances = np.array([i for i, kind in enumerate(self.kinds) if kind is BALANCE], dtype=np.intp)
        self._of_balance = self._circuit[self._balances]
        self._sorted = np.argsort(self._of, kind="stable")  # pumps circuit by circuit, and where each circuit begins
        self._begins = np.searchsorted(self._of[self._sorted], np.arange(self._circuits))
        self._first = self._sorted[self._begins]  # pump of each circuit
        self._voters = np.array([i for i, kind in enumerate(self.kinds) if kind is not BALANCE], dtype=np.intp)
        voting = [OF_HEADER.index(self.measure[i]) for i in self._voters]
        of = self._circuit[self._voters]
        self._row = np.array(voting, dtype=np.intp) * self._circuits + of  # of the flattened readings of headers
        self._group = np.array([_group(row) for row in voting], dtype=np.intp) * self._circuits + of
        self._alike = (self._group[:, None] == self._group[None, :]).astype(np.float64)  # who votes with whom
        self._place = np.argsort(np.concatenate((self._balances, self._voters)))  # of each among balances, then voters
        self._is_balance = np.array([float(kind is BALANCE) for kind in self.kinds])
        rated = np.where(np.array(voting, dtype=np.intp) < len(GAUGES), self.pressure[of], self.flow[of])
        self._per_cent: Floats = 100.0 / rated
        self._told = b""  # what the reasons follow from, as it was last
        self._why: NDArray[np.intp] = np.zeros(len(self.names), dtype=np.intp)
        self.whys: list[NDArray[np.intp]] = []

    def _add(self, circuit: int, kind: Kind, name: ResidualName, measure: str) -> None:
        self.names.append(name)
        self.kinds.append(kind)
        self.circuit.append(circuit)
        self.measure.append(measure)

    def sample(self, state: PlantState, moves: Moves, into: Sample) -> None:
        """Put all residuals of all headers into a sample whose arrays are (frames, m), all but ``why``."""
        flows = np.where(state.running, state.flow, 0.0)
        balance, vote = self._balance(state, self._sum(flows)), self._redundancy(state)
        for put, parts in zip((into.value, into.expected), zip(balance, vote, strict=True), strict=True):
            put[:] = np.concatenate(parts, axis=-1).take(self._place, axis=-1)
        into.basis.fill(1.0)
        point = into.expected / 100.0
        point[np.isnan(point)] = 0.0
        point += self._mixture(or_zero(flows), moves).take(self._circuit, axis=-1) * self._is_balance
        into.point[:] = point
        into.unsteady.fill(0.0)
        if moves.any:
            departing = self._sum(moves.flow * state.running)
            into.unsteady[:] = 100.0 * LAGGING * (departing / self._pumps).take(self._circuit, axis=-1)
        self._judge(state, moves, into.value)

    def _sum(self, of_pumps: Floats) -> Floats:
        """(..., c) sums over the pumps of each circuit; what one lacks is missing in its own sum alone."""
        total: Floats = np.add.reduceat(of_pumps.take(self._sorted, axis=-1), self._begins, axis=-1)
        return total

    def _any(self, pumps: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(..., c) whether any pump of each circuit is among some."""
        some: NDArray[np.bool_] = np.logical_or.reduceat(pumps.take(self._sorted, axis=-1), self._begins, axis=-1)
        return some

    def _mixture(self, flows: Floats, moves: Moves) -> Floats:
        """(..., c) moves when other meters come to carry the sum of a circuit, each with a bias of its own."""
        total = self._sum(flows)
        concentration = self._sum(flows * flows)
        concentration /= np.maximum(total * total, 1e-12)
        concentration *= MIXING
        concentration += moves.changes.take(self._first, axis=-1)  # which all pumps of a circuit have seen
        return concentration

    def _balance(self, state: PlantState, total: Floats) -> tuple[Floats, Floats]:
        """What the pumps give less what the header's meters say, and that; both (..., balances)."""
        per_cent = 100.0 / self.flow
        expected = (state.header_flow * per_cent).take(self._of_balance, axis=-1)
        return ((total + state.bypass_flow) * per_cent).take(self._of_balance, axis=-1) - expected, expected

    def _redundancy(self, state: PlantState) -> tuple[Floats, Floats]:
        """Each gauge and meter less the middle one of its kind, which the model has found, and that; (..., voters)."""
        readings = _side_by_side(state.measured.header_table).take(self._row, axis=-1)
        expected = _side_by_side(state.measured.middles).take(self._group, axis=-1) * self._per_cent
        known = np.isfinite(readings)
        if np.count_nonzero(known) < known.size:
            expected[known @ self._alike < FEWEST] = np.nan
        readings *= self._per_cent
        readings -= expected
        return readings, expected

    def _judge(self, state: PlantState, moves: Moves, value: Floats) -> None:
        """Find why each may not be judged, anew only where something that it depends on has changed."""
        count = self._circuits
        conditions = np.empty((len(value), 2 * count + value.shape[1]), dtype=bool)
        conditions[:, :count] = self._any(moves.lately[CHANGED] | moves.ramping)
        conditions[:, count : 2 * count] = self._any(state.running)
        np.isnan(value, out=conditions[:, 2 * count :])
        self.whys = [self._why_of(frame) for frame in conditions]

    def _why_of(self, conditions: NDArray[np.bool_]) -> NDArray[np.intp]:
        """(m,) the reasons of one frame: the same array as long as the conditions for them are the same."""
        told = conditions.tobytes()
        if told == self._told:
            return self._why
        moving, running, missing = np.split(conditions, (self._circuits, 2 * self._circuits))
        why = np.zeros(len(missing), dtype=np.intp)
        why[self._balances[moving[self._of_balance]]] = kinds.STARTING
        # the line drives its water on through pumps that have all stopped, past the meters of those that run
        why[self._balances[~running[self._of_balance]]] = kinds.STOPPED
        why[missing] = kinds.NOT_MEASURED
        self._told, self._why = told, why
        return why


def _side_by_side(table: Floats) -> Floats:
    """(..., rows · c) the rows of a table of headers (rows, ..., c) one after another."""
    rows = table.swapaxes(0, -2)
    return rows.reshape(*rows.shape[:-2], -1)


def _group(row: int) -> int:
    """Which of the redundant groups a reading of a header votes in."""
    return next(group for group, members in enumerate(REDUNDANT) if OF_HEADER[row] in members)


def _circuit_flow(model: PumpModel) -> Floats:
    """(c,) rated flow of each circuit: as its file says, or that of its duty pumps. [m³/s]"""
    flows = []
    for c, part in enumerate(model.binding.circuit_parts):
        duty = [p.rated_flow_m3_h for p, of in zip(model.pumps, model.binding.circuit_of, strict=True) if of == c]
        flows.append((part.flow_m3_h if part else sum(duty)) / 3600.0)
    return np.array(flows)
