"""The list of what stands: a thin model over the presenter's rows, a filter, and acknowledging."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QAction, QColor, QGuiApplication, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.presenters.alarms import Row, State
from app.views import painting, style, words

Index = QModelIndex | QPersistentModelIndex
MARK, SINCE, EQUIPMENT, WHAT, VALUE, STATUS = range(6)
ROOMY, TIGHT = 780, 480  # px: more has the state too, less has the time without its day
WIDTHS = {MARK: 32, SINCE: 124, EQUIPMENT: 116, VALUE: 104, STATUS: 152}
TIGHT_WIDTHS = {SINCE: 76, EQUIPMENT: 84, VALUE: 92}
SHELVES = (10, 60, 240, 480)  # min
FIRST = "①"  # before the alarm that came first in its group
_ROW = Qt.ItemDataRole.UserRole


class Model(QAbstractTableModel):
    """The rows as Qt wants them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.tight = False

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Other rows; where only their contents changed, the selection stays."""
        if [(r.kind, r.id) for r in rows] != [(r.kind, r.id) for r in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        else:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, STATUS))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return STATUS + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (
            "",
            self.tr("Since"),
            self.tr("Equipment"),
            self.tr("What"),
            self.tr("Value"),
            self.tr("State"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        column = index.column()
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == VALUE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.TEXT if (row.standing or row.unseen) and not row.silenced else theme.SECONDARY)
        if role == Qt.ItemDataRole.FontRole:
            return style.font(theme.NORMAL, bold=row.unseen and column in (EQUIPMENT, WHAT))
        if role == Qt.ItemDataRole.ToolTipRole:
            what = f"{words.capital(row.what)}\n{row.guidance}".strip()
            return (words.capital(row.priority), row.since, row.equipment, what)[min(column, WHAT)]
        return None

    def _text(self, row: Row, column: int) -> str:
        what = f"{FIRST} {words.capital(row.what)}" if row.first_out else words.capital(row.what)
        since = row.since.rpartition(" ")[2] if self.tight else row.since
        state = (
            self.tr("shelved until {time}").format(time=row.until.rpartition(" ")[2])
            if row.until
            else words.word(row.state)
        )
        return ("", since, row.equipment, what, row.value, state)[column]

    def line(self, row: Row) -> str:
        """A row as text, for the clipboard."""
        return "\t".join((row.priority, *(self._text(row, column) for column in range(SINCE, STATUS + 1))))


class Marks(QStyledItemDelegate):
    """Paints the priority's shape in the first column."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        row: Row = index.data(_ROW)
        box = option.rect
        if (row.standing or row.unseen) and not row.silenced:
            spot = QRectF(box.center().x() - 6, box.center().y() - 6, 13, 13)
            painting.mark(painter, spot, row.priority, filled=row.unseen)
        else:
            painter.setPen(QColor(theme.FAINT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, theme.PRIORITY_SHAPES[row.priority])


class Alarms(QWidget):
    """Signals
    -------
    row_requested : a line was picked (kind, identity)
    acknowledge_requested : these lines have been seen, a list of (kind, identity)
    shelve_requested : silence these lines for a time (list of (kind, identity), seconds)
    take_out_requested : take these lines out of service, a list of (kind, identity)
    bring_back_requested : end the silence of these lines, a list of (kind, identity)
    filter_changed : show only lines that hold this text
    sort_requested : order by a column (column, descending)
    export_requested : write the lines shown to a file (path)
    """

    row_requested = Signal(str, int)
    acknowledge_requested = Signal(list)
    shelve_requested = Signal(list, float)
    take_out_requested = Signal(list)
    bring_back_requested = Signal(list)
    filter_changed = Signal(str)
    sort_requested = Signal(int, bool)
    export_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._model = Model()
        self._table = QTableView()
        self._table.setModel(self._model)
        self._table.setItemDelegateForColumn(MARK, Marks(self._table))
        self._dress_table()
        self._filter = QLineEdit(clearButtonEnabled=True)
        self._filter.setMaximumWidth(240)
        self._filter.textChanged.connect(self.filter_changed)
        self._count = QLabel(wordWrap=True)
        style.tone(self._count, "secondary")
        self._acknowledge = QPushButton()
        self._acknowledge.clicked.connect(self.acknowledge_selected)
        self._acknowledge_all = QPushButton()
        self._acknowledge_all.clicked.connect(self._acknowledge_shown)
        self._guidance = QLabel(wordWrap=True)
        style.tone(self._guidance, "secondary")
        self._guidance.hide()
        self._build_silencers()
        self._empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        style.tone(self._empty, "secondary")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._table)
        self._pages.addWidget(self._empty)
        head = QHBoxLayout()
        head.setSpacing(theme.STEP)
        head.addWidget(self._filter)
        head.addStretch(1)
        for widget in (self._silence, self._acknowledge, self._acknowledge_all):
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.STEP, theme.STEP, theme.STEP, 0)
        column.setSpacing(theme.STEP)
        column.addLayout(head)
        column.addWidget(self._count)
        column.addWidget(self._pages)
        column.addWidget(self._guidance)
        self._actions()
        self._retranslate()

    def show_state(self, state: State) -> None:
        """Show another state."""
        chosen = self._chosen()
        self._state = state
        self._model.show_rows(state.rows)
        self._choose(chosen or ([state.selected] if state.selected[0] else []))
        self._retranslate()

    def acknowledge_selected(self) -> None:
        """Say that the chosen lines have been seen."""
        chosen = [(r.kind, r.id) for r in self._chosen_rows() if r.unseen]
        if chosen and not self._state.locked:
            self.acknowledge_requested.emit(chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the state is left to the mark, which is filled until acknowledged; where there
        is less, a time is told without its day."""
        self._table.setColumnHidden(STATUS, self.width() < ROOMY)
        tight = self.width() < TIGHT
        if tight != self._model.tight:
            self._model.tight = tight
            for section, width in {**WIDTHS, **(TIGHT_WIDTHS if tight else {})}.items():
                self._table.horizontalHeader().resizeSection(section, width)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _dress_table(self) -> None:
        table = self._table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(26)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(28)
        for section, width in WIDTHS.items():
            header.resizeSection(section, width)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        table.clicked.connect(self._pick)
        table.selectionModel().selectionChanged.connect(lambda *_: self._enable())

    def _build_silencers(self) -> None:
        self._silence = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._silence)
        self._lengths = [menu.addAction("") for _ in SHELVES]
        for action, minutes in zip(self._lengths, SHELVES, strict=True):
            action.triggered.connect(partial(self._shelve_chosen, minutes))
        menu.addSeparator()
        self._take_out, self._bring_back = menu.addAction(""), menu.addAction("")
        self._take_out.triggered.connect(lambda: self._tell_silence(self.take_out_requested, silenced=False))
        self._bring_back.triggered.connect(lambda: self._tell_silence(self.bring_back_requested, silenced=True))
        self._silence.setMenu(menu)

    def _shelve_chosen(self, minutes: int, *_: object) -> None:
        chosen = self._silenceable(silenced=False)
        if chosen:
            self.shelve_requested.emit(chosen, 60.0 * minutes)

    def _tell_silence(self, signal: SignalInstance, silenced: bool) -> None:
        chosen = self._silenceable(silenced)
        if chosen:
            signal.emit(chosen)

    def _silenceable(self, silenced: bool) -> list[tuple[str, int]]:
        """The chosen alarms that may be silenced, or those that may be brought back; none outside live running."""
        if self._state.locked:
            return []
        return [
            (r.kind, r.id)
            for r in self._chosen_rows()
            if r.kind == "alarm" and r.silenced == silenced and r.state != "suppressed"
        ]

    def _actions(self) -> None:
        self._copy = QAction(self)
        self._copy.triggered.connect(self._copy_rows)
        self._export = QAction(self)
        self._export.triggered.connect(self._ask_where)
        self._table.addActions([self._copy, self._export])
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _retranslate(self) -> None:
        state = self._state
        self._filter.setPlaceholderText(self.tr("Filter"))
        said = self.tr("{standing} standing, {unseen} not acknowledged").format(
            standing=state.standing, unseen=state.unseen
        )
        said += self._said_silence(state)
        if state.hidden:
            said += " · " + self.tr("{hidden} hidden by the filter").format(hidden=state.hidden)
        self._count.setText(said)
        self._acknowledge.setText(self.tr("Acknowledge"))
        self._acknowledge_all.setText(self.tr("Acknowledge all"))
        locked = self.tr("Actions are locked outside live running") if state.locked else ""
        for button in (self._silence, self._acknowledge, self._acknowledge_all):
            button.setToolTip(locked)
        self._name_silencers()
        self._copy.setText(self.tr("Copy"))
        self._export.setText(self.tr("Export as CSV…"))
        self._empty.setText(
            self.tr("Nothing stands.\nAlarms and anomalies appear here when a limit is broken or the model disagrees.")
            if not state.hidden
            else self.tr("Nothing matches the filter.")
        )
        self._pages.setCurrentWidget(self._table if state.rows else self._empty)
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, STATUS)
        self._table.viewport().update()
        self._enable()

    def _name_silencers(self) -> None:
        self._silence.setText(self.tr("Silence"))
        for action, minutes in zip(self._lengths, SHELVES, strict=True):
            hours = self.tr("Shelve for {hours} h").format(hours=minutes // 60)
            action.setText(self.tr("Shelve for {minutes} min").format(minutes=minutes) if minutes < 60 else hours)
        self._take_out.setText(self.tr("Take out of service"))
        self._bring_back.setText(self.tr("Let it be heard again"))

    def _said_silence(self, state: State) -> str:
        """What is not heard, and how many were: nothing hides."""
        said = ""
        if state.silenced:
            said += " · " + self.tr("{count} silenced").format(count=state.silenced)
        if state.suppressed:
            said += " · " + self.tr("{count} suppressed by design").format(count=state.suppressed)
        if state.recent:
            said += " · " + self.tr("{count} in 10 min").format(count=state.recent)
        if state.flood:
            said += " · " + self.tr("alarm flood")
        if state.stale:
            said += " · " + self.tr("{count} for over a day").format(count=state.stale)
        if state.chattering:
            said += " · " + self.tr("chattering: {tags}").format(tags=", ".join(state.chattering))
        return said

    def _show_guidance(self) -> None:
        guidance = next((row.guidance for row in self._chosen_rows() if row.guidance), "")
        self._guidance.setText(guidance)
        self._guidance.setVisible(bool(guidance))

    def _enable(self) -> None:
        self._show_guidance()
        loud, silent = bool(self._silenceable(silenced=False)), bool(self._silenceable(silenced=True))
        for action in (*self._lengths, self._take_out):
            action.setEnabled(loud)
        self._bring_back.setEnabled(silent)
        self._silence.setEnabled(loud or silent)
        chosen = any(row.unseen for row in self._chosen_rows())
        self._acknowledge.setEnabled(chosen and not self._state.locked)
        self._acknowledge_all.setEnabled(bool(self._state.unseen) and not self._state.locked)

    def _chosen_rows(self) -> list[Row]:
        return [self._model.rows[i.row()] for i in self._table.selectionModel().selectedRows()]

    def _chosen(self) -> list[tuple[str, int]]:
        return [(row.kind, row.id) for row in self._chosen_rows()]

    def _choose(self, chosen: list[tuple[str, int]]) -> None:
        if chosen == self._chosen():
            return
        selection = self._table.selectionModel()
        selection.clearSelection()
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        for number, row in enumerate(self._model.rows):
            if (row.kind, row.id) in chosen:
                selection.select(self._model.index(number, 0), flags)

    def _pick(self, index: Index) -> None:
        row = self._model.rows[index.row()]
        self.row_requested.emit(row.kind, row.id)

    def _acknowledge_shown(self) -> None:
        unseen = [(r.kind, r.id) for r in self._state.rows if r.unseen]
        if unseen:
            self.acknowledge_requested.emit(unseen)

    def _sort(self, column: int) -> None:
        descending = not self._state.descending if column == self._state.sort else False
        self._table.horizontalHeader().setSortIndicatorShown(True)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._table.horizontalHeader().setSortIndicator(column, order)
        self.sort_requested.emit(column, descending)

    def _copy_rows(self) -> None:
        rows = self._chosen_rows() or list(self._model.rows)
        QGuiApplication.clipboard().setText("\n".join(self._model.line(row) for row in rows))

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export the list"), "alarms.csv", "CSV (*.csv)")
        if path:
            self.export_requested.emit(path)
