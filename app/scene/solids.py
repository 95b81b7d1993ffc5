"""Geometry for the renderer: the model merged into few solids, and plain triangles and lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData, vtkStaticCellLocator

from app.scene.glb import Material, Part, smooth
from app.scene.tints import MIDDLE_GREY, NODE

Colours = NDArray[np.uint8]
GAMMA = 1 / 2.2  # glTF's colours are linear, the picture's are not


@dataclass(eq=False)
class Solid:
    """Many parts as one: drawn in one call, tinted and picked part by part."""

    data: vtkPolyData
    nodes: tuple[str, ...]
    first_point: NDArray[np.int64]  # (parts + 1,)
    first_triangle: NDArray[np.int64]  # (parts + 1,)
    base: Colours  # (points, 3)
    shade: NDArray[np.float32]  # (points,) how bright each is beside a middle grey
    _colours: vtkUnsignedCharArray
    _locator: vtkStaticCellLocator | None = field(default=None, repr=False)
    _left_out: frozenset[str] = frozenset()
    _whole: NDArray[np.int64] | None = field(default=None, repr=False)  # (triangles, 3) with what is left out

    @classmethod
    def of(cls, parts: Sequence[Part], materials: Sequence[Material]) -> Solid:
        """Merge parts; every point takes the colour of its material."""
        points = np.concatenate([p.points for p in parts]) if parts else np.zeros((0, 3), np.float32)
        normals = np.concatenate([p.normals for p in parts]) if parts else np.zeros((0, 3), np.float32)
        first_point = np.cumsum([0, *(len(p.points) for p in parts)])
        first_triangle = np.cumsum([0, *(len(p.triangles) for p in parts)])
        triangles = [p.triangles + start for p, start in zip(parts, first_point, strict=False)]
        plain = np.array([shown(materials[p.material]) for p in parts], np.float32).reshape(-1, 3)
        shades = [np.broadcast_to(p.shade.reshape(len(p.points), -1), (len(p.points), 3)) for p in parts]
        shade = np.concatenate(shades) if parts else np.ones((0, 3), np.float32)
        base = (np.repeat(plain, np.diff(first_point), axis=0) * shade).astype(np.uint8)
        data = polygons(points, np.concatenate(triangles) if triangles else np.zeros((0, 3), np.int64))
        directions = numpy_to_vtk(normals, deep=True)
        data.GetPointData().SetNormals(directions)
        colours = numpy_to_vtk(base.copy(), deep=True)
        data.GetPointData().SetScalars(colours)
        bright = base.mean(axis=1, dtype=np.float32) / np.float32(MIDDLE_GREY)
        nodes = tuple(p.node for p in parts)
        return cls(data, nodes, first_point, first_triangle, base, bright, colours)

    def number(self, numbers: NDArray[np.float32]) -> None:
        """Have every point know the number of its node, by which it is tinted. (parts,)"""
        held = numpy_to_vtk(np.repeat(numbers, np.diff(self.first_point)), deep=True)
        held.SetName(NODE)
        self.data.GetPointData().AddArray(held)

    def dye(self, colours: NDArray[np.floating] | None, share: float) -> None:
        """Mix a colour (points, 3) from 0 to 255 into every point; None for all their own."""
        if colours is None:
            self._put(self.base)
            return
        mixed = np.float32(share) * colours * self.shade[:, None] + np.float32(1 - share) * self.base
        self._put(np.minimum(mixed, 255.0))

    @contextmanager
    def plain(self) -> Iterator[None]:
        """For as long as it lasts, show every point's own colour."""
        colours = vtk_to_numpy(self._colours)
        kept = colours.copy()
        is_mixed = not np.array_equal(kept, self.base)
        if is_mixed:
            self._put(self.base)
        try:
            yield
        finally:
            if is_mixed:
                self._put(kept)

    def _put(self, colours: NDArray[np.generic]) -> None:
        vtk_to_numpy(self._colours)[:] = colours
        self._colours.Modified()
        self.data.Modified()

    def leave_out(self, nodes: frozenset[str]) -> None:
        """Draw all but some nodes: their triangles shrink to points, so that nothing else has to be sorted anew."""
        own = nodes & frozenset(self.nodes)
        if own == self._left_out:
            return
        self._left_out = own
        triangles = self._triangles()
        if self._whole is None:
            self._whole = triangles.copy()
        triangles[:] = self._whole
        for i, node in enumerate(self.nodes):
            if node in own:
                span = slice(self.first_triangle[i], self.first_triangle[i + 1])
                triangles[span] = triangles[span, :1]
        self.data.GetPolys().GetConnectivityArray().Modified()
        self.data.GetPolys().Modified()
        self.data.Modified()

    @contextmanager
    def with_all(self) -> Iterator[None]:
        """For as long as it lasts, nothing is left out."""
        left_out = self._left_out
        self.leave_out(frozenset())
        try:
            yield
        finally:
            self.leave_out(left_out)

    def _triangles(self) -> NDArray[np.int64]:
        held: NDArray[np.int64] = vtk_to_numpy(self.data.GetPolys().GetConnectivityArray()).reshape(-1, 3)
        return held

    def body(self, nodes: frozenset[str]) -> vtkPolyData:
        """The triangles of some nodes alone, joined over edges and with smooth normals: a skin to draw outlines by."""
        points = vtk_to_numpy(self.data.GetPoints().GetData())
        triangles = self._triangles()
        nodes = nodes - self._left_out
        wanted = [
            triangles[self.first_triangle[i] : self.first_triangle[i + 1]]
            for i, node in enumerate(self.nodes)
            if node in nodes
        ]
        if not wanted:
            return vtkPolyData()
        used, corners = np.unique(np.concatenate(wanted), return_inverse=True)
        places, index = np.unique(np.round(points[used], 3), axis=0, return_inverse=True)
        faces = index.ravel()[corners.ravel()].reshape(-1, 3)
        data = polygons(places.astype(np.float32), faces)
        data.GetPointData().SetNormals(numpy_to_vtk(smooth(places, faces), deep=True))
        return data

    def hit(
        self, start: NDArray[np.float64], end: NDArray[np.float64], is_there: Callable[[NDArray[np.float64]], bool]
    ) -> tuple[float, str] | None:
        """The first part a ray meets at a point that ``is_there``: how far along it (0 to 1) and the part's node."""
        if not self.nodes:
            return None
        if self._locator is None:
            with self.with_all():
                self._locator = vtkStaticCellLocator()
                self._locator.SetDataSet(self.data)
                self._locator.BuildLocator()
        cells, points = vtkIdList(), vtkPoints()
        self._locator.IntersectWithLine(list(start), list(end), 1e-6, points, cells)
        for number in range(cells.GetNumberOfIds()):
            at = np.array(points.GetPoint(number))
            part = int(np.searchsorted(self.first_triangle, cells.GetId(number), side="right")) - 1
            if self.nodes[part] not in self._left_out and is_there(at):
                share = float(np.linalg.norm(at - start) / np.linalg.norm(end - start))
                return share, self.nodes[part]
        return None


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
    """Open lines, with a colour (points, 3) at each point."""
    paths = list(paths)
    data = vtkPolyData()
    data.SetPoints(_points(np.concatenate(paths) if paths else np.zeros((0, 3), np.float32)))
    segments, start = [], 0
    for path in paths:
        steps = np.arange(start, start + len(path) - 1)
        segments.append(np.stack([steps, steps + 1], axis=1))
        start += len(path)
    data.SetLines(_cells(np.concatenate(segments) if segments else np.zeros((0, 2), np.int64)))
    data.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(colours, np.uint8).reshape(-1, 3), deep=True))
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
