"""Times come back to the nanosecond, however many blocks they are asked of, and damage to them costs no value."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.recordings.material import START, TAGS, frames, recorded, values_of
from twin.recordings import layout
from twin.recordings.recording import Recording
from twin.signals import Frame, TagTable

STRETCH = layout.STRETCH
ROWS = 3 * STRETCH + 50


@functools.cache
def irregular() -> list[Frame]:
    """Seconds apart, with jitter, a gap, two rows at once, some that came late and some of which nobody knows when."""
    random = np.random.default_rng(4)
    at = START + np.arange(ROWS) + random.uniform(0.0, 0.9, ROWS)
    at[1000:] += 5000.0
    at[901] = at[900]
    arrived = at + random.choice([0.0, 0.125, 30.0], ROWS)
    arrived[700:1500:7] = math.nan
    return [
        replace(frame, at=float(at[row]), arrived=float(arrived[row]), poses=(), events=())
        for row, frame in enumerate(frames(ROWS))
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "journal_rows", lambda columns: STRETCH)
        return recorded(tmp_path_factory.mktemp("whole") / "r.h5", irregular())


def test_times_come_back_to_the_nanosecond_over_blocks_and_gaps(whole: Path) -> None:
    wanted = irregular()
    with Recording.open(whole) as recording:
        for first, last in ((0, ROWS), (5, 6), (STRETCH - 5, STRETCH + 5), (2 * STRETCH - 1, 3 * STRETCH + 1)):
            block = recording.range(wanted[first].at, math.nextafter(wanted[last - 1].at, math.inf))
            for name in ("at", "arrived"):
                told = np.array([getattr(frame, name) for frame in wanted[first:last]])
                np.testing.assert_allclose(getattr(block, name), told, rtol=0, atol=5e-7)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(0, ROWS - 1), aside=st.sampled_from([-1e-3, 0.0, 1e-3, 4000.0]))
def test_the_latest_is_found_at_before_and_behind_any_row(whole: Path, row: int, aside: float) -> None:
    wanted = irregular()
    at = wanted[row].at + aside
    last = max((number for number, frame in enumerate(wanted) if frame.at <= at), default=None)
    with Recording.open(whole) as recording:
        found = recording.latest_at(at)
        assert (found is None) == (last is None)
        if found is not None and last is not None:
            np.testing.assert_array_equal(found.values, wanted[last].values)


@pytest.mark.parametrize("name", ["at", "arrived"])
def test_damaged_times_are_taken_to_have_come_regularly(whole: Path, tmp_path: Path, name: str) -> None:
    content = bytearray(whole.read_bytes())
    with h5py.File(whole) as file:
        content[int(file[f"rows/{name}"].id.get_chunk_info(1).byte_offset) + 20] ^= 0x55
        spoilt = file["blocks"][1]
    (tmp_path / "r.h5").write_bytes(content)
    with Recording.open(tmp_path / "r.h5") as recording:
        block = recording.range(-math.inf, math.inf)
        np.testing.assert_array_equal(block.values, values_of(irregular()))
        lost = slice(STRETCH, 2 * STRETCH)
        assert block.at[lost.start] == spoilt["first"] / 1e9
        assert np.isnan(block.arrived[lost]).all()
        assert not np.isnan(block.arrived[: lost.start]).any()
        assert recording.damaged() == [(spoilt["first"] / 1e9, spoilt["last"] / 1e9)]


def test_times_that_are_shared_cannot_be_changed(whole: Path) -> None:
    with Recording.open(whole) as recording, pytest.raises(ValueError, match="read-only"):
        recording.range(START, START + 50).at[0] = 0.0


def test_a_recording_of_one_tag_and_one_row_has_its_time(tmp_path: Path) -> None:
    path = recorded(
        tmp_path / "r.h5",
        [replace(f, values=f.values[:1], quality=f.quality[:1]) for f in frames(1)],
        TagTable(list(TAGS)[:1]),
    )
    with Recording.open(path) as recording:
        assert recording.range(-math.inf, math.inf).at.tolist() == [START]
