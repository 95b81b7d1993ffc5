"""What ``pumphouse analyse`` costs: seconds and memory per recorded hour of the reference station.

``python -m tests.bench.analysing 24`` simulates and analyses a day; an hour without a figure. Seconds are the
processor's, so that other programs count little. Reading and alarms are timed again by themselves; what is left is the
model, the detectors and the learning layer.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from twin.alarms.book import AlarmBook
from twin.alarms.metrics import Rates
from twin.alarms.rules import Rules
from twin.analysis import Data, analyse
from twin.plant.reading import read
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.simulation.plant import Plant

HOUR = 3600
START = 1_768_147_200.0
SEED = 3
BAR_S, BAR_MB = 60.0, 500.0  # for a day


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


def _judge_alarms(path: Path, rules: Rules) -> None:
    with Recording.open(path) as recording:
        book, rates = AlarmBook(rules), Rates()
        for frame in Data.of_recording(recording, None).frames():
            rates.step(frame.at, book.step(frame))


def _read_only(path: Path) -> None:
    with Recording.open(path) as recording:
        for _ in Data.of_recording(recording, None).frames():
            pass


def analysed(path: Path) -> None:
    """Analyse a recording in a program of its own; seconds and peak memory [MB] on standard output."""
    with Recording.open(path) as recording:
        data = Data.of_recording(recording, recording.station)
        spent = _seconds(lambda: analyse(data, None, lambda _: None))
    print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0)


def _apart(path: Path) -> tuple[float, float]:
    program = f"from pathlib import Path; from tests.bench.analysing import analysed; analysed(Path({str(path)!r}))"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    spent, peak = said.split()
    return float(spent), float(peak)


def main(hours: float = 1.0) -> None:
    """Print the figures of a recording so long."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "r.h5"
        _recorded(path, int(hours * HOUR))
        spent, peak = _apart(path)
        reading = _seconds(lambda: _read_only(path))
        rules = Rules.of(read())
        alarms = _seconds(lambda: _judge_alarms(path, rules)) - reading
    print(f"analyse, {hours:g} h of {len(read().tags)} tags: {spent:.1f} s, {peak:.0f} MB at most")
    rows = {"reading": reading, "alarms": alarms, "model and detectors": spent - reading - alarms, "all of it": spent}
    print(f"{'':22}{'s/h recorded':>14}{'ms/frame':>10}{'s/day':>8}")
    for name, taken in rows.items():
        an_hour = taken / hours
        print(f"{name:22}{an_hour:14.2f}{1e3 * an_hour / HOUR:10.3f}{24 * an_hour:8.0f}")
    print(f"{'bar':22}{BAR_S / 24:14.2f}{1e3 * BAR_S / 24 / HOUR:10.3f}{BAR_S:8.0f}   {BAR_MB:.0f} MB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
