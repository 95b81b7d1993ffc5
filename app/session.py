"""What runs in the acquisition thread: requests move the cursor, and mail is left for the window."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from app.analysis import Analysis
from app.bridge import Mailbox
from app.feed import Feed
from app.messages import (
    Annotate,
    Cancel,
    GoLive,
    Health,
    Mail,
    Notice,
    Obey,
    Pause,
    Play,
    RangeAnswer,
    RangeQuery,
    Recognise,
    Request,
    Seek,
    SetRate,
    StepPicture,
    StepSample,
    TakeBack,
    TurnBack,
)
from app.playhead import Playhead
from app.recall import Recall
from twin.clock import Clock
from twin.errors import StationError
from twin.notes import Annotation
from twin.pipeline import Snapshot
from twin.text import Text

BEAT = 1 / 30  # s between looks at the cursor
HEARTBEAT = 0.25  # s at most between two mails, so that an age is never older than that


class Session:
    """One source being watched. Lives in one thread; everything it tells goes through its mailbox."""

    def __init__(
        self,
        mailbox: Mailbox,
        clock: Clock,
        recall: Recall,
        feed: Feed | None = None,
        analysis: Analysis | None = None,
        start_at: float | None = None,
    ) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._recall = recall
        self._feed = feed
        self._analysis = analysis
        self._head = Playhead(live=feed is not None)
        self._start_at = start_at
        self._recognised: frozenset[int] = frozenset()
        self._answers: list[RangeAnswer] = []
        self._notices: list[Notice] = []
        self._inbox: deque[Request] = deque()
        self._stirred = asyncio.Event()
        self._last: Mail | None = None
        self._last_sent = float("-inf")

    def receive(self, request: Request) -> None:
        """Note a request and look at once."""
        self._inbox.append(request)
        self._stirred.set()

    async def run(self) -> None:
        """Until cancelled; a source's end is told and does not end the session."""
        tasks = [asyncio.ensure_future(self._beat())]
        tasks += [asyncio.ensure_future(part.run(self._tell)) for part in (self._feed, self._analysis) if part]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._recall.close()

    # ---- the beat --------------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        self._set_out()
        while True:
            while self._inbox:
                self._heed(self._inbox.popleft())
            self._post()
            self._stirred.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), BEAT)

    def _set_out(self) -> None:
        if self._feed is not None:
            self._head.go_live()
        else:
            span = self._recall.span
            self._head.seek(self._start_at if self._start_at is not None else span[0], self._clock.now(), span)

    def _heed(self, request: Request) -> None:
        try:
            self._actions[type(request)](self, request)
        except StationError as error:
            self._tell(Notice(self._cursor(), "error", Text(str(error), str(error))))

    def _play(self, _: Play) -> None:
        self._head.play(self._clock.now(), self._recall.span)

    def _pause(self, _: Pause) -> None:
        self._head.pause(self._clock.now(), self._recall.span[1])

    def _seek(self, request: Seek) -> None:
        self._head.seek(request.at, self._clock.now(), self._recall.span)

    def _step(self, request: StepSample) -> None:
        now, span = self._clock.now(), self._recall.span
        self._head.pause(now, span[1])
        self._head.seek(self._recall.neighbour(self._cursor(), request.direction), now, span)

    def _step_picture(self, request: StepPicture) -> None:
        now, span = self._clock.now(), self._recall.span
        self._head.pause(now, span[1])
        self._head.seek(self._recall.picture_beside(request.camera, self._cursor(), request.direction), now, span)

    def _set_rate(self, request: SetRate) -> None:
        self._head.set_rate(request.rate, self._clock.now(), self._recall.span[1])

    def _go_live(self, _: GoLive) -> None:
        self._head.go_live()

    def _obey(self, request: Obey) -> None:
        if self._feed is None or not self._head.following:
            self._tell(
                Notice(
                    self._cursor(),
                    "warning",
                    Text("Actions are locked outside live running.", "仅在实时状态下可以操作。"),
                )
            )
            return
        self._feed.obey(request.command)

    def _recognise(self, request: Recognise) -> None:
        self._recognised |= frozenset(request.anomalies)
        if self._feed is not None:
            self._feed.recognise(self._cursor(), request.anomalies, request.by)

    def _annotate(self, request: Annotate) -> None:
        said = Annotation(request.at, request.until, request.subject, request.by, request.text)
        self._recall.notebook.note(request.change, said, request.instead_of)

    def _take_back(self, request: TakeBack) -> None:
        self._recall.notebook.take_back(request.change, request.line, request.by)

    def _turn_back(self, request: TurnBack) -> None:
        self._recall.notebook.turn_back(request.change, request.by)

    def _cancel(self, _: Cancel) -> None:
        if self._analysis is not None:
            self._analysis.cancel()

    def _answer(self, request: RangeQuery) -> None:
        self._answers.append(self._recall.overview(request))

    _actions: dict[type, Callable[..., None]] = {  # noqa: RUF012 - a table, not a default
        Play: _play,
        Pause: _pause,
        Seek: _seek,
        StepSample: _step,
        StepPicture: _step_picture,
        SetRate: _set_rate,
        GoLive: _go_live,
        Obey: _obey,
        Recognise: _recognise,
        Cancel: _cancel,
        Annotate: _annotate,
        TakeBack: _take_back,
        TurnBack: _turn_back,
        RangeQuery: _answer,
    }

    # ---- mail ------------------------------------------------------------------------------------------------------

    def _tell(self, notice: Notice) -> None:
        self._notices.append(notice)
        self._stirred.set()

    def _cursor(self) -> float:
        return self._head.cursor(self._clock.now(), self._recall.span[1])

    def _snapshot(self, cursor: float) -> Snapshot | None:
        if self._head.following and self._feed is not None:
            return self._feed.newest
        return self._recall.at(cursor)

    def _mail(self) -> Mail:
        cursor = self._cursor()
        following = self._head.following
        snapshot = self._snapshot(cursor)
        progress = self._analysis.progress if self._analysis is not None else self._feed and self._feed.progress
        return Mail(
            generation=0,
            mode="live" if following else "replay",
            snapshot=snapshot,
            cursor=cursor,
            span=self._recall.span,
            playing=self._head.playing or following,
            following=following,
            rate=self._head.rate,
            anomalies=self._recall.anomalies,
            alarms=snapshot.alarms if snapshot is not None else (),
            past_alarms=self._recall.alarms,
            events=self._recall.events,
            recognised=self._recognised | self._feed.recognised if self._feed is not None else self._recognised,
            progress=progress or None,
            live_source=self._feed is not None,
            health=self._feed.health(self._clock.now()) if self._feed is not None else Health(),
            ended=self._feed.ended if self._feed is not None else False,
            thermal=self._recall.thermal(cursor),
            vistas=self._recall.vistas(cursor),
            notes=self._recall.notes,
        )

    def _post(self) -> None:
        mail = self._mail()
        now = time.monotonic()
        pending = bool(self._answers or self._notices)
        if not pending and self._last is not None and now - self._last_sent < HEARTBEAT and _same(mail, self._last):
            return
        if not pending and self._last is not None and self._feed is None and _same(mail, self._last):
            return
        generation = (self._last.generation if self._last is not None else 0) + 1
        self._last = replace(mail, generation=generation)
        self._last_sent = now
        self._mailbox.put(replace(self._last, answers=tuple(self._answers), notices=tuple(self._notices)))
        self._answers.clear()
        self._notices.clear()


def _same(mail: Mail, other: Mail) -> bool:
    """Whether two mails show the same, but for how old it is. What is immutable is compared by identity."""
    by_identity = all(
        getattr(mail, name) is getattr(other, name)
        for name in ("snapshot", "anomalies", "past_alarms", "events", "progress", "thermal", "vistas", "notes")
    )
    by_value = ("mode", "cursor", "span", "playing", "following", "rate", "recognised", "ended")
    return by_identity and all(getattr(mail, name) == getattr(other, name) for name in by_value)
