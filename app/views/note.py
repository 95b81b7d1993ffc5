"""The line in which a note is written: over the timeline, at the time at which it was begun, and in nobody's way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from app import theme
from app.views import style

LONGEST = 1000  # letters
WIDE = 640  # px


class NoteLine(QFrame):
    """Signals
    -------
    written : a note is to be kept (its words)
    """

    written = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._about = ("", "")
        self._label = QLabel()
        self._label.setFont(style.font(theme.SMALL, bold=True))
        self.line = QLineEdit()
        self.line.setMaxLength(LONGEST)
        self.line.returnPressed.connect(self._write)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.STEP, 4, 4, 4)
        row.addWidget(self._label)
        row.addWidget(self.line, 1)
        self.hide()

    def begin(self, time: str, subject: str, said: str = "") -> None:
        """Ask for a note at a time, on a tag or equipment or on nothing in particular; other words than
        ``said`` of one that there is."""
        self._about = (time, subject)
        self._say()
        self.line.setText(said)
        room = self.parentWidget().width()
        self.setGeometry(theme.STEP, theme.STEP, min(WIDE, room - 2 * theme.STEP), self.sizeHint().height())
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write(self) -> None:
        words = self.line.text().strip()
        self.hide()
        if words:
            self.written.emit(words)

    def _say(self) -> None:
        time, subject = self._about
        told = self.tr("Note at {time} on {subject}") if subject else self.tr("Note at {time}")
        self._label.setText(told.format(time=time, subject=subject))
        self.line.setPlaceholderText(self.tr("Enter keeps it in the recording, Esc does not"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
        super().changeEvent(event)
