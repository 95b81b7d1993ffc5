"""The probe in the scene: the temperature of a point by the last thermal picture of it, and how that has come about."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app import theme
from app.presenters import figures, formatting
from app.views import style

EDGE = 6.0  # px
CHART = 30.0  # px, the height of the history
WIDE = 150.0  # px, at least
CROSS = 7.0  # px
AWAY = 18.0  # px from the point to its plate
LEAST = 2.0  # K that the history's height stands for, at least
Reading = tuple[float, str, float]  # when [s, POSIX], by which camera, how warm [°C]


def paint(
    painter: QPainter, at: QPointF, readings: list[Reading], now: float, bounds: QRectF, placed: list[QRectF]
) -> None:
    """Paint the point and its plate, at the side where there is room; how old a reading is, by the time ``now``."""
    if not bounds.contains(at):
        return
    for colour, width in ((theme.WINDOW, 3.5), (theme.BRIGHT, 1.5)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLine(at - QPointF(CROSS, 0), at + QPointF(CROSS, 0))
        painter.drawLine(at - QPointF(0, CROSS), at + QPointF(0, CROSS))
    lines = _said(readings, now)
    bold, small = QFontMetricsF(style.font(theme.NORMAL, bold=True)), QFontMetricsF(style.font(theme.SMALL))
    width = max(WIDE, *(small.horizontalAdvance(line) for line in lines))
    has_history = len(readings) > 1
    height = bold.height() + small.height() * (len(lines) - 1) + (CHART + 4 if has_history else 0) + 2 * EDGE
    plate = QRectF(at.x() + AWAY, at.y() - height / 2, width + 2 * EDGE, height)
    if plate.right() > bounds.right():
        plate.moveRight(at.x() - AWAY)
    plate.moveTop(min(max(plate.top(), bounds.top()), bounds.bottom() - height))
    placed.append(plate)
    _paint_plate(painter, plate, lines, readings if has_history else [])


def _said(readings: list[Reading], now: float) -> list[str]:
    """The temperature, who said so and how long ago, and between what it has been."""
    if not readings:
        return [QCoreApplication.translate("SceneProbe", "No thermal picture shows this point")]
    taken, camera, value = readings[-1]
    ago = QCoreApplication.translate("SceneProbe", "{age} ago").format(age=figures.lasting(now - taken))
    lines = [f"{formatting.number(value, 1)} °C", f"{camera}  ·  {ago}"]
    if len(readings) > 1:
        values = [each for _, _, each in readings]
        lines.append(f"{formatting.number(min(values), 1)} … {formatting.number(max(values), 1)} °C")
    return lines


def _paint_plate(painter: QPainter, plate: QRectF, lines: list[str], history: list[Reading]) -> None:
    painter.setPen(QPen(QColor(theme.BRIGHT), 1))
    painter.setBrush(style.veil())
    painter.drawRoundedRect(plate, 3, 3)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    y = plate.top() + EDGE
    for number, line in enumerate(lines):
        is_value = number == 0 and len(lines) > 1
        painter.setFont(style.font(theme.NORMAL if is_value else theme.SMALL, bold=is_value))
        painter.setPen(QColor(theme.BRIGHT if is_value else theme.SECONDARY))
        tall = QFontMetricsF(painter.font()).height()
        painter.drawText(QRectF(plate.left() + EDGE, y, plate.width() - 2 * EDGE, tall), left, line)
        y += tall
    if history:
        _paint_history(painter, QRectF(plate.left() + EDGE, y + 4, plate.width() - 2 * EDGE, CHART - 4), history)


def _paint_history(painter: QPainter, box: QRectF, history: list[Reading]) -> None:
    """Each picture a point, in its time; straight lines lead the eye from one to the next and say nothing."""
    first, last = history[0][0], history[-1][0]
    low, high = min(v for _, _, v in history), max(v for _, _, v in history)
    middle, half = (low + high) / 2, max(high - low, LEAST) / 2
    points = [
        QPointF(
            box.left() + box.width() * (at - first) / max(last - first, 1e-9),
            box.center().y() - (value - middle) / half * box.height() / 2,
        )
        for at, _, value in history
    ]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.FAINT), 1))
    painter.drawPolyline(QPolygonF(points))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.BRIGHT))
    for point in points:
        painter.drawEllipse(point, 1.8, 1.8)
