"""How a pump shakes: by speed and operating region, by cavitation, by fault.

A sound pump keeps the levels at which DIN ISO 10816-7 lets one of category I above 200 kW be accepted on site: 3.5 mm/s
in its preferred operating region, 4.4 in its allowable one. Below that, water that turns back in the impeller shakes it
the more the less goes through, to about four times its best level at shut-off: zone D, where no machine may stay
(estimate; HI 9.6.3 says what rises, not how far). Water shakes the pump, and the motor through the base.
"""

from __future__ import annotations

import numpy as np

from twin.signals import Floats
from twin.simulation.chance import AsBuilt, clipped
from twin.simulation.effects import Effects
from twin.units import STANDARD_GRAVITY

PREFERRED = (0.7, 1.2)  # of the best flow: HI 9.6.3's preferred operating region
ALLOWABLE = (0.4, 1.3)  # of it: where the vendor allows it to run, an estimate
OUTSIDE = (2.6, 3.0)  # times as much for each rated flow below and above the preferred region ...
FURTHER = (2.9, 6.0)  # ... and so much more beyond the allowable one
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
    turning = speed > 0.05
    heard = np.where(turning, clipped((BEGINS - margin) / 0.3, 0.0, 2.0), 0.0)
    column, bubbling = speed[:, None], heard[:, None]
    square = column * column
    unsettled = 0.3 * (region - 1.0) ** 2 + _outside(region)
    running = built.vibration * square * (1.0 + unsettled[:, None] * _THROUGH_THE_BASE)
    added = effects.vibration * column + CAVITATION[0] * bubbling * _AT_THE_PUMP
    floor = STANDING * np.count_nonzero(turning)
    velocity = np.hypot(np.where(turning[:, None], running + added, 0.0), floor)
    envelope = built.envelope * square + effects.envelope * column + CAVITATION[1] * bubbling + 0.05
    return dict(zip(POINTS, velocity.T, strict=True)) | dict(zip(ENVELOPES, envelope.T, strict=True))


def _outside(region: Floats) -> Floats:
    """What a pump shakes more outside the regions it was made for, over what it shakes at its best flow."""
    more: Floats = np.zeros(region.size)
    for (low, high), (below, above) in ((PREFERRED, OUTSIDE), (ALLOWABLE, FURTHER)):
        more = more + below * np.maximum(low - region, 0.0) + above * np.maximum(region - high, 0.0)
    return more


_THROUGH_THE_BASE = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.6, 0.4, 0.4])  # of what water does to the pump
_AT_THE_PUMP = np.array([1.0, 1.0, 1.0, 1.0, 0.8, 0.2, 0.2, 0.1, 0.1])
