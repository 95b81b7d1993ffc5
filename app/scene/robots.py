"""Robots in the scene: small models that say which way they look, the way they are to go, and where they have been."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from app import theme
from app.scene import shapes
from app.scene.light import Light
from app.scene.marks import LIFT, Outline, surface
from app.scene.places import Box
from app.scene.shapes import Piece, ball, block, drum
from app.scene.solids import polygons, polyline
from app.scene.stage import Stage
from app.scene.state import RobotMark, Route

TRAIL = 0.36  # m, the width of a trail at the robot; it runs out to nothing
DASH = 0.6  # m of a planned way that are drawn, and as many left out
ROUTE = 1.5  # px
CHOSEN = 2.5  # px, the way of the robot that is selected
FAINT = 0.45  # how much of a way's colour is not the floor's

LIGHT, DARK, LENS, LAMP, TRIM = theme.SHELL, theme.CHASSIS, theme.LENS, theme.LAMP, theme.TRIM
_WHEELS = tuple((x, y) for x in (0.33, -0.33) for y in (0.33, -0.33))

GROUND: tuple[Piece, ...] = (
    *(drum((x, y - 0.06, 0.17), (x, y + 0.06, 0.17), 0.17, LENS) for x, y in _WHEELS),
    *(drum((x, y - 0.07, 0.17), (x, y + 0.07, 0.17), 0.08, LIGHT) for x, y in _WHEELS),
    block((0.0, 0.0, 0.27), (0.98, 0.52, 0.22), DARK),
    block((0.0, 0.0, 0.41), (1.06, 0.64, 0.07), TRIM),
    block((-0.02, 0.0, 0.54), (1.0, 0.60, 0.20), LIGHT, (0.82, 0.84, 1.0)),
    block((0.53, 0.0, 0.28), (0.06, 0.44, 0.12), LENS),  # bumper
    *(block((0.49, y, 0.52), (0.06, 0.10, 0.05), LAMP) for y in (0.19, -0.19)),
    drum((0.27, 0.0, 0.64), (0.27, 0.0, 0.76), 0.11, LENS),  # lidar
    drum((0.27, 0.0, 0.76), (0.27, 0.0, 0.79), 0.11, LIGHT),
    drum((-0.12, 0.0, 0.64), (-0.12, 0.0, 1.05), 0.075, DARK),  # mast, drawn out
    drum((-0.12, 0.0, 1.05), (-0.12, 0.0, 1.36), 0.05, LIGHT),
    drum((-0.42, 0.2, 0.6), (-0.42, 0.2, 1.15), 0.014, LENS),  # aerial
    *(block((-0.10, y, 1.50), (0.12, 0.03, 0.30), DARK) for y in (0.17, -0.17)),  # yoke
    block((-0.06, 0.0, 1.54), (0.40, 0.30, 0.22), LIGHT, (0.92, 0.88, 1.0)),  # cameras, seeing and thermal
    drum((0.12, 0.08, 1.54), (0.20, 0.08, 1.54), 0.055, LENS),
    drum((0.12, -0.07, 1.54), (0.22, -0.07, 1.54), 0.075, LENS),
    drum((0.215, -0.07, 1.54), (0.225, -0.07, 1.54), 0.05, TRIM),
)
RAIL: tuple[Piece, ...] = (
    *(block((x, y, 0.16), (0.16, 0.05, 0.34), DARK) for x in (0.28, -0.28) for y in (0.15, -0.15)),  # grips the rail
    block((0.0, 0.0, -0.03), (0.96, 0.40, 0.20), LIGHT, (0.9, 0.9, 1.0)),
    block((0.0, 0.0, -0.11), (1.0, 0.42, 0.06), TRIM),
    drum((0.0, 0.0, -0.14), (0.0, 0.0, -0.48), 0.10, DARK),  # column, let down
    drum((0.0, 0.0, -0.48), (0.0, 0.0, -0.78), 0.07, LIGHT),
    drum((0.0, 0.0, -0.78), (0.0, 0.0, -0.84), 0.20, TRIM),
    ball((0.0, 0.0, -0.98), 0.22, LIGHT),  # cameras, seeing and thermal
    drum((0.15, 0.09, -0.98), (0.25, 0.09, -0.98), 0.06, LENS),
    drum((0.15, -0.08, -0.98), (0.27, -0.08, -0.98), 0.085, LENS),
    drum((0.265, -0.08, -0.98), (0.275, -0.08, -0.98), 0.055, TRIM),
)
CART: tuple[Piece, ...] = (  # a log says how a robot moves, not what it looks like
    *(drum((0.0, y - 0.02, 0.08), (0.0, y + 0.02, 0.08), 0.08, LENS) for y in (0.2, -0.2)),
    drum((0.0, 0.0, 0.05), (0.0, 0.0, 0.28), 0.2, LIGHT),
    drum((0.0, 0.0, 0.28), (0.0, 0.0, 0.31), 0.2, TRIM),
    block((0.17, 0.0, 0.36), (0.22, 0.08, 0.06), LENS),  # points ahead
    drum((-0.04, 0.0, 0.31), (-0.04, 0.0, 0.42), 0.07, DARK),
)


def _axes(length: float) -> tuple[Piece, ...]:
    """Three rods from an origin: x the longest and pointed, z bright."""
    thin = 0.03 * length
    return (
        drum((0.0, 0.0, 0.0), (length, 0.0, 0.0), thin, theme.ROBOT),
        drum((length, 0.0, 0.0), (1.25 * length, 0.0, 0.0), 2.5 * thin, theme.ROBOT, far=0.1 * thin),
        drum((0.0, 0.0, 0.0), (0.0, 0.75 * length, 0.0), thin, theme.SECONDARY),
        drum((0.0, 0.0, 0.0), (0.0, 0.0, 0.75 * length), thin, theme.BRIGHT),
    )


_PIECES = {"rail": RAIL, "cart": CART}
_TRAILS = {"cart": 0.14, "free": 0.05}  # m, narrower than a station's robot's

# Lowest and highest corner about a robot's origin, however it is turned. [m]
_ROOM = {
    "ground": ((-0.65, -0.65, 0.0), (0.65, 0.65, 1.7)),
    "rail": ((-0.65, -0.65, -1.2), (0.65, 0.65, 0.4)),
    "cart": ((-0.3, -0.3, 0.0), (0.3, 0.3, 0.45)),
    "free": ((-0.45, -0.45, -0.45), (0.45, 0.45, 0.45)),
    "frame": ((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)),
}


def pieces(kind: str) -> tuple[Piece, ...]:
    """What a robot is made of, about its own origin, looking along x. [m] Axes are a mark and no thing: they have the
    colours of the theme that is worn."""
    if kind == "frame":
        return _axes(0.8)
    if kind == "free":
        return (ball((0.0, 0.0, 0.0), 0.06, LIGHT), *_axes(0.35))
    return _PIECES.get(kind, GROUND)


def room(mark: RobotMark) -> Box | None:
    """The box a robot is in; None where its place is not known. [m]"""
    low, high = (np.array(corner) + mark.position for corner in _ROOM.get(mark.kind, _ROOM["ground"]))
    return (low, high) if is_placed(mark) else None


def is_placed(mark: RobotMark) -> bool:
    """Whether it is known where a robot is."""
    return bool(np.isfinite([*mark.position, mark.heading, *(mark.turned or ())]).all())


class Robots:
    """The robots and where they have been; painted over what stands."""

    def __init__(self, stage: Stage, light: Light) -> None:
        self._stage = stage
        self._light = light
        self._shown: tuple[tuple[RobotMark, ...], str] = ((), "")
        self._bodies: dict[str, vtkActor] = {}
        self._outlines: dict[str, Outline] = {}  # by kind
        self._trails = vtkActor()
        self._trails.SetMapper(vtkPolyDataMapper())
        self._trails.GetProperty().LightingOff()
        self._trails.SetVisibility(False)
        stage.add_moving(self._trails)

    def show(self, marks: tuple[RobotMark, ...], selected: str = "") -> None:
        """Move every robot to its place; one without a place is not shown. Outline the one that is selected."""
        self._shown = (marks, selected)
        marks = tuple(mark for mark in marks if is_placed(mark))
        self._drop(self._bodies.keys() - {mark.robot for mark in marks})
        for outline in self._outlines.values():
            outline.actor.SetVisibility(False)
        for mark in marks:
            _put(self._body(mark), mark)
            if mark.robot == selected:
                outline = self._outline(mark.kind)
                _put(outline.actor, mark)
                outline.actor.SetVisibility(True)
        self._draw_trails([ribbon for mark in marks for ribbon in _ribbon(mark)])
        self._stage.move()

    def dress(self) -> None:
        """Take the colours of the theme that is worn."""
        for outline in self._outlines.values():
            outline.actor.GetProperty().SetColor(*theme.rgb(theme.BRIGHT))
        self._drop(set(self._bodies))
        self.show(*self._shown)

    def scale(self, width: int, height: int) -> None:
        """Keep outlines as wide on a picture of another size. [px]"""
        for outline in self._outlines.values():
            outline.scale(width, height)

    def _drop(self, names: Set[str]) -> None:
        for name in names:
            gone = self._bodies.pop(name)
            self._stage.remove_moving(gone)
            self._light.off(gone)

    def _body(self, mark: RobotMark) -> vtkActor:
        if mark.robot not in self._bodies:
            self._bodies[mark.robot] = self._light.on(surface(shapes.merged(pieces(mark.kind))))
            self._stage.add_moving(self._bodies[mark.robot])
        return self._bodies[mark.robot]

    def _outline(self, kind: str) -> Outline:
        if kind not in self._outlines:
            outline = self._outlines[kind] = Outline.of(shapes.skin(pieces(kind)), theme.BRIGHT)
            outline.scale(*self._stage.size)
            self._stage.add_moving(outline.actor)
        return self._outlines[kind]

    def _draw_trails(self, ribbons: list[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> None:
        self._trails.SetVisibility(bool(ribbons))
        if not ribbons:
            return
        starts = np.cumsum([0, *(len(points) for points, _ in ribbons)])
        strips = [_strip(len(points)) + start for (points, _), start in zip(ribbons, starts, strict=False)]
        data = polygons(np.concatenate([points for points, _ in ribbons]), np.concatenate(strips))
        colours = np.concatenate([colours for _, colours in ribbons]).astype(np.uint8)
        data.GetPointData().SetScalars(numpy_to_vtk(colours, deep=True))
        self._trails.GetMapper().SetInputData(data)


class Routes:
    """The ways robots are to go, dashed and faint; that of a selected robot is plain to see."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._shown: tuple[tuple[Route, ...], str] = ((), "")
        self._faint, self._chosen = _lines(ROUTE), _lines(CHOSEN)
        for actor in (self._faint, self._chosen):
            stage.add_mark(actor)

    def show(self, routes: tuple[Route, ...], selected: str = "") -> None:
        """Draw these ways; they stand still, so that resting they cost nothing."""
        wanted = (routes, selected if any(route.robot == selected for route in routes) else "")
        if wanted == self._shown:
            return
        self._shown = wanted
        self.dress()

    def dress(self) -> None:
        """Draw them in the colours of the theme that is worn."""
        routes, selected = self._shown
        faint = theme.mixed(theme.SCENE_FLOOR, theme.ROBOT, FAINT)
        chosen = [route for route in routes if selected and route.robot == selected]
        _draw(self._faint, [(_segments(r), r.colour or faint) for r in routes if r not in chosen])
        _draw(self._chosen, [(_segments(r), theme.ROBOT) for r in chosen])
        self._stage.change()


def _put(actor: vtkActor, mark: RobotMark) -> None:
    actor.SetPosition(*mark.position)
    actor.SetOrientation(0, 0, float(np.degrees(mark.heading)))
    if mark.turned is not None:
        x, y, z, w = mark.turned
        actor.SetOrientation(0, 0, 0)
        actor.RotateWXYZ(float(np.degrees(2 * np.arctan2(np.linalg.norm([x, y, z]), w))), x, y, z)


def _lines(width: float) -> vtkActor:
    actor = vtkActor()
    actor.SetMapper(vtkPolyDataMapper())
    actor.GetProperty().SetLineWidth(width)
    actor.GetProperty().LightingOff()
    actor.SetVisibility(False)
    return actor


def _draw(actor: vtkActor, ways: Sequence[tuple[NDArray[np.float32], str]]) -> None:
    """Draw segments (s, 2, 3), each way's in its colour."""
    segments = [segment for way, _ in ways for segment in way]
    actor.SetVisibility(bool(segments))
    if segments:
        shades = [np.tile(np.round(255 * np.array(theme.rgb(colour))), (2 * len(way), 1)) for way, colour in ways]
        actor.GetMapper().SetInputData(polyline(segments, np.concatenate(shades)))


def _segments(route: Route) -> NDArray[np.float32]:
    """A way as segments (s, 2, 3), lifted off the floor: dashed where it is closed and to be gone, else drawn through.
    [m]"""
    if route.closed:
        return _dashes(route.points)
    corners = np.array(route.points, np.float64)
    return (np.stack([corners[:-1], corners[1:]], axis=1) + np.array([0.0, 0.0, LIFT / 2])).astype(np.float32)


def _dashes(points: Sequence[tuple[float, float, float]]) -> NDArray[np.float32]:
    """A closed way through points as dashes (s, 2, 3), lifted off the floor. [m]"""
    corners = np.array([*points, points[0]], np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    starts = np.arange(0.0, along[-1], 2 * DASH)
    ends = np.minimum(starts + DASH, along[-1])
    places = [np.stack([np.interp(at, along, corners[:, axis]) for axis in range(3)], axis=1) for at in (starts, ends)]
    return (np.stack(places, axis=1) + np.array([0.0, 0.0, LIFT])).astype(np.float32)


def _ribbon(mark: RobotMark) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """A trail as a flat ribbon, narrower and paler the older it is: points (2n, 3) and their colours; none for less
    than two places. What is not a place is left out."""
    way = np.array(mark.trail, np.float64).reshape(-1, 3)
    known = np.isfinite(way).all(axis=1)
    moved = np.concatenate([[True], np.linalg.norm(np.diff(way[:, :2], axis=0), axis=1) > 1e-3]) if len(way) else known
    fresh = np.linspace(0.0, 1.0, len(way)) if not mark.ages else _freshness(np.array(mark.ages))
    way, fresh = way[known & moved], fresh[known & moved]
    if len(way) < 2:
        return []
    ahead = np.gradient(way[:, :2], axis=0)
    across = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / np.maximum(np.linalg.norm(ahead, axis=1), 1e-9)[:, None]
    half = np.zeros((len(way), 3))
    half[:, :2] = 0.5 * _TRAILS.get(mark.kind, TRAIL) * fresh[:, None] * across
    lifted = way + np.array([0.0, 0.0, LIFT])
    # what fades, fades into the floor: a colour that is seen through costs a pass of its own
    old, new = (255 * np.array(theme.rgb(colour)) for colour in (theme.SCENE_FLOOR, theme.ROBOT))
    colours = old + fresh[:, None] * (new - old)
    points = np.stack([lifted + half, lifted - half], axis=1).reshape(-1, 3)
    return [(points.astype(np.float32), np.repeat(colours, 2, axis=0).astype(np.float32))]


def _freshness(ages: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for what is of now, 0 for the oldest that is shown."""
    return 1.0 - ages / max(float(ages.max(initial=0.0)), 1.0)


def _strip(count: int) -> NDArray[np.int64]:
    """The triangles (f, 3) of a ribbon of so many points, two abreast."""
    left = np.arange(0, count - 2, 2)
    return np.concatenate(
        [np.stack([left, left + 1, left + 3], axis=1), np.stack([left, left + 3, left + 2], axis=1)]
    ).astype(np.int64)
