"""The painter: puts the station, its robots and what is amiss on the stage, and knows what is where in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkAppendPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from app import theme
from app.scene.camera import VIEW_ANGLE, Camera
from app.scene.glb import Model, Part
from app.scene.light import Light
from app.scene.marks import Outline, Robots, ring, surface
from app.scene.places import SCENERY, Box, Places, corners
from app.scene.solids import Solid
from app.scene.stage import Picture, Stage, around
from app.scene.state import Halo, SceneState

TINT = 0.75  # share of the tint in a tinted part's colour
REACH = 0.8  # m round a robot in which a click finds it
CHUNK = 20_000  # points in a solid, at most, unless one part has more
WIDE = 12.0  # m
FINE = 0.3  # m: parts of which nine triangles in ten are smaller are bolts, nuts and the like
AFAR = 0.06  # m a pixel: from where fine parts, and the finer form of what has two, are too small to be seen
OVERVIEW_FROM = np.radians([-112.0, -120.0, -128.0, -136.0])
ABOVE = float(np.radians(40.0))
HIGHEST = 6.0  # m: what an overview need not show is above


@dataclass(frozen=True)
class Hit:
    """What lies under a point of the picture: a node or a robot, and where. ``at`` in metres."""

    name: str
    at: NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """A solid in the picture, the layer it belongs to, and from where it is shown."""

    layer: str
    near: bool
    afar: bool
    solid: Solid
    actor: vtkActor


class Painter:
    """Paints one model in one size.

    Parameters
    ----------
    model : Model        What stands still.
    size : (int, int)    Width and height of the picture. [px]
    """

    def __init__(self, model: Model, size: tuple[int, int] = (1280, 800)) -> None:
        self._places = Places(model.parts)
        self._stage = Stage(size)
        self._state = SceneState()
        self._camera = Camera()
        self._light = Light()
        self._drawn = self._merge(model)
        self._robots = Robots(self._stage, self._light)
        self._rings: list[vtkActor] = []
        self._outlines: list[Outline] = []
        self._look(self.overview())

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def show(self, state: SceneState) -> None:
        """Show a state; only what differs from the last one is touched."""
        before, self._state = self._state, state
        if state == before:
            return
        if state.tints != before.tints:
            self._tint(dict(before.tints), dict(state.tints))
        if state.hidden != before.hidden:
            self._reveal()
        if state.robots != before.robots:
            self._robots.show(state.robots)
        if (state.halos, state.selected) != (before.halos, before.selected):
            self._mark(state.halos, state.selected)

    def look(self, camera: Camera) -> None:
        """Look from another place."""
        if camera != self._camera:
            self._look(camera)

    def _look(self, camera: Camera) -> None:
        self._camera = camera
        self._light.follow(camera)
        self._stage.look(camera)
        self._reveal()

    def refine(self) -> None:
        """Smooth the edges, as long as the camera rests."""
        self._stage.refine()

    @property
    def camera(self) -> Camera:
        return self._camera

    @property
    def size(self) -> tuple[int, int]:
        return self._stage.size

    def resize(self, width: int, height: int) -> None:
        """Paint in another size from now on. [px]"""
        if (width, height) != self.size:
            self._stage.resize(width, height)
            self._reveal()
            for outline in self._outlines:
                outline.scale(width, height)

    @property
    def stale(self) -> bool:
        """Whether something has changed since the last picture."""
        return self._stage.stale

    def paint(self) -> Picture:
        """The picture (height, width, 3) of bytes, top row first; painted anew only as far as something has changed."""
        return self._stage.picture()

    # ---- where things are ------------------------------------------------------------------------------------------

    def box(self, equipment: str) -> Box | None:
        """The box of a piece of equipment, of all equipment for "", or None where the model lacks it."""
        return self._places.box(equipment) if equipment else self._places.whole

    def overview(self) -> Camera:
        """The whole station, from above the cut-away walls and from where it fills the picture best."""
        points = self._places.corners()
        points[:, 2] = np.minimum(points[:, 2], HIGHEST)
        width, height = self.size
        ways = [Camera(azimuth=float(a), elevation=ABOVE).framing(points, width / height) for a in OVERVIEW_FROM]
        return min(ways, key=lambda camera: camera.distance)

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
        hits = [drawn.solid.hit(start, end) for drawn in self._drawn if drawn.near and self._is_wanted(drawn)]
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

    def _merge(self, model: Model) -> list[Drawn]:
        """Few solids: what is seen from near, from afar or both, the layers that can be taken away, in chunks."""
        sorts: dict[tuple[bool, bool, str, bool], list[Part]] = {}
        levels = [(part, True, not model.afar and not _is_fine(part)) for part in model.parts]
        levels += [(part, False, True) for part in model.afar]
        # The building last: what stands before a floor then saves the renderer the floor behind it.
        for part, near, afar in sorted(levels, key=lambda each: _is_building(each[0])):
            sorts.setdefault((near, afar, _layer(part, model), _is_wide(part)), []).append(part)
        return [
            Drawn(layer, near, afar, solid, self._staged(solid, model.materials[chunk[0].material].opacity))
            for (near, afar, layer, _), parts in sorts.items()
            for chunk in _chunks(parts)
            for solid in [Solid.of(chunk, model.materials)]
        ]

    def _staged(self, solid: Solid, opacity: float) -> vtkActor:
        actor = self._light.on(surface(solid.data))
        if opacity < 1.0:
            actor.GetProperty().SetOpacity(opacity)
            actor.GetProperty().BackfaceCullingOff()
            self._stage.add_moving(actor)
        else:
            self._stage.add(actor)
        return actor

    # ---- showing differences ---------------------------------------------------------------------------------------

    def _tint(self, before: dict[str, str], tints: dict[str, str]) -> None:
        """Tint what makes up each piece of equipment; a part that is named itself has its own tint."""
        wanted: dict[str, tuple[int, int, int]] = {}
        for name, colour in sorted(tints.items()):
            red, green, blue = (round(255 * share) for share in theme.rgb(colour))
            wanted |= dict.fromkeys(self._places.body(name), (red, green, blue))
        for drawn in self._drawn:
            drawn.solid.tint({node: wanted[node] for node in drawn.solid.nodes if node in wanted}, TINT)
        for name in sorted(before.keys() | tints.keys()):
            if before.get(name) != tints.get(name):
                self._change(name)

    def _change(self, equipment: str) -> None:
        """Have the piece of the picture painted anew in which a piece of equipment is seen."""
        box = self._places.box(equipment)
        if box is None:
            return
        where, before_eye = self.project(corners(box))
        self._stage.change(around(where) if before_eye.all() else None)

    def _reveal(self) -> None:
        """Show the layers that are not taken away, in the form that this distance asks for."""
        pixel = 2 * np.tan(np.radians(VIEW_ANGLE) / 2) * self._camera.distance / self.size[1]
        for drawn in self._drawn:
            drawn.actor.SetVisibility(self._is_wanted(drawn) and (drawn.near if pixel < AFAR else drawn.afar))
        self._stage.change()

    def _is_wanted(self, drawn: Drawn) -> bool:
        return drawn.layer not in self._state.hidden

    def _mark(self, halos: tuple[Halo, ...], selected: str) -> None:
        """Ring and outline what is amiss, and outline what is selected."""
        for actor in [*self._rings, *(outline.actor for outline in self._outlines)]:
            self._stage.remove(actor)
        boxes = [(halo, self._places.box(halo.equipment)) for halo in halos]
        self._rings = [ring(box, halo) for halo, box in boxes if box is not None]
        coloured = {halo.equipment: halo.colour for halo in halos} | ({selected: theme.BRIGHT} if selected else {})
        self._outlines = [self._outline(equipment, colour) for equipment, colour in coloured.items()]
        for actor in [*self._rings, *(outline.actor for outline in self._outlines)]:
            self._stage.add(actor)

    def _outline(self, equipment: str, colour: str) -> Outline:
        nodes = frozenset(self._places.body(equipment))
        bodies = vtkAppendPolyData()
        bodies.AddInputData(vtkPolyData())
        for drawn in self._drawn:
            if drawn.near and nodes & set(drawn.solid.nodes):
                bodies.AddInputData(drawn.solid.body(nodes))
        bodies.Update()
        outline = Outline.of(bodies.GetOutput(), colour)
        outline.scale(*self.size)
        return outline


def _chunks(parts: list[Part]) -> Iterator[list[Part]]:
    """Parts that lie together: what is out of sight costs nothing, and what is tinted is sent anew chunk by chunk."""
    middles = np.array([(part.points.min(axis=0) + part.points.max(axis=0)) / 2 for part in parts])
    if len(parts) < 2 or sum(len(part.points) for part in parts) <= CHUNK:
        yield parts
        return
    along = middles[:, np.ptp(middles, axis=0).argmax()]
    order = np.argsort(along, kind="stable")
    held = np.cumsum([len(parts[i].points) for i in order])
    half = min(max(1, int(np.searchsorted(held, held[-1] / 2))), len(parts) - 1)
    for side in (order[:half], order[half:]):
        yield from _chunks([parts[i] for i in side])


def _is_fine(part: Part) -> bool:
    corners = part.points[part.triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    return bool(len(longest)) and float(np.quantile(longest, 0.9)) < FINE


def _is_wide(part: Part) -> bool:
    """Whether a part reaches so far that a chunk with it would be in sight from everywhere."""
    return bool(len(part.points)) and float(np.ptp(part.points, axis=0).max()) > WIDE


def _is_building(part: Part) -> bool:
    return part.layer == "building" or part.node.startswith(SCENERY)


def _layer(part: Part, model: Model) -> str:
    if model.materials[part.material].opacity < 1.0:
        return "glass"
    return next((layer for layer in ("roof", "walls") if part.node.startswith(f"{SCENERY}{layer}")), "station")


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
