"""The thermal panel: a picture with its scale, what is under the pointer, the hottest of an area, and the sister."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from app import heat, theme
from app.presenters import formatting
from app.presenters.thermal import NEWEST, Shown, State, Temperatures
from app.views import camera_panel, style, words
from app.views.camera_panel import Cameras

EDGE, GAP = 12.0, 12.0  # px
BAR = 12.0  # px, the width of the scale
TICKS = 46.0  # px for its figures
TITLE, FIGURES = 20.0, 22.0  # px, a line of words above a picture; a line of the table below
DRAGGED = 4.0  # px from where a movement is a drag
ARM = 9.0  # px of the cross under the pointer
STEPS = (1, 2, 5, 10, 20, 50, 100, 200)  # K between two figures of the scale
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Shares = tuple[float, float, float, float]  # left, top, right, bottom of an area as shares of a picture


@dataclass(frozen=True)
class Spot:
    """A temperature and where it is, as shares of the picture's width and height."""

    value: float
    x: float
    y: float


def at(temperature: Temperatures, x: float, y: float) -> Spot:
    """The temperature at shares of a picture's width and height, of the pixel that is there."""
    rows, columns = temperature.shape
    row, column = min(int(y * rows), rows - 1), min(int(x * columns), columns - 1)
    return Spot(float(temperature[row, column]), x, y)


def hottest(temperature: Temperatures, area: Shares = (0.0, 0.0, 1.0, 1.0)) -> Spot:
    """The hottest pixel of an area; not a number where nothing is known in it."""
    rows, columns = temperature.shape
    left, right = int(area[0] * columns), max(int(area[0] * columns) + 1, math.ceil(area[2] * columns))
    top, bottom = int(area[1] * rows), max(int(area[1] * rows) + 1, math.ceil(area[3] * rows))
    piece = temperature[top:bottom, left:right]
    if not np.isfinite(piece).any():
        return Spot(math.nan, 0.5, 0.5)
    row, column = np.unravel_index(np.nanargmax(piece), piece.shape)
    return Spot(float(piece[row, column]), (left + column + 0.5) / columns, (top + row + 0.5) / rows)


class Canvas(QWidget):
    """The pictures side by side (one above the other where that leaves them larger), the scale, and the figures."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setMinimumSize(260, 200)
        self._state = State()
        self._palette: heat.Palette = "heat"
        self._coloured: object = None  # what the images show: they are made anew only where that changes
        self._images: list[QImage] = []
        self._boxes: list[QRectF] = []
        self._pointer: tuple[float, float] | None = None
        self._area: Shares | None = None
        self._pressed: QPointF | None = None

    # ---- setters ---------------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Show other pictures. The area stays: it is where somebody wants to know what becomes of it."""
        self._state = state
        self._colour()

    def show_palette(self, palette: heat.Palette) -> None:
        """Show temperatures in other colours."""
        self._palette = palette
        self._colour()

    def _colour(self) -> None:
        shown = self._shown()
        wanted = ([(each.camera, each.at) for each in shown], self._state.scale, self._palette)
        if wanted != self._coloured:
            self._coloured = wanted
            self._images = [_image(heat.coloured(p.temperature, *self._state.scale, self._palette)) for p in shown]
        self._place()
        self.update()

    def _shown(self) -> list[Shown]:
        return [picture for picture in (self._state.shown, self._state.sister) if picture is not None]

    # ---- places ----------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        """Put the pictures where they are largest."""
        shown = self._shown()
        if not shown:
            self._boxes = []
            return
        room = QRectF(self.rect()).adjusted(EDGE, 0, -EDGE - BAR - TICKS, -EDGE / 2 - self._table_height())
        aspect = shown[0].temperature.shape[1] / shown[0].temperature.shape[0]
        beside, below = _slots(room, len(shown), True), _slots(room, len(shown), False)
        self._boxes = max((_fitted(beside, aspect), _fitted(below, aspect)), key=lambda boxes: boxes[0].width())

    def _table_height(self) -> float:
        return FIGURES * (1 + 1 + (self._area is not None) + (self._pointer is not None)) + 4

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        if not self._images:
            self._paint_empty(painter)
            painter.end()
            return
        for shown, image, box in zip(self._shown(), self._images, self._boxes, strict=True):
            self._paint_picture(painter, shown, image, box)
        self._paint_scale(painter)
        self._paint_table(painter)
        painter.end()

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setFont(style.font())
        painter.setPen(QColor(theme.SECONDARY))
        said = self.tr(
            "No thermal picture up to this time.\nRobots and fixed cameras take them; a FLIR image comes in with\n"
            "pumphouse import IMAGE.jpg --out REC.h5"
        )
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, said)

    def _paint_picture(self, painter: QPainter, shown: Shown, image: QImage, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, image)
        title = QRectF(box.left(), box.top() - TITLE, box.width(), TITLE)
        painter.setFont(style.font(theme.SMALL, bold=True))
        painter.setPen(QColor(theme.TEXT))
        name = shown.subject or shown.camera
        painter.drawText(title, LEFT, name)
        taken = QFontMetricsF(painter.font()).horizontalAdvance(name) + 8
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        doing = words.word(shown.doing) if shown.doing == "stopped" else ""  # that explains a difference
        said = "  ".join(each for each in (doing, f"{shown.moment[-8:]} ({shown.age})") if each)
        metrics = QFontMetricsF(painter.font())
        room = title.adjusted(taken, 0, 0, 0)
        painter.drawText(room, LEFT, metrics.elidedText(said, Qt.TextElideMode.ElideRight, room.width()))
        self._paint_marks(painter, shown.temperature, box)

    def _paint_marks(self, painter: QPainter, temperature: Temperatures, box: QRectF) -> None:
        """The area with its hottest pixel, and the cross under the pointer: in both pictures at the same place."""
        hot = hottest(temperature, self._area) if self._area is not None else hottest(temperature)
        if self._area is not None:
            left, top, right, bottom = self._area
            frame = QRectF(
                box.left() + left * box.width(),
                box.top() + top * box.height(),
                (right - left) * box.width(),
                (bottom - top) * box.height(),
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            _outlined(painter, lambda: painter.drawRect(frame), Qt.PenStyle.DashLine)
        if math.isfinite(hot.value):
            peak = QPointF(box.left() + hot.x * box.width(), box.top() + hot.y * box.height())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            _outlined(painter, lambda: painter.drawEllipse(peak, 5.0, 5.0))
            _say_beside(painter, peak, f"{hot.value:.1f}", box)
        if self._pointer is not None:
            x, y = box.left() + self._pointer[0] * box.width(), box.top() + self._pointer[1] * box.height()
            _outlined(painter, lambda: painter.drawLine(QPointF(x - ARM, y), QPointF(x + ARM, y)))
            _outlined(painter, lambda: painter.drawLine(QPointF(x, y - ARM), QPointF(x, y + ARM)))

    def _paint_scale(self, painter: QPainter) -> None:
        """The colours from bottom to top, with figures at round temperatures."""
        low, high = self._state.scale
        top, bottom = self._boxes[0].top(), self._boxes[-1].bottom()
        bar = QRectF(max(box.right() for box in self._boxes) + GAP, top, BAR, bottom - top)
        ramp = np.ascontiguousarray(heat.RAMPS[self._palette][::-1, None, :])
        painter.drawImage(bar, _image(ramp))
        painter.setFont(style.font(theme.SMALL))
        line = QFontMetricsF(painter.font()).height()
        most = max(2.0, bar.height() / (1.6 * line))
        step = next((step for step in STEPS if (high - low) / step <= most), STEPS[-1])
        painter.setPen(QColor(theme.SECONDARY))
        value = math.ceil(low / step) * step
        while value <= high + 1e-9:
            y = bar.bottom() - bar.height() * (value - low) / (high - low)
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            middle = min(max(y, bar.top() + line / 2), bar.bottom() - line / 2)
            painter.drawText(QRectF(bar.right() + 6, middle - line / 2, TICKS - 6, line), LEFT, f"{value:.0f}")
            value += step
        painter.drawText(QRectF(bar.left() - 4, bar.top() - TITLE, BAR + TICKS, TITLE), LEFT, "°C")

    def _paint_table(self, painter: QPainter) -> None:
        """Hottest of the picture and of the area, and what is under the pointer; the sister's, and the difference."""
        shown = self._shown()
        rows = [(self.tr("Hottest"), [hottest(each.temperature).value for each in shown])]
        if self._area is not None:
            rows.append(
                (self.tr("Hottest of the area"), [hottest(each.temperature, self._area).value for each in shown])
            )
        if self._pointer is not None:
            rows.append((self.tr("Under the pointer"), [at(each.temperature, *self._pointer).value for each in shown]))
        y = self.height() - EDGE / 2 - FIGURES * (len(rows) + 1)
        width = self.width() - 2 * EDGE
        columns = [self.width() - EDGE - width * share for share in ((0.44, 0.22, 0.0) if len(shown) > 1 else (0.0,))]
        heads = [each.subject or each.camera for each in shown] + ([self.tr("Difference")] if len(shown) > 1 else [])
        painter.setPen(QColor(theme.LINE))
        painter.drawLine(QPointF(EDGE, y + FIGURES - 2), QPointF(self.width() - EDGE, y + FIGURES - 2))
        self._paint_row(painter, y, self._why(), columns, heads, head=True)
        for name, values in rows:
            y += FIGURES
            said = [f"{formatting.number(value, 1)} °C" for value in values]
            if len(values) > 1:
                said.append(f"{formatting.number(values[0] - values[1], 1, signed=True)} K")
            self._paint_row(painter, y, name, columns, said)

    def _paint_row(
        self, painter: QPainter, y: float, name: str, columns: list[float], said: list[str], head: bool = False
    ) -> None:
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        wide = 84.0
        room = QRectF(EDGE, y, columns[0] - wide - EDGE, FIGURES)
        metrics = QFontMetricsF(painter.font())
        painter.drawText(room, LEFT, metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width()))
        painter.setFont(style.font(theme.SMALL if head else theme.NORMAL, bold=not head))
        painter.setPen(QColor(theme.SECONDARY if head else theme.BRIGHT))
        metrics = QFontMetricsF(painter.font())
        for right, text in zip(columns, said, strict=True):
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(QRectF(right - wide, y, wide, FIGURES), RIGHT, text)

    def _why(self) -> str:
        return {
            "no_sister": self.tr("nothing is built like it"),
            "no_view": self.tr("no sister seen from this side"),
            "no_pose": self.tr("not known what it is of"),
        }.get(self._state.why, "")

    # ---- Qt's own --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QEvent) -> None:
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = self._shares(event.position())
        start = self._shares(self._pressed) if self._pressed is not None else None
        if start is not None and self._pressed is not None and self._pointer is not None:
            moved = event.position() - self._pressed
            if moved.manhattanLength() >= DRAGGED:
                (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(start, self._pointer, strict=True))
                self._area = (x0, y0, x1, y1)
        self._place()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() < DRAGGED:
            self._area = None  # a click lets go of the area
        self._pressed = None
        self._place()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._place()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def _shares(self, point: QPointF) -> tuple[float, float] | None:
        """Where a point is in the picture it is in; at its edge while an area is being drawn out of it."""
        for box in self._boxes:
            if box.contains(point):
                return (point.x() - box.left()) / box.width(), (point.y() - box.top()) / box.height()
        return self._pointer if self._pressed is not None else None


class Thermal(QWidget):
    """Signals
    -------
    camera_requested : the pictures of a camera are wanted; "" for the newest of all
    """

    camera_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._cameras = Cameras(10)
        self._cameras.chosen.connect(self.camera_requested)
        self._grey = QToolButton(checkable=True)
        self._grey.toggled.connect(lambda grey: self._canvas.show_palette("grey" if grey else "heat"))
        self._caption = camera_panel.caption()
        self._canvas = Canvas()
        camera_panel.lay_out(self, (self._cameras, self._grey), self._caption, self._canvas)
        self._say()

    @property
    def canvas(self) -> Canvas:
        return self._canvas

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self._canvas.show_state(state)
        self._say()

    def _say(self) -> None:
        state = self._state
        self._grey.setText(self.tr("Grey"))
        self._grey.setToolTip(self.tr("Shades of grey instead of colours"))
        choices = [(NEWEST, self.tr("Newest")), *((name, f"{name}  {said}".rstrip()) for name, said in state.cameras)]
        self._cameras.show_choices(choices, state.chosen)
        self._caption.setText(self._told())

    def _told(self) -> str:
        shown = self._state.shown
        if shown is None:
            return ""
        rows, columns = shown.temperature.shape
        return f"{shown.camera}  ·  {shown.moment}  ·  ε {shown.emissivity:.2f}  ·  {columns} × {rows}"

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(480, 360)


def _slots(room: QRectF, count: int, beside: bool) -> list[QRectF]:
    """The room parted for so many pictures with their titles."""
    across, down = (count, 1) if beside else (1, count)
    width = (room.width() - GAP * (across - 1)) / across
    height = (room.height() - GAP * (down - 1)) / down
    return [
        QRectF(
            room.left() + (i if beside else 0) * (width + GAP),
            room.top() + (0 if beside else i) * (height + GAP) + TITLE,
            max(1.0, width),
            max(1.0, height - TITLE),
        )
        for i in range(count)
    ]


def _fitted(slots: list[QRectF], aspect: float) -> list[QRectF]:
    """Boxes of one shape, as large as their slots allow, the first at the left and at the top."""
    width = min(min(slot.width(), slot.height() * aspect) for slot in slots)
    boxes = [QRectF(slot.left(), slot.top(), width, width / aspect) for slot in slots]
    if len(boxes) > 1 and boxes[1].left() > boxes[0].left():
        boxes[1].moveLeft(boxes[0].right() + GAP)
    return boxes


def _image(shades: np.ndarray) -> QImage:
    rows, columns, _ = shades.shape
    return QImage(
        np.ascontiguousarray(shades).tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888
    ).copy()


def _outlined(painter: QPainter, draw: object, pen: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
    """Draw something twice, dark and wide and then bright, so that it is seen on any colour."""
    for colour, width, kind in ((theme.WINDOW, 3.0, Qt.PenStyle.SolidLine), (theme.BRIGHT, 1.2, pen)):
        painter.setPen(QPen(QColor(colour), width, kind))
        draw()


def _say_beside(painter: QPainter, point: QPointF, text: str, within: QRectF) -> None:
    """Words to the right of a point in a picture, or to its left where there is no room."""
    painter.setFont(style.font(theme.SMALL, bold=True))
    metrics = QFontMetricsF(painter.font())
    plate = QRectF(
        point.x() + 9, point.y() - metrics.height() / 2, metrics.horizontalAdvance(text) + 8, metrics.height()
    )
    if plate.right() > within.right():
        plate.moveRight(point.x() - 9)
    plate.moveTop(min(max(plate.top(), within.top()), within.bottom() - plate.height()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.veil())
    painter.drawRoundedRect(plate, 2, 2)
    painter.setPen(QColor(theme.BRIGHT))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
