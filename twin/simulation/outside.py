"""What comes to a station from outside: how much is asked for, how warm its neighbours' water is, what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from twin.signals import Floats
from twin.simulation.layout import KELVIN, Layout
from twin.simulation.transport import COOLING

GROUND = 10.0 + KELVIN  # round buried lines
MILD = 2.0 + KELVIN  # outdoors, where no season says more: the middle of a heating season


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What there is at one instant."""

    load: float  # share of the set flows that is asked of all stations of the line
    sent: Floats  # (c,) water of each circuit where it leaves the upstream neighbour [K]
    head: Floats  # (l,) what each neighbour holds above the usual [m]
    outdoor: float  # K
    ground: float  # round the buried lines [K]


class Outside(Protocol):
    """What a station does not decide. All of it follows from the time; times are POSIX seconds."""

    @property
    def ground(self) -> float:
        """Temperature round the buried lines. [K]"""

    def now(self, at: float) -> Sheet:
        """What there is at an instant."""

    def sent_at(self, times: Floats) -> Floats:
        """(k, c) what the upstream neighbours sent at times (k,). [K]"""

    def ages(self, at: float, circuit: int, volume: Floats) -> Floats:
        """(k,) how long ago water passed that volumes (k,) of its circuit have followed until ``at``. [s]"""


class Steady:
    """A line that is asked for the same every day, and whose water is always as warm as the station file says.

    ``load`` gives the share of the set flow at a time. Water is sent so much warmer that it arrives as the file says.
    """

    ground = GROUND

    def __init__(self, layout: Layout, load: Callable[[float], float]) -> None:
        self._load = load
        self._flow = np.maximum(layout.set_points, 1e-9)
        away = np.zeros(len(layout.circuits))
        for line in layout.lines:
            if line.side == "upstream" and line.circuit in layout.circuits:
                circuit = layout.circuit(line.circuit)
                away[circuit] = 0.25 * np.pi * line.bore_m**2 * line.length_m / self._flow[circuit]
        self._sent = GROUND + (layout.water_temperature - GROUND) * np.exp(away / COOLING)
        self._head = np.zeros(len(layout.lines))

    def now(self, at: float) -> Sheet:
        """What there is at an instant."""
        return Sheet(self._load(at), self._sent, self._head, MILD, GROUND)

    def sent_at(self, times: Floats) -> Floats:
        """(k, c) what the upstream neighbours sent."""
        return np.tile(self._sent, (times.size, 1))

    def ages(self, at: float, circuit: int, volume: Floats) -> Floats:
        """(k,) by the flow of now."""
        age: Floats = volume / (self._flow[circuit] * self._load(at))
        return age
