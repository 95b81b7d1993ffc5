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
    assert node_names(tmp_path / "m.glb") == {"P1", "P1.motor", "泵"}


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


def test_a_broken_model_is_one_mistake_at_the_line_that_names_it(station: tuple[str, Path]) -> None:
    text, path = station
    (path.parent / "s.glb").write_bytes(glb(["P1"])[:30])
    (mistake,) = mistakes(text, path)
    assert mistake.line == 3
    assert "cut short" in mistake.wrong
