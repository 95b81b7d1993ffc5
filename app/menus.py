"""Menus, keys and the cheat sheet, made from the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.actions import ACTIONS, BY_ID, GROUPS
from app.presenters.palette import Action as Possible


class Menus:
    """The actions as Qt knows them, bound to what they do. Every action of the table needs a deed."""

    def __init__(self, window: QWidget, bar: QMenuBar, deeds: Mapping[str, Callable[[], object]]) -> None:
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {group: bar.addMenu("") for group in GROUPS}
        for action in ACTIONS:
            made = QAction(window)
            made.setShortcuts([QKeySequence(key) for key in action.keys])
            made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            made.triggered.connect(lambda _=False, deed=deeds[action.id]: deed())
            self._actions[action.id] = made
            self._menus[action.group].addAction(made)
            window.addAction(made)
        self.retranslate()

    def trigger(self, identity: str) -> None:
        """Do an action by its name."""
        self._actions[identity].trigger()

    def possible(self) -> list[Possible]:
        """The actions that make sense now, for the palette."""
        return [
            Possible(identity, action.text(), " · ".join(native(key) for key in BY_ID[identity].keys))
            for identity, action in self._actions.items()
            if action.isEnabled() and identity != "palette"
        ]

    def enable(self, identity: str, possible: bool) -> None:
        """Whether an action makes sense now."""
        self._actions[identity].setEnabled(possible)

    def retranslate(self) -> None:
        """Say the words again."""
        for group, menu in self._menus.items():
            menu.setTitle(said(group))
        for identity, action in self._actions.items():
            action.setText(said(BY_ID[identity].text))


def said(text: str) -> str:
    """A text of the table in the language spoken now."""
    return QCoreApplication.translate("actions", text)


def cheat_sheet() -> list[tuple[str, str]]:
    """(keys, text) of all actions that have keys, under (group, "") headings."""
    lines: list[tuple[str, str]] = []
    for group in GROUPS:
        with_keys = [a for a in ACTIONS if a.group == group and a.keys]
        if with_keys:
            lines.append((said(group), ""))
        lines += [(" · ".join(native(key) for key in a.keys), said(a.text)) for a in with_keys]
    return lines


def native(key: str) -> str:
    """A key as this machine writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
