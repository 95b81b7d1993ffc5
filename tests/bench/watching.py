"""Whether ``pumphouse watch`` can run for months: what it holds while frames come as fast as they are judged.

``python -m tests.bench.watching 200000`` watches so many; 10,000 without a figure. They are those of a quarter of an
hour in which a bearing fails and a transmitter falls silent for a while, over and over, as time goes on.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from twin.alarms.journal import Journal
from twin.clock import ManualClock
from twin.commands import Disturb, ToSource
from twin.paths import ASSETS
from twin.plant.reading import Station, read
from twin.signals import Frame
from twin.simulation.plant import Plant
from twin.watching import watch

QUICK = 10_000
ROUND = 900  # s
START = 1_768_147_200.0
FAULTS = (("bearing_de", "P1", 120.0), ("sensor_dropout", "discharge_pressure", 500.0))
LOOKS = 10  # at what is held, after the first tenth
PAGE_MB = 4096 / 2**20
GROWTH_MB = 1.0  # that a run may be off by: what Python keeps of freed memory is not the same from look to look


def _recorded(station: Station) -> list[Frame]:
    plant = Plant(station, 7, START)
    for fault, on, at in FAULTS:
        where = on if on == "P1" else next(tag.name for tag in station.tags if tag.measures == on)
        plant.disturb(Disturb(fault, where, "bench", START + at, lasts_s=90.0))
    return [plant.step() for _ in range(ROUND)]


class Rounds:
    """A station whose frames are those of a quarter of an hour, again and again; ``look`` is called now and then."""

    name = "rounds:"
    live = False
    paced = True

    def __init__(self, station: Station, count: int) -> None:
        self.station: Station | None = station
        self.tags = station.tags
        self._record, self._count = _recorded(station), count
        self.held: list[tuple[int, float]] = []

    async def frames(self) -> AsyncIterator[Frame]:
        for number in range(self._count):
            turn, row = divmod(number, ROUND)
            frame = self._record[row]
            yield replace(frame, at=frame.at + turn * ROUND, values=frame.values.copy(), arrived=frame.at)
            if (number + 1) % (self._count // LOOKS) == 0:
                gc.collect()
                self.held.append((number + 1, _resident_mb()))

    def command(self, command: ToSource) -> None:
        """Nobody commands it."""

    def close(self) -> None:
        """Nothing is held."""


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_MB


def main(frames: int = QUICK) -> None:
    """Print what is held as frames go by."""
    source = Rounds(read(ASSETS / "small" / "station.toml"), frames)
    said: dict[str, int] = {}

    def say(told: dict[str, Any]) -> None:
        said[told["event"]] = said.get(told["event"], 0) + 1

    began = time.process_time()
    with tempfile.TemporaryDirectory() as place, Journal(Path(place) / "j.db", writing=True) as journal:
        asyncio.run(watch(source, say, ManualClock(), journal=journal))
        entered = len(journal)
    spent = time.process_time() - began
    print(f"watched {frames:,} frames ({frames / 86_400:.1f} days) of {len(source.tags)} tags")
    print(f"{1e3 * spent / frames:.2f} ms of the processor's time each")
    print(f"said {said}, entered {entered:,} times in the journal")
    for number, held in source.held:
        print(f"  after {number:10,} frames {held:8.1f} MB")
    grown = source.held[-1][1] - source.held[0][1]
    print(f"  grown by {grown:.2f} MB since the first tenth (may be {GROWTH_MB:g})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else QUICK)
