"""Which measurements of a recording are not fit to calibrate by: silent, standing still, or mere noise."""

from __future__ import annotations

import numpy as np

from twin.plant.estimating import NORMAL, Mask
from twin.signals import Floats

MISSING = 0.2  # share of samples without which a transmitter cannot be relied on
STUCK = 0.5  # share of the samples in one unchanged stretch
STUCK_FOR = 60  # samples of it, at least
FEWEST = 30
WHITE = 0.7  # of the spread of all samples that neighbours differ by: in mere noise they differ by all of it
NOISE = {
    "shaft_speed": 0.01,
    "frequency_output": 0.01,
    "pump_flow": 0.08,
    "suction_pressure": 0.08,
    "discharge_pressure": 0.05,
    "motor_active_power": 0.05,
}
"""Share of its value by which a sound measurement may scatter from sample to sample (its class, ten times over)."""
USUAL_NOISE = 0.08


def trouble(measure: str, values: Floats, live: Mask, resting: tuple[float, float]) -> str:
    """What is wrong with a measurement, in words, or ''.

    Parameters
    ----------
    values : (t,)    In its tag's unit; NaN where it is missing or bad.
    live : (t,)      When it should have moved: while its pump runs.
    resting          Ends of its range, where it may well stay.
    """
    if np.count_nonzero(live) < FEWEST:
        return ""
    known = values[live]
    missing = float(np.mean(np.isnan(known)))
    if missing > MISSING:
        return f"is missing or bad in {missing:.0%} of the samples"
    known = known[np.isfinite(known)]
    still = _longest(known, resting)
    if still >= STUCK_FOR and still > STUCK * known.size:
        return f"stood still for {still} samples while its pump ran"
    return _noise(measure, known)


def _longest(values: Floats, resting: tuple[float, float]) -> int:
    """Length of the longest stretch of one value that is not a resting one."""
    same = (np.diff(values) == 0.0) & ~np.isin(values[1:], [0.0, *resting])
    ends = np.flatnonzero(np.diff(np.r_[False, same, False].astype(np.int8)))
    return int((ends[1::2] - ends[::2]).max(initial=-1)) + 1


def _noise(measure: str, values: Floats) -> str:
    """Whether neighbouring samples have nothing to do with one another, and differ by more than any sound ones."""
    step = NORMAL * float(np.median(np.abs(np.diff(values)))) / np.sqrt(2.0)
    spread = NORMAL * float(np.median(np.abs(values - np.median(values))))
    level = float(np.median(np.abs(values)))
    if step < WHITE * spread or step <= NOISE.get(measure, USUAL_NOISE) * level:
        return ""
    return f"is mere noise: ± {step / max(level, 1e-12):.0%} from one sample to the next"
