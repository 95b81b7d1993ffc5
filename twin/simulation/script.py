"""A scenario on a station: the faults it begins with, the load at an hour, and which operations are due."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from twin.signals import Event
from twin.simulation import control, places
from twin.simulation.ailments import Ailment
from twin.simulation.control import Controls
from twin.simulation.layout import Layout
from twin.simulation.scenario import OPERATIONS, Happening, Scenario

SLOWEST_RAMP = 1.0  # s: a set-point that jumps still takes a second


class Script:
    """What a scenario does to a station. Remembers nothing: everything follows from the second of the run.

    ``ailments`` are its faults, those to come among them.
    """

    def __init__(self, scenario: Scenario, layout: Layout, thing: object = "the scenario") -> None:
        places.refuse_unknown(scenario, layout, thing)
        self._layout = layout
        self._load = np.array(scenario.load, dtype=np.float64).reshape(-1, 2)
        self.ailments = tuple(Ailment.of(h, layout) for h in scenario.happenings if h.fault)
        self._operations: dict[int, list[Happening]] = defaultdict(list)
        for happening in scenario.happenings:
            if happening.operation:
                self._operations[math.ceil(happening.at)].append(happening)

    def load(self, hour: float) -> float:
        """Share of the flow set-point that the daily curve asks for at an hour of the day."""
        if self._load.size == 0:
            return 1.0
        return float(np.interp(hour, self._load[:, 0], self._load[:, 1], period=24.0))

    def operate(self, controls: Controls, second: int) -> None:
        """Do what is due between the last second and this one."""
        for happening in self._operations.get(second, ()):
            _do(happening, controls, self._layout)

    def operations(self, second: int, start: float) -> tuple[Event, ...]:
        """What is told of the operations of this second."""
        return tuple(_said(happening, start + second) for happening in self._operations.get(second, ()))


def _said(happening: Happening, at: float) -> Event:
    data = {k: v for k, v in happening.model_dump(exclude_none=True).items() if v not in ("", "clear")}
    return Event(at, "operation", happening.on, OPERATIONS[str(happening.operation)], data)


# --- operations ------------------------------------------------------------------------------------------------------


def _do(happening: Happening, controls: Controls, layout: Layout) -> None:
    _DOING[str(happening.operation)](happening, controls, layout)


def _flow(happening: Happening, controls: Controls, layout: Layout) -> None:
    circuit = layout.circuit(happening.on)
    wanted = (happening.value or 0.0) / 3600.0
    _aim(controls.flow, circuit, wanted, happening.ramp_s)
    controls.manual[circuit] = False


def _speed(happening: Happening, controls: Controls, layout: Layout) -> None:
    circuit = layout.circuit(happening.on)
    rated = layout.machines.rated_hz[layout.machines.circuit == circuit]
    controls.speed.value[circuit] = controls.command[circuit]
    _aim(controls.speed, circuit, (happening.value or 0.0) / float(rated.max(initial=1.0)), happening.ramp_s)
    controls.manual[circuit] = True


def _aim(ramp: control.Ramp, circuit: int, target: float, seconds: float | None) -> None:
    ramp.target[circuit] = target
    ramp.rate[circuit] = abs(target - ramp.value[circuit]) / max(seconds or 0.0, SLOWEST_RAMP)


def _rotate(happening: Happening, controls: Controls, layout: Layout) -> None:
    ids = layout.machines.ids
    control.start(controls, ids.index(happening.start), layout, ids.index(happening.stop))


def _start(happening: Happening, controls: Controls, layout: Layout) -> None:
    control.start(controls, layout.machines.ids.index(happening.on), layout)


def _stop(happening: Happening, controls: Controls, layout: Layout) -> None:
    control.stop(controls, layout.machines.ids.index(happening.on))


def _valve(happening: Happening, controls: Controls, layout: Layout) -> None:
    index = places.valves(layout)[happening.on]
    controls.opening_target[index] = np.clip((happening.value or 0.0) / 100.0, 0.0, 1.0)


_DOING = {"flow": _flow, "speed": _speed, "rotate_duty": _rotate, "start": _start, "stop": _stop, "valve": _valve}
