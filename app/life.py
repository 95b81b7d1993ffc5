"""The life of the Qt application: from its first window to its exit status."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMessageLogContext, QObject, QSettings, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import fonts, opening, theme
from app.language import Languages, first_choice
from app.messages import Notice
from app.opening import Opened
from app.shell import Shell
from app.views import style
from app.wish import DONE, INTERRUPTED, OURS, SIZE, UNUSABLE, Wish
from twin.clock import WallClock
from twin.errors import StationError
from twin.paths import ASSETS
from twin.text import Text

LOOK_MS = 50  # between two looks at whether the picture is complete


def _hear(kind: QtMsgType, _: QMessageLogContext, said: str) -> None:
    """Qt's own messages go to standard error, but for what the offscreen platform always says of itself."""
    if kind != QtMsgType.QtDebugMsg and not said.startswith("This plugin does not support"):
        sys.stderr.write(f"Qt: {said}\n")


class Life(QObject):
    """One application, one window at a time."""

    def __init__(self, wish: Wish, opened: Opened) -> None:
        qInstallMessageHandler(_hear)
        self._application = QApplication.instance() or QApplication(sys.argv[:1])
        super().__init__()
        self._application.setApplicationName("Pumphouse")
        self._application.setOrganizationName("Pumphouse")
        self._application.setWindowIcon(QIcon(str(ASSETS / "icons" / "pumphouse.svg")))
        fonts.load()
        self._wish = wish
        self._settings = Forgetful() if wish.screenshot is not None else QSettings()
        theme.wear(theme.first_choice(wish.theme, self._settings.value("theme")))
        style.dress(self._application)
        self._languages = Languages(self._application)
        self._languages.speak(first_choice(wish.language, self._settings.value("language")))
        self._clock = WallClock()
        self._status = DONE
        self._shell = self._begin(opened)
        self._look = QTimer(self)
        self._look.setObjectName("look")
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._take_picture)

    def run(self) -> int:
        """Until the window is closed; the exit status."""
        self._shell.show(*self._size())
        # Python sees a signal only when it runs: the heartbeat sees to that; the picture is looked for beside it
        if self._wish.screenshot is not None:
            self._look.start()
        self._application.exec()
        return self._status

    def interrupt(self) -> None:
        """Ctrl-C: close everything in order."""
        self._status = INTERRUPTED
        self._shell.frame.close()

    def _size(self) -> tuple[int, int]:
        """As asked; else the usual size, or less where the screen is smaller."""
        if self._wish.size is not None or self._wish.screenshot is not None:
            return self._wish.size or SIZE
        room = self._application.primaryScreen().availableGeometry()
        return min(SIZE[0], room.width()), min(SIZE[1], room.height())

    def _begin(self, opened: Opened) -> Shell:
        station = opened.station
        usual = "operator" if station is not None and station.pumps else "review"
        shell = Shell(opened, self._languages, self._clock, self._wish.layout or usual, self._settings)
        shell.open_requested.connect(self._open_other)
        shell.ended.connect(self._end)
        return shell

    def _end(self) -> None:
        if self._shell.crashed is not None:
            self._status = OURS
        self._application.quit()

    def _open_other(self, path: str) -> None:
        """Another recording in a new window; the old one closes once the new one stands."""
        try:
            opened = opening.open_source(path, self._wish.station, None)
        except StationError as error:
            self._shell.notices.say(Notice(self._clock.now(), "error", Text(str(error), str(error))))
            return
        old = self._shell
        old.ended.disconnect(self._end)
        self._shell = self._begin(opened)
        self._shell.show(old.frame.width(), old.frame.height())
        old.frame.close()

    def _take_picture(self) -> None:
        """Take the picture once everything up to the time asked for is shown."""
        shell, path = self._shell, self._wish.screenshot
        if shell.crashed is not None:
            sys.stderr.write(f"A fault of Pumphouse; the report lies at {shell.crashed}\n")
        elif path is None or not shell.is_complete(shell.opened.complete_at):
            return
        else:
            self._status = self._write(shell)
        self._look.stop()
        shell.frame.close()

    def _write(self, shell: Shell) -> int:
        assert self._wish.screenshot is not None
        try:
            shell.save_picture(self._wish.screenshot)
        except StationError as error:
            sys.stderr.write(f"{error}\n")
            return UNUSABLE
        return DONE


class Forgetful:
    """Settings for taking pictures: nothing is remembered, so that a picture is the same on every machine."""

    def value(self, key: str) -> None:
        """Nothing."""

    def setValue(self, key: str, value: object) -> None:
        """Nothing."""
