"""The pump-curve model: what each pump should be doing, given its flow and speed.

(The states below are the contract with the pipeline, the window and the recordings.)
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PumpState:
    """One pump at one instant, measured and expected, SI. NaN for what is not measured or cannot be said."""

    pump: str
    running: bool
    flow: float  # m³/s
    speed: float  # -, over rated
    head: float  # m, measured
    expected_head: float  # m
    head_sigma: float  # m, one standard deviation of what is expected
    power: float  # W, measured electrical
    expected_power: float  # W
    npsh_available: float  # m
    npsh_required: float  # m
