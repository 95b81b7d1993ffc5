"""How soon and how rightly faults are named, and whether healthy days raise anything: the scenario suite.

Every fault the plant can have is put into a running station, slight, clear and gross, after two and a half minutes of
healthy running with transmitter errors, build differences and a neighbour's unrest. ``python -m tests.bench detection``
takes one seed and one load; the whole suite and the healthy days are asked for:

    python -m tests.bench.detection --seeds 5 --loads 0.6 0.8 1.0 --days 7 [--only FAULT…] [--first 6] [--jobs 2]
    python -m tests.bench.detection --seeds 0 --days 30

Delays count from the first gauge a fault can reach: what a neighbour does takes its time along the line; water, smoke
and gas take theirs to a detector, and the same run without them says when some transmitter of the room first differs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.plant.station import Words
from twin.signals import Floats
from twin.simulation.faults import FAULTS, Severity
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario, load

START = 1_768_000_000.0
ONSET = 150.0  # s
SEVERITIES: tuple[Severity, ...] = ("slight", "clear", "gross")
HOUR = 3600.0
NOTICEABLE = 4.0  # spreads, and steps, of a signal by which a fault must have moved it to be seen in it at all
BARS = {"P": 3.0, "A": 10.0, "B": 60.0, "C": 3600.0}  # s, by class (domain.md, section 3)
RIGHT_AWAY = ("P", "A")
SURENESS = (0.0, 0.5, 0.7, 0.85, 0.95, 1.01)  # bounds between which confidences are held against what was right
DAY, WEEK = 86_400, 604_800.0  # s
HEALTHY = ("a healthy day", "season", "healthy-day")  # the first is below, the others are scenarios that ship


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, what it befalls, the equipment to be named, its class, how long to watch and its way to a gauge. [s]"""

    fault: str
    on: str
    equipment: str
    of_class: str
    after: float = 75.0
    way: float = 0.0

    @property
    def in_a_room(self) -> bool:
        """Whether it is told by detectors that something must reach first."""
        return self.fault in ("flood", "fire", "gas", "intrusion")


CASES = (
    Case("impeller_wear", "P102", "P102", "B"),
    Case("wear_ring_clearance", "P203", "P203", "B"),
    Case("cavitation", "P101", "P101", "A"),
    Case("gas_ingress", "P202", "P202", "A"),
    Case("broken_blade", "P103", "P103", "A"),
    Case("misalignment", "P102", "P102", "B", 120.0),
    Case("bearing_de", "P103", "P103", "B", 90.0),
    Case("bearing_nde", "P201", "P201", "B", 90.0),
    Case("seal_leak", "P202", "P202", "B"),
    Case("low_flow", "supply", "MV302", "A", 90.0),
    Case("discharge_valve_partly_closed", "P201", "P201", "A"),
    Case("strainer_clogging", "P102.strainer", "P102", "B"),
    Case("check_valve_stuck_open", "P104", "P104", "A"),
    Case("check_valve_stuck_closed", "P103", "P103", "A"),
    Case("vfd_derate", "P203", "P203", "A"),
    Case("drive_trip", "P101", "P101", "P"),
    Case("phase_imbalance", "P202", "P202", "A"),
    Case("winding_overheating", "P101", "P101", "B", 90.0),
    Case("line_leak", "LINE-SU", "LINE-SU", "B"),
    Case("line_rupture", "LINE-SD", "LINE-SD", "P"),
    Case("line_rupture", "LINE-RU", "LINE-RU", "P"),
    Case("upstream_trip", "supply", "LINE-SU", "P", way=4.6),  # 5 km to the nearest chamber at 1.09 km/s
    Case("downstream_trip", "return", "LINE-RD", "P", way=4.6),
    Case("makeup_loss", "MU", "MU", "B"),
    Case("water_quality", "WQ-S", "WQ-S", "C", 180.0),
    Case("transformer_overtemperature", "ST1", "ST1", "B", 120.0),
    Case("flood", "HALL-A", "HALL-A", "P"),
    Case("fire", "ROOM-VFD", "ROOM-VFD", "P"),
    Case("gas", "ROOM-BAT", "ROOM-BAT", "P"),
    Case("intrusion", "ROOM-10KV", "ROOM-10KV", "P"),
    Case("sensor_bias", "B4-FT-10203", "B4-FT-10203", "B"),
    Case("sensor_bias", "B4-PT-20102", "B4-PT-20102", "B"),
    Case("sensor_bias", "B4-JT-10235", "B4-JT-10235", "B"),
    Case("sensor_drift", "B4-PT-10102", "B4-PT-10102", "C", 400.0),
    Case("sensor_stuck", "B4-FT-20103", "B4-FT-20103", "B"),
    Case("sensor_dropout", "B4-FT-20103", "B4-FT-20103", "P"),
    Case("sensor_noise", "B4-FT-10203", "B4-FT-10203", "B"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """A name that was given, with what confidence, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True)
class Outcome:
    """What became of one fault: seconds to the first anomaly and to its right name, and what it is called at last.

    ``said`` is the first name that the anomaly had, and its last; nothing where nothing was found.
    """

    case: Case
    severity: Severity
    delay: float
    named: float
    right_place: bool
    among_three: bool
    called: str
    others: int
    said: tuple[Said, ...] = ()

    @property
    def found(self) -> bool:
        return bool(np.isfinite(self.delay))

    @property
    def right(self) -> bool:
        return bool(np.isfinite(self.named))


def watched(station: Station, scenario: Scenario, seed: int, seconds: float, start: float = START) -> Iterator[Anomaly]:
    """The anomalies of the first seconds of a run, as they change."""
    plant, twin = Plant(station, seed, start, scenario), Twin(station)
    for _ in range(int(seconds)):
        yield from twin.step(plant.step()).changed_anomalies


def reached(station: Station, case: Case, scenario: Scenario, seed: int) -> float:
    """When a fault has moved some transmitter of its room. [s, POSIX]

    A switch has moved when it has turned, a signal when it differs from the same run without the fault by more than it
    wanders by itself.
    """
    columns = np.array([i for i, tag in enumerate(station.tags) if tag.equipment == case.equipment])
    steps = np.array([max(station.tags[int(i)].step, 0.0) for i in columns])
    ill, sound = (
        Plant(station, seed, START, run) for run in (scenario, scenario.model_copy(update={"happenings": ()}))
    )
    before = np.array([_values(ill, sound, columns)[2] for _ in range(int(ONSET))])
    wanders = np.maximum(NOTICEABLE * before.std(axis=0), NOTICEABLE * steps)
    wanders[[station.tags[int(i)].kind == "digital" for i in columns]] = 0.5
    for _ in range(int(case.after)):
        at, now, usual = _values(ill, sound, columns)
        if (np.abs(now - usual) > wanders).any():
            return at
    return START + ONSET


def _values(ill: Plant, sound: Plant, columns: NDArray[np.intp]) -> tuple[float, Floats, Floats]:
    """The next second, and what some tags then say with the fault and without it."""
    frame = ill.step()
    return frame.at, frame.values[columns], sound.step().values[columns]


def outcome(station: Station, case: Case, severity: Severity, seed: int, share: float) -> Outcome:
    """Put one fault into a healthy station and watch."""
    scenario = Scenario(
        name=Words(en=case.fault),
        duration_s=ONSET + case.after,
        load=((0.0, share),),
        happenings=(Happening(at=ONSET, on=case.on, fault=case.fault, severity=severity),),
    )
    anomalies = list(watched(station, scenario, seed, scenario.duration_s))
    begins = reached(station, case, scenario, seed) if case.in_a_room else START + ONSET + case.way
    right = [a for a in anomalies if (a.fault, a.equipment) == (case.fault, case.equipment)]
    there = [a for a in anomalies if a.equipment == case.equipment or a in right]
    last = there[-1] if there else anomalies[-1] if anomalies else None
    ours = {a.id for a in right} or {a.id for a in there} or {a.id for a in anomalies[:1]}
    return Outcome(
        case,
        severity,
        min((a.detected for a in anomalies if a.detected >= START + ONSET), default=float("nan")) - begins,
        min((a.detected for a in right), default=float("nan")) - begins,
        bool(there),
        any(c.fault == case.fault for a in there for c in a.candidates[:3]),
        f"{last.fault} {last.equipment}" if last else "nothing",
        len({a.id for a in anomalies} - ours),
        tuple(_said(one, case) for one in ((there or anomalies)[0], last)) if last else (),
    )


def _said(anomaly: Anomaly, case: Case) -> Said:
    right = (anomaly.fault, anomaly.equipment) == (case.fault, case.equipment)
    return Said(anomaly.candidates[0].confidence, right)


def day(hours: float = 24.0) -> Scenario:
    """A healthy day: a load that swings between 92 and 100 %, and every few hours a rotation of duty.

    Reduced loads have runs of their own: here the detectors are to keep silent through what is ordinary.
    """
    rotations = [
        ("supply", "P10", (4, 2)),
        ("return", "P20", (4, 1)),
        ("supply", "P10", (2, 3)),
        ("return", "P20", (1, 3)),
    ]
    happenings = tuple(
        Happening(
            at=(2.0 + 3.0 * i) * HOUR, on=circuit, operation="rotate_duty", start=f"{name}{start}", stop=f"{name}{stop}"
        )
        for i, (circuit, name, (start, stop)) in enumerate(rotations)
        if (2.0 + 3.0 * i) < hours
    )
    load = ((0.0, 0.95), (5.0, 1.0), (9.0, 0.97), (13.0, 0.92), (18.0, 1.0), (24.0, 0.95))
    return Scenario(name=Words(en="a healthy day"), duration_s=hours * HOUR, load=load, happenings=happenings)


def table(outcomes: Sequence[Outcome]) -> None:
    """A line a fault: how many were found and named, how soon, against the bar of its class; then all together."""
    print(f"{'fault':32}{'runs':>5}{'found':>7}{'named':>7}{'median s':>10}{'p95 s':>8}{'bar s':>7}{'others':>8}")
    for fault in dict.fromkeys(one.case.fault for one in outcomes):
        these = [one for one in outcomes if one.case.fault == fault]
        plain = [one for one in these if one.severity != "slight" and one.found]
        times = [one.delay for one in plain] or [float("nan")]
        bar = BARS[these[0].case.of_class]
        found, named = sum(one.found for one in these), sum(one.right for one in these)
        print(
            f"{fault:32}{len(these):5}{found:7}{named:7}{median(times):10.0f}{np.quantile(times, 0.95):8.0f}"
            f"{bar:7.0f}{sum(one.others for one in these):8}"
        )
    _summary(outcomes)


def _summary(outcomes: Sequence[Outcome]) -> None:
    plain = [one for one in outcomes if one.severity != "slight"]
    found = [one for one in plain if one.found]
    for of_class, bar in BARS.items():
        times = [one.delay for one in found if one.case.of_class == of_class]
        if times:
            print(
                f"class {of_class}: 95th percentile {np.quantile(times, 0.95):.0f} s of {len(times)} (bar {bar:.0f} s)"
            )
    slight = [one.found for one in outcomes if one.severity == "slight"]
    shares = {
        "missed, clear and gross": 1.0 - len(found) / max(len(plain), 1),
        "right equipment": float(np.mean([one.right_place for one in plain])) if plain else np.nan,
        "right fault first": float(np.mean([one.right for one in plain])) if plain else np.nan,
        "right fault among three": float(np.mean([one.among_three for one in plain])) if plain else np.nan,
        "slight found": float(np.mean(slight)) if slight else np.nan,
    }
    print(", ".join(f"{name} {100.0 * share:.1f} %" for name, share in shares.items()))
    print(f"{sum(one.others for one in outcomes)} other anomalies in {len(outcomes)} runs")
    _reliability([one.said[0] for one in outcomes if one.said], "first names")
    _reliability([one.said[-1] for one in outcomes if one.said], "last names")
    for one in outcomes:
        if one.severity != "slight" and not one.right:
            print(f"  {one.case.fault} {one.severity} on {one.case.on}: called {one.called}")


def _reliability(said: Sequence[Said], which: str) -> None:
    """How often names of about one confidence were right: as often as they said, where confidence is calibrated."""
    print(f"{which:12}{'confidence':>12}{'names':>7}{'mean':>7}{'right':>7}")
    for low, high in pairwise(SURENESS):
        these = [one for one in said if low <= one.confidence < high]
        if these:
            mean, right = (float(np.mean([getattr(one, of) for one in these])) for of in ("confidence", "right"))
            print(f"{'':12}{f'{100 * low:.0f}-{min(100 * high, 100):.0f} %':>12}{len(these):7}{mean:7.2f}{right:7.2f}")


def healthy(seeds: Sequence[int], jobs: int) -> None:
    """Station-days of ordinary running, a seed each, and what they raised: a line a day, as it ends."""
    begun, raised = time.perf_counter(), 0
    for seed, found in zip(seeds, each_of(_healthy_day, seeds, jobs), strict=True):
        last = {anomaly.id: anomaly for anomaly in found}.values()
        raised += len(last)
        told = "; ".join(f"+{a.detected - _begins(seed):.0f} s {a.fault} {a.equipment} {a.evidence}" for a in last)
        print(f"  {HEALTHY[seed % len(HEALTHY)]}, seed {seed}: {len(last)} anomalies {told}", flush=True)
    print(f"{len(seeds)} healthy days: {raised} anomalies, {time.perf_counter() - begun:.0f} s")


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table, then the days."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detection", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="runs of each fault, size and load")
    parser.add_argument("--loads", type=float, nargs="+", default=[0.985], help="shares of the set flow")
    parser.add_argument("--sizes", nargs="+", choices=SEVERITIES, default=SEVERITIES)
    parser.add_argument("--only", nargs="+", choices=sorted(FAULTS), help="of all faults these alone")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many runs at once")
    parser.add_argument("--days", type=int, default=0, help="healthy days")
    asked = parser.parse_args(list(arguments))
    runs = [
        (case, severity, seed, load)
        for case in CASES
        if not asked.only or case.fault in asked.only
        for severity in asked.sizes
        for seed in range(asked.first, asked.first + asked.seeds)
        for load in asked.loads
    ]
    if runs:
        table(list(each_of(_outcome, runs, asked.jobs)))
    if asked.days:
        healthy(range(asked.first, asked.first + asked.days), asked.jobs)


def each_of(run: Callable[[Any], Any], asked: Sequence[Any], jobs: int) -> Iterator[Any]:
    """What all runs came to, so many at once, in their order."""
    if jobs == 1:
        yield from map(run, asked)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(run, asked)


def _outcome(run: tuple[Case, Severity, int, float]) -> Outcome:
    return outcome(read(), *run)


def _healthy_day(seed: int) -> list[Anomaly]:
    """A day of one of the kinds, in another week of the winter."""
    kind = HEALTHY[seed % len(HEALTHY)]
    scenario = day() if kind == HEALTHY[0] else load(kind)
    return list(watched(read(), scenario, seed, DAY, _begins(seed)))


def _begins(seed: int) -> float:
    """When a healthy day begins: in one of the eight weeks of winter after :data:`START`."""
    return START + seed % 8 * WEEK


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
