"""What recordings cost: appending, sealing, size, opening and both questions, for an hour and more of the station."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from twin.plant.reading import read
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Floats, Frame, TagTable
from twin.simulation.plant import Plant

START = 1_768_147_200.0
SECONDS = 2 * 3600
PERIOD = 0.002  # s between frames given: quicker than any source, slower than the disk
REPEATS = 5


def main() -> None:
    """Print the table."""
    station = read()
    plant = Plant(station, 7, START)
    frames = [plant.step() for _ in range(SECONDS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.h5"
        appended, closed = _recorded(path, station.tags, frames)
        samples = len(frames) * len(station.tags)
        print(f"{len(frames)} frames of {len(station.tags)} tags")
        median, most = 1e3 * np.quantile(appended, [0.5, 0.99])
        print(f"append a frame, ms: median {median:.3f}, 99 % {most:.3f}, longest {1e3 * appended.max():.1f}")
        print(f"close, s: {closed:.2f}")
        print(f"bytes a sample: {path.stat().st_size / samples:.3f}")
        _questions(path, len(station.tags))


def _recorded(path: Path, tags: TagTable, frames: list[Frame]) -> tuple[Floats, float]:
    appended = np.empty(len(frames))
    recorder = Recorder(path, tags)
    for row, frame in enumerate(frames):
        began = time.perf_counter()
        recorder.append(frame)
        appended[row] = time.perf_counter() - began
        time.sleep(max(0.0, PERIOD - appended[row]) if row % 50 == 0 else 0.0)
    began = time.perf_counter()
    recorder.close()
    return appended, time.perf_counter() - began


def _questions(path: Path, columns: int) -> None:
    until = START + SECONDS
    print(f"open and give the first frame, ms: {_best(lambda: _first(path)):.2f}")
    with Recording.open(path) as recording:
        instants = iter(np.random.default_rng(0).uniform(START, until, 10 * REPEATS))
        print(f"one tag, all of it, ms: {_best(lambda: recording.range(START, until, [columns // 2])):.2f}")
        print(f"one instant anywhere, all tags, ms: {_best(lambda: recording.latest_at(float(next(instants)))):.2f}")
        print(f"8 tags as 1,200 columns, ms: {_best(lambda: recording.overview(range(8), START, until, 1200)):.2f}")
        began = time.perf_counter()
        count = sum(1 for _ in recording.frames(START, until))
        print(f"replay, frames a second: {count / (time.perf_counter() - began):.0f}")


def _first(path: Path) -> None:
    with Recording.open(path) as recording:
        recording.latest_at(START)


def _best(act: Callable[[], object]) -> float:
    """Median of some runs. [ms]"""
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return 1e3 * float(np.median(took))


if __name__ == "__main__":
    main()
