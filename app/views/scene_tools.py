"""The scene's own tools, over its upper left corner: tints, layers, what is alone, and the section."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QVBoxLayout, QWidget

from app.views import style

STEPS_A_METRE = 10
WORDS = {
    "roof": QT_TRANSLATE_NOOP("SceneTools", "Roof"),
    "walls": QT_TRANSLATE_NOOP("SceneTools", "Walls"),
    "building": QT_TRANSLATE_NOOP("SceneTools", "Building"),
    "piping": QT_TRANSLATE_NOOP("SceneTools", "Piping"),
    "pumps": QT_TRANSLATE_NOOP("SceneTools", "Pumps"),
    "electrical": QT_TRANSLATE_NOOP("SceneTools", "Electrical"),
    "instruments": QT_TRANSLATE_NOOP("SceneTools", "Instruments"),
    "robots": QT_TRANSLATE_NOOP("SceneTools", "Robots"),
}
ALONE = {
    "": QT_TRANSLATE_NOOP("SceneTools", "Show everything"),
    "ghost": QT_TRANSLATE_NOOP("SceneTools", "The rest as a ghost"),
    "isolate": QT_TRANSLATE_NOOP("SceneTools", "Only what is selected"),
}
OVERLAYS = {
    "": QT_TRANSLATE_NOOP("SceneTools", "Residuals"),
    "temperature": QT_TRANSLATE_NOOP("SceneTools", "Temperature"),
    "vibration": QT_TRANSLATE_NOOP("SceneTools", "Vibration"),
    "pressure": QT_TRANSLATE_NOOP("SceneTools", "Pressure"),
    "last_seen": QT_TRANSLATE_NOOP("SceneTools", "Last seen"),
}
LAID_OVER = {
    "thermal": QT_TRANSLATE_NOOP("SceneTools", "Thermal pictures"),
    "motion": QT_TRANSLATE_NOOP("SceneTools", "Flow and rotors (shafts 20 times slower)"),
    "valves": QT_TRANSLATE_NOOP("SceneTools", "Valve positions"),
    "unseen": QT_TRANSLATE_NOOP("SceneTools", "What no fixed camera sees"),
    "unvisited": QT_TRANSLATE_NOOP("SceneTools", "What neither cameras nor robots see"),
}
SECTIONS = {
    "": QT_TRANSLATE_NOOP("SceneTools", "No section"),
    "z": QT_TRANSLATE_NOOP("SceneTools", "Level section"),
    "x": QT_TRANSLATE_NOOP("SceneTools", "Cross section"),
    "y": QT_TRANSLATE_NOOP("SceneTools", "Lengthwise section"),
}


MARGIN, SPACING = 8, 4  # px
ROWS = 3  # at most


class SceneTools(QWidget):
    """Five buttons, and a slider while there is a section; in two rows where the scene is narrow.

    Signals
    -------
    layer_toggled : a layer is wanted, or not
    overlay_requested : what to tint by, "" for residuals
    alone_requested : "", "ghost" or "isolate"
    laid_over : something of ``LAID_OVER`` is wanted over the rest, or not
    section_requested : across which axis ("" for none), at which place [m], and whether the other side is wanted
    """

    layer_toggled = Signal(str, bool)
    overlay_requested = Signal(str)
    alone_requested = Signal(str)
    laid_over = Signal(str, bool)
    section_requested = Signal(str, float, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reach = {"x": (0.0, 1.0), "y": (0.0, 1.0), "z": (0.0, 1.0)}
        self._layers, self._layer_actions = _menu_button(self), dict[str, QAction]()
        self._overlay, self._overlay_actions = _menu_button(self), dict[str, QAction]()
        self._over, self._over_actions = _menu_button(self), dict[str, QAction]()
        self._alone, self._alone_actions = _menu_button(self), dict[str, QAction]()
        self._section, self._section_actions = _menu_button(self), dict[str, QAction]()
        self._flip = QToolButton(self, checkable=True, text="⇅")
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setFixedWidth(160)
        self._at = QLabel(self)
        self._at.setFont(style.font())
        self._rows = self._laid_rows()
        self._overlay_actions = _choices(self._overlay, OVERLAYS, self.overlay_requested.emit)
        self._over_actions = {each: self._over.menu().addAction("") for each in LAID_OVER}
        for each, action in self._over_actions.items():
            action.setCheckable(True)
            action.toggled.connect(lambda wanted, each=each: self.laid_over.emit(each, wanted))
        self._alone_actions = _choices(self._alone, ALONE, self.alone_requested.emit)
        self._section_actions = _choices(self._section, SECTIONS, self._choose_section)
        self._slider.valueChanged.connect(self._move_section)
        self._flip.toggled.connect(self._move_section)
        self._show_section("")
        self._say()
        self.hide()

    def offer(self, layers: tuple[str, ...], hidden: frozenset[str], reach: dict[str, tuple[float, float]]) -> None:
        """Offer the layers of a model, and sections between its ends along each axis. [m]"""
        self._reach = reach
        menu = self._layers.menu()
        menu.clear()
        self._layer_actions = {layer: menu.addAction("") for layer in layers}
        for layer, action in self._layer_actions.items():
            action.setCheckable(True)
            action.setChecked(layer not in hidden)
            action.toggled.connect(lambda wanted, layer=layer: self.layer_toggled.emit(layer, wanted))
        self._say()
        self.show()

    def show_alone(self, alone: str) -> None:
        """Tick what is shown alone."""
        self._alone_actions[alone].setChecked(True)
        self._say()

    def fit(self) -> None:
        """Put the tools side by side, and below where the scene is too narrow for all; a section's stay together."""
        scene = self.parentWidget()
        room = scene.width() - 2 * MARGIN if scene is not None else self.maximumWidth()
        of_section = (self._section, self._slider, self._at, self._flip)
        row, taken = 0, 0
        for together in ((self._overlay,), (self._over,), (self._layers,), (self._alone,), of_section):
            wide = sum(widget.sizeHint().width() + SPACING for widget in together if not widget.isHidden())
            if taken and taken + wide - SPACING > room:
                row, taken = min(row + 1, ROWS - 1), 0
            taken += wide
            for widget in together:
                self._rows[row].addWidget(widget)
        self.layout().invalidate()
        self.adjustSize()

    def _laid_rows(self) -> tuple[QHBoxLayout, ...]:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        column.setSpacing(SPACING)
        rows = tuple(QHBoxLayout() for _ in range(ROWS))
        for row in rows:
            row.setSpacing(SPACING)
            row.setAlignment(Qt.AlignmentFlag.AlignLeft)
            column.addLayout(row)
        return rows

    # ---- sections --------------------------------------------------------------------------------------------------

    def _choose_section(self, axis: str) -> None:
        if axis:
            low, high = self._reach[axis]
            self._slider.blockSignals(True)
            self._slider.setRange(round(low * STEPS_A_METRE), round(high * STEPS_A_METRE))
            self._slider.setValue(round((low + high) / 2 * STEPS_A_METRE))
            self._slider.blockSignals(False)
        self._show_section(axis)
        self._move_section()

    def _move_section(self) -> None:
        at = self._slider.value() / STEPS_A_METRE
        self._at.setText(f"{at:.1f} m")
        self.section_requested.emit(self._axis(), at, self._flip.isChecked())

    def _axis(self) -> str:
        return next(axis for axis, action in self._section_actions.items() if action.isChecked())

    def _show_section(self, axis: str) -> None:
        for widget in (self._slider, self._at, self._flip):
            widget.setVisible(bool(axis))
        self._say()

    # ---- words -----------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        self._layers.setText(self.tr("Layers"))
        self._over.setText(self.tr("Overlays"))
        for each, action in self._over_actions.items():
            action.setText(self.tr(LAID_OVER[each]))
        for layer, action in self._layer_actions.items():
            action.setText(self.tr(WORDS[layer]) if layer in WORDS else layer)
        for button, actions, words in (
            (self._overlay, self._overlay_actions, OVERLAYS),
            (self._alone, self._alone_actions, ALONE),
            (self._section, self._section_actions, SECTIONS),
        ):
            for key, action in actions.items():
                action.setText(self.tr(words[key]))
                if action.isChecked():
                    button.setText(action.text())
        self._flip.setToolTip(self.tr("Show the other side of the section"))
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
        super().changeEvent(event)


def _menu_button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(QMenu(button))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _choices(button: QToolButton, words: dict[str, str], chosen: object) -> dict[str, QAction]:
    """One of several, in a button's menu."""
    group = QActionGroup(button)
    actions = {}
    for key in words:
        actions[key] = button.menu().addAction("")
        actions[key].setCheckable(True)
        group.addAction(actions[key])
        actions[key].triggered.connect(lambda _=False, key=key: chosen(key))
    actions[""].setChecked(True)
    return actions
