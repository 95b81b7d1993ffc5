"""The column of machines, painted: state, load bar, deviation bar, alarm mark. Narrow, it folds to names and marks."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app import theme
from app.presenters.machines import Machine, State
from app.views import painting, style, words

LINE = 64
GROUP = 28
NARROW = 140  # px: below this the column is folded


class Machines(QWidget):
    """Signals
    -------
    machine_requested : a machine was picked (its name, whether to fly to it)
    """

    machine_requested = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._boxes: list[tuple[QRectF, Machine]] = []
        self._hovered = ""
        self.setMinimumWidth(76)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, LINE * 8 + GROUP * 2)

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        self._boxes = []
        if not self._state.machines:
            self._paint_empty(painter)
            return
        groups = len({machine.group for machine in self._state.machines})
        line = min(LINE, (self.height() - groups * GROUP) / len(self._state.machines))
        top, group = 0.0, None
        for machine in self._state.machines:
            if machine.group != group:
                group = machine.group
                self._paint_group(painter, QRectF(0, top, self.width(), GROUP), group)
                top += GROUP
            box = QRectF(0, top, self.width(), line)
            self._boxes.append((box, machine))
            self._paint_machine(painter, box, machine)
            top += line

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme.SECONDARY))
        painter.setFont(style.font(theme.SMALL))
        text = self.tr("No machines.\nA station file with pumps (--station FILE) shows them here.")
        painter.drawText(self.rect().adjusted(16, 16, -16, -16), Qt.TextFlag.TextWordWrap, text)

    def _paint_group(self, painter: QPainter, box: QRectF, name: str) -> None:
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(box.adjusted(12, 4, -8, 0), Qt.AlignmentFlag.AlignVCenter, name[:1].upper() + name[1:])

    def _paint_machine(self, painter: QPainter, box: QRectF, machine: Machine) -> None:
        if machine.pump == self._state.selected:
            painter.fillRect(box, QColor(theme.SELECTED))
        elif machine.pump == self._hovered:
            painter.fillRect(box, QColor(theme.HOVERED))
        painter.setPen(QPen(QColor(theme.GRID), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        narrow = self.width() < NARROW
        self._paint_sign(painter, QRectF(12, box.top() + box.height() / 2 - 9, 18, 18), machine)
        painter.setFont(style.font(theme.NORMAL, bold=True))
        painter.setPen(QColor(theme.BRIGHT if machine.state == "running" else theme.SECONDARY))
        if narrow:
            name = QRectF(36, box.top(), self.width() - 36, box.height())
            painter.drawText(name.adjusted(0, 0, 0, -10), Qt.AlignmentFlag.AlignVCenter, machine.pump)
            painting.residual_bar(painter, QRectF(36, box.center().y() + 8, self.width() - 44, 6), machine.off)
            if machine.priority:
                spot = QRectF(box.right() - 14, box.top() + 4, 11, 11)
                painting.mark(painter, spot, machine.priority, machine.unseen)
            return
        painter.drawText(QRectF(40, box.top() + 6, 80, 20), Qt.AlignmentFlag.AlignVCenter, machine.pump)
        self._paint_words(painter, box, machine)
        self._paint_bars(painter, box, machine)

    @staticmethod
    def _paint_sign(painter: QPainter, box: QRectF, machine: Machine) -> None:
        """Running is filled dark grey, stopped an outline, not known a broken outline: never green and red."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if machine.state == "running":
            painter.setBrush(QColor(theme.RUNNING))
            painter.setPen(QPen(QColor(theme.SECONDARY), 1))
        else:
            dashed = Qt.PenStyle.DashLine if machine.state == "unknown" else Qt.PenStyle.SolidLine
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.STOPPED), 1.4, dashed))
        painter.drawEllipse(box)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, machine: Machine) -> None:
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        state = words.word("unknown_state" if machine.state == "unknown" else machine.state)
        if machine.standby and machine.state == "stopped":
            state = self.tr("standby")
        elif machine.state == "running" and math.isfinite(machine.speed):
            state = f"{machine.speed * 100:.1f} %"
        right = QRectF(96, box.top() + 6, box.width() - 96 - 36, 20)
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, state)
        if machine.priority:
            mark = QRectF(box.right() - 27, box.top() + 9, 14, 14)
            painting.mark(painter, mark, machine.priority, filled=machine.unseen)

    def _paint_bars(self, painter: QPainter, box: QRectF, machine: Machine) -> None:
        left, width = 40.0, box.width() - 40 - 12
        half = (width - 12) / 2
        bars, captions = box.top() + 32, box.top() + 42
        stopped = machine.state != "running"
        painting.load_bar(painter, QRectF(left, bars, half, 6), 0.0 if stopped else machine.load)
        painting.residual_bar(
            painter, QRectF(left + half + 12, bars, half, 6), float("nan") if stopped else machine.off
        )
        if box.height() < 56:
            return
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.FAINT))
        load = "" if stopped or math.isnan(machine.load) else f"{machine.load * 100:.0f} %"
        moved = not stopped and math.isfinite(machine.off)
        figure = f" {machine.off:+.1f} σ".replace("-", "−") if moved else ""
        if moved and abs(machine.off) >= theme.RESIDUAL_QUIET:
            painter.setPen(QColor(theme.TEXT))
        right = QRectF(left + 48, captions, width - 48, 18)
        letters = painter.fontMetrics()
        room = int(right.width()) - letters.horizontalAdvance(figure)
        name = words.word(machine.off_residual) if moved else ""
        off = letters.elidedText(name, Qt.TextElideMode.ElideRight, room) + figure
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, off)
        painter.setPen(QColor(theme.FAINT))
        painter.drawText(QRectF(left, captions, half, 18), Qt.AlignmentFlag.AlignVCenter, load)

    # ---- Qt's own --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            machine = self._at(event.pos())  # type: ignore[attr-defined]
            QToolTip.showText(event.globalPos(), machine.name if machine else "", self)  # type: ignore[attr-defined]
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        machine = self._at(event.position())
        self._hover(machine.pump if machine else "")

    def leaveEvent(self, event: QEvent) -> None:
        self._hover("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        machine = self._at(event.position())
        if machine is not None:
            self.machine_requested.emit(machine.pump, False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        machine = self._at(event.position())
        if machine is not None:
            self.machine_requested.emit(machine.pump, True)

    def _hover(self, pump: str) -> None:
        if pump != self._hovered:
            self._hovered = pump
            self.update()

    def _at(self, position: object) -> Machine | None:
        y = position.y()  # type: ignore[attr-defined]
        return next((machine for box, machine in self._boxes if box.top() <= y < box.bottom()), None)
