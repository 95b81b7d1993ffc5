"""Files that were made to mislead: wrong types, absurd sizes, links elsewhere. One sentence, and little memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.recordings.material import START, TAGS, frames, recorded, with_pictures
from twin.errors import StationError
from twin.recordings.layout import CELL_ENCODING
from twin.recordings.recording import Recording

NAMES = (
    "header",
    "tags",
    "blocks",
    "quality",
    "log",
    "tracks",
    "rows/at",
    "rows/arrived",
    "values/slots",
    "values/encoding",
    "values/byte0",
    "values/table",
    "pictures/list",
    "pictures/counts/6x8",
    "pictures/values/6x8",
    "pictures/jpeg",
)
FOLDERS = ("values", "rows", "pictures", "pictures/counts")
TYPES = ("u1", "i2", "f8", "S5", "c16", np.dtype([("rows", "<u4")]), h5py.string_dtype())
SIZES = ((), (0,), (1,), (3,), (2**40,), (2**20, 2**20), (1, 2, 3))
MOST = 256 * 2**20  # bytes that reading any file may take


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("whole") / "r.h5", with_pictures(frames(950)))


def asked(path: Path) -> str:
    """Every question, answered or refused; what is said when it is refused."""
    try:
        with Recording.open(path) as recording:
            recording.range(*recording.span)
            recording.latest_at(np.inf)
            recording.overview([0], *recording.span, 10)
            recording.events(-np.inf, np.inf)
            recording.track("RB1")
            for pictures in (recording.thermal_frames(-np.inf, np.inf), recording.panoramas(-np.inf, np.inf)):
                deque(pictures, maxlen=0)
            recording.annotations()
            recording.damaged()
            return "" if len(recording.tags) else "no tags"
    except StationError as error:
        return str(error)


def ensure_plain(path: Path) -> None:
    """It is answered, or refused in one sentence that names the file, and takes little memory either way."""
    before = most_memory(anew=True)
    said = asked(path)
    assert not said or (str(path) in said and "\n" not in said)
    assert most_memory() - before < MOST


def most_memory(anew: bool = False) -> int:
    """The most memory this process has held; from now on, where the system can begin anew."""
    told = Path("/proc/self/clear_refs")
    if anew and told.exists():
        told.write_text("5")
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return 1024 * next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), kind=st.sampled_from(TYPES), size=st.sampled_from(SIZES))
def test_another_type_or_size_is_refused_or_done_without(
    whole: Path, tmp_path: Path, name: str, kind: object, size: tuple[int, ...]
) -> None:
    path = tmp_path / "r.h5"
    shutil.copy(whole, path)
    with h5py.File(path, "r+") as file:
        del file[name]
        file.create_dataset(
            name, shape=size, dtype=kind, chunks=tuple(min(n, 64) for n in size) if size and all(size) else None
        )
    ensure_plain(path)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from(["rows", "lines", "log_bytes", "poses", "changes", "pictures", "first", "last", "period"]),
    number=st.integers(-(2**63), 2**63 - 1),
)
def test_a_block_that_claims_anything_is_refused_or_done_without(
    whole: Path, tmp_path: Path, field: str, number: int
) -> None:
    path = tmp_path / "r.h5"
    shutil.copy(whole, path)
    with h5py.File(path, "r+") as file:
        blocks = file["blocks"][()]
        blocks[field] = number % 2**32 if blocks.dtype[field] == np.uint32 else number
        file["blocks"][()] = blocks
    ensure_plain(path)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from(["kind", "camera", "at", "rows", "columns", "step", "place", "size", "number"]),
    content=st.binary(min_size=8, max_size=8),
)
def test_a_picture_that_claims_anything_is_refused_or_done_without(
    whole: Path, tmp_path: Path, field: str, content: bytes
) -> None:
    path = tmp_path / "r.h5"
    shutil.copy(whole, path)
    with h5py.File(path, "r+") as file:
        entries = file["pictures/list"][()]
        kind = entries.dtype[field]
        entries[field] = np.frombuffer((content * 8)[: kind.itemsize], kind)[0]
        file["pictures/list"][()] = entries
    ensure_plain(path)


@pytest.mark.parametrize("name", NAMES + FOLDERS)
def test_links_are_not_followed_anywhere(whole: Path, tmp_path: Path, name: str) -> None:
    outside, path = tmp_path / "outside.h5", tmp_path / "r.h5"
    for link in (h5py.ExternalLink(str(outside), name), h5py.SoftLink("/elsewhere")):
        shutil.copy(whole, path)
        shutil.copy(whole, outside)
        with h5py.File(path, "r+") as file:
            file.move(name, "elsewhere")
            file[name] = link
        assert not all_there(path)


def test_overviews_elsewhere_are_done_without(whole: Path, tmp_path: Path) -> None:
    outside, path = tmp_path / "outside.h5", tmp_path / "r.h5"
    shutil.copy(whole, path)
    with h5py.File(outside, "w") as file:  # as good as any, but of other values
        cells = file.create_group("overview/60")
        count = len(TAGS)
        cells["cells"] = cells["high"] = np.zeros((count, 4, 15), "<i4")
        cells["encoding"] = np.zeros((count, 1), CELL_ENCODING)
        cells["at"] = (START + 60 * np.arange(15)).astype("<i8") * 10**9
    with h5py.File(path, "r+") as file:
        file["overview"] = h5py.ExternalLink(str(outside), "/overview")
    with Recording.open(path) as recording, Recording.open(whole) as untouched:
        ours, theirs = (told.overview([0, 1], *told.span, 7) for told in (recording, untouched))
        np.testing.assert_array_equal(ours.low, theirs.low)
        np.testing.assert_array_equal(ours.at, theirs.at)


def all_there(path: Path) -> bool:
    try:
        with Recording.open(path) as recording:
            return not recording.damaged() and len(recording.tags) > 0
    except StationError:
        return False


LIMITED = """
import sys
from pathlib import Path
from tests.twin.recordings.test_malice import ensure_plain
from twin.recordings.filters import get_ready
get_ready()
status = Path("/proc/self/status")
def most():
    told = status.read_text().splitlines() if status.exists() else ["VmPeak: 0 kB"]
    return int(next(line.split()[1] for line in told if line.startswith("VmPeak")))
before = most()
for path in sorted(Path(sys.argv[1]).glob("*.h5")):
    ensure_plain(path)
print(most() - before)
"""


def ensure_little_is_asked_for(folder: Path) -> None:
    """All files of a folder, in a process of their own: what it asks the system for counts, used or not."""
    words = [sys.executable, "-c", LIMITED, str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) * 1024 < MOST


def test_odd_files_take_little_memory(shared_data: Path) -> None:
    ensure_little_is_asked_for(shared_data / "hdf5_bad")


def test_absurd_sizes_take_little_memory(whole: Path, tmp_path: Path) -> None:
    """Datasets that claim terabytes in a few bytes."""
    for number, name in enumerate(NAMES):
        path = tmp_path / f"{number}.h5"
        shutil.copy(whole, path)
        with h5py.File(path, "r+") as file:
            old = file[name]
            kind, shape = old.dtype, (2**40, *old.shape[1:]) if "pictures" in name else (*old.shape[:-1], 2**40)
            del file[name]
            file.create_dataset(name, shape=shape, dtype=kind, chunks=tuple(min(n, 64) for n in shape))
    ensure_little_is_asked_for(tmp_path)
