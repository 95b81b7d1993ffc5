"""The scene's picture frame and its presenter: what is shown, what a hand does, what is said without a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.messages import Mail
from app.presenters import scene
from app.presenters.selection import Selection
from app.scene import glb
from app.scene.painter import Painter
from app.scene.state import Label, RobotMark, SceneState
from app.views import scene_robots
from app.views.scene import Scene
from tests.app import fakes
from twin.paths import REFERENCE_STATION
from twin.signals import Quality

SIZE = (640, 400)


class Shown:
    """A view that keeps what it was shown."""

    def __init__(self) -> None:
        self.states: list[SceneState] = []
        self.flown: list[str] = []

    def show_state(self, state: SceneState) -> None:
        self.states.append(state)

    def fly_to(self, equipment: str) -> None:
        self.flown.append(equipment)


def mail(second: float, flagged: bool = False) -> Mail:
    snapshot = fakes.snapshot(fakes.frame(second), flagged)
    return Mail(1, "live", snapshot, fakes.START + second, (fakes.START, fakes.START + second), True, True, 1.0)


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def presenter(shown: Shown) -> scene.Presenter:
    return scene.Presenter(shown, fakes.station())


def test_a_machine_that_is_as_expected_is_not_tinted(presenter: scene.Presenter, shown: Shown) -> None:
    presenter.take(mail(5.0))
    assert shown.states[-1].tints == ()
    assert {label.equipment for label in shown.states[-1].labels} == {pump.id for pump in fakes.station().pumps}


def test_a_machine_that_is_off_is_tinted_by_the_sign_and_says_how_far(presenter: scene.Presenter, shown: Shown) -> None:
    presenter.take(mail(30.0, flagged=True))
    state = shown.states[-1]
    assert state.tints == (("P102", theme.residual_colour(-9.5)),)
    assert [halo.equipment for halo in state.halos] == ["P102"]
    label = next(label for label in state.labels if label.equipment == "P102")
    assert "−9.4 σ" in label.detail
    assert label.shape == theme.PRIORITY_SHAPES["medium"]


def test_a_state_that_did_not_change_is_not_shown_again(presenter: scene.Presenter, shown: Shown) -> None:
    presenter.take(mail(5.0))
    seen = len(shown.states)
    presenter.take(mail(5.0))
    assert len(shown.states) == seen


def test_a_trail_follows_the_robot_and_never_leads_through_what_was_not_shown(
    presenter: scene.Presenter, shown: Shown
) -> None:
    for second in range(5):
        presenter.take(mail(float(second)))
    assert len(shown.states[-1].robots[0].trail) == 5
    presenter.take(mail(5000.0))
    assert len(shown.states[-1].robots[0].trail) == 1


def test_the_worst_quality_of_a_machine_is_on_its_label(presenter: scene.Presenter, shown: Shown) -> None:
    brought = mail(5.0)
    assert brought.snapshot is not None
    frame = brought.snapshot.frame
    column = next(c for c, tag in enumerate(fakes.station().tags) if tag.equipment == "P103")
    quality = frame.quality.copy()
    quality[column] = Quality.BAD
    spoilt = replace(brought, snapshot=replace(brought.snapshot, frame=replace(frame, quality=quality)))
    presenter.take(spoilt)
    qualities = {label.equipment: label.quality for label in shown.states[-1].labels}
    assert qualities["P103"] == Quality.BAD
    assert qualities["P101"] == Quality.GOOD


def test_a_node_belongs_to_what_its_tags_measure_or_to_what_it_is_part_of(presenter: scene.Presenter) -> None:
    owners = {
        node: presenter.owner(node) for node in ("P101", "P101.motor", "B4-PT-10101", "SUPPLY.yard", "H01", "RB1", "")
    }
    assert owners == {
        "P101": "P101",
        "P101.motor": "P101",
        "B4-PT-10101": "P101",
        "SUPPLY.yard": "SUPPLY",
        "H01": "H01",
        "RB1": "RB1",
        "": "",
    }


def test_selecting_an_anomaly_flies_to_its_machine(presenter: scene.Presenter, shown: Shown) -> None:
    presenter.select(Selection("anomaly", id=1, equipment="P102", fly=True))
    assert shown.states[-1].selected == "P102"
    assert shown.flown == ["P102"]


# ---- the picture frame ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


@pytest.fixture
def view(qtbot: QtBot, model: glb.Model) -> Iterator[Scene]:
    made = Scene()
    qtbot.addWidget(made)
    made.resize(*SIZE)
    made.show()
    made.furnish(Painter(model))
    yield made
    made.settle()


def grabbed(view: Scene) -> np.ndarray:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def at(view: Scene, equipment: str) -> QPoint:
    painter = view._painter
    assert painter is not None
    low, high = painter.box(equipment) or (np.zeros(3), np.zeros(3))
    where, _ = painter.project(np.array([(low + high) / 2]))
    return QPoint(*(round(v / view.devicePixelRatioF()) for v in where[0]))


def test_the_painted_station_fills_the_frame(view: Scene) -> None:
    picture = grabbed(view)
    assert picture.shape[0] >= SIZE[1]
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 500


def test_a_click_asks_for_what_is_under_it(view: Scene, qtbot: QtBot) -> None:
    view.fly_to("P103")
    view.settle()
    with qtbot.waitSignal(view.equipment_requested) as asked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, "P103.motor"))
    assert asked.args[0].startswith("P103")


def test_dragging_turns_and_asks_for_nothing(view: Scene, qtbot: QtBot) -> None:
    assert view._painter is not None
    before = view._painter.camera
    with qtbot.assertNotEmitted(view.equipment_requested):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
        qtbot.mouseMove(view, QPoint(340, 210))
        QApplication.processEvents()
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(340, 210))
    assert view._painter.camera.azimuth != before.azimuth


def test_the_wheel_comes_nearer(view: Scene) -> None:
    assert view._painter is not None
    before = view._painter.camera.distance
    middle = QPointF(300, 200)
    none, buttons, keys = QPoint(), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    view.wheelEvent(QWheelEvent(middle, middle, none, QPoint(0, 120), buttons, keys, phase, False))
    assert view._painter.camera.distance < before


@pytest.mark.parametrize(("key", "azimuth"), [("1", -90.0), ("3", 0.0), ("9", -135.0)])
def test_a_key_looks_from_its_side(view: Scene, qtbot: QtBot, key: str, azimuth: float) -> None:
    qtbot.keyClicks(view, key)
    view.settle()
    assert view._painter is not None
    assert np.isclose(np.degrees(view._painter.camera.azimuth), azimuth)


def test_poor_data_is_hatched_over_the_machine(view: Scene) -> None:
    view.fly_to("P102")
    view.settle()
    label = Label("P102", "P102", "6500 m³/h")
    view.show_state(SceneState(labels=(label,)))
    good = grabbed(view)
    view.show_state(SceneState(labels=(replace(label, quality=int(Quality.STALE)),)))
    middle = at(view, "P102")
    around = (slice(middle.y() - 30, middle.y() + 30), slice(middle.x() - 30, middle.x() + 30))
    assert (good[around] != grabbed(view)[around]).any(axis=2).sum() > 100


def test_labels_never_cover_each_other(view: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    plates = []
    monkeypatch.setattr(Scene, "_paint_plate", lambda self, painter, label, plate, *rest: plates.append(plate))
    view.show_state(SceneState(labels=tuple(Label(p.id, p.id, "6500 m³/h") for p in fakes.station().pumps)))
    grabbed(view)
    assert len(plates) > 4
    assert not any(a.intersects(b) for i, a in enumerate(plates) for b in plates[i + 1 :])


def test_a_robot_bears_its_name(view: Scene) -> None:
    view.show_state(SceneState())
    without = grabbed(view)
    view.show_state(SceneState(robots=(RobotMark("RB1", "ground", (24.5, 20.0, 0.0), 0.0),)))
    assert (without != grabbed(view)).any(axis=2).sum() > 150


def test_without_a_model_it_says_why(qtbot: QtBot) -> None:
    view = Scene()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    assert not view.is_complete
    view.furnish(None, "station.glb: is cut off before its end.")
    assert view.is_complete
    assert len(np.unique(grabbed(view).reshape(-1, 3), axis=0)) > 2
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    view.fly_to("P101")
    view.look_from("top")


def test_a_robot_outside_the_station_and_one_without_a_place_are_said_to_be_so(
    view: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []

    def listen(_: object, marks: list[RobotMark], *__: object) -> None:
        said.extend((mark.robot, mark.status) for mark in marks)

    monkeypatch.setattr(scene_robots, "paint_lost", listen)
    nan = float("nan")
    places = {"RB1": (20.0, 14.0, 0.0), "RB2": (4000.0, 0.0, 0.0), "RB3": (nan, 0.0, 0.0), "RB4": (20.0, 14.0, -60.0)}
    robots = tuple(RobotMark(name, "ground", at, 0.0, status="looking") for name, at in places.items())
    view.show_state(SceneState(robots=robots))
    view.grab()
    assert said[:3] == [("RB2", "outside"), ("RB3", "looking"), ("RB4", "outside")]
