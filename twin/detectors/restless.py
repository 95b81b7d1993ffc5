"""Transmitters that have become noisy: the second differences of every analog signal against what they used to be.

A second difference knows neither level nor ramp. One signal alone that has grown restless is its transmitter's fault;
several of the same machine at once are the machine's.

A noisy transmitter is to be found within a minute (class B of domain.md, section 3), so that samples are taken in as
they come and weighed by a few at once: nothing of them is lost, and it costs a quarter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.detectors.motion import Moves
from twin.detectors.signs import Sign, sure
from twin.detectors.watch import OF_BUDGET, YEAR
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats

FASTEST, SLOWEST = 0.0, 2.0  # s, period of the tags that are watched
MOST = 4.0  # of the usual: no single sample counts for more, so that one step raises nothing
SELDOM = 2.5  # s between samples from which on each counts for more, for too few come in a minute
OF_BOUND = 0.3  # of the bound that one of these may add: three, as a spike makes, do not reach it
REFERENCE = 1.6  # of the usual, beyond which a sample adds to the sum
TILT, TILT_SELDOM = 0.8, 0.7
"""Of white noise's sums, where a sample counts for 4 at most and for 10: run lengths go with exp(tilt · bound)
(Monte-Carlo, 2 million samples)."""
WANDERS = 1.06  # by which the noise of a healthy signal may come to exceed what was learned of it
LEARNED = 120.0  # samples after which it is known what is usual
GUESSED = 45.0  # samples after which it may be guessed
GUESS = 1.3  # times what was seen so far, which is then taken for usual
MEMORY = 900.0  # samples
AT_ONCE = 4  # samples that are weighed together, if they follow one another as quickly as
QUICK = 1.5  # s
LEAST_OF_SPAN = 2e-4  # of its range: a second difference that no transmitter stays below
STEPS = 4.0  # of the smallest it can say: a signal that rounds flips by two of them
AFTER_START = 90.0  # s
ECHOES = 75.0  # s after a start or stop in which what is seen seldom may go up and down with the water
UNSTEADY = frozenset({"robot", "camera", "room", "line_chamber", "ventilation"})
MANY = 4  # signals that grow restless at once: something real shakes them all
SUSPECT, SUSPECT_SELDOM = 0.14, 0.05  # of the bound, above which a signal may be on its way there ...
JERKY, OF_LATE = 2.0, 2  # ... and, of seldom ones, one of so many was that far from usual: what stepped is calm again
WORKING = 0.4  # of rated flow, below which a pump's flow is restless by itself
PATIENCE = 4.0  # s in which others of the same machine would follow


class Restless:
    """Watches the analog signals (k,) of whatever does not move about."""

    def __init__(self, station: Station, model: PumpModel) -> None:
        tags, pumps = model.binding.tags, [pump.id for pump in model.pumps]
        self._rated_flow = model.rated_flow
        kept = [
            (column, tag)
            for column, tag in enumerate(tags)
            if tag.kind == "analog"
            and FASTEST < tag.period <= SLOWEST
            and station.kind_of(tag.equipment) not in UNSTEADY
            and np.isfinite(tag.high - tag.low)
        ]
        self._tags = [tag for _, tag in kept]
        self._column = np.array([column for column, _ in kept], dtype=np.intp)
        machine = {pump.drive.id: pump.id for pump in station.pumps if pump.drive}
        owner = [machine.get(tag.equipment, tag.equipment) for tag in self._tags]
        self._pump = np.array([pumps.index(o) if o in pumps else -1 for o in owner], dtype=np.intp)
        names = list(dict.fromkeys(owner))
        self._owner = np.array([names.index(o) for o in owner], dtype=np.intp)
        self._names = names
        span = np.array([tag.high - tag.low for tag in self._tags])
        step = np.array([tag.step for tag in self._tags])
        self._floor: Floats = np.maximum(LEAST_OF_SPAN * span, STEPS * step)
        k = len(kept)
        tolerated = OF_BUDGET["noise"] * station.file.station.false_alarms_per_year
        self._rarity = float(np.log(YEAR / tolerated * max(k, 1)))
        self._seldom = False  # whether samples come so
        self._bound, self._most, self._suspect = self._rarity / TILT, MOST, SUSPECT
        self._came: Floats = np.full((2 + AT_ONCE, k), np.nan)  # the two samples before, and those that wait
        self._steady: NDArray[np.bool_] = np.ones((AT_ONCE, len(pumps) + 1), dtype=bool)  # last: what is of no pump
        self._waiting, self._at = 0, np.nan
        self._usual: Floats = np.zeros(k)
        self._level: Floats = np.zeros(k)
        self._seen: Floats = np.zeros(k)
        self._sum: Floats = np.zeros(k)
        self._calm: NDArray[np.intp] = np.full(k, OF_LATE, dtype=np.intp)  # samples since the last that was jerky
        self._found: list[Sign] = []

    def step(self, at: float, values: Floats, state: PlantState, moves: Moves) -> list[Sign]:
        """What stands now."""
        row, elapsed, self._at = self._waiting, at - self._at, at
        self._came[2 + row] = values[self._column]
        works = state.running & (moves.since_start > AFTER_START) & ~(state.flow < WORKING * self._rated_flow)
        calm = moves.since_change > ECHOES if self._seldom else np.ones_like(works)
        self._steady[row, :-1] = works & calm
        self._steady[row, -1] = calm.all()
        self._waiting += 1
        if self._waiting == AT_ONCE or not elapsed <= QUICK:
            self._set_bound(elapsed)
            self._found = self._weigh(at)
        return self._found

    def _set_bound(self, elapsed: float) -> None:
        """By how often samples come: those that come seldom are fewer a year, and each may count for more. [s]"""
        seldom = self._seldom = elapsed >= SELDOM
        self._bound = (self._rarity - np.log(elapsed)) / TILT_SELDOM if seldom else self._rarity / TILT
        self._most = REFERENCE + OF_BOUND * self._bound if seldom else MOST
        self._suspect = SUSPECT_SELDOM if seldom else SUSPECT

    def _weigh(self, at: float) -> list[Sign]:
        """Take in the samples that wait (w, k), and say what stands then."""
        waiting, self._waiting = self._waiting, 0
        came = self._came[: 2 + waiting]
        now = came[2:]
        jerk = np.abs(now - 2.0 * came[1:-1] + came[:-2])
        steady = self._steady[:waiting, self._pump]
        usable = steady & (jerk >= 0.0)
        jerk[~usable] = 0.0
        size = np.abs(now)
        # errors of reading grow with the reading; what has no level yet, or is missing, has not grown
        grown = np.fmax(size / np.where(self._level > 0.0, self._level, np.inf), 1.0)
        wanders = np.where(self._seen < LEARNED, GUESS, WANDERS)
        usual = np.maximum(wanders * self._usual * grown, self._floor)
        factor = np.minimum(jerk / usual, self._most)
        jerky = (factor > JERKY)[::-1]
        self._calm = np.where(jerky.any(axis=0), jerky.argmax(axis=0), self._calm + waiting)
        known = usable & (self._seen >= GUESSED)
        sums = np.where(known, factor - REFERENCE, -REFERENCE * ~steady)
        before = self._sum
        for one in sums:
            one += before
            before = np.minimum(np.maximum(one, 0.0, out=one), 2.0 * self._bound, out=one)
        self._sum = before.copy()
        self._learn(jerk, size, usual, usable & (sums < 0.25 * self._bound))
        self._came[:2] = self._came[waiting : waiting + 2].copy()
        crossed = self._sum > self._bound
        return self._signs(at, crossed, factor[-1]) if np.count_nonzero(crossed) else []

    def _learn(self, jerk: Floats, size: Floats, usual: Floats, learns: NDArray[np.bool_]) -> None:
        """Follow what is usual, (k,) of samples (w, k), by the mean of those that teach."""
        many = np.add.reduce(learns, axis=0, dtype=np.float64)
        most = np.where(self._seen > 10.0, MOST * usual, np.inf)
        self._seen += many
        gain = 1.0 / np.minimum(self._seen + 1.0, MEMORY)
        for followed, by in ((self._usual, np.minimum(jerk, most)), (self._level, size)):
            followed += gain * np.add.reduce(np.where(learns, by - followed, 0.0), axis=0)

    @property
    def suspects(self) -> frozenset[str]:
        """Tags that may be growing restless, and the machines they belong to."""
        if self._waiting:
            self._found = self._weigh(self._at)
        suspects = self._sum > self._suspect * self._bound
        if self._seldom:
            suspects &= self._calm < OF_LATE
        found = np.flatnonzero(suspects).tolist()
        return frozenset(name for i in found for name in (self._tags[i].name, self._names[int(self._owner[i])]))

    def bridge_gap(self) -> None:
        """Let what comes follow nothing."""
        self._waiting = 0
        self._came[:] = np.nan
        self._sum[:] = 0.0
        self._found = []

    def _signs(self, at: float, crossed: NDArray[np.bool_], factor: Floats) -> list[Sign]:
        restive = np.bincount(self._owner, self._sum > 0.3 * self._bound, len(self._names))
        if restive.sum() > MANY:
            return []
        alone = np.flatnonzero(crossed & (restive[self._owner] == 1.0))
        return [self._sign(int(i), at, float(factor[i])) for i in alone]

    def _sign(self, i: int, at: float, factor: float) -> Sign:
        tag = self._tags[i]
        owner = self._names[int(self._owner[i])]
        evidence = (Evidence("noise", tag.name, round(factor, 2), "of usual", round(factor, 2)),)
        return Sign(tag.name, "noise", "sensor_noise", at, sure("sensor_noise", 0.9), evidence, PATIENCE, owner)
