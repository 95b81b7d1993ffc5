"""What the neighbours do: pumps that take turns, set-points that are trimmed; seen here as heads at the far ends.

A line's neighbours act a few times a day, by day and seed alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.signals import Event, Floats
from twin.simulation.layout import Layout
from twin.simulation.weather import DAY, HOUR, lot
from twin.text import Text

A_DAY = 1.2  # moves of each neighbour, on average
MOST = 4
QUIET = 1.5 * HOUR  # at both ends of a day, so that a move ends on the day it began
ROTATION = Text("the neighbouring station changes its duty pump", "相邻泵站轮换工作泵")
TRIM = Text("the neighbouring station trims its set-point", "相邻泵站微调设定值")


@dataclass(frozen=True, slots=True)
class Move:
    """Something a neighbour does. Times are seconds of the day."""

    line: int
    what: Text
    begins: float
    ramp: float  # s until its head has changed, and until it is back
    lasts: float  # s in between
    head: float  # m


def moves(seed: int, day: int, layout: Layout) -> tuple[Move, ...]:
    """Of all neighbours on a day (days since 1970), in the order of the lines."""
    made: list[Move] = []
    for index, line in enumerate(layout.lines):
        chance = lot(seed, f"neighbour {line.id}", day)
        sign = -1.0 if line.side == "upstream" else 1.0  # a neighbour without a pump gives less, or takes less
        for _ in range(min(int(chance.poisson(A_DAY)), MOST)):
            begins = float(chance.uniform(QUIET, DAY - QUIET - 4.0 * HOUR))
            if chance.random() < 0.5:
                head = sign * float(chance.uniform(1.5, 3.5))
                made.append(Move(index, ROTATION, begins, 90.0, float(chance.uniform(120.0, 300.0)), head))
            else:
                head = float(chance.uniform(-2.0, 2.0))
                made.append(Move(index, TRIM, begins, 600.0, float(chance.uniform(1.0, 3.0)) * HOUR, head))
    return tuple(made)


def heads(of: Sequence[Move], times: Floats, lines: int) -> Floats:
    """(k, l) what each neighbour holds above the usual at times (k,) of the day. [m]"""
    above = np.zeros((times.size, lines))
    for move in of:
        turns = np.cumsum([move.begins, move.ramp, move.lasts, move.ramp])
        above[:, move.line] += np.interp(times, turns, [0.0, move.head, move.head, 0.0])
    return above


def told(move: Move, at: float, layout: Layout) -> Event:
    """What is said of it as it begins."""
    data = {"operation": "neighbour", "head_m": move.head, "lasts_s": move.lasts + 2.0 * move.ramp}
    return Event(at, "operation", layout.lines[move.line].id, move.what, data)
