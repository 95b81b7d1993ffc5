"""Who looks at the station: its fixed cameras, and its robots along their ways, as posts to look from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.scene.surround import ROBOTS_SIDES, Post
from twin.plant.reading import Station
from twin.plant.station import Camera, Robot

VIEW = (float(np.tan(np.radians(57.0) / 2)), float(np.tan(np.radians(44.0) / 2)))
"""Half the field of view of a common uncooled thermal camera, as tangents; a station file does not say it."""
STRIDE = 3.0  # m between two places of a robot that are looked from
SIGHT = 6.0  # m that a robot looks at
SMALL = 64  # px to a side of what a robot sees: at the end of its sight, 19 cm
MAST, HANGER = 1.2, -0.3  # m from a robot to its camera, on the ground and under a rail
PANORAMIC = "panoramic"


def panoramic(station: Station | None) -> tuple[Camera, ...]:
    """The panoramic cameras of a station."""
    cameras = station.file.cameras if station is not None else ()
    return tuple(camera for camera in cameras if camera.kind == PANORAMIC)


def fixed(station: Station | None) -> tuple[Post, ...]:
    """Where the fixed cameras look from; those of which nobody knows whereto are left out."""
    cameras = station.file.cameras if station is not None else ()
    return tuple(
        Post(camera.id, camera.position)
        if camera.kind == PANORAMIC
        else Post(camera.id, camera.position, camera.looks_at, VIEW)
        for camera in cameras
        if camera.kind == PANORAMIC or camera.looks_at is not None
    )


def on_their_ways(station: Station | None) -> tuple[Post, ...]:
    """Where robots look from, all along their ways."""
    robots = station.file.robots if station is not None else ()
    return tuple(dict.fromkeys(post for robot in robots for post in _along(robot)))


def mast(kind: str) -> float:
    """How far above a robot of a kind its camera is. [m]"""
    return HANGER if kind == "rail" else MAST


def at(robot: str, place: tuple[float, float, float]) -> Post:
    """What a robot sees from a place of its camera. [m]"""
    x, y, z = (round(coordinate, 1) for coordinate in place)
    return Post(robot, (x, y, z), sides=ROBOTS_SIDES, size=SMALL, reach=SIGHT)


def _along(robot: Robot) -> Iterator[Post]:
    corners = np.array(robot.route, np.float64)
    above = np.array([0.0, 0.0, mast(robot.kind)])
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        steps = max(1, int(np.ceil(np.linalg.norm(end - start) / STRIDE)))
        for step in range(steps):
            x, y, z = (start + (end - start) * step / steps + above).tolist()
            yield at(robot.id, (x, y, z))
