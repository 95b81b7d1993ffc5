"""What the window costs, off screen: from the command to the window and to its first live picture, mail, memory.

Each run is a process of its own, as a user starts it. The marks are taken inside that process; when it began is what
the kernel says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from app.life import Life
    from app.messages import Mail

RUNS = 3
MAILS = 300  # of a live source: a minute, in which the demonstration's first fault is flagged and flown to
SOURCE = "sim:?scenario=demo&seed=3"
SIZE = (1920, 1080)
VISIBLE, PICTURE = 2.5, 6.0  # s, the targets
LOOK_MS = 10


@dataclass
class Marks:
    """What one run showed: seconds since the process began, MiB held, milliseconds of each mail after the picture."""

    visible: float = 0.0
    picture: float = 0.0
    memory: float = 0.0
    memory_after: float = 0.0
    mail: list[float] = field(default_factory=list)


def since_start() -> float:
    """Seconds since this process began (Linux)."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def resident() -> float:
    """Memory this process holds now. [MiB]"""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def watch(mails: int) -> str:
    """Open the window in this process as the command does, and close it after so much mail; the marks as JSON."""
    from app import display, opening
    from app.command import add_to
    from app.wish import Wish
    from twin import cli

    add_to(cli.app)  # what the command line itself costs belongs to the figures
    wish = Wish(SOURCE, headless=True, size=SIZE, language="en")
    display.prepare(wish.headless)
    opened = opening.open_source(wish.source)
    from app.life import Life

    life, marks = Life(wish, opened), Marks()
    _listen(life, marks, mails)
    life.run()
    marks.memory_after = resident()
    return json.dumps(asdict(marks))


def _listen(life: Life, marks: Marks, mails: int) -> None:
    """Look at every turn of the event loop whether the window has been painted, and whether its picture is whole."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    shell = life._shell
    take = shell._heart._take

    class Painted(QObject):
        """Hears of the window's first paint."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own name
            if event.type() == QEvent.Type.Paint and not marks.visible:
                marks.visible = since_start()
            return False

    def timed(mail: Mail) -> None:
        began = time.perf_counter()
        take(mail)
        if marks.picture:
            marks.mail.append(1e3 * (time.perf_counter() - began))
        if len(marks.mail) >= mails:
            QTimer.singleShot(0, shell.frame.close)

    def look() -> None:
        if shell.is_complete():
            looking.stop()
            shell.frame.grab()
            marks.picture, marks.memory = since_start(), resident()

    shell._heart._take = timed
    heard, looking = Painted(shell), QTimer(shell)
    shell.frame.installEventFilter(heard)
    looking.timeout.connect(look)
    looking.start(LOOK_MS)


def run(mails: int) -> Marks:
    """One run in a process of its own."""
    asked = f"from tests.bench.window import watch; print('marks', watch({mails}))"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    return Marks(**json.loads(done.stdout.partition("marks")[2]))


def main() -> None:
    """Print the figures."""
    runs = [run(mails=1) for _ in range(RUNS)]
    print(f"{SOURCE}, {SIZE[0]} x {SIZE[1]}, {os.cpu_count()} cores, off screen")
    print(f"{'seconds after the command':28}{'median':>9}{'target':>9}   runs")
    for name, target, times in (
        ("window visible", VISIBLE, [each.visible for each in runs]),
        ("first live picture", PICTURE, [each.picture for each in runs]),
    ):
        told = "  ".join(f"{seconds:.2f}" for seconds in times)
        print(f"{name:28}{np.median(times):9.2f}{target:9.1f}   {told}")
    long = run(MAILS)
    median, late, most = np.percentile(long.mail, (50, 95, 100))
    print(f"\n{'mail handling, ms':28}{median:9.1f} median, {late:.1f} p95, {most:.1f} at most, of {len(long.mail)}")
    print(f"{'resident memory, MiB':28}{long.memory:9.0f} at the first picture, {long.memory_after:.0f} at the end")


if __name__ == "__main__":
    main()
