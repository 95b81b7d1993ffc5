"""Foreign files are read as they lie."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from twin.errors import StationError
from twin.plant.measures import LABEL
from twin.plant.reading import Station, parse
from twin.recordings.importers.foreign import Imported, import_sheet
from twin.recordings.importers.mapping import read_map
from twin.signals import Quality

STATION = parse("""
format = "pumphouse-station"
version = 1
station = {id = "S1", timezone = "Asia/Shanghai"}
tags = [{name = "PT", unit = "MPa"}, {name = "TT", unit = "°C"}]
""")


def imported(tmp_path: Path, text: str, station: Station | None = None, mapping: str | None = None) -> Imported:
    path = tmp_path / "foreign.csv"
    path.write_text(text, encoding="utf-8")
    if mapping is None:
        return import_sheet(path, station)
    (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
    return import_sheet(path, station, read_map(tmp_path / "map.toml"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("clock", ["time", "Timestamp", "datetime"])
def test_the_separator_and_the_time_column_are_found_out(tmp_path: Path, separator: str, clock: str) -> None:
    rows = ["a time b".replace("time", clock), "1 2026-01-12T04:00:00Z 2.5", "3 2026-01-12T04:00:01Z 4.5"]
    data = imported(tmp_path, "\n".join(rows).replace(" ", separator) + "\n")
    assert data.tags.names == ("a", "b")
    np.testing.assert_array_equal(data.block.at, [1_768_190_400.0, 1_768_190_401.0])
    np.testing.assert_array_equal(data.block.values, [[1, 2.5], [3, 4.5]])
    assert data.summary.unknown == ["a", "b"]


def test_a_comma_may_stand_for_the_point_where_it_does_not_separate(tmp_path: Path) -> None:
    data = imported(tmp_path, "time;a\n0;1,5\n1;-0,25\n")
    np.testing.assert_array_equal(data.block.values[:, 0], [1.5, -0.25])


def test_an_empty_cell_is_missing_and_a_word_is_bad(tmp_path: Path) -> None:
    data = imported(tmp_path, "time,a,b\n0,,1\n1,broken,2\n2,nan,3\n3,true,4\n")
    np.testing.assert_array_equal(data.block.values[:, 0], [np.nan, np.nan, np.nan, 1.0])
    assert list(data.block.quality[:, 0]) == [Quality.MISSING, Quality.BAD, Quality.MISSING, Quality.GOOD]
    assert any("1 cell held no number" in said for said in data.summary.sentences())


def test_times_without_an_offset_are_local_to_the_station_and_utc_without_one(tmp_path: Path) -> None:
    text = "time,PT\n2026-01-12T12:00:00,1\n"
    assert imported(tmp_path, text, STATION).block.at[0] == 1_768_190_400.0
    assert imported(tmp_path, text).block.at[0] == 1_768_190_400.0 + 8 * 3600


def test_columns_the_station_knows_are_its_tags_and_others_are_kept(tmp_path: Path) -> None:
    data = imported(tmp_path, "time,PT,extra\n0,1,2\n", STATION)
    assert data.station is STATION
    assert data.tags[0] == STATION.tags[0]
    assert data.summary.unknown == ["extra"]


def test_a_station_none_of_whose_tags_is_there_is_not_its_station(tmp_path: Path) -> None:
    data = imported(tmp_path, "time,x\n2026-01-12T04:00:00,1\n", STATION)
    assert data.station is None
    assert data.block.at[0] == 1_768_190_400.0
    assert "local times are taken as UTC" in data.summary.sentences()[1]


def test_a_map_renames_scales_converts_drops_and_labels(tmp_path: Path) -> None:
    data = imported(
        tmp_path,
        "time,p1,t1,junk,fault\n0,12.5,300,7,0\n1,12.5,300,7,1\n2,12.5,300,7,0\n",
        STATION,
        """
        [columns]
        p1 = {tag = "PT", unit = "bar", scale = 2, offset = 1}
        t1 = {tag = "TT", unit = "K"}
        junk = {drop = true}
        fault = {tag = "said", label = true}
        """,
    )
    assert data.tags.names == ("PT", "TT", "said")
    np.testing.assert_allclose(data.block.values[0], [2.6, 26.85, 0.0], rtol=1e-12)
    assert data.tags[2].measures == LABEL
    assert [(event.at, event.subject, event.data["value"]) for event in data.labels] == [
        (1.0, "said", 1.0),
        (2.0, "said", 0.0),
    ]
    assert [len(frame.events) for frame in data.frames()] == [0, 1, 1]
    assert data.summary.dropped == ["junk"]


def test_a_map_may_drop_what_it_does_not_name_and_time_a_file_that_has_no_times(tmp_path: Path) -> None:
    mapping = 'unknown = "drop"\n[time]\nstart = "1970-01-01T00:01:00Z"\nperiod = 0.5\n[columns]\na = {}\n'
    data = imported(tmp_path, "a,b\n1,2\n3,4\n", mapping=mapping)
    assert data.tags.names == ("a",)
    np.testing.assert_array_equal(data.block.at, [60.0, 60.5])


def test_rows_are_put_in_order_and_the_summary_says_so(tmp_path: Path) -> None:
    data = imported(tmp_path, "time,a\n2,20\n0,0\n2,21\n1,10\n")
    np.testing.assert_array_equal(data.block.values[:, 0], [0, 10, 20, 21])
    np.testing.assert_array_equal(data.order, [1, 3, 0, 2])
    assert (data.summary.out_of_order, data.summary.twice) == (2, 1)


def test_a_long_file_holds_values_until_they_change(tmp_path: Path) -> None:
    text = "time,tag,value,quality\n0,a,1,good\n0,b,10,0\n1,a,2,uncertain\n3,b,,\n3,a,3,good\n"
    data = imported(tmp_path, text)
    assert data.tags.names == ("a", "b")
    np.testing.assert_array_equal(data.block.at, [0, 1, 3])
    np.testing.assert_array_equal(data.block.values, [[1, 10], [2, 10], [3, np.nan]])
    assert data.block.quality.tolist() == [[0, 0], [1, 0], [0, Quality.MISSING]]


def test_a_tag_of_a_long_file_is_missing_before_it_is_first_heard_of(tmp_path: Path) -> None:
    data = imported(tmp_path, "time,tag,value\n0,a,1\n5,b,2\n")
    assert math.isnan(data.block.values[0, 1])
    assert data.block.quality[0, 1] == Quality.MISSING


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a;b\n", "holds a header and no rows"),
        ("a;b\n1;2\n", "has no time column among a, b"),
        ("time,a\n0,1\nx,2\n", "line 3: 'x' is not a time"),
        ("time,a\n0,1\n1,2,3\n", "line 3 has 3 cells and the header has 2"),
        ("time,a,a\n0,1,2\n", "names two columns 'a'"),
        ("time,,a\n0,1,2\n", "has a column without a name"),
        ("time,a\n0,hello\n", "has no column of numbers"),
        ('time,a\n0,"1\n2"\n', "several lines|not CSV"),
        ("   \n", "is empty"),
        ("# only words\n", "holds no header line"),
        ("time,tag,value,quality\n0,a,1,fine\n", "line 2: there is no quality 'fine'"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(StationError, match=said):
        imported(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89HDF\r\n\x1a\n000", "is an HDF5 file"),
        (b"\xff\xfe\x00\xd8", "is not UTF-8"),
        (b"a,b\n\x00,1\n", "binary data"),
        (b"PK\x03\x04..", "workbook"),
    ],
)
def test_foreign_formats_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(StationError, match=said):
        import_sheet(tmp_path / "x.csv", None)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("[columns", "is not TOML"),
        ("[columns]\na = {tga = 'x'}", "columns.a.tga: extra inputs"),
        ("[columns]\nz = {}", "names a column 'z'"),
        ("[columns]\na = {tag = 'b'}", "two columns become the tag b"),
        ("[time]\nstart = '2026-01-01'", "a start and a period belong together"),
        ("[time]\nstart = 'noon'\nperiod = 1", "start 'noon' is not a time"),
        ("[time]\ncolumn = 'when'", "has no column 'when'"),
        ("[columns]\na = {tag = 'PT', unit = 'furlong'}", "furlong: is not a unit we know"),
    ],
)
def test_a_mistake_in_a_map_is_said(tmp_path: Path, mapping: str, said: str) -> None:
    with pytest.raises(StationError, match=said):
        imported(tmp_path, "time,a,b\n0,1,2\n", STATION, mapping)


def test_a_missing_map_or_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="no such file"):
        import_sheet(tmp_path / "nowhere.csv", None)
    with pytest.raises(StationError, match="no such file"):
        read_map(tmp_path / "nowhere.toml")


def test_a_real_pump_loop_is_read_as_it_lies(shared_data: Path) -> None:
    mapping = read_map(ROOT / "tests" / "maps" / "pump_loop.toml")
    data = import_sheet(shared_data / "pump_loop" / "valve1-0.csv", None, mapping)
    assert len(data.block) == 1147
    flow = data.tags.column("LOOP-FT-1")
    assert data.tags[flow].unit == "L/min"
    assert data.block.values[0, flow] == 32.0
    assert {event.subject for event in data.labels} == {"LOOP-LABEL-ANOMALY", "LOOP-LABEL-CHANGE"}
