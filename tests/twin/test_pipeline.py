"""The fold: what a frame does to a snapshot, and what bad frames do not do."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.twin.detectors.plant import START, Plant
from twin.alarms.metrics import WINDOW
from twin.commands import Acknowledge
from twin.detectors.learned import Learned
from twin.pipeline import FLOOD, FLOOD_OVER, Snapshot, Twin
from twin.plant.reading import Station, read
from twin.plant.station import About, Equipment, StationFile, TagEntry
from twin.signals import Block, Frame, Quality, Tag, TagTable

STATION = read()
RECORD = list(Plant(STATION, 5).run(60))


@pytest.fixture(scope="module")
def station() -> Station:
    return STATION


def told(snapshots: list[Snapshot]) -> list[str]:
    """What is said of the data."""
    return [event.text.en for snapshot in snapshots for event in snapshot.events if event.subject == "data"]


def at(frame: Frame, time: float) -> Frame:
    return Frame(time, frame.values, frame.quality)


def test_the_same_frames_give_the_same_snapshots(station: Station) -> None:
    one, other = Twin(station), Twin(station)
    for frame in RECORD:
        a, b = one.step(frame), other.step(frame)
        np.testing.assert_array_equal(a.residuals.value, b.residuals.value)
        assert a.anomalies == b.anomalies
        assert a.alarms == b.alarms


def test_a_copy_of_a_twin_goes_on_as_the_twin_does(station: Station) -> None:
    """Looking back at a moment begins with a copy of a twin that has learned; a part that is shared would tell it."""
    plant, twin = Plant(station, 5), Twin(station)
    for frame in plant.run(60):
        twin.step(frame)
    copied = copy.deepcopy(twin, {id(station): station})
    plant.head_loss[1] = 0.05
    for frame in plant.run(20):
        a, b = twin.step(frame), copied.step(frame)
        np.testing.assert_array_equal(a.residuals.z, b.residuals.z)
        assert a.anomalies == b.anomalies
        assert a.alarms == b.alarms
    assert a.anomalies


def test_residual_names_are_the_same_object_in_every_frame(station: Station) -> None:
    twin = Twin(station)
    assert twin.step(RECORD[0]).residuals.names is twin.step(RECORD[1]).residuals.names


def test_foreign_data_has_neither_pumps_nor_residuals() -> None:
    tags = TagTable([Tag("a", unit="bar"), Tag("b")])
    twin = Twin(None, tags)
    snapshot = twin.step(Frame(0.0, np.array([1.0, np.nan]), np.zeros(2, dtype=np.uint8)))
    assert snapshot.pumps == ()
    assert snapshot.residuals.names == ()
    assert snapshot.anomalies == ()
    assert "only the tags" in twin.unchecked[0].en


def test_columns_in_another_order_with_tags_missing_say_the_same(station: Station) -> None:
    order = np.random.default_rng(0).permutation(len(station.tags))[:900]
    tags = TagTable(station.tags[int(i)] for i in order)
    moved, straight = Twin(station, tags), Twin(station)
    for frame in RECORD[:30]:
        snapshot, expected = (
            moved.step(Frame(frame.at, frame.values[order], frame.quality[order])),
            straight.step(frame),
        )
    known = {
        (n.equipment, n.name, n.tag): v for n, v in zip(expected.residuals.names, expected.residuals.value, strict=True)
    }
    for name, value in zip(snapshot.residuals.names, snapshot.residuals.value, strict=True):
        if name.name == "suction_loss":
            assert value == pytest.approx(known[name.equipment, name.name, name.tag], nan_ok=True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.02, 0.1, 0.5]))
def test_whichever_tags_come_the_rest_is_done_without(seed: int, share: float) -> None:
    chosen = np.flatnonzero(np.random.default_rng(seed).random(len(STATION.tags)) < share)
    twin = Twin(STATION, TagTable(STATION.tags[int(i)] for i in chosen))
    for frame in RECORD[:10]:
        snapshot = twin.step(Frame(frame.at, frame.values[chosen], frame.quality[chosen]))
        assert snapshot.anomalies == ()


def test_a_frame_whose_time_stands_still_is_shown_and_told_once(station: Station) -> None:
    twin = Twin(station)
    snapshots = [twin.step(frame) for frame in (RECORD[0], RECORD[0], RECORD[0], RECORD[1])]
    assert len(told(snapshots)) == 1
    assert snapshots[2].residuals is snapshots[0].residuals
    assert snapshots[3].residuals is not snapshots[0].residuals


def test_a_clock_that_was_set_back_is_followed_after_some_frames(station: Station) -> None:
    twin = Twin(station)
    twin.step(RECORD[0])
    snapshots = [twin.step(at(frame, START - 3600.0 + i)) for i, frame in enumerate(RECORD[1:20])]
    notices = told(snapshots)
    assert len(notices) == 2
    assert "set back by" in notices[1]
    assert snapshots[-1].residuals is not snapshots[0].residuals


def test_a_gap_is_told_and_raises_nothing(station: Station) -> None:
    twin = Twin(station)
    snapshots = [twin.step(at(f, START + i + (500 if i > 30 else 0))) for i, f in enumerate(RECORD)]
    assert told(snapshots) == ["No data for 501 s"]
    assert not any(snapshot.changed_anomalies for snapshot in snapshots)


def test_an_acknowledged_alarm_is_in_the_next_snapshot(station: Station) -> None:
    twin = Twin(station)
    values = RECORD[0].values.copy()
    values[station.tags.measuring("VFD101", "alarm")] = 1.0
    alarms = twin.step(Frame(START, values, RECORD[0].quality)).alarms
    alarm = next(a for a in alarms if a.tag == "B4-YS-10168")
    twin.obey(Acknowledge(alarm.id, "a tester", START))
    changed = twin.step(Frame(START + 1, values, RECORD[0].quality)).changed_alarms
    assert [(a.id, a.state, a.acknowledged_by) for a in changed] == [(alarm.id, "acknowledged", "a tester")]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0), st.sampled_from([np.nan, np.inf, -np.inf, 0.0]))
def test_a_storm_of_missing_values_neither_crashes_nor_floods(seed: int, share: float, instead: float) -> None:
    chance = np.random.default_rng(seed)
    twin = Twin(STATION)
    changed = []
    for i, frame in enumerate(RECORD):
        hit = (chance.random(len(frame.values)) < share) & (25 <= i < 45)
        values = np.where(hit, instead, frame.values)
        quality = np.where(hit, np.uint8(Quality.MISSING), frame.quality)
        changed += twin.step(Frame(frame.at, values, quality)).changed_anomalies
    assert {anomaly.fault for anomaly in changed} <= {"sensor_dropout"}
    assert len(changed) <= 2


def test_a_lost_connection_is_told_once_and_blames_no_transmitter(station: Station) -> None:
    twin = Twin(station)
    snapshots = []
    for i, frame in enumerate(RECORD):
        quality = np.full(len(frame.values), Quality.MISSING, dtype=np.uint8) if 30 <= i < 40 else frame.quality
        snapshots.append(twin.step(Frame(frame.at, frame.values, quality)))
    assert [text.split(":")[0] for text in told(snapshots)] == [
        "Many values are missing at once",
        "The missing values are back",
    ]
    assert not any(snapshot.changed_anomalies for snapshot in snapshots)


def test_a_transmitter_that_falls_silent_is_told_within_three_seconds(station: Station) -> None:
    twin = Twin(station)
    changed = []
    for i, frame in enumerate(RECORD):
        values = frame.values.copy()
        if i >= 30:
            values[station.tags.column("B4-FT-10103")] = np.nan
        changed += twin.step(Frame(frame.at, values, frame.quality)).changed_anomalies
    assert [(a.fault, a.equipment) for a in changed] == [("sensor_dropout", "B4-FT-10103")]
    assert changed[0].detected - RECORD[30].at <= 3


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([0.0, 600.0])
@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0])), min_size=1, max_size=40))
def test_time_may_jump_as_it_likes(steps: list[float]) -> None:
    twin = Twin(STATION)
    time = START
    notices, changed = 0, []
    for i, step in enumerate(steps):
        time += step
        snapshot = twin.step(at(RECORD[i % len(RECORD)], time))
        notices += sum(event.subject == "data" for event in snapshot.events)  # not what so many alarms are called
        changed += snapshot.changed_anomalies
    assert notices <= len(steps)
    assert {(anomaly.equipment, anomaly.evidence[0].residual) for anomaly in changed} <= {("B4", "time")}


def test_strange_foreign_data_is_an_anomaly_of_unknown_fault() -> None:
    tags = TagTable([Tag("flow", unit="L/min"), Tag("current", unit="A")])
    chance = np.random.default_rng(2)
    values = np.array([30.0, 1.5]) + 0.05 * chance.standard_normal((600, 2))
    values[500:, 0] += 6.0
    good = np.zeros((600, 2), dtype=np.uint8)
    at = np.arange(600.0)
    learned = Learned.fit(Block(at[:300], values[:300], good[:300], at[:300]), tags)
    twin = Twin(None, tags, learned)
    changed = []
    for row in range(300, 600):
        snapshot = twin.step(Frame(at[row], values[row], good[row]))
        assert snapshot.score is not None
        changed += snapshot.changed_anomalies
    assert [(a.fault, a.equipment, a.until) for a in changed] == [("unknown", "flow", None)]
    assert 500 <= changed[0].detected < 520


def test_an_alarm_flood_is_told_when_it_begins_and_when_it_is_over() -> None:
    smoke = tuple(TagEntry(name=f"XA-{n}", equipment=f"R{n}", measures="smoke_1", kind="digital") for n in range(12))
    rooms = tuple(Equipment(id=f"R{n}", kind="room") for n in range(12))
    file = StationFile(format="pumphouse-station", version=1, station=About(id="S"), equipment=rooms, tags=smoke)
    twin, none = Twin(Station(file)), np.zeros(12, dtype=np.uint8)
    said = [twin.step(Frame(float(at), (np.arange(12) < at).astype(float), none)) for at in range(13)]
    said.append(twin.step(Frame(WINDOW + 30.0, np.ones(12), none)))
    told = [[event.text for event in s.events if event.subject == "alarms"] for s in said]
    assert told == [[]] * 11 + [[FLOOD], [], [FLOOD_OVER]]
    assert [s.alarm_rates.flood for s in said] == [False] * 11 + [True, True, False]
    assert (said[12].alarm_rates.per_window, said[12].alarm_rates.standing) == (12, 12)
