"""HDF5 to Parquet to HDF5 is identity, and other programs find what they look for."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.twin.recordings.material import (
    START,
    TAGS,
    alarm,
    anomaly,
    assert_same,
    assert_same_picture,
    frames,
    panorama,
    recorded,
    thermal,
    with_pictures,
)
from twin.exporting import export
from twin.importing import import_files
from twin.notes import Annotation, Withdrawal
from twin.paths import REFERENCE_STATION
from twin.plant.reading import read
from twin.recordings import recording as recording_module
from twin.recordings.annotations import annotate, annotated
from twin.recordings.exporters import parquet
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Floats, Frame, Pose, Qualities
from twin.thermography import Panorama, ThermalFrame
from twin.times import span


def there_and_back(path: Path) -> Path:
    """The recording that comes back from the Parquet file of another."""
    with Recording.open(path) as recording:
        export(recording, path.with_suffix(".parquet"))
    back = path.with_name("back.h5")
    import_files([path.with_suffix(".parquet")], back, None, None, lambda share: None)
    return back


@settings(deadline=None, max_examples=25)
@given(
    arrays.arrays(
        np.float64, st.tuples(st.integers(1, 20), st.just(len(TAGS))), elements=st.floats(allow_infinity=False)
    ),
    arrays.arrays(np.uint8, (20, len(TAGS)), elements=st.integers(0, 4)),
    arrays.arrays(np.int64, (20,), elements=st.integers(0, 10_000_000)),
    st.lists(st.one_of(st.just(np.nan), st.integers(0, 1000).map(float)), min_size=20, max_size=20),
)
def test_values_quality_time_arrival_and_the_tag_table_come_back(
    values: Floats, quality: Qualities, steps: np.ndarray, late: list[float]
) -> None:
    at = START + np.cumsum(steps)[: len(values)] / 1000
    with tempfile.TemporaryDirectory() as name:
        first = recorded(
            Path(name) / "first.h5",
            [
                Frame(float(t), row, q, float(t) + lag)
                for t, row, q, lag in zip(at, values, quality, late, strict=False)
            ],
        )
        with Recording.open(there_and_back(first)) as back, Recording.open(first) as recording:
            wanted, got = recording.range(-np.inf, np.inf), back.range(-np.inf, np.inf)
            assert back.tags == recording.tags == TAGS
    for name in ("at", "values", "quality", "arrived"):
        np.testing.assert_array_equal(getattr(got, name), getattr(wanted, name), name)


def test_the_station_and_what_happened_come_back_too(tmp_path: Path) -> None:
    station = read(REFERENCE_STATION)
    with Recorder(tmp_path / "first.h5", TAGS, station) as recorder:
        for frame in frames(30):
            recorder.append(frame)
        recorder.anomaly(anomaly())
        recorder.alarm(alarm())
    with Recording.open(tmp_path / "first.h5") as recording, Recording.open(there_and_back(recording.path)) as back:
        assert back.station is not None
        assert back.station.digest == station.digest
        assert back.events(-np.inf, np.inf) == recording.events(-np.inf, np.inf)
        assert [(one.id, one.fault, one.candidates) for one in back.anomalies()] == [
            (one.id, one.fault, one.candidates) for one in recording.anomalies()
        ]
        assert [(one.id, one.text) for one in back.alarms()] == [(one.id, one.text) for one in recording.alarms()]


def everything(path: Path, late: float = 0.0) -> Path:
    """A recording of everything there is, with robots that tell where they are at a pace of their own."""
    with Recorder(path, TAGS, read(REFERENCE_STATION)) as recorder:
        for frame in with_pictures(frames(60), every=10):
            poses = [
                Pose(robot, frame.at + late + part, (part, frame.at - START, 0.5), (0.0, 0.0, 0.6, 0.8))
                for robot, pace in (("RB1", 5), ("RB2", 2))
                for part in np.arange(-1, 0, 1 / pace).tolist()
            ]
            recorder.append(replace(frame, poses=tuple(poses)))
            state = {5.0: "unacknowledged", 15.0: "acknowledged", 35.0: "returned"}.get(frame.at - START)
            if state:
                recorder.alarm(alarm(state))
                recorder.anomaly(anomaly(until=frame.at))
    notes = [Annotation(START + n, START + 2 * n, "P101", "李伟", f"看到 {n}") for n in range(3)]
    annotate(path, *notes, Withdrawal(2, "李伟"), Withdrawal(1, ""), Withdrawal(5, ""))
    return path


@pytest.mark.parametrize("late", [0.0, 0.5])
@pytest.mark.parametrize("rows", [16, 720])
def test_everything_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: float, rows: int) -> None:
    """Also poses from before the first row and after the last, and whatever row groups it lies in."""
    monkeypatch.setattr(recording_module, "_rows_at_once", lambda columns: rows)
    monkeypatch.setattr(parquet, "GROUP_OF_PICTURES", 1)
    first = everything(tmp_path / "first.h5", late)
    with Recording.open(first) as wanted, Recording.open(there_and_back(first)) as got:
        for frame, again in zip(wanted.frames(-np.inf, np.inf), got.frames(-np.inf, np.inf), strict=True):
            assert_same(again, frame)
        assert got.robots() == wanted.robots() == ("RB1", "RB2")
        for robot in wanted.robots():
            for name in ("at", "position", "orientation"):
                np.testing.assert_array_equal(getattr(got.track(robot), name), getattr(wanted.track(robot), name), name)
        for kind in (ThermalFrame, Panorama):
            assert got.cameras(kind) == wanted.cameras(kind)
        assert list(map(repr, got.entries())) == list(map(repr, wanted.entries()))
        assert got.alarm_changes() == wanted.alarm_changes()
        assert got.truth() == wanted.truth()
        assert (got.tags, got.station.text) == (wanted.tags, wanted.station.text)
        assert got.damaged() == []
    assert annotated(got.path) == annotated(first)
    assert annotated(got.path).intact


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(["RB1", "RB2", "机器人"]), st.floats(-30.0, 30.0)), max_size=40),
    st.lists(st.tuples(st.sampled_from(["thermal", "coarse", "panorama"]), st.floats(-30.0, 30.0)), max_size=8),
)
def test_poses_and_pictures_of_any_time_come_back(
    told: list[tuple[str, float]], taken: list[tuple[str, float]]
) -> None:
    makers = {"thermal": thermal, "coarse": partial(thermal, step=0.0), "panorama": panorama}
    with tempfile.TemporaryDirectory() as name:
        with Recorder(Path(name) / "first.h5", TAGS) as recorder:
            poses = [Pose(robot, START + at, (at, 0.0, 0.0)) for robot, at in sorted(told, key=lambda one: one[1])]
            for number, frame in enumerate(frames(5)):
                recorder.append(replace(frame, poses=() if number else tuple(poses)))
            for kind, at in taken:
                recorder.picture(makers[kind](START + at))
        with Recording.open(recorder.path) as wanted, Recording.open(there_and_back(recorder.path)) as got:
            assert got.row_count == 5
            assert got.robots() == wanted.robots()
            for robot in wanted.robots():
                np.testing.assert_array_equal(got.track(robot).at, wanted.track(robot).at)
                np.testing.assert_array_equal(got.track(robot).position, wanted.track(robot).position)
            for all_of in (Recording.thermal_frames, Recording.panoramas):
                both = zip(all_of(got, -np.inf, np.inf), all_of(wanted, -np.inf, np.inf), strict=True)
                for again, picture in sorted(both, key=lambda pair: (pair[1].at, pair[1].camera)):
                    assert_same_picture(again, picture)


def test_other_programs_find_poses_and_pictures_in_the_rows_with_which_they_came(tmp_path: Path) -> None:
    given_ = with_pictures(frames(60), every=10)
    with Recording.open(recorded(tmp_path / "first.h5", given_)) as recording:
        export(recording, tmp_path / "x.parquet")
    rows = duckdb.sql(
        f"select p.robot, p.x, count(*) over () from '{tmp_path}/x.parquet', unnest(\"pumphouse.poses\") as t(p)"
        " order by p.at"
    ).fetchall()
    assert rows[7] == ("RB1", 7.0, 60)
    [(jpeg,)] = duckdb.sql(
        f"select p.data from '{tmp_path}/x.parquet', unnest(\"pumphouse.pictures\") as t(p)"
        " where p.kind = 'panorama' order by p.at limit 1"
    ).fetchall()
    assert jpeg == given_[5].panoramas[0].jpeg
    table = pq.read_table(tmp_path / "x.parquet", columns=["time", "pumphouse.pictures"])
    with_some = np.flatnonzero(pc.list_value_length(table.column(1)).to_numpy()).tolist()
    assert with_some == [row for row, frame in enumerate(given_) if frame.thermal or frame.panoramas]


def test_the_metadata_say_whether_rows_are_raw_or_reduced_and_the_importer_passes_it_on(tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path / "first.h5", frames(100))) as recording:
        assert export(recording, tmp_path / "raw.parquet", ["PT*"], span("+10..+20")) == 10
        assert export(recording, tmp_path / "reduced.parquet", every=10.0) == 10
    raw, reduced = (pq.read_schema(tmp_path / name) for name in ("raw.parquet", "reduced.parquet"))
    assert raw.metadata[b"pumphouse.data"] == b"raw"
    assert reduced.metadata[b"pumphouse.data"] == b"reduced: the last row of every 10 s"
    assert raw.names == ["time", "arrived", "PT-1", "PT-1.quality"]
    assert raw.field("PT-1").metadata[b"unit"] == b"MPa"
    import_files([tmp_path / "reduced.parquet"], tmp_path / "second.h5", None, None, lambda share: None)
    with Recording.open(tmp_path / "second.h5") as recording:
        assert recording.attributes["source"] == "reduced.parquet (reduced: the last row of every 10 s)"


def test_what_is_missing_is_null_to_other_programs(tmp_path: Path) -> None:
    given_ = frames(50)
    with Recording.open(recorded(tmp_path / "first.h5", given_)) as recording:
        export(recording, tmp_path / "x.parquet")
    table = pq.read_table(tmp_path / "x.parquet")
    missing = sum(bool(np.isnan(frame.values[0])) for frame in given_)
    assert missing > 0
    assert table.column("PT-1").null_count == missing
    assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]"
