"""The timeline: controls on the left, the whole span above, the lanes of what happened below."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import zip_longest

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QToolTip, QVBoxLayout, QWidget

from app import theme
from app.presenters.timeline import RATES, Lane, Mark, State
from app.views import painting, style, words

CAPTION = 96
OVERVIEW = 24
AXIS = 18
LANE = 20
NEAR = 5.0  # px within which a mark is under the pointer
TICKS = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10_800,
    21_600,
    43_200,
    86_400,
    172_800,
    604_800,
)


class Tracks(QWidget):
    """The painted part.

    Signals
    -------
    seek_requested : put the cursor at a time
    mark_requested : a mark was picked (kind, identity)
    zoom_requested : show less or more (factor, about which time)
    shift_requested : show another part of the span (its middle)
    """

    seek_requested = Signal(float)
    mark_requested = Signal(str, int)
    zoom_requested = Signal(float, float)
    shift_requested = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._dragging = ""
        self._grabbed = 0.0
        self.setMouseTracking(True)
        self.setMinimumHeight(OVERVIEW + AXIS + 3 * LANE + 4)

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, OVERVIEW + AXIS + 4 * LANE + 4)

    # ---- from times to places --------------------------------------------------------------------------------------

    def _room(self) -> tuple[float, float]:
        return float(CAPTION), float(self.width() - theme.STEP)

    def _x(self, at: float, span: tuple[float, float]) -> float:
        left, right = self._room()
        return left + (at - span[0]) / max(span[1] - span[0], 1e-9) * (right - left)

    def _at(self, x: float, span: tuple[float, float]) -> float:
        left, right = self._room()
        return span[0] + (x - left) / max(right - left, 1.0) * (span[1] - span[0])

    def _whole(self) -> tuple[float, float]:
        """What the overview holds: the span, and what the lanes show beyond it."""
        span, shown = self._state.span, self._state.shown
        return span[0], max(span[1], span[0] + 60.0, min(shown[1], span[1] + 0.1 * (shown[1] - shown[0])))

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        if not math.isfinite(self._state.span[0]):
            painter.setPen(QColor(theme.SECONDARY))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Waiting for the first frame"))
            return
        self._paint_overview(painter)
        self._paint_axis(painter)
        self._paint_unknown(painter)
        for number, lane in enumerate(self._state.lanes):
            self._paint_lane(painter, lane, OVERVIEW + AXIS + number * LANE)
        self._paint_cursor(painter)

    def _paint_overview(self, painter: QPainter) -> None:
        whole, (left, right) = self._whole(), self._room()
        groove = QRectF(left, 6, right - left, OVERVIEW - 10)
        painter.fillRect(groove, QColor(theme.WINDOW))
        first, last = (self._x(t, whole) for t in self._state.span)
        painter.fillRect(QRectF(first, 6, max(last - first, 1), OVERVIEW - 10), QColor(theme.RAISED))
        for lane in self._state.lanes:
            for mark in lane.marks:
                self._paint_overview_mark(painter, mark, whole)
        a, b = (min(max(self._x(t, whole), left), right) for t in self._state.shown)
        painter.setPen(QPen(QColor(theme.SECONDARY), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(a, 5, max(b - a, 3.0), OVERVIEW - 8))
        x = self._x(self._state.cursor, whole)
        painter.setPen(QPen(QColor(theme.CURSOR), 1.5))
        painter.drawLine(QPointF(x, 3), QPointF(x, OVERVIEW - 1))
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(QRectF(theme.STEP, 0, CAPTION - 12, OVERVIEW), Qt.AlignmentFlag.AlignVCenter, self.tr("All"))

    def _paint_overview_mark(self, painter: QPainter, mark: Mark, whole: tuple[float, float]) -> None:
        colour = QColor(theme.PRIORITY_COLOURS[mark.priority] if mark.priority else theme.FAINT)
        a, b = self._x(mark.since, whole), self._x(mark.until, whole)
        painter.fillRect(QRectF(a, OVERVIEW - 8, max(b - a, 1.5), 3), colour)

    def _paint_axis(self, painter: QPainter) -> None:
        shown, (left, right) = self._state.shown, self._room()
        step = next((t for t in TICKS if t * (right - left) / max(shown[1] - shown[0], 1e-9) >= 90), TICKS[-1])
        painter.setFont(style.font(theme.SMALL))
        local = shown[0] + self._state.offset
        tick = math.ceil(local / step) * step
        bottom = OVERVIEW + AXIS + max(len(self._state.lanes), 3) * LANE
        while tick - self._state.offset <= shown[1]:
            x = self._x(tick - self._state.offset, shown)
            painter.setPen(QPen(QColor(theme.GRID), 1))
            painter.drawLine(QPointF(x, OVERVIEW + AXIS), QPointF(x, bottom))
            painter.setPen(QColor(theme.SECONDARY))
            box = QRectF(x - 40, OVERVIEW, 80, AXIS)
            if left <= x - 26:
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _said(tick, step))
            tick += step

    def _paint_lane(self, painter: QPainter, lane: Lane, top: float) -> None:
        left, right = self._room()
        painter.setPen(QColor(theme.SECONDARY))
        painter.setFont(style.font(theme.SMALL))
        caption = QRectF(theme.STEP, top, CAPTION - 12, LANE)
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, words.word(lane.name))
        painter.setPen(QPen(QColor(theme.GRID), 1))
        painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
        painter.save()
        painter.setClipRect(QRectF(left, top, right - left, LANE))
        for mark, following in zip_longest(lane.marks, lane.marks[1:]):
            end = self._x(following.since, self._state.shown) if following else right
            self._paint_mark(painter, mark, top, end)
        painter.restore()

    def _paint_mark(self, painter: QPainter, mark: Mark, top: float, end: float) -> None:
        """A mark, and its words where there is room for them up to the next."""
        shown = self._state.shown
        a, b = self._x(mark.since, shown), self._x(mark.until, shown)
        left, right = self._room()
        if b < left or a > right:
            return
        if not mark.priority:
            self._paint_plain_mark(painter, mark, QRectF(a, top + 4, b - a, LANE - 8), max(end, b) - a)
            return
        colour = QColor(theme.PRIORITY_COLOURS[mark.priority])
        body = QRectF(a, top + 8, max(b - a, 2.0), 5)
        painter.fillRect(body, colour)
        start = max(a, left)
        painting.mark(painter, QRectF(start, top + 4, 13, 13), mark.priority, filled=mark.unseen)
        chosen = (mark.kind, mark.id) == self._state.selected
        painter.setFont(style.font(theme.SMALL, bold=chosen))
        text = f"{mark.equipment} {words.word(mark.what)}"
        width = painter.fontMetrics().horizontalAdvance(text) + 8
        if width < min(b, end) - start - 18 or chosen:
            label = QRectF(start + 17, top + 2, width, LANE - 4)
            painter.fillRect(label, QColor(theme.SELECTED if chosen else theme.PANEL))
            painter.setPen(QColor(theme.BRIGHT if chosen else theme.TEXT))
            painter.drawText(label.adjusted(4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    @staticmethod
    def _paint_plain_mark(painter: QPainter, mark: Mark, box: QRectF, room: float) -> None:
        painter.setPen(QPen(QColor(theme.BAR), 2 if box.width() < 2 else 1))
        if box.width() < 2:
            painter.drawLine(box.topLeft(), box.bottomLeft())
        else:
            painter.fillRect(box, QColor(theme.NORMAL_BAND))
            painter.drawRect(box)
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        words_box = QRectF(box.x() + 5, box.y() - 3, room - 10, box.height() + 6)
        said = f"{mark.equipment} {words.word(mark.what)}".strip()
        if painter.fontMetrics().horizontalAdvance(said) <= words_box.width():
            painter.drawText(words_box, Qt.AlignmentFlag.AlignVCenter, said)

    def _paint_unknown(self, painter: QPainter) -> None:
        """What is before the first frame or has not happened yet is darker."""
        left, right = self._room()
        first, last = (min(max(self._x(t, self._state.shown), left), right) for t in self._state.span)
        top, height = OVERVIEW + AXIS, self.height() - OVERVIEW - AXIS
        for a, b in ((left, first), (last, right)):
            painter.fillRect(QRectF(a, top, b - a, height), QColor(theme.WINDOW))

    def _paint_cursor(self, painter: QPainter) -> None:
        left, right = self._room()
        x = self._x(self._state.cursor, self._state.shown)
        if left - 1 <= x <= right + 1:
            painter.setPen(QPen(QColor(theme.CURSOR), 1.5))
            painter.drawLine(QPointF(x, OVERVIEW + AXIS - 4), QPointF(x, self.height()))

    # ---- mouse -----------------------------------------------------------------------------------------------------

    def _mark_at(self, position: QPointF) -> Mark | None:
        number = int((position.y() - OVERVIEW - AXIS) // LANE)
        if not 0 <= number < len(self._state.lanes) or position.y() < OVERVIEW + AXIS:
            return None
        shown = self._state.shown
        for mark in reversed(self._state.lanes[number].marks):
            a, b = self._x(mark.since, shown), self._x(mark.until, shown)
            if a - NEAR <= position.x() <= max(b, a + 13) + NEAR:
                return mark
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not math.isfinite(self._state.span[0]):
            return
        mark = self._mark_at(event.position())
        if mark is not None and mark.kind != "event":
            self.mark_requested.emit(mark.kind, mark.id)
            return
        if event.position().y() < OVERVIEW:
            self._dragging = "overview"
        else:
            self._dragging = "pan" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else "cursor"
            self._grabbed = self._at(event.position().x(), self._state.shown)
        self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._drag(event.position())
            return
        mark = self._mark_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.ArrowCursor)
        if mark is not None:
            what = f"{mark.equipment} {words.word(mark.what)}".strip()
            QToolTip.showText(event.globalPosition().toPoint(), what, self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        about = self._at(event.position().x(), self._state.shown)
        self.zoom_requested.emit(0.8 ** (event.angleDelta().y() / 120.0), about)

    def _drag(self, position: QPointF) -> None:
        shown = self._state.shown
        if self._dragging == "overview":
            at = self._at(position.x(), self._whole())
            self.shift_requested.emit(at)
            self.seek_requested.emit(at)
        elif self._dragging == "pan":
            middle = (shown[0] + shown[1]) / 2
            self.shift_requested.emit(middle + self._grabbed - self._at(position.x(), shown))
        else:
            self.seek_requested.emit(self._at(position.x(), shown))


class Timeline(QWidget):
    """Signals
    -------
    play_requested : play or pause
    previous_requested, next_requested : to the event before, after
    rate_requested : replay at a multiple of real time
    live_requested : back to now
    """

    play_requested = Signal()
    previous_requested = Signal()
    next_requested = Signal()
    rate_requested = Signal(float)
    live_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self.tracks = Tracks()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"Timeline {{ background: {theme.PANEL}; }}")
        self._time = QLabel()
        self._time.setFont(style.font(theme.LARGE, bold=True))
        self._day = QLabel()
        self._day.setFont(style.font(theme.SMALL))
        self._day.setStyleSheet(f"color: {theme.SECONDARY};")
        self._signs = {name: painting.sign(name) for name in ("play", "pause", "previous", "next")}
        self._play, self._previous, self._next = QToolButton(), QToolButton(), QToolButton()
        self._rate = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._rate.setMenu(self._rates())
        self._live = QPushButton()
        for button, signal in (
            (self._play, self.play_requested),
            (self._previous, self.previous_requested),
            (self._next, self.next_requested),
            (self._live, self.live_requested),
        ):
            button.clicked.connect(signal)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rate.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._previous.setIcon(self._signs["previous"])
        self._next.setIcon(self._signs["next"])
        self._lay_out()
        self._retranslate()

    def show_state(self, state: State) -> None:
        """Show another state."""
        changed = (state.playing, state.rate, state.mode, state.following) != (
            self._state.playing,
            self._state.rate,
            self._state.mode,
            self._state.following,
        )
        self._state = state
        self.tracks.show_state(state)
        self._time.setText(state.time)
        self._day.setText(state.day)
        if changed or not self._live.text():
            self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.tracks.update()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for widget in (self._previous, self._play, self._next, self._rate):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        times = QHBoxLayout()
        times.addWidget(self._time)
        times.addWidget(self._day, 1, Qt.AlignmentFlag.AlignBottom)
        controls = QVBoxLayout()
        controls.setSpacing(theme.STEP)
        controls.addLayout(times)
        controls.addLayout(buttons)
        controls.addWidget(self._live)
        controls.addStretch(1)
        room = QWidget()
        room.setFixedWidth(200)
        room.setLayout(controls)
        controls.setContentsMargins(theme.STEP, theme.STEP, theme.STEP, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(room)
        row.addWidget(self.tracks, 1)

    def _rates(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for rate in RATES:
            action = group.addAction(_times(rate))
            action.setCheckable(True)
            action.setData(rate)
            menu.addAction(action)
        group.triggered.connect(lambda action: self.rate_requested.emit(action.data()))
        self._rate_actions = group.actions()
        return menu

    def _retranslate(self) -> None:
        state = self._state
        self._play.setIcon(self._signs["pause" if state.playing else "play"])
        self._play.setToolTip(self.tr("Pause") if state.playing else self.tr("Play"))
        self._previous.setToolTip(self.tr("Previous event"))
        self._next.setToolTip(self.tr("Next event"))
        self._rate.setText(_times(state.rate))
        self._rate.setToolTip(self.tr("Replay speed"))
        self._rate.setEnabled(not state.following)
        for action in self._rate_actions:
            action.setChecked(action.data() == state.rate)
        self._live.setText(self.tr("Back to live"))
        self._live.setVisible(state.live_source and not state.following)


def _times(rate: float) -> str:
    return f"{rate:g} ×"


def _said(local: float, step: float) -> str:
    """A tick's time of day; its day where ticks are days apart. ``local`` counts as if the station were in UTC."""
    if step >= 86_400:
        return datetime.fromtimestamp(local, UTC).strftime("%m-%d")
    whole = int(local) % 86_400
    text = f"{whole // 3600:02d}:{whole % 3600 // 60:02d}"
    return text if step >= 60 else f"{text}:{whole % 60:02d}"
