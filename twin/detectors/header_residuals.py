"""The residuals of the headers: what flows in against what flows out, and gauges that should agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors import kinds
from twin.detectors.kinds import BALANCE, GAUGE, METER, Kind, Sample
from twin.detectors.motion import SETTLING, Moves
from twin.detectors.pump_residuals import LAGGING, REFERENCE_DENSITY
from twin.detectors.residual import ResidualName
from twin.plant.binding import GAUGES, METERS, or_zero
from twin.plant.model import PlantState, PumpModel
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

MIXING = 8.0  # operating points for a wholly different mixture of meters
FEWEST = 3  # instruments that must measure the same before one can be outvoted


class HeaderResiduals:
    """One flow balance for each circuit, and each gauge and meter against the middle one of its kind.

    Two gauges that differ only say that one is wrong, so that groups of fewer than three are left out.
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
        self._groups = [self._group(side) for side in (GAUGES[:3], GAUGES[3:], METERS)]

    def _add(self, circuit: int, kind: Kind, name: ResidualName, measure: str) -> None:
        self.names.append(name)
        self.kinds.append(kind)
        self.circuit.append(circuit)
        self.measure.append(measure)

    def _group(self, side: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.intp], NDArray[np.intp]]:
        """A group's measurements, and for each of its channels (row in the group, channel)."""
        channels = [(side.index(m), i) for i, m in enumerate(self.measure) if m in side]
        pairs = np.array(channels, dtype=np.intp).reshape(-1, 2)
        return side, pairs[:, 0], pairs[:, 1]

    def sample(self, state: PlantState, moves: Moves) -> Sample:
        """All residuals of all headers (m,)."""
        m = len(self.names)
        value, expected = np.full(m, np.nan), np.full(m, np.nan)
        why = np.zeros(m, dtype=np.intp)
        circuit = self._circuit
        departing = np.bincount(self._of, moves.flow * state.running, self._circuits)
        unsteady = 100.0 * LAGGING * (departing / self._pumps)[circuit]
        self._balance(state, value, expected)
        self._redundancy(state, value, expected)
        settling = np.zeros(self._circuits, dtype=bool)
        settling[self._of[(moves.since_change < SETTLING) | moves.ramping]] = True
        of_balance = circuit[self._balances]
        why[self._balances] = np.where(settling[of_balance], kinds.STARTING, kinds.OK)
        # the line drives its water on through pumps that have all stopped, past the meters of those that run
        why[self._balances[np.bincount(self._of, state.running, self._circuits)[of_balance] == 0]] = kinds.STOPPED
        why[np.isnan(value)] = kinds.NOT_MEASURED
        point = or_zero(expected / 100.0)
        point[self._balances] += self._mixture(state, moves)[circuit[self._balances]]
        return Sample(value, expected, np.ones(m), point.astype(np.complex128), unsteady, why)

    def _mixture(self, state: PlantState, moves: Moves) -> Floats:
        """(c,) moves when other meters come to carry the sum of a circuit, each with a bias of its own."""
        changes = np.zeros(self._circuits)
        changes[self._of] = moves.changes
        flows = or_zero(np.where(state.running, state.flow, 0.0))
        total = np.bincount(self._of, flows, self._circuits)
        concentration = np.bincount(self._of, flows**2, self._circuits) / np.maximum(total**2, 1e-12)
        return changes + MIXING * concentration

    def _balance(self, state: PlantState, value: Floats, expected: Floats) -> None:
        flows = np.where(state.running, state.flow, 0.0)
        total = np.bincount(self._of, flows, self._circuits) + state.bypass_flow
        for channel in self._balances:
            c = self.circuit[channel]
            expected[channel] = 100.0 * state.header_flow[c] / self.flow[c]
            value[channel] = 100.0 * total[c] / self.flow[c] - expected[channel]

    def _redundancy(self, state: PlantState, value: Floats, expected: Floats) -> None:
        """Each gauge and meter against the middle one of its kind, which the model has found."""
        middles = (state.inlet_pressure, state.outlet_pressure, state.header_flow)
        for (side, rows, channels), agreed in zip(self._groups, middles, strict=True):
            rated = self.flow if side is METERS else self.pressure
            readings = np.array([state.measured.headers[measure] for measure in side])
            enough = np.isfinite(readings).sum(axis=0) >= FEWEST
            where = self._circuit[channels]
            expected[channels] = (100.0 * np.where(enough, agreed, np.nan) / rated)[where]
            value[channels] = (100.0 * readings / rated)[rows, where] - expected[channels]


def _circuit_flow(model: PumpModel) -> Floats:
    """(c,) rated flow of each circuit: as its file says, or that of its duty pumps. [m³/s]"""
    flows = []
    for c, part in enumerate(model.binding.circuit_parts):
        duty = [p.rated_flow_m3_h for p, of in zip(model.pumps, model.binding.circuit_of, strict=True) if of == c]
        flows.append((part.flow_m3_h if part else sum(duty)) / 3600.0)
    return np.array(flows)
