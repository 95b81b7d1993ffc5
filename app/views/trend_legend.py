"""The legend of a pane: a curve's colour and name, what it reads at the cursor, and a way to take it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app import theme
from app.presenters.trends import Curve
from app.views import style, words

LINE = 17  # px
CLOSE = 16  # px
SWATCH = 10  # px
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Legend(QWidget):
    """Beside its pane two lines a curve (three between two marks), above it one less; a cross where the mouse is.

    Signals
    -------
    remove_requested : draw a tag no longer (its name)
    tag_requested : a tag was picked (its name)
    """

    remove_requested = Signal(str)
    tag_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self._curves: tuple[Curve, ...] = ()
        self._said: tuple[object, ...] = ()
        self._under = -1
        self._flat = False

    def lie_flat(self, flat: bool) -> None:
        """Lie above the pane, name and description in one line, or stand beside it."""
        self._flat = flat
        self.updateGeometry()
        self.update()

    def show_curves(self, curves: tuple[Curve, ...]) -> None:
        """Show other curves or other readings; painted anew only where a word changed."""
        said = tuple((c.tag, c.description, c.unit, c.colour, c.value, c.age, c.quality, c.summed) for c in curves)
        self._curves = curves
        if said != self._said:
            self._said = said
            self.updateGeometry()
            self.update()

    @property
    def row_height(self) -> int:
        """A curve's lines and the space under them. [px]"""
        lines = 3 if any(curve.summed for curve in self._curves) else 2
        return (lines - 1) * LINE if self._flat else lines * LINE + 4

    def sizeHint(self) -> QSize:
        return QSize(200, max(1, len(self._curves)) * self.row_height + self._margin)

    @property
    def _margin(self) -> int:
        return 2 if self._flat else theme.STEP

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for row, curve in enumerate(self._curves):
            self._paint(painter, self._box(row), curve, row == self._under)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._look_at(self._row(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._look_at(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        row = self._row(place.y())
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            return
        name = self._curves[row].tag
        if self._cross(self._box(row)).adjusted(-4, -4, 4, 4).contains(place):
            self.remove_requested.emit(name)
        else:
            self.tag_requested.emit(name)

    def _look_at(self, row: int) -> None:
        if row != self._under:
            self._under = row
            self.setToolTip(self._curves[row].description if row >= 0 else "")
            self.update()

    def _row(self, y: int) -> int:
        row = (y - self._margin // 2) // self.row_height
        return row if 0 <= row < len(self._curves) else -1

    def _box(self, row: int) -> QRect:
        top = self._margin // 2 + row * self.row_height
        return QRect(theme.STEP, top, self.width() - theme.STEP, self.row_height)

    @staticmethod
    def _cross(box: QRect) -> QRect:
        return QRect(box.right() - CLOSE, box.top() + 1, CLOSE, CLOSE)

    def _paint(self, painter: QPainter, box: QRect, curve: Curve, under: bool) -> None:
        small = style.font(theme.SMALL)
        line = QRect(box.left(), box.top(), box.width() - CLOSE - 4, LINE)
        painter.fillRect(line.left(), line.center().y() - 1, SWATCH, 3, QColor(theme.CURVES[curve.colour]))
        text = line.adjusted(SWATCH + 6, 0, 0, 0)
        taken = self._reading(painter, text, curve)
        painter.setFont(small)
        painter.setPen(QColor(theme.TEXT))
        name = QFontMetrics(small).elidedText(curve.tag, Qt.TextElideMode.ElideLeft, text.width() - taken)
        painter.drawText(text, _LEFT, name)
        told = QFontMetrics(small).horizontalAdvance(name) + 2 * theme.STEP
        rest = text.adjusted(told, 0, -taken, 0) if self._flat else text.translated(0, LINE)
        self._note(painter, rest, curve)
        if curve.summed is not None:
            self._between_marks(painter, text.translated(0, LINE if self._flat else 2 * LINE), curve)
        if under:
            painter.setPen(QColor(theme.SECONDARY))
            painter.setFont(style.font())
            painter.drawText(self._cross(box), Qt.AlignmentFlag.AlignCenter, "×")

    @staticmethod
    def _reading(painter: QPainter, box: QRect, curve: Curve) -> int:
        """Value and unit at the right; the room they take."""
        small, bold = style.font(theme.SMALL), style.font(bold=True)
        unit = QFontMetrics(small).horizontalAdvance(curve.unit)
        painter.setFont(small)
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(box, _RIGHT, curve.unit)
        value = box.adjusted(0, 0, -(unit + 4 if unit else 0), 0)
        wide = QFontMetrics(bold).horizontalAdvance(curve.value)
        if curve.quality:
            painter.fillRect(
                QRect(value.right() - wide - 2, box.top() + 1, wide + 4, LINE - 2), style.hatch(curve.quality)
            )
        painter.setFont(bold)
        painter.setPen(QColor(theme.BRIGHT if not curve.quality else theme.TEXT))
        painter.drawText(value, _RIGHT, curve.value)
        return unit + wide + 14

    @staticmethod
    def _note(painter: QPainter, box: QRect, curve: Curve) -> None:
        """What a tag measures, and what is to be said of its value."""
        small = style.font(theme.SMALL)
        painter.setFont(small)
        painter.setPen(QColor(theme.SECONDARY))
        quality = words.word(words.QUALITIES[curve.quality]) if curve.quality else ""
        note = " · ".join(part for part in (quality, curve.age) if part)
        painter.drawText(box, _RIGHT, note)
        room = box.width() - (QFontMetrics(small).horizontalAdvance(note) + 8 if note else 0)
        painter.drawText(
            box, _LEFT, QFontMetrics(small).elidedText(curve.description, Qt.TextElideMode.ElideRight, room)
        )

    def _between_marks(self, painter: QPainter, box: QRect, curve: Curve) -> None:
        summed = curve.summed
        if summed is None:
            return
        small = style.font(theme.SMALL)
        text = self.tr("Δ {difference}  mean {mean}  {low} … {high}").format(
            difference=summed.difference, mean=summed.mean, low=summed.low, high=summed.high
        )
        painter.setFont(small)
        painter.setPen(QColor(theme.TEXT))
        box = box.adjusted(0, 0, CLOSE + 4, 0)
        painter.drawText(box, _LEFT, QFontMetrics(small).elidedText(text, Qt.TextElideMode.ElideRight, box.width()))
