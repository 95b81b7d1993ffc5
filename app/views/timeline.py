"""The timeline: the controls that move the cursor on the left, the tracks beside them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QActionGroup, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.presenters.timeline import RATES, State
from app.views import painting, style
from app.views.note import NoteLine
from app.views.tracks import Tracks


class Timeline(QWidget):
    """Signals
    -------
    play_requested : play or pause
    previous_requested, next_requested : to the event before, after
    rate_requested : replay at a multiple of real time
    live_requested : back to now
    note_requested : keep a note (its words)
    """

    play_requested = Signal()
    previous_requested = Signal()
    next_requested = Signal()
    rate_requested = Signal(float)
    live_requested = Signal()
    note_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self.tracks = Tracks()
        self._note = NoteLine(self.tracks)
        self._note.written.connect(self.note_requested)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._time = QLabel()
        self._time.setFont(style.font(theme.LARGE, bold=True))
        self._day = QLabel()
        self._day.setFont(style.font(theme.SMALL))
        style.tone(self._day, "secondary")
        self._signs = _signs()
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

    def ask_for_note(self, time: str, subject: str, words: str = "") -> None:
        """Ask for a note at a time, on something or on nothing in particular; or for other words of one."""
        self._note.begin(time, subject, words)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.tracks.update()
        elif event.type() == QEvent.Type.ThemeChange:
            self._signs = _signs()
            self._retranslate()
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
        self._previous.setIcon(self._signs["previous"])
        self._next.setIcon(self._signs["next"])
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


def _signs() -> dict[str, QIcon]:
    return {name: painting.sign(name) for name in ("play", "pause", "previous", "next")}


def _times(rate: float) -> str:
    return f"{rate:g} ×"
