"""What version 2 of the format had otherwise: there were no pictures, and so no count of them in a block."""

from __future__ import annotations

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.damage import version_of, whole
from twin.recordings.layout import BLOCK, BLOCKS

LATER = "pictures"
MOST_PICTURES = 2**16  # in one block; one that claims more is damaged

BLOCK_THEN = np.dtype([(name, BLOCK[name]) for name in BLOCK.names or () if name != LATER])


def blocks_of(file: h5py.File) -> NDArray[np.void]:
    """(b,) all blocks of a recording of version 2 or later, as BLOCK. Raises any of DAMAGED."""
    if version_of(file) > 2:
        blocks = whole(file, BLOCKS, BLOCK)
        if len(blocks) and int(blocks[LATER].max()) > MOST_PICTURES:
            raise ValueError("a block with an absurd number of pictures")
        return blocks
    then = whole(file, BLOCKS, BLOCK_THEN)
    blocks = np.zeros(len(then), BLOCK)
    for name in BLOCK_THEN.names or ():
        blocks[name] = then[name]
    return blocks
