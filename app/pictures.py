"""Pictures of the window, which know when, in which mode and of what they were taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QImage

from twin.errors import StationError


def save(image: QImage, path: Path, about: Mapping[str, str]) -> None:
    """Write a picture as PNG, with ``about`` in its text chunks. Raises StationError where it cannot."""
    for key, text in about.items():
        image.setText(key, text)
    if not path.parent.is_dir():
        raise StationError(path, "its folder does not exist", f"Make it first: mkdir -p {path.parent}")
    if not image.save(str(path), "PNG"):
        raise StationError(path, "cannot be written", "Name a place you may write to")
