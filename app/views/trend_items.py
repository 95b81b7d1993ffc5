"""What is painted into a pane besides plain lines: bands between two lines, hatched and shaded spans of time."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app import theme
from app.presenters.trend_data import Doubt
from app.presenters.trends import Span
from app.views import painting, style

Floats = NDArray[np.float64]
SHADE, HATCH = 18, 90  # opacity of 255
MARK = 11.0  # px
DOT = 5.0  # px


class Band(pg.GraphicsObject):
    """The area between two lines, in as many pieces as their gaps make of it."""

    def __init__(self, colour: str, opacity: int) -> None:
        super().__init__()
        self._opacity = opacity
        self._path = QPainterPath()
        self.colour(colour)

    def colour(self, colour: str) -> None:
        """Fill it with another colour."""
        fill = QColor(colour)
        fill.setAlpha(self._opacity)
        self._brush = QBrush(fill)
        self._pen = QPen(fill, 0)
        self.update()

    def show_band(self, at: Floats, low: Floats, high: Floats) -> None:
        """Other lines: (n,) each, NaN where there is none."""
        self.prepareGeometryChange()
        self._path = QPainterPath()
        if np.array_equal(low, high, equal_nan=True):  # nothing was summed up: the line says it all
            return
        known = np.isfinite(low) & np.isfinite(high)
        edges = np.flatnonzero(np.diff(known, prepend=False, append=False))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            x = np.concatenate((at[first:last], at[first:last][::-1]))
            y = np.concatenate((low[first:last], high[first:last][::-1]))
            self._path.addPath(pg.arrayToQPath(x, y))
        self.update()

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(self._pen)
        painter.setBrush(self._brush)
        painter.drawPath(self._path)


class Ground(pg.GraphicsObject):
    """What lies under the curves: round times, and stretches of time over the whole height of a pane.

    Painted in pixels, so that lines, hatches and marks stay sharp.
    """

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__()
        self._box = box
        self._doubts: tuple[tuple[Doubt, str], ...] = ()
        self._spans: tuple[Span, ...] = ()
        self._ticks: tuple[float, ...] = ()
        self.setZValue(-10)
        box.sigRangeChanged.connect(self._moved)

    def show(self, ticks: tuple[float, ...], doubts: tuple[tuple[Doubt, str], ...], spans: tuple[Span, ...]) -> None:
        """Other times and spans: of doubtful quality, each with its curve's colour, and of anomalies."""
        if (ticks, doubts, spans) != (self._ticks, self._doubts, self._spans):
            self._ticks, self._doubts, self._spans = ticks, doubts, spans
            self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.viewRect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        to_pixels = painter.worldTransform()
        painter.setWorldTransform(QTransform())
        painter.setPen(QPen(QColor(theme.GRID), 1))
        for tick in self._ticks:
            line = self._pixels(to_pixels, tick, tick)
            painter.drawLine(QPointF(line.left(), line.top()), QPointF(line.left(), line.bottom()))
        for span in self._spans:
            self._shade(painter, self._pixels(to_pixels, span.since, span.until), span.priority)
        for doubt, colour in self._doubts:
            tint = QColor(colour)
            tint.setAlpha(HATCH)
            hatch = QBrush(style.hatch(doubt.quality))
            hatch.setColor(tint)
            painter.fillRect(self._pixels(to_pixels, doubt.since, doubt.until), hatch)
        painter.setWorldTransform(to_pixels)

    def _moved(self) -> None:
        self.prepareGeometryChange()

    def _pixels(self, to_pixels: QTransform, since: float, until: float) -> QRectF:
        view = self.boundingRect()
        left, right = max(since, view.left()), min(until, view.right())
        return to_pixels.mapRect(QRectF(left, view.top(), max(right - left, 0.0), view.height()))

    @staticmethod
    def _shade(painter: QPainter, area: QRectF, priority: str) -> None:
        tint = QColor(theme.BRIGHT)
        tint.setAlpha(SHADE)
        painter.fillRect(area, tint)
        painter.setPen(QPen(QColor(theme.SECONDARY), 1))
        painter.drawLine(QPointF(area.left(), area.top()), QPointF(area.left(), area.bottom()))
        painting.mark(painter, QRectF(area.left() + 3, area.top() + 3, MARK, MARK), priority)


class Polyline(pg.PlotCurveItem):
    """A line that is broken where its values are not numbers; stepped where a state is on or off.

    A value that stands alone is a dot.
    """

    def __init__(self, colour: str, dashed: bool = False, stepped: bool = False) -> None:
        super().__init__(connect="finite", antialias=False)
        self._pattern = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self._stepped = stepped
        self._lone: list[QPointF] = []
        self.colour(colour)

    def colour(self, colour: str) -> None:
        """Draw it in another colour."""
        self._dot = QPen(QColor(colour), DOT)
        self._dot.setCosmetic(True)
        self.setPen(pg.mkPen(colour, width=1, style=self._pattern))

    def show_line(self, at: Floats, values: Floats) -> None:
        """Other values: (n,) each."""
        there = np.pad(np.isfinite(values), 1)
        lone = there[1:-1] & ~there[:-2] & ~there[2:]
        self._lone = [QPointF(*point) for point in zip(at[lone].tolist(), values[lone].tolist(), strict=True)]
        if self._stepped and at.size > 1:
            at, values = np.repeat(at, 2)[1:], np.repeat(values, 2)[:-1]
        self.setData(at, values, connect="finite")

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        super().paint(painter, option, widget)
        painter.setPen(self._dot)
        painter.drawPoints(self._lone)
