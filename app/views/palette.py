"""The box that finds anything, laid over the upper middle of the window."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.presenters.palette import Found, State
from app.views import style

Index = QModelIndex | QPersistentModelIndex
_FOUND = Qt.ItemDataRole.UserRole
WIDTH, BOX, ROW, ROWS, FROM_TOP = 640, 40, 32, 11, 56  # px, px, px, rows, px
KIND_WIDTH = 88  # px
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS - 1, Qt.Key.Key_PageUp: 1 - ROWS}


class Model(QAbstractListModel):
    """The results as Qt wants them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[Found, ...] = ()

    def show_found(self, found: tuple[Found, ...]) -> None:
        """Show other results."""
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        found = self.found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.title
        return found if role == _FOUND else None


class Line(QStyledItemDelegate):
    """Paints a result: its kind, its title with the typed letters marked, what it is, and its key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kinds: dict[str, str] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found: Found = index.data(_FOUND)
        self.initStyleOption(option, index)
        if option.state & option.state.State_Selected:
            painter.fillRect(option.rect, QColor(theme.SELECTED))
        box = option.rect.adjusted(theme.STEP, 0, -theme.STEP, 0)
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.FAINT))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.kinds.get(found.kind, found.kind))
        if found.shortcut:
            painter.setPen(QColor(theme.SECONDARY))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, found.shortcut)
            box.setRight(box.right() - painter.fontMetrics().horizontalAdvance(found.shortcut) - theme.STEP)
        x = self._title(painter, box.adjusted(KIND_WIDTH, 0, 0, 0), found)
        self._detail(painter, QRect(x + 2 * theme.STEP, box.top(), box.right() - x - 2 * theme.STEP, ROW), found.detail)

    def _title(self, painter: QPainter, box: QRect, found: Found) -> int:
        """Paint the title run by run; where it ends."""
        plain, bold = style.font(), style.font(bold=True)
        title = self.kinds["go"].format(time=found.title) if found.kind == "time" else found.title
        hits = set() if found.kind == "time" else set(found.hits)
        x = box.left()
        for text, hit in _runs(title, hits):
            face = bold if hit else plain
            painter.setFont(face)
            painter.setPen(QColor(theme.BRIGHT if hit else theme.TEXT))
            painter.drawText(QRect(x, box.top(), box.right() - x, ROW), Qt.AlignmentFlag.AlignVCenter, text)
            x += QFontMetrics(face).horizontalAdvance(text)
        return min(x, box.right())

    @staticmethod
    def _detail(painter: QPainter, box: QRect, detail: str) -> None:
        painter.setFont(style.font())
        painter.setPen(QColor(theme.SECONDARY))
        room = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, max(0, box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, room)


def _runs(text: str, hits: set[int]) -> list[tuple[str, bool]]:
    """The text parted where marked letters begin and end."""
    runs: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        hit = place in hits
        if runs and runs[-1][1] == hit:
            runs[-1] = (runs[-1][0] + letter, hit)
        else:
            runs.append((letter, hit))
    return runs


class Palette(QFrame):
    """Signals
    -------
    query_changed : what is typed
    pick_requested : a result was chosen (its row)
    """

    query_changed = Signal(str)
    pick_requested = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.box = QLineEdit()
        self.box.setFont(style.font(theme.LARGE))
        self.box.setFixedHeight(BOX)
        self.box.textChanged.connect(self.query_changed)
        self.box.installEventFilter(self)
        self._model = Model()
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._line = Line(self.list)
        self.list.setItemDelegate(self._line)
        self.list.clicked.connect(lambda index: self._pick(index.row()))
        self._empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        style.tone(self._empty, "secondary")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.STEP, theme.STEP, theme.STEP, theme.STEP)
        column.setSpacing(theme.STEP)
        column.addWidget(self.box)
        column.addWidget(self._pages)
        self._retranslate()
        self.hide()

    def open(self) -> None:
        """Come up empty over the window, ready to be typed into."""
        self.box.clear()
        self.query_changed.emit("")
        self._place()
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_state(self, state: State) -> None:
        """Show other results, the best of them chosen."""
        self._model.show_found(state.found)
        self.list.setCurrentIndex(self._model.index(0))
        self._pages.setCurrentWidget(self.list if state.found else self._empty)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move in the list while the letters go into the box; leaving the box closes it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        if event.type() == QEvent.Type.FocusOut and not self.list.underMouse():
            self.hide()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self.list.currentIndex().row())
        elif key in _MOVES:
            last = self._model.rowCount() - 1
            row = min(max(self.list.currentIndex().row() + _MOVES[key], 0), last)
            self.list.setCurrentIndex(self._model.index(row))
        else:
            return False
        return True

    def _pick(self, row: int) -> None:
        if row >= 0:
            self.hide()
            self.pick_requested.emit(row)

    def _place(self) -> None:
        around = self.parentWidget().rect()
        width = min(WIDTH, around.width() - 4 * theme.STEP)
        rows = min(max(self._model.rowCount(), 2), ROWS)
        height = min(BOX + rows * ROW + 3 * theme.STEP + 4, around.height() - 2 * FROM_TOP)
        self.setGeometry((around.width() - width) // 2, FROM_TOP, width, height)

    def _retranslate(self) -> None:
        self.box.setPlaceholderText(self.tr("Actions, tags, equipment, alarms, times (14:03, +90)"))
        self._empty.setText(self.tr("Nothing fits."))
        self._line.kinds = {
            "action": self.tr("action"),
            "time": self.tr("time"),
            "anomaly": self.tr("anomaly"),
            "alarm": self.tr("alarm"),
            "equipment": self.tr("equipment"),
            "tag": self.tr("tag"),
            "go": self.tr("Go to {time}"),
        }
        self.list.viewport().update()
