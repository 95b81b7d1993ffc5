"""The panel about what is selected, painted from top to bottom; it scrolls where there is more than fits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.presenters.selection import Moved, Row, State
from app.views import painting, style, words

EDGE = 2 * theme.STEP
LINE = 26
HATCHED, UNIT = 56, 40  # px: a value's hatch; a unit
SIGMAS, PERCENT, BAR = 76, 52, 64  # px
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class Sheet(QWidget):
    """Paints a state from top to bottom; as high as it needs.

    Signals
    -------
    tag_requested : a line's tag was picked
    """

    tag_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._y = 0.0
        self._boxes: list[tuple[QRectF, str]] = []

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, max(int(self._y), 200))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, max(int(self._y), 200))

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        before, self._y = self._y, float(theme.STEP)
        self._boxes = []
        if self._state.kind == "nothing":
            self._paint_empty(painter)
        else:
            self._paint_title(painter)
            self._paint_steps(painter)
            self._paint_moved(painter)
            self._paint_shares(painter)
            self._paint_moved_now(painter)
            self._paint_rows(painter)
        self._y += theme.STEP
        if int(before) != int(self._y):
            self.updateGeometry()

    def _take(self, height: float, indent: float = 0.0) -> QRectF:
        box = QRectF(EDGE + indent, self._y, self.width() - 2 * EDGE - indent, height)
        self._y += height
        return box

    def _say(self, painter: QPainter, text: str, colour: str, size: int = theme.NORMAL, bold: bool = False) -> None:
        """Text over as many lines as it needs."""
        face = style.font(size, bold)
        painter.setFont(face)
        painter.setPen(QColor(colour))
        width = max(int(self.width() - 2 * EDGE), 40)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        needed = QFontMetrics(face).boundingRect(0, 0, width, 2000, flags, text)
        painter.drawText(self._take(needed.height() + 4), flags, text)

    def _heading(self, painter: QPainter, text: str) -> None:
        self._y += theme.STEP
        box = self._take(22)
        painter.setFont(style.font(theme.SMALL, bold=True))
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(box, LEFT, text)
        painter.setPen(QColor(theme.LINE))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        self._y += 4

    def _paint_empty(self, painter: QPainter) -> None:
        self._say(
            painter,
            self.tr(
                "Nothing is selected.\nPick a machine, a line of the alarm list, a mark on the timeline, a tag or "
                "anything in the scene: its value, what was expected of it and what to do next stand here."
            ),
            theme.SECONDARY,
        )

    def _paint_title(self, painter: QPainter) -> None:
        state = self._state
        box = self._take(28)
        if state.priority:
            painting.mark(painter, QRectF(box.x(), box.y() + 6, 16, 16), state.priority, filled=state.acknowledge)
            box = box.adjusted(24, 0, 0, 0)
        painter.setFont(style.font(theme.LARGE, bold=True))
        painter.setPen(QColor(theme.BRIGHT))
        painter.drawText(box, LEFT, state.title)
        taken = painter.fontMetrics().horizontalAdvance(state.title) + 12
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        room = box.adjusted(taken, 2, 0, 2)
        elided = painter.fontMetrics().elidedText(state.subtitle, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, LEFT, elided)
        if state.fault:
            self._say(painter, words.capital(state.fault), theme.BRIGHT, theme.LARGE)
        if state.status:
            self._say(painter, words.word(state.status), theme.SECONDARY, theme.SMALL)
        self._paint_times(painter)

    def _paint_times(self, painter: QPainter) -> None:
        state = self._state
        times = (
            (self.tr("began about"), state.since if state.kind == "anomaly" else ""),
            (self.tr("found"), state.detected),
            (self.tr("since"), state.since if state.kind == "alarm" else ""),
            (self.tr("until"), state.until),
        )
        for label, value in times:
            if value:
                box = self._take(20)
                painter.setFont(style.font(theme.SMALL))
                painter.setPen(QColor(theme.SECONDARY))
                painter.drawText(box, LEFT, label)
                painter.setPen(QColor(theme.TEXT))
                painter.drawText(box, RIGHT, value)

    def _paint_steps(self, painter: QPainter) -> None:
        if not self._state.steps:
            return
        self._heading(painter, self.tr("What to do next"))
        for number, step in enumerate(self._state.steps, 1):
            self._say(painter, f"{number}  {words.capital(step.verb)} {step.object}".rstrip(), theme.TEXT)

    def _paint_moved(self, painter: QPainter) -> None:
        if not self._state.moved:
            return
        why = self._state.kind == "anomaly"
        self._heading(painter, self.tr("Why it was flagged") if why else self.tr("Against the model"))
        for moved in self._state.moved:
            self._paint_residual(painter, moved)

    def _paint_moved_now(self, painter: QPainter) -> None:
        if not self._state.moved_now:
            return
        self._heading(painter, self.tr("Off now"))
        for moved in self._state.moved_now:
            self._paint_residual(painter, moved)

    def _paint_residual(self, painter: QPainter, moved: Moved) -> None:
        box = self._take(LINE + 10)
        self._boxes.append((box, moved.tag))
        far = abs(moved.z) >= theme.RESIDUAL_QUIET and moved.valid
        words_box = QRectF(box.x(), box.y(), box.width(), 20)
        painter.setFont(style.font(theme.NORMAL, bold=far))
        painter.setPen(QColor(theme.TEXT if moved.valid else theme.FAINT))
        name = words.capital(moved.residual)
        if not moved.valid:
            wide = self._paint_left(painter, words_box, name)
            painter.setFont(style.font(theme.SMALL))
            why = words.word(moved.why) or self.tr("not judged now")
            self._paint_if_room(painter, words_box.adjusted(wide, 0, 0, 0), why)
            return
        said = f"{words.word(moved.value)} {words.word(moved.unit)}".strip()
        if not moved.sigmas:
            wide = self._paint_left(painter, words_box, name)
            self._paint_if_room(painter, words_box.adjusted(wide, 0, 0, 0), said)
            return
        wide = self._paint_left(painter, words_box.adjusted(0, 0, -SIGMAS, 0), name)
        sigmas = f"{moved.z:+.1f} σ".replace("-", "−")
        painter.setPen(QColor(theme.BRIGHT if far else theme.TEXT))
        painter.drawText(words_box, RIGHT, sigmas)
        painter.setFont(style.font(theme.NORMAL))
        painter.setPen(QColor(theme.SECONDARY))
        self._paint_if_room(painter, words_box.adjusted(wide, 0, -SIGMAS, 0), said)
        painting.residual_bar(painter, QRectF(box.x(), box.y() + 23, box.width(), 6), moved.z)

    @staticmethod
    def _paint_left(painter: QPainter, box: QRectF, text: str) -> float:
        """A text at the left, shortened where it must be; how much room it took. [px]"""
        said = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, LEFT, said)
        return float(painter.fontMetrics().horizontalAdvance(said) + theme.STEP)

    @staticmethod
    def _paint_if_room(painter: QPainter, box: QRectF, text: str) -> None:
        """A text at the right, or none: half a figure would be another figure."""
        if painter.fontMetrics().horizontalAdvance(text) <= box.width():
            painter.drawText(box, RIGHT, text)

    def _paint_shares(self, painter: QPainter) -> None:
        if not self._state.shares:
            return
        self._heading(painter, self.tr("What would explain it"))
        for share in self._state.shares:
            box = self._take(LINE)
            painter.setFont(style.font())
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(box, RIGHT, f"{share.confidence * 100:.0f} %")
            room = box.adjusted(0, 0, -PERCENT, 0)
            name = words.capital(share.fault)
            wide = painter.fontMetrics().horizontalAdvance(name)
            if wide + BAR + theme.STEP <= room.width():
                painting.load_bar(painter, QRectF(room.right() - BAR, box.center().y() - 3, BAR, 6), share.confidence)
            self._paint_left(painter, room, name)

    def _paint_rows(self, painter: QPainter) -> None:
        if not self._state.rows:
            return
        self._heading(painter, self.tr("Values at the cursor"))
        for row in self._state.rows:
            self._paint_row(painter, row)

    def _paint_row(self, painter: QPainter, row: Row) -> None:
        box = self._take(LINE if row.gauge is None else LINE + 8)
        if row.tag:
            self._boxes.append((box, row.tag))
        line = QRectF(box.x(), box.y(), box.width(), LINE - 2)
        left = self._paint_figure(painter, line, row)
        painter.setFont(style.font())
        painter.setPen(QColor(theme.SECONDARY))
        wide = self._paint_left(
            painter, QRectF(line.x(), line.y(), left - line.x(), line.height()), words.capital(row.label)
        )
        self._paint_note(painter, line.adjusted(wide, 0, -UNIT - 64, 0), row)
        if row.gauge is not None:
            bar = QRectF(box.x(), box.y() + LINE - 2, box.width(), 4)
            painting.value_bar(painter, bar, row.gauge.value, row.gauge.normal, row.gauge.limits, row.quality)

    @staticmethod
    def _paint_figure(painter: QPainter, line: QRectF, row: Row) -> float:
        """The value with its unit behind it, or hatched with its quality; where it begins. [px]"""
        value = words.word(row.value)
        behind = row.unit if not row.quality else words.word(words.QUALITIES[row.quality])
        small, bold = style.font(theme.SMALL), style.font(theme.NORMAL, bold=True)
        end = line.right() - max(UNIT, QFontMetrics(small).horizontalAdvance(behind) + 6)
        wide = max(QFontMetrics(bold).horizontalAdvance(value), HATCHED if row.quality else 0)
        if row.quality:
            painter.fillRect(QRectF(end - HATCHED, line.y() + 2, HATCHED, 20), style.hatch(row.quality))
        painter.setFont(bold)
        painter.setPen(QColor(theme.BRIGHT if not row.quality else theme.SECONDARY))
        painter.drawText(QRectF(end - wide, line.y(), wide - (4 if row.quality else 0), line.height()), RIGHT, value)
        painter.setFont(small)
        painter.setPen(QColor(theme.TEXT if row.quality else theme.FAINT))
        painter.drawText(QRectF(end + 4, line.y(), line.right() - end - 4, line.height()), LEFT, behind)
        return float(end - wide - theme.STEP)

    def _paint_note(self, painter: QPainter, box: QRectF, row: Row) -> None:
        """What was expected, in as many words as there is room for."""
        if not row.note:
            return
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.FAINT))
        for said in (self.tr("expected {value}").format(value=row.note), row.note):
            if painter.fontMetrics().horizontalAdvance(said) <= box.width():
                painter.drawText(box, RIGHT, said)
                return

    # ---- Qt's own --------------------------------------------------------------------------------------------------

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        tag = next((tag for box, tag in self._boxes if box.contains(event.position())), "")
        if tag:
            self.tag_requested.emit(tag)


class SelectionPanel(QWidget):
    """Signals
    -------
    acknowledge_requested : what is selected has been seen
    tag_requested : one of its tags was picked
    """

    acknowledge_requested = Signal()
    tag_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._sheet = Sheet()
        self._sheet.tag_requested.connect(self.tag_requested)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setWidget(self._sheet)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setStyleSheet("QScrollArea { border: none; }")
        self._acknowledge = QPushButton()
        self._acknowledge.clicked.connect(self.acknowledge_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.STEP)
        column.setSpacing(theme.STEP)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._acknowledge, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setMinimumWidth(240)
        self._retranslate()

    def show_state(self, state: State) -> None:
        """Show another state."""
        if (state.kind, state.title) != (self._state.kind, self._state.title):
            self._scroll.verticalScrollBar().setValue(0)
        self._state = state
        self._sheet.show_state(state)
        self._retranslate()

    def sizeHint(self) -> QSize:
        return QSize(360, 600)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._sheet.update()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        state = self._state
        self._acknowledge.setText(self.tr("Acknowledge"))
        self._acknowledge.setVisible(state.kind in ("alarm", "anomaly") and state.acknowledge)
        self._acknowledge.setEnabled(not state.locked)
        self._acknowledge.setToolTip(self.tr("Actions are locked outside live running") if state.locked else "")
