"""The node names of a 3D model, in the order of its file, whatever its format.

Of glTF only the JSON is read. GLB: a 12-byte header (magic, version, length), then chunks of (length, type, bytes), the
first of which is JSON. Reference: Khronos glTF 2.0, section 4, "GLB File Format Specification".
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any, BinaryIO

from twin.errors import StationError
from twin.plant.model_formats import FORMATS, names_in

MAGIC = b"glTF"
MODELS = (".glb", ".gltf", *FORMATS)
LARGEST_TEXT = 64 << 20  # bytes of a description in JSON
_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_REMEDY = "Export it again as binary glTF 2.0"


def node_names(path: Path) -> tuple[str, ...]:
    """The names of a model's nodes, each once. Raises StationError where it is missing, empty, cut short or foreign."""
    if path.suffix.lower() in FORMATS:
        return names_in(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            document = _document(path, file, size)
    except OSError as error:
        raise StationError(path, f"the 3D model cannot be read: {error.strerror}", "Name a GLB file") from None
    nodes = document.get("nodes", [])
    if not isinstance(nodes, list):
        raise StationError(path, "the 3D model's list of nodes is broken", _REMEDY)
    names = (node.get("name") for node in nodes if isinstance(node, dict))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str)))


def model_format(path: Path) -> str:
    """What the format of a model is called."""
    return FORMATS.get(path.suffix.lower(), "glTF")


def _document(path: Path, file: BinaryIO, size: int) -> dict[str, Any]:
    if path.suffix.lower() == ".gltf" and 0 < size <= LARGEST_TEXT:
        return _parsed(path, file.read())
    header = file.read(_HEADER.size)
    if not header.startswith(MAGIC):
        raise StationError(path, "is empty" if not header else "is not a GLB model", _REMEDY)
    chunk = file.read(_CHUNK.size)
    if len(header) < _HEADER.size or len(chunk) < _CHUNK.size:
        raise StationError(path, "the 3D model is cut short", _REMEDY)
    _, version, length = _HEADER.unpack(header)
    if version != 2:
        raise StationError(path, f"is a GLB model of version {version}, and only version 2 is known", _REMEDY)
    json_length, kind = _CHUNK.unpack(chunk)
    if length > size or _HEADER.size + _CHUNK.size + json_length > length:
        raise StationError(path, "the 3D model is cut short", _REMEDY)
    if kind != b"JSON":
        raise StationError(path, "the 3D model does not begin with its description", _REMEDY)
    return _parsed(path, file.read(json_length))


def _parsed(path: Path, text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise StationError(path, "the 3D model's description is broken", _REMEDY)
    return document
