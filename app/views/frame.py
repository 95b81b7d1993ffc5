"""The window itself: a frame in the mode's colour around its parts, and the pages that may cover them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import layouts, theme
from app.views import style

SHEET_GAP, SHEET_EDGES = 4, 88  # px by which lines of a sheet stand apart; its title and margins
SHEET_MARGIN, SHEET_BAR = 24, 16  # px beside its columns, and for the bar that scrolls them
SMALLEST = QSize(896, 504)  # 1366 x 768 at one and a half


class Frame(QWidget):
    """Signals
    -------
    closed : the window is going
    breadth_changed : it has room for more, or for less (layouts.Breadth)
    language_changed : Qt has exchanged its catalogues
    file_dropped : a file was dropped on the window (its path)
    """

    closed = Signal()
    breadth_changed = Signal(str)
    language_changed = Signal()
    file_dropped = Signal(str)

    def __init__(self, parts: tuple[QWidget, ...], stretched: int) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(SMALLEST)
        self.setAcceptDrops(True)
        self._breadth = ""
        self._mode = ""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for index, part in enumerate(parts):
            column.addWidget(part, 1 if index == stretched else 0)
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        page.setObjectName("page")
        self._pages = QStackedLayout()
        self._pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.FRAME, theme.FRAME, theme.FRAME, theme.FRAME)
        outer.addLayout(self._pages)

    @property
    def breadth(self) -> layouts.Breadth:
        """What there is room for."""
        return layouts.breadth(self.width())

    def show_mode(self, mode: str) -> None:
        """Frame the window in the mode's colour."""
        if mode != self._mode:
            self._mode = mode
            self.setProperty("mode", mode)
            self.style().polish(self)

    def cover(self, page: QWidget) -> None:
        """Show a page instead of everything."""
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._breadth != self.breadth:
            self._breadth = self.breadth
            self.breadth_changed.emit(self.breadth)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.language_changed.emit()
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """The file is opened once the hand has let go of it: whoever drags must not wait for it."""
        path = _dropped_file(event)
        if path:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self.file_dropped.emit(path))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)


def _dropped_file(event: QDropEvent) -> str:
    """The path of the first file that is dragged here, or nothing."""
    return next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")


class CrashPage(QWidget):
    """What is shown after a fault of ours.

    Signals
    -------
    close_requested : close the window
    """

    close_requested = Signal()

    def __init__(self, kind: str, report: str) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel(self.tr("Pumphouse has made a mistake and stopped watching"))
        title.setFont(style.font(theme.LARGE, bold=True))
        text = QLabel(
            self.tr(
                "This is a fault of the program ({kind}), not of the station. What was recorded is safe.\n"
                "The report lies at {path}\nPlease send it to whoever looks after Pumphouse, then start it again."
            ).format(kind=kind, path=report)
        )
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(64, 64, 64, 64)
        column.setSpacing(2 * theme.STEP)
        column.addStretch(1)
        for widget in (title, text):
            column.addWidget(widget)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(2)


class Sheet(QWidget):
    """A quiet sheet over the window that a click or Escape puts away: the keys, about."""

    def __init__(self, parent: QWidget, title: str, lines: list[tuple[str, str]]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        heading = QLabel(title)
        heading.setFont(style.font(theme.LARGE, bold=True))
        size = theme.NORMAL if parent.width() >= theme.NARROW else theme.SMALL
        room = QSize(parent.width() - 2 * SHEET_MARGIN - SHEET_BAR, parent.height() - SHEET_EDGES)
        page = _page(lines, size, room)
        scrolled = QScrollArea(widgetResizable=True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(page)
        bar = SHEET_BAR if page.sizeHint().height() > room.height() else 0
        scrolled.setFixedSize(page.sizeHint().boundedTo(room) + QSize(bar, 0))
        column = QVBoxLayout(self)
        column.setContentsMargins(SHEET_MARGIN, 16, SHEET_MARGIN, 16)
        column.addWidget(heading)
        column.addWidget(scrolled)
        self.adjustSize()
        middle = parent.mapToGlobal(parent.rect().center())
        self.move(middle - self.rect().center())


def _page(lines: list[tuple[str, str]], size: int, room: QSize) -> QWidget:
    """The lines in as many columns as their height asks for, and their width allows; then it is to be scrolled."""
    height = max(int(room.height() / (QFontMetricsF(style.font(size)).height() + SHEET_GAP)), 8)
    while True:
        columns = _columns(lines, height)
        page = QWidget()
        bodies = QHBoxLayout(page)
        bodies.setContentsMargins(0, 0, 0, 0)
        bodies.setSpacing(4 * theme.STEP)
        for some in columns:
            body = QLabel(f"<table cellspacing=2>{''.join(_line(*line) for line in some)}</table>")
            body.setFont(style.font(size))
            body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            bodies.addWidget(body, 0, Qt.AlignmentFlag.AlignTop)
            body.ensurePolished()  # it is measured before it is shown
        if page.sizeHint().width() <= room.width() or len(columns) == 1:
            return page
        page.deleteLater()
        while len(_columns(lines, height)) == len(columns):
            height += 1


def _columns(lines: list[tuple[str, str]], height: int) -> list[list[tuple[str, str]]]:
    """The lines in columns of at most so many, a heading always with what stands under it."""
    columns: list[list[tuple[str, str]]] = [[]]
    for number, (key, text) in enumerate(lines):
        under = next((n for n, line in enumerate(lines[number + 1 :]) if not line[1]), len(lines) - number - 1)
        needed = 1 if text else 1 + min(under, height - 1)
        if columns[-1] and len(columns[-1]) + needed > height:
            columns.append([])
        columns[-1].append((key, text))
    return columns


def _line(key: str, text: str) -> str:
    """A line as Qt's rich text: a key and what it does, or a heading."""
    if not text:
        return f"<tr><td colspan=2 style='padding-top:8px'><b>{key}</b></td></tr>"
    return f"<tr><td style='color:{theme.SECONDARY};padding-right:24px'>{key}</td><td>{text}</td></tr>"
