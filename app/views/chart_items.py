"""What moves on the pump chart: the operating point, where it should be, and where it has been."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app import theme

Floats = NDArray[np.float64]
POINT, SPOT = 4.0, 1.5  # px, radii
EXPECTED = 9.0  # px, half the length of a dash
FAINTEST, STRONGEST = 20, 200  # opacity of 255
RUN = 24.0  # px between points beyond which no line joins them


class Walker(pg.GraphicsObject):
    """Painted in pixels over everything else: a trail that fades with age, the expected point, the measured one."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__()
        self._box = box
        self._trail: tuple[Floats, Floats, Floats] = (np.empty(0), np.empty(0), np.empty(0))
        self._point, self._expected = (math.nan, math.nan), math.nan
        self._colour = theme.AS_EXPECTED
        self._running = False
        self.setZValue(30)
        box.sigRangeChanged.connect(self._moved)

    def show_trail(self, flow: Floats, head: Floats, age: Floats) -> None:
        """Another trail (k,); ``age`` from 0 (now) to 1."""
        self._trail = (flow, head, age)
        self.update()

    def show_point(self, point: tuple[float, float], expected: float, colour: str, running: bool) -> None:
        """Another operating point, and the head expected at its flow, joined by a line in ``colour``."""
        self._point, self._expected, self._colour, self._running = point, expected, colour, running
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.viewRect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        to_pixels = painter.worldTransform()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_trail(painter, to_pixels)
        self._paint_point(painter, to_pixels)
        painter.setWorldTransform(to_pixels)

    def _moved(self) -> None:
        self.prepareGeometryChange()

    def _paint_trail(self, painter: QPainter, to_pixels: QTransform) -> None:
        before: QPointF | None = None
        for flow, head, age in zip(*(part.tolist() for part in self._trail), strict=True):
            place = to_pixels.map(QPointF(flow, head))
            tint = QColor(theme.SECONDARY)
            tint.setAlpha(round(STRONGEST + (FAINTEST - STRONGEST) * min(max(age, 0.0), 1.0)))
            if before is not None and (place - before).manhattanLength() < RUN:
                painter.setPen(QPen(tint, 1))
                painter.drawLine(before, place)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawEllipse(place, SPOT, SPOT)
            before = place

    def _paint_point(self, painter: QPainter, to_pixels: QTransform) -> None:
        flow, head = self._point
        if not math.isfinite(flow + head):
            return
        place = to_pixels.map(QPointF(flow, head))
        if math.isfinite(self._expected):
            expected = to_pixels.map(QPointF(flow, self._expected))
            painter.setPen(QPen(QColor(self._colour), 3))
            painter.drawLine(expected, place)
            painter.setPen(QPen(QColor(theme.BRIGHT), 1))
            painter.drawLine(expected - QPointF(EXPECTED, 0.0), expected + QPointF(EXPECTED, 0.0))
        painter.setPen(QPen(QColor(theme.BRIGHT), 1.5))
        painter.setBrush(QColor(theme.BRIGHT) if self._running else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, POINT, POINT)
