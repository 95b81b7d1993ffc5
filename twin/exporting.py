"""``pumphouse export``: a recording into a file that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from twin.errors import StationError
from twin.recordings.exporters.extract import Extract, Progress, unheard
from twin.recordings.importers.summary import counted
from twin.recordings.recording import Recording
from twin.text import did_you_mean
from twin.thermography import Panorama, ThermalFrame
from twin.times import Span


def export(
    recording: Recording,
    out: Path,
    tags: Sequence[str] = (),
    span: Span | None = None,
    every: float | None = None,
    progress: Progress = unheard,
) -> int:
    """Write the tags that match any of the shell patterns (none: all) in a span; how many rows were written."""
    write = _WRITERS.get(out.suffix.lower())
    if write is None:
        remedy = f"Name a file that ends in {', '.join(list(_WRITERS)[:-1])} or {list(_WRITERS)[-1]}"
        raise StationError(out, "is no format that can be written", remedy)
    start, end = recording.span
    since, until = span.within(start, end) if span is not None else (float("-inf"), float("inf"))
    if every is not None and every <= 0:
        raise StationError(f"--every {every:g}", "is no interval", "Write it as 10s or 1min")
    return write(Extract(recording, _columns(recording, tags), since, until, every, progress), out)


def left_out(recording: Recording, out: Path, tags: Sequence[str] = ()) -> str:
    """What a recording holds that such an export does not, as a sentence; nothing where there is nothing."""
    kind = out.suffix.lower()
    whole = len(_columns(recording, tags)) == len(recording.tags)
    missing = [] if whole and kind != ".csv" else _beside(recording)
    if kind == ".csv":
        missing += _log(recording)
    told = [counted(count, noun, several) for noun, several, count in missing if count]
    told += _ALWAYS_LOST.get(kind, ())
    if not told:
        return ""
    return f"left out: {', '.join(told)}{'' if whole else _REMEDY_OF_A_PART}{_REMEDIES.get(kind, '')}"


def _beside(recording: Recording) -> list[tuple[str, str, int]]:
    """What there is beside values, which goes with all tags only: a word for one, for several, and how many."""
    return [
        ("thermal frame", "thermal frames", sum(recording.cameras(ThermalFrame).values())),
        ("panorama", "panoramas", sum(recording.cameras(Panorama).values())),
        ("track", "tracks", len(recording.robots())),
    ]


def _log(recording: Recording) -> list[tuple[str, str, int]]:
    """What happened, and what was said of it."""
    return [
        ("event", "events", len(recording.events(float("-inf"), float("inf")))),
        ("anomaly", "anomalies", len(recording.anomalies())),
        ("alarm", "alarms", len(recording.alarms())),
        ("annotation", "annotations", len(recording.annotations())),
    ]


def _columns(recording: Recording, patterns: Sequence[str]) -> list[int]:
    for pattern in patterns:
        if not recording.tags.matching(pattern):
            remedy = did_you_mean(pattern, recording.tags.names) or f"`pumphouse info {recording.path}` lists its tags"
            raise StationError(pattern, "matches no tag of the recording", remedy)
    return recording.tags.matching(*patterns) if patterns else list(range(len(recording.tags)))


def _csv(extract: Extract, out: Path) -> int:
    from twin.recordings.exporters.csv import write_csv

    return write_csv(extract, out)


def _parquet(extract: Extract, out: Path) -> int:
    from twin.recordings.exporters.parquet import write_parquet

    return write_parquet(extract, out)


def _mcap(extract: Extract, out: Path) -> int:
    from twin.recordings.exporters.mcap import write_mcap

    return write_mcap(extract, out)


_WRITERS: dict[str, Callable[[Extract, Path], int]] = {".csv": _csv, ".parquet": _parquet, ".mcap": _mcap}
_ALWAYS_LOST = {".csv": ("arrival times", "qualities"), ".mcap": ("arrival times",)}
_REMEDY_OF_A_PART = "; tracks and pictures come along where no tags are named"
_REMEDIES = {".csv": "; a .parquet file holds all of it", ".mcap": "; a .parquet file holds them"}
