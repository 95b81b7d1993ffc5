"""What a station does by the calendar: pumps take turns on duty, and what rests or stands by is looked after.

Everything follows from the day and the seed, so that the duty of any day is known without the days before it. Nothing
of it is done to a machine on duty, except that valves are moved a little to show that they can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin.signals import Event
from twin.simulation import dispatch
from twin.simulation.layout import Layout
from twin.simulation.scenario import Happening
from twin.simulation.service import Job, Kind, Service, service
from twin.simulation.weather import DAY, HOUR, lot, standard
from twin.text import Text

WEEK = 7
THURSDAY = 3  # 1970-01-01, counted from Monday
ROTATES, ROTATION, APART = 1, 10.0 * HOUR, 2.0 * HOUR  # Tuesday at ten, the next circuit two hours later
JITTER = 1200.0  # s by which people are late
SERVICES = 2  # Wednesday
TRIAL, RELAY_TRIAL, LIFTING, WIRE_TRIAL = 300.0, 120.0, 60.0, 300.0  # s
STROKE, STROKE_TAKES = 90.0, 300.0  # % that a valve in service is moved to, and for how long
TOLD = {
    "pump": Text("the resting pump is isolated for service", "备用泵隔离检修"),
    "trial": Text("the emergency stop and the leak switches are tried", "急停与漏液开关试验"),
    "relay": Text("the feeder's protection is tried", "馈线保护试验"),
    "valve": Text("the valve is moved a little and back", "阀门活动试验"),
    "ups": Text("the battery is tried", "蓄电池放电试验"),
    "dc": Text("the battery gets an equalising charge", "蓄电池均充"),
    "transformer": Text("the main transformer is out for service", "主变停电检修"),
    "relief": Text("the relief valve is lifted by hand", "泄压阀手动试验"),
    "wire": Text("the leak wire is tried", "泄漏报警线试验"),
    "station": Text("the station transformer is out for service", "站用变停电检修"),
    "panel": Text("the panel is fed from its other side", "低压柜切换试验"),
}
MONTHLY: tuple[tuple[int, Kind, float, float], ...] = (  # week of four, what, hour it begins, hours it lasts
    (0, "ups", 10.0, 0.4),
    (0, "relief", 14.0, LIFTING / HOUR),
    (1, "transformer", 9.0, 6.0),
    (1, "panel", 15.5, 0.3),
    (2, "dc", 9.0, 4.0),
    (2, "relay", 14.0, RELAY_TRIAL / HOUR),
    (2, "wire", 15.5, WIRE_TRIAL / HOUR),
    (3, "valve", 9.0, STROKE_TAKES / HOUR),
    (3, "station", 14.0, 3.0),
)

OF_KIND = {
    "ups": "ups",
    "dc": "dc_panel",
    "panel": "lv_panel",
    "transformer": "transformer",
    "station": "station_transformer",
    "relief": "relief_valve",
    "wire": "line_chamber",
}
ALL_AT_ONCE = ("valve", "relay", "relief", "wire")  # one after the other, not one of them each time


@dataclass(frozen=True, slots=True)
class Turn:
    """One pump of a circuit takes over from another."""

    at: float  # s, POSIX
    circuit: int
    start: int
    stop: int


class Almanac:
    """The calendar of a station."""

    def __init__(self, layout: Layout, seed: int, zone: tzinfo) -> None:
        self._layout, self._seed, self._offset = layout, seed, standard(zone)
        machines = layout.machines
        self._pumps = [np.flatnonzero(machines.circuit == c) for c in range(len(layout.circuits))]
        self._resting = [int(machines.standby[of].sum()) for of in self._pumps]
        self._jobs = lru_cache(maxsize=8)(self._jobs_of)
        self._moves = lru_cache(maxsize=8)(lambda day: dispatch.moves(seed, day, layout))

    # --- duty --------------------------------------------------------------------------------------------------------

    def standby(self, at: float) -> NDArray[np.bool_]:
        """(p,) which pumps stand by at a time [s, POSIX]."""
        standby = np.zeros(len(self._layout.machines), dtype=bool)
        for circuit in range(len(self._pumps)):
            week = self._week(at)
            turns = week if at >= self._turns_at(circuit, week) else week - 1
            standby[self._rest(circuit, turns)] = True
        return standby

    def turns(self, after: float, until: float) -> list[Turn]:
        """Every change of duty after one time, and until another. [s, POSIX]"""
        made: list[Turn] = []
        for circuit, of in enumerate(self._pumps):
            if not 0 < self._resting[circuit] < of.size:
                continue
            for week in range(self._week(after), self._week(until) + 1):
                before, now = self._rest(circuit, week - 1), self._rest(circuit, week)
                begun, ended = set(before.tolist()) - set(now.tolist()), set(now.tolist()) - set(before.tolist())
                at = self._turns_at(circuit, week)
                if after < at <= until:
                    made.append(Turn(at, circuit, begun.pop(), ended.pop()))
        return sorted(made, key=lambda turn: turn.at)

    def happenings(self, start: float, until: float) -> tuple[Happening, ...]:
        """What control is to do in a run from ``start`` until ``until``: changes of duty, valves that are tried."""
        ids = self._layout.machines.ids
        duty = [
            Happening(
                at=turn.at - start,
                on=self._layout.circuits[turn.circuit],
                operation="rotate_duty",
                start=ids[turn.start],
                stop=ids[turn.stop],
            )
            for turn in self.turns(start, until)
        ]
        tried = [
            Happening(at=at - start, on=job.on, operation="valve", value=value)
            for job in self._between(start, until)
            if job.kind == "valve" and job.on in self._network
            for at, value in ((job.begins, STROKE), (job.ends - STROKE_TAKES / 2.0, 100.0))
            if at > start
        ]
        return (*duty, *tried)

    def _week(self, at: float) -> int:
        """Weeks since the one of 1970-01-01, Monday first."""
        return int(((at + self._offset) // DAY + THURSDAY) // WEEK)

    def _turns_at(self, circuit: int, week: int) -> float:
        day = week * WEEK - THURSDAY + ROTATES
        late = float(lot(self._seed, f"duty {circuit}", week).uniform(0.0, JITTER))
        return day * DAY - self._offset + ROTATION + circuit * APART + late

    def _rest(self, circuit: int, week: int) -> NDArray[np.intp]:
        """The pumps of a circuit that stand by once it has turned in a week: the last one first, then back again."""
        of, count = self._pumps[circuit], self._resting[circuit]
        return of[(week + np.arange(count)) % of.size] if count else of[:0]

    # --- service -----------------------------------------------------------------------------------------------------

    @property
    def _network(self) -> frozenset[str]:
        return frozenset(part.id for part in self._layout.resistances)

    def service(self, at: float) -> Service | None:
        """What is being worked on at a time [s, POSIX]; None for nothing."""
        jobs = [job for job in self._jobs(self._day(at)) if job.begins <= at < job.ends]
        return service(jobs, at, self._layout) if jobs else None

    def events(self, at: float) -> tuple[Event, ...]:
        """What is told of the second that ends at ``at``: what is begun here, and by the neighbours."""
        day, second = divmod(at + self._offset, DAY)
        jobs = (job for job in self._jobs(int(day)) if at - 1.0 < job.begins <= at)
        moves = (move for move in self._moves(int(day)) if second - 1.0 < move.begins <= second)
        return (
            *(
                Event(at, "operation", job.on, TOLD[job.kind], {"operation": "service", "until": job.ends})
                for job in jobs
            ),
            *(dispatch.told(move, at, self._layout) for move in moves),
        )

    def _between(self, after: float, until: float) -> Iterator[Job]:
        for day in range(self._day(after), self._day(until) + 1):
            yield from (job for job in self._jobs(day) if after < job.begins <= until)

    def _day(self, at: float) -> int:
        return int((at + self._offset) // DAY)

    def _jobs_of(self, day: int) -> tuple[Job, ...]:
        week, weekday = divmod(day + THURSDAY, WEEK)
        midnight = day * DAY - self._offset
        if weekday == SERVICES:
            return tuple(self._of_pumps(week, midnight))
        if weekday == THURSDAY:
            return tuple(self._of_the_month(week, midnight))
        return ()

    def _of_pumps(self, week: int, midnight: float) -> Iterator[Job]:
        """The pump that rests is isolated for a day's work: all of a circuit in turn, then all of the next."""
        circuit = week // max(of.size for of in self._pumps) % len(self._pumps)
        feeders = {part.serves: i for i, part in enumerate(self._layout.things("cubicle"))}
        machines = self._layout.machines
        for pump in self._rest(circuit, week):
            begins = midnight + 9.0 * HOUR
            yield Job("pump", int(pump), machines.ids[pump], begins, begins + 6.0 * HOUR)
            yield Job("trial", int(pump), machines.ids[pump], begins + 0.5 * HOUR, begins + 0.5 * HOUR + TRIAL)
            feeder = feeders.get(machines.drives[pump], -1)
            if feeder >= 0:
                yield self._relay(feeder, begins + HOUR)

    def _relay(self, cubicle: int, begins: float) -> Job:
        return Job("relay", cubicle, self._layout.ids("cubicle")[cubicle], begins, begins + RELAY_TRIAL)

    def _of_the_month(self, week: int, midnight: float) -> Iterator[Job]:
        """One of each kind is looked after in each round of four weeks, and the next one in the next; all valves."""
        turn, number = divmod(week, 4)
        for when, kind, hour, lasts in MONTHLY:
            of, names = self._things(kind)
            if when != number or not names:
                continue
            chosen = range(len(names)) if kind in ALL_AT_ONCE else (turn % len(names),)
            for place, index in enumerate(chosen):
                begins = midnight + hour * HOUR + place * lasts * HOUR
                yield Job(kind, of[index], names[index], begins, begins + lasts * HOUR)

    def _things(self, kind: Kind) -> tuple[Sequence[int], tuple[str, ...]]:
        """What the monthly work may be on: indices among its kind, and names."""
        layout = self._layout
        if kind == "valve":
            gates = tuple(part.id for part in layout.resistances if part.kind == "gate_valve")
            names = (*gates, *layout.ids("motor_valve"))
        elif kind == "relay":  # the drives' own are tried with their pumps
            of = [(i, part.id) for i, part in enumerate(layout.things("cubicle")) if part.serves not in self._drives]
            return [i for i, _ in of], tuple(name for _, name in of)
        else:
            names = layout.ids(OF_KIND[kind])
        lonely = kind in ("transformer", "station") and len(names) < 2  # nothing could take over from it
        return range(len(names)), () if lonely else names

    @property
    def _drives(self) -> frozenset[str]:
        return frozenset((*self._layout.machines.drives, *self._layout.machines.ids))


def _told(job: Job, at: float) -> Event:
    return Event(at, "operation", job.on, TOLD[job.kind], {"operation": "service", "until": job.ends})
