"""What the scene shows at one instant, frozen: the presenter makes it, the painter shows the difference."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.scene.sight import Pictured
from app.scene.surround import Post

Point = tuple[float, float, float]
ROBOTS = "robots"  # the layer of what moves
LAYERS = ("roof", "walls", "building", "piping", "pumps", "electrical", "instruments", ROBOTS)  # as they are offered
ISOLATED, GHOST = "isolate", "ghost"
THERMAL, MOTION, VALVES = "thermal", "motion", "valves"
UNSEEN, UNVISITED = "unseen", "unvisited"  # by fixed cameras; by those and by robots on their ways
OVERLAYS = (THERMAL, MOTION, VALVES, UNSEEN, UNVISITED)  # what may be laid over the rest, each by itself


@dataclass(frozen=True, slots=True)
class RobotMark:
    """A robot at its pose, and where it has been (oldest first). Metres, z up; ``heading`` in radians from x.

    ``ages`` says of each place of the trail how long ago that was [s]; left out, they are evenly spread. ``battery`` is
    a share from 0 to 1, None where nobody knows; ``status`` a word the view knows. ``turned`` is its whole rotation
    (unit quaternion x, y, z, w) where it does more than look another way.
    """

    robot: str
    kind: str  # "ground" or "rail"; of a log "cart", "free" (carried, flying) or "frame" (an origin of axes)
    position: Point
    heading: float
    trail: tuple[Point, ...] = ()
    ages: tuple[float, ...] = ()
    name: str = ""
    battery: float | None = None
    status: str = ""
    turned: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The way a robot is to go, or has gone, through points [m]; without a colour of its own it is faint."""

    robot: str
    points: tuple[Point, ...]
    closed: bool = True
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A few words at a point [m]: of an axis, or beside a way."""

    text: str
    at: Point


@dataclass(frozen=True, slots=True)
class Halo:
    """An open anomaly or alarm of a piece of equipment: its priority's colour and shape, and the edge of that."""

    equipment: str
    colour: str
    shape: str
    edge: str = ""


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
class Section:
    """A plane at ``at`` metres across ``axis`` (x, y or z). What lies above it is cut away; below it where flipped."""

    axis: str
    at: float
    flipped: bool = False


@dataclass(frozen=True, slots=True)
class Legend:
    """What the tints mean: a quantity by its name, in a unit, from ``low`` to ``high`` along a ramp of colours."""

    quantity: str
    unit: str
    low: float
    high: float
    ramp: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """How fast a pump's shaft turns [1/s], and how much water flows through it [m³/s]."""

    pump: str
    speed: float
    flow: float


@dataclass(frozen=True, slots=True)
class Valve:
    """How far the valve at a node is open, from 0 to 1; None where nobody knows."""

    node: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Drape:
    """A thermal picture laid on the model: ``freshness`` from 1 (just taken) to 0. Two are the same where the camera,
    the time and the freshness are."""

    camera: str
    at: float
    freshness: float
    picture: Pictured = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sightings:
    """What has been seen when: where robots have been, ``places`` (n, 4) of seconds ago and metres, and how long ago
    each equipment's last good sample was [s]. Colours go from 0 to ``reach`` seconds ago along ``ramp``.

    Two are the same where the time and the samples are.
    """

    at: float
    sampled: tuple[tuple[str, float], ...]
    reach: float
    ramp: tuple[str, ...]
    places: NDArray[np.float64] = field(compare=False)


@dataclass(frozen=True, slots=True)
class SceneState:
    """All of it. ``tints`` are (equipment, colour ``#RRGGBB``); ``hidden`` names layers, ``away`` single equipment that
    is not drawn (its halo and label stay), ``shown`` what is laid over.

    ``alone``: with "isolate" only what is selected is shown, with "ghost" the rest is seen through. Without a
    ``legend`` tints mean residuals. ``drapes`` are coloured from one temperature of ``heat`` to the other [°C];
    ``pictures`` are all that may be asked for the temperature of the ``probe``, and ``now`` is the time while there
    is one [s, POSIX]. ``running`` are the pumps' shafts and water, which move on while ``flowing``. With
    ``sightings`` every surface is coloured by when it was seen last, instead of by ``tints``. ``note`` says what
    else whoever looks must know; it stands in the legend's place where colours mean nothing.
    """

    tints: tuple[tuple[str, str], ...] = ()
    halos: tuple[Halo, ...] = ()
    robots: tuple[RobotMark, ...] = ()
    routes: tuple[Route, ...] = ()
    labels: tuple[Label, ...] = ()
    selected: str = ""
    hidden: frozenset[str] = frozenset({"roof", "walls"})
    alone: str = ""
    section: Section | None = None
    legend: Legend | None = None
    drapes: tuple[Drape, ...] = ()
    heat: tuple[float, float] = (20.0, 60.0)
    pictures: tuple[Drape, ...] = ()
    probe: Point | None = None
    now: float = 0.0
    shown: frozenset[str] = frozenset()
    running: tuple[Running, ...] = ()
    flowing: bool = False
    sightings: Sightings | None = None
    valves: tuple[Valve, ...] = ()
    posts: tuple[Post, ...] = ()
    ticks: tuple[Tick, ...] = ()
    note: str = ""
    away: frozenset[str] = frozenset()
