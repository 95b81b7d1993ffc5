"""Sealing: a journal's content becomes a block of codes, small and quick to ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.codes import encoded
from twin.recordings.journal import Content
from twin.recordings.layout import BLOCKS, CHUNK_TAGS, POSE, QUALITY_CHANGE, STRETCH
from twin.signals import Qualities

GZIP = 4  # harder costs twice the time for a twentieth of the size


def write_block(file: h5py.File, content: Content, steps: Sequence[float]) -> None:
    """Add a block to a recording; ``steps`` (n,) are those of its tags."""
    blocks = file[BLOCKS]
    rows = content.rows
    group = blocks.create_group(f"{len(blocks):06d}")
    group.attrs.update({"rows": len(rows), "stretch": STRETCH, **_ends(rows)})
    _write(group, "at", rows["at"])
    _write(group, "arrived", rows["arrived"])
    coded = encoded(rows["values"], steps)
    _write(group, "encoding", coded.encoding)
    for bits, codes in coded.codes.items():
        _write(group, f"codes{bits}", codes, (CHUNK_TAGS, STRETCH))
    _write(group, "floats", coded.floats, (CHUNK_TAGS, STRETCH))
    _write(group, "table", coded.table)
    _write(group, "quality", quality_changes(rows["quality"]))
    _write(group, "log", np.frombuffer(content.log, "u1"))
    _write(group, "tracks", content.poses.astype(POSE))
    for name, count in (("rows", len(rows)), ("lines", content.lines), ("poses", len(content.poses))):
        blocks.attrs[name] = int(blocks.attrs[name]) + count


def quality_changes(quality: Qualities) -> NDArray[np.void]:
    """Where a block's qualities (rows, n) change, from every tag good before it."""
    before = np.vstack([np.zeros((1, quality.shape[1]), np.uint8), quality[:-1]])
    row, column = np.nonzero(quality != before) if len(quality) else (np.empty(0, int), np.empty(0, int))
    changes = np.zeros(len(row), QUALITY_CHANGE)
    changes["row"], changes["column"] = row, column
    changes["quality"] = quality[row, column] if len(quality) else 0
    return changes


def _ends(rows: NDArray[np.void]) -> dict[str, int]:
    return {"first": int(rows["at"][0]), "last": int(rows["at"][-1])} if len(rows) else {"first": 0, "last": 0}


def _write(group: h5py.Group, name: str, data: NDArray[Any], chunk: tuple[int, ...] = (2**14,)) -> None:
    if data.size:
        chunks = tuple(min(size, limit) for size, limit in zip(data.shape, chunk, strict=True))
        group.create_dataset(name, data=data, chunks=chunks, shuffle=True, compression="gzip", compression_opts=GZIP)
    else:
        group.create_dataset(name, shape=data.shape, dtype=data.dtype)
