"""The source ``sim:``."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from twin.clock import ManualClock
from twin.commands import Disturb, Mend
from twin.describing import described
from twin.errors import StationError
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Frame
from twin.sources.replayed import Replayed
from twin.sources.simulated import Simulated
from twin.sources.source import Source

START = 1_768_190_400.0


def test_it_is_a_live_source_that_leaves_the_pace_to_whoever_asks() -> None:
    source: Source = Simulated.open("sim:?scenario=cavitation&seed=7", start=START)
    assert source.live
    assert not source.paced
    assert source.name == "sim:?scenario=cavitation&seed=7"
    assert source.station is not None
    assert source.tags == source.station.tags
    assert len(source.tags) == 992


def test_frames_come_a_second_apart_from_the_start() -> None:
    source = Simulated.open(start=START)
    frames = list(islice(source.iter_frames(), 4))
    assert [frame.at for frame in frames] == [START, START + 1, START + 2, START + 3]
    assert all(len(frame.poses) == 4 for frame in frames)


def test_without_a_start_it_begins_now() -> None:
    source = Simulated.open("sim:", clock=ManualClock(1000.0))
    assert next(source.iter_frames()).at == 1000.0


def test_asynchronous_and_plain_iteration_give_the_same() -> None:
    async def taken() -> list[Frame]:
        source = Simulated.open("sim:?seed=4", start=START)
        frames = []
        async for frame in source.frames():
            frames.append(frame)
            if len(frames) == 3:
                source.close()
        return frames

    plain = list(Simulated.open("sim:?seed=4", start=START).iter_frames(3.0))
    for one, two in zip(asyncio.run(taken()), plain, strict=True):
        np.testing.assert_array_equal(one.values, two.values)


def test_it_ends_when_it_is_closed_even_twice() -> None:
    source = Simulated.open(start=START)
    frames = source.iter_frames()
    next(frames)
    source.close()
    source.close()
    assert list(frames) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sim:?scenario=cavitaton", "Did you mean 'cavitation'?"),
        ("sim:?sceanrio=cavitation", "Did you mean 'scenario'?"),
        ("sim:?seed=seven", "is not a whole number"),
        ("sim:?seed=-1", "is not a whole number"),
        ("sim:cavitation", "Did you mean sim:?scenario=cavitation?"),
        ("sim:?station=nowhere.toml", "there is no such file"),
        ("opc.tcp://host", "is not a simulator's address"),
    ],
)
def test_what_cannot_be_opened_is_said_with_a_remedy(url: str, said: str) -> None:
    with pytest.raises(StationError) as caught:
        Simulated.open(url, start=START)
    assert said in str(caught.value)


def test_a_command_reaches_the_plant_with_its_next_frame() -> None:
    source = Simulated.open("sim:?seed=4", start=START)
    frames = source.iter_frames()
    next(frames)
    source.command(Disturb("flood", "HALL-A", "instructor", START))
    assert [event.data["phase"] for event in next(frames).events] == ["onset"]
    source.command(Mend("flood", "HALL-A", "instructor", START))
    assert [event.data["phase"] for event in next(frames).events] == ["end"]
    with pytest.raises(StationError, match="no such room"):
        source.command(Disturb("flood", "ATTIC", "instructor", START))


def test_the_truth_of_a_command_is_recorded_as_that_of_a_scenario(tmp_path: Path) -> None:
    source = Simulated.open("sim:?scenario=cavitation", start=START)
    with Recorder(tmp_path / "run.h5", source.tags, source.station, source.name) as recorder:
        for frame in source.iter_frames(40.0):
            recorder.append(frame)
            if frame.at == START + 10.0:
                source.command(Disturb("seal_leak", "P103", "instructor", START, lasts_s=5.0))
    told = described(tmp_path / "run.h5")["truth"]
    assert [(one["fault"], one["equipment"], one["phase"]) for one in told] == [
        ("seal_leak", "P103", "onset"),
        ("seal_leak", "P103", "end"),
        ("cavitation", "P102", "onset"),
    ]
    with Recording.open(tmp_path / "run.h5") as recording:
        assert [event.at - START for event in recording.truth()] == [11.0, 16.0, 30.0]
        replayed = Replayed(recording)
        with pytest.raises(StationError, match="is a recording"):
            replayed.command(Disturb("flood", "HALL-A", "instructor", START))
