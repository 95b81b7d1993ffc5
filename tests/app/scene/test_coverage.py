"""What was seen when: near a robot's way a moment ago, elsewhere when a good sample came, and what never was."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import theme
from app.presenters import last_seen
from app.presenters.last_seen import REACH, STEP, LastSeen
from app.scene import glb
from app.scene.coverage import CELL, SIGHT, Cells, Coverage, floors, seen, thinned
from app.scene.painter import Painter
from app.scene.solids import Solid
from app.scene.state import SceneState, Sightings
from tests.app import fakes
from tests.app.scene import models
from twin.signals import Quality, Tag, TagTable

STATION = np.array([[0.0, 0.0, 0.0], [30.0, 15.0, 6.0]])
SIZE = (320, 200)


def sightings(*places: tuple[float, float, float, float], sampled: tuple[tuple[str, float], ...] = ()) -> Sightings:
    return Sightings(0.0, sampled, REACH, last_seen.ramp(), np.array(places, np.float64).reshape(-1, 4))


@pytest.fixture
def model(tmp_path: Path) -> glb.Model:
    path = tmp_path / "small.glb"
    path.write_bytes(models.glb())
    return glb.read(path)


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 30), st.floats(0, 15), st.floats(0, 6)), max_size=8))
def test_a_cell_was_seen_when_the_last_robot_passed_within_sight(places: list[tuple[float, ...]]) -> None:
    held = np.array(places, np.float64).reshape(-1, 4)
    cells = Cells(STATION)
    ages = seen(held, cells, REACH, cells.within_sight).reshape(20, 10, 4)
    middle = np.array([10.5 * CELL, 5.5 * CELL, 1.5 * CELL])
    near = [ago for ago, *at in thinned(held) if np.linalg.norm(np.array(at) - middle) <= SIGHT]
    assert ages[10, 5, 1] == min([REACH, *near])


def test_of_places_close_to_each_other_the_latest_counts_and_what_is_none_does_not() -> None:
    held = np.array([[50.0, 3.0, 3.0, 0.0], [10.0, 3.1, 3.0, 0.0], [5.0, np.nan, 0.0, 0.0], [90.0, 20.0, 3.0, 0.0]])
    assert thinned(held)[:, 0].tolist() == [10.0, 90.0]


def test_a_surface_has_the_age_of_its_place_or_of_its_equipments_sample(model: glb.Model) -> None:
    solid = Solid.of(model.parts, model.materials)
    reach = np.array([[0.0, -1.0, 0.0], [6.0, 4.0, 3.0]])
    near = Coverage(sightings((100.0, 0.0, -6.0, 0.0)), Cells(reach)).ages(solid)
    roof = slice(solid.first_point[1], None)
    assert near[: solid.first_point[1]] == pytest.approx(REACH)
    assert (near[roof] == 100.0).any()
    sampled = Coverage(sightings(sampled=(("P101", 40.0),)), Cells(reach)).ages(solid)
    assert sampled[: solid.first_point[1]] == pytest.approx(40.0)
    assert sampled[roof] == pytest.approx(REACH)


def test_the_colours_go_along_the_ramp_and_the_carpet_lies_where_somebody_was() -> None:
    floor = np.array(
        [[[0.0, 0.0, 0.0], [30.0, 0.0, 0.0], [30.0, 15.0, 0.0]], [[0.0, 0.0, 0.0], [30.0, 15.0, 0.0], [0.0, 15.0, 0.0]]]
    )
    coverage = Coverage(sightings((0.0, 5.0, 7.0, 0.5)), Cells(STATION, floor))
    carpet = coverage.carpet()
    low, high = np.array(carpet.GetBounds()[0:4:2]), np.array(carpet.GetBounds()[1:4:2])
    assert np.abs(low - (5.0 - SIGHT, 7.0 - SIGHT)).max() < CELL
    assert np.abs(high - (5.0 + SIGHT, 7.0 + SIGHT)).max() < CELL
    assert coverage._coloured(np.array([0.0]))[0] == pytest.approx(255 * np.array(theme.rgb(last_seen.ramp()[0])))
    assert coverage._coloured(np.array([REACH]))[0] == pytest.approx(255 * np.array(theme.rgb(last_seen.ramp()[-1])))


def test_a_ledge_is_no_floor(model: glb.Model) -> None:
    assert len(floors(model.parts)) == 0


def test_the_scene_takes_the_colours_and_gives_them_back(model: glb.Model) -> None:
    painter = Painter(model, SIZE)
    painter.show(SceneState())
    before = painter.paint().copy()
    painter.show(SceneState(sightings=sightings((5.0, 5.0, 3.0, 2.0))))
    assert (painter.paint() != before).any()
    painter.show(SceneState(tints=(("P101", theme.ABOVE),)))
    tinted = painter.paint().copy()
    painter.show(SceneState())
    assert (painter.paint() == before).all()
    painter.show(SceneState(tints=(("P101", theme.ABOVE),)))
    assert (painter.paint() == tinted).all()


def test_tags_of_what_the_station_does_not_know_cost_nothing_and_change_nothing() -> None:
    own = fakes.station().tags
    more = [Tag(f"XT-{n}", equipment=f"X{n}") for n in range(50)]
    frame = fakes.frame(0.0)
    padded = fakes.Frame(frame.at, np.pad(frame.values, (0, 50)), np.pad(frame.quality, (0, 50)))
    few, many = LastSeen(fakes.station(), own), LastSeen(fakes.station(), TagTable((*own, *more)))
    few.take(frame)
    many.take(padded)
    assert dict(many.sightings(padded, []).sampled) == dict(few.sightings(frame, []).sampled)
    assert len(many._columns) == len(few._columns)


def test_surfaces_keep_their_colours_until_their_cells_are_reckoned_elsewhere(model: glb.Model) -> None:
    put_off: list[tuple[Future, Callable[..., object], tuple[object, ...]]] = []

    def later(work: Callable[..., object], *asked: object) -> Future:
        put_off.append((Future(), work, asked))
        return put_off[-1][0]

    painter = Painter(model, SIZE, later)
    before = painter.paint().copy()
    seen_ago = SceneState(sightings=sightings(sampled=(("P101", 40.0),)))
    painter.show(seen_ago)
    assert painter.find_out(0.0)  # there is more to come
    assert (painter.paint() == before).all()
    for done, work, asked in put_off:
        done.set_result(work(*asked))
    painter.find_out(0.0)
    assert (painter.paint() != before).any()
    assert not painter.find_out(0.0)


def test_what_is_shown_later_has_the_colours_of_when_it_was_seen_too(model: glb.Model) -> None:
    painter, other = Painter(model, SIZE), Painter(model, SIZE)
    hidden = frozenset(painter.layers)
    other.show(SceneState(hidden=frozenset()))
    plain = other.paint().copy()
    seen_ago = sightings(sampled=(("P101", 40.0),))
    painter.show(SceneState(sightings=seen_ago, hidden=hidden))
    painter.show(SceneState(sightings=seen_ago, hidden=frozenset()))
    other.show(SceneState(sightings=seen_ago, hidden=frozenset()))
    assert (painter.paint() == other.paint()).all()
    painter.show(SceneState(hidden=hidden))
    painter.show(SceneState(hidden=frozenset()))
    assert (painter.paint() == plain).all()


def test_an_equipment_was_sampled_when_the_best_of_its_tags_was_last_good() -> None:
    tags = fakes.station().tags
    remembered = LastSeen(fakes.station(), tags)
    remembered.take(fakes.frame(0.0))
    bad = fakes.frame(60.0)
    quality = bad.quality.copy()
    quality[[c for c, tag in enumerate(tags) if tag.equipment == "P101"]] = Quality.BAD
    later = fakes.Frame(bad.at, bad.values, quality)
    remembered.take(later)
    found = dict(remembered.sightings(later, []).sampled)
    assert found["P101"] == 60.0
    assert found["P102"] == 0.0
    assert "HALL-A" not in found  # its sensor says something of its air
    assert remembered.sightings(later, []) == remembered.sightings(later, [])
    assert remembered.sightings(later, []).at % STEP == 0.0
