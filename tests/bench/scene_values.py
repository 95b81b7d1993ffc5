"""What values cost the scene beyond its picture: 992 that all change, and the same picture among 200,000 tags.

The presenter works the state out of each frame and the painter takes over what differs; a picture follows. Beside it
the same picture of values that stand still: what is left over is what the values cost, with what of them has to be sent
to the renderer. The frames are there before the clock starts: making them is the source's, not the scene's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from app.messages import Mail
from app.presenters import scene
from app.scene import glb
from app.scene.camera import Camera
from app.scene.painter import Painter
from app.scene.state import SceneState
from twin.detectors.residual import no_residuals
from twin.pipeline import Snapshot
from twin.plant.reading import Station, read
from twin.plant.station import TagEntry
from twin.signals import Frame, Quality

MANY = 200_000
SIZE = (1280, 800)
TURN = 0.02  # rad a frame
OVERLAY = "temperature"  # a colour on each node that has one
SWING = 7  # frames after which values come again


@dataclass
class Canvas:
    """A painter as the presenter's view."""

    painter: Painter

    def show_state(self, state: SceneState) -> None:
        """Take over what differs."""
        self.painter.show(state)

    def fly_to(self, equipment: str) -> None:
        """The bench looks where it likes."""


def station_of(count: int) -> Station:
    """The reference station, with further tags that are seen nowhere."""
    reference = read()
    more = (
        TagEntry(name=f"XT-{n:06d}", equipment=f"X{n // 50}", unit="°C", range=(0, 150))
        for n in range(count - len(reference.tags))
    )
    return Station(reference.file.model_copy(update={"tags": (*reference.file.tags, *more)}))


class Played:
    """A scene of a station while its values change, or stand still, and the camera turns."""

    def __init__(self, model: glb.Model, station: Station, changing: bool) -> None:
        painter = Painter(model, SIZE)
        self._start: Camera = painter.overview()
        self._canvas = Canvas(painter)
        self._presenter = scene.Presenter(self._canvas, station)
        self._presenter.overlay(OVERLAY)
        values = np.random.default_rng(1).uniform(30.0, 90.0, len(station.tags))
        swing = 20.0 * np.sin(np.arange(SWING)[:, None] + np.arange(len(values))) if changing else np.zeros((1, 1))
        self._values = values + swing
        self._quality = np.full(len(values), int(Quality.GOOD), np.uint8)
        self.taking: list[float] = []
        self.painting: list[float] = []

    def __call__(self, index: int) -> None:
        """One frame of values and one picture; what processors had to do for each is noted. [ms]"""
        mail = self._mail(index)
        begun = time.process_time()
        self._presenter.take(mail)
        taken = time.process_time()
        self._canvas.painter.look(self._start.orbited(TURN * index, 0.0))
        self._canvas.painter.paint()
        self.taking.append(1e3 * (taken - begun))
        self.painting.append(1e3 * (time.process_time() - taken))

    def beyond(self, still: Played, skipped: int = 3) -> float:
        """What values that change cost beyond the picture of those that stand ``still``: taking them in, and what their
        picture takes more. [ms]"""
        more = np.subtract(self.painting[skipped:], still.painting[skipped:])
        return float(np.median(self.taking[skipped:]) + np.median(more))

    def _mail(self, index: int) -> Mail:
        at = 1_768_190_400.0 + index
        frame = Frame(at, self._values[index % len(self._values)], self._quality, at)
        return Mail(index, "live", Snapshot(frame, (), no_residuals(), ()), at, (at - 600.0, at), True, True, 1.0)


def works(model: glb.Model) -> dict[str, Played]:
    """What is timed, by what is said of it."""
    reference, many = read(), station_of(MANY)
    return {
        "values stand, the camera turns": Played(model, reference, changing=False),
        "992 values change, the camera turns": Played(model, reference, changing=True),
        "the same of 200,000 tags": Played(model, many, changing=True),
    }
