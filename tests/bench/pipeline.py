"""What one frame of 992 tags costs: model, detectors and diagnosis, and all with alarms, against bare work in numpy.

In the first ten minutes every sample teaches; what a frame costs after that is what a station costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from tests.twin.detectors.plant import Plant
from twin.detectors.detector import Detector
from twin.pipeline import Twin
from twin.plant.model import PumpModel
from twin.plant.reading import Station, read
from twin.signals import Frame

FIRST = 60  # frames in which nothing is known yet
LEARNED = 660  # frames after which less teaches
FRAMES = 600
AILING = 60


def costs(work: Callable[[int], object], times: int) -> np.ndarray:
    """Milliseconds of each call."""
    taken = np.empty(times)
    for i in range(times):
        begun = time.perf_counter()
        work(i)
        taken[i] = 1e3 * (time.perf_counter() - begun)
    return taken


def bare(tags: int) -> Callable[[int], object]:
    """An AR(1)-whitened CUSUM over as many columns, and nothing else: the peer to stand beside."""
    chance = np.random.default_rng(0)
    values = chance.standard_normal((FRAMES, tags))
    before, above, below = np.zeros(tags), np.zeros(tags), np.zeros(tags)

    def step(i: int) -> None:
        nonlocal before, above, below
        new = values[i] - 0.3 * before
        before = values[i]
        above = np.maximum(above + new - 1.0, 0.0)
        below = np.maximum(below - new - 1.0, 0.0)

    return step


def parts(station: Station, frames: list[Frame]) -> dict[str, np.ndarray]:
    """Model and detectors apart, after what they learn at first."""
    model = PumpModel(station)
    detector = Detector(station, model)
    of_model, of_detector = np.empty(len(frames)), np.empty(len(frames))
    for i, frame in enumerate(frames):
        begun = time.perf_counter()
        state = model.step(detector.believed(frame))
        between = time.perf_counter()
        detector.step(frame, state)
        of_model[i], of_detector[i] = between - begun, time.perf_counter() - between
    return {"the model": 1e3 * of_model[LEARNED:], "detectors and diagnosis": 1e3 * of_detector[LEARNED:]}


def main() -> None:
    """Print the figures."""
    station = read()
    plant = Plant(station, 1)
    healthy = list(plant.run(LEARNED + FRAMES))
    plant.head_loss[1] = 0.04
    ailing = list(plant.run(AILING))
    twin = Twin(station)
    whole = costs(lambda i: twin.step(healthy[i]), len(healthy))
    rows = {
        **parts(station, healthy),
        "all, while every sample teaches": whole[FIRST:LEARNED],
        "all, after that": whole[LEARNED:],
        "all, with a fault diagnosed": costs(lambda i: twin.step(ailing[i]), len(ailing)),
        "numpy CUSUM, 992 columns": costs(bare(len(station.tags)), FRAMES),
    }
    print(f"{'one frame of ' + str(len(station.tags)) + ' tags, ms':34}{'median':>9}{'p95':>9}{'p99':>9}")
    for name, taken in rows.items():
        print(f"{name:34}{np.median(taken):9.3f}{np.quantile(taken, 0.95):9.3f}{np.quantile(taken, 0.99):9.3f}")


if __name__ == "__main__":
    main()
