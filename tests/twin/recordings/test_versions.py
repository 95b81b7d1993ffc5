"""Recordings of earlier versions of the format are read as they lie."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np

from tests.conftest import ROOT
from tests.twin.recordings.material import START, TAGS, assert_same, frames, happened, values_of, with_pictures
from twin.recordings.layout import POSE, QUALITY_CHANGE
from twin.recordings.logbook import line, tags_as_text
from twin.recordings.recording import Recording
from twin.recordings.version1 import ENCODING, STRETCH

ROWS = STRETCH + 40


def version_1(path: Path) -> Path:
    """As version 1 was written: one block, of which tag by tag is coded otherwise."""
    seconds = int(START * 4) * 250_000_000 + np.arange(ROWS) * 1_000_000_000
    counts = np.arange(ROWS) % 7 - 3
    differences = np.diff(counts, prepend=0)
    differences[STRETCH] = counts[STRETCH]
    encoding = np.zeros(4, ENCODING)
    encoding[0], encoding[1] = (2, 16, 0, 100, 10.0), (1, 32, 0, 0, 1.0)
    encoding[2], encoding[3] = (3, 16, 1, 3, 0.0), (0, 64, 0, 0, 0.0)
    with h5py.File(path, "w") as file:
        file.attrs.update({"format": "pumphouse-recording", "version": 1})
        file["header"] = np.frombuffer(b'{"format": "pumphouse-recording", "source": "then"}', "u1")
        file["tags"] = np.frombuffer(tags_as_text(TAGS), "u1")
        blocks = file.create_group("blocks")
        blocks.attrs.update({"rows": ROWS, "lines": 1, "poses": 1})
        block = blocks.create_group("000000")
        block.attrs.update({"rows": ROWS, "first": int(seconds[0]), "last": int(seconds[-1]), "stretch": STRETCH})
        block["at"], block["arrived"] = seconds.astype("<i8"), seconds.astype("<i8") + 125_000_000
        block["encoding"] = encoding
        block["codes16"], block["codes32"] = np.stack([differences] * 2).astype("<i2"), differences[None].astype("<i4")
        block["floats"] = np.linspace(0, 1, ROWS)[None]
        block["table"] = np.array([np.pi, np.e, 0.1, 0.2, 0.3, 0.4, 0.5])
        block["quality"] = np.array([(10, 1, 3), (20, 1, 0)], QUALITY_CHANGE)
        block["log"] = np.frombuffer(line(1, happened(START)), "u1")
        block["tracks"] = np.array([((1, 2, 3), (0, 0, 0, 1), b"RB1", int(seconds[0]), 1)], POSE)
    return path


def test_version_1_is_read(tmp_path: Path) -> None:
    counts = np.arange(ROWS) % 7 - 3
    with Recording.open(version_1(tmp_path / "old.h5")) as recording:
        assert recording.tags == TAGS
        assert recording.attributes["source"] == "then"
        assert recording.truth() == (happened(START),)
        assert recording.closed
        assert recording.damaged() == []
        block = recording.range(-math.inf, math.inf)
        np.testing.assert_array_equal(block.values[:, 0], (counts + 100) / 10)
        np.testing.assert_array_equal(block.values[:, 1], counts)
        np.testing.assert_array_equal(block.values[:, 2], np.array([np.pi, np.e, 0.1, 0.2, 0.3, 0.4, 0.5])[counts + 3])
        np.testing.assert_array_equal(block.values[:, 3], np.linspace(0, 1, ROWS))
        np.testing.assert_array_equal(np.flatnonzero(block.quality[:, 1]), np.arange(10, 20))
        latest = recording.latest_at(START + 15.5)
        assert latest is not None
        assert (latest.at, latest.arrived, latest.quality[1]) == (START + 15, START + 15.125, 3)
        assert [pose.position for pose in latest.poses] == [(1, 2, 3)]
        assert recording.overview([0, 1], *recording.span, 50).low.shape == (2, 50)


def test_a_recording_that_was_made_with_version_1_holds_what_it_held() -> None:
    with (
        Recording.open(Path(__file__).with_name("version1.h5")) as then,
        Recording.open(ROOT / "recordings" / "valhall-start.h5") as now,
    ):
        assert then.tags == now.tags
        assert then.span == now.span
        np.testing.assert_array_equal(then.range(0, math.inf).values, now.range(0, math.inf).values)


def test_a_recording_that_was_made_with_version_2_holds_what_it_held() -> None:
    with (
        Recording.open(Path(__file__).with_name("version2.h5")) as then,
        Recording.open(Path(__file__).with_name("version1.h5")) as before,
    ):
        assert then.tags == before.tags
        assert then.span == before.span
        assert then.damaged() == []
        assert list(then.thermal_frames(-math.inf, math.inf)) == []
        np.testing.assert_array_equal(then.range(0, math.inf).values, before.range(0, math.inf).values)


def test_a_recording_that_was_made_with_version_3_holds_what_it_held() -> None:
    given = with_pictures(frames(1577), every=400)
    with Recording.open(Path(__file__).with_name("version3.h5")) as then:
        assert then.damaged() == []
        for got, wanted in zip(then.frames(-math.inf, math.inf), given, strict=True):
            assert_same(got, wanted)
        block = then.range(-math.inf, math.inf)
        np.testing.assert_array_equal(block.values, values_of(given))
        for column in range(len(TAGS)):
            np.testing.assert_array_equal(then.range(0, math.inf, [column]).values[:, 0], block.values[:, column])
        for row in (0, 719, 720, 1577 - 1):
            latest = then.latest_at(given[row].at)
            assert latest is not None
            np.testing.assert_array_equal(latest.values, given[row].values)
