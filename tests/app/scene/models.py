"""Small GLB files, made by hand, and what may be wrong with them."""

from __future__ import annotations

import json
import struct
from copy import deepcopy
from typing import Any

import numpy as np

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)  # y up
FACES = np.array([0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3], np.uint16)

DOCUMENT: dict[str, Any] = {
    "asset": {"version": "2.0"},
    "scene": 0,
    "scenes": [{"nodes": [0, 1]}],
    "nodes": [
        {"name": "P101", "mesh": 0, "translation": [5, 2, -3], "extras": {"layer": "pumps"}},
        {"name": "building.roof", "mesh": 0},
    ],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
    "materials": [{"name": "paint", "pbrMetallicRoughness": {"baseColorFactor": [0.2, 0.2, 0.2, 1]}}],
    "accessors": [
        {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
        {"bufferView": 1, "componentType": 5123, "count": 12, "type": "SCALAR"},
    ],
    "bufferViews": [
        {"buffer": 0, "byteOffset": 0, "byteLength": 48},
        {"buffer": 0, "byteOffset": 48, "byteLength": 24},
    ],
    "buffers": [{"byteLength": 72}],
}


def document() -> dict[str, Any]:
    """A whole document that may be spoilt."""
    return deepcopy(DOCUMENT)


def glb(described: dict[str, Any] | None = None, binary: bytes | None = None) -> bytes:
    """A GLB file of a tetrahedron that stands in two places."""
    text = json.dumps(DOCUMENT if described is None else described).encode()
    text += b" " * (-len(text) % 4)
    held = CORNERS.tobytes() + FACES.tobytes() if binary is None else binary
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(held), b"BIN\0") + held
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
