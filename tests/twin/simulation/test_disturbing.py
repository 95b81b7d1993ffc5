"""Faults commanded while the plant runs: the same physics, the same truth and the same bits as a scenario's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.simulation.stations import START, column, plant, reference, run
from twin.commands import Disturb, Mend
from twin.errors import StationError
from twin.plant.station import Words
from twin.signals import Event, Frame
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

SLIP = "P102"


def asked(fault: str = "impeller_wear", on: str = SLIP, **more: object) -> Disturb:
    return Disturb(fault, on, by="instructor", at=START, **more)  # type: ignore[arg-type]


def truth(frames: list[Frame]) -> list[Event]:
    return [event for frame in frames for event in frame.events if event.kind == "truth"]


def scripted(*happenings: Happening) -> Plant:
    return Plant(reference(), 3, START, Scenario(name=Words(en="scripted"), duration_s=60, happenings=happenings))


@pytest.mark.parametrize(
    "course",
    [
        {},
        {"severity": "gross"},
        {"ramp_s": 8.0},
        {"shape": "accelerating", "ramp_s": 9.0},
        {"shape": "intermittent", "period_s": 4.0},
    ],
)
def test_a_commanded_fault_is_bit_for_bit_that_of_a_scenario(course: dict[str, object]) -> None:
    of_scenario = run(scripted(Happening(at=5, fault="impeller_wear", on=SLIP, until=15, **course)), 20)
    commanded = plant()
    frames = run(commanded, 5)
    commanded.disturb(asked(lasts_s=10.0, **course))
    frames += run(commanded, 15)
    for one, other in zip(frames, of_scenario, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
    for one, other in zip(truth(frames), truth(of_scenario), strict=True):
        assert (one.at, one.subject, one.text) == (other.at, other.subject, other.text)
        assert one.data == {**other.data, "by": "instructor"}


def test_mending_ends_what_a_scenario_or_a_command_began() -> None:
    of_plant = scripted(Happening(at=2, fault="sensor_stuck", on="B4-FT-10103"))
    frames = run(of_plant, 6)
    of_plant.disturb(asked("flood", "HALL-A"))
    frames += run(of_plant, 4)
    of_plant.mend(Mend("sensor_stuck", "B4-FT-10103", "instructor", START))
    of_plant.mend(Mend("flood", "HALL-A", "instructor", START))
    frames += run(of_plant, 5)
    told = [(int(e.at - START), e.data["fault"], e.data["phase"]) for e in truth(frames)]
    assert told == [
        (2, "sensor_stuck", "onset"),
        (6, "flood", "onset"),
        (10, "sensor_stuck", "end"),
        (10, "flood", "end"),
    ]
    flow = column(frames, "P101", "pump_flow")
    assert len(set(flow[2:10])) == 1
    assert len(set(flow[10:])) > 1


def test_of_a_fault_that_is_mended_before_it_begins_nothing_is_told() -> None:
    of_plant = scripted(Happening(at=9, fault="fire", on="ROOM-VFD"))
    frames = run(of_plant, 3)
    of_plant.mend(Mend("fire", "ROOM-VFD", "instructor", START))
    of_plant.disturb(asked())
    of_plant.mend(Mend("impeller_wear", SLIP, "instructor", START))
    frames += run(of_plant, 12)
    assert truth(frames) == []
    for one, other in zip(frames, run(plant(), 15), strict=True):
        np.testing.assert_array_equal(one.values, other.values)


def test_a_state_with_commanded_faults_goes_on_bit_for_bit_in_any_plant() -> None:
    of_plant = plant("demo")
    run(of_plant, 18)
    of_plant.disturb(asked("gas_ingress", "P203", shape="intermittent", period_s=6.0))
    of_plant.disturb(asked("sensor_dropout", "B4-PT-10201", lasts_s=20.0))
    run(of_plant, 4)
    kept = of_plant.state()
    first = run(of_plant, 30)
    of_plant.mend(Mend("gas_ingress", "P203", "instructor", START))
    run(of_plant, 3)
    of_plant.restore(kept)
    again = run(of_plant, 30)
    elsewhere = plant(seed=9)
    elsewhere.restore(kept)
    for one, two, three in zip(first, again, run(elsewhere, 30), strict=True):
        for other in (two, three):
            np.testing.assert_array_equal(one.values, other.values)
            np.testing.assert_array_equal(one.quality, other.quality)
            assert one.events == other.events


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (asked("impeller_waer"), "the command: there is no fault 'impeller_waer'. Did you mean 'impeller_wear'?"),
        (asked(on="P109"), "the command: impeller_wear names 'P109', and B4 has no such pump"),
        (asked(severity="huge"), "the command: severity is 'huge'. 'slight', 'clear' or 'gross'."),
        (asked(shape="ramp"), "Add ramp_s"),
        (asked(ramp_s=-1.0), "It must be at least 0"),
        (asked(lasts_s=0.0), "It ends before it begins"),
        (asked(shape="intermittent", severity="huge", period_s=-1.0), "has 2 mistakes"),
    ],
)
def test_a_command_that_cannot_be_carried_out_is_refused_and_nothing_changes(command: Disturb, said: str) -> None:
    of_plant, other = plant(), plant()
    run(of_plant, 1)
    with pytest.raises(StationError) as caught:
        of_plant.disturb(command)
    assert said.casefold() in str(caught.value).casefold()
    np.testing.assert_array_equal(run(of_plant, 1)[0].values, run(other, 2)[1].values)


@pytest.mark.parametrize(("fault", "on"), [("impeller_wear", "P101"), ("gas_ingress", SLIP), ("nothing", SLIP)])
def test_what_is_not_broken_cannot_be_mended(fault: str, on: str) -> None:
    of_plant = plant()
    of_plant.disturb(asked())
    with pytest.raises(StationError, match=f"{on}: has no fault '{fault}'"):
        of_plant.mend(Mend(fault, on, "instructor", START))
