"""What is being worked on: machines that are isolated, contacts that are tried, feeders that are switched over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.layout import Layout

Kind = Literal["pump", "trial", "relay", "relief", "wire", "valve", "ups", "dc", "transformer", "station", "panel"]

MOVED = 0.15  # of its travel, that a valve out of the way of the water is moved
CONTACT = 10.0  # s before the end, in which its actuator's fault contact is tried
OIL_RELAYS = 300.0  # s before the end, in which a transformer's gas relay and tap changer are tried


@dataclass(frozen=True, slots=True)
class Job:
    """Work on one thing, from one time to another. [s, POSIX]"""

    kind: Kind
    index: int  # of the pump, the UPS…; of a valve nothing, its name says which
    on: str
    begins: float
    ends: float


@dataclass(eq=False)
class Service:
    """All that is being worked on at an instant."""

    isolated: NDArray[np.bool_]  # (p,) pumps: suction valve shut, breaker drawn, local control
    tried: NDArray[np.bool_]  # (p,) whose emergency stop and leak switches are being tried
    relay: NDArray[np.bool_]  # (cubicles,) whose protection is being tried
    relief: NDArray[np.bool_]  # (relief valves,) that are lifted by hand
    wire: NDArray[np.bool_]  # (line chambers,) whose leak wire is being tried
    moved: Floats  # (motor valves,) how far each is from where it stands in service, share of travel
    valve_contact: NDArray[np.bool_]  # (motor valves,) whose fault contact is being tried
    gate_contact: NDArray[np.bool_]  # (r,)
    on_battery: NDArray[np.bool_]  # (ups,)
    equalised: NDArray[np.bool_]  # (DC panels,)
    transformer: int  # the main transformer that is out, -1 for none
    station: int  # the station transformer that is out, -1 for none
    panel: int  # the low-voltage panel whose breaker is open, -1 for none
    oil_relays: bool  # whether those of that transformer are being tried


def nothing(layout: Layout) -> Service:
    """Nobody works on anything."""
    pumps, valves = len(layout.machines), len(layout.ids("motor_valve"))
    return Service(
        isolated=np.zeros(pumps, dtype=bool),
        tried=np.zeros(pumps, dtype=bool),
        relay=np.zeros(len(layout.ids("cubicle")), dtype=bool),
        relief=np.zeros(len(layout.ids("relief_valve")), dtype=bool),
        wire=np.zeros(len(layout.ids("line_chamber")), dtype=bool),
        moved=np.zeros(valves),
        valve_contact=np.zeros(valves, dtype=bool),
        gate_contact=np.zeros(len(layout.resistances), dtype=bool),
        on_battery=np.zeros(len(layout.ids("ups")), dtype=bool),
        equalised=np.zeros(len(layout.ids("dc_panel")), dtype=bool),
        transformer=-1,
        station=-1,
        panel=-1,
        oil_relays=False,
    )


def service(jobs: Sequence[Job], at: float, layout: Layout) -> Service:
    """What these jobs come to at a time. [s, POSIX]"""
    made = nothing(layout)
    of_kind = {
        "pump": made.isolated,
        "trial": made.tried,
        "relay": made.relay,
        "relief": made.relief,
        "wire": made.wire,
        "ups": made.on_battery,
        "dc": made.equalised,
    }
    for job in jobs:
        if job.kind == "valve":
            _valve(made, job, at, layout)
        elif job.kind == "transformer":
            made.transformer, made.oil_relays = job.index, at >= job.ends - OIL_RELAYS
        elif job.kind == "station":
            made.station = job.index
        elif job.kind == "panel":
            made.panel = job.index
        else:
            of_kind[job.kind][job.index] = True
    return made


def _valve(made: Service, job: Job, at: float, layout: Layout) -> None:
    """Moved and back, evenly; then the fault contact of its actuator is tried."""
    tried = at >= job.ends - CONTACT
    valves = layout.ids("motor_valve")
    if job.on in valves:
        index = valves.index(job.on)
        through = (at - job.begins) / (job.ends - CONTACT - job.begins)
        made.moved[index] = MOVED * max(0.0, 1.0 - abs(2.0 * through - 1.0))
        made.valve_contact[index] = tried
    else:
        made.gate_contact[[part.id for part in layout.resistances].index(job.on)] = tried
