"""A recording as a wide CSV file: a time column, a column a tag, in the tags' own units."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import numpy as np

from twin import times
from twin.errors import StationError
from twin.recordings.recording import Recording
from twin.signals import Block, Floats

REDUCED = "# reduced: the last row of every {every:g} s"


def write_csv(
    recording: Recording, path: Path, columns: list[int], span: tuple[float, float], every: float | None = None
) -> int:
    """Write some columns of a span; ``every`` [s] keeps the last row of each such stretch. How many rows were written.

    Every number is written with as many digits as bring it back; what is missing is an empty cell.
    """
    written = 0
    with _whole(path) as file:
        if every is not None:
            file.write(REDUCED.format(every=every) + "\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time", *(recording.tags[column].name for column in columns)])
        for block in _thinned(recording.blocks(*span, columns), span[0], every):
            for at, row in zip(_stamps(block.at), block.values.tolist(), strict=True):
                writer.writerow([at, *map(_cell, row)])
            written += len(block)
    return written


def _thinned(blocks: Iterator[Block], since: float, every: float | None) -> Iterator[Block]:
    """The last row of each stretch, which is known once the next one begins."""
    if every is None:
        yield from blocks
        return
    held: Block | None = None
    for block in blocks:
        joined = block if held is None else _joined(held, block)
        stretch = np.floor((joined.at - since) / every)
        last = np.append(np.flatnonzero(np.diff(stretch)), len(joined) - 1)
        yield _rows(joined, last[:-1])
        held = _rows(joined, last[-1:])
    if held is not None:
        yield held


def _rows(block: Block, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Block:
    return replace(
        block, at=block.at[rows], values=block.values[rows], quality=block.quality[rows], arrived=block.arrived[rows]
    )


def _joined(first: Block, second: Block) -> Block:
    return Block(
        np.concatenate([first.at, second.at]),
        np.concatenate([first.values, second.values]),
        np.concatenate([first.quality, second.quality]),
        np.concatenate([first.arrived, second.arrived]),
    )


def _stamps(at: Floats) -> Iterator[str]:
    for instant in at.tolist():
        stamp = times.iso(instant, digits=3)
        yield stamp if times.posix(stamp) == instant else times.iso(instant, digits=6)


def _cell(value: float) -> str:
    return "" if value != value else repr(value).removesuffix(".0")


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """A text file that is there once it is whole."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        wrong = f"cannot be written: {os.strerror(error.errno).lower() if error.errno else 'unknown'}"
        raise StationError(path, wrong, "Name a place with room where files can be written") from None
    finally:
        part.unlink(missing_ok=True)
