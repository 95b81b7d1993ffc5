"""The calendar of a station: duty goes round, what rests is looked after, and any day is known without those before."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.simulation.stations import column, reference, run, small
from twin.commands import Disturb, Operate
from twin.simulation.almanac import Almanac
from twin.simulation.layout import layout_of
from twin.simulation.plant import Plant
from twin.simulation.weather import DAY

LAYOUT, ZONE = layout_of(reference()), reference().zone
ALMANAC = Almanac(LAYOUT, 7, ZONE)


def local(month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    year = 2025 if month > 8 else 2026
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).timestamp()


BEGINS, ENDS = local(11, 15), local(3, 15)


@settings(max_examples=40, deadline=None)
@given(st.floats(BEGINS, ENDS))
def test_one_pump_of_each_circuit_stands_by_at_any_time(at: float) -> None:
    standby = ALMANAC.standby(at)
    for circuit in (0, 1):
        assert standby[LAYOUT.machines.circuit == circuit].sum() == 1


def test_who_stands_by_is_what_all_changes_of_duty_so_far_have_left() -> None:
    standby = ALMANAC.standby(BEGINS)
    for turn in ALMANAC.turns(BEGINS, ENDS):
        np.testing.assert_array_equal(standby, ALMANAC.standby(turn.at - 1.0))
        assert standby[turn.start]
        assert not standby[turn.stop]
        standby[turn.start], standby[turn.stop] = False, True
        np.testing.assert_array_equal(standby, ALMANAC.standby(turn.at))


def test_duty_changes_once_a_week_by_day_and_every_pump_gets_its_turn() -> None:
    turns = ALMANAC.turns(BEGINS, ENDS)
    for circuit in (0, 1):
        of = [turn for turn in turns if turn.circuit == circuit]
        assert all(6.9 * DAY < b.at - a.at < 7.1 * DAY for a, b in pairwise(of))
        assert {turn.start for turn in of} == set(np.flatnonzero(LAYOUT.machines.circuit == circuit).tolist())
        assert all(10 <= datetime.fromtimestamp(turn.at, ZONE).hour <= 12 for turn in of)


def test_no_two_circuits_change_within_an_hour() -> None:
    turns = ALMANAC.turns(BEGINS, ENDS)
    assert min(b.at - a.at for a, b in pairwise(turns)) > 3600.0


def test_only_a_pump_that_stands_by_is_isolated() -> None:
    isolated = 0
    for at in np.arange(BEGINS, ENDS, 1800.0):
        service = ALMANAC.service(float(at))
        if service is not None and service.isolated.any():
            assert (service.isolated <= ALMANAC.standby(float(at))).all()
            isolated += 1
    assert isolated > 17 * 10


def test_everything_gets_its_service_within_half_a_year() -> None:
    told = [(event.subject, event.text.en) for at in range(27) for event in _events(local(9, 1) + 7 * DAY * at)]
    names = {name for name, _ in told}
    assert set(LAYOUT.machines.ids) <= names
    for kind in (
        "transformer",
        "station_transformer",
        "ups",
        "dc_panel",
        "lv_panel",
        "motor_valve",
        "cubicle",
        "relief_valve",
    ):
        assert set(LAYOUT.ids(kind)) <= names, kind
    assert all(event.text.zh for event in _events(BEGINS))


def _events(week: float) -> list[object]:
    """What is told in a week, asked for where something begins."""
    begins = sorted({job.begins for day in range(7) for job in ALMANAC._jobs(ALMANAC._day(week + day * DAY))})
    return [event for at in begins for event in ALMANAC.events(at) if event.data["operation"] == "service"]


def test_a_run_over_a_change_of_duty_has_the_new_pump_running_as_one_that_starts_after_it() -> None:
    turn = next(turn for turn in ALMANAC.turns(BEGINS, ENDS) if turn.circuit == 0)
    before = Plant(reference(), 7, turn.at - 20.0, "season")
    frames = run(before, 420)
    started, stopped = (LAYOUT.machines.ids[i] for i in (turn.start, turn.stop))
    assert not column(frames[:10], started, "running").any()
    assert column(frames[-5:], started, "running").all()
    assert not column(frames[-5:], stopped, "running").any()
    after = run(Plant(reference(), 7, turn.at + 400.0, "season"), 3)
    for pump in LAYOUT.machines.ids:
        assert column(after, pump, "running")[-1] == column(frames, pump, "running")[-1]
    assert "rotate_duty" in [event.data["operation"] for frame in frames for event in frame.events]


def test_a_pump_in_service_is_not_ready_and_its_breaker_is_open() -> None:
    at = next(t for t in np.arange(BEGINS, ENDS, 600.0) if _isolated(float(t)) == "P104")
    frames = run(Plant(reference(), 7, float(at), "season"), 5)
    for measures, expected in (("ready", 0), ("remote", 0), ("suction_valve_open", 0), ("running", 0)):
        assert (column(frames, "P104", measures) == expected).all(), measures
    assert not column(frames, "H04", "breaker_closed").any()
    assert column(frames, "H01", "breaker_closed").all()


def test_a_pump_that_is_isolated_is_neither_started_nor_armed_until_its_service_is_over() -> None:
    times = np.arange(BEGINS, ENDS, 600.0)
    at = next(float(t) for t in times if _isolated(float(t)) == "P104")
    of_plant = Plant(reference(), 7, at + 60.0, "season")
    of_plant.operate(Operate("start", "P104", "operator", at))
    of_plant.disturb(Disturb("drive_trip", "P102", "test", at))
    frames = run(of_plant, 3)
    said = [(event.subject, event.text.en) for frame in frames for event in frame.events if event.kind == "notice"]
    assert ("P104", "start refused: it is isolated for service") in said
    assert ("P102", "tripped, and no standby is ready") in said
    assert not column(frames, "P104", "running").any()
    over = Plant(reference(), 7, at + 6.0 * 3600.0, "season")
    run(over, 1)
    over.operate(Operate("start", "P104", "operator", at))
    assert column(run(over, 2), "P104", "running")[-1] == 1.0


def _isolated(at: float) -> str:
    service = ALMANAC.service(at)
    if service is None or not service.isolated.any():
        return ""
    return LAYOUT.machines.ids[int(np.argmax(service.isolated))]


def test_a_transformer_that_is_out_leaves_its_load_to_the_other() -> None:
    times = np.arange(BEGINS, ENDS, 1800.0)
    at = next(float(t) for t in times if (s := ALMANAC.service(float(t))) is not None and s.transformer == 0)
    frames = run(Plant(reference(), 7, at, "season"), 5)
    assert not column(frames, "T1", "incomer_active_power").any()
    assert not column(frames, "T1", "breaker_closed").any()
    feeders = sum(column(frames, f"H{n:02d}", "feeder_power").mean() for n in (1, 2, 3, 4, 5, 6, 7, 8, 11, 12))
    assert column(frames, "T2", "incomer_active_power").mean() * 1e3 == pytest.approx(feeders, rel=0.02)
    assert column(frames, "H13", "breaker_closed").all()
    ours = sum(column(frames, name, "feeder_power").mean() for name in ("H01", "H02", "H03", "H04", "H11"))
    coupled = sum(column(frames, name, "feeder_power").mean() for name in ("H13", "H14"))
    assert coupled == pytest.approx(ours, rel=0.02)


def test_a_station_without_a_standby_has_nothing_to_turn() -> None:
    almanac = Almanac(layout_of(small()), 1, ZONE)
    assert almanac.turns(BEGINS, ENDS) == []
    assert not almanac.standby(BEGINS).any()
    assert almanac.happenings(BEGINS, ENDS) == ()
