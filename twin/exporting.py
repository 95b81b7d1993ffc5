"""``pumphouse export``: a recording into a file that other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twin.errors import StationError
from twin.recordings.exporters.csv import write_csv
from twin.recordings.recording import Recording
from twin.text import did_you_mean
from twin.times import Span

LATER = {".parquet": "Parquet", ".mcap": "MCAP"}


def export(
    recording: Recording, out: Path, tags: Sequence[str] = (), span: Span | None = None, every: float | None = None
) -> int:
    """Write the tags that match any of the shell patterns (none: all) in a span; how many rows were written."""
    if out.suffix.lower() in LATER:
        raise StationError(out, f"{LATER[out.suffix.lower()]} cannot be written yet", "Name a file that ends in .csv")
    if out.suffix.lower() != ".csv":
        raise StationError(out, "is no format that can be written", "Name a file that ends in .csv")
    start, end = recording.span
    wanted = span.within(start, end) if span is not None else (float("-inf"), float("inf"))
    if every is not None and every <= 0:
        raise StationError(f"--every {every:g}", "is no interval", "Write it as 10s or 1min")
    return write_csv(recording, out, _columns(recording, tags), wanted, every)


def _columns(recording: Recording, patterns: Sequence[str]) -> list[int]:
    for pattern in patterns:
        if not recording.tags.matching(pattern):
            remedy = did_you_mean(pattern, recording.tags.names) or f"`pumphouse info {recording.path}` lists its tags"
            raise StationError(pattern, "matches no tag of the recording", remedy)
    return recording.tags.matching(*patterns) if patterns else list(range(len(recording.tags)))
