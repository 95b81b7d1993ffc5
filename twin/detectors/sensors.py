"""Transmitters that fail by themselves: those that fall silent, and those that say the same for ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.plant.binding import Binding
from twin.plant.model import PlantState
from twin.signals import Floats, Frame, Quality

LOST = 0.3  # share of its samples that a failing transmitter loses at least
USUAL, LINKS = 1e-5, 0.2  # share that a healthy one loses, taken for granted at first, and at most
SHORTLY = 20.0  # frames over which it is noticed that a link has become worse
SILENT = 21.7  # ln of the odds against so many missing samples by chance: 12 a year among a thousand transmitters
REMEMBERED = 36_000.0  # frames over which it is learned how many samples get lost
HEARD_BEFORE = 10  # samples a transmitter must have said before its silence means anything
MANY = 0.02  # of all tags: more that stay away together are a failed connection, not failed transmitters
FEW_BAD, SOME_BAD = 3, 0.005  # tags that may be marked as bad for themselves; more are the feed's (:mod:`feed`)
STUCK_FOR = 60.0  # s of the same value, at least
MEMORY = 300.0  # samples over which it is learned how often a value changes
LEARNED = 60  # samples after which that is known
CHANCE = 25.0  # ln of the odds against so many unchanged samples in a row
NOBODY: NDArray[np.intp] = np.empty(0, dtype=np.intp)
BACK_FOR = 60.0  # s a transmitter must be well before it is trusted again


class Sensors:
    """Watches every tag for silence, and the ones the model reads for standing still."""

    def __init__(self, binding: Binding) -> None:
        n = len(binding.tags)
        self._few = max(3, int(MANY * n))
        self._losses: Floats = np.zeros(n)  # samples lost of late
        self._frames, self._shortly = 0.0, 0.0  # frames remembered; share that was lost of very late
        self._gone: NDArray[np.bool_] = np.zeros(n, dtype=bool)
        places = list(dict.fromkeys(tag.equipment for tag in binding.tags))
        self._place = np.array([places.index(tag.equipment) for tag in binding.tags], dtype=np.intp)
        self._heard: NDArray[np.intp] = np.zeros(n, dtype=np.intp)
        self._missing: Floats = np.zeros(n)  # ln of the odds that it fails now and then
        self._dead: Floats = np.zeros(n)  # and that it has failed for good
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
        self._works: NDArray[np.bool_] = np.ones(len(binding.pumps) + 1, dtype=bool)  # last: what is of no pump
        self._ailing = False  # whether any is silent or stuck, or may be on its way there
        self.storm = False
        self.silent: NDArray[np.bool_] = np.zeros(n, dtype=bool)
        self.stuck: NDArray[np.bool_] = np.zeros(n, dtype=bool)

    def step(self, frame: Frame, state: PlantState) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Columns that have just fallen silent, and columns that have just been found stuck.

        ``silent`` and ``stuck`` (n,) are those that have not been well for a while since; in a ``storm`` so many values
        are missing that no transmitter is to blame.
        """
        gone = _gone(frame)
        some = bool(np.count_nonzero(gone))
        self.storm = some and self._storms(gone)
        if not self.storm:
            self._learn_losses(gone & (self._heard > 0) if some else None)
        self._gone = gone
        still = self._standing_still(frame, state, gone if some else None)
        if not (some or self._ailing or np.count_nonzero(still)):  # as it mostly is: all send, and all move
            self._heard += 1
            return NOBODY, NOBODY
        troubled = gone.copy()
        troubled[self._columns] |= still
        self._well_since = np.where(troubled, frame.at, self._well_since)
        well = frame.at - self._well_since >= BACK_FOR
        silent = self._new(self._silence(frame.at, gone), self.silent, well)
        found = np.zeros(len(gone), dtype=bool)
        found[self._columns] = still
        stuck = self._new(found, self.stuck, well)
        self._ailing = any(np.count_nonzero(one) for one in (self._missing, self.silent, self.stuck))
        return silent, stuck

    def _storms(self, gone: NDArray[np.bool_]) -> bool:
        """Whether so many stay away, or are gone at once, that it is the connection's fault."""
        lost = gone & (self._heard >= HEARD_BEFORE)
        many = int(np.count_nonzero(lost))
        stay_away = many > self._few and int(np.count_nonzero(lost & self._gone)) > self._few
        return stay_away or many > max(self._few, LINKS * len(gone))

    def bridge_gap(self) -> None:
        """Begin counting anew."""
        self._missing[:] = 0.0
        self._ailing = any(np.count_nonzero(one) for one in (self.silent, self.stuck))
        self._dead[:] = 0.0
        self._still[:] = 0.0
        self._still_since[:] = np.nan
        self._well_since[:] = -np.inf

    def _new(self, found: NDArray[np.bool_], standing: NDArray[np.bool_], well: NDArray[np.bool_]) -> NDArray[np.intp]:
        """What was not standing before; those that are well again no longer stand."""
        standing &= ~well | found
        new = found & ~standing
        if self.storm or np.count_nonzero(new) > self._few:
            return NOBODY
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
        if self.storm:
            return self._missing >= SILENT
        if self._missing.any() or gone.any():
            usual = self._usual()
            step = np.where(gone, np.log(LOST / usual), np.log((1.0 - LOST) / (1.0 - usual)))
            self._missing_since[gone & (self._missing <= 0.0)] = at
            self._missing = np.minimum(np.maximum(self._missing + step * counts, 0.0), SILENT)
            self._dead = np.where(gone, self._dead - np.log(usual) * counts, 0.0)
            self._missing[self._dead >= SILENT] = SILENT
        silent: NDArray[np.bool_] = self._missing >= SILENT
        return silent

    def _usual(self) -> float:
        """Share of their samples that all but the worst few lose: what is usual on these links now."""
        worst = np.partition(self._losses, -self._few)[-self._few :] if self._few < len(self._losses) else self._losses
        others = max(float(self._losses.sum() - worst.sum()), 0.0)
        usual = (1.0 + others) / (1.0 / USUAL + self._frames * len(self._losses))
        return float(min(max(usual, self._shortly), LINKS))

    def _learn_losses(self, lost: NDArray[np.bool_] | None) -> None:
        """Follow what gets lost (n,); None for nothing."""
        forget = 1.0 - 1.0 / REMEMBERED
        self._losses *= forget
        self._frames = self._frames * forget + 1.0
        if lost is None or not lost.any():
            self._shortly *= 1.0 - 1.0 / SHORTLY
            return
        self._losses += lost
        places = np.bincount(self._place[lost & ~self._gone], minlength=1)
        others = int(places.sum() - places.max())  # those of one machine may have failed together
        self._shortly += (others / len(lost) - self._shortly) / min(self._frames, SHORTLY)

    def _at_rest(self, values: Floats) -> NDArray[np.bool_]:
        """(k,) what is at nought or at an end of its range, where it may well stay."""
        rest: NDArray[np.bool_] = (values == 0.0) | (values <= self._low) | (values >= self._high)
        return rest

    def _standing_still(self, frame: Frame, state: PlantState, gone: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """(k,) which watched columns have not changed for so long that it cannot be chance; None for none gone."""
        self._works[:-1] = state.running
        lively = works = self._works[self._pump]
        values = frame.values[self._columns]
        if gone is not None:
            lost = gone[self._columns]
            values = np.where(lost, self._last, values)
            lively = works & ~lost
        same = values == self._last
        same &= ~self._at_rest(values)
        self._last = values
        stays = lively & same
        if gone is None:
            self._still += 1.0
            self._still *= stays
        else:  # a sample that got lost neither stands still nor moves
            self._still = np.where(stays, self._still + 1.0, self._still * (works & lost))
        np.copyto(self._still_since, frame.at, where=self._still == 1.0)
        still: NDArray[np.bool_] = (self._still > 0.0) & (frame.at - self._still_since >= STUCK_FOR)
        if np.count_nonzero(still):
            odds = -np.log(np.clip(1.0 - self._changing, 1e-6, 1.0)) * self._still
            still &= (self._seen >= LEARNED) & (odds > CHANCE)
        self._learn_changes(lively & (self._still < LEARNED / 2), same)
        return still

    def _learn_changes(self, learns: NDArray[np.bool_], same: NDArray[np.bool_]) -> None:
        """Follow how often values change."""
        gain = learns / np.minimum(self._seen + 1.0, MEMORY)
        gain *= ~same - self._changing
        self._changing += gain
        self._seen += learns


def _gone(frame: Frame) -> NDArray[np.bool_]:
    """(n,) what did not come, or is marked as bad where that is not so of many at once."""
    gone: NDArray[np.bool_] = np.isnan(frame.values)
    if not np.count_nonzero(frame.quality):  # of all qualities the best is 0
        return gone
    gone |= frame.quality == Quality.MISSING
    bad = frame.quality == Quality.BAD
    some = int(np.count_nonzero(bad))
    return gone | bad if 0 < some < max(FEW_BAD, int(SOME_BAD * len(bad))) else gone
