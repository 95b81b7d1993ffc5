"""One pane of the trends: curves of one unit with their limits, spans and cursors. The mouse asks; it moves nothing."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent

from app import theme
from app.presenters.trends import Curve, Limit, Pane, State
from app.views import style
from app.views.trend_items import Band, Ground, Polyline

AXIS_WIDTH = 56  # px
SPREAD, EXPECTED, VEIL = 110, 46, 170  # opacity of 255
ZOOM_A_NOTCH = 0.8
NOTCH = 120.0  # eighths of a degree
CLICK = 4.0  # px the mouse may move in a click
EDGE = 14  # px: how high the name of a limit is


class Drawn:
    """The items of one curve."""

    def __init__(self, box: pg.ViewBox, curve: Curve) -> None:
        colour = theme.CURVES[curve.colour]
        self.tag, self.colour = curve.tag, curve.colour
        self._band, self._expected = Band(colour, SPREAD), Band(theme.EXPECTED, EXPECTED)
        self._middle = Polyline(theme.EXPECTED, dashed=True)
        self._line = Polyline(colour, stepped=curve.digital)
        self._shown: tuple[object, object] = (None, None)
        self._box = box
        for item in (self._expected, self._middle, self._band, self._line):
            box.addItem(item, ignoreBounds=True)

    def dress(self) -> None:
        """Take the colours of the theme that is worn."""
        for item in (self._expected, self._middle):
            item.colour(theme.EXPECTED)
        for item in (self._band, self._line):
            item.colour(theme.CURVES[self.colour])

    def show_curve(self, curve: Curve) -> None:
        """Other data or other expectations."""
        data, expected = curve.data, curve.expected
        if self._shown[0] is not data and data is not None:
            if not curve.digital:
                self._band.show_band(data.at, data.low, data.high)
            self._line.show_line(data.at, data.last)
        if self._shown[1] is not expected and expected is not None:
            self._expected.show_band(expected.at, expected.low, expected.high)
            self._middle.show_line(expected.at, expected.middle)
        self._shown = (data, expected)

    def remove(self) -> None:
        """Take the items out of their pane."""
        for item in (self._expected, self._middle, self._band, self._line):
            self._box.removeItem(item)


class PaneView(pg.PlotWidget):
    """Signals
    -------
    zoom_requested : show another stretch of time (time under the mouse, factor)
    shift_requested : show a later time (seconds)
    values_requested : stretch the value axis (pane, value under the mouse, factor)
    hovered : the mouse is at a time; NaN when it has gone
    seek_requested : put the shared cursor at a time
    reset_requested : let everything fit again
    """

    zoom_requested = Signal(float, float)
    shift_requested = Signal(float)
    values_requested = Signal(str, float, float)
    hovered = Signal(float)
    seek_requested = Signal(float)
    reset_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._key = ""
        self._drawn: dict[str, Drawn] = {}
        self._limits: dict[Limit, pg.InfiniteLine] = {}
        self._shown_limits: tuple[Limit, ...] = ()
        self._pressed: QPointF | None = None
        self._dragged = False
        self.stretching_values = False
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setMouseEnabled(False, False)
        item.setContentsMargins(0, 2, 0, 2)
        self._box: pg.ViewBox = item.getViewBox()
        self._box.setDefaultPadding(0.0)
        self._dress_axes(item)
        self._ground = Ground(self._box)
        self._box.addItem(self._ground, ignoreBounds=True)
        self._cursor, self._mouse = self._upright(), self._upright()
        self._marks = tuple(self._upright() for _ in "AB")
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self._dress()

    def show_pane(self, pane: Pane, state: State) -> None:
        """Show a pane of a state."""
        self._key = pane.key
        self._show_range(pane, state)
        self._show_curves(pane)
        self._show_limits(pane)
        doubts = tuple(
            (doubt, theme.CURVES[curve.colour])
            for curve in pane.curves
            if curve.data is not None
            for doubt in curve.data.doubts
        )
        self._ground.show(tuple(tick.at for tick in state.ticks), doubts, pane.spans)
        self._show_cursors(state)

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def _dress(self) -> None:
        """Take the colours of the theme that is worn."""
        self.setBackground(theme.PANEL)
        left = self.getAxis("left")
        left.setPen(pg.mkPen(theme.GRID))
        left.setTextPen(pg.mkPen(theme.SECONDARY))
        self._cursor.setPen(pg.mkPen(theme.CURSOR, width=1))
        self._mouse.setPen(pg.mkPen(theme.SECONDARY, width=1, style=Qt.PenStyle.DotLine))
        for mark in self._marks:
            mark.setPen(pg.mkPen(theme.EXPECTED, width=1, style=Qt.PenStyle.DashLine))
        for limit, line in self._limits.items():
            line.setPen(_limit_pen(limit))
        for drawn in self._drawn.values():
            drawn.dress()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ThemeChange:
            self._dress()
        super().changeEvent(event)

    def _dress_axes(self, item: pg.PlotItem) -> None:
        item.hideAxis("bottom")
        left = item.getAxis("left")
        left.setWidth(AXIS_WIDTH)
        left.setStyle(tickFont=style.font(theme.SMALL), tickLength=-4, autoReduceTextSpace=False, maxTickLevel=0)
        left.enableAutoSIPrefix(False)
        left.setGrid(90)

    def _upright(self) -> pg.InfiniteLine:
        line = pg.InfiniteLine(angle=90)
        line.setVisible(False)
        line.setZValue(20)
        self._box.addItem(line, ignoreBounds=True)
        return line

    def _show_range(self, pane: Pane, state: State) -> None:
        window = state.window
        self._box.setRange(xRange=(window.since, window.until), yRange=(pane.low, pane.high), padding=0)
        digital = all(curve.digital for curve in pane.curves)
        self.getAxis("left").setTicks([[(0.0, "0"), (1.0, "1")]] if digital else None)

    def _show_curves(self, pane: Pane) -> None:
        there = {curve.tag: curve.colour for curve in pane.curves}
        for tag, drawn in list(self._drawn.items()):
            if there.get(tag) != drawn.colour:
                self._drawn.pop(tag).remove()
        for curve in pane.curves:
            if curve.tag not in self._drawn:
                self._drawn[curve.tag] = Drawn(self._box, curve)
            self._drawn[curve.tag].show_curve(curve)

    def _show_limits(self, pane: Pane) -> None:
        wanted = set(pane.limits)
        for limit in set(self._limits) - wanted:
            self._box.removeItem(self._limits.pop(limit))
        for limit in wanted - set(self._limits):
            line = pg.InfiniteLine(pos=limit.value, angle=0, pen=_limit_pen(limit))
            self._box.addItem(line, ignoreBounds=True)
            self._limits[limit] = line
        if self._shown_limits != pane.limits:
            self._shown_limits = pane.limits
            self.viewport().update()

    def _show_cursors(self, state: State) -> None:
        places = (state.cursor, state.hovered, *state.marks)
        for line, at in zip((self._cursor, self._mouse, *self._marks), places, strict=True):
            line.setVisible(math.isfinite(at))
            if math.isfinite(at) and line.value() != at:
                line.setValue(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setFont(style.font(theme.SMALL))
        self._name_limits(painter)
        painter.end()

    def _name_limits(self, painter: QPainter) -> None:
        """Name each limit at the left end of its line, where the oldest values are; those out of sight by an arrow."""
        area, (low, high) = self._plot_area(), self._box.viewRange()[1]
        above = [limit.label for limit in self._shown_limits if limit.value > high]
        below = [limit.label for limit in self._shown_limits if limit.value < low]
        labels = [
            (area.top(), "↑ " + "  ".join(above) if above else ""),
            (area.bottom() - EDGE, "↓ " + "  ".join(reversed(below)) if below else ""),
        ]
        for limit in self._shown_limits:
            if low <= limit.value <= high:
                y = area.bottom() - (limit.value - low) / (high - low) * area.height() - EDGE
                labels.append((min(max(y, area.top()), area.bottom() - EDGE), limit.label))
        self._place(painter, area, labels)

    @staticmethod
    def _place(painter: QPainter, area: QRectF, labels: list[tuple[float, str]]) -> None:
        """Write labels at the left edge, each to the right of those it would cover."""
        veil = QColor(theme.PANEL)
        veil.setAlpha(VEIL)
        painter.setPen(QColor(theme.SECONDARY))
        placed: list[QRectF] = []
        for top, text in labels:
            wide = painter.fontMetrics().horizontalAdvance(text)
            box = QRectF(area.left() + 4, top, wide, EDGE)
            for other in placed:
                if box.intersects(other):
                    box.moveLeft(other.right() + theme.STEP)
            placed.append(box)
            if text:
                painter.fillRect(box.adjusted(-3, 0, 3, 0), veil)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # ---- the mouse -------------------------------------------------------------------------------------------------

    def _plot_area(self) -> QRectF:
        return self._box.sceneBoundingRect()

    def _under(self, place: QPointF) -> QPointF:
        """Time and value under a place of the widget."""
        return self._box.mapSceneToView(self.mapToScene(place.toPoint()))

    def _seconds_a_pixel(self) -> float:
        since, until = self._box.viewRange()[0]
        return (until - since) / max(self._plot_area().width(), 1.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        under = self._under(event.position())
        factor = ZOOM_A_NOTCH ** (event.angleDelta().y() / NOTCH)
        if self.stretching_values:
            self.values_requested.emit(self._key, under.y(), factor)
        else:
            self.zoom_requested.emit(under.x(), factor)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self._under(event.position()).x())
        if self._pressed is None:
            return
        moved = event.position().x() - self._pressed.x()
        if self._dragged or abs(moved) > CLICK:
            self._dragged = True
            self._pressed = event.position()
            self.shift_requested.emit(-moved * self._seconds_a_pixel())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged:
            self.seek_requested.emit(self._under(event.position()).x())
        self._pressed = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        self.reset_requested.emit()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(math.nan)
        super().leaveEvent(event)


def _limit_pen(limit: Limit) -> QPen:
    outer = limit.name in ("LL", "HH")
    return pg.mkPen(theme.FAINT, width=1, style=Qt.PenStyle.SolidLine if outer else Qt.PenStyle.DashLine)
