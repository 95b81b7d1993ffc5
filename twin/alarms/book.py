"""The alarm book: every standing alarm, and what changed in this frame.

(The record below is the contract; rules and life come beside it.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.detectors.anomaly import Priority
from twin.text import Text

AlarmState = Literal["unacknowledged", "acknowledged", "returned", "normal"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as it stands. ``rule`` is LL, L, H, HH or DI; ``returned`` is back to normal but not yet seen."""

    id: int
    tag: str
    equipment: str
    rule: str
    priority: Priority
    state: AlarmState
    since: float
    until: float | None
    value: float
    limit: float
    text: Text
    acknowledged_by: str = ""
