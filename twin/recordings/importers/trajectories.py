"""Poses of foreign robots as tracks: named, put in order, and placed in the model's axes as the map says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from twin.recordings.importers.mapping import Map, Placement
from twin.recordings.importers.summary import Summary, counted
from twin.recordings.memory import Track
from twin.signals import Block, Floats, Quality, Tag, TagTable
from twin.text import Text

LONGEST = 64  # bytes of a robot's name in a recording
NUMBERS = 8  # of a pose: time, position, quaternion
AXES = ("x", "y", "z")
FURTHEST = 9.2e9  # s, where nanoseconds end


def nothing() -> Iterator[Block]:
    """No rows."""
    return iter(())


def placed(source: str, poses: NDArray[np.float64], mapping: Map, summary: Summary) -> Track | None:
    """Poses (p, 8) as time, position and quaternion, as a track; None where it is left out, and why is said."""
    said = mapping.tracks.get(source, Placement())
    robot = said.robot or source
    if said.drop:
        summary.dropped.append(source)
        return None
    if len(robot.encode()) > LONGEST:
        summary.skipped.append(f"{robot}, whose name is longer than {LONGEST} bytes: name it in a map under [tracks]")
        return None
    sound = np.isfinite(poses).all(axis=1) & (np.linalg.norm(poses[:, 4:], axis=1) > 0.5)
    sound &= np.abs(poses[:, 0]) < FURTHEST
    if not sound.all():
        summary.skipped.append(
            f"{counted(int((~sound).sum()), 'pose')} of {robot}, without numbers or without a rotation"
        )
    poses = poses[sound]
    if not len(poses):
        return None
    quaternions = poses[:, 4:]
    if not said.moves:
        return Track(robot, poses[:, 0], poses[:, 1:4], quaternions)
    return Track(robot, poses[:, 0], _moved(poses[:, 1:4], said), _turned(quaternions, said.heading))


def in_order(track: Track, summary: Summary) -> Track:
    """The same by time, and how many there are is said."""
    order = np.argsort(track.at, kind="stable")
    late = int((np.diff(track.at) < 0).sum())
    if late:
        summary.remarks.append(f"{counted(late, 'pose')} of {track.robot} out of order: put in order")
    summary.poses[track.robot] = len(track.at)
    return replace(track, at=track.at[order], position=track.position[order], orientation=track.orientation[order])


def positions(tracks: tuple[Track, ...]) -> tuple[TagTable, Block]:
    """Where robots were, as signals: what a recording of tracks alone has for its columns. They hold in between."""
    at = np.unique(np.concatenate([track.at for track in tracks]))
    tags, columns = [], []
    for track in tracks:
        row = np.searchsorted(track.at, at, side="right") - 1
        for axis, name in enumerate(AXES):
            tags.append(Tag(f"{track.robot}.{name}", "m", Text(f"{track.robot} {name}", f"{track.robot} {name}")))
            columns.append(np.where(row < 0, np.nan, track.position[np.maximum(row, 0), axis]))
    values = np.stack(columns, axis=1)
    quality = np.where(np.isnan(values), np.uint8(Quality.MISSING), np.uint8(Quality.GOOD))
    return TagTable(tags), Block(at, values, quality, at.copy())


def _moved(position: Floats, said: Placement) -> Floats:
    """Positions (p, 3) turned about z by the heading and moved."""
    turn = radians(said.heading)
    matrix = np.array([[cos(turn), -sin(turn), 0.0], [sin(turn), cos(turn), 0.0], [0.0, 0.0, 1.0]])
    moved: Floats = position @ matrix.T + np.array([said.x, said.y, said.z])
    return moved


def _turned(orientation: Floats, heading: float) -> Floats:
    """Quaternions (p, 4) x, y, z, w turned about z: the product of the turn and each."""
    s, c = sin(radians(heading) / 2), cos(radians(heading) / 2)
    x, y, z, w = orientation.T
    return np.stack([c * x - s * y, c * y + s * x, c * z + s * w, c * w - s * z], axis=1)
