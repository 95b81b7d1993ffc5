"""What is laid over the station: rings and outlines round what is amiss or selected, and how things lie on others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersSources import vtkDiskSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from app import theme
from app.scene.camera import Camera
from app.scene.places import Box
from app.scene.solids import polygons
from app.scene.stage import near_end
from app.scene.state import Halo

LIFT = 0.06  # m above the floor at which marks lie
RING = 0.3  # m, the width of a ring
WIDE = 12.0  # m, from which on something is a room
OUTLINE = 2.5  # px
NEARER = 0.0025  # share of the distance by which what is laid over lies before what it lies on

# Back faces only, each point pushed outwards by some pixels and a little away: what is left to see is the contour.
_CONTOUR = """//VTK::PositionVC::Impl
  vec4 outward = MCDCMatrix * vec4(normalMC, 0.0);
  gl_Position.xy += normalize(outward.xy + vec2(1e-6)) * thickness * gl_Position.w;
  gl_Position.z += 0.0006 * gl_Position.w;
"""
_LIFTED = """//VTK::PositionVC::Impl
  gl_Position.z -= nearer;
"""
_FLAT = "  fragOutput0 = vec4(diffuseColor, opacity);"


def surface(data: vtkPolyData, colour: str | None = None) -> vtkActor:
    """An actor of a closed body, in its points' colours or in one."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().BackfaceCullingOn()
    if colour is not None:
        mapper.ScalarVisibilityOff()
        actor.GetProperty().SetColor(*theme.rgb(colour))
    return actor


def lifted(actor: vtkActor, fragment: str) -> vtkActor:
    """Have an actor lie before what it is laid over, painted by the shader code of ``fragment``; the same actor."""
    shader = actor.GetShaderProperty()
    shader.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _LIFTED, False)
    shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, fragment, False)
    return actor


def lift(actor: vtkActor, camera: Camera) -> None:
    """A share of the distance nearer, whatever the distance: in clip coordinates that is one number."""
    uniforms = actor.GetShaderProperty().GetVertexCustomUniforms()
    uniforms.SetUniformf("nearer", 2 * NEARER * near_end(camera))


@dataclass(frozen=True)
class Outline:
    """A contour of constant width on the screen."""

    actor: vtkActor

    @classmethod
    def of(cls, body: vtkPolyData, colour: str) -> Outline:
        """The contour of a body that has smooth normals."""
        actor = surface(body, colour)
        actor.GetProperty().BackfaceCullingOff()
        actor.GetProperty().FrontfaceCullingOn()
        shader = actor.GetShaderProperty()
        shader.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _CONTOUR, False)
        shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, _FLAT, False)
        return cls(actor)

    def scale(self, width: int, height: int) -> None:
        """Keep its width on a picture of this size. [px]"""
        uniforms = self.actor.GetShaderProperty().GetVertexCustomUniforms()
        uniforms.SetUniform2f("thickness", (2 * OUTLINE / width, 2 * OUTLINE / height))


def ring(box: Box, halo: Halo) -> vtkActor:
    """A ring on the floor round a box, in the colour of the priority; a frame along its sides where it is a room's."""
    low, high = box
    data = _frame(box) if is_room(box) else _disc(0.5 * float(np.hypot(*(high - low)[:2])) + 0.3)
    upward = np.tile(np.array([0, 0, 1], np.float32), (data.GetNumberOfPoints(), 1))
    data.GetPointData().SetNormals(numpy_to_vtk(upward, deep=True))
    actor = surface(data, halo.colour)
    actor.GetProperty().LightingOff()
    actor.GetProperty().BackfaceCullingOff()
    actor.SetPosition((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, max(0.0, low[2] - 1.0) + LIFT)
    return actor


def is_room(box: Box) -> bool:
    """Whether a box is too wide for a ring round it, or an outline, to point at anything."""
    low, high = box
    return float((high - low)[:2].max()) > WIDE


def _disc(radius: float) -> vtkPolyData:
    disc = vtkDiskSource()
    disc.SetInnerRadius(radius)
    disc.SetOuterRadius(radius + RING)
    disc.SetCircumferentialResolution(96)
    disc.Update()
    return disc.GetOutput()


def _frame(box: Box) -> vtkPolyData:
    """A band along the sides of a box, about its middle."""
    half = (box[1] - box[0])[:2] / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    flat = np.concatenate([corners * half, corners * (half - 2 * RING)])
    here = np.arange(4)
    there = (here + 1) % 4
    bands = [np.stack([here, there, there + 4], axis=1), np.stack([here, there + 4, here + 4], axis=1)]
    points = np.column_stack([flat, np.zeros(8)]).astype(np.float32)
    return polygons(points, np.concatenate(bands))
