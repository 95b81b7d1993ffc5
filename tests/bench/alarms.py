"""The journal of alarms at its size: what an entry costs, opening it, its state at a moment, and its newest entries.

``python -m tests.bench.alarms 10000000`` measures a journal of ten million rows; 100,000 without a figure. A path after
that keeps the journal, and measures it again without filling it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from twin.alarms.book import Alarm
from twin.alarms.journal import Journal
from twin.alarms.keeper import Keeper
from twin.alarms.life import AlarmState
from twin.alarms.metrics import load_of
from twin.alarms.rules import Rules
from twin.plant.reading import read

QUICK = 100_000
BATCH = 10_000  # rows a transaction while the journal is filled
ROUNDS = 20
DAY = 86_400.0  # s, and rows: an alarm a second, far more than any station has
LIVES: tuple[AlarmState, ...] = ("unacknowledged", "acknowledged", "normal")


def _alarms() -> list[Alarm]:
    """An alarm of every rule of the reference station."""
    return [
        Alarm(
            0,
            r.tag,
            r.equipment,
            r.name,
            r.priority,
            "normal",
            0.0,
            None,
            r.limit,
            r.limit,
            r.text,
            guidance=r.guidance,
        )
        for r in Rules.of(read()).rules
    ]


def _fill(journal: Journal, alarms: list[Alarm], rows: int) -> float:
    """Rows a second, entered ten thousand at a time: every alarm is raised, seen and gone, over and over."""
    began = time.perf_counter()
    for start in range(0, rows, BATCH):
        journal.append(
            float(start),
            (_changed(alarms, n) for n in range(start, start + BATCH)),
        )
    return rows / (time.perf_counter() - began)


def _changed(alarms: list[Alarm], number: int) -> Alarm:
    turn, which = divmod(number, len(alarms))
    life, state = divmod(turn, len(LIVES))
    return replace(alarms[which], id=life * len(alarms) + which, state=LIVES[state], since=float(number))


def _median_ms(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spent.append(1e3 * (time.perf_counter() - began))
    return float(np.median(spent))


def _resume(path: Path) -> Keeper:
    with Journal(path) as journal:
        return Keeper(journal)


def _seconds(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def _measure(path: Path, rows: int) -> None:
    alarms = _alarms()
    with Journal(path, writing=True) as journal:
        if not len(journal):
            print(f"filled with {_fill(journal, alarms, rows):,.0f} rows/s")
        count_from = len(journal)
        number = count(count_from)
        middle = count_from / 2.0
        span = (middle, min(middle + DAY, float(count_from)))
        figures: dict[str, Callable[[], object]] = {
            "append one, committed": lambda: journal.append(float(count_from), [replace(alarms[0], id=next(number))]),
            "open, and go on from it": lambda: _resume(path),
            "state now": journal.state,
            "state at the middle": lambda: journal.state(middle),
            "the newest 100": lambda: journal.last(100),
            "the newest 1000": lambda: journal.last(1000),
            "1000 in the middle": lambda: journal.last(1000, before=int(middle)),
        }
        size = sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*")) / count_from
        print(f"journal of {count_from:,} rows about {len(alarms)} alarms, {size:.0f} B a row")
        for name, work in figures.items():
            print(f"  {name:<28}{_median_ms(work):10.3f} ms")
        spent, load = _seconds(lambda: load_of(journal.changes(*span), span))
        print(f"  load of {span[1] - span[0]:7,.0f} s{spent:22.2f} s   {load}")
        mark = journal.mark
        spent, broken = _seconds(journal.first_broken)
        print(f"  the whole chain checked{spent:15.1f} s   {'whole' if broken is None else 'BROKEN'}")
        spent, _ = _seconds(lambda: journal.first_broken(mark))
        print(f"  what came after a mark{1e3 * spent:16.3f} ms")


def main(rows: int = QUICK, kept: Path | None = None) -> None:
    """Print the figures of a journal of so many rows."""
    if kept is not None:
        _measure(kept, rows)
        return
    with tempfile.TemporaryDirectory() as place:
        _measure(Path(place) / "j.db", rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else QUICK, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
