"""A station of one pump and five tags: the detectors use what there is."""

from __future__ import annotations

import numpy as np
import pytest

from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, parse
from twin.signals import Frame

SMALL = """
format = "pumphouse-station"
version = 1
nodes = [{id = "a"}, {id = "b"}]
tags = [
  {name = "ps", equipment = "P1", measures = "suction_pressure", unit = "bar"},
  {name = "pd", equipment = "P1", measures = "discharge_pressure", unit = "bar"},
  {name = "q", equipment = "P1", measures = "pump_flow", unit = "L/s"},
  {name = "n", equipment = "P1", measures = "shaft_speed", unit = "r/min"},
  {name = "p", equipment = "P1", measures = "motor_active_power", unit = "kW"},
]
[station]
id = "small"
[curves.sheet]
speed_rpm = 1450
flow_m3_h = [0, 100, 200, 300]
head_m = [40, 38, 32, 22]
EFFICIENCY
[[pumps]]
id = "P1"
curve = "sheet"
from_node = "a"
to_node = "b"
rated_flow_m3_h = 200
"""


def small(efficiency: str = "efficiency = [0, 0.6, 0.78, 0.7]") -> Station:
    return parse(SMALL.replace("EFFICIENCY", efficiency))


def run(
    station: Station, seconds: int, fault_at: int, head_loss: float, power_loss: float
) -> tuple[Twin, list[Anomaly]]:
    """The pump at its rated point, two per cent off its sheet, losing a share of head and power at a time."""
    chance = np.random.default_rng(4)
    twin = Twin(station)
    anomalies: list[Anomaly] = []
    for second in range(seconds):
        failed = float(second >= fault_at)
        head = 32.0 * 1.02 * (1.0 - head_loss * failed) + 0.03 * chance.standard_normal()
        power = 23.0 * (1.0 - power_loss * failed) + 0.05 * chance.standard_normal()
        values = np.array(
            [1.0, 1.0 + head * 998.2 * 9.80665 / 1e5, 55.56 + 0.1 * chance.standard_normal(), 1450.0, power]
        )
        anomalies += twin.step(Frame(float(second), values, np.zeros(5, dtype=np.uint8))).changed_anomalies
    return twin, anomalies


def test_wear_of_the_only_pump_is_named_within_ten_seconds() -> None:
    _, anomalies = run(small(), 100, 60, head_loss=0.05, power_loss=0.035)
    assert (anomalies[0].fault, anomalies[0].equipment) == ("impeller_wear", "P1")
    assert anomalies[0].detected - 60 <= 10
    assert anomalies[0].response == ()


def test_a_pump_off_its_sheet_raises_nothing() -> None:
    assert not run(small(), 300, 1000, 0.0, 0.0)[1]


def test_a_sheet_without_efficiency_leaves_power_unjudged_and_head_judged() -> None:
    twin, anomalies = run(small(""), 100, 60, head_loss=0.05, power_loss=0.035)
    assert anomalies
    assert anomalies[0].equipment == "P1"
    assert twin.unchecked


@pytest.mark.parametrize("power", [0.0, np.nan])
def test_without_a_working_power_meter_the_head_is_still_judged(power: float) -> None:
    station = small()
    chance = np.random.default_rng(4)
    twin = Twin(station)
    for second in range(60):
        values = np.array([1.0, 4.1324 + 0.003 * chance.standard_normal(), 55.56, 1450.0, power])
        snapshot = twin.step(Frame(float(second), values, np.zeros(5, dtype=np.uint8)))
    valid = dict(zip((name.name for name in snapshot.residuals.names), snapshot.residuals.valid, strict=True))
    assert valid["head"]
