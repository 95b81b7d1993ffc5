"""Killed, cut short, damaged or foreign: a recording is whole, or says in a sentence that it is not."""

from __future__ import annotations

import errno
import math
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.twin.recordings.material import (
    TAGS,
    frames,
    recorded,
    values_of,
)
from twin.errors import StationError
from twin.recordings import layout
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Frame

KILLS = 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="recorders to be killed are forked")
def test_a_recorder_that_is_killed_fifty_times_loses_no_frame_that_was_handed_over(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.twin.recordings.killing", str(tmp_path), str(KILLS)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    unsealed = [int(line.split()[1]) for line in done.stdout.splitlines()]
    assert len(unsealed) == KILLS
    assert sum(rows > layout.STRETCH for rows in unsealed) >= KILLS // 5  # a full journal was being sealed


@pytest.mark.parametrize("write", range(0, 40, 3))
def test_a_recording_is_whole_wherever_sealing_is_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    monkeypatch.setattr(layout, "journal_rows", lambda columns: layout.STRETCH)
    given = frames(2 * layout.STRETCH)
    recorder = Recorder(tmp_path / "r.h5", TAGS)
    for frame in given[: layout.STRETCH]:
        recorder.append(frame)
    through = os.pwrite
    left = write

    def pwrite(handle: int, data: bytes, offset: int) -> int:
        """What the sealing thread writes after so many times never happens, as if the process had been killed."""
        nonlocal left
        if threading.current_thread() is threading.main_thread():
            return through(handle, data, offset)
        left -= 1
        return through(handle, data, offset) if left >= 0 else len(data)

    monkeypatch.setattr(os, "pwrite", pwrite)
    for frame in given[layout.STRETCH :]:
        recorder.append(frame)
    assert recorder._sealing is not None
    recorder._sealing.join()
    os.close(recorder._handle)
    with Recording.open(tmp_path / "r.h5") as recording:
        np.testing.assert_array_equal(recording.range(-math.inf, math.inf).values, values_of(given))
        assert len(recording.events(-math.inf, math.inf)) == len(given) // 10


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A disk with room for as many bytes as the list says."""
    room = [10**9]
    through = os.pwrite

    def pwrite(handle: int, data: bytes, offset: int) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = through(handle, memoryview(data)[: room[0]], offset)
        room[0] -= written
        return written

    monkeypatch.setattr(os, "pwrite", pwrite)
    return room


def append_all(recorder: Recorder, given: list[Frame]) -> None:
    with recorder:
        for frame in given:
            recorder.append(frame)


@pytest.mark.parametrize("room", [0, 1, 50, 999, 10_000])
def test_a_full_disk_is_said_in_a_sentence_and_what_was_recorded_stays(
    tmp_path: Path, full_disk: list[int], room: int
) -> None:
    given = frames(200)
    recorder = Recorder(tmp_path / "r.h5", TAGS)
    for frame in given[:20]:
        recorder.append(frame)
    full_disk[0] = room
    with pytest.raises(StationError, match="cannot be written: no space left on device"):
        append_all(recorder, given[20:])
    with Recording.open(tmp_path / "r.h5") as recording:
        got = recording.range(-math.inf, math.inf).values
        assert len(got) >= 20 + room // 400
        np.testing.assert_array_equal(got, values_of(given)[: len(got)])


def test_a_disk_that_is_full_while_sealing_loses_nothing(
    tmp_path: Path, full_disk: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "journal_rows", lambda columns: layout.STRETCH)
    given = frames(layout.STRETCH + 1)
    recorder = Recorder(tmp_path / "r.h5", TAGS)
    for frame in given[:-1]:
        recorder.append(frame)
    full_disk[0] = 1000
    with pytest.raises(StationError, match="no space left"):
        append_all(recorder, given[-1:])
    with Recording.open(tmp_path / "r.h5") as recording:
        got = recording.range(-math.inf, math.inf).values
        assert len(got) >= layout.STRETCH
        np.testing.assert_array_equal(got, values_of(given)[: len(got)])


def test_a_power_failure_costs_the_rows_that_never_reached_the_disk(tmp_path: Path) -> None:
    given = frames(50)
    recorder = Recorder(tmp_path / "r.h5", TAGS)
    for frame in given:
        recorder.append(frame)
    start = recorder._journal._starts["rows"]
    size = layout.row_type(len(TAGS)).itemsize
    os.close(recorder._handle)
    with (tmp_path / "r.h5").open("r+b") as file:
        file.seek(start + 47 * size)
        file.write(bytes(8))  # the number was written, the first value was not
    with Recording.open(tmp_path / "r.h5") as recording:
        assert recording.row_count == 47


def unreadable(path: Path) -> str:
    with pytest.raises(StationError) as raised:
        Recording.open(path)
    said = str(raised.value)
    assert str(path) in said
    assert "\n" not in said
    return said


def test_what_is_no_recording_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert "there is no such file" in unreadable(tmp_path / "nowhere.h5")
    assert "is a directory" in unreadable(tmp_path)
    (tmp_path / "empty.h5").touch()
    assert "is empty" in unreadable(tmp_path / "empty.h5")
    (tmp_path / "noise.h5").write_bytes(np.random.default_rng(0).bytes(3000))
    assert "is not an HDF5 file" in unreadable(tmp_path / "noise.h5")
    with h5py.File(tmp_path / "foreign.h5", "w") as file:
        file.attrs["format"] = "pumphouse-recording"
    assert "not a recording of Pumphouse" in unreadable(tmp_path / "foreign.h5")


def test_a_recording_of_a_version_to_come_is_refused_politely(tmp_path: Path) -> None:
    path = recorded(tmp_path / "r.h5", frames(3))
    with h5py.File(path, "r+") as file:
        file.attrs["version"] = layout.VERSION + 1
    newer, known = layout.VERSION + 1, layout.VERSION
    assert f"is of version {newer}, and this program knows versions up to {known}" in unreadable(path)


def test_links_out_of_the_file_are_not_followed(tmp_path: Path) -> None:
    outside = recorded(tmp_path / "outside.h5", frames(3))
    path = recorded(tmp_path / "r.h5", frames(3))
    with h5py.File(path, "r+") as file:
        del file["blocks"]
        file["blocks"] = h5py.ExternalLink(str(outside), "/blocks")
    assert "is damaged" in unreadable(path)


def test_odd_and_damaged_hdf5_files_are_refused_in_a_sentence(shared_data: Path) -> None:
    files = sorted((shared_data / "hdf5_bad").glob("*.h5"))
    assert files
    for path in files:
        unreadable(path)


DAMAGED = """
import math, random, sys
from pathlib import Path
from tests.twin.recordings.test_malice import MOST, most_memory
from twin.errors import StationError
from twin.recordings.recording import Recording
whole, path = Path(sys.argv[1]).read_bytes(), Path(sys.argv[1] + ".damaged")
chance = random.Random(int(sys.argv[2]))
for trial in range(150):
    content = bytearray(whole)
    if chance.random() < 0.25:
        content = content[: chance.randrange(len(content))]
    else:
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    path.write_bytes(content)
    before = most_memory(anew=True)
    try:
        with Recording.open(path) as recording:
            recording.range(-math.inf, math.inf)
            recording.latest_at(math.inf)
            recording.events(-math.inf, math.inf)
            recording.track("RB1")
    except StationError as error:
        print(error)
    assert most_memory() - before < MOST
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_cut_or_flipped_file_is_read_or_refused_and_never_crashes_or_hangs(tmp_path: Path, seed: int) -> None:
    path = recorded(tmp_path / "r.h5", frames(1000))
    words = [sys.executable, "-c", DAMAGED, str(path), str(seed)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert len(said) > 20
    assert all(line.startswith(str(path)) and line.endswith(".") for line in said)


def test_a_closed_recording_leaves_nothing_beside_it(tmp_path: Path) -> None:
    recorded(tmp_path / "r.h5", frames(10))
    assert [path.name for path in tmp_path.iterdir()] == ["r.h5"]
