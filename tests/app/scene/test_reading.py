"""Any model of any program: a whole one stands in its place, a broken one is one sentence, a heavy one is lightened."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.scene import apart, bodies, foreign, glb, ifc, reading
from app.scene.decimation import clustered, coarsened, lightened
from app.scene.glb import Material, Model, Part
from app.scene.painter import Painter
from app.scene.solids import Solid
from tests.app.scene import models
from tests.twin.plant import model_files
from twin.errors import StationError
from twin.plant.model_nodes import node_names
from twin.plant.station import StationFile

BARE = StationFile.model_validate(
    {"format": "pumphouse-station", "version": 1, "station": {"id": "S"}, "equipment": [{"id": "P1", "kind": "pump"}]}
)


def station(**model: object) -> StationFile:
    return StationFile.model_validate({**BARE.model_dump(), "model": model})


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def extent(model: Model) -> list[list[float]]:
    points = np.concatenate([part.points for part in model.parts])
    return [np.round(points.min(axis=0), 6).tolist(), np.round(points.max(axis=0), 6).tolist()]


def here(path: Path) -> Model:
    """Read by VTK in this process: these files are whole."""
    return foreign.read(path, glb.unheard)


@pytest.mark.parametrize("name", sorted(model_files.WHOLE))
def test_a_whole_model_of_each_format_gives_its_triangles(tmp_path: Path, name: str) -> None:
    model = here(written(tmp_path, name, model_files.WHOLE[name]))
    assert sum(len(part.triangles) for part in model.parts) == 4
    assert extent(model) == [[0, 0, 0], [1, 1, 1]]
    assert model.nodes == node_names(tmp_path / name)
    for part in model.parts:
        assert np.allclose(np.linalg.norm(part.normals, axis=1), 1, atol=1e-5)
        assert ((part.points - 0.25) * part.normals).sum(axis=1).min() > 0  # outwards


SCANNED = b"""ply
format ascii 1.0
element vertex 4
property float x
property float y
property float z
property uchar red
property uchar green
property uchar blue
element face 4
property list uchar int vertex_indices
end_header
0 0 0 200 40 30
1 0 0 200 40 30
0 1 0 30 60 180
0 0 1 30 60 180
3 0 2 1
3 0 1 3
3 0 3 2
3 1 2 3
"""


def test_a_scan_keeps_the_colour_of_each_point_through_another_process_and_in_the_picture(tmp_path: Path) -> None:
    path = written(tmp_path, "scan.ply", SCANNED)
    for model in (here(path), apart.read(path, glb.unheard)):
        (part,) = model.parts
        for point, shade in zip(part.points, part.shade, strict=True):
            expected = (200, 40, 30) if point[1:].sum() == 0 else (30, 60, 180)
            assert 255 * shade == pytest.approx(expected, abs=0.5)
    solid = Solid.of(model.parts, model.materials)
    assert {tuple(colour) for colour in solid.base.tolist()} <= {(200, 40, 30), (30, 60, 180), (199, 40, 30)}


def scanned_ground(steps: int) -> Part:
    """A level square of a metre in many triangles, redder along x and greener along y."""
    along = np.linspace(0.0, 1.0, steps, dtype=np.float32)
    x, y = (each.ravel() for each in np.meshgrid(along, along))
    count = steps * steps
    points = np.stack([x, y, np.zeros(count, np.float32)], axis=1)
    corner = (np.arange(steps - 1)[:, None] * steps + np.arange(steps - 1)).ravel()[:, None]
    triangles = np.concatenate([corner + np.array(each) for each in ((0, 1, steps + 1), (0, steps + 1, steps))])
    shade = np.stack([x, y, np.full(count, 0.5, np.float32)], axis=1)
    upward = np.tile(np.array([0, 0, 1], np.float32), (count, 1))
    return Part("scan", 0, points, upward, triangles.astype(np.int32), shade)


def test_a_lightened_scan_keeps_its_colours() -> None:
    part = scanned_ground(40)
    lighter = clustered(part, 0.1)
    assert len(lighter.triangles) < len(part.triangles) / 4
    expected = np.column_stack([lighter.points[:, :2], np.full(len(lighter.points), 0.5)])
    assert lighter.shade == pytest.approx(expected, abs=0.01)


def test_a_heavy_model_is_coarse_while_the_camera_moves_and_whole_when_it_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "HEAVY", 5_000)
    model = Model((scanned_ground(60),), (Material("", (1.0, 1.0, 1.0), 1.0, 0.0, 0.7),), ("scan",))
    assert coarsened(model) is model  # light enough as it is
    painter = Painter(coarsened(model, 1_000), (120, 80))

    def drawn() -> int:
        shown = [each for each in painter._bodies._drawn if each.actor.GetVisibility()]
        return sum(each.solid.data.GetNumberOfCells() for each in shown)

    painter.refine()
    assert drawn() == 2 * 59 * 59
    painter.look(painter.camera.orbited(0.1, 0.0))
    assert 0 < drawn() <= 1_000
    painter.refine()
    assert drawn() == 2 * 59 * 59


@pytest.mark.parametrize("mark", ["o", "g"])
def test_each_object_of_an_obj_file_is_a_node_with_its_own_triangles(tmp_path: Path, mark: str) -> None:
    model = here(written(tmp_path, "m.obj", model_files.obj("A", "B", mark=mark)))
    assert [(part.node, part.points[:, 0].min()) for part in model.parts] == [("A", 0), ("B", 2)]


def test_each_solid_of_a_textual_stl_is_a_node_with_its_own_triangles(tmp_path: Path) -> None:
    model = here(written(tmp_path, "m.stl", model_files.textual_stl("A", "B")))
    assert [(part.node, part.points[:, 0].min()) for part in model.parts] == [("A", 0), ("B", 2)]


def test_materials_of_an_obj_file_have_the_colours_of_its_library(tmp_path: Path) -> None:
    (tmp_path / "paint.mtl").write_text("newmtl red\nKd 1 0 0\nnewmtl blue\nKd 0 0 1\n")
    text = (
        model_files.obj("A")
        .decode()
        .replace("f 1 3 2", "usemtl red\nf 1 3 2")
        .replace("f 1 2 4", "usemtl blue\nf 1 2 4")
    )
    model = here(written(tmp_path, "m.obj", b"mtllib paint.mtl\n" + text.encode()))
    assert [(p.node, model.materials[p.material].colour, len(p.triangles)) for p in model.parts] == [
        ("A", (1, 0, 0), 1),
        ("A", (0, 0, 1), 3),
    ]


# ---- unit, up, place, names ------------------------------------------------------------------------------------------


def test_a_stl_in_millimetres_with_z_up_stands_where_it_should(tmp_path: Path) -> None:
    data = bytearray(model_files.binary_stl(1000.0))
    corners = np.frombuffer(data, np.uint8, offset=84).reshape(-1, 50)[:, 12:48].view(np.float32).copy()
    corners[:, 2::3] *= 2.0  # twice as high
    for number, row in enumerate(corners):
        data[84 + 50 * number + 12 : 84 + 50 * number + 48] = row.tobytes()
    path = written(tmp_path, "tank.stl", bytes(data))
    model = reading.read(path, station(unit="mm", at=[10, 20, 0.5], turned_deg=90))
    assert extent(model) == [[9, 20, 0.5], [10, 21, 2.5]]


def test_gltf_has_y_up_unless_the_station_file_says_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path, "m.glb", models.glb())  # P101 stands at (5, 2, -3), y up
    upright, lying = reading.read(path, BARE).parts[0], reading.read(path, station(up="z")).parts[0]
    assert upright.points.min(axis=0).tolist() == [5, 2, 2]
    assert lying.points.min(axis=0).tolist() == [5, 2, -3]


@pytest.mark.parametrize(("up", "highest"), [("z", 3.0), ("y", 2.0)])
def test_another_format_has_z_up_unless_the_station_file_says_otherwise(
    tmp_path: Path, up: str, highest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = "v 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 3\n"
    path = written(tmp_path, "m.obj", (points + "f 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n").encode())
    monkeypatch.setattr(apart, "read", apart.made)
    model = reading.read(path, station(up=up))
    assert extent(model)[1][2] == highest
    part = model.parts[0]
    assert ((part.points - part.points.mean(axis=0)) * part.normals).sum(axis=1).min() > 0


def test_nodes_of_other_names_become_parts_of_what_they_are_tied_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [{"node": "PUMP*", "equipment": "P1", "layer": "pumps"}, {"node": "Dach", "layer": "roof"}]
    monkeypatch.setattr(apart, "read", apart.made)
    path = written(tmp_path, "m.obj", model_files.obj("PUMP_A", "P1.motor", "Dach", "other"))
    model = reading.read(path, station(map=table))
    assert model.nodes == ("P1.PUMP_A", "P1.motor", "building.roof.Dach", "other")
    assert [part.layer for part in model.parts] == ["pumps", "", "roof", ""]


@pytest.mark.parametrize(("scale", "said"), [(1e8, "km long, if its unit"), (1e-4, "mm long, if its unit")])
def test_a_model_that_is_absurdly_large_or_small_is_asked_for_its_unit(
    tmp_path: Path, scale: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "read", apart.made)
    path = written(tmp_path, "m.stl", model_files.binary_stl(scale))
    with pytest.raises(StationError, match=said) as refused:
        reading.read(path, BARE)
    assert "[model] unit" in str(refused.value)


# ---- broken files ----------------------------------------------------------------------------------------------------


def _spoilt(data: bytes, written_: bytes, instead: bytes) -> bytes:
    assert written_ in data
    return data.replace(written_, instead, 1)


BROKEN = {
    "a picture.stl": b"\x89PNG\r\n\x1a\n" + bytes(400),
    "empty.obj": b"",
    "cut.ply": model_files.ply()[:-20],
    "corners beyond.ply": _spoilt(model_files.ply(), b"\x03\x00\x00\x00\x00", b"\x03\x00\x00\x00\x7f"),
    "beyond.vtp": _spoilt(model_files.vtp(), b">0 2 1", b">0 2 9000000"),
    "counts.vtp": _spoilt(model_files.vtp(), b'NumberOfPoints="4"', b'NumberOfPoints="4000000000000"'),
    "nan.stl": _spoilt(model_files.binary_stl(), np.float32(1).tobytes(), np.float32(np.nan).tobytes()),
    "beyond.obj": _spoilt(model_files.obj("A"), b"f 1 3 2", b"f 1 3 2000000"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_model_is_one_sentence_and_takes_nothing_with_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(StationError) as refused:
        reading.read(written(tmp_path, name, BROKEN[name]), BARE)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


def test_a_kind_of_file_nobody_reads_is_refused_with_the_kinds_that_are(tmp_path: Path) -> None:
    with pytest.raises(StationError, match=r"Name one of these kinds: glb, gltf, obj, stl, ply, vtp, ifc"):
        reading.read(written(tmp_path, "m.dwg", b"AC1032"), BARE)


class _Child:
    """A process that does as it is told instead of reading."""

    def __init__(self, code: str) -> None:
        self._code, self._popen = code, subprocess.Popen

    def __call__(self, words: list[str], **rest: object) -> subprocess.Popen[bytes]:
        return self._popen([sys.executable, "-c", self._code], **rest)  # type: ignore[call-overload]


@pytest.mark.parametrize("code", ["import os; os.abort()", "import time; time.sleep(60)"])
def test_a_reader_that_dies_or_stalls_is_one_sentence(
    tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart.subprocess, "Popen", _Child(code))
    monkeypatch.setattr(apart, "PATIENCE", 0.5)
    with pytest.raises(StationError, match="its reader broke down over it"):
        apart.read(written(tmp_path, "m.stl", model_files.binary_stl()), glb.unheard)


def test_who_does_not_want_to_wait_any_longer_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class EnoughError(Exception):
        pass

    def enough(share: float) -> None:
        assert share == 0.25
        raise EnoughError

    path = written(tmp_path, "m.stl", model_files.binary_stl())
    code = "import os, pathlib, time; pathlib.Path(os.environ['TMPDIR'], 'progress').write_text('0.25'); time.sleep(60)"
    monkeypatch.setattr(apart.subprocess, "Popen", _Child(code))
    with pytest.raises(EnoughError):
        apart.read(path, enough)


# ---- IFC -------------------------------------------------------------------------------------------------------------

FAKE_IFC = """
import weakref
class _Shape:
    guid, name, type = "3vB2", "Pump 1", "IfcPump"
    class geometry:
        verts = (0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1)
        faces = (0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3)
        material_ids = (0, 0, 0, -1)
        class _material:
            class diffuse:
                components = (1.0, 0.0, 0.0)
        materials = (_material,)
class settings:
    def set(self, name, value):
        assert (name, value) == ("use-world-coords", True)
class iterator:
    def __init__(self, settings, file):
        assert file.endswith("m.ifc")
        self._file, self._left = weakref.ref(file), 2  # as the real one: it reads the file without holding it
    def initialize(self):
        return True
    def get(self):
        assert self._file() is not None
        return _Shape
    def next(self):
        self._left -= 1
        return self._left > 0
    def progress(self):
        return 50
"""


def test_an_ifc_building_is_read_where_its_library_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library" / "ifcopenshell"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(
        "class _Item:\n    Name, GlobalId, Representation = 'Pump 1', '3vB2', True\n"
        "class _File(str):\n    def by_type(self, kind):\n        return [_Item]\n"
        "def open(path):\n    return _File(path)\n"
    )
    (library / "geom.py").write_text(FAKE_IFC)
    monkeypatch.syspath_prepend(str(library.parent))
    model = reading.read(
        written(tmp_path, "m.ifc", model_files.IFC), station(map=[{"node": "Pump*", "equipment": "P1"}])
    )
    assert model.nodes == ("P1.Pump 1",)
    assert {part.layer for part in model.parts} == {"pumps"}
    assert sum(len(part.triangles) for part in model.parts) == 8
    assert {model.materials[part.material].colour for part in model.parts} == {(1.0, 0.0, 0.0), ifc.GREY}
    for name in [name for name in sys.modules if name.startswith("ifcopenshell")]:
        del sys.modules[name]


def test_an_ifc_building_is_read_by_the_real_library(tmp_path: Path) -> None:
    pytest.importorskip("ifcopenshell", reason="the extra for IFC is not installed")
    run = importlib.import_module("ifcopenshell.api").run
    file = run("project.create_file")
    run("root.create_entity", file, ifc_class="IfcProject", name="P")
    run("unit.assign_unit", file, length={"is_metric": True, "raw": "MILLIMETERS"})
    whole = run("context.add_context", file, context_type="Model")
    how = {"context_type": "Model", "context_identifier": "Body", "target_view": "MODEL_VIEW", "parent": whole}
    body = run("context.add_context", file, **how)
    for name, kind, away in (("P1", "IfcPump", 0.0), ("wall", "IfcWall", 5.0)):
        product = run("root.create_entity", file, ifc_class=kind, name=name)
        place = np.eye(4)
        place[0, 3] = away  # m, whatever the file's units
        run("geometry.edit_object_placement", file, product=product, matrix=place)
        box = run("geometry.add_wall_representation", file, context=body, length=4, height=3, thickness=0.2)
        run("geometry.assign_representation", file, product=product, representation=box)
    file.write(str(tmp_path / "m.ifc"))
    model = reading.read(tmp_path / "m.ifc", BARE)
    assert {part.node: part.layer for part in model.parts} == {"P1": "pumps", "wall": "walls"}
    assert np.allclose(extent(model), [[0, 0, 0], [9, 0.2, 3]])


# ---- heavy models ----------------------------------------------------------------------------------------------------


def ball(count: int, radius: float = 1.0, node: str = "ball") -> Part:
    """A sphere of about 2 count² triangles."""
    around, down = np.meshgrid(np.linspace(0, 2 * np.pi, count), np.linspace(0, np.pi, count))
    unit = np.stack([np.sin(down) * np.cos(around), np.sin(down) * np.sin(around), np.cos(down)], axis=-1).reshape(
        -1, 3
    )
    corner = np.arange(count * count).reshape(count, count)
    a, b, c, d = corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]
    faces = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3).astype(np.int32)
    normals = unit.astype(np.float32)
    return Part(node, 0, radius * normals, normals, faces, np.ones(len(unit), np.float32), "pumps")


def test_a_heavy_model_is_lightened_to_what_can_be_drawn_and_keeps_its_shape() -> None:
    heavy = Model((ball(300), ball(6, 1e-4, "bolt")), (Material("", (1, 1, 1), 1, 0, 1),), ("ball", "bolt"))
    light = lightened(heavy, 20_000)
    count = sum(len(part.triangles) for part in light.parts)
    assert 5_000 < count <= 20_000
    assert [part.node for part in light.parts] == ["ball", "bolt"]
    part = light.parts[0]
    far = np.linalg.norm(part.points, axis=1)
    assert 0.98 < far.min() <= far.max() <= 1.0 + 1e-6
    assert (part.normals * part.points).sum(axis=1).min() > 0.8
    corners = part.points[part.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((faces * corners.mean(axis=1)).sum(axis=1) > -1e-9).mean() > 0.99
    assert part.layer == "pumps"


def test_what_can_be_drawn_as_it_is_is_left_as_it_is() -> None:
    model = Model((ball(10),), (), ("ball",))
    assert lightened(model) is model


def test_what_is_smaller_than_a_cell_is_a_box_that_can_still_be_picked() -> None:
    heavy = Model((*(ball(20, 0.001, f"n{number}") for number in range(40)), ball(200, 50.0)), (), ())
    parts = lightened(heavy, 2_000).parts[:40]
    assert {len(part.triangles) for part in parts} == {12}
    assert all(np.isfinite(part.normals).all() for part in parts)
