"""The last hours in memory are asked exactly as a recording is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.twin.recordings.material import (
    START,
    TAGS,
    alarm,
    anomaly,
    assert_same,
    assert_same_picture,
    frames,
    recorded,
    values_of,
    with_pictures,
)
from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import UsageError
from twin.recordings.live import ROWS, LiveMemory
from twin.recordings.recording import Recording
from twin.signals import Event, Frame


@dataclass(frozen=True)
class Taken:
    frame: Frame
    changed_anomalies: tuple[Anomaly, ...] = ()
    changed_alarms: tuple[Alarm, ...] = ()
    events: tuple[Event, ...] = field(default=())


def remembered(given: list[Frame], seconds: float = 7200.0) -> LiveMemory:
    memory = LiveMemory(None, TAGS, seconds)
    for frame in given:
        memory.append(Taken(frame, events=frame.events))
    return memory


def test_memory_and_recording_give_the_same_answers(tmp_path: Path) -> None:
    given = with_pictures(frames(ROWS + 250))
    memory = remembered(given)
    with Recording.open(recorded(tmp_path / "r.h5", given)) as recording:
        times, kept = recording.panorama_times(), memory.panorama_times()
        assert {name: at.tolist() for name, at in kept.items()} == {name: at.tolist() for name, at in times.items()}
        assert times.keys() == {"PAN1"}
        for ask in ("thermal_frames", "panoramas"):
            for camera in (None, "RB2", "PAN1", "nobody"):
                ours, theirs = (list(getattr(m, ask)(START + 10, START + 90, camera)) for m in (memory, recording))
                for mine, other in zip(ours, theirs, strict=True):
                    assert_same_picture(mine, other)
        assert memory.span == recording.span
        for at in (START - 1, START, START + 0.5, START + ROWS, START + 10_000):
            mine, theirs = memory.latest_at(at), recording.latest_at(at)
            assert (mine is None) == (theirs is None)
            if mine is not None and theirs is not None:
                assert_same(mine, theirs)
        for since, until, columns in ((START, START + 5, None), (START + 590, START + 610, [2, 0]), (0, 1, [1])):
            ours, wanted = memory.range(since, until, columns), recording.range(since, until, columns)
            for name in ("at", "values", "quality", "arrived"):
                np.testing.assert_array_equal(getattr(ours, name), getattr(wanted, name))
        overview, other = memory.overview([0, 1], *memory.span, 40), recording.overview([0, 1], *memory.span, 40)
        for name in ("at", "low", "high", "last", "quality"):
            np.testing.assert_array_equal(getattr(overview, name), getattr(other, name))
        assert memory.events(START + 5, START + 25) == recording.events(START + 5, START + 25)
        assert memory.truth() == recording.truth()
        assert memory.robots() == recording.robots()
        np.testing.assert_array_equal(memory.track("RB1").position, recording.track("RB1").position)
        for mine, theirs in zip(memory.frames(START, START + 700), recording.frames(START, START + 700), strict=True):
            assert_same(mine, theirs)


def test_what_is_too_long_ago_is_forgotten() -> None:
    given = frames(4 * ROWS)
    memory = remembered(given, seconds=ROWS)
    since, until = memory.span
    assert until == given[-1].at
    assert ROWS <= until - since <= 2 * ROWS
    kept = [frame for frame in given if frame.at >= since]
    np.testing.assert_array_equal(memory.range(-math.inf, math.inf).values, values_of(kept))
    assert min(event.at for event in memory.events(-math.inf, math.inf)) >= until - ROWS


def test_a_standing_anomaly_is_not_forgotten_and_a_past_one_is() -> None:
    memory = LiveMemory(None, TAGS, seconds=100)
    first, *rest = frames(300)
    memory.append(Taken(first, (anomaly(1), anomaly(2, until=START + 1)), (alarm(),)))
    assert len(memory.anomalies()) == 2
    for frame in rest:
        memory.append(Taken(frame))
    assert [a.id for a in memory.anomalies()] == [1]
    assert memory.alarms() == (alarm(),)


def test_what_was_given_cannot_change_what_is_remembered() -> None:
    memory = remembered(frames(3))
    frame = memory.latest_at(START)
    assert frame is not None
    frame.values[:] = -1
    again = memory.latest_at(START)
    assert again is not None
    assert not (again.values == -1).any()


def test_memory_of_nothing_has_no_span_and_takes_no_frame_from_the_past() -> None:
    memory = LiveMemory(None, TAGS)
    assert all(math.isnan(end) for end in memory.span)
    assert memory.latest_at(START) is None
    assert memory.overview([0], 0.0, 1.0, 5).low.shape == (1, 0)
    later, earlier = reversed(frames(2))
    memory.append(Taken(later))
    with pytest.raises(UsageError):
        memory.append(Taken(earlier))
