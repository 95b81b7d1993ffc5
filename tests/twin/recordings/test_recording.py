"""What is recorded comes back as it was, behind the two questions."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.twin.recordings.material import (
    START,
    TAGS,
    alarm,
    anomaly,
    assert_same,
    frames,
    happened,
    recorded,
    values_of,
)
from twin.errors import StationError, UsageError
from twin.plant.reading import parse
from twin.recordings import layout
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Block, Frame, Tag, TagTable

STATION = """
format = "pumphouse-station"
version = 1
station = {id = "S1", timezone = "Asia/Shanghai"}
tags = [{name = "PT-1", unit = "MPa"}]
"""


@pytest.fixture
def short_journal(monkeypatch: pytest.MonkeyPatch) -> int:
    """A journal that is full after a stretch, so that a test sees blocks being sealed."""
    monkeypatch.setattr(layout, "journal_rows", lambda columns: layout.STRETCH)
    return layout.STRETCH


def test_frames_come_back_as_they_were_handed_over(tmp_path: Path, short_journal: int) -> None:
    given = frames(2 * short_journal + 50)
    with Recording.open(recorded(tmp_path / "r.h5", given)) as recording:
        assert recording.closed
        assert recording.tags == TAGS
        assert recording.row_count == len(given)
        for got, wanted in zip(recording.frames(-math.inf, math.inf), given, strict=True):
            assert_same(got, wanted)


def test_a_recording_that_is_not_closed_is_as_whole_as_one_that_is(tmp_path: Path, short_journal: int) -> None:
    given = frames(2 * short_journal + 50)
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        for frame in given:
            recorder.append(frame)
        with Recording.open(recorder.path) as recording:
            assert not recording.closed
            for got, wanted in zip(recording.frames(-math.inf, math.inf), given, strict=True):
                assert_same(got, wanted)


def test_frames_that_are_walked_through_stay_whole_while_blocks_are_sealed(tmp_path: Path, short_journal: int) -> None:
    given = frames(4 * short_journal + 50)
    begun = 2 * short_journal + 50
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        for frame in given[:begun]:
            recorder.append(frame)
        with Recording.open(recorder.path) as recording:
            walked = recording.frames(-math.inf, given[begun - 1].at + 0.5)
            for number, wanted in enumerate(given[:begun]):
                assert_same(next(walked), wanted)
                if number == 5:
                    for frame in given[begun:]:
                        recorder.append(frame)
                    recorder._wait()


def test_a_reader_follows_a_recording_while_it_grows_and_after_it_is_closed(tmp_path: Path, short_journal: int) -> None:
    given = frames(3 * short_journal + 5)
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        recorder.append(given[0])
        with Recording.open(recorder.path) as recording, Recording.open(recorder.path) as other:
            for number, frame in enumerate(given[1:], 2):
                recorder.append(frame)
                if number % 97 == 0:
                    assert recording.span == (given[0].at, frame.at)
                    latest = recording.latest_at(math.inf if number % 2 else frame.at)
                    assert latest is not None
                    np.testing.assert_array_equal(latest.values, frame.values)
            recorder.close()
            for reader in (recording, other):
                assert reader.closed
                np.testing.assert_array_equal(reader.range(-math.inf, math.inf).values, values_of(given))


def test_the_latest_is_the_last_at_or_before(tmp_path: Path, short_journal: int) -> None:
    given = frames(short_journal + 20)
    with Recording.open(recorded(tmp_path / "r.h5", given)) as recording:
        assert recording.latest_at(START - 0.001) is None
        for second in (0, 1, short_journal - 1, short_journal, short_journal + 19):
            for late in (0.0, 0.999):
                got = recording.latest_at(START + second + late)
                assert got is not None
                assert (got.at, got.poses) == (given[second].at, given[second].poses)
                np.testing.assert_array_equal(got.values, given[second].values)


def test_a_range_holds_its_start_and_not_its_end_in_the_columns_asked_for(tmp_path: Path, short_journal: int) -> None:
    given = frames(short_journal + 100)
    with Recording.open(recorded(tmp_path / "r.h5", given)) as recording:
        block = recording.range(START + 590, START + 610, [3, 0, 3])
        wanted = values_of(given[590:610])[:, [3, 0, 3]]
        np.testing.assert_array_equal(block.at, [frame.at for frame in given[590:610]])
        np.testing.assert_array_equal(block.values, wanted)
        np.testing.assert_array_equal(block.quality, np.array([f.quality for f in given[590:610]])[:, [3, 0, 3]])
        assert recording.range(START + 5000, START + 6000, [1]).values.shape == (0, 1)


def test_an_overview_keeps_every_spike(tmp_path: Path, short_journal: int) -> None:
    given = frames(short_journal + 300)
    given[444].values[0] = 99.0
    given[444].quality[0] = 0
    with Recording.open(recorded(tmp_path / "r.h5", given)) as recording:
        overview = recording.overview([0, 3], START, START + 900, 30)
        assert overview.low.shape == (2, 30)
        assert np.nanmax(overview.high[0]) == 99.0
        values = values_of(given)
        for bucket in range(30):
            rows = slice(bucket * 30, bucket * 30 + 30)
            np.testing.assert_array_equal(overview.low[:, bucket], np.nanmin(values[rows][:, [0, 3]], axis=0))
            np.testing.assert_array_equal(overview.last[:, bucket], values[rows.stop - 1, [0, 3]])
            assert overview.quality[0, bucket] == max(frame.quality[0] for frame in given[rows])


def test_what_happened_is_kept_in_its_last_state(tmp_path: Path) -> None:
    path = tmp_path / "r.h5"
    with Recorder(path, TAGS) as recorder:
        recorder.append(frames(1)[0])
        recorder.anomaly(anomaly())
        recorder.alarm(alarm())
        recorder.anomaly(anomaly(2))
        recorder.anomaly(anomaly(until=START + 60))
        recorder.alarm(alarm("acknowledged"))
        with Recording.open(path) as growing:
            assert [a.until for a in growing.anomalies()] == [START + 60, None]
    with Recording.open(path) as recording:
        worn, other = recording.anomalies()
        assert worn.candidates == anomaly().candidates
        assert (worn.until, other.until) == (START + 60, None)
        assert math.isnan(worn.evidence[1].value)
        assert recording.alarms() == (alarm("acknowledged"),)
        assert recording.truth() == recording.events(START, START + 1) == (happened(START),)
        assert recording.events(START + 1, math.inf) == ()


def test_tracks_keep_the_pace_of_their_robot(tmp_path: Path, short_journal: int) -> None:
    given = frames(short_journal + 5)
    with Recording.open(recorded(tmp_path / "r.h5", given)) as recording:
        assert recording.robots() == ("RB1",)
        track = recording.track("RB1")
        np.testing.assert_array_equal(track.at, [frame.at for frame in given])
        np.testing.assert_array_equal(track.position[:, 0], np.arange(len(given)))
        np.testing.assert_array_equal(track.orientation[-1], (0, 0, 0, 1))
        assert len(recording.track("RB9").at) == 0


def test_a_recording_brings_its_station(tmp_path: Path) -> None:
    station = parse(STATION)
    with Recorder(tmp_path / "r.h5", station.tags, station, "sim:") as recorder:
        recorder.append(Frame(START, np.zeros(1), np.zeros(1, np.uint8)))
    with Recording.open(recorder.path) as recording:
        assert recording.station is not None
        assert recording.station.file == station.file
        assert recording.attributes["station_digest"] == station.digest
        assert recording.attributes["source"] == "sim:"
        frame = recording.latest_at(START)
        assert frame is not None
        assert math.isnan(frame.arrived)


def test_a_recording_of_nothing_has_no_span(tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path / "r.h5", [])) as recording:
        assert recording.row_count == 0
        assert all(math.isnan(end) for end in recording.span)
        assert recording.latest_at(START) is None
        assert len(recording.range(0, math.inf)) == 0
        assert recording.overview([0], 0.0, 1.0, 10).low.shape == (1, 0)


def test_rows_of_the_same_instant_are_all_kept(tmp_path: Path) -> None:
    given = [Frame(START, np.full(4, float(i)), np.zeros(4, np.uint8), START) for i in range(3)]
    with Recording.open(recorded(tmp_path / "r.h5", given)) as recording:
        assert isinstance(recording.range(START, START + 1), Block)
        np.testing.assert_array_equal(recording.range(START, START + 1).values[:, 0], [0, 1, 2])
        latest = recording.latest_at(START)
        assert latest is not None
        assert latest.values[0] == 2


def test_a_frame_before_the_last_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    given = frames(2)
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        recorder.append(given[1])
        with pytest.raises(UsageError):
            recorder.append(given[0])
    with Recording.open(tmp_path / "r.h5") as recording:
        assert recording.row_count == 1


def test_a_journal_of_events_that_runs_full_is_sealed_early(tmp_path: Path) -> None:
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        for frame in frames(30):
            recorder.append(frame)
            for identity in range(300):
                recorder.anomaly(anomaly(identity))
    with Recording.open(recorder.path) as recording:
        assert recording.row_count == 30
        assert len(recording.anomalies()) == 300
        assert len(recording.truth()) == 3


def test_a_recording_replaces_one_of_its_name_and_nothing_else(tmp_path: Path) -> None:
    path = recorded(tmp_path / "r.h5", frames(3))
    recorded(path, frames(5))
    with Recording.open(path) as recording:
        assert recording.row_count == 5
    letter = tmp_path / "letter.txt"
    letter.write_text("dear all")
    with pytest.raises(StationError, match="is no recording"):
        Recorder(letter, TAGS)
    assert letter.read_text() == "dear all"
    foreign = tmp_path / "foreign.h5"
    with h5py.File(foreign, "w") as file:
        file["mine"] = 1
    with pytest.raises(StationError, match="is no recording"):
        Recorder(foreign, TAGS)


def test_a_recording_needs_a_tag_and_a_place(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="no tags"):
        Recorder(tmp_path / "r.h5", TagTable(()))
    with pytest.raises(StationError, match="cannot be written: no such file"):
        Recorder(tmp_path / "nowhere" / "r.h5", TAGS)
    assert list(tmp_path.iterdir()) == []


def test_ten_thousand_tags_are_recorded(tmp_path: Path) -> None:
    tags = TagTable(Tag(f"T{i}", step=0.5) for i in range(10_000))
    given = frames(3, tags=tags)
    with Recording.open(recorded(tmp_path / "r.h5", given, tags)) as recording:
        np.testing.assert_array_equal(recording.range(0, math.inf).values, values_of(given))
