"""One pump of three ails: what moves, and by how much, agrees with what was computed for the reference station."""

from __future__ import annotations

import numpy as np
import pytest

from twin.paths import REFERENCE_STATION
from twin.plant import reading
from twin.plant.hydraulics import Flows, steady
from twin.plant.line import Lines, settled
from twin.plant.network import Network
from twin.units import STANDARD_GRAVITY

FILE = reading.read(REFERENCE_STATION).file
B4 = Network.of(FILE)
DUTY = np.array([1.0, 1.0, 1.0, 0.0] * 2)
RATED_FLOW, RATED_HEAD, DENSITY = 6500 / 3600, 80.0, 943.8
HEALTHY, _ = settled(B4, Lines.of(FILE, 1.0), DUTY, B4.losses())
BOUNDARY = Lines.of(FILE, 1.0).steady_boundary(HEALTHY.line)
RATED_POWER = float(B4.bank.shaft_power(np.full(8, RATED_FLOW), np.ones(8), DENSITY)[0])


def ill(*, speed=DUTY, losses=None, scale=1.0, leak: tuple[str, str, float] | None = None) -> Flows:
    """The station in a steady state with P101 ailing; ``leak`` goes back from one node to another [m³/s]."""
    inflow = np.zeros(len(B4.nodes))
    if leak:
        inflow[B4.nodes.index(leak[0])] -= leak[2]
        inflow[B4.nodes.index(leak[1])] += leak[2]
    return steady(B4, speed, losses or B4.losses(), BOUNDARY, head_scale=scale, inflow=inflow)


def weak(share):
    """Head scales with P101 weakened."""
    return np.array([share, 1, 1, 1, 1, 1, 1, 1])


def throttled():
    """The discharge valve of P101 loses 20 m more at rated flow."""
    factor = np.ones(len(B4.resistances))
    valve = B4.resistances.index("P101.discharge_valve")
    factor[valve] += 20.0 / RATED_FLOW**2 / B4.coefficient[valve]
    return B4.losses(factor=factor)


def signature(flows: Flows, inside: float = 0.0, speed: float = 1.0) -> dict[str, float]:
    """Changes and residuals of P101 in percent of rated; ``inside`` is what leaks back within the pump."""
    flow = flows.pump - np.array([inside, 0, 0, 0, 0, 0, 0, 0])
    head = flows.at("P101-D") - flows.at("P101-S")
    was = HEALTHY.at("P101-D") - HEALTHY.at("P101-S")
    expected = float(B4.bank.head(flow, np.full(8, speed))[0])
    return {
        "dQ1": 100 * (flow[0] - HEALTHY.pump[0]) / RATED_FLOW,
        "dQ": 100 * (flow[1] - HEALTHY.pump[1]) / RATED_FLOW,
        "dQs": 100 * (flows.line[0] / HEALTHY.line[0] - 1),
        "dH1": 100 * (head - was) / RATED_HEAD,
        "rH": 100 * (head - expected) / RATED_HEAD,
    }


WEAR_RING = 0.04 * RATED_FLOW
CASES = {
    "wear-ring leak": (
        lambda: signature(ill(leak=("P101-D", "P101-S", WEAR_RING)), inside=WEAR_RING),
        {"dQ1": -2.8, "dQ": 1.3, "dQs": -0.1, "dH1": -0.8, "rH": -2.65},
    ),
    "impeller wear": (
        lambda: signature(ill(scale=weak(0.96))),
        {"dQ1": -4.3, "dQ": 2.0, "dQs": -0.1, "dH1": -1.3, "rH": -4.1},
    ),
    "cavitation at NPSH3": (
        lambda: signature(ill(scale=weak(0.97))),
        {"dQ1": -3.2, "dQ": 1.5, "dQs": -0.1, "dH1": -1.0, "rH": -3.1},
    ),
    "gas": (
        lambda: signature(ill(scale=weak(0.92))),
        {"dQ1": -8.9, "dQ": 4.1, "dQs": -0.3, "dH1": -2.8, "rH": -8.5},
    ),
    "broken blade": (
        lambda: signature(ill(scale=weak(0.88))),
        {"dQ1": -14.0, "dQ": 6.3, "dQs": -0.4, "dH1": -4.4, "rH": -13.0},
    ),
    "discharge valve": (
        lambda: signature(ill(losses=throttled())),
        {"dQ1": -18.0, "dQ": 8.2, "dQs": -0.6, "dH1": 11.0, "rH": 0.0},
    ),
    "drive derated": (
        lambda: signature(ill(speed=np.r_[0.95, DUTY[1:]]), speed=0.95),
        {"dQ1": -14.0, "dQ": 6.3, "dQs": -0.4, "dH1": -4.4, "rH": 0.0},
    ),
    "standby check valve leaks": (
        lambda: signature(ill(leak=("S-DISCHARGE", "S-SUCTION", 0.1 * RATED_FLOW))),
        {"dQ1": 3.1, "dQ": 3.1, "dQs": -0.2, "dH1": -2.1, "rH": 0.0},
    ),
}


@pytest.mark.parametrize("fault", CASES)
def test_a_fault_moves_what_the_reference_says_it_moves(fault):
    found, expected = CASES[fault][0](), CASES[fault][1]
    print({name: round(value, 2) for name, value in found.items()})
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=0.2, abs=0.25), name


@pytest.mark.parametrize("fault", CASES)
def test_the_station_hides_what_one_pump_suffers(fault):
    assert abs(CASES[fault][0]()["dQs"]) <= 0.6


def test_a_throttled_pump_loses_behind_it_and_nowhere_else():
    flows = ill(losses=throttled())
    lost = (flows.at("P101-D") - flows.at("S-DISCHARGE")) - (HEALTHY.at("P101-D") - HEALTHY.at("S-DISCHARGE"))
    assert 100 * lost / RATED_HEAD == pytest.approx(17.0, abs=1.0)


def test_a_wear_ring_leak_takes_power_while_head_is_lost():
    flows = ill(leak=("P101-D", "P101-S", WEAR_RING))
    power = B4.bank.shaft_power(flows.pump, DUTY, DENSITY)[0]
    expected = B4.bank.shaft_power(flows.pump - WEAR_RING, DUTY, DENSITY)[0]
    assert 100 * (power - expected) / RATED_POWER == pytest.approx(1.35, abs=0.3)


def test_the_loss_of_one_of_three_pumps_drives_the_others_out_along_their_curves():
    flows, _ = settled(B4, Lines.of(FILE, 1.0), np.r_[0.0, DUTY[1:]], B4.losses())
    assert flows.pump[1] / RATED_FLOW == pytest.approx(1.44, abs=0.01)
    assert flows.line[0] / HEALTHY.line[0] - 1 == pytest.approx(-0.037, abs=0.001)
    power = B4.bank.shaft_power(flows.pump, DUTY, DENSITY)[1]
    assert power / RATED_POWER == pytest.approx(1.15, abs=0.02)
    required = B4.bank.npsh_required(flows.pump, DUTY)[1]
    assert 1.6 <= required / B4.bank.npsh_required(HEALTHY.pump, DUTY)[1] <= 2.3


def test_the_reference_station_stands_where_its_description_says():
    weight = np.array([943.8, 996.3])[B4.node_circuit] * STANDARD_GRAVITY
    pressure = weight * (HEALTHY.head - B4.elevation) / 1e6
    at = dict(zip(B4.nodes, pressure, strict=True))
    np.testing.assert_allclose(np.abs(HEALTHY.line) * 3600, 19500, rtol=0.005)
    assert 0.55 < at["S-SUCTION"] < 0.70
    assert 1.30 < at["S-DISCHARGE"] < 1.45
    assert 0.40 < at["R-SUCTION"] < 0.50
    assert 1.10 < at["R-DISCHARGE"] < 1.20
