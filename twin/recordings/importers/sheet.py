"""A text file of columns as it lies: its separator found out, its cells as they are written."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin import times
from twin.errors import StationError
from twin.signals import Floats

SEPARATORS = ",;\t"
LARGEST = 2 * 2**30
WANTED = "Name a CSV file with a header line"

_FOREIGN = (
    (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, not CSV"),
    (b"PAR1", "is a Parquet file, not CSV"),
    (b"\x89MCAP0\r\n", "is an MCAP file, not CSV"),
    (b"glTF", "is a 3D model, not CSV"),
    (b"\xff\xd8\xff", "is a JPEG image, not CSV"),
    (b"PK\x03\x04", "is a workbook or an archive, not CSV"),
)
_WORDS = {"true": 1.0, "on": 1.0, "yes": 1.0, "false": 0.0, "off": 0.0, "no": 0.0}
_MISSING = frozenset(("", "nan", "null", "none", "na", "n/a", "-"))


class Sheet(Protocol):
    """Columns of a foreign file, (rows) long each."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns, in their order."""
        ...

    def __len__(self) -> int: ...

    def texts(self, name: str) -> Sequence[str]:
        """The cells of a column as text."""
        ...

    def numbers(self, name: str) -> tuple[Floats, NDArray[np.bool_]]:
        """A column as numbers (rows,), NaN where a cell is empty or is none; and where it is none."""
        ...

    def times(self, name: str, zone: tzinfo) -> Floats:
        """A column as POSIX seconds; what has no offset is local to ``zone``. Raises StationError."""
        ...

    def place(self, row: int) -> str:
        """Where a row stands in the file, for people."""
        ...


@dataclass(frozen=True)
class TextSheet:
    """``names`` of the columns, and the cells of each as text, (rows) long; ``lines`` (rows) says where they stood."""

    path: Path
    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, name: str) -> tuple[str, ...]:
        return self.columns[self.names.index(name)]

    def numbers(self, name: str) -> tuple[Floats, NDArray[np.bool_]]:
        comma = self.separator != ","
        return numbers_of(self.texts(name), comma)

    def times(self, name: str, zone: tzinfo) -> Floats:
        return times_of(self, self.texts(name), zone)

    def place(self, row: int) -> str:
        return f"line {self.lines[row]}"


def numbers_of(cells: Sequence[str], comma: bool = False) -> tuple[Floats, NDArray[np.bool_]]:
    """Cells as numbers, NaN where one is empty or none; and where it is none. A ``comma`` may be a decimal point."""
    values = np.array([_number(cell, comma) for cell in cells], dtype=np.float64)
    unreadable = np.isinf(values)
    values[unreadable] = np.nan
    return values, unreadable


def times_of(sheet: Sheet, cells: Sequence[str], zone: tzinfo) -> Floats:
    """Cells of a sheet as POSIX seconds."""
    at = np.empty(len(cells))
    for row, cell in enumerate(cells):
        try:
            at[row] = times.posix(cell, zone)
        except (ValueError, OverflowError):
            wrong = f"{sheet.place(row)}: '{cell}' is not a time"
            raise StationError(sheet.path, wrong, "Write ISO 8601 or POSIX seconds") from None
    return at


def read_sheet(path: Path) -> TextSheet:
    """Read a CSV file. Raises StationError for whatever is none."""
    lines = list(_lines(path))
    if not lines:
        raise StationError(path, "holds no header line", WANTED)
    separator = max(SEPARATORS, key=lines[0][1].count)
    rows = _rows(path, lines, separator)
    names = tuple(name.strip() for name in rows[0])
    _ensure_distinct(path, names)
    body = rows[1:]
    for (number, _), row in zip(lines[1:], body, strict=True):
        if len(row) != len(names):
            wrong = f"line {number} has {len(row)} cells and the header has {len(names)}"
            raise StationError(path, wrong, "Correct the line")
    if not body:
        raise StationError(path, "holds a header and no rows", "Name a file with data")
    columns = tuple(zip(*body, strict=True))
    return TextSheet(path, names, columns, tuple(number for number, _ in lines[1:]), separator)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """``(number, text)`` of each line that holds something and is no comment."""
    for number, line in enumerate(_text(path).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _rows(path: Path, lines: list[tuple[int, str]], separator: str) -> list[list[str]]:
    reader = csv.reader((text for _, text in lines), delimiter=separator, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        number = lines[min(reader.line_num, len(lines)) - 1][0]
        raise StationError(path, f"line {number} is not CSV: {error}", "Correct the line") from None
    if len(rows) != len(lines):
        raise StationError(path, "holds a cell that goes over several lines", "Keep every row on a line")
    return rows


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise StationError(path, "is a directory, not a CSV file", WANTED)
        if path.stat().st_size > LARGEST:
            raise StationError(path, "is larger than 2 GB", "Import it in several parts")
        data = path.read_bytes()
    except FileNotFoundError:
        raise StationError(path, "there is no such file", WANTED) from None
    except OSError as error:
        raise StationError(path, f"cannot be read: {(error.strerror or '').lower()}", "Make it readable") from None
    for mark, wrong in _FOREIGN:
        if data.startswith(mark):
            raise StationError(path, wrong, WANTED)
    if not data.strip():
        raise StationError(path, "is empty", WANTED)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StationError(path, "is not UTF-8 text", "Save it as CSV in UTF-8") from None
    if "\0" in text:
        raise StationError(path, "holds binary data, not CSV", WANTED)
    return text


def _ensure_distinct(path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if not name:
            raise StationError(path, "has a column without a name", "Give every column a name")
        if names.count(name) > 1:
            raise StationError(path, f"names two columns '{name}'", "Give each column a name of its own")


def _number(cell: str, comma: bool) -> float:
    """NaN for a missing value, infinity for what is no number. ``comma``: it may stand for the decimal point."""
    try:
        number = float(cell)
    except ValueError:
        return _unusual(cell.strip().lower(), comma)
    return number


def _unusual(cell: str, comma: bool) -> float:
    if cell in _MISSING:
        return np.nan
    if cell in _WORDS:
        return _WORDS[cell]
    if comma and cell.count(",") == 1 and "." not in cell:
        return _number(cell.replace(",", "."), comma=False)
    return np.inf
