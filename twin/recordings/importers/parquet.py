"""Parquet files: our own exports come back as they were, foreign ones are sheets as CSV files are."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import notes, times
from twin.errors import StationError
from twin.plant.reading import Station, parse
from twin.recordings.importers.beside import PICTURES, POSES, Pictures, damage, tracks
from twin.recordings.importers.foreign import imported
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.sheet import numbers_of, times_of
from twin.recordings.importers.summary import Summary, counted
from twin.recordings.importers.taken import Later, Taken
from twin.recordings.logbook import Entry, entries, tags_from_text
from twin.recordings.memory import Track
from twin.signals import Block, Floats, Qualities, Quality, TagTable

OWN_DATA, OWN_TAGS = b"pumphouse.data", b"pumphouse.tags"
OWN_STATION, OWN_LOG, OWN_NOTES = b"pumphouse.station", b"pumphouse.log", b"pumphouse.notes"
"""What our own exports say in the metadata of their schema."""
TIME, ARRIVED, QUALITY = "time", "arrived", ".quality"
LARGEST = 2 * 2**30  # bytes of a foreign file, unpacked: it is read at once
DAMAGED_PICTURE = "pictures that are damaged"
WANTED = "Name a Parquet file with a time column and columns of numbers"


def import_parquet(path: Path, station: Station | None, mapping: Map) -> Taken:
    """Read a Parquet file. Raises StationError for whatever is none."""
    import pyarrow.parquet as pq

    with _damage_said(path):
        file = pq.ParquetFile(path, thrift_string_size_limit=2**27, thrift_container_size_limit=2**24)
        said = dict(file.schema_arrow.metadata or {})
        return _own(path, file, said) if OWN_TAGS in said else _foreign(path, file, station, mapping)


@contextlib.contextmanager
def _damage_said(path: Path) -> Iterator[None]:
    """Turns what Arrow says of a damaged file into a sentence."""
    try:
        yield
    except _damage():
        raise StationError(path, "is a Parquet file that is damaged or was never finished", WANTED) from None


def _damage() -> tuple[type[Exception], ...]:
    import pyarrow as pa

    return (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)


# ---- our own --------------------------------------------------------------------------------------------------------


def _own(path: Path, file: Any, said: dict[bytes, bytes]) -> Taken:
    try:
        tags = tags_from_text(said[OWN_TAGS])
        station = parse(said[OWN_STATION].decode()) if OWN_STATION in said else None
        told = notes.from_text(said.get(OWN_NOTES, b""))
    except (ValueError, TypeError, KeyError, AttributeError, StationError):
        raise StationError(path, "says of itself what cannot be understood", "Export it anew") from None
    wanted = {TIME, ARRIVED, *tags.names, *(name + QUALITY for name in tags.names)}
    if not wanted <= set(file.schema_arrow.names):
        raise StationError(path, "lacks columns that its own tag table names", "Export it anew")
    summary = Summary(path, columns=list(tags.names))
    rows = _Rows(file, tags, summary)
    since, until = rows.ends()
    if math.isnan(since):
        raise StationError(path, "holds no row that can be read", "Export it anew")
    data = said.get(OWN_DATA, b"").decode("utf-8", "replace")
    reduced = data if data.startswith("reduced") else ""
    noted: tuple[Entry, ...] = tuple(entry for _, entry in entries(said.get(OWN_LOG, b"")))
    taken = Taken(tags, station, rows.blocks, since, until, summary, rows.tracks(), noted, reduced)
    return replace(taken, pictures=rows.pictures(), notes=told, in_rows=True)


class _Rows:
    """The rows of one of our own exports, a row group at a time."""

    def __init__(self, file: Any, tags: TagTable, summary: Summary) -> None:
        self._file = file
        self._tags = tags
        self._summary = summary

    def ends(self) -> tuple[float, float]:
        """The times of the first and the last row; NaN where none can be read. Counts rows and damaged row groups."""
        found = []
        for group in range(self._file.num_row_groups):
            try:
                at = _seconds(self._file.read_row_group(group, columns=[TIME]).column(TIME))
            except _damage():
                self._skip(group)
                continue
            self._summary.rows += len(at)
            found.append(at)
        at = np.concatenate(found) if found else np.empty(0)
        if not len(at):
            return math.nan, math.nan
        if (np.diff(at) < 0).any():
            raise StationError(self._summary.path, "has rows that go back in time", "Export it anew")
        return float(at[0]), float(at[-1])

    def blocks(self) -> Iterator[Block]:
        """Row groups that can be read, in their order."""
        for group in range(self._file.num_row_groups):
            block = self._block(group)
            if block is not None and len(block):
                yield block

    def _block(self, group: int) -> Block | None:
        names = self._tags.names
        try:
            table = self._file.read_row_group(group, columns=[TIME, ARRIVED, *names, *(n + QUALITY for n in names)])
            values = np.stack([_floats(table.column(name)) for name in names], axis=1)
            quality = np.stack([_qualities(table.column(name + QUALITY)) for name in names], axis=1)
            return Block(_seconds(table.column(TIME)), values, quality, _seconds(table.column(ARRIVED)))
        except _damage():
            if self._skip(group):
                self._summary.rows -= self._file.metadata.row_group(group).num_rows
            return None

    def tracks(self) -> tuple[Track, ...]:
        """The robots' poses that came with the rows."""
        try:
            found = tracks(self._flat, self._file.num_row_groups) if self._has(POSES) else ()
        except damage():
            self._summary.skipped.append("the robots' poses, which are damaged")
            return ()
        self._summary.poses = {track.robot: len(track.at) for track in found}
        return found

    def pictures(self) -> tuple[Later, ...]:
        """The pictures that came with the rows."""
        source = Pictures(self._flat, self._lose_picture)
        found: list[Later] = []
        for group in range(self._file.num_row_groups) if self._has(PICTURES) else ():
            try:
                found += source.of(group)
            except damage():
                self._summary.skipped.append(f"the pictures of row group {group}, which are damaged")
        if found:
            self._summary.remarks.append(f"taken too: {counted(len(found), 'picture')}")
        return tuple(found)

    def _has(self, name: str) -> bool:
        return name in self._file.schema_arrow.names

    def _flat(self, group: int, path: str) -> Any:
        return self._file.read_row_group(group, columns=[path]).column(0).combine_chunks().flatten()

    def _lose_picture(self) -> None:
        if DAMAGED_PICTURE not in self._summary.skipped:
            self._summary.skipped.append(DAMAGED_PICTURE)

    def _skip(self, group: int) -> bool:
        """Say that a row group is left out; whether that is news."""
        said = f"row group {group}, which is damaged"
        if said in self._summary.skipped:
            return False
        self._summary.skipped.append(said)
        return True


def _seconds(column: Any) -> Floats:
    """Timestamps as POSIX seconds; NaN for none."""
    import pyarrow as pa

    counted = column.cast(pa.timestamp("ns", "UTC")).cast(pa.int64()).fill_null(int(times.NO_TIME))
    return times.seconds(counted.to_numpy())


def _floats(column: Any) -> Floats:
    return np.array(column.to_numpy(), dtype=np.float64)


def _qualities(column: Any) -> Qualities:
    told: Qualities = column.fill_null(int(Quality.MISSING)).to_numpy().astype(np.uint8)
    return np.minimum(told, np.uint8(Quality.MISSING))


# ---- foreign --------------------------------------------------------------------------------------------------------


def _foreign(path: Path, file: Any, station: Station | None, mapping: Map) -> Taken:
    if sum(file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)) > LARGEST:
        raise StationError(path, "is larger than 2 GB", "Import it in several parts")
    sheet = ParquetSheet(path, file.read())
    if not len(sheet):
        raise StationError(path, "holds no rows", WANTED)
    return imported(sheet, station, mapping).taken()


class ParquetSheet:
    """A foreign table as a sheet: nested columns hold no numbers, words are read as the cells of a CSV file are."""

    def __init__(self, path: Path, table: Any) -> None:
        self.path = path
        self.names: tuple[str, ...] = tuple(table.column_names)
        self._table = table
        if len(set(self.names)) != len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise StationError(path, f"names two columns '{twice}'", "Give each column a name of its own")

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def place(self, row: int) -> str:
        return f"row {row + 1}"

    def texts(self, name: str) -> Sequence[str]:
        return ["" if cell is None else str(cell) for cell in self._plain(name).to_pylist()]

    def numbers(self, name: str) -> tuple[Floats, NDArray[np.bool_]]:
        import pyarrow as pa

        column = self._plain(name)
        kind = column.type
        if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
            values = _floats(column.cast(pa.float64(), safe=False))
            values[np.isinf(values)] = np.nan
            return values, np.zeros(len(values), np.bool_)
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_decimal(kind):
            return numbers_of(self.texts(name))
        return np.full(len(self), np.nan), np.zeros(len(self), np.bool_)

    def times(self, name: str, zone: tzinfo) -> Floats:
        import pyarrow as pa

        column = self._plain(name)
        kind = column.type
        if pa.types.is_date(kind):
            column = column.cast(pa.timestamp("s"))
        elif not pa.types.is_timestamp(kind):
            return times_of(self, self.texts(name), zone)
        if column.null_count:
            wrong = f"{self.place(column.to_pylist().index(None))} has no time"
            raise StationError(self.path, wrong, "Leave out rows without a time")
        at = _seconds(column.cast(pa.timestamp("ns")))
        return at if getattr(kind, "tz", None) or zone is UTC else np.array([_local(instant, zone) for instant in at])

    def _plain(self, name: str) -> Any:
        """A column without its dictionary."""
        import pyarrow as pa

        column = self._table.column(name)
        return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _local(told: float, zone: tzinfo) -> float:
    """What a clock of that zone told, as POSIX seconds."""
    whole = math.floor(told)
    return datetime.fromtimestamp(whole, UTC).replace(tzinfo=zone).timestamp() + (told - whole)
