"""Commands: the only way back upstream. Each is an imperative said by somebody at some time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody has seen an alarm. ``alarm`` is its identity (:class:`twin.alarms.book.Alarm`)."""

    alarm: int
    by: str
    at: float


Command = Acknowledge
