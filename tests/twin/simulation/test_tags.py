"""Every tag of the reference station changes, and for a reason: what there is to measure does, not a sensor's noise.

What is true of each tag is taken before its transmitter. It changes in
ordinary running, by an operation, by service or by a fault; what never does is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatch

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.twin.simulation.stations import START, reference
from twin.plant.station import Words
from twin.signals import Floats
from twin.simulation import building, grid, instruments, robots, utilities
from twin.simulation.almanac import Almanac
from twin.simulation.layout import layout_of
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario
from twin.simulation.service import Job, Kind, Service, service
from twin.simulation.weather import DAY

LAYOUT = layout_of(reference())
PUMPS, DRIVES, ROOMS = LAYOUT.machines.ids, LAYOUT.machines.drives, LAYOUT.rooms
SEED = 7

CONSTANT = {
    ("RB*", "comm_ok"): "the robots' radio does not fail: no fault of the catalogue touches the network",
    ("H15", "feeder_*"): "a spare cubicle feeds nothing",
    ("H16", "feeder_*"): "a spare cubicle feeds nothing",
    ("H15", "breaker_closed"): "a spare cubicle stands open",
    ("H16", "breaker_closed"): "a spare cubicle stands open",
    ("RB3", "obstacle"): "it goes round the electrical rooms, where nobody stands in its way",
    ("MV[34]0[345]", "closed"): "it stands open in service, and is only moved a little to show that it can be",
    ("MV[34]06", "open"): "it stands shut until an emergency, and is only moved a little to show that it can be",
}
"""Equipment and measures (patterns) that never change, and why."""


Begun = Callable[[Plant], None]


class Watched:
    """A plant whose true readings are kept: the least and the greatest of each tag."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        count = len(reference().tags)
        self.least, self.greatest = np.full(count, np.inf), np.full(count, -np.inf)
        saying = instruments.step

        def watched(said: instruments.Said, true: Floats, *rest: object) -> object:
            self.least, self.greatest = np.fmin(self.least, true), np.fmax(self.greatest, true)
            return saying(said, true, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(instruments, "step", watched)

    def run(self, scenario: Scenario | str, start: float, seconds: int, begun: Begun = lambda _plant: None) -> None:
        """Run for a while; ``begun`` may bring slow states near to where they change, which takes hours otherwise."""
        plant = Plant(reference(), SEED, start, scenario)
        begun(plant)
        for _ in range(seconds):
            plant.step()

    @property
    def varied(self) -> NDArray[np.bool_]:
        """(n,) by more than the last digit of a float."""
        return self.greatest - self.least > 1e-9 * np.maximum(np.abs(self.greatest), 1e-12)


def scenario(*happenings: Happening) -> Scenario:
    return Scenario(name=Words(en="x"), duration_s=600, happenings=happenings)


def faults(name: str, on: Iterable[str], at: float = 2.0, ramp: float | None = None) -> list[Happening]:
    return [Happening(at=at, on=each, fault=name, severity="gross", ramp_s=ramp) for each in on]


def everything_wrong() -> Scenario:
    """What can befall each machine, all at once; pumps are left to the water."""
    return scenario(
        *faults("seal_leak", PUMPS, ramp=0.0),
        *faults("vfd_derate", PUMPS),
        *faults("flood", ROOMS, ramp=0.0),
        *faults("fire", ROOMS, ramp=0.0),
        *faults("gas", ROOMS, ramp=0.0),
        *faults("intrusion", ROOMS),
        *faults("line_leak", [line.id for line in LAYOUT.lines], ramp=0.0),
        *faults("makeup_loss", ["MU"], at=40.0, ramp=0.0),
    )


def everything_trips() -> Scenario:
    """All drives trip, so that pumps run down, check valves fall shut and the bypasses open."""
    return scenario(*faults("drive_trip", PUMPS, at=20.0))


def valves_close() -> Scenario:
    """The station's own valves close while the pumps run, and the pressure behind them rises."""
    gates = [part.id for part in LAYOUT.resistances if part.kind == "gate_valve"]
    return scenario(*(Happening(at=2.0, on=gate, operation="valve", value=0.0) for gate in gates))


def turns() -> Scenario:
    """Each circuit's standby takes over, and gives back the duty of another."""
    return scenario(
        Happening(at=2.0, on="supply", operation="rotate_duty", start="P104", stop="P101"),
        Happening(at=2.0, on="return", operation="rotate_duty", start="P204", stop="P201"),
        *(Happening(at=150.0, on=pump, operation="stop") for pump in ("P102", "P103", "P202", "P203")),
    )


def all_serviced(_almanac: Almanac, at: float) -> Service:
    """Everything the calendar has work for, at once, but transformers and panels in turn; now and then nothing."""
    turn = int(at) % 12
    if turn >= 8:
        return service([], at, LAYOUT)
    gates = [part.id for part in LAYOUT.resistances if part.kind == "gate_valve"]
    many: dict[Kind, tuple[str, ...]] = {
        "pump": PUMPS,
        "trial": PUMPS,
        "relay": LAYOUT.ids("cubicle"),
        "relief": LAYOUT.ids("relief_valve"),
        "wire": LAYOUT.ids("line_chamber"),
        "ups": LAYOUT.ids("ups"),
        "dc": LAYOUT.ids("dc_panel"),
        "valve": (*gates, *LAYOUT.ids("motor_valve")),
    }
    ends = at + (1.0 if turn % 2 else 90.0)  # some are moved, others have their contacts tried
    jobs = [Job(kind, i, on, at - 90.0, ends) for kind, of in many.items() for i, on in enumerate(of)]
    panel, main = turn % len(LAYOUT.ids("lv_panel")), turn % len(LAYOUT.ids("transformer"))
    station = turn % len(LAYOUT.ids("station_transformer"))
    jobs.append(Job("station", station, LAYOUT.ids("station_transformer")[station], at - 90.0, at + 90.0))
    jobs.append(Job("panel", panel, LAYOUT.ids("lv_panel")[panel], at - 90.0, at + 90.0))
    jobs.append(Job("transformer", main, LAYOUT.ids("transformer")[main], at - 90.0, at + (1.0 if turn < 4 else 999.0)))
    return service(jobs, at, LAYOUT)


def tired(plant: Plant) -> None:
    """Robots about to come home with batteries that are nearly empty."""
    walkers = plant._state.rest.walkers
    walkers.battery = np.full_like(walkers.battery, robots.LOW - 0.01)
    walkers.phase = plant._plan.walks.lap - 20.0


def worn(plant: Plant) -> None:
    """A make-up tank about to take raw water, rooms that have just been aired, transformers about to be cooled."""
    rest = plant._state.rest
    rest.utilities.tank = utilities.TANK_LOW + 0.01
    rest.rooms.air = np.full_like(rest.rooms.air, building.FAN_OFF - 2.0)
    rest.grid.dry = np.full_like(rest.grid.dry, grid.FAN_ON + 1.0)


def reason(equipment: str, measures: str) -> str:
    """Why a tag never changes; empty where none is written."""
    told = (why for (of, what), why in CONSTANT.items() if fnmatch(equipment, of) and fnmatch(measures, what))
    return next(told, "")


def test_every_tag_of_the_reference_station_changes_for_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Watched(monkeypatch)
    for week in range(4):  # until each pump has stood by
        seen.run("season", START + week * 7 * DAY, 5)
    seen.run(turns(), START, 330, tired)
    seen.run(everything_wrong(), START, 60, worn)
    seen.run(everything_trips(), START, 60)
    seen.run(valves_close(), START, 200)
    with monkeypatch.context() as serviced:
        serviced.setattr(Almanac, "service", all_serviced)
        seen.run("season", START, 24)
    tags = reference().tags
    stuck = [tag for tag, varied in zip(tags, seen.varied, strict=True) if not varied]
    without = [f"{tag.name} {tag.equipment} {tag.measures}" for tag in stuck if not reason(tag.equipment, tag.measures)]
    assert not without, f"{len(without)}: {without}"
    assert len(tags) == 992


def test_what_is_said_never_to_change_is_a_tag_of_the_station() -> None:
    pairs = [(tag.equipment, tag.measures) for tag in reference().tags]
    for of, what in CONSTANT:
        assert any(fnmatch(equipment, of) and fnmatch(measures, what) for equipment, measures in pairs), (of, what)
