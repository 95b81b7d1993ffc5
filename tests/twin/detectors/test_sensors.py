"""Transmitters that fall silent: told at once, those that fail together as one, and lossy links not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.twin.detectors.plant import Plant
from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.signals import Frame, Quality

WARM = 30  # s


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


def without(frame: Frame, lost: NDArray[np.bool_]) -> Frame:
    values = np.where(lost, np.nan, frame.values)
    quality = np.where(lost, np.uint8(Quality.MISSING), frame.quality)
    return replace(frame, values=values, quality=quality)


def told(station: Station, lost: list[NDArray[np.bool_]]) -> list[tuple[int, Anomaly]]:
    """What is found, and how many seconds after the warming, where these tags (n,) are missing second by second."""
    plant, twin = Plant(station, 0), Twin(station)
    for frame in plant.run(WARM):
        twin.step(frame)
    found = []
    for second, gone in enumerate(lost):
        found += [(second, a) for a in twin.step(without(plant.frame(), gone)).changed_anomalies]
    return found


@pytest.mark.parametrize("equipment", ["SUPPLY", "VFD102", "MU"])
def test_transmitters_that_fall_silent_together_are_one_anomaly_of_what_they_are_on(
    station: Station, equipment: str
) -> None:
    gone = np.array([tag.equipment == equipment for tag in station.tags])
    back = np.zeros(len(gone), dtype=bool)
    found = told(station, [gone] * 20 + [back] * 65)
    assert {(a.fault, a.equipment, a.id) for _, a in found} == {("sensor_dropout", equipment, 1)}
    second, anomaly = found[0]
    assert second <= 3
    assert anomaly.consequences == gone.sum() - 1
    assert {e.tag for e in anomaly.evidence} <= {tag.name for tag in station.tags if tag.equipment == equipment}
    assert found[-1][1].until is not None


def test_transmitters_of_many_machines_that_fall_silent_together_are_the_stations(station: Station) -> None:
    gone = np.array([tag.measures == "pump_flow" for tag in station.tags])
    assert {(a.fault, a.equipment) for _, a in told(station, [gone] * 10)} == {("sensor_dropout", "B4")}


def test_a_transmitter_that_loses_two_samples_in_five_is_told(station: Station) -> None:
    chance = np.random.default_rng(5)
    column = station.tags.column("B4-FT-20103")
    lost = [np.arange(len(station.tags)) == (column if chance.random() < 0.4 else -1) for _ in range(25)]
    found = told(station, lost)
    assert {(a.fault, a.equipment) for _, a in found} == {("sensor_dropout", "B4-FT-20103")}


def test_links_that_lose_one_sample_in_two_hundred_blame_no_transmitter(station: Station) -> None:
    chance = np.random.default_rng(6)
    assert not told(station, [chance.random(len(station.tags)) < 0.005 for _ in range(120)])


def test_links_that_lose_one_sample_in_twenty_blame_nobody_and_a_transmitter_that_falls_silent_is_still_told(
    station: Station,
) -> None:
    chance = np.random.default_rng(7)
    column = station.tags.column("B4-FT-20103")
    lost = [(chance.random(len(station.tags)) < 0.05) | (np.arange(len(station.tags)) == column) for _ in range(12)]
    healthy = [chance.random(len(station.tags)) < 0.05 for _ in range(60)]
    found = told(station, healthy + lost)
    assert {(a.fault, a.equipment) for _, a in found} == {("sensor_dropout", "B4-FT-20103")}
    assert found[0][0] - len(healthy) <= 10


def test_a_transmitter_that_its_source_marks_as_bad_is_told_at_once(station: Station) -> None:
    column = station.tags.column("B4-PT-10102")
    plant, twin = Plant(station, 0), Twin(station)
    for frame in plant.run(WARM):
        twin.step(frame)
    found = []
    for second in range(4):
        frame = plant.frame()
        frame.quality[column] = Quality.BAD
        found += [(second, a.fault, a.equipment) for a in twin.step(frame).changed_anomalies]
    assert found == [(found[0][0], "sensor_dropout", "B4-PT-10102")]
    assert found[0][0] <= 3


def test_one_lost_sample_is_nothing_and_two_are_told_where_none_is_ever_lost(station: Station) -> None:
    tags = np.arange(len(station.tags))
    column = station.tags.column("B4-FT-10103")
    none, one = tags < 0, tags == column
    quiet = [none] * 150
    assert not told(station, [*quiet, one, *[none] * 10])
    assert [second for second, _ in told(station, [*quiet, one, none, one])] == [152]
