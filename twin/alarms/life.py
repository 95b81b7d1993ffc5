"""The life of an alarm as a table of states and transitions (ISA-18.2-2016, figure 3; shelving comes with its issue).

The table is the specification: what it does not hold is illegal, raises, and changes nothing.
"""

from __future__ import annotations

from typing import Literal

from twin.errors import UsageError

AlarmState = Literal["normal", "unacknowledged", "acknowledged", "returned"]
AlarmEvent = Literal["raised", "cleared", "acknowledged"]

LIFE: dict[tuple[AlarmState, AlarmEvent], AlarmState] = {
    ("normal", "raised"): "unacknowledged",
    ("unacknowledged", "acknowledged"): "acknowledged",
    ("unacknowledged", "cleared"): "returned",
    ("acknowledged", "cleared"): "normal",
    ("returned", "acknowledged"): "normal",
    ("returned", "raised"): "unacknowledged",
}


def after(state: AlarmState, event: AlarmEvent) -> AlarmState:
    """The state that follows. Raises UsageError for a transition the table does not hold."""
    try:
        return LIFE[state, event]
    except KeyError:
        raise UsageError(f"an alarm that is {state} cannot be {event}") from None
