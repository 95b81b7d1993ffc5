"""How tags are coded in each stretch, as it lies in the file: short, for it is read with every question.

What counts mean rarely changes, so a stretch only names one of the file's ways to count; and bases are of 32 bits, with
what is above them beside them for the few tags that have any.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.filters import append, bit_packed, growing
from twin.recordings.layout import CHUNK_CODED, ENCODING, WAY

WORD = 32  # bits of a base that stand together
WAYS_OF_A_STEP = 4  # by it or by its inverse, with a base of one word or of two
OTHER_WAYS = 20  # decimals, lists and bits, likewise


def prepare(values: h5py.Group, steps: Sequence[float], stretches: int) -> None:
    """Make the empty datasets, for so many stretches a block."""
    number = np.min_scalar_type(WAYS_OF_A_STEP * len(set(steps)) + OTHER_WAYS + 2**8)
    coding = np.dtype([("base", "<i4"), ("way", number.newbyteorder("<")), ("bytes", "u1"), ("running", "u1")])
    chunk = bit_packed((min(CHUNK_CODED, len(steps)), stretches))
    for name, kind in (("encoding", coding), ("upper", np.dtype("<i4"))):
        values.create_dataset(name, shape=(len(steps), 0), maxshape=(len(steps), None), dtype=kind, **chunk)
    growing(values, "ways", WAY)


def write(values: h5py.Group, encoding: NDArray[np.void], low: int, first: int) -> None:
    """Put down how slots from ``low`` on are coded in stretches from ``first`` on: ``encoding`` (k, s)."""
    lower = encoding["base"].astype("<i4")
    upper = (encoding["base"] - lower) >> WORD
    ways = np.zeros(len(encoding), WAY)
    ways["how"], ways["step"], ways["wide"] = encoding["how"][:, 0], encoding["step"][:, 0], upper.any(axis=1)
    told = np.zeros(encoding.shape, values["encoding"].dtype)
    told["base"], told["bytes"], told["running"] = lower, encoding["bytes"], encoding["running"]
    told["way"] = _numbered(values["ways"], ways)[:, np.newaxis]
    there = slice(low, low + len(told)), slice(first, first + told.shape[1])
    for name in ("encoding", "upper"):
        if values[name].shape[1] < there[1].stop:
            values[name].resize(there[1].stop, axis=1)
    values["encoding"][there] = told
    if upper.any():
        values["upper"][there] = upper


def _numbered(known: h5py.Dataset, ways: NDArray[np.void]) -> NDArray[np.intp]:
    """(k,) where each way is among those known; new ones are put to them."""
    numbers = {way.tobytes(): number for number, way in enumerate(known[()])}
    before = len(numbers)
    found = np.array([numbers.setdefault(way.tobytes(), len(numbers)) for way in ways], np.intp)
    append(known, np.frombuffer(b"".join(list(numbers)[before:]), WAY))
    return found


def understood(told: NDArray[np.void], way: NDArray[np.void], upper: NDArray[Any] | None) -> NDArray[np.void]:
    """What stands in the file, as ENCODING: with the way each is counted, and what is above its bases if there is."""
    found = np.empty(told.shape, ENCODING)
    for source, names in ((told, ("bytes", "running", "base")), (way, ("how", "step"))):
        for name in names:
            found[name] = source[name]
    if upper is not None:
        found["base"] += upper.astype(np.int64) << WORD
    return found
