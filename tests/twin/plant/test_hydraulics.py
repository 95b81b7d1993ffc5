"""Flows and heads obey every part's law, lose no water, and depend on nothing but the station."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from twin.errors import StationError
from twin.paths import REFERENCE_STATION
from twin.plant import curve, reading
from twin.plant.hydraulics import Boundary, solve, steady
from twin.plant.network import SHUT, Losses, Network
from twin.plant.station import StationFile

FILE = reading.read(REFERENCE_STATION).file
B4 = Network.of(FILE)
PUMPS, RESISTANCES = len(B4.pumps), len(B4.resistances)
RATED = 6500 / 3600
HEADS = np.array([line.head_m for line in FILE.lines])
FRICTION = 91.0  # m in 25 km at the rated flow
TRICKLE = 1e-3  # m³/s: less than a thousandth of the rated flow
SLOPES = np.array([line.slope_m for line in FILE.lines])
LINES = Boundary(HEADS, np.zeros(4), (SLOPES + FRICTION) / (3 * RATED) ** 2)
DUTY = np.array([1.0, 1.0, 1.0, 0.0] * 2)
DUTY_STATE = steady(B4, DUTY, B4.losses(), LINES)

SHEET = {"speed_rpm": 990, "flow_m3_h": [0, 4000, 9000], "head_m": [106.7, 96.6, 55.1]}


def station(**parts):
    return StationFile.model_validate(
        {"format": "pumphouse-station", "version": 1, "station": {"id": "T"}, "curves": {"design": SHEET}, **parts}
    )


def nodes(*names):
    return [{"id": name} for name in names]


def pump(name, from_node, to_node):
    return {"id": name, "curve": "design", "from_node": from_node, "to_node": to_node, "rated_flow_m3_h": 6500}


def pipe(name, from_node, to_node, **more):
    loss = {"loss_kpa": 10, "flow_m3_h": 6500}
    return {"id": name, "from_node": from_node, "to_node": to_node, **loss, **more}


def line(name, node, side, head):
    return {"id": name, "node": node, "side": side, "head_m": head, "length_m": 100, "bore_m": 1, "flow_m3_h": 6500}


@st.composite
def states(draw):
    """Any state of B4: speeds, valves, clogging, leaking checks, neighbours."""
    speed = draw(arrays(float, PUMPS, elements=st.sampled_from([0.0, 0.5, 0.8, 0.95, 1.0, 1.03])))
    opening = draw(arrays(float, RESISTANCES, elements=st.sampled_from([1.0, 1.0, 1.0, 1.0, 0.6, 0.2, 0.0])))
    factor = draw(arrays(float, RESISTANCES, elements=st.sampled_from([1.0, 1.0, 1.0, 4.0, 30.0])))
    leak = draw(arrays(float, RESISTANCES, elements=st.sampled_from([0.0, 0.0, 0.0, 0.05, 1.0])))
    heads = HEADS + draw(arrays(float, 4, elements=st.floats(-30, 30)))
    if draw(st.booleans()):
        boundary = Boundary(heads, LINES.linear, LINES.quadratic)
    else:
        boundary = Boundary(heads, np.full(4, 56.7), np.zeros(4))
    return speed, B4.losses(opening, factor, leak), boundary


def outflow(network, flows):
    """(nodes,) what leaves each node through links."""
    net = np.zeros(len(network.nodes))
    inner = network.from_node >= 0
    np.add.at(net, network.from_node[inner], flows.flow[inner])
    np.subtract.at(net, network.to_node, flows.flow)
    return net


def broken_laws(network, flows, speed, losses, boundary):
    """(links,) how far each link's head difference is from its law. [m]"""
    pumps = len(network.pumps)
    heads = np.append(flows.head, np.nan)
    drop = heads[network.from_node] - heads[network.to_node]
    drop[-len(network.lines) :] = boundary.head - heads[network.to_node[-len(network.lines) :]]
    q = flows.flow[pumps:]
    forward = q > 0
    quadratic = np.concatenate((np.where(forward[:-4], losses.forward, losses.backward), boundary.quadratic))
    linear = np.concatenate((np.where(forward[:-4], losses.forward_linear, losses.backward_linear), boundary.linear))
    law = np.concatenate(
        [
            [-float(curve.head(c, f, s)) for c, f, s in zip(network.bank.curves, flows.pump, speed, strict=True)],
            (quadratic * np.sqrt(q**2 + network.laminar) + linear) * q,
        ]
    )
    return np.abs(drop - law)


@given(states())
def test_every_part_follows_its_law_and_no_water_is_lost(state):
    speed, losses, boundary = state
    flows = solve(B4, speed, losses, boundary)
    assert flows.converged
    np.testing.assert_allclose(outflow(B4, flows), 0.0, atol=1e-7)
    assert broken_laws(B4, flows, speed, losses, boundary).max() < 1e-4


@given(states(), states())
def test_the_state_does_not_depend_on_where_the_search_began(one, other):
    begun = solve(B4, *other)
    warm, cold = solve(B4, *one, start=begun), solve(B4, *one)
    # pumps against a shut valve may share a trickle in any way: there their curves are flat
    told = np.maximum(np.abs(warm.flow), np.abs(cold.flow)) > TRICKLE
    np.testing.assert_allclose(warm.flow[told], cold.flow[told], atol=1e-6)
    np.testing.assert_allclose(warm.line, cold.line, atol=1e-6)
    np.testing.assert_allclose(warm.head, cold.head, atol=5e-4)


@settings(max_examples=20)
@given(states(), st.randoms(use_true_random=False))
def test_solving_does_not_depend_on_the_order_of_the_file(state, random):
    speed, losses, boundary = state
    flows = solve(B4, speed, losses, boundary)
    pumps, parts, lines = (random.sample(range(n), n) for n in (PUMPS, RESISTANCES, len(FILE.lines)))
    shuffled = FILE.model_copy(
        update={
            "pumps": tuple(FILE.pumps[i] for i in pumps),
            "resistances": tuple(FILE.resistances[i] for i in parts),
            "lines": tuple(FILE.lines[i] for i in lines),
            "nodes": tuple(random.sample(FILE.nodes, len(FILE.nodes))),
        }
    )
    network = Network.of(shuffled)
    ways = Losses(*(getattr(losses, field.name)[parts] for field in fields(losses)))
    behind = Boundary(*(getattr(boundary, field.name)[lines] for field in fields(boundary)))
    again = solve(network, speed[pumps], ways, behind)
    np.testing.assert_allclose(again.pump, flows.pump[pumps], atol=1e-6)
    np.testing.assert_allclose(again.resistance, flows.resistance[parts], atol=1e-6)
    np.testing.assert_allclose([again.at(node) for node in B4.nodes], flows.head, atol=5e-4)


@given(states())
def test_the_power_that_pumps_and_neighbours_put_in_is_what_the_parts_take(state):
    speed, losses, boundary = state
    flows = solve(B4, speed, losses, boundary)
    lost = np.append(flows.head, 0.0)[B4.from_node] - flows.head[B4.to_node]
    own = slice(0, PUMPS + RESISTANCES)
    taken = flows.flow[own] * lost[own]
    brought = flows.line * flows.line_head
    assert brought.sum() == pytest.approx(taken.sum(), abs=1e-6 * (1.0 + np.abs(taken).sum() + np.abs(brought).sum()))
    law = [float(curve.head(c, f, s)) for c, f, s in zip(B4.bank.curves, flows.pump, speed, strict=True)]
    lifted = float(np.dot(flows.pump, law))
    assert lifted == pytest.approx(-taken[:PUMPS].sum(), abs=1e-6 * (1.0 + np.abs(taken).sum()))


@settings(max_examples=30)
@given(states(), arrays(float, PUMPS, elements=st.floats(-0.003, 0.003)))
def test_a_state_close_by_is_found_along_the_tangents_of_the_last_as_from_afar(state, moved):
    speed, losses, boundary = state
    start = solve(B4, speed, losses, boundary)
    warm = solve(B4, speed + moved * speed, losses, boundary, start=start)
    cold = solve(B4, speed + moved * speed, losses, boundary)
    assert warm.converged
    np.testing.assert_allclose(warm.flow, cold.flow, atol=1e-6)
    np.testing.assert_allclose(warm.head, cold.head, atol=5e-4)


def test_a_duty_state_is_followed_in_two_steps_along_its_own_tangents():
    warm = solve(B4, 1.0005 * DUTY, B4.losses(), LINES, start=DUTY_STATE)
    assert warm.iterations == 2
    assert warm.tangents is DUTY_STATE.tangents


def test_a_state_in_which_nothing_changes_stays_settled():
    still = solve(B4, np.zeros(PUMPS), B4.losses(), Boundary.fixed(np.full(4, 50.0)))
    for _ in range(3):
        still = solve(B4, np.zeros(PUMPS), B4.losses(), Boundary.fixed(np.full(4, 50.0)), start=still)
        assert still.converged
    np.testing.assert_allclose(still.flow, 0.0, atol=1e-6)


def test_three_duty_pumps_a_circuit_carry_what_the_line_was_laid_for():
    np.testing.assert_allclose(np.abs(DUTY_STATE.line) * 3600, 19500, rtol=0.01)
    np.testing.assert_allclose(DUTY_STATE.pump[DUTY > 0] * 3600, 6500, rtol=0.01)
    assert DUTY_STATE.at("P101-D") - DUTY_STATE.at("P101-S") == pytest.approx(80.0, abs=1.0)


def test_pumps_of_one_curve_in_parallel_share_the_flow_alike():
    np.testing.assert_allclose(DUTY_STATE.pump[:3], DUTY_STATE.pump[0], rtol=1e-9)


@settings(max_examples=30)
@given(arrays(float, 3, elements=st.floats(0.9, 1.05)))
def test_parallel_pumps_share_flow_so_that_each_lifts_between_the_same_headers(scale):
    flows = solve(B4, DUTY, B4.losses(), LINES, head_scale=np.array([*scale, 1.0, 1.0, 1.0, 1.0, 1.0]))
    branch_loss = sum(B4.coefficient[B4.resistances.index(f"P101.{x}")] for x in ("strainer", "check_valve"))
    branch_loss += B4.coefficient[B4.resistances.index("P101.discharge_valve")]
    q = flows.pump[:3]
    lift = np.array([float(curve.head(B4.bank.curves[0], x)) for x in q]) * scale - branch_loss * q**2
    np.testing.assert_allclose(lift, flows.at("S-DISCHARGE") - flows.at("S-SUCTION"), atol=1e-3)
    assert np.all(np.diff(q[np.argsort(scale)]) > -1e-6)


def test_a_standing_pump_is_held_against_reverse_flow_by_its_check_valve():
    assert np.all(DUTY_STATE.pump[DUTY == 0] <= 0.0)
    assert np.all(DUTY_STATE.pump[DUTY == 0] > -110.0 / SHUT)


def test_a_check_valve_stuck_open_lets_the_header_drive_the_standing_pump_backwards():
    leak = np.zeros(RESISTANCES)
    leak[B4.resistances.index("P104.check_valve")] = 1.0
    flows = solve(B4, DUTY, B4.losses(leak=leak), LINES, start=DUTY_STATE)
    assert flows.pump[3] * 3600 < -3000
    assert np.all(flows.pump[:3] > DUTY_STATE.pump[:3])


def test_when_all_pumps_stop_the_bypass_opens():
    flows = solve(B4, np.zeros(PUMPS), B4.losses(), LINES, start=DUTY_STATE)
    bypass = flows.resistance[B4.resistances.index("BP301")]
    assert DUTY_STATE.resistance[B4.resistances.index("BP301")] <= 0.0
    assert bypass > 0.5 * flows.line[0] > 0.0


def test_a_shut_discharge_valve_dead_heads_its_pump():
    opening = np.ones(RESISTANCES)
    opening[B4.resistances.index("P101.discharge_valve")] = 0.0
    flows = solve(B4, DUTY, B4.losses(opening), LINES, start=DUTY_STATE)
    assert abs(flows.pump[0]) * 3600 < 0.5
    assert flows.at("P101-D") - flows.at("P101-S") == pytest.approx(106.7, abs=0.01)


def test_water_put_in_inside_a_branch_is_carried_to_its_end():
    inflow = np.zeros(len(B4.nodes))
    inflow[B4.nodes.index("P101-S")] = 0.2
    inflow[B4.nodes.index("S-OUT")] = -0.1
    flows = solve(B4, DUTY, B4.losses(), LINES, inflow=inflow)
    np.testing.assert_allclose(outflow(B4, flows), inflow, atol=1e-9)
    assert broken_laws(B4, flows, DUTY, B4.losses(), LINES).max() < 1e-6
    strainer = flows.resistance[B4.resistances.index("P101.strainer")]
    assert flows.pump[0] == pytest.approx(strainer + 0.2)


def test_pumps_in_series_add_their_heads():
    network = Network.of(
        station(
            nodes=nodes("A", "B", "C", "D"),
            pumps=[pump("P1", "A", "B"), pump("P2", "B", "C")],
            resistances=[pipe("V", "C", "D")],
            lines=[line("U", "A", "upstream", 20.0), line("W", "D", "downstream", 150.0)],
        )
    )
    flows = steady(network, np.ones(2), network.losses(), Boundary.fixed(np.array([20.0, 150.0])))
    lift = flows.at("C") - flows.at("A")
    assert lift == pytest.approx(2 * float(curve.head(network.bank.curves[0], flows.pump[0])))
    np.testing.assert_allclose(flows.flow, flows.pump[0] * np.array([1, 1, 1, 1, -1]), atol=1e-9)


def test_a_part_turned_round_in_the_file_carries_the_opposite_flow():
    def network(one, other):
        return Network.of(
            station(
                nodes=nodes("A", "B", "C"),
                pumps=[pump("P1", "A", "B")],
                resistances=[pipe("V", one, other)],
                lines=[line("U", "A", "upstream", 0.0), line("W", "C", "downstream", 60.0)],
            )
        )

    fixed = Boundary.fixed(np.array([0.0, 60.0]))
    ahead, astern = network("B", "C"), network("C", "B")
    one, other = steady(ahead, np.ones(1), ahead.losses(), fixed), steady(astern, np.ones(1), astern.losses(), fixed)
    np.testing.assert_allclose(one.head, other.head)
    assert one.resistance[0] == pytest.approx(-other.resistance[0])


@pytest.mark.parametrize(
    ("parts", "thing", "wrong"),
    [
        ({"nodes": nodes("A", "B"), "pumps": [pump("P1", "A", "B")]}, "T", "no line"),
        (
            {
                "nodes": nodes("A", "B"),
                "resistances": [pipe("V", "A", "A")],
                "lines": [line("U", "A", "upstream", 0.0)],
            },
            "V",
            "same node",
        ),
        (
            {
                "nodes": nodes("A", "B", "C"),
                "resistances": [pipe("V", "B", "C"), pipe("W", "C", "B")],
                "lines": [line("U", "A", "upstream", 0.0)],
            },
            "B",
            "joined to no line",
        ),
    ],
)
def test_a_station_with_no_way_for_water_is_refused_by_the_part_at_fault(parts, thing, wrong):
    with pytest.raises(StationError, match=wrong) as refused:
        Network.of(station(**parts))
    assert refused.value.thing == thing


def test_a_state_that_does_not_settle_names_the_part_and_raises_nothing_while_running():
    speed = DUTY.copy()
    speed[0] = np.nan
    flows = solve(B4, speed, B4.losses(), LINES, start=DUTY_STATE)
    assert not flows.converged
    assert flows.unsettled in B4.links
    with pytest.raises(StationError, match="do not settle"):
        steady(B4, speed, B4.losses(), LINES)
