"""The detectors on a plant that EPANET solves: what they tell of it is not what their own simulator taught them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.foreign import analysed
from tests.bench.foreign_plant.recording import Case, record
from tests.bench.foreign_plant.upsets import Upset


def test_a_valve_that_closes_in_a_plant_solved_by_others_is_named(tmp_path: Path) -> None:
    upset = Upset("discharge_valve_partly_closed", "P103", 2)
    record(Case(upset=upset, at=150.0, seconds=200.0), tmp_path / "station.csv")
    told = analysed(tmp_path / "station.csv")
    assert [(one.equipment, one.fault) for one in told] == [("P103", "discharge_valve_partly_closed")]
    assert told[0].detected - 150.0 <= 10.0


def test_a_rotation_in_a_plant_solved_by_others_is_no_anomaly(tmp_path: Path) -> None:
    record(Case(operation="rotation", seconds=640.0), tmp_path / "station.csv")
    assert analysed(tmp_path / "station.csv") == []


def test_where_frames_come_seldom_a_pump_that_is_taken_out_is_no_wave_and_its_sisters_warm_by_right(
    tmp_path: Path,
) -> None:
    """In a plant solved state by state, pressure follows flow at once, as no elastic line lets it."""
    record(Case(operation="stop", seconds=1100.0, period=5.0, seed=42), tmp_path / "station.csv")
    assert analysed(tmp_path / "station.csv") == []


def test_where_frames_come_seldom_a_pump_shut_in_is_named_and_its_meters_are_not_blamed(tmp_path: Path) -> None:
    upset = Upset("check_valve_stuck_closed", "P102", 1)
    record(Case(upset=upset, at=600.0, seconds=900.0, period=5.0), tmp_path / "station.csv")
    told = analysed(tmp_path / "station.csv")
    assert [(one.equipment, one.fault) for one in told] == [("P102", "check_valve_stuck_closed")]
    assert told[0].detected - 600.0 <= 20.0


def test_where_flow_answers_at_once_the_line_that_moves_most_is_the_one_that_something_came_along(
    tmp_path: Path,
) -> None:
    record(
        Case(upset=Upset("downstream_trip", "LINE-SD"), at=150.0, seconds=170.0, load=0.75), tmp_path / "station.csv"
    )
    assert [(one.equipment, one.fault) for one in analysed(tmp_path / "station.csv")] == [
        ("LINE-SD", "downstream_trip")
    ]


def test_a_pump_that_is_run_down_to_be_stopped_is_not_short_of_flow(tmp_path: Path) -> None:
    record(Case(operation="stop", seconds=440.0, seed=6), tmp_path / "station.csv")
    assert analysed(tmp_path / "station.csv") == []


@pytest.mark.parametrize("fault", ["line_rupture", "upstream_trip"])
def test_where_nobody_measures_make_up_a_hole_is_told_from_a_trip_by_how_much_is_gone(
    tmp_path: Path, fault: str
) -> None:
    record(Case(upset=Upset(fault, "LINE-SU"), at=60.0, seconds=70.0, seed=8), tmp_path / "station.csv")
    assert [(one.equipment, one.fault) for one in analysed(tmp_path / "station.csv")] == [("LINE-SU", fault)]
