"""Motors and drives: from the shaft's power to what the grid gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.plant.motor import drive_losses
from twin.signals import Floats
from twin.simulation.board import flags
from twin.simulation.chance import AsBuilt
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout, Machines, MotorSheet

ROOT_3 = np.sqrt(3.0)
LEAST_LOAD = 0.02  # of rating, below which a motor's efficiency is not asked for


@dataclass(frozen=True, eq=False)
class Electrics:
    """What flows to each pump, arrays (p,), SI."""

    motor: Floats  # W into the motor
    drive: Floats  # W into the drive
    voltage: Floats  # V at the motor
    current: Floats  # (p, 3) A in each phase
    over_rated: Floats  # (p, 3)
    load: Floats  # motor input over the motor's rating
    lost: Floats  # W into the air round the motor and its shaft
    drive_lost: Floats  # W


def efficiency(sheets: tuple[MotorSheet, ...], load: Floats) -> Floats:
    """(p,) of each motor at its load (shaft power over rating)."""
    found = np.empty(load.size)
    for sheet in sheets:
        found[sheet.motors] = np.interp(load[sheet.motors], sheet.load, sheet.efficiency)
    return found


def electrics(given: Floats, frequency: Floats, layout: Layout, built: AsBuilt, effects: Effects) -> Electrics:
    """Power and current of every motor.

    Parameters
    ----------
    given : (p,)       What the motors give: shaft power, and what speeds their rotors up. [W]
    frequency : (p,)   What the drives give; 0 where they are off. [Hz]
    """
    machines = layout.machines
    on = frequency > 0.0
    taken = np.maximum(given, 0.0)  # a cell drive does not feed back: what a rotor brakes with stays in its motor
    load = np.maximum(taken / machines.motor_power, LEAST_LOAD)
    motor = np.where(on, taken / efficiency(layout.motor_sheets, load), 0.0)
    voltage = np.where(on, machines.motor_voltage * np.minimum(frequency / machines.rated_hz, 1.0), 0.0)
    mean = np.where(on, _current(motor, voltage, machines), 0.0)
    lost = machines.drive_loss * drive_losses(motor / machines.motor_input, mean / machines.motor_current)
    drive = motor + np.where(on, lost, 0.0)
    uneven = built.phase + effects.imbalance[:, None] * _UNEVEN
    current = mean[:, None] * uneven
    return Electrics(
        motor=motor,
        drive=drive,
        voltage=voltage,
        current=current,
        over_rated=current / machines.motor_current[:, None],
        load=motor / machines.motor_power,
        lost=motor - given,
        drive_lost=drive - motor,
    )


_UNEVEN = np.array([1.0, -0.5, -0.5])  # what one phase draws more, the others draw less


def _current(motor: Floats, voltage: Floats, machines: Machines) -> Floats:
    """(p,) Active current, and the magnetising current that a constant ratio of voltage to frequency keeps. [A]"""
    active = motor / (ROOT_3 * np.maximum(voltage, 1.0))
    current: Floats = np.hypot(active, machines.magnetising)
    return current


def readings(it: Electrics) -> dict[str, Floats]:
    """What is measured at a motor."""
    u, v, w = it.current.T
    return {"motor_current_u": u, "motor_current_v": v, "motor_current_w": w, "motor_active_power": it.motor}


def drive_readings(it: Electrics, frequency: Floats, wanted: Floats, effects: Effects) -> dict[str, Floats]:
    """What a drive says of itself."""
    return {
        "frequency_output": frequency,
        "frequency_setpoint": wanted,
        "output_current": np.add.reduce(it.current, axis=1) / it.current.shape[1],
        "output_voltage": it.voltage,
        **_drive_switches(effects),
    }


@lru_cache(maxsize=8)
def _drive_switches(effects: Effects) -> dict[str, Floats]:
    """What only a fault changes."""
    return {
        "alarm": flags(effects.cell_bypassed | effects.tripped),
        "trip": flags(effects.tripped),
        "cell_bypass_active": flags(effects.cell_bypassed),
    }
