"""The scene's tools say what is wanted, and nothing they did not hear."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.presenters import scene
from app.scene.state import SceneState, Section
from app.views.scene_tools import SceneTools

REACH = {"x": (0.0, 100.0), "y": (10.0, 40.0), "z": (0.0, 12.0)}


class Shown:
    """Keeps the last state."""

    def __init__(self) -> None:
        self.state = SceneState()
        self.presenter: scene.Presenter | None = None

    def show_state(self, state: SceneState) -> None:
        self.state = state

    def fly_to(self, equipment: str) -> None:
        raise AssertionError(equipment)


@pytest.fixture
def tools(qtbot: QtBot) -> SceneTools:
    tools = SceneTools()
    qtbot.addWidget(tools)
    tools.offer(("roof", "pumps", "my own layer"), frozenset({"roof"}), REACH)
    return tools


@pytest.fixture
def shown(tools: SceneTools) -> Shown:
    shown = Shown()
    shown.presenter = presenter = scene.Presenter(shown, None)
    tools.layer_toggled.connect(presenter.want)
    tools.alone_requested.connect(presenter.single_out)
    tools.section_requested.connect(presenter.cut)
    return shown


def test_a_layer_is_ticked_while_it_is_shown(tools: SceneTools, shown: Shown) -> None:
    ticked = {layer: action.isChecked() for layer, action in tools._layer_actions.items()}
    assert ticked == {"roof": False, "pumps": True, "my own layer": True}
    tools._layer_actions["roof"].trigger()
    tools._layer_actions["pumps"].trigger()
    assert shown.state.hidden == {"walls", "pumps"}


def test_a_layer_that_only_the_model_knows_keeps_its_name(tools: SceneTools) -> None:
    assert tools._layer_actions["my own layer"].text() == "my own layer"


def test_what_is_alone_is_said_on_the_button_and_asked_again_ends_it(tools: SceneTools, shown: Shown) -> None:
    tools._alone_actions["ghost"].trigger()
    assert shown.state.alone == "ghost"
    assert tools._alone_actions["ghost"].isChecked()
    tools.alone_requested.emit("ghost")
    assert shown.state.alone == ""


def test_a_section_begins_in_the_middle_and_follows_the_slider(tools: SceneTools, shown: Shown) -> None:
    tools._section_actions["z"].trigger()
    assert shown.state.section == Section("z", 6.0)
    tools._slider.setValue(20)
    tools._flip.setChecked(True)
    assert shown.state.section == Section("z", 2.0, flipped=True)
    tools._section_actions["x"].trigger()
    assert shown.state.section == Section("x", 50.0, flipped=True)
    tools._section_actions[""].trigger()
    assert shown.state.section is None


def test_the_slider_is_there_only_while_there_is_a_section(tools: SceneTools) -> None:
    assert tools._slider.isHidden()
    tools._section_actions["y"].trigger()
    assert not tools._slider.isHidden()
    tools._section_actions[""].trigger()
    assert tools._slider.isHidden()


def test_what_the_scene_is_tinted_by_is_on_the_button(tools: SceneTools) -> None:
    asked: list[str] = []
    tools.overlay_requested.connect(asked.append)
    tools._overlay_actions["temperature"].trigger()
    tools._overlay_actions[""].trigger()
    assert asked == ["temperature", ""]


def test_in_a_narrow_scene_tools_stand_below_one_another_and_none_is_cut_off(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    tools = SceneTools(around)
    tools.offer(("roof", "pumps"), frozenset(), REACH)
    around.show()

    def rows(width: int) -> int:
        around.resize(width, 600)
        tools.fit()
        tools.layout().activate()
        assert tools.width() <= width
        return len({each.y() for each in tools.findChildren(QToolButton) if not each.isHidden()})

    assert rows(1200) == 1
    assert rows(tools.width() - 20) == 2
    assert rows(210) == 3
