"""``pumphouse import``: foreign files into one recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from twin.errors import StationError
from twin.plant.reading import Station
from twin.recordings.importers.foreign import Imported, Summary, import_sheet
from twin.recordings.importers.mapping import Map
from twin.recordings.recorder import Recorder

REPORTED = 500  # rows between two words on how far it is
LATER = {
    ".parquet": "Parquet files",
    ".mcap": "MCAP files",
    ".tum": "TUM trajectories",
    ".jpg": "thermal images",
    ".jpeg": "thermal images",
}

Progress = Callable[[float], None]


def import_files(
    paths: Sequence[Path], out: Path, station: Station | None, mapping: Map | None, progress: Progress
) -> list[Summary]:
    """Read files whose columns are alike, in order of time, into a recording. ``progress`` is told the share done."""
    for path in paths:
        if path.suffix.lower() in LATER:
            wrong = f"{LATER[path.suffix.lower()]} cannot be imported yet"
            raise StationError(path, wrong, "Convert it to CSV")
        if path.resolve() == out.resolve():
            raise StationError(path, "cannot be imported into itself", "Name another file with --out")
    sheets = sorted((import_sheet(path, station, mapping) for path in paths), key=lambda one: float(one.block.at[0]))
    _ensure_joined(sheets)
    total = sum(len(sheet.block) for sheet in sheets)
    done = 0
    known = next((sheet.station for sheet in sheets if sheet.station is not None), None)
    with Recorder(
        out, sheets[0].tags, known, source=", ".join(sheet.summary.path.name for sheet in sheets)
    ) as recorder:
        for sheet in sheets:
            for frame in sheet.frames():
                recorder.append(frame)
                done += 1
                if done % REPORTED == 0:
                    progress(done / total)
    return [sheet.summary for sheet in sheets]


def _ensure_joined(sheets: Sequence[Imported]) -> None:
    for before, after in pairwise(sheets):
        if after.tags.names != before.tags.names:
            wrong = f"has other columns than {before.summary.path.name}"
            raise StationError(after.summary.path, wrong, "Import files whose columns differ one by one")
        if after.block.at[0] < before.block.at[-1]:
            wrong = f"begins before {before.summary.path.name} ends"
            raise StationError(after.summary.path, wrong, "Import files that overlap one by one")
