"""Values that no transmitter would send: far beyond its range, or a thousand times what it usually says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.signals import Floats, Frame, Quality, TagTable

FAR = 1.0  # of its range beyond which no failing transmitter sends a value, but a mistaken unit does
SCALES = (1000.0, 1e-3)  # what a unit that was mistaken makes of a value: kilo- and milli-
ALIKE = 0.05  # by how much the values of a mistaken unit may differ from that
LASTING = 0.5  # and how far they may move before their tag is taken to be well again
SIGNIFICANT = 0.02  # of its range: nearer to nought a value has no scale
FOLLOWING = 0.1  # share by which the usual value follows the last
LEAST_RATIO, MOST_RATIO = min(SCALES) / (1.0 - LASTING), max(SCALES) * (1.0 - LASTING)  # between them nothing is off
NONE: NDArray[np.intp] = np.empty(0, dtype=np.intp)


class Scales:
    """Holds each measurement with a range (m,) against that range and against what it usually is."""

    def __init__(self, tags: TagTable) -> None:
        self._tags = tags
        low, high = np.array([t.low for t in tags], dtype=float), np.array([t.high for t in tags], dtype=float)
        ranged = np.array([t.kind == "analog" for t in tags], dtype=bool) & np.isfinite(high - low) & (high > low)
        self._columns = np.flatnonzero(ranged)
        span = (high - low)[ranged]
        self._low, self._high = low[ranged] - FAR * span, high[ranged] + FAR * span
        self._least = SIGNIFICANT * span
        self._usual: Floats = np.full(len(span), np.nan)
        self._off: NDArray[np.bool_] = np.zeros(len(span), dtype=bool)
        self._any_off = False
        self._values = self._ratio = self._usual  # of the frame just seen

    def step(self, frame: Frame, whole: bool) -> NDArray[np.intp]:
        """Columns of what is wrong; ``whole``: all values of the frame are there and sound."""
        values = self._values = frame.values[self._columns]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = self._ratio = values / self._usual
            if whole and self._plain(values, ratio):
                self._usual = self._followed(values)
                return NONE
            known = np.isfinite(values) & (frame.quality[self._columns] < Quality.BAD)
            beyond = known & ((values < self._low) | (values > self._high))
            self._off = known & (_near(ratio, ALIKE) | (self._off & _near(ratio, LASTING)))
            self._any_off = bool(self._off.any())
            wrong = beyond | self._off
            self._usual = np.where(known & ~wrong, self._followed(values), self._usual)
        columns: NDArray[np.intp] = self._columns[wrong]
        return columns

    def forget(self) -> None:
        """Take nothing for off: a few are not the feed's, each is its own transmitter's."""
        if self._any_off:
            self._off[:] = False
            self._any_off = False

    def told(self, column: int) -> Evidence:
        """What may be told of one of those that are wrong: how many times its usual value it is, or what it says."""
        tag, place = self._tags[column], int(np.searchsorted(self._columns, column))
        ratio = float(self._ratio[place])
        if np.isfinite(ratio) and ratio != 0.0:
            return Evidence("scale", tag.name, float(f"{ratio:.3g}"), "", float(np.log10(abs(ratio))))
        return Evidence("scale", tag.name, float(self._values[place]), tag.unit, 1.0)

    def _plain(self, values: Floats, ratio: Floats) -> bool:
        """Whether nothing can be wrong, by a quick look. What rests at nought has no other unit."""
        if self._any_off or np.count_nonzero((values < self._low) | (values > self._high)):
            return False
        return not np.count_nonzero((ratio > MOST_RATIO) | ((ratio < LEAST_RATIO) & (ratio > 0.0)))

    def _followed(self, values: Floats) -> Floats:
        """The usual values after these; of those too near to nought there is none."""
        usual = values - self._usual
        usual *= FOLLOWING
        usual += self._usual
        np.copyto(usual, values, where=~np.isfinite(self._usual))
        usual[np.abs(usual) < self._least] = np.nan
        return usual


def _near(ratio: Floats, within: float) -> NDArray[np.bool_]:
    """Where a ratio is a mistaken unit's."""
    near = [(ratio > scale * (1.0 - within)) & (ratio < scale / (1.0 - within)) for scale in SCALES]
    return near[0] | near[1]
