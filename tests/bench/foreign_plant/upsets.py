"""What goes wrong in the foreign plant, and what is ordinary running: each changes the state the plant is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tests.bench.foreign_plant.water import DUTY, PUMPS, Floats


def _zeros(*more: int) -> Floats:
    return np.zeros((PUMPS, *more))


@dataclass
class Condition:
    """How sound the plant is at an instant, and what is asked of it. Arrays are by pump."""

    asked: Floats = field(default_factory=_zeros)  # set speed, of rated
    opened: Floats = field(default_factory=lambda: np.array([1.0] * DUTY + [0.0]))  # discharge valve
    head_lost: Floats = field(default_factory=_zeros)  # share
    efficiency_lost: Floats = field(default_factory=_zeros)  # points, as a share
    unrest: Floats = field(default_factory=_zeros)  # of flow and power, one standard deviation as a share
    speed_lost: Floats = field(default_factory=_zeros)  # share of what is asked
    tripped_for: Floats = field(default_factory=lambda: np.full(PUMPS, np.nan))  # s
    strainer: Floats = field(default_factory=_zeros)  # times the clean loss, more
    valve_loss: Floats = field(default_factory=_zeros)  # kPa at rated flow, more
    ring: Floats = field(default_factory=_zeros)  # share of rated flow that runs back inside
    back: Floats = field(default_factory=_zeros)  # share of rated flow that runs back through a standing pump
    stuck_shut: Floats = field(default_factory=_zeros)
    imbalance: Floats = field(default_factory=_zeros)  # share of current by which the first phase is above
    winding_heat: Floats = field(default_factory=_zeros)  # K in the end
    bearing_heat: Floats = field(default_factory=lambda: _zeros(2))  # K in the end, drive end and other end
    envelope: Floats = field(default_factory=lambda: _zeros(2))  # times the usual, more
    shaking: Floats = field(default_factory=lambda: _zeros(9))  # mm/s more
    shaken: Floats = field(default_factory=_zeros)  # times the usual, more
    leak: float = 0.0  # m³/h
    upstream: float = 0.0  # m
    downstream: float = 0.0  # m
    # by fault and equipment of what surrounds the pumps: how large, which variant, and since how long [s]
    wrong: dict[tuple[str, str], tuple[float, int, float]] = field(default_factory=dict)


DRIVE_END, OTHER_END, AXIAL = 0, 1, 4
PUMP_VIBRATION = np.array([1.0, 1.0, 1.0, 1.0, 0.4, 0.4, 0.4, 0.4, 0.4])
COUPLING_VIBRATION = np.array([1.5, 1.5, 0.3, 0.3, 2.5, 1.5, 1.5, 0.3, 0.3])


def _cavitation(state: Condition, i: int, size: float, _: float) -> None:
    state.head_lost[i], state.efficiency_lost[i], state.unrest[i] = 0.05 * size, 0.02 * size, 0.02 * size
    state.envelope[i], state.shaken[i] = 2.5 * size, 0.6 * size


def _gas(state: Condition, i: int, size: float, _: float) -> None:
    state.head_lost[i], state.efficiency_lost[i], state.unrest[i] = 0.08 * size, 0.05 * size, 0.02 * size


def _wear(state: Condition, i: int, size: float, _: float) -> None:
    state.head_lost[i], state.efficiency_lost[i] = 0.04 * size, 0.01 * size


def _ring(state: Condition, i: int, size: float, _: float) -> None:
    state.ring[i] = 0.04 * size


def _blade(state: Condition, i: int, size: float, _: float) -> None:
    state.head_lost[i], state.efficiency_lost[i] = 0.12 * size, 0.10 * size
    state.shaking[i] = 2.5 * size * PUMP_VIBRATION


def _misalignment(state: Condition, i: int, size: float, _: float) -> None:
    state.shaking[i] = size * COUPLING_VIBRATION


def _bearing_de(state: Condition, i: int, size: float, _: float) -> None:
    state.bearing_heat[i, DRIVE_END], state.envelope[i, DRIVE_END] = 60.0 * size, 3.0 * size


def _bearing_nde(state: Condition, i: int, size: float, _: float) -> None:
    state.bearing_heat[i, OTHER_END], state.envelope[i, OTHER_END] = 60.0 * size, 3.0 * size


def _strainer(state: Condition, i: int, size: float, _: float) -> None:
    state.strainer[i] = 3.0 * size


def _stuck_open(state: Condition, i: int, size: float, _: float) -> None:
    state.back[i] = 0.10 * size


def _stuck_shut(state: Condition, i: int, size: float, _: float) -> None:
    state.stuck_shut[i] = 1.0


def _valve(state: Condition, i: int, size: float, _: float) -> None:
    state.valve_loss[i], state.opened[i] = 180.0 * size, max(0.1, 1.0 - 0.6 * size)


def _derate(state: Condition, i: int, size: float, _: float) -> None:
    state.speed_lost[i] = 0.05 * size


def _trip(state: Condition, i: int, size: float, since: float) -> None:
    state.tripped_for[i] = since


def _imbalance(state: Condition, i: int, size: float, _: float) -> None:
    state.imbalance[i] = 0.06 * size


def _winding(state: Condition, i: int, size: float, _: float) -> None:
    state.winding_heat[i] = 45.0 * size


def _rupture(state: Condition, i: int, size: float, _: float) -> None:
    state.leak = 3000.0 * size


def _leak(state: Condition, i: int, size: float, _: float) -> None:
    state.leak = 120.0 * size


def _starved(state: Condition, i: int, size: float, _: float) -> None:
    """Its drive is asked for less than its sisters, who then give all the water."""
    state.asked[i] *= 1.0 - 0.265 * size


def _upstream(state: Condition, i: int, size: float, _: float) -> None:
    state.upstream = -35.0 * size


def _downstream(state: Condition, i: int, size: float, _: float) -> None:
    state.downstream = 35.0 * size


ACTS: dict[str, Callable[[Condition, int, float, float], None]] = {
    "cavitation": _cavitation,
    "gas_ingress": _gas,
    "impeller_wear": _wear,
    "wear_ring_clearance": _ring,
    "broken_blade": _blade,
    "misalignment": _misalignment,
    "bearing_de": _bearing_de,
    "bearing_nde": _bearing_nde,
    "strainer_clogging": _strainer,
    "check_valve_stuck_open": _stuck_open,
    "check_valve_stuck_closed": _stuck_shut,
    "discharge_valve_partly_closed": _valve,
    "vfd_derate": _derate,
    "drive_trip": _trip,
    "phase_imbalance": _imbalance,
    "winding_overheating": _winding,
    "line_rupture": _rupture,
    "upstream_trip": _upstream,
    "downstream_trip": _downstream,
    "line_leak": _leak,
    "low_flow": _starved,
}
SERVICES = frozenset(
    (
        *("seal_leak", "makeup_loss", "water_quality", "transformer_overtemperature", "line_leak"),
        *("flood", "fire", "gas", "intrusion"),
    )
)


@dataclass(frozen=True)
class Upset:
    """A fault: of a pump (``where`` counts from 0), a line's side or, with ``tag``, a transmitter."""

    fault: str
    equipment: str
    where: int = 0
    size: float = 1.0
    over: float = 0.0  # s in which it comes to its size
    tag: str = ""

    def share(self, since: float) -> float:
        """How much of it is there, so many seconds after it began."""
        if since < 0.0:
            return 0.0
        return 1.0 if self.over <= 0.0 else min(1.0, since / self.over)

    def act(self, state: Condition, since: float) -> None:
        """Do to the plant what the fault has done by now."""
        if since < 0.0 or self.tag:
            return
        if self.fault in SERVICES:
            state.wrong[self.fault, self.equipment] = self.size, self.where, since
        if self.fault in ACTS:
            ACTS[self.fault](state, self.where, self.size * self.share(since), since)


def faults(size: float) -> tuple[Upset, ...]:
    """One clear case of each fault that shows in the water, the motors or the bearings, times ``size``."""
    pumps = (
        ("cavitation", 1, 0.0),
        ("impeller_wear", 0, 0.0),
        ("impeller_wear", 2, 120.0),
        ("wear_ring_clearance", 1, 0.0),
        ("broken_blade", 2, 0.0),
        ("misalignment", 0, 20.0),
        ("bearing_de", 1, 30.0),
        ("bearing_nde", 2, 30.0),
        ("strainer_clogging", 0, 60.0),
        ("gas_ingress", 1, 5.0),
        ("check_valve_stuck_open", 3, 0.0),
        ("check_valve_stuck_closed", 1, 0.0),
        ("discharge_valve_partly_closed", 2, 20.0),
        ("vfd_derate", 0, 10.0),
        ("drive_trip", 1, 0.0),
        ("phase_imbalance", 2, 0.0),
        ("winding_overheating", 0, 0.0),
    )
    lines = (("line_rupture", "LINE-SU"), ("upstream_trip", "LINE-SU"), ("downstream_trip", "LINE-SD"))
    services = (
        *(("seal_leak", "P102", variant) for variant in range(3)),
        *(("makeup_loss", "MU", variant) for variant in range(2)),
        *(("water_quality", "WQ-S", variant) for variant in range(2)),
        ("transformer_overtemperature", "ST1", 0),
        *(("line_leak", "LINE-SU", variant) for variant in range(2)),
        ("flood", "HALL-A", 0),
        ("fire", "ROOM-VFD", 0),
        ("gas", "ROOM-BAT", 0),
        ("intrusion", "ROOM-10KV", 0),
    )
    transmitters = (
        ("sensor_bias", "B4-FT-10203", 260.0, 0.0),
        ("sensor_bias", "B4-PT-10302", 0.03, 0.0),
        ("sensor_bias", "B4-PT-30011B", 0.02, 0.0),
        ("sensor_bias", "B4-JT-10135", 60.0, 0.0),
        ("sensor_bias", "B4-ST-10231", 12.0, 0.0),
        ("sensor_drift", "B4-PT-10102", 0.04, 400.0),
        ("sensor_stuck", "B4-FT-10103", 1.0, 0.0),
        ("sensor_dropout", "B4-PT-10201", 1.0, 0.0),
        ("sensor_noise", "B4-FT-10303", 150.0, 0.0),
        ("sensor_noise", "B4-PT-10202", 0.008, 0.0),
    )
    return (
        *(Upset(fault, f"P10{i + 1}", i, size, over) for fault, i, over in pumps),
        Upset("low_flow", "P103", 2, size, 30.0),
        *(Upset(fault, line, 0, size) for fault, line in lines),
        *(Upset(fault, place, variant, size) for fault, place, variant in services),
        *(Upset(fault, tag, 0, much * size, over, tag) for fault, tag, much, over in transmitters),
    )


def _moved(at: float, begin: float, end: float) -> float:
    return float(np.clip((at - begin) / (end - begin), 0.0, 1.0))


def _steady(state: Condition, at: float, speed: float) -> None:
    state.asked[:DUTY] = speed


def _ramp(state: Condition, at: float, speed: float) -> None:
    """The load goes down by an eighth and half-way up again."""
    state.asked[:DUTY] = speed * (1.0 - 0.12 * _moved(at, 300.0, 500.0) + 0.08 * _moved(at, 800.0, 950.0))


def _rotation(state: Condition, at: float, speed: float) -> None:
    """The standby takes over from the first pump."""
    state.asked[:] = speed
    state.asked[3], state.opened[3] = speed * _moved(at, 300.0, 390.0), _moved(at, 330.0, 390.0)
    state.asked[0], state.opened[0] = speed * (1.0 - _moved(at, 460.0, 560.0)), 1.0 - _moved(at, 500.0, 560.0)


def _stop(state: Condition, at: float, speed: float) -> None:
    """The third pump is taken out."""
    state.asked[:DUTY] = speed
    state.asked[2], state.opened[2] = speed * (1.0 - _moved(at, 300.0, 400.0)), 1.0 - _moved(at, 340.0, 400.0)


def _neighbours(state: Condition, at: float, speed: float) -> None:
    """The stations up and down the line change what they do."""
    state.asked[:DUTY] = speed
    state.upstream = -6.0 * _moved(at, 300.0, 320.0) + 6.0 * _moved(at, 700.0, 760.0)
    state.downstream = 5.0 * _moved(at, 500.0, 520.0)


OPERATIONS: dict[str, Callable[[Condition, float, float], None]] = {
    "steady": _steady,
    "ramp": _ramp,
    "rotation": _rotation,
    "stop": _stop,
    "neighbours": _neighbours,
}
"""What an operator does in healthy running: sets speeds (of rated), valves and the neighbours at a time [s]."""
