"""Flows and heads agree with EPANET, which others wrote."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.plant import anytown, epanet
from twin.paths import REFERENCE_STATION
from twin.plant import reading
from twin.plant.hydraulics import Boundary, solve
from twin.plant.network import Network
from twin.plant.station import Curve

FILE = reading.read(REFERENCE_STATION).file


def supply_circuit() -> Network:
    """The supply circuit alone, its pumps on a power law."""
    flow, head = zip(*epanet.POINTS, strict=True)
    parts = {name: tuple(p for p in getattr(FILE, name) if p.circuit == "supply") for name in ("pumps", "resistances")}
    lines = tuple(line for line in FILE.lines if line.circuit == "supply")
    nodes = tuple(node for node in FILE.nodes if node.id.startswith(("S-", "P1")))
    sheet = Curve(kind="power", speed_rpm=990, flow_m3_h=flow, head_m=head)
    return Network.of(FILE.model_copy(update={**parts, "lines": lines, "nodes": nodes, "curves": {"design": sheet}}))


def state(network, rng):
    """Two to four pumps running, valves throttled, strainers clogged, neighbours anywhere they are likely to be."""
    speed = np.where(rng.random(4) < 0.3, 0.0, rng.uniform(0.85, 1.02, 4))
    speed[rng.choice(4, 2, replace=False)] = (
        1.0  # enough to keep the bypass shut: EPANET lets none through a standing pump
    )
    opening = np.where(rng.random(len(network.resistances)) < 0.2, rng.uniform(0.3, 1.0), 1.0)
    losses = network.losses(opening, rng.uniform(1.0, 5.0, len(network.resistances)))
    head = np.array([290.0, -78.0]) + rng.normal(0.0, 15.0, 2)
    return speed, losses, Boundary(head, np.zeros(2), rng.uniform(6.0, 9.0, 2))


@pytest.mark.filterwarnings("ignore")  # wntr's own, on import
def test_fifty_random_states_of_a_circuit_agree_with_epanet_within_a_thousandth(tmp_path):
    supply, rng = supply_circuit(), np.random.default_rng(1)
    for _ in range(50):
        speed, losses, boundary = state(supply, rng)
        ours = solve(supply, speed, losses, boundary)
        flow, head = epanet.solved(epanet.written(supply, losses, boundary, speed), tmp_path, supply)
        np.testing.assert_allclose(ours.flow, flow, rtol=1e-3, atol=1e-4 * supply.rated.max())
        tells = np.ones(len(supply.nodes), dtype=bool)
        tells[supply.to_node[:4][ours.pump < 1e-3]] = False  # nothing says the head behind a shut check valve
        np.testing.assert_allclose(ours.head[tells], head[tells], rtol=1e-3)


@pytest.mark.filterwarnings("ignore")  # wntr's own, on import
def test_anytown_agrees_with_epanet_within_a_thousandth_in_every_period(shared_data, tmp_path):
    path = shared_data / "epanet" / "Anytown.inp"
    example, text = anytown.read(path), path.read_text(encoding="latin-1")
    network, start = example.network, None
    theirs = list(epanet.periods(epanet.sharpened(text), tmp_path, example.names, list(network.nodes)))
    assert len(theirs) > len(example.multipliers)
    for period, (flow, head) in enumerate(theirs):
        inflow = example.inflow(period)
        start = solve(network, np.ones(1), network.losses(), example.boundary, inflow=inflow, start=start)
        assert start.converged
        np.testing.assert_allclose(start.flow[: flow.size], flow * anytown.GALLON_A_MINUTE, rtol=1e-3)
        np.testing.assert_allclose(start.head, head * anytown.FOOT, rtol=1e-3)
