"""The scene's picture frame: shows what the painter painted, with words over it, and takes the mouse and keys."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app import theme
from app.scene.camera import Camera, between
from app.scene.painter import Painter
from app.scene.places import corners
from app.scene.state import ROBOTS, Label, RobotMark, SceneState
from app.views import scene_coverage, scene_legend, scene_probe, scene_robots, scene_valves, style
from app.views.scene_tools import SceneTools

FLIGHT = 0.7  # s that the camera takes to fly somewhere
FLIGHT_MS = 33
SPARE = 0.012  # s of a beat for what cameras see
MOTION_MS = 66  # between two pictures of what flows and turns
LONGEST_STEP = 0.25  # s that it goes on at once: whoever was away sees it go on, not jump
REST_MS = 250  # after which a camera that does not move is worth smooth edges
TURN = math.radians(0.35)  # a pixel of dragging
WHEEL = 1.2  # nearer by a notch of the wheel
GAP = 4.0  # px between labels
PLACES = 5  # one above the other, that a label may stand in
NEAR_BY = math.radians(27.0)  # above the floor
APPROACHES = (-120.0, -60.0, 120.0, 60.0, -90.0, 180.0)  # degrees from x, tried until nothing is in the way
DIRECTIONS = {"front": (-90.0, 20.0), "right": (0.0, 20.0), "top": (-90.0, 88.0), "isometric": (-135.0, 35.0)}
KEYS = {Qt.Key.Key_1: "front", Qt.Key.Key_3: "right", Qt.Key.Key_7: "top", Qt.Key.Key_9: "isometric"}


class Scene(QWidget):
    """The station in three dimensions.

    Signals
    -------
    equipment_requested : a node of the model or a robot was clicked (its name, "" for the building and the ground)
    fly_requested : it was double-clicked
    probe_requested : a point of a surface was clicked [m]
    """

    equipment_requested = Signal(str)
    probe_requested = Signal(float, float, float)
    fly_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._painter: Painter | None = None
        self.tools = SceneTools(self)
        self._why = ""
        self._loaded = 0  # per cent
        self._state = SceneState()
        self._is_finding_out = False
        self._readings: list[tuple[float, str, float]] = []
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._pivot: np.ndarray | None = None
        self._flight: tuple[Camera, Camera, float] | None = None
        self._timer = QTimer(self)
        self._timer.setObjectName("flight")
        self._timer.setInterval(FLIGHT_MS)
        self._timer.timeout.connect(self._fly_on)
        self._motion = QTimer(self)
        self._motion.setObjectName("motion")
        self._motion.setInterval(MOTION_MS)
        self._motion.timeout.connect(self._move_on)
        self._moved_at = 0.0
        self._rest = QTimer(self)
        self._rest.setObjectName("rest")
        self._rest.setInterval(REST_MS)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._refine)

    # ---- setters ---------------------------------------------------------------------------------------------------

    def furnish(self, painter: Painter | None, why: str = "") -> None:
        """Give the painter; or none, and the sentence that says why there is no scene."""
        self._painter = painter
        self._why = why
        if painter is not None:
            painter.resize(*self._pixels())
            painter.show(self._state)
            painter.look(painter.overview())
            painter.refine()
            self.tools.offer(painter.layers, self._state.hidden, painter.reach)
        self.update()

    def show_loading(self, share: float) -> None:
        """Say how much of the model is loaded."""
        if round(100 * share) != self._loaded:
            self._loaded = round(100 * share)
            self.update()

    def show_state(self, state: SceneState) -> None:
        """Show a state; painted at the next occasion."""
        if state.alone != self._state.alone:
            self.tools.show_alone(state.alone)
        self._let_move(state.flowing)
        asked = (state.probe, state.pictures) != (self._state.probe, self._state.pictures)
        self._state = state
        if self._painter is not None:
            self._painter.show(state)
            if asked:
                self._readings = self._painter.readings(np.array(state.probe)) if state.probe is not None else []
        self.update()

    def fly_to(self, equipment: str) -> None:
        """Fly to a piece of equipment, or to the whole station for ""."""
        if self._painter is None:
            return
        camera, box = self._painter.camera, self._painter.box(equipment)
        if not equipment:
            self._fly(self._painter.overview())
        elif box is not None:
            aspect, reach = self.width() / max(1, self.height()), np.array([1.2, 1.2, 0.0])
            ways = [Camera(camera.focus, camera.distance, math.radians(turn), NEAR_BY) for turn in APPROACHES]
            near = [way.fitted(box[0] - reach, box[1] + reach, aspect, margin=1.6) for way in ways]
            self._fly(next((way for way in near if self._painter.sees(way, equipment)), near[0]))

    def look_from(self, direction: str) -> None:
        """Look at what is selected, or at the whole, from the front, right, top or isometrically."""
        if self._painter is None:
            return
        azimuth, elevation = (math.radians(angle) for angle in DIRECTIONS[direction])
        box = self._painter.box(self._state.selected) or self._painter.box("")
        camera = Camera(self._painter.camera.focus, self._painter.camera.distance, azimuth, elevation)
        if box is not None:
            camera = camera.fitted(*box, self.width() / max(1, self.height()))
        self._fly(camera)

    def settle(self) -> None:
        """End a flight at its goal at once, for a picture that must not depend on time."""
        if self._flight is not None and self._painter is not None:
            self._painter.look(self._flight[1])
            self._flight = None
            self._timer.stop()
        self._refine()

    def bare_picture(self) -> QImage | None:
        """The scene as it is painted, without words, marks and legend over it; None where there is no scene."""
        if self._painter is None:
            return None
        self._painter.show(replace(self._state, halos=(), labels=(), selected=""))
        image = _image(self._painter.paint()).copy()
        self._painter.show(self._state)
        return image

    @property
    def is_complete(self) -> bool:
        """Whether the scene has been given all it needs and has found it out, or has said why not."""
        return (self._painter is not None and not self._is_finding_out) or bool(self._why)

    def find_out(self) -> None:
        """Find out more of what cameras see, as far as a beat has time for it."""
        if self._painter is not None:
            was = self._is_finding_out
            self._is_finding_out = self._painter.find_out(SPARE)
            if was or self._painter.stale:
                self.update()

    @property
    def is_modelled(self) -> bool:
        """Whether there is a model to look at, or may be one still."""
        return not self._why

    def panorama(self, eye: tuple[float, float, float]) -> np.ndarray | None:
        """What is seen all around a place [m]; None as long as it is being painted, and where there is no scene."""
        return self._painter.lookout.panorama(eye) if self._painter is not None else None

    def seen_share(self, eye: tuple[float, float, float], equipment: str) -> float:
        """How much of a piece of equipment is seen from a place [m], from 0 to 1."""
        return self._painter.seen_share(eye, equipment) if self._painter is not None else 0.0

    # ---- flying ----------------------------------------------------------------------------------------------------

    def _fly(self, goal: Camera) -> None:
        if self._painter is None:
            return
        self._flight = (self._painter.camera, goal, time.perf_counter())
        self._timer.start()

    def _fly_on(self) -> None:
        if self._flight is None or self._painter is None:
            self._timer.stop()
            return
        start, goal, since = self._flight
        share = (time.perf_counter() - since) / FLIGHT
        if share >= 1.0:
            self.settle()
            return
        self._painter.look(between(start, goal, share))
        self.update()

    def _look(self, camera: Camera) -> None:
        """Look from where the hand leads: a flight gives way."""
        if self._painter is None:
            return
        self._flight = None
        self._timer.stop()
        self._painter.look(camera)
        self._rest.start()
        self.update()

    def _refine(self) -> None:
        if self._painter is not None:
            self._rest.stop()
            self._painter.refine()
            self.update()

    def _let_move(self, flowing: bool) -> None:
        """Let shafts and water move on as long as time does."""
        if flowing and not self._motion.isActive():
            self._moved_at = time.perf_counter()
            self._motion.start()
        elif not flowing:
            self._motion.stop()

    def _move_on(self) -> None:
        now = time.perf_counter()
        if self._painter is not None and self.isVisible():
            self._painter.advance(min(now - self._moved_at, LONGEST_STEP))
            self.update()
        self._moved_at = now

    # ---- painting --------------------------------------------------------------------------------------------------

    def _pixels(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def _paint_scene(self, painter: QPainter) -> None:
        assert self._painter is not None
        painter.drawImage(QRectF(self.rect()), _image(self._painter.paint()))
        self._paint_hatches(painter)
        note = self._state.note if self._state.legend is None else ""
        legend = scene_legend.plate(self.width(), self.height(), note)
        placed = [legend, QRectF(self.tools.geometry())]
        blindness = self._painter.lookout.blindness
        if blindness is not None:
            scene_coverage.paint(painter, blindness, self._state.shown, legend, placed)
        self._paint_probe(painter, placed)
        self._paint_robots(painter, placed)
        for label in sorted(self._state.labels, key=lambda each: -each.weight):
            self._paint_label(painter, label, placed)
        self._paint_valves(painter, placed)
        self._paint_ticks(painter, placed)
        if self._state.note and self._state.legend is None:
            scene_legend.paint_note(painter, legend, style.veil(), self._state.note)
        else:
            scene_legend.paint(painter, legend, style.veil(), scene_legend.scale(self._state.legend))

    def _paint_hatches(self, painter: QPainter) -> None:
        """The hatch of every view over equipment whose data cannot be trusted."""
        assert self._painter is not None
        ratio = self.devicePixelRatioF()
        painter.setPen(Qt.PenStyle.NoPen)
        for label in self._state.labels:
            contour = self._painter.contour(label.equipment) if label.quality else ()
            if len(contour):
                painter.setBrush(style.hatch(label.quality, theme.BRIGHT))
                painter.drawPolygon(QPolygonF([QPointF(x / ratio, y / ratio) for x, y in contour]))

    def _paint_probe(self, painter: QPainter, placed: list[QRectF]) -> None:
        """What thermal pictures say of the point that is probed."""
        assert self._painter is not None
        if self._state.probe is None:
            return
        where, before_eye = self._painter.project(np.array([self._state.probe]))
        if before_eye[0]:
            at = QPointF(*(where[0] / self.devicePixelRatioF()))
            scene_probe.paint(painter, at, self._readings, self._state.now, QRectF(self.rect()), placed)

    def _paint_valves(self, painter: QPainter, placed: list[QRectF]) -> None:
        """How far each valve is open, above it."""
        assert self._painter is not None
        held = [(valve, box) for valve in self._state.valves if (box := self._painter.box(valve.node)) is not None]
        if not held:
            return
        tops = np.array([[*((low + high) / 2)[:2], high[2]] for _, (low, high) in held])
        where, before_eye = self._painter.project(tops)
        for (valve, _), at, is_seen in zip(held, where / self.devicePixelRatioF(), before_eye, strict=True):
            if is_seen:
                scene_valves.paint(painter, valve, QPointF(*at), QRectF(self.rect()), placed)

    def _paint_ticks(self, painter: QPainter, placed: list[QRectF]) -> None:
        """Words at points, those first that come first; none where there is no room."""
        assert self._painter is not None
        if not self._state.ticks:
            return
        where, before_eye = self._painter.project(np.array([tick.at for tick in self._state.ticks]))
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        metrics = QFontMetricsF(painter.font())
        for tick, at, is_seen in zip(self._state.ticks, where / self.devicePixelRatioF(), before_eye, strict=True):
            box = QRectF(0, 0, metrics.horizontalAdvance(tick.text) + 2, metrics.height())
            box.moveCenter(QPointF(*at) + QPointF(0, metrics.height()))
            if is_seen and QRectF(self.rect()).contains(box) and not any(box.intersects(each) for each in placed):
                placed.append(box)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.text)

    def _paint_robots(self, painter: QPainter, placed: list[QRectF]) -> None:
        """The robots in words; those that have no place, as such."""
        bounds = QRectF(self.rect())
        marks = self._state.robots if ROBOTS not in self._state.hidden else ()
        assert self._painter is not None
        marks = tuple(
            replace(mark, status=scene_robots.OUTSIDE) if self._painter.is_outside(mark) else mark for mark in marks
        )
        seen = {mark.robot: self._seen(mark) for mark in marks}
        nowhere = [mark for mark in marks if seen[mark.robot] is None or mark.status == scene_robots.OUTSIDE]
        scene_robots.paint_lost(painter, nowhere, bounds, placed)
        for mark in sorted(marks, key=lambda each: each.robot != self._state.selected):
            found = seen[mark.robot]
            if found is not None and bounds.contains(found.at):
                scene_robots.paint(painter, mark, found, mark.robot == self._state.selected, bounds, placed)

    def _seen(self, mark: RobotMark) -> scene_robots.Seen | None:
        """Where a robot is in the picture; None where nobody knows where it is at all."""
        assert self._painter is not None
        box = self._painter.box(mark.robot)
        if box is None:
            return None
        middle = (box[0] + box[1]) / 2
        ahead = middle + np.array([math.cos(mark.heading), math.sin(mark.heading), 0.0])
        points = np.array([middle, ahead, *corners(box)])
        where, before_eye = self._painter.project(points)
        if not before_eye.all():
            return scene_robots.Seen(QPointF(-1, -1), QPointF(-1, -1), 0.0)
        where = where / self.devicePixelRatioF()
        return scene_robots.Seen(QPointF(*where[0]), QPointF(*where[1]), float(np.ptp(where[2:], axis=0).max()))

    def _paint_label(self, painter: QPainter, label: Label, placed: list[QRectF]) -> None:
        """A label above its equipment, shortened to its name or moved up where others are; none if there is no room."""
        anchor = self._anchor(label)
        if anchor is None:
            return
        for up in range(PLACES):
            for short in (False, True) if label.detail else (True,):
                plate = self._plate(label, anchor, short, up)
                free = not any(plate.adjusted(-GAP, -GAP, GAP, GAP).intersects(other) for other in placed)
                if free and plate.top() >= 0:
                    self._paint_stem(painter, label, plate, anchor, placed)
                    placed.append(plate)
                    self._paint_plate(painter, label, plate, short)
                    return

    def _anchor(self, label: Label) -> QPointF | None:
        """The point over its equipment that a label belongs to; None where that is not seen."""
        assert self._painter is not None
        box = self._painter.box(label.equipment)
        if box is None:
            return None
        low, high = box
        top = np.array([[(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, high[2] + 0.2]])
        where, before_eye = self._painter.project(top)
        anchor = QPointF(*(where[0] / self.devicePixelRatioF())) if before_eye[0] else QPointF(-1, -1)
        return anchor if self.rect().contains(anchor.toPoint()) else None

    def _plate(self, label: Label, anchor: QPointF, short: bool, up: int) -> QRectF:
        """Where a label would stand, so many places above its anchor."""
        bold, small = QFontMetricsF(style.font(theme.SMALL, bold=True)), QFontMetricsF(style.font(theme.SMALL))
        width = max(bold.horizontalAdvance(_title(label)), 0.0 if short else small.horizontalAdvance(label.detail))
        height = (1 if short else 2) * small.height() + 6
        rise = 12 + up * (small.height() + 6 + GAP)
        plate = QRectF(anchor.x() - width / 2 - 6, anchor.y() - rise - height, width + 12, height)
        plate.moveLeft(min(max(plate.left(), 0.0), self.width() - plate.width()))
        return plate

    def _paint_stem(
        self, painter: QPainter, label: Label, plate: QRectF, anchor: QPointF, placed: list[QRectF]
    ) -> None:
        """The line from a label to what it belongs to, behind all plates that it crosses."""
        free = QRegion(self.rect())
        for other in placed:
            free -= QRegion(other.toAlignedRect())
        painter.setClipRegion(free)
        painter.setPen(QPen(QColor(label.colour or theme.FAINT), 1))
        painter.drawLine(QPointF(anchor.x(), plate.bottom()), anchor)
        painter.setClipping(False)

    def _paint_plate(self, painter: QPainter, label: Label, plate: QRectF, short: bool) -> None:
        chosen = label.equipment == self._state.selected
        edge = QColor(label.colour or (theme.BRIGHT if chosen else theme.LINE))
        painter.setPen(QPen(edge, 1))
        painter.setBrush(style.veil())
        painter.drawRoundedRect(plate, 3, 3)
        if label.quality:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.hatch(label.quality))
            painter.drawRect(plate.adjusted(1, 1, -1, -1))
        row = QRectF(plate.x() + 6, plate.y() + 3, plate.width() - 12, (plate.height() - 6) / (1 if short else 2))
        aligned = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(style.font(theme.SMALL, bold=True))
        painter.setPen(QColor(label.colour or theme.TEXT))
        painter.drawText(row, aligned, _title(label))
        if not short:
            painter.setFont(style.font(theme.SMALL))
            painter.setPen(QColor(theme.SECONDARY))
            painter.drawText(row.translated(0, row.height()), aligned, label.detail)

    # ---- Qt's own --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._painter is not None:
            self._paint_scene(painter)
        else:
            painter.fillRect(self.rect(), QColor(theme.SCENE_LOW))
            painter.setFont(style.font())
            painter.setPen(QColor(theme.SECONDARY))
            words = self._why or self.tr("The 3D model is being loaded…")
            if not self._why and self._loaded:
                words += f"  {self._loaded} %"
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, words)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.tools.fit()
        if self._painter is not None:
            self._painter.resize(*self._pixels())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        elif event.type() == QEvent.Type.ThemeChange and self._painter is not None:
            self._painter.dress()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tell(event)
            return True
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> None:
        """Say more about a robot that is pointed at."""
        name, _ = self._under(QPointF(event.pos()))
        mark = next((mark for mark in self._state.robots if mark.robot == name), None)
        if mark is not None:
            QToolTip.showText(event.globalPos(), scene_robots.told(mark), self)
        else:
            QToolTip.hideText()

    def _under(self, at: QPointF) -> tuple[str, np.ndarray | None]:
        if self._painter is None:
            return "", None
        ratio = self.devicePixelRatioF()
        hit = self._painter.pick(at.x() * ratio, at.y() * ratio)
        return (hit.name, hit.at) if hit is not None else ("", None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._last = event.position()
        _, self._pivot = self._under(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._painter is None:
            return
        moved = event.position() - self._last
        self._last = event.position()
        camera = self._painter.camera
        if event.buttons() & Qt.MouseButton.LeftButton and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._look(camera.orbited(-moved.x() * TURN, moved.y() * TURN, self._pivot))
        else:
            self._look(camera.panned(moved.x() / self.height(), -moved.y() / self.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        still = self._pressed is not None and (event.position() - self._pressed).manhattanLength() < 4
        self._pressed = None
        if still and event.button() == Qt.MouseButton.LeftButton:
            name, at = self._under(event.position())
            self.equipment_requested.emit(name)
            if at is not None:
                self.probe_requested.emit(*at.tolist())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fly_requested.emit(self._under(event.position())[0])

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._painter is not None:
            _, towards = self._under(event.position())
            self._look(self._painter.camera.zoomed(WHEEL ** (event.angleDelta().y() / 120), towards))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in KEYS:
            self.look_from(KEYS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_F:
            self.fly_to(self._state.selected)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(960, 600)


def _image(rows: np.ndarray) -> QImage:
    """(height, width, 3) bytes as Qt sees them, without a copy."""
    height, width, _ = rows.shape
    return QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888)


def _title(label: Label) -> str:
    return f"{label.shape} {label.title}" if label.shape else label.title
