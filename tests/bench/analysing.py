"""What ``pumphouse analyse`` costs: seconds and memory per recorded hour of the reference station.

``python -m tests.bench.analysing 24`` simulates and analyses a day; an hour without a figure. Seconds are the
processor's, so that other programs count little. Reading, the watcher of the data, alarms and the pump model are timed
again by themselves, a block at a time as `analyse` has them; what is left is the detectors and putting together what
they say. Beside it stands a bare whitened CUSUM of as many columns, a frame at a time, by which machines compare.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tests.bench.pipeline import FRAMES, bare, costs
from twin.alarms.book import AlarmBook
from twin.alarms.metrics import Rates
from twin.alarms.rules import Rules
from twin.analysis import Data, analyse
from twin.detectors.feed import Feed
from twin.pipeline import AT_ONCE, Twin
from twin.plant.model import PumpModel
from twin.plant.reading import Station, read
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Block
from twin.simulation.plant import Plant

HOUR = 3600
START = 1_768_147_200.0
SEED = 3
BAR_S, BAR_MB = 60.0, 500.0  # for a day

Work = Callable[[Block], object]


def _recorded(path: Path, seconds: int) -> None:
    station = read()
    plant = Plant(station, SEED, START, "healthy-day")
    with Recorder(path, station.tags, station) as recorder:
        for _ in range(seconds):
            recorder.append(plant.step())


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _run(path: Path, work: Work) -> None:
    """Read a recording, and work on it as many frames at a time as a twin does."""
    with Recording.open(path) as recording:
        for block in Data.of_recording(recording, None).blocks():
            for low in range(0, len(block), AT_ONCE):
                work(block[low : low + AT_ONCE])


def _parts(station: Station) -> dict[str, Work]:
    """What frames go through beside the detectors, each by itself."""
    feed, model, book, rates = Feed(station.tags, station.id), PumpModel(station), AlarmBook(Rules.of(station)), Rates()

    def watch(block: Block) -> None:
        for frame in block.frames():
            feed.step(frame, False)

    def alarm(block: Block) -> None:
        for frame, known in zip(block.frames(), book.read(block), strict=True):
            rates.step(frame.at, book.step(frame, known))

    return {
        "watcher of the data": watch,
        "alarms": alarm,
        "pump model": lambda block: model.run(block).frames(block.at.tolist()),
    }


def analysed(path: Path) -> None:
    """Analyse a recording in a program of its own; seconds, seconds by the clock and peak memory [MB] on its output."""
    began = time.perf_counter()
    with Recording.open(path) as recording:
        data = Data.of_recording(recording, recording.station)
        spent = _seconds(lambda: analyse(data, None, lambda _: None))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(spent, time.perf_counter() - began, peak)


def _apart(path: Path) -> tuple[float, float, float]:
    program = f"from pathlib import Path; from tests.bench.analysing import analysed; analysed(Path({str(path)!r}))"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    spent, lasted, peak = said.split()
    return float(spent), float(lasted), float(peak)


def main(hours: float = 1.0) -> None:
    """Print the figures of a recording so long."""
    station = read()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "r.h5"
        _recorded(path, int(hours * HOUR))
        spent, lasted, peak = _apart(path)
        rows = {"reading": _seconds(lambda: _run(path, lambda _: None))}
        for name, work in _parts(station).items():
            rows[name] = _seconds(partial(_run, path, work)) - rows["reading"]
    peer = float(np.median(costs(bare(len(station.tags)), FRAMES)))
    once = _seconds(lambda: Twin(station))
    rows["detectors, and the rest"] = spent - once - sum(rows.values())
    rows["all of it"] = spent - once
    rows["by the clock"] = lasted - once
    print(f"analyse, {hours:g} h of {len(station.tags)} tags: {spent:.1f} s, {peak:.0f} MB at most")
    print(f"setting up takes {once:.1f} s of that, once; the rest:")
    print(f"{'':24}{'s/h recorded':>14}{'ms/frame':>10}{'s/day':>8}")
    for name, taken in rows.items():
        an_hour = taken / hours
        print(f"{name:24}{an_hour:14.2f}{1e3 * an_hour / HOUR:10.3f}{24 * an_hour:8.0f}")
    print(
        f"a frame costs {1e3 * rows['all of it'] / hours / HOUR / peer:.0f} times a bare CUSUM of {1e3 * peer:.1f} µs"
    )
    print(f"{'bar':24}{BAR_S / 24:14.2f}{1e3 * BAR_S / 24 / HOUR:10.3f}{BAR_S:8.0f}   {BAR_MB:.0f} MB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
