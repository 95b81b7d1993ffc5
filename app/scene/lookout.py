"""What cameras see of the station: panoramas rendered in a camera's place, and what no camera sees.

All of it is painted a picture at a time, as the window finds time, and remembered as long as the model stands.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

from app.scene import surround
from app.scene.blind import Blind, Blindness
from app.scene.bodies import Bodies
from app.scene.camera import Camera
from app.scene.glb import Model
from app.scene.light import Light
from app.scene.sight import Aim
from app.scene.soundings import Blocks, Soundings, sorted_blocks
from app.scene.stage import Stage
from app.scene.state import Point, SceneState
from app.scene.surround import Post, Surveys, View, equirectangular

SIDE = 640  # px of a side of the cube, where the window is so large
ROWS = 800  # px of a panorama made of them
Picture = NDArray[np.uint8]
Submit = Callable[..., Future]  # type: ignore[type-arg]


def at_once(work: Callable[..., object], *given: object) -> Future:  # type: ignore[type-arg]
    """Do it here and now, where nobody else does."""
    done: Future[object] = Future()
    done.set_result(work(*given))
    return done


class Lookout:
    """Looks out for the cameras of a station.

    Parameters
    ----------
    stage : Stage              Where pictures are painted.
    bodies : Bodies            What stands.
    light : Light              What lights it.
    model : Model              What may be seen or not.
    submit : Callable          Has something done elsewhere, as executors do.
    """

    def __init__(self, stage: Stage, bodies: Bodies, light: Light, model: Model, submit: Submit = at_once) -> None:
        self._stage, self._bodies, self._light, self._submit = stage, bodies, light, submit
        self._model = model
        self._surveys = Surveys(self._measure)
        self._blocks: Future[tuple[Blocks, Blocks]] | None = None
        self._soundings: Soundings | None = None
        self._blind = Blind(stage, bodies, model, self._surveys, submit)
        self._sides: list[Picture] = []
        self._panoramas: dict[Point, Future[Picture]] = {}
        self._wanted: Point | None = None

    def show(self, state: SceneState) -> None:
        """Show what none of the state's posts sees, as far as that is known."""
        self._blind.show(state)

    def want(self, posts: Sequence[Post]) -> None:
        """Survey what these see."""
        self._surveys.want(posts)

    def views(self, post: Post) -> tuple[View, ...] | None:
        """What a post sees; None as long as it has not been surveyed."""
        return self._surveys.of(post)

    def dress(self) -> None:
        """Take the colours of the theme that is worn; panoramas are painted anew in them, where they are asked for."""
        self._blind.dress()
        self._panoramas, self._wanted = {}, None

    def follow(self, camera: Camera) -> None:
        """Keep what is laid over things before them."""
        self._blind.follow(camera)

    def settle(self) -> None:
        """The camera rests: show in full what is laid over things."""
        self._blind.settle()

    @property
    def left(self) -> int:
        """How many posts are still to be surveyed."""
        return self._surveys.left

    @property
    def blindness(self) -> Blindness | None:
        """How much no camera sees; None where nobody asks."""
        return self._blind.blindness

    def panorama(self, eye: Point) -> Picture | None:
        """An equirectangular picture from a place [m], with the model's axes; None as long as it is being made."""
        made = self._panoramas.get(eye)
        if made is None and eye != self._wanted:
            self._wanted, self._sides = eye, []
        return made.result() if made is not None and made.done() else None

    def go_on(self, seconds: float) -> bool:
        """Paint pictures for about so long, at least one; whether there is more to be found out."""
        until = time.perf_counter() + seconds
        while self._paint_side() or self._sound():
            if time.perf_counter() >= until:
                break
        return self._blind.go_on() or self._wanted is not None or bool(self._surveys.left)

    def _paint_side(self) -> bool:
        """Paint a side of the panorama that is wanted, if one is."""
        if self._wanted is None:
            return False
        aim = surround.aim(np.array(self._wanted), len(self._sides))
        size = min(SIDE, *self._stage.size)
        with self._bodies.in_detail(whole=True), self._bodies.plain(), self._light.aimed(aim):
            self._sides.append(self._stage.glimpse(aim, size, size))
        if len(self._sides) == len(surround.SIDES):
            self._panoramas[self._wanted] = self._submit(equirectangular, np.array(self._sides), ROWS)
            self._wanted, self._sides = None, []
        return True

    def _sound(self) -> bool:
        """Survey a side of what a post sees, where one is left and the model is ready for it."""
        if not self._surveys.left:
            return False
        if self._blocks is None:
            self._blocks = self._submit(sorted_blocks, self._model.parts, self._model.materials)
        if not self._blocks.done():
            return False
        self._surveys.go_on()
        return True

    def _measure(self, aim: Aim, rows: int, columns: int, reach: float) -> NDArray[np.float32]:
        """How far all that stands is, also what has been taken away."""
        if self._soundings is None:
            assert self._blocks is not None
            self._soundings = Soundings(*self._blocks.result())
        return self._soundings.measure(aim, rows, columns, reach)
