"""A gaze into a panorama shows what lies in its direction, and turning once round leads back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scene.gaze import NARROWEST, STEEPEST, WIDEST, Gaze, seen, towards

ROWS, COLUMNS = 90, 180
ANGLES = st.floats(-7.0, 7.0)


def directions() -> np.ndarray:
    """A panorama whose colours tell where each pixel lies: column, row, nothing."""
    column, row = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    return np.stack([column, row, np.zeros_like(row)], axis=-1).astype(np.uint8)


@given(ANGLES, ANGLES, st.floats(0.2, 5.0))
def test_a_gaze_keeps_within_its_bounds_however_it_is_moved(left: float, up: float, factor: float) -> None:
    gaze = Gaze().turned(left, up).zoomed(factor)
    assert -np.pi <= gaze.turn <= np.pi
    assert abs(gaze.tilt) <= STEEPEST
    assert NARROWEST <= gaze.width <= WIDEST


@given(st.floats(-3.0, 3.0), st.floats(-1.4, 1.4))
def test_the_middle_of_a_gaze_shows_the_pixel_in_its_direction(turn: float, tilt: float) -> None:
    found = seen(directions(), np.eye(3), Gaze(turn, tilt, 0.5), 31, 31, fine=False)[15, 15]
    assert abs(found[0] - (0.5 - turn / (2 * np.pi)) * COLUMNS) <= 1.0
    assert abs(found[1] - (0.5 - tilt / np.pi) * ROWS) <= 1.0


def test_what_is_to_the_left_of_the_camera_is_to_the_left_in_the_picture_and_what_is_above_above() -> None:
    picture = seen(directions(), np.eye(3), Gaze(0.0, 0.0, 1.0), 21, 21, fine=False)
    assert picture[10, 0, 0] < picture[10, 10, 0] < picture[10, 20, 0]
    assert picture[0, 10, 1] < picture[10, 10, 1] < picture[20, 10, 1]


def test_a_turned_camera_is_looked_through_in_the_models_directions() -> None:
    quarter = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])  # looks along y
    straight = seen(directions(), np.eye(3), Gaze(0.0, 0.0, 0.6), 9, 9, fine=False)
    assert np.abs(seen(directions(), quarter, Gaze(np.pi / 2, 0.0, 0.6), 9, 9, False) - straight).max() <= 1


def test_fine_pixels_are_those_between_their_neighbours_across_the_seam_too() -> None:
    grey = np.full((ROWS, COLUMNS, 3), 7, np.uint8)
    for turn in (0.0, np.pi, 2.0):
        assert (seen(grey, np.eye(3), Gaze(turn, 1.5, 1.0), 20, 30, fine=True) == 7).all()
    rough = seen(directions(), np.eye(3), Gaze(0.5, 0.2, 0.4), 40, 60, fine=False)
    fine = seen(directions(), np.eye(3), Gaze(0.5, 0.2, 0.4), 40, 60, fine=True)
    assert np.abs(rough.astype(int) - fine).max() <= 1


@given(st.tuples(*[st.floats(-20, 20)] * 3))
def test_looking_towards_a_point_has_it_in_the_middle(point: tuple[float, float, float]) -> None:
    eye, target = np.array([1.0, 2.0, 30.0]), np.array(point)
    ray = towards(eye, target, Gaze()).rays(1, 1)[0, 0]
    assert ray / np.linalg.norm(ray) == pytest.approx((target - eye) / np.linalg.norm(target - eye), abs=1e-5)
