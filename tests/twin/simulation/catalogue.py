"""The fault catalogue (domain, section 3) as the plant is held to it: on what each fault is tried, and what must move.

Signs are those of the catalogue: its computed signatures word for word, its words where nothing was computed. Where the
plant moves otherwise, the reason stands here and is printed with the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Signs = Mapping[str, int]
"""What moves: +1 up, -1 down, 0 not; what is not named may do as it likes."""


MISSING = "missing"  # values that did not come, as a lead


@dataclass(frozen=True, eq=False)
class Case:
    """One fault as it is tried. ``pump`` is the one looked at; ``computed`` are signs of a computed signature.

    ``seen`` are other measurements that the catalogue names: (equipment, measures) and its sign. ``lead`` is the
    residual or the measurement that grows with its severity; none where it has no degrees.
    """

    fault: str
    on: str
    pump: str
    lead: str | tuple[str, str]
    computed: Signs = field(default_factory=dict)
    worded: Signs = field(default_factory=dict)
    seen: Mapping[tuple[str, str], int] = field(default_factory=dict)
    name: str = ""

    @property
    def title(self) -> str:
        """What the table calls it."""
        return self.name or self.fault


def computed(flow: int, others: int, head: int, power: int, efficiency: int, **more: int) -> dict[str, int]:
    """A row of the computed signatures: flow of the pump and of the others, then its residuals."""
    return {"Q": flow, "Qo": others, "rH": head, "rP": power, "rE": efficiency, **more}


CASES = (
    Case("cavitation", "P102", "P102", "rH", computed(-1, 1, -1, -1, -1, rN=-1, rV=1), {"Qs": 1}),
    Case("low_flow", "MV302", "P101", "Q", worded={"Q": -1, "rV": 1, "rT": 1}),
    Case("impeller_wear", "P102", "P102", "rH", computed(-1, 1, -1, -1, -1)),
    Case("wear_ring_clearance", "P103", "P103", "rH", computed(-1, 1, -1, 1, -1)),
    Case("broken_blade", "P201", "P201", "rH", computed(-1, 1, -1, -1, -1, rV=1)),
    Case("misalignment", "P203", "P203", "rV", worded={"rV": 1, "rT": 1}, seen={("P203", "vibration_pump_axial"): 1}),
    Case(
        "bearing_de",
        "P101",
        "P101",
        "rT",
        computed(0, 0, 0, 1, -1, rT=1),
        seen={("P101", "acceleration_envelope_pump_de"): 1, ("P101", "pump_bearing_de_temperature"): 1},
    ),
    Case(
        "bearing_nde",
        "P202",
        "P202",
        "rT",
        computed(0, 0, 0, 1, -1, rT=1),
        seen={("P202", "acceleration_envelope_pump_nde"): 1, ("P202", "vibration_pump_axial"): 1},
    ),
    Case(
        "seal_leak",
        "P103",
        "P103",
        "rM",
        worded={"rT": 1},
        seen={("P103", "seal_leak_de"): 1, ("P103", "seal_chamber_temperature_de"): 1},
    ),
    Case(
        "strainer_clogging",
        "P101",
        "P101",
        "rS",
        worded={"rS": 1, "rH": 0, "rP": 0, "rN": -1},
        seen={("P101", "suction_pressure"): -1},
    ),
    Case(
        "gas_ingress",
        "P201",
        "P201",
        "rH",
        computed(-1, 1, -1, -1, -1, Qs=1),
        {"rV": 1},
        seen={("WQ-R", "dissolved_oxygen"): 1},
    ),
    Case(
        "check_valve_stuck_open",
        "P104",
        "P101",
        "rBal",
        computed(1, 1, 0, 0, 0, rBal=1),
        seen={("P104", "pump_flow"): -1, ("P104", "shaft_speed"): 1, ("SUPPLY", "outlet_pressure_a"): -1},
    ),
    Case(
        "check_valve_stuck_closed",
        "P103",
        "P103",
        "Q",
        worded={"Q": -1, "rT": 1, "rBr": 1},
        seen={("P103", "discharge_pressure"): 1, ("P103", "motor_active_power"): -1},
    ),
    Case(
        "discharge_valve_partly_closed",
        "P203",
        "P203",
        "rBr",
        computed(-1, 1, 0, 0, 0, rBr=1),
        seen={("P203", "discharge_valve_position"): -1},
    ),
    Case(
        "vfd_derate",
        "P202",
        "P202",
        "rf",
        computed(-1, 1, 0, 0, 0, rf=-1),
        seen={("VFD202", "cell_bypass_active"): 1, ("VFD202", "power_cell_max_temperature"): 1},
    ),
    Case(
        "drive_trip",
        "P102",
        "P102",
        "Q",
        worded={"Q": -1, "Qo": 1},
        seen={("VFD102", "trip"): 1, ("SUPPLY", "inlet_pressure_a"): 1, ("SUPPLY", "outlet_pressure_a"): -1},
    ),
    Case("phase_imbalance", "P101", "P101", "rU", worded={"rU": 1, "rT": 1, "rV": 1}),
    Case(
        "winding_overheating",
        "P201",
        "P201",
        "rT",
        worded={"rT": 1},
        seen={("P201", "stator_winding_u1_temperature"): 1, ("P201", "stator_winding_w2_temperature"): 1},
    ),
    Case(
        "line_leak",
        "LINE-SD",
        "P101",
        "rM",
        worded={"rM": 1},
        seen={("VC05", "chamber_water_level"): 1, ("VC05", "leak_wire_alarm"): 1},
    ),
    Case(
        "line_rupture",
        "LINE-SD",
        "P101",
        ("SUPPLY", "outlet_pressure_a"),
        worded={"rM": 1},
        seen={("SUPPLY", "outlet_pressure_a"): -1},
    ),
    Case(
        "upstream_trip",
        "LINE-SU",
        "P101",
        ("SUPPLY", "inlet_pressure_a"),
        worded={"rH": 0},
        seen={("SUPPLY", "inlet_pressure_a"): -1},
    ),
    Case(
        "downstream_trip",
        "LINE-SD",
        "P101",
        ("SUPPLY", "outlet_pressure_a"),
        worded={"rH": 0},
        seen={("SUPPLY", "outlet_pressure_a"): 1},
    ),
    Case("sensor_bias", "B4-FT-10203", "P102", "Q", computed(1, 0, 1, -1, 1, rBal=1), name="sensor_bias: flow meter"),
    Case(
        "sensor_bias",
        "B4-PT-10202",
        "P102",
        "rH",
        computed(0, 0, 1, 0, 1, rBr=1),
        name="sensor_bias: discharge pressure",
    ),
    Case("sensor_bias", "B4-ST-10231", "P102", "rn", computed(0, 0, -1, -1, 0, rn=1), name="sensor_bias: speed"),
    Case("sensor_bias", "B4-JT-10235", "P102", "rX", computed(0, 0, 0, 1, -1, rX=1), name="sensor_bias: power"),
    Case(
        "sensor_drift",
        "B4-PT-10202",
        "P102",
        "rH",
        computed(0, 0, 1, 0, 1, rBr=1),
        name="sensor_drift: discharge pressure",
    ),
    Case("sensor_stuck", "B4-FT-20103", "P201", "Qs", worded={"Qs": -1}),
    Case("sensor_dropout", "B4-FT-20103", "P201", MISSING),
    Case("sensor_noise", "B4-FT-10303", "P103", "Qs", worded={"Qs": 1}),
    Case("makeup_loss", "MU", "P201", "rM", worded={"rM": -1}, seen={("MU", "pressurisation_point_pressure"): -1}),
    Case(
        "water_quality",
        "WQ-R",
        "P201",
        ("WQ-R", "conductivity"),
        seen={("WQ-R", "ph"): -1, ("WQ-R", "conductivity"): 1, ("WQ-R", "dissolved_oxygen"): 1, ("WQ-R", "iron"): 1},
    ),
    Case(
        "transformer_overtemperature",
        "ST1",
        "P101",
        ("ST1", "dry_transformer_winding_b"),
        seen={("ST1", "dry_transformer_winding_b"): 1},
    ),
    Case("flood", "HALL-B", "P201", ("HALL-B", "flood_2"), seen={("HALL-B", "flood_1"): 1, ("HALL-B", "flood_2"): 1}),
    Case(
        "fire",
        "ROOM-VFD",
        "P101",
        ("ROOM-VFD", "air_temperature"),
        seen={("ROOM-VFD", "smoke_1"): 1, ("ROOM-VFD", "air_temperature"): 1},
    ),
    Case("gas", "ROOM-BAT", "P101", ("ROOM-BAT", "gas"), seen={("ROOM-BAT", "gas"): 1, ("ROOM-BAT", "o2"): -1}),
    Case("intrusion", "ROOM-10KV", "P101", ("ROOM-10KV", "door_open"), seen={("ROOM-10KV", "door_open"): 1}),
)

REASONS = {
    ("cavitation", "rN"): "the inflow to one impeller is disturbed, so that the pressure falls at its eye and at no"
    " gauge; less flow then requires less NPSH. Where suction pressure itself falls (strainer, upstream), rN falls",
}
"""Why the plant moves otherwise than the catalogue says: (case, what moves) and the reason."""
