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
KINDS_OF_LOSS = 3.0  # that stand alone, go with current and go with power, a third of a drive's rated loss each


def drive_losses(power: Floats, current: Floats) -> Floats:
    """What drives lose with their transformers, over what they lose at rated output.

    One third stands (magnetising, control, fans), one goes with the current that is switched, one with the power that
    passes. At the loads of pumps (current as the square of speed, power as its cube) that is within a point of
    efficiency of what drives of 100 and 200 hp are said to have from 1.6 to 100 % of their rating: U.S. Department of
    Energy, Motor Systems Tip Sheet 11 (DOE/GO-102012-3730), table 1. At one power a slower pump loses more.

    Parameters
    ----------
    power, current : (n,)   Output, over rated. [-]
    """
    losses: Floats = (1.0 + current + power) / KINDS_OF_LOSS
    return losses


def rated_input(motor: Motor) -> float:
    """What a motor takes at its rating. [W]"""
    return float(1e3 * motor.power_kw / np.interp(1.0, motor.load, motor.efficiency))


@dataclass(frozen=True, slots=True, eq=False)
class Motors:
    """The motors and drives of n pumps; NaN for a pump whose motor is not described."""

    rated_power: Floats  # (n,) at the shaft [W]
    losses: Pieces  # over load, both as shares of rated power
    voltage: Floats  # (n,) rated, between lines [V]
    magnetising: Floats  # (n,) current that makes the field, whatever the load [A]
    rated_input: Floats  # (n,) electrical power at rated power [W]
    drive_loss: Floats  # (n,) of the drive at rated power [W]; 0 without one

    @classmethod
    def of(cls, pumps: Sequence[Pump]) -> Motors:
        """The motors and drives of these pumps, in their order."""
        motors = [pump.motor for pump in pumps]
        rated = np.array([m.power_kw * 1e3 if m else np.nan for m in motors], dtype=np.float64)
        voltage = np.array([m.voltage_kv * 1e3 if m else np.nan for m in motors], dtype=np.float64)
        factor = np.array([m.power_factor if m else np.nan for m in motors], dtype=np.float64)
        losses = stacked([_losses(m) if m else constant(np.nan) for m in motors])
        taken = np.array([rated_input(m) if m else np.nan for m in motors], dtype=np.float64)
        active = taken / (np.sqrt(3.0) * voltage)
        drive_efficiency = np.array([p.drive.efficiency if p.drive else 1.0 for p in pumps], dtype=np.float64)
        return cls(
            rated_power=rated,
            losses=losses,
            voltage=voltage,
            magnetising=active * np.sqrt(1.0 / factor**2 - 1.0),
            rated_input=taken,
            drive_loss=np.where(drive_efficiency < 1.0, taken * (1.0 / drive_efficiency - 1.0), 0.0),
        )

    def electrical_power(self, shaft_power: Floats) -> Floats:
        """Active power (n,) a running motor takes for this power at its shaft (n,). [W]"""
        power: Floats = shaft_power + self.rated_power * self.losses.value(shaft_power / self.rated_power)
        return power

    def efficiency(self, shaft_power: Floats) -> Floats:
        """Shaft over electrical power (n,). [-]"""
        efficiency: Floats = shaft_power / self.electrical_power(shaft_power)
        return efficiency

    def drive_power(self, electrical_power: Floats, speed: Floats) -> Floats:
        """Power (n,) the drive with its transformer takes from the feeder, at a speed over rated speed. [W]"""
        current = self.current(electrical_power, speed) / self.current(self.rated_input, np.ones(speed.size))
        lost = self.drive_loss * drive_losses(electrical_power / self.rated_input, current)
        power: Floats = electrical_power + np.where(self.drive_loss > 0.0, lost, 0.0)
        return power

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
