"""How far a valve is open at a position of its stem."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.plant.test_hydraulics import pipe
from tests.twin.plant.test_ways import SOUND, only
from twin.plant.checking import mistakes
from twin.plant.station import Resistance
from twin.plant.valve import Characteristics

EQUAL_PERCENTAGE = [(0.0, 0.0), *((x, 50.0 ** (x - 1.0)) for x in np.linspace(0.1, 0.9, 9).tolist()), (1.0, 1.0)]
KINDS = ("gate_valve", "butterfly_valve", "bypass")


def valve(kind="gate_valve", **more):
    return Resistance.model_validate(pipe("V", "A", "B", kind=kind, **more))


def open_share(part, opening):
    return float(Characteristics([part]).open_share(np.array([opening]))[0])


@pytest.mark.parametrize("part", [*(valve(kind) for kind in KINDS), valve(characteristic=EQUAL_PERCENTAGE)])
def test_a_valve_is_shut_at_the_bottom_and_open_at_the_top_and_opens_all_the_way(part):
    shares = [open_share(part, x) for x in np.linspace(0.0, 1.0, 41)]
    assert shares[0] == pytest.approx(0.0, abs=1e-12)
    assert shares[-1] == pytest.approx(1.0)
    assert np.all(np.diff(shares) > 0.0)


@given(st.sampled_from(EQUAL_PERCENTAGE))
def test_a_characteristic_passes_through_its_points_whatever_the_kind(point):
    for kind in KINDS:
        assert open_share(valve(kind, characteristic=EQUAL_PERCENTAGE), point[0]) == pytest.approx(point[1])


def test_valves_of_all_kinds_side_by_side_keep_their_own():
    parts = [valve(kind) for kind in KINDS] + [valve(characteristic=EQUAL_PERCENTAGE)]
    together = Characteristics(parts).open_share(np.full(4, 0.3))
    assert together.tolist() == [open_share(part, 0.3) for part in parts]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("[[0, 0], [0.5, 0.2]]", "does not run from [0, 0] to [1, 1]"),
        ("[[0, 0], [0.5, 0.7], [0.6, 0.4], [1, 1]]", "goes from [0.5, 0.7] to [0.6, 0.4]"),
        ("[[0, 0], [0.5, 1.7], [1, 1]]", "at most 1"),
    ],
)
def test_a_characteristic_that_no_valve_can_have_is_told_with_its_line(points, words):
    said = only(SOUND.replace('kind = "gate_valve", ', f'kind = "gate_valve", characteristic = {points}, '))
    assert said.line == 8
    assert words in str(said)


def test_a_characteristic_from_shut_to_open_is_sound():
    given_points = "characteristic = [[0, 0], [0.5, 0.2], [1, 1]], "
    assert mistakes(SOUND.replace('kind = "gate_valve", ', f'kind = "gate_valve", {given_points}')) == ()
