"""Water moves along its pipes at its velocity and the right way, shafts turn, and neither touches what stands."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scene import courses, glb, motion
from app.scene.camera import Camera
from app.scene.courses import Course, Pipe, branches, pieces
from app.scene.motion import Flow, shaft
from app.scene.painter import Painter
from app.scene.state import MOTION, Running, SceneState
from tests.app.scene import models
from twin.paths import REFERENCE_STATION

SIZE = (320, 200)
SHOWN = frozenset({MOTION})


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


@pytest.fixture
def painter(model: glb.Model) -> Painter:
    painter = Painter(model, SIZE)
    painter.look(Camera((29.5, 25.0, 1.5), 20.0, -0.9, 0.5))
    return painter


def tube(length: float, turns: float = 0.0, radius: float = 0.5, sides: int = 16) -> glb.Part:
    """A closed pipe whose centre line is so long, bent through an angle about the upright. [m, rad]"""
    steps = np.linspace(0.0, 1.0, 2 if turns == 0.0 else 13)
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    rings = []
    for step in steps:
        across = np.array([-np.sin(turns * step), np.cos(turns * step), 0.0])
        bend = length / turns if turns else 0.0
        middle = (
            bend * np.array([np.sin(turns * step), 1 - np.cos(turns * step), 0.0]) if turns else [length * step, 0, 0]
        )
        rings.append(middle + radius * (np.cos(angle)[:, None] * across + np.sin(angle)[:, None] * [0.0, 0.0, 1.0]))
    points = np.concatenate(rings)
    here = np.arange(sides)
    there = (here + 1) % sides
    walls = [
        np.concatenate([np.stack([here, there, there + sides], 1), np.stack([here, there + sides, here + sides], 1)])
        + sides * number
        for number in range(len(steps) - 1)
    ]
    fan = np.stack([np.zeros(sides - 2, int), np.arange(1, sides - 1), np.arange(2, sides)], 1)
    triangles = np.concatenate([*walls, fan, fan[:, ::-1] + len(points) - sides]).astype(np.int32)
    flat = np.zeros_like(points, dtype=np.float32)
    return glb.Part("pipe", 0, points.astype(np.float32), flat, triangles, np.ones(len(points), np.float32))


def run(part: glb.Part) -> tuple[Pipe, np.ndarray]:
    (pipe,) = pieces(part)
    start = pipe.ring(np.zeros(3))
    assert start is not None
    found = pipe.course(start)
    assert found is not None
    return pipe, found[0]


@given(st.floats(1.0, 20.0), st.floats(0.1, 0.9))
def test_along_a_straight_pipe_the_distance_is_that_from_its_start(length: float, radius: float) -> None:
    pipe, along = run(tube(length, radius=radius))
    assert along == pytest.approx(pipe.places[:, 0], rel=0.01, abs=0.02)


@given(st.floats(2.0, 8.0))
def test_round_a_bend_the_distance_is_that_along_the_middle_and_level_across_the_pipe(length: float) -> None:
    pipe, along = run(tube(length, np.pi / 2))
    assert along.max() == pytest.approx(length, rel=0.05)
    turn = np.arctan2(pipe.places[:, 0], 2 * length / np.pi - pipe.places[:, 1])
    for step in np.linspace(0.0, np.pi / 2, 13):
        assert np.ptp(along[np.abs(turn - step) < 0.02]) < 0.05 * length


def test_a_lump_that_has_no_two_ends_has_no_course() -> None:
    part = tube(4.0)
    (pipe,) = pieces(glb.Part("x", 0, part.points, part.normals, part.triangles[:4], part.shade))
    assert pipe.ring(np.zeros(3)) is None


def test_water_flows_towards_the_pump_in_its_suction_and_away_in_its_discharge(model: glb.Model) -> None:
    found = branches(model, "P102")
    assert len(found) == 6
    for course in found:
        level = np.abs(course.points[:, 2] - 1.1) < 0.6  # the level part, along y
        slope = np.polyfit(course.points[level, 1], course.along[level], 1)[0]
        assert slope == pytest.approx(1.0, abs=0.25)  # a little more in a bend and a taper
        assert course.area == pytest.approx(np.pi * 0.5**2)  # its bore's, not its insulation's


def test_in_a_header_there_is_the_water_of_all_pumps_beyond(model: glb.Model) -> None:
    pumps = [f"P10{number}" for number in (1, 2, 3, 4)]
    mains = [course for course in courses.courses(model, pumps) if len(course.pumps) > 1 or course.area > 1.5]
    assert all(course.area == pytest.approx(np.pi / 4 * 1.584**2) for course in mains)
    inlet = [
        c for c in mains if c.points[:, 1].min() > 14.0 and c.points[:, 1].max() < 16.0 and c.points[:, 0].min() > 9.9
    ]
    assert [c.pumps for c in sorted(inlet, key=lambda c: c.points[:, 0].min())] == [tuple(pumps[n:]) for n in range(4)]
    assert all(np.polyfit(c.points[:, 0], c.along, 1)[0] == pytest.approx(1.0) for c in inlet)
    yard = [c for c in mains if c.points[:, 0].max() < 10.5]
    assert len(yard) == 5  # the inlet's three pieces, the outlet's loop and its last piece
    assert all(c.pumps == tuple(pumps) for c in yard)
    loop = max(yard, key=lambda c: len(c.points))
    assert np.ptp(loop.along) == pytest.approx(18.85 + 12.0 + 2.3 - 6 * 1.25 * (2 - np.pi / 2), rel=0.06)


@given(st.floats(0.1, 3.0), st.floats(0.0, 5.0))
def test_dashes_go_as_far_as_the_water_of_all_whose_pipe_it_is(flow: float, seconds: float) -> None:
    part = tube(4.0)
    course = Course(("P", "Q"), part.points, part.triangles.astype(np.int64), part.points[:, 0], 0.5)
    made = Flow([course])
    made.advance({"P": flow * seconds})
    made.advance({"Q": 0.25, "other": 1.0})
    gone = ((flow * seconds + 0.25) / 0.5) % motion.PERIOD
    assert min(abs(made._gone[0] - gone), motion.PERIOD - abs(made._gone[0] - gone)) < 1e-6


def test_courses_that_are_reckoned_elsewhere_are_shown_once_they_are_there(model: glb.Model) -> None:
    waiting: Future[list[Course]] = Future()
    painter = Painter(model, SIZE, lambda *_: waiting)
    painter.look(Camera((29.5, 25.0, 1.5), 20.0, -0.9, 0.5))
    painter.show(SceneState(running=(Running("P102", 16.0, 1.8),), shown=SHOWN))
    before = painter.drawn
    painter.advance(0.1)
    waiting.set_result(branches(model, "P102"))
    painter.find_out(0.0)  # while time stands still
    assert painter.drawn == before + 1
    assert painter.stale


def test_a_shaft_runs_from_the_coupling_to_the_fan(model: glb.Model) -> None:
    found = shaft(model, "P102")
    assert found is not None
    assert found.axis == pytest.approx([1.0, 0.0, 0.0])
    assert found.start[1:] == pytest.approx([25.0, 1.55], abs=0.02)
    assert found.end[0] > found.start[0] + 2.0
    assert shaft(model, "P999") is None
    assert branches(model, "P999") == []


def test_nothing_moves_unless_it_is_asked_for_and_what_stands_is_not_painted_anew(painter: Painter) -> None:
    running = (Running("P101", 16.0, 1.8), Running("P102", 16.0, 1.8))
    before = painter.paint().copy()
    painter.show(SceneState(running=running))
    painter.advance(0.1)
    assert (painter.paint() == before).all()
    painter.show(SceneState(running=running, shown=SHOWN))
    shown = painter.paint().copy()
    assert (shown != before).any()
    painter.advance(0.1)
    assert painter.stale
    assert not painter._stage._whole
    assert painter._stage._pieces == []
    assert (painter.paint() != shown).any()
    painter.show(SceneState(running=running))
    assert (painter.paint() == before).all()


def test_what_stands_still_does_not_move(painter: Painter) -> None:
    painter.show(SceneState(running=(Running("P104", 0.0, 0.0),), shown=SHOWN))
    before = painter.paint().copy()
    painter.advance(1.0)
    assert (painter.paint() == before).all()


def test_a_model_without_pumps_has_nothing_to_move(tmp_path: Path) -> None:
    path = tmp_path / "small.glb"
    path.write_bytes(models.glb())
    painter = Painter(glb.read(path), SIZE)
    painter.show(SceneState(running=(Running("P1", 10.0, 1.0),), shown=SHOWN))
    painter.advance(0.1)
    assert painter.paint().shape == (SIZE[1], SIZE[0], 3)
