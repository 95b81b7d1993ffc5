"""The thermal panel: the picture of a camera, what it shows, and the same view of a sister machine beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.messages import Mail
from app.presenters import figures, formatting
from app.presenters.selection import Selection
from app.presenters.sights import Sights
from twin.plant.reading import Station
from twin.thermography import ThermalFrame

LEAST_SPAN = 2.0  # K that the scale covers at least: noise is not to look like a picture
TAIL = 0.2  # per cent of the pixels that may be colder than the scale; none is hotter
NEWEST = ""  # instead of a camera: whichever took the last picture

Temperatures = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture: ``camera`` by its id and by its name, what it is of, when it was taken and how long ago that is,
    whether what it shows runs ("running", "stopped" or "" where nobody knows), and its temperatures (rows, columns).

    Two are the same where camera and time are.
    """

    at: float
    camera: str
    name: str = ""
    subject: str = ""
    moment: str = ""
    age: str = ""
    emissivity: float = 0.95
    doing: str = ""
    temperature: Temperatures = field(default_factory=lambda: np.zeros((1, 1), np.float32), compare=False)


@dataclass(frozen=True, slots=True)
class State:
    """All the panel shows. ``cameras`` are ids with names; ``scale`` the ends of the colours [°C].

    Without a ``sister``, ``why`` says what keeps it away: "no_sister" (nothing is built like it), "no_view" (none has
    been seen from this side), "no_pose" (nobody knows what the picture is of).
    """

    cameras: tuple[tuple[str, str], ...] = ()
    chosen: str = NEWEST
    shown: Shown | None = None
    sister: Shown | None = None
    why: str = ""
    scale: tuple[float, float] = (20.0, 60.0)


class View(Protocol):
    """The panel."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Chooses the picture: the newest of the chosen camera; else the newest of what is selected, else of all."""

    def __init__(self, view: View, station: Station | None) -> None:
        self._view = view
        self._station = station
        self._sights = Sights(station)
        self._zone = figures.zone(station)
        self._language = "en"
        self._chosen = NEWEST
        self._selected = ""
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
        """Show the machine that is selected, if it has been seen."""
        self._selected = selection.equipment
        self._work_out()

    def choose(self, camera: str) -> None:
        """Show the pictures of one camera, or for "" the newest."""
        self._chosen = camera
        self._work_out()

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._mail = mail
        self._work_out()

    def _work_out(self) -> None:
        if self._mail is None:
            return
        frames = self._mail.thermal
        frame = self._picked(frames)
        state = State(cameras=self._cameras(frames), chosen=self._chosen)
        if frame is not None:
            running = frozenset(p.pump for p in self._mail.snapshot.pumps if p.running) if self._mail.snapshot else None
            sister = self._sights.same_view(frame, frames, running or frozenset())
            state = State(
                state.cameras,
                state.chosen,
                self._shown(frame, running),
                self._shown(sister, running) if sister is not None else None,
                "" if sister is not None else self._why(frame),
                scale([each.temperature for each in (frame, sister) if each is not None]),
            )
        if state != self._state:
            self._state = state
            self._view.show_state(state)

    def _picked(self, frames: Sequence[ThermalFrame]) -> ThermalFrame | None:
        if self._chosen != NEWEST:
            return next((frame for frame in reversed(frames) if frame.camera == self._chosen), None)
        of_selected = (f for f in reversed(frames) if self._selected in (f.camera, self._sights.subject(f)))
        found = next(of_selected, None) if self._selected else None
        return found if found is not None else frames[-1] if frames else None

    def _cameras(self, frames: Sequence[ThermalFrame]) -> tuple[tuple[str, str], ...]:
        seen = sorted({frame.camera for frame in frames} | ({self._chosen} - {NEWEST}))
        return tuple((camera, self._called(camera)) for camera in seen)

    def _called(self, name: str) -> str:
        said = self._station.name_of(name).said_in(self._language) if self._station is not None and name else ""
        return "" if said == name else said

    def _why(self, frame: ThermalFrame) -> str:
        subject = self._sights.subject(frame)
        if not subject:
            return "no_pose"
        return "no_view" if self._sights.sisters(subject) else "no_sister"

    def _shown(self, frame: ThermalFrame, running: frozenset[str] | None) -> Shown:
        assert self._mail is not None
        subject = self._sights.subject(frame)
        is_pump = bool(self._sights.sisters(subject))
        return Shown(
            frame.at,
            frame.camera,
            self._called(frame.camera),
            subject,
            figures.moment(frame.at, self._zone),
            formatting.age(float(max(0, int(self._mail.cursor - frame.at))), self._language),
            frame.emissivity,
            "" if running is None or not is_pump else "running" if subject in running else "stopped",
            frame.temperature,
        )


def scale(pictures: Sequence[Temperatures]) -> tuple[float, float]:
    """From where to where the colours of some pictures go, in whole degrees: alike for all that are compared."""
    known = np.concatenate([picture[np.isfinite(picture)] for picture in pictures]) if pictures else np.zeros(0)
    if not len(known):
        return 20.0, 60.0
    low, high = np.percentile(known, TAIL), known.max()
    middle = (low + high) / 2
    low, high = min(low, middle - LEAST_SPAN / 2), max(high, middle + LEAST_SPAN / 2)
    return float(np.floor(low)), float(np.ceil(high))
