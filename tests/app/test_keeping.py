"""What somebody did in a window on a live source is still so in the next window on it; a scenario begins anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from app import opening
from app.bridge import Mailbox
from app.messages import Mail, Obey, Request
from tests.twin.test_watching import Hall
from twin.alarms.journal import Journal
from twin.clock import ManualClock
from twin.commands import Acknowledge, Shelve
from twin.paths import state_folder
from twin.signals import Frame


class Fire(Hall):
    """Smoke, for ever."""

    def __init__(self, start: int, name: str = "wire:") -> None:
        super().__init__(start, 10**9, lambda at: (1.0, 20.0))
        self.name = name

    async def frames(self) -> AsyncIterator[Frame]:
        for at in self._seconds:
            yield Frame(float(at), np.array(self._says(at)), np.zeros(2, np.uint8), float(at))
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))


def window(source: Hall, until: Callable[[Mail], bool], *requests: Request, hold: bool = False) -> Mail:
    """A window on a source, closed as soon as its mail is as wished; each mail before is answered by the requests."""
    box = Mailbox()
    session = opening.live(source, None, hold, ManualClock()).begin(box)

    async def looked() -> Mail:
        task = asyncio.create_task(session.run())
        try:
            for _ in range(20_000):
                await asyncio.sleep(0)
                mail = box.take()
                if mail is not None and until(mail):
                    return mail
                if mail is not None and mail.alarms:
                    for request in requests:
                        session.receive(request)
            raise AssertionError("it never came to that")
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return asyncio.run(looked())


def state(mail: Mail) -> list[str]:
    return [alarm.state for alarm in mail.alarms]


def test_what_was_acknowledged_is_acknowledged_after_a_restart() -> None:
    before = window(Fire(0), lambda m: state(m) == ["acknowledged"], Obey(Acknowledge(1, "Li", 5.0)))
    after = window(Fire(100_000), lambda m: bool(m.alarms))
    assert state(after) == ["acknowledged"]
    assert (after.alarms[0].id, after.alarms[0].acknowledged_by) == (before.alarms[0].id, "Li")


def test_what_was_shelved_is_shelved_after_a_restart_and_its_shelf_ends() -> None:
    window(Fire(0), lambda m: state(m) == ["shelved"], Obey(Shelve(1, 20_000.0, "Li", 5.0)))
    assert state(window(Fire(10_000), lambda m: bool(m.alarms))) == ["shelved"]
    assert state(window(Fire(30_000), lambda m: bool(m.alarms))) == ["unacknowledged"]


def test_another_source_a_scenario_and_a_picture_have_nothing_to_do_with_it(tmp_path: Path) -> None:
    window(Fire(0), lambda m: state(m) == ["acknowledged"], Obey(Acknowledge(1, "Li", 5.0)))
    assert state(window(Fire(0, "wire:2"), lambda m: bool(m.alarms))) == ["unacknowledged"]
    assert state(window(Fire(0), lambda m: bool(m.alarms), hold=True)) == ["unacknowledged"]
    before = sorted(state_folder().rglob("*"))
    assert state(window(Fire(0, "sim:?scenario=fire"), lambda m: bool(m.alarms))) == ["unacknowledged"]
    assert sorted(state_folder().rglob("*")) == before


def test_a_window_that_can_keep_nothing_shows_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "pumphouse").write_text("a file where a folder should be")
    assert state(window(Fire(0), lambda m: bool(m.alarms))) == ["unacknowledged"]


def test_a_window_whose_journal_another_writes_says_so_and_goes_on() -> None:
    window(Fire(0), lambda m: bool(m.alarms))
    (path,) = state_folder().rglob("*.db")
    said: list[str] = []

    def meddle(mail: Mail) -> bool:
        if mail.alarms and not said:
            said.append("meddled")
            with Journal(path, writing=True) as other:
                other.append(1e6, mail.alarms)
        return any("no longer kept" in notice.text.en for notice in mail.notices)

    found = window(Fire(1_000), meddle, Obey(Acknowledge(1, "Li", 5.0)))
    assert found.alarms
