"""The panorama panel: the picture of the time at the cursor, its age and neighbours; never a rendering in disguise."""

from __future__ import annotations

import io
import math
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from pytestqt.qtbot import QtBot

from app.messages import Mail, Request, StepPicture, Vista
from app.panoramas import Panoramas
from app.presenters import panorama, watchers
from app.presenters.panorama import Presenter, State
from app.presenters.selection import Selection
from app.views.panorama import WIDEST, Panorama, decoded
from tests.app import fakes
from twin.thermography import Panorama as Taken

NOW = fakes.START + 50.0
EYES = {camera.id: camera.position for camera in watchers.panoramic(fakes.station())}


def jpeg(red: int = 200, size: tuple[int, int] = (64, 32)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (red, 20, 20)).save(made, "JPEG")
    return made.getvalue()


def taken(camera: str, at: float, red: int = 200) -> Taken:
    return Taken(at, camera, (math.nan,) * 3, (math.nan,) * 4, jpeg(red))


class Memory(fakes.Memory):
    """Pictures at some seconds, which counts what is read of it."""

    def __init__(self, *seconds: float, camera: str = "PAN01") -> None:
        super().__init__(100)
        self.pictures = [taken(camera, fakes.START + second) for second in sorted(seconds)]
        self.read = 0

    def panoramas(self, since: float, until: float, camera: str | None = None) -> object:
        self.read += 1
        return iter([p for p in self.pictures if since <= p.at < until and camera in (None, p.camera)])

    def panorama_times(self) -> dict[str, np.ndarray]:
        return {"PAN01": np.array([picture.at for picture in self.pictures])}


class Shown:
    def __init__(self) -> None:
        self.states: list[State] = []

    def show_state(self, state: State) -> None:
        self.states.append(state)


def mail(*vistas: Vista, cursor: float = NOW) -> Mail:
    snapshot = fakes.snapshot(fakes.frame(50.0))
    return Mail(1, "replay", snapshot, cursor, (fakes.START, NOW), False, False, 1.0, vistas=vistas)


def of(camera: str = "PAN01", ago: float = 125.0, number: int = 2, count: int = 3) -> Vista:
    return Vista(camera, taken(camera, NOW - ago), number, count)


@pytest.fixture
def asked() -> list[Request]:
    return []


@pytest.fixture
def presenter(asked: list[Request]) -> Presenter:
    return Presenter(Shown(), asked.append, fakes.station())


# ---- what is known at the cursor ------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 99), unique=True, max_size=8), st.floats(0, 99))
def test_the_picture_at_the_cursor_is_the_newest_that_is_not_later(seconds: list[int], at: float) -> None:
    memory = Memory(*seconds)
    [vista] = Panoramas(memory).at(fakes.START + at)
    before = [second for second in seconds if second <= at]
    assert (vista.number, vista.count) == (len(before), len(seconds))
    assert (vista.picture.at - fakes.START if vista.picture else None) == (max(before) if before else None)


@given(st.lists(st.integers(0, 99), unique=True, max_size=8), st.floats(0, 99))
def test_its_neighbours_are_the_ones_before_and_after_it(seconds: list[int], at: float) -> None:
    panoramas = Panoramas(Memory(*seconds))
    before = sorted(second for second in seconds if second <= at)
    after = sorted(second for second in seconds if second > at)
    found = [panoramas.neighbour("PAN01", fakes.START + at, direction) for direction in (-1, 1)]
    wanted = [before[-2] if len(before) > 1 else None, after[0] if after else None]
    assert [one - fakes.START if one is not None else None for one in found] == wanted
    assert panoramas.neighbour("PAN99", fakes.START, 1) is None


def test_a_cursor_that_runs_between_two_pictures_reads_nothing() -> None:
    memory = Memory(10.0, 40.0)
    panoramas = Panoramas(memory)
    first = panoramas.at(fakes.START + 11.0)
    for second in range(12, 40):
        assert panoramas.at(fakes.START + second) is first
    assert memory.read == 1
    assert panoramas.at(fakes.START + 40.0) is not first


# ---- which camera ---------------------------------------------------------------------------------------------------


def test_a_picture_stands_with_its_age_and_its_number(presenter: Presenter) -> None:
    presenter.take(mail(of()))
    state = presenter.state
    assert (state.camera, state.name) == ("PAN01", "panoramic camera, hall A")
    assert state.taken is not None
    assert (state.age, state.number, state.count) == ("2\N{NO-BREAK SPACE}min 05\N{NO-BREAK SPACE}s", 2, 3)
    assert state.eye == EYES["PAN01"]  # the picture does not say, the station does


def test_before_the_first_picture_there_is_none_and_the_count_tells_that_some_follow(presenter: Presenter) -> None:
    presenter.take(mail(Vista("PAN01", None, 0, 3)))
    assert presenter.state.taken is None
    assert (presenter.state.camera, presenter.state.count) == ("PAN01", 3)


def test_the_camera_that_is_picked_in_the_scene_is_looked_through(presenter: Presenter) -> None:
    presenter.take(mail(of("PAN01")))
    presenter.select(Selection("equipment", "PAN03", equipment="PAN03"))
    assert (presenter.state.camera, presenter.state.taken) == ("PAN03", None)


def test_a_machine_that_is_selected_is_looked_at_by_the_camera_that_sees_it_best(asked: list[Request]) -> None:
    seen_only_by = {EYES["PAN01"]: 0.0, EYES["PAN02"]: 0.8, EYES["PAN03"]: 0.0}
    best = Presenter(Shown(), asked.append, fakes.station(), lambda eye, _: seen_only_by[eye])
    best.take(mail(of("PAN01")))
    best.choose("PAN03")
    pump = next(pump for pump in fakes.station().file.pumps if pump.id == "P103")
    best.select(Selection("equipment", "P103", equipment="P103"))
    assert (best.state.camera, best.state.target, best.state.towards) == ("PAN02", "P103", pump.position)


def test_without_a_scene_the_nearest_camera_is_taken_for_the_best(presenter: Presenter) -> None:
    presenter.take(mail())
    for pump, camera in (("P101", "PAN01"), ("P204", "PAN02")):
        presenter.select(Selection("equipment", pump, equipment=pump))
        assert presenter.state.camera == camera


def test_stepping_asks_for_the_cameras_next_picture_and_only_where_it_has_any(
    presenter: Presenter, asked: list[Request]
) -> None:
    presenter.take(mail(of()))
    presenter.step(1)
    presenter.choose("PAN03")
    presenter.step(1)
    assert asked == [StepPicture("PAN01", 1)]


def test_data_without_a_station_has_the_cameras_that_were_recorded(asked: list[Request]) -> None:
    foreign = Presenter(Shown(), asked.append, None)
    foreign.take(mail(of("lobby")))
    assert foreign.state.cameras == (("lobby", ""),)
    assert foreign.state.eye is None
    assert foreign.state.taken is not None


# ---- who looks ------------------------------------------------------------------------------------------------------


def test_all_fixed_cameras_look_and_robots_all_along_their_closed_ways() -> None:
    posts = watchers.fixed(fakes.station())
    assert {post.camera for post in posts} == {camera.id for camera in fakes.station().file.cameras}
    assert all((post.towards is None) == post.camera.startswith("PAN") for post in posts)
    for robot in fakes.station().file.robots:
        way = np.array([p.position for p in watchers.on_their_ways(fakes.station()) if p.camera == robot.id])
        off = np.linalg.norm(way[None, :, :2] - np.array(robot.route)[:, None, :2], axis=2)
        assert (off.min(axis=1) < 0.1).all()
        beside = np.sort(np.linalg.norm(way[None] - way[:, None], axis=2), axis=1)[:, 1]
        assert (beside <= watchers.STRIDE + 0.2).all()
    assert watchers.fixed(None) == watchers.on_their_ways(None) == ()


# ---- the panel ------------------------------------------------------------------------------------------------------


def now(work: object, *given: object) -> Future[object]:
    done: Future[object] = Future()
    done.set_result(work(*given))  # type: ignore[operator]
    return done


class Scene:
    """Renders after having been asked a few times."""

    def __init__(self, after: int = 2, there: bool = True) -> None:
        self.asked, self.after, self.there = 0, after, there

    def rendered(self, eye: tuple[float, float, float]) -> np.ndarray | None:
        self.asked += 1
        return np.full((32, 64, 3), 90, np.uint8) if self.asked >= self.after else None


def panel(qtbot: QtBot, scene: Scene) -> Panorama:
    view = Panorama(scene.rendered, lambda: scene.there, now)
    qtbot.addWidget(view)
    view.resize(480, 360)
    view.show()
    return view


def looks_like(view: Panorama, x: int = 240, y: int = 160) -> tuple[int, int, int]:
    view.settle()
    colour = view.canvas.grab().toImage().pixelColor(x, y)
    return colour.red(), colour.green(), colour.blue()


def test_a_recorded_picture_is_shown_without_a_warning(qtbot: QtBot, presenter: Presenter) -> None:
    scene = Scene()
    view = panel(qtbot, scene)
    presenter._view = view
    presenter.take(mail(of()))
    view.look_after()
    assert view.is_complete
    assert looks_like(view) == pytest.approx((200, 20, 20), abs=6)
    assert looks_like(view, 1, 200) == pytest.approx((200, 20, 20), abs=6)
    assert scene.asked == 0


def test_a_rendering_says_so_on_the_picture_in_both_languages(qtbot: QtBot, presenter: Presenter) -> None:
    scene = Scene()
    view = panel(qtbot, scene)
    presenter._view = view
    presenter.take(mail(Vista("PAN01", None, 0, 3)))
    assert not view.is_complete
    view.look_after()
    view.look_after()
    assert view.is_complete
    assert looks_like(view) == (90, 90, 90)
    assert looks_like(view, 2, 200) != (90, 90, 90)  # framed
    plate = view.canvas.grab().toImage()
    plates = {plate.pixelColor(240, y).name() for y in range(260, plate.height())}
    assert len(plates) > 3  # and said, in letters on a bright ground


def test_a_panel_out_of_sight_has_nothing_rendered_and_nobody_waits_for_it(qtbot: QtBot, presenter: Presenter) -> None:
    scene = Scene()
    view = panel(qtbot, scene)
    view.hide()
    presenter._view = view
    presenter.take(mail())
    view.look_after()
    assert scene.asked == 0
    assert view.is_complete


def test_where_there_is_no_model_either_the_panel_says_so_and_is_complete(qtbot: QtBot, presenter: Presenter) -> None:
    view = panel(qtbot, Scene(there=False))
    presenter._view = view
    presenter.take(mail())
    view.look_after()
    assert view.is_complete
    assert "3D" in view.canvas._why


def test_a_damaged_picture_is_told_and_crashes_nothing(qtbot: QtBot, presenter: Presenter) -> None:
    view = panel(qtbot, Scene())
    presenter._view = view
    broken = replace(taken("PAN01", NOW), jpeg=jpeg()[:200])
    presenter.take(mail(Vista("PAN01", broken, 1, 1)))
    view.look_after()
    assert view.is_complete
    assert not view.grab().isNull()
    assert decoded(b"\xff\xd8nothing") is None


def test_a_picture_larger_than_can_be_seen_is_read_coarser() -> None:
    found = decoded(jpeg(size=(WIDEST * 2, 64)))
    assert found is not None
    assert found.shape == (32, WIDEST, 3)


def test_dragging_turns_the_wheel_zooms_and_a_double_click_leads_back(qtbot: QtBot, presenter: Presenter) -> None:
    view = panel(qtbot, Scene(after=1))
    presenter._view = view
    presenter.take(mail())
    presenter.select(Selection("equipment", "P102", equipment="P102"))
    canvas = view.canvas
    start = canvas.gaze
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def mouse(kind: QEvent.Type, x: float) -> QMouseEvent:
        return QMouseEvent(kind, QPointF(x, 100), QPointF(x, 100), left, left, none)

    canvas.mousePressEvent(mouse(QEvent.Type.MouseButtonPress, 100))
    canvas.mouseMoveEvent(mouse(QEvent.Type.MouseMove, 150))
    assert canvas.gaze.turn != start.turn
    assert canvas.gaze.tilt == start.tilt
    canvas.mouseReleaseEvent(mouse(QEvent.Type.MouseButtonRelease, 150))
    canvas.mouseDoubleClickEvent(mouse(QEvent.Type.MouseButtonDblClick, 150))
    assert canvas.gaze == start


def test_choosing_and_stepping_are_asked_for(qtbot: QtBot, presenter: Presenter) -> None:
    view = panel(qtbot, Scene())
    presenter._view = view
    presenter.take(mail(of(number=1)))
    assert (view._before.isEnabled(), view._after.isEnabled()) == (False, True)
    with qtbot.waitSignal(view.step_requested) as stepped:
        view._after.click()
    assert stepped.args == [1]
    names = [view._cameras.itemData(row) for row in range(view._cameras.count())]
    assert names == ["", *sorted(EYES)]


def test_axes_of_an_upright_camera_are_the_models() -> None:
    assert panorama.axes((0.0, 0.0, 0.0, 1.0)) == pytest.approx(np.eye(3))
