"""Every tag of the reference station changes, and for a reason: what there is to measure does, beyond its noise.

What is true of each tag is taken before its transmitter. Each group of tags (one measurement of one kind of equipment)
has its causes written down: ordinary running, an operation, service or faults. All of a group must move in them by more
than a transmitter's noise could pretend; what never does is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.twin.simulation.stations import START, reference
from twin.plant.station import Words
from twin.signals import Floats
from twin.simulation import building, grid, instruments, robots, utilities
from twin.simulation.almanac import Almanac
from twin.simulation.instruments import transmitters
from twin.simulation.layout import KELVIN, layout_of
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario
from twin.simulation.service import Job, Kind, Service, service
from twin.simulation.weather import DAY

LAYOUT = layout_of(reference())
KIT = transmitters(LAYOUT)
COUNTS = np.array(
    [tag.unit in ("h", "m3") for tag in reference().tags]
)  # hours run, water made up: whole hours show it
PUMPS, DRIVES, ROOMS = LAYOUT.machines.ids, LAYOUT.machines.drives, LAYOUT.rooms
SEED = 7

BEYOND = 4.0  # standard deviations of a transmitter's noise, that a change must exceed

CONSTANT = {
    ("H15", "*"): "a spare cubicle feeds nothing, and its breaker stands open",
    ("H16", "*"): "a spare cubicle feeds nothing, and its breaker stands open",
    ("MV[34]0[345]", "closed"): "it stands open in service, and is only moved a little to show that it can be",
}
"""Equipment and measures (patterns) that need not change, and why."""

CAUSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("pump", "suction_valve_open|remote|emergency_stop|seal_leak_nde", ("service",)),
    ("pump", "seal_leak_de", ("faults",)),
    ("pump", "seal_*", ("duty", "faults")),
    ("pump", "common_fault", ("trips",)),
    ("pump", "ready|casing_water_temperature", ("season",)),  # a pump that stands by is ready, and cooler
    ("pump", "*", ("duty",)),
    ("drive", "alarm|cell_bypass_active|power_cell_max_temperature", ("faults",)),
    ("drive", "trip", ("trips",)),
    ("drive", "*", ("duty",)),
    ("header", "*_temperature_?", ("season",)),
    ("header", "*", ("duty",)),
    ("strainer", "*", ("season",)),
    ("bypass", "*", ("trips",)),
    ("gate_valve", "fault", ("service",)),
    ("gate_valve", "*", ("valves",)),
    ("motor_valve", "*", ("service", "faults")),  # a burst line opens those of the emergency make-up
    ("surge_vessel", "*", ("trips",)),
    ("relief_valve", "*", ("service",)),
    ("line_chamber", "leak_wire_alarm", ("service",)),
    ("line_chamber", "*_pressure", ("trips",)),
    ("line_chamber", "*", ("season",)),  # warmth of the water; snow that thaws and seeps in
    ("makeup", "softener_*", ("faults",)),
    ("makeup", "*pressure", ("season",)),
    ("makeup", "temperature", ("season",)),
    ("makeup", "*", ("faults",)),
    ("makeup_pump", "*", ("faults",)),
    ("water_quality", "*", ("faults",)),
    ("transformer", "buchholz|oltc_fault|breaker_closed", ("service",)),
    ("transformer", "*top_oil|oil_level", ("season",)),
    ("transformer", "frequency", ("duty",)),  # the grid wanders
    ("transformer", "*", ("trips",)),
    ("cubicle", "busbar_contact_temp_max", ("season",)),
    ("cubicle", "breaker_closed|protection_trip", ("service",)),
    ("cubicle", "*", ("season", "service")),  # a coupler carries something where a main transformer is out
    ("station_transformer", "fan_running", ("faults",)),
    ("station_transformer", "*", ("season", "service")),
    ("ups", "ups_output_voltage", ("dark",)),
    ("ups", "battery_temperature", ("season",)),
    ("ups", "*", ("service",)),
    ("dc_panel", "*", ("service",)),
    ("lv_panel", "joint_temperature", ("season",)),
    ("lv_panel", "*", ("service",)),
    ("room", "air_temperature|humidity", ("season",)),
    ("room", "sound_level", ("duty", "faults")),  # pumps, and fans where there are none
    ("room", "*", ("faults",)),
    ("ventilation", "*", ("faults",)),
    ("robot", "comm_ok", ("dark",)),
    ("robot", "obstacle", ("service",)),
    ("robot", "on_mission", ("duty",)),
    ("robot", "*", ("rounds",)),
    ("camera", "*", ("season",)),
)
"""By kind of equipment and measurement (patterns): in which runs all of a group moves. The first that fits counts."""

SLOW: tuple[tuple[str, float], ...] = (
    ("*bearing*_temperature|stator_winding_*|motor_cooling_air_out|input_transformer_*|power_cell_*", 1.0),  # K
    ("main_transformer_*|dry_transformer_*|busbar_contact_*|joint_temperature|battery_temperature", 1.0),
    ("chamber_water_level|tank_?_level|sump_level", 0.1),  # m
    ("humidity|oil_level", 1.0),  # %
    ("inlet_temperature_?|outlet_temperature_?|supply_temperature|return_temperature", 1.0),
    ("run_hours", 1.1 / 3600.0),
    ("battery", 0.5),  # % of a robot's
    ("ph", 0.1),
)
"""Measurements (patterns) that take time, and by how much of their unit they may change from a second to the next."""


Begun = Callable[[Plant], None]


class Watched:
    """A plant whose true readings are kept: the least, the greatest and the largest step of each tag, in its unit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        count = len(reference().tags)
        self.least, self.greatest = np.full(count, np.inf), np.full(count, -np.inf)
        self.jump, self._last = np.zeros(count), np.full(count, np.nan)
        saying = instruments.step

        def watched(said: instruments.Said, true: Floats, *rest: object) -> object:
            here = (true - KIT.offset) / KIT.scale
            self.least, self.greatest = np.fmin(self.least, here), np.fmax(self.greatest, here)
            self.jump, self._last = np.fmax(self.jump, np.abs(here - self._last)), here
            return saying(said, true, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(instruments, "step", watched)

    def run(self, scenario: Scenario | str, start: float, seconds: int, begun: Begun = lambda _plant: None) -> None:
        """Run for a while; ``begun`` may bring slow states near to where they change, which takes hours otherwise."""
        plant = Plant(reference(), SEED, start, scenario)
        begun(plant)
        self._last.fill(np.nan)
        for _ in range(seconds):
            plant.step()

    @property
    def varied(self) -> NDArray[np.bool_]:
        """(n,) by more than noise and resolution could pretend; what only counts, by more than a digit of a float."""
        largest = np.maximum(np.abs(self.least), np.abs(self.greatest))
        noise = BEYOND * np.maximum(KIT.noise, KIT.scatter * largest)
        finest = np.where(KIT.quantised & ~COUNTS, KIT.step, 1e-9 * np.maximum(largest, 1e-12))
        varied: NDArray[np.bool_] = self.greatest - self.least >= np.maximum(noise, finest)
        return varied


def scenario(*happenings: Happening) -> Scenario:
    return Scenario(name=Words(en="x"), duration_s=600, happenings=happenings)


def faults(name: str, on: Iterable[str], at: float = 2.0, ramp: float | None = None) -> list[Happening]:
    return [Happening(at=at, on=each, fault=name, severity="gross", ramp_s=ramp) for each in on]


def everything_wrong() -> Scenario:
    """What can befall each machine, all at once; pumps are left to the water. Lines that burst open the emergency's."""
    return scenario(
        *faults("seal_leak", PUMPS, ramp=0.0),
        *faults("vfd_derate", PUMPS),
        *faults("flood", ROOMS, ramp=0.0),
        *faults("fire", ROOMS, ramp=0.0),
        *faults("gas", ROOMS, ramp=0.0),
        *faults("intrusion", ROOMS),
        *faults("line_leak", [line.id for line in LAYOUT.lines], ramp=0.0),
        *faults("water_quality", LAYOUT.ids("water_quality"), ramp=0.0),
        *faults("makeup_loss", ["MU"], at=50.0, ramp=0.0),
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


def at_the_cubicles(plant: Plant) -> None:
    """The robot of the electrical rooms sets out past the 10 kV cubicles."""
    plant._state.rest.walkers.phase[[track.robot for track in plant._plan.walks.tracks].index("RB3")] = 0.0


def flat(plant: Plant) -> None:
    """Transformers that have long been without cooling, and batteries that hold hardly anything."""
    rest = plant._state.rest
    rest.grid.dry = np.full_like(rest.grid.dry, KELVIN + 171.0)
    rest.grid.charge = np.full_like(rest.grid.charge, 0.001)


def no_cooling() -> Scenario:
    """Both dry transformers trip, so that low voltage is dead."""
    return scenario(*faults("transformer_overtemperature", LAYOUT.ids("station_transformer")))


def reason(equipment: str, measures: str) -> str:
    """Why a tag never changes; empty where none is written."""
    told = (why for (of, what), why in CONSTANT.items() if fnmatch(equipment, of) and fnmatch(measures, what))
    return next(told, "")


RUNS: dict[str, Callable[[Watched], None]] = {
    "duty": lambda seen: seen.run(turns(), START, 330, tired),
    "faults": lambda seen: seen.run(everything_wrong(), START, 60, worn),
    "trips": lambda seen: seen.run(everything_trips(), START, 60),
    "valves": lambda seen: seen.run(valves_close(), START, 200),
    "dark": lambda seen: seen.run(no_cooling(), START, 30, flat),
    "service": lambda seen: seen.run("season", START, 24, at_the_cubicles),
    "rounds": lambda seen: seen.run("healthy", START, 150),
}


def season(seen: Watched) -> None:
    """Four weeks in January, until each pump has stood by; and a mild day in November."""
    for days in (-60.0, 0.0, 7.0, 14.0, 21.0):
        seen.run("season", START + days * DAY, 5)


@cache
def seen_in(cause: str) -> Watched:
    """What a cause did."""
    with pytest.MonkeyPatch.context() as patch:
        seen = Watched(patch)
        if cause == "service":
            patch.setattr(Almanac, "service", all_serviced)
        (season if cause == "season" else RUNS[cause])(seen)
    return seen


def moved(cause: str) -> NDArray[np.bool_]:
    """(n,) which tags a cause moves."""
    return seen_in(cause).varied


def kinds() -> dict[str, str]:
    """Of all equipment, by its name."""
    file = reference().file
    return {
        **{part.id: part.kind for part in (*file.equipment, *file.resistances)},
        **dict.fromkeys((pump.id for pump in file.pumps), "pump"),
        **dict.fromkeys((robot.id for robot in file.robots), "robot"),
        **dict.fromkeys((camera.id for camera in file.cameras), "camera"),
    }


def groups() -> dict[tuple[str, str], list[int]]:
    """The tags of each kind of equipment that measure the same, but those that need not change."""
    of, found = kinds(), dict[tuple[str, str], list[int]]()
    for column, tag in enumerate(reference().tags):
        if not reason(tag.equipment, tag.measures):
            found.setdefault((of[tag.equipment], tag.measures), []).append(column)
    return found


def causes(kind: str, measures: str) -> tuple[str, ...]:
    """In which runs a group moves."""
    fits = (of == kind and any(fnmatch(measures, each) for each in what.split("|")) for of, what, _ in CAUSES)
    return next(told for fit, (*_, told) in zip(fits, CAUSES, strict=True) if fit)


@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in CAUSES}))
def test_every_tag_of_the_reference_station_changes_for_its_reason(kind: str) -> None:
    tags, still = reference().tags, []
    for (of, measures), columns in groups().items():
        if of == kind:
            told = causes(kind, measures)
            seen = np.any([moved(cause) for cause in told], axis=0)
            still += [f"{tags[i].name} {tags[i].equipment} {measures}: {told}" for i in columns if not seen[i]]
    assert not still, f"{len(still)}: {still}"


@pytest.mark.parametrize("cause", ["season", *(name for name in RUNS if name not in ("faults", "dark"))])
def test_what_takes_time_does_not_jump(cause: str) -> None:
    """Fires, floods and batteries that were brought near to empty are left out: they come as a step by request."""
    jump, jumped = seen_in(cause).jump, []
    for column, tag in enumerate(reference().tags):
        most = next((most for what, most in SLOW if any(fnmatch(tag.measures, one) for one in what.split("|"))), np.inf)
        if jump[column] > most:
            jumped.append(f"{tag.name} {tag.equipment} {tag.measures}: {jump[column]:g} {tag.unit}")
    assert not jumped


def test_all_tags_have_a_cause_or_a_reason_why_not() -> None:
    listed = sum(len(columns) for columns in groups().values())
    excepted = sum(bool(reason(tag.equipment, tag.measures)) for tag in reference().tags)
    assert listed + excepted == 992
    assert excepted == 2 * 5 + 6
    assert {kind for kind, _ in groups()} == {kind for kind, *_ in CAUSES}


def test_what_is_said_never_to_change_is_a_tag_of_the_station() -> None:
    pairs = [(tag.equipment, tag.measures) for tag in reference().tags]
    for of, what in CONSTANT:
        assert any(fnmatch(equipment, of) and fnmatch(measures, what) for equipment, measures in pairs), (of, what)
