"""What moves: ramps, starts and stops, and how far flow and speed are from where they were a moment ago."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from twin.plant.binding import Measured
from twin.plant.model import PlantState, PumpModel
from twin.signals import Floats

LAG = 2.0  # s, of the smoothed flow and speed against which a change is seen
AT_ONCE = 1.0  # s; what changes between frames farther apart may have changed in so short a time
FLOW_DEAD_BAND = 0.01  # of rated flow: smaller departures from the smoothed flow are noise
SPEED_DEAD_BAND = 0.001  # of rated speed
RAMP = 0.006  # of rated speed: departure from the smoothed speed above which a pump counts as ramping
SETTLING = 5.0  # s after a ramp
STARTING_TIME = 20.0  # s after a start before a pump is judged
CLOSING = 60.0  # s a slow-closing check valve may take after a stop
DRIVE_SETTLING = 8.0  # s a drive may take to arrive after its ramp should have ended
DRIVE_SLACK = 0.1  # Hz between set-point and its ramp that count as arrived


@dataclass(frozen=True, slots=True)
class Moves:
    """How the pumps (n,) move. Shares of rated; seconds since, infinite where it was never seen."""

    flow: Floats  # departure from the smoothed flow, beyond its noise
    speed: Floats  # departure from the smoothed speed, beyond its noise
    ramping: NDArray[np.bool_]
    since_start: Floats
    since_stop: Floats
    since_change: Floats  # of any pump of the same circuit
    changes: Floats  # starts and stops so far in the same circuit
    drive_reference: Floats  # Hz, where the drive should be on its way to the set-point
    drive_ramping: NDArray[np.bool_]
    lately: NDArray[np.bool_]  # (5, n) who has just started, stopped, seen a neighbour do so, ramped or moved its drive
    any: bool  # whether flow or speed of any pump departs at all


def together(moves: Sequence[Moves]) -> Moves:
    """Those of a block of frames as one, whose arrays have time before pumps."""
    names = [field.name for field in fields(Moves) if field.name not in ("lately", "any")]
    over_time = {name: np.array([getattr(one, name) for one in moves]) for name in names}
    lately = np.array([one.lately for one in moves]).swapaxes(0, 1)
    return Moves(**over_time, lately=lately, any=any(one.any for one in moves))


class _Smooth:
    """Signals (k, n) smoothed over :data:`LAG`, and how far they depart from that; ``dead_band`` (k, 1) is noise."""

    def __init__(self, n: int, dead_band: Floats) -> None:
        self._dead_band = dead_band
        self._value: Floats = np.full((len(dead_band), n), np.nan)

    def departure(self, now: Floats, elapsed: float) -> Floats:
        """(k, n) distance from the smoothed values beyond the dead band; 0 where nothing is known."""
        away = now - self._value
        unknown = np.isnan(self._value)
        if np.count_nonzero(unknown):
            away[unknown] = 0.0
        self._value = now - math.exp(-elapsed / LAG) * away
        departure: Floats = np.abs(away, out=away)
        departure *= math.exp(-min(elapsed, AT_ONCE) / LAG)
        departure -= self._dead_band
        return np.fmax(departure, 0.0, out=departure)  # of a number and NaN it takes the number


STARTED, STOPPED, CHANGED, RAMPED, DRIVE_MOVED = range(5)  # rows of when each pump last did so
LATELY = np.array([[STARTING_TIME], [CLOSING], [SETTLING], [SETTLING], [DRIVE_SETTLING]])  # s for which that counts


class Motion:
    """Watches speed, flow and set-points from frame to frame."""

    def __init__(self, model: PumpModel) -> None:
        n = len(model.pumps)
        self._rated_flow = model.rated_flow
        self._rate = np.array([pump.drive.ramp_hz_s if pump.drive else np.inf for pump in model.pumps])
        of = model.binding.circuit_of
        self._neighbours: NDArray[np.bool_] = of[:, None] == of[None, :]
        self._at = np.nan
        self._running: NDArray[np.bool_] | None = None
        self._smooth = _Smooth(n, np.array([[FLOW_DEAD_BAND], [SPEED_DEAD_BAND]]))
        self._reference: Floats = np.full(n, np.nan)
        self._count: Floats = np.zeros(n)
        self._changes: Floats = np.zeros(n)
        self._when: Floats = np.full((5, n), -np.inf)  # s, POSIX

    def step(self, state: PlantState) -> Moves:
        """What moved since the frame before."""
        at = state.measured.at
        elapsed = at - self._at if math.isfinite(self._at) else math.inf
        self._at = at
        self._note_starts(at, state.running)
        now = np.empty((2, len(self._rate)))
        np.divide(state.flow, self._rated_flow, out=now[0])
        now[1] = state.speed
        flow, speed = self._smooth.departure(now, elapsed)
        moved = np.count_nonzero(speed) > 0
        if moved:
            self._when[RAMPED, speed > RAMP] = at
        self._follow(at, state.measured, elapsed)
        since = at - self._when
        lately = since < LATELY
        return Moves(
            flow=flow,
            speed=speed,
            ramping=lately[RAMPED],
            since_start=since[STARTED],
            since_stop=since[STOPPED],
            since_change=since[CHANGED],
            changes=self._changes,
            drive_reference=self._reference,
            drive_ramping=lately[DRIVE_MOVED],
            lately=lately,
            any=bool(moved or np.count_nonzero(flow)),
        )

    def bridge_gap(self) -> None:
        """Take what comes for what has always been: the time before no longer counts."""
        self._at = np.nan
        self._reference = np.full(len(self._rate), np.nan)
        self._when[:] = -np.inf

    def _note_starts(self, at: float, running: NDArray[np.bool_]) -> None:
        before, self._running = self._running, running
        if before is None:
            return
        changed = running != before
        if not np.count_nonzero(changed):
            return
        self._when[STARTED, changed & running] = at
        self._when[STOPPED, changed & before] = at
        self._when[CHANGED, (self._neighbours & changed).any(axis=1)] = at
        self._count += changed
        self._changes = self._neighbours @ self._count

    def _follow(self, at: float, measured: Measured, elapsed: float) -> None:
        """Let the reference run after the set-point no faster than the drive may, at first from where the drive is."""
        set_point, before = measured.of("frequency_setpoint"), self._reference
        step = self._rate * min(elapsed, 3600.0)
        unknown = np.isnan(before)
        if np.count_nonzero(unknown):
            output = measured.of("frequency_output")
            before = np.where(unknown, np.where(np.isfinite(output), output, set_point), before)
            step[unknown] = 0.0
        to_go = set_point - before
        self._reference = before + np.maximum(np.minimum(to_go, step), -step)  # NaN where nothing is asked for
        on_its_way = np.abs(set_point - self._reference) > DRIVE_SLACK
        if np.count_nonzero(on_its_way):
            self._when[DRIVE_MOVED, on_its_way] = at
