"""From a model as its program wrote it to the station's: its unit, which way is up, where it stands, what is what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.scene.container import BrokenError
from app.scene.glb import Model, Part
from twin.plant.station import ModelPlace, StationFile
from twin.plant.tying import CUT_AWAY, Tied, nameable, tied

UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}  # m
Y_TO_Z = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])  # what was up along y is up along z
LARGEST, SMALLEST = 20_000.0, 0.005  # m: what is no station


def placed(model: Model, station: StationFile, up: str = "z") -> Model:
    """A model that was read as metres and with ``up`` as its format has it, as the station file wants it.

    Raises BrokenError where it would be absurdly large or small.
    """
    place = station.model
    known = nameable(station)
    ties = tied(model.nodes, known, place.map)
    turned, moved = _turned(place, up), np.array(place.at)

    def made(part: Part) -> Part:
        name = _name(part.node, ties, known)
        layer = ties.layers.get(part.node, part.layer)
        if name == part.node and layer == part.layer and not _moves(turned, moved):
            return part
        points = part.points.astype(np.float64) @ turned.T + moved
        normals = part.normals @ (turned.T / np.cbrt(np.linalg.det(turned)))
        return replace(
            part, node=name, layer=layer, points=points.astype(np.float32), normals=normals.astype(np.float32)
        )

    near, afar = (tuple(made(part) for part in parts) for parts in (model.parts, model.afar))
    _check_size(near)
    return replace(model, parts=near, afar=afar, nodes=tuple(_name(node, ties, known) for node in model.nodes))


def _turned(place: ModelPlace, up: str) -> NDArray[np.float64]:
    """The matrix (3, 3) that scales and turns a model."""
    upright = np.eye(3)
    if place.up is not None and place.up != up:
        upright = Y_TO_Z if place.up == "y" else Y_TO_Z.T
    sine, cosine = np.sin(np.radians(place.turned_deg)), np.cos(np.radians(place.turned_deg))
    about = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    return UNITS[place.unit or "m"] * about @ upright


def _moves(turned: NDArray[np.float64], moved: NDArray[np.float64]) -> bool:
    return bool((turned != np.eye(3)).any() or moved.any())


def _name(node: str, ties: Tied, known: frozenset[str]) -> str:
    """What a node is called among the station's: a part of its equipment, or of the scenery.

    What the station knows by its own name keeps it.
    """
    owner = ties.equipment.get(node, "")
    layer = ties.layers.get(node, "")
    if owner:
        return node if node in known or node.startswith(f"{owner}.") else f"{owner}.{node}"
    return f"building.{layer}.{node}" if layer in CUT_AWAY else node


def _check_size(parts: tuple[Part, ...]) -> None:
    held = [part.points for part in parts if len(part.points)]
    if not held:
        raise BrokenError("holds no triangles")
    low = np.min([points.min(axis=0) for points in held], axis=0)
    high = np.max([points.max(axis=0) for points in held], axis=0)
    longest = float((high - low).max())
    if not longest <= LARGEST:
        raise BrokenError(f"is {longest / 1000:.3g} km long, if its unit is the one said")
    if longest < SMALLEST:
        raise BrokenError(f"is {longest * 1000:.2g} mm long, if its unit is the one said")
