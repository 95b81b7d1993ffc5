"""Writes an assembly as binary glTF 2.0: the same bytes for the same assembly, every time.

glTF has y up and the station z up, so that (x, y, z) is written as (x, z, -y). Bodies that are placed more than once
are stored once. Vertex colours hold how much of the sky a point sees, as shades of grey. Beside each node stands the
same from afar (extension MSFT_lod); who does not know that sees the whole.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.modelling.afar import CREASE as CREASE_AFAR
from assets.modelling.afar import from_afar
from assets.modelling.assembly import Assembly, Body, Placed
from assets.modelling.materials import PAINTS, Paint
from assets.modelling.mesh import CREASE, Mesh, meshed
from assets.modelling.occlusion import Sky

_FLOAT, _SHORT, _INT, _BYTE = 5126, 5123, 5125, 5121
_VERTICES, _INDICES = 34962, 34963


@dataclass
class _Writer:
    """A glTF document while it grows."""

    binary: bytearray = field(default_factory=bytearray)
    views: list[dict[str, int]] = field(default_factory=list)
    accessors: list[dict[str, object]] = field(default_factory=list)
    meshes: list[dict[str, object]] = field(default_factory=list)
    nodes: list[dict[str, object]] = field(default_factory=list)

    def put(self, array: NDArray[np.generic], kind: str, component: int, target: int, **extra: object) -> int:
        """Append an array; the number of its accessor."""
        data = array.tobytes()
        self.views.append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), "target": target})
        self.binary += data + bytes(-len(data) % 4)
        entry = {"bufferView": len(self.views) - 1, "componentType": component, "count": len(array), "type": kind}
        self.accessors.append(entry | extra)
        return len(self.accessors) - 1

    def primitive(self, mesh: Mesh, shade: NDArray[np.float64], material: int) -> dict[str, object]:
        """Store the triangles of one material."""
        points, normals = _y_up(mesh.points), _y_up(mesh.normals)
        grey = np.round(255 * np.clip(shade, 0, 1)).astype(np.uint8)
        colours = np.column_stack([grey, grey, grey, np.full_like(grey, 255)])
        corners = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
        attributes = {
            "POSITION": self.put(points, "VEC3", _FLOAT, _VERTICES, **corners),
            "NORMAL": self.put(normals, "VEC3", _FLOAT, _VERTICES),
            "COLOR_0": self.put(colours, "VEC4", _BYTE, _VERTICES, normalized=True),
        }
        small = len(points) < 65535
        indices = mesh.triangles.astype(np.uint16 if small else np.uint32).ravel()
        index = self.put(indices, "SCALAR", _SHORT if small else _INT, _INDICES)
        return {"attributes": attributes, "indices": index, "material": material, "mode": 4}


def write(path: Path, assembly: Assembly, name: str, sky: Sky | None = None) -> int:
    """Write the model; the number of triangles that will be drawn."""
    writer = _Writer()
    used = [m for m in PAINTS if any(m in p.body.solids for p in assembly.placed)]
    stored: dict[int, tuple[int, int | None]] = {}
    groups: dict[str, list[int]] = {}
    drawn = 0
    for placed in assembly.placed:
        if id(placed.body) not in stored:
            stored[id(placed.body)] = _near_and_afar(writer, placed, used, sky)
        near, afar = stored[id(placed.body)]
        groups.setdefault(placed.layer, []).append(len(writer.nodes))
        place = _place(placed)
        extras = {"layer": placed.layer} | ({"bore": placed.bore} if placed.bore else {})
        node = {"name": placed.name, "mesh": near, "extras": extras} | place
        writer.nodes.append(node)
        if afar is not None:
            node["extensions"] = {"MSFT_lod": {"ids": [len(writer.nodes)]}}
            writer.nodes.append({"mesh": afar} | place)
        drawn += sum(solid.num_tri() for held in placed.body.solids.values() for solid in held)
    path.write_bytes(_packed(writer, groups, name, used))
    return drawn


def _place(placed: Placed) -> dict[str, object]:
    x, y, z = placed.at
    return {"translation": [float(x), float(z), float(-y) or 0.0]} if any(placed.at) else {}


def _near_and_afar(writer: _Writer, placed: Placed, used: list[str], sky: Sky | None) -> tuple[int, int | None]:
    """Store a body and the same from afar, if anything is left of it there: the numbers of their meshes."""
    coarse = from_afar(placed.body)
    near = _store(writer, placed, placed.body, used, sky, CREASE)
    return near, _store(writer, placed, coarse, used, sky, CREASE_AFAR) if any(coarse.solids.values()) else None


def _store(writer: _Writer, placed: Placed, body: Body, used: list[str], sky: Sky | None, crease: float) -> int:
    primitives = []
    for material in used:
        if not body.solids.get(material):
            continue
        mesh = meshed(body.solids[material], crease)
        at = np.array(placed.at)
        shade = sky.seen(mesh.points + at, mesh.normals) if sky is not None else np.ones(len(mesh.points))
        primitives.append(writer.primitive(mesh, shade, used.index(material)))
    writer.meshes.append({"name": placed.name, "primitives": primitives})
    return len(writer.meshes) - 1


def _packed(writer: _Writer, groups: dict[str, list[int]], name: str, used: list[str]) -> bytes:
    roots = []
    for layer, children in groups.items():
        roots.append(len(writer.nodes))
        writer.nodes.append({"name": f"layer.{layer}", "children": children})
    document = {
        "asset": {"version": "2.0", "generator": "assets/modelling"},
        "extensionsUsed": ["MSFT_lod"],
        "scene": 0,
        "scenes": [{"name": name, "nodes": roots}],
        "nodes": writer.nodes,
        "meshes": writer.meshes,
        "materials": [_material(m, PAINTS[m]) for m in used],
        "accessors": writer.accessors,
        "bufferViews": writer.views,
        "buffers": [{"byteLength": len(writer.binary)}],
    }
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    binary = bytes(writer.binary)
    length = 12 + 8 + len(text) + 8 + len(binary)
    header = struct.pack("<4sII", b"glTF", 2, length)
    return header + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary


def _material(name: str, paint: Paint) -> dict[str, object]:
    surface = {
        "baseColorFactor": [*linear(paint.colour), paint.opacity],
        "metallicFactor": paint.metallic,
        "roughnessFactor": paint.roughness,
    }
    entry: dict[str, object] = {"name": name, "pbrMetallicRoughness": surface}
    return entry | ({"alphaMode": "BLEND"} if paint.opacity < 1.0 else {})


def linear(colour: str) -> list[float]:
    """``#RRGGBB``, which is sRGB, as the linear shares glTF wants (IEC 61966-2-1)."""
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [round(s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4, 5) for s in shares]


def _y_up(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    x, y, z = vectors.T
    return np.ascontiguousarray(np.column_stack([x, z, -y]), np.float32)
