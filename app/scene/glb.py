"""Reading a binary glTF file into plain arrays, so that no broken file ever reaches the renderer.

Only what a static model needs is read: nodes with their transforms, triangle meshes, normals and plain materials. The
container and every offset are checked before they are followed (glTF 2.0 specification, section 4: GLB; 3.6: buffers
and accessors). glTF has y up; points are given here with z up, as the station's drawings have them.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import StationError

Array = NDArray[np.float32]
LARGEST_FILE = 1 << 30
_COMPONENTS = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_TRIANGLES = 4
_DEEPEST = 64


@dataclass(frozen=True)
class Material:
    """A plain surface: linear colour from 0 to 1, and how much it reflects."""

    name: str
    colour: tuple[float, float, float]
    opacity: float
    metallic: float
    roughness: float


@dataclass(frozen=True)
class Part:
    """The triangles of one node in one material. [m], z up.

    ``points`` and ``normals`` (v, 3), ``triangles`` (f, 3); ``shade`` (v,) how bright each point's own colour is, from
    0 to 1, where the model says so (its vertex colours), else 1. ``layer`` is the node's own word for where it belongs.
    """

    node: str
    material: int
    points: Array
    normals: Array
    triangles: NDArray[np.int32]
    shade: Array
    layer: str = ""


@dataclass(frozen=True)
class Model:
    """A 3D model: its parts, its materials, and the names of all its nodes in file order."""

    parts: tuple[Part, ...]
    materials: tuple[Material, ...]
    nodes: tuple[str, ...]


def read(path: Path) -> Model:
    """Read a model. Raises StationError with one plain sentence if it cannot be used."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _BrokenError("is larger than 1 GB")
        document, binary = _container(path.read_bytes())
        return _Reader(document, binary).model()
    except OSError as error:
        raise StationError(path, error.strerror or str(error), "Name a glTF model (.glb) that can be read") from None
    except _BrokenError as error:
        raise StationError(path, str(error), "Export the model again as binary glTF 2.0 (.glb)") from None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise StationError(path, "is not a whole glTF 2.0 model", "Export it again as binary glTF (.glb)") from None


class _BrokenError(Exception):
    """What is wrong with a file, in words."""


def _container(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The JSON and the binary chunk of a GLB file."""
    if len(data) < 20 or data[:4] != b"glTF":
        raise _BrokenError("is not a binary glTF file")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise _BrokenError(f"is glTF version {version}, and only version 2 can be read")
    if length > len(data):
        raise _BrokenError("is cut off before its end")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<I4s", data, at)
        if at + 8 + size > length:
            raise _BrokenError("has a chunk that reaches beyond its end")
        chunks.setdefault(kind, data[at + 8 : at + 8 + size])
        at += 8 + size + (-size % 4)
    try:
        document = json.loads(chunks[b"JSON"].decode("utf-8"))
    except (KeyError, UnicodeDecodeError, json.JSONDecodeError):
        raise _BrokenError("has no readable description inside") from None
    if not isinstance(document, dict) or "asset" not in document:
        raise _BrokenError("has no readable description inside")
    return document, chunks.get(b"BIN\0", b"")


class _Reader:
    """Follows a glTF document from its scene to its triangles."""

    def __init__(self, document: dict[str, Any], binary: bytes) -> None:
        self._document = document
        self._binary = binary

    def model(self) -> Model:
        nodes = self._document.get("nodes", [])
        scenes = self._document.get("scenes")
        roots = scenes[self._document.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
        parts: list[Part] = []
        for root in roots:
            self._walk(root, np.eye(4), "", parts, 0)
        materials = (*(_material(m) for m in self._document.get("materials", [])), _PLAIN)
        return Model(tuple(parts), materials, tuple(str(n.get("name", "")) for n in nodes))

    def _walk(self, index: int, above: NDArray[np.float64], name_above: str, parts: list[Part], depth: int) -> None:
        if depth > _DEEPEST:
            raise _BrokenError("has nodes nested in a circle")
        node = self._document["nodes"][index]
        transform = above @ _transform(node)
        name = str(node.get("name") or name_above)
        if "mesh" in node:
            for primitive in self._document["meshes"][node["mesh"]]["primitives"]:
                part = self._part(primitive, name, transform, _layer(node))
                if part is not None:
                    parts.append(part)
        for child in node.get("children", []):
            self._walk(child, transform, name, parts, depth + 1)

    def _part(self, primitive: dict[str, Any], name: str, transform: NDArray[np.float64], layer: str) -> Part | None:
        if primitive.get("mode", _TRIANGLES) != _TRIANGLES:
            return None
        attributes = primitive["attributes"]
        points = self._accessor(attributes["POSITION"]).astype(np.float64)
        if "indices" in primitive:
            triangles = self._accessor(primitive["indices"]).astype(np.int32).reshape(-1, 3)
        else:
            triangles = np.arange(len(points), dtype=np.int32).reshape(-1, 3)
        if triangles.size and (triangles.min() < 0 or triangles.max() >= len(points)):
            raise _BrokenError("has triangles whose corners it does not hold")
        normals = self._accessor(attributes["NORMAL"]).astype(np.float64) if "NORMAL" in attributes else None
        if normals is None or len(normals) != len(points):
            normals = smooth(points, triangles)
        known = len(self._document.get("materials", []))
        material = int(primitive.get("material", known))
        if not 0 <= material <= known:
            raise _BrokenError("names a material that it does not hold")
        turned = np.linalg.inv(transform[:3, :3]).T
        return Part(
            name,
            material,
            _z_up(points @ transform[:3, :3].T + transform[:3, 3]),
            _z_up(_unit(normals @ turned.T)),
            triangles,
            self._shade(attributes, len(points)),
            layer,
        )

    def _shade(self, attributes: dict[str, Any], count: int) -> Array:
        """The brightness of vertex colours; their hue would fight with the tints."""
        if "COLOR_0" not in attributes:
            return np.ones(count, np.float32)
        colours = self._accessor(attributes["COLOR_0"])
        if len(colours) != count:
            raise _BrokenError("has colours for other points than its own")
        largest = np.iinfo(colours.dtype).max if colours.dtype.kind in "iu" else 1.0
        return (colours[:, :3].mean(axis=1) / largest).astype(np.float32)

    def _accessor(self, index: int) -> NDArray[Any]:
        accessor = self._document["accessors"][index]
        kind, width = _COMPONENTS[accessor["componentType"]], _WIDTHS[accessor["type"]]
        count = int(accessor["count"])
        view = self._document["bufferViews"][accessor["bufferView"]]
        start = int(view.get("byteOffset", 0)) + int(accessor.get("byteOffset", 0))
        stride = int(view.get("byteStride", 0)) or kind.itemsize * width
        needed = (count - 1) * stride + kind.itemsize * width if count else 0
        if count < 0 or start < 0 or stride < kind.itemsize * width or start + needed > len(self._binary):
            raise _BrokenError("names data that it does not hold")
        rows = np.ndarray((count, width), kind, self._binary, start, (stride, kind.itemsize))
        if kind.kind == "f" and not np.isfinite(rows).all():
            raise _BrokenError("has points that are not numbers")
        return rows


def _layer(node: dict[str, Any]) -> str:
    extras = node.get("extras")
    return str(extras.get("layer", "")) if isinstance(extras, dict) else ""


def _transform(node: dict[str, Any]) -> NDArray[np.float64]:
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    x, y, z, w = (float(v) for v in node.get("rotation", (0, 0, 0, 1)))
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * np.array(node.get("scale", (1, 1, 1)), dtype=np.float64)
    matrix[:3, 3] = np.array(node.get("translation", (0, 0, 0)), dtype=np.float64)
    return matrix


def _material(entry: dict[str, Any]) -> Material:
    surface = entry.get("pbrMetallicRoughness", {})
    red, green, blue, opacity = (float(v) for v in surface.get("baseColorFactor", (1, 1, 1, 1)))
    if entry.get("alphaMode", "OPAQUE") == "OPAQUE":
        opacity = 1.0
    return Material(
        str(entry.get("name", "")),
        (red, green, blue),
        opacity,
        float(surface.get("metallicFactor", 1.0)),
        float(surface.get("roughnessFactor", 1.0)),
    )


_PLAIN = Material("plain", (0.6, 0.6, 0.6), 1.0, 0.0, 0.7)


def smooth(points: NDArray[np.floating], triangles: NDArray[np.integer]) -> Array:
    """Unit normals at the points, each the mean of the faces that meet there, by area."""
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros((len(points), 3))
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], faces)
    return _unit(normals).astype(np.float32)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1.0)


def _z_up(vectors: NDArray[np.float64]) -> Array:
    return np.stack([vectors[:, 0], -vectors[:, 2], vectors[:, 1]], axis=1).astype(np.float32)
