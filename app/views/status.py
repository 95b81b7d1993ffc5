"""The bar at the top: station, mode, time, freshness, what stands by priority, how fast it was answered."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QPushButton, QSizePolicy, QWidget

from app import theme
from app.presenters.status import Count, State
from app.views import painting, style, words

HATCHED = 16  # px
STALE = words.QUALITIES.index("stale")


class Counter(QWidget):
    """The counts of the four priorities, each with its shape; grey where nothing stands.

    Signals
    -------
    clicked : somebody wants to see what stands
    """

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._counts: tuple[Count, ...] = ()
        self._blink = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_counts(self, counts: tuple[Count, ...]) -> None:
        """Show other counts."""
        self._counts = counts
        said = (
            self.tr("{priority}: {standing} standing, {unseen} not acknowledged").format(
                priority=words.capital(c.priority), standing=c.standing, unseen=c.unseen
            )
            for c in counts
        )
        self.setToolTip("\n".join(said))
        self.updateGeometry()
        self.update()

    def blink(self, on: bool) -> None:
        """The one thing that blinks: an unacknowledged priority 1."""
        if on != self._blink and any(c.priority == "urgent" and c.unseen for c in self._counts):
            self.update()
        self._blink = on

    def sizeHint(self) -> QSize:
        return QSize(4 * 48, theme.BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, count in enumerate(self._counts):
            left, middle = index * 48.0, self.height() / 2
            box = QRectF(left, middle - 7, 14, 14)
            dimmed = count.priority == "urgent" and not self._blink
            painter.setFont(style.font(theme.NORMAL, bold=bool(count.standing)))
            if count.standing:
                painting.mark(painter, box, count.priority, filled=bool(count.unseen) and not dimmed)
                painter.setPen(QColor(theme.BRIGHT))
            else:
                painter.setPen(QColor(theme.FAINT))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, theme.PRIORITY_SHAPES[count.priority])
            number = QRectF(left + 18, 0, 28, self.height())
            painter.drawText(number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, str(count.standing))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()


class Age(QLabel):
    """How old what is shown is; with the hatch of every stale value before it once the next frame is overdue."""

    def __init__(self) -> None:
        super().__init__()
        self._stale: bool | None = None
        self.show_stale(False)

    def show_stale(self, stale: bool) -> None:
        """Whether it is overdue."""
        if stale != self._stale:
            self._stale = stale
            self.setContentsMargins(HATCHED + 6 if stale else 0, 0, 0, 0)
            self.setFont(style.font(theme.NORMAL if stale else theme.SMALL, bold=stale))
            style.tone(self, "bright" if stale else "secondary")

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._stale:
            painter = QPainter(self)
            swatch = QRectF(0.5, (self.height() - HATCHED) / 2, HATCHED, HATCHED)
            painter.setPen(QColor(theme.SECONDARY))
            painter.setBrush(style.hatch(STALE, theme.BRIGHT))
            painter.drawRect(swatch)
            painter.end()
        super().paintEvent(event)


class StatusBar(QWidget):
    """Signals
    -------
    live_requested : back to now
    palette_requested : the command palette
    alarms_requested : the list of what stands
    """

    live_requested = Signal()
    palette_requested = Signal()
    alarms_requested = Signal()

    def __init__(self, menu: QMenuBar) -> None:
        super().__init__()
        self._state = State()
        self._folded = False
        self.setFixedHeight(theme.BAR_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        menu.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._mode = _label(theme.NORMAL, "", bold=True)
        self._shown_mode = ""
        self._station = _label(theme.NORMAL, "")
        self._station.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._day = _label(theme.SMALL, "secondary")
        self._time = _label(theme.LARGE, "bright", bold=True)
        self._age = Age()
        self._counter = Counter()
        self._counter.clicked.connect(self.alarms_requested)
        self._answer = _label(theme.SMALL, "secondary")
        self._live = QPushButton()
        self._live.clicked.connect(self.live_requested)
        self._live.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._palette = QPushButton("Ctrl+P")
        self._palette.clicked.connect(self.palette_requested)
        self._palette.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(theme.STEP, 0, theme.STEP, 0)
        row.setSpacing(2 * theme.STEP)
        for widget in (menu, self._mode, self._time, self._day, self._age):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._station, 1)
        for widget in (self._counter, self._answer, self._live, self._palette):
            row.addWidget(widget)
        self._retranslate()

    def fold(self, folded: bool) -> None:
        """Where there is little room, leave out the date, the station's name, and how long an answer takes."""
        self._folded = folded
        self._row.setSpacing(theme.STEP if folded else 2 * theme.STEP)
        self._retranslate()

    @property
    def counter(self) -> Counter:
        """The counts, which blink."""
        return self._counter

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._state = state
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        state = self._state
        self._show_mode(state.mode)
        self._station.setText("" if self._folded else state.station)
        self._station.setToolTip(state.station)
        self._day.setText(f"{state.day}\n{state.zone}")
        self._day.setVisible(not self._folded)
        self._time.setText(state.time)
        self._age.show_stale(state.stale or state.ended)
        self._age.setText(self._said_age(state))
        self._age.setVisible(bool(self._age.text()))
        self._counter.show_counts(state.counts)
        self._answer.setText(self._said_answer(state))
        self._answer.setVisible(not self._folded)
        self._live.setText(self.tr("Back to live"))
        self._live.setVisible(state.live_source and state.mode != "live")
        self._palette.setToolTip(self.tr("Find actions, tags, equipment, alarms and times"))

    def _show_mode(self, mode: str) -> None:
        self._mode.setText(words.word(mode))
        if mode != self._shown_mode:
            self._shown_mode = mode
            self._mode.setProperty("mode", mode)
            self._mode.style().polish(self._mode)

    def _said_age(self, state: State) -> str:
        if state.ended:
            return self.tr("the source has ended")
        if math.isnan(state.age):
            return ""
        age = self.tr("{seconds} s old").format(seconds=f"{state.age:.1f}")
        return f"{words.capital('stale')} · {age}" if state.stale else age

    def _said_answer(self, state: State) -> str:
        if state.answering:
            return self.tr("waiting for an answer {time}").format(time=state.answering)
        if state.answered:
            return self.tr("answered in {time}").format(time=state.answered)
        return ""


def _label(size: int, tone: str, bold: bool = False) -> QLabel:
    label = QLabel()
    label.setFont(style.font(size, bold))
    style.tone(label, tone)
    return label
