"""Contradictory controls are said before the first step: when the station file is checked, each with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import StationError
from twin.paths import REFERENCE_STATION
from twin.plant.checking import Mistake, mistakes
from twin.plant.reading import parse

SOUND = """\
format = "pumphouse-station"
version = 1
station = {id = "S"}
nodes = [{id = "N1"}, {id = "N2"}, {id = "N3"}]
tags = [
  {name = "PS", equipment = "P1", measures = "suction_pressure", unit = "bar", range = [0, 10], L = 1.5, LL = 1},
  {name = "Q", equipment = "P1", measures = "pump_flow", unit = "m3/h", range = [0, 100]},
  {name = "ZO", equipment = "P1", measures = "discharge_valve_open", kind = "digital"},
  {name = "PA", equipment = "H", measures = "outlet_pressure_a", unit = "kPa", range = [0, 2500], H = 1500},
  {name = "PB", equipment = "H", measures = "outlet_pressure_b", unit = "kPa", range = [0, 2500], H = 1500},
  {name = "DP", equipment = "H", measures = "far", unit = "kPa", range = [0, 500]},
  {name = "PD", equipment = "P1", measures = "discharge_pressure", unit = "bar", range = [0, 10]},
  {name = "N", equipment = "P1", measures = "shaft_speed", unit = "r/min", range = [0, 1200]},
  {name = "IU", equipment = "P1", measures = "motor_current_u", unit = "A", range = [0, 20]},
  {name = "TA", equipment = "T", measures = "dry_transformer_winding_a", unit = "°C", range = [0, 200], H = 155},
  {name = "IV", equipment = "P1", measures = "motor_current_v", unit = "A", range = [0, 20]},
]
equipment = [{id = "H", kind = "header", circuit = "water"}, {id = "T", kind = "station_transformer"}]
resistances = [
  {id = "V1", kind = "butterfly_valve", pump = "P1", from_node = "N3", to_node = "N2", loss_kpa = 1, flow_m3_h = 10, travel_s = 40},
]
interlocks = [
  {id = "low", measures = "suction_pressure", below = 1.0, hold_s = 5},
  {id = "high", of = "H", circuit = "water", measures = "outlet_pressure_?", above = 2000, votes = 2},
  {id = "little", measures = "pump_flow", below = 15, hold_s = 30, when = "running"},
  {id = "shut", measures = "discharge_valve_open", below = 0.5, hold_s = 50, when = "starting"},
  {id = "head", measures = "discharge_pressure", less = "suction_pressure", at_rated_speed = true, below = 0.5},
  {id = "hot", of = "T", measures = "dry_transformer_winding_?", above = 170, hold_s = 5},
  {id = "uneven", measures = "motor_current_?", spread = true, above = 10, when = "running"},
]

[curves.design]
speed_rpm = 990
flow_m3_h = [0, 50, 100]
head_m = [30, 25, 10]

[[circuits]]
id = "water"
inlet = "N1"
outlet = "N2"
temperature_c = 20
flow_m3_h = 50
control = "flow"
set_point = 50
remote = ["DP"]
least_suction_mpa = 0.15
most_discharge_mpa = 1.9

[[pumps]]
id = "P1"
circuit = "water"
curve = "design"
from_node = "N1"
to_node = "N3"
rated_flow_m3_h = 50
minimum_flow_m3_h = 10
drive = {id = "D1", minimum_hz = 25, rated_hz = 50}

[[lines]]
id = "L1"
circuit = "water"
side = "upstream"
node = "N1"
length_m = 1000
bore_m = 0.2
head_m = 20
flow_m3_h = 50
"""  # noqa: E501

CONTROL = 'control = "flow"\nset_point = 50'
SECOND = '\n[[circuits]]\nid = "other"\ninlet = "N2"\noutlet = "N1"\ntemperature_c = 20\nflow_m3_h = 50\n'

# what is written instead of what, what stands on the line that is named, and words that must be said
SLIPS = {
    "nothing to keep it at": (CONTROL, 'control = "suction_pressure"', "control = ", "but at no value"),
    "a suction that trips": (
        CONTROL,
        'control = "suction_pressure"\nset_point = 0.1',
        "set_point = ",
        "at odds with the limit",
    ),
    "a suction that is limited": (
        CONTROL,
        'control = "suction_pressure"\nset_point = 0.14',
        "set_point = ",
        "limit of 0.15 MPa",
    ),
    "a discharge that trips": (
        CONTROL,
        'control = "discharge_pressure"\nset_point = 2.2',
        "set_point = ",
        "limit of 1.9 MPa",
    ),
    "a flow that trips": ("set_point = 50", "set_point = 12", "set_point = ", "taken off below 15"),
    "a speed no drive has": (CONTROL, 'control = "manual"\nset_point = 20', "set_point = ", "runs at 25 to 50 Hz"),
    "a difference without a point": (
        CONTROL + '\nremote = ["DP"]',
        'control = "pressure_difference"\nset_point = 0.2',
        "control = ",
        "names no tag of it",
    ),
    "a point that is not there": ('remote = ["DP"]', 'remote = ["DQ"]', "remote = ", "there is no tag 'DQ'"),
    "a point that is no pressure": ('remote = ["DP"]', 'remote = ["Q"]', "remote = ", "no pressure"),
    "slowed after the trip": (
        "least_suction_mpa = 0.15",
        "least_suction_mpa = 0.1",
        "least_suction",
        "trip at 0.1 MPa already",
    ),
    "slowed above the trip": (
        "most_discharge_mpa = 1.9",
        "most_discharge_mpa = 2.1",
        "most_discharge",
        "trip at 2 MPa already",
    ),
    "limits upside down": (
        "least_suction_mpa = 0.15",
        "least_suction_mpa = 1.95",
        "most_discharge",
        "not above least_suction_mpa",
    ),
    "a drive without a range": ("minimum_hz = 25", "minimum_hz = 50", "minimum_hz", "speed could not be controlled"),
    "nobody on duty": (
        "rated_flow_m3_h = 50",
        "rated_flow_m3_h = 50\nstandby = true",
        'id = "water"',
        "none would run",
    ),
    "an interlock without a limit": ("below = 1.0, ", "", 'id = "low"', "has no limit"),
    "an interlock with two": ("below = 1.0", "below = 1.0, above = 2", 'id = "low"', "has two limits"),
    "an interlock of nothing": ('"pump_flow", below', '"pump_folw", below', 'id = "little"', "could never act"),
    "an interlock of nobody": ('of = "H"', 'of = "HH"', "votes = ", "there is no equipment 'HH'"),
    "more votes than signals": ("votes = 2", "votes = 3", "votes = ", "only 2 tags"),
    "out of reach": ("above = 2000", "above = 3000", "votes = ", "outside what 'PA' can say"),
    "a trip before its alarm": ("above = 2000", "above = 1000", "votes = ", "before 'PA' alarms at 1500"),
    "a valve that needs longer": ("hold_s = 50", "hold_s = 30", 'id = "shut"', "no start could succeed"),
    "limits that cross": (
        "interlocks = [",
        'interlocks = [\n  {id = "much", measures = "pump_flow", above = 14},',
        'id = "little"',
        "no value lies above 15 and below 14",
    ),
    "a head of nothing": ('less = "suction_pressure"', 'less = "suction"', 'id = "head"', "which no tags of a pump"),
    "a head of unlike things": ('less = "suction_pressure"', 'less = "pump_flow"', 'id = "head"', "is in m3/h, but"),
    "a head less a spread": ("at_rated_speed = true", "spread = true", 'id = "head"', "contradict each other"),
    "a speed of nothing": ('"shaft_speed"', '"speed"', 'id = "head"', "no tag measures 'shaft_speed'"),
    "a speed without a head": ("spread = true", "at_rated_speed = true", 'id = "uneven"', "no head is judged"),
    "a spread of one": ('"motor_current_?"', '"motor_current_v"', 'id = "uneven"', "one tag there measures"),
    "votes of a spread": ("spread = true", "spread = true, votes = 2", 'id = "uneven"', "a spread is one value"),
    "a transformer with pumps": ('of = "T"', 'of = "T", circuit = "water"', 'id = "hot"', "which is a transformer"),
    "a transformer before its alarm": ("above = 170", "above = 150", 'id = "hot"', "before 'TA' alarms at 155"),
    "an interlock named twice": ('id = "high"', 'id = "low"', "votes = ", "'low' is named twice"),
}


def found(text: str) -> list[Mistake]:
    return list(mistakes(text))


def test_sound_controls_have_no_mistakes() -> None:
    assert found(SOUND) == []


def test_the_reference_station_has_no_contradiction() -> None:
    assert mistakes(REFERENCE_STATION.read_text(encoding="utf-8"), REFERENCE_STATION) == ()


@pytest.mark.parametrize("slip", sorted(SLIPS))
def test_a_contradiction_is_said_with_its_line(slip: str) -> None:
    old, new, stands, words = SLIPS[slip]
    assert SOUND.count(old) == 1
    text = SOUND.replace(old, new)
    lines = text.splitlines()
    said = found(text)
    assert any(stands in lines[each.line - 1] and words in str(each) for each in said), [str(each) for each in said]


def test_two_circuits_cannot_keep_the_same_difference() -> None:
    keeps = 'control = "pressure_difference"\nset_point = 0.2'
    text = SOUND.replace(CONTROL, keeps) + SECOND + keeps + '\nremote = ["DP"]\n'
    (said,) = found(text)
    assert "work against each other" in said.wrong
    assert text.splitlines()[said.line - 1].startswith("control")


def test_a_start_before_the_wave_of_the_trip_returns_is_warned_of() -> None:
    line = '[[lines]]\nid = "L"\ncircuit = "water"\nside = "upstream"\nnode = "N1"\nlength_m = 50000\nbore_m = 1.5\n'
    (said,) = found(f"{SOUND}\n{line}head_m = 20\nflow_m3_h = 50\n")
    assert (said.grade, "returns after 93 s" in said.wrong) == ("warning", True)


def test_a_contradiction_keeps_the_station_from_being_read() -> None:
    old, new, _, words = SLIPS["a suction that trips"]
    with pytest.raises(StationError, match=f"line 44: circuit 'water', set_point.*{words}"):
        parse(SOUND.replace(old, new))


@given(st.floats(0.0, 2.4), st.sampled_from(["suction_pressure", "discharge_pressure"]))
def test_a_pressure_can_be_kept_just_where_no_limit_is_passed(value: float, control: str) -> None:
    said = found(SOUND.replace(CONTROL, f'control = "{control}"\nset_point = {value!r}'))
    sound = value > 0.15 if control == "suction_pressure" else value < 1.9
    assert bool(said) != sound
