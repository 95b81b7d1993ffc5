"""Make-up and water quality beyond the usual: raw water, a burst line, no power."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.twin.simulation.stations import reference
from tests.twin.simulation.test_utilities import demand, passed, plant
from twin.simulation import utilities
from twin.simulation.effects import Effects
from twin.simulation.layout import layout_of

LAYOUT = layout_of(reference())
HEALTHY = Effects.none(LAYOUT)


@pytest.mark.parametrize("point", range(3))
def test_an_excursion_moves_its_own_sampling_point_the_way_raw_water_does_and_no_other(point: int) -> None:
    it, ill = plant(), Effects.none(LAYOUT)
    ill.water_quality[point] = 1.0
    usual, now = utilities.quality_readings(it, HEALTHY), utilities.quality_readings(it, ill)
    for name, towards in zip(utilities.QUALITIES, np.sign(utilities.EXCURSION), strict=True):
        assert np.sign(now[name] - usual[name])[point] == towards
        np.testing.assert_array_equal(np.delete(now[name], point), np.delete(usual[name], point))


def test_water_quality_wanders_within_its_limits_for_days() -> None:
    it, lot = plant(), np.random.default_rng(3)
    seen = []
    for _ in range(48):
        utilities.step(it, demand(), HEALTHY, lot, 3600.0)
        seen.append(list(utilities.quality_readings(it, HEALTHY).values()))
    spread = np.array(seen).std(axis=0)
    np.testing.assert_allclose(spread.mean(axis=1) / utilities.QUALITY_SPREAD, 1.0, atol=0.4)
    oxygen, ph = np.array(seen)[:, 2], np.array(seen)[:, 0]
    assert oxygen.max() < 0.1e-3  # kg/m³: 0.1 mg/L, EN 12953-10
    assert (ph.min(), ph.max()) == (pytest.approx(9.5, abs=0.5), pytest.approx(9.5, abs=0.5))


def test_the_emergency_make_up_opens_its_valves_where_the_pumps_are_not_enough_and_shuts_them_again() -> None:
    it, burst = plant(), demand(leaks=0.4)
    at_once = utilities.readings(it, burst, HEALTHY)["emergency_flow"][0]
    passed(it, burst, int(utilities.OPENS_IN) + 2)
    assert at_once == 0.0
    assert it.opening == 1.0
    assert utilities.readings(it, burst, HEALTHY)["emergency_flow"] == pytest.approx(utilities.EMERGENCY)
    assert passed(it, demand(), int(utilities.OPENS_IN) + 2).opening == 0.0
    assert not utilities.readings(it, demand(), HEALTHY)["emergency_flow"].any()


def test_make_up_pumps_without_power_give_nothing() -> None:
    dark = replace(demand(), powered=False)
    it = passed(plant(), dark, 60)
    assert utilities.readings(it, dark, HEALTHY)["flow"] == 0.0
    assert it.deficit > 0.0
    assert not utilities.pump_readings(it, dark, HEALTHY)["running"].any()


def test_air_at_a_pump_brings_oxygen_to_where_the_water_of_its_circuit_is_sampled() -> None:
    it, airy = plant(), replace(demand(), sucked=np.array([0.0, 0.08, 0.0]))
    passed(it, airy, 300)
    said = utilities.quality_readings(it, HEALTHY)["dissolved_oxygen"]
    it.oxygen, kept = np.zeros(3), it.oxygen
    assert said - utilities.quality_readings(it, HEALTHY)["dissolved_oxygen"] == pytest.approx(kept)
    it.oxygen = kept
    assert it.oxygen == pytest.approx([0.0, 0.08 * utilities.DISSOLVES, 0.0], rel=0.01)
    assert passed(it, demand(), 600).oxygen.max() < 1e-8


def test_pumps_come_up_one_after_the_other_and_not_at_once() -> None:
    it, leaking = plant(), demand(leaks=0.05)
    flow = [utilities.readings(passed(it, leaking, 1), leaking, HEALTHY)["flow"][0] for _ in range(20)]
    assert 0.0 < np.diff(flow).max() <= utilities.MOST / utilities.STARTS_IN + 1e-12
    assert flow[-1] == pytest.approx(0.05 + utilities.USUAL_LOSS, rel=0.02)
    assert utilities.pump_readings(it, leaking, HEALTHY)["frequency"][0] == pytest.approx(50.0)


def test_lines_get_their_pressure_back_once_make_up_comes_again() -> None:
    it, lost = plant(), Effects.none(LAYOUT)
    lost.makeup_lost = 1.0
    fallen = passed(it, demand(), 600, lost).deficit
    assert fallen == pytest.approx(600.0 * utilities.USUAL_LOSS / utilities.ELASTICITY)
    assert passed(it, demand(), 600).deficit < 0.5 * fallen
    assert passed(it, demand(), 3600).deficit < 0.01 * fallen
