"""Robots in the scene, in words: a dart where one is too small to be seen, its name, battery and what it is doing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app import theme
from app.scene.state import RobotMark
from app.views import style, words

SMALL = 22.0  # px: a robot that is no larger in the picture has a dart
BATTERY = QRectF(0, 0, 22, 9)  # px
EDGE = 6.0  # px
BELOW = 14.0  # px from a robot to its plate
OUTSIDE = "outside"  # the status of a robot that is placed where the model has nothing
GAP = 2.0  # px between plates
DART = ((9.0, 0.0), (-6.0, 5.5), (-3.0, 0.0), (-6.0, -5.5))  # px, pointing along x


@dataclass(frozen=True)
class Seen:
    """Where a robot is in the picture: its middle, a point ahead of it, and how large it is. [px]"""

    at: QPointF
    ahead: QPointF
    size: float


def paint(painter: QPainter, mark: RobotMark, seen: Seen, chosen: bool, bounds: QRectF, placed: list[QRectF]) -> None:
    """Paint a robot's dart and plate, where there is room within bounds and between what has been placed."""
    if seen.size < SMALL:
        _paint_dart(painter, seen, chosen)
    for doing in (True, False) if chosen or seen.size >= SMALL else (False,):
        for down in (True, False):
            plate = _plate(mark, seen, doing, down)
            grown = plate.adjusted(-GAP, -GAP, GAP, GAP)
            if bounds.contains(plate) and not any(grown.intersects(other) for other in placed):
                placed.append(plate)
                _paint_plate(painter, mark, plate, seen, chosen, doing, down)
                return


def paint_lost(painter: QPainter, marks: list[RobotMark], bounds: QRectF, placed: list[QRectF]) -> None:
    """Name the robots that have no place, or one outside the station, upper right, for they are nowhere else."""
    if not marks:
        return
    text = "  ·  ".join(f"{mark.robot} {words.word(OUTSIDE if mark.status == OUTSIDE else 'lost')}" for mark in marks)
    painter.setFont(style.font(theme.SMALL))
    metrics = QFontMetricsF(painter.font())
    plate = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * EDGE, metrics.height() + 4)
    plate.moveTopRight(bounds.topRight() + QPointF(-EDGE, EDGE))
    placed.append(plate)
    painter.setPen(QPen(QColor(theme.FAINT), 1, Qt.PenStyle.DashLine))
    painter.setBrush(style.veil())
    painter.drawRoundedRect(plate, 3, 3)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def told(mark: RobotMark) -> str:
    """All of it in a few lines, for whoever points at a robot."""
    battery = _share(mark)
    lines = (
        f"{mark.robot}  {mark.name}".rstrip(),
        words.capital(mark.status),
        QCoreApplication.translate("SceneRobots", "Battery {share}").format(share=battery) if battery else "",
    )
    return "\n".join(line for line in lines if line)


def _plate(mark: RobotMark, seen: Seen, doing: bool, down: bool) -> QRectF:
    bold, plain = QFontMetricsF(style.font(theme.SMALL, bold=True)), QFontMetricsF(style.font(theme.SMALL))
    width = bold.horizontalAdvance(mark.robot) + 2 * EDGE + 4
    if mark.battery is not None:
        width += BATTERY.width() + EDGE
        width += plain.horizontalAdvance(_share(mark)) + EDGE if doing else 0.0
    width += plain.horizontalAdvance(words.word(mark.status)) + EDGE if doing and mark.status else 0.0
    plate = QRectF(0, 0, width, bold.height() + 3)
    away = max(BELOW, seen.size / 2 + 6) + plate.height() / 2
    plate.moveCenter(seen.at + QPointF(0, away if down else -away))
    return plate


def _paint_plate(
    painter: QPainter, mark: RobotMark, plate: QRectF, seen: Seen, chosen: bool, doing: bool, down: bool
) -> None:
    edge = QColor(theme.BRIGHT if chosen else theme.ROBOT)
    painter.setPen(QPen(edge, 1))
    painter.drawLine(
        QPointF(seen.at.x(), seen.at.y() + (0.5 if down else -0.5) * min(seen.size, SMALL)),
        QPointF(seen.at.x(), plate.top() if down else plate.bottom()),
    )
    painter.setBrush(style.veil())
    painter.drawRoundedRect(plate, plate.height() / 2, plate.height() / 2)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    row = plate.adjusted(EDGE + 2, 0, 0, 0)
    painter.setFont(style.font(theme.SMALL, bold=True))
    painter.setPen(edge)
    painter.drawText(row, left, mark.robot)
    row.setLeft(row.left() + QFontMetricsF(painter.font()).horizontalAdvance(mark.robot) + EDGE)
    painter.setFont(style.font(theme.SMALL))
    metrics = QFontMetricsF(painter.font())
    if mark.battery is not None:
        box = BATTERY.translated(row.left(), plate.center().y() - BATTERY.height() / 2)
        _paint_battery(painter, box, mark.battery)
        row.setLeft(box.right() + EDGE)
        if doing:
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(row, left, _share(mark))
            row.setLeft(row.left() + metrics.horizontalAdvance(_share(mark)) + EDGE)
    if doing:
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(row, left, words.word(mark.status))


def _paint_battery(painter: QPainter, box: QRectF, share: float) -> None:
    """A battery lying down, as full as it is."""
    body = box.adjusted(0, 0, -3, 0)
    painter.setPen(QPen(QColor(theme.SECONDARY), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(body)
    painter.fillRect(QRectF(body.right() + 1, box.center().y() - 2, 2, 4), QColor(theme.SECONDARY))
    inside = body.adjusted(2, 2, -1, -1)
    inside.setWidth(max(0.0, min(1.0, share)) * inside.width())
    painter.fillRect(inside, QColor(theme.TEXT))


def _paint_dart(painter: QPainter, seen: Seen, chosen: bool) -> None:
    """A dart that points where the robot is headed."""
    way = seen.ahead - seen.at
    angle = math.atan2(way.y(), way.x())
    turned = [
        QPointF(x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in DART
    ]
    painter.setPen(QPen(QColor(theme.WINDOW), 1))
    painter.setBrush(QColor(theme.BRIGHT if chosen else theme.ROBOT))
    painter.drawPolygon(QPolygonF([seen.at + each for each in turned]))


def _share(mark: RobotMark) -> str:
    return "" if mark.battery is None else f"{mark.battery * 100:.0f} %"
