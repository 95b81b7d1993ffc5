"""What is exported can be read again."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.twin.recordings.material import START, TAGS, frames, recorded, with_pictures
from twin.errors import StationError
from twin.exporting import export, left_out
from twin.importing import import_files
from twin.notes import Annotation
from twin.recordings.annotations import annotate
from twin.recordings.recording import Recording
from twin.signals import Floats, Frame, Tag, TagTable
from twin.times import span


def silent(share: float) -> None:
    """Nobody asks how far it is."""


@settings(deadline=None, max_examples=25)
@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 20), st.just(2)), elements=st.floats(allow_infinity=False)),
    st.lists(st.integers(1, 10_000_000), min_size=20, max_size=20),
)
def test_csv_to_recording_to_csv_is_identity(values: Floats, steps: list[int]) -> None:
    values[0, :] = 1.0  # a column of nothing but gaps is left out
    at = START + np.cumsum(steps)[: len(values)] / 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tags = TagTable((Tag("a"), Tag("b")))
        given_ = [
            Frame(float(t), row, np.where(np.isnan(row), 4, 0).astype(np.uint8))
            for t, row in zip(at, values, strict=True)
        ]
        with Recording.open(recorded(folder / "first.h5", given_, tags)) as recording:
            export(recording, folder / "first.csv")
        import_files([folder / "first.csv"], folder / "second.h5", None, None, silent)
        with Recording.open(folder / "second.h5") as recording:
            export(recording, folder / "second.csv")
            block = recording.range(0, np.inf)
        assert (folder / "second.csv").read_bytes() == (folder / "first.csv").read_bytes()
        np.testing.assert_array_equal(block.at, at)
        np.testing.assert_array_equal(
            block.values.view(np.int64)[~np.isnan(values)], values.view(np.int64)[~np.isnan(values)]
        )


def test_only_the_tags_and_the_span_asked_for_are_written(tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path / "r.h5", frames(30))) as recording:
        rows = export(recording, tmp_path / "out.csv", ["PT*", "hours"], span("+10..+20"))
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert rows == 10
    assert lines[0] == "time,PT-1,hours"
    assert len(lines) == 11


def test_what_is_reduced_says_so_and_keeps_the_last_row_of_each_interval(tmp_path: Path) -> None:
    given_ = frames(700)
    with Recording.open(recorded(tmp_path / "r.h5", given_)) as recording:
        export(recording, tmp_path / "out.csv", ["foreign"], every=10.0)
    first, header, *rows = (tmp_path / "out.csv").read_text().splitlines()
    assert first.startswith("# reduced")
    assert header == "time,foreign"
    wanted = [frame.values[3] for frame in given_[9::10]]
    got = [float(row.split(",")[1] or "nan") for row in rows]
    np.testing.assert_array_equal(got, wanted)


def test_a_tag_that_is_not_there_is_said_with_the_nearest(tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path / "r.h5", frames(3))) as recording:
        with pytest.raises(StationError, match="Did you mean 'PT-1'"):
            export(recording, tmp_path / "out.csv", ["PT-2"])
        with pytest.raises(StationError, match="is no format that can be written"):
            export(recording, tmp_path / "out.xyz")
        with pytest.raises(StationError, match="no such file or directory"):
            export(recording, tmp_path / "nowhere" / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["r.h5"]


def test_files_that_follow_one_another_become_one_recording(tmp_path: Path) -> None:
    for number in range(3):
        given_ = frames(20, START + 100 * number)
        with Recording.open(recorded(tmp_path / "r.h5", given_)) as recording:
            export(recording, tmp_path / f"{number}.csv")
    files = [tmp_path / f"{number}.csv" for number in (2, 0, 1)]
    import_files(files, tmp_path / "all.h5", None, None, silent)
    with Recording.open(tmp_path / "all.h5") as recording:
        assert recording.row_count == 60
        assert recording.tags.names == TAGS.names
    with pytest.raises(StationError, match="begins before"):
        import_files([files[0], files[0]], tmp_path / "all.h5", None, None, silent)


def test_an_export_says_plainly_what_it_leaves_out(tmp_path: Path) -> None:
    path = recorded(tmp_path / "first.h5", with_pictures(frames(45)))
    annotate(path, Annotation(START, START, "P101", "Li", "seen"), Annotation(START, START, "", "Li", "twice"))
    beside = "left out: 5 thermal frames, 1 panorama, 1 track"
    with Recording.open(path) as recording:
        said = {name: left_out(recording, tmp_path / f"out.{name}") for name in ("parquet", "mcap", "csv")}
        part = {name: left_out(recording, tmp_path / f"out.{name}", ["PT*"]) for name in ("parquet", "mcap")}
    assert said["parquet"] == ""
    assert said["mcap"] == "left out: arrival times; a .parquet file holds them"
    log = "5 events, 2 annotations, arrival times, qualities; a .parquet file holds all of it"
    assert said["csv"] == f"{beside}, {log}"
    assert part["parquet"] == f"{beside}; tracks and pictures come along where no tags are named"
    assert part["mcap"].startswith(f"{beside}, arrival times; tracks and pictures")
