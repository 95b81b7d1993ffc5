"""Robots are made of closed bodies, stand where they are, and leave trails that run out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scene import glb, robots
from app.scene.camera import Camera
from app.scene.painter import Painter
from app.scene.shapes import Piece, ball, block, drum
from app.scene.state import RobotMark, Route, SceneState
from tests.app.scene import models

SIZE = (320, 200)
WITHOUT = SceneState().hidden | {"robots"}
BODIES = {
    "block": block((1.0, 2.0, 3.0), (2.0, 1.0, 0.5), "#FFFFFF", (0.5, 0.8, 1.0)),
    "drum": drum((0.0, 0.0, 0.0), (1.0, 2.0, 0.5), 0.3, "#FFFFFF", 0.2),
    "ball": ball((0.0, 1.0, 0.0), 0.4, "#FFFFFF"),
}


@pytest.fixture
def painter(tmp_path: Path) -> Painter:
    path = tmp_path / "small.glb"
    path.write_bytes(models.glb())
    return Painter(glb.read(path), SIZE)


def volume(piece: Piece) -> float:
    """By the divergence theorem: positive where every triangle is seen from outside."""
    a, b, c = np.swapaxes(piece.points[piece.triangles].astype(np.float64), 0, 1)
    return float((a * np.cross(b, c)).sum() / 6.0)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_closed_and_faces_outwards(name: str) -> None:
    piece = BODIES[name]
    assert volume(piece) > 0.0
    corners = piece.points[piece.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("ij,ij->i", across, piece.normals[piece.triangles[:, 0]]) >= -1e-7).all()
    assert np.allclose(across.sum(axis=0), 0.0, atol=1e-5)  # nothing is open


@pytest.mark.parametrize(("name", "expected"), [("drum", np.pi * np.sqrt(5.25) / 3 * (0.09 + 0.06 + 0.04))])
def test_a_body_has_the_volume_of_its_shape(name: str, expected: float) -> None:
    assert volume(BODIES[name]) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("kind", ["ground", "rail"])
def test_a_robot_is_no_larger_than_the_room_it_is_said_to_take(kind: str) -> None:
    box = robots.room(RobotMark("R", kind, (5.0, 6.0, 0.0), 0.3))
    assert box is not None
    points = np.concatenate([piece.points for piece in robots.pieces(kind)])
    reach = np.linalg.norm(points[:, :2], axis=1).max()
    assert reach <= 0.65
    assert box[0][2] - 1e-6 <= points[:, 2].min()
    assert points[:, 2].max() <= box[1][2] + 1e-6


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), max_size=12))
def test_a_trail_is_widest_at_the_robot_and_runs_out(places: list[tuple[float, float]]) -> None:
    way = tuple((x, y, 0.0) for x, y in places)
    ages = tuple(float(age) for age in range(len(way), 0, -1))
    for points, _ in robots._ribbon(RobotMark("R", "ground", (0.0, 0.0, 0.0), 0.0, way, ages)):
        widths = np.linalg.norm(points[::2] - points[1::2], axis=1)
        assert widths.max() <= robots.TRAIL + 1e-4
        assert (np.diff(widths[widths > 1e-4]) > -1e-4).all()


def test_a_planned_way_is_dashed_all_along_and_closed() -> None:
    square = ((0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (10.0, 10.0, 0.0), (0.0, 10.0, 0.0))
    dashes = robots._dashes(square)
    drawn = np.linalg.norm(dashes[:, 1] - dashes[:, 0], axis=1).sum()
    assert drawn == pytest.approx(20.0, abs=1.0)
    assert dashes[-1, 1, 0] < 1.0  # the last side leads back to the first point


def test_a_planned_way_is_seen_and_goes_with_the_robots_layer(painter: Painter) -> None:
    painter.look(Camera((0.0, 0.0, 0.0), 30.0, -1.0, 0.9))
    empty = painter.paint().copy()
    routes = (Route("R", ((-5.0, -5.0, 0.5), (5.0, -5.0, 0.5), (5.0, 5.0, 0.5))),)
    painter.show(SceneState(routes=routes))
    assert (painter.paint() != empty).any()
    painter.show(SceneState(routes=routes, hidden=WITHOUT))
    assert (painter.paint() == empty).all()


def test_a_selected_robot_is_framed_and_is_where_the_camera_flies(painter: Painter) -> None:
    mark = RobotMark("R", "rail", (0.0, 0.0, 6.0), 0.0)
    painter.show(SceneState(robots=(mark,)))
    painter.look(painter.camera.fitted(*(painter.box("R") or (np.zeros(3), np.ones(3)))))
    plain = painter.paint().copy()
    painter.show(SceneState(robots=(mark,), selected="R"))
    assert 20 < (painter.paint() != plain).any(axis=2).sum() < 0.2 * SIZE[0] * SIZE[1]


def test_a_robot_of_a_layer_that_is_taken_away_is_not_picked(painter: Painter) -> None:
    painter.look(Camera((0.0, 0.0, 2.0), 20.0, -1.0, 0.3))
    painter.show(SceneState(robots=(RobotMark("R", "ground", (0.0, 0.0, 2.0), 0.0),)))
    where, _ = painter.project(np.array([[0.0, 0.0, 2.8]]))
    assert (hit := painter.pick(*where[0])) is not None
    assert hit.name == "R"
    painter.show(SceneState(robots=(RobotMark("R", "ground", (0.0, 0.0, 2.0), 0.0),), hidden=WITHOUT))
    hit = painter.pick(*where[0])
    assert hit is None or hit.name != "R"
