"""What is sounded in a small window of its own is what the stage would have painted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scene import glb
from app.scene.painter import Painter
from app.scene.soundings import FAR, Blocks, Soundings, sorted_blocks
from app.scene.surround import ROBOTS_SIDES, Post
from twin.paths import REFERENCE_STATION

PIXELS = 48
REACH = 6.0  # m
PLACES = [(24.5, 12.0, 1.2), (22.0, 20.0, 5.7), (60.0, 14.0, 1.2)]


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


@pytest.fixture(scope="module")
def soundings(model: glb.Model) -> Soundings:
    return Soundings(*sorted_blocks(model.parts, model.materials))


def test_as_far_as_is_looked_everything_is_as_far_as_on_the_stage(model: glb.Model, soundings: Soundings) -> None:
    painter = Painter(model, (320, 200))
    for place in PLACES:
        for aim in Post("", place, sides=ROBOTS_SIDES).aims():
            sounded = soundings.measure(aim, PIXELS, PIXELS, REACH)
            with painter._bodies.in_detail(whole=True):
                painted = painter._stage.depth(aim, PIXELS, PIXELS, REACH)
            away = np.minimum(sounded, painted) * np.linalg.norm(aim.rays(PIXELS, PIXELS), axis=2)
            assert sounded[away < REACH] == pytest.approx(painted[away < REACH], abs=0.01)


def test_who_sees_far_sees_beyond_what_lies_round_a_place(soundings: Soundings) -> None:
    aim = Post("", PLACES[0]).aims()[0]
    near, far = (soundings.measure(aim, PIXELS, PIXELS, reach) for reach in (REACH, 2 * FAR))
    assert np.isfinite(far).sum() > np.isfinite(near).sum()
    again = soundings.measure(aim, PIXELS, PIXELS, REACH)
    assert (again == near).all()


def test_with_nothing_in_a_model_there_is_nothing_ahead() -> None:
    nothing = Soundings(*sorted_blocks((), ()))
    aim = Post("", (0.0, 0.0, 0.0)).aims()[0]
    assert np.isinf(nothing.measure(aim, 4, 4, REACH)).all()
    assert np.isinf(nothing.measure(aim, 4, 4, 2 * FAR)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0.5, 8.0))
def test_no_triangle_within_reach_is_left_out(count: int, seed: int, reach: float) -> None:
    chance = np.random.default_rng(seed)
    corners = (chance.uniform(-10, 10, (count, 1, 3)) + chance.uniform(-3, 3, (count, 3, 3))).astype(np.float32)
    eye = chance.uniform(-10, 10, 3)
    found = {triangle.tobytes() for triangle in Blocks.of(corners).within(eye, reach)}
    for triangle in corners:
        if np.linalg.norm(triangle - eye, axis=1).min() < reach - 1e-3:
            assert triangle.tobytes() in found
