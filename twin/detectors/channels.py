"""All residuals a station's measurements allow, as channels in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.detectors.foreseen import Foreseen
from twin.detectors.header_residuals import HeaderResiduals
from twin.detectors.kinds import BALANCE, GAUGE, METER, OF_PUMP, Kind, Points, Sample
from twin.detectors.motion import Motion, Moves, together
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
        self._width, self._of_pumps = of_pumps + of_headers, of_pumps
        self._foreseen: Foreseen | None = None
        self._whys: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None
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
        if self._foreseen is not None:
            found = self._foreseen.take(state)
            if found is not None:
                self.moves, sample = found
                return sample
            self._look_no_further()
        self.moves = self._motion.step(state)
        return self._samples(state, self.moves, 1)[0]

    def foresee(self, block: PlantState, states: Sequence[PlantState]) -> None:
        """Reckon the samples of frames at once that are likely to come: the ``states`` of a ``block``.

        They are what :meth:`sample` gives while these very states come one after another; the first other one ends it.
        """
        self._look_no_further()
        motion = deepcopy(self._motion)
        moves = [motion.step(state) for state in states]
        samples = self._samples(block, together(moves), len(states))
        self._foreseen = Foreseen(states, moves, samples, motion)

    def _look_no_further(self) -> None:
        """Go on from what has come of the frames that were foreseen."""
        if self._foreseen is not None:
            self._motion = self._foreseen.motion_so_far(self._motion)
            self._foreseen = None

    def _samples(self, state: PlantState, moves: Moves, frames: int) -> list[Sample]:
        """Every channel at each frame: of a block, or of one."""
        rows = np.full((4, frames, self._width), np.nan)  # value, expected, basis, unsteady
        points: Points = np.zeros((frames, self._width), dtype=np.complex128)
        end, pumps = self._of_pumps, (frames, len(OF_PUMP), len(state.pumps))
        of_pumps = rows[..., :end].reshape(4, *pumps).swapaxes(1, 2), points[:, :end].reshape(pumps).swapaxes(0, 1)
        self._pumps.sample(state, moves, _part(*of_pumps, self._why))
        self._headers.sample(state, moves, _part(rows[..., end:], points[:, end:], self._why))
        if not self._all_kept:
            rows, points = rows[..., self._keep], points[:, self._keep]
        whys = map(self._why_of, self._pumps.whys, self._headers.whys)
        return [_part(rows[:, i], points[i], why) for i, why in enumerate(whys)]

    def _why_of(self, of_pumps: NDArray[np.intp], of_headers: NDArray[np.intp]) -> NDArray[np.intp]:
        """(m,) why each may not be judged: the same array as long as nothing changes."""
        if self._whys is None or self._whys[0] is not of_pumps or self._whys[1] is not of_headers:
            self._whys = of_pumps, of_headers
            self._why = np.concatenate((of_pumps.ravel(), of_headers))[self._keep]
        return self._why

    def bridge_gap(self) -> None:
        """Let what comes follow nothing."""
        self._look_no_further()
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
