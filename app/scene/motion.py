"""What moves with the water: dashes along the pipes at its velocity, and marks on shafts that turn with them.

Pipes need no centre lines: how far along its pipe a point is, is how far it is to it over the pipe's surface from the
end at which the water enters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor

from app import theme
from app.scene import shapes
from app.scene.glb import Model, Part
from app.scene.light import Light
from app.scene.marks import surface
from app.scene.shapes import Piece, sector
from app.scene.solids import polygons
from app.scene.stage import Stage
from app.scene.state import Point, Running

PERIOD = 1.6  # m from dash to dash
DASHED = 0.3  # share of that which a dash takes
LIFT = 0.02  # m that dashes lie above their pipe
SLOWED = 20.0  # times slower than the shaft the marks turn, or nobody could see which way
SECTORS = 6  # of a mark, dark and bright by turns
MARK = theme.TEXT, theme.WINDOW
DASH = theme.TEXT
END = 0.06  # m from a motor's end, within which points belong to it

# A dash has a bright head and a tail that thins out as a sieve does.
_DASHED = f"""
  const float sieve[16] = float[16](0.,8.,2.,10.,12.,4.,14.,6.,3.,11.,1.,9.,15.,7.,13.,5.);
  int cell = int(mod(gl_FragCoord.x, 4.0)) + 4 * int(mod(gl_FragCoord.y, 4.0));
  float behind = (1.0 - fract(alongVS / {PERIOD})) / {DASHED};
  if (behind > 1.0 || (1.0 - behind) * 20.0 < sieve[cell]) discard;
  fragOutput0 = vec4(diffuseColor, 1.0);
"""


@dataclass(frozen=True)
class Branch:
    """The pipes of a pump: their surface, how far along each point is [m], and what area the water passes [m²].

    The area is that of the pipe as it is drawn: under insulation the water is a little faster than its dashes.
    """

    pump: str
    points: NDArray[np.float32]  # (n, 3)
    triangles: NDArray[np.int64]  # (f, 3)
    along: NDArray[np.float32]  # (n,)
    area: float


class Motion:
    """Dashes on the pumps' pipes, and marks on their shafts. They are made when they are first asked for."""

    def __init__(self, model: Model, stage: Stage, light: Light) -> None:
        self._model = model
        self._stage = stage
        self._light = light
        self._flow: Flow | None = None
        self._rotors: dict[str, Rotor] = {}
        self._running: tuple[Running, ...] = ()
        self._is_shown = False

    def show(self, running: tuple[Running, ...] | None) -> None:
        """Show pumps at their speeds; nothing for None."""
        self._is_shown = running is not None
        self._running = running or ()
        if running and self._flow is None:
            self._make([each.pump for each in running])
        actors = [rotor.actor for rotor in self._rotors.values()]
        for actor in [*actors, *([self._flow.actor] if self._flow is not None else [])]:
            actor.SetVisibility(self._is_shown)
        self._stage.move()

    def advance(self, seconds: float) -> None:
        """Let water and shafts go on for so long. [s]"""
        if not self._is_shown or self._flow is None:
            return
        for each in self._running:
            if each.pump in self._rotors:
                self._rotors[each.pump].turn(each.speed * seconds / SLOWED)
        self._flow.advance({each.pump: each.flow * seconds for each in self._running})
        self._stage.move()

    def _make(self, pumps: Sequence[str]) -> None:
        shafts = {pump: found for pump in pumps if (found := shaft(self._model, pump)) is not None}
        self._rotors = {pump: Rotor(found, self._light) for pump, found in shafts.items()}
        self._flow = Flow([branch for pump in pumps for branch in branches(self._model, pump)])
        for actor in (self._flow.actor, *(rotor.actor for rotor in self._rotors.values())):
            self._stage.add_moving(actor)


class Flow:
    """Dashes on the branches of pumps: one body, of which the shader leaves out what is no dash."""

    def __init__(self, branches: Sequence[Branch]) -> None:
        self._branches = branches
        self._gone = [0.0] * len(branches)  # m that the water in each has gone, but for whole periods
        starts = np.cumsum([0, *(len(branch.points) for branch in branches)])
        none = np.zeros((0, 3), np.float32)
        self._data = polygons(
            np.concatenate([none, *(branch.points for branch in branches)]),
            np.concatenate([none, *(b.triangles + s for b, s in zip(branches, starts, strict=False))]).astype(np.int64),
        )
        self._along = numpy_to_vtk(np.zeros(int(starts[-1]), np.float32), deep=True)
        self._along.SetName("along")
        self._data.GetPointData().AddArray(self._along)
        self.actor = surface(self._data, DASH)
        mapper = self.actor.GetMapper()
        mapper.MapDataArrayToVertexAttribute("along", "along", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
        _dash(self.actor)
        self.advance({})

    def advance(self, passed: dict[str, float]) -> None:
        """Let so much of each pump's water pass. [m³]"""
        self._gone = [
            (gone + passed.get(branch.pump, 0.0) / branch.area) % PERIOD
            for gone, branch in zip(self._gone, self._branches, strict=True)
        ]
        if self._branches:
            places = [branch.along - np.float32(m) for m, branch in zip(self._gone, self._branches, strict=True)]
            vtk_to_numpy(self._along)[:] = np.concatenate(places)
        self._along.Modified()
        self._data.Modified()


def _dash(actor: vtkActor) -> None:
    shader = actor.GetShaderProperty()
    vertex, fragment = shader.AddVertexShaderReplacement, shader.AddFragmentShaderReplacement
    for add, tag, text in (
        (vertex, "//VTK::PositionVC::Dec", "in float along;\nout float alongVS;"),
        (vertex, "//VTK::PositionVC::Impl", "alongVS = along;"),
        (fragment, "//VTK::PositionVC::Dec", "in float alongVS;"),
    ):
        add(tag, True, f"{tag}\n{text}\n", False)
    fragment("//VTK::Light::Impl", True, _DASHED, False)


class Rotor:
    """A striped collar beside a coupling and a vane wheel on a fan cowl, which turn with the shaft."""

    def __init__(self, shaft: Shaft, light: Light) -> None:
        self._shaft = shaft
        self._turned = 0.0
        self.actor = light.on(surface(shapes.merged(shaft.pieces())))
        self.actor.SetOrigin(*shaft.start)

    def turn(self, revolutions: float) -> None:
        """Turn on."""
        self._turned = (self._turned + revolutions) % 1.0
        self.actor.SetOrientation(0.0, 0.0, 0.0)
        self.actor.RotateWXYZ(360.0 * self._turned, *self._shaft.axis)


@dataclass(frozen=True)
class Shaft:
    """A motor's axis: from its drive end ``start`` to its fan ``end`` [m], and the ``radius`` of its fan cowl [m]."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    radius: float

    @property
    def axis(self) -> NDArray[np.float64]:
        return (self.end - self.start) / np.linalg.norm(self.end - self.start)

    def pieces(self) -> tuple[Piece, ...]:
        """The collar before the drive end, and the vanes on the fan cowl."""
        collar = self.start - 0.42 * self.axis
        vanes = self.end + 0.012 * self.axis
        return (
            *_wheel(collar, collar + 0.34 * self.axis, 0.0, 0.46 * self.radius),
            *_wheel(vanes, vanes + 0.02 * self.axis, 0.25 * self.radius, 0.8 * self.radius),
        )


def shaft(model: Model, pump: str) -> Shaft | None:
    """The axis of a pump's motor (node ``P101.motor``); None where the model has no motor beside a pump."""
    motor = [part.points for part in model.parts if part.node == f"{pump}.motor" and len(part.points)]
    body = [part.points for part in model.parts if part.node == pump and len(part.points)]
    if not motor or not body:
        return None
    points, middle = np.concatenate(motor).astype(np.float64), np.concatenate(body).mean(axis=0)
    away = (points.min(axis=0) + points.max(axis=0)) / 2 - middle
    along = int(np.abs(away[:2]).argmax())
    sign = float(np.sign(away[along]))
    reach = sign * points[:, along]
    cowl = points[reach > reach.max() - END]
    low, high = cowl.min(axis=0), cowl.max(axis=0)
    end, start = (low + high) / 2, (low + high) / 2
    end[along], start[along] = sign * reach.max(), sign * reach.min()
    across = 1 - along
    return Shaft(start, end, float((high - low)[across]) / 2)


def branches(model: Model, pump: str) -> list[Branch]:
    """The pipes that lead to a pump (nodes that end in ``suction_P101``) and away from it (``discharge_P101``)."""
    body = [part.points for part in model.parts if part.node == pump and len(part.points)]
    if not body:
        return []
    at = np.concatenate(body).mean(axis=0).astype(np.float64)
    found = []
    for side in ("suction", "discharge"):
        parts = [part for part in model.parts if part.node.endswith(f"{side}_{pump}") and len(part.points)]
        if parts:
            found.append(_branch(pump, max(parts, key=lambda part: len(part.points)), at, inward=side == "suction"))
    return found


def _branch(pump: str, pipe: Part, at: NDArray[np.float64], inward: bool) -> Branch:
    away = distances(pipe.points, pipe.triangles, at)
    along = (away.max() - away if inward else away).astype(np.float32)
    area = 0.25 * np.pi * float(np.ptp(pipe.points, axis=0).min()) ** 2
    return Branch(pump, pipe.points + LIFT * pipe.normals, pipe.triangles.astype(np.int64), along, area)


def distances(
    points: NDArray[np.floating], triangles: NDArray[np.integer], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far each point (n,) of some pipes is from their end at ``start``, over the edges of their surface. [m]

    Points in one place are one. Each piece of pipe begins with its points nearest to ``start`` along the axis on which
    it lies, as far off as they are.
    """
    places, index = np.unique(np.round(points, 3), axis=0, return_inverse=True)
    faces = index.ravel()[triangles]
    edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    lengths = np.linalg.norm(places[edges[:, 0]] - places[edges[:, 1]], axis=1)
    graph = coo_array((lengths, (edges[:, 0], edges[:, 1])), shape=(len(places), len(places))).tocsr()
    _, piece = connected_components(graph, directed=False)
    found = np.zeros(len(places))
    for number in range(piece.max() + 1):
        own = np.flatnonzero(piece == number)
        away = (places[own] - start)[:, :2]
        axis = int(np.abs(away.mean(axis=0)).argmax())
        off = np.abs(away[:, axis])
        ends = own[off < off.min() + END]
        found[own] = off.min() + dijkstra(graph, directed=False, indices=ends, min_only=True)[own]
    return np.asarray(found[index.ravel()])


def _wheel(start: NDArray[np.float64], end: NDArray[np.float64], inner: float, outer: float) -> list[Piece]:
    """A wheel between two points of an axis, dark and bright by turns. [m]"""
    edges = np.linspace(0.0, 2 * np.pi, SECTORS + 1)
    return [
        sector(_point(start), _point(end), (inner, outer), (edges[i], edges[i + 1]), MARK[i % 2])
        for i in range(SECTORS)
    ]


def _point(at: NDArray[np.float64]) -> Point:
    return float(at[0]), float(at[1]), float(at[2])
