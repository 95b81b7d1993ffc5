"""What panels of cameras' pictures have in common: a choice of cameras, a caption beside it, and the picture below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.views import style


class Cameras(QComboBox):
    """Signals
    -------
    chosen : a camera by its id, or what stands for more than one
    """

    chosen = Signal(str)

    def __init__(self, letters: int) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(letters)
        self.activated.connect(lambda row: self.chosen.emit(self.itemData(row)))

    def show_choices(self, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer ids with their names, filled anew only where they are others, and tick the one that is chosen."""
        if [(self.itemData(i), self.itemText(i)) for i in range(self.count())] != list(choices):
            self.clear()
            for name, said in choices:
                self.addItem(said, name)
        self.setCurrentIndex(max(0, self.findData(chosen)))


def caption() -> QLabel:
    """A line of small words that takes what room is left."""
    label = QLabel()
    label.setFont(style.font(theme.SMALL))
    style.tone(label, "secondary")
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def lay_out(panel: QWidget, heading: Sequence[QWidget], words: QLabel, picture: QWidget) -> None:
    """Put the heading's widgets and the words into a row, and the picture below it."""
    row = QHBoxLayout()
    row.setContentsMargins(8, 8, 8, 0)
    for widget in heading:
        row.addWidget(widget)
    row.addWidget(words, 1)
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.STEP)
    column.addLayout(row)
    column.addWidget(picture, 1)
