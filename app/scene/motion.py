"""What moves with the water: dashes along the pipes at its velocity, and marks on shafts that turn with them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor

from app import theme
from app.scene import shapes
from app.scene.courses import Course, courses
from app.scene.glb import Model
from app.scene.light import Light
from app.scene.lookout import Submit, at_once
from app.scene.marks import surface
from app.scene.shapes import Piece, sector
from app.scene.solids import polygons
from app.scene.stage import Stage
from app.scene.state import Point, Running

PERIOD = 1.6  # m from dash to dash
DASHED = 0.3  # share of that which a dash takes
# At its true speed a mark would pass several stripes from picture to picture and seem to stand or to turn back; so
# 1,480 r/min are 1.2 turns a second, all shafts compare as they are, and the menu says so.
SLOWED = 20.0  # times slower than its shaft a mark turns
SECTORS = 6  # of a mark, dark and bright by turns
END = 0.06  # m from a motor's end, within which points belong to it

# A dash has a bright head and a tail that thins out as a sieve does.
_DASHED = f"""
  const float sieve[16] = float[16](0.,8.,2.,10.,12.,4.,14.,6.,3.,11.,1.,9.,15.,7.,13.,5.);
  int cell = int(mod(gl_FragCoord.x, 4.0)) + 4 * int(mod(gl_FragCoord.y, 4.0));
  float behind = (1.0 - fract(alongVS / {PERIOD})) / {DASHED};
  if (behind > 1.0 || (1.0 - behind) * 20.0 < sieve[cell]) discard;
  fragOutput0 = vec4(diffuseColor, 1.0);
"""


class Motion:
    """Dashes on the pipes and marks on the shafts of pumps. The pipes' courses are reckoned when first asked for, where
    ``submit`` has it done."""

    def __init__(self, model: Model, stage: Stage, light: Light, submit: Submit = at_once) -> None:
        self._model = model
        self._stage = stage
        self._light = light
        self._submit = submit
        self._reckoned: Future[list[Course]] | None = None
        self._flow: Flow | None = None
        self._rotors: dict[str, Rotor] = {}
        self._running: tuple[Running, ...] = ()
        self._is_shown = False

    def show(self, running: tuple[Running, ...] | None) -> None:
        """Show pumps at their speeds; nothing for None."""
        self._is_shown = running is not None
        self._running = running or ()
        if running and self._reckoned is None:
            pumps = [each.pump for each in running]
            self._reckoned = self._submit(courses, self._model, pumps)
            self._add_rotors(pumps)
        self._add_flow()
        for actor in [*(rotor.actor for rotor in self._rotors.values()), *self._dashes()]:
            actor.SetVisibility(self._is_shown)
        self._stage.move()

    def dress(self) -> None:
        """Take the colours of the theme that is worn."""
        if self._flow is not None:
            self._flow.dress()

    def look_after(self) -> None:
        """Show the dashes as soon as their courses are reckoned, also while time stands still."""
        if self._is_shown and self._flow is None:
            self._add_flow()

    def advance(self, seconds: float) -> None:
        """Let water and shafts go on for so long. [s]"""
        if not self._is_shown or not self._running:
            return
        self.look_after()
        for each in self._running:
            if each.pump in self._rotors:
                self._rotors[each.pump].turn(each.speed * seconds / SLOWED)
        if self._flow is not None:
            self._flow.advance({each.pump: each.flow * seconds for each in self._running})
        self._stage.move()

    def _add_rotors(self, pumps: Sequence[str]) -> None:
        shafts = {pump: found for pump in pumps if (found := shaft(self._model, pump)) is not None}
        self._rotors = {pump: Rotor(found, self._light) for pump, found in shafts.items()}
        for rotor in self._rotors.values():
            self._stage.add_moving(rotor.actor)

    def _add_flow(self) -> None:
        if self._flow is None and self._reckoned is not None and self._reckoned.done():
            self._flow = Flow(self._reckoned.result())
            self._stage.add_moving(self._flow.actor)

    def _dashes(self) -> list[vtkActor]:
        return [self._flow.actor] if self._flow is not None else []


class Flow:
    """Dashes on courses of water: one body, of which the shader leaves out what is no dash."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self._courses = courses
        self._gone = [0.0] * len(courses)  # m that the water in each has gone, but for whole periods
        starts = np.cumsum([0, *(len(course.points) for course in courses)])
        none = np.zeros((0, 3), np.float32)
        self._data = polygons(
            np.concatenate([none, *(course.points for course in courses)]),
            np.concatenate([none, *(c.triangles + s for c, s in zip(courses, starts, strict=False))]).astype(np.int64),
        )
        self._along = numpy_to_vtk(np.zeros(int(starts[-1]), np.float32), deep=True)
        self._along.SetName("along")
        self._data.GetPointData().AddArray(self._along)
        self.actor = surface(self._data)
        self.dress()
        mapper = self.actor.GetMapper()
        mapper.MapDataArrayToVertexAttribute("along", "along", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
        _dash(self.actor)
        self.advance({})

    def dress(self) -> None:
        """Take the colour of the theme that is worn."""
        self.actor.GetProperty().SetColor(*theme.rgb(theme.SCENE_DASH))

    def advance(self, passed: dict[str, float]) -> None:
        """Let so much of each pump's water pass [m³]: where that of several runs together, all of it."""
        self._gone = [
            (gone + sum(passed.get(pump, 0.0) for pump in course.pumps) / course.area) % PERIOD
            for gone, course in zip(self._gone, self._courses, strict=True)
        ]
        if self._courses:
            places = [course.along - np.float32(m) for m, course in zip(self._gone, self._courses, strict=True)]
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


def _wheel(start: NDArray[np.float64], end: NDArray[np.float64], inner: float, outer: float) -> list[Piece]:
    """A wheel between two points of an axis, dark and bright by turns. [m]"""
    edges = np.linspace(0.0, 2 * np.pi, SECTORS + 1)
    return [
        sector(_point(start), _point(end), (inner, outer), (edges[i], edges[i + 1]), theme.STRIPES[i % 2])
        for i in range(SECTORS)
    ]


def _point(at: NDArray[np.float64]) -> Point:
    return float(at[0]), float(at[1]), float(at[2])
