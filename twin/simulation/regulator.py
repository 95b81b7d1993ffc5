"""Speed control as CJJ/T 34-2022 13.3.3 has it: one common speed of a circuit's duty pumps keeps what was asked for.

Proportional and integral on the smoothed signal. Signal lost, or a duty pump lost: the output is held (13.1.5). Ahead
of all modes, manual among them, the pumps slow down rather than draw the inlet header below its least pressure or drive
the outlet header above its greatest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.plant.bank import Bank
from twin.signals import Floats
from twin.simulation.chance import clipped
from twin.simulation.control import Controls, Mode, News
from twin.simulation.gauges import INLET, OUTLET
from twin.simulation.layout import Layout
from twin.text import Text
from twin.units import STANDARD_GRAVITY

# by mode: manual, flow, suction, discharge, difference
PROPORTIONAL = np.array([0.0, 1.0, 0.5, 0.5, 0.3])  # share of rated speed for each share of the span
INTEGRAL = np.array([1.0, 40.0, 20.0, 20.0, 30.0])  # s
SMOOTHING = np.array([1.0, 10.0, 5.0, 5.0, 10.0])  # s over which the signal is averaged before it is kept
ANSWER = np.array([0.0, 1.0, -1.0, 1.0, 1.0])  # whether more speed raises or lowers what is kept
MANUAL, FLOW = int(Mode.MANUAL), int(Mode.FLOW)  # plain numbers compare faster with arrays
LIMITING = 0.03  # of rated speed a second, for each span beyond a header's limit
SET_POINT_RATE = 1e3  # Pa/s at which a station that is switched on comes to the pressure its file asks for


@dataclass(frozen=True, eq=False)
class Regulator:
    """A station's speed control, compiled."""

    layout: Layout
    span: Floats  # (5, c) by mode: design flow [m³/s], rated head as a pressure [Pa]
    least_inlet: Floats  # (c,) [Pa]
    most_outlet: Floats  # (c,) [Pa]
    names: tuple[Text, ...]  # of modes
    circuits: NDArray[np.intp]  # (c,) their indices

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
        return cls(layout, span, least, most, _NAMES, np.arange(len(layout.circuits)))


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
    mode, circuits = controls.mode, it.circuits
    manual, of_flow = mode == MANUAL, mode == FLOW
    now = np.where(manual, controls.command, said[np.maximum(mode, 1) - 1, circuits])
    lost = np.isnan(now)
    _tell(controls, lost, it)
    smooth = np.minimum(1.0, dt / SMOOTHING[mode])
    controls.measured = np.where(lost, controls.measured, controls.measured + (now - controls.measured) * smooth)
    wanted = np.where(of_flow, controls.asked, controls.pressure.value)
    error = ANSWER[mode] * (wanted - controls.measured) / it.span[mode, circuits]
    _limit(controls, said, it, dt)
    least, most = it.layout.least_speed, controls.cap
    held = lost | _pump_lost(controls, it.layout) if True in controls.fallen.tolist() else lost
    step = PROPORTIONAL[mode] * error
    integral = clipped(controls.integral + step * dt / INTEGRAL[mode], least, most)
    aimed = np.where(held, controls.command, integral + step)
    controls.command = clipped(np.where(manual, controls.speed.value, aimed), least, most)
    controls.integral = np.where(held | manual, controls.command - step, integral)


def _limit(controls: Controls, said: Floats, it: Regulator, dt: float) -> None:
    """Where a header has passed its limit the cap comes down from the present speed, and rises again with the room."""
    span = it.span[Mode.DISCHARGE]
    beyond = np.fmax(it.least_inlet - said[INLET], said[OUTLET] - it.most_outlet) / span
    beyond = np.where(np.isnan(beyond), 0.0, beyond)
    since = np.where(beyond > 0.0, np.minimum(controls.cap, controls.command), controls.cap)
    controls.cap = np.minimum(np.maximum(since - LIMITING * dt * beyond, it.layout.least_speed), 1.0)


def _pump_lost(controls: Controls, layout: Layout) -> NDArray[np.bool_]:
    """(c,) circuits in which a pump that should run does not."""
    lost = np.zeros(len(layout.circuits), dtype=bool)
    lost[layout.machines.circuit[controls.fallen]] = True
    return lost


def _tell(controls: Controls, lost: NDArray[np.bool_], it: Regulator) -> None:
    if lost.tolist() == controls.lost.tolist():
        return
    for circuit in (lost != controls.lost).nonzero()[0]:
        what = it.names[controls.mode[circuit]]
        gone = Text(f"the signal of {what.en} is lost; speed is held", f"{what.zh}信号丢失，转速保持")
        back = Text(f"the signal of {what.en} is back", f"{what.zh}信号恢复")
        controls.news.append(News("notice", it.layout.circuits[circuit], gone if lost[circuit] else back))
    controls.lost = lost
