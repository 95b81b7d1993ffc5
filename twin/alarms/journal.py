"""The journal: every change of an alarm, kept for ever in one SQLite file, each entry sealed by those before it.

One program writes and any number read meanwhile (WAL). An entry is never changed: triggers forbid it, and each entry's
seal is the SHA-256 of the seal before it with what the entry says, so that a row changed by other means breaks the
chain from there on. What an entry is about (the tag, the rule, the words) stands once, in ``subjects``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import StationError
from twin.text import Text

APPLICATION = 0x50756D70  # "Pump", in the file's header
VERSION = 1
PATIENCE = 5.0  # s to wait for another program's checkpoint
UNSEALED = bytes(32)  # the seal before the first entry
NOT_OURS = "Name another file with --journal"

SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,           -- alarm or anomaly
    told TEXT NOT NULL UNIQUE,    -- JSON: all of it that does not change from entry to entry
    digest BLOB NOT NULL          -- SHA-256 of that
);
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    at REAL NOT NULL,             -- of the source, POSIX seconds
    subject INTEGER NOT NULL REFERENCES subjects,
    identity INTEGER NOT NULL,    -- of the alarm or anomaly
    state TEXT NOT NULL,
    since REAL NOT NULL,
    until REAL,
    value REAL,
    by TEXT NOT NULL,             -- who acknowledged, shelved or took it out of service
    shelved_until REAL,
    first_out INTEGER NOT NULL,
    seal BLOB NOT NULL
);
CREATE INDEX of_subject ON entries (subject, number);
CREATE INDEX at_time ON entries (at);
CREATE TRIGGER no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER no_renaming BEFORE UPDATE ON subjects BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER no_forgetting BEFORE DELETE ON subjects BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""
_READ = """
SELECT e.number, e.at, e.identity, e.state, e.since, e.until, e.value, e.by, e.shelved_until, e.first_out,
       s.kind, s.told
FROM entries e JOIN subjects s ON s.id = e.subject
"""
_CHECKED = """
SELECT subject, seal, number, at, identity, state, since, until, value, by, shelved_until, first_out
FROM entries WHERE number > ? ORDER BY number
"""
_NEWEST = "SELECT max(number) FROM entries WHERE subject = s.id AND number <= :number"
_APPEND = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NAN = math.nan
_SEALED = struct.Struct("<qdqdddd?")

Kind = Literal["alarm", "anomaly"]


@dataclass(frozen=True, slots=True)
class Recognition:
    """An anomaly as far as somebody's eye is concerned: ``state`` is unacknowledged, acknowledged or normal (over)."""

    id: int
    equipment: str
    fault: str
    state: str
    since: float
    until: float | None
    by: str = ""

    @classmethod
    def of(cls, anomaly: Anomaly, by: str = "", seen: bool = False) -> Recognition:
        """What the journal keeps of an anomaly."""
        state = "normal" if anomaly.until is not None else "acknowledged" if seen else "unacknowledged"
        return cls(anomaly.id, anomaly.equipment, anomaly.fault, state, anomaly.since, anomaly.until, by)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    number: int
    at: float
    what: Alarm | Recognition


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry and its seal, which vouches for all entries before it."""

    number: int
    seal: bytes


class Journal:
    """A journal's file, open to read or to write. Raises StationError for a file that is none."""

    def __init__(self, path: Path, writing: bool = False) -> None:
        self.path = path
        if not writing and not path.is_file():
            raise StationError(path, "there is no such file", "Name a journal that `pumphouse watch --journal` wrote")
        with self._told():
            self._open(writing)
        self._subjects: dict[str, tuple[int, bytes]] = {}
        self._number, self._seal = self._last()

    def close(self) -> None:
        """Let go of the file; everything told is in it already."""
        self._database.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """How many entries it holds."""
        return int(self._one("SELECT coalesce(max(number), 0) FROM entries")[0])

    # ---- writing -------------------------------------------------------------------------------------------------

    def append(self, at: float, changed: Iterable[Alarm | Recognition]) -> None:
        """Enter what has changed, all or nothing; when this returns it outlives the program.

        Raises StationError where another program writes the same journal.
        """
        changed = tuple(changed)
        if not changed:
            return
        number, seal = self._number, self._seal
        try:
            with self._told(), self._database:
                for what in changed:
                    number += 1
                    seal = self._enter(number, seal, at, what)
        except StationError:
            self._subjects.clear()  # what was new among them has not been kept
            raise
        self._number, self._seal = number, seal

    def _enter(self, number: int, seal: bytes, at: float, what: Alarm | Recognition) -> bytes:
        kind, told = _about(what)
        subject, digest = self._subject(kind, told)
        value = what.value if isinstance(what, Alarm) and math.isfinite(what.value) else None
        by = what.silenced_by or what.acknowledged_by if isinstance(what, Alarm) else what.by
        shelved = what.shelved_until if isinstance(what, Alarm) else None
        first = isinstance(what, Alarm) and what.first_out
        row = (number, at, what.id, what.state, what.since, what.until, value, by, shelved, first)
        seal = _sealed(seal, digest, row)
        self._database.execute(_APPEND, (number, at, subject, *row[2:], seal))
        return seal

    def _subject(self, kind: Kind, told: str) -> tuple[int, bytes]:
        known = self._subjects.get(told)
        if known is not None:
            return known
        digest = hashlib.sha256(told.encode()).digest()
        found = self._database.execute("SELECT id FROM subjects WHERE told = ?", (told,)).fetchone()
        if found is None:
            found = self._database.execute(
                "INSERT INTO subjects (kind, told, digest) VALUES (?, ?, ?) RETURNING id", (kind, told, digest)
            ).fetchone()
        self._subjects[told] = int(found[0]), digest
        return self._subjects[told]

    # ---- reading -------------------------------------------------------------------------------------------------

    def last(self, count: int = 100, before: int | None = None) -> tuple[Entry, ...]:
        """The newest entries, newest first; those with a number below ``before`` where that is given."""
        bound = before if before is not None else 2**62
        rows = self._rows(f"{_READ} WHERE e.number < ? ORDER BY e.number DESC LIMIT ?", (bound, count))
        return tuple(_entry(row) for row in rows)

    def state(self, at: float | None = None) -> tuple[Alarm | Recognition, ...]:
        """What every alarm and anomaly ever entered was at a time [s, POSIX], or is now; those long normal too."""
        if at is None:
            number = 2**62
        else:
            found = self._one("SELECT number FROM entries WHERE at <= ? ORDER BY at DESC, number DESC LIMIT 1", (at,))
            number = found[0] if found else 0
        wanted = f"{_READ} WHERE e.number IN (SELECT ({_NEWEST}) FROM subjects s) ORDER BY e.number"
        return tuple(_entry(row).what for row in self._rows(wanted, {"number": number}))

    def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm in its last state, for a book to go on with; of one whose limit has changed, the later."""
        newest = {(a.tag, a.rule): a for a in self.state() if isinstance(a, Alarm)}
        return tuple(newest.values())

    def anomalies(self) -> tuple[Recognition, ...]:
        """Every anomaly in its last state."""
        return tuple(a for a in self.state() if isinstance(a, Recognition))

    def changes(self, since: float, until: float) -> Iterator[Alarm]:
        """What was said of alarms with since <= at < until [s, POSIX], in the order in which it came."""
        for row in self._rows(f"{_READ} WHERE e.at >= ? AND e.at < ? ORDER BY e.number", (since, until)):
            what = _entry(row).what
            if isinstance(what, Alarm):
                yield what

    @property
    def mark(self) -> Mark:
        """Where it stands now, for whoever notes it elsewhere."""
        return Mark(*self._last())

    def first_broken(self, since: Mark | None = None) -> int | None:
        """The number of the first entry whose seal does not fit what it says; None where the chain is whole.

        ``since`` was noted elsewhere: only what was entered after it is checked, and that it is there itself, so that
        an end that was cut off shows as well.
        """
        since = since or Mark(0, UNSEALED)
        if since.number and self._one("SELECT seal FROM entries WHERE number = ?", (since.number,)) != (since.seal,):
            return since.number
        digests = {n: hashlib.sha256(told.encode()).digest() for n, told in self._rows("SELECT id, told FROM subjects")}
        seal, expected = since.seal, since.number
        for subject, kept, *said in self._rows(_CHECKED, (since.number,)):
            seal = _sealed(seal, digests.get(subject, UNSEALED), said)
            expected += 1
            if said[0] != expected or seal != kept:
                return int(said[0])
        return None

    # ---- the file ------------------------------------------------------------------------------------------------

    def _open(self, writing: bool) -> None:
        mode = "rwc" if writing else "ro"
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        self._database = sqlite3.connect(uri, uri=True, timeout=PATIENCE, check_same_thread=False)
        try:
            self._check(writing)
        except BaseException:
            self._database.close()
            raise

    def _check(self, writing: bool) -> None:
        ours = self._one("PRAGMA application_id")[0]
        new = writing and ours == 0 and self._one("SELECT count(*) FROM sqlite_master")[0] == 0
        if not new and (ours != APPLICATION or self._one("PRAGMA user_version")[0] != VERSION):
            raise StationError(self.path, "is no alarm journal of this version", NOT_OURS)
        if writing:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
        if new:
            self._database.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")

    def _last(self) -> tuple[int, bytes]:
        found = self._one("SELECT number, seal FROM entries ORDER BY number DESC LIMIT 1")
        return (int(found[0]), bytes(found[1])) if found else (0, UNSEALED)

    def _one(self, query: str, values: Any = ()) -> Any:
        with self._told():
            return self._database.execute(query, values).fetchone()

    def _rows(self, query: str, values: Any = ()) -> Iterator[Any]:
        with self._told():
            yield from self._database.execute(query, values)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite has to complain of, in a sentence."""
        try:
            yield
        except sqlite3.IntegrityError:
            remedy = "Stop the other program, or name another file with --journal"
            raise StationError(self.path, "is being written by another program", remedy) from None
        except sqlite3.DatabaseError as error:
            raise StationError(self.path, f"cannot be used as a journal: {error}", NOT_OURS) from None


def _about(what: Alarm | Recognition) -> tuple[Kind, str]:
    """What does not change from entry to entry."""
    if isinstance(what, Recognition):
        return "anomaly", json.dumps([what.equipment, what.fault], ensure_ascii=False)
    words = [what.text.en, what.text.zh, what.guidance.en, what.guidance.zh]
    said = [what.tag, what.equipment, what.rule, what.priority, what.limit, what.unit, *words]
    return "alarm", json.dumps(said, ensure_ascii=False)


def _entry(row: Any) -> Entry:
    number, at, identity, state, since, until, value, by, shelved, first, kind, told = row
    said = _read_back(told)
    if kind == "anomaly":
        equipment, fault = said
        return Entry(number, at, Recognition(identity, equipment, fault, state, since, until, by))
    tag, equipment, rule, priority, limit, unit, en, zh, guidance_en, guidance_zh = said
    silenced = state in ("shelved", "out_of_service")
    alarm = Alarm(
        identity,
        tag,
        equipment,
        rule,
        priority,
        state,
        since,
        until,
        math.nan if value is None else value,
        limit,
        Text(en, zh),
        "" if silenced else by,
        unit,
        bool(first),
        shelved,
        by if silenced else "",
        Text(guidance_en, guidance_zh),
    )
    return Entry(number, at, alarm)


@lru_cache(maxsize=4096)
def _read_back(told: str) -> tuple[Any, ...]:
    """What a subject says: many entries are about the same."""
    return tuple(json.loads(told))


def _sealed(before: bytes, digest: bytes, row: Sequence[Any]) -> bytes:
    """The seal of an entry: SHA-256 over the seal before it, what it is about, and what it says."""
    number, at, identity, state, since, until, value, by, shelved, first = row
    figures = _SEALED.pack(  # a file knows neither NaN, which is nothing there, nor -0.0
        number,
        at + 0.0,
        identity,
        since + 0.0,
        _NAN if until is None else until + 0.0,
        _NAN if value is None else value + 0.0,
        _NAN if shelved is None else shelved + 0.0,
        bool(first),
    )
    return hashlib.sha256(before + digest + figures + _worded(state) + _worded(by)).digest()


@lru_cache(maxsize=256)
def _worded(word: str) -> bytes:
    said = word.encode()
    return len(said).to_bytes(4, "little") + said
