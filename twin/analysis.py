"""``pumphouse analyse``: the detectors over a recording or a CSV file, as fast as they go."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from twin import __version__
from twin.alarms.book import Alarm
from twin.alarms.metrics import AlarmLoad
from twin.detectors.anomaly import Anomaly
from twin.detectors.learned import Learned
from twin.errors import StationError
from twin.pipeline import Snapshot, Twin
from twin.plant.reading import Station
from twin.recordings.importers.foreign import Imported
from twin.recordings.recording import Recording
from twin.signals import Block, Floats, TagTable
from twin.telling import alarm_told, anomaly_told
from twin.times import iso

REPORTED = 500  # rows between two words on how far it is
ALARMING_Z = 5.0  # standard deviations at which a residual by itself is near an alarm

T = TypeVar("T")
Progress = Callable[[float], None]
Row = tuple[float, float, bool]  # time, score, anomaly


@dataclass(frozen=True)
class Data:
    """What is to be analysed: a recording, or a file of foreign data, which is held whole."""

    name: str
    tags: TagTable
    station: Station | None
    span: tuple[float, float]
    rows: int
    blocks: Callable[[], Iterator[Block]]
    between: Callable[[float, float], Block]
    order: Floats | None = None

    @classmethod
    def of_recording(cls, recording: Recording, station: Station | None) -> Data:
        """A recording, with the station that is to be believed. No detector looks at poses or events: none are read."""

        def blocks() -> Iterator[Block]:
            return _ahead(recording.blocks(float("-inf"), float("inf")))

        name = str(recording.path)
        return cls(name, recording.tags, station, recording.span, recording.row_count, blocks, recording.range)

    @classmethod
    def of_sheet(cls, imported: Imported) -> Data:
        """A CSV file as it lies."""
        block = imported.block

        def between(since: float, until: float) -> Block:
            return block[slice(*np.searchsorted(block.at, [since, until]))]

        def blocks() -> Iterator[Block]:
            yield block

        span = (float(block.at[0]), float(block.at[-1]))
        name = str(imported.summary.path)
        order = imported.order.astype(np.float64)
        return cls(name, imported.tags, imported.station, span, len(block), blocks, between, order)


def _ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, the next being read while one is judged."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = reader.submit(next, blocks, None)
            yield block


class Scores:
    """A score for each row of the input, in 17 bytes each: a month of seconds takes 44 MB."""

    def __init__(self) -> None:
        self._at, self._score, self._anomalous = array("d"), array("d"), array("b")

    def append(self, at: float, score: float, anomalous: bool) -> None:
        """One more row."""
        self._at.append(at)
        self._score.append(score)
        self._anomalous.append(anomalous)

    def __len__(self) -> int:
        return len(self._at)

    def __getitem__(self, row: int) -> Row:
        return self._at[row], self._score[row], bool(self._anomalous[row])

    def __iter__(self) -> Iterator[Row]:
        return (self[row] for row in range(len(self)))


@dataclass
class Findings:
    """What an analysis found. ``rows`` are the scores, a row each; ``unchecked`` says what could not be checked."""

    data: Data
    anomalies: dict[int, Anomaly] = field(default_factory=dict)
    alarms: dict[int, Alarm] = field(default_factory=dict)
    rows: Scores = field(default_factory=Scores)
    unchecked: tuple[str, ...] = ()
    alarm_load: AlarmLoad | None = None

    def note(self, snapshot: Snapshot, score: float, anomalous: bool) -> None:
        """Take in what one frame came to."""
        self.anomalies |= {anomaly.id: anomaly for anomaly in snapshot.changed_anomalies}
        self.alarms |= {alarm.id: alarm for alarm in snapshot.changed_alarms}
        self.rows.append(snapshot.frame.at, score, anomalous)

    def told(self) -> dict[str, Any]:
        """As ``--events`` writes it."""
        data = self.data
        return {
            "recording": data.name,
            "station": data.station.id if data.station is not None else None,
            "model_version": __version__,
            "span": [iso(end) for end in data.span],
            "anomalies": [anomaly_told(anomaly) for anomaly in self.anomalies.values()],
            "alarms": [alarm_told(alarm) for alarm in self.alarms.values()],
        }

    def summary(self) -> dict[str, Any]:
        """The same with the load of alarms, for whoever reads the table."""
        return {**self.told(), "alarm_load": asdict(self.alarm_load) if self.alarm_load is not None else None}


def analyse(data: Data, healthy: tuple[float, float] | None, progress: Progress) -> Findings:
    """Run the detectors over data, front to back. ``healthy`` [s, POSIX] is a span they may learn from.

    A station with pumps is judged by its model; anything else by what its healthy span teaches.
    """
    if not data.rows:
        raise StationError(data.name, "holds no frames", "Name a recording with data")
    since, until = data.span
    if healthy is not None and (healthy[1] <= since or healthy[0] > until):
        lies = f"It lasts from {iso(since)} to {iso(until)}"
        raise StationError("--healthy", f"names a span that {data.name} does not reach", lies)
    findings = Findings(data)
    if data.station is not None and data.station.pumps:
        _by_model(data, healthy, findings, progress)
    else:
        _by_learning(data, healthy, findings, progress)
    return findings


def write_events(findings: Findings, path: Path) -> None:
    """Write the findings as JSON."""
    _write(path, [json.dumps(findings.told(), ensure_ascii=False, indent=1), "\n"])


def write_scores(findings: Findings, path: Path) -> None:
    """Write ``time,score,anomaly``, a row for each row of the input, in its order."""
    rows: Iterable[Row] = findings.rows
    if findings.data.order is not None:
        rows = (findings.rows[int(i)] for i in np.argsort(findings.data.order, kind="stable"))
    lines = (f"{iso(at)},{score:.6g},{int(anomaly)}\n" for at, score, anomaly in rows)
    _write(path, chain(["time,score,anomaly\n"], lines))


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        wrong = f"cannot be written: {(error.strerror or '').lower()}"
        raise StationError(path, wrong, "Name a place where files can be written") from None


# ---- row by row -----------------------------------------------------------------------------------------------------


def _by_model(data: Data, healthy: tuple[float, float] | None, findings: Findings, progress: Progress) -> None:
    twin = Twin(data.station, data.tags, healthy=healthy)
    findings.unchecked = tuple(text.en for text in twin.unchecked)
    for snapshot in _counted((snapshot for block in data.blocks() for snapshot in twin.run(block)), data, progress):
        findings.note(snapshot, _score(snapshot), bool(snapshot.anomalies))
    findings.alarm_load = twin.alarm_load


def _score(snapshot: Snapshot) -> float:
    """How near the worst residual is to an alarm; at least 1 while an anomaly stands, and less while none does."""
    z = np.abs(snapshot.residuals.z[snapshot.residuals.valid])
    worst = float(np.fmax.reduce(z, initial=0.0)) / ALARMING_Z
    return max(worst, 1.0) if snapshot.anomalies else min(worst, 0.999)


def _by_learning(data: Data, healthy: tuple[float, float] | None, findings: Findings, progress: Progress) -> None:
    if healthy is None:
        wrong = "has no pump model to be judged by"
        raise StationError(data.name, wrong, "Say which span of it is healthy, such as --healthy +0..+400")
    learned = Learned.fit(data.between(*healthy), data.tags)
    findings.unchecked = tuple(f"{name}: {why}" for name, why in learned.healthy.left_out.items())
    twin = Twin(data.station, data.tags, learned)
    last = (0.0, False)
    for frame in _counted((frame for block in data.blocks() for frame in block.frames()), data, progress):
        if frame.at < healthy[1]:  # what was learned from is not judged by what it taught
            findings.rows.append(frame.at, 0.0, False)
            continue
        snapshot = twin.step(frame)
        if snapshot.score is not None:
            last = (snapshot.score.value, snapshot.score.anomaly)
        findings.note(snapshot, *last)  # a row of the same time as the one before is not judged anew


def _counted(each: Iterable[T], data: Data, progress: Progress) -> Iterator[T]:
    for number, one in enumerate(each, 1):
        yield one
        if number % REPORTED == 0:
            progress(number / data.rows)
