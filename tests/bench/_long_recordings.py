"""Recordings of a month, or of the 100 GB class, made of a day again and again, as it lies in its chunks."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np

from twin.plant.reading import read
from twin.recordings.filters import get_ready
from twin.recordings.layout import CELL_ENCODING, LEVELS, PAGE
from twin.recordings.pages import write_pages

DAY = 86_400


def repeated(day: Path, path: Path, days: int, sparse: bool) -> None:
    """A file of many days, each the same; a sparse one has values in its first day only."""
    get_ready()
    with h5py.File(day, locking=False) as old, h5py.File(path, "w", libver=("v110", "v110")) as new:
        new.attrs.update(old.attrs)
        for name in old:
            if name not in ("overview", "blocks"):
                old.copy(name, new)
        blocks = np.tile(old["blocks"][()], days)
        later = np.repeat(np.arange(days), len(old["blocks"])) * DAY * 10**9
        blocks["first"] += later
        blocks["last"] += later
        new.create_dataset("blocks", data=blocks, chunks=(min(780, len(blocks)),), maxshape=(None,))
        old.copy("overview/60", new.create_group("overview"), "60")
        planes = [name for name in old["values"] if name.startswith("byte") and old["values"][name].shape[1]]
        grown = [f"values/{name}" for name in ("encoding", "upper", *planes)] + ["rows/at", "rows/arrived"]
        for name in (*grown, *(f"overview/60/{name}" for name in ("cells", "high", "encoding"))):
            _extend(new[name], 1 if sparse else days, days)
        _extend_times(new["overview/60/at"], days)
        if sparse:
            for level in LEVELS[1:]:
                _hollow(new, level)
        else:
            write_pages(new, [tag.step for tag in read().tags], closing=True)


def _extend(data: h5py.Dataset, filled: int, days: int) -> None:
    """The same chunks again and again, and for the days beyond ``filled`` nothing."""
    last = data.ndim - 1
    width = -(-data.shape[last] // data.chunks[last]) * data.chunks[last]
    there = _chunks(data) if filled > 1 else []
    data.resize(width * days, axis=last)
    chunks = [(offset, *data.id.read_direct_chunk(offset)) for offset in there]
    for day in range(1, filled):  # day after day, as a recorder lays them
        for offset, mask, packed in chunks:
            data.id.write_direct_chunk((*offset[:last], offset[last] + day * width), packed, mask)


def _chunks(data: h5py.Dataset) -> list[tuple[int, ...]]:
    """Where the chunks lie that were written.

    Of a dataset that grows along its last axis HDF5 1.14 tells a chunk's number, as if all chunks lay along that axis;
    the number counts the other axes first.
    """
    told: list[tuple[int, ...]] = []
    data.id.chunk_iter(lambda chunk: told.append(chunk.chunk_offset))
    if any(any(offset[:-1]) for offset in told):
        return told
    *others, length = data.chunks
    grid = [-(-size // chunk) for size, chunk in zip(data.shape, others, strict=False)]
    found = []
    for offset in told:
        along, rest = divmod(offset[-1] // length, math.prod(grid))
        places = np.unravel_index(rest, grid) if grid else ()
        found.append((*(int(n) * chunk for n, chunk in zip(places, others, strict=True)), along * length))
    return found


def _extend_times(data: h5py.Dataset, days: int) -> None:
    at = data[()]
    data.resize(len(at) * days, axis=0)
    data[()] = (at + np.arange(days)[:, np.newaxis] * DAY * 10**9).ravel()


def _hollow(file: h5py.File, level: int) -> None:
    """A level of an overview with times and no values."""
    group = file["overview"].create_group(str(level))
    at = file["overview/60/at"][:: level // LEVELS[0]]
    group["at"] = at
    count = len(file["overview/60/cells"])
    for name in ("cells", "high"):
        group.create_dataset(name, shape=(count, 4, len(at)), dtype="<i4", chunks=(1, 4, min(PAGE, len(at))))
    group.create_dataset("encoding", shape=(count, -(-len(at) // PAGE)), dtype=CELL_ENCODING, chunks=(count, 1))
