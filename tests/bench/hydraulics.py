"""The station's hydraulics beside EPANET's, and the elastic line beside the clock."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.conftest import SHARED
from tests.twin.plant import anytown, epanet
from tests.twin.plant.test_epanet import state, supply_circuit
from twin.paths import REFERENCE_STATION
from twin.plant import reading
from twin.plant.hydraulics import solve
from twin.plant.line import Lines, settled
from twin.plant.network import Network

STATES = 200
WANTED_US = 250.0
TSNET = 11.0  # times real time at 1,012 reaches on two cores
REACHES = 1012


def each(action: Callable[[], object], count: int) -> float:
    """Median duration of an action. [s]"""
    durations = []
    for _ in range(count):
        begun = time.perf_counter()
        action()
        durations.append(time.perf_counter() - begun)
    return float(np.median(durations))


def warm_states() -> None:
    """A ramp of speed, each state started from the last."""
    file = reading.read(REFERENCE_STATION).file
    network, lines = Network.of(file), Lines.of(file, 1.0)
    duty, losses = np.array([1.0, 1.0, 1.0, 0.0] * 2), network.losses()
    flows, resting = settled(network, lines, duty, losses)
    boundary, start, steps, durations = lines.boundary(resting), flows, [], []
    for k in range(2000):
        speed = (1.0 - 0.1 * np.sin(k / 300.0)) * duty
        begun = time.perf_counter()
        start = solve(network, speed, losses, boundary, start=start)
        durations.append(time.perf_counter() - begun)
        steps.append(start.iterations)
    ours, count = 1e6 * np.median(durations), np.mean(steps)
    print(f"B4, both circuits, 34 nodes and 46 links: median {ours:.0f} µs a state, {count:.1f} steps each", end=" ")
    print(f"(wanted: {WANTED_US:.0f} µs at most; beside pandapipes and WNTRSimulator: tests/bench/peers.py)")


def beside_epanet() -> None:
    """Random states of the supply circuit, by both."""
    logging.getLogger("wntr").setLevel(logging.CRITICAL)
    network, rng = supply_circuit(), np.random.default_rng(2)
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(STATES // 4):
            speed, losses, boundary = state(network, rng)
            ours = solve(network, speed, losses, boundary)
            flow, _ = epanet.solved(epanet.written(network, losses, boundary, speed), Path(folder), network)
            worst = max(worst, float(np.abs(ours.flow - flow).max() / np.abs(flow).max()))
        theirs = epanet.seconds_a_state(epanet.written(network, losses, boundary, speed), Path(folder), STATES)
    begun = solve(network, speed, losses, boundary)
    duration = each(lambda: solve(network, 0.999 * speed, losses, boundary, start=begun), STATES)
    print(f"supply circuit, {STATES // 4} random states: flows within {worst:.1e} of EPANET's, of the greatest")
    times = duration / theirs
    print(f"a state: ours {1e6 * duration:.0f} µs, EPANET by wntr's ctypes {1e6 * theirs:.0f} µs: {times:.1f} times")


def anytown_by_both() -> None:
    """EPANET's example network: Hazen–Williams pipes, reservoirs, demands, in every period of its day."""
    path = SHARED / "epanet" / "Anytown.inp"
    if not path.is_file():
        print(f"Anytown is not here ({path}).")
        return
    example, text = anytown.read(path), path.read_text(encoding="latin-1")
    network, losses, speed = example.network, example.network.losses(), np.ones(1)
    start, worst_flow, worst_head = None, 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        theirs = epanet.periods(epanet.sharpened(text), Path(folder), example.names, list(network.nodes))
        for period, (flow, head) in enumerate(theirs):
            inflow = example.inflow(period)
            start = solve(network, speed, losses, example.boundary, inflow=inflow, start=start)
            apart = np.abs(start.flow[: flow.size] / (flow * anytown.GALLON_A_MINUTE) - 1.0)
            worst_flow = max(worst_flow, float(apart.max()))
            worst_head = max(worst_head, float(np.abs(start.head / (head * anytown.FOOT) - 1.0).max()))
        theirs_took = epanet.seconds_a_state(text, Path(folder), STATES)
    inflow, begun = 1.001 * example.inflow(0), start
    took = each(lambda: solve(network, speed, losses, example.boundary, inflow=inflow, start=begun), STATES)
    print(
        f"Anytown, {period + 1} periods: flows within {worst_flow:.1e} of EPANET's, each, heads within {worst_head:.1e}"
    )
    print(f"a state: ours {1e6 * took:.0f} µs, EPANET by wntr's ctypes {1e6 * theirs_took:.0f} µs")


def lines_by_the_clock() -> None:
    """As many reaches as TSNet was timed with, in four lines."""
    file = reading.read(REFERENCE_STATION).file
    network = Network.of(file)
    duty, losses = np.array([1.0, 1.0, 1.0, 0.0] * 2), network.losses()
    travel = Lines.of(file, 1.0).reaches.mean()  # s, in steps of one
    lines = Lines.of(file, float(travel) / (REACHES / 4))
    flows, resting = settled(network, lines, duty, losses)
    duration = each(lambda: lines.advance(resting, flows.line, flows.line_head), STATES)
    speedup = lines.step / duration
    print(f"{int(lines.reaches.sum())} reaches: {1e6 * duration:.0f} µs a step of {lines.step * 1e3:.0f} ms, ", end="")
    print(f"{speedup:,.0f} times real time (TSNet {TSNET:.0f} ×: {speedup / TSNET:.0f} times that)")


def main() -> None:
    """Print them all."""
    warm_states()
    beside_epanet()
    anytown_by_both()
    lines_by_the_clock()
