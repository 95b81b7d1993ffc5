"""What each fault does to the residuals: signs and proportions, a row a hypothesis, a column a channel.

A fault of a pump moves its own residuals; a wrong transmitter moves every residual it enters, by the slopes of the pump
curve where the pump stands. Proportions are those computed for the reference station with three duty pumps, for each
per cent of the residual that leads (domain.md, section 3). They hold for shares of what a pump gives and takes: in per
cent of rated, power moves less for each per cent of head where load is low.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.detectors.channels import Channels
from twin.plant.binding import GAUGES, METERS, or_zero
from twin.plant.model import PlantState, PumpModel
from twin.signals import Floats


@dataclass(frozen=True, slots=True)
class Witness:
    """What a fault does to evidence that has no proportion: a mean and a spread, natural logarithms of a factor."""

    mean: float = 0.0
    spread: float = 0.35


@dataclass(frozen=True, slots=True)
class Signature:
    """One fault of a pump.

    ``moves`` is per cent of rated in each residual for each per cent of the one that leads: that which moves by 1, the
    first of several that is measured (a flow in the balance counts in per cent of the pump's rated flow). ``least``
    and ``most`` bound the size, in per cent of the leading residual; ``short`` says whether NPSH runs short with it,
    ``flows`` whether water still flows (None: either). ``may`` are residuals that may rise with it by any amount:
    what makes a pump cavitate is often that water comes to it with too little pressure.
    """

    fault: str
    moves: Mapping[str, float]
    least: float
    most: float
    vibration: Witness = field(default_factory=Witness)
    envelope: Witness = field(default_factory=Witness)
    noise: Witness = field(default_factory=Witness)
    short: bool = False
    flows: bool | None = None
    may: tuple[str, ...] = ()


SIGNATURES: tuple[Signature, ...] = (
    Signature("impeller_wear", {"head": -1.0, "power": -0.70}, 0.5, 12.0),
    Signature("wear_ring_clearance", {"head": -1.0, "power": +0.51}, 0.5, 12.0),
    Signature(
        "cavitation",
        {"head": -1.0, "power": -0.23},
        0.5,
        20.0,
        vibration=Witness(0.4, 0.4),
        envelope=Witness(0.9, 0.6),
        noise=Witness(0.7, 0.6),
        short=True,
        may=("suction_path",),
    ),
    Signature(
        "gas_ingress",
        {"head": -1.0, "power": -0.28},
        4.0,
        30.0,
        vibration=Witness(0.3, 0.4),
        envelope=Witness(0.1, 0.4),
        noise=Witness(1.2, 0.6),
    ),
    Signature("broken_blade", {"head": -1.0, "power": -0.04}, 5.0, 30.0, vibration=Witness(1.1, 0.4)),
    Signature("discharge_valve_partly_closed", {"branch_loss": +1.0}, 0.5, 120.0, flows=True),
    Signature("check_valve_stuck_closed", {"branch_loss": +1.0}, 2.0, 120.0, vibration=Witness(1.2, 0.8), flows=False),
    Signature("strainer_clogging", {"suction_loss": +1.0, "suction_path": +1.0}, 0.1, 60.0),
    Signature("vfd_derate", {"drive_tracking": -1.0}, 0.5, 60.0),
    Signature("phase_imbalance", {"phase_imbalance": +1.0}, 1.5, 100.0),
    Signature("check_valve_stuck_open", {"backflow": -1.0, "flow_balance": +1.0}, 0.8, 100.0),
)


@dataclass(frozen=True)
class Hypothesis:
    """One thing that may be wrong: a fault and the equipment it is blamed on (a tag for sensor faults).

    ``leads`` is the channel without which nothing can be said of it. A sensor's bias may go either way, a fault only
    one. ``doubt`` is a χ² that speaks against it beforehand.
    """

    fault: str
    equipment: str
    pump: int  # -1: of no pump
    leads: int
    least: float
    most: float
    witnesses: tuple[Witness, Witness, Witness] = (Witness(), Witness(), Witness())
    short: bool = False
    flows: bool | None = None
    doubt: float = 0.0
    may: tuple[int, ...] = ()  # channels that may rise with it by any amount

    @property
    def sensor(self) -> bool:
        return self.fault == "sensor_bias"


class Hypotheses:
    """All hypotheses of one circuit, as objects and as arrays.

    Attributes
    ----------
    rows : (h,)                    The hypotheses.
    moves : (h, m)                 What each does to all channels, per cent for each per cent of the leading residual.
    channels : (k,)                Channels of the circuit; ``ours`` (h, k) is ``moves`` in these.
    tolerance : (h, k)             How far a fault may be from its signature, likewise.
    may : (h, k)                   What may rise with it by any amount.
    witness, spread : (3, h)       Of vibration, envelope and noise.
    wet, dry : (h,)                Whether water must flow for it, or must not.
    """

    def __init__(
        self, rows: tuple[Hypothesis, ...], moves: Floats, tolerance: Floats, channels: NDArray[np.intp]
    ) -> None:
        self.rows = rows
        self.moves = moves
        self.channels = channels
        self.ours: Floats = moves[:, channels]
        self.tolerance: Floats = tolerance[:, channels]
        self.may: NDArray[np.bool_] = np.array([np.isin(channels, row.may) for row in rows]).reshape(self.ours.shape)
        self.pump: NDArray[np.intp] = np.array([row.pump for row in rows], dtype=np.intp)
        self.leads: NDArray[np.intp] = np.array([row.leads for row in rows], dtype=np.intp)
        self.least: Floats = np.array([row.least for row in rows])
        self.most: Floats = np.array([row.most for row in rows])
        self.doubt: Floats = np.array([row.doubt for row in rows])
        self.short: NDArray[np.bool_] = np.array([row.short for row in rows], dtype=bool)
        self.wet: NDArray[np.bool_] = np.array([row.flows is True for row in rows], dtype=bool)
        self.dry: NDArray[np.bool_] = np.array([row.flows is False for row in rows], dtype=bool)
        self.sensor: NDArray[np.bool_] = np.array([row.sensor for row in rows], dtype=bool)
        self.witness: Floats = np.array([[w.mean for w in row.witnesses] for row in rows]).reshape(-1, 3).T
        self.spread: Floats = np.array([[w.spread for w in row.witnesses] for row in rows]).reshape(-1, 3).T


PROPORTION = 0.2  # how far the proportions of a real fault differ from its signature's
EXACT = 0.1  # and those of a wrong transmitter, which follow from the curve
CROSSING = 0.08  # and how far head and power do where the signature leaves one of them alone
BLAME_LAST = 1.0  # χ²: where both would do, better look at the pump than at the transmitter
ELSEWHERE = 0.02  # of rated flow or speed: no farther from where proportions were reckoned they hold
LEAST_TURNING = 0.3  # of rated speed: of a pump that turns slower the rated point is taken
LEAST_SHARE, MOST_SHARE = 0.3, 1.5  # between which the share of power lies, over that of head
LEAST_BIAS = 0.3  # % of rated
MOST_BIAS = 100.0


class Library:
    """The hypotheses of a station, a :class:`Hypotheses` for each circuit."""

    def __init__(self, model: PumpModel, channels: Channels) -> None:
        self._model = model
        self._channels = channels
        self._index = {(int(p), n.name): i for i, (p, n) in enumerate(zip(channels.pump, channels.names, strict=True))}
        self._by_tag = {n.tag: i for i, n in enumerate(channels.names) if n.name in {"header_pressure", "header_flow"}}
        n = len(model.pumps)
        self._slopes = or_zero(model.slopes())  # a curve without efficiency says nothing of power
        self._flow: Floats = np.ones(n)  # where the pumps stand, over rated,
        self._drawn: Floats = np.ones(n)  # and the share of rated power that they take, over that of the head they give
        self.circuits: tuple[Hypotheses, ...] = tuple(
            self._of_circuit(circuit) for circuit in range(len(model.binding.circuits))
        )
        self._now = list(self.circuits)
        self._reckoned: Floats = np.ones((len(self.circuits), 2, n))

    def at(self, circuit: int, state: PlantState) -> Hypotheses:
        """The hypotheses of a circuit in the proportions that hold where its pumps stand now."""
        point = self._point(state)
        ours = self._model.binding.circuit_of == circuit
        if (np.abs(point - self._reckoned[circuit])[:, ours] > ELSEWHERE).any():
            self._reckoned[circuit] = point
            self._flow, speed = point
            self._slopes = or_zero(self._model.slopes(self._flow * self._model.rated_flow, speed))
            self._drawn = self._power_over_head(state)
            self._now[circuit] = self._of_circuit(circuit)
        return self._now[circuit]

    def _power_over_head(self, state: PlantState) -> Floats:
        """(n,) the share of rated power that each pump should take, over that of rated head it should give."""
        with np.errstate(divide="ignore", invalid="ignore"):
            power, head = state.expected_power / self._model.rated_power, state.expected_head / self._model.rated_head
            share = power / head
        return np.where(np.isfinite(share), np.clip(share, LEAST_SHARE, MOST_SHARE), 1.0)

    def _point(self, state: PlantState) -> Floats:
        """(2, n) flow and speed over rated; of pumps of which that is not known, or that hardly turn, rated."""
        flow = state.flow / self._model.rated_flow
        known = state.running & (state.speed > LEAST_TURNING) & (flow > 0.0)
        return np.where(known, np.stack([flow, state.speed]), 1.0)

    def _of_circuit(self, circuit: int) -> Hypotheses:
        found: list[tuple[Hypothesis, Floats]] = []
        for pump in np.flatnonzero(self._model.binding.circuit_of == circuit):
            found += self._faults(int(pump), circuit)
            found += self._biases(int(pump), circuit)
        found += self._gauges(circuit)
        ours = np.flatnonzero(self._channels.circuit == circuit)
        moves = np.array([moved for _, moved in found]).reshape(len(found), len(self._channels))
        rows = tuple(row for row, _ in found)
        return Hypotheses(rows, moves, self._tolerance(rows, moves), ours)

    def _tolerance(self, rows: tuple[Hypothesis, ...], moves: Floats) -> Floats:
        """(h, m) how far a fault may be from its signature: an ailing impeller is never quite the one computed."""
        proportion = np.array([EXACT if row.sensor else PROPORTION for row in rows])[:, np.newaxis]
        tolerance = proportion * np.abs(moves)
        for i, row in enumerate(rows):
            if not row.sensor and self._channels.names[row.leads].name == "head":
                both = [self._index[row.pump, name] for name in ("head", "power") if (row.pump, name) in self._index]
                tolerance[i, both] = np.maximum(tolerance[i, both], CROSSING)
        return tolerance

    def _faults(self, pump: int, circuit: int) -> list[tuple[Hypothesis, Floats]]:
        """Those of :data:`SIGNATURES` whose leading residual this pump has."""
        found = []
        for signature in SIGNATURES:
            leading = [self._index.get((pump, name)) for name, move in signature.moves.items() if abs(move) == 1.0]
            leads = next((channel for channel in leading if channel is not None), None)
            if leads is None:
                continue
            row = Hypothesis(
                signature.fault,
                self._model.pumps[pump].id,
                pump,
                leads,
                least=signature.least,
                most=signature.most,
                witnesses=(signature.vibration, signature.envelope, signature.noise),
                short=signature.short,
                flows=signature.flows,
                may=tuple(self._index[pump, name] for name in signature.may if (pump, name) in self._index),
            )
            moves = dict(signature.moves)
            if "head" in moves:
                moves["power"] *= float(self._drawn[pump])
            found.append((row, self._spread(moves, pump, circuit)))
        return found

    def _biases(self, pump: int, circuit: int) -> list[tuple[Hypothesis, Floats]]:
        """A wrong transmitter each."""
        found = []
        for measure, moves in self._readings(pump):
            column = int(self._model.binding.column(measure)[pump])
            leads = next((i for name in moves if (i := self._index.get((pump, name))) is not None), None)
            if column >= 0 and leads is not None:
                row = _sensor(self._model.binding.tag(column), pump, leads)
                found.append((row, self._spread(moves, pump, circuit)))
        return found

    def _readings(self, pump: int) -> tuple[tuple[str, dict[str, float]], ...]:
        """What a reading that is one per cent (of rated head, flow, speed or power) too high does.

        A flow meter has two rows: that of a running pump and that of a stopped one.
        """
        head_flow, head_speed, power_flow, power_speed = self._slopes[:, pump]
        branch, suction = self._channels.losses[:, pump] / 50.0 * self._flow[pump]  # d(k·Q²) = 2·k·Q·dQ
        of_flow = {
            "head": -head_flow,
            "power": -power_flow,
            "branch_loss": -branch,
            "suction_loss": -suction,
            "suction_path": -suction,
            "flow_balance": 1.0,
        }
        return (
            ("pump_flow", of_flow),
            ("pump_flow", {"backflow": 1.0}),
            ("discharge_pressure", {"head": 1.0, "branch_loss": 1.0}),
            ("suction_pressure", {"head": -1.0, "suction_path": -1.0}),
            ("inlet_strainer_differential_pressure", {"suction_loss": 1.0}),
            ("shaft_speed", {"speed_tracking": 1.0, "head": -head_speed, "power": -power_speed}),
            ("frequency_output", {"speed_tracking": -1.0, "drive_tracking": 1.0}),
            ("motor_active_power", {"power": 1.0, "feeder": 1.0}),
            ("feeder_power", {"feeder": -1.0}),
        )

    def _gauges(self, circuit: int) -> list[tuple[Hypothesis, Floats]]:
        """A wrong gauge or meter of a header each."""
        found = []
        for measure in (*GAUGES, *METERS):
            column = int(self._model.binding.header_column(measure)[circuit])
            if column < 0:
                continue
            tag = self._model.binding.tag(column)
            moved = self._of_gauge(tag, measure, circuit)
            if moved.any():
                found.append((_sensor(tag, -1, int(np.argmax(np.abs(moved)))), moved))
        return found

    def _share(self, pump: int) -> float:
        """Rated flow of a pump over that of its circuit."""
        circuit = self._model.binding.circuit_of[pump]
        return float(self._model.rated_flow[pump] / self._channels.circuit_flow[circuit])

    def _spread(self, moves: Mapping[str, float], pump: int, circuit: int) -> Floats:
        """(m,) a pump's moves over all channels."""
        row = np.zeros(len(self._channels))
        for name, move in moves.items():
            channel = self._index.get((pump, name))
            if channel is not None:
                row[channel] = move
            elif name == "flow_balance":
                row[self._channels.balance(circuit)] = move * self._share(pump)
        return row

    def _of_gauge(self, tag: str, measure: str, circuit: int) -> Floats:
        """(m,) what a header's own gauge does: it is outvoted by its sisters, or where it has none enters all."""
        row = np.zeros(len(self._channels))
        if tag in self._by_tag:
            row[self._by_tag[tag]] = 1.0
            return row
        if measure in METERS:
            row[self._channels.balance(circuit)] = -1.0
            return row
        name, move = ("suction_path", 1.0) if measure.startswith("inlet") else ("branch_loss", -1.0)
        ours = self._channels.of(name)
        row[ours[self._channels.circuit[ours] == circuit]] = move
        return row


def _sensor(tag: str, pump: int, leads: int) -> Hypothesis:
    return Hypothesis("sensor_bias", tag, pump, leads, LEAST_BIAS, MOST_BIAS, doubt=BLAME_LAST)
