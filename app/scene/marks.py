"""What is laid over the station: rings and outlines round what is amiss or selected, and how things lie on others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from app import theme
from app.scene.camera import Camera
from app.scene.places import Box
from app.scene.shapes import Piece, merged
from app.scene.stage import near_end
from app.scene.state import Halo

LIFT = 0.06  # m above the floor at which marks lie
RING, AWAY = 0.3, 0.3  # m, the width of a ring, and how far it is from what it goes round
ROUND = 96  # corners of a ring
CASING = 0.08  # m, what a ring is cased in, to either side
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
    """A ring on the floor round a box, in the colour of the priority; a frame along its sides where it is a room's.

    It is cased where the theme says so: on a floor of middling brightness no colour stands out by itself.
    """
    low, high = box
    width = 2 * RING if is_room(box) else RING
    bands = [_band(box, 0.0, width, halo.colour)]
    if theme.SCENE_CASING:
        bands += [_band(box, inset, inset + CASING, theme.SCENE_CASING) for inset in (-CASING, width)]
    actor = surface(merged(bands))
    actor.GetProperty().LightingOff()
    actor.GetProperty().BackfaceCullingOff()
    actor.SetPosition((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, max(0.0, low[2] - 1.0) + LIFT)
    return actor


def is_room(box: Box) -> bool:
    """Whether a box is too wide for a ring round it, or an outline, to point at anything."""
    low, high = box
    return float((high - low)[:2].max()) > WIDE


def _band(box: Box, inset: float, end: float, colour: str) -> Piece:
    """A band about a box's middle, between two distances in from its outer edge. [m]"""
    half = (box[1] - box[0])[:2] / 2
    if is_room(box):
        edges = [np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (half - each) for each in (inset, end)]
    else:
        angle = np.linspace(0.0, 2 * np.pi, ROUND, endpoint=False)
        around = np.column_stack([np.cos(angle), np.sin(angle)])
        edges = [around * (float(np.hypot(*half)) + AWAY + RING - each) for each in (inset, end)]
    here = np.arange(len(edges[0]))
    there, count = np.roll(here, -1), len(here)
    sides = np.stack([here, there, there + count, here, there + count, here + count], axis=1).reshape(-1, 3)
    points = np.pad(np.concatenate(edges), ((0, 0), (0, 1))).astype(np.float32)
    return Piece(points, np.tile(np.array([0, 0, 1], np.float32), (len(points), 1)), sides, colour)
