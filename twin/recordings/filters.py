"""How datasets are packed, with a checksum a chunk so that no flipped byte goes unseen.

A chunk of codes takes 25 µs to unpack with Bitshuffle and LZ4 and 60 with Zstandard, which makes it a tenth smaller:
LZ4 for what is asked for in many chunks at once, Zstandard for all else.
"""

from __future__ import annotations

import math
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

ZSTD, BITSHUFFLE = 32015, 32008  # as registered with the HDF Group
LZ4 = 2  # what Bitshuffle is told, after how much of a chunk it is to turn at once
ZSTANDARD = (0, 3, 1)  # as much as it likes, packed with Zstandard at its quickest
LEVEL = 1  # harder costs time and saves nothing on codes
SMALL = 2**16  # bytes of a list in one chunk


def get_ready() -> None:
    """Let HDF5 know Zstandard. Takes some 50 ms, once."""
    import hdf5plugin  # noqa: F401 - importing it registers its filters


def packed(chunks: tuple[int, ...], shuffle: bool = True) -> dict[str, Any]:
    """What ``create_dataset`` is to be told."""
    get_ready()
    return {
        "chunks": chunks,
        "shuffle": shuffle,
        "compression": ZSTD,
        "compression_opts": (LEVEL,),
        "fletcher32": True,
    }


def bit_packed(chunks: tuple[int, ...]) -> dict[str, Any]:
    """The same for what is asked for in many chunks: its bits turned, all of a chunk at once, and packed with LZ4."""
    at_once = max(8, math.prod(chunks) // 8 * 8)
    return packed(chunks, shuffle=False) | {"compression": BITSHUFFLE, "compression_opts": (at_once, LZ4)}


def turned(chunks: tuple[int, ...]) -> dict[str, Any]:
    """The same for pictures: their bits turned, and packed with Zstandard, for they are asked for one by one."""
    return packed(chunks, shuffle=False) | {"compression": BITSHUFFLE, "compression_opts": ZSTANDARD}


def checked(chunks: tuple[int, ...]) -> dict[str, Any]:
    """What is packed already, and only guarded by a checksum."""
    return {"chunks": chunks, "fletcher32": True}


def write_text(file: h5py.Group, name: str, text: bytes) -> None:
    """A dataset of bytes that stays as it is."""
    data = np.frombuffer(text, "u1")
    file.create_dataset(name, data=data, **packed((max(1, min(len(text), 2**16)),), shuffle=False))


def growing(group: h5py.Group, name: str, kind: Any) -> None:
    """An empty list that will grow."""
    group.create_dataset(
        name, shape=(0,), maxshape=(None,), dtype=kind, **packed((max(1, SMALL // np.dtype(kind).itemsize),))
    )


def append(data: h5py.Dataset, more: NDArray[Any]) -> None:
    """Put more at the end of a list."""
    if len(more):
        start = len(data)
        data.resize(start + len(more), axis=0)
        data[start:] = more
