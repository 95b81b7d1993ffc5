"""Standbys: when a pump trips, one that is ready is armed and people are asked to start it (CJJ/T 34-2022 13.3.2).

It never starts by itself. They are told again when the delay after the trip is over and it may be started.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.control import NO_INTERLOCK, STOPPED, Controls, News, hindrance
from twin.simulation.layout import Layout
from twin.text import Text

BACKWARDS = -0.01  # of rated flow, below which a pump that stands is taken to be turned backwards


def watch(controls: Controls, flow: Floats, tripped: NDArray[np.bool_], layout: Layout, dt: float) -> None:
    """Let ``dt`` seconds pass.

    Parameters
    ----------
    flow : (p,)      Through the pumps. [m³/s]
    tripped : (p,)   Whose drives have tripped and cannot run.
    """
    stopped = controls.duty == STOPPED
    controls.idle = np.where(stopped, controls.idle + dt, 0.0)
    controls.backwards = stopped & (flow < BACKWARDS * layout.machines.rated_flow)
    controls.calm = controls.calm + dt
    if True in controls.fallen.tolist() or True in controls.noticed.tolist():
        for pump in (controls.fallen & ~controls.noticed).nonzero()[0]:
            controls.calm[layout.machines.circuit[pump]] = 0.0
            _arm(controls, int(pump), tripped, layout)
        controls.noticed = controls.fallen.copy()
    if True in controls.armed.tolist():
        _prompt(controls, layout)


def ready(controls: Controls, tripped: NDArray[np.bool_], layout: Layout) -> NDArray[np.bool_]:
    """(p,) which could be started at once."""
    machines = layout.machines
    waits = (controls.idle < machines.restart_inhibit) | (controls.calm < layout.standby_delay)[machines.circuit]
    able: NDArray[np.bool_] = _able(controls, tripped) & ~waits
    return able


def _able(controls: Controls, tripped: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(p,) which stand, with nothing wrong with them."""
    wrong = tripped | controls.backwards | controls.isolated | (controls.latched != NO_INTERLOCK)
    able: NDArray[np.bool_] = (controls.duty == STOPPED) & ~wrong
    return able


def _arm(controls: Controls, lost: int, tripped: NDArray[np.bool_], layout: Layout) -> None:
    """Arm a pump of the same circuit for one that tripped: the one that has stood longest."""
    machines = layout.machines
    mates = machines.circuit == machines.circuit[lost]
    free = (mates & _able(controls, tripped) & ~controls.armed & ~controls.fallen).nonzero()[0]
    if free.size == 0:
        said = Text("tripped, and no standby is ready", "跳闸，且无可用备用泵")
        controls.news.append(News("notice", machines.ids[lost], said))
        return
    chosen = int(free[np.argmax(controls.idle[free])])
    controls.armed[chosen] = True
    delay, name = layout.standby_delay[machines.circuit[lost]], machines.ids[lost]
    said = Text(
        f"armed, for {name} has tripped; start it in {delay:.0f} s", f"{name} 跳闸，备用已待命，{delay:.0f} 秒后可启动"
    )
    controls.news.append(News("notice", machines.ids[chosen], said))


def _prompt(controls: Controls, layout: Layout) -> None:
    """Say once of each armed standby that it may be started now."""
    for pump in (controls.armed & ~controls.due).nonzero()[0]:
        if hindrance(controls, int(pump), layout) is None:
            controls.due[pump] = True
            said = Text("may be started now", "现在可以启动")
            controls.news.append(News("notice", layout.machines.ids[pump], said))
