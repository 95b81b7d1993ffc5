"""An anomaly: something is wrong with one piece of equipment, since when, how surely, and by what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FAULTS: tuple[str, ...] = (
    "cavitation",
    "low_flow",
    "impeller_wear",
    "wear_ring_clearance",
    "broken_blade",
    "misalignment",
    "bearing_de",
    "bearing_nde",
    "seal_leak",
    "strainer_clogging",
    "gas_ingress",
    "check_valve_stuck_open",
    "check_valve_stuck_closed",
    "discharge_valve_partly_closed",
    "vfd_derate",
    "drive_trip",
    "phase_imbalance",
    "winding_overheating",
    "line_leak",
    "line_rupture",
    "upstream_trip",
    "downstream_trip",
    "sensor_bias",
    "sensor_drift",
    "sensor_stuck",
    "sensor_dropout",
    "sensor_noise",
    "makeup_loss",
    "water_quality",
    "transformer_overtemperature",
    "flood",
    "fire",
    "gas",
    "intrusion",
    "unknown",
)

Priority = Literal["urgent", "high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fault that would explain the evidence, and how surely (0 to 1; all candidates of an anomaly add to 1)."""

    fault: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """One residual that moved. ``value`` in ``unit``; ``z`` in standard deviations, signed; ``tag`` its main tag."""

    residual: str
    tag: str
    value: float
    unit: str
    z: float


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What was found. ``since`` is the estimated onset, ``detected`` the frame at which it was first reported.

    ``consequences`` is how many other findings it explains, which are not told by themselves.
    """

    id: int
    equipment: str
    fault: str
    candidates: tuple[Candidate, ...]
    since: float
    detected: float
    until: float | None
    priority: Priority
    evidence: tuple[Evidence, ...]
    response: tuple[str, ...] = ()
    consequences: int = 0
