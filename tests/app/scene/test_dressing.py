"""The scene in another theme: everything in it changes its colours, and going back leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from app import theme
from app.presenters import last_seen
from app.scene import glb
from app.scene.painter import Painter
from app.scene.state import MOTION, UNSEEN, Halo, RobotMark, Route, Running, SceneState, Sightings
from app.scene.surround import Post
from twin.paths import REFERENCE_STATION

SIZE = (320, 200)
TRAIL = tuple((20.0 + 0.3 * step, 22.0, 0.0) for step in range(30))
PLACES = np.array([(60.0, *TRAIL[-1])])


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


@pytest.fixture
def painter(model: glb.Model) -> Iterator[Painter]:
    painter = Painter(model, SIZE)
    box = painter.box("P102")
    assert box is not None
    painter.look(painter.camera.fitted(*box, SIZE[0] / SIZE[1], margin=1.8))
    yield painter
    theme.wear("dark")


def marked() -> SceneState:
    """Whatever has a colour of the theme's, as a presenter would have made it in the theme that is worn."""
    colour, edge = theme.PRIORITY_COLOURS["urgent"], theme.PRIORITY_EDGES["urgent"]
    robots = (
        RobotMark("R", "ground", TRAIL[-1], 0.0, TRAIL),
        RobotMark("F", "frame", (24.0, 21.0, 1.0), 0.0, turned=(0.0, 0.0, 0.0, 1.0)),
    )
    return SceneState(
        tints=(("P101", theme.residual_colour(-9.0)),),
        halos=(Halo("P102", colour, "■", edge),),
        robots=robots,
        routes=(Route("R", (TRAIL[0], TRAIL[-1], (25.0, 26.0, 0.0))),),
        selected="P102",
        running=(Running("P102", 24.0, 1.7),),
        shown=frozenset({MOTION, UNSEEN}),
        posts=(Post("C", (28.0, 25.0, 6.0), size=64, reach=8.0),),
    )


def covered() -> SceneState:
    return SceneState(sightings=Sightings(0.0, (("P102", 30.0),), last_seen.REACH, last_seen.ramp(), PLACES))


@pytest.mark.parametrize("state", [marked, covered])
def test_another_theme_is_seen_at_once_and_going_back_leaves_no_trace(
    painter: Painter, model: glb.Model, state: Callable[[], SceneState]
) -> None:
    dark, light = painted(painter, "dark", state), painted(painter, "light", state)
    assert (dark != light).any(axis=2).mean() > 0.9
    assert (painted(painter, "dark", state) == dark).all()
    theme.wear("light")
    fresh = Painter(model, SIZE)
    fresh.look(painter.camera)
    assert (painted(fresh, "light", state) == light).all()


def painted(painter: Painter, name: str, state: Callable[[], SceneState]) -> np.ndarray:
    theme.wear(name)
    painter.dress()
    painter.show(state())
    while painter.find_out(1.0):
        pass
    return painter.paint().copy()


def test_a_ring_is_cased_where_the_floor_is_pale(painter: Painter) -> None:
    def amiss() -> SceneState:
        return replace(marked(), robots=(), running=(), shown=frozenset(), posts=(), selected="")

    found = {}
    for name in theme.THEMES:
        picture = painted(painter, name, amiss)
        found[name] = int((picture == 255).all(axis=2).sum())
    assert found["dark"] == 0
    assert found["light"] > 50


def test_panoramas_are_rendered_anew_in_another_theme(painter: Painter) -> None:
    def rendered() -> np.ndarray:
        found = painter.lookout.panorama((28.0, 25.0, 4.0))
        while found is None:
            painter.find_out(1.0)
            found = painter.lookout.panorama((28.0, 25.0, 4.0))
        return found

    dark = rendered().copy()
    theme.wear("light")
    painter.dress()
    assert (rendered() != dark).mean() > 0.5
