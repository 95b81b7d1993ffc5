"""What a frame costs as a station grows: 992, 10,000 and 200,000 tags; below 50 ms, and no faster than the tags.

Half of the tags beyond the reference station's are plain measurements with limits, the others have none. Rows: the
alarms, quiet and with one tag in a hundred standing; the learning layer; a whitened CUSUM on every tag, which learns;
the watcher of the data themselves; and the whole twin of the reference station among so many tags.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from twin.alarms.book import AlarmBook
from twin.alarms.metrics import Rates
from twin.alarms.rules import Rules
from twin.detectors.cusum import Cusum
from twin.detectors.feed import Feed
from twin.detectors.healthy import Healthy
from twin.detectors.learned import Learned
from twin.detectors.whitening import Whitening
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.plant.station import TagEntry
from twin.signals import Floats, Frame
from twin.simulation.plant import Plant

SIZES = (992, 10_000, 200_000)
START = 1_768_147_200.0
WARM, FRAMES = 20, 25
STANDING = 100  # one tag in so many, in the row that asks what standing alarms cost
BAR_MS = 50.0  # at the largest

Step = Callable[[Frame], object]


def _station(count: int) -> Station:
    """The reference station with so many tags."""
    reference = read()
    more = (
        TagEntry(name=f"XT-{n:06d}", equipment=f"X{n // 50}", unit="bar", range=(0, 10), L=L, H=H)
        for n in range(count - len(reference.tags))
        for L, H in (((1.0, 9.0) if n % 2 else (None, None)),)
    )
    file = reference.file.model_copy(update={"tags": (*reference.file.tags, *more)})
    return Station(file)


def _frames(station: Station, high: int = 0) -> Iterator[Frame]:
    """Healthy running; of the added tags each ``high``-th is beyond its limit, if that is not 0."""
    reference = read()
    plant = Plant(reference, 1, START)
    own, count = len(reference.tags), len(station.tags)
    random = np.random.default_rng(0)
    level = np.full(count - own, 5.0)
    if high:
        level[1::high] = 9.8
    for _ in range(WARM + FRAMES):
        frame = plant.step()
        values = np.concatenate((frame.values, level + 0.01 * random.normal(size=count - own)))
        quality = np.concatenate((frame.quality, np.zeros(count - own, dtype=np.uint8)))
        yield replace(frame, values=values, quality=quality, poses=(), events=())


def _alarms(station: Station) -> Step:
    book, rates = AlarmBook(Rules.of(station)), Rates()
    return lambda frame: rates.step(frame.at, book.step(frame))


def _learned(station: Station) -> Step:
    count = len(station.tags)
    one: Floats = np.ones(count)
    learned = Learned(Healthy(np.arange(count), {}, 400, 5.0 * one, one, one, one, one), count)
    return learned.step


def _cusum(station: Station) -> Step:
    count = len(station.tags)
    whitening, cusum = Whitening(np.full(count, 0.01)), Cusum(count, 0.5, 8.0)

    def step(frame: Frame) -> None:
        valid = np.isfinite(frame.values)
        new = whitening.innovations(frame.values - 5.0, valid)
        cusum.step(frame.at, new / whitening.innovation_sigma, valid)
        whitening.learn(frame.values - 5.0, new, valid & (cusum.level < 0.5))

    return step


def _feed(station: Station) -> Step:
    feed = Feed(station.tags, station.id)
    return lambda frame: feed.step(frame, False)


def _median_ms(step: Step, frames: list[Frame]) -> float:
    taken = []
    for frame in frames:
        began = time.perf_counter()
        step(frame)
        taken.append(1e3 * (time.perf_counter() - began))
    return float(np.median(taken[WARM:]))


def _figures(count: int) -> dict[str, float]:
    station = _station(count)
    quiet, loud = list(_frames(station)), list(_frames(station, STANDING))
    return {
        "alarms, quiet": _median_ms(_alarms(station), quiet),
        "alarms, 1 % of tags standing": _median_ms(_alarms(station), loud),
        "learning layer": _median_ms(_learned(station), quiet),
        "whitened CUSUM of each tag": _median_ms(_cusum(station), quiet),
        "watcher of the data": _median_ms(_feed(station), quiet),
        "the whole twin": _median_ms(Twin(station).step, quiet),
    }


def main() -> None:
    """Print milliseconds a frame, medians."""
    found = [_figures(count) for count in SIZES]
    print(f"{'ms a frame':32}" + "".join(f"{count:>10,}" for count in SIZES) + f"{'µs a thousand tags':>30}")
    for name in found[0]:
        taken = [figures[name] for figures in found]
        apiece = (f"{1e6 * ms / count:>10.1f}" for ms, count in zip(taken, SIZES, strict=True))
        print(f"{name:32}" + "".join(f"{ms:10.3f}" for ms in taken) + "".join(apiece))
    print(f"{'bar':32}{'':20}{BAR_MS:10.0f}   and no faster than the tags")


if __name__ == "__main__":
    main()
