"""Buildings in IFC, through ifcopenshell where that is installed: a node for each product that has a shape.

Shapes come in metres, z up and in their places, whatever the file's own units. Reference: ISO 16739-1 (IFC 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from app.scene.container import BrokenError
from app.scene.glb import MOST_TRIANGLES, Material, Model, Part
from twin.plant.model_formats import ifcopenshell

LAYERS = {  # of what an entity's name begins with
    "IfcRoof": "roof",
    "IfcWall": "walls",
    "IfcCurtainWall": "walls",
    "IfcWindow": "walls",
    "IfcDoor": "walls",
    "IfcPump": "pumps",
    "IfcPipe": "piping",
    "IfcValve": "piping",
    "IfcFlow": "piping",
    "IfcElectric": "electrical",
    "IfcTransformer": "electrical",
    "IfcCable": "electrical",
    "IfcSensor": "instruments",
    "IfcFlowInstrument": "instruments",
}
GREY = (0.26, 0.27, 0.28)  # linear: what has no colour of its own looks like cast iron


def read(path: Path, told: Callable[[float], None]) -> Model:
    """Read a building. Raises StationError where the library is missing, and whatever it raises over a broken file."""
    library = ifcopenshell(path)
    import ifcopenshell.geom as geometry

    settings = geometry.settings()
    settings.set("use-world-coords", True)
    building = library.open(str(path))  # kept until the end: the iterator reads it without holding it
    iterator = geometry.iterator(settings, building)
    parts: list[Part] = []
    colours: dict[tuple[float, float, float], int] = {}
    for shape in _shapes(iterator):
        parts += _parts(shape, colours)
        told(iterator.progress() / 100)
        if sum(len(part.triangles) for part in parts) > MOST_TRIANGLES:
            raise BrokenError(f"draws more than {MOST_TRIANGLES // 1_000_000} million triangles")
    if not parts:
        raise BrokenError("holds nothing with a shape")
    materials = tuple(Material("", colour, 1.0, 0.0, 0.7, True) for colour in colours)
    return Model(tuple(parts), materials, tuple(dict.fromkeys(part.node for part in parts)))


def _shapes(iterator: Any) -> Iterator[Any]:
    more = iterator.initialize()
    while more:
        yield iterator.get()
        more = iterator.next()


def _parts(shape: Any, colours: dict[tuple[float, float, float], int]) -> Iterator[Part]:
    """A part for each material of a product."""
    points = np.array(shape.geometry.verts, np.float32).reshape(-1, 3)
    triangles = np.array(shape.geometry.faces, np.int32).reshape(-1, 3)
    if not len(triangles) or not np.isfinite(points).all():
        return
    kinds = np.array(shape.geometry.material_ids, np.int64)
    kinds = kinds if len(kinds) == len(triangles) else np.full(len(triangles), -1)
    for kind in np.unique(kinds):
        colour = _colour(shape.geometry.materials[kind]) if kind >= 0 else GREY
        corners = points[triangles[kinds == kind]]
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        length = np.linalg.norm(faces, axis=1, keepdims=True)
        yield Part(
            shape.name or shape.guid,
            colours.setdefault(colour, len(colours)),
            corners.reshape(-1, 3),
            np.repeat(faces / np.where(length > 0, length, 1.0), 3, axis=0).astype(np.float32),
            np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3),
            np.ones(3 * len(corners), np.float32),
            next((layer for kind_of, layer in LAYERS.items() if shape.type.startswith(kind_of)), ""),
        )


def _colour(material: Any) -> tuple[float, float, float]:
    diffuse = material.diffuse
    components = getattr(diffuse, "components", None)
    red, green, blue = components if components is not None else (diffuse.r(), diffuse.g(), diffuse.b())
    return float(red), float(green), float(blue)
