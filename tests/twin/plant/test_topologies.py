"""Any station that a station file can describe: pumps in series and apart, bypasses, loops, and lines anywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.plant.test_hydraulics import line, nodes, outflow, pipe, pump, station
from twin.plant import curve
from twin.plant.hydraulics import Boundary, solve, steady
from twin.plant.network import SHUT, Network

WEAK = {"speed_rpm": 990, "flow_m3_h": [0, 4000, 9000], "head_m": [60.0, 52.0, 20.0]}
RATED = 6500 / 3600


def network(**parts):
    made = station(**parts)
    return Network.of(
        made.model_copy(update={"curves": made.curves | {"weak": type(made.curves["design"]).model_validate(WEAK)}})
    )


def two_unlike(outlet=("D", "D")):
    """A strong and a weak pump, each behind its check valve, from one header into another (or into two)."""
    return network(
        nodes=nodes("A", "B", "C", *sorted(set(outlet))),
        pumps=[pump("strong", "A", "B"), pump("weak", "A", "C") | {"curve": "weak"}],
        resistances=[pipe("CV1", "B", outlet[0], check=True), pipe("CV2", "C", outlet[1], check=True)],
        lines=[line("U", "A", "upstream", 0.0), *(line(f"W{n}", n, "downstream", 0.0) for n in sorted(set(outlet)))],
    )


def heads(*values):
    return Boundary.fixed(np.array(values))


def lift(net, flows, at, speed=1.0):
    return float(curve.head(net.bank.curves[at], flows.pump[at], speed))


def balanced(net, flows):
    np.testing.assert_allclose(outflow(net, flows), 0.0, atol=1e-7)


def test_one_pump_between_two_lines_without_headers_or_valves():
    net = network(
        nodes=nodes("A", "B"),
        pumps=[pump("P", "A", "B")],
        lines=[line("U", "A", "upstream", 10.0), line("W", "B", "downstream", 90.0)],
    )
    flows = steady(net, np.ones(1), net.losses(), heads(10.0, 90.0))
    assert lift(net, flows, 0) == pytest.approx(80.0, abs=1e-3)
    balanced(net, flows)


def test_pumps_alone_across_a_valve_pass_its_flow_by_gravity_when_they_stand():
    net = network(
        nodes=nodes("A", "B"),
        resistances=[pipe("V", "A", "B")],
        lines=[line("U", "A", "upstream", 30.0), line("W", "B", "downstream", 10.0)],
    )
    flows = steady(net, np.zeros(0), net.losses(), heads(30.0, 10.0))
    assert flows.resistance[0] == pytest.approx(np.sqrt(20.0 / net.coefficient[0]), rel=1e-4)


@pytest.mark.parametrize("stages", [1, 2, 3, 5])
def test_n_pumps_in_series_carry_one_flow_and_add_their_heads(stages):
    names = [f"N{i}" for i in range(stages + 1)]
    net = network(
        nodes=nodes(*names),
        pumps=[pump(f"P{i}", names[i], names[i + 1]) for i in range(stages)],
        lines=[line("U", names[0], "upstream", 0.0), line("W", names[-1], "downstream", 0.0)],
    )
    flows = steady(net, np.ones(stages), net.losses(), heads(0.0, 80.0 * stages))
    np.testing.assert_allclose(flows.pump, flows.pump[0], atol=1e-9)
    assert sum(lift(net, flows, i) for i in range(stages)) == pytest.approx(80.0 * stages, abs=1e-3)


@pytest.mark.parametrize("side_by_side", [1, 2, 4, 12])
def test_n_pumps_in_parallel_share_n_times_the_flow_of_one(side_by_side):
    net = network(
        nodes=nodes("A", "B"),
        pumps=[pump(f"P{i}", "A", "B") for i in range(side_by_side)],
        lines=[line("U", "A", "upstream", 0.0), line("W", "B", "downstream", 0.0)],
    )
    flows = steady(net, np.ones(side_by_side), net.losses(), heads(0.0, 80.0))
    np.testing.assert_allclose(flows.pump * 3600, 6500, rtol=0.02)
    assert flows.line[0] == pytest.approx(flows.pump.sum())


def test_two_in_series_beside_two_in_series():
    net = network(
        nodes=nodes("A", "B", "C", "D"),
        pumps=[pump("P1", "A", "B"), pump("P2", "B", "D"), pump("P3", "A", "C"), pump("P4", "C", "D")],
        lines=[line("U", "A", "upstream", 0.0), line("W", "D", "downstream", 0.0)],
    )
    flows = steady(net, np.array([1.0, 0.9, 0.9, 1.0]), net.losses(), heads(0.0, 140.0))
    assert flows.pump[0] == pytest.approx(flows.pump[1]) == pytest.approx(flows.pump[2])
    assert flows.at("B") > flows.at("C")
    balanced(net, flows)


@given(st.floats(0.0, 50.0))
def test_unlike_pumps_side_by_side_lift_alike_and_carry_by_their_curves(static):
    net = two_unlike()
    flows = steady(net, np.ones(2), net.losses(), heads(0.0, static))
    lifts = [lift(net, flows, i) - net.coefficient[i] * flows.pump[i] ** 2 for i in range(2)]
    assert lifts[0] == pytest.approx(lifts[1], abs=1e-3)
    assert flows.pump[0] > flows.pump[1] > 0.0


@given(st.floats(61.0, 100.0))
def test_a_stronger_neighbour_shuts_the_check_valve_of_a_weaker_pump(static):
    net = two_unlike()
    flows = steady(net, np.ones(2), net.losses(), heads(0.0, static))
    assert flows.pump[0] > 0.0
    assert -50.0 / SHUT < flows.pump[1] <= 0.0
    assert flows.at("C") - flows.at("A") == pytest.approx(60.0, abs=0.01)  # it runs against its shut valve


def test_unlike_pumps_of_two_stations_each_into_its_own_line():
    net = two_unlike(outlet=("D", "E"))
    flows = steady(net, np.ones(2), net.losses(), heads(0.0, 80.0, 40.0))
    for i, static in enumerate((80.0, 40.0)):
        assert lift(net, flows, i) - net.coefficient[i] * flows.pump[i] ** 2 == pytest.approx(static, abs=1e-3)
    assert flows.line[0] == pytest.approx(flows.pump.sum())


@given(st.floats(0.05, 1.0))
def test_an_open_bypass_sends_water_back_and_the_pump_carries_both(opening):
    net = network(
        nodes=nodes("A", "B"),
        pumps=[pump("P", "A", "B")],
        resistances=[pipe("BYPASS", "B", "A", kind="bypass", loss_kpa=800, flow_m3_h=2000)],
        lines=[line("U", "A", "upstream", 0.0), line("W", "B", "downstream", 0.0)],
    )
    flows = steady(net, np.ones(1), net.losses(np.array([opening])), heads(0.0, 80.0))
    shut = steady(net, np.ones(1), net.losses(np.zeros(1)), heads(0.0, 80.0))
    assert flows.resistance[0] == pytest.approx(opening * np.sqrt(80.0 / net.coefficient[0]), rel=1e-3)
    assert flows.pump[0] == pytest.approx(shut.pump[0], abs=2e-4)
    assert -flows.line[1] == pytest.approx(flows.pump[0] - flows.resistance[0])


def test_a_ring_of_pipes_shares_flow_by_its_two_ways():
    net = network(
        nodes=nodes("A", "B", "C"),
        resistances=[
            pipe("SHORT", "A", "C"),
            pipe("LONG1", "A", "B", loss_kpa=20),
            pipe("LONG2", "B", "C", loss_kpa=20),
        ],
        lines=[line("U", "A", "upstream", 0.0), line("W", "C", "downstream", 0.0)],
    )
    short, first, second = steady(net, np.zeros(0), net.losses(), heads(30.0, 10.0)).resistance
    assert first == pytest.approx(second)
    assert short / first == pytest.approx(2.0, rel=1e-4)


def test_a_dead_end_holds_the_pressure_of_where_it_joins():
    net = network(
        nodes=nodes("A", "B", "END"),
        resistances=[pipe("V", "A", "B"), pipe("STUB", "B", "END")],
        lines=[line("U", "A", "upstream", 0.0), line("W", "B", "downstream", 0.0)],
    )
    flows = steady(net, np.zeros(0), net.losses(), heads(30.0, 10.0))
    assert flows.at("END") == pytest.approx(flows.at("B"), abs=1e-6)


def test_a_node_between_shut_valves_still_has_a_pressure():
    net = network(
        nodes=nodes("A", "B", "C"),
        resistances=[pipe("V1", "A", "B", normally_closed=True), pipe("V2", "B", "C", normally_closed=True)],
        lines=[line("U", "A", "upstream", 0.0), line("W", "C", "downstream", 0.0)],
    )
    flows = steady(net, np.zeros(0), net.losses(net.opening), heads(30.0, 10.0))
    assert flows.at("B") == pytest.approx(20.0, abs=1e-3)
    assert abs(flows.resistance[0]) < 30.0 / SHUT


@pytest.mark.parametrize("make", [{"roughness_mm": 0.5}, {"hazen_williams": 110.0}])
def test_a_pipe_of_known_make_loses_what_its_friction_says(make):
    net = network(
        nodes=nodes("A", "B"),
        resistances=[pipe("PIPE", "A", "B", loss_kpa=0, length_m=2000, bore_m=1.0, **make)],
        lines=[line("U", "A", "upstream", 0.0), line("W", "B", "downstream", 0.0)],
    )
    flows = steady(net, np.zeros(0), net.losses(), heads(30.0, 10.0))
    q = flows.resistance
    assert net.pipes.coefficient(q) * q**2 == pytest.approx(20.0, abs=1e-3)
    assert flows.iterations <= 12


@st.composite
def grids(draw):
    """A random ladder of headers, joined by pumps, valves, check valves and pipes, with a line at either end."""
    rungs = draw(st.integers(2, 5))
    names = [f"{side}{i}" for i in range(rungs) for side in "LR"]
    pumps, parts = [], []
    kinds = st.sampled_from(["pump", "valve", "check", "darcy", "hazen"])
    pairs = [(f"L{i}", f"R{i}") for i in range(rungs)]
    pairs += [(f"{side}{i}", f"{side}{i + 1}") for i in range(rungs - 1) for side in "LR"]
    for i, (one, other) in enumerate(pairs):
        kind = draw(kinds)
        if kind == "pump":
            pumps.append(pump(f"P{i}", one, other) | {"curve": draw(st.sampled_from(["design", "weak"]))})
            continue
        more = {"check": kind == "check"}
        if kind in ("darcy", "hazen"):
            more |= {"loss_kpa": 0, "length_m": draw(st.floats(10, 5000)), "bore_m": draw(st.floats(0.3, 1.6))}
        if kind == "hazen":
            more["hazen_williams"] = draw(st.floats(70, 140))
        parts.append(pipe(f"V{i}", one, other, **more))
    speed = np.array(draw(st.lists(st.sampled_from([0.0, 0.8, 1.0]), min_size=len(pumps), max_size=len(pumps))))
    lines = [line("U", "L0", "upstream", 0.0), line("W", f"R{rungs - 1}", "downstream", 0.0)]
    made = network(nodes=nodes(*names), pumps=pumps, resistances=parts, lines=lines)
    return made, speed, heads(draw(st.floats(-40, 40)), draw(st.floats(-40, 160)))


@settings(max_examples=60)
@given(grids())
def test_any_ladder_of_parts_settles_or_names_the_part_that_does_not(case):
    net, speed, boundary = case
    flows = solve(net, speed, net.losses(), boundary)
    assert flows.converged, flows.unsettled
    np.testing.assert_allclose(outflow(net, flows), 0.0, atol=1e-6)
