"""Readers follow a recording while it grows: several of them, none in the writer's way, and none that swells."""

from __future__ import annotations

import gc
import math
import weakref
from pathlib import Path

import numpy as np
import pytest

from tests.twin.recordings.material import TAGS, frames, values_of
from twin.recordings import layout
from twin.recordings.contents import Contents
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording


@pytest.fixture(autouse=True)
def short_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "journal_rows", lambda columns: layout.STRETCH)


def test_several_readers_follow_a_recording_while_blocks_of_it_are_sealed(tmp_path: Path) -> None:
    given = frames(3 * layout.STRETCH + 20)
    wanted = values_of(given)
    readers: list[Recording] = []
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        for row, frame in enumerate(given, 1):
            recorder.append(frame)
            if row % layout.STRETCH in (1, 2, 400):  # as a block begins to be sealed, and behind it
                readers.append(Recording.open(recorder.path))
                for reader in readers:
                    assert reader.row_count == row
                    np.testing.assert_array_equal(reader.range(-math.inf, math.inf).values, wanted[:row])
                    assert len(reader.truth()) == (row + 9) // 10
    for reader in readers:
        assert reader.closed
        np.testing.assert_array_equal(reader.range(-math.inf, math.inf).values, wanted)
        reader.close()


def test_a_reader_that_follows_lets_go_of_what_it_read_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[weakref.ref[Contents]] = []
    begin = Contents.__init__

    def noted(self: Contents, *told: object) -> None:
        begin(self, *told)  # type: ignore[arg-type]
        met.append(weakref.ref(self))

    monkeypatch.setattr(Contents, "__init__", noted)
    gc.disable()  # what is let go goes at once, and waits for nobody to look for it
    try:
        with Recorder(tmp_path / "r.h5", TAGS) as recorder:
            given = frames(5 * layout.STRETCH + 1)
            recorder.append(given[0])
            with Recording.open(recorder.path) as reader:
                for row, frame in enumerate(given[1:]):
                    recorder.append(frame)
                    if row % 240 == 0:
                        reader.latest_at(math.inf)
                        reader.overview([0, 1], *reader.span, 20)
                        reader.events(-math.inf, math.inf)
                        assert sum(known() is not None for known in met) == 1
        assert len(met) > 1  # how often depends on how soon blocks are sealed beside it
    finally:
        gc.enable()
