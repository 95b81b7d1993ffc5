"""Real pumps' measured curves, read from the evaluation data."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.plant import curve
from twin.plant.fitting import fit
from twin.units import STANDARD_GRAVITY


@dataclass(frozen=True)
class Envelope:
    """One pump's head over flow along its greatest or least speed (k,)."""

    flow: NDArray[np.float64]  # m³/s
    speed: NDArray[np.float64]  # r/min
    head: NDArray[np.float64]  # m


def envelopes(folder: Path) -> dict[str, tuple[Envelope, Envelope]]:
    """Of each pump the maximum- and the minimum-speed envelope."""
    rows: dict[str, dict[str, list[tuple[float, float, float]]]] = defaultdict(lambda: defaultdict(list))
    with (folder / "aixlib_heads.csv").open() as file:
        for row in csv.DictReader(file):
            point = float(row["flow_m3_h"]) / 3600.0, float(row["speed_rpm"]), float(row["head_m"])
            rows[row["pump"]][row["envelope"]].append(point)
    return {
        pump: (Envelope(*np.array(both["max"]).T), Envelope(*np.array(both["min"]).T)) for pump, both in rows.items()
    }


def error_at_least_speed(fastest: Envelope, slowest: Envelope, kind: curve.Kind = "table") -> float:
    """Mean error of the minimum-speed envelope as foretold from the maximum-speed one, over its highest head.

    Taken where a head was measured (the tables are filled up with zeros beyond) and where the fit covers the flow, both
    brought to one speed.
    """
    rated = fastest.speed[0]
    fitted = fit(fastest.flow, fastest.head, speed=fastest.speed / rated, kind=kind).curve
    speed = slowest.speed / rated
    covered = (slowest.head > 0.0) & (slowest.flow / speed <= fitted.valid[1])
    foretold = curve.head(fitted, slowest.flow, speed)
    return float(np.mean(np.abs(foretold - slowest.head)[covered]) / slowest.head.max())


@dataclass(frozen=True)
class Sheet:
    """One pump's head and power over flow at rated speed (k,)."""

    flow: NDArray[np.float64]  # m³/s
    head: NDArray[np.float64]  # m
    power: NDArray[np.float64]  # W, electrical


def sheets(folder: Path) -> dict[str, Sheet]:
    """Of each Wilo pump its head and power."""
    rows: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    with (folder / "wilo_head_power.csv").open() as file:
        for row in csv.DictReader(file):
            rows[row["pump"]][row["kind"]].append((float(row["flow_m3_s"]), float(row["value_si_pa_or_w"])))
    found = {}
    for pump, both in rows.items():
        head, power = np.array(both["head"]), np.array(both["power"])
        np.testing.assert_allclose(head[:, 0], power[:, 0])
        found[pump] = Sheet(head[:, 0], head[:, 1] / (curve.COLD_WATER * STANDARD_GRAVITY), power[:, 1])
    return found


def errors_leaving_one_out(sheet: Sheet) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Errors of head and power at each inner point as the others foretell it, over the greatest of each."""
    head, power = [], []
    for left in range(1, sheet.flow.size - 1):
        kept = np.arange(sheet.flow.size) != left
        made = curve.from_points(sheet.flow[kept], sheet.head[kept], power=sheet.power[kept])
        at = sheet.flow[left]
        head.append(curve.head(made, at) - sheet.head[left])
        power.append(curve.shaft_power(made, at, 1.0, curve.COLD_WATER) - sheet.power[left])
    return np.array(head) / sheet.head.max(), np.array(power) / sheet.power.max()
