"""What models of other formats than glTF call their nodes, and what is said of files that are none."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.plant import model_files
from twin.errors import StationError
from twin.plant.model_nodes import node_names


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("mark", ["o", "g"])
def test_objects_and_groups_of_an_obj_file_are_its_nodes(tmp_path: Path, mark: str) -> None:
    path = written(tmp_path, "m.obj", model_files.obj("PUMP_A", "泵 2", mark=mark))
    assert node_names(path) == ("PUMP_A", "泵 2")


def test_solids_of_a_textual_stl_are_its_nodes(tmp_path: Path) -> None:
    assert node_names(written(tmp_path, "m.stl", model_files.textual_stl("a", "b"))) == ("a", "b")


@pytest.mark.parametrize("name", ["binary.stl", "solid.stl", "binary.ply", "textual.ply", "model.vtp"])
def test_what_names_no_parts_is_one_node_named_after_its_file(tmp_path: Path, name: str) -> None:
    assert node_names(written(tmp_path, name, model_files.WHOLE[name])) == (name.partition(".")[0],)


@pytest.mark.parametrize("suffix", ["obj", "stl", "ply", "vtp", "ifc"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "is a picture, not an"),
        (b"PK\x03\x04" + bytes(200), "is a ZIP archive"),
        (b"hello, world\n" * 20, ""),
        (bytes(300), ""),
    ],
)
def test_an_empty_or_foreign_file_is_refused_in_a_sentence(tmp_path: Path, suffix: str, data: bytes, said: str) -> None:
    with pytest.raises(StationError) as refused:
        node_names(written(tmp_path, f"m.{suffix}", data))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize("name", ["binary.stl", "textual.stl", "model.obj", "binary.ply", "textual.ply", "model.vtp"])
def test_a_truncated_file_is_said_to_be_cut_off(tmp_path: Path, name: str) -> None:
    whole = model_files.WHOLE[name]
    cut = len(whole) - 40 if not name.endswith(".obj") else 40
    with pytest.raises(StationError, match="cut off"):
        node_names(written(tmp_path, name, whole[:cut]))


@pytest.mark.parametrize("name", sorted(model_files.WHOLE))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 2000), byte=st.integers(0, 255), cut=st.integers(0, 2000))
def test_a_damaged_file_is_read_or_refused_in_one_sentence(
    tmp_path: Path, name: str, at: int, byte: int, cut: int
) -> None:
    data = bytearray(model_files.WHOLE[name])
    data[at % len(data)] = byte
    for damaged in (bytes(data), bytes(data[:cut])):
        said, names = "", ()
        try:
            names = node_names(written(tmp_path, name, damaged))
        except StationError as refused:
            said = str(refused)
        assert bool(said) != bool(names)
        assert "\n" not in said


@pytest.mark.parametrize(("written_", "instead"), [("vertex 4", "vertex 4000000000"), ("vertex 4", "vertex -4")])
def test_counts_beyond_the_file_are_refused_before_anything_is_set_aside(
    tmp_path: Path, written_: str, instead: str
) -> None:
    data = model_files.ply().replace(written_.encode(), instead.encode())
    with pytest.raises(StationError, match=r"cut off|understood"):
        node_names(written(tmp_path, "m.ply", data))


def test_a_model_without_triangles_is_refused(tmp_path: Path) -> None:
    for name, data in (
        ("m.stl", b"none".ljust(84, b"\0")),
        ("m.obj", b"v 0 0 0\n"),
        ("m.ply", model_files.ply().replace(b"face 4", b"face 0")),
    ):
        with pytest.raises(StationError, match="holds no"):
            node_names(written(tmp_path, name, data))


def test_ifc_needs_a_library_that_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ifcopenshell", None)
    with pytest.raises(StationError) as refused:
        node_names(written(tmp_path, "m.ifc", model_files.IFC))
    assert "ifcopenshell) is not installed. Install it with: pip install 'pumphouse[ifc]'." in str(refused.value)


def test_products_with_a_shape_are_the_nodes_of_an_ifc_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def product(name: str | None, identity: str, shape: object = True) -> SimpleNamespace:
        return SimpleNamespace(Name=name, GlobalId=identity, Representation=shape)

    library = ModuleType("ifcopenshell")
    held = [product("Pump 1", "a"), product(None, "3vB2"), product("Site", "c", None)]
    library.open = lambda path: SimpleNamespace(by_type=lambda kind: held if kind == "IfcProduct" else [])
    monkeypatch.setitem(sys.modules, "ifcopenshell", library)
    assert node_names(written(tmp_path, "m.ifc", model_files.IFC)) == ("Pump 1", "3vB2")
