"""A recording that begins broken is not taken for a station built so, nor a station built otherwise for broken."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.twin.detectors.plant import Plant
from twin.pipeline import Twin
from twin.plant.reading import Station, read

SECONDS = 60


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


def found(plant: Plant, seconds: int = SECONDS) -> dict[tuple[str, str], float]:
    """What stands so many seconds after the first frame, and how many after it that was first told."""
    twin = Twin(plant.station)
    first = plant.at + 1.0
    for frame in plant.run(seconds):
        snapshot = twin.step(frame)
    return {(anomaly.fault, anomaly.equipment): anomaly.detected - first for anomaly in snapshot.anomalies}


def worn(plant: Plant) -> None:
    plant.head_loss[1] = 0.12


def shut(plant: Plant) -> None:
    plant.valve[1] = 12.0


def clogged(plant: Plant) -> None:
    plant.strainer[1] = 6.0


def gauge_off(plant: Plant) -> None:
    plant.bias["B4-PT-10202"] = 0.08


@pytest.mark.parametrize(
    ("broken", "fault", "equipment"),
    [
        (worn, "", "P102"),
        (shut, "discharge_valve_partly_closed", "P102"),
        (clogged, "strainer_clogging", "P102"),
        (gauge_off, "sensor_bias", "B4-PT-10202"),
    ],
)
def test_what_is_broken_from_the_first_frame_on_is_told_within_a_minute(
    station: Station, broken: Callable[[Plant], None], fault: str, equipment: str
) -> None:
    plant = Plant(station, 3)
    broken(plant)
    told = found(plant)
    assert {place for _, place in told} == {equipment}
    assert not fault or (fault, equipment) in told


def test_a_blade_that_is_missing_from_the_first_frame_on_is_told_by_how_its_sisters_shake(station: Station) -> None:
    plant = Plant(station, 3)
    plant.head_loss[1], plant.efficiency_loss[1], plant.vibration[1] = 0.12, 0.10, 3.0
    assert set(found(plant)) == {("broken_blade", "P102")}


def test_a_pump_that_boils_from_the_first_frame_on_need_not_be_as_far_off(station: Station) -> None:
    plant = Plant(station, 3, head_spread=0.0)
    plant.head_loss[1], plant.efficiency_loss[1] = 0.04, 0.02  # no more than builds differ
    assert not found(plant)
    plant = Plant(station, 3, head_spread=0.0)
    plant.head_loss[1], plant.efficiency_loss[1] = 0.04, 0.02
    plant.vibration[1], plant.envelope[1], plant.flow_noise[1] = 1.5, 2.5, 2.0
    assert set(found(plant)) == {("cavitation", "P102")}


def test_pumps_that_all_shake_alike_are_loud_by_nature(station: Station) -> None:
    plant = Plant(station, 3, head_spread=0.0)
    plant.head_loss[1], plant.efficiency_loss[1] = 0.04, 0.02
    plant.envelope *= 2.5
    assert not found(plant)


@pytest.mark.parametrize("seed", range(3))
def test_pumps_built_at_opposite_ends_of_their_tolerance_are_not_broken(station: Station, seed: int) -> None:
    plant = Plant(station, seed)
    ends = np.where(np.random.default_rng(seed).random(len(station.pumps)) < 0.5, -1.0, 1.0)
    plant.scale = 1.0 + 0.03 * ends  # ISO 9906 grade 1B
    plant.meter = 1.0 - 0.01 * ends  # and flow meters of one per cent, the way that hides it least
    assert not found(plant)


def test_a_pump_that_is_mended_after_a_broken_beginning_is_judged_again(station: Station) -> None:
    plant = Plant(station, 3)
    plant.valve[1] = 12.0
    twin = Twin(station)
    changed = [a for frame in plant.run(40) for a in twin.step(frame).changed_anomalies]
    plant.valve[1] = 0.0
    changed += [a for frame in plant.run(110) for a in twin.step(frame).changed_anomalies]
    assert changed[-1].until is not None
    plant.strainer[1] = 1.5
    again = [a for frame in plant.run(30) for a in twin.step(frame).changed_anomalies]
    assert [(a.fault, a.equipment) for a in again][:1] == [("strainer_clogging", "P102")]
