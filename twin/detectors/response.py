"""First responses: how urgent a fault is, which standby to arm and which robot to send.

A standby is armed and recommended, never started by itself: CJJ/T 34-2022, 13.3.2 wants a prompt, a ramp and a delay.
"""

from __future__ import annotations

import numpy as np

from twin.detectors.anomaly import Priority
from twin.plant.reading import Station
from twin.plant.station import Pump, Robot

PRIORITY: dict[str, Priority] = {
    "drive_trip": "urgent",
    "broken_blade": "urgent",
    "cavitation": "high",
    "gas_ingress": "high",
    "check_valve_stuck_open": "high",
    "check_valve_stuck_closed": "high",
    "discharge_valve_partly_closed": "high",
    "vfd_derate": "high",
    "phase_imbalance": "high",
    "unknown": "high",
    "line_rupture": "urgent",
    "upstream_trip": "urgent",
    "downstream_trip": "urgent",
    "fire": "urgent",
    "flood": "urgent",
    "gas": "urgent",
    "intrusion": "high",
    "line_leak": "high",
    "makeup_loss": "high",
    "low_flow": "high",
    "seal_leak": "high",
    "bearing_de": "high",
    "bearing_nde": "high",
    "winding_overheating": "high",
    "transformer_overtemperature": "high",
    "misalignment": "medium",
    "water_quality": "medium",
    "sensor_noise": "low",
    "sensor_drift": "low",
    "strainer_clogging": "medium",
    "impeller_wear": "medium",
    "wear_ring_clearance": "medium",
    "sensor_dropout": "medium",
    "sensor_bias": "medium",
    "sensor_stuck": "medium",
}
ARMS_STANDBY = {
    "drive_trip",
    "broken_blade",
    "gas_ingress",
    "cavitation",
    "impeller_wear",
    "wear_ring_clearance",
    "check_valve_stuck_closed",
    "discharge_valve_partly_closed",
    "vfd_derate",
    "strainer_clogging",
    "phase_imbalance",
    "bearing_de",
    "bearing_nde",
    "misalignment",
    "seal_leak",
    "winding_overheating",
}


def priority(fault: str) -> Priority:
    """How soon somebody must look."""
    return PRIORITY.get(fault, "medium")


class Responses:
    """What to do first about a fault of a station's equipment."""

    def __init__(self, station: Station) -> None:
        self._pumps = {pump.id: pump for pump in station.pumps}
        self._robots = tuple(robot for robot in station.file.robots if robot.kind == "ground")
        self._of_tag = {tag.name: tag.equipment for tag in station.tags}

    def to(self, fault: str, equipment: str, running: frozenset[str]) -> tuple[str, ...]:
        """First responses, most urgent first. ``running`` are the pumps that turn now."""
        place = self._pumps.get(self._of_tag.get(equipment, equipment))
        answers = []
        if fault in ARMS_STANDBY and place is not None:
            standby = self._standby(place, running)
            answers += [f"arm_standby:{standby}"] if standby else []
        robot = self._nearest(place)
        return (*answers, f"dispatch_robot:{robot}") if robot else tuple(answers)

    def _standby(self, pump: Pump, running: frozenset[str]) -> str:
        """A pump of the same circuit that does not turn, one meant for standby first."""
        sisters = [p for p in self._pumps.values() if p.circuit == pump.circuit and p.id not in running and p != pump]
        return min(sisters, key=lambda p: not p.standby).id if sisters else ""

    def _nearest(self, place: Pump | None) -> str:
        """The ground robot whose route passes nearest, or the first."""
        if not self._robots:
            return ""
        if place is None or place.position is None:
            return self._robots[0].id
        return min(self._robots, key=lambda robot: _distance(robot, place)).id


def _distance(robot: Robot, pump: Pump) -> float:
    route = np.array(robot.route, dtype=np.float64).reshape(-1, 3)
    if not len(route):
        return np.inf
    return float(np.linalg.norm(route - np.array(pump.position), axis=1).min())
