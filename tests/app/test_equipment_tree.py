"""The tree of equipment: everything once, where it belongs; found by a word; in step with the selection."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from app.presenters.equipment_tree import Presenter, State
from app.presenters.selection import Selection
from app.views.scene_tree import SceneTree
from twin.plant.reading import Station, read


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


class Shown:
    """A view that keeps what it is shown."""

    def __init__(self) -> None:
        self.states: list[State] = []

    def show_state(self, state: State) -> None:
        self.states.append(state)


def listed(state: State) -> list[str]:
    return [entry.id for group in state.groups for entry in group.entries]


def made(station: Station | None, language: str = "en") -> tuple[Presenter, Shown, list[str]]:
    view, picked = Shown(), list[str]()
    return Presenter(view, station, language, picked.append), view, picked


def test_everything_a_station_has_is_listed_once(station: Station) -> None:
    _, view, _ = made(station)
    names = listed(view.states[-1])
    assert len(names) == len(set(names))
    file = station.file
    rooms = {part.id for part in file.equipment if part.kind == "room"}
    parts = (*file.pumps, *file.resistances, *file.lines, *file.equipment, *file.robots, *file.cameras)
    assert set(names) == {part.id for part in parts} - rooms


def test_what_is_in_a_room_is_listed_under_it_and_what_belongs_to_a_pump_after_it(station: Station) -> None:
    _, view, _ = made(station)
    groups = {group.id: [entry.id for entry in group.entries] for group in view.states[-1].groups}
    assert "VFD101" in groups["ROOM-VFD"]
    assert groups["supply"][:4] == ["P101", "P101.strainer", "P101.check_valve", "P101.discharge_valve"]
    assert view.states[-1].groups[-1].id == ""


@pytest.mark.parametrize(
    ("language", "query", "found"), [("en", "P101 strainer", "P101.strainer"), ("zh", "滤网 p101", "P101.strainer")]
)
def test_words_find_equipment_in_either_language(station: Station, language: str, query: str, found: str) -> None:
    presenter, view, _ = made(station, language)
    presenter.search(query)
    assert listed(view.states[-1]) == [found]
    presenter.search("nothing of the kind")
    assert view.states[-1].groups == ()


def test_what_is_selected_elsewhere_is_marked_and_what_is_clicked_is_told(station: Station) -> None:
    presenter, view, picked = made(station)
    presenter.select(Selection("equipment", "P102", equipment="P102"))
    assert view.states[-1].selected == "P102"
    presenter.pick("P103")
    assert picked == ["P103"]


def test_foreign_data_has_no_tree(qtbot: QtBot) -> None:
    scene = QWidget()
    qtbot.addWidget(scene)
    view = SceneTree(scene)
    Presenter(view, None, "en", str)
    scene.show()
    assert not view.isVisible()


def test_the_tree_opens_over_the_scene_and_a_click_asks_for_what_was_clicked(qtbot: QtBot, station: Station) -> None:
    scene = QWidget()
    qtbot.addWidget(scene)
    scene.resize(640, 480)
    view = SceneTree(scene)
    asked: list[str] = []
    presenter = Presenter(view, station, "en", asked.append)
    view.search_changed.connect(presenter.search)
    view.equipment_requested.connect(presenter.pick)
    scene.show()
    tree, box, button = (view.findChild(kind) for kind in (QTreeWidget, QLineEdit, QToolButton))
    assert not tree.isVisible()
    button.click()
    assert tree.isVisible()
    assert view.geometry().right() == scene.rect().right()
    presenter.select(Selection("equipment", "P203", equipment="P203"))
    assert tree.currentItem().text(0).startswith("P203")
    qtbot.keyClicks(box, "P201.check")
    item = tree.topLevelItem(0).child(0)
    tree.scrollToItem(item)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(item).center())
    assert asked == ["P201.check_valve"]
    scene.resize(500, 300)
    assert view.geometry().bottomRight() == scene.rect().bottomRight()


def test_what_is_unticked_is_taken_away_and_stays_so_through_a_search(qtbot: QtBot, station: Station) -> None:
    scene = QWidget()
    qtbot.addWidget(scene)
    scene.resize(640, 480)
    view, away = SceneTree(scene), list[frozenset[str]]()
    presenter = Presenter(view, station, "en", str, away.append)
    view.search_changed.connect(presenter.search)
    view.wanted_changed.connect(presenter.want)
    view.all_requested.connect(presenter.want_all)
    scene.show()
    tree, box = (view.findChild(kind) for kind in (QTreeWidget, QLineEdit))
    everything = next(button for button in view.findChildren(QToolButton) if not button.isCheckable())
    assert not everything.isVisible()
    qtbot.keyClicks(box, "P201.check")
    tree.topLevelItem(0).child(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert away == [frozenset({"P201.check_valve"})]
    box.clear()
    presenter.say_in("zh")
    ticks = {
        tree.topLevelItem(row).child(number).text(0).split()[0]: tree.topLevelItem(row).child(number).checkState(0)
        for row in range(tree.topLevelItemCount())
        for number in range(tree.topLevelItem(row).childCount())
    }
    assert [name for name, tick in ticks.items() if tick != Qt.CheckState.Checked] == ["P201.check_valve"]
    assert everything.isVisible()
    assert everything.text().startswith("1")
    everything.click()
    assert away[-1] == frozenset()
    assert not everything.isVisible()


def test_what_the_station_no_longer_has_is_not_counted_as_taken_away(qtbot: QtBot, station: Station) -> None:
    scene = QWidget()
    qtbot.addWidget(scene)
    view, away = SceneTree(scene), list[frozenset[str]]()
    presenter = Presenter(view, station, "en", str, away.append)
    presenter.leave(["P101", "P999", ""])
    assert away == [frozenset({"P101"})]
    presenter.leave(["P999"])
    assert away[-1] == frozenset()


def test_a_whole_group_is_taken_away_by_its_box(qtbot: QtBot, station: Station) -> None:
    scene = QWidget()
    qtbot.addWidget(scene)
    view, away = SceneTree(scene), list[frozenset[str]]()
    presenter = Presenter(view, station, "en", str, away.append)
    view.wanted_changed.connect(presenter.want)
    tree = view.findChild(QTreeWidget)
    group = next(g for g in presenter._state.groups if g.id == "ROOM-VFD")
    row = [g.id for g in presenter._state.groups].index(group.id)
    tree.topLevelItem(row).setCheckState(0, Qt.CheckState.Unchecked)
    assert away[-1] == {entry.id for entry in group.entries}
    tree.topLevelItem(row).setCheckState(0, Qt.CheckState.Checked)
    assert away[-1] == frozenset()
