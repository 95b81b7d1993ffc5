"""The building of a station: floors, walls and roof that come away, columns, crane, rail, walkways, markings."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold, Mesh64

from assets.modelling.assembly import Assembly, Body, Point
from assets.modelling.solids import bar, barrel, beam, block, box, extrusion, lathe, post, rod

Rectangle = tuple[float, float, float, float]  # x0, x1, y0, y1


@dataclass(frozen=True)
class HallSize:
    """The pump hall. [m]"""

    x0: float
    x1: float
    y0: float
    y1: float
    split_x: float  # where the two halls meet
    height: float
    ridge: float
    wall: float
    cut: float  # height at which walls are cut away
    bay: float
    crane_height: float
    passage: float
    aisles_y: tuple[float, ...]  # where the dividing wall is open


@dataclass(frozen=True)
class Room:
    """A room of the side building."""

    id: str
    x0: float
    x1: float


def slab(area: Rectangle, thickness: float, top: float = 0.0) -> Manifold:
    """A flat floor."""
    x0, x1, y0, y1 = area
    return box((x0, y0, top - thickness), (x1, y1, top))


def carpet(area: Rectangle, every: float, thickness: float, top: float = 0.0) -> Manifold:
    """A flat floor cut into squares, so that it can hold shade; closed underneath by one point."""
    x0, x1, y0, y1 = area
    columns, rows = max(1, round((x1 - x0) / every)), max(1, round((y1 - y0) / every))
    x, y = np.meshgrid(np.linspace(x0, x1, columns + 1), np.linspace(y0, y1, rows + 1))
    points = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, top)])
    below = np.array([[(x0 + x1) / 2, (y0 + y1) / 2, top - thickness]])
    index = np.arange(x.size).reshape(x.shape)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    faces = [np.column_stack([a, b, c]), np.column_stack([a, c, d])]
    edge = np.concatenate([index[0], index[1:, -1], index[-1, -2::-1], index[-2:0:-1, 0]])
    faces.append(np.column_stack([np.roll(edge, -1), edge, np.full(len(edge), x.size)]))
    mesh = Mesh64(np.vstack([points, below]), np.concatenate(faces).astype(np.uint64))
    return Manifold(mesh)


def wall(
    start: Point, end: Point, low: float, high: float, thick: float, holes: Iterable[tuple[float, ...]] = ()
) -> Manifold:
    """An upright wall between two points of the plan; holes are (from, to, sill, head) along it. [m]"""
    begin, finish = np.asarray(start, dtype=np.float64)[:2], np.asarray(end, dtype=np.float64)[:2]
    solid = bar((*begin, high), (*finish, high), thick, high - low)
    ahead = (finish - begin) / np.linalg.norm(finish - begin)
    for first, last, sill, head in holes:
        if head <= low or sill >= high:
            continue
        a, b = begin + first * ahead, begin + last * ahead
        solid -= bar((*a, head), (*b, head), thick * 3, head - sill)
    return solid


def place_walls(assembly: Assembly, name: str, walls: Sequence[tuple], cut: float, high: float, thick: float) -> None:
    """Walls (start, end, holes) in two pieces: what stays when they are cut away, and what comes off."""
    low_body, high_body = Body(), Body()
    for start, end, holes in walls:
        low_body.add("wall", wall(start, end, 0.0, cut, thick, holes))
        high_body.add("wall", wall(start, end, cut, high, thick, holes))
    assembly.place("building", f"building.sills.{name}", low_body)
    assembly.place("building", f"building.walls.{name}", high_body)


def windows(length: float, every: float, sill: float, head: float) -> list[tuple[float, float, float, float]]:
    """A band of windows along a wall."""
    return [(x + 0.8, x + every - 0.8, sill, head) for x in np.arange(0.0, length - every / 2, every)]


def columns(size: HallSize, side: int, bays: Sequence[float]) -> Body:
    """Steel columns along one long wall (-1 the south, 1 the north), with the rail of the crane over some bays.

    ``bays`` are the places of columns, in order and without a gap.
    """
    body = Body()
    wall_y = size.y0 if side < 0 else size.y1
    y = wall_y - side * (size.wall / 2 + 0.22)
    top = size.crane_height
    places = [float(np.clip(x, size.x0 + 0.4, size.x1 - 0.4)) for x in bays]
    for x in places:
        body.add("steel", post((x, y, 0), size.height - 0.4, 0.36), block((x, y, 0.04), (0.6, 0.5, 0.08)))
        body.add("steel", block((x, y - side * 0.42, top - 0.75), (0.3, 0.56, 0.3)))
    rail_y, start, end = y - side * 0.5, places[0], places[-1]
    body.add("steel", beam((start, rail_y, top - 0.1), (end, rail_y, top - 0.1), 0.6, 0.3, 0.03))
    return body.add("bare metal", bar((start, rail_y, top), (end, rail_y, top), 0.07, 0.1))


def crane(size: HallSize) -> Body:
    """A double-girder bridge crane across the hall, its trolley and hook in the middle; x of its centre is 0."""
    inner = size.wall / 2 + 0.72
    y0, y1, z = size.y0 + inner, size.y1 - inner, size.crane_height
    body = Body()
    for x in (-1.1, 1.1):
        body.add("crane", box((x - 0.25, y0 - 0.2, z + 0.12), (x + 0.25, y1 + 0.2, z + 1.1)))
    for y in (y0, y1):
        body.add("crane", box((-2.0, y - 0.2, z + 0.06), (2.0, y + 0.2, z + 0.6)))
        for x in (-1.6, 1.6):
            body.add("dark", rod((x, y - 0.1, z + 0.2), (x, y + 0.1, z + 0.2), 0.2))
    middle = (y0 + y1) / 2 - 4.0
    body.add("crane", box((-1.4, middle - 0.9, z + 1.12), (1.4, middle + 0.9, z + 1.4)))
    body.add("dark", rod((-0.9, middle, z + 1.65), (0.9, middle, z + 1.65), 0.28))
    body.add("motor", rod((0.95, middle, z + 1.65), (1.45, middle, z + 1.65), 0.22))
    for x in (-0.12, 0.12):
        body.add("dark", rod((x, middle, z - 1.4), (x, middle, z + 1.4), 0.02))
    body.add("crane", barrel((0, middle, z - 2.0), (0, middle, z - 1.4), 0.22, 0.06))
    hook = [(0.13, -0.05), (0.21, -0.05), (0.21, 0.05), (0.13, 0.05)]
    body.add("dark", lathe(hook, (0, middle, z - 2.2), (1, 0, 0), 20))
    for y in np.arange(y0 + 0.6, y1, 2.0):
        body.add("handrail", rod((1.4, y, z + 1.1), (1.4, y, z + 2.0), 0.025))
    for height in (1.5, 2.0):
        body.add("handrail", rod((1.4, y0 + 0.6, z + height), (1.4, y1 - 0.4, z + height), 0.025))
    return body


def roof(area: Rectangle, eaves: float, ridge: float, thick: float = 0.25) -> Manifold:
    """A shallow gable roof, its ridge along x."""
    x0, x1, y0, y1 = area
    middle = (y0 + y1) / 2
    outline = [
        (y0, eaves),
        (middle, ridge),
        (y1, eaves),
        (y1, eaves + thick),
        (middle, ridge + thick),
        (y0, eaves + thick),
    ]
    return extrusion(outline, x0, x1, "x")


def trusses(size: HallSize) -> Body:
    """Roof trusses on the columns, and the high-bay lamps that hang from them."""
    body = Body()
    middle = (size.y0 + size.y1) / 2
    for x in np.arange(size.x0 + size.bay / 2, size.x1, size.bay):
        body.add("steel", bar((x, size.y0, size.height - 0.4), (x, size.y1, size.height - 0.4), 0.16, 0.2))
        for y in np.linspace(size.y0 + 2, size.y1 - 2, 9):
            rise = size.height + (size.ridge - size.height) * (1 - abs(y - middle) / (middle - size.y0))
            body.add("steel", box((x - 0.05, y - 0.05, size.height - 0.5), (x + 0.05, y + 0.05, rise)))
        for y in (size.y0 + 6, middle, size.y1 - 6):
            body.add("lamp", lathe([(0, 0), (0.35, 0), (0.16, 0.28), (0, 0.28)], (x, y, size.height - 1.0), (0, 0, 1)))
    return body


# ---- inspection rail ------------------------------------------------------------------------------------------------


def rail(route: Sequence[Point]) -> Body:
    """The rail of a hanging robot, a closed walk whose corners are mitred, at the height of the route."""
    body = Body()
    closed = [*route, route[0]]
    for start, end in itertools.pairwise(closed):
        ahead = np.subtract(end, start) / np.linalg.norm(np.subtract(end, start))
        a, b = np.subtract(start, 0.07 * ahead), np.add(end, 0.07 * ahead)
        body.add("galvanised", beam((*a[:2], a[2] + 0.3), (*b[:2], b[2] + 0.3), 0.2, 0.14, 0.02))
    return body


def rail_stand(at: Point, outward: float) -> Body:
    """A post beside the rail with an arm over it and a hanger; ``outward`` is where the post stands, along y. [m]"""
    x, y, z = at
    foot = y + outward
    body = Body().add("steel", post((x, foot, 0), z + 0.95, 0.18), block((x, foot, 0.03), (0.45, 0.45, 0.06)))
    inner = y - np.sign(outward) * 0.2
    low, high = sorted((foot, inner))
    body.add("steel", box((x - 0.07, low, z + 0.78), (x + 0.07, high, z + 0.95)))
    return body.add("galvanised", box((x - 0.04, y - 0.04, z + 0.29), (x + 0.04, y + 0.04, z + 0.8)))


def charging_post() -> Body:
    """Where a robot charges: a cabinet with a lit window and contacts."""
    body = Body().add("cabinet", box((-0.3, -0.25, 0), (0.3, 0.25, 1.5)), box((-0.36, -0.3, 0), (0.36, 0.3, 0.08)))
    return body.add("screen", box((-0.18, 0.25, 1.0), (0.18, 0.262, 1.3))).add(
        "dark", box((-0.2, 0.25, 0.25), (0.2, 0.31, 0.4))
    )


# ---- floors and ways ------------------------------------------------------------------------------------------------


def lane(route: Sequence[Point], width: float, line: float = 0.09, top: float = 0.012) -> Body:
    """Two painted lines along a ground robot's way."""
    body = Body()
    closed = [*route, route[0]]
    for start, end in itertools.pairwise(closed):
        ahead = np.subtract(end, start)[:2]
        ahead = ahead / np.linalg.norm(ahead)
        side = np.array([-ahead[1], ahead[0]]) * width / 2
        for sign in (-1, 1):
            a, b = np.add(start[:2], sign * side) + 0.5 * ahead, np.add(end[:2], sign * side) - 0.5 * ahead
            body.add("marking", bar((*a, top), (*b, top), line, top + 0.01))
    return body


def outline(area: Rectangle, line: float = 0.1, top: float = 0.012) -> Body:
    """A painted rectangle on the floor."""
    x0, x1, y0, y1 = area
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    body = Body()
    for a, b in itertools.pairwise(corners):
        body.add("marking", bar((*a, top), (*b, top), line, top + 0.01))
    return body


def walkway(start: Point, end: Point, width: float = 0.9, every: float = 5.0) -> Body:
    """A grating on posts along x, with handrails on both sides and stairs at its far end."""
    (x0, y, z), (x1, _, _) = start, end
    body = Body().add("grating", box((x0, y - width / 2, z - 0.08), (x1, y + width / 2, z)))
    for side in (-1, 1):
        edge = y + side * width / 2
        body.add("steel", box((x0, edge - 0.05, z - 0.2), (x1, edge + 0.05, z + 0.02)))
        for height in (0.55, 1.1):
            body.add("handrail", rod((x0, edge, z + height), (x1, edge, z + height), 0.024))
        for x in np.arange(x0, x1 + 0.01, every / 2):
            body.add("handrail", rod((x, edge, z), (x, edge, z + 1.1), 0.022))
    for x in np.arange(x0 + 1.0, x1, every):
        body.add("steel", post((x, y, 0), z - 0.1, 0.14))
    return body.join(_stairs(z, width), (x1, y, 0))


def _stairs(height: float, width: float) -> Body:
    body = Body()
    count = round(height / 0.2)
    run = count * 0.24
    for step in range(count):
        x, z = step * 0.24, height - step * height / count
        body.add("grating", box((x, -width / 2, z - 0.05), (x + 0.26, width / 2, z)))
    for side in (-1, 1):
        edge = side * width / 2
        stringer = [(0.0, height - 0.2), (0.0, height), (run, 0.0), (run - 0.25, 0.0)]
        body.add("steel", extrusion(stringer, edge - 0.03, edge + 0.03, "y"))
        body.add("handrail", rod((0, edge, height + 1.1), (run, edge, 1.1), 0.024))
        for x in np.linspace(0, run, 5):
            z = height * (1 - x / run)
            body.add("handrail", rod((x, edge, z), (x, edge, z + 1.1), 0.022))
    return body


def cable_tray(start: Point, end: Point, width: float = 0.6) -> Body:
    """A tray along x with its cables."""
    (x0, y, z), (x1, _, _) = start, end
    body = Body().add("galvanised", box((x0, y - width / 2, z), (x1, y + width / 2, z + 0.02)))
    for side in (-1, 1):
        edge = y + side * width / 2
        body.add("galvanised", box((x0, edge - 0.012, z), (x1, edge + 0.012, z + 0.13)))
    for offset in np.linspace(-width / 2 + 0.1, width / 2 - 0.1, 4):
        body.add("dark", box((x0, y + offset - 0.045, z + 0.02), (x1, y + offset + 0.045, z + 0.1)))
    return body


def trench(area: Rectangle) -> Body:
    """Chequer plates over a cable trench."""
    return Body().add("grating", carpet(area, 0.9, 0.05, 0.014))


def sump(at: Point) -> Body:
    """The pit that drains the hall: a grating in the floor, two submersible pumps' pipes rising from it."""
    x, y, _ = at
    body = Body().add("dark", box((x - 1.3, y - 1.0, -0.02), (x + 1.3, y + 1.0, 0.012)))
    for offset in np.arange(-1.2, 1.21, 0.2):
        body.add("grating", box((x + offset - 0.03, y - 0.95, 0.0), (x + offset + 0.03, y + 0.95, 0.04)))
    for offset in (-0.6, 0.6):
        body.add("drain", rod((x + offset, y, -0.1), (x + offset, y, 2.6), 0.08))
        body.add("valve", rod((x + offset, y, 1.2), (x + offset, y, 1.5), 0.15))
    return body.add("drain", rod((x - 0.7, y, 2.6), (x + 0.7, y, 2.6), 0.08))


def camera(at: Point, looks_at: Point | None, foot: float | None) -> Body:
    """A fixed camera: a housing that looks somewhere, on a mast from the floor at ``foot`` or hanging by itself."""
    x, y, z = at
    ahead = np.array((0, 0, -1.0) if looks_at is None else np.subtract(looks_at, at), dtype=np.float64)
    ahead /= np.linalg.norm(ahead)
    nose = np.add(at, 0.24 * ahead)
    body = Body().add("instrument", rod(np.subtract(at, 0.24 * ahead).tolist(), nose.tolist(), 0.13))
    body.add("dark", rod(nose.tolist(), np.add(nose, 0.05 * ahead).tolist(), 0.1))
    if foot is not None:
        body.add("steel", post((x, foot, 0), z + 0.25, 0.12))
        low, high = sorted((foot, y))
        body.add("steel", box((x - 0.04, low, z + 0.13), (x + 0.04, high, z + 0.22)))
    return body


def panoramic(at: Point, up: float) -> Body:
    """A panoramic camera: a dome under a drop pipe."""
    x, y, z = at
    body = Body().add("steel", rod((x, y, z + 0.1), (x, y, up), 0.035))
    return body.add("instrument", rod((x, y, z), (x, y, z + 0.18), 0.16)).add(
        "dark", barrel((x, y, z - 0.16), (x, y, z), 0.15, 0.12)
    )
