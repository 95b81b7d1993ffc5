"""What kind of file one is: by its first bytes, for names say what somebody meant."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from twin.errors import StationError
from twin.recordings.importers.tum import is_pose

Kind = Literal["csv", "parquet", "mcap", "tum", "jpeg", "png"]

WANTED = "Name a CSV, Parquet, MCAP or TUM file, a radiometric JPEG or a panorama"
HEAD = 2**16  # bytes looked at

_MARKS: dict[bytes, Kind] = {
    b"PAR1": "parquet",
    b"\x89MCAP0\r\n": "mcap",
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n": "png",
}
_NAMED = {".parquet": "Parquet", ".mcap": "MCAP", ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def kind_of(path: Path) -> Kind:
    """Of a file that is there and holds something; text that is no trajectory is taken for CSV. Raises StationError."""
    head = _head(path)
    for mark, kind in _MARKS.items():
        if head.startswith(mark):
            return kind
    suffix = path.suffix.lower()
    if suffix in _NAMED:
        raise StationError(path, f"is called {_NAMED[suffix]}, but does not begin as such a file does", WANTED)
    return "tum" if suffix == ".tum" or _begins_with_a_pose(head) else "csv"


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise StationError(path, "is a directory, not a file", WANTED)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        raise StationError(path, "there is no such file", WANTED) from None
    except OSError as error:
        raise StationError(path, f"cannot be read: {(error.strerror or '').lower()}", "Make it readable") from None
    if not head.strip():
        raise StationError(path, "is empty", WANTED)
    return head


def _begins_with_a_pose(head: bytes) -> bool:
    lines = (line for line in head.decode("utf-8", "replace").splitlines() if line.strip() and line.lstrip()[0] != "#")
    return is_pose(next(lines, ""))
