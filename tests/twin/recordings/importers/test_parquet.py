"""Parquet files are read as CSV files are, and our own come back as they were."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.recordings.material import frames, recorded, with_pictures
from twin.errors import StationError
from twin.exporting import export
from twin.importing import import_files
from twin.plant.reading import Station, parse
from twin.recordings.importers.mapping import Map
from twin.recordings.recording import Recording
from twin.signals import Block

START = 1_768_190_400.0
STATION = """
format = "pumphouse-station"
version = 1
station = {id = "S1", timezone = "Asia/Shanghai"}
tags = [{name = "PT", unit = "MPa"}]
"""


def imported(
    folder: Path, table: dict[str, Any], station: Station | None = None, mapping: Map | None = None
) -> tuple[Block, tuple[str, ...], list[str]]:
    path = folder / "foreign.parquet"
    pq.write_table(pa.table(table), path)
    [summary] = import_files([path], folder / "foreign.h5", station, mapping, lambda share: None)
    with Recording.open(folder / "foreign.h5") as recording:
        return recording.range(-np.inf, np.inf), recording.tags.names, summary.sentences()


def stamps(*after: float, unit: str = "us", zone: str | None = None) -> Any:
    at = [None if second is None else datetime.fromtimestamp(START + second, UTC) for second in after]
    return pa.array(at, pa.timestamp(unit, "UTC")).cast(pa.timestamp(unit, zone))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_a_time_column_of_any_precision_is_read(tmp_path: Path, unit: str, zone: str | None) -> None:
    table = {"timestamp": stamps(0, 1, unit=unit, zone=zone), "a": [1, 2]}
    block, names, _ = imported(tmp_path, table)
    assert names == ("a",)
    np.testing.assert_array_equal(block.at, [START, START + 1])


@pytest.mark.parametrize(
    "times", [[START, START + 1], [int(START), int(START) + 1], ["2026-01-12T04:00:00Z", "2026-01-12T04:00:01Z"]]
)
def test_times_may_be_posix_seconds_or_words(tmp_path: Path, times: list[Any]) -> None:
    block, _, _ = imported(tmp_path, {"time": times, "a": [1.0, 2.0]})
    np.testing.assert_array_equal(block.at, [START, START + 1])


def test_times_without_a_zone_are_local_to_the_station(tmp_path: Path) -> None:
    block, _, _ = imported(tmp_path, {"time": stamps(0), "PT": [1.0]}, parse(STATION))
    np.testing.assert_array_equal(block.at, [START - 8 * 3600])


def test_columns_of_any_kind_are_numbers_or_are_left_out(tmp_path: Path) -> None:
    table = {
        "time": stamps(0, 1, 2),
        "small": pa.array([1, None, 3], pa.int8()),
        "on": [True, False, None],
        "exact": [Decimal(1), Decimal(2), Decimal(3)],
        "word": ["1.5", "broken", ""],
        "kept": pa.array(["2", "3", "2"]).dictionary_encode(),
        "list": [[1], [2], [3]],
        "when": stamps(0, 1, 2),
    }
    block, names, said = imported(tmp_path, table)
    nan = np.nan
    assert names == ("small", "on", "exact", "word", "kept")
    np.testing.assert_array_equal(block.values, [[1, 1, 1, 1.5, 2], [nan, 0, 2, nan, 3], [3, nan, 3, nan, 2]])
    assert block.quality.tolist() == [[0, 0, 0, 0, 0], [4, 0, 0, 3, 0], [0, 4, 0, 4, 0]]
    assert "left out, for they hold no number: list, when" in said


def test_a_long_table_and_a_map_are_read_as_in_csv(tmp_path: Path) -> None:
    table = {"time": stamps(0, 0, 1), "tag": ["a", "b", "a"], "value": [10.0, 2.0, 30.0]}
    mapping = Map.model_validate({"columns": {"a": {"tag": "PT", "unit": "bar"}}})
    block, names, _ = imported(tmp_path, table, parse(STATION), mapping)
    assert names == ("PT", "b")
    np.testing.assert_allclose(block.values, [[1, 2], [3, 2]])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"time": [0.0], "a": ["word"]}, "has no column of numbers"),
        ({"when": [0.0], "a": [1.0]}, "has no time column among when, a"),
        ({"time": ["noon"], "a": [1.0]}, "row 1: 'noon' is not a time"),
        ({"time": pa.array([None], pa.timestamp("us")), "a": [1.0]}, "row 1 has no time"),
        ({"time": pa.array([2**45], pa.timestamp("ms")), "a": [1.0]}, "is a Parquet file that is damaged"),
        ({"time": pa.array([], pa.float64()), "a": pa.array([], pa.float64())}, "holds no rows"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, table: dict[str, Any], said: str) -> None:
    with pytest.raises(StationError, match=said):
        imported(tmp_path, table)


def test_a_damaged_row_group_of_our_own_costs_its_rows_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with Recording.open(recorded(tmp_path / "first.h5", frames(500))) as recording:
        export(recording, path)
    pq.write_table(pq.read_table(path), path, row_group_size=100)
    chunk = pq.ParquetFile(path).metadata.row_group(2).column(3)
    whole = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    whole[start : start + 40] = bytes(40)
    path.write_bytes(whole)
    [summary] = import_files([path], tmp_path / "second.h5", None, None, lambda share: None)
    taken, left_out = summary.sentences()
    assert taken == "x.parquet: 400 rows of 4 columns, 500 poses of RB1"
    assert left_out == "left out: row group 2, which is damaged"
    with Recording.open(tmp_path / "second.h5") as recording:
        assert recording.row_count == 400


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        ("data", "pictures that are damaged"),
        ("camera", "pictures that are damaged"),
        ("at", "the pictures of row group 2, which are damaged"),
    ],
)
def test_damaged_pictures_cost_those_of_their_row_group_and_nothing_else(tmp_path: Path, leaf: str, said: str) -> None:
    path = tmp_path / "x.parquet"
    with Recording.open(recorded(tmp_path / "first.h5", with_pictures(frames(200)))) as recording:
        export(recording, path)
    pq.write_table(pq.read_table(path), path, row_group_size=40)
    group = pq.ParquetFile(path).metadata.row_group(2)
    chunks = [group.column(i) for i in range(group.num_columns)]
    [chunk] = [c for c in chunks if c.path_in_schema == f"pumphouse.pictures.list.element.{leaf}"]
    whole = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    whole[start : start + 30] = bytes(30)
    path.write_bytes(whole)
    [summary] = import_files([path], tmp_path / "second.h5", None, None, lambda share: None)
    assert f"left out: {said}" in summary.sentences()
    with Recording.open(tmp_path / "second.h5") as recording:
        assert recording.row_count == 200
        assert len(recording.track("RB1").at) == 200
        assert sum(1 for _ in recording.thermal_frames(-np.inf, np.inf)) == 12  # three in each of five row groups
        assert recording.damaged() == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_is_one_sentence_or_is_taken_as_it_is(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "x.parquet"
        if data.draw(st.booleans()):
            with Recording.open(recorded(folder / "first.h5", with_pictures(frames(30), every=10))) as recording:
                export(recording, path)
        else:
            pq.write_table(pa.table({"time": np.arange(50.0), "a": np.arange(50.0), "b": ["x", "y"] * 25}), path)
        whole = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(whole[: data.draw(st.sampled_from([len(whole)] * 3 + [len(whole) // 2]))]))
        with contextlib.suppress(StationError):
            [summary] = import_files([path], folder / "second.h5", None, None, lambda share: None)
            assert summary.sentences()[0].startswith("x.parquet: ")
