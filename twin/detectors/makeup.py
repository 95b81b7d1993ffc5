"""Make-up: the water that keeps the lines full, its loss, and what it says of lines that leak.

Some plants regulate it, others give it by turns as a pressure switch asks: how little and how much is ordinary is
learned. Flow alone can be either; what else speaks for a loss or a leak makes it sure, and soon.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.detectors.signs import Sign, ranked, sure
from twin.plant.reading import Station
from twin.signals import Floats, Tag, TagTable

LEARNED = 60.0  # s after which it is known what is usual
MEMORY = 1800.0  # s over which the mean follows
TURN = 300.0  # s in which a turn of make-up, or a pause, becomes ordinary
LONGEST = 60.0  # s that one sample may count for
MORE, LESS = 1.5, 0.7  # of the most and the least that is ordinary
LEAST_MORE = 20.0  # m³/h beyond that, that a leak takes at least: 0.1 % of a line's flow
HARDLY_ANY = 0.1  # of the usual: as good as none
SURE_LOSS = 4.0  # s for which a loss that something else speaks for must stand
PAUSE, SHORT_PAUSE = 600.0, 45.0  # s that make-up may pause before that alone is a loss; where it has long been steady
STEADY = 240.0  # s without any pause
LONGER = 1.5  # of the longest pause that was none
LEAK_PATIENCE = 8.0  # s in which a rupture would have been seen as a wave
EMPTY = 0.2  # of the usual level of a tank
WET = 0.1  # m of water in a chamber beyond the usual
WASHED_OUT = 1.5  # m by which the head of a line must have fallen for a leak to be put to it by that alone
ON = 0.5  # of a switch
WIRE, LEVEL = OF_CHAMBERS = ("leak_wire_alarm", "chamber_water_level")

Losing = Callable[[float, bool | None], str]
"""The line that has lost most of late, if as much as given [m]: of all, or of those towards the source or away."""


@dataclass
class _Ordinary:
    """What a signal ordinarily is: its mean, the least and the most, which any turn moves a little."""

    mean: float = math.nan
    least: float = math.nan
    most: float = math.nan
    seen: float = 0.0  # s

    def learn(self, value: float, seconds: float) -> None:
        """Take in a value that has stood so long."""
        self.seen += seconds
        if math.isnan(self.mean):
            self.mean = self.least = self.most = value
        self.mean += seconds / min(self.seen, MEMORY) * (value - self.mean)
        share = 1.0 if self.seen <= LEARNED else min(seconds / TURN, 1.0)
        self.least += share * min(value - self.least, 0.0)
        self.most += share * max(value - self.most, 0.0)

    @property
    def known(self) -> bool:
        return self.seen >= LEARNED


class _Chambers:
    """Wires that find water, and the level of it, in the chambers along the lines."""

    def __init__(self, station: Station, tags: TagTable) -> None:
        places = [part.id for part in station.file.equipment if part.kind == "line_chamber"]
        found = [
            (column, tag.measures, places.index(tag.equipment))
            for column, tag in enumerate(tags)
            if tag.equipment in places and tag.measures in OF_CHAMBERS
        ]
        self._tags = tags
        self._wires = np.array([column for column, measures, _ in found if measures == WIRE], np.intp)
        self._levels = np.array([column for column, measures, _ in found if measures == LEVEL], np.intp)
        # the first half of them stands along the lines to the source, as far as a station file says
        self._near_source = {column: place < (len(places) + 1) // 2 for column, _, place in found}
        self._dry: Floats = np.full(len(self._levels), np.nan)

    def wet(self, values: Floats) -> tuple[Evidence, bool] | None:
        """The first that is wet, and whether it lies towards the source."""
        found, levels = values[self._wires] > ON, values[self._levels]
        self._dry = np.fmin(self._dry, levels)
        risen = levels - self._dry > WET
        if not np.count_nonzero(found) + np.count_nonzero(risen):
            return None
        wet = [*self._wires[found].tolist(), *self._levels[risen].tolist()]
        tag, value = self._tags[wet[0]], float(values[wet[0]])
        return Evidence(tag.measures, tag.name, round(value, 3), tag.unit, 999.0), self._near_source[wet[0]]


class Makeup:
    """The make-up plant, if the station has one."""

    def __init__(self, station: Station, tags: TagTable) -> None:
        kinds = [(column, tag, station.kind_of(tag.equipment)) for column, tag in enumerate(tags)]
        named = {tag.measures: column for column, tag, kind in kinds if kind == "makeup"}
        self._flows = [named[measure] for measure in ("flow", "emergency_flow") if measure in named]
        self._tag = tags[self._flows[0]] if self._flows else Tag("")
        self._tanks = np.array([named[name] for name in ("tank_1_level", "tank_2_level") if name in named], np.intp)
        self._faults = _of_pumps(kinds, "fault")
        self._running = _of_pumps(kinds, "running")
        self._chambers = _Chambers(station, tags)
        self._given, self._level = _Ordinary(), _Ordinary()
        self._sound = np.zeros(len(self._faults), dtype=bool)  # pumps whose fault has been seen not to stand
        self._at = self._short_since = self._leaks_since = self._flowing_since = math.nan
        self._pause = 0.0  # s that are ordinary
        self._line = ""
        self.demand = math.nan  # over the most that is ordinary

    def step(self, at: float, values: Floats, losing: Losing) -> list[Sign]:
        """What stands now; ``losing`` is asked only if a line leaks."""
        elapsed, self._at = min(at - self._at, LONGEST) if at > self._at else 1.0, at
        wet = self._chambers.wet(values)
        flows: list[float] = values[self._flows].tolist() if self._flows else []
        if not flows or math.isnan(flows[0]):
            self.demand = math.nan
            return self._leak(at, wet, losing, 0.0, more=False)
        given = math.fsum(flow for flow in flows if not math.isnan(flow))
        self.demand = given / self._given.most if self._given.known and self._given.most > 0.0 else math.nan
        lost = self._loss(at, given, self._failing(values, given, elapsed))
        more = self._given.known and given > max(MORE * self._given.most, self._given.most + LEAST_MORE)
        leaks = [] if lost else self._leak(at, wet, losing, given, more=more)
        if not leaks and not (lost and lost[0].patience == SURE_LOSS):
            self._given.learn(given, elapsed)
        return lost or leaks

    def _failing(self, values: Floats, given: float, elapsed: float) -> bool:
        """Whether pumps or tanks say that there is no make-up to be had."""
        faults = values[self._faults] > ON
        failed = bool(np.count_nonzero(faults & self._sound))
        self._sound |= ~faults
        level = max((one for one in values[self._tanks].tolist() if not math.isnan(one)), default=-math.inf)
        empty = self._level.known and level < EMPTY * self._level.mean
        if math.isfinite(level) and not empty:
            self._level.learn(level, elapsed)
        in_vain = self._hardly(given) and bool((values[self._running] > ON).any())
        return failed or empty or in_vain

    def _hardly(self, given: float) -> bool:
        """Whether as good as nothing is given."""
        return self._given.known and given < HARDLY_ANY * self._given.mean

    def _loss(self, at: float, given: float, failing: bool) -> list[Sign]:
        hardly = self._hardly(given)
        short = self._given.known and given < LESS * self._given.least
        if not hardly and math.isnan(self._flowing_since):
            self._flowing_since = at
        if not (short or (hardly and failing)):
            if not math.isnan(self._short_since):  # it was but a pause
                self._pause = max(self._pause, LONGER * (at - self._short_since))
                self._short_since, self._flowing_since = math.nan, at
            return []
        if math.isnan(self._short_since):
            self._short_since = at
        likely = sure("makeup_loss", 0.95 if failing else 0.6)
        patience = SURE_LOSS if failing else self._patience()
        return [Sign(self._tag.equipment, "makeup", "makeup_loss", at, likely, self._evidence(given), patience)]

    def _patience(self) -> float:
        """How long make-up that nothing else speaks of may pause. [s]"""
        steady = self._short_since - self._flowing_since >= STEADY
        return max(SHORT_PAUSE if steady else PAUSE, self._pause)

    def _leak(
        self, at: float, wet: tuple[Evidence, bool] | None, losing: Losing, given: float, more: bool
    ) -> list[Sign]:
        """A leak that has lasted, put to the line that had lost most by then."""
        if not more and wet is None:
            self._leaks_since, self._line = math.nan, ""
            return []
        if math.isnan(self._leaks_since):
            self._leaks_since = at
        lasted = at - self._leaks_since
        if lasted < LEAK_PATIENCE:
            return []
        self._line = self._line or losing(WASHED_OUT, None)
        if wet is not None:
            self._line = self._line or losing(-math.inf, wet[1])
        elif lasted >= TURN:
            self._line = self._line or losing(-math.inf, None)
        if not self._line:
            return []
        candidates = ranked({"line_leak": 1.0, "line_rupture": 0.3}, 4.0)
        evidence = (*((wet[0],) if wet is not None else ()), *(self._evidence(given) if more else ()))
        return [Sign(self._line, "leak", "line_leak", self._leaks_since, candidates, evidence)]

    def _evidence(self, given: float) -> tuple[Evidence, ...]:
        usual = self._given.mean
        z = float(np.clip((given - usual) / max(0.05 * usual, 1e-6), -999.0, 999.0))
        return (Evidence("makeup", self._tag.name, round(given - usual, 2), self._tag.unit, round(z, 1)),)


def _of_pumps(kinds: Sequence[tuple[int, Tag, str]], measures: str) -> NDArray[np.intp]:
    return np.array([c for c, tag, kind in kinds if kind == "makeup_pump" and tag.measures == measures], np.intp)
