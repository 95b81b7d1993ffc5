"""The residuals of the pumps: head, power, losses, tracking, and what bears witness beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors import kinds
from twin.detectors.kinds import OF_PUMP, Points, Sample
from twin.detectors.motion import CLOSING, LATELY, Moves
from twin.plant.binding import CURRENTS, ENVELOPE, ENVELOPES, VIBRATION, VIBRATIONS, or_zero
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
_ON_CURVE = slice(_ROW["head"], _ROW["efficiency"] + 1)
_LOSSES = slice(_ROW["branch_loss"], _ROW["suction_path"] + 1)
_COMPARED = slice(_ROW["head"], _ROW["feeder"] + 1)  # a measurement less what it should be; the others stand alone
_SHAKING = slice(_ROW["vibration"], _ROW["envelope"] + 1)
_OF_EFFICIENCY = np.array([[_ROW["power"]], [_ROW["efficiency"]]])
_POWERS = [_ROW["power"], _ROW["efficiency"], _ROW["feeder"]]
_GROWING = [_ROW["head"], _ROW["power"], _ROW["feeder"]]  # whose errors grow with what is measured
_SHAKEN = slice(VIBRATIONS.start, ENVELOPES.stop)  # of the table of measurements
_FIRST_OF_SHAKEN = [0, len(VIBRATION)]
_MEMBERS = np.array([[[len(VIBRATION)]], [[len(ENVELOPE)]]], dtype=np.float64)


class PumpResiduals:
    """Makes the (kinds, frames, pumps) arrays of a :class:`Sample` from where the plant stands and how it moves.

    Of one frame or of those of a block. ``whys`` has one (kinds, pumps) for each frame, which is another array than
    that before only where it says something else.
    """

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
        minimum = [p.drive.minimum_hz if p.drive else -np.inf for p in model.pumps]
        self._least_hz: Floats = np.array(minimum) + AT_MINIMUM
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
        self._of_measured, self._of_expected = (of[:, None] for of in self._per_cents())
        self._of_flow, self._of_speed = (of[:, None] for of in self._sensitivities())
        self._nobody: NDArray[np.bool_] = np.zeros(n, dtype=bool)
        self._told = b""  # the conditions that the reasons follow from, as they were last
        self._why: NDArray[np.intp] = np.zeros((len(OF_PUMP), n), dtype=np.intp)
        self.whys: list[NDArray[np.intp]] = []

    def _per_cents(self) -> tuple[Floats, Floats]:
        """(compared, n) by which what is measured, and what is expected, is multiplied to be in per cent of rated."""
        head, power, pressure = 100.0 / self._rated_head, 100.0 / self._rated_power, 100.0 / self.pressure
        frequency, one = 100.0 / self._rated_hz, np.full_like(self._rated_flow, 100.0)
        measured = [head, power, one, pressure, pressure, pressure, one, frequency, power]
        losses = [self.branch_loss, self.suction_loss, self.suction_loss]
        return np.array(measured), np.array([head, power, one, *losses, frequency, frequency, power])

    def _sensitivities(self) -> tuple[Floats, Floats]:
        """(kinds, n) what each residual errs by for each per cent of flow, and of speed, that signals are apart."""
        of_flow, of_speed = np.zeros_like(self.scale), np.ones_like(self.scale)
        of_flow[_ROW["head"]], of_speed[_ROW["head"]] = FLOW_ON_HEAD, SPEED_ON_HEAD
        of_flow[_POWERS], of_speed[_POWERS] = FLOW_ON_POWER, SPEED_ON_POWER
        of_flow[_ROW["branch_loss"]] = 2.0 * self.branch_loss / 100.0
        of_flow[_ROW["suction_path"]] = of_flow[_ROW["suction_loss"]] = 2.0 * self.suction_loss / 100.0
        of_speed[_ROW["suction_loss"]] = 0.0
        return of_flow, of_speed

    def _rated_loss(self, model: PumpModel, resistances: tuple[Resistance, ...], suction: bool) -> Floats:
        """(n,) what a branch loses at rated flow, % of rated head."""
        losses = np.zeros(len(model.pumps))
        for row, pump in enumerate(model.pumps):
            for part in resistances:
                if part.pump == pump.id and (part.kind == "strainer") == suction:
                    losses[row] += part.loss_kpa * 1e3 * (pump.rated_flow_m3_h / part.flow_m3_h) ** 2
        per_cent: Floats = 100.0 * losses / (REFERENCE_DENSITY * STANDARD_GRAVITY * model.rated_head)
        return per_cent

    def sample(self, state: PlantState, moves: Moves, into: Sample) -> None:
        """Put all residuals of all pumps into a sample whose arrays are (kinds, frames, pumps), all but ``why``."""
        share = state.flow / self._rated_flow
        square = share * np.abs(share)
        with np.errstate(divide="ignore", invalid="ignore"):
            self._compare(state, moves, square, into)
            self._witness(state, share, into.value)
            self._point(share, square, state.speed, into.point)
        basis = into.basis
        basis.fill(1.0)
        basis[_GROWING[:2]] = or_zero(into.expected[_GROWING[:2]] / 100.0)
        basis[_GROWING[2]] = or_zero(state.power / self._rated_power)
        self._unsteady(state, moves, share, into.unsteady)
        self._judge(state, moves, share, into.value)

    def _compare(self, state: PlantState, moves: Moves, square: Floats, into: Sample) -> None:
        """What is measured less what is expected of it; ``square`` is that of the share of rated flow."""
        of, circuit = state.measured.pumps, self._circuit
        value, expected = into.value[_COMPARED], into.expected[_COMPARED]
        expected[_ROW["head"]] = state.expected_head
        expected[_ROW["power"]] = state.expected_power
        expected[_ROW["efficiency"]] = state.expected_efficiency
        expected[_LOSSES] = square
        expected[_ROW["speed_tracking"]] = of["frequency_output"]
        expected[_ROW["drive_tracking"]] = moves.drive_reference
        expected[_ROW["feeder"]] = of["feeder_power"] - self._lost(state.power, state.measured.table[CURRENTS])
        value[_ROW["head"]] = state.head
        value[_ROW["power"]] = value[_ROW["feeder"]] = state.power
        value[_ROW["efficiency"]] = state.efficiency
        value[_ROW["branch_loss"]] = of["discharge_pressure"] - state.outlet_pressure.take(circuit, axis=-1)
        value[_ROW["suction_loss"]] = of["inlet_strainer_differential_pressure"]
        value[_ROW["suction_path"]] = state.inlet_pressure.take(circuit, axis=-1) - of["suction_pressure"]
        value[_ROW["speed_tracking"]] = state.measured_speed
        value[_ROW["drive_tracking"]] = of["frequency_output"]
        expected *= self._of_expected
        value *= self._of_measured
        value -= expected

    def _lost(self, power: Floats, currents: Floats) -> Floats:
        """(..., n) in the drives, at their motors' power and currents [A]; by power alone where none is known. [W]"""
        load = power / self._motor_input
        flowing = np.add.reduce(currents, axis=0) / (len(currents) * self._motor_current)
        lost: Floats = drive_losses(load, np.where(np.isnan(flowing), load, flowing))
        lost *= self._motor_input * self._drive_loss
        return lost

    def _witness(self, state: PlantState, share: Floats, value: Floats) -> None:
        """What is compared with nothing: ``share`` is of rated flow.

        Vibration and envelope are on a logarithmic scale, for they grow by factors; NPSH counts only where it runs
        short.
        """
        currents = state.measured.table[CURRENTS]
        shaken = state.measured.table[_SHAKEN].reshape(-1, *value.shape[1:])
        spread = np.maximum.reduce(currents, axis=0) - np.minimum.reduce(currents, axis=0)
        value[_ROW["phase_imbalance"]] = 100.0 * len(currents) * spread / np.add.reduce(currents, axis=0)
        value[_ROW["backflow"]] = 100.0 * share
        level = np.add.reduceat(shaken * shaken, _FIRST_OF_SHAKEN, axis=0)
        level /= _MEMBERS
        np.log(level, out=level)
        level *= 50.0
        level -= 200.0 * np.log(state.speed)
        level[~np.isfinite(level)] = np.nan
        value[_SHAKING] = level
        value[_ROW["npsh_margin"]] = np.minimum(state.npsh_available - SPARE_MARGIN * state.npsh_required, 0.0)

    def _point(self, share: Floats, square: Floats, speed: Floats, point: Points) -> None:
        """Where on its curve a pump runs, and how fast: neither may make up for the other."""
        turning = or_zero(speed)
        point[:] = turning
        point[_ON_CURVE] = or_zero(np.where(speed > 0, share / speed, 0.0)) + 1j * turning
        point[_LOSSES] = or_zero(square)

    def _unsteady(self, state: PlantState, moves: Moves, share: Floats, unsteady: Floats) -> None:
        if moves.any:
            np.multiply(self._of_flow, 100.0 * LAGGING * moves.flow, out=unsteady)
            unsteady += self._of_speed * (100.0 * LAGGING * moves.speed)
        else:
            unsteady.fill(0.0)
        speed = np.fmax(state.speed, TURNING)
        churns = state.running & (share < LEAST_FLOW * speed)
        if np.count_nonzero(churns):
            unsteady[_ROW["power"]] += churns * _churning(share, speed)

    def _judge(self, state: PlantState, moves: Moves, share: Floats, value: Floats) -> None:
        """Find why each may not be judged, anew only where something that it depends on has changed."""
        conditions = np.empty((value.shape[1], _LATELY.stop + len(value), value.shape[2]), dtype=bool)
        of = conditions.swapaxes(0, 1)  # (conditions, frames, n)
        np.logical_not(state.in_range | np.isnan(state.expected_head), out=of[_OUTSIDE])
        np.less(share, SHUT_OFF, out=of[_SHUT])
        of[_LITTLE], of[_BLOCKED] = self._without_flow(state, moves, share, value)
        of[_RUNNING] = state.running
        of[_LATELY] = moves.lately.reshape(of[_LATELY].shape)
        np.isnan(value, out=of[_MISSING])
        self.whys = [self._why_of(frame) for frame in conditions]

    def _why_of(self, conditions: NDArray[np.bool_]) -> NDArray[np.intp]:
        """(kinds, n) the reasons of one frame: the same array as long as the conditions for them are the same."""
        told = conditions.tobytes()
        if told != self._told:
            self._told, self._why = told, _why(conditions)
        return self._why

    def _without_flow(
        self, state: PlantState, moves: Moves, share: Floats, value: Floats
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(..., n) which running pumps give too little for losses to say anything; which a shut valve holds back."""
        of = state.measured.pumps
        little = ~(share > LEAST_FLOW)
        slowed = of["frequency_setpoint"] <= self._least_hz
        if not np.count_nonzero((little | slowed) & state.running):
            return self._nobody, self._nobody
        # whose drive is asked for its minimum while the discharge valve is not open is on its way to a stop
        shutting = slowed & ~(of["discharge_valve_position"] >= VALVE_OPEN)
        # whose head would have to open the check valve, and nothing flows
        held_back = (np.abs(share) < NO_FLOW) & (value[_ROW["branch_loss"]] > HELD_BACK)
        return little | shutting, held_back & (moves.since_start > CLOSING) & ~shutting


def _churning(share: Floats, speed: Floats) -> Floats:
    """(..., n) how little is known of the power of a pump that gets hardly any water through, % of rated."""
    little = np.maximum(1.0 - or_zero(share) / (speed * LEAST_FLOW), 0.0)
    churning: Floats = CHURNING * speed**3 * np.minimum(little, 1.0)
    return churning


_OUTSIDE, _SHUT, _LITTLE, _BLOCKED, _RUNNING = range(5)  # what reasons follow from, as rows of conditions
_LATELY = slice(_RUNNING + 1, _RUNNING + 1 + len(LATELY))
_MISSING = slice(_LATELY.stop, None)


def _why(conditions: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(kinds, n) why each may not be judged. Later reasons outweigh earlier ones, a missing value all but none."""
    outside, shut, little, blocked, running = conditions[: _LATELY.start]
    starting, closing, changing, ramping, drive_ramping = conditions[_LATELY]
    missing = conditions[_MISSING]
    why = np.zeros(missing.shape, dtype=np.intp)
    on_curve = np.where(outside, kinds.OUTSIDE, kinds.OK)
    on_curve[changing] = kinds.STARTING
    why[_ON_CURVE] = np.where(ramping, kinds.RAMPING, on_curve)
    why[_OF_EFFICIENCY, shut] = kinds.NO_FLOW
    why[_LOSSES] = np.where(little, kinds.NO_FLOW, np.where(ramping, kinds.RAMPING, kinds.OK))
    why[_ROW["branch_loss"], blocked] = kinds.OK
    why[_ROW["drive_tracking"], drive_ramping] = kinds.DRIVE_RAMPING
    why[:, starting] = kinds.STARTING
    why[:, ~running] = kinds.STOPPED
    why[_ROW["backflow"]] = np.where(running, kinds.TURNING, np.where(closing, kinds.STARTING, kinds.OK))
    why[missing & (why == kinds.OK)] = kinds.NOT_MEASURED
    return why
