"""Mail: the latest state wins, answers and notices are never lost, and closing joins the thread at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from app.bridge import Acquisition, Mailbox
from app.messages import Mail, Notice, RangeAnswer, Request, Seek
from app.session import Session
from twin.text import Text

PATIENCE = 10.0  # s


def mail(generation: int, notices: int = 0, answers: int = 0) -> Mail:
    none = np.empty(0)
    answer = RangeAnswer(generation, (), none, none, none, none, none.astype(np.uint8))
    return Mail(
        generation,
        "live",
        None,
        0.0,
        (0.0, 0.0),
        True,
        True,
        1.0,
        notices=tuple(Notice(float(generation), "information", Text(str(i))) for i in range(notices)),
        answers=(answer,) * answers,
    )


def until(true: Callable[[], bool]) -> None:
    """Wait for another thread, within reason."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "the thread did not get there"
        threading.Event().wait(0.002)


class Sleeper:
    """A session that does nothing but note what it is asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.received: list[Request] = []
        self.thread: threading.Thread | None = None
        self._error = error

    async def run(self) -> None:
        import asyncio

        self.thread = threading.current_thread()
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()

    def receive(self, request: Request) -> None:
        self.received.append(request)


def test_the_latest_mail_is_the_one_taken() -> None:
    box = Mailbox()
    for generation in range(3):
        box.put(mail(generation))
    taken = box.take()
    assert taken is not None
    assert taken.generation == 2
    assert box.take() is None


def test_no_notice_and_no_answer_is_lost_when_mail_is_superseded() -> None:
    box = Mailbox()
    box.put(mail(0, notices=2, answers=1))
    box.put(mail(1))
    box.put(mail(2, notices=1, answers=2))
    taken = box.take()
    assert taken is not None
    assert [n.at for n in taken.notices] == [0.0, 0.0, 2.0]
    assert [a.ticket for a in taken.answers] == [0, 2, 2]


def test_requests_reach_the_session_in_its_own_thread() -> None:
    sleeper = Sleeper()
    acquisition = Acquisition(lambda _: sleeper)
    acquisition.start()
    acquisition.ask(Seek(5.0))
    until(lambda: bool(sleeper.received))
    assert sleeper.received == [Seek(5.0)]
    assert sleeper.thread is not None
    assert sleeper.thread.name == "acquisition"
    assert acquisition.close()


def test_closing_ends_the_thread_at_once() -> None:
    acquisition = Acquisition(lambda _: Sleeper())
    acquisition.start()
    began = time.monotonic()
    assert acquisition.close()
    assert time.monotonic() - began < 1.0
    assert not acquisition.running


def test_closing_before_starting_leaves_nothing_behind() -> None:
    assert Acquisition(lambda _: Sleeper()).close()


def test_asking_after_the_end_is_without_effect() -> None:
    acquisition = Acquisition(lambda _: Sleeper())
    acquisition.start()
    acquisition.close()
    acquisition.ask(Seek(1.0))


def test_a_fault_in_the_thread_is_left_for_the_window_once() -> None:
    fault = ValueError("ours")
    acquisition = Acquisition(lambda _: Sleeper(fault))
    acquisition.start()
    found: list[BaseException] = []
    until(lambda: bool(found.append(f) if (f := acquisition.mailbox.failure()) else None) or bool(found))
    assert found == [fault]
    assert acquisition.mailbox.failure() is None
    acquisition.close()


def test_a_session_is_what_the_bridge_runs() -> None:
    assert {"run", "receive"} <= set(vars(Session))


if __name__ == "__main__":
    pytest.main([__file__])
