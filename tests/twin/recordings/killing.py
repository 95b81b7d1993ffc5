"""Kills recorders at random moments and looks whether all that was handed over is there.

    python -m tests.twin.recordings.killing FOLDER COUNT

A process of its own, which forks: nothing is imported anew for a recorder that lives for milliseconds. Half of them are
killed soon after a block began to be sealed. Each line says how many frames were handed over, and how many of them were
in no block yet.
"""

from __future__ import annotations

import math
import os
import random
import signal
import sys
from pathlib import Path

import numpy as np

from tests.twin.recordings.material import START, TAGS, assert_same_picture, frames, thermal, values_of, with_pictures
from twin.recordings import layout
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.recordings.sealed import Sealed
from twin.signals import Floats, Frame

BLOCKS = 3
SOON = 250  # frames: about as long as a block of this size takes to be sealed


def killed(path: Path, given: list[Frame], after: int) -> int:
    """Kill a recorder once it has said so many frames; how many it said were handed over."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        recorder = Recorder(path, TAGS)
        for frame in given:
            recorder.append(frame)
            os.write(theirs, b".")
        os._exit(1)
    os.close(theirs)
    said = 0
    while said < after:
        said += len(os.read(ours, after - said))
    os.kill(child, signal.SIGKILL)
    while rest := os.read(ours, 2**16):
        said += len(rest)
    os.close(ours)
    os.waitpid(child, 0)
    return said


def ensure_kept(path: Path, handed_over: int, wanted: Floats) -> int:
    """Look through what is left; how many frames of it are in no block."""
    with Recording.open(path) as recording:
        values = recording.range(-math.inf, math.inf).values
        assert handed_over <= len(values) <= handed_over + 1
        np.testing.assert_array_equal(values, wanted[: len(values)])
        assert len(recording.truth()) >= (handed_over - 1) // 10
        assert len(recording.track("RB1").at) >= handed_over - 1
        seen = list(recording.thermal_frames(-math.inf, math.inf, "RB1"))
        assert len(seen) >= (handed_over + 39) // 40
        assert_same_picture(seen[-1], thermal(START + 40 * (len(seen) - 1)))
        assert recording.damaged() == []
        contents = recording._contents
        assert contents is not None
        return len(values) - sum(part.rows for part in contents.blocks if isinstance(part, Sealed))


def moments(count: int) -> list[int]:
    """After how many frames to kill: at any time, and as often soon after a block began to be sealed."""
    chance = random.Random(0)
    return [
        chance.randint(1, BLOCKS * layout.STRETCH)
        if number % 2
        else chance.randrange(1, BLOCKS) * layout.STRETCH + chance.randint(1, SOON)
        for number in range(count)
    ]


def main(folder: str, count: str) -> None:
    """Kill so many."""
    layout.journal_rows = lambda columns: layout.STRETCH
    given = with_pictures(frames((BLOCKS + 1) * layout.STRETCH))
    wanted = values_of(given)
    for number, after in enumerate(moments(int(count))):
        path = Path(folder) / f"killed{number}.h5"
        handed_over = killed(path, given, after)
        sys.stdout.write(f"{handed_over} {ensure_kept(path, handed_over, wanted)}\n")
        path.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
