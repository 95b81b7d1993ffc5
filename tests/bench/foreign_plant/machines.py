"""What the foreign plant's pumps draw, how warm they are and how they shake: simple, and not as ``twin`` has it."""

from __future__ import annotations

import math

import numpy as np

from tests.bench.foreign_plant.upsets import Condition
from tests.bench.foreign_plant.water import DENSITY, GRAVITY, PUMPS, RATED_FLOW, Floats

FLOW = np.array([0.0, 2000.0, 4000.0, 5000.0, 6000.0, 6500.0, 7000.0, 8000.0, 9000.0])  # m³/h
HEAD = 106.7 - 6.32e-7 * FLOW**2  # m
EFFICIENCY = np.array([0.0, 0.46, 0.745, 0.825, 0.873, 0.880, 0.876, 0.832, 0.735])
SHAFT = np.concatenate([[830.0], DENSITY * GRAVITY * FLOW[1:] / 3600.0 * HEAD[1:] / EFFICIENCY[1:] / 1e3])  # kW
MOTOR = 0.96
POWER_FACTOR = 0.87
KILOVOLTS = 10.0
RATED_CURRENT = 104.0  # A
WINDING_LAG, BEARING_LAG = 1500.0, 1200.0  # s
ROOM = 38.0  # °C


class Machines:
    """Motors, bearings and windings of the four pumps, each built a little differently."""

    def __init__(self, chance: np.random.Generator) -> None:
        self._efficiency = 1.0 - np.clip(np.abs(chance.normal(0.0, 0.01, PUMPS)), 0.0, 0.03)
        self._vibration = chance.uniform(1.3, 2.4, (PUMPS, 9))
        self._envelope = chance.uniform(0.6, 1.0, (PUMPS, 2))
        self._bearing = chance.uniform(18.0, 26.0, (PUMPS, 5))
        self._winding = chance.uniform(52.0, 58.0, PUMPS)
        self._windings: Floats | None = None
        self._bearings: Floats | None = None

    def power(self, pump: int, flow: float, head: float, speed: float, state: Condition) -> float:
        """Electric power of a running pump [kW] at its inner flow [m³/h] and head [m]."""
        if not math.isnan(state.tripped_for[pump]):
            return 0.0
        at_rated = max(flow, 0.0) / speed
        expected = float(np.interp(at_rated, FLOW, SHAFT)) * speed**3
        per_head = head / speed**2 / float(np.interp(at_rated, FLOW, HEAD)) if at_rated > 1.0 else 1.0
        efficiency = float(np.interp(at_rated, FLOW, EFFICIENCY)) * self._efficiency[pump]
        worse = efficiency / max(efficiency - state.efficiency_lost[pump], 0.1) if efficiency > 0.2 else 1.0
        return float(expected * per_head / self._efficiency[pump] * worse / MOTOR)

    @staticmethod
    def currents(pump: int, power: float, speed: float, state: Condition) -> Floats:
        """(3,) of the phases. [A]"""
        balanced = power / (math.sqrt(3.0) * KILOVOLTS * POWER_FACTOR * max(speed, 0.3))
        return balanced * (1.0 + state.imbalance[pump] * np.array([1.0, -0.5, -0.5]))

    def warm(self, seconds: float, current: Floats, speed: Floats, state: Condition) -> tuple[Floats, Floats]:
        """Windings (4, 6) and bearings (4, 5) so many seconds later. [°C]"""
        winding = (self._winding * (current / RATED_CURRENT) ** 2 + state.winding_heat)[:, None] * np.ones(6)
        bearing = self._bearing * (speed**2)[:, None]
        bearing[:, :2] += state.bearing_heat
        if self._windings is None or self._bearings is None:
            self._windings, self._bearings = winding, bearing
        self._windings = self._windings + (winding - self._windings) * seconds / WINDING_LAG
        self._bearings = self._bearings + (bearing - self._bearings) * seconds / BEARING_LAG
        return ROOM + self._windings, ROOM + self._bearings

    def shake(self, flow: Floats, speed: Floats, state: Condition) -> tuple[Floats, Floats]:
        """Vibration (4, 9) [mm/s] and acceleration envelopes (4, 2) [g]."""
        turning = speed > 0.02
        share = flow / RATED_FLOW / np.where(turning, speed, 1.0)
        region = (0.9 + 1.5 * (share - 1.0) ** 2) * speed**2 * (1.0 + state.shaken)
        vibration = np.where(turning[:, None], self._vibration * region[:, None] + state.shaking, 0.05)
        envelope = np.where(turning[:, None], self._envelope * (1.0 + state.envelope), 0.02)
        return vibration, envelope
