"""What versions 2 and 3 of the format had otherwise in the table of their blocks: fewer columns.

Version 2 knew no pictures, and so no count of them; neither said which blocks came evenly. (Their codes lay row by row,
which :mod:`twin.recordings.planes` sees for itself.)
"""

from __future__ import annotations

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.damage import version_of, whole
from twin.recordings.layout import BLOCK, BLOCKS

LATER = {2: ("pictures", "delay", "even"), 3: ("delay", "even")}
MOST_PICTURES = 2**16  # in one block; one that claims more is damaged


def blocks_of(file: h5py.File) -> NDArray[np.void]:
    """(b,) all blocks of a recording of version 2 or later, as BLOCK. Raises any of DAMAGED."""
    unknown = LATER.get(version_of(file), ())
    then = np.dtype([(name, BLOCK[name]) for name in BLOCK.names or () if name not in unknown])
    told = whole(file, BLOCKS, then)
    blocks = _as_now(told) if unknown else told
    if len(blocks) and int(blocks["pictures"].max()) > MOST_PICTURES:
        raise ValueError("a block with an absurd number of pictures")
    return blocks


def _as_now(told: NDArray[np.void]) -> NDArray[np.void]:
    """Blocks of an earlier version with the columns that have come since, which say nothing of them."""
    blocks = np.zeros(len(told), BLOCK)
    for name in told.dtype.names or ():
        blocks[name] = told[name]
    return blocks
