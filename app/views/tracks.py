"""The painted part of the timeline: the whole span above, and below it the lanes of that part which is framed there."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import zip_longest

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from app import theme
from app.presenters.clusters import Cluster, clustered
from app.presenters.timeline import Lane, Mark, State
from app.views import painting, style, words

CAPTION = 104
STRIP = QRectF(0, 4, 0, 16)  # top and height of the whole span's strip
FUNNEL = 28  # down to here the frame in the strip widens to the lanes
LANES = 46  # the first lane's top; the axis is above it
LANE = 20
FEWEST = 4  # lanes there is always room for
NEAR = 5.0  # px within which a mark is under the pointer
SIGN = 13.0  # px, a priority's mark
TOLD = 8  # marks of a cluster that its tip tells one by one
TITLE = 320  # px of a note's words over what can be done with it
TICK_ROOM = 90  # px from tick to tick at least
TICKS = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10_800, 21_600, 43_200),
    *(86_400, 172_800, 604_800),
)


class Tracks(QWidget):
    """The painted part.

    Signals
    -------
    seek_requested : put the cursor at a time
    mark_requested : a mark was picked (kind, identity)
    zoom_requested : show less or more (factor, about which time)
    shift_requested : show another part of the span (its middle)
    change_requested : give a note other words (its number)
    turn_requested : take a note back, or bring it back (its number)
    """

    seek_requested = Signal(float)
    mark_requested = Signal(str, int)
    zoom_requested = Signal(float, float)
    shift_requested = Signal(float)
    change_requested = Signal(int)
    turn_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._dragging = ""
        self._grabbed = 0.0
        self.setMouseTracking(True)
        self._make_room()

    def show_state(self, state: State) -> None:
        """Show another state."""
        grown = len(state.lanes) != len(self._state.lanes)
        self._state = state
        if grown:
            self._make_room()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, self.minimumHeight())

    def _make_room(self) -> None:
        self.setMinimumHeight(LANES + max(len(self._state.lanes), FEWEST) * LANE + 4)

    # ---- from times to places --------------------------------------------------------------------------------------

    def _room(self) -> tuple[float, float]:
        return float(CAPTION), float(self.width() - theme.STEP)

    def _x(self, at: float, span: tuple[float, float]) -> float:
        left, right = self._room()
        return left + (at - span[0]) / max(span[1] - span[0], 1e-9) * (right - left)

    def _at(self, x: float, span: tuple[float, float]) -> float:
        left, right = self._room()
        return span[0] + (x - left) / max(right - left, 1.0) * (span[1] - span[0])

    def _clipped(self, at: float) -> float:
        left, right = self._room()
        return min(max(self._x(at, self._state.shown), left), right)

    def _strip(self) -> QRectF:
        """The whole span's strip: shorter than the lanes, for its last time stands behind it."""
        wide = QFontMetrics(style.font(theme.SMALL)).horizontalAdvance(self._state.ends[1]) + theme.STEP
        left, right = self._room()
        first = left if wide < CAPTION - 40 else left + theme.STEP * 2
        return QRectF(first, STRIP.y(), max(right - wide - first, 1.0), STRIP.height())

    def _along(self, at: float) -> float:
        """Where a time stands in the strip."""
        strip, (first, last) = self._strip(), self._state.span
        share = (at - first) / max(last - first, 1e-9)
        return strip.left() + min(max(share, 0.0), 1.0) * strip.width()

    def _at_strip(self, x: float) -> float:
        strip, (first, last) = self._strip(), self._state.span
        return first + (x - strip.left()) / strip.width() * (last - first)

    # ---- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        if not math.isfinite(self._state.span[0]):
            painter.setPen(QColor(theme.SECONDARY))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Waiting for the first frame"))
            return
        self._paint_strip(painter)
        self._paint_unknown(painter)
        self._paint_axis(painter)
        for number, lane in enumerate(self._state.lanes):
            self._paint_lane(painter, lane, LANES + number * LANE)
        self._paint_cursor(painter)

    def _paint_strip(self, painter: QPainter) -> None:
        """The whole span with its first and last time, and in it a frame around what the lanes show."""
        strip = self._strip()
        painter.fillRect(strip, QColor(theme.WINDOW))
        a, b = (self._along(at) for at in self._state.shown)
        b = max(b, a + 3.0)
        painter.fillRect(QRectF(a, strip.y(), b - a, strip.height()), QColor(theme.HOVERED))
        for lane in self._state.lanes:
            for mark in lane.marks:
                self._paint_strip_mark(painter, mark, strip)
        self._paint_frame(painter, a, b, strip)
        x = self._along(self._state.cursor)
        painter.setPen(QPen(QColor(theme.CURSOR), 1.5))
        painter.drawLine(QPointF(x, strip.top() - 2), QPointF(x, strip.bottom() + 2))
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        before = QRectF(theme.STEP, strip.y(), strip.left() - 6 - theme.STEP, strip.height())
        first, last = self._state.ends
        painter.drawText(before, middle, self.tr("All"))
        painter.drawText(before, middle | right, first)
        painter.drawText(
            QRectF(strip.right(), strip.y(), self.width() - theme.STEP - strip.right(), 16), middle | right, last
        )

    def _paint_strip_mark(self, painter: QPainter, mark: Mark, strip: QRectF) -> None:
        a, b = self._along(mark.since), self._along(mark.until)
        box = QRectF(a, strip.bottom() - 5, max(b - a, 1.5), 3)
        if mark.priority:
            painting.span(painter, box, mark.priority)
        else:
            painter.fillRect(box, QColor(theme.FAINT))

    def _paint_frame(self, painter: QPainter, a: float, b: float, strip: QRectF) -> None:
        """The frame, and the sides by which it widens to the lanes: these are not on the strip's scale."""
        shown, span = self._state.shown, self._state.span
        left, right = self._clipped(max(shown[0], span[0])), self._clipped(min(shown[1], span[1]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.RAISED))
        below = [QPointF(b, strip.bottom()), QPointF(right, FUNNEL), QPointF(left, FUNNEL), QPointF(a, strip.bottom())]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPolygon(QPolygonF(below))
        painter.setPen(QPen(QColor(theme.STOPPED), 1))
        painter.drawPolyline(QPolygonF([below[2], below[3], strip.bottomLeft() + QPointF(a - strip.left(), 0)]))
        painter.drawPolyline(QPolygonF([below[1], below[0]]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(a, strip.y(), b - a, strip.height()))

    def _paint_axis(self, painter: QPainter) -> None:
        shown, (left, right) = self._state.shown, self._room()
        painter.fillRect(QRectF(left, FUNNEL, right - left, LANES - FUNNEL), QColor(theme.RAISED))
        length = max(shown[1] - shown[0], 1e-9)
        step = next((t for t in TICKS if t * (right - left) / length >= TICK_ROOM), TICKS[-1])
        painter.setFont(style.font(theme.SMALL))
        tick = math.ceil((shown[0] + self._state.offset) / step) * step
        bottom = LANES + max(len(self._state.lanes), FEWEST) * LANE
        while tick - self._state.offset <= shown[1]:
            x = self._x(tick - self._state.offset, shown)
            painter.setPen(QPen(QColor(theme.GRID), 1))
            painter.drawLine(QPointF(x, LANES), QPointF(x, bottom))
            painter.setPen(QColor(theme.SECONDARY))
            if left + 26 <= x <= right - 26:
                box = QRectF(x - 40, FUNNEL, 80, LANES - FUNNEL)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _said(tick, step))
            tick += step

    def _paint_unknown(self, painter: QPainter) -> None:
        """What is before the first frame or has not happened yet is darker."""
        left, right = self._room()
        first, last = (self._clipped(at) for at in self._state.span)
        for a, b in ((left, first), (last, right)):
            painter.fillRect(QRectF(a, LANES, b - a, self.height() - LANES), QColor(theme.WINDOW))

    def _paint_cursor(self, painter: QPainter) -> None:
        left, right = self._room()
        x = self._x(self._state.cursor, self._state.shown)
        if left - 1 <= x <= right + 1:
            painter.setPen(QPen(QColor(theme.CURSOR), 1.5))
            painter.drawLine(QPointF(x, LANES - 4), QPointF(x, self.height()))

    # ---- lanes -----------------------------------------------------------------------------------------------------

    def _paint_lane(self, painter: QPainter, lane: Lane, top: float) -> None:
        left, right = self._room()
        painter.setPen(QColor(theme.SECONDARY))
        painter.setFont(style.font(theme.SMALL))
        caption = QRectF(theme.STEP, top, CAPTION - 12, LANE)
        said = painter.fontMetrics().elidedText(
            lane.caption or words.word(lane.name), Qt.TextElideMode.ElideRight, int(caption.width())
        )
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, said)
        painter.setPen(QPen(QColor(theme.GRID), 1))
        painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
        painter.save()
        painter.setClipRect(QRectF(left, top, right - left, LANE))
        self._paint_bars(painter, lane, top)
        clusters = self._clusters(lane)
        for cluster, following in zip_longest(clusters, clusters[1:]):
            end = following.x if following else right
            if cluster.marks[0].priority:
                self._paint_cluster(painter, cluster, top, end)
            else:
                self._paint_words(painter, cluster.marks[0], QRectF(cluster.x + 5, top, end - cluster.x - 10, LANE))
        painter.restore()

    def _visible(self, lane: Lane) -> list[Mark]:
        first, last = self._state.shown
        return [mark for mark in lane.marks if mark.until >= first and mark.since <= last]

    def _clusters(self, lane: Lane) -> tuple[Cluster, ...]:
        return clustered(self._visible(lane), self._clipped, SIGN + 2)

    def _paint_bars(self, painter: QPainter, lane: Lane, top: float) -> None:
        """How long each lasts, the most urgent over the others."""
        rank = {priority: number for number, priority in enumerate(theme.PRIORITIES)}
        for mark in sorted(self._visible(lane), key=lambda each: -rank.get(each.priority, len(rank))):
            a, b = self._x(mark.since, self._state.shown), self._x(mark.until, self._state.shown)
            if mark.priority:
                painting.span(painter, QRectF(a, top + 8, max(b - a, 2.0), 5), mark.priority)
            elif b - a < 2:
                painter.fillRect(QRectF(a - 1, top + 4, 2, LANE - 8), QColor(theme.BAR))
            else:
                painter.setPen(QPen(QColor(theme.BAR), 1))
                painter.setBrush(QColor(theme.NORMAL_BAND))
                painter.drawRect(QRectF(a, top + 4, b - a, LANE - 8))

    def _paint_cluster(self, painter: QPainter, cluster: Cluster, top: float, end: float) -> None:
        """The most urgent sign, how many there are if several, and words where there is room up to the next."""
        head = cluster.head(self._state.selected)
        chosen = (head.kind, head.id) == self._state.selected
        sign = QRectF(cluster.x, top + 4, SIGN, SIGN)
        painter.fillRect(sign.adjusted(-1, -2, 1, 1), QColor(theme.PANEL))
        painting.mark(painter, sign, cluster.marks[0].priority, filled=cluster.unseen)
        painter.setFont(style.font(theme.SMALL, bold=chosen))
        metrics = painter.fontMetrics()
        count = f"{len(cluster.marks)}  " if len(cluster.marks) > 1 else ""
        said = f"{count}{head.equipment} {words.word(head.what)}"
        start = sign.right() + 1
        room = max(end - start - 2, 0.0)
        if metrics.horizontalAdvance(said) + 8 > room and not chosen:
            said = count.strip()
        if not said:
            return
        plate = QRectF(start, top + 2, metrics.horizontalAdvance(said) + 8, LANE - 4)
        painter.fillRect(plate, QColor(theme.SELECTED if chosen else theme.PANEL))
        painter.setPen(QColor(theme.BRIGHT if chosen else theme.TEXT))
        painter.drawText(plate.adjusted(4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, said)

    @staticmethod
    def _paint_words(painter: QPainter, mark: Mark, box: QRectF) -> None:
        said = f"{mark.equipment} {words.word(mark.what)}".strip()
        font = style.font(theme.SMALL)
        font.setStrikeOut(mark.struck)
        painter.setFont(font)
        painter.setPen(QColor(theme.SECONDARY))
        if painter.fontMetrics().horizontalAdvance(said) <= box.width():
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, said)

    # ---- mouse -----------------------------------------------------------------------------------------------------

    def _lane_at(self, position: QPointF) -> Lane | None:
        number = int((position.y() - LANES) // LANE)
        return self._state.lanes[number] if 0 <= number < len(self._state.lanes) else None

    def _cluster_at(self, position: QPointF) -> Cluster | None:
        """The marks under the pointer: those of a sign, else the one whose bar it is on."""
        lane = self._lane_at(position)
        if lane is None or position.x() < CAPTION - NEAR:
            return None
        for cluster in reversed(self._clusters(lane)):
            if cluster.x - NEAR <= position.x() <= cluster.x + SIGN + NEAR:
                return cluster
        for mark in reversed(self._visible(lane)):
            if self._clipped(mark.since) <= position.x() <= self._clipped(mark.until) + NEAR:
                return Cluster((mark,), position.x())
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not math.isfinite(self._state.span[0]):
            return
        cluster = self._cluster_at(event.position())
        if cluster is not None and cluster.marks[0].kind in ("alarm", "anomaly"):
            mark = cluster.next(self._state.selected)
            self.mark_requested.emit(mark.kind, mark.id)
            return
        if event.position().y() < FUNNEL:
            self._dragging = "strip"
        else:
            self._dragging = "pan" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else "cursor"
            self._grabbed = self._at(event.position().x(), self._state.shown)
        self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._drag(event.position())
            return
        cluster = self._cluster_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if cluster else Qt.CursorShape.ArrowCursor)
        if cluster is not None:
            QToolTip.showText(
                event.globalPosition().toPoint(), self._tip(cluster, self._lane_at(event.position())), self
            )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the notes under the pointer."""
        cluster = self._cluster_at(QPointF(event.pos()))
        noted = [mark for mark in cluster.marks if mark.kind == "note"] if cluster is not None else []
        if noted:
            self._note_menu(noted).popup(event.globalPos())

    def _note_menu(self, noted: list[Mark]) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for mark in noted:
            menu.addSeparator()
            title = self.fontMetrics().elidedText(mark.what, Qt.TextElideMode.ElideRight, TITLE)
            menu.addAction(title).setEnabled(False)
            if not mark.struck:
                change = menu.addAction(self.tr("Change this note…"))
                change.triggered.connect(lambda _=False, number=mark.id: self.change_requested.emit(number))
            turn = menu.addAction(self.tr("Bring this note back") if mark.struck else self.tr("Take this note back"))
            turn.triggered.connect(lambda _=False, number=mark.id: self.turn_requested.emit(number))
        return menu

    def _tip(self, cluster: Cluster, lane: Lane | None) -> str:
        caption = lane.caption if lane is not None else ""
        told = [self._told(m, caption) for m in cluster.marks[:TOLD]]
        more = len(cluster.marks) - TOLD
        return "\n".join([*told, self.tr("and {more} more").format(more=more)] if more > 0 else told)

    def _told(self, mark: Mark, caption: str) -> str:
        told = f"{caption} {mark.equipment} {words.word(mark.what)}".strip()
        return self.tr("taken back: {note}").format(note=told) if mark.struck else told

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        about = self._at(event.position().x(), self._state.shown)
        self.zoom_requested.emit(0.8 ** (event.angleDelta().y() / 120.0), about)

    def _drag(self, position: QPointF) -> None:
        shown = self._state.shown
        if self._dragging == "strip":
            at = self._at_strip(position.x())
            self.shift_requested.emit(at)
            self.seek_requested.emit(at)
        elif self._dragging == "pan":
            middle = (shown[0] + shown[1]) / 2
            self.shift_requested.emit(middle + self._grabbed - self._at(position.x(), shown))
        else:
            self.seek_requested.emit(self._at(position.x(), shown))


def _said(local: float, step: float) -> str:
    """A tick's time of day; its day where ticks are days apart. ``local`` counts as if the station were in UTC."""
    if step >= 86_400:
        return datetime.fromtimestamp(local, UTC).strftime("%m-%d")
    whole = int(local) % 86_400
    text = f"{whole // 3600:02d}:{whole % 3600 // 60:02d}"
    return text if step >= 60 else f"{text}:{whole % 60:02d}"
