"""The panorama panel: what a panoramic camera had taken by the time at the cursor, or that there is nothing but the
model to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from app.messages import Mail, Request, StepPicture, Vista
from app.presenters import figures, formatting, watchers
from app.presenters.selection import Selection
from app.presenters.sights import turned
from twin.plant.reading import Station
from twin.thermography import Orientation, Place

AUTOMATIC = ""  # instead of a camera: the one that sees the selected machine best
UPRIGHT: Orientation = (0.0, 0.0, 0.0, 1.0)
NEVER = float("nan")
Sees = Callable[[Place, str], float]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A picture as it was taken: ``at`` [s, POSIX], and how the camera was turned. Two are the same where camera and
    time are."""

    camera: str
    at: float
    orientation: Orientation
    jpeg: bytes = field(compare=False)


@dataclass(frozen=True, slots=True)
class State:
    """All the panel shows. ``cameras`` are ids with names, ``camera`` is the one that is looked through, ``name`` what
    it is called, ``eye`` where it hangs [m], or None where nobody knows.

    ``taken`` is its picture, from ``moment``, ``age`` ago, the ``number``-th of ``count``. Without one the view is
    rendered from the model. ``target`` is what is to be looked at, and ``towards`` where that is. [m]
    """

    cameras: tuple[tuple[str, str], ...] = ()
    chosen: str = AUTOMATIC
    camera: str = ""
    name: str = ""
    eye: Place | None = None
    taken: Recorded | None = None
    moment: str = ""
    age: str = ""
    number: int = 0
    count: int = 0
    target: str = ""
    towards: Place | None = None


class View(Protocol):
    """The panel."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Chooses the camera: the one that is asked for; else the one that sees the selected machine best.

    Parameters
    ----------
    ask : Callable               Asks the station's memory.
    station : Station, optional  Whose cameras they are.
    sees : Callable              How much of a piece of equipment is seen from a place, from 0 to 1.
    """

    def __init__(
        self, view: View, ask: Callable[[Request], None], station: Station | None, sees: Sees = lambda *_: 0.0
    ) -> None:
        self._view = view
        self._ask = ask
        self._station = station
        self._sees = sees
        self._hung = {camera.id: camera.position for camera in watchers.panoramic(station)}
        self._pumps = {p.id: p.position for p in station.file.pumps if p.position is not None} if station else {}
        self._zone = figures.zone(station)
        self._language = "en"
        self._chosen = AUTOMATIC
        self._best = self._target = ""
        self._mail: Mail | None = None
        self._state = State()

    @property
    def state(self) -> State:
        return self._state

    def say_in(self, language: str) -> None:
        """Say it in another language."""
        self._language = language
        self._work_out()

    def select(self, selection: Selection) -> None:
        """Look through the camera that is selected; at the machine that is, through the camera that sees it best."""
        name = selection.equipment
        if name in self._hung:
            self._chosen, self._target = name, ""
        elif name in self._pumps:
            self._chosen, self._target = AUTOMATIC, name
            self._best = max(self._hung, key=lambda camera: self._worth(camera, name), default="")
        self._work_out()

    def choose(self, camera: str) -> None:
        """Look through one camera, or for "" through the one that sees what is selected best."""
        self._chosen = camera
        self._work_out()

    def step(self, direction: Literal[-1, 1]) -> None:
        """Go to the next picture of the camera, or to the one before."""
        if self._state.count:
            self._ask(StepPicture(self._state.camera, direction))

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        self._work_out()

    def _work_out(self) -> None:
        state = self._worked_out()
        if state != self._state:
            self._state = state
            self._view.show_state(state)

    def _worked_out(self) -> State:
        vistas = {vista.camera: vista for vista in self._mail.vistas} if self._mail is not None else {}
        cameras = tuple((name, self._called(name)) for name in sorted({*self._hung, *vistas}))
        camera = self._picked([name for name, _ in cameras], vistas)
        vista = vistas.get(camera, Vista(camera, None, 0, 0))
        taken = vista.picture
        pose = (*taken.position, *taken.orientation) if taken is not None else (NEVER,)
        return State(
            cameras=cameras,
            chosen=self._chosen,
            camera=camera,
            name=self._called(camera),
            eye=self._eye(vista),
            taken=Recorded(camera, taken.at, taken.orientation if np.isfinite(pose[3:]).all() else UPRIGHT, taken.jpeg)
            if taken is not None
            else None,
            moment=figures.moment(taken.at, self._zone) if taken is not None else "",
            age=self._age(taken.at) if taken is not None else "",
            number=vista.number,
            count=vista.count,
            target=self._target,
            towards=self._pumps.get(self._target),
        )

    def _picked(self, cameras: list[str], vistas: dict[str, Vista]) -> str:
        """The camera that is asked for; the best for the selected machine; one that has taken something; any."""
        with_pictures = [name for name, vista in vistas.items() if vista.picture is not None]
        wanted = (self._chosen, self._best, *sorted(with_pictures), *cameras)
        return next((name for name in wanted if name in cameras), "")

    def _worth(self, camera: str, machine: str) -> float:
        """How well a camera sees a machine: how much of it, and how large; the nearer where nothing is known."""
        eye = self._hung[camera]
        near = 1.0 / max(1.0, float(np.sum(np.square(np.subtract(eye, self._pumps[machine])))))
        return near * (self._sees(eye, machine) + 1e-3)

    def _eye(self, vista: Vista) -> Place | None:
        """Where a camera is: where its picture says, else where the station file does."""
        if vista.picture is not None and np.isfinite(vista.picture.position).all():
            return vista.picture.position
        return self._hung.get(vista.camera)

    def _age(self, at: float) -> str:
        assert self._mail is not None
        return formatting.age(float(max(0, int(self._mail.cursor - at))), self._language)

    def _called(self, name: str) -> str:
        said = self._station.name_of(name).said_in(self._language) if self._station is not None and name else ""
        return "" if said == name else said


def axes(orientation: Orientation) -> np.ndarray:
    """The camera's axes in the model's, as rows (3, 3)."""
    return np.array([turned(orientation, axis) for axis in np.eye(3)])
