"""The painter paints off screen what it was told, anew only when something changed, and knows what is where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app import theme
from app.scene import glb
from app.scene.marks import is_room, ring
from app.scene.painter import Painter
from app.scene.state import LAYERS, Halo, RobotMark, SceneState, Section
from twin.paths import REFERENCE_STATION

SIZE = (320, 200)


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


@pytest.fixture
def painter(model: glb.Model) -> Painter:
    painter = Painter(model, SIZE)
    box = painter.box("P102")
    assert box is not None
    painter.look(painter.camera.fitted(*box, SIZE[0] / SIZE[1], margin=1.6))
    return painter


def middle(painter: Painter, name: str) -> tuple[float, float]:
    low, high = painter.box(name) or (np.zeros(3), np.zeros(3))
    where, before_eye = painter.project(np.array([(low + high) / 2]))
    assert before_eye[0]
    return float(where[0][0]), float(where[0][1])


def changed(before: np.ndarray, after: np.ndarray) -> int:
    """Pixels that differ."""
    return int((before != after).any(axis=2).sum())


def test_a_picture_has_the_size_asked_for_and_is_not_one_colour(painter: Painter) -> None:
    picture = painter.paint()
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert picture.dtype == np.uint8
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100


def test_nothing_is_painted_twice(painter: Painter) -> None:
    first = painter.paint()
    painter.show(SceneState())
    painter.look(painter.camera)
    assert painter.paint() is first
    painter.look(painter.camera.orbited(0.1, 0.0))
    assert painter.stale


def test_the_same_state_gives_the_same_picture(painter: Painter) -> None:
    painter.show(SceneState())
    before = painter.paint().copy()
    painter.show(SceneState(tints=(("P102", theme.ABOVE),), selected="P102"))
    assert changed(before, painter.paint()) > 100
    painter.show(SceneState())
    assert changed(before, painter.paint()) == 0


def test_a_tint_moves_the_machine_towards_its_colour_and_leaves_its_neighbour(painter: Painter) -> None:
    painter.show(SceneState())
    x, y = (round(v) for v in middle(painter, "P102"))
    before = painter.paint()[y, x].astype(int)
    painter.show(SceneState(tints=(("P102", theme.BELOW),)))
    after = painter.paint()[y, x].astype(int)
    assert after[1] - after[0] > before[1] - before[0] + 30  # teal: more green than red
    painter.show(SceneState(tints=(("P101", theme.BELOW),)))
    assert (painter.paint()[y, x] == before).all()


def test_an_alarm_shows_in_its_priority_colour(painter: Painter) -> None:
    painter.show(SceneState(halos=(Halo("P102", theme.PRIORITY_COLOURS["high"], "▲"),)))
    wanted = np.round(255 * np.array(theme.rgb(theme.PRIORITY_COLOURS["high"])))
    near = np.abs(painter.paint().astype(float) - wanted).max(axis=2) < 12
    assert near.sum() > 100


def test_what_is_amiss_with_a_room_is_framed_along_its_sides_and_with_a_machine_ringed() -> None:
    halo = Halo("X", theme.PRIORITY_COLOURS["high"], theme.PRIORITY_SHAPES["high"])
    room = np.array([10.0, 10.0, 0.0]), np.array([60.0, 40.0, 0.2])
    machine = np.array([17.0, 24.0, 0.4]), np.array([22.0, 26.0, 2.5])
    assert is_room(room)
    assert not is_room(machine)
    assert ring(room, halo).GetBounds()[:4] == pytest.approx((10.0, 60.0, 10.0, 40.0))  # within the room
    low_x, high_x, low_y, high_y = ring(machine, halo).GetBounds()[:4]
    assert (low_x + high_x) / 2 == pytest.approx(19.5)
    assert high_x - low_x == pytest.approx(high_y - low_y, rel=0.01)


def test_a_click_finds_the_part_under_it(painter: Painter) -> None:
    hit = painter.pick(*middle(painter, "P102.motor"))
    assert hit is not None
    assert hit.name.startswith("P102")
    assert np.linalg.norm(hit.at - np.array([28.0, 25.0, 1.5])) < 6.0


def test_the_building_has_no_name_and_the_sky_is_nothing(painter: Painter) -> None:
    painter.look(replace(painter.camera, elevation=0.02, distance=150.0))
    assert painter.pick(2.0, 2.0) is None
    painter.look(painter.overview())
    names = {hit.name for x in range(0, 320, 16) for y in range(0, 200, 10) if (hit := painter.pick(x, y))}
    assert not any(name.startswith("building") for name in names)
    assert any(name.startswith(("ROOM", "HALL")) for name in names)


def test_a_robot_is_found_before_what_stands_behind_it(painter: Painter) -> None:
    painter.show(SceneState(robots=(RobotMark("RB1", "ground", (24.5, 20.0, 0.0), 0.0),)))
    where, _ = painter.project(np.array([[24.5, 20.0, 0.6]]))
    hit = painter.pick(*where[0])
    assert hit is not None
    assert hit.name == "RB1"


def test_a_robot_is_seen_where_it_is_and_leaves_a_trail(painter: Painter) -> None:
    painter.look(painter.overview())
    painter.show(SceneState())
    empty = painter.paint()
    mark = RobotMark("RB1", "ground", (24.5, 20.0, 0.0), 0.0)
    painter.show(SceneState(robots=(mark,)))
    robot = changed(empty, painter.paint())
    trail = tuple((24.5, 12.0 + y, 0.0) for y in range(8))
    painter.show(SceneState(robots=(replace(mark, trail=trail),)))
    assert 0 < robot < changed(empty, painter.paint())


def test_a_robot_whose_pose_is_not_a_number_is_not_shown(painter: Painter) -> None:
    painter.show(SceneState())
    empty = painter.paint()
    nowhere = RobotMark("RB1", "ground", (float("nan"), 20.0, 0.0), 0.0, ((1.0, float("nan"), 0.0),) * 3)
    painter.show(SceneState(robots=(nowhere,)))
    assert changed(empty, painter.paint()) == 0


def test_roof_and_walls_come_back_when_they_are_wanted(painter: Painter) -> None:
    painter.look(painter.overview())
    cut = painter.paint()
    painter.show(SceneState(hidden=frozenset()))
    assert changed(cut, painter.paint()) > 0.1 * SIZE[0] * SIZE[1]


def test_what_is_projected_is_what_is_picked(painter: Painter) -> None:
    hit = painter.pick(150.0, 90.0)
    assert hit is not None
    where, _ = painter.project(hit.at)
    assert np.allclose(where[0], (150.0, 90.0), atol=0.5)


def test_the_contour_surrounds_the_machine(painter: Painter) -> None:
    contour = painter.contour("P102")
    x, y = middle(painter, "P102")
    assert contour[:, 0].min() < x < contour[:, 0].max()
    assert contour[:, 1].min() < y < contour[:, 1].max()
    assert len(painter.contour("no such thing")) == 0


def test_another_size_gives_a_picture_of_that_size(painter: Painter) -> None:
    painter.resize(200, 160)
    assert painter.paint().shape == (160, 200, 3)


def test_smooth_edges_last_until_the_camera_moves(painter: Painter) -> None:
    painter.look(painter.overview())
    rough = painter.paint().copy()
    painter.refine()
    assert changed(rough, painter.paint()) > 0
    camera = painter.camera
    painter.look(camera.orbited(0.1, 0.0))
    painter.look(camera)
    assert changed(rough, painter.paint()) == 0


def test_a_click_from_afar_finds_the_part_in_its_finer_form(painter: Painter) -> None:
    painter.look(painter.overview())
    hit = painter.pick(*middle(painter, "P102"))
    assert hit is not None
    assert hit.name.startswith("P102")


def test_a_tint_shows_from_near_and_from_afar(painter: Painter) -> None:
    near = painter.camera
    for camera in (near, painter.overview()):
        painter.look(camera)
        painter.show(SceneState())
        plain = painter.paint().copy()
        painter.show(SceneState(tints=(("P102", "#FF2200"),)))
        x, y = (int(each) for each in middle(painter, "P102"))
        red = painter.paint()[y - 1 : y + 2, x - 1 : x + 2, 0].astype(int) - plain[y - 1 : y + 2, x - 1 : x + 2, 0]
        assert red.max() > 20


def test_every_layer_of_the_model_can_be_taken_away_and_comes_back(painter: Painter) -> None:
    painter.look(painter.overview())
    assert set(painter.layers) == set(LAYERS)
    for layer in LAYERS:
        others = frozenset() if layer in {"roof", "walls"} else frozenset({"roof", "walls"})
        painter.show(SceneState(hidden=others))
        with_it = painter.paint().copy()
        painter.show(SceneState(hidden=others | {layer}))
        assert changed(with_it, painter.paint()) > 0, layer
        painter.show(SceneState(hidden=others))
        assert changed(with_it, painter.paint()) == 0, layer


def test_with_the_robots_layer_the_robots_go_too(painter: Painter) -> None:
    low, _ = painter.box("P102") or (np.zeros(3), np.zeros(3))
    robot = RobotMark("RB1", "ground", (float(low[0]) - 1.0, float(low[1]) - 1.0, 0.0), 0.0)
    painter.show(SceneState(robots=(robot,)))
    with_robot = painter.paint().copy()
    painter.show(SceneState(robots=(robot,), hidden=SceneState().hidden | {"robots"}))
    assert changed(with_robot, painter.paint()) > 0


def test_what_is_isolated_is_all_that_is_seen_and_found(painter: Painter) -> None:
    at_pump, at_floor = middle(painter, "P102"), (3.0, 3.0)
    ground = Painter(glb.Model((), (), ()), SIZE).paint()
    painter.show(SceneState(selected="P102", alone="isolate"))
    assert changed(painter.paint(), ground) < 0.5 * SIZE[0] * SIZE[1]
    hit = painter.pick(*at_pump)
    assert hit is not None
    assert hit.name.startswith("P102")
    assert painter.pick(*at_floor) is None
    painter.show(SceneState())
    assert painter.pick(*at_floor) is not None


def test_a_single_piece_of_equipment_is_taken_away_for_the_eye_and_for_the_click_and_comes_back(
    painter: Painter,
) -> None:
    whole = painter.paint().copy()
    x, y = painter.project(np.mean(painter.box("P101"), axis=0)[None])[0][0]
    hit = painter.pick(x, y)
    assert hit is not None
    assert hit.name.startswith("P101")
    painter.show(SceneState(away=frozenset({"P101"}), selected="P101"))
    without = painter.paint().copy()
    assert (without != whole).any()
    behind = painter.pick(x, y)
    assert behind is None or not behind.name.startswith("P101")
    painter.show(SceneState())
    assert (painter.paint() == whole).all()
    assert painter.pick(x, y).name == hit.name  # type: ignore[union-attr]


def test_a_ghost_lets_what_is_selected_be_seen_behind_others(painter: Painter) -> None:
    painter.show(SceneState(selected="P102"))
    whole = painter.paint().astype(int)
    painter.show(SceneState(selected="P102", alone="ghost"))
    ghost = painter.paint().astype(int)
    x, y = (int(each) for each in middle(painter, "P102"))
    assert np.abs(ghost - whole)[y - 3 : y + 3, x - 3 : x + 3].max() <= 2
    assert ghost.mean() < whole.mean()


def test_isolating_nothing_shows_everything(painter: Painter) -> None:
    everything = painter.paint().copy()
    painter.show(SceneState(alone="isolate"))
    assert changed(everything, painter.paint()) == 0


@pytest.mark.parametrize("flipped", [False, True])
def test_a_section_cuts_away_one_side_for_the_eye_and_for_the_click(
    model: glb.Model, painter: Painter, flipped: bool
) -> None:
    painter.look(painter.overview())
    low, _ = painter.box("P203") or (np.zeros(3), np.zeros(3))
    shown, gone = ("P203", "P102") if flipped else ("P102", "P203")
    painter.show(SceneState(section=Section("x", float(low[0]) - 1.0, flipped)))
    hit = painter.pick(*middle(painter, shown))
    assert hit is not None
    assert hit.name.startswith(shown)
    behind = painter.pick(*middle(painter, gone))
    assert behind is None or not behind.name.startswith(gone)
    everything = Painter(model, SIZE)
    assert changed(everything.paint(), painter.paint()) > 1000


def test_a_model_with_nothing_in_it_gives_an_empty_picture(tmp_path: Path) -> None:
    painter = Painter(glb.Model((), (), ()), SIZE)
    assert painter.paint().shape == (SIZE[1], SIZE[0], 3)
    assert painter.pick(10.0, 10.0) is None
    assert painter.box("") is None
