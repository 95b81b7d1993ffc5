"""The reference station, and the smallest one that can run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from twin.plant.reading import Station, parse, read
from twin.signals import Floats, Frame
from twin.simulation.plant import Plant

START = 1_768_190_400.0  # 2026-01-12 12:00 in Asia/Shanghai

SMALL = """
format = "pumphouse-station"
version = 1
station = {id = "ONE"}
nodes = [{id = "A"}, {id = "B"}]
circuits = [{id = "main", inlet = "A", outlet = "B", temperature_c = 20, flow_m3_h = 100}]
pumps = [{id = "P1", circuit = "main", curve = "c", from_node = "A", to_node = "B", rated_flow_m3_h = 100}]
tags = [
  {name = "Q", equipment = "P1", measures = "pump_flow", unit = "m3/h", range = [0, 300]},
  {name = "P", equipment = "P1", measures = "motor_active_power", unit = "kW", range = [0, 50]},
  {name = "X", equipment = "P1", measures = "colour"},
]
[[lines]]
id = "IN"
circuit = "main"
side = "upstream"
node = "A"
length_m = 800
bore_m = 0.15
head_m = 20
flow_m3_h = 100

[[lines]]
id = "OUT"
circuit = "main"
side = "downstream"
node = "B"
length_m = 800
bore_m = 0.15
head_m = 15
flow_m3_h = 100

[curves.c]
speed_rpm = 1450
flow_m3_h = [0, 100, 200]
head_m = [40, 36, 22]
efficiency = [0, 0.7, 0.6]
"""


@cache
def reference() -> Station:
    return read()


@cache
def small() -> Station:
    return parse(SMALL)


def plant(scenario: str = "healthy", seed: int = 3) -> Plant:
    return Plant(reference(), seed, START, scenario)


@cache
def frames_of(scenario: str) -> tuple[Frame, ...]:
    """The first 130 seconds of a scenario, run once for all tests."""
    return tuple(run(plant(scenario), 130))


def run(plant: Plant, seconds: int) -> list[Frame]:
    return [plant.step() for _ in range(seconds)]


def column(frames: Sequence[Frame], equipment: str, measures: str) -> Floats:
    """(t,) what the tag said, in its own unit."""
    at = reference().tags.measuring(equipment, measures)
    assert at is not None, (equipment, measures)
    return np.array([frame.values[at] for frame in frames])
