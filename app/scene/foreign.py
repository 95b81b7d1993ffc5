"""Models in OBJ, STL, PLY and VTP, read by VTK's own readers; see :mod:`app.scene.apart` for where they may run.

Whatever a reader complains of, or delivers less than the file says, makes the file a broken one: half a station shown
as a whole one is worse than none.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkCleanPolyData, vtkPolyDataNormals, vtkTriangleFilter
from vtkmodules.vtkIOGeometry import vtkOBJReader, vtkSTLReader
from vtkmodules.vtkIOPLY import vtkPLYReader
from vtkmodules.vtkIOXML import vtkXMLPolyDataReader

from app.scene.container import BrokenError
from app.scene.glb import MOST_TRIANGLES, Material, Model, Part
from app.scene.solids import polygons
from twin.plant.model_formats import is_binary_stl, stl_solids

Told = Callable[[float], None]
CREASE = 38.0  # degrees, between faces that meet in an edge rather than round it
SMOOTHED = 1_000_000  # triangles, beyond which faces are flat: what is decimated has no use for better
READING = 0.7  # share of the time that goes into reading
GROUPINGS = ("GroupIds", "STLSolidLabeling")  # what VTK's readers call the number of a triangle's group
GREY = (0.26, 0.27, 0.28)  # linear: what has no colour of its own looks like cast iron
WHITE = (1.0, 1.0, 1.0)  # what has a colour at each point has that
POINT_COLOURS = ("RGB", "RGBA")  # what VTK's PLY reader calls them
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])  # of a binary STL file
_CHANGE = re.compile(rb"^[ \t]*(o|g|usemtl)[ \t]+([^\r\n]*?)[ \t]*\r?$", re.MULTILINE)


def read(path: Path, told: Told) -> Model:
    """Read a model. Raises BrokenError, or whatever a broken file makes VTK and numpy raise."""
    data, groups, colours = _READERS[path.suffix.lower()](path, told)
    _check(data)
    told(READING)
    data = _triangulated(data, smoothed=data.GetNumberOfPolys() <= SMOOTHED)
    told(0.8)
    parts = _parts(data, groups or [(path.stem, 0)])
    told(1.0)
    materials = tuple(Material("", colour, 1.0, 0.0, 0.7, True) for colour in colours)
    return Model(tuple(parts), materials, tuple(dict.fromkeys(part.node for part in parts)))


# ---- readers: each with the node and the material of every group, and the colours of the materials ------------------

Colour = tuple[float, float, float]
_Read = tuple[vtkPolyData, list[tuple[str, int]], list[Colour]]


def _stl(path: Path, told: Told) -> _Read:
    data = path.read_bytes()
    if is_binary_stl(data):
        return _binary_stl(data), [], [GREY]
    reader = vtkSTLReader()
    reader.MergingOff()  # by a table of points, for minutes; exact places are joined faster afterwards
    reader.ScalarTagsOn()
    reader.SetFileName(str(path))
    return _output(reader, told), [(name or path.stem, 0) for name in stl_solids(data)], [GREY]


def _binary_stl(data: bytes) -> vtkPolyData:
    """VTK takes a binary file for a textual one where its heading begins with "solid", and crashes over it."""
    facets = np.frombuffer(data, _FACET, int.from_bytes(data[80:84], "little"), 84)
    points = facets["corners"].reshape(-1, 3)
    return polygons(points, np.arange(len(points)).reshape(-1, 3))


def _ply(path: Path, told: Told) -> _Read:
    reader = vtkPLYReader()
    reader.SetFileName(str(path))
    data = _output(reader, told)
    return data, [], [GREY if _colours(data) is None else WHITE]


def _vtp(path: Path, told: Told) -> _Read:
    reader = vtkXMLPolyDataReader()
    reader.SetFileName(str(path))
    return _output(reader, told), [], [GREY]


def _obj(path: Path, told: Told) -> _Read:
    """VTK counts only ``g`` lines as groups, and loses count of materials. A copy has a ``g`` line for each change."""
    data = path.read_bytes()
    known = _libraries(path, data)
    groups, colours = [(path.stem, 0)], {"": 0}
    for found in _CHANGE.finditer(data):
        word, name = found[1], found[2].decode("utf-8", "replace")
        node, material = groups[-1]
        changed = (node, colours.setdefault(name, len(colours))) if word == b"usemtl" else (name or node, material)
        groups.append(changed)
    with tempfile.TemporaryDirectory(prefix="pumphouse-") as folder:
        copy = Path(folder) / "model.obj"
        copy.write_bytes(b"g _\n" + _CHANGE.sub(b"g _", data))
        reader = vtkOBJReader()
        reader.SetFileName(str(copy))
        return _output(reader, told), groups, [known.get(name, GREY) for name in colours]


def _libraries(path: Path, data: bytes) -> dict[str, Colour]:
    """The colours of the materials in the libraries that lie beside an OBJ file."""
    known: dict[str, Colour] = {}
    for library in re.findall(rb"(?m)^mtllib[ \t]+([^\r\n]+?)[ \t]*\r?$", data):
        beside = path.parent / library.decode("utf-8", "replace")
        if beside.is_file() and beside.resolve().is_relative_to(path.parent.resolve()):
            known |= _library(beside.read_text("utf-8", "replace"))
    return known


def _library(text: str) -> dict[str, Colour]:
    """The diffuse colours (``Kd``, sRGB as programs write it) of a material library, made linear."""
    colours: dict[str, Colour] = {}
    name = ""
    for words in map(str.split, text.splitlines()):
        if words[:1] == ["newmtl"]:
            name = " ".join(words[1:])
        elif words[:1] == ["Kd"] and len(words) >= 4:
            red, green, blue = (min(max(float(word), 0.0), 1.0) ** 2.2 for word in words[1:4])
            colours[name] = (red, green, blue)
    return colours


_READERS: dict[str, Callable[[Path, Told], _Read]] = {".stl": _stl, ".ply": _ply, ".vtp": _vtp, ".obj": _obj}

# ---- from what a reader delivers to parts ---------------------------------------------------------------------------


def _output(reader: Any, told: Told) -> vtkPolyData:
    complaints: list[str] = []
    reader.AddObserver("ProgressEvent", lambda source, _: told(READING * source.GetProgress()))
    for event in ("ErrorEvent", "WarningEvent"):
        reader.AddObserver(event, lambda *_: complaints.append("complaint"))
    reader.Update()
    if complaints or reader.GetErrorCode():
        raise BrokenError("is not whole, or not what its name says")
    return reader.GetOutput()


def _check(data: vtkPolyData) -> None:
    """What is there can be followed: a corner that is no point would take the process with it."""
    if not data.GetNumberOfPolys() and not data.GetNumberOfStrips():
        raise BrokenError("holds no triangles")
    if data.GetNumberOfPolys() > MOST_TRIANGLES:
        raise BrokenError(f"draws more than {MOST_TRIANGLES // 1_000_000} million triangles")
    points = vtk_to_numpy(data.GetPoints().GetData())
    if not np.isfinite(points).all():
        raise BrokenError("has points that are not numbers")
    corners = vtk_to_numpy(data.GetPolys().GetConnectivityArray())
    if corners.size and not 0 <= int(corners.min()) <= int(corners.max()) < len(points):
        raise BrokenError("has triangles whose corners it does not hold")


def _triangulated(data: vtkPolyData, smoothed: bool) -> vtkPolyData:
    """Triangles alone, whose corners have normals."""
    triangles = vtkTriangleFilter()
    triangles.PassVertsOff()
    triangles.PassLinesOff()
    triangles.SetInputData(data)
    last: Any = triangles
    if data.GetPointData().GetNormals() is None and smoothed:
        joined, normals = vtkCleanPolyData(), vtkPolyDataNormals()
        joined.ToleranceIsAbsoluteOn()
        joined.SetAbsoluteTolerance(0.0)
        joined.ConvertPolysToLinesOff()
        joined.SetInputConnection(triangles.GetOutputPort())
        normals.SetFeatureAngle(CREASE)
        normals.ConsistencyOff()
        normals.SetInputConnection(joined.GetOutputPort())
        last = normals
    last.Update()
    return last.GetOutput()


def _colours(data: vtkPolyData) -> NDArray[np.float32] | None:
    """The colour of each point (n, 3) as shares, as a scanner saw it; None where points have none."""
    held = [array for name in POINT_COLOURS if (array := data.GetPointData().GetArray(name)) is not None]
    return vtk_to_numpy(held[0])[:, :3].astype(np.float32) / 255.0 if held else None


def _groups(data: vtkPolyData) -> NDArray[np.int64]:
    """Of which group each triangle is."""
    cells = data.GetCellData()
    arrays = [cells.GetArray(name) for name in GROUPINGS if cells.HasArray(name)]
    if not arrays:
        return np.zeros(data.GetNumberOfCells(), np.int64)
    return np.maximum(vtk_to_numpy(arrays[0]).astype(np.int64).ravel(), 0)


def _parts(data: vtkPolyData, groups: Sequence[tuple[str, int]]) -> list[Part]:
    """A part for each node and material."""
    points = vtk_to_numpy(data.GetPoints().GetData())
    triangles = vtk_to_numpy(data.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    held = data.GetPointData().GetNormals()
    normals = vtk_to_numpy(held) if held is not None else None
    colours = _colours(data)
    kinds = list(dict.fromkeys(groups))
    numbers = {kind: number for number, kind in enumerate(kinds)}
    kind_of = np.array([numbers[kind] for kind in groups])
    key = kind_of[np.minimum(_groups(data), len(groups) - 1)]
    order = np.argsort(key, kind="stable")
    ends = np.flatnonzero(np.diff(key[order], append=-1)) + 1
    return [
        _part(*kinds[key[order[start]]], points, normals, colours, triangles[order[start:end]])
        for start, end in zip([0, *ends[:-1]], ends, strict=True)
    ]


def _part(
    name: str,
    material: int,
    points: NDArray[np.float32],
    normals: NDArray[np.float32] | None,
    colours: NDArray[np.float32] | None,
    triangles: NDArray[np.int64],
) -> Part:
    if normals is None:  # every face by itself
        used = triangles.ravel()
        own = points[used].astype(np.float32)
        corners = own.reshape(-1, 3, 3)
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        length = np.linalg.norm(faces, axis=1, keepdims=True)
        facing = np.repeat(faces / np.where(length > 0, length, 1.0), 3, axis=0)
        index = np.arange(len(own), dtype=np.int32).reshape(-1, 3)
    else:
        used, inverse = np.unique(triangles, return_inverse=True)
        own, facing = points[used].astype(np.float32), normals[used]
        index = inverse.reshape(-1, 3).astype(np.int32)
    shade = np.ones(len(own), np.float32) if colours is None else colours[used]
    return Part(name, material, own, facing.astype(np.float32), index, shade)
