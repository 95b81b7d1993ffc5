"""Where robots were, found again in the poses of a recording's parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.recordings.memory import Track
from twin.recordings.sealed import Part
from twin.signals import Pose
from twin.times import seconds

LOOKED_BACK = 2  # parts; a pose from further back says no longer where a robot is


class Tracks:
    """The poses of all parts of a recording, by robot. Each part is read when it is first needed."""

    def __init__(self, parts: Sequence[Part], filled: Sequence[Part]) -> None:
        self._parts = parts
        self._filled = filled
        self._by_robot: dict[int, dict[bytes, NDArray[np.void]]] = {}

    def robots(self) -> tuple[str, ...]:
        """In alphabetical order."""
        seen = {robot for part in self._parts for robot in self._of(part)}
        return tuple(sorted(robot.decode(errors="replace") for robot in seen))

    def track(self, robot: str) -> Track:
        """Everything known of one robot."""
        poses = [self._of(part)[robot.encode()] for part in self._parts if robot.encode() in self._of(part)]
        if not poses:
            return Track(robot, np.empty(0), np.empty((0, 3)), np.empty((0, 4)))
        all_poses = np.concatenate(poses)
        return Track(robot, seconds(all_poses["at"]), all_poses["position"], all_poses["orientation"])

    def poses_at(self, at: int, index: int) -> tuple[Pose, ...]:
        """The last pose of each robot at or before a time in the part of that index. [ns]"""
        found: dict[bytes, Pose] = {}
        for part in reversed(self._filled[max(0, index + 1 - LOOKED_BACK) : index + 1]):
            for robot, poses in self._of(part).items():
                row = int(np.searchsorted(poses["at"], at, side="right")) - 1
                if robot not in found and row >= 0:
                    found[robot] = _pose(poses[row])
        return tuple(found[robot] for robot in sorted(found))

    def _of(self, part: Part) -> dict[bytes, NDArray[np.void]]:
        if id(part) not in self._by_robot:
            poses = part.poses
            names, robot = np.unique(poses["robot"], return_inverse=True)
            self._by_robot[id(part)] = {bytes(name): poses[robot == i] for i, name in enumerate(names)}
        return self._by_robot[id(part)]


def _pose(row: np.void) -> Pose:
    x, y, z = (float(v) for v in row["position"])
    qx, qy, qz, qw = (float(v) for v in row["orientation"])
    return Pose(
        row["robot"].decode(errors="replace"), float(seconds(np.array([row["at"]]))[0]), (x, y, z), (qx, qy, qz, qw)
    )
