"""The journal of alarms at its size: what an entry costs, what the state at a moment and the newest entries do.

``python -m tests.bench.alarms 10000000`` measures a journal of ten million rows; 100,000 without a figure.
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
from twin.alarms.rules import Rules
from twin.plant.reading import read

QUICK = 100_000
BATCH = 10_000  # rows a transaction while the journal is filled
ROUNDS = 20
LIVES = ("unacknowledged", "acknowledged", "normal")


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
    """Rows a second, entered ten thousand at a time."""
    began = time.perf_counter()
    for start in range(0, rows, BATCH):
        journal.append(
            float(start),
            (
                replace(alarms[n % len(alarms)], id=n, state=LIVES[n // len(alarms) % 3], since=float(n))
                for n in range(start, start + BATCH)
            ),
        )
    return rows / (time.perf_counter() - began)


def _median_ms(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spent.append(1e3 * (time.perf_counter() - began))
    return float(np.median(spent))


def main(rows: int = QUICK) -> None:
    """Print the figures of a journal of so many rows."""
    alarms = _alarms()
    with tempfile.TemporaryDirectory() as place, Journal(Path(place) / "j.db", writing=True) as journal:
        filled = _fill(journal, alarms, rows)
        number = count(rows)
        figures = {
            "append one, committed": lambda: journal.append(float(rows), [replace(alarms[0], id=next(number))]),
            "state now": journal.state,
            "state at the middle": lambda: journal.state(rows / 2.0),
            "the newest 100": lambda: journal.last(100),
            "100 in the middle": lambda: journal.last(100, before=rows // 2),
        }
        size = sum(file.stat().st_size for file in Path(place).iterdir()) / rows
        print(f"journal of {rows:,} rows about {len(alarms)} alarms: filled {filled:,.0f} rows/s, {size:.0f} B a row")
        for name, work in figures.items():
            print(f"  {name:<24}{_median_ms(work):10.3f} ms")
        began = time.perf_counter()
        whole = journal.first_broken() is None
        print(f"  the whole chain checked {time.perf_counter() - began:10.1f} s, {'whole' if whole else 'BROKEN'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else QUICK)
