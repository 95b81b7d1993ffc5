"""Geometry for the renderer: the model merged into few solids, and the small things that move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData, vtkStaticCellLocator
from vtkmodules.vtkFiltersCore import vtkAppendPolyData, vtkPolyDataNormals
from vtkmodules.vtkFiltersSources import vtkCubeSource, vtkCylinderSource

from app.scene.glb import Material, Part

Colours = NDArray[np.uint8]
GAMMA = 1 / 2.2  # glTF's colours are linear, the picture's are not


@dataclass
class Solid:
    """Many parts as one: drawn in one call, tinted and picked part by part."""

    data: vtkPolyData
    nodes: tuple[str, ...]
    first_point: NDArray[np.int64]  # (parts + 1,)
    first_triangle: NDArray[np.int64]  # (parts + 1,)
    base: Colours  # (points, 3)
    _colours: vtkUnsignedCharArray
    _locator: vtkStaticCellLocator | None = field(default=None, repr=False)

    @classmethod
    def of(cls, parts: Sequence[Part], materials: Sequence[Material]) -> Solid:
        """Merge parts; every point takes the colour of its material."""
        points = np.concatenate([p.points for p in parts]) if parts else np.zeros((0, 3), np.float32)
        normals = np.concatenate([p.normals for p in parts]) if parts else np.zeros((0, 3), np.float32)
        first_point = np.cumsum([0, *(len(p.points) for p in parts)])
        first_triangle = np.cumsum([0, *(len(p.triangles) for p in parts)])
        triangles = [p.triangles + start for p, start in zip(parts, first_point, strict=False)]
        base = np.repeat(
            np.array([shown(materials[p.material]) for p in parts], np.uint8).reshape(-1, 3),
            np.diff(first_point),
            axis=0,
        )
        data = polygons(points, np.concatenate(triangles) if triangles else np.zeros((0, 3), np.int64))
        directions = numpy_to_vtk(normals, deep=True)
        data.GetPointData().SetNormals(directions)
        colours = numpy_to_vtk(base.copy(), deep=True)
        data.GetPointData().SetScalars(colours)
        return cls(data, tuple(p.node for p in parts), first_point, first_triangle, base, colours)

    def tint(self, tints: dict[int, tuple[int, int, int]], share: float) -> None:
        """Mix a colour into some parts (by index); all others show their own."""
        colours = vtk_to_numpy(self._colours)
        colours[:] = self.base
        for part, colour in tints.items():
            span = slice(self.first_point[part], self.first_point[part + 1])
            shade = self.base[span].mean(axis=1, keepdims=True) / 255.0  # keeps dark parts darker
            mixed = np.array(colour) * (0.55 + 0.6 * shade)
            colours[span] = np.clip((1 - share) * self.base[span] + share * mixed, 0, 255)
        self._colours.Modified()
        self.data.Modified()

    def hit(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> tuple[float, str] | None:
        """The first part a ray meets: how far along it (0 to 1) and the part's node."""
        if not self.nodes:
            return None
        if self._locator is None:
            self._locator = vtkStaticCellLocator()
            self._locator.SetDataSet(self.data)
            self._locator.BuildLocator()
        cells, points = vtkIdList(), vtkPoints()
        self._locator.IntersectWithLine(list(start), list(end), 1e-6, points, cells)
        if cells.GetNumberOfIds() == 0:
            return None
        at = np.array(points.GetPoint(0))
        share = float(np.linalg.norm(at - start) / np.linalg.norm(end - start))
        part = int(np.searchsorted(self.first_triangle, cells.GetId(0), side="right")) - 1
        return share, self.nodes[part]


def shown(material: Material) -> tuple[int, int, int]:
    """A material's colour as bytes of the picture."""
    return tuple(round(255 * max(0.0, c) ** GAMMA) for c in material.colour)  # type: ignore[return-value]


def polygons(points: NDArray[np.float32], triangles: NDArray[np.integer]) -> vtkPolyData:
    """Triangles (f, 3) over points (v, 3)."""
    data = vtkPolyData()
    data.SetPoints(_points(points))
    data.SetPolys(_cells(triangles))
    return data


def polyline(paths: Iterable[NDArray[np.float32]], colours: NDArray[np.uint8]) -> vtkPolyData:
    """Open lines, with a colour (points, 4) at each point."""
    paths = list(paths)
    data = vtkPolyData()
    data.SetPoints(_points(np.concatenate(paths) if paths else np.zeros((0, 3), np.float32)))
    segments, start = [], 0
    for path in paths:
        steps = np.arange(start, start + len(path) - 1)
        segments.append(np.stack([steps, steps + 1], axis=1))
        start += len(path)
    data.SetLines(_cells(np.concatenate(segments) if segments else np.zeros((0, 2), np.int64)))
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(colours, np.uint8).reshape(-1, 4), deep=True))
    return data


def _points(points: NDArray[np.float32]) -> vtkPoints:
    held = vtkPoints()
    held.SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32).reshape(-1, 3), deep=True))
    return held


def _cells(cells: NDArray[np.integer]) -> vtkCellArray:
    held = vtkCellArray()
    offsets = np.arange(0, cells.size + 1, cells.shape[1], dtype=np.int64)
    held.SetData(
        numpy_to_vtkIdTypeArray(offsets, deep=True),
        numpy_to_vtkIdTypeArray(np.ascontiguousarray(cells, np.int64).ravel(), deep=True),
    )
    return held


# ---- robots ---------------------------------------------------------------------------------------------------------

_Box = tuple[tuple[float, float, float], tuple[float, float, float]]  # centre, size [m]
_GROUND: tuple[_Box, ...] = (
    ((0.0, 0.0, 0.35), (1.0, 0.66, 0.34)),  # body
    ((-0.1, 0.0, 0.56), (0.6, 0.5, 0.1)),
    ((0.12, 0.0, 1.0), (0.09, 0.09, 0.85)),  # mast
    ((0.16, 0.0, 1.5), (0.26, 0.34, 0.22)),  # cameras
)
_WHEELS = ((0.33, 0.34), (0.33, -0.34), (-0.33, 0.34), (-0.33, -0.34))
_RAIL: tuple[_Box, ...] = (
    ((0.0, 0.0, 0.1), (0.7, 0.26, 0.16)),  # trolley
    ((0.0, 0.0, -0.2), (0.12, 0.12, 0.5)),  # drop
    ((0.0, 0.0, -0.55), (0.44, 0.4, 0.3)),  # cameras
    ((0.2, 0.0, -0.66), (0.12, 0.2, 0.16)),
)


def robot(kind: str) -> vtkPolyData:
    """A robot's body about its own origin, looking along x. [m]"""
    bodies = vtkAppendPolyData()
    for centre, size in _RAIL if kind == "rail" else _GROUND:
        cube = vtkCubeSource()
        cube.SetCenter(*centre)
        cube.SetXLength(size[0])
        cube.SetYLength(size[1])
        cube.SetZLength(size[2])
        bodies.AddInputConnection(cube.GetOutputPort())
    for x, y in () if kind == "rail" else _WHEELS:
        wheel = vtkCylinderSource()  # lies along y, as an axle does
        wheel.SetCenter(x, y, 0.17)
        wheel.SetRadius(0.17)
        wheel.SetHeight(0.12)
        wheel.SetResolution(20)
        bodies.AddInputConnection(wheel.GetOutputPort())
    faced = vtkPolyDataNormals()
    faced.SetInputConnection(bodies.GetOutputPort())
    faced.SplittingOn()
    faced.SetFeatureAngle(40)
    faced.Update()
    return faced.GetOutput()
