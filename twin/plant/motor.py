"""Motors and drives: what both the simulator and the detectors take from a station file and a maker's table."""

from __future__ import annotations

import numpy as np

from twin.plant.station import Motor
from twin.signals import Floats

KINDS_OF_LOSS = 3.0  # that stand alone, go with current and go with power, a third of a drive's rated loss each


def drive_losses(power: Floats, current: Floats) -> Floats:
    """What drives lose with their transformers, over what they lose at rated output.

    One third stands (magnetising, control, fans), one goes with the current that is switched, one with the power that
    passes. At the loads of pumps (current as the square of speed, power as its cube) that is within a point of
    efficiency of what drives of 100 and 200 hp are said to have from 1.6 to 100 % of their rating: U.S. Department of
    Energy, Motor Systems Tip Sheet 11 (DOE/GO-102012-3730), table 1. At one power a slower pump loses more.

    Parameters
    ----------
    power, current : (n,)   Output, over rated. [-]
    """
    losses: Floats = (1.0 + current + power) / KINDS_OF_LOSS
    return losses


def rated_input(motor: Motor) -> float:
    """What a motor takes at its rating. [W]"""
    return float(1e3 * motor.power_kw / np.interp(1.0, motor.load, motor.efficiency))
