"""Temperature carried by the water: plug flow through the lines to the neighbours and through the station.

Water that enters a main leaves it once the main's volume has followed: 2.5 h for 25 km at 2.75 m/s. What enters pushes
what is there; nothing mixes but within the cell that is being filled, so that heat is neither made nor lost on the
way. Insulated mains cool slowly towards the ground.

A main is cut into cells of equal volume that move with the water, so that the first and the last are partly outside.
Heat goes with volume here: the solver's flow is a volume flow of one density for each circuit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats

MOST_CELLS = 500  # of 50 m on a line of 25 km: 18 s at full flow
LEAST_FILLING = 4.0  # s that a cell takes at rated flow
STANDS = 1e-12  # of a cell: water that moves less than this in a step stands
COOLING = 1.76e6  # s: 1 K on 40 km at 2.5 m/s and 110 K over the ground, measured on a built line (domain.md, 1.1)


@dataclass(frozen=True, eq=False)
class Mains:
    """n mains of k cells each. Flow is positive from the far end to the near one."""

    cells: int
    cell: Floats  # (n,) volume of a cell [m³]


@dataclass(eq=False)
class Contents:
    """What is in them."""

    warmth: Floats  # (n, k + 1) from the far to the near end [K]
    part: Floats  # (n,) how much of the first cell is inside; of the last, the rest is


@dataclass(frozen=True, slots=True, eq=False)
class Leaving:
    """What left the mains, (n,) each, NaN where nothing did. [K]"""

    far: Floats
    near: Floats


def mains(volume: Floats, rated: Floats) -> Mains:
    """Cut mains (n,) of these volumes [m³] at these rated flows [m³/s]."""
    fits = np.min(volume / np.maximum(rated, 1e-9), initial=np.inf) / LEAST_FILLING
    cells = int(np.clip(fits, 2, MOST_CELLS))
    return Mains(cells, volume / cells)


def filled(it: Mains, warmth: Floats) -> Contents:
    """Mains that hold water (n, k + 1) of these temperatures, the first cell all outside. [K]"""
    return Contents(np.array(warmth, dtype=np.float64), np.zeros(it.cell.size))


def advance(it: Mains, held: Contents, volume: Floats, far: Floats, near: Floats) -> Leaving:
    """Let volumes (n,) [m³] flow; ``far`` and ``near`` (n,) is what waits at the ends. [K]"""
    out_far, out_near = np.full(volume.size, np.nan), np.full(volume.size, np.nan)
    for i, move in enumerate((volume / it.cell).tolist()):
        if move > STANDS:
            held.part[i], out_near[i] = _pushed(held.warmth[i], float(held.part[i]), move, float(far[i]))
        elif move < -STANDS:
            rest, out_far[i] = _pushed(held.warmth[i][::-1], 1.0 - float(held.part[i]), -move, float(near[i]))
            held.part[i] = 1.0 - rest
    return Leaving(out_far, out_near)


def _pushed(warmth: Floats, part: float, move: float, entering: float) -> tuple[float, float]:
    """Push ``move`` cells of water in at the first cell.

    Gives how much of the first cell is then inside, and the mean temperature of what left at the last. [K]
    """
    left, to_go = 0.0, move
    while part + to_go >= 1.0:
        space = 1.0 - part
        left += space * warmth[-1]
        warmth[0] = part * warmth[0] + space * entering
        warmth[1:] = warmth[:-1].copy()
        warmth[0] = entering
        to_go -= space
        part = 0.0
    left += to_go * warmth[-1]
    after = part + to_go
    if after > 0.0:
        warmth[0] += (entering - warmth[0]) * (to_go / after)
    return after, float(left / move)


def cool(held: Contents, ground: float, dt: float) -> None:
    """Let insulated mains cool towards the ground. [K]"""
    kept = np.exp(-dt / COOLING)
    held.warmth = ground + (held.warmth - ground) * kept


def cooled(warmth: Floats, ground: float, seconds: Floats) -> Floats:
    """What water of this temperature has after it has been under way for so long. [K]"""
    after: Floats = ground + (warmth - ground) * np.exp(-seconds / COOLING)
    return after


def content(it: Mains, held: Contents) -> Floats:
    """(n,) volume times temperature in each main: its heat over its heat capacity. [m³·K]"""
    whole = held.warmth[:, 1:-1].sum(axis=1)
    ends = held.part * held.warmth[:, 0] + (1.0 - held.part) * held.warmth[:, -1]
    total: Floats = it.cell * (whole + ends)
    return total


def along(it: Mains, held: Contents, main: NDArray[np.intp], share: Floats) -> Floats:
    """What stands at a share of the way from the far to the near end of a main, each any shape. [K]"""

    place = np.ceil(share * it.cells - held.part[main]).astype(np.intp)
    found: Floats = held.warmth[main, np.clip(place, 0, it.cells)]
    return found
