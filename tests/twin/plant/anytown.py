"""EPANET's example networks read into a station file's terms: pumps, Hazen–Williams pipes, and reservoirs as lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.plant.hydraulics import Boundary
from twin.plant.network import Network
from twin.plant.station import StationFile

FOOT, INCH = 0.3048, 0.0254  # m
GALLON_A_MINUTE = 0.22712470704 / 3600.0  # m³/s
RATED = 227.0  # m³/h, of a pipe: about a thousand gallons a minute
BETWEEN = 40  # points on each straight stretch of a pump's curve, as EPANET draws it


@dataclass(frozen=True)
class Example:
    """A network with reservoirs of fixed head, and what is drawn at its nodes in each period."""

    network: Network
    boundary: Boundary
    drawn: NDArray[np.float64]  # (nodes,) at a multiplier of one [m³/s]
    multipliers: tuple[float, ...]

    @property
    def names(self) -> list[str]:
        """(pumps + pipes,) What EPANET calls the links, which may bear the names of nodes there."""
        return [link.lstrip("abcdefghijklmnopqrstuvwxyz") for link in (*self.network.pumps, *self.network.resistances)]

    def inflow(self, period: int) -> NDArray[np.float64]:
        """(nodes,) [m³/s]"""
        return -self.drawn * self.multipliers[period % len(self.multipliers)]


def read(path: Path) -> Example:
    """An input file in US units with Hazen–Williams losses, one pump curve and no tanks."""
    rows = _sections(path)
    junctions = {row[0]: float(row[2]) for row in rows["JUNCTIONS"]}
    reservoirs = {row[0]: float(row[1]) * FOOT for row in rows["RESERVOIRS"]}
    made = StationFile.model_validate(
        {
            "format": "pumphouse-station",
            "version": 1,
            "station": {"id": path.stem},
            "curves": {"pump": _curve([(float(row[1]), float(row[2])) for row in rows["CURVES"] if row[0] == "1"])},
            "nodes": [{"id": name} for name in (*junctions, *reservoirs)],
            "pumps": [_pump(*row[:3]) for row in rows["PUMPS"]],
            "resistances": [_pipe(*row[:6]) for row in rows["PIPES"]],
            "lines": [_line(name, head) for name, head in reservoirs.items()],
        }
    )
    return Example(
        network=Network.of(made),
        boundary=Boundary.fixed(np.array([*reservoirs.values()])),
        drawn=np.array([*junctions.values(), *(0.0 for _ in reservoirs)]) * GALLON_A_MINUTE,
        multipliers=tuple(float(x) for row in rows["PATTERNS"] for x in row[1:]),
    )


def _sections(path: Path) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    name = ""
    for words in _words(path):
        if words[0].startswith("["):
            name = words[0].strip("[]")
        else:
            found.setdefault(name, []).append(words)
    return found


def _words(path: Path) -> Iterator[list[str]]:
    for text in path.read_text(encoding="latin-1").splitlines():
        words = text.partition(";")[0].split()
        if words:
            yield words


def _curve(points: list[tuple[float, float]]) -> dict[str, object]:
    """A table dense enough to run straight from point to point, as EPANET's does."""
    flow, head = np.array(points).T
    dense = np.unique(np.concatenate([np.linspace(a, b, BETWEEN) for a, b in pairwise(flow)]))
    heads = np.interp(dense, flow, head) * FOOT
    return {"speed_rpm": 990, "flow_m3_h": (dense * GALLON_A_MINUTE * 3600.0).tolist(), "head_m": heads.tolist()}


def _pump(name: str, start: str, end: str) -> dict[str, object]:
    return {"id": f"pump{name}", "curve": "pump", "from_node": start, "to_node": end, "rated_flow_m3_h": 4.0 * RATED}


def _pipe(name: str, start: str, end: str, length: str, bore: str, roughness: str) -> dict[str, object]:
    made = {"length_m": float(length) * FOOT, "bore_m": float(bore) * INCH, "hazen_williams": float(roughness)}
    return {"id": f"pipe{name}", "from_node": start, "to_node": end, "flow_m3_h": RATED, **made}


def _line(name: str, head: float) -> dict[str, object]:
    """A reservoir, straight at its node: its length and bore do not count where its head is fixed."""
    shape = {"length_m": 1.0, "bore_m": 1.0, "flow_m3_h": 4.0 * RATED}
    return {"id": f"reservoir{name}", "side": "upstream", "node": name, "head_m": head, **shape}
