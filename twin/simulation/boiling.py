"""Where pressure along a line falls to that at which its water boils: the column parts, and no model of ours holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.plant.line import Lines, LineState
from twin.signals import Event
from twin.text import Text

NO_LONGER = Text("Pressure along the line is above boiling again", "管线压力恢复到汽化压力以上")

Flags = NDArray[np.bool_]


def boiling(lines: Lines, state: LineState) -> Flags:
    """(l,) whether the water of each line boils anywhere along it."""
    flags: Flags = lines.lowest_margin(state) <= 0.0
    return flags


def told(lines: Lines, state: LineState, now: Flags, before: Flags, names: Sequence[str], at: float) -> list[Event]:
    """A notice for each line in which water begins to boil, with the place, and one when it no longer does."""
    places = lines.lowest_place(state)
    changed = np.flatnonzero(now != before)
    return [Event(at, "notice", names[i], _begun(float(places[i])) if now[i] else NO_LONGER) for i in changed.tolist()]


def _begun(distance: float) -> Text:
    away = f"{distance / 1e3:.1f} km"
    return Text(
        f"Water boils {away} down the line: the column parts, and what is simulated there no longer holds",
        f"距本站 {away} 处水发生汽化，水柱可能断裂，该处仿真结果不再可信",
    )
