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
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkLight, vtkRenderer, vtkRenderWindow

from app import theme
from app.scene.camera import VIEW_ANGLE, Camera
from app.scene.glb import Model, Part
from app.scene.light import Light
from app.scene.marks import Outline, Robots, ring, surface
from app.scene.places import SCENERY, Box, Places, corners
from app.scene.solids import Solid
from app.scene.state import Halo, SceneState

Picture = NDArray[np.uint8]
TINT = 0.75  # share of the tint in a tinted part's colour
REACH = 0.8  # m round a robot in which a click finds it
HIGHEST = 6.0  # m: what an overview need not show is above


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
        self._places = Places(model.parts)
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
        self._light = Light()
        self._set_the_stage()
        self._solids = self._merge(model, frozenset(live))
        self._robots = Robots(self._renderer, self._light)
        self._rings: list[vtkActor] = []
        self._outlines: list[Outline] = []
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
            self._robots.show(state.robots)
        if (state.halos, state.selected) != (before.halos, before.selected):
            self._mark(state.halos, state.selected)

    def look(self, camera: Camera) -> None:
        """Look from another place."""
        if camera == self._camera and self._picture is not None:
            return
        self._camera = camera
        self._picture = None
        self._renderer.UseFXAAOff()
        self._light.follow(camera)
        eye = self._renderer.GetActiveCamera()
        eye.SetPosition(*camera.position)
        eye.SetFocalPoint(*camera.focus)
        eye.SetViewUp(0, 0, 1)
        eye.SetViewAngle(VIEW_ANGLE)
        eye.SetClippingRange(max(0.3, camera.distance / 80), camera.distance + 400.0)

    def refine(self) -> None:
        """Smooth the edges, as long as the camera rests: on software OpenGL that costs as much again as the picture."""
        if not self._renderer.GetUseFXAA():
            self._renderer.UseFXAAOn()
            self._picture = None

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
            for outline in self._outlines:
                outline.scale(width, height)

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

    def box(self, equipment: str) -> Box | None:
        """The box of a piece of equipment, of all equipment for "", or None where the model lacks it."""
        return self._places.box(equipment) if equipment else self._places.whole

    def overview(self) -> Camera:
        """The whole station, seen from the south above the cut-away wall."""
        points = self._places.corners()
        points[:, 2] = np.minimum(points[:, 2], HIGHEST)
        width, height = self.size
        camera = Camera(azimuth=float(np.radians(-116.0)), elevation=float(np.radians(42.0)))
        return camera.framing(points, width / height)

    def contour(self, equipment: str) -> NDArray[np.float64]:
        """A convex outline round a piece of equipment in the picture, (n, 2) px; empty where it is not seen."""
        box = self._places.box(equipment)
        if box is None:
            return np.zeros((0, 2))
        where, before_eye = self.project(corners(box))
        return _hull(where) if before_eye.all() else np.zeros((0, 2))

    def project(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Where points (n, 3) lie in the picture, (n, 2) px from the top left, and whether they are before the eye."""
        camera, (width, height) = self._camera, self.size
        away = np.asarray(points, dtype=np.float64).reshape(-1, 3) - camera.position
        depth = -(away @ camera.backward)
        scale = height / (2 * np.tan(np.radians(VIEW_ANGLE) / 2) * np.where(depth > 0, depth, np.nan))
        x, y = width / 2 + (away @ camera.right) * scale, height / 2 - (away @ camera.up) * scale
        return np.stack([x, y], axis=1), depth > 0

    def pick(self, x: float, y: float) -> Hit | None:
        """What lies under a point of the picture, robots first; hidden layers are looked through.

        What belongs to the building has no name, but a place.
        """
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
        if found is None:
            return None
        name = "" if found[1].startswith(SCENERY) else found[1]
        return Hit(name, start + found[0] * (end - start))

    def _robot_on(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> Hit | None:
        along = (end - start) / np.linalg.norm(end - start)
        for mark in self._state.robots:
            centre = np.array(mark.position) + np.array([0.0, 0.0, 0.6 if mark.kind == "ground" else -0.3])
            off = centre - start
            if np.linalg.norm(off - (off @ along) * along) < REACH:
                return Hit(mark.robot, centre)
        return None

    # ---- building --------------------------------------------------------------------------------------------------

    def _set_the_stage(self) -> None:
        self._renderer.SetBackground(*theme.rgb(theme.SCENE_LOW))
        self._renderer.SetBackground2(*theme.rgb(theme.SCENE_HIGH))
        self._renderer.GradientBackgroundOn()
        self._renderer.AutomaticLightCreationOff()
        lamp = vtkLight()  # one, so that VTK hands normals to the shader, which does the lighting
        lamp.SetLightTypeToHeadlight()
        self._renderer.AddLight(lamp)

    def _merge(self, model: Model, live: frozenset[str]) -> dict[str, tuple[Solid, vtkActor]]:
        """One solid for each layer, one for what may be tinted, one for what is seen through."""
        layers: dict[str, list[Part]] = {}
        for part in model.parts:
            layers.setdefault(_layer(part, model, live), []).append(part)
        solids = {}
        for layer in sorted(layers, key=lambda name: name == "glass"):
            solid = Solid.of(layers[layer], model.materials)
            actor = self._light.on(surface(solid.data))
            if layer == "glass":
                actor.GetProperty().SetOpacity(model.materials[layers[layer][0].material].opacity)
                actor.GetProperty().BackfaceCullingOff()
            self._renderer.AddActor(actor)
            solids[layer] = (solid, actor)
        return solids

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

    def _mark(self, halos: tuple[Halo, ...], selected: str) -> None:
        """Ring and outline what is amiss, and outline what is selected."""
        for actor in [*self._rings, *(outline.actor for outline in self._outlines)]:
            self._renderer.RemoveActor(actor)
        boxes = [(halo, self._places.box(halo.equipment)) for halo in halos]
        self._rings = [ring(box, halo) for halo, box in boxes if box is not None]
        coloured = {halo.equipment: halo.colour for halo in halos} | ({selected: theme.BRIGHT} if selected else {})
        self._outlines = [self._outline(equipment, colour) for equipment, colour in coloured.items()]
        for actor in [*self._rings, *(outline.actor for outline in self._outlines)]:
            self._renderer.AddActor(actor)

    def _outline(self, equipment: str, colour: str) -> Outline:
        nodes = frozenset(self._places.body(equipment))
        solid = next((solid for solid, _ in self._solids.values() if nodes & set(solid.nodes)), None)
        outline = Outline.of(solid.body(nodes) if solid is not None else vtkPolyData(), colour)
        outline.scale(*self.size)
        return outline


def _off_screen_window() -> vtkRenderWindow:
    """A window nobody sees. Without an X server VTK would try one first and complain; EGL is then asked for by name."""
    without_display = sys.platform.startswith("linux") and not os.environ.get("DISPLAY")
    if without_display and hasattr(vtkRenderingOpenGL2, "vtkEGLRenderWindow"):
        return vtkRenderingOpenGL2.vtkEGLRenderWindow()
    return vtkRenderWindow()


def _layer(part: Part, model: Model, live: frozenset[str]) -> str:
    if model.materials[part.material].opacity < 1.0:
        return "glass"
    for layer in ("roof", "walls"):
        if part.node.startswith(f"building.{layer}"):
            return layer
    return "live" if part.node.split(".")[0] in live else "still"


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The convex outline of points (n, 2), by Andrew's monotone chain."""
    ordered = sorted(map(tuple, points))

    def half(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for x, y in points:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    return np.array(half(ordered) + half(reversed(ordered)))
