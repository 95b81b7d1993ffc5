"""Thermal cameras, of robots and fixed ones, see what stands before them, as warm as it is, and nothing behind it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import reference
from twin.plant.station import Camera
from twin.simulation import cameras, robots
from twin.simulation.cameras import EVERY, EVERY_FIXED, NOISE, STEP
from twin.simulation.casting import COLUMNS, FIELD_OF_VIEW, FLOOR, ROWS, WALL, rendered
from twin.simulation.layout import layout_of
from twin.simulation.plant import Plant
from twin.simulation.surfaces import Surfaces, apparent, surfaces
from twin.thermography import ThermalFrame

START = 1_768_190_400.0
ALL = np.array([True, True])


def boxes(*ends: tuple[tuple[float, float, float], tuple[float, float, float]]) -> Surfaces:
    low, high = (np.array([box[end] for box in ends]) for end in (0, 1))
    none = np.zeros(len(ends), dtype=np.intp)
    return Surfaces(low, high, none, none, np.ones(len(ends)), np.ones(len(ends)), ())


@pytest.fixture(scope="module")
def frames() -> list[ThermalFrame]:
    """Five minutes of the reference station."""
    plant = Plant(reference(), seed=1, start=START)
    return [frame for _ in range(300) for frame in plant.step().thermal]


@given(turn=st.floats(-3.1, 3.1), tilt=st.floats(-0.6, 1.2), away=st.floats(3.0, 20.0), size=st.floats(0.3, 1.0))
def test_what_is_looked_at_is_in_the_middle_and_as_large_as_it_is(
    turn: float, tilt: float, away: float, size: float
) -> None:
    ahead = np.array([np.cos(turn) * np.cos(tilt), np.sin(turn) * np.cos(tilt), -np.sin(tilt)]) * away
    low, high = (tuple((ahead + sign * size / 2).tolist()) for sign in (-1, 1))
    shown = rendered(np.zeros(3), turn, tilt, boxes((low, high)), np.array([True]))
    rows, columns = np.nonzero(shown == WALL + 1)
    assert (abs(rows.mean() - (ROWS - 1) / 2), abs(columns.mean() - (COLUMNS - 1) / 2)) < (4.0, 4.0)
    a_metre = COLUMNS / (2 * np.tan(FIELD_OF_VIEW[0] / 2)) / away
    assert (0.9 * size * a_metre - 2) ** 2 <= len(rows) <= (2.2 * size * a_metre + 4) ** 2


def test_what_is_nearer_hides_what_is_behind() -> None:
    wall = ((4.0, -9.0, -9.0), (5.0, 9.0, 9.0))
    behind = ((7.0, -1.0, -1.0), (8.0, 1.0, 1.0))
    for of, hidden in ((boxes(wall, behind), WALL + 2), (boxes(behind, wall), WALL + 1)):
        assert not (rendered(np.zeros(3), 0.0, 0.0, of, ALL) == hidden).any()
    assert not (rendered(np.zeros(3), np.pi, 0.0, boxes(wall, behind), ALL) > WALL).any()


def test_left_is_left_and_below_is_below() -> None:
    of = boxes(((9.0, 2.0, -0.5), (10.0, 3.0, 0.5)), ((9.0, -0.5, -3.0), (10.0, 0.5, -2.0)))
    shown = rendered(np.zeros(3), 0.0, 0.0, of, ALL)
    assert np.nonzero(shown == WALL + 1)[1].max() < COLUMNS // 2
    assert np.nonzero(shown == WALL + 2)[0].min() > ROWS // 2
    assert (shown[0] == WALL).all()
    assert (shown[-1] == FLOOR).all()


@given(surface=st.floats(273.0, 400.0), room=st.floats(263.0, 313.0), emissivity=st.floats(0.2, 0.95))
def test_a_bright_surface_shows_less_of_its_warmth_and_paint_shows_all(
    surface: float, room: float, emissivity: float
) -> None:
    of = boxes(((0, 0, 0), (1, 1, 1)))
    of = Surfaces(of.low, of.high, of.room, of.source, of.share, np.array([emissivity]), ())
    [seen] = apparent(of, np.array([surface]), np.array([room]), 0.95)
    assert min(surface, room) - 1e-6 <= seen <= max(surface, room) + 1e-6
    assert abs(seen - room) <= abs(surface - room) + 1e-6
    if emissivity == 0.95:
        assert seen == pytest.approx(surface)


def test_every_robot_looks_at_its_own_pace_from_where_it_is(frames: list[ThermalFrame]) -> None:
    walks = robots.walks(layout_of(reference()))
    for track in walks.tracks:
        own = [frame for frame in frames if frame.camera == track.robot]
        assert len(own) >= 300 / EVERY - 2
        for frame in own:
            away = np.linalg.norm(track.position - np.array(frame.position), axis=1).min()
            assert away < 30.0
            assert np.linalg.norm(frame.orientation) == pytest.approx(1.0)
            assert START - 1.0 <= frame.at < START + 300.0


def test_frames_are_counts_of_a_step_with_the_noise_of_a_sensor(frames: list[ThermalFrame]) -> None:
    of = surfaces(layout_of(reference()))
    assert of is not None
    for frame in frames:
        counts = np.rint(frame.temperature / STEP)
        np.testing.assert_array_equal((counts.astype(np.float64) * STEP).astype(np.float32), frame.temperature)
        corner = frame.temperature[:8, :8]
        if np.ptp(corner) < 1.0:  # nothing but one surface
            assert corner.std() < 3 * NOISE
    assert max(frame.temperature.max() for frame in frames) > 45.0


def test_the_same_plant_takes_the_same_frames() -> None:
    ours, theirs = (Plant(reference(), seed=1, start=START) for _ in range(2))
    for _ in range(40):
        for mine, other in zip(ours.step().thermal, theirs.step().thermal, strict=True):
            np.testing.assert_array_equal(mine.temperature, other.temperature)


def test_a_hot_bearing_is_seen() -> None:
    """The place from which a robot sees most of a pump's bearing shows it as warm as its thermometer says."""
    plant = Plant(reference(), seed=1, start=START)
    plant.step()
    plant._state.rest.warmth.part[:, 0] = 273.15 + 95.0
    frames = [frame for _ in range(40) for frame in plant.step().thermal]
    assert max(frame.temperature.max() for frame in frames) == pytest.approx(95.0, abs=2.0)


def test_a_robot_that_looks_at_nothing_takes_no_frames() -> None:
    of = cameras.Cameras(robots.walks(layout_of(reference())), (), None, np.zeros(1, np.float32))
    plant = Plant(reference(), seed=1, start=START)
    assert cameras.taken(of, plant._state.rest, np.zeros(9), START) == ()


def hung() -> list[Camera]:
    return [camera for camera in reference().file.cameras if camera.kind == "thermal"]


def test_every_fixed_camera_looks_at_its_own_pace_from_where_it_hangs_at_what_the_file_says(
    frames: list[ThermalFrame],
) -> None:
    carried = {robot.id for robot in reference().file.robots}
    assert {frame.camera for frame in frames} == carried | {camera.id for camera in hung()}
    for camera in hung():
        own = [frame for frame in frames if frame.camera == camera.id]
        assert np.diff([frame.at for frame in own]) == pytest.approx(EVERY_FIXED)
        assert len(own) in (1, 2)
        for frame in own:
            assert frame.position == tuple(camera.position)
            x, y, z, w = frame.orientation
            ahead = (1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y))
            way = np.subtract(camera.looks_at, camera.position)
            np.testing.assert_allclose(ahead, way / np.linalg.norm(way), atol=1e-9)


def test_fixed_cameras_take_turns(frames: list[ThermalFrame]) -> None:
    carried = {robot.id for robot in reference().file.robots}
    at = sorted(frame.at for frame in frames if frame.camera not in carried)
    assert np.diff(at).min() == pytest.approx(EVERY_FIXED / len(hung()))


def test_a_fixed_camera_sees_the_hot_bearing_of_its_own_pump_and_its_sisters_do_not() -> None:
    plant = Plant(reference(), seed=1, start=START)
    plant.step()
    hottest: dict[str, float] = {}
    for _ in range(int(EVERY_FIXED)):
        plant._state.rest.warmth.part[2, 0] = 273.15 + 95.0
        for frame in plant.step().thermal:
            hottest[frame.camera] = max(hottest.get(frame.camera, -np.inf), float(frame.temperature.max()))
    watching = {camera.watches: camera.id for camera in hung()}
    pumps = [pump.id for pump in reference().pumps]
    assert hottest[watching[pumps[2]]] == pytest.approx(95.0, abs=1.0)
    assert all(hottest[watching[pump]] < 80.0 for pump in pumps if pump != pumps[2])


def test_a_camera_of_which_nobody_knows_whereto_it_looks_takes_nothing() -> None:
    of = layout_of(reference())
    assert cameras._fixed(of, Camera(id="IRC99", kind="thermal", position=(0, 0, 5), watches="P101")) is None
    known = cameras._fixed(of, hung()[0])
    assert known is not None
    assert known.room == of.machines.room[0]
