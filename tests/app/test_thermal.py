"""The thermal panel: colours even to the eye, true figures, the sister from the same side, what was known when."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from pytestqt.qtbot import QtBot

from app import heat
from app.gallery import MOST, REACH, Gallery
from app.messages import Mail
from app.presenters import thermal
from app.presenters.selection import Selection
from app.presenters.sights import Sights, turned
from app.presenters.thermal import State
from app.views.thermal import Canvas, Thermal, at, hottest
from tests.app import fakes
from twin.thermography import ThermalFrame

NOW = fakes.START + 100.0


def towards(eye: tuple[float, float, float], point: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """The orientation of a camera that looks from one point at another: turned about z, then tilted about y."""
    x, y, z = np.subtract(point, eye) / np.linalg.norm(np.subtract(point, eye))
    yaw, tilt = math.atan2(y, x) / 2, -math.asin(z) / 2
    return (
        -math.sin(yaw) * math.sin(tilt),
        math.cos(yaw) * math.sin(tilt),
        math.sin(yaw) * math.cos(tilt),
        math.cos(yaw) * math.cos(tilt),
    )


def picture(camera: str, x: float, ago: float = 10.0, warm: float = 30.0, dy: float = -5.0) -> ThermalFrame:
    """Somebody's picture of the machine at x = 18, 28, … from 5 m before it."""
    seen = np.full((24, 32), warm, np.float32)
    seen[10, 20] = warm + 40.0
    eye = (x, 25.0 + dy, 2.0)
    return ThermalFrame(NOW - ago, camera, eye, towards(eye, (x, 25.0, 1.5)), 0.95, (0.8, 0.6), seen)


def mail(*frames: ThermalFrame) -> Mail:
    snapshot = fakes.snapshot(fakes.frame(100.0))
    return Mail(1, "replay", snapshot, NOW, (fakes.START, NOW), False, False, 1.0, thermal=frames)


class Seen:
    def __init__(self) -> None:
        self.states: list[State] = []

    def show_state(self, state: State) -> None:
        self.states.append(state)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def presenter(seen: Seen) -> thermal.Presenter:
    return thermal.Presenter(seen, fakes.station())


# ---- colours --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("palette", ["heat", "grey"])
def test_a_palette_grows_lighter_in_steps_that_look_alike(palette: str) -> None:
    colours = heat.lab(heat.RAMPS[palette] / 255.0)
    assert (np.diff(colours[::8, 0]) > 0).all()
    steps = np.linalg.norm(np.diff(colours[::8], axis=0), axis=1)
    assert steps.max() < 1.5 * steps.min()  # a little less where the ramp turns


def test_white_and_black_have_the_lightness_cie_gives_them() -> None:
    assert heat.lab([(0.0, 0.0, 0.0), (1.0, 1.0, 1.0)])[:, 0] == pytest.approx([0.0, 100.0], abs=0.1)


def test_what_says_nothing_has_a_colour_of_no_temperature() -> None:
    shades = heat.coloured(np.array([[np.nan, 20.0, 999.0]]), 20.0, 60.0)
    assert tuple(shades[0, 0]) == heat.NOTHING
    assert (shades[0, 1] == heat.RAMPS["heat"][0]).all()
    assert (shades[0, 2] == heat.RAMPS["heat"][-1]).all()
    assert not (heat.RAMPS["heat"] == heat.NOTHING).all(axis=1).any()


# ---- which picture --------------------------------------------------------------------------------------------------


def test_a_picture_is_of_the_machine_in_its_middle_or_of_what_its_camera_watches() -> None:
    sights = Sights(fakes.station())
    assert sights.subject(picture("RB1", 28.0)) == "P102"
    assert sights.subject(picture("IRC07", 28.0)) == "P203"
    nowhere = replace(picture("RB1", 28.0), position=(math.nan,) * 3)
    assert sights.subject(nowhere) == ""


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1))
def test_a_camera_that_looks_at_a_point_has_it_ahead(direction: tuple[float, float, float]) -> None:
    ahead = turned(towards((0.0, 0.0, 0.0), direction), np.array([1.0, 0.0, 0.0]))
    assert ahead == pytest.approx(np.array(direction) / np.linalg.norm(direction), abs=1e-6)


def test_the_newest_picture_is_shown_and_the_sister_from_the_same_side_beside_it(
    presenter: thermal.Presenter, seen: Seen
) -> None:
    frames = (picture("RB2", 18.0, 60.0), picture("RB1", 38.0, 40.0, dy=5.0), picture("RB1", 28.0, 12.0, 35.0))
    presenter.take(mail(*frames))
    state = seen.states[-1]
    assert state.shown is not None
    assert state.sister is not None
    assert (state.shown.subject, state.shown.age, state.sister.subject) == ("P102", "12\xa0s", "P101")
    assert state.scale == (30.0, 75.0)


def test_a_sister_that_runs_is_preferred_to_a_newer_one_that_stands(presenter: thermal.Presenter, seen: Seen) -> None:
    presenter.take(mail(picture("RB1", 18.0, 60.0), picture("RB1", 48.0, 30.0), picture("RB1", 28.0, 12.0)))
    assert seen.states[-1].sister is not None
    assert seen.states[-1].sister.subject == "P101"  # P104 stands by


def test_where_there_is_nothing_to_compare_with_the_panel_says_why(presenter: thermal.Presenter, seen: Seen) -> None:
    presenter.take(mail(picture("RB1", 28.0)))
    assert seen.states[-1].why == "no_view"
    presenter.take(mail(picture("IRC09", 22.0)))
    assert seen.states[-1].why == "no_sister"
    presenter.take(mail(replace(picture("RB1", 28.0), position=(math.nan,) * 3)))
    assert seen.states[-1].why == "no_pose"


def test_what_is_selected_is_shown_and_a_chosen_camera_is_kept_to(presenter: thermal.Presenter, seen: Seen) -> None:
    presenter.take(mail(picture("RB2", 18.0, 60.0), picture("RB1", 28.0, 12.0)))
    presenter.select(Selection("equipment", "P101", equipment="P101"))
    assert seen.states[-1].shown.subject == "P101"
    presenter.choose("RB1")
    assert seen.states[-1].shown.camera == "RB1"
    presenter.choose(thermal.NEWEST)
    presenter.select(Selection())
    assert seen.states[-1].shown.at == NOW - 12.0


def test_the_same_pictures_are_not_shown_again(presenter: thermal.Presenter, seen: Seen) -> None:
    frames = (picture("RB1", 28.0),)
    presenter.take(mail(*frames))
    presenter.take(mail(*frames))
    assert len(seen.states) == 1


def test_a_picture_of_one_temperature_has_a_scale_all_the_same() -> None:
    low, high = thermal.scale([np.full((4, 4), 30.0, np.float32)])
    assert low < 30.0 < high
    assert thermal.scale([np.full((4, 4), np.nan, np.float32)])[0] < thermal.scale([])[1]


# ---- what is known when ---------------------------------------------------------------------------------------------


class Memory(fakes.Memory):
    """A memory of pictures, one every ten seconds."""

    def __init__(self, count: int) -> None:
        super().__init__(0)
        self.pictures = [picture("RB1", 28.0, NOW - fakes.START - 10.0 * n) for n in range(count)]
        self.asked = 0

    @property
    def span(self) -> tuple[float, float]:
        return fakes.START, self.pictures[-1].at

    def thermal_frames(self, since: float, until: float, camera: str | None = None) -> object:
        self.asked += 1
        return iter([p for p in self.pictures if since <= p.at < until])


@given(st.lists(st.floats(0.0, 4000.0), min_size=1, max_size=12))
def test_wherever_the_cursor_goes_the_newest_pictures_before_it_are_known_and_none_after(cursors: list[float]) -> None:
    memory = Memory(400)
    gallery = Gallery(memory)
    for second in cursors:
        known = [p.at for p in memory.pictures if fakes.START + second - REACH < p.at <= fakes.START + second]
        assert [frame.at for frame in gallery.at(fakes.START + second)] == known[-MOST:]


def test_playing_on_reads_once_a_minute_and_a_resting_cursor_shows_the_same_object() -> None:
    memory = Memory(40)
    gallery = Gallery(memory)
    first = gallery.at(fakes.START + 100.0)
    asked = memory.asked
    assert gallery.at(fakes.START + 100.0) is first
    for second in range(101, 150):
        gallery.at(fakes.START + second)
    assert memory.asked == asked


def test_a_picture_that_a_live_camera_has_just_taken_is_known() -> None:
    memory = Memory(5)
    gallery = Gallery(memory)
    gallery.at(fakes.START + 45.0)
    memory.pictures.append(picture("RB1", 28.0, NOW - fakes.START - 50.0))
    assert gallery.at(fakes.START + 50.5)[-1].at == fakes.START + 50.0


# ---- figures --------------------------------------------------------------------------------------------------------


@given(st.integers(1, 20), st.integers(1, 20), st.data())
def test_the_hottest_of_an_area_is_no_colder_than_any_spot_in_it(rows: int, columns: int, data: st.DataObject) -> None:
    seen: NDArray[np.float32] = np.random.default_rng(rows * columns).normal(30, 5, (rows, columns)).astype(np.float32)
    x, y = (sorted(data.draw(st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)))) for _ in "xy")
    hot = hottest(seen, (x[0], y[0], x[1], y[1]))
    assert hot.value >= at(seen, x[0], y[0]).value
    assert hot.value == at(seen, hot.x, hot.y).value
    assert math.isnan(hottest(np.full((2, 2), np.nan, np.float32)).value)


def move(canvas: Canvas, kind: QEvent.Type, point: QPointF, button: Qt.MouseButton) -> None:
    event = QMouseEvent(kind, point, point, button, button, Qt.KeyboardModifier.NoModifier)
    handler = {
        QEvent.Type.MouseButtonPress: canvas.mousePressEvent,
        QEvent.Type.MouseMove: canvas.mouseMoveEvent,
        QEvent.Type.MouseButtonRelease: canvas.mouseReleaseEvent,
    }[kind]
    handler(event)


def test_dragging_over_a_picture_marks_an_area_and_a_click_lets_go_of_it(
    qtbot: QtBot, presenter: thermal.Presenter
) -> None:
    view = Thermal()
    qtbot.addWidget(view)
    view.resize(480, 360)
    view.show()
    presenter._view = view
    presenter.take(mail(picture("RB2", 18.0, 60.0), picture("RB1", 28.0, 12.0)))
    canvas, left = view.canvas, Qt.MouseButton.LeftButton
    canvas.resize(480, 320)
    canvas._place()
    box = canvas._boxes[0]
    move(canvas, QEvent.Type.MouseButtonPress, box.topLeft() + QPointF(10, 10), left)
    move(canvas, QEvent.Type.MouseMove, box.center(), left)
    move(canvas, QEvent.Type.MouseButtonRelease, box.center(), left)
    assert canvas._area is not None
    assert canvas._area[2:] == pytest.approx((0.5, 0.5), abs=0.01)
    canvas.grab()
    move(canvas, QEvent.Type.MouseButtonPress, box.center(), left)
    move(canvas, QEvent.Type.MouseButtonRelease, box.center(), left)
    assert canvas._area is None


def test_the_pictures_do_not_overlap_and_stay_within_the_panel(qtbot: QtBot, presenter: thermal.Presenter) -> None:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    presenter.take(mail(picture("RB2", 18.0, 60.0), picture("RB1", 28.0, 12.0)))
    for width, height in ((300, 500), (700, 240), (260, 200)):
        canvas.resize(width, height)
        canvas.show_state(presenter.state)
        one, other = canvas._boxes
        assert not one.intersects(other)
        assert canvas.rect().toRectF().contains(one)
        assert canvas.rect().toRectF().contains(other)


def test_an_empty_panel_says_how_pictures_come_into_it(qtbot: QtBot) -> None:
    view = Thermal()
    qtbot.addWidget(view)
    view.show_state(State())
    assert not view.grab().isNull()
    assert view._cameras.count() == 1
