"""What others ask for the same day: raw HDF5, Parquet, DuckDB and MCAP, written the way each does it well.

Each is held open between questions, as ours is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
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

BUCKETS = 1200
FLUSHED, INSERTED = 200, 8  # frames appended where an append is slow, or very slow


class Opened(Protocol):
    """A file that is asked. Rows are asked for by number, tags by column."""

    def tag(self, column: int) -> object: ...

    def instant(self, row: int) -> object: ...

    def drawn(self, columns: Sequence[int]) -> object: ...

    def close(self) -> None: ...


class Peer(Protocol):
    """One format."""

    name: str

    def __call__(self, path: Path) -> Opened: ...

    @staticmethod
    def write(path: Path, at: Floats, values: Floats, quality: Qualities) -> None: ...

    @staticmethod
    def appended(path: Path, values: Floats) -> list[float]:
        """What each frame took until the system had it [s]; none where it takes no frames one by one."""
        ...


class RawHdf5:
    """float64 and uint8, chunks of an hour of 8 tags."""

    name = "h5py, raw"

    def __init__(self, path: Path) -> None:
        self._file = h5py.File(path)

    def close(self) -> None:
        self._file.close()

    @staticmethod
    def write(path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        with h5py.File(path, "w") as file:
            file["at"] = at
            file.create_dataset("values", data=values, chunks=(3600, 8))
            file.create_dataset("quality", data=quality, chunks=(3600, 8))

    @staticmethod
    def appended(path: Path, values: Floats) -> list[float]:
        spent = []
        with h5py.File(path, "w") as file:
            data = file.create_dataset("values", (0, values.shape[1]), "f8", maxshape=(None, None), chunks=(3600, 8))
            for row, told in enumerate(values[:FLUSHED]):
                began = time.perf_counter()
                data.resize(row + 1, axis=0)
                data[row] = told
                file.flush()
                spent.append(time.perf_counter() - began)
        return spent

    def tag(self, column: int) -> object:
        return self._file["values"][:, column], self._file["quality"][:, column], self._file["at"][()]

    def instant(self, row: int) -> object:
        return self._file["values"][row], self._file["quality"][row]

    def drawn(self, columns: Sequence[int]) -> object:
        return _minmax(np.stack([self._file["values"][:, column] for column in columns], axis=1))


class Parquet:
    """zstd, one row group."""

    name = "Parquet"

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path)

    def close(self) -> None:
        self._file.close()

    @staticmethod
    def write(path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        pq.write_table(_table(at, values, quality), path, compression="zstd", row_group_size=len(at))

    @staticmethod
    def appended(path: Path, values: Floats) -> list[float]:
        return []

    def tag(self, column: int) -> object:
        return _arrays(self._file.read(columns=["at", f"v{column}", f"q{column}"]))

    def instant(self, row: int) -> object:
        return _arrays(self._file.read().slice(row, 1))

    def drawn(self, columns: Sequence[int]) -> object:
        return _minmax(np.stack(_arrays(self._file.read(columns=[f"v{c}" for c in columns])), axis=1))


class DuckDb:
    """A table, a column a tag and a quality."""

    name = "DuckDB"

    def __init__(self, path: Path) -> None:
        self._base = duckdb.connect(str(path), read_only=True)

    def close(self) -> None:
        self._base.close()

    @staticmethod
    def write(path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        told = _table(at, values, quality)
        with duckdb.connect(str(path)) as base:
            base.register("told", told)
            base.execute("create table day as select * from told")

    @staticmethod
    def appended(path: Path, values: Floats) -> list[float]:
        names = ", ".join(f"v{column} double" for column in range(values.shape[1]))
        holes = ", ".join("?" * values.shape[1])
        spent = []
        with duckdb.connect(str(path)) as base:
            base.execute(f"create table day ({names})")
            for told in values[:INSERTED].tolist():
                began = time.perf_counter()
                base.execute(f"insert into day values ({holes})", told)
                spent.append(time.perf_counter() - began)
        return spent

    def tag(self, column: int) -> object:
        return self._asked(f'select "at", v{column}, q{column} from day')

    def instant(self, row: int) -> object:
        return self._asked(f"select * from day where rowid = {row}")

    def drawn(self, columns: Sequence[int]) -> object:
        names = ", ".join(f"min(v{c}), max(v{c})" for c in columns)
        return self._asked(f"select {names} from day group by (rowid // 72)")

    def _asked(self, words: str) -> object:
        return self._base.execute(words).fetchnumpy()


class Mcap:
    """A message a frame, float64 and uint8 packed, zstd."""

    name = "MCAP"

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._reader = make_reader(self._file)
        summary = self._reader.get_summary()
        assert summary is not None
        assert summary.statistics is not None
        self._start = summary.statistics.message_start_time

    def close(self) -> None:
        self._file.close()

    @staticmethod
    def write(path: Path, at: Floats, values: Floats, quality: Qualities) -> None:
        with path.open("wb") as file:
            writer, channel = _writer(file)
            for row, stamp in enumerate((at * 1e9).astype(np.int64).tolist()):
                writer.add_message(channel, stamp, values[row].tobytes() + quality[row].tobytes(), stamp)
            writer.finish()

    @staticmethod
    def appended(path: Path, values: Floats) -> list[float]:
        spent = []
        quality = bytes(values.shape[1])
        with path.open("wb") as file:
            writer, channel = _writer(file)
            for row, told in enumerate(values):
                began = time.perf_counter()
                writer.add_message(channel, row, told.tobytes() + quality, row)
                file.flush()
                spent.append(time.perf_counter() - began)
            writer.finish()
        return spent

    def tag(self, column: int) -> object:
        return np.array([np.frombuffer(data, np.float64, 1, 8 * column)[0] for data in self._frames()])

    def instant(self, row: int) -> object:
        return next(self._reader.iter_messages(start_time=self._start + row * 1_000_000_000))[2].data

    def drawn(self, columns: Sequence[int]) -> object:
        chosen = list(columns)
        return _minmax(np.stack([np.frombuffer(data, np.float64, len(data) // 9)[chosen] for data in self._frames()]))

    def _frames(self) -> Iterator[bytes]:
        for _, _, message in self._reader.iter_messages():
            yield message.data


PEERS: tuple[Peer, ...] = (RawHdf5, Parquet, DuckDb, Mcap)


def _writer(file: Any) -> tuple[Writer, int]:
    writer = Writer(file, compression=CompressionType.ZSTD)
    writer.start()
    return writer, writer.register_channel("frames", "packed", writer.register_schema("frame", "", b""))


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
    starts = np.linspace(0, len(values), BUCKETS, endpoint=False).astype(np.intp)
    return np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
