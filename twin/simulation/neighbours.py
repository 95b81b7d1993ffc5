"""The neighbouring stations: one line, one flow, so that all its stations slow together.

What a neighbour holds is what the rest of the line makes of the still head: lifts and friction on the way. With no
static lift in a closed loop of supply and return, both go with the square of the flow. So at a share λ of the set flow

    h(λ) = still + λ² · (h(1) − still)

at every point of the line. This station's lift is a difference of such heads and goes with λ² as well: at 60 % of the
flow it needs 36 % of the lift, which a pump gives at 60 % of its speed and of its flow, still at its best efficiency.
All duty pumps are therefore kept at any load: two of three would have to carry 130 % of their best flow at 60 %.

The still head is what stands everywhere when nothing flows. Make-up holds it, at the inlet of the coldest circuit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.plant.line import Lines
from twin.signals import Floats
from twin.simulation.board import taken
from twin.simulation.layout import Layout

FOLLOWING = 40.0  # s in which a neighbour's flow control follows a new set-point, as ours does


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What stands at the far end of each line (l,)."""

    design: Floats  # (l,) head held at the set flow [m]
    still: float  # m
    circuit: NDArray[np.intp]  # (l,) whose flow the line carries, -1 for none

    def heads(self, load: Floats, lost: Floats | float = 0.0) -> Floats:
        """(l,) at shares (c,) of the circuits' set flows, where ``lost`` (l,) is lost of the heads at set flow. [m]"""
        share = taken(load, self.circuit, 1.0)
        return self.still + share * share * (self.design - lost - self.still)


def neighbours(layout: Layout, lines: Lines) -> Neighbours:
    """Compile. Where no line brings water to the coldest circuit, the first line says what the still head is."""
    flow = np.array([line.flow_m3_h for line in layout.lines]) / 3600.0
    into = np.where([line.side == "upstream" for line in layout.lines], flow, -flow)
    behind = lines.steady_boundary(into)
    near = behind.head - behind.quadratic * into * np.abs(into)
    coldest = int(np.argmin(layout.water_temperature))
    return Neighbours(
        design=lines.behind,
        still=float(near[max(layout.line_of(coldest, "upstream"), 0)]),
        circuit=np.array([layout.circuit(line.circuit) for line in layout.lines], dtype=np.intp),
    )
