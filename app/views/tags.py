"""The table of all tags: a thin model over the presenter's rows, a search box, and tags to drag away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.presenters.tags import AGE, DESCRIPTION, EQUIPMENT, LIMITS, NAME, QUALITY, UNIT, VALUE, State
from app.views import style

MIME = "application/x-pumphouse-tags"
Index = QModelIndex | QPersistentModelIndex
_QUALITY = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_QUIET = (UNIT, AGE, EQUIPMENT, LIMITS)
NAMED = (120, 208)  # px that a description has at least and as a rule: as much as leaves value and quality to be seen
WIDTHS = {NAME: 120, DESCRIPTION: NAMED[1], VALUE: 80, UNIT: 72, QUALITY: 120, AGE: 80, EQUIPMENT: 176, LIMITS: 256}
ROW_HEIGHT = 24


class Model(QAbstractTableModel):
    """The rows as Qt wants them. Qt asks only for cells that are to be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State | None = None

    def show_state(self, state: State) -> None:
        """Other rows, another order, or only other values."""
        before, self.state = self.state, state
        if before is not None and before.rows is state.rows:
            return
        if before is None or len(before.rows) != len(state.rows) or before.words.tags is not state.words.tags:
            self.beginResetModel()
            self.endResetModel()
        else:
            self._reorder(before, state)

    def _reorder(self, before: State, state: State) -> None:
        """The same number of rows: what Qt remembers of a row goes where the row went."""
        self.layoutAboutToBeChanged.emit()
        row_of = np.full(state.total, -1)
        row_of[state.rows] = np.arange(len(state.rows))
        old = self.persistentIndexList()
        new = [(int(row_of[before.rows[index.row()]]), index.column()) for index in old]
        self.changePersistentIndexList(old, [self.index(*at) if at[0] >= 0 else QModelIndex() for at in new])
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or self.state is None else len(self.state.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return LIMITS + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (VALUE, AGE):
            return _RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("Tag"),
            self.tr("Description"),
            self.tr("Value"),
            self.tr("Unit"),
            self.tr("Quality"),
            self.tr("Age"),
            self.tr("Equipment"),
            self.tr("Limits"),
        )
        if self.state is None or section != self.state.sort:
            return titles[section]
        return f"{'↓' if self.state.descending else '↑'} {titles[section]}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        state, row, column = self.state, index.row(), index.column()
        if state is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return state.text(row, column)
        if role == _QUALITY:
            return state.quality(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (VALUE, AGE):
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            doubtful = column == VALUE and state.quality(row) > style.UNCERTAIN
            return QColor(theme.SECONDARY if doubtful or column in _QUIET else theme.TEXT)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def mimeTypes(self) -> list[str]:
        return [MIME, "text/plain"]

    def mimeData(self, indexes: list[Index]) -> QMimeData:
        data = QMimeData()
        rows = sorted({index.row() for index in indexes})
        names = "\n".join(self.state.name(row) for row in rows) if self.state is not None else ""
        data.setData(MIME, names.encode())
        data.setText(names)
        return data


class Hatched(QStyledItemDelegate):
    """Lays the hatch of the quality under a value, and shows it as a swatch before the word."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        quality = index.data(_QUALITY)
        if not quality:
            super().paint(painter, option, index)
            return
        box = option.rect
        if index.column() == VALUE:
            super().paint(painter, option, index)
            painter.fillRect(box.adjusted(4, 4, -2, -4), style.hatch(quality, theme.FAINT))
            return
        swatch = QRect(box.left() + 6, box.center().y() - 6, 14, 13)
        option.rect = box.adjusted(18, 0, 0, 0)
        super().paint(painter, option, index)
        painter.fillRect(swatch, style.hatch(quality))
        painter.setPen(QColor(theme.FAINT))
        painter.drawRect(swatch)


class Tags(QWidget):
    """Signals
    -------
    search_changed : show only tags that hold these words
    sort_requested : order by a column (column, descending)
    tag_requested : a tag was picked (its name)
    trend_requested : draw these tags (names)
    copy_requested : put these rows on the clipboard (row numbers)
    export_requested : write the rows shown to a file (path)
    """

    search_changed = Signal(str)
    sort_requested = Signal(int, bool)
    tag_requested = Signal(str)
    trend_requested = Signal(list)
    copy_requested = Signal(list)
    export_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._state: State | None = None
        self._model = Model()
        self.table = QTableView()
        self.table.setModel(self._model)
        self._hatched = Hatched(self.table)
        for column in (VALUE, QUALITY):
            self.table.setItemDelegateForColumn(column, self._hatched)
        self._dress_table()
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setMaximumWidth(320)
        self.search.textChanged.connect(self.search_changed)
        self._count = QLabel()
        style.tone(self._count, "secondary")
        self._empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        style.tone(self._empty, "secondary")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        head = QHBoxLayout()
        head.setSpacing(theme.STEP)
        head.addWidget(self.search, 1)
        head.addWidget(self._count)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.STEP, theme.STEP, theme.STEP, 0)
        column.setSpacing(theme.STEP)
        column.addLayout(head)
        column.addWidget(self._pages)
        self._actions()
        self._retranslate()

    def show_state(self, state: State) -> None:
        """Show other rows, or the same rows with what they read now."""
        before, self._state = self._state, state
        if before is None or before.rows is not state.rows:
            chosen = {before.tag(row) for row in self._rows()} if before is not None else set()
            self._model.show_state(state)
            self._choose(chosen)
            self._retranslate()
        else:
            self._model.show_state(state)
            self.table.viewport().update()  # paints the cells to be seen, and no other is asked for
        if before is None or before.selected != state.selected:
            self._point_at(state.selected)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A description gives way to what the tag reads now."""
        left = self.width() - 4 * theme.STEP - sum(WIDTHS[section] for section in (NAME, VALUE, UNIT, QUALITY))
        self.table.horizontalHeader().resizeSection(DESCRIPTION, min(max(left, NAMED[0]), NAMED[1]))
        super().resizeEvent(event)

    def _dress_table(self) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setDragEnabled(True)
        table.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsClickable(True)
        for section, width in WIDTHS.items():
            header.resizeSection(section, width)
        header.sectionClicked.connect(self._sort)
        table.clicked.connect(lambda index: self.tag_requested.emit(self._name(index.row())))
        table.doubleClicked.connect(lambda index: self.trend_requested.emit([self._name(index.row())]))

    def _actions(self) -> None:
        self._trend = QAction(self)
        self._trend.triggered.connect(lambda: self.trend_requested.emit([self._name(row) for row in self._rows()]))
        self._copy = QAction(self)
        self._copy.setShortcut(QKeySequence.StandardKey.Copy)
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._copy.triggered.connect(lambda: self.copy_requested.emit(self._rows()))
        self._export = QAction(self)
        self._export.triggered.connect(self._ask_where)
        self.table.addActions([self._trend, self._copy, self._export])
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _retranslate(self) -> None:
        self.search.setPlaceholderText(self.tr("Search name, description, equipment"))
        self._trend.setText(self.tr("Add to the trends"))
        self._copy.setText(self.tr("Copy"))
        self._export.setText(self.tr("Export as CSV…"))
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, NAME, LIMITS)
        state = self._state
        if state is None:
            return
        shown = len(state.rows)
        some = self.tr("{shown} of {total} tags").format(shown=shown, total=state.total)
        self._count.setText(some if shown != state.total else self.tr("{total} tags").format(total=state.total))
        self._empty.setText(
            self.tr("No tag holds these words.") if state.total else self.tr("This source has no tags.")
        )
        self._pages.setCurrentWidget(self.table if shown else self._empty)
        self.table.viewport().update()

    def _sort(self, column: int) -> None:
        state = self._state
        if state is None:
            return
        descending = not state.descending if column == state.sort else False
        self.sort_requested.emit(column, descending)

    def _name(self, row: int) -> str:
        return self._state.name(row) if self._state is not None else ""

    def _rows(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def _choose(self, tags: set[int]) -> None:
        """Select these tags again, wherever their rows are now."""
        if not tags or self._state is None or not self._model.rowCount():
            return
        chosen = QItemSelection()
        for row in np.flatnonzero(np.isin(self._state.rows, list(tags))).tolist():
            chosen.select(self._model.index(row, NAME), self._model.index(row, LIMITS))
        self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _point_at(self, tag: int) -> None:
        if tag < 0 or self._state is None:
            return
        found = np.flatnonzero(self._state.rows == tag)
        if found.size and int(found[0]) not in self._rows():
            self.table.selectRow(int(found[0]))
            self.table.scrollTo(self._model.index(int(found[0]), NAME))

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export the tags"), "tags.csv", "CSV (*.csv)")
        if path:
            self.export_requested.emit(path)
