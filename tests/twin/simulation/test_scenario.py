"""Scenarios: what comes with the program can be run, and mistakes are said in plain words before the first step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.simulation.stations import START, reference, small
from twin import cli
from twin.errors import StationError
from twin.simulation.layout import layout_of
from twin.simulation.places import refuse_unknown
from twin.simulation.plant import Plant
from twin.simulation.scenario import catalogue, load, parse

HEAD = 'name = {en = "x"}\nduration_s = 60\n'


def test_every_scenario_that_comes_with_the_program_fits_the_reference_station() -> None:
    listed = catalogue()
    names = {entry.id for entry in listed}
    assert {"healthy", "ramps", "duty-rotation", "healthy-day", "demo", "cavitation"} <= names
    layout = layout_of(reference())
    for entry in listed:
        scenario = load(entry.id)
        refuse_unknown(scenario, layout, entry.id)
        assert all(happening.at < scenario.duration_s for happening in scenario.happenings)
        assert entry.name.en
        assert entry.name.zh
        assert entry.description.en
        assert entry.description.zh


def test_a_scenario_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + '[[happenings]]\nat = 5\nfault = "cavitation"\non = "P101"\n', encoding="utf-8")
    assert load(path).happenings[0].fault == "cavitation"
    assert load(str(path)) == load(path)
    assert load("healthy").happenings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[happenings]]\nat = 5\nfault = "cavitaton"\non = "P101"\n', "Did you mean 'cavitation'?"),
        ('[[happenings]]\nat = 5\nfault = "cavitation"\n', "line 3: has no 'on'"),
        ('[[happenings]]\nat = 5\non = "P101"\n', "is a fault or an operation"),
        ('[[happenings]]\nat = 5\nfault = "gas"\non = "X"\nuntill = 9\n', "Did you mean 'until'?"),
        ('[[happenings]]\nat = 9\nfault = "gas"\non = "X"\nuntil = 5\n', "ends before it begins"),
        ('[[happenings]]\nat = -9\nfault = "gas"\non = "X"\n', "It must be at least 0"),
        ('[[happenings]]\nat = 5\nfault = "gas"\non = "X"\nseverity = "clera"\n', "Did you mean 'clear'?"),
        ('[[happenings]]\nat = 5\noperation = "flow"\non = "supply"\n', "has no value"),
        ('[[happenings]]\nat = 5\noperation = "rotate_duty"\non = "supply"\n', "which pump to start"),
        ('[[happenings]]\nat = "soon"\nfault = "gas"\non = "X"\n', "line 4"),
        ('[[happenings]]\nat = 5\nfault = "gas"\non = "X"\nperiod_s = 9\n', 'Give shape = "intermittent" and period_s'),
        (
            '[[happenings]]\nat = 5\nfault = "gas"\non = "X"\nshape = "intermittent"\n',
            "how long it takes to come and go",
        ),
        ('[[happenings]]\nat = 5\nfault = "gas"\non = "X"\nshape = "step"\nramp_s = 9\n', "contradict each other"),
        ('[[happenings]]\nat = 5\nfault = "cavitation"\non = "X"\nshape = "ramp"\n', "Add ramp_s"),
        ('[[happenings]]\nat = 5\nfault = "drive_trip"\non = "X"\nramp_s = 9\n', "has no degrees"),
        ('[[happenings]]\nat = 5\nfault = "gas"\non = "X"\nshape = "rmap"\n', "Did you mean 'ramp'?"),
        (
            '[[happenings]]\nat = 5\noperation = "start"\non = "P104"\nseverity = "gross"\n',
            "means nothing for an operation",
        ),
        ("[[happenings]\n", "is not TOML"),
        ("[[happenings]]\nat = 5\n[[happenings]]\nat = 6\n", "has 2 mistakes"),
    ],
)
def test_a_mistake_is_said_with_its_line_and_a_remedy(text: str, said: str) -> None:
    with pytest.raises(StationError) as caught:
        parse(HEAD + text, "mine.toml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("mine.toml: ")


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        (
            'fault = "cavitation"\non = "P109"',
            "line 6: cavitation names 'P109', and B4 has no such pump. Did you mean 'P10",
        ),
        ('fault = "sensor_bias"\non = "B4-PT-10199"', "line 6: sensor_bias names 'B4-PT-10199'"),
        ('fault = "sensor_bias"\non = "B4-YS-10101"', "no such analog tag"),
        ('fault = "low_flow"\non = "BP301"', "no such valve"),
        ('operation = "valve"\non = "P101.discharge_valve"\nvalue = 5', "no such station valve"),
        ('fault = "fire"\non = "P101"', "no such room"),
        ('fault = "upstream_trip"\non = "LINE-SD"', "no such upstream line"),
        ('operation = "rotate_duty"\non = "supply"\nstart = "P204"\nstop = "P101"', "no such pump in that circuit"),
        ('operation = "valve"\non = "MV999"\nvalue = 5', "no such station valve"),
    ],
)
def test_a_scenario_that_names_what_is_not_there_is_refused_before_the_first_step(happening: str, said: str) -> None:
    scenario = parse(f"{HEAD}[[happenings]]\nat = 5\n{happening}\n")
    with pytest.raises(StationError) as caught:
        Plant(reference(), 1, START, scenario)
    assert said in str(caught.value)


def test_all_that_is_not_there_is_said_at_once_each_with_its_line() -> None:
    text = HEAD + "".join(
        f'[[happenings]]\nat = 5\nfault = "{fault}"\non = "{on}"\n'
        for fault, on in (("fire", "ATTIC"), ("cavitation", "P101"), ("makeup_loss", "MU9"))
    )
    with pytest.raises(StationError) as caught:
        Plant(reference(), 1, START, parse(text))
    said = str(caught.value)
    assert "has 2 mistakes" in said
    assert "line 6: fire names 'ATTIC'" in said
    assert "line 14: makeup_loss names 'MU9'" in said


def test_the_command_line_says_it_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "mine.toml", tmp_path / "run.h5"
    path.write_text(f'{HEAD}[[happenings]]\nat = 5\nfault = "fire"\non = "ATTIC"\n', encoding="utf-8")
    assert cli.run(cli.app, ["simulate", "--out", str(out), "--scenario", str(path)]) == 3
    said = capsys.readouterr().err
    assert "mine.toml: line 6: fire names 'ATTIC', and B4 has no such room" in said
    assert not out.exists()


def test_a_station_without_the_thing_at_all_is_told_so() -> None:
    scenario = parse(HEAD + '[[happenings]]\nat = 5\nfault = "fire"\non = "HALL-A"\n')
    with pytest.raises(StationError, match="has no room at all"):
        Plant(small(), 1, START, scenario)


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(StationError) as caught:
        load("impeller-wear")
    assert "Did you mean 'impeller_wear'?" in str(caught.value)


def test_a_scenario_file_that_cannot_be_read_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StationError, match="is not text"):
        load(tmp_path / "binary.toml")
