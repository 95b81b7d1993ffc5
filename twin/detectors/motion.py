"""What moves: ramps, starts and stops, and how far flow and speed are from where they were a moment ago."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.plant.binding import Readings, or_zero
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


class _Smooth:
    """Signals smoothed over :data:`LAG`, and how far they depart from that."""

    def __init__(self, n: int, dead_band: float) -> None:
        self._dead_band = dead_band
        self._value: Floats = np.full(n, np.nan)

    def departure(self, now: Floats, elapsed: float) -> Floats:
        """(n,) distance from the smoothed value beyond the dead band; 0 where nothing is known."""
        away = np.where(np.isfinite(self._value), now - self._value, 0.0)
        self._value = now - np.exp(-elapsed / LAG) * away
        left = np.exp(-min(elapsed, AT_ONCE) / LAG)
        departure: Floats = or_zero(np.maximum(left * np.abs(away) - self._dead_band, 0.0))
        return departure


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
        self._flow = _Smooth(n, FLOW_DEAD_BAND)
        self._speed = _Smooth(n, SPEED_DEAD_BAND)
        self._reference: Floats = np.full(n, np.nan)
        self._ramped: Floats = np.full(n, -np.inf)
        self._drive_moved: Floats = np.full(n, -np.inf)
        self._count: Floats = np.zeros(n)
        self._started: Floats = np.full(n, -np.inf)
        self._stopped: Floats = np.full(n, -np.inf)

    def step(self, state: PlantState) -> Moves:
        """What moved since the frame before."""
        at = state.measured.at
        elapsed = at - self._at if np.isfinite(self._at) else np.inf
        self._at = at
        self._note_starts(at, state.running)
        flow = self._flow.departure(state.flow / self._rated_flow, elapsed)
        speed = self._speed.departure(state.speed, elapsed)
        self._ramped[speed > RAMP] = at
        self._follow(at, state.measured.pumps, elapsed)
        changed = np.maximum(self._started, self._stopped)
        latest = np.where(self._neighbours, changed[None, :], -np.inf).max(axis=1, initial=-np.inf)
        return Moves(
            flow=flow,
            speed=speed,
            ramping=at - self._ramped < SETTLING,
            since_start=at - self._started,
            since_stop=at - self._stopped,
            since_change=at - latest,
            changes=self._neighbours @ self._count,
            drive_reference=self._reference.copy(),
            drive_ramping=at - self._drive_moved < DRIVE_SETTLING,
        )

    def bridge_gap(self) -> None:
        """Take what comes for what has always been: the time before no longer counts."""
        self._at = np.nan
        self._reference[:] = np.nan
        for since in (self._ramped, self._drive_moved, self._started, self._stopped):
            since[:] = -np.inf

    def _note_starts(self, at: float, running: NDArray[np.bool_]) -> None:
        if self._running is not None:
            self._started[running & ~self._running] = at
            self._stopped[~running & self._running] = at
            self._count += running != self._running
        self._running = running

    def _follow(self, at: float, of: Readings, elapsed: float) -> None:
        """Let the reference run after the set-point no faster than the drive may, at first from where the drive is."""
        set_point, output = of["frequency_setpoint"], of["frequency_output"]
        unknown = np.isnan(self._reference)
        before = np.where(unknown, np.where(np.isfinite(output), output, set_point), self._reference)
        step = np.where(unknown, 0.0, self._rate * min(elapsed, 3600.0))
        moved = before + np.clip(set_point - before, -step, step)
        self._reference = np.where(np.isfinite(set_point), moved, np.nan)
        with np.errstate(invalid="ignore"):
            self._drive_moved[np.abs(set_point - self._reference) > DRIVE_SLACK] = at
