"""How much no camera sees, in words, over the scene's legend."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app import theme
from app.scene.blind import Blindness
from app.scene.state import UNVISITED
from app.views import style

GAP = 8.0  # px, between the plates and within them
SWATCH = 28.0  # px, of the hatch
STEP = 7.0  # px between two lines of it


def sentences(blindness: Blindness, shown: frozenset[str]) -> list[str]:
    """What the hatch means, and how much of the station it covers."""
    if blindness.done < 1.0:
        told = QCoreApplication.translate("SceneCoverage", "Finding out what cameras see… {percent} %")
        return [told.format(percent=math.floor(100 * blindness.done))]
    if UNVISITED in shown:
        title = QCoreApplication.translate("SceneCoverage", "Seen by no camera and by no robot on its way")
    else:
        title = QCoreApplication.translate("SceneCoverage", "Seen by no fixed camera")
    floors = QCoreApplication.translate("SceneCoverage", "{percent} % of floors and yards")
    machines = QCoreApplication.translate(
        "SceneCoverage", "{percent} % of machines and pipes, backs and undersides counted"
    )
    told = [(floors, blindness.floors), (machines, blindness.machines)]
    return [title, *(said.format(percent=round(100 * share)) for said, share in told if math.isfinite(share))]


def paint(painter: QPainter, blindness: Blindness, shown: frozenset[str], above: QRectF, placed: list[QRectF]) -> None:
    """Say it above another plate."""
    told = sentences(blindness, shown)
    fonts = [style.font(theme.SMALL, bold=row == 0) for row in range(len(told))]
    line = QFontMetricsF(fonts[0]).height()
    wide = max(QFontMetricsF(font).horizontalAdvance(said) for font, said in zip(fonts, told, strict=True))
    plate = QRectF(above.left(), 0.0, SWATCH + 3 * GAP + wide, len(told) * line + GAP)
    plate.moveBottom(above.top() - GAP)
    placed.append(plate)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.veil())
    painter.drawRoundedRect(plate, 3, 3)
    _paint_swatch(painter, QRectF(plate.left() + GAP, plate.top() + GAP / 2, SWATCH, plate.height() - GAP))
    left = plate.left() + SWATCH + 2 * GAP
    for row, (font, said) in enumerate(zip(fonts, told, strict=True)):
        painter.setFont(font)
        painter.setPen(QColor(theme.BRIGHT if row == 0 else theme.TEXT))
        room = QRectF(left, plate.top() + GAP / 2 + row * line, wide, line)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)


def _paint_swatch(painter: QPainter, swatch: QRectF) -> None:
    """A piece of floor with the hatch over it."""
    painter.fillRect(swatch, QColor(theme.SCENE_FLOOR))
    painter.setClipRect(swatch)
    painter.setPen(QPen(QColor(theme.UNSEEN), STEP / 2))
    start = swatch.left() - swatch.height()
    while start < swatch.right():
        painter.drawLine(QPointF(start, swatch.top()), QPointF(start + swatch.height(), swatch.bottom()))
        start += STEP * math.sqrt(2)
    painter.setClipping(False)
