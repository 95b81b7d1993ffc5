"""The kinds of residual: what each is called, how far a healthy one may stand off, and how quickly it is believed.

Residuals are reckoned in per cent of what the equipment is rated for (head, power, flow), so that those of different
kinds and pumps compare; :attr:`Kind.unit` is that in which people are told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of residual.

    ``prior`` is how far a healthy channel may stand off its expectation for good (build differences, transmitter
    errors), ``floor`` the smallest spread of one sample believed, ``drift`` how much the offset may change when the
    operating point moves by its rated value; all in per cent of rated. ``learns`` samples pass before it is judged;
    a kind that is not judged is evidence for others only.
    """

    name: str
    unit: str
    measure: str
    prior: float
    floor: float
    drift: float
    learns: int = 12
    judged: bool = True


# Priors: ISO 9906:2012 grade 1B (head 3 %, efficiency -3 %) with meters of 1 % and gauges of 0.075 % of 2.5 MPa.
# Floors: the random part of transmitters of that class (domain: 0.17 % of head, "use 0.3 %").
OF_PUMP: tuple[Kind, ...] = (
    Kind("head", "m", "discharge_pressure", 2.5, 0.3, 3.0),
    Kind("power", "kW", "motor_active_power", 4.0, 0.4, 8.0),
    Kind("efficiency", "%", "motor_active_power", 4.0, 0.5, 8.0, judged=False),
    Kind("branch_loss", "kPa", "discharge_pressure", 3.0, 0.15, 1.5),
    Kind("suction_loss", "kPa", "inlet_strainer_differential_pressure", 1.5, 0.04, 0.8),
    Kind("suction_path", "kPa", "suction_pressure", 5.0, 0.15, 3.0),
    Kind("speed_tracking", "%", "shaft_speed", 1.5, 0.1, 0.5),
    Kind("drive_tracking", "%", "frequency_output", 0.5, 0.15, 0.3),
    Kind("feeder", "kW", "motor_active_power", 6.0, 0.5, 2.0),
    Kind("phase_imbalance", "%", "motor_current_u", 2.0, 0.4, 1.0),
    Kind("backflow", "m³/h", "pump_flow", 0.5, 0.3, 0.0, learns=3),
    Kind("vibration", "%", "vibration_pump_de_x", 200.0, 12.0, 200.0, judged=False),
    Kind("envelope", "%", "acceleration_envelope_pump_de", 200.0, 12.0, 200.0, judged=False),
    Kind("npsh_margin", "m", "suction_pressure", 0.01, 0.3, 0.0, judged=False),
)
BALANCE = Kind("flow_balance", "m³/h", "inlet_flow_a", 2.0, 0.3, 0.5)
GAUGE = Kind("header_pressure", "kPa", "", 1.0, 0.12, 0.1)
METER = Kind("header_flow", "m³/h", "", 2.0, 0.3, 0.5)

WHY = (
    "",
    "not measured",
    "pump stopped",
    "pump running",
    "starting or stopping",
    "speed changing",
    "drive ramping",
    "outside the curve",
    "hardly any flow",
    "still learning",
    "used up by a replaced reading",
)
OK, NOT_MEASURED, STOPPED, TURNING, STARTING, RAMPING, DRIVE_RAMPING, OUTSIDE, NO_FLOW, LEARNING = range(len(WHY) - 1)
USED_UP = len(WHY) - 1


Points = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Sample:
    """All channels of one instant, per cent of rated; arrays (m,), or (kinds, pumps) before they are put together.

    ``basis`` multiplies the learned offset (expected head and power over rated; 1 elsewhere), ``point`` is the
    operating point which the offset depends on, in a plane, so that neither flow nor speed makes up for the other,
    ``unsteady`` an extra standard deviation while things move, ``why`` an index into :data:`WHY`, 0 where the channel
    may be judged.
    """

    value: Floats
    expected: Floats
    basis: Floats
    point: Points
    unsteady: Floats
    why: NDArray[np.intp]
