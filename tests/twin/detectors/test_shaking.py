"""What shaking is judged by: the operating regions that the standard has limits for, and nothing beyond them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.detectors.motion import Motion
from twin.detectors.shaking import ACCEPTED_MORE, ALLOWABLE, PREFERRED, Shaking, accepted_more
from twin.detectors.signs import Sign
from twin.paths import REFERENCE_STATION
from twin.plant.model import PumpModel
from twin.plant.reading import Station, parse
from twin.plant.station import Words
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

START = 1_768_000_000.0
SECONDS = 190
SHUT, WORN = 70.0, 90.0  # s


@cache
def unprotected() -> Station:
    """The reference station, that leaves a pump running which moves nothing and shakes."""
    text = REFERENCE_STATION.read_text(encoding="utf-8")
    return parse(re.sub(r'  \{id = "(vibration|flow-low)".*\n', "", text), REFERENCE_STATION)


def signs(happenings: Sequence[Happening]) -> list[tuple[float, Sign]]:
    """What shaking says, and when, of a run in which these things happen."""
    station = unprotected()
    scenario = Scenario(name=Words(en="x"), duration_s=SECONDS, happenings=tuple(happenings))
    plant, model = Plant(station, 4, START, scenario), PumpModel(station)
    motion, shaking = Motion(model), Shaking(station, model, station.tags)
    said = []
    for second in range(SECONDS):
        frame = plant.step()
        state = model.step(frame)
        moves = motion.step(state)
        if second % 2 == 0:
            said += [(float(second), sign) for sign in shaking.step(frame.at, frame.values, state, moves)]
    return said


def shut(until: float | None = None) -> Happening:
    return Happening(at=SHUT, on="P103", fault="check_valve_stuck_closed", until=until)


def worn(pump: str) -> Happening:
    return Happening(at=WORN, on=pump, fault="bearing_de", severity="gross", ramp_s=0.0)


@given(st.floats(*PREFERRED))
def test_a_pump_is_expected_to_shake_alike_all_over_its_preferred_region(region: float) -> None:
    assert accepted_more(np.array([region]))[0] == pytest.approx(0.0, abs=1e-9)


@given(st.floats(ALLOWABLE[0], PREFERRED[0]), st.floats(0.0, 0.3))
def test_below_it_the_more_the_less_it_moves_up_to_what_the_standard_accepts(region: float, less: float) -> None:
    here, further = accepted_more(np.array([region, region - less]))
    assert here <= further <= ACCEPTED_MORE


def test_nothing_is_said_of_a_pump_that_runs_against_a_shut_valve_whatever_else_it_has() -> None:
    assert not signs([shut(), worn("P103")])


def test_it_is_judged_again_once_water_flows() -> None:
    said = signs([shut(until=110.0), worn("P103")])
    assert {(sign.equipment, sign.fault) for _, sign in said} == {("P103", "bearing_de")}
    assert min(at for at, _ in said) > 110.0


def test_others_are_judged_meanwhile() -> None:
    said = signs([shut(), worn("P202")])
    assert {(sign.equipment, sign.fault) for _, sign in said} == {("P202", "bearing_de")}
    assert min(at for at, _ in said) <= WORN + 10.0
