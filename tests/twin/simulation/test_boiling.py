"""Water that boils on a hill of a line is told when it begins, with the place, and when it ends."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.simulation.stations import START, run
from twin.paths import REFERENCE_STATION
from twin.plant.reading import Station, parse
from twin.simulation.boiling import boiling, told
from twin.simulation.plant import Plant


def hilly(height: float) -> Station:
    """The reference station with a hill 5 km down its supply line."""
    text = REFERENCE_STATION.read_text(encoding="utf-8")
    line = 'id = "LINE-SD"\n'
    assert text.count(line) == 1
    hill = f"profile = [[0, 0], [4900, 0], [5000, {height}], [5100, 0]]\n"
    return parse(text.replace(line, line + hill))


def notices(plant: Plant, seconds: int) -> list[tuple[float, str, str]]:
    """(second, line, English) of what is told of lines."""
    frames = run(plant, seconds)
    return [
        (event.at - START, event.subject, event.text.en)
        for frame in frames
        for event in frame.events
        if event.subject.startswith("LINE") and event.kind == "notice"
    ]


def test_nothing_is_told_of_level_lines() -> None:
    assert notices(Plant(hilly(0.0), 3, START), 5) == []


def test_a_hill_too_high_is_told_once_with_its_place() -> None:
    (said,) = notices(Plant(hilly(400.0), 3, START), 5)
    assert said[:2] == (0.0, "LINE-SD")
    place = float(said[2].removeprefix("Water boils ").partition(" km")[0])
    assert place == pytest.approx(5.0, abs=0.3)  # to half a reach


def test_a_low_wave_that_passes_a_hill_is_told_as_it_comes_and_goes() -> None:
    plant = Plant(hilly(0.0), 3, START)
    lines, resting = plant._works.lines, plant._state.water.lines
    low = resting.head - np.where(lines.line == 1, 400.0, 0.0)
    parted = type(resting)(low, resting.flow, resting.friction)
    whole, torn = boiling(lines, resting), boiling(lines, parted)
    assert whole.tolist() == [False] * 4
    assert torn.tolist() == [False, True, False, False]
    names = ["a", "b", "c", "d"]
    begun, ended = told(lines, parted, torn, whole, names, 7.0), told(lines, resting, whole, torn, names, 9.0)
    assert [(e.at, e.subject) for e in (*begun, *ended)] == [(7.0, "b"), (9.0, "b")]
    assert "again" in ended[0].text.en


def test_a_restored_plant_tells_no_more_than_the_one_it_was_saved_from() -> None:
    plant = Plant(hilly(400.0), 3, START)
    plant.step()
    saved = plant.state()
    once = notices(plant, 3)
    plant.restore(saved)
    assert notices(plant, 3) == once == []


@pytest.mark.parametrize("scenario", ["healthy", "drive_trip"])
def test_the_reference_lines_do_not_boil(scenario: str) -> None:
    assert notices(Plant(hilly(0.0), 3, START, scenario), 60) == []
