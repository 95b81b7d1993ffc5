"""Closed solids: the few shapes a pump station is made of. Metres, z up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from manifold3d import CrossSection, JoinType, Manifold
from numpy.typing import ArrayLike, NDArray

Point = Sequence[float]
AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def facets(radius: float) -> int:
    """How many sides a circle of this radius needs to look round from three metres off."""
    for limit, count in ((0.03, 6), (0.08, 8), (0.2, 12), (0.45, 16), (0.75, 20), (1.2, 28)):
        if radius <= limit:
            return count
    return 32


def box(low: Point, high: Point) -> Manifold:
    """A block between two corners."""
    size = np.subtract(high, low)
    return Manifold.cube(size.tolist()).translate(list(low))


def block(centre: Point, size: Point) -> Manifold:
    """A block about its centre."""
    return Manifold.cube(list(size), True).translate(list(centre))


def rod(start: Point, end: Point, radius: float, end_radius: float | None = None, sides: int | None = None) -> Manifold:
    """A cylinder, or a cone, from one point to another."""
    length = float(np.linalg.norm(np.subtract(end, start)))
    last = radius if end_radius is None else end_radius
    upright = Manifold.cylinder(length, radius, last, sides or facets(max(radius, last)))
    return _turned(upright, np.subtract(end, start)).translate(list(start))


def lathe(profile: Iterable[tuple[float, float]], start: Point, direction: Point, sides: int | None = None) -> Manifold:
    """A profile of (distance from the axis, distance along it) turned about an axis."""
    outline = np.array(list(profile), dtype=np.float64)
    solid = CrossSection([_counterclockwise(outline)]).revolve(sides or facets(float(outline[:, 0].max())))
    return _turned(solid, direction).translate(list(start))


def barrel(start: Point, end: Point, radius: float, rounding: float, sides: int | None = None) -> Manifold:
    """A cylinder whose ends are rounded off."""
    length = float(np.linalg.norm(np.subtract(end, start)))
    angle = np.radians(np.linspace(0, 90, 4))
    foot = [(radius - rounding + rounding * np.sin(a), rounding - rounding * np.cos(a)) for a in angle]
    head = [(r, length - along) for r, along in reversed(foot)]
    return lathe([(0.0, 0.0), *foot, *head, (0.0, length)], start, np.subtract(end, start), sides)


def dome(centre: Point, direction: Point, radius: float, height: float, sides: int | None = None) -> Manifold:
    """A dished head: half an ellipsoid."""
    angle = np.radians(np.linspace(0, 90, 5))
    profile = [(0.0, 0.0), *((radius * np.cos(a), height * np.sin(a)) for a in angle)]
    return lathe(profile, centre, direction, sides)


def extrusion(outline: ArrayLike, low: float, high: float, axis: str = "z") -> Manifold:
    """A flat outline pulled along an axis: (x, y) along z, (y, z) along x, (x, z) along y."""
    flat = np.asarray(outline, dtype=np.float64)
    solid = CrossSection([_counterclockwise(flat)]).extrude(high - low)
    if axis == "x":
        return solid.transform([[0, 0, 1, low], [1, 0, 0, 0], [0, 1, 0, 0]])
    if axis == "y":
        return solid.mirror([1, 0, 0]).transform([[-1, 0, 0, 0], [0, 0, 1, low], [0, 1, 0, 0]])
    return solid.translate([0, 0, low])


def hull(*solids: Manifold) -> Manifold:
    """What a skin stretched over the solids encloses."""
    return Manifold.batch_hull(list(solids))


def pipe(path: Sequence[Point], radius: float, bend: float) -> list[Manifold]:
    """A round pipe along a path, with elbows of a bend radius at its corners."""
    corners = [np.asarray(p, dtype=np.float64) for p in path]
    solids = []
    start = corners[0]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        inward, outward = _unit(corner - before), _unit(after - corner)
        angle = float(np.arccos(np.clip(inward @ outward, -1, 1)))
        setback = bend * np.tan(angle / 2)
        solids.append(rod(start, corner - setback * inward, radius))
        solids.append(_elbow(corner - setback * inward, inward, outward, angle, radius, bend))
        start = corner + setback * outward
    return [*solids, rod(start, corners[-1], radius)]


def beam(start: Point, end: Point, depth: float = 0.3, width: float = 0.2, web: float = 0.02) -> Manifold:
    """A steel I-section between two points on the level, its top flange at their height."""
    w, t = width / 2, 1.5 * web
    right = [(w, 0), (w, -t), (web / 2, -t), (web / 2, t - depth), (w, t - depth), (w, -depth)]
    outline = [*right, *((-x, z) for x, z in reversed(right))]
    return _along(outline, start, end)


def bar(start: Point, end: Point, width: float, depth: float) -> Manifold:
    """A rectangular bar between two points on the level, its top at their height."""
    w = width / 2
    return _along([(w, 0), (w, -depth), (-w, -depth), (-w, 0)], start, end)


def post(foot: Point, height: float, size: float = 0.2) -> Manifold:
    """An upright square hollow section."""
    x, y, z = foot
    return box((x - size / 2, y - size / 2, z), (x + size / 2, y + size / 2, z + height))


def bolts(centre: Point, direction: Point, circle: float, count: int, length: float, size: float) -> list[Manifold]:
    """A ring of bolt heads about an axis, through both flanges; square, as no eye tells from where it looks."""
    axis = _unit(np.asarray(direction, dtype=np.float64))
    across, along = _perpendicular(axis)
    middle = np.asarray(centre, dtype=np.float64)
    angles = 2 * np.pi * (np.arange(count) + 0.5) / count
    places = [middle + circle * (np.cos(a) * across + np.sin(a) * along) for a in angles]
    return [rod(p - axis * length / 2, p + axis * length / 2, size, sides=4) for p in places]


def outline_at(solid: Manifold, height: float, margin: float) -> NDArray[np.float64]:
    """The longest outline of a solid cut at a height, widened by a margin, (n, 2)."""
    widened = solid.slice(height).offset(margin, JoinType.Round, 2.0, 24).simplify(0.02)
    return max((np.asarray(p) for p in widened.to_polygons()), key=len)


def _along(outline: Sequence[tuple[float, float]], start: Point, end: Point) -> Manifold:
    begin, finish = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    length = float(np.linalg.norm(finish - begin))
    ahead = (finish - begin) / length
    left = np.cross((0.0, 0.0, 1.0), ahead)
    solid = CrossSection([_counterclockwise(np.array(outline, dtype=np.float64))]).extrude(length)
    return solid.transform(np.column_stack([left, (0.0, 0.0, 1.0), ahead, begin]).tolist())


def _elbow(
    start: NDArray[np.float64], inward: NDArray[np.float64], outward: NDArray[np.float64],
    angle: float, radius: float, bend: float,
) -> Manifold:  # fmt: skip
    """A bent piece that leaves ``start`` along ``inward`` and turns to ``outward``."""
    sides = facets(radius)
    ring = CrossSection.circle(radius, sides).translate([bend, 0.0])
    solid = ring.revolve(max(4, round(sides / 4 * angle / (np.pi / 2)) + 1), float(np.degrees(angle)))
    # The revolved ring begins on x, goes round z, and so leaves along y.
    x = -_unit(outward - (outward @ inward) * inward)
    centre = start - bend * x
    return solid.transform(np.column_stack([x, inward, np.cross(x, inward), centre]).tolist())


def _turned(solid: Manifold, direction: ArrayLike) -> Manifold:
    """A solid along z, turned to lie along a direction."""
    axis = _unit(np.asarray(direction, dtype=np.float64))
    across, along = _perpendicular(axis)
    return solid.transform(np.column_stack([across, along, axis, np.zeros(3)]).tolist())


def _perpendicular(axis: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two directions that with the axis make a right-handed frame."""
    reference = np.array((0.0, 0.0, 1.0) if abs(axis[2]) < 0.9 else (1.0, 0.0, 0.0))
    across = _unit(np.cross(reference, axis))
    return across, np.cross(axis, across)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)


def _counterclockwise(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = outline[:, 0], outline[:, 1]
    area = float(x @ np.roll(y, -1) - np.roll(x, -1) @ y)
    return outline if area > 0 else outline[::-1]
