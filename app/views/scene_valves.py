"""Valves in the scene: two triangles as on a flow sheet, filled where open, outlined where closed, figures between."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app import theme
from app.scene.state import Valve
from app.views import style

WIDE, TALL = 16.0, 9.0  # px
EDGE = 3.0  # px
ABOVE = 5.0  # px from the valve to its sign
ENDS = 0.02  # share of the way at each end that needs no figure


def paint(painter: QPainter, valve: Valve, at: QPointF, bounds: QRectF, placed: list[QRectF]) -> None:
    """Paint a valve's sign above a point, where there is room."""
    text = said(valve)
    font = style.font(theme.SMALL)
    room = QFontMetricsF(font).horizontalAdvance(text) + EDGE if text else 0.0
    plate = QRectF(0, 0, WIDE + room + 2 * EDGE, TALL + 2 * EDGE + (4 if text else 0))
    plate.moveCenter(QPointF(at.x(), at.y() - ABOVE - plate.height() / 2))
    if not bounds.contains(plate) or any(plate.intersects(other) for other in placed):
        return
    placed.append(plate)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.veil())
    painter.drawRoundedRect(plate, 3, 3)
    sign = QRectF(plate.left() + EDGE, plate.center().y() - TALL / 2, WIDE, TALL)
    unknown = valve.share is None
    painter.setPen(QPen(QColor(theme.TEXT), 1.2, Qt.PenStyle.DotLine if unknown else Qt.PenStyle.SolidLine))
    middle = sign.center()
    for side in (sign.left(), sign.right()):
        triangle = QPolygonF([QPointF(side, sign.top()), middle, QPointF(side, sign.bottom())])
        painter.setBrush(QColor(theme.TEXT) if (valve.share or 0.0) > ENDS else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(triangle)
    if text:
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        row = plate.adjusted(2 * EDGE + WIDE, 0, 0, 0)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def said(valve: Valve) -> str:
    """How far it is open, where it is neither open nor closed."""
    if valve.share is None:
        return "?"
    return "" if valve.share <= ENDS or valve.share >= 1 - ENDS else f"{valve.share * 100:.0f} %"
