"""Small drawings that several views share: priority marks, value bars, residual bars, buttons' signs."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from app import theme
from app.views import style

THIN = 2.0  # px: no room within edges


def mark(painter: QPainter, box: QRectF, priority: str, filled: bool = True) -> None:
    """The shape of a priority in its colour: ■ ▲ ▼ ●; an outline where it has been acknowledged."""
    colour, edge = QColor(theme.PRIORITY_COLOURS[priority]), QColor(theme.PRIORITY_EDGES[priority])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1.6))
    painter.setBrush(QBrush(colour) if filled else Qt.BrushStyle.NoBrush)
    box = box.adjusted(1, 1, -1, -1)
    shape = theme.PRIORITY_SHAPES[priority]
    if shape == "■":
        painter.drawRect(box)
    elif shape == "●":
        painter.drawEllipse(box)
    else:
        base, tip = (box.bottom(), box.top()) if shape == "▲" else (box.top(), box.bottom())
        painter.drawPolygon(
            QPolygonF([QPointF(box.left(), base), QPointF(box.right(), base), QPointF(box.center().x(), tip)])
        )
    painter.restore()


def span(painter: QPainter, box: QRectF, priority: str) -> None:
    """How long something of a priority lasts, as a bar with the edges of its shape."""
    painter.fillRect(box, QColor(theme.PRIORITY_EDGES[priority]))
    if box.width() > THIN:
        painter.fillRect(box.adjusted(1, 1, -1, -1), QColor(theme.PRIORITY_COLOURS[priority]))


def load_bar(painter: QPainter, box: QRectF, share: float) -> None:
    """A grey bar from the left; an empty groove where the share is not known."""
    painter.fillRect(box, QColor(theme.NORMAL_BAND))
    if math.isfinite(share):
        painter.fillRect(
            QRectF(box.x(), box.y(), box.width() * min(max(share, 0.0), 1.0), box.height()), QColor(theme.BAR)
        )


def residual_bar(painter: QPainter, box: QRectF, z: float) -> None:
    """A bar from the middle, left for below what was expected and right for above, with ticks at 3 sigmas."""
    middle, half = box.center().x(), box.width() / 2
    painter.fillRect(box, QColor(theme.NORMAL_BAND))
    quiet = half * theme.RESIDUAL_QUIET / theme.RESIDUAL_FULL
    if math.isfinite(z) and z:
        reach = half * max(-1.0, min(1.0, z / theme.RESIDUAL_FULL))
        left = min(middle, middle + reach)
        painter.fillRect(QRectF(left, box.y(), abs(reach), box.height()), QColor(theme.residual_colour(z)))
    painter.setPen(QPen(QColor(theme.FAINT), 1))
    for x in (middle - quiet, middle + quiet):
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
    painter.setPen(QPen(QColor(theme.SECONDARY), 1))
    painter.drawLine(QPointF(middle, box.top() - 1), QPointF(middle, box.bottom() + 1))


def value_bar(
    painter: QPainter, box: QRectF, value: float, normal: tuple[float, float], limits: tuple[float, ...], quality: int
) -> None:
    """Range, normal band, limits and pointer, hatched by quality."""
    painter.fillRect(box, QColor(theme.RAISED))
    low, high = (0.0 if math.isnan(v) else v for v in normal)
    painter.fillRect(
        QRectF(box.x() + low * box.width(), box.y(), (high - low) * box.width(), box.height()),
        QColor(theme.NORMAL_BAND),
    )
    if quality:
        painter.fillRect(box, style.hatch(quality))
    painter.setPen(QPen(QColor(theme.SECONDARY), 1))
    for limit in limits:
        x = box.x() + limit * box.width()
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
    if math.isfinite(value):
        x = box.x() + value * box.width()
        painter.fillRect(QRectF(x - 1.5, box.y() - 2, 3, box.height() + 4), QColor(theme.POINTER))


_SIGNS: dict[str, list[list[tuple[float, float]]]] = {
    "play": [[(0.25, 0.15), (0.85, 0.5), (0.25, 0.85)]],
    "pause": [
        [(0.22, 0.15), (0.42, 0.15), (0.42, 0.85), (0.22, 0.85)],
        [(0.58, 0.15), (0.78, 0.15), (0.78, 0.85), (0.58, 0.85)],
    ],
    "previous": [[(0.8, 0.15), (0.3, 0.5), (0.8, 0.85)], [(0.16, 0.15), (0.26, 0.15), (0.26, 0.85), (0.16, 0.85)]],
    "next": [[(0.2, 0.15), (0.7, 0.5), (0.2, 0.85)], [(0.74, 0.15), (0.84, 0.15), (0.84, 0.85), (0.74, 0.85)]],
}


def sign(name: str, size: int = 32) -> QIcon:
    """A button's sign: play, pause, previous, next."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.TEXT))
    for part in _SIGNS[name]:
        painter.drawPolygon(QPolygonF([QPointF(x * size, y * size) for x, y in part]))
    painter.end()
    return QIcon(picture)
