"""The residuals of the pumps: head, power, losses, tracking, and what bears witness beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors import kinds
from twin.detectors.kinds import OF_PUMP, Points, Sample
from twin.detectors.motion import CLOSING, SETTLING, STARTING_TIME, Moves
from twin.plant.binding import CURRENT, ENVELOPE, VIBRATION, Readings, or_zero
from twin.plant.model import PlantState, PumpModel
from twin.plant.motor import drive_losses, rated_input
from twin.plant.station import Resistance
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

REFERENCE_DENSITY = 950.0  # kg/m³, at which pressures are carried to per cent of rated head
LAGGING = 0.5  # share of a departure from the smoothed value by which transmitters of unlike damping may differ
FLOW_ON_HEAD = 0.8  # % of rated head for each % of rated flow, on a curve's falling part
SPEED_ON_HEAD = 2.0  # % of head for each % of speed (affinity)
FLOW_ON_POWER = 0.4
SPEED_ON_POWER = 3.0
SPARE_MARGIN = 1.3  # NPSH available over required below which a pump is in danger (domain, section 2)

NO_FLOW = 0.03  # of rated: with less, nothing flows
HELD_BACK = 2.0  # % of rated head above the header's at which a sound check valve must open
SHUT_OFF = 0.1  # of rated: with less, efficiency is next to nothing and says nothing of power
AT_MINIMUM = 0.1  # Hz
VALVE_OPEN = 0.97  # of its travel
LEAST_FLOW = 0.3  # of rated: with less a check valve may be shut, and losses say nothing
CHURNING = 6.0  # % of rated: how unsure it is what a pump takes against a shut valve (domain, section 3: 40 to 60 %)
TURNING = 0.1  # of rated speed: a pump that turns slower takes nothing

_ROW = {kind.name: row for row, kind in enumerate(OF_PUMP)}
_LOSSES = np.array([_ROW["branch_loss"], _ROW["suction_loss"], _ROW["suction_path"]])
_ON_CURVE = np.array([_ROW["head"], _ROW["power"], _ROW["efficiency"]])
_OF_EFFICIENCY = np.array([[_ROW["power"]], [_ROW["efficiency"]]])
_POWERS = np.array([_ROW["power"], _ROW["efficiency"], _ROW["feeder"]])


class PumpResiduals:
    """Makes the (kinds, pumps) arrays of a :class:`Sample` from where the plant stands and how it moves."""

    def __init__(self, model: PumpModel) -> None:
        self._rated_flow = model.rated_flow
        self._rated_head = model.rated_head
        self._rated_power = model.rated_power
        self._rated_hz = model.rated_hz
        motors = [pump.motor for pump in model.pumps]
        inputs = [rated_input(m) if m else power for m, power in zip(motors, model.rated_power, strict=True)]
        self._motor_input = np.array(inputs, dtype=np.float64)
        self._motor_current = np.array([m.current_a if m else np.nan for m in motors])
        self._drive_loss = np.array([1.0 / p.drive.efficiency - 1.0 if p.drive else np.nan for p in model.pumps])
        self._minimum_hz = np.array([p.drive.minimum_hz if p.drive else -np.inf for p in model.pumps])
        self._circuit = model.binding.circuit_of
        self.pressure: Floats = REFERENCE_DENSITY * STANDARD_GRAVITY * self._rated_head
        resistances = model.resistances
        self.branch_loss: Floats = self._rated_loss(model, resistances, suction=False)
        self.suction_loss: Floats = self._rated_loss(model, resistances, suction=True)
        n = len(model.pumps)
        self.scale: Floats = np.ones((len(OF_PUMP), n))
        self.scale[_ROW["head"]] = self._rated_head / 100.0
        self.scale[[_ROW["power"], _ROW["feeder"]]] = self._rated_power / 1e5
        self.scale[[_ROW["branch_loss"], _ROW["suction_loss"], _ROW["suction_path"]]] = self.pressure / 1e5
        self.scale[_ROW["backflow"]] = self._rated_flow * 36.0

    def _rated_loss(self, model: PumpModel, resistances: tuple[Resistance, ...], suction: bool) -> Floats:
        """(n,) what a branch loses at rated flow, % of rated head."""
        losses = np.zeros(len(model.pumps))
        for row, pump in enumerate(model.pumps):
            for part in resistances:
                if part.pump == pump.id and (part.kind == "strainer") == suction:
                    losses[row] += part.loss_kpa * 1e3 * (pump.rated_flow_m3_h / part.flow_m3_h) ** 2
        per_cent: Floats = 100.0 * losses / (REFERENCE_DENSITY * STANDARD_GRAVITY * model.rated_head)
        return per_cent

    def sample(self, state: PlantState, moves: Moves) -> Sample:
        """All residuals of all pumps."""
        of = state.measured.pumps
        rows = len(OF_PUMP)
        n = len(state.pumps)
        value, expected = np.full((rows, n), np.nan), np.full((rows, n), np.nan)
        self._hydraulic(state, value, expected)
        self._losses(state, of, value, expected)
        self._electric(state, of, moves, value, expected)
        self._witnesses(state, of, value)
        return Sample(
            value=value,
            expected=expected,
            basis=self._basis(state, expected),
            point=self._point(state),
            unsteady=self._unsteady(state, moves),
            why=self._why(state, moves, value),
        )

    def _hydraulic(self, state: PlantState, value: Floats, expected: Floats) -> None:
        head, power, efficiency = _ROW["head"], _ROW["power"], _ROW["efficiency"]
        expected[head] = 100.0 * state.expected_head / self._rated_head
        value[head] = 100.0 * state.head / self._rated_head - expected[head]
        expected[power] = 100.0 * state.expected_power / self._rated_power
        value[power] = 100.0 * state.power / self._rated_power - expected[power]
        expected[efficiency] = 100.0 * state.expected_efficiency
        value[efficiency] = 100.0 * state.efficiency - expected[efficiency]

    def _losses(self, state: PlantState, of: Readings, value: Floats, expected: Floats) -> None:
        flow = state.flow / self._rated_flow
        square = flow * np.abs(flow)
        branch, suction, path = _ROW["branch_loss"], _ROW["suction_loss"], _ROW["suction_path"]
        outlet = state.outlet_pressure[self._circuit]
        inlet = state.inlet_pressure[self._circuit]
        expected[branch] = self.branch_loss * square
        value[branch] = 100.0 * (of["discharge_pressure"] - outlet) / self.pressure - expected[branch]
        expected[suction] = self.suction_loss * square
        value[suction] = 100.0 * of["inlet_strainer_differential_pressure"] / self.pressure - expected[suction]
        expected[path] = expected[suction]
        value[path] = 100.0 * (inlet - of["suction_pressure"]) / self.pressure - expected[path]

    def _electric(self, state: PlantState, of: Readings, moves: Moves, value: Floats, expected: Floats) -> None:
        share = of["frequency_output"] / self._rated_hz
        speed, drive, feeder = _ROW["speed_tracking"], _ROW["drive_tracking"], _ROW["feeder"]
        expected[speed] = 100.0 * share
        value[speed] = 100.0 * state.measured_speed - expected[speed]
        expected[drive] = 100.0 * moves.drive_reference / self._rated_hz
        value[drive] = 100.0 * share - expected[drive]
        currents = np.stack([of[phase] for phase in CURRENT])
        mean = currents.mean(axis=0)
        expected[feeder] = 100.0 * (of["feeder_power"] - self._lost(state.power, mean)) / self._rated_power
        value[feeder] = 100.0 * state.power / self._rated_power - expected[feeder]
        with np.errstate(divide="ignore", invalid="ignore"):
            value[_ROW["phase_imbalance"]] = 100.0 * (currents.max(axis=0) - currents.min(axis=0)) / mean
        value[_ROW["backflow"]] = 100.0 * state.flow / self._rated_flow

    def _lost(self, power: Floats, current: Floats) -> Floats:
        """(n,) in the drives, at their motors' power and current [A]; by power alone where no current is known. [W]"""
        load, flowing = power / self._motor_input, current / self._motor_current
        losses = drive_losses(load, np.where(np.isnan(flowing), load, flowing))
        lost: Floats = self._motor_input * self._drive_loss * losses
        return lost

    def _witnesses(self, state: PlantState, of: Readings, value: Floats) -> None:
        """Vibration and envelope on a logarithmic scale, for they grow by factors; NPSH only where it runs short."""
        for name, members in (("vibration", VIBRATION), ("envelope", ENVELOPE)):
            velocities = np.array([of[member] for member in members])
            square = (velocities * velocities).sum(axis=0) / len(members)
            with np.errstate(divide="ignore", invalid="ignore"):
                level = 50.0 * np.log(square) - 200.0 * np.log(state.speed)
            level[~np.isfinite(level)] = np.nan
            value[_ROW[name]] = level
        value[_ROW["npsh_margin"]] = np.minimum(state.npsh_available - SPARE_MARGIN * state.npsh_required, 0.0)

    def _basis(self, state: PlantState, expected: Floats) -> Floats:
        """Errors of head and power grow with them; a flow meter's, a gauge's and a drive's are taken as constant."""
        basis = np.ones_like(expected)
        for name in ("head", "power"):
            basis[_ROW[name]] = or_zero(expected[_ROW[name]] / 100.0)
        basis[_ROW["feeder"]] = or_zero(state.power / self._rated_power)
        return basis

    def _point(self, state: PlantState) -> Points:
        """Where on its curve a pump runs, and how fast: neither may make up for the other."""
        flow = or_zero(state.flow / self._rated_flow)
        speed = or_zero(state.speed)
        point = np.empty((len(OF_PUMP), len(speed)), dtype=np.complex128)
        point[:] = speed
        with np.errstate(divide="ignore", invalid="ignore"):
            similar = np.where(speed > 0, flow / speed, 0.0)
        point[_ON_CURVE] = similar + 1j * speed
        point[_LOSSES] = flow * np.abs(flow)
        return point

    def _unsteady(self, state: PlantState, moves: Moves) -> Floats:
        flow, speed = 100.0 * LAGGING * moves.flow, 100.0 * LAGGING * moves.speed
        unsteady = np.empty((len(OF_PUMP), len(speed)))
        unsteady[:] = speed
        unsteady[_ROW["head"]] = FLOW_ON_HEAD * flow + SPEED_ON_HEAD * speed
        unsteady[_POWERS] = FLOW_ON_POWER * flow + SPEED_ON_POWER * speed
        unsteady[_ROW["power"]] += self._churning(state)
        for name, loss in (("branch_loss", self.branch_loss), ("suction_path", self.suction_loss)):
            unsteady[_ROW[name]] = 2.0 * loss / 100.0 * flow + speed
        unsteady[_ROW["suction_loss"]] = 2.0 * self.suction_loss / 100.0 * flow
        return unsteady

    def _churning(self, state: PlantState) -> Floats:
        """(n,) how little is known of the power of a pump that gets hardly any water through, % of rated."""
        speed = np.maximum(or_zero(state.speed), TURNING)
        little: Floats = np.maximum(1.0 - or_zero(state.flow) / (self._rated_flow * speed * LEAST_FLOW), 0.0)
        return CHURNING * speed**3 * np.minimum(little, 1.0)

    def _blocked(self, state: PlantState, moves: Moves, value: Floats) -> NDArray[np.bool_]:
        """(n,) whose head would have to open the check valve, and nothing flows."""
        stands = (np.abs(state.flow) < NO_FLOW * self._rated_flow) & (moves.since_start > CLOSING)
        held: NDArray[np.bool_] = (
            stands & (value[_ROW["branch_loss"]] > HELD_BACK) & ~self._shutting_down(state.measured.pumps)
        )
        return held

    def _shutting_down(self, of: Readings) -> NDArray[np.bool_]:
        """(n,) whose drive is asked for its minimum while the discharge valve is not open: a stop on its way."""
        at_least = of["frequency_setpoint"] <= self._minimum_hz + AT_MINIMUM
        shutting: NDArray[np.bool_] = at_least & ~(of["discharge_valve_position"] >= VALVE_OPEN)
        return shutting

    def _why(self, state: PlantState, moves: Moves, value: Floats) -> NDArray[np.intp]:
        """Later reasons outweigh earlier ones, a missing value all but none."""
        why = np.zeros(value.shape, dtype=np.intp)
        unknown = np.isnan(state.expected_head)
        on_curve = np.where(state.in_range | unknown, kinds.OK, kinds.OUTSIDE)
        on_curve[moves.since_change < SETTLING] = kinds.STARTING
        why[_ON_CURVE] = np.where(moves.ramping, kinds.RAMPING, on_curve)
        why[_OF_EFFICIENCY, state.flow < SHUT_OFF * self._rated_flow] = kinds.NO_FLOW
        little = ~(state.flow > LEAST_FLOW * self._rated_flow) | self._shutting_down(state.measured.pumps)
        why[_LOSSES] = np.where(little, kinds.NO_FLOW, np.where(moves.ramping, kinds.RAMPING, kinds.OK))
        why[_ROW["branch_loss"], self._blocked(state, moves, value)] = kinds.OK
        why[_ROW["drive_tracking"], moves.drive_ramping] = kinds.DRIVE_RAMPING
        why[:, moves.since_start < STARTING_TIME] = kinds.STARTING
        why[:, ~state.running] = kinds.STOPPED
        backflow = np.where(moves.since_stop < CLOSING, kinds.STARTING, kinds.OK)
        why[_ROW["backflow"]] = np.where(state.running, kinds.TURNING, backflow)
        why[np.isnan(value) & (why == kinds.OK)] = kinds.NOT_MEASURED
        return why
