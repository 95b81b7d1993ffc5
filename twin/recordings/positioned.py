"""Reading and writing at a place of a file, wherever its other users are: one system call where the system has one."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

_AT_ONCE = hasattr(os, "pwrite")
_BEYOND = 2**40  # a byte behind any file: what is locked there keeps no reader out
_SEEKING = threading.Lock()  # Windows knows no pwrite: there, moving and writing are kept together


def write_at(handle: int, data: bytes | bytearray | memoryview, offset: int) -> None:
    """Write all of it there. Raises OSError, such as for a full disk."""
    view = memoryview(data)
    while view:
        written = os.pwrite(handle, view, offset) if _AT_ONCE else _sought_write(handle, view, offset)
        view, offset = view[written:], offset + written


def read_at(handle: int, size: int, offset: int) -> bytes:
    """What stands there; less at the end of the file."""
    if _AT_ONCE:
        return os.pread(handle, size, offset)
    with _SEEKING:
        os.lseek(handle, offset, os.SEEK_SET)
        return os.read(handle, size)


@contextlib.contextmanager
def alone(handle: int) -> Iterator[None]:
    """Keep other processes that ask for the same out of a file meanwhile."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _BEYOND, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
    yield  # closing the file lets go of it


def open_to_write(path: str | os.PathLike[str]) -> int:
    """A handle to a file that is there, for reading and writing bytes as they are."""
    return os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))


def _sought_write(handle: int, view: memoryview, offset: int) -> int:
    with _SEEKING:
        os.lseek(handle, offset, os.SEEK_SET)
        return os.write(handle, view)
