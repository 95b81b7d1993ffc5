"""What the scene may be tinted by instead of residuals: the highest value of a quantity on each piece of equipment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app import theme
from app.scene.state import Legend
from twin.signals import Frame, Quality, Tag, TagTable

STEPS = 40  # of a ramp: what is finer is not worth a new picture
MOTORS = ("motor", "stator")  # words of measures that belong to a pump's motor
MOTOR = "motor"  # its node


@dataclass(frozen=True, slots=True)
class Overlay:
    """A quantity by its unit, the lowest value worth a colour, the highest where the tags have no limits, the ramp."""

    id: str
    unit: str
    low: float
    high: float
    ramp: tuple[str, ...]


OVERLAYS = {
    each.id: each
    for each in (
        Overlay("temperature", "°C", 25.0, 105.0, theme.HEAT),
        Overlay("vibration", "mm/s", 0.0, 11.0, theme.MEASURE),
        Overlay("pressure", "MPa", 0.0, 2.5, theme.MEASURE),
    )
}


class Tinting:
    """The tags of one quantity and the nodes they tint."""

    def __init__(self, overlay: Overlay, tags: TagTable) -> None:
        self._overlay = overlay
        held = [(column, tag) for column, tag in enumerate(tags) if tag.unit == overlay.unit and tag.equipment]
        limits = [limit for _, tag in held if (limit := tag.limits.high_high or tag.limits.high) is not None]
        self._high = float(np.median(limits)) if limits else overlay.high
        self._columns: dict[str, list[int]] = {}
        for column, tag in held:
            for node in _nodes(tag):
                self._columns.setdefault(node, []).append(column)

    @property
    def legend(self) -> Legend:
        """What the colours mean."""
        return Legend(self._overlay.id, self._overlay.unit, self._overlay.low, self._high, self._overlay.ramp)

    def tints(self, frame: Frame) -> tuple[tuple[str, str], ...]:
        """(node, colour) of every node that a trustworthy value is known of."""
        values = np.where(frame.quality <= Quality.UNCERTAIN, frame.values, np.nan)
        highest = {node: values[columns][np.isfinite(values[columns])] for node, columns in self._columns.items()}
        return tuple((node, self._colour(float(known.max()))) for node, known in highest.items() if len(known))

    def _colour(self, value: float) -> str:
        share = (value - self._overlay.low) / (self._high - self._overlay.low)
        return theme.along(self._overlay.ramp, round(STEPS * share) / STEPS)


def _nodes(tag: Tag) -> tuple[str, ...]:
    """The nodes a tag tints: its equipment; a motor's its motor instead, which has a node of its own."""
    is_motors = any(word in tag.measures for word in MOTORS)
    return (f"{tag.equipment}.{MOTOR}",) if is_motors else (tag.equipment,)
