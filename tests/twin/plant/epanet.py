"""One circuit of the reference station written for EPANET, to solve the same states with."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.plant.hydraulics import Boundary
from twin.plant.network import Losses, Network

BORE = 1.0  # m, of every pipe: only its loss coefficient matters
POINTS = ((0, 106.7), (4500, 93.9), (9000, 55.5))  # m³/h, m: three points are a power law to EPANET and to us

SECTIONS = """[OPTIONS]
Units CMH
Headloss D-W
Accuracy 0.0000001
Trials 200
[TIMES]
Duration 0
[END]
"""


def minor_loss(quadratic: float) -> float:
    """EPANET's loss coefficient of a pipe that loses ``quadratic·Q²`` (its constant is 0.02517 ft·s²/ft, rounded)."""
    foot = 0.3048
    return float(quadratic) * foot**5 * (BORE / foot) ** 4 / 0.02517


def written(network: Network, losses: Losses, boundary: Boundary, speed: NDArray[np.float64]) -> str:
    """The network as an EPANET input file. A standing pump is closed, as EPANET has it at speed zero."""
    names = [name.replace(".", "_") for name in network.links]
    ends = list(zip(network.from_node, network.to_node, strict=True))
    pumps, lines = len(network.pumps), len(network.lines)
    resistances = range(pumps, len(names) - lines)
    rows = ["[JUNCTIONS]", *(f"{node} 0" for node in network.nodes)]
    rows += ["[RESERVOIRS]", *(f"X{i} {head!r}" for i, head in enumerate(boundary.head.tolist()))]
    rows += ["[PIPES]"]
    for i in resistances:
        one, other = (network.nodes[end] for end in ends[i])
        status = "CV" if network.check[i - pumps] else "Open"
        loss = minor_loss(losses.forward[i - pumps])
        rows.append(f"{names[i]} {one} {other} 0.001 {1000 * BORE} 0.001 {loss!r} {status}")
    for i in range(lines):
        node = network.nodes[ends[len(names) - lines + i][1]]
        loss = minor_loss(boundary.quadratic[i])
        rows.append(f"{names[len(names) - lines + i]} X{i} {node} 0.001 {1000 * BORE} 0.001 {loss!r} Open")
    rows += ["[PUMPS]"]
    for i in range(pumps):
        one, other = (network.nodes[end] for end in ends[i])
        rows.append(f"{names[i]} {one} {other} HEAD C SPEED {float(speed[i])!r}")
    rows += ["[CURVES]", *(f"C {flow} {head}" for flow, head in POINTS)]
    return "\n".join(rows) + "\n" + SECTIONS


@contextmanager
def engine(text: str, folder: Path) -> Iterator[Any]:
    """EPANET's engine, ready to solve an input file's hydraulics."""
    from wntr.epanet.toolkit import ENepanet  # late: importing it takes seconds

    source = folder / "circuit.inp"
    source.write_text(text, encoding="utf-8")
    opened = ENepanet()
    opened.ENopen(str(source), str(folder / "circuit.rpt"), str(folder / "circuit.bin"))
    opened.ENopenH()
    opened.ENinitH(0)
    try:
        yield opened
    finally:
        opened.ENcloseH()
        opened.ENclose()


def sharpened(text: str) -> str:
    """An input file, to be solved as nearly as EPANET can."""
    return re.sub(r"(Accuracy\s+)\S+", r"\g<1>1e-8", text)


def periods(text: str, folder: Path, links: list[str], nodes: list[str]) -> Iterator[tuple[Any, Any]]:
    """EPANET's flows (links,) and heads (nodes,) of an input file, period by period, in its own units."""
    with engine(text, folder) as opened:
        from wntr.epanet.util import EN

        at_links = [opened.ENgetlinkindex(name) for name in links]
        at_nodes = [opened.ENgetnodeindex(name) for name in nodes]
        left = 1
        while left:
            opened.ENrunH()
            flow = np.array([opened.ENgetlinkvalue(i, EN.FLOW) for i in at_links])
            yield flow, np.array([opened.ENgetnodevalue(i, EN.HEAD) for i in at_nodes])
            left = opened.ENnextH()


def solved(text: str, folder: Path, network: Network) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """EPANET's flows (links,) [m³/s] and heads (nodes,) [m] of an input file, in the network's order."""
    with engine(text, folder) as opened:
        from wntr.epanet.util import EN

        opened.ENrunH()
        links = [opened.ENgetlinkindex(name.replace(".", "_")) for name in network.links]
        nodes = [opened.ENgetnodeindex(node) for node in network.nodes]
        flow = np.array([opened.ENgetlinkvalue(i, EN.FLOW) for i in links]) / 3600.0
        head = np.array([opened.ENgetnodevalue(i, EN.HEAD) for i in nodes])
    return flow, head


def seconds_a_state(text: str, folder: Path, count: int) -> float:
    """How long EPANET takes for a state started from the last, by ctypes. [s]"""
    with engine(text, folder) as opened:
        opened.ENrunH()
        begun = time.perf_counter()
        for _ in range(count):
            opened.ENrunH()
        return (time.perf_counter() - begun) / count
