"""Motors and drives: from the power at a pump's shaft to what its meters show.

Losses are interpolated rather than efficiency, which is 0/0 at no load: below the least load given they hold, above
the greatest they go on as they rose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.plant.pieces import Piece, Pieces, constant, cubics, held, of, stacked
from twin.plant.station import Motor, Pump
from twin.signals import Floats

SLOWEST = 0.05  # of rated speed: a drive's least voltage over its greatest


@dataclass(frozen=True, slots=True, eq=False)
class Motors:
    """The motors and drives of n pumps; NaN for a pump whose motor is not described."""

    rated_power: Floats  # (n,) at the shaft [W]
    losses: Pieces  # over load, both as shares of rated power
    voltage: Floats  # (n,) rated, between lines [V]
    magnetising: Floats  # (n,) current that makes the field, whatever the load [A]
    drive_efficiency: Floats  # (n,) 1 without a drive

    @classmethod
    def of(cls, pumps: Sequence[Pump]) -> Motors:
        """The motors and drives of these pumps, in their order."""
        motors = [pump.motor for pump in pumps]
        rated = np.array([m.power_kw * 1e3 if m else np.nan for m in motors], dtype=np.float64)
        voltage = np.array([m.voltage_kv * 1e3 if m else np.nan for m in motors], dtype=np.float64)
        factor = np.array([m.power_factor if m else np.nan for m in motors], dtype=np.float64)
        losses = stacked([_losses(m) if m else constant(np.nan) for m in motors])
        active = rated * (1.0 + losses.value(np.ones(rated.size))) / (np.sqrt(3.0) * voltage)
        return cls(
            rated_power=rated,
            losses=losses,
            voltage=voltage,
            magnetising=active * np.sqrt(1.0 / factor**2 - 1.0),
            drive_efficiency=np.array([p.drive.efficiency if p.drive else 1.0 for p in pumps], dtype=np.float64),
        )

    def electrical_power(self, shaft_power: Floats) -> Floats:
        """Active power (n,) a running motor takes for this power at its shaft (n,). [W]"""
        power: Floats = shaft_power + self.rated_power * self.losses.value(shaft_power / self.rated_power)
        return power

    def efficiency(self, shaft_power: Floats) -> Floats:
        """Shaft over electrical power (n,). [-]"""
        efficiency: Floats = shaft_power / self.electrical_power(shaft_power)
        return efficiency

    def drive_power(self, electrical_power: Floats) -> Floats:
        """Power (n,) the drive with its transformer takes from the feeder. [W]"""
        return electrical_power / self.drive_efficiency

    def terminal_voltage(self, speed: Floats) -> Floats:
        """Voltage (n,) between lines at a speed over rated speed: in proportion, up to the rated one. [V]"""
        voltage: Floats = self.voltage * np.clip(speed, SLOWEST, 1.0)
        return voltage

    def current(self, electrical_power: Floats, speed: Floats) -> Floats:
        """Phase current (n,) of a running motor: the active one and, at right angles to it, the magnetising one. [A]"""
        active = electrical_power / (np.sqrt(3.0) * self.terminal_voltage(speed))
        current: Floats = np.hypot(active, self.magnetising)
        return current


def _losses(motor: Motor) -> Pieces:
    load, efficiency = np.array(motor.load), np.array(motor.efficiency)
    lost = load * (1.0 / efficiency - 1.0)
    if load.size == 1:
        return constant(float(lost[0]))
    core = cubics(load, lost)
    last = float(load[-1])
    _, slope = of([held(0.0), *core]).value_and_slope(load[-1:])
    after = Piece(last, last, (float(lost[-1]), max(float(slope[0]), 0.0), 0.0, 0.0))
    return of([held(float(lost[0])), *core, after])
