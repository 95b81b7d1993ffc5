"""What is painted piece by piece looks as if it were painted whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from app.scene import glb
from app.scene.painter import Painter
from app.scene.stage import Picture, Stage, joined
from app.scene.state import Halo, RobotMark, SceneState
from twin.paths import REFERENCE_STATION

SIZE = (480, 300)
ALIKE = 2e-3  # share of pixels, on edges, that may fall to the other side
EIGHT = [f"P{circuit}0{number}" for circuit in (1, 2) for number in (1, 2, 3, 4)]


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


def states() -> Iterator[SceneState]:
    """An anomaly grows on one pump, another returns to normal, robots drive, something is selected and let go."""
    way = tuple((8.0 + 0.5 * step, 12.0, 0.0) for step in range(20))
    for step, colour in enumerate(["#5588ff", "#ff8855", "#ff2200", "#888888"]):
        robot = RobotMark("RB1", "ground", way[4 * step + 3], 0.3 * step, way[: 4 * step + 4])
        yield SceneState(tints=(("P102", colour),), robots=(robot,))
    yield SceneState(tints=(("P203", "#00ff00"),), robots=(robot,))
    yield SceneState(tints=(("P203", "#00ff00"),), halos=(Halo("P203", "#ff0000", "▲"),), selected="P101")
    yield SceneState(tints=tuple((pump, "#3377ff") for pump in EIGHT))
    yield SceneState(tints=(("P102", "#ff2200"),), robots=(robot,))


def apart(one: Picture, other: Picture) -> float:
    """Share of pixels that plainly differ."""
    return float((np.abs(one.astype(int) - other.astype(int)).max(axis=2) > 8).mean())


@pytest.mark.parametrize("refined", [False, True])
@pytest.mark.parametrize("near", [False, True])
def test_what_changed_piece_by_piece_looks_as_if_painted_whole(model: glb.Model, near: bool, refined: bool) -> None:
    painter, whole = Painter(model, SIZE), Painter(model, SIZE)
    if near:
        painter.look(painter.camera.fitted(*painter.box("P102"), SIZE[0] / SIZE[1], margin=2.5))
    if refined:
        painter.refine()
    for state in states():
        painter.show(state)
        whole.show(state)
        whole.look(painter.camera.orbited(0.1, 0.0))
        whole.look(painter.camera)  # a camera that moves has all painted anew
        if refined:
            whole.refine()
        assert apart(painter.paint(), whole.paint()) <= ALIKE


def test_a_robot_that_drove_away_leaves_nothing_behind(model: glb.Model) -> None:
    painter = Painter(model, SIZE)
    empty = painter.paint()
    painter.show(SceneState(robots=(RobotMark("RB1", "ground", (24.5, 12.0, 0.0), 0.0),)))
    assert apart(empty, painter.paint()) > 0
    painter.show(SceneState())
    assert apart(empty, painter.paint()) == 0


def test_what_moves_is_hidden_by_what_stands_before_it(model: glb.Model) -> None:
    painter = Painter(model, SIZE)
    open_floor = RobotMark("RB1", "ground", (24.5, 12.0, 0.0), 0.0)
    below = replace(open_floor, position=(21.0, 16.0, -2.0))
    empty = painter.paint()
    for _ in range(2):  # painted together with what stands, and over what was kept of it
        painter.show(SceneState(robots=(below,)))
        assert apart(empty, painter.paint()) == 0
        painter.show(SceneState(robots=(open_floor,)))
        assert apart(empty, painter.paint()) > 0


def test_a_piece_outside_the_picture_changes_nothing() -> None:
    stage = Stage((64, 48))
    before = stage.picture()
    stage.change((-30, -30, -10, -10))
    assert stage.stale
    assert (stage.picture() == before).all()


def test_an_empty_stage_shows_the_ground_growing_lighter_upwards_in_pieces_too() -> None:
    stage = Stage((64, 48))
    whole = stage.picture()
    stage.change((10, 10, 30, 25))
    pieces = stage.picture()
    assert np.abs(whole.astype(int) - pieces.astype(int)).max() <= 1
    assert len(np.unique(whole[:, 0], axis=0)) > 5


def test_pieces_near_each_other_are_painted_as_one_and_those_far_apart_by_themselves() -> None:
    near, beside, far = (0, 0, 60, 60), (50, 10, 120, 80), (900, 600, 960, 660)
    assert sorted(joined([near, far, beside])) == [(0, 0, 120, 80), far]
    assert joined([]) == []
