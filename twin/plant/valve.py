"""How much of a valve's way is open at a position of its stem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.plant.station import Resistance
from twin.signals import Floats

GATE = ("gate_valve",)
BUTTERFLY = ("butterfly_valve",)


class Characteristics:
    """The characteristics of n resistances: as given, or of their kind.

    What is neither a gate nor a butterfly opens in proportion.
    """

    def __init__(self, parts: Sequence[Resistance]) -> None:
        self._given = [(i, *np.array(part.characteristic).T) for i, part in enumerate(parts) if part.characteristic]
        kinds = ["given" if part.characteristic else part.kind for part in parts]
        self._gate: NDArray[np.intp] = np.flatnonzero([kind in GATE for kind in kinds])
        self._butterfly: NDArray[np.intp] = np.flatnonzero([kind in BUTTERFLY for kind in kinds])

    def open_share(self, opening: Floats) -> Floats:
        """Share of the way that is open (n,) at the opening (n,), both 0…1.

        A gate leaves what two circles of one size, ``opening`` diameters apart, do not share; a disc turned by
        θ leaves 1 − cos θ.
        """
        share = opening.copy()
        gate = np.minimum(opening[self._gate], 1.0)
        share[self._gate] = 1.0 - 2.0 / np.pi * (np.arccos(gate) - gate * np.sqrt(1.0 - gate * gate))
        share[self._butterfly] = 1.0 - np.cos(0.5 * np.pi * opening[self._butterfly])
        for i, stem, way in self._given:
            share[i] = np.interp(opening[i], stem, way)
        return share
