"""The face the program brings along, so that Chinese needs no font on the machine."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase

from twin.paths import ASSETS

FONTS = ASSETS / "fonts"


def load() -> tuple[int, ...]:
    """Make the shipped faces known to Qt; their identities in the font database. Needs a QGuiApplication."""
    return tuple(QFontDatabase.addApplicationFont(str(path)) for path in sorted(FONTS.glob("*.otf")))
