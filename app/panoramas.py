"""The panoramas known at the cursor: the newest of each camera, and where the one before and after it lie."""

from __future__ import annotations

import math

import numpy as np

from app.messages import Vista
from twin.recordings.memory import Memory
from twin.signals import Floats
from twin.thermography import Panorama


class Panoramas:
    """Keeps what has been read, so that a cursor that rests, or runs between two pictures, reads nothing."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._known: tuple[float, float] = (math.nan, math.nan)  # the span of which the times are known
        self._times: dict[str, Floats] = {}
        self._read: dict[str, Panorama] = {}
        self._shown: tuple[Vista, ...] = ()

    def at(self, cursor: float) -> tuple[Vista, ...]:
        """What each camera had taken by then; the same object as long as it is the same."""
        self._look_up()
        numbers = tuple(int(np.searchsorted(times, cursor, side="right")) for times in self._times.values())
        before = tuple((vista.camera, vista.number, vista.count) for vista in self._shown)
        wanted = zip(self._times.items(), numbers, strict=True)
        if before != tuple((camera, number, len(times)) for (camera, times), number in wanted):
            self._shown = tuple(map(self._vista, self._times, numbers))
        return self._shown

    def neighbour(self, camera: str, cursor: float, direction: int) -> float | None:
        """When a camera took the picture after (1) or before (-1) the one at the cursor; None where there is none."""
        self._look_up()
        times = self._times.get(camera, np.zeros(0))
        wanted = int(np.searchsorted(times, cursor, side="right")) - 1 + direction
        return float(times[wanted]) if 0 <= wanted < len(times) else None

    def _look_up(self) -> None:
        if self._memory.span != self._known:
            self._known, self._times = self._memory.span, self._memory.panorama_times()

    def _vista(self, camera: str, number: int) -> Vista:
        times = self._times[camera]
        return Vista(camera, self._picture(camera, float(times[number - 1])) if number else None, number, len(times))

    def _picture(self, camera: str, at: float) -> Panorama | None:
        held = self._read.get(camera)
        if held is None or held.at != at:
            held = next(self._memory.panoramas(at, math.nextafter(at, math.inf), camera), None)
            if held is None:
                return None
            self._read[camera] = held
        return held
