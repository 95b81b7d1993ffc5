"""Every mistake of a station file at once, each with its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.paths import REFERENCE_STATION
from twin.plant.checking import Mistake, mistakes
from twin.plant.reading import parse

SOUND = """\
format = "pumphouse-station"
version = 1
station = {id = "S", timezone = "Asia/Shanghai"}
nodes = [{id = "N1"}, {id = "N2"}]
tags = [
  {name = "PT-1", equipment = "P1", measures = "suction_pressure", unit = "bar", range = [0, 10], L = 1, H = 8},
  {name = "PT-2", equipment = "P1", measures = "discharge_pressure", unit = "bar", range = [0, 20], step = 0.01},
]
robots = [
  {id = "R1", kind = "ground", route = [[0, 0, 0], [1, 0, 0]], stops = [0, 1]},
]
cameras = [
  {id = "C1", kind = "visible", position = [0, 0, 3], watches = "P1"},
]
resistances = [
  {id = "V1", kind = "gate_valve", pump = "P1", from_node = "N1", to_node = "N2", loss_kpa = 1, flow_m3_h = 10},
]

[curves.design]
speed_rpm = 990
flow_m3_h = [0, 50, 100]
head_m = [30, 25, 10]
efficiency = [0, 0.8, 0.6]

[[circuits]]
id = "water"
inlet = "N1"
outlet = "N2"
temperature_c = 20
flow_m3_h = 50

[[pumps]]
id = "P1"
circuit = "water"
curve = "design"
from_node = "N1"
to_node = "N2"
rated_flow_m3_h = 50

[[lines]]
id = "L1"
circuit = "water"
side = "upstream"
node = "N1"
length_m = 1000
bore_m = 0.2
head_m = 20
flow_m3_h = 50
"""

# what is written instead of what, the line it then stands on, and words that must be said of it
SLIPS = {
    "a tag named twice": ('"PT-2"', '"PT-1"', 7, "'PT-1' is named twice"),
    "two tags that measure the same": ('"discharge_pressure"', '"suction_pressure"', 7, "as 'PT-1' does already"),
    "equipment misspelt": ('"P1", measures = "suc', '"PP1", measures = "suc', 6, "Did you mean 'P1'?"),
    "a unit misspelt": ('unit = "bar", range = [0, 10]', 'unit = "Bar", range = [0, 10]', 6, "Did you mean 'bar'?"),
    "a range upside down": ("[0, 20]", "[20, 0]", 7, "runs from 20 to 0"),
    "a range of one number": ("[0, 20]", "[20]", 7, "has too few values"),
    "limits out of order": ("L = 1, H = 8", "L = 8, H = 1", 6, "is 1, not above L"),
    "a limit outside the range": ("H = 8", "H = 80", 6, "outside the range 0 to 10"),
    "a step beyond the range": ("step = 0.01", "step = 15", 7, "more than half the range"),
    "text for a number": ("step = 0.01", 'step = "fine"', 7, "is 'fine', not a number"),
    "not a number": ("step = 0.01", "step = nan", 7, "not an ordinary number"),
    "a key misspelt": ("step = 0.01", "stepp = 0.01", 7, "Did you mean 'step'?"),
    "a word a model nearly knows": ('"suction_pressure"', '"suction_presure"', 6, "Did you mean 'suction_pressure'?"),
    "a stop beyond the route": ("stops = [0, 1]", "stops = [0, 7]", 10, "stop 7 is not on the route"),
    "a route of one point": (
        "[[0, 0, 0], [1, 0, 0]], stops = [0, 1]",
        "[[0, 0, 0]]",
        10,
        "has too few values. Give at least 2",
    ),
    "a robot of no known kind": ('"ground"', '"groud"', 10, "Did you mean 'ground'?"),
    "a camera that watches nothing": ('watches = "P1"', 'watches = "P9"', 13, "there is no equipment 'P9'"),
    "a valve of no pump": ('pump = "P1"', 'pump = "P2"', 16, "there is no pump 'P2'"),
    "a valve at an unknown node": ('to_node = "N2", loss', 'to_node = "N3", loss', 16, "there is no node 'N3'"),
    "a loss of nothing": ("loss_kpa = 1", "loss_kpa = 0", 16, "It must be more than 0"),
    "flow that falls": ("[0, 50, 100]", "[0, 100, 50]", 21, "flow does not rise from 100 to 50"),
    "head that rises": ("[30, 25, 10]", "[30, 35, 10]", 22, "head rises from 30 to 35 m"),
    "lists of two lengths": ("[30, 25, 10]", "[30, 25]", 22, "has 2 values, but flow_m3_h has 3"),
    "a power that efficiency does not make": (
        "efficiency = [0, 0.8, 0.6]",
        "efficiency = [0, 0.8, 0.6]\npower_kw = [2, 5.3, 4.5]",
        24,
        "is 5.3 at point 2, where efficiency makes it 4.249",
    ),
    "an efficiency beyond 1": ("[0, 0.8, 0.6]", "[0, 80, 0.6]", 23, "is 80. It must be at most 1"),
    "a circuit that ends nowhere": ('outlet = "N2"', 'outlet = "X"', 28, "there is no node 'X'"),
    "an unknown curve": ('curve = "design"', 'curve = "desing"', 35, "Did you mean 'design'?"),
    "a pump from a node to itself": ('to_node = "N2"\n', 'to_node = "N1"\n', 37, "begins and ends at the same node"),
    "a pump without its flow": ("rated_flow_m3_h = 50\n", "", 32, "has no 'rated_flow_m3_h'"),
    "an unknown circuit": ('circuit = "water"', 'circuit = "watr"', 34, "Did you mean 'water'?"),
    "an unknown time zone": ("Asia/Shanghai", "Asia/Shangai", 3, "Did you mean 'Asia/Shanghai'?"),
    "an id that is no text": ('id = "S"', "id = 7", 3, "is 7, not text"),
    "a list that is none": ('[{id = "N1"}, {id = "N2"}]', '"N1"', 4, "is 'N1', not a list"),
    "a node that is none": ('{id = "N2"}]', '{id = "N2"}, 5]', 4, "is 5, not a table"),
    "a version to come": ("version = 1", "version = 2", 2, "It must be 1"),
    "an id used by two": ('id = "V1"', 'id = "P1"', 16, "'P1' is named twice"),
}

# slips whose edits do not touch one another
APART = (
    "equipment misspelt",
    "a range upside down",
    "a key misspelt",
    "a stop beyond the route",
    "a robot of no known kind",
    "a camera that watches nothing",
    "a valve at an unknown node",
    "a loss of nothing",
    "flow that falls",
    "head that rises",
    "an efficiency beyond 1",
    "a circuit that ends nowhere",
    "an unknown curve",
    "a pump from a node to itself",
    "an unknown circuit",
    "an unknown time zone",
    "a version to come",
)


def test_a_sound_station_has_no_mistakes() -> None:
    assert mistakes(SOUND) == ()


def test_the_reference_station_has_no_mistakes() -> None:
    assert mistakes(REFERENCE_STATION.read_text(encoding="utf-8")) == ()


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_its_line_and_remedy(slip: str) -> None:
    written, instead, line, words = SLIPS[slip]
    assert written in SOUND
    found = mistakes(SOUND.replace(written, instead, 1))
    told = [str(mistake) for mistake in found if mistake.line == line and words in str(mistake)]
    assert told, "\n".join(map(str, found))


@given(st.sets(st.sampled_from(APART)))
def test_no_slip_hides_another(slips: set[str]) -> None:
    text = SOUND
    for slip in slips:
        written, instead, *_ = SLIPS[slip]
        text = text.replace(written, instead, 1)
    found = mistakes(text)
    for slip in slips:
        _, _, line, words = SLIPS[slip]
        assert any(m.line == line and words in str(m) for m in found), (slip, *map(str, found))


@pytest.mark.parametrize("slip", SLIPS)
def test_no_message_speaks_the_checkers_jargon(slip: str) -> None:
    written, instead, *_ = SLIPS[slip]
    for mistake in mistakes(SOUND.replace(written, instead, 1)):
        said = str(mistake)
        assert not any(word in said for word in ("Input should", "type=", "pydantic", "Extra inputs", "tuple", "dict"))
        assert said.endswith((".", "?"))
        assert "?." not in said
        assert ".." not in said


def test_mistakes_come_in_the_order_of_their_lines() -> None:
    text = SOUND.replace("Asia/Shanghai", "Nowhere").replace("[30, 25, 10]", "[30, 35, 10]").replace('"bar"', '"barr"')
    lines = [mistake.line for mistake in mistakes(text)]
    assert lines == sorted(lines)
    assert {3, 6, 7, 22} <= set(lines)


def test_a_badly_written_pump_does_not_make_its_tags_wrong_too() -> None:
    found = mistakes(SOUND.replace("rated_flow_m3_h = 50\n", ""))
    assert [m.where for m in found] == ["pump 'P1'"]


def test_a_nearly_known_word_of_a_pump_is_a_warning_and_the_station_is_read() -> None:
    text = SOUND.replace('"suction_pressure"', '"suction_presure"')
    assert [m.grade for m in mistakes(text)] == ["warning"]
    assert len(parse(text).tags) == 2


def test_words_of_the_stations_own_are_welcome() -> None:
    assert mistakes(SOUND.replace('"suction_pressure"', '"oil_sight_glass"')) == ()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a = [1\nb = 2", 2, "this is not TOML"),
        ("a = 1\na = 2", 2, "this is not TOML"),
        ('a = "', 1, "this is not TOML"),
        ("a = " + "[" * 5000 + "]" * 5000, 1, "too deep"),
        ("[project]\nname = 'x'", 1, "this is TOML, but no station file"),
        ('format = "pumphouse-scenario"\nversion = 1', 1, "is 'pumphouse-scenario'"),
        ('\n[station]\nid = "S"', 1, "does not say format"),
    ],
)
def test_a_file_that_is_no_station_has_one_mistake(text: str, line: int, words: str) -> None:
    (mistake,) = mistakes(text)
    assert mistake.line == line
    assert words in str(mistake)


@given(st.integers(0, len(SOUND)), st.text(max_size=5), st.integers(0, 10))
def test_no_edit_of_a_file_breaks_the_check(at: int, written: str, cut: int) -> None:
    for mistake in mistakes(SOUND[:at] + written + SOUND[at + cut :]):
        assert isinstance(mistake, Mistake)
        assert 1 <= mistake.line <= SOUND.count("\n") + written.count("\n") + 2


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=3), lambda inside: st.lists(inside)))
def test_values_of_any_kind_in_any_place_are_mistakes_and_nothing_worse(value: object) -> None:
    written = _toml(value)
    for key in ("station", "curves", "tags", "pumps", "robots", "nodes"):
        text = f'format = "pumphouse-station"\nversion = 1\n{key} = {written}\n'
        assert all(isinstance(m, Mistake) for m in mistakes(text))


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(inside) for inside in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else '"x"'


def test_the_model_is_looked_for_beside_the_file(tmp_path: Path) -> None:
    text = SOUND.replace('id = "S"', 'id = "S", model = "s.glb"')
    (mistake,) = mistakes(text, tmp_path / "station.toml")
    assert mistake.line == 3
    assert "there is no 3D model" in mistake.wrong
    assert mistakes(text) == ()
