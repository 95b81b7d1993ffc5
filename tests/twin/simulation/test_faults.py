"""Each fault moves what the fault catalogue says it moves, in that direction, and is told as truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.twin.simulation.stations import START, column, frames_of, plant, reference, run
from twin.detectors.anomaly import FAULTS as NAMES
from twin.plant.model import PlantState, PumpModel
from twin.signals import Frame, Quality
from twin.simulation.effects import Effects
from twin.simulation.faults import FAULTS
from twin.simulation.layout import layout_of
from twin.simulation.places import places
from twin.simulation.plant import Plant
from twin.simulation.scenario import Scenario, load

BEFORE, AFTER = 40, 30  # s that are compared


def shift(scenario: str, pump: str) -> dict[str, float]:
    """What a fault changes of a pump: % of rated, as the catalogue has it."""
    onset = int(load(scenario).happenings[0].at)
    frames = frames_of(scenario)
    model = PumpModel(reference())
    states = [model.step(frame) for frame in frames]
    index = [p.id for p in reference().pumps].index(pump)
    circuit = "SUPPLY" if pump.startswith("P1") else "RETURN"
    others = [i for i, p in enumerate(reference().pumps) if p.circuit == reference().pumps[index].circuit]
    total = np.array([np.nansum(s.flow[others]) for s in states]) * 3600.0
    header = column(frames, circuit, "outlet_flow_a")
    branch = column(frames, pump, "discharge_pressure") - column(frames, circuit, "outlet_pressure_b")
    mate = next(i for i in others if i != index and not reference().pumps[i].standby)
    signals = {
        "Q": _of(states, "flow", index) / 1.8056 * 100.0,
        "Q other": _of(states, "flow", mate) / 1.8056 * 100.0,
        "rH": (_of(states, "head", index) - _of(states, "expected_head", index)) / 0.8,
        "rP": (_of(states, "power", index) - _of(states, "expected_power", index)) / 15.8e3,
        "rBr": branch * 1e3 / 7.4,
        "rBal": (total - header) / 65.0,
    }
    return {n: float(np.mean(s[-AFTER:]) - np.mean(s[max(onset - BEFORE, 0) : onset + 1])) for n, s in signals.items()}


def _of(states: Sequence[PlantState], name: str, pump: int) -> np.ndarray:
    return np.array([getattr(state, name)[pump] for state in states])


# fault, pump, and what the catalogue computed: (Q, Q other, rH, rP, rBr), in % of rated
SIGNATURES = [
    ("wear_ring_clearance", "P103", -2.8, 1.3, -2.65, 1.35, 0.0),
    ("impeller_wear", "P102", -4.3, 2.0, -4.1, -2.9, 0.0),
    ("cavitation", "P102", -3.2, 1.5, -3.1, -0.7, 0.0),
    ("gas_ingress", "P201", -8.9, 4.1, -8.5, -2.4, 0.0),
    ("broken_blade", "P201", -14.0, 6.3, -13.0, -0.5, 0.0),
    ("discharge_valve_partly_closed", "P203", -18.0, 8.2, 0.0, 0.0, 17.0),
    ("vfd_derate", "P202", -14.0, 6.3, 0.0, 0.0, 0.0),
    ("sensor_bias", "P102", 3.0, 0.0, 2.0, -1.0, 0.0),
    ("strainer_clogging", "P101", -4.0, 2.0, 0.0, 0.0, 0.0),
]


@pytest.mark.parametrize(("fault", "pump", "q", "q_other", "head", "power", "branch"), SIGNATURES)
def test_a_fault_has_the_signature_of_the_catalogue(
    fault: str, pump: str, q: float, q_other: float, head: float, power: float, branch: float
) -> None:
    moved = shift(fault, pump)
    expected = {"Q": q, "Q other": q_other, "rH": head, "rP": power, "rBr": branch}
    for name, wanted in expected.items():
        assert moved[name] == pytest.approx(wanted, abs=0.45 + 0.3 * abs(wanted)), (name, moved)


@pytest.mark.parametrize("fault", ["cavitation", "impeller_wear", "broken_blade", "gas_ingress", "wear_ring_clearance"])
def test_a_fault_that_is_told_acts_from_the_second_it_is_told_of(fault: str) -> None:
    frames, healthy = frames_of(fault), frames_of("healthy")
    (happening,) = load(fault).happenings
    onset = int(happening.at)
    for one, other in zip(frames[: onset + 1], healthy, strict=False):
        np.testing.assert_array_equal(one.values, other.values)
    rise = column(frames, happening.on, "discharge_pressure") - column(frames, happening.on, "suction_pressure")
    before, at_last = rise[:onset].mean(), rise[onset + 10 : onset + 30].mean()
    assert (rise[onset + 1] - before) / (at_last - before) > 0.6


def test_water_that_runs_back_through_a_standby_is_missing_in_the_balance() -> None:
    frames = frames_of("check_valve_stuck_open")
    back = column(frames, "P104", "pump_flow")
    assert not back[:60].any()
    assert back[-30:].mean() == pytest.approx(-0.1 * 6500.0, rel=0.25)
    assert column(frames, "P104", "check_valve_closed")[-1] == 0.0
    assert column(frames, "P101", "pump_flow")[-30:].mean() > column(frames, "P101", "pump_flow")[:60].mean() + 100.0


def test_when_a_drive_trips_suction_rises_discharge_falls_and_the_others_run_out() -> None:
    frames = frames_of("drive_trip")
    before, after = slice(40, 61), slice(75, 90)
    suction, discharge = column(frames, "SUPPLY", "inlet_pressure_a"), column(frames, "SUPPLY", "outlet_pressure_a")
    assert suction[after].mean() > suction[before].mean() + 0.1
    assert discharge[after].mean() < discharge[before].mean() - 0.1
    flow = column(frames, "P101", "pump_flow")
    assert flow[after].mean() / flow[before].mean() == pytest.approx(1.44, abs=0.05)
    assert column(frames, "P101", "motor_active_power")[after].mean() > 1.1 * 1300.0
    speed = column(frames, "P102", "shaft_speed")
    assert speed[60] > 900.0
    assert speed[62] < 0.6 * speed[60]
    assert column(frames, "P102", "motor_active_power")[62] == 0.0
    assert column(frames, "P102", "pump_flow")[after].max() == 0.0
    assert column(frames, "VFD102", "trip")[62] == 1.0
    assert column(frames, "H02", "feeder_power")[62] == 0.0
    station = column(frames, "SUPPLY", "outlet_flow_a")
    assert 0.93 < station[after].mean() / station[before].mean() < 0.98


@pytest.mark.parametrize(
    ("scenario", "suction", "discharge"), [("upstream_trip", -0.1, -0.05), ("downstream_trip", 0.05, 0.1)]
)
def test_a_neighbour_that_trips_is_felt_after_the_wave_has_come(
    scenario: str, suction: float, discharge: float
) -> None:
    frames = frames_of(scenario)
    for side, least in (("inlet", suction), ("outlet", discharge)):
        pressure = column(frames, "SUPPLY", f"{side}_pressure_b")
        assert abs(pressure[80] - pressure[59]) < 0.01  # 20 s: the wave takes 23
        moved = pressure[100:110].mean() - pressure[50:60].mean()
        assert moved / least > 1.0


def test_a_burst_line_drops_the_pressure_by_half_the_wave_of_what_is_lost() -> None:
    frames = frames_of("line_rupture")
    pressure = column(frames, "SUPPLY", "outlet_pressure_a")
    lost = 0.1 * 19500.0 / 3600.0
    assert pressure[59] - pressure[62:65].mean() == pytest.approx(0.5 * 56.7 * lost * 943.8 * 9.81e-6, rel=0.25)


@pytest.mark.parametrize(
    ("scenario", "equipment", "measures", "least"),
    [
        ("cavitation", "P102", "acceleration_envelope_pump_de", 1.0),
        ("broken_blade", "P201", "vibration_pump_de_x", 2.0),
        ("bearing_de", "P101", "acceleration_envelope_pump_de", 1.5),
        ("bearing_nde", "P202", "acceleration_envelope_pump_nde", 1.5),
        ("misalignment", "P203", "vibration_pump_axial", 0.3),
        ("phase_imbalance", "P101", "motor_current_u", 5.0),
        ("seal_leak", "P103", "seal_leak_de", 1.0),
        ("strainer_clogging", "P101", "inlet_strainer_differential_pressure", 20.0),
        ("check_valve_stuck_closed", "P103", "pump_flow", -6000.0),
        ("low_flow", "SUPPLY", "outlet_pressure_a", 0.05),
        ("line_leak", "MU", "flow", 100.0),
        ("makeup_loss", "MU", "flow", -10.0),
        ("winding_overheating", "P201", "stator_winding_v2_temperature", 0.7),
        ("water_quality", "WQ-R", "conductivity", 100.0),
        ("transformer_overtemperature", "ST1", "dry_transformer_winding_b", 0.7),
        ("flood", "HALL-B", "flood_1", 1.0),
        ("fire", "ROOM-VFD", "smoke_1", 1.0),
        ("gas", "ROOM-BAT", "gas", 20.0),
        ("intrusion", "ROOM-10KV", "door_open", 1.0),
        ("vfd_derate", "VFD202", "cell_bypass_active", 1.0),
    ],
)
def test_a_fault_shows_where_people_look_for_it(scenario: str, equipment: str, measures: str, least: float) -> None:
    frames = frames_of(scenario)
    seen = column(frames, equipment, measures)
    onset = int(load(scenario).happenings[0].at)
    moved = seen[-5:].mean() - seen[max(onset - 30, 0) : onset].mean()
    assert moved / least >= 1.0, moved


def test_a_stuck_meter_says_the_same_and_a_noisy_one_scatters() -> None:
    stuck = column(frames_of("sensor_stuck"), "P201", "pump_flow")
    assert len(set(stuck[60:])) == 1
    noisy = column(frames_of("sensor_noise"), "P103", "pump_flow")
    assert np.diff(noisy[61:]).std() > 2.5 * np.diff(noisy[:60]).std()


def test_a_signal_that_drops_out_is_missing_and_no_number() -> None:
    frames = frames_of("sensor_dropout")
    at = reference().tags.measuring("P202", "discharge_pressure")
    gone = np.array([frame.quality[at] == Quality.MISSING for frame in frames])
    assert not gone[:60].any()
    assert 0.25 < gone[60:].mean() < 0.55
    assert np.isnan([frame.values[at] for frame, out in zip(frames, gone, strict=True) if out]).all()


def test_a_drifting_transmitter_leaves_the_plant_alone() -> None:
    healthy, drifting = frames_of("healthy"), frames_of("sensor_drift")
    at = reference().tags.measuring("P102", "discharge_pressure")
    for one, two in zip(healthy, drifting, strict=True):
        differs = np.flatnonzero(~np.isclose(one.values, two.values, rtol=0, atol=0))
        assert set(differs) <= {at}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_fault_has_a_scenario_of_its_name_that_shows_only_it(fault: str) -> None:
    scenario = load(fault)
    assert {happening.fault for happening in scenario.happenings} == {fault}
    events = [e for frame in frames_of(fault) for e in frame.events]
    told = [event for event in events if event.kind == "truth"]
    assert len(told) == 1
    (happening,) = scenario.happenings
    assert frames_of(fault)[int(happening.at)].events == tuple(told)
    assert told[0].subject == happening.on
    assert told[0].data == {
        "fault": fault,
        "equipment": happening.on,
        "severity": happening.severity,
        "phase": "onset",
        "since": START + happening.at,
        "shape": happening.onset.shape,
        **({"ramp_s": happening.onset.seconds} if happening.onset.seconds else {}),
    }


def test_faults_have_the_names_that_detectors_use() -> None:
    assert set(FAULTS) <= set(NAMES)
    assert set(NAMES) - set(FAULTS) == {"unknown"}


def test_a_fault_that_ends_leaves_the_plant_healthy_again() -> None:
    frames = run(plant("demo"), 262)
    phases = [e.data["phase"] for frame in frames for e in frame.events if e.data.get("equipment") == "P102"]
    assert phases == ["onset", "end"]
    valve = column(frames, "P102", "discharge_valve_position")
    assert valve[100] == pytest.approx(35.0, abs=0.5)
    assert valve[-1] > 99.0


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_more_severe_is_larger_and_writes_only_where_it_acts(fault: str) -> None:
    layout = layout_of(reference())
    of = FAULTS[fault]
    sizes = [abs(of.size(severity)) for severity in ("slight", "clear", "gross")]
    assert sizes == sorted(sizes)
    index = next(iter(places(layout, of.befalls).values()))
    effects, healthy = Effects.none(layout), Effects.none(layout)
    of.effect(effects, index, 0.0)
    for name, value in vars(healthy).items():
        np.testing.assert_array_equal(getattr(effects, name), value)
    of.effect(effects, index, of.size("clear"))
    assert any(not np.array_equal(getattr(effects, name), value) for name, value in vars(healthy).items())


def test_faults_act_together() -> None:
    both = Scenario.model_validate(
        {
            "name": {"en": "both"},
            "duration_s": 60,
            "happenings": [
                {"at": 0, "fault": "impeller_wear", "on": "P101"},
                {"at": 0, "fault": "strainer_clogging", "on": "P101", "severity": "gross"},
            ],
        }
    )

    frames: list[Frame] = run(Plant(reference(), 3, START, both), 20)
    assert column(frames, "P101", "inlet_strainer_differential_pressure")[-1] > 50.0
    assert len([e for e in frames[0].events if e.kind == "truth"]) == 2
