"""Files that are there once they are whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from twin.errors import StationError


@contextlib.contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which takes its place when it is whole and leaves nothing otherwise."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        wrong = f"cannot be written: {os.strerror(error.errno).lower() if error.errno else 'unknown'}"
        raise StationError(path, wrong, "Name a place with room where files can be written") from None
    finally:
        part.unlink(missing_ok=True)
