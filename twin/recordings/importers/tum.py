"""Trajectories in the format of the TUM benchmarks: a line a pose, ``time x y z qx qy qz qw``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.errors import StationError
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.summary import Summary
from twin.recordings.importers.taken import Taken
from twin.recordings.importers.trajectories import NUMBERS, in_order, nothing, placed
from twin.signals import TagTable

LARGEST = 2 * 2**30
WANTED = "Write a line a pose: time x y z qx qy qz qw"


def import_tum(path: Path, mapping: Map) -> Taken:
    """Read a trajectory; the robot is called what the map says, else what the file is called."""
    poses = _poses(path)
    summary = Summary(path, seen={path.stem})
    track = placed(path.stem, poses, mapping, summary)
    if track is None:
        wrong = "; ".join(["holds nothing that is taken", *summary.skipped])
        raise StationError(path, wrong, "Correct the file, or the map where that leaves it out")
    return Taken(TagTable(()), None, nothing, np.nan, np.nan, summary, (in_order(track, summary),))


def is_pose(line: str) -> bool:
    """Whether a line of text is eight numbers with blanks between them."""
    words = line.split()
    try:
        return len(words) == NUMBERS and bool(np.isfinite([float(word) for word in words]).all())
    except ValueError:
        return False


def _poses(path: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """(p, 8) numbers as they stand."""
    if path.stat().st_size > LARGEST:
        raise StationError(path, "is larger than 2 GB", "Import it in several parts")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StationError(path, "is not UTF-8 text", WANTED) from None
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not is_pose(line):
            raise StationError(path, f"line {number} is not the eight numbers of a pose", WANTED)
        found.append([float(word) for word in line.split()])
    if not found:
        raise StationError(path, "holds no pose", WANTED)
    return np.array(found)
