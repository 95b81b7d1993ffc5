"""The format of a recording, version 1: what lies where in the file. recordings/README.md tells it to other readers.

A recording that has been closed holds its header and its sealed blocks::

    /                       format, version
    /header                 one line of JSON: format, program, source, station_digest
    /station                the station file as it was, text
    /tags                   a line of JSON a tag, in column order
    /blocks                 rows, lines, poses: how much all blocks hold together
    /blocks/000000/         rows, first, last, stretch
        at, arrived         (rows,) whole nanoseconds
        encoding            (tags,) how each tag is coded in this block
        codes16, codes32    (k, rows) differences of codes, a tag a row
        floats              (k, rows) values of the tags that have no codes
        table               (m,) distinct values, which some codes point into
        quality             (c,) where the quality of a tag changes
        log                 lines of JSON: events, anomalies, alarms
        tracks              (p,) poses of the robots

One that is being written, or whose writer was killed, also holds a journal, and a user block before the HDF5 file
proper (:mod:`twin.recordings.commit`)::

    /journal/a, /journal/b
        rows                (capacity,) frames as they came
        tracks              (capacity,) poses
        log                 lines of JSON

Rows, lines and poses are numbered through the whole recording, from 1. What a journal holds beyond the numbers that the
blocks hold is the end of the recording; anything else in it is left over and not looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

FORMAT = "pumphouse-recording"
VERSION = 1

HEADER = "header"
"""Says again what format it is: HDF5 keeps text attributes where no checksum guards them, and damaged may never come
to the end of reading one."""
STATION = "station"
TAGS = "tags"
BLOCKS = "blocks"
JOURNAL = "journal"
JOURNALS = ("a", "b")

STRETCH = 600  # rows: differences start anew after so many, and so do chunks
CHUNK_TAGS = 16
JOURNAL_BYTES = 32 * 2**20  # about an hour of the reference station
LOG_BYTES = 2**20
LOG_ROOM = 2**16  # a line longer than this is not written
LARGEST_BLOCK = 2**20  # rows; a file that claims more is damaged

RAW, TIMES, OVER, LISTED = range(4)
"""How a value comes back from its code c: as it is; ``c * step``; ``c / step``; ``table[c]``."""

ENCODING = np.dtype([("how", "u1"), ("store", "u1"), ("slot", "<u4"), ("base", "<i8"), ("step", "<f8")])
"""``store`` is the bits of the code (16, 32) or 64 for a value in ``floats``; ``slot`` its row there; ``base`` is
added to every code; ``step`` is what a code counts, and for a listed value nothing."""

QUALITY_CHANGE = np.dtype([("row", "<u4"), ("column", "<u4"), ("quality", "u1")])
"""From this row of the block on, this tag has this quality; a block begins with every tag good."""

POSE = np.dtype(
    [("position", "<f8", (3,)), ("orientation", "<f8", (4,)), ("robot", "S64"), ("at", "<i8"), ("number", "<u8")]
)


def row_type(columns: int) -> np.dtype[Any]:
    """One frame in the journal. Its number stands last: it is there once everything before it is."""
    start = columns * 8 + -(-columns // 8) * 8
    return np.dtype(
        {
            "names": ["values", "quality", "arrived", "at", "checksum", "number"],
            "formats": [("<f8", (columns,)), ("u1", (columns,)), "<i8", "<i8", "<u8", "<u8"],
            "offsets": [0, columns * 8, start, start + 8, start + 16, start + 24],
            "itemsize": start + 32,
        }
    )


CHECKED = -16
"""The checksum of a row is the CRC-32 of its bytes up to here."""


def journal_rows(columns: int) -> int:
    """Rows a journal has room for: whole stretches."""
    return max(1, min(60, JOURNAL_BYTES // (row_type(columns).itemsize * STRETCH))) * STRETCH
