"""A plant that nobody calibrated, what is true of it, and a healthy stretch of it with load changes, for tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from twin.paths import REFERENCE_STATION
from twin.plant.reading import Station, parse
from twin.plant.station import Words
from twin.signals import Block
from twin.simulation.chance import as_built
from twin.simulation.instruments import transmitters
from twin.simulation.layout import layout_of
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

START = 1_768_190_400.0
CHANGES = (
    Happening(at=60, on="supply", operation="flow", value=17_500, ramp_s=20),
    Happening(at=65, on="return", operation="flow", value=17_000, ramp_s=20),
    Happening(at=150, on="supply", operation="rotate_duty", start="P104", stop="P102"),
    Happening(at=290, on="supply", operation="flow", value=19_500, ramp_s=20),
    Happening(at=295, on="return", operation="flow", value=15_500, ramp_s=20),
)
SECONDS = 420


@cache
def station(name: str) -> Station:
    """The reference station with pumps that nobody calibrated: another plant, within grade 1B, for every name."""
    text = REFERENCE_STATION.read_text(encoding="utf-8")
    text = re.sub(r"^calibration = .*\n", "", text, flags=re.MULTILINE).replace('id = "B4"', f'id = "{name}"')
    return parse(text)


@cache
def block(name: str, seed: int = 1, changes: tuple[Happening, ...] = CHANGES, seconds: int = SECONDS) -> Block:
    """A healthy run of it."""
    plant = Plant(station(name), seed, START, Scenario(name=Words(en=name), duration_s=seconds, happenings=changes))
    frames = [plant.step() for _ in range(seconds)]
    at = np.array([frame.at for frame in frames])
    return Block(at, np.stack([f.values for f in frames]), np.stack([f.quality for f in frames]), at)


def altered(block: Block, column: int, values: np.ndarray) -> Block:
    """The same with other values of one tag."""
    changed = block.values.copy()
    changed[:, column] = values
    return Block(block.at, changed, block.quality, block.arrived)


def once(block: Block) -> Callable[[], Iterator[Block]]:
    """As a calibration asks for it."""
    return lambda: iter([block])


@cache
def truth(name: str) -> dict[tuple[str, str], float]:
    """What is true of every parameter that a simulated plant has."""
    of = station(name)
    layout = layout_of(of)
    built, instruments = as_built(layout), transmitters(layout)
    true: dict[tuple[str, str], float] = {}
    for column, tag in enumerate(of.tags):
        true[tag.name, "offset"] = float(instruments.zero[column])
        true[tag.name, "scale"] = float(instruments.gain[column])
    for index, pump in enumerate(of.pumps):
        meter, power = (of.tags.measuring(pump.id, m) for m in ("pump_flow", "motor_active_power"))
        true[pump.id, "head_scale"] = float(built.head_scale[index])
        true[pump.id, "steepness_scale"] = 1.0
        true[pump.id, "power_scale"] = float(built.power_scale[index] * instruments.gain[power])
        true[pump.id, "flow_scale"] = float(instruments.gain[meter])
    return true
