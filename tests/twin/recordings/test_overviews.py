"""Overviews say what the values say, whatever they are made from."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tests.twin.recordings.material import START, TAGS, frames
from twin.recordings import layout, pages
from twin.recordings.memory import Overview
from twin.recordings.overview import reduced
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Frame, Tag, TagTable

ROWS = 5 * layout.STRETCH + 137
FIELDS = ("at", "low", "high", "last", "quality")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a stretch and pages that are soon full, so that a test sees many."""
    monkeypatch.setattr(layout, "journal_rows", lambda columns: layout.STRETCH)
    for module in (layout, pages):
        monkeypatch.setattr(module, "PAGE", 20)


@pytest.fixture
def path(tmp_path: Path, small_pages: None) -> Path:
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        for frame in frames(ROWS):
            recorder.append(frame)
    return recorder.path


def plainly(recording: Recording, since: float, until: float, buckets: int) -> Overview:
    return reduced([recording.range(since, until)], len(TAGS), since, until, buckets)


@pytest.mark.parametrize("cells", [layout.CELL, 10 * layout.CELL])
def test_an_overview_from_cells_is_the_overview_of_the_values(path: Path, cells: int) -> None:
    with Recording.open(path) as recording:
        buckets = ROWS // cells
        since, until = START, START + buckets * cells
        got = recording.overview(range(4), since, until, buckets)
        for field in FIELDS:
            assert_array_equal(getattr(got, field), getattr(plainly(recording, since, until, buckets), field))


def test_the_ends_of_a_span_within_cells_are_exact(path: Path) -> None:
    with Recording.open(path) as recording:
        since, until = START + 31, START + ROWS - 200
        got, wanted = recording.overview([2, 0], since, until, 7), plainly(recording, since, until, 7)
        assert_array_equal(np.nanmax(got.high, axis=1), np.nanmax(wanted.high[[2, 0]], axis=1))
        assert_array_equal(np.nanmin(got.low, axis=1), np.nanmin(wanted.low[[2, 0]], axis=1))
        assert_array_equal(got.last[:, -1], wanted.last[[2, 0], -1])


def test_overviews_are_written_while_recording(tmp_path: Path, small_pages: None) -> None:
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        for frame in frames(ROWS):
            recorder.append(frame)
        with Recording.open(recorder.path) as recording:
            [finest, *_] = recording._answer(lambda held: held.pages)
            assert finest.count == 40  # of 60 cells sealed two pages are complete
            got = recording.overview(range(4), START, START + 60 * layout.CELL, 60)
            for field in FIELDS:
                wanted = plainly(recording, START, START + 60 * layout.CELL, 60)
                assert_array_equal(getattr(got, field), getattr(wanted, field))


def test_a_damaged_overview_is_made_from_the_values(path: Path) -> None:
    with Recording.open(path) as recording:
        wanted = recording.overview(range(4), START, START + ROWS, 60)
    with h5py.File(path) as file:
        at = file["overview/60/cells"].id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[at + 10] ^= 1
    path.write_bytes(content)
    with Recording.open(path) as recording:
        got = recording.overview(range(4), START, START + ROWS, 60)
        assert math.isclose(np.nanmax(got.high), np.nanmax(wanted.high))
        assert len(recording.damaged()) == 1


def test_cells_of_numbers_that_count_no_step_come_back_to_the_last_bit(tmp_path: Path, small_pages: None) -> None:
    tags = TagTable((Tag("foreign"), Tag("energy", step=0.5), Tag("far", step=1.0)))
    random = np.random.default_rng(0)
    values = np.stack(
        [
            random.normal(size=ROWS) * 1e-300,
            np.arange(ROWS) * 1e5,
            np.where(np.arange(ROWS) % 90 < 60, 2.0**40, -(2.0**40)),
        ],
        axis=1,
    )
    with Recorder(tmp_path / "r.h5", tags) as recorder:
        for second, row in enumerate(values):
            recorder.append(Frame(START + second, row, np.zeros(3, np.uint8), START + second))
    with Recording.open(recorder.path) as recording:
        buckets = ROWS // layout.CELL
        span = START, START + buckets * layout.CELL
        got = recording.overview(range(3), *span, buckets)
        wanted = reduced([recording.range(*span)], 3, *span, buckets)
        for field in FIELDS:
            assert_array_equal(getattr(got, field), getattr(wanted, field))
