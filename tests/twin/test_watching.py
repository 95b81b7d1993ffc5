"""The lights-out service: what happens is said once, at once, and recorded."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.alarms.book import Alarm
from twin.alarms.journal import Journal
from twin.cli import app, run
from twin.clock import ManualClock
from twin.commands import ToSource
from twin.describing import described
from twin.errors import StationError
from twin.plant.reading import Station, read
from twin.plant.station import About, Equipment, StationFile, TagEntry
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


def test_the_load_of_alarms_is_told_of_what_was_recorded(tmp_path: Path) -> None:
    source = Hall(0, 1200, lambda at: (at > 900, 50.0 if 100 < at < 950 else 20.0))
    with Recorder(tmp_path / "r.h5", source.tags) as recorder:
        asyncio.run(watch(source, lambda _: None, ManualClock(), recorder))
    load = described(tmp_path / "r.h5")["alarm_load"]
    assert (load["raised"], load["worst"], load["most_standing"], load["chattering"]) == (2, 1, 2, [])


def test_a_recording_without_alarms_tells_of_no_load(tmp_path: Path) -> None:
    with Recorder(tmp_path / "r.h5", SetBack.tags):
        pass
    assert described(tmp_path / "r.h5")["alarm_load"] is None


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


HALL = StationFile(
    format="pumphouse-station",
    version=1,
    station=About(id="S"),
    equipment=(Equipment(id="HALL", kind="room"),),
    tags=(
        TagEntry(name="SMOKE", equipment="HALL", measures="smoke_1", kind="digital"),
        TagEntry(name="TT", equipment="HALL", measures="air_temperature", unit="°C", range=(0, 100), H=40),
    ),
)


class Hall:
    """A room whose smoke detector and thermometer say what ``says`` says, a frame a second from ``start`` on."""

    name = "wire:"
    live = False
    paced = True

    def __init__(self, start: int, count: int, says: Callable[[int], tuple[float, float]]) -> None:
        self.station = Station(HALL)
        self.tags = self.station.tags
        self._seconds = range(start, start + count)
        self._says = says

    async def frames(self) -> AsyncIterator[Frame]:
        for at in self._seconds:
            yield Frame(float(at), np.array(self._says(at)), np.zeros(2, np.uint8), float(at))

    def command(self, command: ToSource) -> None:
        raise StationError(self.name, "obeys nobody", "")

    def close(self) -> None:
        """Nothing is held."""


def watched_hall(source: Hall, path: Path) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    with Journal(path, writing=True) as journal:
        asyncio.run(watch(source, said.append, ManualClock(), journal=journal))
    return said


def test_after_a_restart_the_alarms_stand_as_they_stood(tmp_path: Path) -> None:
    before = watched_hall(Hall(0, 10, lambda at: (at >= 5, 20.0)), tmp_path / "j.db")
    assert [(s["event"], s["state"]) for s in before] == [("alarm", "unacknowledged")]
    notice, *after = watched_hall(Hall(60, 10, lambda at: (at < 65, 50.0 if at > 62 else 20.0)), tmp_path / "j.db")
    assert notice["event"] == "notice"
    assert "1 alarms stand" in notice["text"]["en"]
    assert [(s["id"], s["tag"], s["state"]) for s in after] == [
        (before[0]["id"] + 1, "TT", "unacknowledged"),
        (before[0]["id"], "SMOKE", "returned"),
    ]


def test_an_alarm_says_what_to_do_in_both_languages(tmp_path: Path) -> None:
    (told,) = watched_hall(Hall(0, 3, lambda at: (1.0, 20.0)), tmp_path / "j.db")
    assert told["guidance"]["en"].startswith("Look by camera")
    assert "摄像头" in told["guidance"]["zh"]
    assert told["first_out"] is True


ENDLESS = """
import asyncio, json, sys
from pathlib import Path
from tests.twin.test_watching import Hall
from twin.alarms.journal import Journal
from twin.cli import app, run
from twin.clock import ManualClock
from twin.watching import watch
source = Hall(0, 10**9, lambda at: (at % 5 > 2, 50.0 if at % 7 > 3 else 20.0))
with Journal(Path(sys.argv[1]), writing=True) as journal:
    asyncio.run(watch(source, lambda said: print(json.dumps(said), flush=True), ManualClock(), journal=journal))
"""


def test_whatever_was_said_before_a_kill_is_in_the_journal_after_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENDLESS, str(tmp_path / "j.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}) as watcher:
        assert watcher.stdout is not None
        said = [json.loads(watcher.stdout.readline()) for _ in range(30)]
        watcher.send_signal(signal.SIGKILL)
    with Journal(tmp_path / "j.db") as journal:
        assert journal.first_broken() is None
        kept = [
            (e.what.id, e.what.tag, e.what.state) for e in reversed(journal.last(10**6)) if isinstance(e.what, Alarm)
        ]
    told = [(s["id"], s["tag"], s["state"]) for s in said if s["event"] == "alarm"]
    assert told
    assert kept[: len(told)] == told  # and perhaps more, which nobody had heard yet


def test_what_the_watch_holds_does_not_grow_with_time(tmp_path: Path) -> None:
    held: list[int] = []

    def says(at: int) -> tuple[float, float]:
        if at in (500, 1_500):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
        return at % 5 > 2, 50.0 if at % 7 > 3 else 20.0

    tracemalloc.start()
    try:
        with Journal(tmp_path / "j.db", writing=True) as journal:
            asyncio.run(watch(Hall(0, 1_501, says), lambda _: None, ManualClock(), journal=journal))
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < 50_000  # bytes


def test_the_command_keeps_a_journal_where_it_is_told_to(
    watched: tuple[list[dict[str, Any]], Path, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, ["watch", str(watched[1]), "--journal", str(tmp_path / "j.db")]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    with Journal(tmp_path / "j.db") as journal:
        found = {(a.id, a.equipment, a.fault) for a in journal.anomalies()}
    assert found == {(s["id"], s["equipment"], s["fault"]) for s in said if s["event"] == "anomaly"}
    assert run(app, ["watch", str(watched[1]), "--journal", str(watched[1])]) == 3
    assert "Name another file with --journal" in capsys.readouterr().err
