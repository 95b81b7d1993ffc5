"""What one frame of 992 tags costs: model, detectors, diagnosis and alarms, against the bare work in numpy."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from tests.twin.detectors.plant import Plant
from twin.pipeline import Twin
from twin.plant.reading import read

WARM = 60
FRAMES = 600


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


def main() -> None:
    """Print the figures."""
    station = read()
    plant = Plant(station, 1)
    healthy = list(plant.run(WARM + FRAMES))
    plant.head_loss[1] = 0.04
    ailing = list(plant.run(60))
    twin = Twin(station)
    for frame in healthy[:WARM]:
        twin.step(frame)
    rows = {
        "healthy": costs(lambda i: twin.step(healthy[WARM + i]), FRAMES),
        "with a fault diagnosed": costs(lambda i: twin.step(ailing[i]), len(ailing)),
        "numpy CUSUM, 992 columns": costs(bare(len(station.tags)), FRAMES),
    }
    print(f"{'one frame of ' + str(len(station.tags)) + ' tags, ms':32}{'median':>9}{'p95':>9}{'p99':>9}")
    for name, taken in rows.items():
        print(f"{name:32}{np.median(taken):9.3f}{np.quantile(taken, 0.95):9.3f}{np.quantile(taken, 0.99):9.3f}")


if __name__ == "__main__":
    main()
