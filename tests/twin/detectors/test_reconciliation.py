"""A transmitter that is not believed is replaced by what all others know of it, and no pump is blamed for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.detectors.plant import Plant
from twin.detectors.anomaly import Anomaly
from twin.detectors.channels import Channels
from twin.detectors.kinds import USED_UP, WHY, Sample
from twin.detectors.reconciliation import Reconciliation
from twin.detectors.signatures import Library
from twin.pipeline import Snapshot, Twin
from twin.plant.model import PumpModel
from twin.plant.reading import Station, read
from twin.signals import Frame, Quality

WARM = 60  # s
SET_ASIDE = 25  # s in which a wrong transmitter is found, settled and set aside
P102 = 1
METER, GAUGE, POWER = "B4-FT-10203", "B4-PT-10202", "B4-JT-10235"
Treat = Callable[[Frame], Frame]


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


@cache
def known() -> tuple[Station, PumpModel, Channels, Library]:
    station = read()
    model = PumpModel(station)
    channels = Channels(model)
    return station, model, channels, Library(model, channels)


def of_readings() -> Reconciliation:
    return Reconciliation(*known()[1:])


def fold(twin: Twin, plant: Plant, seconds: int, treat: Treat = lambda frame: frame) -> list[Snapshot]:
    return [twin.step(treat(frame)) for frame in plant.run(seconds)]


def found(snapshots: Iterable[Snapshot]) -> set[tuple[str, str]]:
    anomalies: list[Anomaly] = [a for snapshot in snapshots for a in snapshot.changed_anomalies]
    return {(a.fault, a.equipment) for a in anomalies}


def gone(station: Station, tag: str) -> Treat:
    column = station.tags.column(tag)

    def treat(frame: Frame) -> Frame:
        values, quality = frame.values.copy(), frame.quality.copy()
        values[column], quality[column] = np.nan, Quality.MISSING
        return replace(frame, values=values, quality=quality)

    return treat


def calm(channels: Channels, departure: np.ndarray) -> Sample:
    nought = np.zeros(len(channels))
    return Sample(departure, nought, nought + 1.0, nought, nought, np.zeros(len(channels), dtype=np.intp))


@pytest.mark.parametrize(("tag", "wrong"), [(METER, 200.0), (GAUGE, 0.03), (POWER, 60.0)])
def test_a_wrong_reading_is_shown_beside_what_it_should_be(station: Station, tag: str, wrong: float) -> None:
    plant, twin = Plant(station, 0), Twin(station)
    fold(twin, plant, WARM)
    plant.bias[tag] = wrong
    last = fold(twin, plant, 3 * SET_ASIDE)[-1]
    column = station.tags.column(tag)
    told = last.reconciled[column]
    assert told.fault == "sensor_bias"
    assert told.value == pytest.approx(last.frame.values[column] - wrong, abs=5.0 * told.sigma)
    assert told.sigma < 0.1 * wrong


def test_the_frame_that_is_shown_and_recorded_stays_as_it_came(station: Station) -> None:
    plant, twin = Plant(station, 0), Twin(station)
    fold(twin, plant, WARM)
    plant.bias[METER] = 200.0
    frame = fold(twin, plant, SET_ASIDE) and plant.frame()
    assert twin.step(frame).frame is frame


def test_a_pump_whose_meter_is_wrong_is_judged_all_the_same(station: Station) -> None:
    plant, twin = Plant(station, 0), Twin(station)
    fold(twin, plant, WARM)
    plant.bias[METER] = 200.0
    assert found(fold(twin, plant, SET_ASIDE)) == {("sensor_bias", METER)}
    plant.head_loss[P102], plant.efficiency_loss[P102] = 0.04, 0.01
    assert found(fold(twin, plant, 15)) == {("impeller_wear", "P102")}


def test_a_reading_that_comes_right_again_ends_its_anomaly_and_never_drifted(station: Station) -> None:
    plant, twin = Plant(station, 0), Twin(station)
    fold(twin, plant, WARM)
    plant.bias[METER] = 200.0
    fold(twin, plant, 2 * SET_ASIDE)
    plant.bias.clear()
    snapshots = fold(twin, plant, 90)
    assert found(snapshots) == {("sensor_bias", METER)}
    assert not snapshots[-1].anomalies
    assert not snapshots[-1].reconciled


def test_a_meter_that_fell_silent_is_replaced_while_the_station_changes_its_load(station: Station) -> None:
    plant, twin = Plant(station, 0), Twin(station)
    fold(twin, plant, WARM)
    silent = gone(station, METER)
    assert found(fold(twin, plant, 10, silent)) == {("sensor_dropout", METER)}
    plant.speed[:3] = plant.set_point[:3] = 0.98
    snapshots = fold(twin, plant, 30, silent)
    assert not found(snapshots)
    told = snapshots[-1].reconciled[station.tags.column(METER)]
    which = np.flatnonzero(plant.circuit == "supply")
    truth = plant.solve(which)[0][P102] * plant.meter[P102] * 3600.0
    assert told.value == pytest.approx(truth, abs=4.0 * told.sigma)


def test_a_meter_that_grows_very_noisy_is_not_taken_for_water_that_boils(station: Station) -> None:
    plant, twin, chance = Plant(station, 0), Twin(station), np.random.default_rng(3)
    column = station.tags.column(METER)

    def noisy(frame: Frame) -> Frame:
        values = frame.values.copy()
        values[column] += 500.0 * chance.standard_normal()
        return replace(frame, values=values)

    fold(twin, plant, 2 * WARM)
    assert found(fold(twin, plant, 45, noisy)) == {("sensor_noise", METER)}


def test_what_went_into_a_reconciled_reading_says_that_it_may_not_be_judged(station: Station) -> None:
    plant, twin = Plant(station, 0), Twin(station)
    fold(twin, plant, WARM)
    residuals = fold(twin, plant, 10, gone(station, METER))[-1].residuals
    why = dict(zip(((n.equipment, n.name) for n in residuals.names), residuals.why, strict=True))
    assert why["SUPPLY", "flow_balance"] == WHY[USED_UP] == "used up by a replaced reading"
    assert why["P102", "head"] == ""


@given(
    tag=st.sampled_from([METER, GAUGE, POWER, "B4-PT-20101", "B4-ST-10231", "B4-PT-30011B", "B4-FT-30003A"]),
    size=st.floats(-20.0, 20.0).filter(lambda size: abs(size) > 0.5),
)
@settings(max_examples=60, deadline=None)
def test_an_error_is_found_from_what_it_moves(tag: str, size: float) -> None:
    station, _, channels, library = known()
    moves = sum(m for c in library.circuits for row, m in zip(c.rows, c.moves, strict=True) if row.equipment == tag)
    column, sigma = station.tags.column(tag), np.full(len(channels), 0.2)
    frame = Frame(0.0, np.full(len(station.tags), 100.0), np.zeros(len(station.tags), dtype=np.uint8))
    wrong = []
    for departure in (size * np.asarray(moves), 2.0 * size * np.asarray(moves)):
        reconciliation = of_readings()
        moved = reconciliation.set_aside(column, "sensor_bias", calm(channels, departure), departure, sigma)
        assert moved is not None
        assert np.array_equal(moved, departure != 0.0)
        replaced = reconciliation.substitute(frame)
        assert np.flatnonzero(replaced.values != frame.values).tolist() == [column]
        wrong.append(100.0 - replaced.values[column])
    assert np.sign(wrong[0]) == np.sign(size)
    assert wrong[1] == pytest.approx(2.0 * wrong[0], rel=1e-6)


def test_nothing_is_set_aside_of_which_nobody_else_knows() -> None:
    station, _, channels, _ = known()
    nothing, sigma = np.zeros(len(channels)), np.full(len(channels), 0.2)
    bearing = station.tags.column("B4-TT-10105")
    assert of_readings().set_aside(bearing, "sensor_bias", calm(channels, nothing), nothing, sigma) is None
    stopped = calm(channels, nothing)
    stopped.why[:] = 2
    assert of_readings().set_aside(station.tags.column(METER), "sensor_bias", stopped, nothing, sigma) is None
