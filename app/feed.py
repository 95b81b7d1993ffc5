"""A live source being taken in: each frame goes through the twin into memory, at the pace of its own clock."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Protocol

from app.hindsight import Remembered
from app.messages import Health, Notice, Progress
from app.recall import Recall
from twin.alarms.keeper import Keeper
from twin.clock import Clock
from twin.commands import Command, ToSource
from twin.errors import StationError
from twin.pipeline import Snapshot
from twin.signals import Frame
from twin.sources.source import Source
from twin.text import Text
from twin.watching import went_on

CATCHING_UP = Text("Running ahead", "正在快进")
SLICE = 0.01  # s of work between two looks at what the window asks


class Fold(Protocol):
    """The twin as the feed needs it (twin.pipeline.Twin)."""

    def step(self, frame: Frame) -> Snapshot: ...

    def obey(self, command: Command) -> object: ...


class Kept(Protocol):
    """The memory as the feed needs it (twin.recordings.live.LiveMemory)."""

    @property
    def span(self) -> tuple[float, float]: ...

    def append(self, taken: Snapshot) -> None: ...


class Feed:
    """Takes a source in. ``ahead`` seconds of it are run as fast as possible before it is paced.

    A source that keeps no pace of its own is paced here: its first frame (or the one reached by running ahead) is now.
    With ``hold`` nothing more is taken in once it has run ahead, for a picture of that moment. A ``keeper`` enters what
    happens into the journal; where that fails it is said once, and the feed goes on without.
    """

    def __init__(
        self,
        source: Source,
        twin: Fold,
        memory: Kept,
        remembered: Remembered,
        recall: Recall,
        clock: Clock,
        ahead: float = 0.0,
        hold: bool = False,
        keeper: Keeper | None = None,
    ) -> None:
        self._source = source
        self._twin = twin
        self._memory = memory
        self._recall = recall
        self._clock = clock
        self._ahead = ahead
        self._hold = hold
        self._held = False
        self._remembered = remembered
        self._keeper = keeper
        self._unkept: StationError | None = None
        self._recognised: frozenset[int] = frozenset()
        self._dropped = 0
        self._arrivals: deque[float] = deque(maxlen=20)
        self._step_s = 0.0
        self.newest: Snapshot | None = None
        self.progress: Progress | None = None
        self.ended = False

    async def run(self, tell: Callable[[Notice], None]) -> None:
        """Until the source ends; a source that fails ends too, and says why."""
        if self._keeper is not None and (self._keeper.standing or self._keeper.left):
            said = went_on(self._keeper.standing, len(self._keeper.left))
            tell(Notice(self._clock.now(), "information", said))
        try:
            await self._take_in(self._source.frames(), tell)
            said = Text(f"{self._source.name} has ended.", f"数据源 {self._source.name} 已结束。")
            tell(Notice(self._clock.now(), "warning", said))
        except StationError as error:
            tell(Notice(self._clock.now(), "error", Text(str(error), str(error))))
        finally:
            self._source.close()
            self._let_go()
        self.ended = True

    def obey(self, command: Command) -> None:
        """Pass a command on, to the twin or back to the source; what it changes is in the next snapshot."""
        if isinstance(command, ToSource):
            self._source.command(command)
        else:
            self._twin.obey(command)

    @property
    def recognised(self) -> frozenset[int]:
        """The anomalies that somebody has seen, in this run or, where they are the same, in the one before."""
        return self._recognised | self._keeper.recognised if self._keeper is not None else self._recognised

    def recognise(self, at: float, anomalies: Iterable[int], by: str) -> None:
        """Note that somebody has seen anomalies, and keep it."""
        seen = frozenset(anomalies)
        self._recognised |= seen
        if self._keeper is not None:
            keeper = self._keeper
            self._keep(lambda: keeper.recognise(at, [a for a in self._recall.anomalies if a.id in seen], by))

    def health(self, now: float) -> Health:
        """How the taking in is doing at clock time ``now``."""
        if not self._arrivals:
            return Health()
        over = self._arrivals[-1] - self._arrivals[0]
        rate = (len(self._arrivals) - 1) / over if over > 0 else 0.0
        return Health(
            rate, self._step_s * 1e3, self._dropped, 0.0 if self._held else max(0.0, now - self._arrivals[-1])
        )

    async def _take_in(self, frames: AsyncIterator[Frame], tell: Callable[[Notice], None]) -> None:
        first = lead = None
        slice_began = time.perf_counter()
        async for frame in frames:
            first = frame.at if first is None else first
            running_ahead = frame.at - first < self._ahead
            if not running_ahead and not self._source.paced:
                lead = self._clock.now() - frame.at if lead is None else lead
                await self._clock.sleep_until(frame.at + lead)
            self._fold(frame)
            if self._unkept is not None:
                tell(Notice(frame.at, "error", _not_kept(self._unkept)))
                self._unkept = None
            self._report(frame.at - first if running_ahead else None)
            if self._hold and not running_ahead:
                self._held = True
                await asyncio.Event().wait()
            if running_ahead and time.perf_counter() - slice_began > SLICE:
                await asyncio.sleep(0)
                slice_began = time.perf_counter()

    def _fold(self, frame: Frame) -> None:
        began = time.perf_counter()
        snapshot = self._twin.step(frame)
        self._step_s += 0.1 * (time.perf_counter() - began - self._step_s)
        self._arrivals.append(self._clock.now())
        self.newest = snapshot
        if self._keeper is not None:
            keeper = self._keeper
            self._keep(lambda: keeper.enter(frame.at, snapshot.changed_alarms, snapshot.changed_anomalies))
        if frame.at < self._memory.span[1]:
            self._dropped += 1  # time ran backwards: shown, told by the twin, and not remembered
            return
        self._memory.append(snapshot)
        self._remembered.append(snapshot)
        if snapshot.changed_anomalies or snapshot.events or snapshot.changed_alarms:
            self._recall.look_up()

    def _keep(self, entry: Callable[[], None]) -> None:
        try:
            entry()
        except StationError as error:
            self._unkept = error
            self._let_go()

    def _let_go(self) -> None:
        if self._keeper is not None:
            self._recognised = self.recognised
            self._keeper.close()
            self._keeper = None

    def _report(self, gone: float | None) -> None:
        if gone is not None:
            self.progress = Progress(CATCHING_UP, gone / self._ahead)
        else:
            self.progress = None


def _not_kept(error: StationError) -> Text:
    return Text(
        f"What happens is no longer kept for the next start: {error.thing} {error.wrong}.",
        f"事件不再保存到下次启动：{error.thing} {error.wrong}",
    )
