"""What a thermal picture is of, and which picture shows its sister from the same side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.plant.reading import Station
from twin.plant.station import Pump
from twin.thermography import ThermalFrame

SIGHT = 15.0  # m: what is farther is not what a robot was sent to look at
NEAR = 1.5  # m between two places about two machines that count as the same
TURN = 0.35  # rad between two directions that count as the same
Vector = NDArray[np.float64]


class Sights:
    """The machines of a station as thermal cameras see them; of data without a station, nothing is known of them."""

    def __init__(self, station: Station | None) -> None:
        file = station.file if station is not None else None
        self._pumps: dict[str, Pump] = {p.id: p for p in file.pumps if p.position is not None} if file else {}
        self._watches = {camera.id: camera.watches for camera in file.cameras} if file else {}

    def subject(self, frame: ThermalFrame) -> str:
        """The machine a picture is of: what the camera watches, or the pump nearest to the middle of what it sees."""
        watched = self._watches.get(frame.camera, "")
        if watched or not is_posed(frame):
            return watched
        eye, ahead = np.array(frame.position), turned(frame.orientation, np.array([1.0, 0.0, 0.0]))
        off = {}
        for pump in self._pumps.values():
            away = np.array(pump.position) - eye
            distance = float(np.linalg.norm(away))
            angle = float(np.arccos(np.clip(away @ ahead / max(distance, 1e-9), -1.0, 1.0)))
            if distance < SIGHT and angle < max(frame.field_of_view) / 2:
                off[pump.id] = angle
        return min(off, key=off.__getitem__, default="")

    def sisters(self, machine: str) -> frozenset[str]:
        """The other machines built like it."""
        own = self._pumps.get(machine)
        if own is None:
            return frozenset()
        return frozenset(p.id for p in self._pumps.values() if p.curve == own.curve and p.id != machine)

    def same_view(
        self, frame: ThermalFrame, others: Sequence[ThermalFrame], preferred: frozenset[str] = frozenset()
    ) -> ThermalFrame | None:
        """The newest picture of a sister from the same side; of a preferred sister, if there is one."""
        machine = self.subject(frame)
        sisters = self.sisters(machine)
        if not sisters or not is_posed(frame):
            return None
        alike = [
            other
            for other in others
            if is_posed(other) and (of := self.subject(other)) in sisters and self._is_alike(frame, machine, other, of)
        ]
        return max(alike, key=lambda other: (self.subject(other) in preferred, other.at), default=None)

    def _is_alike(self, frame: ThermalFrame, machine: str, other: ThermalFrame, sister: str) -> bool:
        here = np.subtract(frame.position, self._pumps[machine].position)
        there = np.subtract(other.position, self._pumps[sister].position)
        angle = 2 * np.arccos(min(1.0, abs(float(np.dot(frame.orientation, other.orientation)))))
        return bool(np.linalg.norm(here - there) < NEAR and angle < TURN)


def is_posed(frame: ThermalFrame) -> bool:
    """Whether it is known where a picture was taken from, and which way the camera looked."""
    return bool(np.isfinite([*frame.position, *frame.orientation]).all())


def turned(orientation: Sequence[float], vector: Vector) -> Vector:
    """A vector turned by a unit quaternion (x, y, z, w)."""
    axis, w = np.array(orientation[:3]), orientation[3]
    across = 2 * np.cross(axis, vector)
    return vector + w * across + np.cross(axis, across)
