"""What the scene shows at one instant, frozen: the presenter makes it, the painter shows the difference."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class RobotMark:
    """A robot at its pose, and where it has been (oldest first). Metres, z up; ``heading`` in radians from x."""

    robot: str
    kind: str  # "ground" or "rail"
    position: Point
    heading: float
    trail: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Halo:
    """An open anomaly or alarm of a piece of equipment: its priority's colour and shape."""

    equipment: str
    colour: str
    shape: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside a piece of equipment: its name, a line of figures, and the worst quality of its data."""

    equipment: str
    title: str
    detail: str = ""
    colour: str = ""
    shape: str = ""
    quality: int = 0
    weight: int = 0  # the heavier the sooner it finds a place


@dataclass(frozen=True, slots=True)
class SceneState:
    """All of it. ``tints`` are (equipment, colour ``#RRGGBB``); ``hidden`` names layers (roof, walls)."""

    tints: tuple[tuple[str, str], ...] = ()
    halos: tuple[Halo, ...] = ()
    robots: tuple[RobotMark, ...] = ()
    labels: tuple[Label, ...] = ()
    selected: str = ""
    hidden: frozenset[str] = frozenset({"roof", "walls"})
