"""Speed control as CJJ/T 34-2022 13.3.3 has it: one common speed of a circuit's duty pumps keeps what was asked for.

Proportional and integral on the smoothed signal. Signal lost, or a duty pump lost: the output is held (13.1.5). Ahead
of all modes, manual among them, the pumps slow down rather than draw the inlet header below its least pressure or drive
the outlet header above its greatest.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

import numpy as np

from twin.plant.bank import Bank
from twin.signals import Floats
from twin.simulation.control import Controls, Mode, News
from twin.simulation.gauges import INLET, OUTLET
from twin.simulation.layout import Layout
from twin.text import Text
from twin.units import STANDARD_GRAVITY

# by mode: manual, flow, suction, discharge, difference
PROPORTIONAL = (0.0, 1.0, 0.5, 0.5, 0.3)  # share of rated speed for each share of the span
INTEGRAL = (1.0, 40.0, 20.0, 20.0, 30.0)  # s
SMOOTHING = (1.0, 10.0, 5.0, 5.0, 10.0)  # s over which the signal is averaged before it is kept
ANSWER = (0.0, 1.0, -1.0, 1.0, 1.0)  # whether more speed raises or lowers what is kept
MANUAL, FLOW = int(Mode.MANUAL), int(Mode.FLOW)  # plain numbers compare faster with arrays
LIMITING = 0.03  # of rated speed a second, for each span beyond a header's limit
SET_POINT_RATE = 1e3  # Pa/s at which a station that is switched on comes to the pressure its file asks for


class Loop(NamedTuple):
    """The speed control of one circuit. There are few, and plain numbers are quicker than arrays of two."""

    span: list[float]  # by mode: design flow [m³/s], rated head as a pressure [Pa]
    least_speed: float  # over rated
    least_inlet: float  # Pa
    most_outlet: float  # Pa


class Output(NamedTuple):
    """What one loop remembers."""

    command: float  # common speed, over rated
    integral: float
    cap: float  # the highest speed that the headers' limits allow, over rated
    measured: float  # what is kept, smoothed, SI
    lost: bool  # whether nothing measures it


@dataclass(frozen=True, eq=False)
class Regulator:
    """A station's speed control, compiled."""

    layout: Layout
    loops: tuple[Loop, ...]  # (c,)

    @classmethod
    def of(cls, layout: Layout, bank: Bank, density: Floats) -> Regulator:
        """Compile, for the density (c,) of the circuits' water. [kg/m³]"""
        machines = layout.machines
        rated = bank.head(machines.rated_flow, np.ones(len(machines)))
        head = np.ones(len(layout.circuits))
        np.maximum.at(head, machines.circuit, rated)
        span = np.tile(density * STANDARD_GRAVITY * head, (len(Mode), 1))
        span[Mode.MANUAL] = 1.0
        span[Mode.FLOW] = np.maximum(layout.set_points, 1e-9)
        known = {circuit.id: circuit for circuit in layout.station.file.circuits}
        limits = [(known[c].least_suction_mpa, known[c].most_discharge_mpa) for c in layout.circuits]
        least = np.array([-np.inf if low is None else low * 1e6 for low, _ in limits])
        most = np.array([np.inf if high is None else high * 1e6 for _, high in limits])
        columns = (span.T, layout.least_speed, least, most)
        loops = tuple(Loop(*each) for each in zip(*(column.tolist() for column in columns), strict=True))
        return cls(layout, loops)


_NAMES = (
    Text("speed", "转速"),
    Text("flow", "流量"),
    Text("inlet pressure", "进口压力"),
    Text("outlet pressure", "出口压力"),
    Text("remote pressure difference", "远端压差"),
)


def begin(controls: Controls, it: Regulator, said: Floats) -> None:
    """Take over from what the gauges said first, and go to the file's set-points from there.

    Parameters
    ----------
    said : (4, c)   What the gauges say, SI.
    """
    controls.said = said.copy()
    known = {circuit.id: circuit for circuit in it.layout.station.file.circuits}
    for index, name in enumerate(it.layout.circuits):
        mode, wanted = Mode(controls.mode[index]), known[name].set_point
        if mode == Mode.MANUAL:
            fixed = controls.speed.value[index] if wanted is None else share_of_speed(wanted, index, it.layout)
            controls.speed.aim(index, controls.speed.value[index], float(fixed), 1.0)
        elif mode != Mode.FLOW and wanted is not None:
            target = wanted * 1e6
            here = float(said[mode - 1, index]) if np.isfinite(said[mode - 1, index]) else target
            controls.measured[index] = here
            controls.pressure.aim(index, here, target, max(1.0, abs(target - here) / SET_POINT_RATE))


def share_of_speed(hertz: float, circuit: int, layout: Layout) -> float:
    """A frequency over the rated one of a circuit's drives."""
    rated = layout.machines.rated_hz[layout.machines.circuit == circuit]
    return hertz / float(rated.max(initial=1.0))


def keep(controls: Controls, circuit: int, mode: Mode, target: float, seconds: float) -> None:
    """Let a circuit keep something at a value, SI, from where it stands now: without a bump.

    In manual mode the target is a speed over rated.
    """
    before = Mode(controls.mode[circuit])
    controls.mode[circuit] = mode
    if mode == Mode.MANUAL:
        controls.speed.aim(circuit, float(controls.command[circuit]), target, seconds)
        return
    now = float(controls.said[mode - 1, circuit])
    if before != mode and np.isfinite(now):
        controls.measured[circuit] = now
        controls.integral[circuit] = controls.command[circuit]
    if mode == Mode.FLOW:
        flow = controls.flow.value[circuit] if before == mode or np.isnan(now) else now / controls.load
        controls.flow.aim(circuit, float(flow), target, seconds)
    else:
        since = controls.pressure.value[circuit] if before == mode or np.isnan(now) else now
        controls.pressure.aim(circuit, float(since), target, seconds)


def regulate(controls: Controls, said: Floats, it: Regulator, dt: float) -> None:
    """Let ``dt`` seconds pass.

    Parameters
    ----------
    said : (4, c)   What the gauges say, SI; NaN for what is lost.
    """
    for ramp in (controls.flow, controls.pressure, controls.speed):
        ramp.step(dt)
    controls.said = np.where(np.isnan(said), controls.said, said)
    remembered = (controls.command, controls.integral, controls.cap, controls.measured, controls.lost)
    before = [Output(*each) for each in zip(*(column.tolist() for column in remembered), strict=True)]
    pressure = controls.pressure.value
    wanted = np.array([controls.speed.value, controls.asked, pressure, pressure, pressure]).T.tolist()
    waits, modes = _pump_lost(controls, it.layout), controls.mode.tolist()
    after = [_turned(dt, *each) for each in zip(it.loops, before, modes, said.T.tolist(), wanted, waits, strict=True)]
    _tell(controls, before, after, it)
    command, integral, cap, measured, lost = zip(*after, strict=True)
    controls.command, controls.integral = np.array(command), np.array(integral)
    controls.cap, controls.measured, controls.lost = np.array(cap), np.array(measured), np.array(lost)


def _turned(
    dt: float, loop: Loop, was: Output, mode: int, said: list[float], wanted: list[float], waits: bool
) -> Output:
    """One loop ``dt`` s later: ``said`` is what the gauges say, ``wanted`` what each mode is to keep, SI."""
    signal = was.command if mode == MANUAL else said[mode - 1]
    lost = isnan(signal)
    smooth = 0.0 if lost else min(1.0, dt / SMOOTHING[mode]) * (signal - was.measured)
    measured = was.measured + smooth
    step = PROPORTIONAL[mode] * ANSWER[mode] * (wanted[mode] - measured) / loop.span[mode]
    cap = _capped(loop, was, said, dt)
    integral = min(max(was.integral + step * dt / INTEGRAL[mode], loop.least_speed), cap)
    held = lost or waits
    aimed = wanted[MANUAL] if mode == MANUAL else was.command if held else integral + step
    command = min(max(aimed, loop.least_speed), cap)
    return Output(command, command - step if held or mode == MANUAL else integral, cap, measured, lost)


def _capped(loop: Loop, was: Output, said: list[float], dt: float) -> float:
    """Where a header has passed its limit the cap comes down from the present speed, and rises again with the room."""
    over = [each for each in (loop.least_inlet - said[INLET], said[OUTLET] - loop.most_outlet) if not isnan(each)]
    beyond = max(over, default=0.0) / loop.span[Mode.DISCHARGE]
    since = min(was.cap, was.command) if beyond > 0.0 else was.cap
    return min(max(since - LIMITING * dt * beyond, loop.least_speed), 1.0)


def _pump_lost(controls: Controls, layout: Layout) -> list[bool]:
    """(c,) circuits in which a pump that should run does not."""
    lost = [False] * len(layout.circuits)
    for pump in controls.fallen.nonzero()[0]:
        lost[layout.machines.circuit[pump]] = True
    return lost


def _tell(controls: Controls, before: list[Output], after: list[Output], it: Regulator) -> None:
    """News of signals that are lost, and that are back."""
    for circuit, (was, now) in enumerate(zip(before, after, strict=True)):
        if was.lost != now.lost:
            what = _NAMES[controls.mode[circuit]]
            gone = Text(f"the signal of {what.en} is lost; speed is held", f"{what.zh}信号丢失，转速保持")
            back = Text(f"the signal of {what.en} is back", f"{what.zh}信号恢复")
            controls.news.append(News("notice", it.layout.circuits[circuit], gone if now.lost else back))
