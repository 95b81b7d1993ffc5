"""What a healthy span says of each column by itself: its noise, how long it remembers, how far it went.

Nothing here knows what a column means: neither its name nor its unit is looked at, only its values and whether it is a
label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import StationError
from twin.plant.measures import LABEL
from twin.signals import Block, Floats, Quality, TagTable

FEWEST_ROWS = 60
SETTLING = 40  # rows in which the followed level finds its place; not judged
COLUMNS_AT_ONCE = 64  # for the Fourier transforms of a long span

NOISE_OF_MAD = 1.4826  # standard deviation of a normal distribution over its median absolute deviation


@dataclass(frozen=True)
class Healthy:
    """A healthy span, column by column, for the ``m`` columns that can be judged.

    Attributes
    ----------
    columns : (m,)       Which columns of the frame.
    left_out             Why the others cannot be judged, by tag name.
    rows : int           How long the span was.
    level : (m,)         The followed level at its end, in the tag's unit.
    noise : (m,)         Root mean square of the departures from the followed level.
    scale : (m,)         Robust spread of the values themselves.
    width : (m,)         All the column did: largest less smallest value.
    memory : (m,)        Integrated autocorrelation time of the departures. [rows]
    """

    columns: NDArray[np.intp]
    left_out: dict[str, str]
    rows: int
    level: Floats
    noise: Floats
    scale: Floats
    width: Floats
    memory: Floats

    @property
    def independent(self) -> Floats:
        """(m,) How many independent values the span is worth, a column each."""
        return (self.rows - SETTLING) / self.memory


def learn(block: Block, tags: TagTable, follow: float) -> Healthy:
    """Learn the columns of a healthy span.

    Parameters
    ----------
    block      The span: nothing but these rows is looked at.
    tags       Its columns; those that measure a label are left out.
    follow     Share of a departure by which the level follows, each row. [-]
    """
    if len(block) < FEWEST_ROWS:
        wrong = f"has {len(block)} rows, too few to learn from"
        raise StationError("the healthy span", wrong, f"Give at least {FEWEST_ROWS} rows of healthy running")
    usable = np.isfinite(block.values) & (block.quality <= Quality.UNCERTAIN)
    left_out = {
        tag.name: why for column, tag in enumerate(tags) if (why := _unfit(tag.measures, block, usable, column))
    }
    columns = np.array([column for column, tag in enumerate(tags) if tag.name not in left_out], dtype=np.intp)
    values = _filled(block.values[:, columns], usable[:, columns])
    middle = np.median(values, axis=0)
    spread = values.std(axis=0)
    scale = np.maximum(NOISE_OF_MAD * np.median(np.abs(values - middle), axis=0), spread / 2)
    calm = np.clip(values, middle - 5 * scale, middle + 5 * scale)  # a few outliers shall not stretch the noise
    departures, level = departures_from_level(calm, follow)
    settled = departures[SETTLING:]
    return Healthy(
        columns=columns,
        left_out=left_out,
        rows=len(block),
        level=level,
        noise=np.sqrt(np.mean(settled**2, axis=0)),
        scale=scale,
        width=np.ptp(values, axis=0),
        memory=memory(settled),
    )


def departures_from_level(values: Floats, follow: float) -> tuple[Floats, Floats]:
    """(t, m) What each row adds to a level that follows the rows before it, and the level (m,) after the last."""
    level = values[: SETTLING // 2].mean(axis=0)
    departures = np.empty_like(values)
    for row, value in enumerate(values):
        departures[row] = value - level
        level = level + follow * departures[row]
    return departures, level


def memory(series: Floats) -> Floats:
    """Integrated autocorrelation time of each column (t, m): rows that one independent value is worth, at least 1.

    Sums the autocorrelations pair by pair until a pair is no longer positive, each pair held to be no larger than the
    one before: the correlations of a long lag are mostly noise.

    References
    ----------
    C. J. Geyer, "Practical Markov chain Monte Carlo", Statistical Science 7 (1992) 473-483, section 3.3.
    """
    rows = len(series)
    centred = series - series.mean(axis=0)
    parts = np.array_split(centred, max(1, centred.shape[1] // COLUMNS_AT_ONCE), axis=1)
    lengths: Floats = np.concatenate([_memory(part, rows) for part in parts])
    return lengths


def _memory(centred: Floats, rows: int) -> Floats:
    spectrum = np.fft.rfft(centred, 2 * rows, axis=0)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=0)[:rows]
    correlation = covariance / np.maximum(covariance[0], np.finfo(np.float64).tiny)
    even = rows - rows % 2
    pairs = correlation[0:even:2] + correlation[1:even:2]
    positive = np.logical_and.accumulate(pairs > 0, axis=0)
    falling = np.minimum.accumulate(np.where(positive, pairs, 0.0), axis=0)
    times: Floats = np.maximum(1.0, 2.0 * falling.sum(axis=0) - 1.0)
    return times


def _unfit(measures: str, block: Block, usable: NDArray[np.bool_], column: int) -> str:
    """Why a column cannot be judged, or ''."""
    if measures == LABEL:
        return "is a label, not a signal"
    values = block.values[usable[:, column], column]
    if len(values) < len(block) / 2:
        return "is missing in more than half of the healthy span"
    if len(np.unique(values)) < 3:
        return "takes fewer than three values in the healthy span, so its spread is not known"
    return ""


def _filled(values: Floats, usable: NDArray[np.bool_]) -> Floats:
    """Gaps filled by the value before them, and at the beginning by the first there is."""
    rows = np.where(usable, np.arange(len(values))[:, None], -1)
    latest = np.maximum.accumulate(rows, axis=0)
    first = np.argmax(usable, axis=0)
    filled: Floats = np.take_along_axis(values, np.where(latest < 0, first, latest), axis=0)
    return filled
