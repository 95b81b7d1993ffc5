"""The painter: puts the station, its robots and what is amiss on the stage, and knows what is where in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor

from app import theme
from app.scene.bodies import Bodies
from app.scene.camera import VIEW_ANGLE, Camera
from app.scene.coverage import APART, SIGHT, Cells, Coverage, extent, thinned
from app.scene.drapes import Drapes
from app.scene.glb import Model
from app.scene.light import Light
from app.scene.lookout import Lookout, Submit, at_once
from app.scene.marks import Outline, is_room, ring, surface
from app.scene.motion import Motion
from app.scene.places import SCENERY, Box, Places, corners
from app.scene.robots import Robots, Routes, is_placed, room
from app.scene.sightlines import Sightlines
from app.scene.stage import MOST_PIECES, Picture, Stage, around
from app.scene.state import MOTION, ROBOTS, Halo, RobotMark, SceneState, Sightings
from app.scene.surround import Post

ASIDE = 1.0  # m that a robot may be beside the model
REACH = 0.8  # m round a robot in which a click finds it
OVERVIEW_FROM = np.radians([-112.0, -120.0, -128.0, -136.0])
ABOVE = float(np.radians(40.0))
INWARD = 0.7  # share of the way from the middle of a box to its corners, where there is likely something of it
WAITING = -1  # for what has to be known before surfaces can be coloured
WORTH = 40  # places surveyed that are worth colouring surfaces anew
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
    model : Model        What stands still.
    size : (int, int)    Width and height of the picture. [px]
    submit : Callable    Has something done elsewhere, as executors do.
    """

    def __init__(self, model: Model, size: tuple[int, int] = (1280, 800), submit: Submit = at_once) -> None:
        self._places = Places(model.parts)
        self._model = model
        self._carpet: vtkActor | None = None
        self._stage = Stage(size)
        self._state = SceneState()
        self._camera = Camera()
        self._light = Light()
        self._bodies = Bodies(model, self._stage, self._light)
        self._robots = Robots(self._stage, self._light)
        self._routes = Routes(self._stage)
        self._drapes = Drapes(self._stage, self._bodies)
        self.lookout = Lookout(self._stage, self._bodies, self._light, model, submit)
        self._motion = Motion(model, self._stage, self._light, submit)
        self._sightlines = Sightlines(self.lookout, SIGHT, APART)
        self._submit = submit
        self._cells: Future[Cells] | None = None
        self._covered_at = 0  # how many places were still to be surveyed when surfaces were coloured by them
        self._rings: list[vtkActor] = []
        self._outlines: list[Outline] = []
        self._look(self.overview())

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def show(self, state: SceneState) -> None:
        """Show a state; only what differs from the last one is touched."""
        before, self._state = self._state, state
        if state == before:
            return
        if (state.posts, state.sightings) != (before.posts, before.sightings):
            self.lookout.want((*state.posts, *self._looked_from(state.sightings)))
        if state.sightings != before.sightings:
            self._cover(state.sightings)
        if state.sightings is None and (state.tints, None) != (before.tints, before.sightings):
            self._tint(dict(before.tints), dict(state.tints))
        if state.away != before.away:
            self._bodies.leave_out(frozenset(node for name in state.away for node in self._places.body(name)))
        self._bodies.show(state, self._pixel())
        if (state.robots, state.hidden, state.selected) != (before.robots, before.hidden, before.selected):
            self._robots.show(self._robots_shown(), state.selected)
        self.lookout.show(state)
        self._routes.show(state.routes if ROBOTS not in state.hidden else (), state.selected)
        if (state.running, MOTION in state.shown) != (before.running, MOTION in before.shown):
            self._motion.show(state.running if MOTION in state.shown else None)
        if _lying(state) != _lying(before):
            self._drapes.show(state.drapes, state.heat, _lying(state)[2:])
            self._drapes.cut(self._bodies.plane)
        if _marks(state) != _marks(before):
            self._mark(*_marks(state)[:3])

    def find_out(self, seconds: float) -> bool:
        """Find out more of what is seen from where, for about so long; whether there is more."""
        self._motion.look_after()
        is_more = self.lookout.go_on(seconds)
        if self._state.sightings is not None and self._is_worth_covering():
            self._cover(self._state.sightings)
        return is_more or self._is_reckoning

    def _is_worth_covering(self) -> bool:
        """Whether so much more is known that surfaces are worth colouring anew."""
        found = self._covered_at - self.lookout.left
        return found >= WORTH or (found > 0 and not self.lookout.left) or self._is_reckoning

    @property
    def _is_reckoning(self) -> bool:
        """Whether surfaces wait for their cells."""
        return self._state.sightings is not None and self._covered_at == WAITING

    def _looked_from(self, sightings: Sightings | None) -> tuple[Post, ...]:
        """Where robots have looked from, if that is asked for."""
        if sightings is None:
            return ()
        return self._sightlines.posts(thinned(sightings.places)[:, 1:])

    def dress(self) -> None:
        """Take the colours of the theme that is worn."""
        for each in (self._light, self._robots, self._routes, self._drapes, self.lookout, self._motion):
            each.dress()
        self._mark(*_marks(self._state)[:3])
        self._stage.change()

    def look(self, camera: Camera) -> None:
        """Look from another place."""
        if camera != self._camera:
            self._look(camera)

    def _look(self, camera: Camera) -> None:
        self._camera = camera
        self._light.follow(camera)
        self._stage.look(camera)
        self._drapes.follow(camera)
        self.lookout.follow(camera)
        self._bodies.reveal(self._pixel(), hurried=True)

    def advance(self, seconds: float) -> None:
        """Let shafts and water move on, as far as they are shown."""
        self._motion.advance(seconds)

    @property
    def drawn(self) -> int:
        """How many bodies make up the picture: what is drawn in one call each."""
        return self._stage.drawn

    def refine(self) -> None:
        """Smooth the edges, and show what was coarse while the camera moved in full, as long as it rests."""
        self._stage.refine()
        self._bodies.settle(self._pixel())
        self.lookout.settle()

    @property
    def camera(self) -> Camera:
        return self._camera

    @property
    def size(self) -> tuple[int, int]:
        return self._stage.size

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that can be taken away, the usual ones first."""
        return self._bodies.layers

    @property
    def reach(self) -> dict[str, tuple[float, float]]:
        """From where to where equipment stands along each axis. [m]"""
        low, high = self._places.whole or (np.zeros(3), np.zeros(3))
        return {axis: (float(low[i]), float(high[i])) for i, axis in enumerate("xyz")}

    def resize(self, width: int, height: int) -> None:
        """Paint in another size from now on. [px]"""
        if (width, height) != self.size:
            self._stage.resize(width, height)
            self._bodies.reveal(self._pixel())
            for outline in (*self._outlines, self._robots):
                outline.scale(width, height)

    @property
    def renderer(self) -> str:
        """What the OpenGL that paints calls itself."""
        return self._stage.renderer

    @property
    def stale(self) -> bool:
        """Whether something has changed since the last picture."""
        return self._stage.stale

    def paint(self) -> Picture:
        """The picture (height, width, 3) of bytes, top row first; painted anew only as far as something has changed."""
        return self._stage.picture()

    # ---- where things are ------------------------------------------------------------------------------------------

    def box(self, equipment: str) -> Box | None:
        """The box of a piece of equipment or a robot, of all equipment for "", or None where nobody knows it."""
        robot = next((mark for mark in self._state.robots if mark.robot == equipment), None)
        if robot is not None:
            return room(robot)
        return self._places.box(equipment) if equipment else self._places.whole

    def is_outside(self, mark: RobotMark) -> bool:
        """Whether a robot is placed beside or below all there is of the model, by more than a step."""
        low, high = self._reach
        at = np.array(mark.position)
        is_off = bool((at < low - ASIDE).any() or (at[:2] > high[:2] + ASIDE).any())
        return is_off and is_placed(mark) and mark.kind != "frame"

    @cached_property
    def _reach(self) -> Box:
        """The box of all that stands, the building too."""
        return extent(part.points for part in self._model.parts)

    def _robots_shown(self) -> tuple[RobotMark, ...]:
        return self._state.robots if ROBOTS not in self._state.hidden else ()

    def overview(self) -> Camera:
        """The whole station and all ways in it, from above the cut-away walls and from where it fills the picture."""
        ways = [np.array(route.points).reshape(-1, 3) for route in self._state.routes]
        points = np.concatenate([self._places.corners(), *ways])
        points[:, 2] = np.minimum(points[:, 2], HIGHEST)
        width, height = self.size
        ways = [Camera(azimuth=float(a), elevation=ABOVE).framing(points, width / height) for a in OVERVIEW_FROM]
        return min(ways, key=lambda camera: camera.distance)

    def sees(self, camera: Camera, robot: str) -> bool:
        """Whether nothing that stands hides a robot from a camera; anything but a robot is taken to be seen."""
        box = next((room(mark) for mark in self._state.robots if mark.robot == robot), None)
        if box is None:
            return True
        highest = np.array([*np.mean(box, axis=0)[:2], box[1][2]])
        return all(self._bodies.hit(camera.position, at) is None for at in (np.mean(box, axis=0), highest))

    def seen_share(self, eye: tuple[float, float, float], equipment: str) -> float:
        """How much of a piece of equipment is seen from a place [m], from 0 to 1, with everything in its place."""
        box = self._places.box(equipment)
        if box is None:
            return 0.0
        body = set(self._places.body(equipment))
        start, middle = np.array(eye), np.mean(box, axis=0)
        samples = [middle + INWARD * (corner - middle) for corner in corners(box)] + [middle]
        hits = [self._bodies.hit(start, sample, whole=True) for sample in samples]
        return sum(hit is None or hit[1] in body for hit in hits) / len(hits)

    def readings(self, point: NDArray[np.float64]) -> list[tuple[float, str, float]]:
        """What all thermal pictures say of a point of the model: when, which camera, how warm [°C]."""
        return self._drapes.readings(point, [drape.picture for drape in self._state.pictures])

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
        found = self._bodies.hit(start, end)
        if found is None:
            return None
        name = "" if found[1].startswith(SCENERY) else found[1]
        return Hit(name, start + found[0] * (end - start))

    def _robot_on(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> Hit | None:
        along = (end - start) / np.linalg.norm(end - start)
        for mark in filter(is_placed, self._robots_shown()):
            centre = np.mean(room(mark), axis=0)
            off = centre - start
            if np.linalg.norm(off - (off @ along) * along) < REACH:
                return Hit(mark.robot, centre)
        return None

    # ---- showing differences ---------------------------------------------------------------------------------------

    def _tint(self, before: dict[str, str], tints: dict[str, str]) -> None:
        """Tint what makes up each piece of equipment; a part that is named itself has its own tint."""
        wanted: dict[str, tuple[int, int, int]] = {}
        for name, colour in sorted(tints.items()):
            for node in self._places.body(name):
                wanted[node] = _bytes(colour)
        self._bodies.tint(wanted)
        self._change([name for name in before.keys() | tints.keys() if before.get(name) != tints.get(name)])

    def _cover(self, sightings: Sightings | None) -> None:
        """Colour every surface by when it was seen last, once its cell is known; as they are for None."""
        if sightings is not None and self._cells is None:
            self._cells = self._submit(Cells.of, self._model.parts)
        if sightings is not None and not self._cells.done():
            self._covered_at = WAITING
            return
        coverage = self._coverage(sightings)
        self._covered_at = self.lookout.left
        self._bodies.dye(coverage.colours if coverage is not None else None)
        if self._carpet is not None:
            self._stage.remove(self._carpet)
            self._carpet = None
        if coverage is not None:
            self._carpet = surface(coverage.carpet())
            self._carpet.GetProperty().LightingOff()
            self._stage.add_mark(self._carpet)
        self._stage.change()

    def _coverage(self, sightings: Sightings | None) -> Coverage | None:
        if sightings is None or self._cells is None:
            return None
        cells = self._cells.result()
        return Coverage(sightings, cells, lambda place: self._sightlines.lit(place, cells))

    def _change(self, equipment: Sequence[str]) -> None:
        """Have the pieces of the picture painted anew in which some equipment is seen; of much of it, all."""
        there = [name for name in equipment if self._places.body(name)]
        if len(there) > MOST_PIECES:
            self._stage.change()
            return
        for name in there:
            where, before_eye = self.project(corners(self._places.box(name)))
            self._stage.change(around(where) if before_eye.all() else None)

    def _pixel(self) -> float:
        """How wide a pixel is where the camera looks. [m]"""
        return float(2 * np.tan(np.radians(VIEW_ANGLE) / 2) * self._camera.distance / self.size[1])

    def _mark(self, halos: tuple[Halo, ...], selected: str, outlined: bool) -> None:
        """Ring what is amiss, and outline that and what is selected."""
        for actor in [*self._rings, *(outline.actor for outline in self._outlines)]:
            self._stage.remove(actor)
        boxes = [(halo, self._places.box(halo.equipment)) for halo in halos]
        self._rings = [ring(box, halo) for halo, box in boxes if box is not None]
        outlined_too = [halo for halo, box in boxes if box is not None and not is_room(box)]
        coloured = {halo.equipment: halo.edge or halo.colour for halo in outlined_too}
        coloured |= {selected: theme.BRIGHT} if selected else {}
        self._outlines = [self._outline(*each) for each in coloured.items()] if outlined else []
        for actor in [*self._rings, *(outline.actor for outline in self._outlines)]:
            self._stage.add_mark(actor)

    def _outline(self, equipment: str, colour: str) -> Outline:
        outline = Outline.of(self._bodies.skin(frozenset(self._places.body(equipment))), colour)
        outline.scale(*self.size)
        return outline


@lru_cache(maxsize=1024)
def _bytes(colour: str) -> tuple[int, int, int]:
    red, green, blue = (round(255 * share) for share in theme.rgb(colour))
    return red, green, blue


def _marks(state: SceneState) -> tuple[tuple[Halo, ...], str, bool, frozenset[str]]:
    """What is marked, and what has no outline; one goes round the back of things, and a section shows that."""
    return state.halos, state.selected, state.section is None, state.away


def _lying(state: SceneState) -> tuple[object, ...]:
    """What decides which thermal pictures lie where."""
    selected = state.selected if state.alone else ""
    return state.drapes, state.heat, state.hidden, state.section, state.alone, selected, state.away


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
