"""How soon and how rightly faults are named, and whether a healthy day raises anything: a table.

Every fault the detectors know is put into a running station, in three sizes and with several seeds, after a minute and
a half of healthy running. The day has a load that swings, ramps, and rotations of duty on both circuits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.plant.station import Words
from twin.simulation.faults import Severity
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

START = 1_768_000_000.0
ONSET = 90.0  # s
AFTER = 60  # s watched after the onset
SEVERITIES: tuple[Severity, ...] = ("slight", "clear", "gross")
SEEDS = (1, 2)
HOUR = 3600.0

CASES: tuple[tuple[str, str, str], ...] = (
    ("impeller_wear", "P102", "P102"),
    ("wear_ring_clearance", "P203", "P203"),
    ("cavitation", "P101", "P101"),
    ("gas_ingress", "P202", "P202"),
    ("broken_blade", "P103", "P103"),
    ("discharge_valve_partly_closed", "P201", "P201"),
    ("strainer_clogging", "P102.strainer", "P102"),
    ("check_valve_stuck_open", "P104", "P104"),
    ("vfd_derate", "P203", "P203"),
    ("drive_trip", "P101", "P101"),
    ("phase_imbalance", "P202", "P202"),
    ("sensor_bias", "B4-FT-10203", "B4-FT-10203"),
    ("sensor_bias", "B4-PT-20102", "B4-PT-20102"),
    ("sensor_bias", "B4-PT-10101", "B4-PT-10101"),
    ("sensor_bias", "B4-JT-10235", "B4-JT-10235"),
    ("sensor_dropout", "B4-FT-20103", "B4-FT-20103"),
)
"""Fault, what it befalls, and the equipment that should be named."""


@dataclass(frozen=True)
class Outcome:
    """What became of one fault: seconds to the first anomaly and to its right name, and what it is called at last."""

    delay: float
    named: float
    called: str
    others: int

    @property
    def right(self) -> bool:
        return self.named == self.named


def watched(station: Station, scenario: Scenario, seed: int) -> Iterator[Anomaly]:
    """The anomalies of a run, as they change."""
    plant, twin = Plant(station, seed, START, scenario), Twin(station)
    for _ in range(int(scenario.duration_s)):
        yield from twin.step(plant.step()).changed_anomalies


def outcome(station: Station, fault: str, on: str, equipment: str, severity: Severity, seed: int) -> Outcome:
    """Put one fault into a healthy station and watch."""
    scenario = Scenario(
        name=Words(en=fault),
        duration_s=ONSET + AFTER,
        happenings=(Happening(at=ONSET, on=on, fault=fault, severity=severity, shape="step"),),
    )
    anomalies = list(watched(station, scenario, seed))
    onset = START + ONSET
    right = [a for a in anomalies if (a.fault, a.equipment) == (fault, equipment)]
    blamed = [a for a in anomalies if a.equipment == equipment or a in right]
    last = blamed[-1] if blamed else anomalies[-1] if anomalies else None
    when = [a.detected for a in anomalies if a.detected >= onset]
    named = min((a.detected for a in right), default=float("nan"))
    ids = {a.id for a in anomalies} - {a.id for a in right}
    return Outcome(
        min(when, default=float("nan")) - onset,
        named - onset,
        f"{last.fault} {last.equipment}" if last else "nothing",
        len(ids),
    )


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


def main() -> None:
    """Print the table, then the day."""
    station = read()
    print(f"{'fault':32}{'size':8}{'seed':>5}{'found s':>9}{'named s':>9}{'others':>8}  called at last")
    outcomes: list[tuple[str, Outcome]] = []
    for fault, on, equipment in CASES:
        for severity in SEVERITIES:
            for seed in SEEDS:
                seen = outcome(station, fault, on, equipment, severity, seed)
                outcomes.append((severity, seen))
                row = (
                    f"{fault:32}{severity:8}{seed:5d}{seen.delay:9.0f}{seen.named:9.0f}{seen.others:8d}  {seen.called}"
                )
                print(row, flush=True)
    for severity in SEVERITIES:
        these = [seen for size, seen in outcomes if size == severity]
        found = sorted(seen.delay for seen in these if seen.delay == seen.delay)
        named = sum(seen.right for seen in these)
        print(
            f"{severity}: {len(found)} of {len(these)} found, median {median(found):.0f} s, worst {found[-1]:.0f} s;"
            f" {named} named rightly; {sum(seen.others for seen in these)} other anomalies"
        )
    begun = time.perf_counter()
    false = list(watched(station, day(), 1))
    print(f"a healthy day: {len({a.id for a in false})} anomalies, {time.perf_counter() - begun:.0f} s")
    for anomaly in false:
        print(f"  +{anomaly.detected - START:8.0f} {anomaly.fault} {anomaly.equipment} {anomaly.evidence}")


if __name__ == "__main__":
    main()
