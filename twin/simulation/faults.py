"""Every fault the plant can have: what it may befall, how large it is, and what it changes.

A fault changes the physics and never a measured value, except those of the transmitters themselves. Sizes are those of
the fault catalogue (slight, clear, gross); where a size is a share it is of the rated value. They are estimates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from twin.simulation.effects import Effects
from twin.text import Text
from twin.units import STANDARD_GRAVITY

Severity = Literal["slight", "clear", "gross"]
Befalls = Literal[
    "pump", "strainer", "valve", "upstream line", "downstream line", "line", "make-up plant", "water quality",
    "transformer", "room", "tag", "analog tag",
]  # fmt: skip
Effect = Callable[[Effects, int, float], None]

MM_S = 1e-3
LITRE_PER_MINUTE = 1e-3 / 60.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    ``effect(effects, index, amount)`` writes what it does to the thing of that index, ``amount`` being its size times
    how far it has developed. ``ramp`` is how long it takes to develop unless a scenario says otherwise. [s]
    """

    text: Text
    befalls: Befalls
    sizes: tuple[float, float, float]
    effect: Effect
    ramp: float = 0.0

    @property
    def graded(self) -> bool:
        """Whether it has degrees; a trip has not: it has happened or not."""
        return self.sizes[0] != self.sizes[-1]

    def size(self, severity: Severity) -> float:
        """How large it is at a severity."""
        return self.sizes[("slight", "clear", "gross").index(severity)]


# --- pumps -----------------------------------------------------------------------------------------------------------


def _impeller_wear(effects: Effects, pump: int, amount: float) -> None:
    effects.head_loss[pump] += amount
    effects.efficiency_loss[pump] += 0.22 * amount


def _cavitation(effects: Effects, pump: int, amount: float) -> None:
    """The inflow to one impeller is disturbed, so that the pressure at its eye falls; suction pressure does not."""
    effects.cavitation[pump] = max(effects.cavitation[pump], amount)


def _wear_ring_clearance(effects: Effects, pump: int, amount: float) -> None:
    effects.clearance[pump] += amount


def _broken_blade(effects: Effects, pump: int, amount: float) -> None:
    effects.head_loss[pump] += amount
    effects.efficiency_loss[pump] += 0.8 * amount
    effects.vibration[pump, :5] += 40.0 * MM_S * amount  # the rotor is out of balance: 1x at the pump's bearings
    effects.vibration[pump, 5:7] += 15.0 * MM_S * amount


def _gas_ingress(effects: Effects, pump: int, amount: float) -> None:
    effects.head_loss[pump] += amount
    effects.efficiency_loss[pump] += 0.6 * amount
    effects.unsteadiness[pump] += 0.08 * amount
    effects.air[pump] += amount
    effects.vibration[pump, :4] += 15.0 * MM_S * amount


def _misalignment(effects: Effects, pump: int, amount: float) -> None:
    effects.vibration[pump, 4] += amount * MM_S  # axial most, then both sides of the coupling
    effects.vibration[pump, [0, 1, 5, 6]] += 0.5 * amount * MM_S
    effects.bearing_heat[pump, [0, 3]] += 4.0 * amount
    effects.friction[pump] += 0.001 * amount


def _bearing(effects: Effects, pump: int, amount: float, end: int) -> None:
    """``end`` 0 is the driven end, 1 the other; amount 1 is a bearing that will not see the week out."""
    effects.envelope[pump, end] += 3.0 * STANDARD_GRAVITY * amount
    effects.bearing_heat[pump, end] += 35.0 * amount
    effects.vibration[pump, 2 * end : 2 * end + 2] += 2.5 * MM_S * amount
    effects.friction[pump] += 0.006 * amount
    if end:
        effects.vibration[pump, 4] += 1.5 * MM_S * amount
        effects.bearing_heat[pump, 2] += 10.0 * amount


def _seal_leak(effects: Effects, pump: int, amount: float) -> None:
    effects.seal_leak[pump, 0] += amount * LITRE_PER_MINUTE


def _check_valve_stuck_open(effects: Effects, pump: int, amount: float) -> None:
    """The valve behind it stands open too, or a pump at rest would not notice."""
    effects.check_open[pump] = max(effects.check_open[pump], amount)
    effects.valve_held_open[pump] |= amount > 0.0


def _check_valve_stuck_closed(effects: Effects, pump: int, amount: float) -> None:
    effects.check_shut[pump] |= amount > 0.0


def _discharge_valve_partly_closed(effects: Effects, pump: int, amount: float) -> None:
    effects.valve_limit[pump] = max(effects.valve_limit[pump], amount)


# --- motors and drives -----------------------------------------------------------------------------------------------


def _vfd_derate(effects: Effects, pump: int, amount: float) -> None:
    effects.derate[pump] = max(effects.derate[pump], amount)
    effects.cell_bypassed[pump] |= amount > 0.0


def _drive_trip(effects: Effects, pump: int, amount: float) -> None:
    effects.tripped[pump] |= amount > 0.0


def _phase_imbalance(effects: Effects, pump: int, amount: float) -> None:
    effects.imbalance[pump] += amount
    effects.winding_heat[pump] += 2.0 * amount
    effects.vibration[pump, 5:] += 15.0 * MM_S * amount  # twice the line frequency


def _winding_overheating(effects: Effects, pump: int, amount: float) -> None:
    effects.winding_heat[pump] += amount


# --- the water round them --------------------------------------------------------------------------------------------


def _resistance(effects: Effects, resistance: int, amount: float) -> None:
    effects.resistance[resistance] += amount


def _line_leak(effects: Effects, line: int, amount: float) -> None:
    effects.line_leak[line] += amount


def _neighbour(effects: Effects, line: int, amount: float) -> None:
    effects.line_head[line] += amount


def _makeup_loss(effects: Effects, _plant: int, amount: float) -> None:
    effects.makeup_lost = max(effects.makeup_lost, amount)


def _water_quality(effects: Effects, water: int, amount: float) -> None:
    effects.water_quality[water] += amount


# --- the building ----------------------------------------------------------------------------------------------------


def _transformer(effects: Effects, transformer: int, amount: float) -> None:
    effects.transformer_heat[transformer] += amount


def _flood(effects: Effects, room: int, amount: float) -> None:
    effects.flood[room] += amount


def _fire(effects: Effects, room: int, amount: float) -> None:
    effects.fire[room] += amount


def _gas(effects: Effects, room: int, amount: float) -> None:
    effects.gas[room] += amount


def _intrusion(effects: Effects, room: int, amount: float) -> None:
    effects.intrusion[room] |= amount > 0.0


# --- transmitters ----------------------------------------------------------------------------------------------------


def _sensor_offset(effects: Effects, tag: int, amount: float) -> None:
    effects.sensor_offset[tag] += amount


def _sensor_stuck(effects: Effects, tag: int, amount: float) -> None:
    effects.sensor_stuck[tag] |= amount > 0.0


def _sensor_dropout(effects: Effects, tag: int, amount: float) -> None:
    effects.sensor_gone[tag] = max(effects.sensor_gone[tag], amount)


def _sensor_noise(effects: Effects, tag: int, amount: float) -> None:
    effects.sensor_noise[tag] += amount


_YES = (1.0, 1.0, 1.0)

FAULTS: dict[str, Fault] = {
    "cavitation": Fault(Text("cavitation", "汽蚀"), "pump", (0.015, 0.035, 0.08), _cavitation),
    "low_flow": Fault(
        Text("low flow: a station valve closes against the pumps", "小流量：站内阀门关小"),
        "valve", (2e3, 8e3, 2.5e4), _resistance, 180.0,
    ),
    "impeller_wear": Fault(Text("impeller wear", "叶轮磨损"), "pump", (0.015, 0.04, 0.08), _impeller_wear),
    "wear_ring_clearance": Fault(
        Text("wear ring clearance", "口环间隙增大"), "pump", (0.02, 0.04, 0.08), _wear_ring_clearance
    ),
    "broken_blade": Fault(Text("broken impeller blade", "叶片断裂"), "pump", (0.06, 0.12, 0.2), _broken_blade),
    "misalignment": Fault(Text("misalignment", "不对中"), "pump", (1.5, 3.5, 7.0), _misalignment, 300.0),
    "bearing_de": Fault(
        Text("drive-end bearing", "驱动端轴承损坏"), "pump", (0.3, 0.8, 1.6), partial(_bearing, end=0), 60.0
    ),
    "bearing_nde": Fault(
        Text("non-drive-end bearing", "非驱动端轴承损坏"), "pump", (0.3, 0.8, 1.6), partial(_bearing, end=1), 60.0
    ),
    "seal_leak": Fault(Text("mechanical seal leak", "机械密封泄漏"), "pump", (2.0, 6.0, 15.0), _seal_leak, 20.0),
    "strainer_clogging": Fault(Text("strainer clogging", "滤网堵塞"), "strainer", (1.0, 3.0, 8.0), _resistance),
    "gas_ingress": Fault(Text("gas ingress", "气体进入"), "pump", (0.04, 0.08, 0.16), _gas_ingress),
    "check_valve_stuck_open": Fault(
        Text("check valve stuck open", "止回阀卡开"), "pump", (0.004, 0.011, 0.035), _check_valve_stuck_open
    ),
    "check_valve_stuck_closed": Fault(
        Text("check valve stuck closed", "止回阀卡关"), "pump", _YES, _check_valve_stuck_closed
    ),
    "discharge_valve_partly_closed": Fault(
        Text("discharge valve partly closed", "出口阀未全开"),
        "pump", (0.53, 0.65, 0.72), _discharge_valve_partly_closed,
    ),
    "vfd_derate": Fault(Text("drive derated", "变频器降容"), "pump", (0.03, 0.05, 0.1), _vfd_derate),
    "drive_trip": Fault(Text("drive trip", "变频器跳闸"), "pump", _YES, _drive_trip),
    "phase_imbalance": Fault(Text("phase imbalance", "三相不平衡"), "pump", (0.04, 0.055, 0.15), _phase_imbalance),
    "winding_overheating": Fault(
        Text("winding overheating", "绕组过热"), "pump", (0.3, 0.6, 1.2), _winding_overheating
    ),
    "line_leak": Fault(Text("line leak", "管线泄漏"), "line", (0.005, 0.01, 0.02), _line_leak, 60.0),
    "line_rupture": Fault(Text("line rupture", "管线爆裂"), "line", (0.05, 0.1, 0.2), _line_leak, 1.0),
    "upstream_trip": Fault(
        Text("upstream station trip", "上游泵站跳闸"), "upstream line", (30.0, 60.0, 80.0), _neighbour, 3.0
    ),
    "downstream_trip": Fault(
        Text("downstream station trip", "下游泵站跳闸"), "downstream line", (-30.0, -60.0, -80.0), _neighbour, 3.0
    ),
    "sensor_bias": Fault(Text("sensor bias", "测量偏差"), "analog tag", (0.004, 0.015, 0.05), _sensor_offset),
    "sensor_drift": Fault(Text("sensor drift", "测量漂移"), "analog tag", (0.005, 0.02, 0.06), _sensor_offset, 3600.0),
    "sensor_stuck": Fault(Text("sensor stuck", "测量卡死"), "tag", _YES, _sensor_stuck),
    "sensor_dropout": Fault(Text("sensor dropout", "信号丢失"), "tag", (0.05, 0.4, 1.0), _sensor_dropout),
    "sensor_noise": Fault(Text("sensor noise", "测量噪声增大"), "analog tag", (1.0, 3.0, 8.0), _sensor_noise),
    "makeup_loss": Fault(Text("make-up loss", "补水中断"), "make-up plant", (0.5, 0.8, 1.0), _makeup_loss, 20.0),
    "water_quality": Fault(
        Text("water quality excursion", "水质超标"), "water quality", (0.35, 0.7, 1.0), _water_quality, 300.0
    ),
    "transformer_overtemperature": Fault(
        Text("transformer overtemperature", "变压器超温"), "transformer", (0.6, 1.2, 5.0), _transformer
    ),
    "flood": Fault(Text("flood", "水淹"), "room", (0.05, 0.15, 0.4), _flood, 30.0),
    "fire": Fault(Text("fire", "火灾"), "room", (0.3, 0.7, 1.0), _fire, 60.0),
    "gas": Fault(Text("combustible gas", "可燃气体"), "room", (0.15, 0.3, 0.6), _gas, 60.0),
    "intrusion": Fault(Text("intrusion", "入侵"), "room", _YES, _intrusion),
}  # fmt: skip
