"""Mechanical seals: water that leaks takes more flush, and warms the chamber it passes, before any switch is wet.

Of pumps that run, each flush flow is held against its own past, each chamber's temperature against its own past beside
its sisters': what the water of a circuit brings, it brings to all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.detectors.signs import Points, Sign, ranked
from twin.plant.binding import middle
from twin.plant.model import PumpModel
from twin.signals import Floats, Tag, TagTable

LEARNED = 120.0  # s after which it is known what is usual
MEMORY = 1800.0  # s over which that follows
SETTLED = 120.0  # s after a start or stop in which flush flows find their place
WARMED = 2400.0  # s after one in which chambers do
LONGEST = 60.0  # s that one sample may count for
MORE = 0.25  # of the usual flush flow that a leak takes more, at least
WARMER = 8.0  # K that a leaking chamber is warmer than it was, beside its sisters
SPREADS = 6.0  # of what is usual, that either must be at least
LEAST_SPREAD = (0.01, 0.2)  # of a flow [of the usual], of a temperature [K]
PATIENCE = 10.0  # s
FLUSH = "seal_flush_flow"
CHAMBERS = ("seal_chamber_temperature_de", "seal_chamber_temperature_nde")


class _Usual:
    """Means and spreads of some signals, learned while nothing is wrong with them."""

    def __init__(self, count: int) -> None:
        self.mean: Floats = np.full(count, np.nan)
        self._square: Floats = np.zeros(count)
        self._seen: Floats = np.zeros(count)  # s

    def learn(self, now: Floats, which: NDArray[np.bool_], elapsed: float) -> None:
        """Take in what has stood so long [s]."""
        fresh = which & np.isnan(self.mean)
        self.mean[fresh] = now[fresh]
        self._seen += elapsed * which
        gain = np.where(which, elapsed / np.clip(self._seen, elapsed, MEMORY), 0.0)
        off = np.where(which, now - self.mean, 0.0)
        self.mean += gain * off
        self._square += gain * (off * off - self._square)

    def forget(self, which: NDArray[np.bool_]) -> None:
        """Learn some anew."""
        self.mean[which], self._square[which], self._seen[which] = np.nan, 0.0, 0.0

    @property
    def spread(self) -> Floats:
        return np.sqrt(self._square)

    @property
    def known(self) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = self._seen >= LEARNED
        return known


class Seals:
    """The seals of all pumps (n,) that have a flush flow or chamber temperatures."""

    def __init__(self, model: PumpModel, tags: TagTable) -> None:
        flush = [tags.measuring(pump.id, FLUSH) for pump in model.pumps]
        chambers = [[tags.measuring(pump.id, name) for pump in model.pumps] for name in CHAMBERS]
        self._flush, self._flush_tags = _points(flush, tags)
        both = [_points(chamber, tags) for chamber in chambers]
        self._chambers = [points for points, _ in both]
        self._chamber_tags = [named for _, named in both]
        self._pumps = [pump.id for pump in model.pumps]
        circuit = model.binding.circuit_of
        self._same = circuit[:, None] == circuit[None, :]  # (n, n)
        self._flow = _Usual(len(self._pumps))
        self._warmth = [_Usual(len(self._pumps)) for _ in CHAMBERS]
        self._running: NDArray[np.bool_] = np.zeros(len(self._pumps), dtype=bool)
        self._changed_at: Floats = np.full(len(self._pumps), -np.inf)
        self._at = np.nan

    def step(self, at: float, values: Floats, running: NDArray[np.bool_]) -> list[Sign]:
        """What stands now; ``running`` (n,) says which pumps turn."""
        elapsed = min(at - self._at, LONGEST) if at > self._at else 1.0
        turned = (running != self._running) & np.isfinite(self._at)
        self._running, self._at = running, at
        self._changed_at[turned] = at
        self._flow.forget(turned)
        signs = self._by_flow(at, values, elapsed)
        for number in range(len(CHAMBERS)):
            signs += self._by_warmth(number, at, values, elapsed)
        return signs

    def _by_flow(self, at: float, values: Floats, elapsed: float) -> list[Sign]:
        now, usual = self._flush.read(values), self._flow
        settled = np.isfinite(now) & (now > 0.0) & self._running & (at - self._changed_at > SETTLED)
        more = now - usual.mean
        spread = np.maximum(usual.spread, LEAST_SPREAD[0] * np.abs(usual.mean))
        leaks = settled & usual.known & (more > np.maximum(MORE * np.abs(usual.mean), SPREADS * spread))
        usual.learn(now, settled & ~leaks, elapsed)
        return [
            self._sign(p, at, self._flush_tags[p], float(more[p] / self._flush.scale[p]), more[p] / spread[p])
            for p in np.flatnonzero(leaks).tolist()
        ]

    def _by_warmth(self, number: int, at: float, values: Floats, elapsed: float) -> list[Sign]:
        usual, points = self._warmth[number], self._chambers[number]
        now = points.read(values)
        warm = np.isfinite(now) & self._running & (at - self._changed_at > WARMED)
        beside = now - self._of_sisters(now, warm)
        warm &= np.isfinite(beside)
        warmer = beside - usual.mean
        spread = np.maximum(usual.spread, LEAST_SPREAD[1])
        leaks = warm & usual.known & (warmer > np.maximum(WARMER, SPREADS * spread))
        usual.learn(beside, warm & ~leaks, elapsed)
        tags = self._chamber_tags[number]
        return [
            self._sign(p, at, tags[p], float(warmer[p]), warmer[p] / spread[p]) for p in np.flatnonzero(leaks).tolist()
        ]

    def _of_sisters(self, now: Floats, warm: NDArray[np.bool_]) -> Floats:
        """(n,) the median of the other warm chambers of the same circuit, NaN where there is none."""
        others = np.where(self._same & warm[:, None], now[:, None], np.nan)  # (of, beside)
        np.fill_diagonal(others, np.nan)
        return middle(others)

    def _sign(self, pump: int, at: float, tag: Tag, value: float, z: float) -> Sign:
        z = round(float(np.clip(z, -999.0, 999.0)), 1)
        evidence = (Evidence(tag.measures, tag.name, round(value, 2), tag.unit, z),)
        candidates = ranked({"seal_leak": 1.0, "unknown": 0.6}, 4.0)
        return Sign(self._pumps[pump], "seal_leak", "seal_leak", at, candidates, evidence, PATIENCE)


def _points(columns: list[int | None], tags: TagTable) -> tuple[Points, list[Tag]]:
    """Where some tags are read, the last value of a frame (which is none) where there is no such tag."""
    nowhere = len(tags)
    named = [tags[column] if column is not None else Tag("") for column in columns]
    return Points([nowhere if column is None else column for column in columns], [tag.unit for tag in named]), named
