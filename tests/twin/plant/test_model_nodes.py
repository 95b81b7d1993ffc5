"""The nodes of a 3D model, and models that are none."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.plant.test_checking import SOUND
from twin.errors import StationError
from twin.plant.checking import mistakes
from twin.plant.model_nodes import node_names
from twin.plant.reading import parse, read
from twin.plant.station import NodeMap
from twin.plant.tying import nameable, tied


def glb(names: list[str]) -> bytes:
    """The smallest GLB with these nodes."""
    body = json.dumps({"asset": {"version": "2.0"}, "nodes": [{"name": name} for name in names]}).encode()
    body += b" " * (-len(body) % 4)
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(body), len(body), 0x4E4F534A) + body


def refusal(path: Path) -> StationError | None:
    """What is said of a model that cannot be read; None if it can."""
    try:
        node_names(path)
    except StationError as error:
        return error
    return None


def test_the_names_written_are_the_names_read(tmp_path: Path) -> None:
    (tmp_path / "m.glb").write_bytes(glb(["P1", "P1.motor", "泵"]))
    assert node_names(tmp_path / "m.glb") == ("P1", "P1.motor", "泵")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 400), st.binary(max_size=4))
def test_a_damaged_model_is_one_sentence_or_still_readable(tmp_path: Path, at: int, bytes_: bytes) -> None:
    whole = glb(["P1", "P1.motor"])
    (tmp_path / "m.glb").write_bytes(whole[:at] + bytes_)
    error = refusal(tmp_path / "m.glb")
    assert error is None or ("\n" not in str(error) and error.remedy)


def test_the_models_of_a_validators_suite_are_read_or_refused_and_nothing_else(shared_data: Path) -> None:
    models = (shared_data / "gltf" / "validator_glb").glob("*.glb")
    refused = {path.stem for path in models if refusal(path) is not None}
    assert {"empty_file", "invalid_magic", "no_header", "only_header", "invalid_json_chunk"} <= refused
    assert node_names(shared_data / "gltf" / "samples" / "BoxTextured.glb") is not None


@pytest.fixture
def station(tmp_path: Path) -> tuple[str, Path]:
    """A station with a model, a placed pump and a tag with a node of its own."""
    text = SOUND.replace('id = "S"', 'id = "S", model = "s.glb"').replace("step = 0.01", 'node = "P1.motor"')
    return text, tmp_path / "station.toml"


def test_a_model_with_every_node_is_accepted(station: tuple[str, Path]) -> None:
    text, path = station
    (path.parent / "s.glb").write_bytes(glb(["P1", "P1.motor"]))
    assert mistakes(text, path) == ()


def test_nodes_the_model_lacks_are_told_where_they_are_named(station: tuple[str, Path]) -> None:
    text, path = station
    (path.parent / "s.glb").write_bytes(glb(["P1", "P1.moter"]))
    (mistake,) = mistakes(text, path)
    assert mistake.line == 7
    assert "has no node 'P1.motor'. Did you mean 'P1.moter'?" in str(mistake)
    assert mistake.grade == "warning"  # a station runs without being seen


def test_nodes_that_are_nobodys_are_told_in_one_warning_with_what_to_do(station: tuple[str, Path]) -> None:
    text, path = station
    names = ["P1", "P1.motor", "building.wall", *(f"Body{number}" for number in range(9))]
    (path.parent / "s.glb").write_bytes(glb(names))
    (mistake,) = mistakes(text, path)
    assert (mistake.line, mistake.grade) == (3, "warning")
    assert "has 9 nodes that are tied to no equipment: 'Body0'" in str(mistake)
    assert "and 3 more" in str(mistake)
    assert "[[model.map]]" in str(mistake)


def test_a_table_ties_nodes_of_other_names(station: tuple[str, Path]) -> None:
    text, path = station
    (path.parent / "s.glb").write_bytes(glb(["PUMP_A_housing", "PUMP_A_motor", "Roof"]))
    assert len(mistakes(text, path)) == 3
    table = '[[model.map]]\nnode = "*_motor"\nequipment = "P1.motor"\n'
    table += '[[model.map]]\nnode = "PUMP_A*"\nequipment = "P1"\n[[model.map]]\nnode = "Roof"\nlayer = "roof"\n'
    assert mistakes(text + table, path) == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('node = "PUMP_B*"\nequipment = "P1"\n', "has no node 'PUMP_B*'. Did you mean 'PUMP_A'?"),
        ('node = "PUMP_A"\nequipment = "P11"\n', "there is no equipment 'P11'. Did you mean 'P1'?"),
    ],
)
def test_what_a_table_ties_to_nothing_is_told_and_not_fatal(station: tuple[str, Path], entry: str, said: str) -> None:
    text, path = station
    (path.parent / "s.glb").write_bytes(glb(["P1", "P1.motor", "PUMP_A"]))
    found = mistakes(text + "[[model.map]]\n" + entry, path)
    assert {mistake.grade for mistake in found} == {"warning"}
    assert any(said in str(mistake) for mistake in found)
    assert parse(text + "[[model.map]]\n" + entry).file.model.map


def test_a_unit_nobody_knows_is_a_mistake_with_its_line(station: tuple[str, Path]) -> None:
    text, _ = station
    (mistake,) = mistakes(text + '[model]\nunit = "mmm"\n')
    assert "unit: is 'mmm'. Did you mean 'mm'?" in str(mistake)
    assert mistake.line == text.count("\n") + 2


def test_the_first_entry_that_fits_a_node_counts() -> None:
    table = [NodeMap(node="A*", equipment="P1"), NodeMap(node="AB", equipment="P2")]
    assert tied(["AB", "P2.x", ""], {"P1", "P2"}, table).equipment == {"AB": "P1", "P2.x": "P2"}


def test_every_node_of_the_reference_model_shows_something() -> None:
    station = read()
    assert station.model_path is not None
    assert tied(node_names(station.model_path), nameable(station.file)).strays == ()


def test_a_broken_model_is_one_mistake_at_the_line_that_names_it(station: tuple[str, Path]) -> None:
    text, path = station
    (path.parent / "s.glb").write_bytes(glb(["P1"])[:30])
    (mistake,) = mistakes(text, path)
    assert mistake.line == 3
    assert "cut short" in mistake.wrong


def test_a_station_out_of_a_recording_shows_its_own_model_or_none() -> None:
    reference = read()
    assert parse(reference.text).model_path == reference.model_path
    assert parse(reference.text.replace('id = "B4"', 'id = "B5"', 1)).model_path is None
    assert parse(reference.text.replace('id = "B4"', 'id = "../b4"', 1)).model_path is None
