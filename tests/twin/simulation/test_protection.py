"""Interlocks take pumps off after their holds and not before; standbys are armed, and started by people, in time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, plant, reference, run
from twin.commands import Disturb, Operate
from twin.signals import Floats, Frame, Quality
from twin.simulation import control, interlocks, standby
from twin.simulation.control import NO_INTERLOCK, RUNNING, STARTING, STOPPED, Controls
from twin.simulation.interlocks import Interlocks
from twin.simulation.layout import Layout, layout_of
from twin.simulation.plant import Plant

SUPPLY, RETURN = slice(0, 3), slice(4, 7)  # the duty pumps of each circuit
INHIBIT = 120  # s, the reference station's
OF_DRIVES = ("input_transformer_winding_b", "power_cell_max_temperature")


@dataclass(eq=False)
class Panel:
    """Protection without a plant: what it reads is told by the test."""

    layout: Layout
    rules: Interlocks
    controls: Controls
    values: Floats

    def say(self, equipment: str, measures: str, value: float) -> None:
        """From now on a transmitter says this."""
        at = reference().tags.measuring(equipment, measures)
        assert at is not None
        self.values[at] = value

    def watch(self, seconds: int, failed: tuple[str, ...] = ()) -> None:
        """Let time pass; the transmitters of ``failed`` tags say nothing."""
        quality = np.zeros(self.values.size, dtype=np.uint8)
        quality[[reference().tags.column(name) for name in failed]] = Quality.BAD
        for _ in range(seconds):
            interlocks.watch(self.controls, self.values, quality, self.rules, 1.0)

    @property
    def off(self) -> set[str]:
        """The pumps that were taken off."""
        taken = self.controls.latched != NO_INTERLOCK
        return {name for name, off in zip(self.layout.machines.ids, taken, strict=True) if off}


@cache
def compiled() -> tuple[Layout, Interlocks, Floats]:
    layout = layout_of(reference())
    healthy = plant()
    run(healthy, 2)
    return layout, Interlocks.of(layout), healthy.step().values


def panel() -> Panel:
    layout, rules, values = compiled()
    controls = control.first(layout, np.ones(len(layout.resistances)), len(rules))
    control.settle(controls, np.array([0.95, 0.95]), layout)
    return Panel(layout, rules, controls, values.copy())


def notes(frames: list[Frame], subject: str) -> list[str]:
    return [event.text.en for frame in frames for event in frame.events if event.subject == subject]


# --- interlocks ------------------------------------------------------------------------------------------------------


@given(st.floats(0.0, 0.299), st.integers(1, 5))
@settings(max_examples=15, deadline=None)
def test_suction_too_low_trips_after_its_hold_and_not_before(pressure: float, dip: int) -> None:
    it = panel()
    it.say("P102", "suction_pressure", pressure)
    it.watch(dip)  # five seconds have passed with the sixth sample
    assert it.off == set()
    it.say("P102", "suction_pressure", 0.6)
    it.watch(1)
    it.say("P102", "suction_pressure", pressure)
    it.watch(5)
    assert it.off == set()  # a dip before does not count
    it.watch(1)
    assert it.off == {"P102"}
    assert it.controls.duty[1] == STOPPED
    assert [news.text.en for news in it.controls.told()] == ["taken off by interlock: suction pressure low"]


@pytest.mark.parametrize("header", ["SUPPLY", "RETURN"])
@pytest.mark.parametrize("side", ["inlet", "outlet"])
def test_over_pressure_of_either_header_takes_off_its_circuit_within_the_hold(header: str, side: str) -> None:
    it = panel()
    it.say(header, f"{side}_pressure_a", 2.45)
    it.watch(30)
    assert it.off == set()  # one of three may be wrong
    it.say(header, f"{side}_pressure_c", 2.41)
    it.watch(2)
    assert it.off == set()
    it.watch(1)
    assert it.off == ({"P101", "P102", "P103"} if header == "SUPPLY" else {"P201", "P202", "P203"})


def test_a_signal_that_has_failed_does_not_vote() -> None:
    it = panel()
    for letter in "abc":
        it.say("SUPPLY", f"inlet_pressure_{letter}", 2.5)
    it.watch(30, failed=("B4-PT-30001A", "B4-PT-30001B"))
    assert it.off == set()
    it.watch(3, failed=("B4-PT-30001A",))
    assert it.off == {"P101", "P102", "P103"}


@pytest.mark.parametrize(
    ("measures", "value", "hold"),
    [
        ("pump_flow", 1900.0, 30),
        ("vibration_pump_axial", 9.6, 10),
        ("pump_thrust_bearing_temperature", 96.0, 5),
        ("stator_winding_w2_temperature", 146.0, 5),
        ("motor_current_v", 146.0, 10),
        ("emergency_stop", 1.0, 0),
        ("input_transformer_winding_b", 151.0, 5),
        ("power_cell_max_temperature", 86.0, 5),
    ],
)
def test_each_limit_has_its_own_hold(measures: str, value: float, hold: int) -> None:
    it = panel()
    it.say("VFD203" if measures in OF_DRIVES else "P203", measures, value)
    it.watch(hold)
    assert it.off == set()
    it.watch(1)
    assert it.off == {"P203"}


@given(st.floats(0.55, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=20, deadline=None)
def test_a_pump_that_has_lost_its_head_is_taken_off_after_ten_seconds_whatever_its_speed(
    speed: float, kept: float
) -> None:
    it = panel()
    it.say("P102", "shaft_speed", 990.0 * speed)
    it.say("P102", "suction_pressure", 0.6)
    it.say("P102", "discharge_pressure", 0.6 + 0.8 * speed**2 * kept)
    it.watch(10)
    assert it.off == set()
    it.watch(1)
    assert it.off == ({"P102"} if 0.8 * kept < 0.4 else set())


def test_a_head_that_is_not_known_takes_nothing_off() -> None:
    it = panel()
    it.say("P102", "discharge_pressure", 0.5)
    name = reference().tags[reference().tags.measuring("P102", "shaft_speed") or 0].name
    it.watch(30, failed=(name,))
    assert it.off == set()
    it.say("P102", "shaft_speed", 0.0)
    it.watch(30)
    assert it.off == set()


@given(st.floats(0.0, 0.3), st.sampled_from("uvw"))
@settings(max_examples=20, deadline=None)
def test_phases_that_differ_by_a_tenth_take_a_pump_off_after_ten_seconds(more: float, phase: str) -> None:
    it = panel()
    for each in "uvw":
        it.say("P203", f"motor_current_{each}", 90.0 * (1.0 + more * (1.0 if each == phase else -0.5)))
    it.watch(10)
    assert it.off == set()
    it.watch(1)
    assert it.off == ({"P203"} if 1.5 * more > 0.1 else set())


def test_a_phase_that_is_lost_takes_the_pump_off_and_arms_the_standby() -> None:
    of_plant = plant()
    run(of_plant, 5)
    of_plant.disturb(Disturb("phase_imbalance", "P101", "test", START, severity="gross"))
    frames = run(of_plant, 30)
    assert int(np.flatnonzero(column(frames, "P101", "running"))[-1]) == pytest.approx(10, abs=2)
    assert notes(frames, "P101")[-1] == "taken off by interlock: phase imbalance"
    assert notes(frames, "P104")[0].startswith("armed, for P101 has tripped")


def test_both_seals_must_leak_and_a_standby_is_not_taken_off() -> None:
    it = panel()
    it.say("P201", "seal_leak_de", 1.0)
    it.say("P104", "pump_flow", 0.0)
    it.watch(60)
    assert it.off == set()
    it.say("P201", "seal_leak_nde", 1.0)
    it.watch(3)
    assert it.off == {"P201"}


def test_a_valve_that_does_not_open_ends_the_start_and_does_nothing_to_a_pump_in_service() -> None:
    it = panel()
    it.controls.duty[3] = STARTING
    for pump in ("P101", "P104"):
        it.say(pump, "discharge_valve_open", 0.0)
    it.say("P104", "pump_flow", 0.0)
    it.watch(60)
    assert it.off == set()
    it.watch(1)
    assert it.off == {"P104"}


@given(st.lists(st.sampled_from(["P101", "P102", "P201"]), max_size=3, unique=True))
@settings(max_examples=8, deadline=None)
def test_a_pump_is_taken_off_for_its_own_measurements_only(pumps: list[str]) -> None:
    it = panel()
    for pump in pumps:
        it.say(pump, "vibration_motor_nde_x", 12.0)
    it.watch(12)
    assert it.off == set(pumps)


def test_a_pump_that_moves_nothing_is_taken_off_and_stays_off_until_it_is_reset() -> None:
    of_plant = plant()
    run(of_plant, 5)
    of_plant.disturb(Disturb("check_valve_stuck_closed", "P103", "test", START, lasts_s=60))
    frames = run(of_plant, 60)
    running = column(frames, "P103", "running")
    last = int(np.flatnonzero(running)[-1])
    assert 9 <= last <= 34
    assert column(frames, "P103", "common_fault")[last + 1 :].all()
    assert column(frames, "VFD103", "trip").max() == 0.0  # the drive is well
    assert column(frames, "P103", "motor_active_power")[last + 1 :].max() == 0.0
    (why,) = [text for text in notes(frames, "P103") if text.startswith("taken off by interlock")]
    assert why.endswith(("vibration", "flow below minimum"))
    of_plant.operate(Operate("start", "P103", "operator", START))
    assert "reset it first" in notes(run(of_plant, 1), "P103")[-1]
    of_plant.operate(Operate("reset", "P103", "operator", START))
    assert column(run(of_plant, 2), "P103", "common_fault")[-1] == 0.0


# --- standbys --------------------------------------------------------------------------------------------------------


@cache
def tripped() -> tuple[Plant, tuple[Frame, ...]]:
    """A plant a minute and a half after a drive has tripped at second 61."""
    of_plant = plant("drive_trip")
    return of_plant, tuple(run(of_plant, 150))


def test_a_standby_is_armed_and_asked_for_but_never_starts_by_itself() -> None:
    _, frames = tripped()
    told = [(frame.at - START, event) for frame in frames for event in frame.events if event.subject == "P104"]
    assert [(at, event.kind) for at, event in told] == [(61.0, "notice"), (121.0, "notice")]
    assert told[0][1].text.en == "armed, for P102 has tripped; start it in 60 s"
    assert told[1][1].text.en == "may be started now"
    assert not column(list(frames), "P104", "running").any()
    ready = column(list(frames), "P104", "ready")
    assert ready[:61].all()
    assert not ready[62:120].any()
    assert ready[122:].all()


@pytest.fixture
def after_a_trip() -> Plant:
    """The plant ten seconds after the trip."""
    of_plant = plant("drive_trip")
    run(of_plant, 71)
    return of_plant


def test_a_standby_that_is_started_before_its_delay_is_refused(after_a_trip: Plant) -> None:
    after_a_trip.operate(Operate("start", "P104", "operator", START))
    frames = run(after_a_trip, 3)
    assert notes(frames, "P104")[-1] == "start refused: a pump has just tripped; wait 51 s"
    assert not column(frames, "P104", "running").any()


def test_a_standby_starts_with_a_ramp_and_ends_the_hold_of_the_others() -> None:
    of_plant, _ = tripped()
    kept = of_plant.state()
    of_plant.operate(Operate("start", "P104", "operator", START))
    frames = run(of_plant, 160)
    of_plant.restore(kept)
    speed = column(frames, "P104", "shaft_speed")
    assert np.diff(speed).max() < 1.05 * 0.5 / 50.0 * 990.0 + 0.5
    assert speed[30] < 0.35 * 990.0
    assert column(frames, "P104", "pump_flow")[-1] > 5500.0
    valve = column(frames, "P104", "discharge_valve_position")
    assert np.diff(valve).max() < 2.0  # 60 s from shut to open
    others = column(frames, "P101", "pump_flow")
    assert others[-10:].mean() < 0.8 * others[:10].mean()  # they had run out


@given(st.integers(0, INHIBIT - 1))
@settings(max_examples=15, deadline=None)
def test_a_pump_that_stopped_is_not_started_again_before_its_inhibit_time(since: int) -> None:
    layout, rules, _ = compiled()
    controls = control.first(layout, np.ones(len(layout.resistances)), len(rules))
    controls.duty[0] = STOPPED
    none, still = np.zeros(len(layout.machines), dtype=bool), np.zeros(len(layout.machines))
    for _ in range(since):
        standby.watch(controls, still, none, layout, 1.0)
    control.start(controls, 0, layout)
    assert controls.duty[0] == STOPPED
    assert controls.told()[-1].text.en == f"start refused: it stopped just now; wait {INHIBIT - since} s"
    for _ in range(INHIBIT - since):
        standby.watch(controls, still, none, layout, 1.0)
    control.start(controls, 0, layout)
    assert controls.duty[0] == STARTING


def test_a_pump_that_turns_backwards_is_not_started() -> None:
    of_plant = plant()
    run(of_plant, 3)
    of_plant.disturb(Disturb("check_valve_stuck_open", "P104", "test", START, severity="gross", shape="step"))
    frames = run(of_plant, 40)
    assert column(frames, "P104", "ready")[-1] == 0.0
    of_plant.operate(Operate("start", "P104", "operator", START))
    assert notes(run(of_plant, 1), "P104")[-1] == "start refused: water drives it backwards"


def test_without_a_standby_that_is_ready_people_are_told_so() -> None:
    layout, rules, _ = compiled()
    controls = control.first(layout, np.ones(len(layout.resistances)), len(rules))
    none, still = np.zeros(len(layout.machines), dtype=bool), np.zeros(len(layout.machines))
    for pump in (1, 2):
        control.trip(controls, pump, 0)
        standby.watch(controls, still, none, layout, 1.0)
    told = [(news.subject, news.text.en) for news in controls.told()]
    assert [subject for subject, _ in told] == ["P104", "P103"]
    assert told[1][1] == "tripped, and no standby is ready"
    assert (controls.duty[SUPPLY] == [RUNNING, STOPPED, STOPPED]).all()
    assert (controls.duty[RETURN] == RUNNING).all()
