"""The records of an MCAP file in their order: as many as are whole, and why no more."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcap.records import Chunk, McapRecord

LARGEST_CHUNK = 256 * 2**20  # bytes, unpacked


class McapFile:
    """Read once, from its beginning. ``stopped`` says why it was left before its end, ``damaged`` counts chunks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.stopped = ""
        self.damaged = 0

    def records(self) -> Iterator[tuple[McapRecord, float]]:
        """Each record, those of chunks one by one, with the share of the file that has been read."""
        from mcap.records import Chunk
        from mcap.stream_reader import StreamReader

        with self.path.open("rb") as file:
            found = iter(StreamReader(file, emit_chunks=True, record_size_limit=self.size).records)
            while True:
                try:
                    record = next(found, None)
                except Exception as error:  # what the library raises for damage is not of one kind
                    self.stopped = _damage(error)
                    return
                if record is None:
                    return
                share = file.tell() / max(self.size, 1)
                for one in self._inside(record) if isinstance(record, Chunk) else (record,):
                    yield one, share

    def _inside(self, chunk: Chunk) -> list[McapRecord]:
        from mcap.stream_reader import breakup_chunk

        try:
            if max(chunk.uncompressed_size, _said_size(chunk)) <= LARGEST_CHUNK:
                return breakup_chunk(chunk, validate_crc=True)
        except Exception:  # nor is what unpacking raises
            pass
        self.damaged += 1
        return []


def _said_size(chunk: Chunk) -> int:
    """How large a packed chunk itself says it is: unpacking sets that much aside."""
    if chunk.compression != "zstd":
        return 0
    import zstandard

    return int(zstandard.frame_content_size(chunk.data))


def _damage(error: Exception) -> str:
    from mcap.exceptions import EndOfFile

    return "cut off" if isinstance(error, EndOfFile | struct.error) else "damaged"
