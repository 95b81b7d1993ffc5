"""What no camera sees: behind a wall, behind a machine, from behind; and what a camera would see, rendered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scene import blind, gaze
from app.scene.camera import Camera
from app.scene.coverage import CELL, Cells, Coverage
from app.scene.gaze import Gaze
from app.scene.glb import Material, Model, Part
from app.scene.painter import Painter
from app.scene.skin import Skin, floors, parted
from app.scene.state import SceneState, Sightings
from app.scene.surround import SIDES, Post, View, aim, equirectangular

SIZE = (300, 260)
CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
LEFT = Post("PAN1", (2.5, 5.0, 2.5), size=128)
RIGHT = Post("PAN2", (7.5, 5.0, 2.5), size=128)


def box(node: str, low: tuple[float, ...], high: tuple[float, ...], layer: str = "", material: int = 0) -> Part:
    """A closed box with its faces outwards."""
    points, triangles = [], []
    for face in FACES:
        start = len(points)
        points += [np.array(low) + CORNERS[corner] * np.subtract(high, low) for corner in face]
        triangles += [(start, start + 1, start + 2), (start, start + 2, start + 3)]
    held = np.array(points, np.float32)
    corners = held[np.array(triangles)]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.repeat(across[::2] / np.linalg.norm(across[::2], axis=1)[:, None], 4, axis=0)
    return Part(node, material, held, normals, np.array(triangles, np.int32), np.ones(len(held), np.float32), layer)


@pytest.fixture(scope="module")
def room() -> Model:
    """A room of 10 m, parted by a wall, with a machine to either side."""
    parts = (
        box("building.floor", (0, 0, -0.2), (10, 10, 0), "building"),
        box("building.walls.middle", (4.9, 0, 0), (5.1, 10, 3), "building", 1),
        box("building.roof", (0, 0, 3), (10, 10, 3.2), "building"),
        box("P101", (1, 4, 0.2), (2, 5, 1.2), "pumps", 2),
        box("P201", (8, 4, 0.2), (9, 5, 1.2), "pumps", 2),
    )
    colours = ((0.2, 0.2, 0.2), (0.0, 0.0, 0.8), (0.8, 0.0, 0.0))
    materials = tuple(Material("paint", colour, 1.0, 0.0, 0.5) for colour in colours)
    return Model(parts, materials, tuple(part.node for part in parts))


def found_out(painter: Painter) -> Painter:
    for _ in range(200):
        if not painter.lookout.go_on(0.0):
            return painter
    raise AssertionError("it never ends")


def test_boxes_face_outwards(room: Model) -> None:
    part = room.parts[3]
    corners = part.points[part.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward = corners.mean(axis=1) - part.points.mean(axis=0)
    assert (np.einsum("ij,ij->i", across, outward) > 0).all()


# ---- pieces ---------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-20, 20, width=32)] * 9), min_size=1, max_size=5), st.floats(0.5, 50.0))
def test_pieces_are_small_cover_what_they_are_of_and_face_as_it_does(
    corners: list[tuple[float, ...]], largest: float
) -> None:
    triangles = np.array(corners, np.float32).reshape(-1, 3, 3)
    pieces, of = parted(triangles, largest)

    def across(held: np.ndarray) -> np.ndarray:
        return np.cross(held[:, 1] - held[:, 0], held[:, 2] - held[:, 0]) / 2

    whole = np.zeros((len(triangles), 3))
    np.add.at(whole, of, across(pieces))
    assert whole == pytest.approx(across(triangles), abs=0.05)
    assert (np.linalg.norm(across(pieces), axis=1) <= largest * 1.001 + 1e-3).all()


def test_the_skin_has_floors_and_machines_but_neither_roof_nor_walls(room: Model) -> None:
    skin = Skin.of(room.parts)
    assert set(skin.part.tolist()) == {0, 3, 4}
    assert float(skin.areas[skin.is_floor].sum()) == pytest.approx(100.0)
    assert float(skin.areas[~skin.is_floor].sum()) == pytest.approx(12.0)
    assert not floors(room.parts[3].points[room.parts[3].triangles]).any()


# ---- what is seen ---------------------------------------------------------------------------------------------------


def test_a_wall_hides_what_is_behind_it_though_it_is_taken_away_in_the_picture(room: Model) -> None:
    painter = Painter(room, SIZE)
    painter.show(SceneState(posts=(LEFT,)))
    assert painter.lookout.blindness is not None
    assert painter.lookout.blindness.done == 0.0
    one = found_out(painter).lookout.blindness
    assert one is not None
    assert one.floors == pytest.approx(0.52, abs=0.04)  # the other half, and what the machine hides
    painter.show(SceneState(posts=(LEFT, RIGHT)))
    both = found_out(painter).lookout.blindness
    assert both is not None
    assert both.floors < 0.08
    assert 0.5 < both.machines < one.machines  # undersides, and the sides that are turned away


def test_who_looks_elsewhere_or_not_so_far_sees_nothing_of_it(room: Model) -> None:
    painter = Painter(room, SIZE)
    away = Post("IRC1", (2.5, 5.0, 2.5), towards=(2.5, 5.0, 3.0), half=(0.4, 0.3))
    near = Post("RB1", (2.5, 5.0, 2.5), size=64, reach=1.0)
    for post in (away, near):
        painter.show(SceneState(posts=(post,)))
        blindness = found_out(painter).lookout.blindness
        assert blindness is not None
        assert (blindness.floors, blindness.machines) == (1.0, 1.0)


def test_what_nobody_sees_is_hatched_and_the_hatch_goes_with_the_question(room: Model) -> None:
    painter = Painter(room, SIZE)
    painter.look(Camera((5.0, 5.0, 0.0), 30.0, -np.pi / 2, 1.5))
    plain = painter.paint().astype(int)
    painter.show(SceneState(posts=(LEFT,)))
    hatched = found_out(painter).paint().astype(int)
    where, _ = painter.project(np.array([[2.5, 8.0, 0.0], [7.5, 8.0, 0.0]]))
    around = [(slice(int(y) - 6, int(y) + 7), slice(int(x) - 6, int(x) + 7)) for x, y in where]
    seen, unseen = ((np.abs(plain - hatched)[piece] > 20).mean() for piece in around)
    assert seen < 0.05
    assert 0.25 < unseen < 0.75
    painter.show(SceneState())
    assert painter.lookout.blindness is None
    assert np.abs(painter.paint() - plain).max() <= 2


def test_a_moving_camera_sees_the_largest_pieces_of_the_hatch_and_a_resting_one_all(
    room: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blind, "FEW", 20)
    painter = Painter(room, SIZE)
    painter.show(SceneState(posts=(LEFT,)))
    found_out(painter)
    held = painter.lookout._blind
    painter.refine()
    assert held._whole.GetVisibility()
    whole, told = painter.paint().copy(), held.blindness
    painter.look(painter.camera.orbited(0.1, 0.0))
    painter.look(painter.camera.orbited(-0.1, 0.0))
    assert held._coarse.GetVisibility()
    assert held._coarse.GetMapper().GetInput().GetNumberOfCells() == 20
    assert not held._whole.GetVisibility()
    painter.refine()
    assert np.abs(painter.paint().astype(int) - whole).max() <= 2
    assert held.blindness == told


def test_what_is_known_of_a_post_is_not_found_out_again(room: Model) -> None:
    painter = Painter(room, SIZE)
    painter.show(SceneState(posts=(LEFT,)))
    found_out(painter)
    painter.show(SceneState())
    painter.show(SceneState(posts=(LEFT,)))
    assert not painter.lookout.go_on(0.0)
    assert painter.lookout.blindness is not None
    assert painter.lookout.blindness.done == 1.0


def test_a_machine_is_seen_from_its_own_side_of_the_wall_only(room: Model) -> None:
    painter = Painter(room, SIZE)
    assert painter.seen_share(LEFT.position, "P101") > 0.8
    assert painter.seen_share(LEFT.position, "P201") == 0.0
    assert painter.seen_share(LEFT.position, "nothing") == 0.0


def test_what_faces_away_is_not_seen_unless_it_has_a_back() -> None:
    view = View(aim(np.zeros(3), 0), np.full((64, 64), 5.0, np.float32))
    points = np.array([[4.0, 0.0, 0.0]] * 3 + [[6.0, 0.0, 0.0]])
    normals = np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    assert view.sees(points, normals).tolist() == [True, False, False, False]
    assert view.sees(points, normals, np.array([False, False, True, True])).tolist() == [True, False, True, False]


def test_what_materials_say_of_their_backs_is_known_of_every_piece(room: Model) -> None:
    skin = Skin.of(room.parts, frozenset({2}))
    assert set(skin.part[skin.has_back].tolist()) == {3, 4}
    assert not skin.has_back[skin.is_floor].any()


# ---- rendered panoramas ---------------------------------------------------------------------------------------------


def test_six_sides_make_one_panorama_with_each_in_its_direction() -> None:
    sides = np.stack([np.full((16, 16, 3), 10 * side, np.uint8) for side in range(6)])
    panorama = equirectangular(sides, 64)
    for side, (ahead, _) in enumerate(SIDES):
        turn, tilt = np.arctan2(ahead[1], ahead[0]), np.arcsin(ahead[2])
        row = min(63, int((0.5 - tilt / np.pi) * 64))
        assert panorama[row, int((0.5 - turn / (2 * np.pi)) * 128) % 128, 0] == 10 * side
        assert np.allclose(aim(np.zeros(3), side).axes[0], ahead)


def test_a_panorama_is_rendered_side_by_side_with_walls_and_roof_in_their_place(room: Model) -> None:
    painter = Painter(room, SIZE)
    before = painter.paint().copy()
    assert painter.lookout.panorama(LEFT.position) is None
    steps = 1
    while painter.lookout.go_on(0.0):
        steps += 1
    assert steps == len(SIDES)
    panorama = painter.lookout.panorama(LEFT.position)
    assert panorama is not None
    middle = gaze.seen(panorama, np.eye(3), Gaze(0.0, 0.0, 0.3), 9, 9, fine=False)[4, 4].astype(int)
    assert middle[2] > middle[0] + 40  # the wall is blue
    machine = gaze.towards(np.array(LEFT.position), np.array([1.5, 4.5, 1.2]), Gaze())
    seen = gaze.seen(panorama, np.eye(3), machine, 9, 9, fine=False)[4, 4].astype(int)
    assert seen[0] > seen[2] + 40  # the machine is red
    painter.look(painter.camera.orbited(0.1, 0.0))
    painter.look(painter.camera.orbited(-0.1, 0.0))
    assert np.abs(painter.paint().astype(int) - before).max() <= 2


def test_a_rendered_panorama_shows_no_tints_and_leaves_them_where_they_are(room: Model) -> None:
    painter = Painter(room, SIZE)
    painter.show(SceneState(tints=(("P101", "#00FF00"),)))
    tinted = painter.paint().copy()
    painter.lookout.panorama(LEFT.position)
    found_out(painter)
    panorama = painter.lookout.panorama(LEFT.position)
    assert panorama is not None
    machine = gaze.towards(np.array(LEFT.position), np.array([1.5, 4.5, 1.2]), Gaze())
    seen = gaze.seen(panorama, np.eye(3), machine, 9, 9, fine=False)[4, 4].astype(int)
    assert seen[0] > seen[1] + 40
    painter.resize(SIZE[0] + 1, SIZE[1])
    painter.resize(*SIZE)
    assert np.abs(painter.paint().astype(int) - tinted).max() <= 2


# ---- what robots have seen ------------------------------------------------------------------------------------------


def sightings(*places: tuple[float, ...]) -> Sightings:
    return Sightings(0.0, (), 3600.0, ("#000000", "#FFFFFF"), np.array(places, np.float64).reshape(-1, 4))


def test_a_robot_that_passes_sees_nothing_behind_the_wall(room: Model) -> None:
    painter = Painter(room, SIZE)
    passed = sightings((60.0, 3.0, 5.0, 1.2))
    painter.show(SceneState(sightings=passed))
    cells = Cells(np.array([[0.0, 0.0, -0.2], [10.0, 10.0, 3.2]]))

    def ages() -> np.ndarray:
        lit = Coverage(passed, cells, lambda place: painter._sightlines.lit(place, cells))
        return lit._ages.reshape(cells.count)

    assert (ages() == 3600.0).all()  # as long as nobody knows what hides what
    steps = 0
    while painter.find_out(0.0):
        steps += 1
    found = ages()
    assert steps == 4  # after five sides there is nothing more
    cell = (int(7.5 // CELL), int(5.0 // CELL), 0)
    assert found[cell] == 3600.0
    assert found[int(3.0 // CELL), int(8.0 // CELL), 0] == 60.0
    openly = Coverage(passed, cells)._ages.reshape(cells.count)
    assert openly[cell] == 60.0


def test_places_close_to_each_other_are_looked_from_once(room: Model) -> None:
    painter = Painter(room, SIZE)
    painter.show(SceneState(sightings=sightings((60.0, 3.0, 5.0, 1.2))))
    while painter.find_out(0.0):
        pass
    later = replace(sightings((30.0, 3.2, 5.1, 1.2)), at=30.0)
    painter.show(SceneState(sightings=later))
    assert not painter.find_out(0.0)


def test_of_a_skin_the_largest_triangles_are_whole_where_all_of_their_pieces_are_wanted(room: Model) -> None:
    skin = Skin.of(room.parts)
    every = np.ones(len(skin), bool)
    assert len(skin.largest(every, len(skin))) == len(np.unique(skin.of_triangle)) < len(skin)
    torn = every.copy()
    torn[np.flatnonzero(skin.of_triangle == np.bincount(skin.of_triangle).argmax())[0]] = False  # of the floor
    assert len(skin.largest(torn, len(skin))) > len(np.unique(skin.of_triangle[torn]))
    held = skin.largest(torn, len(skin))
    across = np.cross(held[:, 1] - held[:, 0], held[:, 2] - held[:, 0])
    areas = np.linalg.norm(across, axis=1) / 2
    assert areas.sum() == pytest.approx(skin.areas[torn].sum(), rel=1e-4)
    assert (np.diff(areas) <= 1e-4).all()
