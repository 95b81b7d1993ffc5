"""A damaged place costs what lies there and nothing else, is shown as missing, and is found when looked for."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.recordings.material import (
    START,
    TAGS,
    assert_same_picture,
    frames,
    recorded,
    thermal,
    values_of,
    with_pictures,
)
from twin.errors import StationError
from twin.recordings import layout
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Quality

ROWS = 2 * layout.STRETCH + 50


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "journal_rows", lambda columns: layout.STRETCH)
        return recorded(tmp_path_factory.mktemp("whole") / "r.h5", with_pictures(frames(ROWS)))


def chunk(path: Path, name: str, number: int) -> int:
    """Where a chunk of a dataset lies in the file."""
    with h5py.File(path) as file:
        return int(file[name].id.get_chunk_info(number).byte_offset)


def flipped(whole: Path, at: int, path: Path) -> Path:
    content = bytearray(whole.read_bytes())
    content[at] ^= 0x55
    path.write_bytes(content)
    return path


def test_a_whole_recording_is_found_whole(whole: Path) -> None:
    with Recording.open(whole) as recording:
        assert recording.damaged() == []


def test_a_flipped_byte_in_a_block_costs_its_stretch_and_nothing_else(whole: Path, tmp_path: Path) -> None:
    path = flipped(whole, chunk(whole, "values/byte0", 1) + 20, tmp_path / "r.h5")
    wanted = values_of(frames(ROWS))
    with Recording.open(path) as recording:
        block = recording.range(-math.inf, math.inf)
        lost = slice(layout.STRETCH, 2 * layout.STRETCH)
        assert np.isnan(block.values[lost]).all()
        assert (block.quality[lost] == Quality.MISSING).all()
        np.testing.assert_array_equal(block.values[: lost.start], wanted[: lost.start])
        np.testing.assert_array_equal(block.values[lost.stop :], wanted[lost.stop :])
        instant = recording.latest_at(START + layout.STRETCH + 5)
        assert instant is not None
        assert np.isnan(instant.values).all()
        assert len(recording.truth()) == ROWS // 10
        assert recording.damaged() == [(START + lost.start, START + lost.stop - 1)]


def test_a_flipped_byte_in_a_picture_costs_that_picture(whole: Path, tmp_path: Path) -> None:
    path = flipped(whole, chunk(whole, "pictures/counts/6x8", 3) + 20, tmp_path / "r.h5")
    with Recording.open(path) as recording:
        seen = list(recording.thermal_frames(-math.inf, math.inf, "RB1"))
        assert [frame.at for frame in seen] == [START + at for at in range(0, ROWS, 40) if at != 120]
        for frame in seen:
            assert_same_picture(frame, thermal(frame.at))
        np.testing.assert_array_equal(recording.range(-math.inf, math.inf).values, values_of(frames(ROWS)))
        assert recording.damaged() == [(START, START + layout.STRETCH - 1)]


def test_what_is_lost_of_the_log_costs_no_value(whole: Path, tmp_path: Path) -> None:
    path = flipped(whole, chunk(whole, "log", 0) + 5, tmp_path / "r.h5")
    with Recording.open(path) as recording:
        np.testing.assert_array_equal(recording.range(-math.inf, math.inf).values, values_of(frames(ROWS)))
        assert recording.damaged()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_no_flipped_byte_goes_unseen(whole: Path, tmp_path: Path, share: float) -> None:
    path = flipped(whole, int(share * whole.stat().st_size), tmp_path / "r.h5")
    try:
        with Recording.open(path) as recording:
            if recording.damaged() or recording.tags != TAGS:
                return
            assert [event.at for event in recording.truth()] == [START + at for at in range(0, ROWS, 10)]
            np.testing.assert_array_equal(recording.range(-math.inf, math.inf).values, values_of(frames(ROWS)))
            for seen in recording.thermal_frames(-math.inf, math.inf, "RB1"):
                assert_same_picture(seen, thermal(seen.at))
    except StationError:
        return  # it is refused in a sentence


def test_a_flipped_byte_in_a_journal_is_found(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.h5", TAGS)
    for frame in frames(200):
        recorder.append(frame)
    row = layout.row_type(len(TAGS)).itemsize
    path = flipped(recorder.path, recorder._journal._starts["rows"] + 7 * row, tmp_path / "flipped.h5")
    recorder.close()
    with Recording.open(path) as recording:
        assert recording.damaged() == [(START + 7, START + 7)]
