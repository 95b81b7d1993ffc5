"""The window's one timer: thirty times a second it takes the mail and hands it round."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.bridge import Mailbox
from app.messages import Mail

PERIOD_MS = 33


class Heartbeat(QObject):
    """Asks the mailbox; the station never interrupts the window."""

    def __init__(
        self,
        parent: QObject,
        mailbox: Mailbox,
        take: Callable[[Mail], None],
        fail: Callable[[BaseException], None],
        pulse: Callable[[int], None],
    ) -> None:
        super().__init__(parent)
        self._mailbox = mailbox
        self._take = take
        self._fail = fail
        self._pulse = pulse
        self._beats = 0
        self.spent_ms = 0.0  # of a beat that brought mail, smoothed
        self._timer = QTimer(self)
        self._timer.setObjectName("heartbeat")
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self.beat)

    def start(self) -> None:
        """Begin to beat."""
        self._timer.start()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def beat(self) -> None:
        """Take the mail, once."""
        self._beats += 1
        self._pulse(self._beats)
        failure = self._mailbox.failure()
        if failure is not None:
            self._fail(failure)
        mail = self._mailbox.take()
        if mail is None:
            return
        began = time.perf_counter()
        self._take(mail)
        self.spent_ms += 0.2 * ((time.perf_counter() - began) * 1e3 - self.spent_ms)
