"""What one tag did in a stretch of time: drawn with its spikes and its gaps, read at a time, summed up between two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.messages import RangeAnswer
from twin.signals import Floats, Qualities, Quality

GAP = 3.5  # times the usual distance between samples: what lies further apart is not joined


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """A span in which the quality was not good."""

    since: float
    until: float
    quality: int


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """``at``, ``low``, ``high``, ``last`` and ``quality`` (b,); NaN where the line is to be broken."""

    at: Floats
    low: Floats
    high: Floats
    last: Floats
    quality: Qualities
    doubts: tuple[Doubt, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether every sample is here, none summed up with another."""
        return bool(np.array_equal(self.low, self.high, equal_nan=True))


@dataclass(frozen=True, slots=True)
class Point:
    """The last known value at some time: NaN if there is none; ``at`` is when it was known."""

    value: float
    at: float
    quality: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Between two times: the difference of the values at them, and mean, least and greatest in between."""

    difference: float
    mean: float
    low: float
    high: float
    exact: bool


def of_answer(answer: RangeAnswer, row: int) -> Data:
    """One tag of an answer, broken where samples are missing from the source."""
    usual = float(np.median(np.diff(answer.at))) if answer.at.size > 2 else np.inf
    breaks = np.flatnonzero(np.diff(answer.at) > GAP * usual) + 1
    at = np.insert(answer.at, breaks, answer.at[breaks - 1] + usual)
    low, high, last = (np.insert(values[row], breaks, np.nan) for values in (answer.low, answer.high, answer.last))
    quality = np.insert(answer.quality[row], breaks, np.uint8(Quality.MISSING))
    return Data(at, low, high, last, quality, _doubts(at, quality, usual))


def _doubts(at: Floats, quality: Qualities, usual: float) -> tuple[Doubt, ...]:
    """Runs of equal quality that is not good, each as long as to the sample after it."""
    if not at.size:
        return ()
    starts = np.flatnonzero(np.diff(quality, prepend=np.uint8(255)) != 0)
    ends = np.append(at[starts[1:]], at[-1] + (usual if np.isfinite(usual) else 0.0))
    runs = zip(at[starts].tolist(), ends.tolist(), quality[starts].tolist(), strict=True)
    return tuple(Doubt(since, until, worst) for since, until, worst in runs if worst != Quality.GOOD)


def value_at(data: Data, at: float) -> Point:
    """The last known value at or before a time; never the nearest, never one in between."""
    end = int(np.searchsorted(data.at, at, side="right"))
    now = int(data.quality[end - 1]) if end else int(Quality.MISSING)
    known = np.flatnonzero(np.isfinite(data.last[:end]))
    if not known.size:
        return Point(np.nan, np.nan, int(Quality.MISSING))
    return Point(float(data.last[known[-1]]), float(data.at[known[-1]]), now)


def extent(data: Data, since: float, until: float) -> tuple[float, float]:
    """Least and greatest value that is seen between two times; NaN where there is none."""
    first, last = (int(place) for place in np.searchsorted(data.at, (since, until)))
    seen: NDArray[np.bool_] = np.isfinite(data.low[max(first - 1, 0) : last + 1])
    if not seen.any():
        return np.nan, np.nan
    part = slice(max(first - 1, 0), last + 1)
    return float(np.nanmin(data.low[part])), float(np.nanmax(data.high[part]))


def summary(data: Data, since: float, until: float) -> Summary:
    """What happened from one time to the other, whichever is earlier."""
    early, late = min(since, until), max(since, until)
    part = (data.at >= early) & (data.at <= late) & np.isfinite(data.last)
    difference = value_at(data, until).value - value_at(data, since).value
    if not part.any():
        return Summary(difference, np.nan, np.nan, np.nan, data.exact)
    return Summary(
        difference,
        float(data.last[part].mean()),
        float(data.low[part].min()),
        float(data.high[part].max()),
        data.exact,
    )
