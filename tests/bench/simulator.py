"""How many times faster than time the reference station runs, and how long its state takes to save and restore."""

from __future__ import annotations

import time

from twin.plant.reading import read
from twin.simulation.plant import Plant

START = 1_768_190_400.0
SECONDS = 1200
WANTED = 500.0  # times real time


def speed(scenario: str) -> float:
    """Simulated seconds a second of one core, noise and all 992 values included."""
    plant = Plant(read(), seed=1, start=START, scenario=scenario)
    plant.step()
    began = time.process_time()
    for _ in range(SECONDS):
        plant.step()
    return SECONDS / (time.process_time() - began)


def saving() -> tuple[float, float]:
    """Milliseconds to save and to restore the whole state."""
    plant = Plant(read(), seed=1, start=START)
    plant.step()
    began = time.perf_counter()
    state = plant.state()
    saved = time.perf_counter()
    plant.restore(state)
    return 1e3 * (saved - began), 1e3 * (time.perf_counter() - saved)


def main() -> None:
    """Print the table."""
    print(f"{'scenario':32s} {'× real time':>12s}   (wanted: {WANTED:.0f})")
    for scenario in ("healthy", "ramps", "duty-rotation", "drive_trip", "cavitation", "season"):
        print(f"{scenario:32s} {speed(scenario):12.0f}")
    save, restore = saving()
    print(f"state saved in {save:.2f} ms, restored in {restore:.2f} ms")


if __name__ == "__main__":
    main()
