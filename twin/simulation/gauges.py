"""What control reads: the transmitters of the headers and of the remote point, and no truth behind them.

Of three pressures it takes the middle one, of flows and of two pressures the mean. A signal that has failed is left
out; where none is left, the quantity is lost. Flow meters were trimmed when the station was commissioned: their fixed
errors are taken off. A station without such tags has gauges of its own at its panels, which are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats, Qualities, Quality
from twin.simulation.instruments import Transmitters
from twin.simulation.layout import Layout
from twin.simulation.waterside import Hydraulics, Works

FLOW, INLET, OUTLET, HIGHER, LOWER = range(5)  # the rows of what is read, each over circuits
GOOD = int(Quality.GOOD)  # plain numbers compare faster with arrays
MOST = 4  # signals of one quantity
_MEASURES = {
    FLOW: ("inlet_flow_a", "inlet_flow_b", "outlet_flow_a", "outlet_flow_b"),
    INLET: ("inlet_pressure_a", "inlet_pressure_b", "inlet_pressure_c"),
    OUTLET: ("outlet_pressure_a", "outlet_pressure_b", "outlet_pressure_c"),
}


@dataclass(frozen=True, eq=False)
class Gauges:
    """Which tags say what, arrays (5, c, 4)."""

    layout: Layout
    works: Works
    tag: NDArray[np.intp]  # 0 where there is none
    there: NDArray[np.bool_]
    scale: Floats
    offset: Floats
    own: NDArray[np.bool_]  # (5, c) where the station has no tag of it
    remote: NDArray[np.bool_]  # (c,) where two tags say the remote difference
    panels: bool  # whether there is any that the station has no tag of

    @classmethod
    def of(cls, layout: Layout, works: Works, kit: Transmitters) -> Gauges:
        """Find the tags."""
        rows = [[_tags(layout, row, circuit) for circuit in layout.circuits] for row in range(5)]
        padded = np.array([[(*tags, -1, -1, -1, -1)[:MOST] for tags in row] for row in rows], dtype=np.intp)
        there = padded >= 0
        tag = np.where(there, padded, 0)
        scale, offset = kit.scale[tag], kit.offset[tag]
        offset[FLOW] -= (kit.zero[tag] * scale / kit.gain[tag])[FLOW]
        scale[FLOW] /= kit.gain[tag][FLOW]
        own: NDArray[np.bool_] = np.logical_not(there.any(axis=2))
        own[HIGHER:] = False  # nobody has a panel at the remote point
        return cls(layout, works, tag, there, scale, offset, own, there[LOWER, :, 0], bool(own.any()))

    def read(self, values: Floats, quality: Qualities, of: Hydraulics) -> Floats:
        """(4, c) flow [m³/s], inlet pressure, outlet pressure, remote difference [Pa]; NaN for what is lost.

        Parameters
        ----------
        values, quality : (n,)   As a frame has them.
        """
        good = self.there & (quality[self.tag] == GOOD)
        read = _voted(values[self.tag] * self.scale + self.offset, good)
        if self.panels:
            panel = (of.outgoing, of.pressure[self.works.inlet], of.pressure[self.works.outlet])
            read[:HIGHER] = np.where(self.own[:HIGHER], np.array(panel), read[:HIGHER])
        read[HIGHER] -= np.where(self.remote, read[LOWER], 0.0)
        return read[:LOWER]


def _tags(layout: Layout, row: int, circuit: str) -> Sequence[int]:
    """The tags that say a quantity of a circuit, by index."""
    tags = layout.station.tags
    if row in (HIGHER, LOWER):
        remote = next((c.remote for c in layout.station.file.circuits if c.id == circuit), ())
        return [tags.column(name) for name in remote[row - HIGHER : row - HIGHER + 1]]
    headers = [part.id for part in layout.things("header") if part.circuit == circuit]
    found = (tags.measuring(header, name) for header in headers[:1] for name in _MEASURES[row])
    return [at for at in found if at is not None]


def _voted(said: Floats, good: NDArray[np.bool_]) -> Floats:
    """(5, c) the mean of what is good, but of three pressures the middle one; NaN where nothing is."""
    count = np.add.reduce(good, axis=2, dtype=np.float64)
    count[count == 0.0] = np.nan
    voted: Floats = np.add.reduce(np.where(good, said, 0.0), axis=2) / count
    three = count == 3.0
    three[FLOW] = False
    if three.any():
        ordered = np.where(good, said, np.inf)
        ordered.sort(axis=2)
        voted = np.where(three, ordered[..., 1], voted)
    return voted
