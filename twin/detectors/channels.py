"""All residuals a station's measurements allow, as channels in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.detectors.header_residuals import HeaderResiduals
from twin.detectors.kinds import BALANCE, GAUGE, METER, OF_PUMP, Kind, Points, Sample
from twin.detectors.motion import Motion, Moves
from twin.detectors.pump_residuals import PumpResiduals
from twin.detectors.residual import ResidualName
from twin.detectors.whitening import Scatter
from twin.plant.binding import Binding
from twin.plant.model import PlantState, PumpModel
from twin.plant.station import Noise
from twin.signals import Floats

NEEDS: dict[str, tuple[str, ...]] = {
    "head": ("suction_pressure", "discharge_pressure", "pump_flow"),
    "power": ("motor_active_power", "pump_flow"),
    "efficiency": ("suction_pressure", "discharge_pressure", "pump_flow", "motor_active_power"),
    "branch_loss": ("discharge_pressure", "pump_flow"),
    "suction_loss": ("inlet_strainer_differential_pressure", "pump_flow"),
    "suction_path": ("suction_pressure", "pump_flow"),
    "speed_tracking": ("shaft_speed", "frequency_output"),
    "drive_tracking": ("frequency_output", "frequency_setpoint"),
    "feeder": ("motor_active_power", "feeder_power"),
    "phase_imbalance": ("motor_current_u", "motor_current_v", "motor_current_w"),
    "backflow": ("pump_flow",),
    "vibration": ("vibration_pump_de_x",),
    "envelope": ("acceleration_envelope_pump_de",),
    "npsh_margin": ("suction_pressure", "pump_flow"),
}
"""What a pump must measure for a residual to exist at all."""


class Channels:
    """The channels (m,): those of the pumps first, kind by kind, then those of the headers.

    Attributes
    ----------
    names, kinds : (m,)      What each is.
    scale : (m,)             From per cent of rated to the unit people are told. [unit / %]
    pump : (m,)              Index of the pump, -1 for a header's.
    circuit : (m,)           Index of the circuit.
    moves                    How the pumps moved at the last sample.
    """

    moves: Moves

    def __init__(self, model: PumpModel) -> None:
        self._motion = Motion(model)
        self._pumps = PumpResiduals(model)
        self._headers = HeaderResiduals(model)
        n = len(model.pumps)
        present = [(k, p) for k, kind in enumerate(OF_PUMP) for p in range(n) if _measured(model.binding, kind, p)]
        of_pumps, of_headers = len(OF_PUMP) * n, len(self._headers.names)
        kept = [*(k * n + p for k, p in present), *range(of_pumps, of_pumps + of_headers)]
        self._keep = np.array(kept, dtype=np.intp)
        self._all_kept = len(kept) == of_pumps + of_headers  # every pump measures all there is
        self._making: Floats = np.full((4, of_pumps + of_headers), np.nan)  # value, expected, basis, unsteady
        self._points: Points = np.zeros(of_pumps + of_headers, dtype=np.complex128)
        self._whys = self._pumps.why, self._headers.why
        self._why: NDArray[np.intp] = np.zeros(len(kept), dtype=np.intp)  # why each may not be judged, as it was last
        self.kinds: tuple[Kind, ...] = (*(OF_PUMP[k] for k, _ in present), *self._headers.kinds)
        self.names: tuple[ResidualName, ...] = (
            *(_name(model.binding, OF_PUMP[k], p) for k, p in present),
            *self._headers.names,
        )
        self.scale: Floats = np.concatenate([self._pumps.scale.ravel(), self._headers.scale])[self._keep]
        self.pump: NDArray[np.intp] = np.array([p for _, p in present] + [-1] * len(self._headers.names), dtype=np.intp)
        of = model.binding.circuit_of
        self._of = {
            name: np.array([i for i, channel in enumerate(self.names) if channel.name == name], dtype=np.intp)
            for name in {kind.name for kind in (*OF_PUMP, BALANCE, GAUGE, METER)}
        }
        self.circuit: NDArray[np.intp] = np.array([of[p] for _, p in present] + self._headers.circuit, dtype=np.intp)

    def __len__(self) -> int:
        return len(self.names)

    def sample(self, state: PlantState) -> Sample:
        """Every channel now."""
        moves = self.moves = self._motion.step(state)
        # its parts are cut out anew each time: kept, they would be arrays of their own in a copy of the detector
        making, points, pumps = self._making, self._points, (len(OF_PUMP), len(state.pumps))
        end = pumps[0] * pumps[1]
        of_pumps = _part(making[:, :end].reshape(4, *pumps), points[:end].reshape(pumps), self._pumps.why)
        self._pumps.sample(state, moves, of_pumps)
        self._headers.sample(state, moves, _part(making[:, end:], points[end:], self._headers.why))
        whys = self._pumps.why, self._headers.why
        if whys[0] is not self._whys[0] or whys[1] is not self._whys[1]:
            self._whys, self._why = whys, np.concatenate((whys[0].ravel(), whys[1]))[self._keep]
        if self._all_kept:
            return _part(self._making.copy(), self._points.copy(), self._why)
        return _part(self._making[:, self._keep], self._points[self._keep], self._why)

    def bridge_gap(self) -> None:
        """Let what comes follow nothing."""
        self._motion.bridge_gap()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """(m,) By what a station file calls each: ``P101.head``, for one gauge among several the gauge's tag."""
        redundant = (GAUGE.name, METER.name)
        return tuple(f"{n.tag if n.name in redundant else n.equipment}.{n.name}" for n in self.names)

    def scatter(self, noise: Mapping[str, Noise]) -> Scatter:
        """What a station file knows of how the channels scatter. [% of rated]"""
        stated = [noise.get(key) for key in self.keys]
        sigma = np.array([one.sigma if one else np.nan for one in stated])
        return Scatter(sigma / self.scale, np.array([one.ar if one else np.nan for one in stated]))

    @property
    def losses(self) -> Floats:
        """(2, n) what discharge branch and suction of each pump lose at rated flow, % of rated head."""
        return np.stack([self._pumps.branch_loss, self._pumps.suction_loss])

    @property
    def circuit_flow(self) -> Floats:
        """(c,) rated flow of each circuit. [m³/s]"""
        return self._headers.flow

    def balance(self, circuit: int) -> NDArray[np.intp]:
        """The channel of a circuit's flow balance, if it has one."""
        ours = self.of("flow_balance")
        balance: NDArray[np.intp] = ours[self.circuit[ours] == circuit]
        return balance

    def of(self, name: str) -> NDArray[np.intp]:
        """The channels of a kind of residual."""
        return self._of[name]


def _part(rows: Floats, point: Points, why: NDArray[np.intp]) -> Sample:
    """A sample of the rows (4, ...) of its real numbers, in their order."""
    value, expected, basis, unsteady = rows
    return Sample(value, expected, basis, point, unsteady, why)


def _measured(binding: Binding, kind: Kind, pump: int) -> bool:
    return all(binding.column(measure)[pump] >= 0 for measure in NEEDS[kind.name])


def _name(binding: Binding, kind: Kind, pump: int) -> ResidualName:
    return ResidualName(
        binding.pumps[pump].id, kind.name, kind.unit, binding.tag(int(binding.column(kind.measure)[pump]))
    )
