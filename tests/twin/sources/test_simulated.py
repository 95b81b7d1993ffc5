"""The source ``sim:``."""

from __future__ import annotations

import asyncio
from itertools import islice

import numpy as np
import pytest

from twin.clock import ManualClock
from twin.errors import StationError
from twin.signals import Frame
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
