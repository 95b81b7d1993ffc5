"""Reading a station: what it says of itself, and one plain sentence for whatever is no station."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from tests.twin.plant.test_checking import SOUND
from twin.errors import StationError
from twin.plant.measures import PUMP_MINIMUM
from twin.plant.reading import Station, parse, read
from twin.text import Text
from twin.units import scales_and_offsets

SMALL = """\
# A pump and its tags: all that a station needs. Loss of head, network and 3D model may come later.
format = "pumphouse-station"
version = 1
station = {id = "mill"}
pumps = [{id = "P1", curve = "sheet", rated_flow_m3_h = 100}]
tags = [
  {name = "suction", equipment = "P1", measures = "suction_pressure", unit = "bar"},
  {name = "discharge", equipment = "P1", measures = "discharge_pressure", unit = "bar"},
  {name = "flow", equipment = "P1", measures = "pump_flow", unit = "m3/h"},
  {name = "speed", equipment = "P1", measures = "shaft_speed", unit = "r/min"},
  {name = "power", equipment = "P1", measures = "motor_active_power", unit = "kW"},
]

[curves.sheet]
speed_rpm = 1450
flow_m3_h = [0, 100, 140]
head_m = [32, 25, 18]
"""


@pytest.fixture(scope="module")
def reference() -> Station:
    return read()


def test_a_station_may_hold_no_more_than_tags_and_one_pump() -> None:
    station = parse(SMALL)
    assert [station.tags.measuring("P1", measures) for measures in PUMP_MINIMUM] == [0, 1, 2, 3, 4]
    assert station.model_path is None


def test_a_station_may_hold_no_pump_at_all() -> None:
    station = parse('format = "pumphouse-station"\nversion = 1\nstation = {id = "x"}\ntags = [{name = "a"}]')
    assert station.tags.names == ("a",)
    assert station.pumps == ()


def test_the_reference_station_has_the_tags_of_its_list(reference: Station) -> None:
    assert len(reference.tags) == 992
    assert [pump.id for pump in reference.pumps_of("supply")] == ["P101", "P102", "P103", "P104"]


def test_every_equipment_of_the_reference_station_has_a_name_in_both_languages_and_a_kind(reference: Station) -> None:
    for equipment in {tag.equipment for tag in reference.tags}:
        name = reference.name_of(equipment)
        assert name.en, equipment
        assert name.zh, equipment
        assert reference.kind_of(equipment), equipment


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_tags_of_one_equipment_are_described_alike(reference: Station, language: str) -> None:
    said = [(tag.equipment, tag.description.said_in(language)) for tag in reference.tags]
    assert len(set(said)) == len(said)
    assert all(text for _, text in said)


def test_transmitter_steps_fit_integer_codes(reference: Station) -> None:
    codes = np.array([(tag.high - tag.low) / tag.step for tag in reference.tags])
    assert np.all(np.isfinite(codes))
    assert codes.max() < 2**31
    assert np.mean(codes < 2**16) > 0.95


def test_units_of_the_reference_station_are_known(reference: Station) -> None:
    scale, _ = scales_and_offsets(tag.unit for tag in reference.tags)
    assert len(scale) == 992


def test_drives_belong_to_the_circuit_of_their_pump(reference: Station) -> None:
    assert reference.kind_of("VFD203") == "drive"
    assert reference.circuit_of("VFD203") == "return"
    assert reference.kind_of("P101") == "pump"
    assert reference.kind_of("P101.check_valve") == "check_valve"
    assert reference.kind_of("nothing") == ""
    assert reference.name_of("P101") == Text("supply pump 1", "供水泵 1")
    assert reference.name_of("nothing").said_in("zh") == "nothing"


def test_holds_are_an_array_over_the_tags(reference: Station) -> None:
    assert reference.holds.shape == (992,)
    assert reference.holds[reference.tags.column("B4-VT-10120")] == 10.0


def test_times_without_an_offset_are_the_stations_own(reference: Station) -> None:
    local = datetime.datetime(2026, 1, 12, 3, 20, tzinfo=reference.zone)
    assert local.utcoffset() == datetime.timedelta(hours=8)


def test_line_ends_and_marks_of_other_systems_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert read(path).digest == parse(SMALL).digest


def test_the_first_mistakes_are_named_with_file_line_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SOUND.replace('"bar", range = [0, 10]', '"Bar", range = [0, 10]'), encoding="utf-8")
    with pytest.raises(StationError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: line 6: tag 'PT-1', unit: there is no unit 'Bar'. Did you mean 'bar'?"


def test_of_many_mistakes_the_first_are_told_and_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SMALL.replace('"bar"', '"bor"').replace("P1", "P2").replace("[32, 25, 18]", "[1, 2]"), "utf-8")
    with pytest.raises(StationError, match=r"has 4 mistakes\. Line 7: ") as caught:
        read(path)
    assert str(caught.value).endswith(f"`pumphouse check {path}` tells all 4.")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "is a recording, not a station file"),
        (b"glTF\x02\0\0\0", "is a 3D model, not a station file"),
        (b'{"a": 1}', "is JSON"),
        (b"time;a;b\n0;1;2\n1;2;3\n", "is a table of values"),
        (b"time,a,b\n2026-01-01,1,2\n", "is a table of values"),
        (SMALL.encode("utf-16"), "is UTF-16 text"),
        (b"\0\1\2\3", "holds binary data"),
        (b'a = "1"\nb = "\xff"\n', "line 2 is not UTF-8 text"),
        (SMALL.encode()[:-20], "is not TOML"),
    ],
)
def test_a_foreign_or_damaged_file_is_refused_in_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(data)
    with pytest.raises(StationError, match=words) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="there is no such file"):
        read(tmp_path / "none.toml")
    with pytest.raises(StationError, match="is a directory"):
        read(tmp_path)


def test_a_file_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    with path.open("wb") as file:
        file.truncate(40 * 2**20)
    with pytest.raises(StationError, match="42 MB large"):
        read(path)
