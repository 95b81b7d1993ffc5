"""The water of one circuit, solved by EPANET: a neighbour, 25 km of line, four pumps, 25 km of line, a neighbour."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PUMPS = 4
DUTY = 3
DENSITY = 944.0  # kg/m³ at 119 °C
GRAVITY = 9.81
RATED_FLOW = 6500.0  # m³/h
LINE_FLOW = 19500.0
CURVE = ((0.0, 106.7), (4500.0, 93.9), (9000.0, 55.5))  # m³/h, m: the design curve at rated speed
SUCTION = 0.62e6  # Pa(g) wanted at the inlet at full load
BORE, LENGTH, ROUGHNESS, VISCOSITY = 1.584, 25_000.0, 0.5e-3, 2.3e-7  # m, m, m, m²/s
STATION_BORE = 1.0  # m, of every pipe in the station: only its loss coefficient matters
CLOSED = 0.02  # an opening less than that is none
AT_REST = 30.0  # m³/h, less than which a pump only keeps its water
OPTIONS = (
    "[OPTIONS]\nUnits CMH\nHeadloss D-W\nViscosity 0.23\nAccuracy 0.000001\nTrials 200\n[TIMES]\nDuration 0\n[END]\n"
)


def loss(kilopascals: float, flow: float) -> float:
    """EPANET's coefficient of a pipe in the station that loses so much at a flow [m³/h]."""
    velocity = flow / 3600.0 / (math.pi / 4.0 * STATION_BORE**2)
    return kilopascals * 1e3 / (DENSITY * velocity**2 / 2.0)


def friction(flow: float) -> float:
    """Head that 25 km of line lose, by Swamee and Jain. [m]"""
    velocity = flow / 3600.0 / (math.pi / 4.0 * BORE**2)
    reynolds = velocity * BORE / VISCOSITY
    factor = 0.25 / math.log10(ROUGHNESS / 3.7 / BORE + 5.74 / reynolds**0.9) ** 2
    return factor * LENGTH / BORE * velocity**2 / 2.0 / GRAVITY


class Water:
    """EPANET's engine with the circuit in it, started from its last state.

    Parameters
    ----------
    built : (4,)  What each pump's head is of the design's.
    load : float  Of the line's full flow, for which the neighbours' heads are laid out.
    folder        Where the engine keeps its files.
    """

    def __init__(self, built: Floats, load: float, folder: Path) -> None:
        self._built, self._folder = built, folder
        inlet = SUCTION / DENSITY / GRAVITY
        self.speed = 0.95 * load
        lift = CURVE[0][1] * self.speed**2 - 6.32e-7 * (LINE_FLOW * load / DUTY) ** 2
        within = (1.5 + 15.0 + 12.0 + 8.0 + 4.0 + 1.5) * 1e3 * load**2 / DENSITY / GRAVITY
        self.upstream = inlet + 16.5e3 * load**2 / DENSITY / GRAVITY + friction(LINE_FLOW * load)
        self.downstream = inlet + lift - within - friction(LINE_FLOW * load)
        self._scale: Floats = np.ones(PUMPS)
        self._engine: Any = None
        self._open()

    def close(self) -> None:
        """Let the engine go."""
        self._engine.ENcloseH()
        self._engine.ENclose()

    def build(self, scale: Floats) -> None:
        """Let the pumps (4,) have that much of their head from now on."""
        if not np.array_equal(scale, self._scale):
            self._scale = scale
            self.close()
            self._open()

    def shut_off(self, pump: int, speed: float) -> float:
        """Head at no flow. [m]"""
        return float(CURVE[0][1] * self._built[pump] * self._scale[pump] * speed**2)

    def turn(self, pump: int, speed: float) -> None:
        """Let a pump turn at a speed, of rated."""
        from wntr.epanet.util import EN

        self._put(EN.STATUS, f"U{pump}", float(speed > CLOSED))
        if speed > CLOSED:
            self._put(EN.SETTING, f"U{pump}", round(speed, 6))

    def resist(self, name: str, coefficient: float) -> None:
        """Let a pipe of the station lose so much; infinity shuts it."""
        from wntr.epanet.util import EN

        shut = math.isinf(coefficient)
        if name[0] != "C":  # a check valve shuts itself
            self._put(EN.STATUS, name, float(not shut))
        if not shut:
            self._put(EN.MINORLOSS, name, round(coefficient, 3))

    def neighbour(self, upstream: float, downstream: float) -> None:
        """Let the neighbours' heads differ by so much from their usual. [m]"""
        from wntr.epanet.util import EN

        self._engine.ENsetnodevalue(self._nodes["UP"], EN.ELEVATION, self.upstream + upstream)
        self._engine.ENsetnodevalue(self._nodes["DN"], EN.ELEVATION, self.downstream + downstream)

    def leak(self, flow: float) -> None:
        """Take a flow out of the middle of the upstream line. [m³/h]"""
        from wntr.epanet.util import EN

        self._engine.ENsetnodevalue(self._nodes["LEAK"], EN.BASEDEMAND, flow)

    def solve(self) -> tuple[dict[str, float], dict[str, float]]:
        """Flows of the links [m³/h] and heads of the nodes [m], by name."""
        from wntr.epanet.util import EN

        self._engine.ENrunH()
        flow = {name: self._engine.ENgetlinkvalue(i, EN.FLOW) for name, i in self._links.items()}
        head = {name: self._engine.ENgetnodevalue(i, EN.HEAD) for name, i in self._nodes.items()}
        return flow, head

    def _put(self, what: int, link: str, value: float) -> None:
        if self._now.get((what, link)) != value:
            self._now[what, link] = value
            self._engine.ENsetlinkvalue(self._links[link], what, value)

    def _open(self) -> None:
        from wntr.epanet.toolkit import ENepanet  # late: importing it takes seconds

        source = self._folder / "circuit.inp"
        source.write_text("\n".join(self._written()) + "\n" + OPTIONS, encoding="utf-8")
        engine = ENepanet()
        engine.ENopen(str(source), str(self._folder / "circuit.rpt"), str(self._folder / "circuit.bin"))
        engine.ENopenH()
        engine.ENinitH(0)
        self._engine = engine
        each = [f"{kind}{pump}" for kind in "SCVRBU" for pump in range(PUMPS)]
        self._links = {name: engine.ENgetlinkindex(name) for name in ("INLET", "OUTLET", "BYPASS", *each)}
        ends = [f"{kind}{pump}" for kind in ("SUCTION", "RISE", "AFTER") for pump in range(PUMPS)]
        self._nodes = {name: engine.ENgetnodeindex(name) for name in ("IN", "SUC", "OUT", "LEAK", "UP", "DN", *ends)}
        self._now: dict[tuple[int, str], float] = {}

    def _written(self) -> list[str]:
        """The circuit in EPANET's words. By pump: strainer S, check valve C, discharge valve V, ring R, backflow B."""
        pumps = range(PUMPS)
        rows = ["[JUNCTIONS]", *(f"{node} 0" for node in ("IN", "SUC", "DIS", "OUT", "LEAK"))]
        rows += [f"{kind}{pump} 0" for kind in ("SUCTION", "RISE", "AFTER") for pump in pumps]
        rows += ["[RESERVOIRS]", f"UP {self.upstream}", f"DN {self.downstream}", "[PIPES]"]
        rows += [f"L1 UP LEAK {LENGTH / 2} {1e3 * BORE} {1e3 * ROUGHNESS} 0 Open"]
        rows += [f"L2 LEAK IN {LENGTH / 2} {1e3 * BORE} {1e3 * ROUGHNESS} 0 Open"]
        rows += [f"L3 OUT DN {LENGTH} {1e3 * BORE} {1e3 * ROUGHNESS} 0 Open"]
        rows += [
            _pipe("INLET", "IN", "SUC", loss(16.5, LINE_FLOW)),
            _pipe("OUTLET", "DIS", "OUT", loss(1.5, LINE_FLOW)),
        ]
        rows += [_pipe("BYPASS", "IN", "OUT", loss(20.0, LINE_FLOW), "CV")]
        for i in pumps:
            rows += [
                _pipe(f"S{i}", "SUC", f"SUCTION{i}", loss(12.0, RATED_FLOW)),
                _pipe(f"C{i}", f"RISE{i}", f"AFTER{i}", loss(8.0, RATED_FLOW), "CV"),
                _pipe(f"V{i}", f"AFTER{i}", "DIS", loss(4.0, RATED_FLOW)),
                _pipe(f"R{i}", f"RISE{i}", f"SUCTION{i}", 1e9, "Closed"),
                _pipe(f"B{i}", f"AFTER{i}", f"SUCTION{i}", 1e9, "Closed"),
            ]
        rows += ["[PUMPS]", *(f"U{i} SUCTION{i} RISE{i} HEAD H{i}" for i in pumps)]
        rows += ["[CURVES]"]
        rows += [f"H{i} {flow} {head * self._built[i] * self._scale[i]}" for i in pumps for flow, head in CURVE]
        return rows


def _pipe(name: str, start: str, end: str, coefficient: float, status: str = "Open") -> str:
    return f"{name} {start} {end} 0.001 {1e3 * STATION_BORE} 0.001 {coefficient} {status}"
