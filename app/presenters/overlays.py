"""What the scene may be tinted by instead of residuals: the highest value of a quantity on each piece of equipment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app import theme
from app.scene.state import Legend
from twin.plant.reading import Station
from twin.signals import Frame, Quality, Tag, TagTable

STEPS = 40  # of a ramp: what is finer is not worth a new picture
MOTORS = ("motor", "stator")  # words of measures that belong to a pump's motor
MOTOR = "motor"  # its node


@dataclass(frozen=True, slots=True)
class Overlay:
    """A quantity by its unit, the lowest value worth a colour, and the highest where the tags have no limits."""

    id: str
    unit: str
    low: float
    high: float

    @property
    def ramp(self) -> tuple[str, ...]:
        """From low to high, in the theme that is worn; warmth looks the same in every one."""
        return theme.HEAT if self.id == "temperature" else theme.MEASURE


OVERLAYS = {
    each.id: each
    for each in (
        Overlay("temperature", "°C", 25.0, 105.0),
        Overlay("vibration", "mm/s", 0.0, 11.0),
        Overlay("pressure", "MPa", 0.0, 2.5),
    )
}


class Tinting:
    """The tags of one quantity and the nodes they tint: those of a station's equipment, where there is a station."""

    def __init__(self, overlay: Overlay, tags: TagTable, station: Station | None = None) -> None:
        self._overlay = overlay
        held = [
            (column, tag)
            for column, tag in enumerate(tags)
            if tag.unit == overlay.unit and tag.equipment and (station is None or station.kind_of(tag.equipment))
        ]
        limits = [limit for _, tag in held if (limit := tag.limits.high_high or tag.limits.high) is not None]
        self._high = float(np.median(limits)) if limits else overlay.high
        columns: dict[str, list[int]] = {}
        for column, tag in held:
            for node in _nodes(tag):
                columns.setdefault(node, []).append(column)
        self._nodes = tuple(columns)
        self._columns = np.array([column for each in columns.values() for column in each], np.int64)
        self._starts = np.cumsum([0, *(len(each) for each in columns.values())])[:-1]
        self._ramp = np.array([theme.along(overlay.ramp, step / STEPS) for step in range(STEPS + 1)])

    @property
    def legend(self) -> Legend:
        """What the colours mean."""
        return Legend(self._overlay.id, self._overlay.unit, self._overlay.low, self._high, self._overlay.ramp)

    def tints(self, frame: Frame) -> tuple[tuple[str, str], ...]:
        """(node, colour) of every node that a trustworthy value is known of."""
        if not self._nodes:
            return ()
        values, quality = frame.values[self._columns], frame.quality[self._columns]
        known = np.isfinite(values) & (quality <= Quality.UNCERTAIN)
        highest = np.maximum.reduceat(np.where(known, values, -np.inf), self._starts)
        share = (highest - self._overlay.low) / (self._high - self._overlay.low)
        colours = self._ramp[np.round(STEPS * np.clip(share, 0.0, 1.0)).astype(np.int64)].tolist()
        return tuple(
            (node, colour)
            for node, colour, is_known in zip(self._nodes, colours, (highest > -np.inf).tolist(), strict=True)
            if is_known
        )


def _nodes(tag: Tag) -> tuple[str, ...]:
    """The nodes a tag tints: its equipment; a motor's its motor instead, which has a node of its own."""
    is_motors = any(word in tag.measures for word in MOTORS)
    return (f"{tag.equipment}.{MOTOR}",) if is_motors else (tag.equipment,)
