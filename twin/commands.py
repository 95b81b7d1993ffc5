"""Commands: the only way back upstream. Each is an imperative said by somebody at some time. [s, POSIX]"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody has seen an alarm. ``alarm`` is its identity (:class:`twin.alarms.book.Alarm`)."""

    alarm: int
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Shelve:
    """Silence an alarm until a time; it ends by itself, at the latest after twin.alarms.book.SHELF_LONGEST."""

    alarm: int
    until: float
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Unshelve:
    """End an alarm's shelf before its time."""

    alarm: int
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class TakeOutOfService:
    """Silence an alarm until somebody returns it, while what it watches is mended."""

    alarm: int
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class ReturnToService:
    """Let an alarm that was taken out of service count again."""

    alarm: int
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Disturb:
    """Let a fault befall a simulated plant from its next frame on: what a scenario says of a fault, said while it runs.

    ``on`` is what it befalls; ``severity`` is slight, clear or gross; ``shape`` is step, ramp, accelerating or
    intermittent, or None for that which the fault has by itself. ``ramp_s`` is how long it takes to be complete,
    ``period_s`` how long an intermittent one takes to come and go, ``lasts_s`` when it ends by itself. [s]
    """

    fault: str
    on: str
    by: str
    at: float
    severity: str = "clear"
    shape: str | None = None
    ramp_s: float | None = None
    period_s: float | None = None
    lasts_s: float | None = None


@dataclass(frozen=True, slots=True)
class Mend:
    """Let a fault of a simulated plant end with its next frame, whoever brought it."""

    fault: str
    on: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Operate:
    """Operate a simulated plant from its next frame on: what a scenario says of an operation, said while it runs.

    ``operation`` is one of :data:`twin.simulation.scenario.OPERATIONS`: a set-point with what is kept by it (``flow``,
    ``suction_pressure``…; ``value`` in its unit, reached after ``ramp_s`` [s]), a start, a stop, a reset. ``start`` and
    ``stop`` are the pumps of a rotation.
    """

    operation: str
    on: str
    by: str
    at: float
    value: float | None = None
    ramp_s: float | None = None
    start: str = ""
    stop: str = ""


ToSource = Disturb | Mend | Operate
"""Commands that a source carries out; the others are the twin's own."""

ToAlarms = Acknowledge | Shelve | Unshelve | TakeOutOfService | ReturnToService
"""Commands that concern one alarm."""

Command = ToAlarms | ToSource
