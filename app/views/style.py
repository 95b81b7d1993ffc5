"""The theme, as Qt wants it: style sheet, palette, and the hatch by which every view shows quality.

Colours of words are asked for by a tone, never written into a widget's own sheet: so they are others as soon as another
theme is put on. What a view paints or keeps itself, it paints and makes anew on ``QEvent.Type.ThemeChange``.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app import theme

VEIL = 230  # opacity of 255
GOOD, UNCERTAIN, STALE, BAD, MISSING = range(5)

_PATTERNS = {
    UNCERTAIN: Qt.BrushStyle.Dense6Pattern,
    STALE: Qt.BrushStyle.FDiagPattern,
    BAD: Qt.BrushStyle.DiagCrossPattern,
    MISSING: Qt.BrushStyle.BDiagPattern,
}


def hatch(quality: int, colour: str = "") -> QBrush:
    """The pattern of a quality (twin.signals.Quality as a number): none for good, one each for the others."""
    return _hatch(int(quality), colour or theme.SECONDARY)


@cache
def _hatch(quality: int, colour: str) -> QBrush:
    return QBrush(QColor(colour), _PATTERNS.get(quality, Qt.BrushStyle.NoBrush))


def tone(widget: QWidget, name: str) -> None:
    """Have a widget's words in one of the sheet's tones: secondary or bright; "" for the usual one."""
    if widget.property("tone") != name:
        widget.setProperty("tone", name)
        widget.style().polish(widget)


def font(size: int = theme.NORMAL, bold: bool = False) -> QFont:
    """The shipped face with figures of equal width."""
    made = QFont(theme.FAMILY)
    made.setPixelSize(size)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def palette() -> QPalette:
    """The palette for whatever the style sheet does not reach."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.WINDOW,
        QPalette.ColorRole.Base: theme.PANEL,
        QPalette.ColorRole.AlternateBase: theme.PANEL,
        QPalette.ColorRole.Button: theme.RAISED,
        QPalette.ColorRole.ToolTipBase: theme.RAISED,
        QPalette.ColorRole.WindowText: theme.TEXT,
        QPalette.ColorRole.Text: theme.TEXT,
        QPalette.ColorRole.ButtonText: theme.TEXT,
        QPalette.ColorRole.ToolTipText: theme.TEXT,
        QPalette.ColorRole.PlaceholderText: theme.FAINT,
        QPalette.ColorRole.Highlight: theme.SELECTED,
        QPalette.ColorRole.HighlightedText: theme.BRIGHT,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    return made


def veil() -> QColor:
    """The ground of words over a picture: dense enough to be read on, clear enough to see that it goes on behind."""
    ground = QColor(theme.WINDOW)
    ground.setAlpha(VEIL)
    return ground


def sheet() -> str:
    """The style sheet of the application."""
    return f"""
QWidget {{ color: {theme.TEXT}; }}
QMainWindow, QDockWidget {{ background: {theme.WINDOW}; }}
QMainWindow::separator {{ background: {theme.WINDOW}; width: 4px; height: 4px; }}
QMainWindow::separator:hover {{ background: {theme.LINE}; }}
QDockWidget {{ font-size: {theme.SMALL}px; color: {theme.SECONDARY}; titlebar-close-icon: none; }}
QDockWidget::title {{ background: {theme.RAISED}; padding: 4px 8px; text-align: left; }}
QDockWidget > QWidget {{ background: {theme.PANEL}; }}
QDockWidget[replay="true"]:floating {{ border: {theme.FRAME}px solid {theme.REPLAY}; }}
QTabBar {{ font-size: {theme.SMALL}px; qproperty-elideMode: ElideNone; qproperty-drawBase: false; }}
QTabBar::tab {{ background: {theme.WINDOW}; color: {theme.SECONDARY}; padding: 4px 12px; }}
QTabBar::tab:selected {{ background: {theme.RAISED}; color: {theme.TEXT}; }}
QTabBar::tab:hover {{ background: {theme.HOVERED}; }}
QMenuBar {{ background: transparent; }}
QMenuBar::item {{ background: transparent; padding: 4px 8px; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {theme.SELECTED}; }}
QMenu {{ background: {theme.RAISED}; border: 1px solid {theme.LINE}; padding: 4px; }}
QMenu::item {{ padding: 4px 24px 4px 16px; }}
QMenu::item:disabled {{ color: {theme.FAINT}; }}
QMenu::separator {{ height: 1px; background: {theme.LINE}; margin: 4px 8px; }}
QToolTip {{ background: {theme.RAISED}; color: {theme.TEXT}; border: 1px solid {theme.LINE}; padding: 4px; }}
QPushButton, QToolButton {{
    background: {theme.RAISED}; border: 1px solid {theme.LINE}; border-radius: 2px; padding: 3px 12px;
}}
QToolButton {{ padding: 3px 8px; }}
QPushButton:hover, QToolButton:hover {{ background: {theme.HOVERED}; }}
QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{ background: {theme.SELECTED}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {theme.FAINT}; background: {theme.PANEL}; }}
QPushButton:focus, QToolButton:focus, QLineEdit:focus, QAbstractItemView:focus {{ border: 1px solid {theme.EXPECTED}; }}
QToolButton::menu-indicator {{ image: none; }}
QLineEdit {{
    background: {theme.FIELD}; border: 1px solid {theme.LINE}; border-radius: 2px; padding: 4px 8px;
    placeholder-text-color: {theme.FAINT};
}}
QAbstractItemView {{
    background: {theme.PANEL}; border: 1px solid {theme.PANEL}; selection-background-color: {theme.SELECTED};
    selection-color: {theme.BRIGHT}; gridline-color: {theme.GRID}; outline: none;
}}
QHeaderView {{ background: {theme.PANEL}; }}
QHeaderView::section {{
    background: {theme.PANEL}; color: {theme.SECONDARY}; border: none; border-bottom: 1px solid {theme.LINE};
    padding: 3px 8px; font-size: {theme.SMALL}px;
}}
QTableView::item {{ padding: 0 6px; }}
QAbstractScrollArea::corner {{ background: {theme.PANEL}; border: none; }}
QTableCornerButton::section {{ background: {theme.PANEL}; border: none; }}
QScrollBar {{ background: {theme.PANEL}; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {theme.LINE}; border-radius: 3px; min-height: 24px; min-width: 24px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {theme.FAINT}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: none; width: 0; height: 0;
}}
QProgressBar {{ background: {theme.RAISED}; border: none; border-radius: 2px; text-align: center; height: 8px; }}
QProgressBar::chunk {{ background: {theme.EXPECTED}; border-radius: 2px; }}
QWidget[tone="secondary"] {{ color: {theme.SECONDARY}; }}
QWidget[tone="bright"] {{ color: {theme.BRIGHT}; }}
Frame[mode="live"] {{ background: {theme.LIVE}; }}
Frame[mode="replay"] {{ background: {theme.REPLAY}; }}
#page, #page .QWidget, CrashPage {{ background: {theme.WINDOW}; }}
StatusBar, NoticeBar, Timeline {{ background: {theme.PANEL}; }}
StatusBar > QLabel[mode] {{ color: {theme.WINDOW}; padding: 3px 10px; border-radius: 2px; }}
StatusBar > QLabel[mode="live"] {{ background: {theme.LIVE}; }}
StatusBar > QLabel[mode="replay"] {{ background: {theme.REPLAY}; }}
NoticeBar > QPushButton {{
    border: none; background: transparent; padding: 0; text-align: left;
    font-size: {theme.SMALL}px; color: {theme.SECONDARY};
}}
NoticeBar > QPushButton[told="true"] {{ color: {theme.BRIGHT}; }}
Sheet QScrollArea, Sheet QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
Sheet, Palette, Log {{ background: {theme.RAISED}; border: 1px solid {theme.LINE}; }}
Palette QListView, Log QPlainTextEdit {{ background: {theme.RAISED}; border: none; }}
NoteLine {{ background: {theme.RAISED}; border: 1px solid {theme.EXPECTED}; border-radius: 3px; }}
"""


def dress(application: QApplication) -> None:
    """Give the application its style, face and colours."""
    application.setStyle("Fusion")
    application.setFont(font())
    recolour(application)


def recolour(application: QApplication) -> None:
    """Give it the colours of the theme that is worn, and tell every widget that they are others."""
    dark = theme.worn() == "dark"
    application.styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    application.setPalette(palette())
    application.setStyleSheet(sheet())
    for widget in application.allWidgets():
        QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.ThemeChange))
        widget.update()
