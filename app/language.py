"""English and Chinese, switched while running: Qt's catalogues are exchanged and every view says its words again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

LANGUAGES = {"zh": "zh_CN", "en": "en"}
CATALOGUES = Path(__file__).resolve().parent / "translations"


def first_choice(asked: str | None, remembered: str | None, locale: QLocale | None = None) -> str:
    """What was asked for, else remembered, else the machine's language; Chinese where it speaks neither."""
    for wanted in (asked, remembered):
        if wanted in LANGUAGES:
            return wanted
    machine = (locale or QLocale.system()).language()
    return "en" if machine == QLocale.Language.English else "zh"


class Languages:
    """The catalogues installed in an application."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._installed: list[QTranslator] = []
        self.current = ""

    def speak(self, language: str) -> None:
        """Exchange the catalogues; Qt then tells every widget that the language has changed."""
        for translator in self._installed:
            self._application.removeTranslator(translator)
        self._installed = [
            translator
            for name, folder in (
                (f"qtbase_{LANGUAGES[language]}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
                (f"pumphouse_{LANGUAGES[language]}", str(CATALOGUES)),
            )
            if (translator := QTranslator()).load(name, folder)
        ]
        for translator in self._installed:
            self._application.installTranslator(translator)
        self.current = language
