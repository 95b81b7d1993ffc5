"""The lights-out service: what happens is said once, at once, and recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.clock import ManualClock
from twin.errors import StationError
from twin.plant.reading import read
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Frame, Tag, TagTable
from twin.sources.opening import open_source, scheme_of
from twin.sources.replayed import Replayed
from twin.sources.simulated import Simulated
from twin.watching import watch

START = 1_768_147_200.0


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], Path, float]:
    """A minute of cavitation that was watched and recorded: what was said, the recording, the clock at the end."""
    said: list[dict[str, Any]] = []
    clock = ManualClock(5000.0)
    source = Simulated.open("sim:?scenario=cavitation&seed=3", read(), START)
    path = tmp_path_factory.mktemp("watched") / "r.h5"
    with Recorder(path, source.tags, source.station, source.name) as recorder:
        count = asyncio.run(watch(source, said.append, clock, recorder, duration=60.0))
    assert count == 60
    return said, path, clock.now()


def test_an_anomaly_is_said_as_the_contract_says(watched: tuple[list[dict[str, Any]], Path, float]) -> None:
    anomalies = [told for told in watched[0] if told["event"] == "anomaly"]
    assert anomalies
    first = json.loads(json.dumps(anomalies[0]))
    wanted = "id equipment fault candidates since detected until priority evidence response"
    assert list(first) == ["event", *wanted.split()]
    assert (first["equipment"], first["fault"]) == ("P102", "cavitation")
    assert first["detected"].endswith(".000Z")
    assert set(first["evidence"][0]) == {"residual", "tag", "value", "unit", "z"}


def test_a_live_source_is_given_the_pace_of_the_clock(watched: tuple[list[dict[str, Any]], Path, float]) -> None:
    assert watched[2] == pytest.approx(5059.0)


def test_what_was_found_is_recorded_with_what_came_in(watched: tuple[list[dict[str, Any]], Path, float]) -> None:
    said, path, _ = watched
    with Recording.open(path) as recording:
        assert recording.row_count == 60
        assert recording.station is not None
        assert recording.truth()[0].data["fault"] == "cavitation"
        assert {a.id for a in recording.anomalies()} == {t["id"] for t in said if t["event"] == "anomaly"}
        assert {a.id for a in recording.alarms()} == {t["id"] for t in said if t["event"] == "alarm"}


def test_a_recording_is_watched_as_fast_as_it_goes(watched: tuple[list[dict[str, Any]], Path, float]) -> None:
    said: list[dict[str, Any]] = []
    clock = ManualClock(7.0)
    source = open_source(str(watched[1]))
    assert not source.live
    assert asyncio.run(watch(source, said.append, clock)) == 60
    assert clock.now() == 7.0
    assert any(told["event"] == "anomaly" for told in said)


class SetBack:
    """A source whose clock is set back."""

    name = "wire:"
    station = None
    tags = TagTable((Tag("a"),))
    live = False
    paced = True

    async def frames(self) -> AsyncIterator[Frame]:
        for at in (10.0, 11.0, 5.0, 12.0):
            yield Frame(at, np.array([at]), np.zeros(1, np.uint8), at)

    def close(self) -> None:
        """Nothing is held."""


def test_a_clock_that_is_set_back_does_not_end_the_recording(tmp_path: Path) -> None:
    said: list[dict[str, Any]] = []
    with Recorder(tmp_path / "r.h5", SetBack.tags) as recorder:
        asyncio.run(watch(SetBack(), said.append, ManualClock(), recorder))
    with Recording.open(tmp_path / "r.h5") as recording:
        np.testing.assert_array_equal(recording.range(0, np.inf).at, [10, 11, 12])
    assert [told["event"] for told in said] == ["notice"]


def test_a_source_is_opened_by_its_url_or_its_path(watched: tuple[list[dict[str, Any]], Path, float]) -> None:
    replayed = open_source(str(watched[1]))
    assert isinstance(replayed, Replayed)
    replayed.close()
    replayed.close()
    assert isinstance(open_source("sim:?seed=7"), Simulated)
    assert scheme_of("C:\\recordings\\night.h5") == ""
    with pytest.raises(StationError, match="Did you mean 'sim'"):
        open_source("simm:")
    with pytest.raises(StationError, match="cannot be read yet"):
        open_source("mqtt://broker")
    with pytest.raises(StationError, match="there is no such file"):
        open_source("nowhere.h5")
