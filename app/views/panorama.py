"""The panorama panel: what a panoramic camera saw, to look around in; or what it would see, rendered from the model."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolButton, QWidget

from app import theme
from app.presenters.panorama import AUTOMATIC, Recorded, State, axes
from app.scene import gaze
from app.scene.gaze import Gaze, Picture
from app.views import camera_panel, style
from app.views.camera_panel import Cameras

WIDEST = 4096  # px across a panorama that is kept: finer ones are read coarser
MOST = 2**27  # pixels of a picture that is read at all
WHEEL = 1.15  # closer by a notch of the wheel
REST_MS = 150  # after which a gaze that rests is worth smooth pixels
EDGE = 8.0  # px
STRIP = 6.0  # px, the height of the strip that says where one looks
Place = tuple[float, float, float]
Rendered = Callable[[Place], Picture | None]
Submit = Callable[..., Future]  # type: ignore[type-arg]
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def decoded(jpeg: bytes) -> Picture | None:
    """The pixels (h, w, 3) of a JPEG file, no more than are worth keeping; None where it cannot be read."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            width, height = picture.size
            if width * height > MOST:
                return None
            kept = (min(width, WIDEST), max(1, height * min(width, WIDEST) // width))
            picture.draft("RGB", kept)
            whole = picture.convert("RGB")
            return np.asarray(whole if whole.size == kept else whole.resize(kept, Image.Resampling.BOX))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


class Canvas(QWidget):
    """A panorama and a gaze into it.

    Signals
    -------
    moved : somebody looks elsewhere now
    """

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(260, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._state = State()
        self._panorama: Picture | None = None
        self._axes = np.eye(3)
        self._why = ""
        self._gaze = Gaze()
        self._goal = Gaze()
        self._seen: QImage | None = None
        self._fine = True
        self._last = QPointF()
        self._rest = QTimer(self)
        self._rest.setObjectName("rest")
        self._rest.setInterval(REST_MS)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._refine)

    # ---- setters ---------------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Say what is shown; look at what is to be looked at, if that is something else than before."""
        before, self._state = self._state, state
        if state.eye is not None and state.towards is not None:
            self._goal = gaze.towards(np.array(state.eye), np.array(state.towards), Gaze())
            if (state.camera, state.target) != (before.camera, before.target):
                self._look(self._goal)
        self.update()

    def show_panorama(self, panorama: Picture | None, turned: np.ndarray, why: str = "") -> None:
        """Show a panorama whose camera was turned so (3, 3); or none, and why."""
        self._panorama, self._axes, self._why = panorama, turned, why
        self._seen = None
        self.update()

    @property
    def gaze(self) -> Gaze:
        return self._gaze

    def _look(self, where: Gaze) -> None:
        self._gaze, self._fine, self._seen = where, False, None
        self._rest.start()
        self.moved.emit()
        self.update()

    def _refine(self) -> None:
        self._fine, self._seen = True, None
        self.update()

    def settle(self) -> None:
        """Show smooth pixels at once, for a picture that must not depend on time."""
        self._rest.stop()
        self._refine()

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        if self._panorama is None:
            self._paint_why(painter)
        else:
            painter.drawImage(QRectF(self.rect()), self._image(self._panorama))
            self._paint_strip(painter)
        if self._state.camera:
            self._paint_words(painter)
        painter.end()

    def _image(self, panorama: Picture) -> QImage:
        if self._seen is None:
            ratio = self.devicePixelRatioF()
            columns, rows = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
            seen = np.ascontiguousarray(gaze.seen(panorama, self._axes, self._gaze, rows, columns, self._fine))
            self._seen = QImage(seen.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        return self._seen

    def _paint_why(self, painter: QPainter) -> None:
        painter.setFont(style.font())
        painter.setPen(QColor(theme.SECONDARY))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(24, 48, -24, -24), flags, self._why)

    def _paint_words(self, painter: QPainter) -> None:
        """The camera, and how old its picture is; or that this is none."""
        state = self._state
        title = f"{state.camera}  {state.name}".rstrip()
        if state.taken is not None:
            told = self.tr("{moment}, {age} ago · picture {number} of {count}")
            said = told.format(moment=state.moment, age=state.age, number=state.number, count=state.count)
        elif state.count:
            said = self.tr("no picture yet at this time, {count} later").format(count=state.count)
        else:
            said = self.tr("no picture of this camera has been recorded")
        bold, plain = style.font(theme.SMALL, bold=True), style.font(theme.SMALL)
        line = QFontMetricsF(plain).height()
        wide = max(QFontMetricsF(bold).horizontalAdvance(title), QFontMetricsF(plain).horizontalAdvance(said))
        plate = QRectF(EDGE, EDGE, min(wide + 2 * EDGE, self.width() - 2 * EDGE), 2 * line + EDGE)
        _plate(painter, plate, style.veil())
        for row, (font, colour, text) in enumerate(((bold, theme.BRIGHT, title), (plain, theme.TEXT, said))):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            room = QRectF(plate.left() + EDGE, plate.top() + EDGE / 2 + row * line, plate.width() - 2 * EDGE, line)
            elided = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, LEFT, elided)
        if state.taken is None and self._panorama is not None:
            self._paint_warning(painter)

    def _paint_warning(self, painter: QPainter) -> None:
        """A frame round the view and a word in it: this is no photograph."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.EXPECTED), theme.FRAME, Qt.PenStyle.DashLine))
        painter.drawRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5))
        said = self.tr("RENDERED FROM THE 3D MODEL – NOT A PICTURE OF THE CAMERA")
        font = style.font(theme.SMALL, bold=True)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        most = QRectF(0.0, 0.0, self.width() - 6 * EDGE, self.height())
        words = QFontMetricsF(font).boundingRect(most, flags, said)
        plate = QRectF(0.0, 0.0, words.width() + 2 * EDGE, words.height() + EDGE)
        plate.moveCenter(QPointF(self.width() / 2, self.height() - 3 * EDGE - STRIP - plate.height() / 2))
        _plate(painter, plate, QColor(theme.EXPECTED))
        painter.setFont(font)
        painter.setPen(QColor(theme.WINDOW))
        painter.drawText(plate, flags, said)

    def _paint_strip(self, painter: QPainter) -> None:
        """The whole horizon from end to end, and which part of it is seen; its middle is the camera's own."""
        strip = QRectF(EDGE, self.height() - EDGE - STRIP, self.width() - 2 * EDGE, STRIP)
        _plate(painter, strip, style.veil())
        ahead = self._axes @ np.array([math.cos(self._gaze.turn), math.sin(self._gaze.turn), 0.0])
        middle = 0.5 - math.atan2(ahead[1], ahead[0]) / math.tau
        half = self._gaze.width / math.tau / 2
        painter.setBrush(QColor(theme.EXPECTED))
        painter.setClipRect(strip)
        for whole in (-1, 0, 1):
            left = strip.left() + (middle - half + whole) * strip.width()
            painter.drawRect(QRectF(left, strip.top(), 2 * half * strip.width(), STRIP))
        painter.setClipping(False)

    # ---- Qt's own --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            moved, self._last = event.position() - self._last, event.position()
            pixel = self._gaze.width / max(1, self.width())
            self._look(self._gaze.turned(moved.x() * pixel, moved.y() * pixel))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._look(self._goal)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._look(self._gaze.zoomed(WHEEL ** (event.angleDelta().y() / 120)))
        event.accept()

    def resizeEvent(self, event: QEvent) -> None:
        self._seen = None


class Panorama(QWidget):
    """Signals
    -------
    camera_requested : a camera is to be looked through; "" for the one that sees best what is selected
    step_requested : the next picture (1) or the one before (-1)
    """

    camera_requested = Signal(str)
    step_requested = Signal(int)

    def __init__(self, rendered: Rendered, is_modelled: Callable[[], bool], submit: Submit) -> None:
        super().__init__()
        self._rendered = rendered
        self._is_modelled = is_modelled
        self._submit = submit
        self._state = State()
        self._reading: Future[Picture | None] | None = None
        self._shown: object = None
        self._cameras = Cameras(22)
        self._cameras.chosen.connect(self.camera_requested)
        self._before, self._after = QToolButton(text="◀"), QToolButton(text="▶")
        self._before.clicked.connect(lambda: self.step_requested.emit(-1))
        self._after.clicked.connect(lambda: self.step_requested.emit(1))
        self._caption = camera_panel.caption()
        self.canvas = Canvas()
        self.canvas.moved.connect(self._say_gaze)
        camera_panel.lay_out(self, (self._cameras, self._before, self._after), self._caption, self.canvas)
        self._say()
        self.look_after()

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self.canvas.show_state(state)
        self._say()
        self.look_after()

    @property
    def is_complete(self) -> bool:
        """Whether it shows what it is to show; nobody waits for a panel that is out of sight."""
        return not self._is_in_sight() or self._shown == self._wanted()

    def _is_in_sight(self) -> bool:
        """Qt counts a panel behind the front one of its tabs as visible too."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def settle(self) -> None:
        """End what moves by itself."""
        self.canvas.settle()

    def look_after(self) -> None:
        """Put in place what has been read or rendered meanwhile; asked at every beat."""
        wanted = self._wanted()
        if wanted == self._shown:
            return
        state = self._state
        if state.taken is not None:
            self._read(state.taken)
        elif wanted[1] is not None:
            self._render(wanted[1])
        else:
            self._put(None, self._why_none())

    def _wanted(self) -> tuple[Recorded | None, Place | None, bool]:
        """The picture that is to be shown, else the place to be rendered from; and whether there is a camera."""
        state = self._state
        if state.taken is not None:
            return state.taken, None, True
        return None, state.eye if state.camera and self._is_modelled() else None, bool(state.camera)

    def _read(self, taken: Recorded) -> None:
        if self._reading is None:
            self._of = taken
            self._reading = self._submit(decoded, taken.jpeg)
        if self._reading.done():
            found, self._reading = self._reading.result(), None
            if self._of == taken:
                self._put(found, self.tr("This picture cannot be read: it is damaged."), taken)

    def _render(self, eye: Place) -> None:
        if not self._is_in_sight():
            return
        found = self._rendered(eye)
        if found is not None:
            self._put(found, "")
        else:
            self.canvas.show_panorama(None, np.eye(3), self.tr("Being rendered from the 3D model…"))

    def _put(self, panorama: Picture | None, why: str, taken: Recorded | None = None) -> None:
        self._shown = self._wanted()
        turned = axes(taken.orientation) if taken is not None else np.eye(3)
        self.canvas.show_panorama(panorama, turned, why)

    def _why_none(self) -> str:
        if self._state.camera:
            return self.tr("There is no picture at this time, and no 3D model to render one from.")
        return self.tr(
            'No panoramic camera.\nA station file names them (kind = "panoramic"); their pictures come in with\n'
            "pumphouse import PICTURES… --map MAP.toml --out REC.h5"
        )

    def _say(self) -> None:
        state = self._state
        for button, said in (
            (self._before, self.tr("The picture before")),
            (self._after, self.tr("The next picture")),
        ):
            button.setToolTip(said)
        self._before.setEnabled(state.number > 1)
        self._after.setEnabled(state.number < state.count)
        best = self.tr("Best for {machine}").format(machine=state.target) if state.target else self.tr("Any camera")
        choices = [(AUTOMATIC, best), *((name, f"{name}  {said}".rstrip()) for name, said in state.cameras)]
        self._cameras.show_choices(choices, state.chosen)
        self.canvas.setToolTip(self.tr("Drag to turn, wheel to zoom, double-click to look back"))
        self._say_gaze()

    def _say_gaze(self) -> None:
        self._caption.setText(f"{math.degrees(self.canvas.gaze.width):.0f}°")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ThemeChange and self._state.taken is None:
            self._shown = None  # what was rendered was in other colours
        elif event.type() == QEvent.Type.LanguageChange:
            self._shown = None
            self._say()
            self.look_after()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(480, 360)


def _plate(painter: QPainter, plate: QRectF, ground: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, 3, 3)
