"""Time is passed, never read."""

from __future__ import annotations

import asyncio

from tests.conftest import ROOT
from twin.clock import ManualClock, WallClock


def test_a_manual_clock_moves_when_somebody_sleeps() -> None:
    clock = ManualClock(100.0)
    asyncio.run(clock.sleep_until(160.0))
    assert clock.now() == 160.0
    asyncio.run(clock.sleep_until(120.0))
    assert clock.now() == 160.0


def test_the_wall_clock_does_not_wait_for_what_has_passed() -> None:
    clock = WallClock()
    before = clock.now()
    asyncio.run(clock.sleep_until(before - 3600.0))
    assert clock.now() - before < 60.0


def test_only_the_clock_asks_the_machine_what_time_it_is() -> None:
    asking = ("time.time(", "datetime.now(", "datetime.utcnow(", "time.time_ns(")
    guilty = [
        str(path.relative_to(ROOT))
        for folder in ("twin", "app")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "clock.py" and any(words in path.read_text(encoding="utf-8") for words in asking)
    ]
    assert guilty == []
