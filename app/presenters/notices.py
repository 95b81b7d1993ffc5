"""The quiet bar at the bottom: the last sentence, what is under way, how the acquisition is doing; and the log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from app.messages import Mail, Notice
from app.presenters import figures, formatting
from twin.plant.reading import Station

KEPT = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the log."""

    time: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class State:
    """What the bar shows; ``share`` is None where nothing is under way."""

    last: Line | None = None
    doing: str = ""
    share: float | None = None
    live: bool = False
    rate: str = formatting.NOTHING
    step_ms: str = formatting.NOTHING
    dropped: int = 0
    log: tuple[Line, ...] = ()


class View(Protocol):
    """The bar."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Keeps the log and works the bar out of each mail."""

    def __init__(self, view: View, station: Station | None) -> None:
        self._view = view
        self._zone = figures.zone(station)
        self._language = "en"
        self._notices: deque[Notice] = deque(maxlen=KEPT)
        self._mail: Mail | None = None
        self._state = State()

    def say_in(self, language: str) -> None:
        """Say the log in another language."""
        self._language = language
        self._work_out()

    def take(self, mail: Mail) -> None:
        """Show what this mail brought."""
        self._notices.extend(mail.notices)
        self._mail = mail
        self._work_out()

    def say(self, notice: Notice) -> None:
        """Add a sentence of the window's own."""
        self._notices.append(notice)
        self._work_out()

    def _work_out(self) -> None:
        log = tuple(
            Line(formatting.clock(n.at, self._zone), n.severity, n.text.said_in(self._language)) for n in self._notices
        )
        mail = self._mail
        progress = mail.progress if mail is not None else None
        state = State(
            last=log[-1] if log else None,
            doing=progress.text.said_in(self._language) if progress else "",
            share=round(progress.share, 2) if progress else None,
            live=mail.live_source if mail is not None else False,
            rate=formatting.number(mail.health.rate, 1) if mail is not None else formatting.NOTHING,
            step_ms=formatting.number(mail.health.step_ms, 1) if mail is not None else formatting.NOTHING,
            dropped=mail.health.dropped if mail is not None else 0,
            log=log,
        )
        if state != self._state:
            self._state = state
            self._view.show_state(state)
