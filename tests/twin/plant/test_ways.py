"""A station that water cannot come to, pass or leave is said before the first step, with the line."""

from __future__ import annotations

import numpy as np
import pytest

from twin.errors import StationError
from twin.paths import REFERENCE_STATION
from twin.plant.checking import Mistake, mistakes
from twin.plant.line import Lines, LineState
from twin.plant.reading import parse

SOUND = """\
format = "pumphouse-station"
version = 1
station = {id = "S"}
nodes = [{id = "A"}, {id = "B"}, {id = "C"}, {id = "D"}]
circuits = [{id = "w", inlet = "A", outlet = "D", temperature_c = 20, flow_m3_h = 50}]
resistances = [
  {id = "CV", circuit = "w", kind = "check_valve", check = true, from_node = "B", to_node = "C", loss_kpa = 1, flow_m3_h = 50},
  {id = "V", circuit = "w", kind = "gate_valve", from_node = "C", to_node = "D", loss_kpa = 1, flow_m3_h = 50},
]
lines = [
  {id = "U", circuit = "w", side = "upstream", node = "A", length_m = 9000, bore_m = 0.2, head_m = 20, flow_m3_h = 50},
  {id = "W", circuit = "w", side = "downstream", node = "D", length_m = 9000, bore_m = 0.2, head_m = 30, flow_m3_h = 50},
]
pumps = [
  {id = "P", circuit = "w", curve = "c", from_node = "A", to_node = "B", rated_flow_m3_h = 50},
]
[curves.c]
speed_rpm = 990
flow_m3_h = [0, 50, 100]
head_m = [30, 25, 10]
"""  # noqa: E501

VALVE = '  {{id = "{}", kind = "gate_valve", from_node = "{}", to_node = "{}", loss_kpa = 1, flow_m3_h = 50}},\n'
NODES = '{id = "D"}]'
LAST = "loss_kpa = 1, flow_m3_h = 50},\n]"


def with_parts(*ends: tuple[str, str], nodes: str = "") -> str:
    """The sound station with more nodes, and valves V1, V2… between these ends."""
    more = "".join(f', {{id = "{name}"}}' for name in nodes)
    valves = "".join(VALVE.format(f"V{i + 1}", *pair) for i, pair in enumerate(ends))
    return SOUND.replace(NODES, NODES[:-1] + more + "]").replace(LAST, LAST[:-1] + valves + "]")


def only(text: str) -> Mistake:
    (mistake,) = mistakes(text)
    return mistake


def test_a_station_with_a_way_for_water_has_no_mistakes() -> None:
    assert mistakes(SOUND) == ()
    assert mistakes(REFERENCE_STATION.read_text(encoding="utf-8")) == ()


def test_a_closed_loop_of_valves_is_named_valve_by_valve_with_the_line_of_the_first() -> None:
    said = only(with_parts(("E", "F"), ("F", "G"), ("G", "E"), nodes="EFG"))
    assert said.line == 9
    assert "closed loop of valves (V1, V2, V3)" in said.wrong
    with pytest.raises(StationError, match="line 9"):
        parse(with_parts(("E", "F"), ("F", "G"), ("G", "E"), nodes="EFG"))


def test_a_loop_of_valves_that_a_line_reaches_is_sound() -> None:
    assert mistakes(with_parts(("D", "E"), ("E", "F"), ("F", "D"), nodes="EF")) == ()


def test_a_valve_between_nodes_that_no_line_reaches_is_named() -> None:
    said = only(with_parts(("E", "F"), nodes="EF"))
    assert (said.line, said.where) == (9, "resistance 'V1', from_node")
    assert "no line reaches it" in said.wrong


def test_a_node_that_nothing_joins_is_named() -> None:
    said = only(with_parts(nodes="E"))
    assert (said.line, said.where) == (4, "node 'E', id")


def test_a_pump_turned_round_stops_the_way_and_is_named_at_its_circuit() -> None:
    said = only(SOUND.replace('from_node = "A", to_node = "B"', 'from_node = "B", to_node = "A"'))
    assert said.line == 5
    assert "no water can flow from A to D: P lets none through that way" in said.wrong


def test_a_check_valve_turned_round_stops_the_way() -> None:
    said = only(SOUND.replace('from_node = "B", to_node = "C"', 'from_node = "C", to_node = "B"'))
    assert "CV lets none through that way" in said.wrong


def test_a_way_whose_parts_are_missing_is_told() -> None:
    text = with_parts(("B", "C"), nodes="").replace('"C", to_node = "D"', '"C", to_node = "B"')
    assert any("nothing joins them" in str(m) and m.line == 5 for m in mistakes(text))


def test_a_way_shut_from_the_first_is_a_warning_that_names_the_valve() -> None:
    said = only(SOUND.replace('id = "V", ', 'id = "V", normally_closed = true, '))
    assert (said.grade, said.line) == ("warning", 5)
    assert "shut by V" in said.wrong


def test_pumps_without_any_line_can_be_watched_but_the_file_says_they_cannot_be_simulated() -> None:
    start, end = SOUND.index("lines = ["), SOUND.index("pumps = [")
    said = only(SOUND[:start] + SOUND[end:])
    assert said.grade == "warning"
    assert "watched, not simulated" in said.wrong


@pytest.mark.parametrize(
    ("written", "instead", "line", "words"),
    [
        ("loss_kpa = 1, ", "", 7, "has no 'loss_kpa'"),
        ("loss_kpa = 1, ", "length_m = 8, ", 7, "has a length_m but no 'bore_m'"),
        ("loss_kpa = 1, ", 'loss_kpa = "much", ', 7, "not a number"),
        ("length_m = 9000, ", "length_m = 9000, profile = [[0, 3], [0, 4]], ", 11, "goes from 0 to 0 m"),
        ("length_m = 9000, ", "length_m = 9000, profile = [[0, 3], [9500, 4]], ", 11, "beyond the line's length"),
    ],
)
def test_a_part_without_a_loss_and_a_profile_beyond_its_line_are_told(written, instead, line, words) -> None:
    said = only(SOUND.replace(written, instead, 1))
    assert said.line == line
    assert words in str(said)


HOT = SOUND.replace("temperature_c = 20", "temperature_c = 120").replace(
    "length_m = 9000, ", "temperature_c = 120, length_m = 9000, PROFILE"
)


def test_a_hill_on_which_hot_water_boils_is_a_warning_at_its_point() -> None:
    level = HOT.replace("PROFILE", "", 1)
    level, hill = (level.replace("PROFILE", f"profile = [[0, -60], [4000, {top}]], ", 1) for top in (-60, 30))
    assert mistakes(level) == ()
    said = only(hill)
    assert (said.grade, said.line) == ("warning", 12)
    assert "value 2" in said.where
    assert "lies 30 m high at 4000 m, where its water boils" in said.wrong


def test_the_heights_that_are_refused_are_those_where_the_elastic_line_has_no_margin() -> None:
    text = HOT.replace("PROFILE", "", 1)
    for top in (-60, -20, 0, 20, 40, 60):
        one = text.replace("PROFILE", f"profile = [[0, -60], [4500, {top}], [9000, -60]], ", 1)
        file = parse(one).file
        lines = Lines.of(file, 0.05)
        flow = np.array([50.0, -50.0]) / 3600.0
        behind = lines.steady_boundary(flow)
        head = behind.head - behind.quadratic * flow * np.abs(flow)
        rising = (lines.near[lines.line] - np.arange(lines.line.size)) / lines.reaches[lines.line]
        lost = (lines.friction(flow) * flow * np.abs(flow))[lines.line]
        state = LineState(head[lines.line] + rising * lost, flow[lines.line], lines.friction(flow) / lines.reaches)
        assert (lines.lowest_margin(state)[1] < 30e3) == bool(mistakes(one))


def test_a_pipe_may_lose_by_its_length_and_bore_alone() -> None:
    assert mistakes(SOUND.replace("loss_kpa = 1, ", "length_m = 8, bore_m = 0.2, ", 1)) == ()
