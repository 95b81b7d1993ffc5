"""The container of a binary glTF file: a header, a JSON chunk, and at most one binary chunk after it.

Reference: Khronos glTF 2.0 specification, section 4, "GLB File Format Specification". Nothing of a file is followed
before it has been found to be there.
"""

from __future__ import annotations

import json
import struct
from typing import Any

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_KNOWN_EXTENSIONS = ("KHR_materials_", "KHR_texture_", "EXT_texture_", "KHR_lights_", "KHR_mesh_quantization")


class BrokenError(Exception):
    """What is wrong with a file, in words."""


def opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The JSON document and the binary chunk of a GLB file (empty where it has none)."""
    chunks = _chunks(data)
    kind, text = chunks[0]
    if kind != b"JSON":
        raise BrokenError("does not begin with its description")
    if any(kind in (b"JSON", b"BIN\0") for kind, _ in chunks[2:]) or (len(chunks) > 1 and chunks[1][0] == b"JSON"):
        raise BrokenError("has its parts in the wrong order, or twice")
    try:
        document = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BrokenError("has no readable description inside") from None
    if not isinstance(document, dict) or not isinstance(document.get("asset"), dict):
        raise BrokenError("has no readable description inside")
    _check_needs(document)
    return document, chunks[1][1] if len(chunks) > 1 and chunks[1][0] == b"BIN\0" else b""


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a file, as (type, content), at least one."""
    if not data:
        raise BrokenError("is empty")
    if not data.startswith(b"glTF"):
        raise BrokenError("is not a binary glTF file")
    if len(data) < _HEADER.size + _CHUNK.size:
        raise BrokenError("is cut off before its end")
    _, version, length = _HEADER.unpack_from(data)
    if version != 2:
        raise BrokenError(f"is glTF version {version}, and only version 2 can be read")
    if length > len(data):
        raise BrokenError("is cut off before its end")
    chunks = []
    at = _HEADER.size
    while at < length:
        if at + _CHUNK.size > length:
            raise BrokenError("is cut off before its end")
        size, kind = _CHUNK.unpack_from(data, at)
        at += _CHUNK.size
        if size % 4 or at + size > length:
            raise BrokenError("has a part that reaches beyond its end")
        chunks.append((kind, data[at : at + size]))
        at += size
    if not chunks:
        raise BrokenError("is cut off before its end")
    return chunks


def _check_needs(document: dict[str, Any]) -> None:
    """What the file cannot do without must be known here."""
    needed = [str(name) for name in document.get("extensionsRequired", [])]
    unknown = next((name for name in needed if not name.startswith(_KNOWN_EXTENSIONS)), "")
    if unknown:
        raise BrokenError(f"needs the glTF extension {unknown}, which is not known here")
    buffers = document.get("buffers", [])
    if len(buffers) > 1 or any("uri" in buffer for buffer in buffers):
        raise BrokenError("keeps its geometry outside itself")
