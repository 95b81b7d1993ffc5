"""Units: one multiplication and one addition to SI."""

from __future__ import annotations

import math

import pytest

from twin.errors import StationError
from twin.plant.reading import read
from twin.units import KNOWN_UNITS, scale_and_offset, scales_and_offsets, written


@pytest.mark.parametrize(("value", "unit", "si"), [
    (1.35, "MPa", 1.35e6), (6500, "m3/h", 6500 / 3600), (120, "°C", 393.15), (990, "r/min", 990 * 2 * math.pi / 60),
    (1519, "kW", 1.519e6), (40, "L/min", 40e-3 / 60), (180, "deg", math.pi), (6.3, "mm/s", 6.3e-3), (50, "%", 0.5),
])  # fmt: skip
def test_a_value_becomes_si(value: float, unit: str, si: float) -> None:
    scale, offset = scale_and_offset(unit)
    assert value * scale + offset == pytest.approx(si, rel=1e-12)


def test_an_unknown_unit_is_named_with_its_nearest_neighbour() -> None:
    with pytest.raises(StationError, match="Did you mean 'MPa'"):
        scale_and_offset("Mpa")


def test_foreign_units_are_left_as_they_are() -> None:
    scale, offset = scales_and_offsets(["furlong", "kPa"])
    assert scale.tolist() == [1.0, 1000.0]
    assert offset.tolist() == [0.0, 0.0]


def test_every_unit_of_the_reference_station_is_known() -> None:
    assert {tag.unit for tag in read().tags if tag.unit} <= set(KNOWN_UNITS)


def test_a_unit_is_written_as_people_write_it_and_known_however_it_is_written() -> None:
    assert written("m3/h") == "m³/h"
    assert written("-") == ""
    assert written("kPa") == "kPa"
    assert scale_and_offset(written("m3/h")) == scale_and_offset("m3/h")
