"""What can be wrong with a file that should be a recording, in a sentence each."""

from __future__ import annotations

import contextlib
import json
import math
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.errors import StationError
from twin.recordings.commit import opened
from twin.recordings.filters import get_ready
from twin.recordings.layout import FORMAT, HEADER, VERSION

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

LARGEST_TEXT = 64 * 2**20
LARGEST_CHUNK = 64 * 2**20  # bytes; HDF5 reads a chunk whole
LARGEST_LIST = 2**21  # entries of a list that is read at once
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


def ensure_damaged(changed: Callable[[], bool]) -> None:
    """Raise again what is no damage, for the file was changed while it was read."""
    if changed():
        raise ValueError("the file was changed meanwhile")


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


def ensure_ours(path: Path, file: h5py.File) -> dict[str, str]:
    """What stands at a recording's head. Raises StationError for any other file, or one of a version to come."""
    said = header(file)
    if said is None:
        raise StationError(path, "is an HDF5 file, but not a recording of Pumphouse", NAME_ANOTHER)
    version = version_of(file)
    if version > VERSION:
        remedy = "Read it with a newer Pumphouse"
        raise StationError(path, f"is of version {version}, and this program knows versions up to {VERSION}", remedy)
    get_ready()
    return said


def version_of(file: h5py.File) -> int:
    """Which version of the format a recording has."""
    return int(file.attrs["version"])


def is_recording(path: Path) -> bool:
    """Whether a file says that it is a recording of ours, or is empty."""
    try:
        if path.stat().st_size == 0:
            return True
        with opened(path) as file:
            return header(file) is not None
    except DAMAGED:
        return False


def header(file: h5py.File) -> dict[str, str] | None:
    """What an HDF5 file says at its head if it is a recording. Raises any of DAMAGED where the head is broken."""
    if not holds(file, HEADER):
        return None
    said = json.loads(text(file, HEADER))
    return said if isinstance(said, dict) and said.get("format") == FORMAT else None


def text(file: h5py.File, name: str) -> bytes:
    """A dataset of bytes, such as the station's file. Raises any of DAMAGED for anything else."""
    data = dataset(file, name)
    if data.dtype != np.uint8 or data.ndim != 1 or len(data) > LARGEST_TEXT:
        raise TypeError(f"{name} is no text")
    return bytes(data[()])


def whole(group: h5py.Group, name: str, kind: Any, length: int | None = None) -> NDArray[Any]:
    """A list, all of it. Raises any of DAMAGED for another kind or length, or an absurd one."""
    data = dataset(group, name)
    if data.ndim != 1 or len(data) > LARGEST_LIST or (length is not None and len(data) != length):
        raise ValueError(f"{name} has the wrong size")
    if data.dtype != np.dtype(kind):
        raise TypeError(f"{name} has the wrong type")
    return np.asarray(data[()])


def dataset(group: h5py.Group, name: str) -> h5py.Dataset:
    """A dataset that lies in this very file. Raises KeyError or TypeError for a link that leads elsewhere."""
    found = _opened(group, name)
    if not isinstance(found, h5py.h5d.DatasetID):
        raise TypeError(f"{name} is no dataset")
    kept = found.get_create_plist()
    how = kept.get_layout()
    if how == h5py.h5d.VIRTUAL or kept.get_external_count():
        raise TypeError(f"{name} is no dataset of this file")
    if how == h5py.h5d.CHUNKED and math.prod(kept.get_chunk()) * found.get_type().get_size() > LARGEST_CHUNK:
        raise ValueError(f"{name} has chunks of an absurd size")
    unchanging = h5py.h5i.get_file_id(found).get_intent() == h5py.h5f.ACC_RDONLY
    return h5py.Dataset(found, readonly=unchanging)  # h5py then looks at its shape and type once


def folder(group: h5py.Group, name: str) -> h5py.Group:
    """A group that lies in this very file. Raises KeyError or TypeError for a link that leads elsewhere."""
    found = _opened(group, name)
    if not isinstance(found, h5py.h5g.GroupID):
        raise TypeError(f"{name} is no group")
    return h5py.Group(found)


def holds(group: h5py.Group, name: str) -> bool:
    """Whether something of that name lies in this very file."""
    try:
        _opened(group, name)
    except KeyError:
        return False
    return True


def _opened(group: h5py.Group, name: str) -> Any:
    """What a group holds; only links that hold it themselves are followed, so that none leads to another place.

    Done step by step and by HDF5's own handles: h5py's way of opening is some ten times dearer, and a recording is of a
    dozen datasets.
    """
    found = group.id
    for step in name.encode().split(b"/"):
        if not found.links.exists(step) or found.links.get_info(step).type != h5py.h5l.TYPE_HARD:
            raise KeyError(name)
        found = h5py.h5o.open(found, step)
    return found
