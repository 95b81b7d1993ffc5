"""Surge vessels take part in the flows: their gas is pressed together, gives way, and is charged again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, frames_of, reference
from twin.plant.network import SHUT
from twin.plant.reading import Station
from twin.plant.station import Words
from twin.simulation import vessels
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario
from twin.simulation.vessels import HALF, POLYTROPIC, Cushions, Vessels
from twin.units import STANDARD_ATMOSPHERE

ONE = Vessels(node=np.array([0]), volume=np.array([5.0]), rubbing=np.array([20.0]), elevation=np.zeros(1))
HEADER = 1.3e6  # Pa
WEIGHT = np.array([9_300.0])  # N/m³
EARLY = 3  # s after which a pump trips


def half_full(pressure: float = HEADER) -> Cushions:
    return vessels.first(np.array([pressure]))


def without_vessels() -> Station:
    file = reference().file
    rest = tuple(part for part in file.equipment if part.kind != "surge_vessel")
    return replace(reference(), file=file.model_copy(update={"equipment": rest}))


@given(st.floats(-2.0, 2.0))
def test_gas_is_pressed_together_by_what_flows_in_as_its_law_has_it(volume: float) -> None:
    held = half_full()
    vessels.step(ONE, held, np.array([-volume]), 1.0)
    gas = (HALF * 5.0 - volume) / 5.0
    assert held.share[0] == pytest.approx(gas)
    pressure = (HEADER + STANDARD_ATMOSPHERE) * (HALF / gas) ** POLYTROPIC - STANDARD_ATMOSPHERE
    assert vessels.gauge(held)[0] == pytest.approx(pressure)


@given(st.floats(-0.2, 0.2))
def test_the_network_is_told_how_the_gas_gives_way_within_a_step(flow: float) -> None:
    held, dt = half_full(), 0.5
    head = vessels.heads(ONE, held, np.array([HEADER]) / WEIGHT, WEIGHT, dt)
    foreseen = head - held.linear * flow
    vessels.step(ONE, held, np.array([flow]), dt)
    assert foreseen[0] == pytest.approx(vessels.gauge(held)[0] / WEIGHT[0], rel=3e-3)


def test_what_the_network_is_told_of_the_gas_stays_the_same_until_it_has_changed() -> None:
    held, beside = half_full(), np.array([HEADER]) / WEIGHT
    vessels.heads(ONE, held, beside, WEIGHT, 0.5)
    told = held.linear
    vessels.step(ONE, held, np.array([0.01]), 0.5)
    vessels.heads(ONE, held, beside, WEIGHT, 0.5)
    assert held.linear is told
    vessels.step(ONE, held, np.array([0.2]), 0.5)
    vessels.heads(ONE, held, beside, WEIGHT, 0.5)
    assert held.linear[0] < told[0]


def test_an_empty_vessel_lets_no_gas_out_but_water_in() -> None:
    held = half_full()
    held.share = np.array([0.99])
    gas = vessels.gauge(held) / WEIGHT
    vessels.heads(ONE, held, gas - 10.0, WEIGHT, 0.5)
    assert held.linear[0] == SHUT
    vessels.heads(ONE, held, gas + 10.0, WEIGHT, 0.5)
    assert held.linear[0] < 100.0


def test_compressor_and_vent_bring_it_back_to_half_in_hours_and_not_in_a_minute() -> None:
    held, fallen = half_full(), np.array([HEADER - 3.5e5])
    held.share = HALF * (held.charge / (fallen + STANDARD_ATMOSPHERE)) ** (1.0 / POLYTROPIC)
    at_once = held.share.copy()
    for seconds, share in ((60, at_once), (4 * 3600, np.array([HALF]))):
        vessels.charge(held, fallen, float(seconds))
        now = HALF * (held.charge / (fallen + STANDARD_ATMOSPHERE)) ** (1.0 / POLYTROPIC)
        np.testing.assert_allclose(now, share, rtol=0.01)


def test_vessels_stand_half_full_at_their_outlet_header_while_nothing_happens() -> None:
    frames = list(frames_of("healthy"))
    for vessel, header in (("SV301", "SUPPLY"), ("SV302", "SUPPLY"), ("SV401", "RETURN"), ("SV402", "RETURN")):
        assert column(frames, vessel, "level") == pytest.approx(50.0, abs=0.5)
        outlet = column(frames, header, "outlet_pressure_a").mean()
        assert column(frames, vessel, "pressure").mean() == pytest.approx(outlet, abs=3e-3)


def test_a_vessel_gives_water_when_a_pump_trips_so_that_its_header_falls_more_slowly() -> None:
    trip = Scenario(name=Words(en="x"), duration_s=60, happenings=(Happening(at=EARLY, on="P102", fault="drive_trip"),))
    with_them, bare = Plant(reference(), 3, START, trip), Plant(without_vessels(), 3, START, trip)
    header = with_them._works.network.node_index["S-DISCHARGE"]
    heads = []
    for _ in range(15):
        with_them.step()
        bare.step()
        heads.append([float(plant._state.water.flows.head[header]) for plant in (with_them, bare)])
    fall = heads[EARLY - 1] - np.array(heads)
    held, alone = fall[EARLY + 1]
    assert 0.3 * alone < held < 0.9 * alone
    assert fall[-1, 0] == pytest.approx(fall[-1, 1], rel=0.1)
    assert (with_them._state.water.cushions.share[:2] > HALF + 0.02).all()
    np.testing.assert_allclose(with_them._state.water.cushions.share[2:], HALF, atol=0.001)
    assert bare._state.water.cushions.share.size == 0
