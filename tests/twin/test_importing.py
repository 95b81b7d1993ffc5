"""Files of several kinds become one recording."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.twin.recordings.material import START, frames, recorded
from twin.errors import StationError
from twin.exporting import export
from twin.importing import import_files
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.weaving import MOST_POSES
from twin.recordings.recording import Recording
from twin.signals import Quality


def silent(share: float) -> None:
    """Nobody asks how far it is."""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def trajectory(path: Path, *at: float) -> Path:
    return written(path, "".join(f"{t!r} {i} 0 0 0 0 0 1\n" for i, t in enumerate(at)))


def test_libraries_for_single_formats_are_not_loaded_before_they_are_needed() -> None:
    asked = "import sys, twin.importing, twin.exporting; print({'pyarrow', 'mcap', 'PIL'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "set()\n"


def test_files_of_other_columns_stand_side_by_side_each_as_far_as_it_reaches(tmp_path: Path) -> None:
    fast = written(tmp_path / "fast.csv", "time,a\n0,1\n1,2\n2,\n3,4\n")
    slow = written(tmp_path / "slow.csv", "time,b\n1,10\n2.5,20\n")
    first, second = import_files([fast, slow], tmp_path / "both.h5", None, None, silent)
    assert (first.rows, second.rows) == (4, 2)
    with Recording.open(tmp_path / "both.h5") as recording:
        block = recording.range(-np.inf, np.inf)
        assert recording.tags.names == ("a", "b")
    nan = np.nan
    np.testing.assert_array_equal(block.at, [0, 1, 2, 2.5, 3])
    np.testing.assert_array_equal(block.values, [[1, nan], [2, 10], [nan, 10], [nan, 20], [4, nan]])
    assert block.quality.tolist() == [[0, 4], [0, 0], [4, 0], [4, 0], [0, 4]]


def test_one_tag_in_files_of_other_columns_is_refused(tmp_path: Path) -> None:
    one = written(tmp_path / "one.csv", "time,a\n0,1\n")
    other = written(tmp_path / "other.csv", "time,a,b\n0,1,2\n")
    with pytest.raises(StationError, match=r"other\.csv: holds a, and so does one\.csv"):
        import_files([one, other], tmp_path / "both.h5", None, None, silent)


def test_a_robot_beside_a_sheet_keeps_all_its_poses_before_between_and_after_the_rows(tmp_path: Path) -> None:
    sheet = written(tmp_path / "sheet.csv", "time,a\n10,1\n11,2\n")
    at = [8.0, 8.25, 9.5, 10.0, 10.5, 11.0, 11.75, 13.5]
    robot = trajectory(tmp_path / "robot.tum", *at)
    import_files([sheet, robot], tmp_path / "both.h5", None, None, silent)
    with Recording.open(tmp_path / "both.h5") as recording:
        np.testing.assert_array_equal(recording.track("robot").at, at)
        block = recording.range(-np.inf, np.inf)
        now = recording.latest_at(10.7)
    np.testing.assert_array_equal(block.at, [8.25, 9.5, 10, 11, 11.75, 13.5])
    np.testing.assert_array_equal(block.values[:, 0], [np.nan, np.nan, 1, 2, np.nan, np.nan])
    assert set(block.quality[np.isnan(block.values[:, 0]), 0]) == {Quality.MISSING}
    assert now is not None
    assert now.poses[0].at == 10.5


def test_many_poses_between_two_rows_have_rows_of_their_own_in_which_values_are_stale(tmp_path: Path) -> None:
    sheet = written(tmp_path / "sheet.csv", "time,a\n0,1\n1000,2\n")
    at = np.arange(MOST_POSES + 500) * 0.5 + 0.25
    robot = trajectory(tmp_path / "robot.tum", *at.tolist())
    import_files([sheet, robot], tmp_path / "both.h5", None, None, silent)
    with Recording.open(tmp_path / "both.h5") as recording:
        assert len(recording.track("robot").at) == len(at)
        between = recording.range(0.5, 999.0)
    assert (between.values == 1).all()
    assert (between.quality == Quality.STALE).all()


def test_files_of_any_kind_that_follow_one_another_become_one_recording(tmp_path: Path) -> None:
    names = ("0.mcap", "1.parquet", "2.mcap")
    for number, name in enumerate(names):
        with Recording.open(recorded(tmp_path / "r.h5", frames(20, START + 100 * number))) as recording:
            export(recording, tmp_path / name)
    import_files([tmp_path / name for name in reversed(names)], tmp_path / "all.h5", None, None, silent)
    with Recording.open(tmp_path / "all.h5") as recording:
        assert recording.row_count == 60
        assert (np.diff(recording.range(0, np.inf).at) > 0).all()
        assert recording.attributes["source"] == ", ".join(reversed(names))


def test_progress_ascends_to_the_end(tmp_path: Path) -> None:
    rows = "".join(f"{second},{second}\n" for second in range(3000))
    heard: list[float] = []
    import_files([written(tmp_path / "a.csv", "time,a\n" + rows)], tmp_path / "a.h5", None, None, heard.append)
    assert heard == sorted(heard)
    assert 0.9 < heard[-1] <= 1.0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.mcap", b"", "is empty"),
        ("x.mcap", b"hello", "is called MCAP, but does not begin as such a file"),
        ("x.parquet", b"time,a\n0,1\n", "is called Parquet, but does not begin as such a file"),
        ("x.jpg", b"GIF89a", "is called JPEG, but does not begin as such a file"),
        ("x.csv", b"\x89HDF\r\n\x1a\n000", "is an HDF5 file, not CSV"),
        ("x.csv", b"\x00\x01\x02", "holds binary data"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StationError, match=said):
        import_files([tmp_path / name], tmp_path / "out.h5", None, None, silent)
    assert not (tmp_path / "out.h5").exists()


def test_a_file_that_is_not_there_or_a_directory_is_said(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="there is no such file"):
        import_files([tmp_path / "nowhere.mcap"], tmp_path / "out.h5", None, None, silent)
    with pytest.raises(StationError, match="is a directory"):
        import_files([tmp_path], tmp_path / "out.h5", None, None, silent)


def test_a_map_may_name_what_is_in_any_of_the_files(tmp_path: Path) -> None:
    sheet = written(tmp_path / "sheet.csv", "time,a\n0,1\n1,2\n")
    robot = trajectory(tmp_path / "robot.tum", 0.0, 1.0)
    said = Map.model_validate({"columns": {"a": {"tag": "PT"}}, "tracks": {"robot": {"robot": "R1"}}})
    import_files([sheet, robot], tmp_path / "both.h5", None, said, silent)
    with Recording.open(tmp_path / "both.h5") as recording:
        assert (recording.tags.names, recording.robots()) == (("PT",), ("R1",))
    wrong = Map.model_validate({"columns": {"b": {}}})
    with pytest.raises(StationError, match=r"the map names 'b', which is not there\. There is a, robot"):
        import_files([sheet, robot], tmp_path / "both.h5", None, wrong, silent)
