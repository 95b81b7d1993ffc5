"""Where a pump stands by its own gauges: flow, and head from the pressures on either side of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.plant.reading import Station
from twin.plant.water import density
from twin.signals import Floats, TagTable
from twin.units import STANDARD_GRAVITY, scales_and_offsets

NEEDED = ("pump_flow", "suction_pressure", "discharge_pressure")
ROOM_TEMPERATURE, FREEZING = 293.15, 273.15  # K


@dataclass(frozen=True)
class Gauges:
    """The columns of a pump's flow, suction and discharge pressure, and what makes heads of them."""

    columns: tuple[int, ...]
    scale: Floats  # (3,) to SI
    offset: Floats
    rise: float  # of the discharge gauge above the suction gauge [m]
    temperature: float  # of the water [K]

    def points(self, values: NDArray[np.float64]) -> tuple[Floats, Floats]:
        """Flow (n,) [m³/s] and head (n,) [m] of values (3, n) in the tags' units."""
        flow, suction, discharge = values * self.scale[:, None] + self.offset[:, None]
        weight = float(density(self.temperature)) * STANDARD_GRAVITY
        return flow, (discharge - suction) / weight + self.rise


def of_pump(pump: str, tags: TagTable, station: Station | None) -> Gauges | None:
    """The gauges of a pump; None where it lacks one of them."""
    found = [tags.measuring(pump, measures) for measures in NEEDED]
    columns = tuple(column for column in found if column is not None)
    if len(columns) < len(NEEDED):
        return None
    scale, offset = scales_and_offsets(tags[column].unit for column in columns)
    return Gauges(columns, scale, offset, *_places(pump, station))


def measured_pumps(tags: TagTable) -> tuple[str, ...]:
    """Equipment whose tags tell flow and both pressures, in the order of the tags."""
    equipment = dict.fromkeys(tag.equipment for tag in tags if tag.measures in NEEDED)
    return tuple(e for e in equipment if all(tags.measuring(e, measures) is not None for measures in NEEDED))


def _places(pump: str, station: Station | None) -> tuple[float, float]:
    """How far one gauge is above the other, and how warm the water is by the station's file."""
    part = next((each for each in station.pumps if each.id == pump), None) if station is not None else None
    if station is None or part is None:
        return 0.0, ROOM_TEMPERATURE
    height = {node.id: node.elevation_m for node in station.file.nodes}
    circuit = next((each for each in station.file.circuits if each.id == part.circuit), None)
    rise = height.get(part.to_node, 0.0) - height.get(part.from_node, 0.0)
    return rise, circuit.temperature_c + FREEZING if circuit is not None else ROOM_TEMPERATURE
