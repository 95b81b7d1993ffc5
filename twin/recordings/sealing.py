"""Sealing: a journal's content becomes a block of codes, small and quick to ask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings import album, coding
from twin.recordings.codes import encoded
from twin.recordings.filters import append, bit_packed, growing, packed
from twin.recordings.journal import Content
from twin.recordings.layout import (
    BLOCK,
    BLOCKS,
    BYTES,
    CHUNK_CODED,
    CHUNK_TAGS,
    LOG,
    PAIR,
    POSE,
    QUALITY,
    QUALITY_CHANGE,
    ROWS,
    STRETCH,
    TRACKS,
    VALUELESS,
    VALUES,
)
from twin.recordings.pictures import records
from twin.signals import Floats, Qualities, TagTable
from twin.times import NO_TIME, Nanoseconds


def prepare(file: h5py.File, tags: TagTable, places: int) -> None:
    """Make the empty datasets that blocks will fill, each block with room for so many rows."""
    count, stretches = len(tags), places // STRETCH
    growing(file, BLOCKS, BLOCK)
    values = file.create_group(VALUES)
    values.attrs.update({"stretch": STRETCH, "places": places})
    slots = slots_of(tags)
    values.create_dataset("slots", data=slots, **packed((count,)))
    coding.prepare(values, [tag.step for tag in tags], stretches)
    chunk = (min(CHUNK_TAGS, count), STRETCH // PAIR.itemsize)
    for byte in range(BYTES):
        values.create_dataset(f"byte{byte}", shape=(count, 0), maxshape=(count, None), dtype=PAIR, **bit_packed(chunk))
    growing(values, "table", "<f8")
    rows = file.create_group(ROWS)
    for name in ("at", "arrived"):
        rows.create_dataset(name, shape=(0,), maxshape=(None,), dtype="<i8", **bit_packed((places,)))
    growing(file, QUALITY, QUALITY_CHANGE)
    growing(file, LOG, "u1")
    growing(file, TRACKS, POSE)
    album.prepare(file)


def slots_of(tags: TagTable) -> NDArray[np.uint32]:
    """(n,) where each tag lies: like beside like, so that what rarely changes shares chunks that are all zero."""
    order = sorted(
        range(len(tags)), key=lambda c: (tags[c].kind, tags[c].period, tags[c].unit, tags[c].measures, tags[c].step, c)
    )
    slots = np.empty(len(tags), np.uint32)
    slots[order] = np.arange(len(tags), dtype=np.uint32)
    return slots


def rearranged(slots: NDArray[np.uint32], told: Floats, steps: Floats) -> NDArray[np.uint32]:
    """(n,) slots again, the tags with the longest codes in front and those at rest at the end, by their first values
    (rows, n): an instant then asks for few chunks of the higher bytes, and for none of what never moved."""
    columns = np.argsort(slots)
    groups = [columns[low : low + CHUNK_CODED] for low in range(0, len(columns), CHUNK_CODED)]
    needed = np.concatenate([_bytes_about(told[:, some], steps[some]) for some in groups])
    found = np.empty_like(slots)
    found[columns[np.argsort(-needed, kind="stable")]] = np.arange(len(slots), dtype=np.uint32)
    return found


def _bytes_about(told: Floats, steps: Floats) -> Floats:
    """(k,) about how many bytes the codes of tags (rows, k) will have."""
    with np.errstate(invalid="ignore", over="ignore"):  # of infinities; they take all there are
        spread = np.fmax.reduce(told) - np.fmin.reduce(told)
        jump = np.fmax.reduce(np.abs(np.diff(told, axis=0, prepend=told[:1])))
        counts = np.fmin(spread, jump) / np.where(steps > 0, steps, np.finfo(np.float64).eps)
        digits = np.log2(2.0 * np.nan_to_num(counts, nan=0.0, posinf=2.0**62) + 1.0)
    needed: Floats = np.ceil(np.minimum(digits / 8.0, float(BYTES)))
    return needed


def write_block(file: h5py.File, content: Content, steps: Sequence[float]) -> None:
    """Add a block to a recording; ``steps`` (n,) are those of its tags."""
    rows = content.rows
    values = file[VALUES]
    number = len(file[BLOCKS])
    start = number * int(values.attrs["places"])
    if len(rows):
        told = np.ascontiguousarray(rows["values"].T).T  # tag by tag in memory, as it will be taken
        if not number:
            values["slots"][...] = rearranged(values["slots"][()], told, np.asarray(steps))
        _write_values(values, told, np.asarray(steps), start)
    said = np.zeros(1, BLOCK)
    said["rows"], said["lines"], said["poses"] = len(rows), content.lines, len(content.poses)
    said["log_bytes"] = len(content.log)
    said["first"], said["last"], said["period"], said["delay"], said["even"] = _write_times(file, rows, start)
    changes = quality_changes(rows["quality"], rows["values"])
    said["changes"] = len(changes)
    append(file[QUALITY], changes)
    append(file[LOG], np.frombuffer(content.log, "u1"))
    poses = content.poses.astype(POSE)
    append(file[TRACKS], poses)
    pictures = [picture for _, picture in records(memoryview(content.pictures))]
    entries = album.put(file, pictures)
    said["pictures"] = len(entries)
    seen = chain.from_iterable((entry.tobytes(), of) for entry, (_, of) in zip(entries, pictures, strict=True))
    stretches = ((rows["values"][s : s + STRETCH], rows["quality"][s : s + STRETCH]) for s in _starts(len(rows)))
    said["sha256"][0] = np.frombuffer(digest(rows["at"], rows["arrived"], stretches, content.log, poses, seen), "u1")
    append(file[BLOCKS], said)


def digest(
    at: Nanoseconds,
    arrived: Nanoseconds,
    stretches: Iterable[tuple[Floats, Qualities]],
    log: bytes,
    poses: NDArray[np.void],
    pictures: Iterable[bytes] = (),
) -> bytes:
    """The SHA-256 of what a block holds, however it is coded."""
    found = hashlib.sha256()
    for times in (at, arrived):
        found.update(np.ascontiguousarray(times).tobytes())
    for values, quality in stretches:
        found.update(np.where(np.isnan(values), np.nan, values).tobytes())
        found.update(np.ascontiguousarray(quality).tobytes())
    found.update(log)
    found.update(poses.tobytes())
    for part in pictures:
        found.update(part)
    return found.digest()


def quality_changes(quality: Qualities, values: Floats) -> NDArray[np.void]:
    """Where a block's qualities (rows, n) change, from every tag good and there before it."""
    told = quality | np.where(np.isnan(values), np.uint8(VALUELESS), np.uint8(0))
    before = np.vstack([np.zeros((1, told.shape[1]), np.uint8), told[:-1]])
    row, column = np.nonzero(told != before) if len(told) else (np.empty(0, int), np.empty(0, int))
    changes = np.zeros(len(row), QUALITY_CHANGE)
    changes["row"], changes["column"] = row, column
    changes["quality"] = told[row, column] if len(told) else 0
    return changes


def _write_values(values: h5py.Group, told: Floats, steps: Floats, start: int) -> None:
    """The values (rows, n) of a block, some tags at a time."""
    count = told.shape[1]
    columns = np.argsort(values["slots"][()])
    for low in range(0, count, CHUNK_CODED):
        some = columns[low : low + CHUNK_CODED]
        coded = encoded(told[:, some], steps[some].tolist(), len(values["table"]))
        coding.write(values, coded.encoding, low, start // STRETCH)
        append(values["table"], coded.table)
        planes = coded.codes.astype("<u8", copy=False).view(np.uint8).reshape(*coded.codes.shape, BYTES)
        for byte in range(int(coded.encoding["bytes"].max())):
            _write_plane(values[f"byte{byte}"], planes[..., byte], low, start)


def _write_plane(data: h5py.Dataset, plane: NDArray[np.uint8], low: int, start: int) -> None:
    """One byte of codes (k, rows), in pairs of rows, where it is not zero in all of a chunk."""
    pairs = np.pad(plane, ((0, 0), (0, plane.shape[1] % PAIR.itemsize))).view(PAIR)
    begin, breadth = start // PAIR.itemsize, STRETCH // PAIR.itemsize
    if data.shape[1] < begin + pairs.shape[1]:
        data.resize(begin + pairs.shape[1], axis=1)
    for tag in range(0, len(pairs), CHUNK_TAGS):
        for first in range(0, pairs.shape[1], breadth):
            chunk = pairs[tag : tag + CHUNK_TAGS, first : first + breadth]
            if chunk.any():
                place = begin + first
                data[low + tag : low + tag + len(chunk), place : place + chunk.shape[1]] = chunk


def _write_times(file: h5py.File, rows: NDArray[Any], start: int) -> tuple[int, int, int, int, bool]:
    """Times as differences from regular ones; ``(first, last, period, delay, even)`` of their block."""
    blocks, times = file[BLOCKS], file[ROWS]
    if not len(rows):
        last = int(blocks[-1]["last"]) if len(blocks) else 0
        return last, last, 0, 0, False
    at, arrived = rows["at"], rows["arrived"]
    first, last = int(at[0]), int(at[-1])
    period = int(np.median(np.diff(at))) if len(at) > 1 else 0
    late = np.where(arrived == NO_TIME, NO_TIME, arrived - at)
    odd, delay = at - regular(first, period, len(at)), int(late[0])
    for name, told in (("at", odd), ("arrived", late)):
        times[name].resize(start + len(at), axis=0)
        if told.any():
            times[name][start:] = told
    return first, last, period, delay, not odd.any() and bool((late == delay).all())


def regular(first: int | Nanoseconds, period: int | Nanoseconds, rows: int) -> Nanoseconds:
    """(rows,) times from a first one on; of several blocks (b, 1), (b, rows)."""
    times: Nanoseconds = period * np.arange(rows, dtype=np.int64)
    times += first
    return times


def _starts(rows: int) -> range:
    return range(0, rows, STRETCH)
