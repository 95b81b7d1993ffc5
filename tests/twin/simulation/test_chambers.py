"""Line chambers: pressures along the lines, water that seeps in where it thaws, leaks that are seen by the next one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, plant, reference, run
from twin.commands import Disturb
from twin.simulation import chambers
from twin.simulation.effects import Effects
from twin.simulation.layout import KELVIN, layout_of
from twin.simulation.service import nothing

LAYOUT = layout_of(reference())
CHAMBERS = chambers.chambers(LAYOUT)
COUNT = len(LAYOUT.ids("line_chamber"))
IDS = LAYOUT.ids("line_chamber")
HEALTHY = Effects.none(LAYOUT)


def test_each_chamber_stands_at_its_own_place_along_a_line_of_supply_and_one_of_return() -> None:
    assert (CHAMBERS.line >= 0).all()
    for half in (slice(0, COUNT // 2), slice(COUNT // 2, COUNT)):
        assert len(set(CHAMBERS.away[half].tolist())) == COUNT // 2
        assert ((CHAMBERS.away[half] > 0.0) & (CHAMBERS.away[half] < 1.0)).all()


def test_pressure_falls_along_the_supply_line_and_what_is_sent_is_warmer_than_what_comes_back() -> None:
    frames = run(plant(), 5)
    for half in (IDS[: COUNT // 2], IDS[COUNT // 2 :]):
        pressure = np.array([column(frames, name, "supply_pressure").mean() for name in half])
        assert (np.diff(pressure) < 0.0).all()
    for name in IDS:
        assert (
            column(frames, name, "supply_temperature").mean() > column(frames, name, "return_temperature").mean() + 30.0
        )


@given(st.floats(-20.0, 15.0), st.floats(0.5, 10.0))
def test_more_seeps_in_the_warmer_it_is(celsius: float, more: float) -> None:
    cold, mild = (chambers.damp(CHAMBERS, KELVIN + each) for each in (celsius, celsius + more))
    assert (mild > cold).all()
    assert (cold >= chambers.DAMP).all()
    assert (mild <= chambers.DAMP + chambers.SEEPS).all()


def test_it_takes_hours_to_seep_in() -> None:
    standing, thaw = chambers.damp(CHAMBERS, KELVIN - 15.0), KELVIN + 10.0
    after = chambers.step(standing, CHAMBERS, thaw, HEALTHY, 3600.0)
    assert (after > standing).all()
    assert (after - standing < 0.2 * (chambers.damp(CHAMBERS, thaw) - standing)).all()


@pytest.mark.parametrize("line", [line.id for line in LAYOUT.lines])
def test_a_leak_stands_in_the_chamber_next_to_the_station_and_wets_its_wire(line: str) -> None:
    effects = Effects.none(LAYOUT)
    which = [each.id for each in LAYOUT.lines].index(line)
    effects.line_leak[which] = 0.01
    none = np.zeros((2, COUNT))
    standing = chambers.damp(CHAMBERS, KELVIN)
    after = chambers.step(standing, CHAMBERS, KELVIN, effects, 30.0)
    said = chambers.readings(CHAMBERS, none, none, after, effects, nothing(LAYOUT))
    (wet,) = said["leak_wire_alarm"].nonzero()
    assert wet.size == 1
    assert which in CHAMBERS.line[:, wet[0]]
    assert np.flatnonzero(said["chamber_water_level"] > standing + 1e-9).tolist() == wet.tolist()


@given(st.floats(0.003, 0.2), st.floats(1.0, 60.0))
def test_it_fills_by_what_is_lost_and_no_higher_than_its_hatch(leak: float, seconds: float) -> None:
    effects = Effects.none(LAYOUT)
    effects.line_leak[0] = leak
    standing = chambers.damp(CHAMBERS, KELVIN)
    risen = (chambers.step(standing, CHAMBERS, KELVIN, effects, seconds) - standing).max()
    assert risen == pytest.approx(min(0.45 * leak * seconds, 25.0 * leak, 2.5))


def test_a_leak_in_the_running_plant_raises_the_level_there() -> None:
    of_plant = plant()
    before = run(of_plant, 3)
    of_plant.disturb(Disturb("line_leak", "LINE-SU", "test", START, "gross", shape="step"))
    frames = [*before, *run(of_plant, 40)]
    (risen,) = (name for name in IDS if np.ptp(column(frames, name, "chamber_water_level")) > 0.15)
    assert np.diff(column(frames, risen, "chamber_water_level")).max() < 0.1  # five seconds of 5 cm
