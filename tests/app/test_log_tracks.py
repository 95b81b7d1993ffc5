"""A robot's own log is shown on a floor of its own size, in one frame of reference, by its own clock."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from scipy.spatial.transform import Rotation

from app import layouts, opening
from app.bridge import Mailbox
from app.messages import Mail
from app.presenters import log_tracks, scene
from app.presenters.log_tracks import LogTracks, composed, thinned
from app.scene import ground
from app.scene.painter import Painter
from app.views.scene import Scene
from tests.app import fakes
from tests.app.test_scene_view import Shown
from twin.importing import import_files
from twin.recordings.memory import Track

angles = st.floats(-3.0, 3.0)
places = st.tuples(*(st.floats(-50.0, 50.0) for _ in range(3)))


def track(name: str, at: list[float], where: list[tuple[float, float, float]], turn: float = 0.0) -> Track:
    """A robot at places, turned about the upright."""
    turned = np.tile(Rotation.from_euler("z", turn).as_quat(), (len(at), 1))
    return Track(name, np.array(at), np.array(where, np.float64), turned)


def mail(now: float) -> Mail:
    return Mail(1, "replay", fakes.snapshot(replace(fakes.frame(0.0), at=now)), now, (0.0, 9.0), True, False, 1.0)


@pytest.fixture
def corrected() -> LogTracks:
    """A robot drives 4 m by its wheels; after 2 s localisation finds that it is 1 m further to the left."""
    return LogTracks(
        [
            track("tf/map/odom", [0.0, 2.0], [(10.0, 5.0, 0.0), (10.0, 6.0, 0.0)]),
            track("tf/odom/base_link", [0.0, 1.0, 2.0, 3.0, 4.0], [(float(x), 0.0, 0.0) for x in range(5)]),
            track("tf/base_link/left_wheel", [0.0], [(0.0, 0.2, 0.0)]),
            track("odom", [0.0, 1.0, 2.0, 3.0, 4.0], [(float(x), 0.0, 0.0) for x in range(5)]),
        ]
    )


@given(places, angles, st.lists(places, min_size=1, max_size=5), angles)
def test_a_track_placed_by_a_link_and_by_its_inverse_is_where_it_was(
    at: tuple[float, float, float], turn: float, way: list[tuple[float, float, float]], heading: float
) -> None:
    own = track("robot", list(map(float, range(len(way)))), way, heading)
    link = track("link", [-1.0], [at], turn)
    back = track("back", [-1.0], [tuple(-Rotation.from_euler("z", -turn).apply(at))], -turn)
    there = composed(back, composed(link, own))
    assert there.position == pytest.approx(own.position, abs=1e-9)
    assert (Rotation.from_quat(there.orientation) * Rotation.from_quat(own.orientation).inv()).magnitude().max() < 1e-7


def test_what_no_link_places_yet_is_nowhere() -> None:
    link = track("link", [2.0], [(1.0, 0.0, 0.0)])
    assert composed(link, track("robot", [0.0, 1.0, 3.0], [(0.0, 0.0, 0.0)] * 3)).at.tolist() == [3.0]
    assert len(composed(link, track("robot", [0.0], [(0.0, 0.0, 0.0)])).at) == 0


def test_a_robot_is_where_localisation_says_and_its_odometry_drifts_away_from_there(corrected: LogTracks) -> None:
    before, after = (next(m for m in corrected.marks(mail(now), "en") if m.robot == "base_link") for now in (1.5, 4.0))
    assert before.position == pytest.approx((11.0, 5.0, 0.0))
    assert after.position == pytest.approx((14.0, 6.0, 0.0))
    alone = next(way for way in corrected.routes if way.robot == "odom")
    assert alone.points[-1] == pytest.approx((14.0, 5.0, 0.0))
    assert corrected.ticks("en")[0].text == "odom: odometry alone"
    assert corrected.said("en") == "frame map: map → odom → base_link"


def test_frames_of_reference_are_axes_and_wheels_are_no_robots(corrected: LogTracks) -> None:
    marks = {mark.robot: mark for mark in corrected.marks(mail(3.0), "en")}
    assert set(marks) == {"base_link", "map", "odom"}
    assert marks["odom"].position == (10.0, 6.0, 0.0)
    assert {marks["odom"].kind, marks["map"].kind} == {"frame"}
    assert marks["base_link"].kind == "cart"


def test_before_its_first_pose_a_robot_is_not_there_and_long_after_its_last_it_is_lost(corrected: LogTracks) -> None:
    assert [mark.robot for mark in corrected.marks(mail(-1.0), "en")] == ["map"]
    late = corrected.marks(mail(4.0 + 2 * log_tracks.LOST), "en")
    assert next(mark for mark in late if mark.robot == "base_link").status == "lost"


def test_frames_that_lie_in_each_other_end_somewhere() -> None:
    circle = LogTracks([track("tf/a/b", [0.0], [(1.0, 0.0, 0.0)]), track("tf/b/a", [0.0], [(1.0, 0.0, 0.0)])])
    assert circle.marks(mail(1.0), "en") == ()


def test_what_is_carried_is_shown_with_its_axes_and_its_shadow() -> None:
    lifted = track("hand", [0.0, 1.0], [(0.0, 0.0, 1.0), (1.0, 0.0, 2.0)])
    shown = LogTracks([lifted])
    assert shown.marks(mail(1.0), "en")[0].kind == "free"
    shadow = next(way for way in shown.routes if not way.robot)
    assert {point[2] for point in shadow.points} == {0.0}


@given(st.lists(places, min_size=1, max_size=30))
def test_a_thinned_way_keeps_its_ends_and_is_nowhere_far_from_the_whole(way: list[tuple[float, float, float]]) -> None:
    points = np.array(way)
    kept = thinned(points)
    assert (kept[0] == points[0]).all()
    assert (kept[-1] == points[-1]).all()
    assert all((point == points).all(axis=1).any() for point in kept)


@given(places, st.floats(0.0, 3000.0), st.floats(0.0, 3000.0))
def test_a_floor_reaches_beyond_what_moves_over_it_with_a_grid_that_can_be_counted(
    low: tuple[float, float, float], wide: float, deep: float
) -> None:
    start = np.array(low)
    end = start + np.array([wide, deep, 0.5])
    made = ground.model(start, end)
    floor = next(part for part in made.parts if part.node == "building.floor").points
    assert (floor.min(axis=0)[:2] <= start[:2]).all()
    assert (floor.max(axis=0)[:2] >= end[:2]).all()
    lines = sum(len(part.points) // 4 for part in made.parts if "grid" in part.node)
    assert 4 <= lines <= 4 * ground.MOST_LINES
    assert np.log10(ground.pitch(start, end)) == pytest.approx(round(np.log10(ground.pitch(start, end))))


def test_a_log_with_robots_has_a_scene_that_comes_first() -> None:
    first = layouts.columns("review", "wide", modelled=False, tracked=True)[0]
    assert first.stacks[0].panels == ("scene",)


# ---- real logs ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nav2(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> opening.Opened:
    return imported(shared_data / "tracks" / "nav2_turtlebot.mcap", tmp_path_factory.mktemp("nav2"))


def imported(source: Path, folder: Path) -> opening.Opened:
    """A log as the window opens it, let go of at once."""
    import_files([source], folder / "log.h5", None, None, lambda _: None)
    opened = opening.open_source(str(folder / "log.h5"))
    asyncio.run(_ended(opened))
    return opened


async def _ended(opened: opening.Opened) -> None:
    running = asyncio.create_task(opened.begin(Mailbox()).run())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_a_real_robot_is_within_decimetres_of_where_its_localisation_says(nav2: opening.Opened) -> None:
    tracks = LogTracks(nav2.tracks)
    assert tracks.root == "map"
    said = next(track for track in nav2.tracks if track.robot == "amcl_pose")
    off = [
        np.linalg.norm(np.subtract(mark.position, said.position[row]))
        for row in range(5, len(said.at), 10)
        for mark in tracks.marks(mail(float(said.at[row])), "en")
        if mark.robot == "base_link"
    ]
    assert len(off) > 10
    assert np.median(off) < 0.1
    assert max(off) < 0.4


def test_a_real_log_moves_over_its_floor_by_its_own_clock(nav2: opening.Opened, qtbot: QtBot) -> None:
    tracks = LogTracks(nav2.tracks)
    survey, shown, view = tracks.survey, Shown(), Scene()
    qtbot.addWidget(view)
    view.resize(480, 320)
    presenter = scene.Presenter(shown, None, tags=fakes.station().tags, log=tracks)
    view.show_state(presenter.state)
    view.furnish(Painter(ground.model(survey.low, survey.high), (480, 320)))
    start = max(track.at[0] for track in nav2.tracks if track.robot in ("odom", "tf/odom/base_link"))
    pictures = []
    for after in (5.0, 60.0):
        presenter.take(mail(start + after))
        view.show_state(shown.states[-1])
        pictures.append(view.grab().toImage())
        robot = next(mark for mark in shown.states[-1].robots if mark.robot == "base_link")
        assert (survey.low <= np.array(robot.position) + 1e-6).all()
        assert (survey.high >= np.array(robot.position) - 1e-6).all()
    assert pictures[0] != pictures[1]
    assert "map" in shown.states[-1].note


def test_a_trajectory_of_a_benchmark_is_carried_through_the_air(shared_data: Path, tmp_path: Path) -> None:
    opened = imported(shared_data / "tracks" / "fr2_desk_groundtruth.txt", tmp_path)
    tracks = LogTracks(opened.tracks)
    (mark,) = tracks.marks(mail(float(opened.tracks[0].at[5000])), "en")
    assert mark.kind == "free"
    assert mark.position == pytest.approx(opened.tracks[0].position[5000])
    length = sum(np.linalg.norm(np.diff(np.array(way.points), axis=0), axis=1).sum() for way in tracks.routes[:1])
    assert length == pytest.approx(20.3, rel=0.15)  # m, but for what its noise adds to it
