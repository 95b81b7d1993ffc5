"""The quiet bar at the bottom, and the log that opens from it. Nothing here ever stops anybody."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.presenters.notices import Line, State
from app.views import style


class NoticeBar(QWidget):
    """Signals
    -------
    cancel_requested : give up what is under way
    """

    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._frame_ms = 0.0
        self.setFixedHeight(theme.STATUS_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._notice = QPushButton()
        self._notice.setFlat(True)
        self._notice.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._notice.clicked.connect(self._open_log)
        self._doing = QLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._cancel = QPushButton()
        self._cancel.setFlat(True)
        self._cancel.clicked.connect(self.cancel_requested)
        self._health = QLabel()
        for widget in (self._doing, self._health):
            widget.setFont(style.font(theme.SMALL))
            style.tone(widget, "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.STEP, 0, theme.STEP, 0)
        row.setSpacing(2 * theme.STEP)
        self._notice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._notice, 1)
        for widget in (self._doing, self._bar, self._cancel, self._health):
            row.addWidget(widget)
        self._log = Log(self)
        self._retranslate()

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self._retranslate()

    def show_frame_time(self, milliseconds: float) -> None:
        """How long the window's own share of a heartbeat takes."""
        if round(milliseconds) != round(self._frame_ms):
            self._frame_ms = milliseconds
            self._health.setText(self._said_health(self._state))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        state = self._state
        self._notice.setText(_said(state.last) if state.last else self.tr("Nothing to report"))
        self._notice.setToolTip(self.tr("Click for all messages"))
        busy = state.share is not None
        for widget in (self._doing, self._bar, self._cancel):
            widget.setVisible(busy)
        self._doing.setText(state.doing)
        self._bar.setValue(round(100 * (state.share or 0.0)))
        self._notice.setProperty("told", state.last is not None and state.last.severity != "information")
        self._notice.style().polish(self._notice)
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setVisible(busy and not state.live)
        self._health.setText(self._said_health(state))
        self._log.show_lines(state.log, self.tr("Messages"))

    def _said_health(self, state: State) -> str:
        window = self.tr("window {ms} ms").format(ms=f"{self._frame_ms:.0f}")
        if not state.live:
            return window
        source = self.tr("{rate} frames/s · step {ms} ms · {dropped} dropped").format(
            rate=state.rate, ms=state.step_ms, dropped=state.dropped
        )
        return f"{source} · {window}"

    def _open_log(self) -> None:
        self._log.resize(720, 320)
        self._log.move(self.mapToGlobal(QPoint(0, -320)))
        self._log.setVisible(not self._log.isVisible())


class Log(QFrame):
    """All messages, newest last, in a sheet above the bar that a click elsewhere closes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._title = QLabel()
        self._text = QPlainTextEdit(readOnly=True)
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addWidget(self._text)

    def show_lines(self, lines: tuple[Line, ...], title: str) -> None:
        """Show other lines."""
        self._title.setText(title)
        text = "\n".join(_said(line) for line in lines)
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
            self._text.verticalScrollBar().setValue(self._text.verticalScrollBar().maximum())


def _said(line: Line) -> str:
    return f"{line.time}  {line.text}"
