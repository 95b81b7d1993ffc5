"""What others ask for the same day: raw HDF5, Parquet, DuckDB and MCAP, written the way each does it well."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import duckdb
import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer

from twin.signals import Floats, Qualities

MINMAX = 8  # tags


class Peer(Protocol):
    """One format. Rows are asked for by number, tags by column."""

    name: str

    def write(self, path: Path, at: Floats, values: Floats, quality: Qualities) -> None: ...

    def first(self, path: Path) -> object: ...

    def tag(self, path: Path, column: int) -> object: ...

    def instant(self, path: Path, row: int) -> object: ...

    def tags(self, path: Path, count: int) -> object: ...


class RawHdf5:
    """float64 and uint8, chunks of an hour of 8 tags."""

    name = "h5py, raw"

    def write(self, path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        with h5py.File(path, "w") as file:
            file["at"] = at
            file.create_dataset("values", data=values, chunks=(3600, 8))
            file.create_dataset("quality", data=quality, chunks=(3600, 8))

    def first(self, path: Path) -> object:
        return self.instant(path, 0)

    def tag(self, path: Path, column: int) -> object:
        with h5py.File(path) as file:
            return file["values"][:, column], file["quality"][:, column], file["at"][()]

    def instant(self, path: Path, row: int) -> object:
        with h5py.File(path) as file:
            return file["values"][row], file["quality"][row]

    def tags(self, path: Path, count: int) -> object:
        with h5py.File(path) as file:
            return _minmax(file["values"][:, :count])


class Parquet:
    """zstd, one row group."""

    name = "Parquet, zstd"

    def write(self, path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        pq.write_table(_table(at, values, quality), path, compression="zstd", row_group_size=len(at))

    def first(self, path: Path) -> object:
        return self.instant(path, 0)

    def tag(self, path: Path, column: int) -> object:
        return _arrays(pq.read_table(path, columns=["at", f"v{column}", f"q{column}"]))

    def instant(self, path: Path, row: int) -> object:
        return _arrays(pq.read_table(path).slice(row, 1))

    def tags(self, path: Path, count: int) -> object:
        return _minmax(np.stack(_arrays(pq.read_table(path, columns=[f"v{c}" for c in range(count)])), axis=1))


class DuckDb:
    """A table, a column a tag and a quality."""

    name = "DuckDB"

    def write(self, path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        told = _table(at, values, quality)
        with duckdb.connect(str(path)) as base:
            base.register("told", told)
            base.execute("create table day as select * from told")

    def first(self, path: Path) -> object:
        return self._asked(path, 'select * from day where "at" = (select min("at") from day)')

    def tag(self, path: Path, column: int) -> object:
        return self._asked(path, f'select "at", v{column}, q{column} from day')

    def instant(self, path: Path, row: int) -> object:
        return self._asked(path, f"select * from day where rowid = {row}")

    def tags(self, path: Path, count: int) -> object:
        names = ", ".join(f"min(v{c}), max(v{c})" for c in range(count))
        return self._asked(path, f"select {names} from day group by (rowid // 72)")

    def _asked(self, path: Path, words: str) -> object:
        with duckdb.connect(str(path), read_only=True) as base:
            return base.execute(words).fetchnumpy()


class Mcap:
    """A message a frame, float64 and uint8 packed, zstd."""

    name = "MCAP, zstd"

    def write(self, path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        with path.open("wb") as file:
            writer = Writer(file, compression=CompressionType.ZSTD)
            writer.start()
            channel = writer.register_channel("frames", "packed", writer.register_schema("frame", "", b""))
            for row, stamp in enumerate((at * 1e9).astype(np.int64).tolist()):
                writer.add_message(channel, stamp, values[row].tobytes() + quality[row].tobytes(), stamp)
            writer.finish()

    def first(self, path: Path) -> object:
        return next(self._frames(path))

    def tag(self, path: Path, column: int) -> object:
        return np.array([np.frombuffer(data, np.float64, 1, 8 * column)[0] for data in self._frames(path)])

    def instant(self, path: Path, row: int) -> object:
        with path.open("rb") as file:
            reader = make_reader(file)
            summary = reader.get_summary()
            assert summary is not None
            assert summary.statistics is not None
            start = summary.statistics.message_start_time + row * 1_000_000_000
            return next(reader.iter_messages(start_time=start))[2].data

    def tags(self, path: Path, count: int) -> object:
        return _minmax(np.stack([np.frombuffer(data, np.float64, count) for data in self._frames(path)]))

    def _frames(self, path: Path) -> Any:
        with path.open("rb") as file:
            for _, _, message in make_reader(file).iter_messages():
                yield message.data


PEERS: tuple[Peer, ...] = (RawHdf5(), Parquet(), DuckDb(), Mcap())


def _table(at: Floats, values: Floats, quality: Qualities) -> pa.Table:
    columns = {"at": at}
    for column in range(values.shape[1]):
        columns[f"v{column}"] = np.ascontiguousarray(values[:, column])
        columns[f"q{column}"] = np.ascontiguousarray(quality[:, column])
    return pa.table(columns)


def _arrays(table: pa.Table) -> list[Any]:
    return [column.to_numpy() for column in table.columns]


def _minmax(values: Floats) -> tuple[Floats, Floats]:
    """(1200, k) lowest and highest."""
    starts = np.linspace(0, len(values), 1200, endpoint=False).astype(np.intp)
    return np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
