"""What surrounds the foreign plant's pumps: seals, make-up, water quality, transformers, rooms, line chambers.

Simple on purpose, and not as ``twin`` has it: in half of the plants make-up comes by turns, as a pressure switch asks
for it, in the others a drive holds the pressure. What of a fault shows differs from variant to variant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tests.bench.foreign_plant.upsets import Condition
from tests.bench.foreign_plant.water import PUMPS, Floats

USUAL_FLOW, MOST_FLOW = 12.0, 400.0  # m³/h of make-up that leaks from 50 km of line, and that can be given
TANK = 120.0  # m² of each make-up tank
WATER: Mapping[int, tuple[float, float, float]] = {
    1: (9.6, 0.01, 0.0),  # pH: usual, noise, what a raw-water ingress does to it
    2: (620.0, 3.0, 260.0),
    3: (24.0, 1.0, 55.0),
    4: (0.8, 0.03, 1.2),
    5: (0.12, 0.004, 0.5),
    6: (0.08, 0.003, 0.02),
    7: (9.0, 0.1, 14.0),
}
POINTS = {"WQ-S": 610, "WQ-R": 611, "WQ-MU": 612}
ROOMS = {"HALL-A": 801, "HALL-B": 802, "ROOM-10KV": 803, "ROOM-VFD": 804, "ROOM-BAT": 807}
FLOOD, SMOKE, DOOR = 11, 13, 15
TRANSFORMERS = (721, 722)

Wrong = Mapping[tuple[str, str], tuple[float, int, float]]
"""By fault and equipment how large it is, which variant, and since how long. [s]"""


class Services:
    """All of it, second by second. ``by_turns`` says whether make-up comes by turns."""

    def __init__(self, chance: np.random.Generator, by_turns: bool) -> None:
        self._chance = chance
        self._by_turns = by_turns
        self._level = chance.uniform(3.0, 4.5, 2)
        self._usual = chance.uniform(0.9, 1.1, 7)
        self._winding = chance.uniform(70.0, 85.0, (2, 3))
        self._air = {room: float(chance.uniform(22.0, 30.0)) for room in ROOMS}
        self._flush = chance.uniform(11.0, 14.0, PUMPS)
        self._seal = chance.uniform(52.0, 60.0, (PUMPS, 2))
        self._lost = 0.0  # m³ that the lines have lost and not been given

    def row(self, at: float, seconds: float, state: Condition, speed: Floats, suction: float) -> dict[str, str]:
        """All tags. ``speed`` is of rated, ``suction`` the pressure of the supply's inlet. [MPa]"""
        wrong = state.wrong
        values: dict[str, float] = {}
        self._seals(values, wrong, speed)
        self._makeup(values, at, seconds, state, suction)
        self._water(values, wrong)
        self._transformers(values, wrong)
        self._rooms(values, wrong)
        self._chambers(values, wrong, suction)
        return {tag: f"{value:.4f}" for tag, value in values.items()}

    def _noise(self, size: float) -> float:
        return float(size * self._chance.normal())

    def _seals(self, values: dict[str, float], wrong: Wrong, speed: Floats) -> None:
        for i in range(PUMPS):
            size, variant, since = wrong.get(("seal_leak", f"P10{i + 1}"), (0.0, 0, 0.0))
            shown = size and variant == 0 and since >= 5.0
            turning = bool(speed[i] > 0.1)
            flush = (self._flush[i] * (1.0 + 0.8 * size) if variant == 1 else self._flush[i]) * turning
            warmer = 30.0 * size * (1.0 - math.exp(-since / 60.0)) if variant == 2 else 0.0
            values |= {
                f"B4-LSH-10{i + 1}36": float(bool(shown)),
                f"B4-LSH-10{i + 1}37": 0.0,
                f"B4-FT-10{i + 1}38": flush + self._noise(0.1 * turning),
                f"B4-TT-10{i + 1}39": self._seal[i, 0] + warmer + self._noise(0.1),
                f"B4-TT-10{i + 1}40": self._seal[i, 1] + self._noise(0.1),
            }

    def _makeup(self, values: dict[str, float], at: float, seconds: float, state: Condition, suction: float) -> None:
        lost, variant, _ = state.wrong.get(("makeup_loss", "MU"), (0.0, 0, 0.0))
        needed = min(USUAL_FLOW + state.leak, MOST_FLOW)
        given = needed + 3.0 * math.sin(at / 90.0) + self._noise(0.4)
        if self._by_turns:
            turn = max(40.0, needed)
            given = (turn + self._noise(0.4)) * ((at / 300.0) % 1.0 < needed / turn)
        given = 0.0 if lost else max(given, 0.0)
        runs = float(given > 1.0)
        self._lost += (needed - given) * seconds / 3600.0 if lost else 0.0
        self._level -= given * seconds / 3600.0 / TANK / 2.0
        falls = 0.02 * self._lost
        values |= {
            "B4-LT-60001": 0.4 if lost and variant == 1 else self._level[0] + self._noise(0.002),
            "B4-LT-60002": 0.4 if lost and variant == 1 else self._level[1] + self._noise(0.002),
            "B4-FT-60003": given,
            "B4-PT-60005": 0.05 if lost else 0.82 + self._noise(0.002),
            "B4-TT-60006": 21.0 + self._noise(0.05),
            "B4-PT-60007": suction - falls + self._noise(0.001),
            "B4-FT-60012": 0.0,
            "B4-YS-60111": runs,
            "B4-YS-60112": float(bool(lost) and variant == 0),
            "B4-SC-60113": 36.0 * runs,
            "B4-IT-60114": 62.0 * runs + self._noise(0.3 * runs),
            "B4-PT-60115": (0.86 if runs else 0.3) + self._noise(0.002),
        }

    def _water(self, values: dict[str, float], wrong: Wrong) -> None:
        for point, number in POINTS.items():
            size, variant, since = wrong.get(("water_quality", point), (0.0, 0, 0.0))
            share = size * min(1.0, since / 60.0)
            for k, (usual, noise, moves) in WATER.items():
                moved = moves * share if variant == 0 else (-0.9 * share if k == 1 else 0.0)
                values[f"B4-AT-{number}{k:02d}"] = usual * self._usual[k - 1] ** 0.5 + moved + self._noise(noise)

    def _transformers(self, values: dict[str, float], wrong: Wrong) -> None:
        for i, number in enumerate(TRANSFORMERS):
            size, _, since = wrong.get(("transformer_overtemperature", f"ST{i + 1}"), (0.0, 0, 0.0))
            warmer = 55.0 * size * (1.0 - math.exp(-since / 600.0))
            for k in range(3):
                values[f"B4-TT-{number}0{k + 1}"] = self._winding[i, k] + warmer + self._noise(0.1)
            values[f"B4-YS-{number}04"] = 0.0
            values[f"B4-JT-{number}05"] = 320.0 + self._noise(3.0)

    def _rooms(self, values: dict[str, float], wrong: Wrong) -> None:
        for room, number in ROOMS.items():
            flood, fire, gas, door = (
                wrong.get((fault, room), (0.0, 0, 0.0))[0] for fault in ("flood", "fire", "gas", "intrusion")
            )
            values |= {
                f"B4-TT-{number}01": self._air[room] + 10.0 * fire + self._noise(0.05),
                f"B4-MT-{number}02": 40.0 + 25.0 * flood + self._noise(0.2),
                f"B4-XT-{number}03": (90.0 if room.startswith("HALL") else 60.0) + self._noise(0.5),
                f"B4-AT-{number}04": 20.9 + self._noise(0.02),
                f"B4-AT-{number}05": 0.5 + 15.0 * gas + abs(self._noise(0.1)),
                f"B4-YS-{number}{FLOOD}": float(bool(flood)),
                f"B4-YS-{number}{FLOOD + 1}": 0.0,
                f"B4-YS-{number}{SMOKE}": float(bool(fire)),
                f"B4-YS-{number}{SMOKE + 1}": 0.0,
                f"B4-YS-{number}{DOOR}": float(bool(door)),
                f"B4-YS-{number}{DOOR + 1}": 0.0,
            }

    def _chambers(self, values: dict[str, float], wrong: Wrong, suction: float) -> None:
        leaks, variant, since = wrong.get(("line_leak", "LINE-SU"), (0.0, 0, 0.0))
        for k in range(1, 9):
            here = leaks if k == 2 else 0.0
            values |= {
                f"B4-PT-50{k}01": suction + 0.1 * (4 - k) + self._noise(0.001),
                f"B4-LT-50{k}05": 0.05 + 0.3 * here * min(1.0, since / 60.0) * (variant == 0) + abs(self._noise(0.003)),
                f"B4-XS-50{k}06": float(bool(here) and variant == 1 and since > 20.0),
            }
