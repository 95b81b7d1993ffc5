"""The foreign plant's recording: what its transmitters send, as a wide CSV file."""

from __future__ import annotations

import csv
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.foreign_plant.machines import Machines
from tests.bench.foreign_plant.services import Services
from tests.bench.foreign_plant.upsets import OPERATIONS, Condition, Upset
from tests.bench.foreign_plant.water import (
    AT_REST,
    CLOSED,
    DENSITY,
    GRAVITY,
    PUMPS,
    RATED_FLOW,
    Floats,
    Water,
    loss,
)

START = 1_772_323_200.0  # s, POSIX
RUN_DOWN = 1.3  # s to half the speed
RATED_SPEED, RATED_HERTZ = 990.0, 50.0


@dataclass(frozen=True)
class Case:
    """One run: an ordinary operation, and with it a fault or none."""

    operation: str = "steady"
    upset: Upset | None = None
    at: float = 420.0  # s at which the fault begins
    seconds: float = 780.0
    period: float = 1.0  # s between frames
    load: float = 1.0
    seed: int = 1


def record(case: Case, path: Path) -> None:
    """Run a case and write what the station sends."""
    with tempfile.TemporaryDirectory() as folder:
        plant = _Plant(case, Path(folder))
        try:
            rows = [plant.row(step * case.period) for step in range(int(case.seconds / case.period))]
        finally:
            plant.water.close()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


class _Transmitters:
    """Each is off by a fixed amount of its class, and noisy."""

    def __init__(self, case: Case, chance: np.random.Generator) -> None:
        self._case, self._chance = case, chance
        self._off: dict[str, float] = {}
        self._held: float | None = None

    def sent(self, tag: str, true: float, noise: float, offset: float = 0.0, gain: float = 0.0, at: float = 0.0) -> str:
        """What a transmitter sends; ``noise`` is additive, ``offset`` and ``gain`` are how far off such ones are."""
        if tag not in self._off:
            self._off[tag] = float(self._chance.normal())
        off = self._off[tag]
        value = true * (1.0 + gain * off) + offset * off + noise * float(self._chance.normal())
        return self._spoilt(tag, value, at)

    def _spoilt(self, tag: str, value: float, at: float) -> str:
        upset = self._case.upset
        if upset is None or upset.tag != tag or at < self._case.at:
            return _written(value)
        amount = upset.size * upset.share(at - self._case.at)
        if upset.fault == "sensor_dropout":
            return ""
        if upset.fault == "sensor_stuck":
            self._held = value if self._held is None else self._held
            return _written(self._held)
        if upset.fault == "sensor_noise":
            return _written(value + amount * float(self._chance.normal()))
        return _written(value + amount)


class _Plant:
    def __init__(self, case: Case, folder: Path) -> None:
        self._case = case
        self._chance = np.random.default_rng(case.seed)
        built = 1.0 + np.clip(self._chance.normal(0.0, 0.012, PUMPS), -0.03, 0.03)
        self.water = Water(built, case.load, folder)
        self._machines = Machines(self._chance)
        self._send = _Transmitters(case, self._chance).sent
        self._services = Services(np.random.default_rng(1000 + case.seed), by_turns=case.seed % 2 == 1)
        self._hunting = 0.0

    def row(self, at: float) -> dict[str, str]:
        """All tags at a time since the beginning."""
        state, since = Condition(), at - self._case.at
        slow = 1.0 + 0.01 * math.sin(2.0 * math.pi * at / 1400.0)
        OPERATIONS[self._case.operation](state, at, self.water.speed * slow)
        if self._case.upset is not None:
            self._case.upset.act(state, since)
        speed = self._speeds(state)
        self._set(state, speed)
        flow, head = self.water.solve()
        return {
            "time": f"{START + at:.3f}",
            **self._pumps(at, state, speed, flow, head),
            **self._headers(at, flow, head),
            **self._services.row(at, self._case.period, state, speed, _pressure(head["IN"])),
        }

    def _speeds(self, state: Condition) -> Floats:
        self._hunting = 0.9 * self._hunting + float(self._chance.normal(0.0, 0.0002))
        speed = state.asked * (1.0 + self._hunting) * (1.0 - state.speed_lost)
        run_down = 1.0 / (1.0 + np.nan_to_num(state.tripped_for) / RUN_DOWN)
        return np.where(np.nan_to_num(state.tripped_for) < 40.0, speed * run_down, 0.0)

    def _set(self, state: Condition, speed: Floats) -> None:
        unrest = 1.0 + 5.0 * state.unrest * self._chance.normal(size=PUMPS)  # head falters more than flow
        self.water.build(np.round(1.0 - state.head_lost * unrest, 3))
        self.water.neighbour(state.upstream, state.downstream)
        self.water.leak(state.leak)
        for i in range(PUMPS):
            self.water.turn(i, float(speed[i]))
            self.water.resist(f"S{i}", loss(12.0, RATED_FLOW) * (1.0 + state.strainer[i]))
            throttled = loss(4.0 + state.valve_loss[i], RATED_FLOW)
            if not state.valve_loss[i]:
                throttled /= max(state.opened[i], CLOSED) ** 2.5
            self.water.resist(f"V{i}", math.inf if state.stuck_shut[i] else throttled)
            self.water.resist(f"R{i}", _passing(state.ring[i]))
            self.water.resist(f"B{i}", _passing(state.back[i]))

    def _pumps(
        self, at: float, state: Condition, speed: Floats, flow: dict[str, float], head: dict[str, float]
    ) -> dict[str, str]:
        inner = np.array([flow[f"U{i}"] if speed[i] > CLOSED else 0.0 for i in range(PUMPS)])
        rise = np.array([self._rise(i, float(speed[i]), float(inner[i]), head) for i in range(PUMPS)])
        restless = self._chance.normal(size=PUMPS) * state.unrest
        power = np.array([self._power(i, inner[i], rise[i], speed[i], state) for i in range(PUMPS)])
        currents = [self._machines.currents(i, power[i], speed[i], state) for i in range(PUMPS)]
        mean = np.array([each.mean() for each in currents])
        windings, bearings = self._machines.warm(self._case.period, mean, speed, state)
        vibration, envelope = self._machines.shake(inner, speed, state)
        row: dict[str, str] = {}
        for i in range(PUMPS):
            measured = (inner[i] - flow[f"R{i}"] - flow[f"B{i}"]) * (1.0 + restless[i])
            row |= self._hydraulic(i, at, measured, rise[i], restless[i], head)
            row |= self._electric(i, at, speed[i], power[i] * (1.0 + 0.5 * restless[i]), currents[i], state)
            named = {
                **{f"TT-10{i + 1}{11 + k}": (windings[i, k], 0.15, 1.0) for k in range(6)},
                **{f"TT-10{i + 1}{6 + k:02d}": (bearings[i, k], 0.1, 0.5) for k in range(5)},
                **{f"VT-10{i + 1}{20 + k}": (vibration[i, k], 0.03 * vibration[i, k], 0.0) for k in range(9)},
                **{f"VT-10{i + 1}{29 + k}": (envelope[i, k], 0.05 * envelope[i, k], 0.0) for k in range(2)},
            }
            row |= {f"B4-{tag}": self._send(f"B4-{tag}", *value, at=at) for tag, value in named.items()}
        return row

    def _rise(self, i: int, speed: float, inner: float, head: dict[str, float]) -> float:
        """Head of a pump; of one that gets no water through it is the shut-off head, which EPANET does not say."""
        if speed <= CLOSED:
            return 0.0
        return head[f"RISE{i}"] - head[f"SUCTION{i}"] if inner > AT_REST else self.water.shut_off(i, speed)

    def _power(self, i: int, inner: float, rise: float, speed: float, state: Condition) -> float:
        return self._machines.power(i, inner, rise, speed, state) if speed > CLOSED else 0.0

    def _hydraulic(
        self, i: int, at: float, flow: float, rise: float, restless: float, head: dict[str, float]
    ) -> dict[str, str]:
        pump = f"10{i + 1}"
        suction = head[f"SUCTION{i}"]
        discharge = suction + rise if rise else max(suction, head[f"AFTER{i}"] if flow < -AT_REST else suction)
        falters = 0.2 * abs(restless)
        send = self._send
        return {
            f"B4-PT-{pump}01": send(f"B4-PT-{pump}01", _pressure(suction), 0.0006, 0.0004, at=at),
            f"B4-PT-{pump}02": send(f"B4-PT-{pump}02", _pressure(discharge), 0.0008 + falters, 0.0004, at=at),
            f"B4-FT-{pump}03": send(f"B4-FT-{pump}03", flow, 3.0 + 0.0015 * abs(flow), 0.0, 0.004, at=at),
            f"B4-PDT-{pump}04": send(f"B4-PDT-{pump}04", 1e3 * _pressure(head["SUC"] - suction), 0.05, at=at),
        }

    def _electric(
        self, i: int, at: float, speed: float, power: float, currents: Floats, state: Condition
    ) -> dict[str, str]:
        pump, on, send = f"10{i + 1}", bool(speed > CLOSED), self._send
        drawn = 0.0015 if power > 0.0 else 0.0
        return {
            f"B4-ST-{pump}31": send(f"B4-ST-{pump}31", speed * RATED_SPEED, 0.2 * on, 0.0, 0.0004, at=at),
            f"B4-SC-{pump}60": send(f"B4-SC-{pump}60", speed * RATED_HERTZ, 0.005 * on, at=at),
            f"B4-SIC-{pump}61": _written(state.asked[i] * RATED_HERTZ),
            f"B4-JT-{pump}35": send(f"B4-JT-{pump}35", power, drawn * power, 0.0, 0.004, at=at),
            **{
                f"B4-IT-{pump}{32 + k}": send(f"B4-IT-{pump}{32 + k}", amperes, drawn * amperes, 0.0, 0.003, at=at)
                for k, amperes in enumerate(currents.tolist())
            },
            f"B4-YS-{pump}50": str(int(speed > 0.2)),
            f"B4-ZT-{pump}42": _written(100.0 * state.opened[i]),
        }

    def _headers(self, at: float, flow: dict[str, float], head: dict[str, float]) -> dict[str, str]:
        row: dict[str, str] = {}
        send = self._send
        for letter in "ABC":
            for tag, node, noise in ((f"B4-PT-30001{letter}", "IN", 0.0006), (f"B4-PT-30011{letter}", "OUT", 0.0008)):
                row[tag] = send(tag, _pressure(head[node]), noise, 0.0004, at=at)
        for letter in "AB":
            for tag, link in ((f"B4-FT-30003{letter}", "INLET"), (f"B4-FT-30013{letter}", "OUTLET")):
                row[tag] = send(tag, flow[link], 0.001 * abs(flow[link]), 0.0, 0.004, at=at)
            for tag in (f"B4-TT-30002{letter}", f"B4-TT-30012{letter}"):
                row[tag] = send(tag, 119.9, 0.05, 0.05, at=at)
        row["B4-FT-30026"] = send("B4-FT-30026", flow["BYPASS"], 2.0, at=at)
        return row


def _passing(share: float) -> float:
    """The coefficient of a way that passes a share of the rated flow at the pump's usual head; infinite for none."""
    return loss(740.0, RATED_FLOW * share) if share > 0.0 else math.inf


def _pressure(head: float) -> float:
    return head * DENSITY * GRAVITY / 1e6


def _written(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 1000.0 else f"{value:.1f}"
