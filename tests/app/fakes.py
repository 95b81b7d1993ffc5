"""A small station's worth of frames without a plant: enough to drive the window and its thread in tests."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cache

import numpy as np

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly, Candidate, Evidence
from twin.detectors.residual import ResidualName, Residuals
from twin.errors import StationError
from twin.notes import Annotation, Line, Note, Withdrawal, notes, taken_back
from twin.pipeline import Snapshot
from twin.plant.model import PumpState
from twin.plant.reading import Station, parse, read
from twin.recordings.memory import Overview
from twin.signals import Block, Event, Frame, Pose, TagTable
from twin.text import Text
from twin.thermography import Panorama, ThermalFrame

START = 1_768_190_400.0  # 2026-01-12 12:00 in Asia/Shanghai
ONSET = 20.0  # s after the start at which P102 is flagged


@cache
def station() -> Station:
    return read()


@cache
def plain_station() -> Station:
    """The same without its 3D model, which takes a second to load."""
    text = station().text.replace('model = "station.glb", ', "")
    return parse(text)


NAMES = tuple(
    ResidualName(pump.id, name, unit, station().tags[station().tags.measuring(pump.id, measures) or 0].name)
    for pump in station().pumps
    for name, unit, measures in (("head", "m", "discharge_pressure"), ("power", "kW", "motor_active_power"))
)


def frame(second: float) -> Frame:
    tags = station().tags
    low = np.array([t.low if math.isfinite(t.low) else 0.0 for t in tags])
    high = np.array([t.high if math.isfinite(t.high) else 1.0 for t in tags])
    values = low + (high - low) * (0.5 + 0.02 * math.sin(second / 7.0))
    for pump in station().pumps:
        column = tags.measuring(pump.id, "running")
        if column is not None:
            values[column] = 0.0 if pump.standby else 1.0
    quality = np.zeros(len(tags), dtype=np.uint8)
    poses = (Pose("R1", START + second, (20.0 + 0.5 * second, 20.0, 0.0)),)
    return Frame(START + second, values, quality, START + second, poses)


def anomaly(until: float | None = None) -> Anomaly:
    return Anomaly(
        id=1,
        equipment="P102",
        fault="impeller_wear",
        candidates=(Candidate("impeller_wear", 0.81), Candidate("gas_ingress", 0.19)),
        since=START + ONSET - 4.0,
        detected=START + ONSET,
        until=until,
        priority="medium",
        evidence=(Evidence("head", NAMES[2].tag, -3.2, "m", -9.4), Evidence("power", NAMES[3].tag, -31.0, "kW", -4.1)),
        response=("arm_standby:P104", "dispatch_robot:R1"),
    )


def alarm(state: str = "unacknowledged", identity: int = 7, priority: str = "high") -> Alarm:
    tag = NAMES[2].tag
    return Alarm(
        identity, tag, "P102", "L", priority, state, START + 5.0, None, 1.0, 1.1, Text("pressure low", "压力低")
    )


def snapshot(of: Frame, flagged: bool = False) -> Snapshot:
    pumps = tuple(
        PumpState(p.id, not p.standby, 1.8, 0.97, 78.0, 79.0, 0.4, 1.55e6, 1.54e6, 40.0, 9.0) for p in station().pumps
    )
    z = np.zeros(len(NAMES))
    if flagged:
        z[2], z[3] = -9.4, -4.1
    count = len(NAMES)
    residuals = Residuals(
        NAMES, 0.3 * z, np.full(count, 79.0), np.full(count, 0.3), z, np.ones(count, dtype=bool), ("",) * count
    )
    return Snapshot(of, pumps, residuals, (anomaly(),) if flagged else ())


class Source:
    """``count`` frames a second apart; waits for ever after them where ``endless``."""

    name = "fake:"
    live = True
    paced = False

    def __init__(self, count: int = 5, error: Exception | None = None) -> None:
        self.station = station()
        self.tags: TagTable = station().tags
        self._count = count
        self._error = error
        self.closed = False

    async def frames(self) -> AsyncIterator[Frame]:
        for second in range(self._count):
            yield frame(float(second))
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        self.closed = True


class Twin:
    """Flags P102 from ONSET on."""

    def __init__(self) -> None:
        self.obeyed: list[object] = []

    def step(self, of: Frame) -> Snapshot:
        second = of.at - START
        made = snapshot(of, flagged=second >= ONSET)
        changed = (anomaly(),) if second == ONSET else ()
        events = (Event(of.at, "operation", "P101", Text("speed raised", "升速")),) if second == 3 else ()
        return Snapshot(of, made.pumps, made.residuals, made.anomalies, (), changed, (), events)

    def obey(self, command: object) -> None:
        self.obeyed.append(command)


class Memory:
    """Frames in a list."""

    def __init__(self, count: int = 0, anomalies: tuple[Anomaly, ...] = ()) -> None:
        self.station = station()
        self.tags = station().tags
        self._frames = [frame(float(second)) for second in range(count)]
        self._anomalies = anomalies
        self._events: tuple[Event, ...] = ()

    def append(self, taken: Snapshot) -> None:
        self._frames.append(taken.frame)
        self._anomalies += taken.changed_anomalies
        self._events += taken.events

    @property
    def span(self) -> tuple[float, float]:
        return (self._frames[0].at, self._frames[-1].at) if self._frames else (math.nan, math.nan)

    def latest_at(self, at: float) -> Frame | None:
        return next((f for f in reversed(self._frames) if f.at <= at), None)

    def range(self, since: float, until: float, columns: Sequence[int] | None = None) -> Block:
        rows = [f for f in self._frames if since <= f.at < until]
        chosen = list(range(len(self.tags))) if columns is None else list(columns)
        return Block(
            np.array([f.at for f in rows]),
            np.array([f.values[chosen] for f in rows]).reshape(len(rows), len(chosen)),
            np.array([f.quality[chosen] for f in rows], dtype=np.uint8).reshape(len(rows), len(chosen)),
            np.array([f.arrived for f in rows]),
        )

    def frames(self, since: float, until: float) -> Iterator[Frame]:
        return iter([f for f in self._frames if since <= f.at < until])

    def overview(self, columns: Sequence[int], since: float, until: float, buckets: int) -> Overview:
        block = self.range(since, until, columns)
        return Overview(block.at, block.values.T, block.values.T, block.values.T, block.quality.T)

    def truth(self) -> tuple[Event, ...]:
        return ()

    def robots(self) -> tuple[str, ...]:
        return ("R1",)

    def events(self, since: float, until: float) -> tuple[Event, ...]:
        return self._events

    def anomalies(self) -> tuple[Anomaly, ...]:
        return self._anomalies

    def alarms(self) -> tuple[Alarm, ...]:
        return ()

    def thermal_frames(self, since: float, until: float, camera: str | None = None) -> Iterator[ThermalFrame]:
        taken = (picture for f in self._frames for picture in f.thermal)
        return iter([p for p in taken if since <= p.at < until and camera in (None, p.camera)])

    def panoramas(self, since: float, until: float, camera: str | None = None) -> Iterator[Panorama]:
        taken = (picture for f in self._frames for picture in f.panoramas)
        return iter([p for p in taken if since <= p.at < until and camera in (None, p.camera)])

    def annotations(self) -> tuple[Annotation, ...]:
        return ()

    def panorama_times(self) -> dict[str, np.ndarray]:
        taken = [picture for f in self._frames for picture in f.panoramas]
        return {name: np.array([p.at for p in taken if p.camera == name]) for name in {p.camera for p in taken}}


class Pad:
    """Lines of notes as a recording keeps them."""

    def __init__(self, *lines: Line) -> None:
        self.lines = list(lines)

    def notes(self) -> tuple[Note, ...]:
        return notes(self.lines)

    def write(self, *lines: Line) -> tuple[int, ...]:
        first = len(self.lines) + 1
        said = list(self.lines)
        for line in lines:
            if isinstance(line, Withdrawal) and (line.withdraws > len(said) or taken_back(said)[line.withdraws - 1]):
                raise StationError("a pad", "holds no such line", "Write another")
            said.append(line)
        self.lines = said
        return tuple(range(first, len(said) + 1))
