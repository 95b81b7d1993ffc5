"""An exported log opens in viewers of robots' logs, and comes back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcap.reader import make_reader

from tests.twin.recordings.material import START, TAGS, alarm, anomaly, frames, recorded, with_pictures
from twin.exporting import export
from twin.importing import import_files
from twin.recordings.exporters.mcap import _raw
from twin.recordings.importers.messages import warmed
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.thermography import ThermalFrame
from twin.times import nanosecond, span


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    with Recorder(tmp_path / "first.h5", TAGS, source="a test") as recorder:
        for frame in frames(45):
            recorder.append(frame)
        recorder.anomaly(anomaly())
        recorder.alarm(alarm())
    return recorder.path


def exported(path: Path, **asked: Any) -> tuple[Path, dict[str, list[tuple[int, str, dict[str, Any]]]]]:
    """The log, and its messages by topic with their times [ns] and schemas."""
    out = path.with_suffix(".mcap")
    with Recording.open(path) as opened:
        export(opened, out, **asked)
    found: dict[str, list[tuple[int, str, dict[str, Any]]]] = {}
    with out.open("rb") as file:
        for schema, channel, message in make_reader(file, validate_crcs=True).iter_messages():
            assert schema is not None
            assert (channel.message_encoding, schema.encoding) == ("json", "jsonschema")
            assert json.loads(schema.data)["type"] == "object"
            found.setdefault(channel.topic, []).append((message.log_time, schema.name, json.loads(message.data)))
    return out, found


def test_each_piece_of_equipment_and_each_robot_has_a_topic_with_a_schema_viewers_know(recording: Path) -> None:
    _, found = exported(recording)
    assert {topic: (said[0][1], len(said)) for topic, said in found.items()} == {
        "/P101": ("pumphouse.Signals.P101", 45),
        "/station": ("pumphouse.Signals.station", 45),
        "/RB1/pose": ("foxglove.PoseInFrame", 45),
        "/events": ("foxglove.Log", 5),
        "/anomalies": ("foxglove.Log", 1),
        "/alarms": ("foxglove.Log", 1),
    }
    at, _, pose = found["/RB1/pose"][1]
    assert at == int(START + 1) * 1_000_000_000 + 250_000_000
    assert pose == {
        "timestamp": {"sec": int(START) + 1, "nsec": 250_000_000},
        "frame_id": "station",
        "pose": {
            "position": {"x": 1.0, "y": 1.0, "z": 0.5},
            "orientation": {"x": 0.0, "y": 0.0, "z": 0.0, "w": 1.0},
        },
    }


def test_what_is_missing_is_left_out_of_a_message_and_its_quality_stated(recording: Path) -> None:
    out, found = exported(recording)
    missing = [said for _, _, said in found["/P101"] if "PT-1" not in said["values"]]
    assert missing
    assert {said["quality"]["PT-1"] for said in missing} == {4}
    with out.open("rb") as file:
        summary = make_reader(file).get_summary()
    assert summary is not None
    [schema] = [json.loads(s.data) for s in summary.schemas.values() if s.name == "pumphouse.Signals.P101"]
    said = {"type": "number", "description": "pressure [MPa]"}
    assert schema["properties"]["values"]["properties"] == {"PT-1": said}


def test_the_log_comes_back_as_it_was(recording: Path) -> None:
    out, _ = exported(recording)
    import_files([out], out.with_name("back.h5"), None, None, lambda share: None)
    with Recording.open(recording) as wanted, Recording.open(out.with_name("back.h5")) as got:
        one, other = wanted.range(-np.inf, np.inf), got.range(-np.inf, np.inf)
        np.testing.assert_array_equal(other.at, one.at)
        np.testing.assert_array_equal(other.values, one.values)
        np.testing.assert_array_equal(other.quality, one.quality)
        assert got.tags == wanted.tags
        assert got.events(-np.inf, np.inf) == wanted.events(-np.inf, np.inf)
        assert [a.id for a in got.anomalies()] == [a.id for a in wanted.anomalies()]
        for name in ("at", "position", "orientation"):
            np.testing.assert_array_equal(getattr(got.track("RB1"), name), getattr(wanted.track("RB1"), name))


def test_a_part_of_it_may_be_reduced_and_its_metadata_say_so(recording: Path) -> None:
    out, found = exported(recording, span=span("+5..+25"), every=10.0)
    assert [said["timestamp"]["sec"] - int(START) for _, _, said in found["/P101"]] == [14, 24]
    assert [said["timestamp"]["sec"] - int(START) for _, _, said in found["/RB1/pose"]] == [14, 24]
    assert len(found["/events"]) == 2
    with out.open("rb") as file:
        [metadata] = make_reader(file).iter_metadata()
    assert metadata.metadata["data"] == "reduced: the last row of every 10 s"


def test_where_only_some_tags_are_asked_for_no_robot_is_in_it(recording: Path) -> None:
    _, found = exported(recording, tags=["PT*"])
    assert not [topic for topic in found if topic.endswith("/pose")]
    assert set(found["/P101"][0][2]["values"]) == {"PT-1"}
    assert "/station" not in found


def test_pictures_are_images_that_viewers_show_and_panoramas_come_back(tmp_path: Path) -> None:
    given = with_pictures(frames(45))
    path, found = exported(recorded(tmp_path / "first.h5", given))
    [thermal, *_] = [picture for frame in given for picture in frame.thermal if picture.camera == "RB1"]
    at, schema, said = found["/RB1/thermal"][0]
    assert (at, schema, said["encoding"]) == (nanosecond(thermal.at), "foxglove.RawImage", "16UC1")
    pixels = np.frombuffer(base64.b64decode(said["data"]), "<u2").reshape(said["height"], said["width"])
    np.testing.assert_allclose(pixels / 100 - 273.15, thermal.temperature, atol=0.006)
    [panorama] = [picture for frame in given for picture in frame.panoramas]
    assert base64.b64decode(found["/PAN1/panorama"][0][2]["data"]) == panorama.jpeg
    [summary] = import_files([path], tmp_path / "back.h5", None, None, lambda share: None)
    assert "taken too: 1 panorama" in summary.sentences()
    with Recording.open(tmp_path / "back.h5") as back:
        [again] = back.panoramas(-np.inf, np.inf)
    assert (again.at, again.camera, again.jpeg) == (panorama.at, panorama.camera, panorama.jpeg)
    assert same(again.position, panorama.position)
    assert same(again.orientation, panorama.orientation)


def same(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))


def test_thermal_frames_come_back_to_the_hundredth_with_pose_and_lens(tmp_path: Path) -> None:
    path, _ = exported(recorded(tmp_path / "first.h5", with_pictures(frames(45))))
    [summary] = import_files([path], tmp_path / "back.h5", None, None, lambda share: None)
    with Recording.open(tmp_path / "first.h5") as first, Recording.open(tmp_path / "back.h5") as back:
        wanted, got = list(first.thermal_frames(-np.inf, np.inf)), list(back.thermal_frames(-np.inf, np.inf))
    assert f"taken too: {len(wanted)} thermal frames" in summary.sentences()
    assert [(one.at, one.camera, one.emissivity) for one in got] == [(w.at, w.camera, w.emissivity) for w in wanted]
    for one, other in zip(got, wanted, strict=True):
        assert same(one.position, other.position)
        assert same(one.orientation, other.orientation)
        assert same(one.field_of_view, other.field_of_view)
        np.testing.assert_allclose(one.temperature, other.temperature, atol=0.0051)


def test_temperatures_in_tenths_come_back_to_the_last_bit() -> None:
    tenths = (np.arange(-400, 1200, dtype=np.float64) * 0.1).astype(np.float32).reshape(40, 40)
    tenths[0, 0] = np.nan
    frame = ThermalFrame(1.0, "R1", (1.0, 2.0, 3.0), (0.0, 0.0, 0.0, 1.0), 0.95, (1.0, 0.8), tenths)
    again = warmed("/R1/thermal", {"timestamp": {"sec": 1, "nsec": 0}} | _raw(frame)).picture(1.0, frame.position)
    np.testing.assert_array_equal(again.temperature, frame.temperature)
    assert (again.position, again.orientation) == (frame.position, frame.orientation)


@pytest.mark.parametrize("wrong", [{"encoding": "rgb8"}, {"height": 3}, {"height": 0}, {"data": "!"}])
def test_a_raw_image_that_is_no_thermal_frame_is_none(wrong: dict[str, object]) -> None:
    frame = ThermalFrame(
        1.0, "R1", (1.0, 2.0, 3.0), (0.0, 0.0, 0.0, 1.0), 0.95, (1.0, 0.8), np.ones((2, 2), np.float32)
    )
    with pytest.raises(ValueError, match=r"\w"):
        warmed("/R1/thermal", {"timestamp": {"sec": 1, "nsec": 0}} | _raw(frame) | wrong)
