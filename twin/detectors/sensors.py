"""Transmitters that fail by themselves: those that fall silent, and those that say the same for ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.plant.binding import Binding
from twin.plant.model import PlantState
from twin.signals import Floats, Frame, Quality

SILENT_AFTER = 3.0  # samples missing, on balance, after which a transmitter counts as silent
HEARD = 0.34  # samples that each one which arrives makes up for
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
        silent = self._new(self._silence(gone), self.silent, well)
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

    def _silence(self, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
        if not self.storm:
            self._missing = np.clip(self._missing + np.where(gone, 1.0, -HEARD), 0.0, 2.0 * SILENT_AFTER)
        silent = (self._missing >= SILENT_AFTER) & (self._heard >= HEARD_BEFORE)
        self._heard += ~gone
        return silent

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
