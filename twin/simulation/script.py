"""A scenario on a station: the faults it begins with, the load at an hour, and which operations are due."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from twin.signals import Event, Floats
from twin.simulation import operations, places
from twin.simulation.ailments import Ailment
from twin.simulation.control import Controls
from twin.simulation.layout import Layout
from twin.simulation.scenario import OPERATIONS, Happening, Scenario

DAY = 24.0  # h


class Script:
    """What a scenario does to a station. Remembers nothing: everything follows from the second of the run.

    ``ailments`` are its faults, those to come among them.
    """

    def __init__(self, scenario: Scenario, layout: Layout, thing: object = "the scenario") -> None:
        places.refuse_unknown(scenario, layout, thing)
        operations.refuse_unfit(scenario, layout, thing)
        self._layout = layout
        self._curve = _round_the_clock(np.array(scenario.load, dtype=np.float64).reshape(-1, 2))
        self.ailments = tuple(Ailment.of(h, layout) for h in scenario.happenings if h.fault)
        self._operations: dict[int, list[Happening]] = defaultdict(list)
        for happening in scenario.happenings:
            if happening.operation:
                self._operations[math.ceil(happening.at)].append(happening)

    def load(self, hour: float) -> float:
        """Share of the flow set-point that the daily curve asks for at an hour of the day."""
        if self._curve is None:
            return 1.0
        return float(np.interp(hour % DAY, *self._curve))

    def operate(self, controls: Controls, second: int) -> None:
        """Do what is due between the last second and this one."""
        for happening in self._operations.get(second, ()):
            operations.do(happening, controls, self._layout)

    def operations(self, second: int, start: float) -> tuple[Event, ...]:
        """What is told of the operations of this second."""
        return tuple(told(happening, start + second) for happening in self._operations.get(second, ()))


def _round_the_clock(points: Floats) -> tuple[Floats, Floats] | None:
    """Hours and shares of a daily curve (k, 2), with its last point put before and its first one after the day."""
    if points.size == 0:
        return None
    hours, shares = points[:, 0] % DAY, points[:, 1]
    order = np.argsort(hours)
    hours, shares = hours[order], shares[order]
    return (
        np.concatenate((hours[-1:] - DAY, hours, hours[:1] + DAY)),
        np.concatenate((shares[-1:], shares, shares[:1])),
    )


def told(happening: Happening, at: float) -> Event:
    """What is told of an operation."""
    data = {k: v for k, v in happening.model_dump(exclude_none=True).items() if v not in ("", "clear")}
    return Event(at, "operation", happening.on, OPERATIONS[str(happening.operation)], data)
