"""The journal: what it was told it keeps, whoever is killed, and what was changed behind its back it shows."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.alarms.book import Alarm
from twin.alarms.journal import Entry, Journal, Recognition
from twin.alarms.metrics import load_of
from twin.errors import StationError
from twin.text import Text

ALARM = Alarm(
    7, "B4-PT-10101", "P101", "L", "medium", "unacknowledged", 10.0, None, 0.34, 0.35,
    Text("too low", "过低"), unit="MPa", first_out=True, guidance=Text("look", "查看"),
)  # fmt: skip
SEEN = Recognition(3, "P101", "cavitation", "acknowledged", 9.0, None, "Li")

ALARMS = st.builds(
    lambda tag, rule, identity, state, value: replace(
        ALARM, tag=tag, rule=rule, id=identity, state=state, value=value,
        shelved_until=99.0 if state == "shelved" else None, silenced_by="Wu" if state == "shelved" else "",
    ),
    st.sampled_from("abc"), st.sampled_from(("L", "HH")), st.integers(1, 9),
    st.sampled_from(("unacknowledged", "returned", "shelved", "normal")), st.floats(-1e6, 1e6),
)  # fmt: skip


def test_what_is_entered_is_read_back_as_it_was(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.db", writing=True) as journal:
        journal.append(10.0, [ALARM, SEEN])
    with Journal(tmp_path / "j.db") as journal:
        assert journal.last() == (Entry(2, 10.0, SEEN), Entry(1, 10.0, ALARM))
        assert journal.alarms() == (ALARM,)
        assert journal.anomalies() == (SEEN,)
        assert len(journal) == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.lists(ALARMS, max_size=3), max_size=12), moment=st.integers(-1, 12))
def test_the_state_at_a_moment_is_what_had_been_said_by_then(
    tmp_path_factory: pytest.TempPathFactory, changes: list[list[Alarm]], moment: int
) -> None:
    expected: dict[tuple[str, str], Alarm] = {}
    with Journal(tmp_path_factory.mktemp("journal") / "j.db", writing=True) as journal:
        for at, changed in enumerate(changes):
            journal.append(float(at), changed)
            expected |= {(a.tag, a.rule): a for a in changed if at <= moment}
        found = {(a.tag, a.rule): a for a in journal.state(float(moment)) if isinstance(a, Alarm)}
        assert found == expected
        assert journal.first_broken() is None


def test_an_entry_can_neither_be_changed_nor_deleted(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.db", writing=True) as journal:
        journal.append(10.0, [ALARM])
    with sqlite3.connect(tmp_path / "j.db") as database:
        for statement in ("DELETE FROM entries", "UPDATE entries SET value = 1", "UPDATE subjects SET told = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE entries SET value = 0.36 WHERE number = 2", 2),
        ("UPDATE entries SET by = 'Wang' WHERE number = 3", 3),
        ("DELETE FROM entries WHERE number = 2", 3),
        ("UPDATE subjects SET told = replace(told, 'low', 'high')", 1),
    ],
)
def test_a_journal_that_was_tampered_with_says_from_where(tmp_path: Path, tampering: str, broken: int) -> None:
    with Journal(tmp_path / "j.db", writing=True) as journal:
        for number in range(4):
            journal.append(10.0 + number, [replace(ALARM, value=float(number))])
        assert journal.first_broken() is None
    with sqlite3.connect(tmp_path / "j.db") as database:
        for trigger in ("no_update", "no_delete", "no_renaming"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(tampering)
    database.close()
    with Journal(tmp_path / "j.db") as journal:
        assert journal.first_broken() == broken


def test_a_mark_noted_elsewhere_shows_an_end_that_was_cut_off(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.db", writing=True) as journal:
        marks = [journal.mark]
        for number in range(4):
            journal.append(10.0 + number, [replace(ALARM, value=float(number))])
            marks.append(journal.mark)
        assert [journal.first_broken(mark) for mark in marks] == [None] * 5
    with sqlite3.connect(tmp_path / "j.db") as database:
        database.execute("DROP TRIGGER no_delete")
        database.execute("DELETE FROM entries WHERE number = 4")
    database.close()
    with Journal(tmp_path / "j.db") as journal:
        assert journal.first_broken() is None  # three entries may be all there ever were
        assert [journal.first_broken(mark) for mark in marks] == [None] * 4 + [4]


def test_the_load_over_a_span_is_that_of_what_was_entered_in_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.db", writing=True) as journal:
        for at in range(0, 100, 10):
            raised = replace(ALARM, id=at, since=float(at))
            journal.append(float(at), [raised, SEEN])
        changes = list(journal.changes(20.0, 50.0))
        assert [alarm.id for alarm in changes] == [20, 30, 40]
        assert load_of(changes, (20.0, 50.0)).raised == 3


WRITER = """
import os, sys
from pathlib import Path
from dataclasses import replace
from tests.twin.alarms.test_journal import ALARM
from twin.alarms.journal import Journal
journal = Journal(Path(sys.argv[1]), writing=True)
for number in range(10**9):
    journal.append(float(number), [replace(ALARM, id=number, value=float(number)), replace(ALARM, tag="other")])
    print(number, flush=True)
"""


def test_what_was_entered_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "j.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}) as writer:
        assert writer.stdout is not None
        for _ in range(20):
            said = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
    with Journal(tmp_path / "j.db", writing=True) as journal:
        assert len(journal) >= 2 * (said + 1)
        assert len(journal) % 2 == 0  # a frame's changes are entered all or not at all
        assert journal.first_broken() is None
        journal.append(1e9, [ALARM])
        assert journal.first_broken() is None


def test_two_read_while_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    with Journal(path, writing=True) as writer:
        writer.append(0.0, [ALARM])
        with Journal(path) as one, Journal(path) as other:
            for number in range(1, 20):
                writer.append(float(number), [replace(ALARM, value=float(number))])
                assert one.last(1) == other.last(1) == writer.last(1)


READER = """
import sys
from pathlib import Path
from twin.alarms.journal import Journal
with Journal(Path(sys.argv[1])) as journal:
    seen = 0
    while seen < 40:
        numbers = [entry.number for entry in journal.last(20)]
        assert numbers == list(range(numbers[0], max(numbers[0] - 20, 0), -1))
        assert seen <= numbers[0] <= len(journal)
        seen = numbers[0]
print(seen)
"""


def test_two_programs_read_while_one_writes(tmp_path: Path) -> None:
    path, readers = tmp_path / "j.db", []
    with Journal(path, writing=True) as writer:
        writer.append(0.0, [ALARM])
        try:
            for _ in range(2):
                command = [sys.executable, "-c", READER, str(path)]
                readers.append(subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}))
            while any(reader.poll() is None for reader in readers) and len(writer) < 1_000_000:
                writer.append(1.0, [ALARM])
        finally:
            told = [int(reader.communicate(timeout=30)[0] or 0) for reader in readers]
    assert min(told) >= 40
    assert [reader.returncode for reader in readers] == [0, 0]


def test_a_second_writer_is_told_so(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.db", writing=True) as one, Journal(tmp_path / "j.db", writing=True) as other:
        one.append(0.0, [ALARM])
        with pytest.raises(StationError, match="is being written by another program"):
            other.append(0.0, [replace(ALARM, tag="new")])
        assert one.first_broken() is None


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    Journal(tmp_path / "j.db", writing=True).close()
    with Journal(tmp_path / "j.db") as journal, pytest.raises(StationError, match="readonly"):
        journal.append(0.0, [ALARM])


@pytest.mark.parametrize(
    "held", [b"not a database at all, but long enough to be looked at" * 40, b"SQLite format 3\x00"]
)
def test_what_is_no_journal_is_refused_and_left_alone(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "thesis.docx"
    path.write_bytes(held)
    with pytest.raises(StationError, match="journal"):
        Journal(path, writing=True)
    assert path.read_bytes() == held


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "photos.db") as database:
        database.execute("CREATE TABLE photos (name TEXT)")
    database.close()
    before = (tmp_path / "photos.db").read_bytes()
    with pytest.raises(StationError, match="is no alarm journal"):
        Journal(tmp_path / "photos.db", writing=True)
    assert (tmp_path / "photos.db").read_bytes() == before


def test_a_journal_that_is_not_there_is_not_made_by_reading_it(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="there is no such file"):
        Journal(tmp_path / "j.db")
    assert not list(tmp_path.iterdir())
