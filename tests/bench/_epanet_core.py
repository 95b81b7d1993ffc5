"""EPANET's C core by itself, through its own binding: ``python _epanet_core.py circuit.inp states``.

A process of its own, for wntr brings another build of the same library. Prints the time of a state started from the
last, its reservoir's head moved each time. [s]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from epanet import toolkit


def main() -> None:
    """Open, solve once, then time."""
    source, states = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        project = toolkit.createproject()
        toolkit.open(project, source, str(Path(folder) / "core.rpt"), str(Path(folder) / "core.bin"))
        toolkit.openH(project)
        toolkit.initH(project, toolkit.NOSAVE)
        toolkit.runH(project)
        reservoir = toolkit.getnodeindex(project, sys.argv[3])
        head = toolkit.getnodevalue(project, reservoir, toolkit.ELEVATION)
        durations = []
        for k in range(states):
            toolkit.setnodevalue(project, reservoir, toolkit.ELEVATION, head * (1.0 + 1e-3 * (k % 2)))
            begun = time.perf_counter()
            toolkit.runH(project)
            durations.append(time.perf_counter() - begun)
        toolkit.closeH(project)
        toolkit.close(project)
    print(sorted(durations)[states // 2])


if __name__ == "__main__":
    main()
