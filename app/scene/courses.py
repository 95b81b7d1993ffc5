"""The courses of water through a model's pipes: how far along its pipe each point of a surface is, and whose water
passes there.

Models hold no centre lines. Between the rings at a pipe's two ends its surface has the potential of a sheet that
conducts: it grows along the pipe and is level across it, in bends too. The length it stands for is that of the line
through the middles of what is level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.sparse.linalg import spsolve

from app.scene.glb import Model, Part

Array = NDArray[np.float64]
LIFT = 0.02  # m that what shows the water lies above its pipe
FLUSH = 0.004  # m along an axis, within which points lie on one ring
END = 0.03  # m, within which a branch's points are the end of it
LEAST = 6  # places on a ring
ROUND = 0.05  # share by which the radii of a ring may differ
SIDES = 24  # of the sleeve round a header
TRIED = 48  # places among which the far end's rim is looked for
LEAST_WEIGHT = 1e-100  # of what is far off, where nothing is near
STEPS = 64  # of the line through a pipe's middle
BLUR = 1.2  # radii of a pipe over which that line is made smooth
REACH = 10.0  # m over which a line of pipes may be hidden by valves, strainers and manifolds
ALIKE = 0.1  # share by which the radii of one line of pipes differ at most
SLENDER = 4.0  # times as long as wide is a header


@dataclass(frozen=True)
class Course:
    """A stretch of pipe: ``points`` (n, 3) and ``triangles`` (f, 3) of its surface, how far ``along`` (n,) the water
    has come at each point [m], through which ``area`` it passes [m²], and the ``pumps`` whose water it is."""

    pumps: tuple[str, ...]
    points: NDArray[np.float32]
    triangles: NDArray[np.int64]
    along: NDArray[np.float32]
    area: float


@dataclass(frozen=True)
class Ring:
    """Where a pipe ends: which places are on the rim, their middle and radius [m], and the axis the pipe lies along."""

    rim: NDArray[np.int64]
    middle: Array
    radius: float
    axis: int


class Pipe:
    """One connected piece of a part's surface; points at one place are one."""

    def __init__(self, part: Part, places: Array, index: NDArray[np.int64], faces: NDArray[np.int64]) -> None:
        self.part = part
        self._index = index  # of the part's points that belong to it
        kept, numbers = np.unique(faces, return_inverse=True)
        self.places = places[kept]
        self.faces = numbers.reshape(-1, 3)
        self._row = np.full(len(places), -1)
        self._row[kept] = np.arange(len(kept))
        edges = np.concatenate([self.faces[:, [0, 1]], self.faces[:, [1, 2]], self.faces[:, [2, 0]]])
        edges = np.unique(np.sort(edges, axis=1), axis=0)
        self.lengths = np.linalg.norm(self.places[edges[:, 0]] - self.places[edges[:, 1]], axis=1)
        self.edges = edges

    def ring(self, near: Array) -> Ring | None:
        """The rim of the end at which its place nearest to a point lies; None where that is no end."""
        at = self.places[np.linalg.norm(self.places - near, axis=1).argmin()]
        for axis in range(3):
            rim = np.flatnonzero(np.abs(self.places[:, axis] - at[axis]) < FLUSH)
            middle = (self.places[rim].min(axis=0) + self.places[rim].max(axis=0)) / 2
            away = np.linalg.norm(self.places[rim] - middle, axis=1)
            outer = away > away.max() * (1 - ROUND)
            _, narrow, wide = np.sort(np.ptp(self.places[rim], axis=0))
            is_round = outer.sum() >= LEAST and narrow > (1 - 2 * ROUND) * wide
            if is_round and (outer | (away < away.max() * ROUND)).all():
                return Ring(rim[outer], middle, float(away.max()), axis)
        return None

    def course(self, start: Ring) -> tuple[Array, Ring] | None:
        """How far along it each place is from one end, and the other end; None where it has none."""
        graph = self._graph(self.lengths)
        away = dijkstra(graph, directed=False, indices=start.rim, min_only=True)
        end = self._far_end(away)
        if end is None or np.isin(end.rim, start.rim).any():
            return None
        level = self._potential(start.rim, end.rim)
        return level * self._length(level, away.max(), start, end), end

    def _far_end(self, away: Array) -> Ring | None:
        """The rim that is furthest on the whole; the furthest place may lie elsewhere, for over caps ways are short."""
        rims = [ring for row in np.argsort(-away)[:TRIED] if (ring := self.ring(self.places[row])) is not None]
        return max(rims, key=lambda ring: float(away[ring.rim].mean()), default=None)

    def on_points(self, values: Array) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
        """Points of the part that belong to it, lifted off; its triangles among them; and a value at each."""
        rows = self._row[self._index]
        own = np.flatnonzero(rows >= 0)
        number = np.full(len(self._index), -1)
        number[own] = np.arange(len(own))
        triangles = number[self.part.triangles]
        triangles = triangles[(triangles >= 0).all(axis=1)]
        points = self.part.points[own] + np.float32(LIFT) * self.part.normals[own]
        return points.astype(np.float32), triangles.astype(np.int64), values[rows[own]].astype(np.float32)

    def _graph(self, weights: Array) -> csr_array:
        size = len(self.places)
        return coo_array((weights, (self.edges[:, 0], self.edges[:, 1])), shape=(size, size)).tocsr()

    def _potential(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> Array:
        """From 0 on one rim to 1 on the other; caps have the potential of their rims."""
        flow = self._graph(1.0 / np.maximum(self.lengths, 1e-6))
        flow = flow + flow.T
        level = np.zeros(len(self.places))
        level[end] = 1.0
        free = np.setdiff1d(np.arange(len(self.places)), np.concatenate([start, end]))
        if len(free):
            balance = coo_array((flow.sum(axis=1), (np.arange(len(level)),) * 2), shape=flow.shape).tocsr() - flow
            level[free] = spsolve(balance[free][:, free].tocsc(), -(balance[free] @ level))
        return level

    def _length(self, level: Array, about: float, start: Ring, end: Ring) -> float:
        """That of the line through the middles of what is equally far along; ``about`` is a first guess. [m]"""
        steps = np.linspace(0.0, 1.0, STEPS)
        near = np.exp(-(((level[:, None] - steps) * about / (BLUR * start.radius)) ** 2)) + LEAST_WEIGHT
        middles = near.T @ self.places / near.sum(axis=0)[:, None]
        line = np.concatenate([start.middle[None], middles[1:-1], end.middle[None]])
        return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def pieces(part: Part) -> Iterator[Pipe]:
    """The connected pieces of a part."""
    places, index = np.unique(np.round(part.points.astype(np.float64), 3), axis=0, return_inverse=True)
    index = index.ravel()
    faces = index[part.triangles]
    links = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    size = len(places)
    _, label = connected_components(coo_array((np.ones(len(links)), links.T), shape=(size, size)), directed=False)
    for number in np.unique(label[faces[:, 0]]) if len(faces) else ():
        yield Pipe(part, places, index, faces[label[faces[:, 0]] == number])


def courses(model: Model, pumps: Sequence[str]) -> list[Course]:
    """All of it: the pipes of each pump, the headers they stand between, and the lines these go on in."""
    found = [course for pump in pumps for course in branches(model, pump)]
    circuits: dict[str, list[str]] = {}
    for part in model.parts:
        circuit, dot, rest = part.node.rpartition(".suction_")
        if dot and rest in pumps and rest not in circuits.setdefault(circuit, []):
            circuits[circuit].append(rest)
    for circuit, members in circuits.items():
        found += _mains(model, circuit, members)
    return found


def branches(model: Model, pump: str) -> list[Course]:
    """The pipes that lead to a pump (nodes that end in ``suction_P101``) and away from it (``discharge_P101``)."""
    body = [part.points for part in model.parts if part.node == pump and len(part.points)]
    if not body:
        return []
    at = np.concatenate(body).mean(axis=0).astype(np.float64)
    found = []
    for side in ("suction", "discharge"):
        part = _largest(model, f"{side}_{pump}")
        for pipe in pieces(part) if part is not None else ():
            found += _branch(pipe, pump, at, 1.0 if side == "discharge" else -1.0)
    return found


def _branch(pipe: Pipe, pump: str, at: Array, sign: float) -> list[Course]:
    """A piece of a pump's pipe, as far along as its near end is from the pump."""
    away = (pipe.places - at)[:, :2]
    axis = int(np.abs(away.mean(axis=0)).argmax())
    start = pipe.ring(pipe.places[np.abs(away[:, axis]).argmin()])
    run = pipe.course(start) if start is not None else None
    if start is None or run is None:
        return []
    along = sign * (abs(start.middle[axis] - at[axis]) + run[0])
    return [Course((pump,), *pipe.on_points(along), _area(pipe.part, max(start.radius, run[1].radius)))]


def _mains(model: Model, circuit: str, pumps: Sequence[str]) -> list[Course]:
    """The headers of a circuit and, end to end, the pipes of their size that go on from them."""
    lines = [
        pipe
        for part in model.parts
        if part.node.startswith(f"{circuit}.") and not part.node.endswith(tuple(pumps)) and len(part.points)
        for pipe in pieces(part)
    ]
    found = []
    for side, sign in (("suction", 1.0), ("discharge", -1.0)):
        taps = {pump: part for pump in pumps if (part := _largest(model, f"{side}_{pump}")) is not None}
        header = _header(model, circuit, taps)
        if header is not None:
            sleeves, end = _sleeves(*header, taps, sign)
            found += [*sleeves, *_chain(lines, end, tuple(taps), sign)]
    return found


def _header(model: Model, circuit: str, taps: dict[str, Part]) -> tuple[Part, Pipe] | None:
    """The slender piece of a circuit's own node that lies nearest to the far ends of some branches."""
    best: tuple[float, Part, Pipe] | None = None
    for part in model.parts:
        for pipe in pieces(part) if part.node == circuit and len(part.points) and taps else ():
            size = np.sort(np.ptp(pipe.places, axis=0))
            if size[2] < SLENDER * size[1]:
                continue
            middle = (pipe.places.min(axis=0) + pipe.places.max(axis=0)) / 2
            across = np.flatnonzero(np.ptp(pipe.places, axis=0) < size[2])
            off = [np.linalg.norm((tap.points - middle)[:, across], axis=1).min() for tap in taps.values()]
            if best is None or np.mean(off) < best[0]:
                best = float(np.mean(off)), part, pipe
    return None if best is None else best[1:]


def _sleeves(part: Part, pipe: Pipe, taps: dict[str, Part], sign: float) -> tuple[list[Course], Ring]:
    """A sleeve round each stretch of a header between two branches, and its open end: the one further from them."""
    low, high = pipe.places.min(axis=0), pipe.places.max(axis=0)
    axis = int((high - low).argmax())
    middle, radius = (low + high) / 2, float(np.sort(high - low)[0]) / 2
    where = {pump: _tap(tap, middle, axis) for pump, tap in taps.items()}
    mean = np.mean(list(where.values()))
    first = low[axis] if mean - low[axis] > high[axis] - mean else high[axis]
    order = sorted(where, key=lambda pump: abs(where[pump] - first))
    end = middle.copy()
    end[axis] = first
    found, start = [], first
    for number, pump in enumerate(order):
        along = sign * np.abs(np.array([start, where[pump]]) - first)
        points, triangles, values = _tube(middle, axis, (start, where[pump]), radius + LIFT, along)
        found.append(Course(tuple(order[number:]), points, triangles, values, _area(part, radius)))
        start = where[pump]
    return found, Ring(np.zeros(0, np.int64), end, radius, axis)


def _tap(tap: Part, middle: Array, axis: int) -> float:
    """Where along a header a branch meets it."""
    across = [other for other in range(3) if other != axis]
    off = np.linalg.norm((tap.points - middle)[:, across], axis=1)
    return float(tap.points[off < off.min() + END, axis].mean())


def _tube(
    middle: Array, axis: int, ends: tuple[float, float], radius: float, along: Array
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """An open tube along an axis, and how far along each of its points is."""
    angle = np.linspace(0.0, 2 * np.pi, SIDES, endpoint=False)
    across = [(axis + 1) % 3, (axis + 2) % 3]
    points = np.tile(middle, (2 * SIDES, 1))
    points[:, axis] = np.repeat(ends, SIDES)
    points[:, across[0]] += radius * np.tile(np.cos(angle), 2)
    points[:, across[1]] += radius * np.tile(np.sin(angle), 2)
    here = np.arange(SIDES)
    there = (here + 1) % SIDES
    triangles = np.concatenate(
        [np.stack([here, there, there + SIDES], axis=1), np.stack([here, there + SIDES, here + SIDES], axis=1)]
    )
    outward = triangles if ends[1] > ends[0] else triangles[:, ::-1]
    return points.astype(np.float32), outward.astype(np.int64), np.repeat(along, SIDES).astype(np.float32)


def _chain(lines: Sequence[Pipe], end: Ring, pumps: tuple[str, ...], sign: float) -> list[Course]:
    """The pipes that go on from a header's end, as wide as it, one after the other away from it."""
    found, gone, left = [], 0.0, list(lines)
    while True:
        near = [(pipe, ring) for pipe in left if (ring := pipe.ring(end.middle)) is not None and _goes_on(end, ring)]
        if not near:
            return found
        pipe, ring = min(near, key=lambda each: float(np.linalg.norm(each[1].middle - end.middle)))
        left.remove(pipe)
        run = pipe.course(ring)
        if run is None:
            continue
        gone += float(np.linalg.norm(ring.middle - end.middle))
        found.append(Course(pumps, *pipe.on_points(-sign * (gone + run[0])), _area(pipe.part, ring.radius)))
        gone, end = gone + float(run[0].max()), run[1]


def _goes_on(end: Ring, ring: Ring) -> bool:
    """Whether a pipe begins in line with another's end, as wide, and not too far from it."""
    off = np.abs(ring.middle - end.middle)
    across = np.delete(off, end.axis).max()
    is_in_line = ring.axis == end.axis and off[end.axis] < REACH and across < ALIKE * end.radius
    return bool(is_in_line and abs(ring.radius / end.radius - 1.0) < ALIKE)


def _largest(model: Model, ending: str) -> Part | None:
    """The part with most points of the nodes that end so: the pipe itself, not its bands and flanges."""
    parts = [part for part in model.parts if part.node.endswith(ending) and len(part.points)]
    return max(parts, key=lambda part: len(part.points), default=None)


def _area(part: Part, radius: float) -> float:
    """What the water passes: the pipe's bore where the model says so, else what is drawn."""
    return float(np.pi / 4 * (part.bore or 2 * radius) ** 2)
