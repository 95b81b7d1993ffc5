"""Makes the demonstration recordings: ``python recordings/make.py FOLDER``.

FOLDER holds ``valhall_pump_start.csv`` of cognitedata/indsl (commit 48e84e5d, Apache-2.0); without it only the
simulated ones are made.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from twin.clock import ManualClock
from twin.importing import import_files
from twin.plant.reading import read
from twin.recordings.importers.mapping import read_map
from twin.recordings.recorder import Recorder
from twin.sources.simulated import Simulated
from twin.times import moment
from twin.watching import watch

HERE = Path(__file__).resolve().parent
START = moment("2026-01-12T03:20:00+08:00").seconds


def real_start(folder: Path) -> None:
    """The real start-up of a pump."""
    mapping = read_map(HERE / "valhall-start.map.toml")
    import_files([folder / "valhall_pump_start.csv"], HERE / "valhall-start.h5", None, mapping, lambda _: None)


def simulated(name: str, seed: int, seconds: float) -> None:
    """A simulated run that was watched while it was recorded, so that what was found live is in it. Its scenario is
    the file beside, else the one of that name."""
    beside = HERE / f"{name}.toml"
    source = Simulated.open(f"sim:?scenario={beside if beside.is_file() else name}&seed={seed}", read(), START)
    told = f"sim:?scenario={name}&seed={seed}"
    with Recorder(HERE / f"{name}.h5", source.tags, source.station, told) as recorder:
        asyncio.run(watch(source, lambda _: None, ManualClock(START), recorder, seconds))


def main(folders: list[str]) -> None:
    """Make what can be made."""
    for folder in folders:
        real_start(Path(folder))
    simulated("cavitation", seed=3, seconds=600.0)
    simulated("winter-night", seed=3, seconds=7200.0)
    simulated("duty-rotation", seed=3, seconds=3600.0)


if __name__ == "__main__":
    main(sys.argv[1:])
