"""The container of a glTF file: in GLB a header, a JSON chunk and at most one binary chunk after it; else JSON alone.

Reference: Khronos glTF 2.0 specification, section 4, "GLB File Format Specification", and 3.6.1, "Buffers". Nothing of
a file is followed before it has been found to be there.
"""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_KNOWN_EXTENSIONS = ("KHR_materials_", "KHR_texture_", "EXT_texture_", "KHR_lights_", "KHR_mesh_quantization")


class BrokenError(Exception):
    """What is wrong with a file, in words."""


def gathered(path: Path, largest: int) -> tuple[dict[str, Any], list[bytes]]:
    """The description of a .glb or .gltf file and its buffers, of so many bytes together at most."""
    data = path.read_bytes()
    if path.suffix.lower() == ".gltf" and not data.startswith(b"glTF"):
        if not data:
            raise BrokenError("is empty")
        document, binary = _described(data), b""
    else:
        document, binary = opened(data)
    buffers = [_buffer(path, entry, binary) for entry in document.get("buffers", [])] or [binary]
    if sum(map(len, buffers)) > largest:
        raise BrokenError(f"is larger than {largest >> 30} GB")
    return document, buffers


def _buffer(path: Path, entry: dict[str, Any], binary: bytes) -> bytes:
    """A buffer: the binary chunk, what is written in the description itself, or a file beside it."""
    uri = entry.get("uri")
    if uri is None:
        return binary
    if str(uri).startswith("data:"):
        return base64.b64decode(str(uri).partition(",")[2])
    beside = (path.parent / unquote(str(uri))).resolve()
    if not beside.is_relative_to(path.parent.resolve()) or not beside.is_file():
        raise BrokenError(f"keeps its geometry in {uri}, which is not beside it")
    held = beside.read_bytes()
    if len(held) < int(entry.get("byteLength", 0)):
        raise BrokenError(f"keeps its geometry in {uri}, which is cut off before its end")
    return held


def opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The JSON document and the binary chunk of a GLB file (empty where it has none)."""
    chunks = _chunks(data)
    kind, text = chunks[0]
    if kind != b"JSON":
        raise BrokenError("does not begin with its description")
    if any(kind in (b"JSON", b"BIN\0") for kind, _ in chunks[2:]) or (len(chunks) > 1 and chunks[1][0] == b"JSON"):
        raise BrokenError("has its parts in the wrong order, or twice")
    return _described(text), chunks[1][1] if len(chunks) > 1 and chunks[1][0] == b"BIN\0" else b""


def _described(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BrokenError("has no readable description inside") from None
    if not isinstance(document, dict) or not isinstance(document.get("asset"), dict):
        raise BrokenError("has no readable description inside")
    if str(document["asset"].get("version", "2.0")).partition(".")[0] != "2":
        raise BrokenError(f"is glTF version {document['asset']['version']}, and only version 2 can be read")
    _check_needs(document)
    return document


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
