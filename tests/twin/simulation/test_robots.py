"""Robots keep to their routes, stand at their stops, turn smoothly and are kept charged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import column, frames_of, reference
from twin.plant.station import Robot
from twin.simulation import robots
from twin.simulation.layout import layout_of


@pytest.fixture(scope="module")
def rounds() -> robots.Walks:
    return robots.walks(layout_of(reference()))


def _away(point: np.ndarray, route: np.ndarray) -> float:
    """Distance of a point from a closed route."""
    ends = np.roll(route, -1, axis=0)
    along = ends - route
    share = ((point - route) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
    nearest = route + np.clip(share, 0.0, 1.0)[:, None] * along
    return float(np.linalg.norm(nearest - point, axis=1).min())


def test_robots_never_leave_their_routes_nor_exceed_their_speed(rounds: robots.Walks) -> None:
    walkers = robots.first(rounds)
    before = robots.standing(walkers, rounds).position
    parts = reference().file.robots
    for _ in range(900):
        robots.step(walkers, rounds, 1.0)
        where = robots.standing(walkers, rounds)
        for i, robot in enumerate(parts):
            assert _away(where.position[i], np.array(robot.route, dtype=float)) < 1e-6
            assert np.linalg.norm(where.position[i] - before[i]) <= robot.speed_m_s + 1e-6
        before = where.position


def test_rail_robots_stay_at_the_rail(rounds: robots.Walks) -> None:
    heights = {robot.id: robot.route[0][2] for robot in reference().file.robots}
    for frame in frames_of("healthy"):
        for pose in frame.poses:
            assert pose.position[2] == heights[pose.robot]
            assert np.linalg.norm(pose.orientation) == pytest.approx(1.0)


def test_poses_and_tags_agree() -> None:
    frames = frames_of("healthy")
    x, heading = column(frames, "RB2", "pose_x"), column(frames, "RB2", "heading")
    for i, frame in enumerate(frames):
        pose = next(p for p in frame.poses if p.robot == "RB2")
        assert x[i] == pytest.approx(pose.position[0], abs=0.006)
        turned = 2.0 * np.degrees(np.arctan2(pose.orientation[2], pose.orientation[3]))
        assert (turned - heading[i] + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=0.06)


def test_a_robot_dwells_at_its_stops_and_faces_where_it_goes(rounds: robots.Walks) -> None:
    track, robot = rounds.tracks[0], reference().file.robots[0]
    route = np.array(robot.route)
    length = np.linalg.norm(np.roll(route, -1, axis=0) - route, axis=1).sum()
    walking = length / robot.speed_m_s + robot.dwell_s * len(robot.stops)
    assert walking < track.time[-1] < walking + len(robot.route) * np.pi / robots.TURNING
    moving = np.flatnonzero(track.speed > 0.0)
    for knot in moving:
        along = track.position[knot + 1] - track.position[knot]
        assert np.cos(track.heading[knot] - np.arctan2(along[1], along[0])) == pytest.approx(1.0)


def test_a_ground_robot_goes_home_to_charge_and_comes_back(rounds: robots.Walks) -> None:
    walkers = robots.first(rounds)
    charging, battery = [], []
    for _ in range(3000):
        robots.step(walkers, rounds, 10.0)
        charging.append(walkers.charging.copy())
        battery.append(walkers.battery.copy())
    seen = np.array(charging)
    assert seen[:, 0].any()
    assert not seen[-1, 0] or seen[:, 0].sum() < len(seen)
    assert not seen[:, 1].any()  # a rail feeds its robot
    assert np.min(battery) > 0.1


def test_a_robot_whose_route_is_one_place_stands_there() -> None:
    robot = Robot(id="R", kind="ground", route=((1.0, 2.0, 0.0),) * 2)
    track = robots._track(robot)
    np.testing.assert_array_equal(track.position, [[1.0, 2.0, 0.0]] * 2)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8), st.floats(0.1, 2.0))
def test_time_goes_on_and_headings_close_on_any_route(points: list[tuple[int, int]], speed: float) -> None:
    route = tuple((float(x), float(y), 0.0) for x, y in points)
    track = robots._track(Robot(id="R", kind="ground", route=route, speed_m_s=speed, stops=(1,)))
    assert (np.diff(track.time) >= 0.0).all()
    np.testing.assert_allclose(track.position[0], track.position[-1])
    lapse = (track.heading[-1] - track.heading[0]) / (2.0 * np.pi)
    assert lapse == pytest.approx(round(lapse), abs=1e-9)
