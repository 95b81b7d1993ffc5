"""The scene's legend: what its tints mean, lower left."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from app import theme
from app.presenters import formatting
from app.scene.state import Legend
from app.views import style
from app.views.scene_tools import LAID_OVER, OVERLAYS

RAMP = QSize(240, 10)
EDGE = 8  # px round the ramp, and round the plate
ROOM = 20.0  # px to each side of a tick for its figure
NOTE_LEAVES = 96  # px of the scene's width, to what stands in the other corner
TICKS = 4  # parts of a quantity's range


@dataclass(frozen=True)
class Scale:
    """A title, colours along the ramp, and figures at shares of it."""

    title: str
    colours: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]


def scale(legend: Legend | None) -> Scale:
    """The scale of a quantity; of residuals where none is shown."""
    if legend is None:
        full, quiet = theme.RESIDUAL_FULL, theme.RESIDUAL_QUIET
        colours = tuple(theme.residual_colour(full * (step / 8 - 1)) for step in range(17))
        title = QCoreApplication.translate("SceneLegend", "Residual, measured less expected [σ]")
        marks = (-full, -quiet, 0.0, quiet, full)
        return Scale(title, colours, tuple((_share(z, -full, full), _signed(z)) for z in marks))
    word = QCoreApplication.translate("SceneTools", (OVERLAYS | LAID_OVER).get(legend.quantity, legend.quantity))
    values = [legend.low + (legend.high - legend.low) * step / TICKS for step in range(TICKS + 1)]
    ticks = tuple((_share(value, legend.low, legend.high), f"{value:.3g}") for value in values)
    return Scale(f"{word} [{formatting.unit_glyph(legend.unit)}]", legend.ramp, ticks)


def plate(width: float, height: float, note: str = "") -> QRectF:
    """Where the legend stands in a scene of this size, or a note in its place. [px]"""
    metrics = QFontMetricsF(style.font(theme.SMALL))
    line = metrics.height()
    if note:
        room = QRectF(0, 0, width - 4 * EDGE - NOTE_LEAVES, height)
        words = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, note)
        tall = words.height() + EDGE
        return QRectF(EDGE, height - tall - EDGE, words.width() + 2 * EDGE + 2, tall)
    tall = 2 * line + RAMP.height() + 14
    return QRectF(EDGE, height - tall - EDGE, min(RAMP.width() + 2 * EDGE, width - 2 * EDGE), tall)


def paint_note(painter: QPainter, plate: QRectF, ground: QColor, note: str) -> None:
    """Paint what is to be known where colours mean nothing."""
    painter.setFont(style.font(theme.SMALL))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setPen(QColor(theme.SECONDARY))
    painter.drawText(plate.adjusted(EDGE, 0, -EDGE, 0), Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, note)


def paint(painter: QPainter, plate: QRectF, ground: QColor, shown: Scale) -> None:
    """Paint the legend on its plate."""
    painter.setFont(style.font(theme.SMALL))
    line = QFontMetricsF(painter.font()).height()
    bar = QRectF(plate.left() + EDGE, plate.top() + line + EDGE, plate.width() - 2 * EDGE, RAMP.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, 3, 3)
    ramp = QLinearGradient(bar.left(), 0, bar.right(), 0)
    for number, colour in enumerate(shown.colours):
        ramp.setColorAt(number / (len(shown.colours) - 1), QColor(colour))
    painter.setBrush(ramp)
    painter.drawRect(bar)
    painter.setPen(QColor(theme.SECONDARY))
    title = QRectF(bar.left(), bar.top() - line - 4, bar.width(), line)
    painter.drawText(title, Qt.AlignmentFlag.AlignLeft, shown.title)
    for share, figure in shown.ticks:
        x = bar.left() + bar.width() * share
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        box = QRectF(x - ROOM, bar.bottom() + 3, 2 * ROOM, line)
        aligned = Qt.AlignmentFlag.AlignHCenter
        if share in (0.0, 1.0):  # at the ends the figure stands within the ramp
            aligned = Qt.AlignmentFlag.AlignLeft if share == 0.0 else Qt.AlignmentFlag.AlignRight
            box.moveLeft(x if share == 0.0 else x - 2 * ROOM)
        painter.drawText(box, aligned, figure)


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


def _signed(z: float) -> str:
    return f"{z:+.0f}".replace("-", "−") if z else "0"
