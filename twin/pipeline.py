"""The whole twin as one fold: frames in, snapshots out. Live running, replay, analysis and tests all run it.

Where many frames are there already, as in a recording, what depends on no frame before is reckoned of a block of them
at once, and each then goes through the same fold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from typing import overload

import numpy as np
from numpy.typing import NDArray

from twin.alarms.book import Alarm, AlarmBook, Reading
from twin.alarms.metrics import QUIET, AlarmLoad, AlarmRates, Rates
from twin.alarms.rules import Rules
from twin.commands import Command, ToAlarms
from twin.detectors.anomaly import Anomaly
from twin.detectors.detector import Detector, Findings
from twin.detectors.feed import Feed
from twin.detectors.learned import Learned, Score
from twin.detectors.reconciliation import Reconciled
from twin.detectors.residual import Residuals, no_residuals
from twin.detectors.roll import Roll
from twin.detectors.strangeness import Strangeness
from twin.plant.model import PlantState, PumpModel, PumpState
from twin.plant.reading import Station
from twin.signals import Block, Event, Floats, Frame, Quality, TagTable
from twin.text import Text
from twin.thermography import ThermalFrame

NO_RESIDUALS = no_residuals()
GAP = 10.0  # s without a frame after which the detectors begin their sums anew
GAP_PERIODS = 5.0  # and so many times the usual period, for sources slower than a second
FOLLOWED_AFTER = 5  # frames in a row that go on after time stepped back
AT_ONCE = 128  # frames of which the model's states are reckoned together
PERIOD_MEMORY = 0.1  # share by which the usual period follows the last


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is known at one instant, immutable.

    ``anomalies`` and ``alarms`` are those standing; ``changed_anomalies``, ``changed_alarms`` and ``events`` are what
    this frame brought, so that whoever reads every snapshot misses nothing. ``score`` is that of the learning layer,
    where there is one. ``alarm_rates`` is the load of alarms; ``suppressed`` counts those that stand still by design.
    ``reconciled`` is by column what the readings that are not believed should be.
    """

    frame: Frame
    pumps: Sequence[PumpState]
    residuals: Residuals
    anomalies: tuple[Anomaly, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    changed_anomalies: tuple[Anomaly, ...] = ()
    changed_alarms: tuple[Alarm, ...] = ()
    events: tuple[Event, ...] = ()
    score: Score | None = None
    alarm_rates: AlarmRates = QUIET
    suppressed: int = 0
    reconciled: Mapping[int, Reconciled] = field(default_factory=dict)

    @property
    def thermal(self) -> tuple[ThermalFrame, ...]:
        """What thermal cameras took since the frame before."""
        return self.frame.thermal


class _Pumps(Sequence[PumpState]):
    """Every pump of a state, put into words when somebody looks."""

    def __init__(self, state: PlantState) -> None:
        self._state = state

    @cached_property
    def _states(self) -> tuple[PumpState, ...]:
        return self._state.states()

    @overload
    def __getitem__(self, key: int) -> PumpState: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[PumpState, ...]: ...
    def __getitem__(self, key: int | slice) -> PumpState | tuple[PumpState, ...]:
        return self._states[key]

    def __iter__(self) -> Iterator[PumpState]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._state.pumps)


class Twin:
    """A station's twin. It has no clock: the same frames and commands give the same snapshots.

    Parameters
    ----------
    station : Station, optional       Without one every column is a tag and nothing is modelled.
    tags : TagTable, optional         Of the frames, where they are not those of the station.
    learned : Learned, optional       The learning layer; it reports where there is no model, and always scores.
    healthy : (float, float)          Span known to be sound: the detectors learn from it and report nothing. [s, POSIX]
    """

    def __init__(
        self,
        station: Station | None,
        tags: TagTable | None = None,
        learned: Learned | None = None,
        healthy: tuple[float, float] | None = None,
    ) -> None:
        self.tags = tags if tags is not None else (station.tags if station is not None else TagTable(()))
        self._model = PumpModel(station, self.tags) if station is not None and station.pumps else None
        self._detector = Detector(station, self._model, healthy) if station is not None and self._model else None
        self._feed = Feed(self.tags, station.id) if station is not None and self._model else None
        self._roll = Roll()
        self._alarms = AlarmBook(Rules.of(station)) if station is not None else None
        self._rates = Rates()
        self._alarm_rates = QUIET
        self._flood_turned = False
        self._alarm_rows = _rows(station, self.tags) if station is not None else None
        self._learned = learned
        self._strangeness = Strangeness(self.tags)
        self._time = _Time()
        self._storm = False
        self._obeyed: list[Alarm] = []
        self._last: Snapshot | None = None

    @property
    def unchecked(self) -> tuple[Text, ...]:
        """What cannot be checked for want of a measurement, in words."""
        if self._model is None:
            return (Text("No pump is modelled: only the tags are shown", "未建立泵模型：仅显示测点"),)
        return self._model.binding.unchecked

    @property
    def alarm_load(self) -> AlarmLoad:
        """The load of alarms since the first frame."""
        return self._rates.load()

    def resume(self, alarms: Iterable[Alarm], first_anomaly: int = 1) -> None:
        """Go on where another run was left: its alarms as they last were, and the next anomaly's number."""
        self._roll.begin_at(first_anomaly)
        if self._alarms is not None:
            self._alarms.resume(alarms)
            self._rates.resume(self._alarms.standing)

    def step(self, frame: Frame) -> Snapshot:
        """Take in a frame. One whose time does not follow is shown, and nothing is concluded from it."""
        return self._step(frame, None, None)

    def run(self, block: Block) -> Iterator[Snapshot]:
        """Take in the frames of a block, one after another: the same as a step with each, and quicker."""
        for low in range(0, len(block), AT_ONCE):
            part = block[low : low + AT_ONCE]
            foreseen = zip(part.frames(), self._foreseen(part), self._read(part), strict=False)
            for frame, state, read in foreseen:
                yield self._step(frame, state, read)

    def _foreseen(self, block: Block) -> Iterable[PlantState | None]:
        """Where the plant stands in each frame of a block if it is believed as it comes; None if it will not be."""
        if self._model is None or self._detector is None or not self._detector.believes_all:
            return repeat(None)
        if not self._time.goes_on(block.at):
            return repeat(None)
        with np.errstate(all="ignore"):  # what is not believed in the end may be anything
            state = self._model.run(block)
            states = state.frames(block.at.tolist())
            self._detector.foresee(state, states)
        return states

    def _read(self, block: Block) -> Iterable[Reading | None]:
        """What the alarm book reads in each frame of a block."""
        if self._alarms is None or self._alarm_rows is not None:
            return repeat(None)
        return self._alarms.read(block)

    def _step(self, frame: Frame, foreseen: PlantState | None, read: Reading | None) -> Snapshot:
        """Take in a frame, of which it may be known already where the plant stands and what the alarm book reads.

        That is if it is believed as it comes.
        """
        notices, follows = self._time.step(frame.at)
        if not follows and self._last is not None:
            notices = () if self._feed is not None and self._feed.doubtful else notices
            missed = self._feed.misses(frame.at) if self._feed is not None else ()
            return self._shown(frame, notices, self._roll.enter("feed", missed))
        judged, changed, follows = self._received(frame, bool(notices))
        if not follows and self._last is not None:
            return self._shown(frame, (), changed)
        if self._feed is not None and self._feed.untimely:
            notices = ()
        believed = self._detector.believed(judged) if self._detector is not None else judged
        state = foreseen if believed is frame else None
        if state is None and self._model is not None:
            state = self._model.step(believed)
        findings = self._detector.step(judged, state) if self._detector is not None and state is not None else None
        score = self._learned.step(judged) if self._learned is not None else None
        if findings is None:
            findings = self._unmodelled(judged.at, score)
        notices += self._told_storm(judged.at)
        changed += self._roll.enter("detector", findings.changed) if findings.changed else ()
        changed_alarms = self._step_alarms(judged, read if judged is frame else None)
        self._last = Snapshot(
            frame=frame,
            pumps=_Pumps(state) if state is not None else (),
            residuals=findings.residuals,
            anomalies=self._roll.standing,
            alarms=self._standing_alarms(),
            changed_anomalies=changed,
            changed_alarms=changed_alarms,
            events=(*frame.events, *notices, *self._told_flood(judged.at)),
            score=score,
            alarm_rates=self._alarm_rates,
            suppressed=self._alarms.suppressed_count if self._alarms is not None else 0,
            reconciled=findings.reconciled,
        )
        return self._last

    def _received(self, frame: Frame, jumped: bool) -> tuple[Frame, tuple[Anomaly, ...], bool]:
        """A frame as it may be judged, what is wrong with the data as such, and whether anything may be concluded."""
        if self._feed is None:
            return frame, (), True
        frozen = self._feed.frozen
        judged, changed = self._feed.step(frame, jumped)
        if (jumped or (frozen and not self._feed.frozen)) and self._detector is not None:
            self._detector.bridge_gap()
        return judged, self._roll.enter("feed", changed) if changed else (), not self._feed.frozen

    def obey(self, command: Command) -> None:
        """Carry out a command; what it changes is in the next snapshot. One that an alarm's life forbids changes
        nothing."""
        if isinstance(command, ToAlarms) and self._alarms is not None:
            changed = self._alarms.obey(command)
            self._obeyed += [changed] if changed is not None else []

    def _unmodelled(self, at: float, score: Score | None) -> Findings:
        """What can be said without a model."""
        changed = self._strangeness.step(at, score) if score is not None else ()
        standing = self._strangeness.standing
        return Findings(NO_RESIDUALS, (standing,) if standing is not None else (), changed)

    def _told_storm(self, at: float) -> tuple[Event, ...]:
        """A notice when many values go missing at once, and when they are back."""
        storm = self._detector is not None and self._detector.storm
        if storm == self._storm:
            return ()
        self._storm = storm
        return (_notice(at, MANY_MISSING if storm else MANY_BACK),)

    def _step_alarms(self, frame: Frame, read: Reading | None) -> tuple[Alarm, ...]:
        """What changed in the alarm book, by commands and by this frame."""
        changed = tuple(self._obeyed)
        self._obeyed.clear()
        if self._alarms is None:
            return changed
        rows = self._alarm_rows
        if rows is not None:
            # a tag that does not come has row -1: the missing value put behind all others
            values = np.append(frame.values, np.nan)[rows]
            quality = np.append(frame.quality, np.uint8(Quality.MISSING))[rows]
            frame = replace(frame, values=values, quality=quality)
        changed += self._alarms.step(frame, read)
        flooded = self._alarm_rates.flood
        self._alarm_rates = self._rates.step(frame.at, changed)
        self._flood_turned = self._alarm_rates.flood != flooded
        return changed

    def _told_flood(self, at: float) -> tuple[Event, ...]:
        """A notice when alarms come faster than anybody can heed them, and when that is over."""
        if not self._flood_turned:
            return ()
        return (Event(at, "notice", "alarms", FLOOD if self._alarm_rates.flood else FLOOD_OVER),)

    def _shown(self, frame: Frame, notices: tuple[Event, ...], changed: tuple[Anomaly, ...]) -> Snapshot:
        """The last conclusions, with a frame from which none may be drawn."""
        assert self._last is not None
        changed_alarms = tuple(self._obeyed)
        self._obeyed.clear()
        return replace(
            self._last,
            frame=frame,
            anomalies=self._roll.standing,
            alarms=self._standing_alarms(),
            changed_anomalies=changed,
            changed_alarms=changed_alarms,
            events=(*frame.events, *notices),
        )

    def _standing_alarms(self) -> tuple[Alarm, ...]:
        return self._alarms.standing if self._alarms is not None else ()


class _Time:
    """Whether time goes on: notices gaps and steps back, each once.

    A clock that was set back and then goes on is followed after some frames; until then nothing is judged.
    """

    def __init__(self) -> None:
        self._at = -math.inf
        self._period = 1.0
        self._halted_at = math.nan
        self._going_on = 0

    def goes_on(self, times: Floats) -> bool:
        """Whether frames of these times all follow, each the one before."""
        return bool(np.all(np.diff(times, prepend=self._at) > 0))

    def step(self, at: float) -> tuple[tuple[Event, ...], bool]:
        """What is to be told of a frame's time, and whether it follows the frame before."""
        elapsed = at - self._at
        if not elapsed > 0 and not self._followed(at):
            return self._halt(at)
        halted, self._halted_at, self._going_on = math.isfinite(self._halted_at), math.nan, 0
        first, self._at = self._at == -math.inf, at
        if first:
            return (), True
        if elapsed <= 0 or elapsed > max(GAP, GAP_PERIODS * self._period):
            return (_notice(at, _gap(elapsed)),), True
        self._period += 0.0 if halted else PERIOD_MEMORY * (elapsed - self._period)
        return (), True

    def _followed(self, at: float) -> bool:
        """Whether time has gone on often enough since it stepped back."""
        self._going_on = self._going_on + 1 if at > self._halted_at else 0
        return self._going_on >= FOLLOWED_AFTER

    def _halt(self, at: float) -> tuple[tuple[Event, ...], bool]:
        told = math.isfinite(self._halted_at)
        self._halted_at = at
        return (() if told else (_notice(at, HALTED),)), False


MANY_MISSING = Text("Many values are missing at once: the connection is to blame", "大量数据同时缺失：应为通信故障")
MANY_BACK = Text("The missing values are back", "缺失的数据已恢复")
FLOOD = Text("An alarm flood: more than 10 in ten minutes", "报警泛滥：十分钟内超过 10 条")
FLOOD_OVER = Text("The alarm flood is over", "报警泛滥结束")
HALTED = Text("Time does not go on: frames are shown and not judged", "时间未前进：数据仅显示，不参与判断")


def _gap(elapsed: float) -> Text:
    if elapsed <= 0:
        return Text(f"The clock was set back by {-elapsed:.0f} s", f"时钟被调回 {-elapsed:.0f} 秒")
    return Text(f"No data for {elapsed:.0f} s", f"数据中断 {elapsed:.0f} 秒")


def _notice(at: float, text: Text) -> Event:
    return Event(at, "notice", "data", text)


def _rows(station: Station, tags: TagTable) -> NDArray[np.intp] | None:
    """Where each tag of the station stands in the frames, -1 where it is missing; None where they agree."""
    if tags.names == station.tags.names:
        return None
    columns = {name: column for column, name in enumerate(tags.names)}
    return np.array([columns.get(name, -1) for name in station.tags.names], dtype=np.intp)
