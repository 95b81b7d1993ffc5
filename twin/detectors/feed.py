"""What is wrong with the data as such: one anomaly that says so, where each value by itself would raise a flood."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Anomaly, Candidate, Evidence
from twin.detectors.scales import Scales
from twin.signals import Floats, Frame, Quality, TagTable

MANY = 0.02  # of all tags: more that stay away together are a failed connection; single samples get lost on the way
LOSSY = 0.2  # of all tags: more that are missing at once are one too, whichever they are
SOME = 0.005  # of all tags: more that leave their range or their scale at once are a failed conversion
FEWEST = 3  # tags, however few there are
HEARD_BEFORE = 10  # samples a tag must have said before its silence means anything
FOLLOWING = 0.1  # share by which the usual time between changes follows the last
STILL_FOR = 10.0  # s without any change, at least, before a feed counts as frozen
STILL_TIMES = 10.0  # and so many times the usual time between changes
CHANGES_KNOWN = 60  # changes after which the usual time between them is known
LONGEST_STEP = 5.0  # s that one frame may count for
UNTIMELY = 10.0  # frames whose time does not follow, on balance, before that is an anomaly
TIMELY = 0.2  # frames that each one which follows makes up for
MISSING_FOR = 15.0  # s; a shorter loss is a notice
MISTAKEN_FOR = 3.0  # s
SHOWN = 3  # tags told as evidence
BAD = np.uint8(Quality.BAD)
Told = tuple[Evidence, ...]


@dataclass
class _Trouble:
    """One thing that may be wrong with a feed: it is told after ``patience`` of it, and over when that is made up."""

    residual: str
    fault: str
    patience: float
    level: float = 0.0
    standing: Anomaly | None = None


class Feed:
    """Watches the frames themselves: their times, whether values come, change, and lie where they can lie.

    ``name`` is whose data they are: the station's. What it marks as bad is judged by nobody.
    """

    def __init__(self, tags: TagTable, name: str) -> None:
        self._tags = tags
        self._name = name
        self._many = max(FEWEST, int(MANY * len(tags)))
        self._some = max(FEWEST, int(SOME * len(tags)))
        self._scales = Scales(tags)
        self._heard: NDArray[np.intp] = np.zeros(len(tags), dtype=np.intp)
        self._gone: NDArray[np.bool_] = np.zeros(len(tags), dtype=bool)
        self._last: Floats = np.full(len(tags), np.nan)
        self._at = self._changed_at = np.nan
        self._between, self._changes = 0.0, 0
        self._time = _Trouble("time", "sensor_stuck", UNTIMELY)
        self._missing = _Trouble("missing", "sensor_dropout", MISSING_FOR)
        self._frozen = _Trouble("frozen", "sensor_stuck", 1.0)
        self._scale = _Trouble("scale", "sensor_bias", MISTAKEN_FOR)
        self._next_id = 1

    @property
    def untimely(self) -> bool:
        """Whether it has been told that time does not go on as it should."""
        return self._time.standing is not None

    @property
    def doubtful(self) -> bool:
        """Whether time has lately not gone on as it should: no need to say so again."""
        return self._time.level > 0.0

    @property
    def frozen(self) -> bool:
        """Whether the values have stopped: what is repeated for ever tells nothing."""
        return self._frozen.standing is not None

    def misses(self, at: float) -> tuple[Anomaly, ...]:
        """Note a frame whose time does not follow."""
        return tuple(self._judge(self._time, at, 1.0, lambda: (self._told_time(at),)))

    def step(self, frame: Frame, jumped: bool) -> tuple[Frame, tuple[Anomaly, ...]]:
        """The frame as it may be judged, and what has changed. ``jumped``: time went on by leaps."""
        at = frame.at
        elapsed = 0.0 if jumped or not math.isfinite(self._at) else min(at - self._at, LONGEST_STEP)
        changed = self._judge(self._time, at, 1.0 if jumped else -TIMELY, lambda: (self._told_time(at),))
        if jumped:
            self._changed_at = at
        self._at = at
        known = np.isfinite(frame.values)
        flagged = np.count_nonzero(frame.quality) > 0  # of all qualities the best is 0
        whole = np.count_nonzero(known) == len(known) and not (flagged and np.count_nonzero(frame.quality >= BAD))
        changed += self._judge_missing(frame, elapsed, whole)
        changed += self._judge_frozen(frame, jumped, known, whole)
        frame, more = self._judge_scale(frame, elapsed, whole)
        return frame, (*changed, *more)

    # ---- what may be wrong ---------------------------------------------------------------------------------------

    def _judge_missing(self, frame: Frame, elapsed: float, whole: bool) -> list[Anomaly]:
        if whole:
            self._heard += 1
            self._gone[:] = False
            return self._judge(self._missing, frame.at, -elapsed, tuple)
        gone = (frame.quality == Quality.MISSING) | np.isnan(frame.values)
        lost = gone & (self._heard >= HEARD_BEFORE)
        self._heard += ~gone
        many = int(np.count_nonzero(lost))
        stay_away = int(np.count_nonzero(lost & self._gone)) > self._many
        self._gone = gone
        step = elapsed if stay_away or many > max(self._many, LOSSY * len(gone)) else -elapsed
        return self._judge(self._missing, frame.at, step, lambda: self._told_missing(lost, many))

    def _judge_frozen(self, frame: Frame, jumped: bool, known: NDArray[np.bool_], whole: bool) -> list[Anomaly]:
        other = frame.values != self._last
        if not whole:
            other &= known
        changes = np.count_nonzero(other) > 0
        self._last = frame.values
        if not math.isfinite(self._changed_at) or not (whole or np.count_nonzero(known)):
            self._changed_at = frame.at  # what is missing does not stand still
        still = frame.at - self._changed_at
        if changes:
            self._between += FOLLOWING * (still - self._between) if not jumped and still < STILL_FOR else 0.0
            self._changes += 1
            self._changed_at = frame.at
        frozen = not changes and self._changes >= CHANGES_KNOWN and still > max(STILL_FOR, STILL_TIMES * self._between)
        return self._judge(self._frozen, frame.at, 1.0 if frozen else -float(changes), lambda: self._told_frozen(still))

    def _judge_scale(self, frame: Frame, elapsed: float, whole: bool) -> tuple[Frame, list[Anomaly]]:
        wrong = self._scales.step(frame, whole)
        some = len(wrong) >= self._some
        if some:
            quality = frame.quality.copy()
            quality[wrong] = BAD
            frame = replace(frame, quality=quality)
        else:
            self._scales.forget()

        def told() -> Told:
            return tuple(self._scales.told(int(column)) for column in wrong[:SHOWN])

        return frame, self._judge(self._scale, frame.at, elapsed if some else -elapsed, told)

    # ---- what is told of it --------------------------------------------------------------------------------------

    def _judge(self, trouble: _Trouble, at: float, step: float, told: Callable[[], Told]) -> list[Anomaly]:
        """Open or end what one trouble is told by; ``told`` is asked only where it is opened."""
        trouble.level = min(max(trouble.level + step, 0.0), trouble.patience)
        if trouble.standing is None and trouble.level >= trouble.patience and step > 0:
            trouble.standing = self._opened(trouble, at, told())
            return [trouble.standing]
        if trouble.standing is not None and trouble.level <= 0.0:
            ended = replace(trouble.standing, until=max(at, trouble.standing.detected))
            trouble.standing = None
            return [ended]
        return []

    def _opened(self, trouble: _Trouble, at: float, told: Told) -> Anomaly:
        anomaly = Anomaly(
            id=self._next_id,
            equipment=self._name,
            fault=trouble.fault,
            candidates=(Candidate(trouble.fault, 1.0),),
            since=at,
            detected=at,
            until=None,
            priority="high",
            evidence=told,
        )
        self._next_id += 1
        return anomaly

    def _told_missing(self, lost: NDArray[np.bool_], many: int) -> Told:
        share = 100.0 * many / max(len(lost), 1)
        return tuple(Evidence("missing", name, round(share, 1), "%", many) for name in self._named(lost))

    def _told_frozen(self, still: float) -> Told:
        return (Evidence("frozen", "", round(still, 1), "s", round(still / max(self._between, 1e-3), 1)),)

    def _told_time(self, at: float) -> Evidence:
        step = at - self._at
        return Evidence("time", "", round(step, 3) if np.isfinite(step) else step, "s", self._time.level)

    def _named(self, which: NDArray[np.bool_]) -> list[str]:
        return [self._tags[int(column)].name for column in np.flatnonzero(which)[:SHOWN]]
