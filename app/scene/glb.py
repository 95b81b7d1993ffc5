"""Reading a glTF file into plain arrays, so that no broken file ever reaches the renderer.

Only what a static model needs is read: nodes with their transforms, triangle meshes, normals and plain materials, and
how things look from afar (extension MSFT_lod, of which the coarsest level is taken). The container and every offset are
checked before they are followed (glTF 2.0 specification, section 4: GLB; 3.6: buffers and accessors). glTF has y up;
points are given here with z up, as the station's drawings have them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scene.container import BrokenError, gathered
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
_SEEN_AFAR = 0.15  # m: what is smaller and has no level for afar is not seen from there
_FLAT = 1e-12  # a volume scale below which nothing is left to see
MOST_TRIANGLES = 20_000_000  # beyond which a model would take the machine with it


@dataclass(frozen=True)
class Material:
    """A plain surface: linear colour from 0 to 1, how much it reflects, and whether its back is seen too."""

    name: str
    colour: tuple[float, float, float]
    opacity: float
    metallic: float
    roughness: float
    two_sided: bool = False


@dataclass(frozen=True)
class Part:
    """The triangles of one node in one material. [m], z up.

    ``points`` and ``normals`` (v, 3), ``triangles`` (f, 3); ``shade`` (v,) how bright each point's own colour is, from
    0 to 1, where the model says so (its vertex colours), else 1, or (v, 3) its colour at each point, where it has one.
    ``layer`` is the node's own word for where it belongs, ``bore`` what the node says of the clear width of its pipe
    [m], 0 where it says nothing.
    """

    node: str
    material: int
    points: Array
    normals: Array
    triangles: NDArray[np.int32]
    shade: Array
    layer: str = ""
    bore: float = 0.0


@dataclass(frozen=True)
class Model:
    """A 3D model: its parts, its materials, and the names of all its nodes in file order.

    ``afar`` are the parts as they look from afar, all of them; none where the model knows no difference.
    """

    parts: tuple[Part, ...]
    materials: tuple[Material, ...]
    nodes: tuple[str, ...]
    afar: tuple[Part, ...] = ()


def unheard(_: float) -> None:
    """Whoever does not want to know how far reading has come."""


def read(path: Path, told: Callable[[float], None] = unheard) -> Model:
    """Read a model and tell which share of it is read. Raises StationError with one plain sentence."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BrokenError("is larger than 1 GB")
        return _Reader(*gathered(path, LARGEST_FILE), told).model()
    except OSError as error:
        raise StationError(path, error.strerror or str(error), "Name a glTF model (.glb) that can be read") from None
    except BrokenError as error:
        raise StationError(path, str(error), "Export the model again as binary glTF 2.0 (.glb)") from None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        raise StationError(path, "is not a whole glTF 2.0 model", "Export it again as binary glTF (.glb)") from None


class _Reader:
    """Follows a glTF document from its scene to its triangles."""

    def __init__(self, document: dict[str, Any], buffers: Sequence[bytes], told: Callable[[float], None]) -> None:
        self._document = document
        self._buffers = buffers
        self._told = told
        self._visited: set[int] = set()
        self._triangles = 0
        self._near: list[Part] = []
        self._afar: list[Part] = []

    def model(self) -> Model:
        nodes = self._document.get("nodes", [])
        scenes = self._document.get("scenes")
        if scenes:
            roots = scenes[self._document.get("scene", 0)].get("nodes", [])
        else:
            below = {child for node in nodes for child in [*node.get("children", []), *_levels(node)]}
            roots = [index for index in range(len(nodes)) if index not in below]
        for root in roots:
            self._walk(root, np.eye(4), "", 0)
        materials = (*(_material(m) for m in self._document.get("materials", [])), _PLAIN)
        levels = {level for node in nodes for level in _levels(node)}
        names = tuple(str(node.get("name", "")) for index, node in enumerate(nodes) if index not in levels)
        return Model(tuple(self._near), materials, names, tuple(self._afar) if levels else ())

    def _walk(self, index: int, above: NDArray[np.float64], name_above: str, depth: int) -> None:
        if depth > _DEEPEST or index in self._visited:
            raise BrokenError("has nodes nested in a circle, or one in two places")
        self._visited.add(index)
        self._told(len(self._visited) / len(self._document["nodes"]))
        node = self._document["nodes"][index]
        transform = above @ _transform(node)
        name = str(node.get("name") or name_above)
        near = list(self._parts(node, name, transform, _layer(node)))
        self._near += near
        levels = _levels(node)
        if levels:
            coarsest = self._document["nodes"][levels[-1]]
            self._afar += self._parts(coarsest, name, above @ _transform(coarsest), _layer(node))
        elif _length(near) >= _SEEN_AFAR:
            self._afar += near
        for child in node.get("children", []):
            self._walk(child, transform, name, depth + 1)

    def _parts(self, node: dict[str, Any], name: str, transform: NDArray[np.float64], layer: str) -> Iterator[Part]:
        """The parts of a node's own mesh, if it has one."""
        if "mesh" in node:
            bore = _bore(node)
            for primitive in self._document["meshes"][node["mesh"]]["primitives"]:
                part = self._part(primitive, name, transform, layer)
                if part is not None:
                    yield replace(part, bore=bore) if bore else part

    def _part(self, primitive: dict[str, Any], name: str, transform: NDArray[np.float64], layer: str) -> Part | None:
        if primitive.get("mode", _TRIANGLES) != _TRIANGLES:
            return None
        attributes = primitive["attributes"]
        points = self._accessor(attributes["POSITION"]).astype(np.float64)
        triangles = self._corners(primitive, len(points))
        normals = self._accessor(attributes["NORMAL"]).astype(np.float64) if "NORMAL" in attributes else None
        if normals is None or len(normals) != len(points):
            normals = smooth(points, triangles)
        turned = transform[:3, :3]
        scale = float(np.linalg.det(turned))
        if not np.isfinite(transform).all() or abs(scale) < _FLAT:
            return None  # shrunk to nothing, which glTF allows
        return Part(
            name,
            self._material(primitive),
            _z_up(points @ turned.T + transform[:3, 3]),
            _z_up(_unit(normals @ np.linalg.inv(turned))),
            triangles if scale > 0 else triangles[:, ::-1],
            self._shade(attributes, len(points)),
            layer,
        )

    def _corners(self, primitive: dict[str, Any], count: int) -> NDArray[np.int32]:
        """The corners of the triangles, (f, 3), each one of ``count`` points."""
        if "indices" in primitive:
            triangles = self._accessor(primitive["indices"]).astype(np.int64).reshape(-1, 3)
        else:
            triangles = np.arange(count).reshape(-1, 3)
        if triangles.size and (triangles.min() < 0 or triangles.max() >= count):
            raise BrokenError("has triangles whose corners it does not hold")
        self._triangles += len(triangles)
        if self._triangles > MOST_TRIANGLES:
            raise BrokenError(f"draws more than {MOST_TRIANGLES // 1_000_000} million triangles")
        return triangles.astype(np.int32)

    def _material(self, primitive: dict[str, Any]) -> int:
        known = len(self._document.get("materials", []))
        material = int(primitive.get("material", known))
        if not 0 <= material <= known:
            raise BrokenError("names a material that it does not hold")
        return material

    def _shade(self, attributes: dict[str, Any], count: int) -> Array:
        """The brightness of vertex colours; their hue would fight with the tints."""
        if "COLOR_0" not in attributes:
            return np.ones(count, np.float32)
        colours = self._accessor(attributes["COLOR_0"])
        if len(colours) != count:
            raise BrokenError("has colours for other points than its own")
        return np.clip(colours[:, :3].mean(axis=1), 0.0, 1.0).astype(np.float32)

    def _accessor(self, index: int) -> NDArray[Any]:
        """The rows (n, width) an accessor names; normalised integers as the shares they stand for."""
        accessor = self._document["accessors"][index]
        kind, width = _COMPONENTS[accessor["componentType"]], _WIDTHS[accessor["type"]]
        count = int(accessor["count"])
        if not 0 <= count <= 3 * MOST_TRIANGLES:
            raise BrokenError("names data that it does not hold")
        rows = self._rows(accessor, kind, width, count) if "bufferView" in accessor else np.zeros((count, width), kind)
        if "sparse" in accessor:
            rows = self._replaced(rows, accessor["sparse"])
        if kind.kind == "f" and not np.isfinite(rows).all():
            raise BrokenError("has points that are not numbers")
        return np.maximum(rows / np.iinfo(kind).max, -1.0) if accessor.get("normalized") else rows

    def _rows(self, entry: dict[str, Any], kind: np.dtype[Any], width: int, count: int) -> NDArray[Any]:
        """So many rows (count, width) where an entry says they are."""
        view = self._document["bufferViews"][entry["bufferView"]]
        buffer = self._buffers[int(view.get("buffer", 0))]
        start = int(view.get("byteOffset", 0)) + int(entry.get("byteOffset", 0))
        stride = int(view.get("byteStride", 0)) or kind.itemsize * width
        needed = (count - 1) * stride + kind.itemsize * width if count else 0
        if start < 0 or stride < kind.itemsize * width or start + needed > len(buffer):
            raise BrokenError("names data that it does not hold")
        return np.ndarray((count, width), kind, buffer, start, (stride, kind.itemsize))

    def _replaced(self, rows: NDArray[Any], sparse: dict[str, Any]) -> NDArray[Any]:
        """The rows with some of them replaced (glTF 2.0, 3.6.2.3: sparse accessors)."""
        count = int(sparse["count"])
        if not 0 <= count <= len(rows):
            raise BrokenError("names data that it does not hold")
        indices = sparse["indices"]
        places = self._rows(indices, _COMPONENTS[indices["componentType"]], 1, count).ravel()
        if places.size and not 0 <= int(places.min()) <= int(places.max()) < len(rows):
            raise BrokenError("names data that it does not hold")
        replaced = rows.copy()
        replaced[places] = self._rows(sparse["values"], rows.dtype, rows.shape[1], count)
        return replaced


def _levels(node: dict[str, Any]) -> list[int]:
    """The nodes that stand for this one from afar, the coarsest last."""
    extension = (node.get("extensions") or {}).get("MSFT_lod") or {}
    return [int(index) for index in extension.get("ids", [])]


def _length(parts: Sequence[Part]) -> float:
    """The longest side of the box round some parts. [m]"""
    points = np.concatenate([part.points for part in parts]) if parts else np.zeros((1, 3), np.float32)
    return float(np.ptp(points, axis=0).max())


def _layer(node: dict[str, Any]) -> str:
    extras = node.get("extras")
    return str(extras.get("layer", "")) if isinstance(extras, dict) else ""


def _bore(node: dict[str, Any]) -> float:
    extras = node.get("extras")
    bore = extras.get("bore", 0.0) if isinstance(extras, dict) else 0.0
    return float(bore) if isinstance(bore, (int, float)) and np.isfinite(bore) and bore > 0 else 0.0


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
        bool(entry.get("doubleSided", False)),
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
