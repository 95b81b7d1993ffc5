"""The panels' places: an inner main window of docks, arranged by role, remembered and restored."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

from app.layouts import VERSION, Column
from app.views import style

FOLDED = 140  # px of a fixed column that has been folded


class Docks(QMainWindow):
    """Panels by name. Each may be moved, tabbed, floated and put back."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, self.tabPosition(Qt.DockWidgetArea.TopDockWidgetArea))
        self._docks: dict[str, QDockWidget] = {}
        for name in names:
            dock = QDockWidget(self)
            dock.setObjectName(name)
            dock.setWidget(QLabel(alignment=Qt.AlignmentFlag.AlignCenter))
            self._docks[name] = dock
            self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)

    def put(self, name: str, panel: QWidget) -> None:
        """Put a panel into its place."""
        dock = self._docks[name]
        placeholder = dock.widget()
        dock.setWidget(panel)
        if placeholder is not None:
            placeholder.deleteLater()

    def show_titles(self, titles: dict[str, str], waiting: str) -> None:
        """Name the places; those still empty say that they are being filled."""
        for name, dock in self._docks.items():
            dock.setWindowTitle(titles[name])
            panel = dock.widget()
            if type(panel) is QLabel:
                panel.setText(waiting)
                style.tone(panel, "secondary")

    def show_mode(self, mode: str) -> None:
        """A floating panel carries the mode's frame too."""
        for dock in self._docks.values():
            dock.setProperty("replay", mode == "replay")
            dock.style().unpolish(dock)
            dock.style().polish(dock)

    def reveal(self, name: str) -> None:
        """Bring a panel to the front of its tabs."""
        dock = self._docks[name]
        dock.show()
        dock.raise_()

    def arrange(self, columns: tuple[Column, ...]) -> None:
        """Place all panels: columns from left to right, stacks from top to bottom, tabs in front of each other."""
        for dock in self._docks.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        firsts = [self._docks[column.stacks[0].panels[0]] for column in columns]
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, firsts[0])
        for left, right in itertools.pairwise(firsts):
            self.splitDockWidget(left, right, Qt.Orientation.Horizontal)
        for column in columns:
            self._fill(column)
            self._dress(column)
        self._measure(columns, firsts)

    def arrangement(self) -> QByteArray:
        """Where everything is now."""
        return self.saveState(VERSION)

    def restore(self, arrangement: QByteArray) -> bool:
        """Put everything back; whether the arrangement was one of ours."""
        return self.restoreState(arrangement, VERSION)

    def _fill(self, column: Column) -> None:
        """Part the column first and put tabs on its parts afterwards: Qt does not part what has tabs."""
        tops = [self._docks[stack.panels[0]] for stack in column.stacks]
        for above, below in itertools.pairwise(tops):
            self.splitDockWidget(above, below, Qt.Orientation.Vertical)
        for top, stack in zip(tops, column.stacks, strict=True):
            top.show()
            for name in stack.panels[1:]:
                self.tabifyDockWidget(top, self._docks[name])
                self._docks[name].show()
            top.raise_()

    def _dress(self, column: Column) -> None:
        """A folded column's title has no room for a button beside it; it may be dragged all the same."""
        every = QDockWidget.DockWidgetFeature
        folded = column.fixed and column.width < FOLDED
        for name in (name for stack in column.stacks for name in stack.panels):
            some = every.DockWidgetMovable | (every.NoDockWidgetFeatures if folded else every.DockWidgetFloatable)
            self._docks[name].setFeatures(some)

    def _measure(self, columns: tuple[Column, ...], firsts: list[QDockWidget]) -> None:
        gap = 4 * (len(columns) - 1)
        left = self.width() - gap - sum(column.width for column in columns if column.fixed)
        if left <= 0:  # not laid out yet
            return
        widths = [int(column.width if column.fixed else column.width * left) for column in columns]
        self.resizeDocks(firsts, widths, Qt.Orientation.Horizontal)
        for column in columns:
            docks = [self._docks[stack.panels[0]] for stack in column.stacks]
            heights = [int(stack.share * self.height()) for stack in column.stacks]
            self.resizeDocks(docks, heights, Qt.Orientation.Vertical)
