"""An assembly: bodies of several materials, placed under the names of the equipment they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from manifold3d import Manifold

Point = tuple[float, float, float]


@dataclass
class Body:
    """What one piece of equipment is made of: closed solids, each of a material."""

    solids: dict[str, list[Manifold]] = field(default_factory=dict)

    def add(self, material: str, *solids: Manifold | Iterable[Manifold]) -> Body:
        """Add solids of a material."""
        for solid in solids:
            held = self.solids.setdefault(material, [])
            held.extend([solid] if isinstance(solid, Manifold) else solid)
        return self

    def join(self, other: Body, at: Point = (0.0, 0.0, 0.0)) -> Body:
        """Add what another body is made of."""
        for material, solids in other.solids.items():
            self.add(material, (solid.translate(list(at)) for solid in solids))
        return self

    def turned(self, degrees: float) -> Body:
        """The same, turned about the upright through the origin."""
        return Body({m: [s.rotate([0, 0, degrees]) for s in held] for m, held in self.solids.items()})

    def scaled(self, factor: float) -> Body:
        """The same, so many times as large, seen from the origin."""
        return Body({m: [s.scale([factor] * 3) for s in held] for m, held in self.solids.items()})

    def mirrored(self, x: float) -> Body:
        """The same seen in a mirror that stands across the hall at ``x``."""
        return Body(
            {m: [s.mirror([1, 0, 0]).translate([2 * x, 0, 0]) for s in held] for m, held in self.solids.items()}
        )


@dataclass(frozen=True)
class Placed:
    """A body under its name: in a layer, at a place. Bodies may be placed many times. ``bore`` is a pipe's. [m]"""

    name: str
    layer: str
    body: Body
    at: Point = (0.0, 0.0, 0.0)
    bore: float = 0.0


@dataclass
class Assembly:
    """Everything a model holds, in the order in which it was placed."""

    placed: list[Placed] = field(default_factory=list)

    def place(self, layer: str, name: str, body: Body, at: Point = (0.0, 0.0, 0.0), bore: float = 0.0) -> None:
        """Place a body. Names are unique: they tie the model to the station file."""
        if any(other.name == name for other in self.placed):
            raise ValueError(f"two bodies are named {name}")
        self.placed.append(Placed(name, layer, body, at, bore))
