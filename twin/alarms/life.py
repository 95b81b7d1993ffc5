"""The life of an alarm as a table of states and transitions (ISA-18.2-2016, figure 3).

The table is the specification: what it does not hold is illegal, raises, and changes nothing. An alarm is latched: one
that came and went stays, ``returned``, until somebody has seen it. ``shelved``, ``suppressed`` (by design) and
``out_of_service`` silence an alarm; whichever ends, the alarm is normal, and raised anew if its cause is still there.
Only what has been seen is suppressed: what went before a trip must not vanish with the trip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from twin.errors import UsageError

AlarmState = Literal["normal", "unacknowledged", "acknowledged", "returned", "shelved", "suppressed", "out_of_service"]
AlarmEvent = Literal[
    "raised", "cleared", "acknowledged", "shelved", "unshelved", "suppressed", "released", "removed", "restored"
]
STATES: tuple[AlarmState, ...] = get_args(AlarmState)
EVENTS: tuple[AlarmEvent, ...] = get_args(AlarmEvent)
SILENCED: frozenset[AlarmState] = frozenset(("shelved", "suppressed", "out_of_service"))

LIFE: dict[tuple[AlarmState, AlarmEvent], AlarmState] = {
    ("normal", "raised"): "unacknowledged",
    ("unacknowledged", "acknowledged"): "acknowledged",
    ("unacknowledged", "cleared"): "returned",
    ("acknowledged", "cleared"): "normal",
    ("returned", "acknowledged"): "normal",
    ("returned", "raised"): "unacknowledged",
    ("unacknowledged", "shelved"): "shelved",
    ("acknowledged", "shelved"): "shelved",
    ("returned", "shelved"): "shelved",
    ("shelved", "unshelved"): "normal",
    ("acknowledged", "suppressed"): "suppressed",
    ("suppressed", "released"): "normal",
    ("unacknowledged", "removed"): "out_of_service",
    ("acknowledged", "removed"): "out_of_service",
    ("returned", "removed"): "out_of_service",
    ("shelved", "removed"): "out_of_service",
    ("suppressed", "removed"): "out_of_service",
    ("out_of_service", "restored"): "normal",
}


def after(state: AlarmState, event: AlarmEvent) -> AlarmState:
    """The state that follows. Raises UsageError for a transition the table does not hold."""
    try:
        return LIFE[state, event]
    except KeyError:
        raise UsageError(f"an alarm that is {state} cannot be {event}") from None


def diagram() -> str:
    """The table as a state diagram (Mermaid), which the manual shows."""
    return "\n".join(_drawn())


def _drawn() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield "    [*] --> normal"
    for (state, event), follows in LIFE.items():
        yield f"    {state} --> {follows}: {event}"
