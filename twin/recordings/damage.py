"""What can be wrong with a file that should be a recording, in a sentence each."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import h5py

from twin.errors import StationError
from twin.recordings.layout import FORMAT, VERSION

DAMAGED = (
    OSError,
    RuntimeError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    OverflowError,
    struct.error,
)
"""What h5py and numpy raise on files that are not what they say."""

AGAIN = "Record or import it again"
NAME_ANOTHER = "Name a recording made with `pumphouse simulate`, `watch` or `import`"


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns whatever a damaged file raises into a sentence."""
    try:
        yield
    except StationError:
        raise
    except (*DAMAGED, zlib.error, MemoryError) as error:
        raise StationError(path, "is damaged and cannot be read", AGAIN) from error


def ensure_readable(path: Path) -> None:
    """Raise StationError for what is plainly no HDF5 file."""
    try:
        empty = not path.is_dir() and path.stat().st_size == 0
        wrong = "is a directory, not a recording" if path.is_dir() else "is empty" if empty else ""
        if not wrong and not h5py.is_hdf5(path):
            wrong = "is not an HDF5 file"
        if not wrong:
            path.open("rb").close()
    except FileNotFoundError:
        raise StationError(path, "there is no such file", NAME_ANOTHER) from None
    except OSError as error:
        raise StationError(
            path, f"cannot be read: {(error.strerror or 'unknown').lower()}", "Make it readable"
        ) from None
    if wrong:
        raise StationError(path, wrong, NAME_ANOTHER)


def ensure_ours(path: Path, file: h5py.File) -> None:
    """Raise StationError for an HDF5 file that is no recording, or one of a version to come."""
    if not _says_so(file):
        raise StationError(path, "is an HDF5 file, but not a recording of Pumphouse", NAME_ANOTHER)
    version = int(file.attrs["version"])
    if version > VERSION:
        remedy = "Read it with a newer Pumphouse"
        raise StationError(path, f"is of version {version}, and this program knows versions up to {VERSION}", remedy)


def is_recording(path: Path) -> bool:
    """Whether a file says that it is a recording of ours, or is empty."""
    try:
        if path.stat().st_size == 0:
            return True
        with h5py.File(path, "r", locking=False) as file:
            return _says_so(file)
    except DAMAGED:
        return False


def _says_so(file: h5py.File) -> bool:
    said = file.attrs.get("format")
    return isinstance(said, str | bytes) and said in (FORMAT, FORMAT.encode())
