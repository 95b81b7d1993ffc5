"""A scenario on a station: which faults act at an instant, which operations are due, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.signals import Event
from twin.simulation import control, places
from twin.simulation.control import Controls
from twin.simulation.effects import Effects
from twin.simulation.faults import FAULTS, Fault
from twin.simulation.layout import Layout
from twin.simulation.scenario import OPERATIONS, Happening, Scenario
from twin.text import Text

SLOWEST_RAMP = 1.0  # s: a set-point that jumps still takes a second


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault on a thing of this station. Times are seconds from the start of the run."""

    happening: Happening
    fault: Fault
    index: int
    size: float
    ramp: float

    def grown(self, second: float) -> float:
        """How far it has developed: 0 before its onset and after its end, 1 in full."""
        at, until = self.happening.at, self.happening.until
        if second < at or (until is not None and second >= until):
            return 0.0
        return 1.0 if self.ramp <= 0.0 else min(1.0, (second - at) / self.ramp)


class Script:
    """What a scenario does to a station. Remembers nothing: everything follows from the second of the run."""

    def __init__(self, scenario: Scenario, layout: Layout, thing: object = "the scenario") -> None:
        places.refuse_unknown(scenario, layout, thing)
        self._layout = layout
        self._load = np.array(scenario.load, dtype=np.float64).reshape(-1, 2)
        self._planned = tuple(_planned(h, layout) for h in scenario.happenings if h.fault)
        self._operations = tuple(h for h in scenario.happenings if h.operation)
        self._healthy = Effects.none(layout)

    def load(self, hour: float) -> float:
        """Share of the flow set-point that the daily curve asks for at an hour of the day."""
        if self._load.size == 0:
            return 1.0
        return float(np.interp(hour, self._load[:, 0], self._load[:, 1], period=24.0))

    def effects(self, second: int) -> Effects:
        """What all faults together do at a second of the run."""
        acting = [(plan, plan.grown(second)) for plan in self._planned if self._begun(plan, second)]
        if not acting:
            return self._healthy
        effects = Effects.none(self._layout)
        for plan, grown in acting:
            plan.fault.effect(effects, plan.index, plan.size * grown)
        return effects

    def operate(self, controls: Controls, second: int) -> None:
        """Do what is due between the last second and this one."""
        for happening in self._operations:
            if _due(happening.at, second):
                _do(happening, controls, self._layout)

    def events(self, second: int, start: float) -> tuple[Event, ...]:
        """The truth of this second: onsets, ends, operations."""
        return tuple(self._told(second, start))

    def _told(self, second: int, start: float) -> Iterator[Event]:
        for plan in self._planned:
            happening = plan.happening
            for phase, at in (("onset", happening.at), ("end", happening.until)):
                if at is not None and _due(at, second):
                    yield _truth(plan, phase, start, second)
        for happening in self._operations:
            if happening.operation and _due(happening.at, second):
                data = {k: v for k, v in happening.model_dump(exclude_none=True).items() if v not in ("", "clear")}
                yield Event(start + second, "operation", happening.on, OPERATIONS[happening.operation], data)

    def _begun(self, plan: Planned, second: int) -> bool:
        until = plan.happening.until
        return second >= plan.happening.at and (until is None or second < until)


def _due(at: float, second: int) -> bool:
    return second - 1 < at <= second


def _planned(happening: Happening, layout: Layout) -> Planned:
    fault = FAULTS[happening.fault]
    index = places.places(layout, fault.befalls)[happening.on]
    ramp = fault.ramp if happening.ramp_s is None else happening.ramp_s
    if happening.shape == "step":
        ramp = 0.0
    return Planned(happening, fault, index, fault.size(happening.severity), ramp)


def _truth(plan: Planned, phase: str, start: float, second: int) -> Event:
    happening = plan.happening
    data = {
        "fault": happening.fault,
        "equipment": happening.on,
        "severity": happening.severity,
        "phase": phase,
        "since": start + happening.at,
    }
    said = {"onset": Text(plan.fault.text.en, plan.fault.text.zh), "end": Text("ended", "结束")}[phase]
    return Event(start + second, "truth", happening.on, said, data)


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
