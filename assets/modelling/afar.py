"""Bodies as they are seen from afar: what is smaller than a pixel there is left out.

From where the whole station is in sight a pixel is as wide as a hand, and three triangles of four of the close view
are smaller than that. The surfaces of what is left have moved by less than half a pixel.
"""

from __future__ import annotations

import numpy as np
from manifold3d import Manifold

from assets.modelling.assembly import Body

MOVED = 0.06  # m, by which a surface may move at most
SMALLEST = 0.12  # m: solids shorter than this are not seen
LONG = 1.5  # m: what is longer is seen however thin it is, and keeps its shape
OF_THICKNESS = 0.45  # of what is long, by which its surface may move at most
FLOORS = {"floor", "room floor", "concrete"}  # their points hold the shade of what stands on them
CREASE = float(np.cos(np.radians(70.0)))  # round things have few sides left, and still look round


def from_afar(body: Body) -> Body:
    """The same body with less in it."""
    return Body({material: _coarse(material, solids) for material, solids in body.solids.items()})


def _coarse(material: str, solids: list[Manifold]) -> list[Manifold]:
    if material in FLOORS:
        return solids
    seen = [solid.simplify(_may_move(solid)) for solid in solids if _length(solid) >= SMALLEST]
    return [solid for solid in seen if not solid.is_empty()]


def _may_move(solid: Manifold) -> float:
    thickness = 2 * solid.volume() / solid.surface_area()  # of a plate; of a round bar its radius
    return MOVED if _length(solid) < LONG else min(MOVED, OF_THICKNESS * thickness)


def _length(solid: Manifold) -> float:
    box = np.array(solid.bounding_box()).reshape(2, 3)
    return float((box[1] - box[0]).max())
