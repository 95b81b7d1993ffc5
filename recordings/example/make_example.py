"""Make the example of foreign data: ``python recordings/example/make_example.py`` writes loop.csv beside it.

Twelve minutes of one pump as another program might have logged them: its own column names, other units, a semicolon
between cells, local time without an offset, and a column in which somebody noted what was wrong.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from twin.plant.reading import read
from twin.simulation.plant import Plant
from twin.simulation.scenario import load

HERE = Path(__file__).resolve().parent
START = datetime(2026, 1, 12, 3, 0, tzinfo=UTC).timestamp()
SEED = 11
COLUMNS = {  # what the other program calls it: what it measures, its scale and decimals there
    "Suction": ("suction_pressure", 10.0, 3),  # bar
    "Discharge": ("discharge_pressure", 10.0, 3),  # bar
    "Volume Flow": ("pump_flow", 1 / 3.6, 1),  # L/s
    "RPM": ("shaft_speed", 1.0, 1),
    "Power": ("motor_active_power", 1.0, 1),  # kW
    "Vibration": ("vibration_pump_de_x", 1.0, 2),  # mm/s
}


def main() -> None:
    """Run the scenario and write what the other program would have logged."""
    station = read()
    plant = Plant(station, seed=SEED, start=START, scenario=load(str(HERE / "scenario.toml")))
    sources = [(station.tags.measuring("P102", m), scale, digits) for m, scale, digits in COLUMNS.values()]
    troubled = 0
    with (HERE / "loop.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["datetime", *COLUMNS, "trouble"])
        for _ in range(int(plant.scenario.duration_s)):
            frame = plant.step()
            for event in frame.events:
                if event.kind == "truth":
                    troubled = int(event.data["phase"] == "onset")
            moment = datetime.fromtimestamp(frame.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
            cells = [f"{frame.values[c] * scale:.{digits}f}" for c, scale, digits in sources if c is not None]
            writer.writerow([moment, *cells, troubled])


if __name__ == "__main__":
    main()
