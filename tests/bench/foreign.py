"""How well ``pumphouse analyse`` finds and names the faults of a plant that EPANET solves, and cries over no other.

``python -m tests.bench.foreign --seeds 3 --load 0.8 --period 5`` runs more. A line a case: what was to be told, what
was told first of that equipment and after how long, and everything else that was told.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.foreign_plant.recording import START, Case, record
from tests.bench.foreign_plant.upsets import OPERATIONS, faults

HEALTHY = 1100.0  # s of an operation without any fault


@dataclass(frozen=True)
class Told:
    """One anomaly: times from the beginning of the recording. [s]"""

    equipment: str
    fault: str
    detected: float


def analysed(path: Path, *more: str) -> list[Told]:
    """What ``pumphouse analyse`` tells of a recording."""
    events = path.with_suffix(".json")
    command = [sys.executable, "-m", "app", "analyse", str(path), "--events", str(events), *more]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [_told(anomaly) for anomaly in json.loads(events.read_text(encoding="utf-8"))["anomalies"]]


def _told(anomaly: dict[str, Any]) -> Told:
    detected = datetime.fromisoformat(anomaly["detected"].replace("Z", "+00:00")).timestamp() - START
    return Told(anomaly["equipment"], anomaly["fault"], detected)


def cases(arguments: argparse.Namespace) -> list[Case]:
    """Every fault and every ordinary operation, for each seed."""
    plain = Case(at=arguments.at, seconds=arguments.at + 360.0, period=arguments.period, load=arguments.load)
    chosen = [replace(plain, upset=upset) for upset in faults(arguments.size)]
    chosen += [replace(plain, operation=name, seconds=HEALTHY) for name in OPERATIONS]
    if arguments.only:
        chosen = [case for case in chosen if _name(case) in arguments.only]
    return [replace(case, seed=arguments.first + k) for k in range(arguments.seeds) for case in chosen]


def _name(case: Case) -> str:
    return case.upset.fault if case.upset is not None else case.operation


def _line(case: Case, told: list[Told]) -> tuple[str, bool]:
    """What is to be said of a case, and whether all was as it should be."""
    if case.upset is None:
        verdict = "nothing told" if not told else "FALSE " + "; ".join(f"{t.equipment} {t.fault}" for t in told)
        return f"{case.seed:>3}  {'healthy, ' + case.operation:<32}{'':<14}{verdict}", not told
    mine = [t for t in told if t.equipment == case.upset.equipment and t.detected >= case.at]
    others = [t for t in told if t not in mine]
    right = bool(mine) and case.upset.fault == mine[0].fault
    first = f"{mine[0].detected - case.at:5.0f} s  {mine[0].fault}" if mine else "MISSED"
    also = "".join(f", also {t.equipment} {t.fault} at {t.detected:.0f} s" for t in others)
    line = f"{case.seed:>3}  {case.upset.fault:<32}{case.upset.equipment:<14}{first}{also}"
    return line, right and not others


def main(words: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.foreign", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--load", type=float, default=1.0, help="share of the line's flow")
    parser.add_argument("--period", type=float, default=1.0, help="seconds between frames")
    parser.add_argument("--size", type=float, default=1.0, help="of the faults; 1 is clear")
    parser.add_argument("--at", type=float, default=420.0, help="second at which a fault begins")
    parser.add_argument("--only", nargs="*", default=[], help="faults or operations")
    arguments = parser.parse_args(words)
    good, chosen = 0, cases(arguments)
    with tempfile.TemporaryDirectory() as folder:
        for case in chosen:
            path = Path(folder) / "station.csv"
            record(case, path)
            line, as_it_should = _line(case, analysed(path))
            good += as_it_should
            print(line, flush=True)
    print(f"{good} of {len(chosen)} told as they should be, and nothing else")


if __name__ == "__main__":
    main(sys.argv[1:])
