"""Actions are said once; menus, keys and the cheat sheet follow from the table."""

from __future__ import annotations

from collections import Counter

from PySide6.QtWidgets import QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from app.actions import ACTIONS, BY_ID, GROUPS
from app.menus import Menus, cheat_sheet


def test_no_two_actions_share_a_key() -> None:
    counted = Counter(key for action in ACTIONS for key in action.keys)
    assert [key for key, count in counted.items() if count > 1] == []


def test_no_two_actions_share_a_name() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert len({action.text for action in ACTIONS}) == len(ACTIONS)


def test_every_action_stands_in_a_menu() -> None:
    assert {action.group for action in ACTIONS} == set(GROUPS)


def test_the_cheat_sheet_holds_every_key() -> None:
    listed = [text for _, text in cheat_sheet() if text]
    assert len(listed) == sum(1 for action in ACTIONS if action.keys)


def test_an_action_does_what_it_is_bound_to(qtbot: QtBot) -> None:
    window, done = QWidget(), []
    qtbot.addWidget(window)
    deeds = {action.id: (lambda name=action.id: done.append(name)) for action in ACTIONS}
    menus = Menus(window, QMenuBar(window), deeds)
    for action in ACTIONS:
        menus.trigger(action.id)
    assert done == [action.id for action in ACTIONS]
