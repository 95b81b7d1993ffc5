"""One source being watched: what the window is told of a live source and of a recording."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence

import pytest

from app.analysis import Analysis
from app.bridge import Mailbox
from app.feed import Feed
from app.hindsight import Remembered
from app.messages import (
    Annotate,
    Cancel,
    GoLive,
    Mail,
    Obey,
    Pause,
    Play,
    RangeQuery,
    Recognise,
    Request,
    Seek,
    SetRate,
    StepSample,
    TakeBack,
    TurnBack,
)
from app.notebook import Notebook
from app.recall import Recall
from app.session import Session
from tests.app import fakes
from twin.clock import ManualClock
from twin.commands import Acknowledge
from twin.errors import StationError
from twin.notes import Annotation, Note, Withdrawal
from twin.pipeline import Snapshot

Steps = Sequence[tuple[Callable[[Mail], bool], Request]]


class Watched:
    """A session run in this thread until something is seen; keeps all mail."""

    def __init__(self, make: Callable[[Mailbox, ManualClock], Session]) -> None:
        self.clock = ManualClock(50_000.0)
        self.box = Mailbox()
        self.session = make(self.box, self.clock)
        self.mails: list[Mail] = []

    def until(self, seen: Callable[[Mail], bool], *requests: Request, later: Steps = ()) -> Mail:
        """Run until mail looks as wanted; the mail. ``later`` requests are made once mail looks as they want it."""
        steps = list(later)

        async def watch() -> Mail:
            task = asyncio.ensure_future(self.session.run())
            for request in requests:
                self.session.receive(request)
            try:
                for _ in range(2000):
                    await asyncio.sleep(0.001)
                    mail = self.box.take()
                    if mail is not None:
                        self.mails.append(mail)
                        if steps and steps[0][0](mail):
                            self.session.receive(steps.pop(0)[1])
                            continue
                        if not steps and seen(mail):
                            return mail
                    if task.done():
                        task.result()
                raise AssertionError(f"never seen; last: {self.mails[-1] if self.mails else None}")
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        return asyncio.run(watch())


def looking(memory: fakes.Memory) -> Callable[[float], Snapshot | None]:
    def look(cursor: float) -> Snapshot | None:
        frame = memory.latest_at(cursor)
        return fakes.snapshot(frame, frame.at - fakes.START >= fakes.ONSET) if frame else None

    return look


def replay(count: int = 60, start: float = 0.0) -> Watched:
    memory = fakes.Memory(count, (fakes.anomaly(),))
    return Watched(
        lambda box, clock: Session(box, clock, Recall(memory, looking(memory)), start_at=fakes.START + start)
    )


def live(count: int = 5, error: Exception | None = None, ahead: float = 0.0, hold: bool = False) -> Watched:
    memory, remembered = fakes.Memory(), Remembered()

    def make(box: Mailbox, clock: ManualClock) -> Session:
        recall = Recall(memory, remembered.at)
        feed = Feed(fakes.Source(count, error), fakes.Twin(), memory, remembered, recall, clock, ahead, hold)
        return Session(box, clock, recall, feed)

    return Watched(make)


def at(mail: Mail) -> float:
    assert mail.snapshot is not None
    return mail.snapshot.frame.at - fakes.START


def test_a_recording_is_shown_from_its_beginning_and_rests() -> None:
    mail = replay().until(lambda m: m.snapshot is not None)
    assert (mail.mode, mail.playing, mail.live_source) == ("replay", False, False)
    assert mail.cursor == fakes.START
    assert mail.span == (fakes.START, fakes.START + 59)


def test_seeking_shows_what_was_known_at_that_time() -> None:
    before = replay().until(lambda m: m.cursor == fakes.START + 10, Seek(fakes.START + 10))
    after = replay().until(lambda m: m.cursor == fakes.START + 30, Seek(fakes.START + 30))
    assert before.snapshot is not None
    assert after.snapshot is not None
    assert before.snapshot.anomalies == ()
    assert after.snapshot.anomalies == (fakes.anomaly(),)
    assert before.anomalies == after.anomalies == (fakes.anomaly(),)


def test_playing_moves_the_cursor_at_the_rate_of_the_clock() -> None:
    watched = replay()
    original = watched.clock.now
    ticks = iter(range(100_000))
    watched.clock.now = lambda: original() + 0.01 * next(ticks)  # type: ignore[method-assign]
    mail = watched.until(lambda m: m.cursor > fakes.START + 20, SetRate(100.0), Play())
    assert mail.playing
    assert mail.rate == 100.0


def test_the_next_sample_and_the_one_before_are_frames() -> None:
    forward = replay(start=10.0).until(lambda m: m.cursor > fakes.START + 10, StepSample(1))
    back = replay(start=10.0).until(lambda m: m.cursor < fakes.START + 10, StepSample(-1))
    assert (at(forward), at(back)) == (11.0, 9.0)


def test_a_range_query_is_answered_with_its_ticket() -> None:
    query = RangeQuery(42, (0, 3), fakes.START, fakes.START + 10, 100)
    mail = replay().until(lambda m: bool(m.answers), query)
    (answer,) = mail.answers
    assert answer.ticket == 42
    assert answer.low.shape == (2, 10)


def test_a_live_source_is_followed_and_its_end_is_told() -> None:
    watched = live(count=5)
    mail = watched.until(lambda m: m.ended)
    assert mail.mode == "live"
    assert mail.following
    assert at(mail) == 4.0
    assert any("has ended" in n.text.en for m in watched.mails for n in m.notices)


def test_a_live_source_that_keeps_no_pace_is_given_one_frame_a_second() -> None:
    watched = live(count=5)
    began = watched.clock.now()
    watched.until(lambda m: m.ended)
    assert watched.clock.now() - began == pytest.approx(4.0)


def test_running_ahead_takes_no_time_of_the_clock_and_shows_what_was_found() -> None:
    watched = live(count=40, ahead=30.0, hold=True)
    began = watched.clock.now()
    mail = watched.until(lambda m: m.snapshot is not None and at(m) == 30.0 and m.progress is None)
    assert watched.clock.now() == began
    assert [a.equipment for a in mail.anomalies] == ["P102"]


def test_a_held_source_stays_at_the_moment_asked_for() -> None:
    watched = live(count=100, ahead=10.0, hold=True)
    mail = watched.until(lambda m: m.snapshot is not None and at(m) >= 10.0)
    assert at(mail) == 10.0


def test_leaving_now_is_replay_until_gone_back_to_live() -> None:
    watched = live(count=30, ahead=20.0)
    mail = watched.until(
        lambda m: m.following,
        later=(
            (lambda m: m.snapshot is not None and at(m) > 5, Seek(fakes.START + 3)),
            (lambda m: m.mode == "replay" and m.live_source and at(m) == 3.0, GoLive()),
        ),
    )
    assert mail.mode == "live"
    assert at(mail) > 5.0


def test_pausing_before_the_first_frame_leaves_nothing_stuck() -> None:
    mail = live(count=5).until(lambda m: m.ended, Pause())
    assert math.isfinite(mail.cursor)


def test_a_source_that_fails_says_why_and_the_session_goes_on() -> None:
    watched = live(count=2, error=StationError("fake:", "the wire is cut", "Mend it"))
    watched.until(lambda m: m.ended)
    notices = [n for m in watched.mails for n in m.notices]
    assert [n.severity for n in notices] == ["error"]
    assert "the wire is cut" in notices[0].text.en


def test_a_fault_of_ours_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        live(count=2, error=ZeroDivisionError()).until(lambda m: m.ended)


def test_commands_are_obeyed_only_while_live() -> None:
    watched = replay()
    mail = watched.until(lambda m: bool(m.notices), Obey(Acknowledge(1, "operator", 0.0)))
    assert "locked" in mail.notices[0].text.en


def test_anomalies_that_somebody_has_seen_are_remembered() -> None:
    mail = replay().until(lambda m: bool(m.recognised), Recognise((1,)))
    assert mail.recognised == {1}


def test_mail_is_sent_only_when_something_has_changed() -> None:
    watched = replay()
    watched.until(lambda m: m.cursor == fakes.START + 5, Seek(fakes.START + 5))
    assert len(watched.mails) <= 2


def test_a_recording_without_findings_is_analysed_in_the_background() -> None:
    memory = fakes.Memory(60)

    def make(box: Mailbox, clock: ManualClock) -> Session:
        recall = Recall(memory, looking(memory))
        return Session(box, clock, recall, analysis=Analysis(memory, fakes.Twin().step, recall))

    watched = Watched(make)
    mail = watched.until(lambda m: bool(m.anomalies) and m.progress is None)
    assert mail.anomalies == (fakes.anomaly(),)
    assert any("1 anomaly found" in n.text.en for m in watched.mails for n in m.notices)


def test_an_analysis_can_be_given_up() -> None:
    memory = fakes.Memory(5000)

    def make(box: Mailbox, clock: ManualClock) -> Session:
        recall = Recall(memory, looking(memory))
        return Session(box, clock, recall, analysis=Analysis(memory, fakes.Twin().step, recall))

    watched = Watched(make)
    watched.until(lambda m: any("given up" in n.text.en for n in m.notices), Cancel())


def noted(pad: fakes.Pad | None) -> Callable[[Mailbox, ManualClock], Session]:
    memory = fakes.Memory(60)
    book = Notebook(pad.notes, pad.write) if pad is not None else None
    return lambda box, clock: Session(box, clock, Recall(memory, looking(memory), notebook=book))


NOTE = Annotate(fakes.START, fakes.START, "P102", "smells of oil", change=1)


def test_a_note_is_kept_in_the_recording_and_shown_and_a_file_that_takes_none_says_so() -> None:
    mail = Watched(noted(fakes.Pad())).until(lambda mail: bool(mail.notes), NOTE)
    said = Annotation(fakes.START, fakes.START, "P102", "operator", "smells of oil")
    assert mail.notes == (Note(1, said),)
    mail = Watched(noted(None)).until(lambda mail: bool(mail.notices), NOTE)
    assert mail.notices[0].severity == "error"


def test_a_note_is_taken_back_brought_back_and_replaced() -> None:
    watched = Watched(noted(fakes.Pad()))
    watched.until(lambda mail: [note.by for note in mail.notes] == [2], NOTE, TurnBack(1))
    watched.until(lambda mail: [note.by for note in mail.notes] == [0], TurnBack(1))
    other = Annotate(fakes.START, fakes.START, "P102", "leaks oil", instead_of=1, change=2)
    mail = watched.until(lambda mail: len(mail.notes) == 2, other)
    assert [(note.said.text, note.by) for note in mail.notes] == [("smells of oil", 5), ("leaks oil", 0)]
    watched.until(lambda mail: [note.by for note in mail.notes] == [5, 6], TakeBack(4, change=3))


def test_a_note_that_another_has_taken_back_meanwhile_is_told_and_not_taken_back_again() -> None:
    pad = fakes.Pad()
    watched = Watched(noted(pad))
    watched.until(lambda mail: bool(mail.notes), NOTE)
    pad.write(Withdrawal(1, "another"))
    mail = watched.until(lambda mail: bool(mail.notices), TurnBack(1))
    assert mail.notices[0].severity == "error"
    assert len(pad.lines) == 2
