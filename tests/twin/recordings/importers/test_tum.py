"""A trajectory of the TUM benchmarks is a robot's track."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from twin.errors import StationError
from twin.importing import import_files
from twin.recordings.importers.mapping import Map, Placement
from twin.recordings.recording import Recording

LINES = "# time x y z qx qy qz qw\n0.5 1 2 3 0 0 0 1\n2.5 4 5 6 0 0 1 0\n1.5 7 8 9 0 0 0 1\n"


def imported(path: Path, mapping: Map | None = None) -> list[str]:
    [summary] = import_files([path], path.with_suffix(".h5"), None, mapping, lambda share: None)
    return summary.sentences()


def test_a_real_trajectory_comes_back_pose_by_pose(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "desk.txt"
    path.write_bytes((shared_data / "tracks" / "fr2_desk_groundtruth.txt").read_bytes())
    wanted = np.loadtxt(path)
    assert imported(path)[0] == "desk.txt: 20957 poses of desk"
    with Recording.open(tmp_path / "desk.h5") as recording:
        track = recording.track("desk")
        assert recording.span == (wanted[0, 0], wanted[-1, 0])
        end = recording.latest_at(np.inf)
    np.testing.assert_array_equal(track.at, wanted[:, 0])
    np.testing.assert_array_equal(track.position, wanted[:, 1:4])
    np.testing.assert_array_equal(track.orientation, wanted[:, 4:])
    assert end is not None
    np.testing.assert_array_equal(end.values, wanted[-1, 1:4])
    length = np.linalg.norm(np.diff(track.position, axis=0), axis=1).sum()
    assert length == pytest.approx(20.3, abs=0.5)


def test_poses_are_put_in_order_and_are_the_columns_of_a_recording_that_has_no_others(tmp_path: Path) -> None:
    (tmp_path / "robot.tum").write_text(LINES)
    assert imported(tmp_path / "robot.tum") == [
        "robot.tum: 3 poses of robot",
        "1 pose of robot out of order: put in order",
    ]
    with Recording.open(tmp_path / "robot.h5") as recording:
        assert recording.tags.names == ("robot.x", "robot.y", "robot.z")
        block = recording.range(0, np.inf)
        poses = [frame.poses[0].position for frame in recording.frames(0, np.inf)]
    np.testing.assert_array_equal(block.at, [0.5, 1.5, 2.5])
    np.testing.assert_array_equal(block.values, [[1, 2, 3], [7, 8, 9], [4, 5, 6]])
    np.testing.assert_array_equal(poses, block.values)


def test_a_map_names_the_robot_and_places_its_axes_in_the_model(tmp_path: Path) -> None:
    (tmp_path / "robot.tum").write_text(LINES)
    imported(tmp_path / "robot.tum", Map(tracks={"robot": Placement(robot="R1", x=10, z=-1, heading=90)}))
    with Recording.open(tmp_path / "robot.h5") as recording:
        track = recording.track("R1")
    np.testing.assert_allclose(track.position, [[8, 1, 2], [2, 7, 8], [5, 4, 5]], atol=1e-12)
    half = math.sqrt(0.5)
    np.testing.assert_allclose(track.orientation[0], [0, 0, half, half], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(track.orientation, axis=1), 1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 1 2 3 0 0 0 1\n1 2 3\n", "line 2 is not the eight numbers of a pose"),
        ("0 1 2 3 0 0 0 1\n1 2 3 4 0 0 0 one\n", "line 2"),
        ("# nothing but words\n", "holds no pose"),
        ("0 1 2 3 0 0 0 0\n", "holds nothing"),
    ],
)
def test_what_is_no_trajectory_is_said_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "robot.tum").write_text(text)
    with pytest.raises(StationError, match=said):
        imported(tmp_path / "robot.tum")
    assert not (tmp_path / "robot.h5").exists()


def test_a_map_that_names_another_trajectory_or_leaves_it_out_is_said(tmp_path: Path) -> None:
    (tmp_path / "robot.tum").write_text(LINES)
    with pytest.raises(StationError, match=r"the map names 'other', which is not there\. There is robot"):
        imported(tmp_path / "robot.tum", Map(tracks={"other": Placement()}))
    with pytest.raises(StationError, match="holds nothing that is taken"):
        imported(tmp_path / "robot.tum", Map(tracks={"robot": Placement(drop=True)}))
