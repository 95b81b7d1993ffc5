"""What is laid over the scene, and only when asked for: water and shafts while time goes on, thermal pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from app.messages import Mail
from app.presenters import laying, scene
from app.scene import glb
from app.scene.painter import Painter
from app.scene.state import MOTION, OVERLAYS, THERMAL, Running, SceneState
from app.views import scene_probe, scene_tools
from app.views.scene import Scene
from tests.app import fakes
from tests.app.scene import models
from tests.app.test_scene_view import Shown, mail
from tests.app.test_thermal import picture


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def presenter(shown: Shown) -> scene.Presenter:
    return scene.Presenter(shown, fakes.station())


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    path = tmp_path / "small.glb"
    path.write_bytes(models.glb())
    view = Scene()
    view.resize(400, 300)
    qtbot.addWidget(view)
    view.furnish(Painter(glb.read(path), (400, 300)))
    yield view
    view.show_state(SceneState())  # its clock stops with what flows


def seeing(second: float, *ages: float) -> Mail:
    """A mail with pictures that were taken so many seconds before its cursor."""
    brought = mail(second)
    frames = (picture("RB1", 28.0 + 10.0 * number) for number, _ in enumerate(ages))
    timed = [
        replace(f, at=brought.cursor - age, camera=f"C{n}") for n, (f, age) in enumerate(zip(frames, ages, strict=True))
    ]
    return replace(brought, thermal=tuple(sorted(timed, key=lambda frame: frame.at)))


def test_shafts_turn_at_the_speed_the_model_knows_and_stand_where_their_pump_does(
    presenter: scene.Presenter, shown: Shown
) -> None:
    presenter.take(mail(5.0))
    running = {each.pump: each for each in shown.states[-1].running}
    assert running["P101"] == Running("P101", round(0.97 * 990 / 60, 1), 1.8)
    assert running["P104"].speed == 0.0


def test_water_moves_on_only_while_it_is_asked_for_and_time_goes_on(presenter: scene.Presenter, shown: Shown) -> None:
    presenter.take(mail(5.0))
    assert not shown.states[-1].flowing
    presenter.lay_over(MOTION, True)
    assert shown.states[-1].flowing
    presenter.take(replace(mail(5.0), playing=False))
    assert not shown.states[-1].flowing
    presenter.take(mail(6.0))
    presenter.lay_over(MOTION, False)
    assert not shown.states[-1].flowing


def test_the_clock_of_what_flows_runs_only_while_it_flows(view: Scene) -> None:
    assert not view._motion.isActive()
    view.show_state(SceneState(flowing=True, shown=frozenset({MOTION})))
    assert view._motion.isActive()
    view.show_state(SceneState(shown=frozenset({MOTION})))
    assert not view._motion.isActive()


def test_pictures_lie_on_the_model_only_when_asked_for_and_fade(presenter: scene.Presenter, shown: Shown) -> None:
    presenter.take(seeing(100.0, 10.0, laying.FADES * 0.6, laying.FADES + 1.0))
    assert shown.states[-1].drapes == ()
    presenter.lay_over(THERMAL, True)
    state = shown.states[-1]
    assert [drape.camera for drape in state.drapes] == ["C1", "C0"]
    assert state.drapes[0].freshness <= 0.5 < state.drapes[1].freshness <= 1.0
    assert len(state.pictures) == 3  # the faded one still tells what it saw
    assert state.legend is not None
    assert (state.legend.low, state.legend.high) == state.heat == (30.0, 70.0)
    presenter.lay_over(THERMAL, False)
    assert shown.states[-1].drapes == ()
    assert shown.states[-1].legend is None


def test_colours_never_mean_residuals_and_warmth_at_once(presenter: scene.Presenter, shown: Shown) -> None:
    flagged = replace(mail(30.0, flagged=True), thermal=seeing(30.0, 10.0).thermal)
    presenter.take(flagged)
    assert shown.states[-1].tints != ()
    presenter.lay_over(THERMAL, True)
    assert shown.states[-1].tints == ()
    presenter.lay_over(THERMAL, False)
    assert shown.states[-1].tints != ()


def test_of_many_pictures_the_newest_from_each_place_lie_on_the_model_and_those_of_what_is_selected() -> None:
    frames = [replace(picture("RB1", 18.0 + 0.5 * (n % 12)), at=float(n)) for n in range(24)]
    drapes = laying.laid(frames, 24.0)
    assert [drape.at for drape in drapes] == [float(n) for n in range(24 - laying.MOST, 24)]
    wanted = laying.laid(frames, 24.0, [frames[12]])
    assert [drape.at for drape in wanted] == [12.0, *(float(n) for n in range(25 - laying.MOST, 24))]


def test_a_point_is_probed_only_while_pictures_are_shown(presenter: scene.Presenter, shown: Shown) -> None:
    presenter.take(seeing(100.0, 10.0))
    presenter.probe(1.0, 2.0, 3.0)
    assert shown.states[-1].probe is None
    presenter.lay_over(THERMAL, True)
    presenter.probe(1.0, 2.0, 3.0)
    assert shown.states[-1].probe == (1.0, 2.0, 3.0)
    assert shown.states[-1].now == math.floor(fakes.START + 100.0)
    presenter.lay_over(THERMAL, False)
    assert shown.states[-1].probe is None


@pytest.mark.parametrize("at", [QPointF(20, 20), QPointF(280, 180)])
def test_the_probes_plate_stays_in_the_picture_and_says_how_it_came_about(qtbot: QtBot, at: QPointF) -> None:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    placed: list[QRectF] = []
    scene_probe.paint(painter, at, [(0.0, "RB1", 40.0), (600.0, "RB1", 44.5)], 617.0, QRectF(0, 0, 300, 200), placed)
    painter.end()
    assert QRectF(0, 0, 300, 200).contains(placed[0])
    told = scene_probe._said([(0.0, "RB1", 40.0), (600.0, "RB1", 44.5)], 617.0)
    assert told == ["44.5 °C", "RB1  ·  00:17 ago", "40.0 … 44.5 °C"]
    assert len(scene_probe._said([], 617.0)) == 1


def test_everything_that_may_be_laid_over_is_offered() -> None:
    assert set(scene_tools.LAID_OVER) == set(OVERLAYS)
