"""Changes to a file that is being recorded happen whole or not at all, whenever the process is killed.

HDF5 keeps no journal of its own: killed while it rewrites its tables it leaves a file that does not open. So what it
writes behind the end of the file goes there at once, where nobody looks yet, and what it would write over the file is
kept back (:class:`Change`). Only when all is there are the few bytes kept back put down in the user block, which HDF5
leaves to us, then written to their places, then crossed out. A reader that finds them put down and not crossed out
reads the file as if they were in place (:func:`opened`).

User block: ``PUMPREDO``, generation (u64, odd while a change is put down), length (u32), CRC-32 (u32) of what follows:
offset (u64), length (u32) and bytes, for each piece of the file that changes, the later over the earlier.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import h5py

from twin.errors import UsageError
from twin.recordings.positioned import read_at, write_at

USER_BLOCK = 2**20
AT_HAND = {"rdcc_nbytes": 2**24, "rdcc_nslots": 12_289, "rdcc_w0": 0.0}
"""How much of each dataset's chunks HDF5 keeps unpacked: some hours, for asking about one instant after another."""
VERSIONS = ("v110", "v110")  # files that HDF5 1.10 and everything since can read

_MARK = b"PUMPREDO"
_HEAD = struct.Struct("<8sQII")
_PIECE = struct.Struct("<QI")


class Change(io.RawIOBase):
    """The file as HDF5 sees it while it changes it: new bytes go behind its end, changed ones are kept back.

    What fails in here cannot be told to HDF5, which asks for it; it is told at :meth:`commit`.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._end = os.fstat(handle).st_size
        self._size = self._end
        self._at = 0
        self._kept: list[tuple[int, bytes]] = []
        self._trouble: OSError | None = None

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        data = bytearray(read_at(self._handle, len(view), self._at))
        _patch(data, self._at, self._kept)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        kept = max(0, min(len(view), self._end - self._at))
        if kept:
            self._kept.append((self._at, bytes(view[:kept])))
        self._try(lambda: write_at(self._handle, view[kept:], self._at + kept))
        self._at += len(view)
        self._size = max(self._size, self._at)
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        size = self._at if size is None else size
        if size > self._size:
            self._try(lambda: os.ftruncate(self._handle, size))
        self._size = max(self._end, size)
        return size

    def flush(self) -> None:
        """Nothing is held back but what waits for :meth:`commit`."""

    def ensure_written(self) -> None:
        """Raise the OSError that HDF5 could not be told, if there was one."""
        if self._trouble is not None:
            raise self._trouble

    def commit(self) -> None:
        """Put down what was kept back, write it to its places, and cross it out. Raises OSError for a full disk."""
        self.ensure_written()
        payload = b"".join(_PIECE.pack(at, len(piece)) + piece for at, piece in self._kept)
        if len(payload) > USER_BLOCK - _HEAD.size:
            raise UsageError(f"a change of {len(payload)} bytes has no room in the user block")
        generation = generation_of(self._handle)
        os.fsync(self._handle)
        write_at(self._handle, payload, _HEAD.size)
        write_at(self._handle, _HEAD.pack(_MARK, generation + 1, len(payload), zlib.crc32(payload)), 0)
        os.fsync(self._handle)
        for at, piece in self._kept:
            write_at(self._handle, piece, at)
        os.fsync(self._handle)
        write_at(self._handle, _HEAD.pack(_MARK, generation + 2, 0, 0), 0)

    def withdraw(self) -> None:
        """Give the change up: the file ends where it did."""
        os.ftruncate(self._handle, self._end)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            if self._trouble is None:
                act()
        except OSError as error:
            self._trouble = error


class _Growing(io.RawIOBase):
    """A file that changes may come to, with one that was put down and did not reach its places laid over it.

    HDF5 takes two openings of one file in one process for the same and does not look at it again, so that a reader
    would never see what was added since; it cannot know that of a file it reads through this.
    """

    def __init__(self, path: Path, pieces: list[tuple[int, bytes]]) -> None:
        self._file = path.open("rb", buffering=0)
        self._pieces = pieces

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        at = self._file.tell()
        view = memoryview(buffer).cast("B")
        data = bytearray(self._file.read(len(view)) or b"")
        _patch(data, at, self._pieces)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def generation_of(handle: int) -> int:
    """Grows by two with every change; odd while one is put down; 0 for a file that never changed so."""
    found, generation, _, _ = _head(read_at(handle, _HEAD.size, 0))
    return generation if found == _MARK else 0


def opened(path: Path) -> h5py.File:
    """The file, opened for reading, with any change that was put down in place. Raises OSError as h5py does."""
    with path.open("rb", buffering=0) as file:
        start = file.read(_HEAD.size) or b""
        pieces = list(_put_down(start, file))
    if not start.startswith(_MARK):
        return h5py.File(path, "r", locking=False, **AT_HAND)
    growing = _Growing(path, pieces)
    try:
        return h5py.File(growing, "r", **AT_HAND)
    except BaseException:
        growing.close()
        raise


def mark(path: Path) -> None:
    """Say in the user block of a file that changes may come to it."""
    with path.open("r+b") as file:
        file.write(_HEAD.pack(_MARK, 0, 0, 0))


def _put_down(start: bytes, file: io.FileIO) -> Iterator[tuple[int, bytes]]:
    found, generation, length, checksum = _head(start)
    if found != _MARK or not generation % 2 or length > USER_BLOCK:
        return
    payload = file.read(length) or b""
    if len(payload) != length or zlib.crc32(payload) != checksum:
        return  # it was never wholly put down, so nothing of it was written to its place
    at = 0
    while at < length:
        offset, size = _PIECE.unpack_from(payload, at)
        at += _PIECE.size
        yield offset, payload[at : at + size]
        at += size


def _head(start: bytes) -> tuple[bytes, int, int, int]:
    if len(start) < _HEAD.size:
        return b"", 0, 0, 0
    found, generation, length, checksum = _HEAD.unpack(start)
    return found, generation, length, checksum


def _patch(data: bytearray, at: int, pieces: Iterable[tuple[int, bytes]]) -> None:
    """Lay the pieces over bytes that were read from ``at``, the later over the earlier."""
    for start, piece in pieces:
        first, last = max(start, at), min(start + len(piece), at + len(data))
        if first < last:
            data[first - at : last - at] = piece[first - start : last - start]
