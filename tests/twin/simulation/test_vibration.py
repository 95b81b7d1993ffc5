"""How pumps shake: sound ones as the standard lets them be accepted, by operating region; others more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import reference
from twin.signals import Floats
from twin.simulation import vibration
from twin.simulation.chance import as_built
from twin.simulation.effects import Effects
from twin.simulation.layout import layout_of

LAYOUT = layout_of(reference())
BUILT = as_built(LAYOUT)
PREFERRED, ALLOWABLE = 3.5e-3, 4.4e-3  # m/s, DIN ISO 10816-7, category I above 200 kW, site acceptance
ALARM, TRIP = 6.3e-3, 9.5e-3


def worst(region: float, speed: float = 1.0, margin: float = 2.0, effects: Effects | None = None) -> Floats:
    """(p,) The largest velocity of each pump, all running at this share of their best flow."""
    every = np.ones(len(LAYOUT.machines))
    said = vibration.readings(region * speed * every, speed * every, margin * every, BUILT, effects or HEALTHY)
    return np.max([said[point] for point in vibration.POINTS], axis=0)


HEALTHY = Effects.none(LAYOUT)


@given(st.floats(0.7, 1.2), st.floats(0.5, 1.0))
def test_a_sound_pump_is_acceptable_in_its_preferred_region_at_any_speed(region: float, speed: float) -> None:
    assert worst(region, speed).max() <= PREFERRED


@given(st.floats(0.4, 1.3), st.floats(0.5, 1.0))
def test_a_sound_pump_is_acceptable_in_its_allowable_region_at_any_speed(region: float, speed: float) -> None:
    assert worst(region, speed).max() <= ALLOWABLE


@given(st.floats(0.0, 0.69), st.floats(0.01, 0.3))
def test_below_its_preferred_region_a_pump_shakes_more_the_less_it_moves(region: float, less: float) -> None:
    assert (worst(max(region - less, 0.0)) >= worst(region)).all()
    assert worst(0.0).min() > ALARM


@given(st.floats(1.21, 1.5), st.floats(0.01, 0.3))
def test_above_it_the_more_it_moves(region: float, more: float) -> None:
    assert (worst(region + more) > worst(region)).all()


@pytest.mark.parametrize(("margin", "heard"), [(2.0, False), (1.3, False), (1.1, True), (0.8, True)])
def test_cavitation_is_heard_from_the_margin_on_at_which_it_is_alarmed(margin: float, heard: bool) -> None:
    assert (worst(1.0, margin=margin) > worst(1.0) + 1e-9).all() == heard


def test_a_broken_blade_shakes_its_pump_beyond_the_trip() -> None:
    effects = Effects.none(LAYOUT)
    effects.vibration[2, :5] += 40e-3 * 0.2
    shaken = worst(1.0, effects=effects)
    assert shaken[2] > TRIP
    assert (np.delete(shaken, 2) < PREFERRED).all()
