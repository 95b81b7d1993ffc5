"""The tree of equipment over the scene's lower right corner: a button, and above it a search box and the tree."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app import theme
from app.presenters.equipment_tree import State
from app.views import style

WIDTH = 264  # px
MARGIN, INDENTATION = 8, 16
_ID = Qt.ItemDataRole.UserRole


class SceneTree(QWidget):
    """Equipment by room and circuit. Closed it is only its button.

    Signals
    -------
    search_changed : what is typed
    equipment_requested : a piece of equipment was clicked (its id)
    wanted_changed : a piece of equipment is wanted in the scene, or not
    all_requested : everything that is not drawn is wanted again
    """

    search_changed = Signal(str)
    equipment_requested = Signal(str)
    wanted_changed = Signal(str, bool)
    all_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = State()
        self._button = QToolButton(self, checkable=True)
        self._all = QToolButton(self)
        self._search = QLineEdit(self, clearButtonEnabled=True)
        self._tree = QTreeWidget(self, headerHidden=True, rootIsDecorated=True, uniformRowHeights=True)
        self._tree.setIndentation(INDENTATION)
        self._tree.setFont(style.font(theme.SMALL))
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(4)
        column.addWidget(self._search)
        column.addWidget(self._tree, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._all)
        foot.addWidget(self._button)
        column.addLayout(foot)
        self._all.clicked.connect(self.all_requested)
        self._tree.itemChanged.connect(self._tick)
        self._button.toggled.connect(self.open)
        self._search.textChanged.connect(self.search_changed)
        self._tree.itemClicked.connect(self._click)
        self._tree.itemActivated.connect(self._click)
        parent.installEventFilter(self)
        self._say()
        self.open(False)

    def open(self, wanted: bool) -> None:
        """Open the tree, or leave only its button."""
        self._button.setChecked(wanted)
        self._search.setVisible(wanted)
        self._tree.setVisible(wanted)
        self._fit()
        if wanted:
            self._search.setFocus()

    def show_state(self, state: State) -> None:
        """Other equipment, or another of it selected; nothing at all where there is none."""
        self.setVisible(bool(state.groups) or state.searched)
        before, self._state = self._state, state
        if state.groups != before.groups:
            self._list()
        if state.away != before.away:
            self._show_away()
        self._mark()

    def _list(self) -> None:
        self._tree.blockSignals(True)
        self._tree.clear()
        for group in self._state.groups:
            top = QTreeWidgetItem([group.title or self.tr("Robots, cameras and other equipment")])
            flag = Qt.ItemFlag
            top.setFlags(flag.ItemIsEnabled | flag.ItemIsUserCheckable | flag.ItemIsAutoTristate)
            for entry in group.entries:
                item = QTreeWidgetItem([f"{entry.id}  {entry.name}".rstrip()])
                item.setData(0, _ID, entry.id)
                top.addChild(item)
                self._dress(item)
            self._tree.addTopLevelItem(top)
            top.setExpanded(self._state.searched)
        self._tree.blockSignals(False)

    def _show_away(self) -> None:
        """Tick what is drawn, and say how much is not: that nobody may overlook."""
        self._tree.blockSignals(True)
        for row in range(self._tree.topLevelItemCount()):
            top = self._tree.topLevelItem(row)
            for number in range(top.childCount()):
                self._dress(top.child(number))
        self._tree.blockSignals(False)
        self._say()

    def _dress(self, item: QTreeWidgetItem) -> None:
        """Tick what is drawn; strike out what is not, for an empty box is hard to see."""
        is_away = item.data(0, _ID) in self._state.away
        item.setCheckState(0, Qt.CheckState.Unchecked if is_away else Qt.CheckState.Checked)
        font = QFont(self._tree.font())
        font.setStrikeOut(is_away)
        item.setFont(0, font)
        item.setForeground(0, QColor(theme.FAINT if is_away else theme.TEXT))

    def _tick(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _ID):
            self.wanted_changed.emit(item.data(0, _ID), item.checkState(0) == Qt.CheckState.Checked)

    def _mark(self) -> None:
        """Show what is selected anywhere in the window."""
        self._tree.setCurrentItem(None)
        for row in range(self._tree.topLevelItemCount()):
            top = self._tree.topLevelItem(row)
            for number in range(top.childCount()):
                if top.child(number).data(0, _ID) == self._state.selected:
                    top.setExpanded(True)
                    self._tree.setCurrentItem(top.child(number))
                    self._tree.scrollToItem(top.child(number))
                    return

    def _click(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _ID):
            self.equipment_requested.emit(item.data(0, _ID))

    def _fit(self) -> None:
        """Stand in the lower right corner, as high as the scene where the tree is open, but for the tools above."""
        room = self.parentWidget().size()
        buttons = [each for each in (self._button, self._all) if not each.isHidden()]
        narrow = sum(each.sizeHint().width() + MARGIN for each in buttons) + MARGIN
        width = min(WIDTH, room.width()) if self._button.isChecked() else narrow
        low = self._button.sizeHint().height() + 2 * MARGIN
        height = max(low, room.height() - low) if self._button.isChecked() else low
        self.setGeometry(room.width() - width, room.height() - height, width, height)
        self.raise_()

    def _say(self) -> None:
        self._button.setText(self.tr("Equipment"))
        self._search.setPlaceholderText(self.tr("Search equipment"))
        self._all.setText(self.tr("{count} hidden: show").format(count=len(self._state.away)))
        self._all.setVisible(bool(self._state.away))
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
            self._list()
            self._mark()
        elif event.type() == QEvent.Type.ThemeChange:
            self._show_away()
        super().changeEvent(event)
