"""What runs the station: who is on duty, at what frequency, with which valves open; starts, stops and trips.

A standby starts as CJJ/T 34-2022 wants it: never by itself, not before its delay, from rest at the drive's ramp, behind
an opening valve. When a duty pump is lost, control holds its output: the rest must not be driven further up their
curves. What the common speed is kept by stands in :mod:`twin.simulation.regulator`, what takes pumps off in
:mod:`twin.simulation.interlocks`, who is to take over in :mod:`twin.simulation.standby`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.chance import clipped
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout
from twin.text import Text

FORCED = 10.0  # times its ramp, at which a drive that has lost cells comes down
VALVE_SHUT = 0.02  # opening at which a stopping pump's drive is switched off
TAKEN_OVER = 0.98  # of the common frequency, and of its valve's travel, at which a started pump counts as on duty
NO_INTERLOCK = -1


class Duty(IntEnum):
    """What a pump is doing."""

    STOPPED = 0
    STARTING = 1
    RUNNING = 2
    STOPPING = 3


STOPPED, STARTING, RUNNING, STOPPING = (int(each) for each in Duty)  # plain numbers compare faster with arrays


class Mode(IntEnum):
    """What the common speed of a circuit keeps at its set-point: a speed, or what one of the gauges measures."""

    MANUAL = 0
    FLOW = 1
    SUCTION = 2
    DISCHARGE = 3
    DIFFERENCE = 4


MODES = {
    "manual": Mode.MANUAL,
    "flow": Mode.FLOW,
    "suction_pressure": Mode.SUCTION,
    "discharge_pressure": Mode.DISCHARGE,
    "pressure_difference": Mode.DIFFERENCE,
}
"""By the station file's names."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that controls have done, or ask of people. ``kind`` is that of a :class:`twin.signals.Event`."""

    kind: str
    subject: str
    text: Text


@dataclass(eq=False)
class Ramp:
    """A set-point on its way, arrays over circuits."""

    value: Floats
    target: Floats
    rate: Floats  # per second

    def step(self, dt: float) -> None:
        """Let ``dt`` seconds pass."""
        if self.value.tolist() != self.target.tolist():
            self.value = self.value + clipped(self.target - self.value, -self.rate * dt, self.rate * dt)

    def aim(self, circuit: int, since: float, target: float, seconds: float) -> None:
        """Move one set-point from a value to another."""
        self.value[circuit], self.target[circuit] = since, target
        self.rate[circuit] = abs(target - since) / seconds


@dataclass(eq=False)
class Controls:
    """What is remembered."""

    duty: NDArray[np.int64]  # (p,) a Duty each
    frequency: Floats  # (p,) what the drive gives [Hz]
    wanted: Floats  # (p,) what it is asked for [Hz]
    valve: Floats  # (p,) opening of the discharge valve
    succeeding: NDArray[np.int64]  # (p,) the pump that stops when this one is on duty, -1 for none
    fallen: NDArray[np.bool_]  # (p,) tripped while on duty, and no pump of the circuit started since
    latched: NDArray[np.int64]  # (p,) the interlock that has taken it off and was not reset, -1 for none
    idle: Floats  # (p,) since it was switched off; 0 while it is on [s]
    backwards: NDArray[np.bool_]  # (p,) whether water drives it backwards
    isolated: NDArray[np.bool_]  # (p,) whether it is being worked on: suction valve shut, breaker drawn
    armed: NDArray[np.bool_]  # (p,) whether people were asked to start it
    due: NDArray[np.bool_]  # (p,) whether they were told that it may start now
    noticed: NDArray[np.bool_]  # (p,) which of the fallen were seen
    beyond: Floats  # (w,) for how long each interlock has seen its limit broken; negative where it does not [s]
    overheated: Floats  # (relays,) the same of each relay of a station transformer [s]
    transformer_off: NDArray[np.bool_]  # (station transformers,) taken off and not put back; never written to
    transformer_warm: NDArray[np.bool_]  # (station transformers,) whether each is too warm to be put back
    mode: NDArray[np.int64]  # (c,) a Mode each
    command: Floats  # (c,) common speed, over rated
    integral: Floats  # (c,)
    cap: Floats  # (c,) the highest speed that the headers' limits allow, over rated
    flow: Ramp  # (c,) set-point [m³/s]
    pressure: Ramp  # (c,) set-point where a pressure is kept [Pa]
    speed: Ramp  # (c,) set-point where control is manual, over rated
    said: Floats  # (4, c) what the gauges of the modes after MANUAL said last, SI
    measured: Floats  # (c,) what is kept, smoothed, SI
    lost: NDArray[np.bool_]  # (c,) whether nothing measures what is kept
    calm: Floats  # (c,) since a pump of the circuit tripped [s]
    load: float  # share of the flow set-point that the daily curve asks for now
    opening: Floats  # (r,) where the other valves stand
    opening_target: Floats  # (r,)
    news: list[News]  # of this second

    @property
    def asked(self) -> Floats:
        """(c,) flow that each circuit is to carry now. [m³/s]"""
        return self.flow.value * self.load

    def told(self) -> list[News]:
        """The news of this second; they are told once."""
        news, self.news = self.news, []
        return news


def first(layout: Layout, opening: Floats, interlocks: int = 0, relays: int = 0) -> Controls:
    """All duty pumps running, all standbys stopped behind their closed valves."""
    machines = layout.machines
    circuits, pumps = len(layout.circuits), len(machines)
    transformers = max(len(layout.ids("station_transformer")), 1)
    modes = {circuit.id: MODES[circuit.control] for circuit in layout.station.file.circuits}
    return Controls(
        duty=np.where(machines.standby, STOPPED, RUNNING).astype(np.int64),
        frequency=np.where(machines.standby, 0.0, machines.rated_hz),
        wanted=np.where(machines.standby, 0.0, machines.rated_hz),
        valve=np.where(machines.standby, 0.0, 1.0),
        succeeding=np.full(pumps, -1, dtype=np.int64),
        fallen=np.zeros(pumps, dtype=bool),
        latched=np.full(pumps, NO_INTERLOCK, dtype=np.int64),
        idle=np.where(machines.standby, np.inf, 0.0),
        backwards=np.zeros(pumps, dtype=bool),
        isolated=np.zeros(pumps, dtype=bool),
        armed=np.zeros(pumps, dtype=bool),
        due=np.zeros(pumps, dtype=bool),
        noticed=np.zeros(pumps, dtype=bool),
        beyond=np.full(interlocks, -1.0),
        overheated=np.full(relays, -1.0),
        transformer_off=np.zeros(transformers, dtype=bool),
        transformer_warm=np.zeros(transformers, dtype=bool),
        mode=np.array([modes.get(name, Mode.FLOW) for name in layout.circuits], dtype=np.int64),
        command=np.ones(circuits),
        integral=np.zeros(circuits),
        cap=np.ones(circuits),
        flow=_standing(layout.set_points.copy()),
        pressure=_standing(np.zeros(circuits)),
        speed=_standing(np.ones(circuits)),
        said=np.full((len(Mode) - 1, circuits), np.nan),
        measured=layout.set_points.copy(),
        lost=np.zeros(circuits, dtype=bool),
        calm=np.full(circuits, np.inf),
        load=1.0,
        opening=opening.copy(),
        opening_target=opening.copy(),
        news=[],
    )


def _standing(values: Floats) -> Ramp:
    return Ramp(values, values.copy(), np.full(values.size, np.inf))


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


def hindrance(controls: Controls, pump: int, layout: Layout) -> Text | None:
    """Why a pump must not be started now, if anything speaks against it."""
    if controls.duty[pump] == STOPPING:
        return None  # it still turns as its drive wants: it is caught, not restarted
    machines, circuit = layout.machines, layout.machines.circuit[pump]
    if controls.latched[pump] != NO_INTERLOCK:
        return Text("an interlock has taken it off; reset it first", "联锁跳闸未复位，请先复位")
    if controls.isolated[pump]:
        return Text("it is isolated for service", "检修隔离中")
    if controls.backwards[pump]:
        return Text("water drives it backwards", "泵正在倒转")
    rest = machines.restart_inhibit[pump] - controls.idle[pump]
    if rest > 0.0:
        return Text(f"it stopped just now; wait {rest:.0f} s", f"刚停泵，需再等待 {rest:.0f} 秒")
    rest = layout.standby_delay[circuit] - controls.calm[circuit]
    if rest > 0.0:
        return Text(f"a pump has just tripped; wait {rest:.0f} s", f"刚发生跳闸，需再等待 {rest:.0f} 秒")
    return None


def start(controls: Controls, pump: int, layout: Layout, instead_of: int = -1) -> None:
    """Begin to start a pump, or say what forbids it; ``instead_of`` is stopped once it has taken over.

    With a pump that starts, what tripped in its circuit before is made good.
    """
    machines = layout.machines
    if controls.duty[pump] in (STOPPED, STOPPING):
        against = hindrance(controls, pump, layout)
        if against is not None:
            said = Text(f"start refused: {against.en}", f"禁止启动：{against.zh}")
            controls.news.append(News("notice", machines.ids[pump], said))
            return
        controls.duty[pump] = STARTING
    controls.succeeding[pump] = instead_of
    controls.armed[pump] = controls.due[pump] = False
    controls.fallen[machines.circuit == machines.circuit[pump]] = False


def stop(controls: Controls, pump: int) -> None:
    """Begin to stop a pump."""
    if controls.duty[pump] in (STARTING, RUNNING):
        controls.duty[pump] = STOPPING


def trip(controls: Controls, pump: int, interlock: int) -> None:
    """Switch a pump off at once, and keep it off until it is reset."""
    controls.duty[pump] = STOPPED
    controls.fallen[pump] = True
    controls.latched[pump] = interlock


def reset(controls: Controls, pump: int) -> None:
    """Let a pump that an interlock has taken off be started again."""
    controls.latched[pump] = NO_INTERLOCK


def sequence(controls: Controls, layout: Layout, effects: Effects, dt: float) -> None:
    """Starts and stops, step by step: a pump that has taken over lets the one it succeeds go."""
    duty, machines = controls.duty, layout.machines
    if effects.trips:
        controls.fallen = controls.fallen | (effects.tripped & (duty != STOPPED))
        duty[effects.tripped] = STOPPED
    common = controls.command[machines.circuit] * machines.rated_hz
    if STARTING in duty:
        _taken_over(controls, common)
    if STOPPING in duty:
        shut = (controls.valve <= VALVE_SHUT) & (controls.frequency <= machines.minimum_hz)
        duty[(duty == STOPPING) & shut] = STOPPED
    on, stopping = (duty == STARTING) | (duty == RUNNING), duty == STOPPING
    controls.wanted = np.where(on, common, np.where(stopping, machines.minimum_hz, 0.0))
    slow = controls.frequency <= machines.minimum_hz + 1e-9
    opening = on | (stopping & ~slow)
    controls.valve = clipped(controls.valve + np.where(opening, dt, -dt) / machines.valve_travel, 0.0, 1.0)
    way = controls.opening_target - controls.opening
    if way.any():
        rate = dt / layout.travel
        controls.opening = controls.opening + clipped(way, -rate, rate)


def _taken_over(controls: Controls, common: Floats) -> None:
    """Those that run as fast as the others (p,) [Hz], with their valves open, are on duty now."""
    up = (controls.frequency >= TAKEN_OVER * common) & (controls.valve >= TAKEN_OVER)
    for pump in ((controls.duty == STARTING) & up).nonzero()[0]:
        controls.duty[pump] = RUNNING
        if controls.succeeding[pump] >= 0:
            stop(controls, int(controls.succeeding[pump]))
            controls.succeeding[pump] = -1


def drive(controls: Controls, layout: Layout, effects: Effects, dt: float) -> None:
    """Frequencies follow what is wanted at the drive's ramp; a drive that has lost cells comes down faster.

    Such a drive has less voltage, so that at its load it gives that share less than it is asked for.
    """
    share, step, sound = _able(layout, effects, dt)
    moved = controls.frequency + clipped(controls.wanted * share - controls.frequency, -step, step)
    on = (controls.duty != STOPPED) & sound
    controls.frequency = np.where(on, np.maximum(moved, 0.0), 0.0)


@lru_cache(maxsize=8)
def _able(layout: Layout, effects: Effects, dt: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """(p,) what each drive gives of what it is asked, how far it comes in a step [Hz], and whether it runs at all."""
    step = layout.machines.ramp * dt * np.where(effects.derate > 0.0, FORCED, 1.0)
    return 1.0 - effects.derate, step, ~effects.tripped
