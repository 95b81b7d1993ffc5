"""All stations of a line slow together, so that pumps keep their best flow at every load."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, reference, run, small
from twin.plant.line import Lines
from twin.plant.station import Words
from twin.signals import Quality
from twin.simulation.layout import layout_of
from twin.simulation.neighbours import Neighbours, neighbours
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario


def of_reference() -> Neighbours:
    return neighbours(layout_of(reference()), Lines.of(reference().file, 0.5))


def at_load(load: float, happenings: tuple[Happening, ...] = ()) -> Plant:
    scenario = Scenario(name=Words(en="x"), duration_s=600, load=((0, load),), happenings=happenings)
    return Plant(reference(), 3, START, scenario)


def test_at_its_set_flow_a_line_stands_between_the_heads_of_the_station_file() -> None:
    np.testing.assert_allclose(of_reference().heads(np.ones(2)), [line.head_m for line in reference().file.lines])


@given(st.floats(0.0, 1.2), st.floats(0.0, 1.2))
def test_what_is_between_two_neighbours_goes_with_the_square_of_their_own_circuits_flow(a: float, b: float) -> None:
    line = of_reference()
    upstream, downstream, upstream_return, downstream_return = line.heads(np.array([a, b]))
    whole = line.design
    assert downstream - upstream == pytest.approx(a * a * (whole[1] - whole[0]), abs=1e-9)
    assert downstream_return - upstream_return == pytest.approx(b * b * (whole[3] - whole[2]), abs=1e-9)


def test_when_nothing_flows_the_whole_line_stands_at_the_head_make_up_holds() -> None:
    heads = of_reference().heads(np.zeros(2))
    assert np.ptp(heads) < 1e-9
    inlet = 0.43e6 / (995.7 * 9.81)  # where make-up feeds: the return's inlet at the set flow
    assert heads[0] == pytest.approx(inlet, abs=5.0)


def test_a_line_of_no_circuit_keeps_its_head() -> None:
    line = of_reference()
    loose = Neighbours(line.design, line.still, np.array([-1, 0, 1, 1]))
    assert loose.heads(np.array([0.5, 0.5]))[0] == line.design[0]


@pytest.mark.parametrize("load", [0.6, 0.7, 0.8, 0.9, 1.0])
def test_at_every_load_pumps_run_at_their_best_flow(load: float) -> None:
    frames = run(at_load(load), 30)
    full = run(at_load(1.0), 30) if load < 1.0 else frames
    assert all((frame.quality == Quality.GOOD).all() for frame in frames)
    for pump in ("P101", "P102", "P103", "P201", "P202", "P203"):
        flow, speed = column(frames, pump, "pump_flow").mean() / 6500.0, column(frames, pump, "shaft_speed").mean()
        assert flow / (speed / 990.0) == pytest.approx(1.0, abs=0.03)
        assert speed / 990.0 == pytest.approx(load, abs=0.01)
        lift = column(frames, pump, "discharge_pressure") - column(frames, pump, "suction_pressure")
        whole = column(full, pump, "discharge_pressure") - column(full, pump, "suction_pressure")
        assert lift.mean() / whole.mean() == pytest.approx(load**2, rel=0.02)


def test_when_the_set_flow_falls_by_a_third_pumps_stay_in_their_preferred_region_and_arrive() -> None:
    falls = Happening(at=5, on="supply", operation="flow", value=13_000, ramp_s=900)
    frames = run(at_load(1.0, (falls,)), 1300)
    flow, speed = column(frames, "P102", "pump_flow") / 6500.0, column(frames, "P102", "shaft_speed") / 990.0
    region = flow / speed
    assert region.min() > 0.7
    assert region.max() < 1.2
    assert flow[-30:].mean() == pytest.approx(2.0 / 3.0, rel=0.02)
    assert speed[-30:].mean() == pytest.approx(2.0 / 3.0, rel=0.02)


def test_the_smallest_station_runs_at_reduced_load_too() -> None:
    scenario = Scenario(name=Words(en="x"), duration_s=60, load=((0, 0.7),))
    frame = run(Plant(small(), 1, START, scenario), 5)[-1]
    assert frame.values[0] == pytest.approx(70.0, rel=0.02)
