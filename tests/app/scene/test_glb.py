"""A model file is taken apart whole, or refused in one sentence; none brings the program down."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.scene import glb
from tests.app.scene import models
from twin.errors import StationError


def read(folder: Path, data: bytes) -> glb.Model:
    path = folder / "model.glb"
    path.write_bytes(data)
    return glb.read(path)


def test_a_whole_model_gives_its_nodes_and_their_triangles(tmp_path: Path) -> None:
    model = read(tmp_path, models.glb())
    assert model.nodes == ("P101", "building.roof")
    assert [len(part.triangles) for part in model.parts] == [4, 4]
    assert model.materials[0].name == "paint"
    assert [part.layer for part in model.parts] == ["pumps", ""]


def test_what_stands_for_a_node_from_afar_has_its_name_and_is_no_node_of_its_own(tmp_path: Path) -> None:
    described = models.document()
    described["nodes"][0]["extensions"] = {"MSFT_lod": {"ids": [2, 3]}}
    described["nodes"] += [{"mesh": 0}, {"mesh": 0, "translation": [9, 0, 0]}]
    model = read(tmp_path, models.glb(described))
    assert model.nodes == ("P101", "building.roof")
    assert [part.node for part in model.parts] == [part.node for part in model.afar] == ["P101", "building.roof"]
    assert model.afar[0].points[:, 0].min() == 9  # the coarsest
    assert model.afar[0].layer == "pumps"


def test_a_model_that_knows_no_difference_is_the_same_from_afar(tmp_path: Path) -> None:
    assert read(tmp_path, models.glb()).afar == ()


def test_a_level_that_the_file_does_not_hold_makes_it_broken(tmp_path: Path) -> None:
    described = models.document()
    described["nodes"][0]["extensions"] = {"MSFT_lod": {"ids": [7]}}
    with pytest.raises(StationError, match="not a whole"):
        read(tmp_path, models.glb(described))


def test_what_is_up_in_the_file_is_up_in_the_station(tmp_path: Path) -> None:
    part = read(tmp_path, models.glb()).parts[0]
    # glTF's (x, y, z) is the station's (x, -z, y)
    assert np.allclose(part.points.min(axis=0), (5, 2, 2))
    assert np.allclose(part.points.max(axis=0), (6, 3, 3))


def test_normals_have_length_one_and_point_outwards(tmp_path: Path) -> None:
    for part in read(tmp_path, models.glb()).parts:
        assert np.allclose(np.linalg.norm(part.normals, axis=1), 1, atol=1e-5)
        assert ((part.points - part.points.mean(axis=0)) * part.normals).sum(axis=1).min() > 0


def test_a_mirrored_node_keeps_its_outside_outside(tmp_path: Path) -> None:
    described = models.document()
    described["nodes"][0]["scale"] = [-1, 1, 1]
    part = read(tmp_path, models.glb(described)).parts[0]
    corners = part.points[part.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outwards = corners.mean(axis=1) - part.points.mean(axis=0)
    assert (faces * outwards).sum(axis=1).min() > 0


def test_a_node_shrunk_to_nothing_is_left_out(tmp_path: Path) -> None:
    described = models.document()
    described["nodes"][0]["scale"] = [0, 0, 0]
    assert [part.node for part in read(tmp_path, models.glb(described)).parts] == ["building.roof"]


def test_a_file_without_scenes_shows_each_node_once(tmp_path: Path) -> None:
    described = models.document()
    del described["scenes"], described["scene"]
    described["nodes"][0]["children"] = [1]
    assert len(read(tmp_path, models.glb(described)).parts) == 2


def test_vertex_colours_become_shade(tmp_path: Path) -> None:
    described = models.document()
    grey = np.array([[255] * 4, [51, 51, 51, 255], [0, 0, 0, 255], [102, 102, 102, 255]], np.uint8)
    described["meshes"][0]["primitives"][0]["attributes"]["COLOR_0"] = 2
    described["accessors"].append(
        {"bufferView": 2, "componentType": 5121, "count": 4, "type": "VEC4", "normalized": True}
    )
    described["bufferViews"].append({"buffer": 0, "byteOffset": 72, "byteLength": 16})
    held = models.CORNERS.tobytes() + models.FACES.tobytes() + grey.tobytes()
    part = read(tmp_path, models.glb(described, held)).parts[0]
    assert np.allclose(part.shade, (1.0, 0.2, 0.0, 0.4), atol=1e-6)


def _circle(described: dict[str, Any]) -> None:
    described["nodes"][1]["children"] = [1]


def _twice(described: dict[str, Any]) -> None:
    described["nodes"] += [{"children": [3, 3]}, {"mesh": 0}]
    described["scenes"][0]["nodes"] = [2]


def _beyond_the_end(described: dict[str, Any]) -> None:
    described["accessors"][0]["count"] = 5000


def _negative(described: dict[str, Any]) -> None:
    described["bufferViews"][0]["byteOffset"] = -48


def _no_such_material(described: dict[str, Any]) -> None:
    described["meshes"][0]["primitives"][0]["material"] = 7


def _no_such_mesh(described: dict[str, Any]) -> None:
    described["nodes"][0]["mesh"] = 12


def _words_for_numbers(described: dict[str, Any]) -> None:
    described["nodes"][0]["translation"] = ["a", "b", "c"]


def _compressed(described: dict[str, Any]) -> None:
    described["extensionsRequired"] = ["KHR_draco_mesh_compression"]


def _elsewhere(described: dict[str, Any]) -> None:
    described["buffers"][0]["uri"] = "geometry.bin"


def _sparse(described: dict[str, Any]) -> None:
    indices = {"bufferView": 1, "componentType": 5123}
    described["accessors"][0]["sparse"] = {"count": 9, "indices": indices, "values": {"bufferView": 0}}


def _absurd(described: dict[str, Any]) -> None:
    del described["accessors"][0]["bufferView"]
    described["accessors"][0]["count"] = 10**12


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_circle, "circle"),
        (_twice, "two places"),
        (_beyond_the_end, "does not hold"),
        (_negative, "does not hold"),
        (_no_such_material, "material"),
        (_no_such_mesh, "not a whole glTF"),
        (_words_for_numbers, "not a whole glTF"),
        (_compressed, "KHR_draco_mesh_compression"),
        (_elsewhere, "geometry.bin, which is not beside it"),
        (_sparse, "does not hold"),
        (_absurd, "does not hold"),
    ],
)
def test_a_broken_description_is_refused_in_one_sentence(tmp_path: Path, spoil: Any, said: str) -> None:
    described = models.document()
    spoil(described)
    with pytest.raises(StationError) as refused:
        read(tmp_path, models.glb(described))
    assert said in str(refused.value)
    assert "model.glb" in str(refused.value)


def test_points_may_be_given_by_what_differs_from_others(tmp_path: Path) -> None:
    described = models.document()
    described["bufferViews"] += [{"buffer": 0, "byteOffset": 72, "byteLength": 4}]
    described["bufferViews"] += [{"buffer": 0, "byteOffset": 76, "byteLength": 12}]
    indices = {"bufferView": 2, "componentType": 5123}
    described["accessors"][0]["sparse"] = {"count": 1, "indices": indices, "values": {"bufferView": 3}}
    moved = np.array([3, 0], np.uint16).tobytes() + np.array([0, 0, 7], np.float32).tobytes()
    model = read(tmp_path, models.glb(described, models.CORNERS.tobytes() + models.FACES.tobytes() + moved))
    assert np.ptp(model.parts[0].points, axis=0).tolist() == [1, 7, 1]


@pytest.mark.parametrize("inside", [True, False])
def test_a_description_with_its_geometry_inside_or_beside_it_is_read(tmp_path: Path, inside: bool) -> None:
    held = models.CORNERS.tobytes() + models.FACES.tobytes()
    described = models.document()
    within = "data:application/octet-stream;base64," + base64.b64encode(held).decode()
    described["buffers"][0]["uri"] = within if inside else "some%20where/points.bin"
    (tmp_path / "some where").mkdir()
    (tmp_path / "some where" / "points.bin").write_bytes(held)
    (tmp_path / "m.gltf").write_text(json.dumps(described))
    assert [part.node for part in glb.read(tmp_path / "m.gltf").parts] == ["P101", "building.roof"]


@pytest.mark.parametrize("uri", ["../points.bin", "/etc/passwd", "http://x/points.bin"])
def test_geometry_is_not_fetched_from_elsewhere(tmp_path: Path, uri: str) -> None:
    described = models.document()
    described["buffers"][0]["uri"] = uri
    (tmp_path / "points.bin").write_bytes(bytes(72))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "m.gltf").write_text(json.dumps(described))
    with pytest.raises(StationError, match="not beside it"):
        glb.read(tmp_path / "in" / "m.gltf")


def test_how_far_reading_has_come_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.glb").write_bytes(models.glb())
    told: list[float] = []
    glb.read(tmp_path / "m.glb", told.append)
    assert told == [0.5, 1.0]


def test_points_that_are_not_numbers_are_refused(tmp_path: Path) -> None:
    points = models.CORNERS.copy()
    points[2, 1] = np.nan
    with pytest.raises(StationError, match="not numbers"):
        read(tmp_path, models.glb(binary=points.tobytes() + models.FACES.tobytes()))


def test_corners_that_are_not_there_are_refused(tmp_path: Path) -> None:
    faces = models.FACES.copy()
    faces[5] = 900
    with pytest.raises(StationError, match="corners"):
        read(tmp_path, models.glb(binary=models.CORNERS.tobytes() + faces.tobytes()))


def test_more_triangles_than_a_machine_can_hold_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glb, "MOST_TRIANGLES", 5)
    with pytest.raises(StationError, match="million triangles"):
        read(tmp_path, models.glb())


def test_a_missing_model_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StationError, match=r"nothing\.glb: .*Name a glTF model"):
        glb.read(tmp_path / "nothing.glb")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(models.glb()) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(models.glb())))
def test_a_damaged_file_is_read_or_refused_and_never_crashes(tmp_path: Path, at: int, byte: int, cut: int) -> None:
    data = bytearray(models.glb())
    data[at] = byte
    for damaged in (bytes(data), bytes(data[:cut])):
        try:
            model = read(tmp_path, damaged)
        except StationError as refused:
            said, parts = str(refused), ()
        else:
            said, parts = "", model.parts
        assert "\n" not in said
        assert all(np.isfinite(part.points).all() for part in parts)


def test_the_validators_cases_are_judged_as_the_validator_judges_them(shared_data: Path) -> None:
    cases = sorted((shared_data / "gltf" / "validator_glb").glob("*.glb"))
    assert cases
    wrong = []
    for case in cases:
        report = json.loads(case.with_name(f"{case.name}.report.json").read_text())
        whole = report["issues"]["numErrors"] == 0
        try:
            glb.read(case)
        except StationError:
            taken = False
        else:
            taken = True
        if taken != whole:
            wrong.append(case.name)
    assert not wrong


def test_a_foreign_model_is_read(shared_data: Path) -> None:
    model = glb.read(shared_data / "gltf" / "samples" / "BoxTextured.glb")
    assert sum(len(part.triangles) for part in model.parts) == 12
