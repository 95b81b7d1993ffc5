"""Trends: panes above one another with their legends, one axis of time, and the way back to now."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.presenters.trend_window import Window
from app.presenters.trends import State
from app.views import style
from app.views.tags import MIME
from app.views.trend_legend import Legend
from app.views.trend_pane import AXIS_WIDTH, PaneView

WIDTHS = (60.0, 600.0, 3600.0, 8 * 3600.0, 86_400.0, 0.0)  # s; 0: all there is
ALIKE = 0.01  # share by which a width may differ from that of a button
LEAST_PANE, LEAST_UNDER = 84, 62  # px: beside a legend, and under one
LEGEND, ROOMY = 264, 900  # px: in less room the legends lie above their panes
AXIS_HEIGHT = 32  # px
QWIDGETSIZE_MAX = 2**24 - 1  # px: Qt's own, which its Python binding does not name


class TimeAxis(QWidget):
    """Round times under the panes, and the time of cursor, mouse and marks."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(AXIS_HEIGHT)
        self._state: State | None = None
        self._room = 0

    def show_state(self, state: State, room: int) -> None:
        """Show another stretch of time; ``room`` is what the legends take at the right."""
        self._state, self._room = state, room
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        state = self._state
        if state is None:
            return
        painter = QPainter(self)
        painter.setFont(style.font(theme.SMALL))
        for tick in state.ticks:
            x = self._x(tick.at, state.window)
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(int(x), 0, int(x), 3)
            self._label(painter, x, 3, tick.label, theme.SECONDARY)
            if tick.day:
                self._label(painter, x, 17, tick.day, theme.FAINT)
        for at, name in zip(state.marks, "AB", strict=True):
            if state.window.holds(at):
                self._label(painter, self._x(at, state.window), 17, name, theme.EXPECTED)
        painter.end()

    def _x(self, at: float, window: Window) -> float:
        width = self.width() - self._room - AXIS_WIDTH
        return AXIS_WIDTH + (at - window.since) / window.width * width

    def _label(self, painter: QPainter, x: float, y: float, text: str, colour: str) -> None:
        wide = painter.fontMetrics().horizontalAdvance(text)
        left = min(max(x - wide / 2, 0.0), self.width() - wide)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(left, y, wide + 1, 14), Qt.AlignmentFlag.AlignCenter, text)


class Trends(QWidget):
    """Signals
    -------
    add_requested : draw these tags too (names of tags or equipment)
    remove_requested : draw a tag no longer (its name)
    clear_requested : draw none
    tag_requested : a tag was picked (its name)
    zoom_requested, shift_requested, width_requested, values_requested : show another time or value range
    back_requested : follow the cursor again
    reset_requested : let everything fit again
    hovered : the mouse is at a time; NaN when it has gone
    seek_requested : put the shared cursor at a time
    mark_requested : set mark A or B
    resized : so many pixels are there for the time axis
    """

    add_requested = Signal(list)
    remove_requested = Signal(str)
    clear_requested = Signal()
    tag_requested = Signal(str)
    zoom_requested = Signal(float, float)
    shift_requested = Signal(float)
    width_requested = Signal(float)
    values_requested = Signal(str, float, float)
    back_requested = Signal()
    reset_requested = Signal()
    hovered = Signal(float)
    seek_requested = Signal(float)
    mark_requested = Signal(str)
    resized = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._state: State | None = None
        self._rows: list[tuple[PaneView, Legend]] = []
        self._roomy = False
        self._seek_at = 0.0
        self._seek_timer = QTimer(self, singleShot=True)  # waits whether a click becomes a double-click
        self._seek_timer.setObjectName("trends: a click that is no double-click")
        self._seek_timer.setInterval(QApplication.doubleClickInterval() // 2)
        self._seek_timer.timeout.connect(lambda: self.seek_requested.emit(self._seek_at))
        self._axis = TimeAxis()
        self._read_at, self._between = QLabel(), QLabel(alignment=Qt.AlignmentFlag.AlignRight)
        self._between.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        style.tone(self._between, "secondary")
        self._build_buttons()
        self._lay_out()
        self._retranslate()

    def show_state(self, state: State) -> None:
        """Show another state."""
        before, self._state = self._state, state
        self._fit_rows(len(state.panes))
        for (pane_view, legend), pane in zip(self._rows, state.panes, strict=True):
            pane_view.show_pane(pane, state)
            legend.show_curves(pane.curves)
            least = LEAST_PANE if self._roomy else LEAST_UNDER
            pane_view.setMinimumHeight(max(least, legend.sizeHint().height() if self._roomy else 0))
        bar = self._scroll.verticalScrollBar()
        self._axis.show_state(state, self._legend_width() + (bar.width() if bar.isVisible() else 0))
        for number, button in enumerate(self._widths.buttons()):
            button.setChecked(math.isclose(state.window.width, WIDTHS[number], rel_tol=ALIKE))
        self._read_at.setText(state.read_at if state.panes else "")
        self._between.setText(f"A → B  {state.between}" if state.between else "")
        self._pages.setCurrentWidget(self._plots if state.panes else self._empty)
        if before is None or (before.away, before.live, before.own) != (state.away, state.live, state.own):
            self._retranslate()

    # ---- building --------------------------------------------------------------------------------------------------

    def _build_buttons(self) -> None:
        self._widths = QButtonGroup(self, exclusive=False)
        for number, _ in enumerate(WIDTHS):
            button = QToolButton(checkable=True)
            button.setStyleSheet("padding: 3px 5px;")
            self._widths.addButton(button, number)
        self._widths.idClicked.connect(lambda number: self.width_requested.emit(WIDTHS[number]))
        self._back, self._clear = QToolButton(), QToolButton()
        self._back.clicked.connect(self.back_requested)
        self._clear.clicked.connect(self.clear_requested)
        for button in (*self._widths.buttons(), self._back, self._clear):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setFont(style.font(theme.SMALL))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        for button in self._widths.buttons():
            head.addWidget(button)
        head.addSpacing(theme.STEP)
        head.addWidget(self._back)
        head.addWidget(self._between, 1)
        for widget in (self._read_at, self._clear):
            head.addSpacing(theme.STEP)
            head.addWidget(widget)
        inside = QWidget()
        inside.setStyleSheet("background: transparent;")
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._scroll.viewport().setAutoFillBackground(False)
        self._plots = QWidget()
        plots = QVBoxLayout(self._plots)
        plots.setContentsMargins(0, 0, 0, 0)
        plots.setSpacing(0)
        plots.addWidget(self._scroll, 1)
        plots.addWidget(self._axis)
        self._empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        style.tone(self._empty, "secondary")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._plots)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.STEP, 4, theme.STEP, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._pages, 1)

    def _fit_rows(self, count: int) -> None:
        while len(self._rows) > count:
            for widget in self._rows.pop():
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        while len(self._rows) < count:
            self._rows.append(self._row(len(self._rows)))
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 1 if row % 2 and row < 2 * count else 0)

    def _row(self, number: int) -> tuple[PaneView, Legend]:
        pane, legend = PaneView(), Legend()
        pane.zoom_requested.connect(self.zoom_requested)
        pane.shift_requested.connect(self.shift_requested)
        pane.values_requested.connect(self.values_requested)
        pane.hovered.connect(self.hovered)
        pane.seek_requested.connect(self._clicked)
        pane.reset_requested.connect(self._double_clicked)
        legend.remove_requested.connect(self.remove_requested)
        legend.tag_requested.connect(self.tag_requested)
        self._grid.addWidget(pane, 2 * number + 1, 0)
        self._place(legend, number)
        return pane, legend

    def _place(self, legend: Legend, number: int) -> None:
        """Put a legend beside its pane or above it, as the room is."""
        legend.lie_flat(not self._roomy)
        if self._roomy:
            legend.setFixedWidth(LEGEND)
            self._grid.addWidget(legend, 2 * number + 1, 1, Qt.AlignmentFlag.AlignTop)
        else:
            legend.setMinimumWidth(0)
            legend.setMaximumWidth(QWIDGETSIZE_MAX)
            self._grid.addWidget(legend, 2 * number, 0)

    def _legend_width(self) -> int:
        """What legends take of the room for the axis of time. [px]"""
        return LEGEND if self._roomy else 0

    # ---- asking ----------------------------------------------------------------------------------------------------

    def _clicked(self, at: float) -> None:
        self._seek_at = at
        self._seek_timer.start()

    def _double_clicked(self) -> None:
        self._seek_timer.stop()
        self.reset_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().upper() in ("A", "B"):
            self.mark_requested.emit(event.text().upper())
        elif event.key() == Qt.Key.Key_V:
            self._stretch_values(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_V and not event.isAutoRepeat():
            self._stretch_values(False)
        super().keyReleaseEvent(event)

    def _stretch_values(self, on: bool) -> None:
        for pane, _ in self._rows:
            pane.stretching_values = on

    def enterEvent(self, event: QEvent) -> None:
        if not isinstance(QApplication.focusWidget(), QLineEdit):  # nobody is typing
            self.setFocus(Qt.FocusReason.MouseFocusReason)  # so that V, A and B are heard where the mouse is
        super().enterEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        names = bytes(event.mimeData().data(MIME).data()).decode().splitlines()
        if names:
            event.acceptProposedAction()
            self.add_requested.emit(names)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._roomy != (self.width() >= ROOMY):
            self._roomy = not self._roomy
            for number, (_, legend) in enumerate(self._rows):
                self._place(legend, number)
        self.resized.emit(float(self.width() - self._legend_width() - AXIS_WIDTH - 2 * theme.STEP))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.ThemeChange and self._state is not None:
            self.show_state(self._state)
        super().changeEvent(event)

    def _retranslate(self) -> None:
        names = (
            self.tr("1 min"),
            self.tr("10 min"),
            self.tr("1 h"),
            self.tr("8 h"),
            self.tr("24 h"),
            self.tr("All"),
        )
        for button, name in zip(self._widths.buttons(), names, strict=True):
            button.setText(name)
        state = self._state
        live = state is not None and state.live
        self._back.setText(self.tr("Back to live") if live else self.tr("Back to the cursor"))
        self._back.setVisible(state is not None and state.away)
        self._clear.setText(self.tr("Clear"))
        self._clear.setToolTip(self.tr("Draw no tags, and follow the selection again"))
        self._clear.setVisible(state is not None and state.own)
        self._empty.setText(
            self.tr("No tags are drawn.\nDrag tags here from the list, or select a machine to see what matters of it.")
        )
