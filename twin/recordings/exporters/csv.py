"""A recording as a wide CSV file: a time column, a column a tag, in the tags' own units."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from twin import times
from twin.recordings.exporters.extract import Extract
from twin.recordings.exporters.whole import whole
from twin.signals import Floats


def write_csv(extract: Extract, path: Path) -> int:
    """How many rows were written.

    Every number is written with as many digits as bring it back; what is missing is an empty cell. A comment before
    the header says how a reduced file was reduced; a raw one begins with its header, as other programs want it.
    """
    written = 0
    with whole(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        if extract.every is not None:
            text.write(f"# {extract.said}\n")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["time", *(tag.name for tag in extract.tags)])
        for block in extract.blocks():
            for at, row in zip(_stamps(block.at), block.values.tolist(), strict=True):
                writer.writerow([at, *map(_cell, row)])
            written += len(block)
        text.detach()
    return written


def _stamps(at: Floats) -> Iterator[str]:
    for instant in at.tolist():
        stamp = times.iso(instant, digits=3)
        yield stamp if times.posix(stamp) == instant else times.iso(instant, digits=6)


def _cell(value: float) -> str:
    return "" if value != value else repr(value).removesuffix(".0")
