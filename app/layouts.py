"""Where the panels stand for each role. Plain data; the shell places its docks by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app import theme

VERSION = 4  # of what is remembered; other panels make another
ROLES = ("operator", "engineer", "training", "review")

Breadth = Literal["wide", "narrow", "small"]


@dataclass(frozen=True, slots=True)
class Stack:
    """Panels that share a place as tabs, the first in front; ``share`` of its column's height."""

    panels: tuple[str, ...]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """Stacks from top to bottom; ``width`` in pixels where it is fixed, else a share of what is left."""

    stacks: tuple[Stack, ...]
    width: float
    fixed: bool = field(default=False)


def breadth(width: int) -> Breadth:
    """What a window of so many pixels has room for."""
    return "wide" if width >= theme.WIDE else "narrow" if width >= theme.NARROW else "small"


def columns(role: str, room: Breadth, modelled: bool = True, tracked: bool = False) -> tuple[Column, ...]:
    """The columns of a role from left to right. A narrow window folds its side columns; in a small one, all that
    stands between them shares one place.

    Data of no station (``modelled`` False) has no machines and no scene: their places go to the trends. A robot's log
    (``tracked``) has a scene all the same, and that comes first.
    """
    machines = (Column((Stack(("machines",)),), 260 if room == "wide" else 96, fixed=True),)
    selection = Column((Stack(("selection",)),), {"wide": 360, "narrow": 264, "small": 248}[room], fixed=True)
    foreign = _TRACKED if tracked else _FOREIGN
    middle = foreign if not modelled else _FOLDED.get(role, _MIDDLE[role]) if room != "wide" else _MIDDLE[role]
    if room == "small":
        middle = (Column((Stack(_in_turn(middle)),), 1.0),)
    return (*(machines if modelled else ()), *middle, selection)


def _in_turn(middle: tuple[Column, ...]) -> tuple[str, ...]:
    """The panels of some columns, those in front first."""
    stacks = [stack.panels for column in middle for stack in column.stacks]
    return (*(panels[0] for panels in stacks), *(name for panels in stacks for name in panels[1:]))


_PICTURES = ("pump_chart", "thermal", "panorama")
_MIDDLE = {
    "operator": (
        Column((Stack(("scene",), 0.66), Stack(("alarms", "tags"), 0.34)), 0.57),
        Column((Stack(_PICTURES, 0.46), Stack(("trends",), 0.54)), 0.43),
    ),
    "engineer": (
        Column((Stack(("trends",), 0.6), Stack(("tags", "alarms"), 0.4)), 0.58),
        Column((Stack(_PICTURES, 0.55), Stack(("scene",), 0.45)), 0.42),
    ),
    "training": (
        Column((Stack(("scene",), 0.55), Stack(("trends",), 0.45)), 0.6),
        Column((Stack(("alarms",), 0.45), Stack((*_PICTURES, "tags"), 0.55)), 0.4),
    ),
    "review": (
        Column((Stack(("trends",), 0.62), Stack(("alarms", "tags"), 0.38)), 0.62),
        Column((Stack(("scene",), 0.5), Stack(_PICTURES, 0.5)), 0.38),
    ),
}

_FOREIGN = (
    Column((Stack(("trends",)),), 0.62),
    Column(
        (Stack(("pump_chart", "thermal", "panorama", "scene", "machines"), 0.5), Stack(("tags", "alarms"), 0.5)), 0.38
    ),
)

_TRACKED = (
    Column((Stack(("scene",)),), 0.62),
    Column(
        (Stack(("trends", "pump_chart", "thermal", "panorama", "machines"), 0.6), Stack(("tags", "alarms"), 0.4)), 0.38
    ),
)

_FOLDED = {
    "operator": (
        Column((Stack(("scene",), 0.6), Stack(("alarms", "tags"), 0.4)), 0.6),
        Column((Stack(("pump_chart", "trends", "thermal", "panorama")),), 0.4),
    ),
}
