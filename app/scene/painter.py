"""The painter: renders the station off screen on demand and hands out the picture as bytes.

Off screen and read back, because that works with every platform Qt knows, with or without a display, and its pixels
can be grabbed, printed and tested. No multisampling and few actors, because software OpenGL is the common case.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules import vtkRenderingOpenGL2
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkFiltersSources import vtkDiskSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkLight, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow

from app import theme
from app.scene.camera import VIEW_ANGLE, Camera
from app.scene.glb import Model, Part
from app.scene.solids import Solid, polyline, robot
from app.scene.state import Halo, RobotMark, SceneState

Picture = NDArray[np.uint8]
TINT = 0.75  # share of the tint in a tinted part's colour
LIFT = 0.06  # m above the floor at which marks lie
REACH = 1.6  # radius of a robot that a click finds, in robots


@dataclass(frozen=True)
class Hit:
    """What lies under a point of the picture: a node or a robot, and where. ``at`` in metres."""

    name: str
    at: NDArray[np.float64]


class Painter:
    """Paints one model in one size.

    Parameters
    ----------
    model : Model         What stands still.
    live : iterable of str   Equipment that may be tinted; everything else is merged for good.
    size : (int, int)     Width and height of the picture. [px]
    """

    def __init__(self, model: Model, live: Iterable[str] = (), size: tuple[int, int] = (1280, 800)) -> None:
        self._boxes = _boxes(model.parts)
        self._renderer = vtkRenderer()
        self._window = _off_screen_window()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.AddRenderer(self._renderer)
        self._window.SetSize(*size)
        self._pixels = vtkUnsignedCharArray()
        self._picture: Picture | None = None
        self._state = SceneState()
        self._tints: tuple[tuple[str, str], ...] | None = None
        self._camera = Camera()
        self._light()
        self._solids = self._merge(model, frozenset(live))
        self._robots: dict[str, vtkActor] = {}
        self._trails = self._line_actor(2.0)
        self._outline = self._line_actor(1.5)
        self._halos: dict[str, vtkActor] = {}
        self._hide(self._state.hidden)
        self.look(self.overview())

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def show(self, state: SceneState) -> None:
        """Show a state; only what differs from the last one is touched."""
        before, self._state = self._state, state
        if state == before and self._tints is not None:
            return
        self._picture = None
        if state.tints != self._tints:
            self._tints = state.tints
            self._tint(dict(state.tints))
        if state.hidden != before.hidden:
            self._hide(state.hidden)
        if state.robots != before.robots:
            self._move(state.robots)
        if state.halos != before.halos:
            self._encircle(state.halos)
        if state.selected != before.selected:
            self._frame(state.selected)

    def look(self, camera: Camera) -> None:
        """Look from another place."""
        if camera == self._camera and self._picture is not None:
            return
        self._camera = camera
        self._picture = None
        eye = self._renderer.GetActiveCamera()
        eye.SetPosition(*camera.position)
        eye.SetFocalPoint(*camera.focus)
        eye.SetViewUp(0, 0, 1)
        eye.SetViewAngle(VIEW_ANGLE)
        eye.SetClippingRange(max(0.3, camera.distance / 80), camera.distance + 400.0)

    @property
    def camera(self) -> Camera:
        return self._camera

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._window.GetSize()
        return width, height

    def resize(self, width: int, height: int) -> None:
        """Paint in another size from now on. [px]"""
        if (width, height) != self.size:
            self._window.SetSize(width, height)
            self._picture = None

    @property
    def stale(self) -> bool:
        """Whether something has changed since the last picture."""
        return self._picture is None

    def paint(self) -> Picture:
        """The picture (height, width, 3) of bytes, top row first; painted anew only if something has changed."""
        if self._picture is None:
            width, height = self.size
            self._window.Render()
            self._window.GetPixelData(0, 0, width - 1, height - 1, 0, self._pixels, 0)
            rows = vtk_to_numpy(self._pixels).reshape(height, width, 3)
            self._picture = np.ascontiguousarray(rows[::-1])
        return self._picture

    # ---- where things are ------------------------------------------------------------------------------------------

    def box(self, equipment: str) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Lowest and highest corner of a piece of equipment with all its parts, or None where the model lacks it."""
        return self._boxes.get(equipment)

    def overview(self) -> Camera:
        """The whole station, seen from the south above the cut-away wall."""
        camera = Camera(azimuth=float(np.radians(-114.0)), elevation=float(np.radians(34.0)))
        low, high = self._boxes[""] if "" in self._boxes else (np.zeros(3), np.ones(3))
        width, height = self.size
        return camera.fitted(low, np.array([high[0], high[1], min(high[2], 6.0)]), width / height, margin=0.92)

    def project(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Where points (n, 3) lie in the picture, (n, 2) px from the top left, and whether they are before the eye."""
        camera, (width, height) = self._camera, self.size
        away = np.asarray(points, dtype=np.float64).reshape(-1, 3) - camera.position
        depth = -(away @ camera.backward)
        scale = height / (2 * np.tan(np.radians(VIEW_ANGLE) / 2) * np.where(depth > 0, depth, np.nan))
        x, y = width / 2 + (away @ camera.right) * scale, height / 2 - (away @ camera.up) * scale
        return np.stack([x, y], axis=1), depth > 0

    def pick(self, x: float, y: float) -> Hit | None:
        """What lies under a point of the picture, robots first; hidden layers are looked through."""
        camera, (width, height) = self._camera, self.size
        half = np.tan(np.radians(VIEW_ANGLE) / 2)
        across, upward = (2 * x - width) / height * half, (1 - 2 * y / height) * half
        direction = -camera.backward + across * camera.right + upward * camera.up
        start = camera.position
        end = start + direction / np.linalg.norm(direction) * (camera.distance + 400.0)
        robot_hit = self._robot_on(start, end)
        if robot_hit is not None:
            return robot_hit
        hits = [solid.hit(start, end) for solid, actor in self._solids.values() if actor.GetVisibility()]
        found = min((hit for hit in hits if hit is not None), default=None)
        return Hit(found[1], start + found[0] * (end - start)) if found is not None else None

    def _robot_on(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> Hit | None:
        along = (end - start) / np.linalg.norm(end - start)
        for mark in self._state.robots:
            centre = np.array(mark.position) + np.array([0.0, 0.0, 0.6 if mark.kind == "ground" else -0.3])
            off = centre - start
            if np.linalg.norm(off - (off @ along) * along) < REACH / 2:
                return Hit(mark.robot, centre)
        return None

    # ---- building --------------------------------------------------------------------------------------------------

    def _light(self) -> None:
        self._renderer.SetBackground(*theme.rgb(theme.SCENE_LOW))
        self._renderer.SetBackground2(*theme.rgb(theme.SCENE_HIGH))
        self._renderer.GradientBackgroundOn()
        self._renderer.AutomaticLightCreationOff()
        self._renderer.RemoveAllLights()
        for direction, strength, tone in (
            ((-0.45, -0.75, 1.1), 0.78, (1.0, 0.985, 0.96)),  # key, from the south-west and above
            ((0.9, -0.2, 0.5), 0.30, (0.9, 0.95, 1.0)),  # fill
            ((0.1, 0.9, 0.35), 0.22, (0.92, 0.95, 1.0)),  # back
        ):
            light = vtkLight()
            light.SetLightTypeToSceneLight()
            light.SetPositional(False)
            light.SetPosition(*direction)
            light.SetFocalPoint(0, 0, 0)
            light.SetIntensity(strength)
            light.SetColor(*tone)
            self._renderer.AddLight(light)

    def _merge(self, model: Model, live: frozenset[str]) -> dict[str, tuple[Solid, vtkActor]]:
        """One solid for each layer, one for what may be tinted, one for what is seen through."""
        layers: dict[str, list[Part]] = {}
        for part in model.parts:
            layers.setdefault(_layer(part, model, live), []).append(part)
        solids = {}
        for layer in sorted(layers, key=lambda name: name == "glass"):
            solid = Solid.of(layers[layer], model.materials)
            actor = _actor(solid.data)
            if layer == "glass":
                actor.GetProperty().SetOpacity(model.materials[layers[layer][0].material].opacity)
                actor.GetProperty().BackfaceCullingOff()
            self._renderer.AddActor(actor)
            solids[layer] = (solid, actor)
        return solids

    def _line_actor(self, width: float) -> vtkActor:
        actor = vtkActor()
        actor.SetMapper(vtkPolyDataMapper())
        actor.GetProperty().SetLineWidth(width)
        actor.GetProperty().LightingOff()
        actor.SetVisibility(False)
        self._renderer.AddActor(actor)
        return actor

    # ---- showing differences ---------------------------------------------------------------------------------------

    def _tint(self, tints: dict[str, str]) -> None:
        if "live" not in self._solids:
            return
        solid, _ = self._solids["live"]
        wanted = {}
        for index, node in enumerate(solid.nodes):
            colour = tints.get(node) or tints.get(node.split(".")[0])
            if colour:
                wanted[index] = tuple(round(255 * share) for share in theme.rgb(colour))
        solid.tint(wanted, TINT)

    def _hide(self, hidden: frozenset[str]) -> None:
        for layer, (_, actor) in self._solids.items():
            actor.SetVisibility(layer not in hidden)

    def _move(self, robots: tuple[RobotMark, ...]) -> None:
        for name in self._robots.keys() - {mark.robot for mark in robots}:
            self._renderer.RemoveActor(self._robots.pop(name))
        for mark in robots:
            actor = self._robots.get(mark.robot)
            if actor is None:
                actor = self._robots[mark.robot] = _actor(robot(mark.kind), theme.ROBOT)
                self._renderer.AddActor(actor)
            actor.SetPosition(*mark.position)
            actor.SetOrientation(0, 0, float(np.degrees(mark.heading)))
        paths = [np.array(mark.trail, np.float32) for mark in robots if len(mark.trail) > 1]
        raised = [path + np.array([0, 0, LIFT], np.float32) for path in paths]
        fading = [np.linspace(20, 230, len(path)).astype(np.uint8) for path in paths]
        colour = np.array([round(255 * c) for c in theme.rgb(theme.ROBOT)], np.uint8)
        shades = [np.column_stack([np.tile(colour, (len(alpha), 1)), alpha]) for alpha in fading]
        self._trails.GetMapper().SetInputData(polyline(raised, np.concatenate(shades) if shades else np.zeros((0, 4))))
        self._trails.SetVisibility(bool(paths))

    def _encircle(self, halos: tuple[Halo, ...]) -> None:
        for actor in self._halos.values():
            self._renderer.RemoveActor(actor)
        self._halos.clear()
        for halo in halos:
            box = self.box(halo.equipment)
            if box is None:
                continue
            low, high = box
            radius = 0.5 * float(np.hypot(high[0] - low[0], min(high[1] - low[1], 6.0))) + 0.4
            disc = vtkDiskSource()
            disc.SetInnerRadius(radius)
            disc.SetOuterRadius(radius + 0.28)
            disc.SetCircumferentialResolution(64)
            disc.Update()
            actor = _actor(disc.GetOutput(), halo.colour)
            actor.GetProperty().LightingOff()
            actor.GetProperty().BackfaceCullingOff()
            actor.SetPosition((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, LIFT)
            self._renderer.AddActor(actor)
            self._halos[halo.equipment] = actor

    def _frame(self, equipment: str) -> None:
        """Draw the corners of a box round what is selected."""
        box = self.box(equipment) if equipment else None
        self._outline.SetVisibility(box is not None)
        if box is None:
            return
        low, high = box[0] - 0.15, box[1] + 0.15
        colour = np.array([*(round(255 * c) for c in theme.rgb(theme.BRIGHT)), 255], np.uint8)
        paths = _corners(low, high)
        self._outline.GetMapper().SetInputData(polyline(paths, np.tile(colour, (2 * len(paths), 1))))


def _off_screen_window() -> vtkRenderWindow:
    """A window nobody sees. Without an X server VTK would try one first and complain; EGL is then asked for by name."""
    without_display = sys.platform.startswith("linux") and not os.environ.get("DISPLAY")
    if without_display and hasattr(vtkRenderingOpenGL2, "vtkEGLRenderWindow"):
        return vtkRenderingOpenGL2.vtkEGLRenderWindow()
    return vtkRenderWindow()


def _corners(low: NDArray[np.float64], high: NDArray[np.float64]) -> list[NDArray[np.float32]]:
    """Short lines along the edges of a box, three from each corner."""
    length = 0.18 * float((high - low).max())
    paths = []
    for corner in np.ndindex(2, 2, 2):
        start = np.where(corner, high, low)
        for axis in range(3):
            end = start.copy()
            end[axis] += min(length, float(high[axis] - low[axis]) / 2) * (-1 if corner[axis] else 1)
            paths.append(np.array([start, end], np.float32))
    return paths


def _actor(data: object, colour: str | None = None) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    actor = vtkActor()
    actor.SetMapper(mapper)
    surface = actor.GetProperty()
    surface.BackfaceCullingOn()
    surface.SetInterpolationToPhong()
    surface.SetAmbient(0.24)
    surface.SetDiffuse(0.86)
    surface.SetSpecular(0.16)
    surface.SetSpecularPower(24)
    if colour is not None:
        mapper.ScalarVisibilityOff()
        surface.SetColor(*theme.rgb(colour))
        surface.SetAmbientColor(*theme.rgb(colour))
    return actor


def _layer(part: Part, model: Model, live: frozenset[str]) -> str:
    if model.materials[part.material].opacity < 1.0:
        return "glass"
    for layer in ("roof", "walls"):
        if part.node.startswith(f"building.{layer}"):
            return layer
    return "live" if part.node.split(".")[0] in live else "still"


def _boxes(parts: tuple[Part, ...]) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The box of every node, of every piece of equipment with all its nodes, and of the whole (under "")."""
    boxes: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    for part in parts:
        if not len(part.points):
            continue
        low, high = part.points.min(axis=0).astype(float), part.points.max(axis=0).astype(float)
        for name in {part.node, part.node.split(".")[0], ""}:
            if name in boxes:
                low_before, high_before = boxes[name]
                boxes[name] = (np.minimum(low, low_before), np.maximum(high, high_before))
            else:
                boxes[name] = (low, high)
    return boxes
