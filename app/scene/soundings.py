"""How far it is to what stands around a place, sounded in a small window of its own.

A survey asks it thousands of times, for robots that see six metres. So of the model only what is within reach is drawn,
without colours, light or normals, and the picture on the stage with all its layers is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from app.scene.glb import Material, Part
from app.scene.graphics import off_screen_window
from app.scene.sight import Aim
from app.scene.solids import polygons
from app.scene.stage import ahead, aimed

SIDE = 2.0  # m, of the cells by which triangles lie together
FAR = 20.0  # m: who sees farther has the whole model drawn, which is sent once
Triangles = NDArray[np.float32]  # (f, 3, 3) [m]


@dataclass(frozen=True, eq=False)
class Blocks:
    """Triangles sorted into blocks that lie together: ``corners`` (f, 3, 3), where each block ``starts`` (b + 1,), and
    its ``low`` and ``high`` corner (b, 3). [m]"""

    corners: Triangles
    starts: NDArray[np.intp]
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    @classmethod
    def of(cls, corners: Triangles) -> Blocks:
        """Sort triangles by the cells that their middles are in, those that reach beyond one by themselves."""
        if not len(corners):
            none = np.zeros((0, 3), np.float32)
            return cls(corners, np.zeros(1, np.intp), none, none)
        middles = corners.mean(axis=1)
        cells = ((middles - middles.min(axis=0)) / SIDE).astype(np.int64)
        count = cells.max(axis=0) + 1
        wide = np.ptp(corners, axis=1).max(axis=1) > SIDE
        key = np.ravel_multi_index((wide, *cells.T), (2, *count))
        order = np.argsort(key, kind="stable")
        starts = np.concatenate([[0], np.flatnonzero(np.diff(key[order])) + 1, [len(order)]])
        held = corners[order]
        low = np.minimum.reduceat(held.min(axis=1), starts[:-1])
        return cls(held, starts, low, np.maximum.reduceat(held.max(axis=1), starts[:-1]))

    def within(self, eye: NDArray[np.float64], reach: float) -> Triangles:
        """The triangles of all blocks that come so near to a place. (n, 3, 3) [m]"""
        away = np.maximum(np.maximum(self.low - eye, eye - self.high), 0.0)
        near = np.flatnonzero(np.einsum("ij,ij->i", away, away) < reach**2)
        held = [self.corners[self.starts[block] : self.starts[block + 1]] for block in near]
        return np.concatenate(held) if held else self.corners[:0]


def sorted_blocks(parts: Sequence[Part], materials: Sequence[Material]) -> tuple[Blocks, Blocks]:
    """A model's triangles that are seen from one side, and those from both; what is seen through hides nothing."""
    opaque = [part for part in parts if materials[part.material].opacity == 1.0 and len(part.triangles)]
    two_sided = [materials[part.material].two_sided for part in opaque]
    one, both = ([p for p, is_both in zip(opaque, two_sided, strict=True) if is_both == want] for want in (False, True))
    return Blocks.of(_corners(one)), Blocks.of(_corners(both))


class Soundings:
    """Measures how far ahead what stands is.

    Parameters
    ----------
    one_sided, two_sided : Blocks    Of a model.
    """

    def __init__(self, one_sided: Blocks, two_sided: Blocks) -> None:
        self._window = off_screen_window()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetFrameBlitModeToNoBlit()
        self._renderer = vtkRenderer()
        self._renderer.AutomaticLightCreationOff()
        self._window.AddRenderer(self._renderer)
        self._depth = vtkFloatArray()
        self._drawn = [(one_sided, self._staged(culled=True)), (two_sided, self._staged(culled=False))]
        self._around: object = None  # what the actors hold now

    def measure(self, aim: Aim, rows: int, columns: int, reach: float) -> NDArray[np.float32]:
        """How far ahead what stands is in each pixel of a camera, (rows, columns) [m]; inf for what is out of reach."""
        self._draw(aim.eye, reach)
        if self._window.GetSize() != (columns, rows):
            self._window.SetSize(columns, rows)
        self._renderer.SetActiveCamera(aimed(aim, reach))
        self._window.Render()
        self._window.GetZbufferData(0, 0, columns - 1, rows - 1, self._depth)
        return ahead(vtk_to_numpy(self._depth).reshape(rows, columns)[::-1], reach)

    def _draw(self, eye: NDArray[np.float64], reach: float) -> None:
        """Have all that is within reach drawn."""
        around = (*eye.tolist(), reach) if reach < FAR else "everywhere"
        if around == self._around:
            return
        self._around = around
        for blocks, actor in self._drawn:
            corners = blocks.within(eye, reach) if reach < FAR else blocks.corners
            data = polygons(corners.reshape(-1, 3), np.arange(3 * len(corners)).reshape(-1, 3))
            actor.GetMapper().SetInputData(data)
            actor.SetVisibility(len(corners) > 0)

    def _staged(self, culled: bool) -> vtkActor:
        actor = vtkActor()
        actor.SetMapper(vtkPolyDataMapper())
        actor.GetProperty().LightingOff()
        actor.GetProperty().SetBackfaceCulling(culled)
        self._renderer.AddActor(actor)
        return actor


def _corners(parts: Sequence[Part]) -> Triangles:
    none = np.zeros((0, 3, 3), np.float32)
    return np.concatenate([none, *(part.points[part.triangles] for part in parts)]).astype(np.float32)
