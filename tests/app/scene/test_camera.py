"""The camera turns about what it is told to, zooms to it, and frames what it is given."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.scene.camera import VIEW_ANGLE, Camera, between

angles = st.floats(-3.0, 3.0)
heights = st.floats(0.0, 1.4)
places = st.tuples(*[st.floats(-50, 50)] * 3).map(np.array)


def seen(camera: Camera, point: np.ndarray) -> np.ndarray:
    """Where a point lies in the picture, in shares of half its height."""
    away = point - camera.position
    depth = -(away @ camera.backward)
    return np.array([away @ camera.right, away @ camera.up]) / depth / np.tan(np.radians(VIEW_ANGLE) / 2)


@given(angles, heights)
def test_its_axes_are_square_to_each_other(azimuth: float, elevation: float) -> None:
    camera = Camera(azimuth=azimuth, elevation=elevation)
    axes = np.array([camera.right, camera.up, camera.backward])
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert camera.up[2] >= 0


@given(angles, heights, angles, st.floats(-0.3, 0.3), places)
def test_turning_about_a_point_leaves_it_where_it_was_seen(
    azimuth: float, elevation: float, turn: float, tilt: float, pivot: np.ndarray
) -> None:
    camera = Camera(distance=200.0, azimuth=azimuth, elevation=elevation)
    turned = camera.orbited(turn, tilt, pivot)
    assert np.allclose(seen(turned, pivot), seen(camera, pivot), atol=1e-9)


@given(angles, heights, st.floats(0.5, 2.0), places)
def test_zooming_towards_a_point_leaves_it_where_it_was_seen(
    azimuth: float, elevation: float, factor: float, towards: np.ndarray
) -> None:
    camera = Camera(distance=200.0, azimuth=azimuth, elevation=elevation)
    assert np.allclose(seen(camera.zoomed(factor, towards), towards), seen(camera, towards), atol=1e-9)


@given(angles, heights, st.lists(places, min_size=2, max_size=12), st.floats(0.7, 2.5))
def test_framing_shows_every_point(azimuth: float, elevation: float, points: list[np.ndarray], aspect: float) -> None:
    camera = Camera(azimuth=azimuth, elevation=elevation).framing(np.array(points), aspect)
    where = np.array([seen(camera, point) for point in points])
    assert np.abs(where[:, 0]).max() <= aspect + 1e-6
    assert np.abs(where[:, 1]).max() <= 1 + 1e-6


def test_it_never_looks_from_below_or_over_the_top() -> None:
    camera = Camera()
    assert camera.orbited(0.0, 10.0).elevation < np.pi / 2
    assert camera.orbited(0.0, -10.0).elevation > -0.2


def test_a_flight_begins_and_ends_where_it_should_and_turns_the_shorter_way() -> None:
    start, end = Camera(azimuth=3.0), Camera(focus=(1.0, 2.0, 3.0), distance=5.0, azimuth=-3.0, elevation=1.0)
    assert between(start, end, 0.0) == start
    arrived = between(start, end, 1.0)
    assert np.allclose(arrived.position, end.position)
    assert abs(between(start, end, 0.5).azimuth) > 3.0
