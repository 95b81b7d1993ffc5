"""Thermal pictures laid on the model as they were taken: on what the camera saw, not behind it, fading with age."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPlane
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from app import heat, theme
from app.scene.bodies import Bodies
from app.scene.camera import Camera
from app.scene.marks import lift, lifted, surface
from app.scene.sight import Aim, Depths, Pictured, agree
from app.scene.solids import polygons, polyline
from app.scene.stage import Stage
from app.scene.state import Drape

FINEST = 160  # columns of the net that carries a picture: some 4 cm wide from where robots look
TORN = 0.04  # share of the distance between two neighbours, from which they are not of one surface
REACH = 2.5  # m, how far the frame of what a camera sees stands before it
FRUSTUM = 1.5  # px

# Old pictures become sieves: that needs no order of what is behind what, as seeing through would.
_SIEVE = """
  const float sieve[16] = float[16](0.,8.,2.,10.,12.,4.,14.,6.,3.,11.,1.,9.,15.,7.,13.,5.);
  int cell = int(mod(gl_FragCoord.x, 4.0)) + 4 * int(mod(gl_FragCoord.y, 4.0));
  if (freshness * 16.0 < sieve[cell] + 0.5) discard;
  fragOutput0 = vec4(diffuseColor, 1.0);
"""


class Drapes:
    """The pictures that lie on the model, and from where they were taken.

    Parameters
    ----------
    stage : Stage      Where they are shown.
    bodies : Bodies    What they lie on.
    """

    def __init__(self, stage: Stage, bodies: Bodies) -> None:
        self._stage = stage
        self._bodies = bodies
        self._depths = Depths(self._whole)
        self._actors: dict[tuple[str, float], vtkActor] = {}
        self._aims: list[Aim] = []  # from where those that have a frame were taken
        self._frusta = vtkActor()
        self._frusta.SetMapper(vtkPolyDataMapper())
        self._frusta.GetProperty().SetLineWidth(FRUSTUM)
        self._frusta.GetProperty().LightingOff()
        self._frusta.SetVisibility(False)
        stage.add_mark(self._frusta)
        self._laid: tuple[object, ...] = ()

    def show(self, drapes: tuple[Drape, ...], scale: tuple[float, float], surroundings: object) -> None:
        """Lay these pictures on the model, in colours from one temperature to another [°C]; ``surroundings`` is what
        else decides where they lie (what of the model is shown)."""
        if not drapes and not self._actors:
            return
        if (scale, surroundings) != self._laid:
            self._remove(set(self._actors))
            self._laid = (scale, surroundings)
        wanted = {(drape.camera, drape.at): drape for drape in drapes}
        self._remove(self._actors.keys() - wanted.keys())
        for key, drape in wanted.items():
            if key not in self._actors and (actor := self._draped(drape, scale)) is not None:
                self._actors[key] = actor
                self._stage.add_mark(actor)
            if key in self._actors:
                self._fade(self._actors[key], drape.freshness)
        self._frame([aim for drape in drapes if (aim := Aim.of(drape.picture)) is not None])
        self._stage.change()

    def follow(self, camera: Camera) -> None:
        """Keep pictures before what they lie on, wherever that is looked at from."""
        for actor in self._actors.values():
            lift(actor, camera)

    def cut(self, plane: vtkPlane | None) -> None:
        """Cut the pictures as the station is cut."""
        for actor in self._actors.values():
            actor.GetMapper().RemoveAllClippingPlanes()
            if plane is not None:
                actor.GetMapper().AddClippingPlane(plane)

    def readings(self, point: NDArray[np.float64], pictures: Sequence[Pictured]) -> list[tuple[float, str, float]]:
        """What pictures say of a point of a surface: when, by which camera, and its temperature [°C]."""
        found = []
        for picture in pictures:
            value = self._reading(point, picture)
            if math.isfinite(value):
                found.append((picture.at, picture.camera, value))
        return found

    # ---- laying ----------------------------------------------------------------------------------------------------

    def _draped(self, drape: Drape, scale: tuple[float, float]) -> vtkActor | None:
        aim = Aim.of(drape.picture)
        if aim is None:
            return None
        seen = coarse(drape.picture.temperature)
        rows, columns = seen.shape
        distance = self._depths.of(aim, rows, columns)
        with self._bodies.in_detail(whole=False):
            shown = agree(distance, self._stage.depth(aim, rows, columns))
        points, triangles, used = net(aim, np.where(shown & np.isfinite(seen), distance, np.inf))
        if not len(triangles):
            return None
        data = polygons(points, triangles)
        colours = heat.coloured(seen, *scale).reshape(-1, 3)[used]
        data.GetPointData().SetScalars(numpy_to_vtk(colours, deep=True))
        actor = lifted(surface(data), _SIEVE)
        actor.GetProperty().BackfaceCullingOff()
        lift(actor, self._stage.camera)
        return actor

    def _whole(self, aim: Aim, rows: int, columns: int) -> NDArray[np.float32]:
        """How far it is to what a camera sees, with all that can be taken away in its place."""
        with self._bodies.in_detail(whole=True):
            return self._stage.depth(aim, rows, columns)

    def _reading(self, point: NDArray[np.float64], picture: Pictured) -> float:
        aim = Aim.of(picture)
        if aim is None:
            return math.nan
        x, y, ahead = aim.seen(point)
        if not (0.0 <= x < 1.0 and 0.0 <= y < 1.0):
            return math.nan
        rows, columns = coarse(picture.temperature).shape
        distance = self._depths.of(aim, rows, columns)
        row, column = int(y * rows), int(x * columns)
        around = distance[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        if not agree(around, ahead).any():
            return math.nan
        rows, columns = picture.temperature.shape
        return float(picture.temperature[int(y * rows), int(x * columns)])

    def _frame(self, aims: list[Aim]) -> None:
        """Show from where, and how far around, each picture was taken."""
        self._aims = aims
        self._frusta.SetVisibility(bool(aims))
        if aims:
            paths = [path for aim in aims for path in frustum(aim)]
            shade = np.round(255 * np.array(theme.rgb(theme.SECONDARY)))
            count = sum(map(len, paths))
            self._frusta.GetMapper().SetInputData(polyline(paths, np.tile(shade, (count, 1))))

    def dress(self) -> None:
        """Take the colours of the theme that is worn."""
        self._frame(self._aims)

    def _remove(self, keys: set[tuple[str, float]]) -> None:
        for key in keys:
            self._stage.remove(self._actors.pop(key))

    @staticmethod
    def _fade(actor: vtkActor, freshness: float) -> None:
        actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("freshness", freshness)


def coarse(temperature: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture in no more columns than its net has."""
    step = max(1, math.ceil(temperature.shape[1] / FINEST))
    return temperature[step // 2 :: step, step // 2 :: step]


def net(aim: Aim, distance: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """The surface a camera sees: points (v, 3), triangles (f, 3), and the pixel of each point.

    ``distance`` (rows, columns) ahead [m]; not finite, and there is nothing to lie on. The net is torn where its
    neighbours are not of one surface.
    """
    rows, columns = distance.shape
    ahead = np.where(np.isfinite(distance), distance, np.float32(np.nan)).astype(np.float32)
    sides = ahead[:-1, :-1], ahead[1:, :-1], ahead[1:, 1:], ahead[:-1, 1:]
    far, near = (pick(pick(sides[0], sides[1]), pick(sides[2], sides[3])) for pick in (np.maximum, np.minimum))
    with np.errstate(invalid="ignore"):
        whole = _broad(far - near < TORN * near)
    first = np.flatnonzero(whole.ravel())  # upper left corners of what is whole
    first += first // max(1, columns - 1)  # counted in pixels instead of squares
    square = first[:, None] + np.array([0, columns, columns + 1, 0, columns + 1, 1])
    is_used = np.zeros(rows * columns, bool)
    is_used[square] = True
    used = np.flatnonzero(is_used)
    number = np.cumsum(is_used) - 1
    points = aim.eye + aim.rays(rows, columns).reshape(-1, 3)[used] * ahead.ravel()[used][:, None]
    return points.astype(np.float32), number[square].reshape(-1, 3), used


def _broad(whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Squares that have three neighbours in a block of four: what is one square wide, a beam in the picture's coarse
    grid, would be a row of teeth."""
    if min(whole.shape) < 2:
        return whole
    block = whole[:-1, :-1] & whole[1:, :-1] & whole[:-1, 1:] & whole[1:, 1:]
    kept = np.zeros_like(whole)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            kept[rows, columns] |= block
    return kept


def frustum(aim: Aim) -> list[NDArray[np.float32]]:
    """Lines from a camera's eye to the frame of what it sees, and the frame."""
    ahead, left, up = aim.axes
    signs = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    corners = [aim.eye + REACH * (ahead + x * aim.half[0] * left + y * aim.half[1] * up) for x, y in signs]
    edges = [np.stack([aim.eye, corner]) for corner in corners]
    return [path.astype(np.float32) for path in (*edges, np.stack([*corners, corners[0]]))]
