"""Transmitters that fail by themselves: those that fall silent, and those that say the same for ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.plant.binding import Binding
from twin.plant.model import PlantState
from twin.signals import Floats, Frame, Quality

LOST = 0.3  # share of its samples that a failing transmitter loses at least
USUAL, LINKS = 1e-4, 0.1  # least and greatest share that a healthy one may lose by itself
SILENT = 21.7  # ln of the odds against so many missing samples by chance: 12 a year among a thousand transmitters
REMEMBERED = 600.0  # frames over which it is learned how many samples get lost
HEARD_BEFORE = 10  # samples a transmitter must have said before its silence means anything
MANY = 0.02  # of all tags: more that are missing at once are a failed connection, not failed transmitters
STUCK_FOR = 60.0  # s of the same value, at least
MEMORY = 300.0  # samples over which it is learned how often a value changes
LEARNED = 60  # samples after which that is known
CHANCE = 25.0  # ln of the odds against so many unchanged samples in a row
BACK_FOR = 60.0  # s a transmitter must be well before it is trusted again


class Sensors:
    """Watches every tag for silence, and the ones the model reads for standing still."""

    def __init__(self, binding: Binding) -> None:
        n = len(binding.tags)
        self._few = max(3, int(MANY * n))
        self._lost, self._came = 1.0, 1.0 / USUAL  # samples of healthy transmitters
        self._heard: NDArray[np.intp] = np.zeros(n, dtype=np.intp)
        self._missing: Floats = np.zeros(n)
        self._well_since: Floats = np.full(n, -np.inf)
        self._columns, self._pump = binding.watched()
        k = len(self._columns)
        watched = [binding.tags[int(column)] for column in self._columns]
        self._low: Floats = np.array([tag.low for tag in watched])
        self._high: Floats = np.array([tag.high for tag in watched])
        self._last: Floats = np.full(k, np.nan)
        self._changing: Floats = np.zeros(k)
        self._seen: Floats = np.zeros(k)
        self._still: Floats = np.zeros(k)
        self._still_since: Floats = np.full(k, np.nan)
        self._missing_since: Floats = np.full(n, np.nan)
        self.storm = False
        self.silent: NDArray[np.bool_] = np.zeros(n, dtype=bool)
        self.stuck: NDArray[np.bool_] = np.zeros(n, dtype=bool)

    def step(self, frame: Frame, state: PlantState) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Columns that have just fallen silent, and columns that have just been found stuck.

        ``silent`` and ``stuck`` (n,) are those that have not been well for a while since; in a ``storm`` so many values
        are missing that no transmitter is to blame.
        """
        gone = (frame.quality == Quality.MISSING) | np.isnan(frame.values)
        self.storm = int(np.count_nonzero(gone & (self._heard >= HEARD_BEFORE))) > self._few
        still = self._standing_still(frame, state, gone)
        troubled = gone.copy()
        troubled[self._columns] |= still
        self._well_since = np.where(troubled, frame.at, self._well_since)
        well = frame.at - self._well_since >= BACK_FOR
        silent = self._new(self._silence(frame.at, gone), self.silent, well)
        found = np.zeros(len(gone), dtype=bool)
        found[self._columns] = still
        stuck = self._new(found, self.stuck, well)
        return silent, stuck

    def bridge_gap(self) -> None:
        """Begin counting anew."""
        self._missing[:] = 0.0
        self._still[:] = 0.0
        self._still_since[:] = np.nan
        self._well_since[:] = -np.inf

    def _new(self, found: NDArray[np.bool_], standing: NDArray[np.bool_], well: NDArray[np.bool_]) -> NDArray[np.intp]:
        """What was not standing before; those that are well again no longer stand."""
        standing &= ~well | found
        new = found & ~standing
        if self.storm or np.count_nonzero(new) > self._few:
            return np.empty(0, dtype=np.intp)
        standing |= new
        return np.flatnonzero(new)

    def since(self, column: int) -> float:
        """When a transmitter that is silent or stuck began to be so. [s, POSIX]"""
        if self.silent[column]:
            return float(self._missing_since[column])
        return float(self._still_since[np.flatnonzero(self._columns == column)].max(initial=-np.inf))

    def _silence(self, at: float, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) which have lost so many samples, of late, that it is not what gets lost on healthy links."""
        counts = self._heard >= HEARD_BEFORE
        self._heard += ~gone
        if not self.storm and (self._missing.any() or gone.any()):
            usual = min(max(self._lost / self._came, USUAL), LINKS)
            step = np.where(gone, np.log(LOST / usual), np.log((1.0 - LOST) / (1.0 - usual)))
            self._missing_since[gone & (self._missing <= 0.0)] = at
            self._missing = np.minimum(np.maximum(self._missing + step * counts, 0.0), SILENT)
        silent: NDArray[np.bool_] = self._missing >= SILENT
        if not self.storm:
            self._learn_losses(gone, counts & ~silent)
        return silent

    def _learn_losses(self, gone: NDArray[np.bool_], healthy: NDArray[np.bool_]) -> None:
        forget = 1.0 - 1.0 / REMEMBERED
        self._lost = self._lost * forget + np.count_nonzero(gone & healthy)
        self._came = self._came * forget + np.count_nonzero(healthy)

    def _at_rest(self, values: Floats) -> NDArray[np.bool_]:
        """(k,) what is at nought or at an end of its range, where it may well stay."""
        rest: NDArray[np.bool_] = (values == 0.0) | (values <= self._low) | (values >= self._high)
        return rest

    def _standing_still(self, frame: Frame, state: PlantState, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(k,) which watched columns have not changed for so long that it cannot be chance."""
        values = frame.values[self._columns]
        lively = np.append(state.running, True)[self._pump] & ~gone[self._columns]
        same = (values == self._last) & ~self._at_rest(values)
        self._last = values
        known = self._seen >= LEARNED
        self._still = np.where(lively & same, self._still + 1.0, 0.0)
        self._still_since = np.where(self._still == 1.0, frame.at, self._still_since)
        odds = -np.log(np.clip(1.0 - self._changing, 1e-6, 1.0)) * self._still
        still: NDArray[np.bool_] = (
            known & (odds > CHANCE) & (self._still > 0) & (frame.at - self._still_since >= STUCK_FOR)
        )
        learns = lively & (self._still < LEARNED / 2)
        gain = np.where(learns, 1.0 / np.minimum(self._seen + 1.0, MEMORY), 0.0)
        self._changing += gain * (~same - self._changing)
        self._seen += learns
        return still
