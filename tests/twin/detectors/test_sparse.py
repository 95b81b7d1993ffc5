"""Recordings as people have them: a frame every few seconds, or samples lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.twin.detectors.plant import Plant as Quick
from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.plant.station import Words
from twin.signals import Frame, Quality
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

START = 1_768_000_000.0
ONSET = 200.0  # s
WATCHED = 100.0  # s
LOST = 0.05  # of all samples
FAULTS = (
    ("winding_overheating", "P101"),
    ("check_valve_stuck_open", "P204"),
    ("transformer_overtemperature", "ST1"),
    ("bearing_de", "P103"),
    ("water_quality", "WQ-R"),
)
"""Of different equipment, so that all come in one run."""


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


@pytest.fixture(scope="module")
def frames(station: Station) -> list[Frame]:
    happenings = tuple(Happening(at=ONSET, on=on, fault=name, severity="clear") for name, on in FAULTS)
    scenario = Scenario(name=Words(en="faults"), duration_s=ONSET + WATCHED, happenings=happenings)
    plant = Plant(station, 4, START, scenario)
    return [plant.step() for _ in range(int(ONSET + WATCHED))]


def every(seconds: int) -> Callable[[list[Frame]], list[Frame]]:
    return lambda frames: frames[::seconds]


def lossy(frames: list[Frame]) -> list[Frame]:
    chance = np.random.default_rng(8)

    def one(frame: Frame) -> Frame:
        lost = chance.random(len(frame.values)) < LOST
        quality = np.where(lost, np.uint8(Quality.MISSING), frame.quality)
        return replace(frame, values=np.where(lost, np.nan, frame.values), quality=quality)

    return [one(frame) for frame in frames]


def found(station: Station, frames: list[Frame]) -> list[Anomaly]:
    twin = Twin(station)
    return [anomaly for frame in frames for anomaly in twin.step(frame).changed_anomalies]


@pytest.mark.parametrize("spoil", [every(2), every(5), lossy], ids=["every_2_s", "every_5_s", "one_in_twenty_lost"])
def test_what_is_wrong_is_found_in_a_recording_that_is_sparse_or_has_holes(
    station: Station, frames: list[Frame], spoil: Callable[[list[Frame]], list[Frame]]
) -> None:
    named = {(a.fault, a.equipment): a.detected - START - ONSET for a in reversed(found(station, spoil(frames)))}
    assert set(FAULTS) <= set(named)
    assert all(named[fault] <= 70.0 for fault in FAULTS), named


def test_where_a_frame_comes_every_five_seconds_two_that_are_far_off_are_enough(station: Station) -> None:
    plant, twin = Quick(station, 1), Twin(station)
    for frame in list(plant.run(200))[::5]:
        assert not twin.step(frame).changed_anomalies
    plant.valve[1] = 12.0
    changed = [anomaly for frame in list(plant.run(15))[::5] for anomaly in twin.step(frame).changed_anomalies]
    assert (changed[0].fault, changed[0].equipment) == ("discharge_valve_partly_closed", "P102")
    assert changed[0].detected - plant.at <= -5.0  # of three frames the second


def test_where_a_frame_comes_every_five_seconds_a_wrong_meter_is_one_anomaly(station: Station) -> None:
    plant, twin = Quick(station, 1), Twin(station)
    for frame in list(plant.run(200))[::5]:
        twin.step(frame)
    plant.bias["B4-FT-10203"] = 300.0
    changed = [anomaly for frame in list(plant.run(60))[::5] for anomaly in twin.step(frame).changed_anomalies]
    assert {(anomaly.fault, anomaly.equipment) for anomaly in changed} == {("sensor_bias", "B4-FT-10203")}


def spoilt(station: Station, tag: str, error: Callable[[float], float], seconds: int) -> list[Anomaly]:
    """What is told of a transmitter that errs, after 400 s of a frame every five seconds, by seconds since."""
    plant, twin, told = Quick(station, 1), Twin(station), list[Anomaly]()
    column = station.tags.column(tag)
    for i, frame in enumerate(list(plant.run(400 + seconds))[::5]):
        values = frame.values.copy()
        values[column] += error(5.0 * i - 400.0) if 5 * i >= 400 else 0.0
        told += twin.step(replace(frame, values=values)).changed_anomalies
    return told


def test_where_frames_come_seldom_a_gauge_that_goes_on_growing_wrong_drifts(station: Station) -> None:
    told = spoilt(station, "B4-PT-10102", lambda since: 1e-4 * since, 300)  # MPa
    assert {anomaly.id for anomaly in told} == {told[0].id}
    assert (told[-1].fault, told[-1].equipment) == ("sensor_drift", "B4-PT-10102")


def test_where_frames_come_seldom_a_noisy_gauge_is_told_within_a_minute_and_is_not_biased(station: Station) -> None:
    chance = np.random.default_rng(5)
    told = spoilt(station, "B4-PT-10202", lambda _: 0.008 * chance.standard_normal(), 90)
    assert {(anomaly.fault, anomaly.equipment) for anomaly in told} == {("sensor_noise", "B4-PT-10202")}
