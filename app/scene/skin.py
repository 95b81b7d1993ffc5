"""The surfaces of a station in small pieces, each of which a camera sees or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scene.glb import Part
from app.scene.places import SCENERY
from app.scene.state import ROBOTS

LARGEST = 0.25  # m², the largest piece
MOST = 1_000_000  # pieces: larger sites are cut into larger ones
FLAT = 0.95  # upward part of a normal from which a surface may be a floor
LEVEL = 0.05  # m between two heights that are one floor's
FLOOR = 25.0  # m²: what is level and no larger is a plinth, a lid or a ledge
FINE = 0.25  # m: parts no larger are bolts and the like
APART = (ROBOTS, "instruments")  # layers that nobody would look for leaks and heat on
CUT_AWAY = (f"{SCENERY}roof", f"{SCENERY}walls")
Numbers = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Skin:
    """Triangles: ``corners`` (f, 3, 3) and ``middles`` (f, 3) [m], ``normals`` (f, 3), ``areas`` (f,) [m²], which
    ``is_floor`` (f,), which ``has_back`` (f,) that is seen as well, and the number of the ``part`` (f,) each is of.

    Each is a piece of one of the model's ``triangles`` (t, 3, 3), by the number ``of_triangle`` (f,)."""

    corners: Numbers
    middles: Numbers
    normals: Numbers
    areas: Numbers
    is_floor: NDArray[np.bool_]
    has_back: NDArray[np.bool_]
    part: NDArray[np.int32]
    of_triangle: NDArray[np.int64]
    triangles: Numbers

    @classmethod
    def of(cls, parts: Sequence[Part], sheets: frozenset[int] = frozenset(), largest: float = LARGEST) -> Skin:
        """The skin of what people look after in a station: floors, machines and pipes, but not roof and walls.
        ``sheets`` are materials that are seen from both sides."""
        corners = [np.zeros((0, 3, 3), np.float32)]
        floor, back, owner = [np.zeros(0, bool)], [np.zeros(0, bool)], [np.zeros(0, np.int32)]
        origin, whole_ones, count = [np.zeros(0, np.int64)], [np.zeros((0, 3, 3), np.float32)], 0
        with_building = any(map(_is_building, parts))
        for number, part in enumerate(parts):
            if _is_looked_at(part):
                triangles = part.points[part.triangles].astype(np.float32)
                on_floor = floors(triangles) & (_is_building(part) or not with_building)
                wanted = on_floor | (not _is_building(part))
                pieces, of = parted(triangles[wanted], largest)
                corners.append(pieces)
                origin.append(count + of)
                whole_ones.append(triangles[wanted])
                count += len(whole_ones[-1])
                floor.append(on_floor[wanted][of])
                back.append(np.full(len(pieces), part.material in sheets))
                owner.append(np.full(len(pieces), number, np.int32))
        found = np.concatenate(corners)
        across = np.cross(found[:, 1] - found[:, 0], found[:, 2] - found[:, 0])
        length = np.linalg.norm(across, axis=1)
        whole = length > 0
        return cls(
            found[whole],
            found[whole].mean(axis=1),
            across[whole] / length[whole, None],
            length[whole] / 2,
            np.concatenate(floor)[whole],
            np.concatenate(back)[whole],
            np.concatenate(owner)[whole],
            np.concatenate(origin)[whole],
            np.concatenate(whole_ones),
        )

    def __len__(self) -> int:
        return len(self.middles)

    def largest(self, wanted: NDArray[np.bool_], count: int) -> Numbers:
        """So many triangles (n, 3, 3) that cover most of the pieces that are ``wanted`` (f,), whole ones where all of
        their pieces are."""
        number = len(self.triangles)
        held = np.bincount(self.of_triangle[wanted], minlength=number)
        is_whole = (held > 0) & (held == np.bincount(self.of_triangle, minlength=number))
        single = wanted & ~is_whole[self.of_triangle]
        areas = np.bincount(self.of_triangle, self.areas, minlength=number)[is_whole]
        found = np.concatenate([self.triangles[is_whole], self.corners[single]])
        return found[np.argsort(-np.concatenate([areas, self.areas[single]]), kind="stable")[:count]]


def parted(triangles: Numbers, largest: float) -> tuple[Numbers, NDArray[np.intp]]:
    """Triangles (f, 3, 3) halved across their longest sides until none is larger [m²]; and of which each is a piece."""
    of = np.arange(len(triangles))
    done, done_of = [np.zeros((0, 3, 3), np.float32)], [np.zeros(0, np.intp)]
    while len(triangles):
        across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
        large = np.linalg.norm(across, axis=1) > 2 * largest
        if sum(map(len, done)) + len(triangles) > MOST:
            large[:] = False
        done.append(triangles[~large])
        done_of.append(of[~large])
        triangles, of = triangles[large], of[large]
        first = np.linalg.norm(np.roll(triangles, -1, axis=1) - triangles, axis=2).argmax(axis=1)[:, None]
        a, b, c = (np.take_along_axis(triangles, ((first + step) % 3)[..., None], axis=1)[:, 0] for step in range(3))
        middle = (a + b) / 2
        triangles = np.concatenate([np.stack([a, middle, c], axis=1), np.stack([middle, b, c], axis=1)])
        of = np.concatenate([of, of])
    return np.concatenate(done), np.concatenate(done_of)


def floors(triangles: Numbers) -> NDArray[np.bool_]:
    """Which triangles (f, 3, 3) are of something large and level, on which one can stand."""
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    length = np.linalg.norm(across, axis=1)
    upward = np.flatnonzero(across[:, 2] > FLAT * length)
    _, level = np.unique(np.round(triangles[upward, :, 2].mean(axis=1) / LEVEL), return_inverse=True)
    area = np.bincount(level, length[upward] / 2) if len(upward) else np.zeros(0)
    found = np.zeros(len(triangles), bool)
    found[upward] = area[level] > FLOOR
    return found


def _is_looked_at(part: Part) -> bool:
    if not len(part.triangles) or part.layer in APART or part.node.startswith(CUT_AWAY):
        return False
    return float(np.ptp(part.points, axis=0).max()) > FINE


def _is_building(part: Part) -> bool:
    return part.layer == "building" or part.node.startswith(SCENERY)
