"""What runs the station: who is on duty, at what frequency, with which valves open; flow control and sequences.

A standby starts as CJJ/T 34-2022 wants it: never by itself, from the drive's least frequency, behind an opening valve.
When a duty pump is lost, control holds its output: the rest must not be driven further up their curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.chance import clipped
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout

PROPORTIONAL = 1.0  # share of rated speed for each share of the flow set-point
INTEGRAL = 40.0  # s
SMOOTHING = 10.0  # s over which flow is averaged before it is controlled
FORCED = 10.0  # times its ramp, at which a drive that has lost cells comes down
VALVE_SHUT = 0.02  # opening at which a stopping pump's drive is switched off
TAKEN_OVER = 0.98  # of the common frequency, and of its valve's travel, at which a started pump counts as on duty


class Duty(IntEnum):
    """What a pump is doing."""

    STOPPED = 0
    STARTING = 1
    RUNNING = 2
    STOPPING = 3


STOPPED, STARTING, RUNNING, STOPPING = (int(each) for each in Duty)  # plain numbers compare faster with arrays


@dataclass(eq=False)
class Ramp:
    """A set-point on its way, arrays over circuits."""

    value: Floats
    target: Floats
    rate: Floats  # per second

    def step(self, dt: float) -> None:
        """Let ``dt`` seconds pass."""
        self.value = self.value + clipped(self.target - self.value, -self.rate * dt, self.rate * dt)


@dataclass(eq=False)
class Controls:
    """What is remembered."""

    duty: NDArray[np.int64]  # (p,) a Duty each
    frequency: Floats  # (p,) what the drive gives [Hz]
    wanted: Floats  # (p,) what it is asked for [Hz]
    valve: Floats  # (p,) opening of the discharge valve
    command: Floats  # (c,) common speed, over rated
    integral: Floats  # (c,)
    flow: Ramp  # (c,) set-point [m³/s]
    speed: Ramp  # (c,) set-point where control is manual, over rated
    manual: NDArray[np.bool_]  # (c,)
    measured: Floats  # (c,) smoothed flow [m³/s]
    load: float  # share of the flow set-point that the daily curve asks for now
    succeeding: NDArray[np.int64]  # (p,) the pump that stops when this one is on duty, -1 for none
    opening: Floats  # (r,) where the other valves stand
    opening_target: Floats  # (r,)
    fallen: NDArray[np.bool_]  # (p,) tripped while on duty, and not started since

    @property
    def asked(self) -> Floats:
        """(c,) flow that each circuit is to carry now. [m³/s]"""
        return self.flow.value * self.load


def first(layout: Layout, opening: Floats) -> Controls:
    """All duty pumps running, all standbys stopped behind their closed valves."""
    machines = layout.machines
    circuits = len(layout.circuits)
    duty = np.where(machines.standby, STOPPED, RUNNING).astype(np.int64)
    return Controls(
        duty=duty,
        frequency=np.where(machines.standby, 0.0, machines.rated_hz),
        wanted=np.where(machines.standby, 0.0, machines.rated_hz),
        valve=np.where(machines.standby, 0.0, 1.0),
        command=np.ones(circuits),
        integral=np.zeros(circuits),
        flow=Ramp(layout.set_points.copy(), layout.set_points.copy(), np.full(circuits, np.inf)),
        speed=Ramp(np.ones(circuits), np.ones(circuits), np.full(circuits, np.inf)),
        manual=np.zeros(circuits, dtype=bool),
        measured=layout.set_points.copy(),
        load=1.0,
        succeeding=np.full(len(machines), -1, dtype=np.int64),
        opening=opening.copy(),
        opening_target=opening.copy(),
        fallen=np.zeros(len(machines), dtype=bool),
    )


def settle(controls: Controls, speed: Floats, layout: Layout) -> None:
    """Take over at the speeds (c,) that give the set flow: control has been at rest there."""
    controls.command = speed.copy()
    controls.integral = speed.copy()
    controls.speed.value = speed.copy()
    controls.speed.target = speed.copy()
    controls.measured = controls.asked
    machines = layout.machines
    running = controls.duty == RUNNING
    controls.wanted = np.where(running, speed[machines.circuit] * machines.rated_hz, 0.0)
    controls.frequency = controls.wanted.copy()


def regulate(controls: Controls, flow: Floats, layout: Layout, dt: float) -> None:
    """Flow control: one common speed for the duty pumps of each circuit.

    Parameters
    ----------
    flow : (c,)   Through the pumps of each circuit. [m³/s]
    """
    controls.flow.step(dt)
    controls.speed.step(dt)
    controls.measured = controls.measured + (flow - controls.measured) * min(1.0, dt / SMOOTHING)
    error = (controls.asked - controls.measured) / np.maximum(layout.set_points, 1e-9)
    least, most = layout.least_speed, 1.0
    held = _lost(controls, layout)
    controls.integral = np.where(held, controls.integral, controls.integral + PROPORTIONAL * error * dt / INTEGRAL)
    controls.integral = clipped(controls.integral, least, most)
    automatic = np.where(held, controls.command, controls.integral + PROPORTIONAL * error)
    controls.command = clipped(np.where(controls.manual, controls.speed.value, automatic), least, most)
    controls.integral = np.where(controls.manual, controls.command, controls.integral)


def _lost(controls: Controls, layout: Layout) -> NDArray[np.bool_]:
    """(c,) circuits in which a pump that should run does not."""
    lost = np.zeros(len(layout.circuits), dtype=bool)
    lost[layout.machines.circuit[controls.fallen]] = True
    return lost


def start(controls: Controls, pump: int, layout: Layout, instead_of: int = -1) -> None:
    """Begin to start a pump; ``instead_of`` is stopped once it has taken over. What tripped before is forgiven."""
    if controls.duty[pump] in (STOPPED, STOPPING):
        controls.duty[pump] = STARTING
    controls.succeeding[pump] = instead_of
    controls.fallen[layout.machines.circuit == layout.machines.circuit[pump]] = False


def stop(controls: Controls, pump: int) -> None:
    """Begin to stop a pump."""
    if controls.duty[pump] in (STARTING, RUNNING):
        controls.duty[pump] = STOPPING


def sequence(controls: Controls, layout: Layout, effects: Effects, dt: float) -> None:
    """Starts and stops, step by step: a pump that has taken over lets the one it succeeds go."""
    duty, machines = controls.duty, layout.machines
    controls.fallen = controls.fallen | (effects.tripped & (duty != STOPPED))
    duty[effects.tripped] = STOPPED
    common = controls.command[machines.circuit] * machines.rated_hz
    up = (controls.frequency >= TAKEN_OVER * common) & (controls.valve >= TAKEN_OVER)
    for pump in ((duty == STARTING) & up).nonzero()[0]:
        duty[pump] = RUNNING
        if controls.succeeding[pump] >= 0:
            stop(controls, int(controls.succeeding[pump]))
            controls.succeeding[pump] = -1
    shut = (controls.valve <= VALVE_SHUT) & (controls.frequency <= machines.minimum_hz)
    duty[(duty == STOPPING) & shut] = STOPPED
    on = (duty == STARTING) | (duty == RUNNING)
    controls.wanted = np.where(on, common, np.where(duty == STOPPING, machines.minimum_hz, 0.0))
    slow = controls.frequency <= machines.minimum_hz + 1e-9
    opening = on | ((duty == STOPPING) & ~slow)
    controls.valve = clipped(controls.valve + np.where(opening, dt, -dt) / machines.valve_travel, 0.0, 1.0)
    rate = dt / layout.travel
    controls.opening = controls.opening + clipped(controls.opening_target - controls.opening, -rate, rate)


def drive(controls: Controls, layout: Layout, effects: Effects, dt: float) -> None:
    """Frequencies follow what is wanted at the drive's ramp; a drive that has lost cells comes down faster.

    Such a drive has less voltage, so that at its load it gives that share less than it is asked for.
    """
    given = controls.wanted * (1.0 - effects.derate)
    step = layout.machines.ramp * dt * np.where(effects.derate > 0.0, FORCED, 1.0)
    moved = controls.frequency + clipped(given - controls.frequency, -step, step)
    on = (controls.duty != STOPPED) & ~effects.tripped
    controls.frequency = np.where(on, np.maximum(moved, 0.0), 0.0)
