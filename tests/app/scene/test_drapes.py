"""Thermal pictures lie on what their cameras saw, hidden things stay as they are, and a point has its temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.scene import glb
from app.scene.camera import Camera
from app.scene.drapes import TORN, coarse, frustum, net
from app.scene.painter import Painter
from app.scene.sight import Aim, Depths, agree
from app.scene.state import Drape, SceneState, Section
from tests.app.scene import models

SIZE = (320, 240)
SHOWN = SceneState(hidden=frozenset())
BACK = (0.0, 0.0, -math.sin(math.pi / 4), math.cos(math.pi / 4))  # to -y
WARM, COLD = 80.0, 30.0


@dataclass(frozen=True)
class Picture:
    """What a thermal frame is, as far as the scene knows."""

    position: tuple[float, float, float] = (5.25, -3.0, 2.25)
    orientation: tuple[float, float, float, float] = (0.0, 0.0, math.sin(math.pi / 4), math.cos(math.pi / 4))  # to +y
    field_of_view: tuple[float, float] = (0.6, 0.45)
    at: float = 0.0
    camera: str = "R"
    temperature: NDArray[np.float32] = None  # type: ignore[assignment]

    def of(self, value: float) -> Picture:
        return replace(self, temperature=np.full((60, 80), value, np.float32))


@pytest.fixture
def painter(tmp_path: Path) -> Painter:
    """A tetrahedron that stands at (5, 3, 2), seen from before it."""
    path = tmp_path / "small.glb"
    path.write_bytes(models.glb())
    painter = Painter(glb.read(path), SIZE)
    painter.show(SHOWN)
    painter.look(Camera((5.3, 3.0, 2.3), 6.0, math.radians(-80.0), 0.15))
    return painter


def laid(*pictures: Picture, freshness: float = 1.0) -> SceneState:
    drapes = tuple(Drape(p.camera, p.at, freshness, p) for p in pictures)
    return replace(SHOWN, drapes=drapes, pictures=drapes, heat=(20.0, 100.0))


def differing(painter: Painter, state: SceneState) -> int:
    """Pixels that a picture laid on the model changes, without the frame it is shown in."""
    painter.show(replace(state, drapes=tuple(replace(d, freshness=0.0) for d in state.drapes)))
    bare = painter.paint().copy()
    painter.show(state)
    return int((painter.paint() != bare).any(axis=2).sum())


# ---- aiming ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.5, 50.0), st.data())
def test_what_a_pixel_sees_is_seen_in_that_pixel(rows: int, columns: int, ahead: float, data: st.DataObject) -> None:
    turn = np.array(data.draw(st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: np.linalg.norm(q) > 0.1)))
    aim = Aim.of(replace(Picture(), orientation=tuple(turn / np.linalg.norm(turn))))
    assert aim is not None
    row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    x, y, away = aim.seen(aim.eye + ahead * aim.rays(rows, columns)[row, column])
    assert (int(y * rows), int(x * columns)) == (row, column)
    assert away == pytest.approx(ahead, rel=1e-6)


def test_a_camera_looks_along_x_with_its_columns_to_the_right() -> None:
    aim = Aim.of(replace(Picture(), position=(0.0, 0.0, 0.0), orientation=(0.0, 0.0, 0.0, 1.0)))
    assert aim is not None
    assert aim.seen(np.array([5.0, -0.5, 0.0]))[0] > 0.5
    assert aim.seen(np.array([5.0, 0.0, 0.5]))[1] < 0.5
    assert math.isnan(aim.seen(np.array([-5.0, 0.0, 0.0]))[0])


@pytest.mark.parametrize(
    "spoilt",
    [{"position": (math.nan, 0.0, 0.0)}, {"orientation": (0.0, 0.0, 0.0, 0.0)}, {"field_of_view": (0.0, 0.4)}],
)
def test_a_picture_without_a_pose_lies_nowhere(painter: Painter, spoilt: dict[str, tuple[float, ...]]) -> None:
    picture = replace(Picture().of(WARM), **spoilt)
    assert Aim.of(picture) is None
    before = painter.paint().copy()
    painter.show(laid(picture))
    assert (painter.paint() == before).all()
    assert painter.readings(np.array([5.3, 3.0, 2.3])) == []


# ---- the net --------------------------------------------------------------------------------------------------------


def test_a_net_over_one_surface_is_whole_and_torn_at_an_edge() -> None:
    aim = Aim.of(Picture())
    assert aim is not None
    flat = np.full((6, 8), 4.0)
    points, triangles, used = net(aim, flat)
    assert (len(points), len(triangles)) == (48, 2 * 5 * 7)
    assert (used == np.arange(48)).all()
    flat[:, 4:] *= 1 + 3 * TORN
    assert len(net(aim, flat)[1]) == 2 * 5 * 6
    wide = np.full((12, 16), 4.0)
    wide[5, 7] = np.inf
    assert len(net(aim, wide)[1]) == 2 * (11 * 15 - 4)
    assert len(net(aim, np.full((6, 8), np.inf))[1]) == 0


def test_what_is_one_square_wide_carries_no_picture_and_what_is_broader_does() -> None:
    aim = Aim.of(Picture())
    assert aim is not None
    distance = np.full((20, 30), np.inf)
    distance[:, 4:6] = 3.0  # a post, one square wide
    distance[5:15, 12:20] = 5.0
    points, _, used = net(aim, distance)
    assert set(used % 30) == set(range(12, 20))
    assert set(used // 30) == set(range(5, 15))
    assert len(points) == 80


def test_the_frame_of_what_a_camera_sees_has_its_field_of_view() -> None:
    aim = Aim.of(Picture())
    assert aim is not None
    corners = [path[1] for path in frustum(aim)[:4]]
    shares = np.array([aim.seen(corner.astype(np.float64))[:2] for corner in corners])
    assert np.allclose(np.sort(shares, axis=0), [[0, 0], [0, 0], [1, 1], [1, 1]], atol=1e-5)


def test_a_camera_that_comes_back_is_not_measured_again() -> None:
    asked: list[Aim] = []

    def measure(aim: Aim, rows: int, columns: int) -> NDArray[np.float32]:
        asked.append(aim)
        return np.ones((rows, columns), np.float32)

    depths = Depths(measure)
    aim = Aim.of(Picture())
    assert aim is not None
    assert depths.of(aim, 3, 4) is depths.of(replace(aim, eye=aim.eye + 1e-6), 3, 4)
    assert len(asked) == 1


def test_a_large_picture_is_laid_in_a_coarser_net() -> None:
    assert coarse(np.zeros((512, 640), np.float32)).shape == (128, 160)
    assert coarse(np.zeros((60, 80), np.float32)).shape == (60, 80)


# ---- in the picture -------------------------------------------------------------------------------------------------


def test_measuring_a_depth_leaves_the_kept_picture_as_it_was(painter: Painter) -> None:
    before = painter.paint().copy()
    aim = Aim.of(Picture())
    assert aim is not None
    distance = painter._stage.depth(aim, 60, 80)
    assert 5.0 < distance[np.isfinite(distance)].min() < 7.0
    assert np.isinf(distance[0, 0])
    painter._stage.move()
    assert (painter.paint() == before).all()


def test_the_measured_depth_is_that_of_the_surface(painter: Painter) -> None:
    aim = Aim.of(Picture())
    assert aim is not None
    distance = painter._stage.depth(aim, 60, 80)
    row, column = np.argwhere(np.isfinite(distance)).mean(axis=0).astype(int)
    ray = aim.rays(60, 80)[row, column]
    found = painter._bodies.hit(aim.eye, aim.eye + 20.0 * ray)
    assert found is not None
    assert agree(20.0 * found[0], float(distance[row, column]))


def test_a_picture_is_seen_on_what_it_shows_and_old_ones_less(painter: Painter) -> None:
    fresh = differing(painter, laid(Picture().of(WARM)))
    half = differing(painter, laid(Picture().of(WARM), freshness=0.5))
    assert fresh > 500
    assert 0.3 * fresh < half < 0.7 * fresh


def test_a_picture_does_not_reach_what_was_hidden_from_its_camera(painter: Painter) -> None:
    behind = replace(Picture(camera="B"), position=(5.25, 9.0, 2.25), orientation=BACK)
    front = differing(painter, laid(Picture().of(WARM)))
    assert differing(painter, laid(behind.of(WARM))) < 0.2 * front


def test_a_picture_does_not_lie_on_what_has_been_taken_away(painter: Painter) -> None:
    state = replace(laid(Picture().of(WARM)), hidden=frozenset({"pumps"}))
    assert differing(painter, state) == 0


def test_a_section_cuts_what_lies_on_the_model_too(painter: Painter) -> None:
    whole = differing(painter, laid(Picture().of(WARM)))
    cut = differing(painter, replace(laid(Picture().of(WARM)), section=Section("z", 2.2)))
    assert 0 < cut < 0.8 * whole


def test_a_point_has_the_temperature_of_each_picture_that_shows_it(painter: Painter) -> None:
    behind = replace(Picture(camera="B"), position=(5.25, 9.0, 2.25), orientation=BACK)
    pictures = (Picture(at=1.0).of(COLD), Picture(at=2.0).of(WARM), replace(behind, at=3.0).of(55.0))
    painter.show(laid(*pictures))
    found = painter._bodies.hit(np.array([5.25, -3.0, 2.25]), np.array([5.25, 9.0, 2.25]))
    assert found is not None
    point = np.array([5.25, -3.0 + 12.0 * found[0], 2.25])
    assert painter.readings(point) == [(1.0, "R", COLD), (2.0, "R", WARM)]
