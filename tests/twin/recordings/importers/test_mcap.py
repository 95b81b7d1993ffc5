"""A robot's log brings its poses, its speeds and what it said in JSON."""

from __future__ import annotations

import base64
import contextlib
import json
import math
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer

from twin.errors import StationError
from twin.importing import import_files
from twin.plant.reading import parse, read
from twin.recordings.importers.mapping import Column, Map, Placement
from twin.recordings.recording import Recording

START = 1_768_190_400
SECOND = 1_000_000_000
QUATERNION = {"x": 0.0, "y": 0.0, "z": 0.0, "w": 1.0}
COMPRESSIONS = [CompressionType.NONE, CompressionType.LZ4, CompressionType.ZSTD]

Message = tuple[str, str, float, dict[str, Any] | bytes]
"""Topic, type, seconds after the start, and what it says."""


def log(path: Path, given_: list[Message], compression: CompressionType = CompressionType.ZSTD) -> Path:
    with path.open("wb") as file:
        writer = Writer(file, compression=compression, chunk_size=2000)
        writer.start()
        channels: dict[str, int] = {}
        for topic, kind, after, said in given_:
            if topic not in channels:
                schema = writer.register_schema(kind, "jsonschema", b"{}") if kind else 0
                channels[topic] = writer.register_channel(topic, "json", schema)
            at = START * SECOND + round(after * SECOND)
            data = said if isinstance(said, bytes) else json.dumps(said).encode()
            writer.add_message(channels[topic], at, data, at)
        writer.finish()
    return path


def imported(path: Path, mapping: Map | None = None) -> list[str]:
    [summary] = import_files([path], path.with_suffix(".h5"), None, mapping, lambda share: None)
    return summary.sentences()


def signals(count: int) -> list[Message]:
    return [("/arm", "Arm", float(i), {"current": i * 0.5, "inner": {"hot": i % 2 == 0}}) for i in range(count)]


def test_a_real_log_gives_the_odometry_that_its_bytes_hold(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "tracks" / "nav2_turtlebot.mcap"
    times, numbers, speeds = [], [], []
    with path.open("rb") as file:
        for _, channel, message in make_reader(file).iter_messages(topics=["/odom"], log_time_order=False):
            assert message.data[16:21] == b"odom\0", channel.topic
            times.append(message.log_time / 1e9)
            numbers.append(struct.unpack_from("<7d", message.data, 44))
            speeds.append(struct.unpack_from("<6d", message.data, 44 + 43 * 8))
    import_files([path], tmp_path / "nav.h5", None, None, lambda share: None)
    order = np.argsort(times, kind="stable")
    with Recording.open(tmp_path / "nav.h5") as recording:
        track = recording.track("odom")
        block = recording.range(-np.inf, np.inf)
        names = recording.tags.names
        counts = {robot: len(recording.track(robot).at) for robot in recording.robots()}
    np.testing.assert_allclose(track.at, np.array(times)[order], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(np.hstack([track.position, track.orientation]), np.array(numbers)[order])
    assert names == tuple(f"odom.{part}.{axis}" for part in ("linear", "angular") for axis in "xyz")
    rows = np.searchsorted(block.at, track.at)
    last = np.append(np.diff(rows) > 0, True)  # of messages at one instant the last is a row
    np.testing.assert_array_equal(block.values[rows[last]], np.array(speeds)[order][last])
    assert counts == {
        "amcl_pose": 135,
        "odom": 2639,
        "tf/base_link/left_wheel": 1862,
        "tf/base_link/right_wheel": 1862,
        "tf/map/odom": 921,
        "tf/odom/base_link": 2639,
    }


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_numbers_in_json_become_signals_by_their_path(tmp_path: Path, compression: CompressionType) -> None:
    given_ = [*signals(3), ("/note", "", 1.0, {"word": "hello", "level": None})]
    said = imported(log(tmp_path / "log.mcap", given_, compression))
    assert said[0] == "log.mcap: 3 rows of 2 columns"
    assert "left out, for they hold no number: note.level" in said
    with Recording.open(tmp_path / "log.h5") as recording:
        assert recording.tags.names == ("arm.current", "arm.inner.hot")
        block = recording.range(-np.inf, np.inf)
    np.testing.assert_array_equal(block.at, START + np.arange(3.0))
    np.testing.assert_array_equal(block.values, [[0, 1], [0.5, 0], [1, 1]])


def test_topics_at_paces_of_their_own_hold_until_they_say_more(tmp_path: Path) -> None:
    said: list[Message] = [("/a", "", 0, {"v": 1}), ("/b", "", 0.5, {"v": 2}), ("/a", "", 1, {"v": None})]
    imported(log(tmp_path / "log.mcap", said))
    with Recording.open(tmp_path / "log.h5") as recording:
        block = recording.range(-np.inf, np.inf)
    np.testing.assert_array_equal(block.values, [[1, np.nan], [1, 2], [np.nan, 2]])
    assert block.quality.tolist() == [[0, 4], [0, 0], [4, 0]]


def test_a_map_makes_signals_tags_of_the_station_and_poses_its_robots(tmp_path: Path) -> None:
    station = parse(
        'format = "pumphouse-station"\nversion = 1\nstation = {id = "S1"}\ntags = [{name = "AM", unit = "MPa"}]\n'
    )
    pose = {"position": {"x": 1.0, "y": 2.0, "z": 3.0}, "orientation": QUATERNION}
    given_ = [*signals(2), ("/base", "foxglove.PoseInFrame", 0.25, {"frame_id": "map", "pose": pose})]
    mapping = Map(
        columns={"arm.current": Column(tag="AM", unit="bar"), "arm.inner.hot": Column(drop=True)},
        tracks={"base": Placement(robot="R1", x=100.0)},
    )
    import_files([log(tmp_path / "log.mcap", given_)], tmp_path / "log.h5", station, mapping, lambda share: None)
    with Recording.open(tmp_path / "log.h5") as recording:
        assert recording.station is not None
        assert recording.tags.names == station.tags.names
        np.testing.assert_allclose(recording.range(-np.inf, np.inf).values, [[0], [0.05]])
        np.testing.assert_array_equal(recording.track("R1").position, [[101, 2, 3]])


def test_a_stamp_is_believed_unless_its_clock_counts_from_elsewhere(tmp_path: Path) -> None:
    def transform(stamp: float) -> dict[str, Any]:
        whole, rest = divmod(round(stamp * SECOND), SECOND)
        moved = {"translation": {"x": 0, "y": 0, "z": 0}, "rotation": QUATERNION}
        return {"timestamp": {"sec": whole, "nsec": rest}, "parent_frame_id": "a", "child_frame_id": "b", **moved}

    kind = "foxglove.FrameTransform"
    given_: list[Message] = [("/tf", kind, 1, transform(START + 0.5)), ("/other", kind, 2, transform(928.8))]
    said = imported(log(tmp_path / "log.mcap", given_))
    assert "stamped by a clock that counts from elsewhere, so the log's times are taken: /other" in said
    with Recording.open(tmp_path / "log.h5") as recording:
        assert recording.track("tf/a/b").at.tolist() == [START + 0.5]
        assert recording.track("other/a/b").at.tolist() == [START + 2]


@pytest.mark.parametrize(("topic", "frame"), [("/PAN01", ""), ("/front/image", "PAN01"), ("/elsewhere", "camera")])
def test_compressed_images_of_a_panoramic_camera_are_panoramas(tmp_path: Path, topic: str, frame: str) -> None:
    station = read()
    jpeg = b"\xff\xd8 a picture \xff\xd9"
    image = {"frame_id": frame, "data": base64.b64encode(jpeg).decode(), "format": "jpeg"}
    path = log(tmp_path / "log.mcap", [*signals(2), (topic, "foxglove.CompressedImage", 0.5, image)])
    import_files([path], tmp_path / "log.h5", station, None, lambda share: None)
    with Recording.open(tmp_path / "log.h5") as recording:
        found = list(recording.panoramas(-math.inf, math.inf))
    if topic == "/elsewhere":
        assert not found
    else:
        [camera] = [camera for camera in station.file.cameras if camera.id == "PAN01"]
        [panorama] = found
        assert (panorama.at, panorama.camera, panorama.jpeg) == (START + 0.5, "PAN01", jpeg)
        assert panorama.position == camera.position


def test_what_is_not_read_is_named_with_its_reason(tmp_path: Path) -> None:
    image = {"data": "", "format": "jpeg"}
    given_: list[Message] = [
        *signals(2),
        ("/camera", "foxglove.CompressedImage", 0.5, image),
        ("/text", "foxglove.Log", 0.5, {"message": "hello", "level": 2}),
        ("/broken", "", 0.5, b"{"),
        ("/tf_static", "foxglove.FrameTransform", 0.5, {}),
        ("/pose", "foxglove.PoseInFrame", 0.5, {"pose": 3}),
    ]
    said = imported(log(tmp_path / "log.mcap", given_))
    left_out = [sentence.removeprefix("left out: 1 message of ") for sentence in said[1:]]
    assert "/camera, compressed images, which are no panoramas of the station's cameras" in left_out
    assert "/text, lines of text, which are not read" in left_out
    assert "/broken, which cannot be decoded" in left_out
    assert "/tf_static, transforms that never change, which are no tracks" in left_out
    assert "/pose, which cannot be decoded" in left_out


def test_a_log_with_nothing_to_read_says_what_it_has(tmp_path: Path) -> None:
    given_: list[Message] = [("/camera", "foxglove.CompressedImage", 0.5, {"data": ""})]
    with pytest.raises(StationError, match="holds nothing that can be read; 1 message of /camera, compressed images"):
        imported(log(tmp_path / "log.mcap", given_))


def test_of_a_log_that_is_cut_off_everything_before_the_cut_is_taken(tmp_path: Path) -> None:
    path = log(tmp_path / "log.mcap", signals(400), CompressionType.LZ4)
    data = path.read_bytes()
    counts = []
    for share in (0.4, 0.6, 0.8):
        path.write_bytes(data[: int(len(data) * share)])
        said = imported(path)
        assert "left out: what comes after, for the file is cut off" in said
        with Recording.open(tmp_path / "log.h5") as recording:
            block = recording.range(-np.inf, np.inf)
        np.testing.assert_array_equal(block.values[:, 0], np.arange(len(block)) * 0.5)
        counts.append(len(block))
    assert 0 < counts[0] < counts[1] <= counts[2] <= 400


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_costs_messages_and_never_more_than_a_sentence(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        compression = data.draw(st.sampled_from(COMPRESSIONS))
        path = log(Path(name) / "log.mcap", signals(60), compression)
        whole = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
        with contextlib.suppress(StationError):
            assert imported(path)[0].startswith("log.mcap: ")
