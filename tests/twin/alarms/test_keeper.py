"""What outlives a restart: alarms as they stood, and that somebody has seen what is found again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from twin.alarms.book import Alarm
from twin.alarms.journal import Journal, Recognition
from twin.alarms.keeper import REMEMBERED_FOR, Keeper
from twin.detectors.anomaly import Anomaly, Candidate
from twin.text import Text

ALARM = Alarm(7, "TT", "P1", "H", "medium", "unacknowledged", 10.0, None, 90.0, 85.0, Text("hot", "热"))
WORN = Anomaly(4, "P101", "impeller_wear", (Candidate("impeller_wear", 0.9),), 5.0, 8.0, None, "medium", ())


def kept(path: Path) -> Keeper:
    return Keeper(Journal(path, writing=True))


def lived_through(path: Path) -> None:
    """A run in which somebody shelves an alarm and sees an anomaly."""
    keeper = kept(path)
    assert not keeper.resumed
    keeper.enter(10.0, (ALARM,), (WORN,))
    keeper.recognise(11.0, (WORN,), "Li")
    keeper.enter(12.0, (replace(ALARM, state="shelved", shelved_until=600.0, silenced_by="Li"),), ())
    assert keeper.recognised == {4}
    keeper.close()


def test_an_alarm_stands_as_it_stood_and_numbers_go_on(tmp_path: Path) -> None:
    lived_through(tmp_path / "j.db")
    keeper = kept(tmp_path / "j.db")
    (alarm,) = keeper.alarms
    assert (alarm.state, alarm.shelved_until, alarm.silenced_by) == ("shelved", 600.0, "Li")
    assert (keeper.first_anomaly, keeper.standing) == (5, 1)
    keeper.close()


@pytest.mark.parametrize(
    ("after", "found", "seen"),
    [
        (60.0, WORN, True),
        (REMEMBERED_FOR + 60.0, WORN, False),
        (60.0, replace(WORN, fault="cavitation"), False),
        (60.0, replace(WORN, equipment="P102"), False),
    ],
)
def test_what_is_found_again_within_a_shift_has_been_seen(
    after: float, found: Anomaly, seen: bool, tmp_path: Path
) -> None:
    lived_through(tmp_path / "j.db")
    keeper = kept(tmp_path / "j.db")
    assert keeper.recognised == frozenset()
    keeper.enter(after, (), (replace(found, id=5),))
    assert keeper.recognised == ({5} if seen else frozenset())
    keeper.close()
    with Journal(tmp_path / "j.db") as journal:
        was, now = (e.what for e in reversed(journal.last(2)))
        assert journal.first_broken() is None
    assert (was.id, was.state) == (4, "normal")  # the one before is over with the first entry
    assert isinstance(now, Recognition)
    assert (now.id, now.state, now.by) == (5, *(("acknowledged", "Li") if seen else ("unacknowledged", "")))


def test_what_has_been_seen_and_is_over_is_to_be_seen_when_it_comes_back(tmp_path: Path) -> None:
    keeper = kept(tmp_path / "j.db")
    keeper.enter(10.0, (), (WORN,))
    keeper.recognise(11.0, (WORN,), "Li")
    keeper.recognise(11.5, (WORN,), "Wang")  # once is enough
    keeper.enter(12.0, (), (replace(WORN, until=12.0),))
    assert keeper.recognised == frozenset()
    keeper.enter(13.0, (), (replace(WORN, id=5),))
    assert keeper.recognised == frozenset()
    keeper.close()
    with Journal(tmp_path / "j.db") as journal:
        assert [entry.what.state for entry in reversed(journal.last())] == [
            "unacknowledged",
            "acknowledged",
            "normal",
            "unacknowledged",
        ]


KILLED = """
import sys
from pathlib import Path
from tests.twin.alarms.test_keeper import ALARM, WORN, kept, replace
keeper = kept(Path(sys.argv[1]))
keeper.enter(10.0, (ALARM,), (WORN,))
keeper.recognise(11.0, (WORN,), "Li")
keeper.enter(12.0, (replace(ALARM, state="acknowledged", acknowledged_by="Li"),), ())
print("kept", flush=True)
sys.stdin.read()
"""


def test_what_somebody_saw_outlives_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "j.db")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=os.environ | {"PYTHONPATH": "."}, **pipes) as keeping:  # type: ignore[call-overload]
        assert keeping.stdout.readline() == b"kept\n"
        keeping.send_signal(signal.SIGKILL)
    keeper = kept(tmp_path / "j.db")
    assert [(a.id, a.state, a.acknowledged_by) for a in keeper.alarms] == [(7, "acknowledged", "Li")]
    keeper.enter(20.0, (), (replace(WORN, id=5),))
    assert keeper.recognised == {5}
    keeper.close()
