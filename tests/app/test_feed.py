"""Commands that reach the feed go to whom they are for: the twin, or back to the source."""

from __future__ import annotations

import asyncio

from app.bridge import Mailbox
from app.feed import Feed
from app.hindsight import Remembered
from app.messages import Mail, Obey
from app.recall import Recall
from app.session import Session
from tests.app import fakes
from twin.clock import ManualClock
from twin.commands import Acknowledge, Disturb, Mend, ToSource
from twin.errors import StationError

DISTURB = Disturb("cavitation", "P102", "instructor", fakes.START)
MEND = Mend("cavitation", "P102", "instructor", fakes.START)


class Source(fakes.Source):
    """Knows no P109, as a plant would not."""

    def __init__(self) -> None:
        super().__init__()
        self.commanded: list[ToSource] = []

    def command(self, command: ToSource) -> None:
        if command.on == "P109":
            raise StationError("the command", "cavitation names 'P109', and B4 has no such pump", "")
        self.commanded.append(command)


def feed(source: Source, twin: fakes.Twin) -> Feed:
    memory, remembered = fakes.Memory(), Remembered()
    return Feed(source, twin, memory, remembered, Recall(memory, remembered.at), ManualClock(fakes.START))


def test_a_disturbance_goes_back_to_the_source_and_an_acknowledgement_to_the_twin() -> None:
    source, twin = Source(), fakes.Twin()
    taken, seen = feed(source, twin), Acknowledge(1, "operator", fakes.START)
    for command in (DISTURB, seen, MEND):
        taken.obey(command)
    assert source.commanded == [DISTURB, MEND]
    assert twin.obeyed == [seen]


def test_a_disturbance_that_cannot_be_is_said_in_the_window_and_nothing_stops() -> None:
    source = Source()
    memory, remembered, clock, box = fakes.Memory(), Remembered(), ManualClock(fakes.START), Mailbox()
    recall = Recall(memory, remembered.at)
    session = Session(box, clock, recall, Feed(source, fakes.Twin(), memory, remembered, recall, clock))
    wrong = Disturb("cavitation", "P109", "instructor", fakes.START)

    async def told() -> Mail:
        task = asyncio.create_task(session.run())
        try:
            for _ in range(5000):
                await asyncio.sleep(0)
                mail = box.take()
                if mail is not None and any("pump" in notice.text.en for notice in mail.notices):
                    return mail
                if mail is not None and mail.snapshot is not None:
                    session.receive(Obey(wrong))
            raise AssertionError("nothing was said")
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    said = [notice for notice in asyncio.run(told()).notices if "no such pump" in notice.text.en]
    assert {notice.severity for notice in said} == {"error"}
    assert source.commanded == []
