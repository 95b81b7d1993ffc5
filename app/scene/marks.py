"""What is laid over the station: robots with their trails, rings and outlines round what is amiss or selected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersSources import vtkDiskSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from app import theme
from app.scene.light import Light
from app.scene.places import Box
from app.scene.solids import polyline, robot
from app.scene.stage import Stage
from app.scene.state import Halo, RobotMark

LIFT = 0.06  # m above the floor at which marks lie
RING = 0.3  # m, the width of a ring
OUTLINE = 2.5  # px
TRAIL = 3.0  # px

# Back faces only, each point pushed outwards by some pixels and a little away: what is left to see is the contour.
_CONTOUR = """//VTK::PositionVC::Impl
  vec4 outward = MCDCMatrix * vec4(normalMC, 0.0);
  gl_Position.xy += normalize(outward.xy + vec2(1e-6)) * thickness * gl_Position.w;
  gl_Position.z += 0.0006 * gl_Position.w;
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


class Robots:
    """The robots and where they have been."""

    def __init__(self, stage: Stage, light: Light) -> None:
        self._stage = stage
        self._light = light
        self._bodies: dict[str, vtkActor] = {}
        self._trails = vtkActor()
        self._trails.SetMapper(vtkPolyDataMapper())
        self._trails.GetProperty().SetLineWidth(TRAIL)
        self._trails.GetProperty().LightingOff()
        self._trails.SetVisibility(False)
        stage.add_moving(self._trails)

    def show(self, marks: tuple[RobotMark, ...]) -> None:
        """Move every robot to its place; one without a place is not shown."""
        marks = tuple(mark for mark in marks if np.isfinite([*mark.position, mark.heading]).all())
        for name in self._bodies.keys() - {mark.robot for mark in marks}:
            gone = self._bodies.pop(name)
            self._stage.remove_moving(gone)
            self._light.off(gone)
        for mark in marks:
            actor = self._bodies.get(mark.robot)
            if actor is None:
                actor = self._bodies[mark.robot] = self._light.on(surface(robot(mark.kind)))
                self._stage.add_moving(actor)
            actor.SetPosition(*mark.position)
            actor.SetOrientation(0, 0, float(np.degrees(mark.heading)))
        self._draw_trails([_path(mark) for mark in marks])
        self._stage.move()

    def _draw_trails(self, paths: list[NDArray[np.float32]]) -> None:
        paths = [path for path in paths if len(path) > 1]
        # Fading into the floor's grey instead of into nothing: what is seen through costs a pass of its own, 12 ms.
        old, new = (255 * np.array(theme.rgb(colour)) for colour in (theme.GRID, theme.ROBOT))
        shades = [old + np.linspace(0.15, 1.0, len(path))[:, None] * (new - old) for path in paths]
        if paths:
            self._trails.GetMapper().SetInputData(polyline(paths, np.concatenate(shades)))
        self._trails.SetVisibility(bool(paths))


def _path(mark: RobotMark) -> NDArray[np.float32]:
    """A trail, lifted off the floor; what is not a place is left out."""
    path = np.array(mark.trail, np.float32).reshape(-1, 3)
    return path[np.isfinite(path).all(axis=1)] + np.array([0, 0, LIFT], np.float32)


def ring(box: Box, halo: Halo) -> vtkActor:
    """A ring on the floor round a box, in the colour of the priority."""
    low, high = box
    radius = 0.5 * float(np.hypot(*(high - low)[:2])) + 0.3
    disc = vtkDiskSource()
    disc.SetInnerRadius(radius)
    disc.SetOuterRadius(radius + RING)
    disc.SetCircumferentialResolution(96)
    disc.Update()
    data = disc.GetOutput()
    upward = np.tile(np.array([0, 0, 1], np.float32), (data.GetNumberOfPoints(), 1))
    data.GetPointData().SetNormals(numpy_to_vtk(upward, deep=True))
    actor = surface(data, halo.colour)
    actor.GetProperty().LightingOff()
    actor.GetProperty().BackfaceCullingOff()
    actor.SetPosition((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, max(0.0, low[2] - 1.0) + LIFT)
    return actor
