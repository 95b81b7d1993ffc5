"""Where each piece of equipment is in the model: its box, from the boxes of the nodes that bear its name."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.scene.glb import Part

SCENERY = "building."  # nodes that are nobody's equipment
Box = tuple[NDArray[np.float64], NDArray[np.float64]]  # lowest and highest corner [m]


class Places:
    """The boxes of a model's nodes.

    A node ``P101.motor`` is part of ``P101``. Where the model sorts its nodes into layers, only parts in the layer of
    ``P101`` itself, or of its first part, make up its body: its valves are its own, but not what one means by the pump.
    """

    def __init__(self, parts: Iterable[Part]) -> None:
        self._boxes: dict[str, Box] = {}
        self._layers: dict[str, str] = {}
        self._bodies: dict[str, tuple[str, ...]] = {}
        for part in parts:
            if not len(part.points):
                continue
            box = part.points.min(axis=0).astype(np.float64), part.points.max(axis=0).astype(np.float64)
            before = self._boxes.get(part.node)
            self._boxes[part.node] = joined([before, box]) if before is not None else box
            self._layers[part.node] = part.layer

    def body(self, equipment: str) -> tuple[str, ...]:
        """The nodes that make up a piece of equipment."""
        if equipment not in self._bodies:
            self._bodies[equipment] = self._found(equipment)
        return self._bodies[equipment]

    def _found(self, equipment: str) -> tuple[str, ...]:
        parts = [node for node in self._boxes if node == equipment or node.startswith(equipment + ".")]
        first = equipment if equipment in self._layers else next(iter(parts), equipment)
        return tuple(node for node in parts if self._layers[node] == self._layers[first])

    def box(self, equipment: str) -> Box | None:
        """The box of a piece of equipment, or of a single part of one; None where the model lacks it."""
        return joined(self._boxes[node] for node in self.body(equipment))

    @property
    def whole(self) -> Box | None:
        """The box of all equipment; of the whole model where that is all there is."""
        equipment = [box for node, box in self._boxes.items() if not node.startswith(SCENERY)]
        return joined(equipment or self._boxes.values())

    def corners(self) -> NDArray[np.float64]:
        """The corners of every equipment's box, (n, 3): what an overview must show."""
        boxes = [box for node, box in self._boxes.items() if not node.startswith(SCENERY)] or list(self._boxes.values())
        return np.concatenate([corners(box) for box in boxes]) if boxes else np.zeros((1, 3))


def corners(box: Box) -> NDArray[np.float64]:
    """The eight corners of a box, (8, 3)."""
    low, high = box
    return np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])


def joined(boxes: Iterable[Box]) -> Box | None:
    """The box round boxes; None round none."""
    held = list(boxes)
    if not held:
        return None
    return np.min([low for low, _ in held], axis=0), np.max([high for _, high in held], axis=0)
