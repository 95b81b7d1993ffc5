"""Where robots were, found again in the poses of a recording's parts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from twin.recordings.memory import Track
from twin.recordings.parts import Part
from twin.signals import Pose
from twin.times import seconds

LOOKED_BACK = 2  # sheets; a pose from further back says no longer where a robot is
KEPT = 16  # sheets kept at hand

ByRobot = dict[bytes, NDArray[np.void]]


class Tracks:
    """The poses of all parts of a recording, by robot. Each sheet of them is read when it is needed."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        filled = [part for part in parts if part.rows]
        firsts = [part.firsts for part in filled]
        self._filled = filled
        self._firsts = np.concatenate([np.empty(0, np.int64), *firsts])
        self._begins = np.cumsum([0, *map(len, firsts)])  # sheets before each part
        self._kept: OrderedDict[tuple[int, int], ByRobot] = OrderedDict()

    def robots(self) -> tuple[str, ...]:
        """In alphabetical order."""
        seen = {robot for poses in self._all() for robot in poses}
        return tuple(sorted(robot.decode(errors="replace") for robot in seen))

    def track(self, robot: str) -> Track:
        """Everything known of one robot."""
        name = robot.encode()
        poses = [found[name] for found in self._all() if name in found]
        if not poses:
            return Track(robot, np.empty(0), np.empty((0, 3)), np.empty((0, 4)))
        all_poses = np.concatenate(poses)
        return Track(robot, seconds(all_poses["at"]), all_poses["position"], all_poses["orientation"])

    def poses_at(self, at: int) -> tuple[Pose, ...]:
        """The last pose of each robot at or before a time. [ns]"""
        found: dict[bytes, Pose] = {}
        index = int(np.searchsorted(self._firsts, at, side="right")) - 1
        for sheet in range(index, max(-1, index - LOOKED_BACK), -1):
            which = int(np.searchsorted(self._begins, sheet, side="right")) - 1
            for robot, poses in self._of(self._filled[which], sheet - int(self._begins[which])).items():
                row = int(np.searchsorted(poses["at"], at, side="right")) - 1
                if robot not in found and row >= 0:
                    found[robot] = _pose(poses[row])
        return tuple(found[robot] for robot in sorted(found))

    def _all(self) -> Iterator[ByRobot]:
        for part in self._parts:
            for sheet in range(len(part.firsts)):
                yield self._of(part, sheet)

    def _of(self, part: Part, sheet: int) -> ByRobot:
        key = (id(part), sheet)
        if key not in self._kept:
            self._kept[key] = _by_robot(part, sheet)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _by_robot(part: Part, sheet: int) -> ByRobot:
    poses = part.poses(sheet)
    if not len(poses):
        return {}
    names, robot = np.unique(poses["robot"], return_inverse=True)
    return {bytes(name): poses[robot == i] for i, name in enumerate(names)}


def _pose(row: np.void) -> Pose:
    x, y, z = (float(v) for v in row["position"])
    qx, qy, qz, qw = (float(v) for v in row["orientation"])
    return Pose(
        row["robot"].decode(errors="replace"), float(seconds(np.array([row["at"]]))[0]), (x, y, z), (qx, qy, qz, qw)
    )
