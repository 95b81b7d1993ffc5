"""What is left over of water, heat and power in every scenario that comes with the program, each run past its first
happening; the table's last line is the worst of all."""

from __future__ import annotations

from tests.twin.simulation import books
from tests.twin.simulation.books import WITHIN, Worst
from twin.simulation.scenario import catalogue, load

LONG = 240  # s after a scenario's first happening
LONGEST = 900  # s of a scenario in which nothing happens soon
ENTRIES = ("nodes", "lines", "vessels", "heat", "power")


def seconds(name: str) -> int:
    """How long it is run."""
    scenario = load(name)
    first = min((happening.at for happening in scenario.happenings), default=0.0)
    return int(min(first + LONG, scenario.duration_s, LONGEST))


def row(name: str, worst: Worst) -> None:
    """One line of the table."""
    print(f"{name:32}" + "".join(f"{getattr(worst, entry):10.1e}" for entry in ENTRIES))


def main() -> None:
    """Print the table."""
    print(f"{'scenario':32}" + "".join(f"{entry:>10}" for entry in ENTRIES))
    found = []
    for entry in catalogue():
        found.append(books.audited(entry.id, seconds(entry.id)))
        row(entry.id, found[-1])
    worst = Worst(*(max(getattr(one, entry) for one in found) for entry in ENTRIES))
    row("the worst", worst)
    print(f"shares of what passes; wanted: less than {WITHIN:.0e} in every run")
