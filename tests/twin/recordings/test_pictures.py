"""Thermal frames and panoramas come back as they were handed over."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.twin.recordings.material import (
    START,
    TAGS,
    assert_same,
    assert_same_picture,
    frames,
    panorama,
    recorded,
    thermal,
    with_pictures,
)
from twin.errors import UsageError
from twin.recordings import layout
from twin.recordings.pictures import as_record, records, restored, stored
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.thermography import Panorama, ThermalFrame

POSE = (1.0, 2.0, 3.0), (0.0, 0.0, 0.0, 1.0)
SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=9)


def seen(temperature: np.ndarray) -> ThermalFrame:
    return ThermalFrame(START, "R1", *POSE, 0.95, (0.75, 0.5), temperature)


@given(temperature=arrays(np.float32, SHAPES, elements=st.floats(width=32)))
def test_any_temperatures_come_back_to_the_last_bit(temperature: np.ndarray) -> None:
    back = restored(*stored(seen(temperature), 1))
    assert isinstance(back, ThermalFrame)
    np.testing.assert_array_equal(back.temperature, temperature)
    assert (np.signbit(back.temperature) == np.signbit(temperature))[~np.isnan(temperature)].all()


@given(counts=arrays(np.int16, SHAPES), step=st.sampled_from([0.1, 0.04, 0.01]))
def test_what_a_camera_counted_takes_two_bytes_a_pixel(counts: np.ndarray, step: float) -> None:
    temperature = (counts.astype(np.float64) * step).astype(np.float32)
    temperature[counts == layout.NOTHING_SEEN] = np.nan
    entry, content = stored(seen(temperature), 1)
    assert len(content) == 2 * counts.size
    assert_same_picture(restored(entry, content), seen(temperature))


@settings(max_examples=50)
@given(cut=st.integers(0, 2000), flip=st.integers(0, 2000))
def test_a_stream_of_pictures_ends_where_it_is_damaged(cut: int, flip: int) -> None:
    pictures = [thermal(START), panorama(START + 1), thermal(START + 2, step=0.0)]
    whole = [as_record(stored(picture, number)) for number, picture in enumerate(pictures, 7)]
    stream = bytearray(b"".join(whole))
    ends = np.cumsum([len(one) for one in whole])
    stream[flip % len(stream)] ^= 0x10
    cut %= len(stream)
    sound = int(np.searchsorted(ends, min(cut, flip % len(stream)), side="right"))
    assert [end for end, _ in records(memoryview(bytes(stream[:cut])))] == ends[:sound].tolist()


@pytest.mark.parametrize("name", ["", "R" * 65, "摄" * 22])
def test_a_camera_whose_name_has_no_room_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        stored(panorama(START, name), 1)
    with pytest.raises(UsageError):
        stored(Panorama(START, "P", *POSE, b""), 1)


def test_pictures_are_found_by_span_and_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "journal_rows", lambda columns: layout.STRETCH)
    handed = with_pictures(frames(2 * layout.STRETCH + 30))
    taken = sorted((picture for frame in handed for picture in frame.thermal), key=lambda picture: picture.at)
    with Recording.open(recorded(tmp_path / "r.h5", handed)) as recording:
        for since, until, camera in ((-math.inf, math.inf, None), (START + 400, START + 1000, "RB2"), (0, 1, "RB1")):
            wanted = [p for p in taken if since <= p.at < until and camera in (None, p.camera)]
            for got, want in zip(recording.thermal_frames(since, until, camera), wanted, strict=True):
                assert_same_picture(got, want)
        assert list(recording.thermal_frames(-math.inf, math.inf, "nobody")) == []
        assert recording.cameras(Panorama) == {"PAN1": sum(len(frame.panoramas) for frame in handed)}
        assert list(recording.cameras(ThermalFrame)) == ["FLIR", "RB1", "RB2"]
        assert recording.damaged() == []
        for got, want in zip(recording.frames(-math.inf, math.inf), handed, strict=True):
            assert_same(got, want)


def test_pictures_are_there_while_they_are_recorded(tmp_path: Path) -> None:
    handed = with_pictures(frames(30), every=6)
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        recorder.append(handed[0])
        with Recording.open(recorder.path) as recording:
            for number, frame in enumerate(handed[1:], 2):
                recorder.append(frame)
                wanted = [picture for one in handed[:number] for picture in one.panoramas]
                assert list(recording.panoramas(-math.inf, math.inf)) == wanted


def test_a_journal_full_of_pictures_is_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.recordings.journal.PICTURE_BYTES", 2000)
    handed = with_pictures(frames(60), every=6)
    with Recording.open(recorded(tmp_path / "r.h5", handed)) as recording:
        for got, want in zip(recording.frames(-math.inf, math.inf), handed, strict=True):
            assert_same(got, want)
        assert recording.damaged() == []
