"""How a pump shakes: by speed and operating region (ISO 10816-7 levels), by cavitation, by fault."""

from __future__ import annotations

import numpy as np

from twin.signals import Floats
from twin.simulation.chance import AsBuilt, clipped
from twin.simulation.effects import Effects
from twin.units import STANDARD_GRAVITY

PREFERRED = (0.7, 1.2)  # of the best flow: HI 9.6.3's preferred operating region
OUTSIDE = (6.0, 5.0)  # times as much for each rated flow below and above it
STANDING = 8e-5  # m/s that a standing pump feels of each running sister
CAVITATION = (1.5e-3, 2.0 * STANDARD_GRAVITY)  # velocity and envelope of full cavitation
BEGINS = 1.3  # NPSH available over required at which it can be heard
POINTS = (
    "vibration_pump_de_x", "vibration_pump_de_y", "vibration_pump_nde_x", "vibration_pump_nde_y",
    "vibration_pump_axial", "vibration_motor_de_x", "vibration_motor_de_y",
    "vibration_motor_nde_x", "vibration_motor_nde_y",
)  # fmt: skip
ENVELOPES = ("acceleration_envelope_pump_de", "acceleration_envelope_pump_nde")


def readings(flow: Floats, speed: Floats, margin: Floats, built: AsBuilt, effects: Effects) -> dict[str, Floats]:
    """Velocities [m/s] and envelopes [m/s²].

    Parameters
    ----------
    flow : (p,)     Over rated. [-]
    speed : (p,)    Over rated. [-]
    margin : (p,)   NPSH available over required at the impeller's eye. [-]
    """
    region = np.abs(flow) / np.maximum(speed, 0.05)
    outside = OUTSIDE[0] * np.maximum(PREFERRED[0] - region, 0.0) + OUTSIDE[1] * np.maximum(region - PREFERRED[1], 0.0)
    turning = speed > 0.05
    heard = np.where(turning, clipped((BEGINS - margin) / 0.3, 0.0, 2.0), 0.0)
    column, bubbling = speed[:, None], heard[:, None]
    square = column * column
    running = built.vibration * square * (1.0 + 0.3 * (region - 1.0) ** 2 + outside)[:, None]
    added = effects.vibration * column + CAVITATION[0] * bubbling * _AT_THE_PUMP
    floor = STANDING * np.count_nonzero(turning)
    velocity = np.hypot(np.where(turning[:, None], running + added, 0.0), floor)
    envelope = built.envelope * square + effects.envelope * column + CAVITATION[1] * bubbling + 0.05
    return dict(zip(POINTS, velocity.T, strict=True)) | dict(zip(ENVELOPES, envelope.T, strict=True))


_AT_THE_PUMP = np.array([1.0, 1.0, 1.0, 1.0, 0.8, 0.2, 0.2, 0.1, 0.1])
