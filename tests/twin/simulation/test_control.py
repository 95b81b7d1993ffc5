"""Speed control keeps what it is asked to, holds what it had when its signal is lost, and gives way to the headers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, plant, reference, run
from twin.commands import Disturb, Operate
from twin.errors import StationError
from twin.paths import REFERENCE_STATION
from twin.plant.reading import Station, parse
from twin.signals import Floats, Frame, Qualities, Quality
from twin.simulation import control, gauges, regulator
from twin.simulation.chance import as_built
from twin.simulation.control import Controls, Mode
from twin.simulation.gauges import Gauges
from twin.simulation.instruments import transmitters
from twin.simulation.layout import Layout, layout_of
from twin.simulation.plant import Plant
from twin.simulation.regulator import Regulator
from twin.simulation.scenario import Happening, Scenario
from twin.simulation.scenario import parse as parse_scenario
from twin.simulation.supervision import Supervision
from twin.simulation.waterside import works

FLOW_KEPT = 'control = "flow"\nset_point = 19500'
SIGNALS = np.array([[5.4, 5.4], [0.60e6, 0.43e6], [1.31e6, 1.17e6], [0.18e6, 0.18e6]])  # as in healthy running


@dataclass(frozen=True)
class Desk:
    """Control without a plant: what it reads is told by the test."""

    layout: Layout
    gauges: Gauges
    regulator: Regulator

    def controls(self) -> Controls:
        controls = control.first(self.layout, np.ones(len(self.layout.resistances)))
        control.settle(controls, np.array([0.9, 0.9]), self.layout)
        regulator.begin(controls, self.regulator, SIGNALS)
        return controls

    def keeping(self, mode: Mode) -> Controls:
        """Both circuits keep what there is."""
        controls = self.controls()
        for circuit in range(2):
            target = controls.command[circuit] if mode == Mode.MANUAL else SIGNALS[mode - 1, circuit]
            regulator.keep(controls, circuit, mode, float(target), 1.0)
        return controls


@cache
def desk() -> Desk:
    layout = layout_of(reference())
    supervision = Supervision.of(layout, works(layout, as_built(layout)), transmitters(layout))
    return Desk(layout, supervision.gauges, supervision.regulator)


def keeping(mode: str, set_point: float) -> Station:
    """The reference station, whose supply circuit keeps something else."""
    text = REFERENCE_STATION.read_text(encoding="utf-8")
    return parse(text.replace(FLOW_KEPT, f'control = "{mode}"\nset_point = {set_point}', 1), REFERENCE_STATION)


def kept(frames: list[Frame], mode: str) -> Floats:
    """(t,) what a mode keeps, as the transmitters say it. [MPa]"""
    if mode == "pressure_difference":
        return column(frames, "VC06", "supply_pressure") - column(frames, "VC06", "return_pressure")
    return column(frames, "SUPPLY", {"suction": "inlet", "discharge": "outlet"}[mode.split("_")[0]] + "_pressure_b")


# --- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "set_point"), [("suction_pressure", 0.63), ("discharge_pressure", 1.28), ("pressure_difference", 0.16)]
)
def test_a_pressure_comes_to_its_set_point_and_stays_there(mode: str, set_point: float) -> None:
    frames = run(Plant(keeping(mode, set_point), 3, START), 260)
    pressure, speed = kept(frames, mode), column(frames, "P102", "shaft_speed")
    assert abs(pressure[0] - set_point) > 0.015
    assert pressure[-60:].mean() == pytest.approx(set_point, abs=0.003)
    assert pressure[-60:].std() < 0.003
    assert np.ptp(speed[-60:]) < 0.01 * 990.0  # it does not hunt


def test_constant_suction_settles_again_after_a_neighbour_was_disturbed() -> None:
    of_plant = Plant(keeping("suction_pressure", 0.62), 3, START)
    run(of_plant, 150)
    of_plant.disturb(Disturb("upstream_trip", "supply", "test", START, severity="slight"))
    frames = run(of_plant, 260)
    pressure = column(frames, "SUPPLY", "inlet_pressure_a")
    assert pressure.min() < 0.62 - 0.01
    assert pressure[-60:].mean() == pytest.approx(0.62, abs=0.004)
    away = np.sign(np.where(np.abs(pressure - 0.62) > 0.004, pressure - 0.62, 0.0))
    turns = np.count_nonzero(np.diff(away[away != 0.0]))
    assert turns <= 2  # it does not hunt


def test_manual_speed_stands_still_whatever_the_flow_does() -> None:
    of_plant = Plant(keeping("manual", 48.0), 3, START)
    run(of_plant, 60)
    of_plant.disturb(Disturb("upstream_trip", "supply", "test", START, severity="slight"))
    frames = run(of_plant, 60)
    assert (column(frames, "VFD101", "frequency_setpoint") == 48.0).all()
    assert np.ptp(column(frames, "SUPPLY", "outlet_flow_a")) > 100.0


@pytest.mark.parametrize("pump", ["P101", "P201"])
def test_one_common_speed_is_asked_of_all_duty_pumps(pump: str) -> None:
    frames = run(plant(), 3)
    asked = [column(frames, f"VFD{pump[1]}0{n}", "frequency_setpoint") for n in (1, 2, 3)]
    np.testing.assert_array_equal(asked[0], asked[1])
    np.testing.assert_array_equal(asked[0], asked[2])


# --- signals that fail -----------------------------------------------------------------------------------------------


@given(st.sampled_from([m for m in Mode if m != Mode.MANUAL]), st.floats(0.9, 1.1), st.integers(1, 12))
@settings(max_examples=15, deadline=None)
def test_a_lost_signal_holds_the_last_output(mode: Mode, disturbed: float, seconds: int) -> None:
    it, controls = desk().regulator, desk().keeping(mode)
    for _ in range(10):
        regulator.regulate(controls, SIGNALS * disturbed, it, 1.0)
    before = controls.command.copy()
    for _ in range(seconds):
        regulator.regulate(controls, np.full_like(SIGNALS, np.nan), it, 1.0)
        np.testing.assert_array_equal(controls.command, before)
    regulator.regulate(controls, SIGNALS * disturbed, it, 1.0)
    assert np.abs(controls.command - before).max() < 0.02  # and it comes back without a bump
    told = [news.text.en.rpartition(" ")[2] for news in controls.told()]
    assert told == ["held", "held", "back", "back"]  # each circuit once


def test_one_meter_that_drops_out_does_not_take_the_signal_away() -> None:
    frames, other = run(plant("healthy"), 60), plant("healthy")
    for tag in ("B4-FT-30003A", "B4-FT-30013A", "B4-FT-30013B"):
        other.disturb(Disturb("sensor_dropout", tag, "test", START, severity="gross"))
    dropped = run(other, 60)
    speeds = [column(each, "VFD101", "frequency_setpoint") for each in (frames, dropped)]
    assert np.abs(speeds[0] - speeds[1]).max() < 0.5
    assert not [event for frame in dropped for event in frame.events if event.kind == "notice"]


@given(st.permutations([1.0, 1.2, 9.0]), st.sets(st.integers(0, 2), max_size=3))
def test_three_pressures_vote_and_what_has_failed_does_not(said: list[float], failed: set[int]) -> None:
    values, quality = _said("inlet_pressure_", said, failed)
    read = desk().gauges.read(values, quality, None)[gauges.INLET, 0] / 1e6  # type: ignore[arg-type]
    good = sorted(value for i, value in enumerate(said) if i not in failed)
    expected = {0: np.nan, 1: good[:1], 2: good, 3: good[1:2]}[len(good)]
    assert read == pytest.approx(np.mean(expected), nan_ok=True)


def _said(prefix: str, said: list[float], failed: set[int]) -> tuple[Floats, Qualities]:
    tags = reference().tags
    values, quality = np.zeros(len(tags)), np.zeros(len(tags), dtype=np.uint8)
    for i, letter in enumerate("abc"):
        at = tags.measuring("SUPPLY", prefix + letter)
        values[at], quality[at] = (np.nan, Quality.MISSING) if i in failed else (said[i], Quality.GOOD)
    return values, quality


# --- limits of the headers -------------------------------------------------------------------------------------------


@given(st.floats(0.0, 0.34), st.sampled_from([Mode.MANUAL, Mode.FLOW, Mode.DISCHARGE]))
@settings(max_examples=15, deadline=None)
def test_pumps_slow_down_in_every_mode_while_suction_is_below_its_least(pressure: float, mode: Mode) -> None:
    it, controls = desk().regulator, desk().keeping(mode)
    low = SIGNALS.copy()
    low[gauges.INLET, 0] = pressure * 1e6
    speeds = []
    for _ in range(20):
        regulator.regulate(controls, low, it, 1.0)
        speeds.append(controls.command[0])
    assert (np.diff(speeds) < 0.0).all()
    assert controls.cap[1] == 1.0  # the other circuit is left alone


@given(st.floats(2.2, 4.0))
@settings(max_examples=5, deadline=None)
def test_pumps_slow_down_while_the_outlet_is_above_its_greatest(pressure: float) -> None:
    it, controls = desk().regulator, desk().controls()
    high = SIGNALS.copy()
    high[gauges.OUTLET, 1] = pressure * 1e6
    for _ in range(200):
        regulator.regulate(controls, high, it, 1.0)
        assert controls.command[1] >= desk().layout.least_speed[1] - 1e-12
    assert controls.command[1] < 0.9
    for _ in range(200):
        regulator.regulate(controls, SIGNALS, it, 1.0)
    assert controls.cap[1] == 1.0  # and have their speed back when there is room


def test_a_neighbour_that_trips_does_not_draw_the_suction_below_its_least() -> None:
    frames = run(plant("upstream_trip"), 260)
    inlet = column(frames, "SUPPLY", "inlet_pressure_b")
    assert inlet[84:120].min() < 0.35  # the wave is faster than any drive
    assert inlet[-60:].mean() == pytest.approx(0.35, abs=0.004)
    assert column(frames, "P101", "running").all()


# --- set-points and modes while it runs ------------------------------------------------------------------------------


def test_a_command_changes_what_is_kept_without_a_bump() -> None:
    of_plant = plant()
    before = run(of_plant, 20)
    of_plant.operate(Operate("suction_pressure", "supply", "operator", START, value=0.64, ramp_s=60))
    frames = run(of_plant, 260)
    speed = column([*before, *frames], "VFD101", "frequency_setpoint")
    assert np.abs(np.diff(speed)).max() < 0.25
    assert column(frames, "SUPPLY", "inlet_pressure_a")[-40:].mean() == pytest.approx(0.64, abs=0.004)
    (told,) = [event for frame in frames for event in frame.events]
    assert (told.kind, told.subject, told.at) == ("operation", "supply", START + 20)
    assert (told.data["operation"], told.data["value"]) == ("suction_pressure", 0.64)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Operate("suktion_pressure", "supply", "x", START, value=0.6), "Did you mean 'suction_pressure'"),
        (Operate("suction_pressure", "supply", "x", START), "has no value"),
        (Operate("suction_pressure", "suply", "x", START, value=0.6), "Did you mean 'supply'"),
        (Operate("suction_pressure", "supply", "x", START, value=0.3), "at odds with least_suction_mpa, 0.35"),
        (Operate("discharge_pressure", "supply", "x", START, value=2.2), "at odds with most_discharge_mpa, 2.1"),
        (Operate("speed", "supply", "x", START, value=60.0), "60 Hz is at odds with P101, which runs at 25 to 50"),
        (Operate("speed", "supply", "x", START, value=20.0), "20 Hz is at odds with P101"),
        (Operate("flow", "supply", "x", START, value=1900.0), "at odds with the 1950 that one pump"),
        (Operate("valve", "MV302", "x", START, value=120.0), "120 % is no opening"),
        (Operate("rotate_duty", "supply", "x", START, start="P101", stop="P101"), "starts and stops P101"),
    ],
)
def test_a_command_that_contradicts_the_station_is_refused_and_changes_nothing(order: Operate, said: str) -> None:
    one, other = plant(), plant()
    with pytest.raises(StationError, match=said):
        one.operate(order)
    for left, right in zip(run(one, 3), run(other, 3), strict=True):
        np.testing.assert_array_equal(left.values, right.values)
        assert left.events == right.events == ()


def test_a_scenario_that_contradicts_the_station_is_refused_before_the_first_step() -> None:
    contradicts = Happening(at=5, on="return", operation="suction_pressure", value=0.2)
    scenario = Scenario.model_validate({"name": {"en": "x"}, "duration_s": 9, "happenings": [contradicts]})
    with pytest.raises(StationError, match="at odds with least_suction_mpa"):
        Plant(reference(), 1, START, scenario)


CONTRADICTING = """name = {en = "x"}
duration_s = 60
[[happenings]]
at = 5
operation = "flow"
on = "supply"
value = 19000
[[happenings]]
at = 5
operation = "speed"
on = "supply"
value = 60
[[happenings]]
at = 9
operation = "start"
on = "P104"
[[happenings]]
at = 9
operation = "stop"
on = "P104"
"""


def test_controls_of_a_scenario_that_contradict_the_station_or_each_other_are_named_with_their_lines() -> None:
    with pytest.raises(StationError) as caught:
        Plant(reference(), 1, START, parse_scenario(CONTRADICTING, "mine.toml"))
    said = str(caught.value)
    assert "has 3 mistakes" in said
    assert "line 12: 60 Hz is at odds with P101" in said
    assert "line 10: supply is to do two things at 5 s, 'speed' and that of line 3" in said
    assert "line 19: P104 is to do two things at 9 s, 'stop' and that of line 13" in said


def test_a_set_point_that_is_said_twice_contradicts_nothing() -> None:
    once = Happening(at=5, on="supply", operation="flow", value=19000.0)
    scenario = Scenario.model_validate({"name": {"en": "x"}, "duration_s": 9, "happenings": [once, once]})
    assert Plant(reference(), 1, START, scenario).now == START


def test_the_state_of_control_is_saved_with_everything_else() -> None:
    of_plant = Plant(keeping("pressure_difference", 0.15), 3, START, "drive_trip")
    run(of_plant, 70)
    of_plant.operate(Operate("start", "P104", "x", START))
    kept_state = of_plant.state()
    first = run(of_plant, 20)
    of_plant.restore(kept_state)
    again = run(of_plant, 20)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.values, two.values)
        assert one.events == two.events
