"""How far the valves of a frame are open, by their positioners, else by their end switches."""

from __future__ import annotations

import math

from app.scene.state import Valve
from twin.signals import Frame, Quality, TagTable

STEP = 0.01  # of the way: what is finer is not worth a new picture
PER_CENT = 100.0


class Valves:
    """The valves of a station: nodes of which tags tell a position or the ends of the way."""

    def __init__(self, tags: TagTable) -> None:
        self._columns: dict[str, dict[str, int]] = {}
        for column, tag in enumerate(tags):
            what = tag.measures.rpartition("_")[2]
            is_valves = tag.measures == what or "valve" in tag.measures
            is_position = what == "position" and tag.unit == "%"
            if (
                (tag.node or tag.equipment)
                and is_valves
                and (is_position or (what in ("open", "closed") and tag.kind == "digital"))
            ):
                self._columns.setdefault(tag.node or tag.equipment, {})[what] = column

    def shown(self, frame: Frame) -> tuple[Valve, ...]:
        """Each valve and how far it is open; None where that is not known."""
        return tuple(Valve(node, self._share(frame, held)) for node, held in self._columns.items())

    def _share(self, frame: Frame, held: dict[str, int]) -> float | None:
        said = {what: _trusted(frame, column) for what, column in held.items()}
        position = said.get("position", math.nan)
        if math.isfinite(position):
            return min(1.0, max(0.0, STEP * round(position / PER_CENT / STEP)))
        ends = {what: value > 0.5 for what, value in said.items() if math.isfinite(value)}
        if ends.get("open") or ends == {"closed": False}:
            return 1.0
        if ends.get("closed") or ends == {"open": False}:
            return 0.0
        return None


def _trusted(frame: Frame, column: int) -> float:
    return float(frame.values[column]) if frame.quality[column] <= Quality.UNCERTAIN else math.nan
