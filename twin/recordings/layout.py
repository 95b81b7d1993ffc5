"""The format of a recording, version 4: what lies where in the file. recordings/README.md tells it to other readers.

A recording that has been closed holds its header and what was sealed::

    /                       format, version
    /header                 one line of JSON: format, program, source, station_digest
    /station                the station file as it was, text
    /tags                   a line of JSON a tag, in column order
    /blocks                 (b,) what each block holds, and its hash
    /values                 stretch, places
        slots               (tags,) where each tag lies in the datasets below
        encoding, upper     (tags, stretches) how each tag is coded in each stretch
        ways                (w,) ways to count, which they name
        byte0 … byte7       (tags, places / 2) codes, a byte each, lowest first; what was never written is zero
        table               (m,) distinct values, which some codes point into
    /rows/at, arrived       (places,) times, as differences from what was expected
    /quality                (c,) where the quality of a tag changes
    /log                    lines of JSON: events, anomalies, alarms
    /tracks                 (p,) poses of the robots
    /pictures/list          (q,) what pictures there are: thermal frames and panoramas
        counts/120x160, …   (f, rows, columns) thermal frames of that size as counts of a step
        values/120x160, …   (f, rows, columns) the same as temperatures, where they count no step
        jpeg                panoramas, one after the other
    /annotations            lines of JSON, and room for more
    /overview/60, 600, …    cells, high, encoding, at: the same reduced

A row's *place* is its number within its block plus the block's number times ``places``, the room of a block. One that
is being written, or whose writer was killed, also holds a journal, and a user block before the HDF5 file proper
(:mod:`twin.recordings.commit`)::

    /journal/a, /journal/b
        rows                (capacity,) frames as they came
        tracks              (capacity,) poses
        log                 lines of JSON
        pictures            each with its entry of the list, a CRC-32 and its bytes

Rows, lines, poses and pictures are numbered through the whole recording, from 1. What a journal holds beyond the
numbers that the blocks hold is the end of the recording; anything else in it is left over and not looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

FORMAT = "pumphouse-recording"
VERSION = 4

HEADER = "header"
"""Says again what format it is: HDF5 keeps text attributes where no checksum guards them, and damaged may never come
to the end of reading one."""
STATION = "station"
TAGS = "tags"
BLOCKS = "blocks"
VALUES = "values"
ROWS = "rows"
QUALITY = "quality"
LOG = "log"
TRACKS = "tracks"
PICTURES = "pictures"
LIST = f"{PICTURES}/list"
JPEG = f"{PICTURES}/jpeg"
ANNOTATIONS = "annotations"
OVERVIEW = "overview"
JOURNAL = "journal"
JOURNALS = ("a", "b")

STRETCH = 600  # rows, an even number: codes start anew after so many, and so do chunks
CHUNK_TAGS = 32
CHUNK_CODED = 128  # tags: how they are coded is small
PAIR = np.dtype("<u2")
"""A byte of the codes of two rows, the earlier first: Bitshuffle turns words of two bytes in half the time."""
BYTES = 8  # of a code at most
JOURNAL_BYTES = 33 * 2**20  # an hour of the reference station
LOG_BYTES = 2**20
LOG_ROOM = 2**16  # a line longer than this is not written
PICTURE_BYTES = 2**25  # an hour of four thermal cameras of 120 × 160 pixels, each looking every 15 s
ANNOTATION_ROOM = 2**16  # bytes; set aside when a recording is begun
LARGEST_BLOCK = 2**20  # rows; a file that claims more is damaged

CELL = 60  # rows in one cell of the finest overview; each further level takes ten times as many
LEVELS = tuple(CELL * 10**power for power in range(5))
PAGE = 1440  # cells of a tag that are stored together

RAW, TIMES, OVER, LISTED = range(4)
"""How a value comes back from its count c: as the bits of a float64; ``c * step``; ``c / step``; ``table[c]``."""

ENCODING = np.dtype([("how", "u1"), ("bytes", "u1"), ("running", "u1"), ("base", "<i8"), ("step", "<f8")])
"""``bytes`` are used of a code; ``running`` codes are differences from the row before, others from ``base``; ``step``
is what a count counts, and for a listed or a raw value nothing. In the file it stands shorter
(:mod:`twin.recordings.coding`)."""

WAY = np.dtype([("how", "u1"), ("wide", "u1"), ("step", "<f8")])
"""A way to count; ``wide`` where bases have more than 32 bits."""

CELL_ENCODING = np.dtype([("how", "u1"), ("step", "<f8")])

QUALITY_CHANGE = np.dtype([("row", "<u4"), ("column", "<u4"), ("quality", "u1")])
"""From this row of the block on, this tag has this quality; a block begins with every tag good."""
VALUELESS = 0x80
"""Added to a quality: there is no value, which is NaN."""

BLOCK = np.dtype(
    [
        ("rows", "<u4"),
        ("lines", "<u4"),
        ("log_bytes", "<u4"),
        ("poses", "<u4"),
        ("changes", "<u4"),
        ("pictures", "<u4"),
        ("first", "<i8"),
        ("last", "<i8"),
        ("period", "<i8"),
        ("delay", "<i8"),
        ("even", "u1"),
        ("sha256", "u1", (32,)),
    ]
)
"""How much of everything one block holds, its first and last time, the time expected from row to row, and its hash.

Where ``even`` is 1, every row came when it was expected and was ``delay`` late, or NO_TIME where nobody knows: what
``/rows`` says of such a block need not be looked at.
"""

POSE = np.dtype(
    [("position", "<f8", (3,)), ("orientation", "<f8", (4,)), ("robot", "S64"), ("at", "<i8"), ("number", "<u8")]
)

PANORAMA, COUNTED, FLOATING = range(3)
"""What a picture is: a panorama, as a JPEG file; a thermal frame as counts of a step; one as float32."""

NOTHING_SEEN = np.iinfo(np.int16).min
"""The count of a pixel that says nothing."""

PICTURE = np.dtype(
    [
        ("kind", "u1"),
        ("camera", "S64"),
        ("at", "<i8"),
        ("position", "<f8", (3,)),
        ("orientation", "<f8", (4,)),
        ("emissivity", "<f8"),
        ("field_of_view", "<f8", (2,)),
        ("rows", "<u4"),
        ("columns", "<u4"),
        ("step", "<f8"),
        ("place", "<u8"),
        ("size", "<u4"),
        ("number", "<u8"),
    ]
)
"""One picture, whose ``size`` bytes lie at ``place``: a frame of the dataset of its size, or a byte of all JPEGs."""


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
    """Rows a journal, and so a block, has room for: whole stretches."""
    return max(1, min(40, JOURNAL_BYTES // (row_type(columns).itemsize * STRETCH))) * STRETCH
