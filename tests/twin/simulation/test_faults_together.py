"""Faults on any unit of their kind and in any company: each is felt where it acts, and none stops the plant."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, plant, reference, run
from twin.commands import Disturb
from twin.signals import Floats, Quality
from twin.simulation.effects import Effects
from twin.simulation.faults import FAULTS
from twin.simulation.layout import layout_of
from twin.simulation.places import places
from twin.simulation.plant import Plant, PlantState

SETTLED = 20  # s of healthy running before each trial
FELT = 6  # s within which a fault is felt, one of the neighbours ...
ARRIVED = 30  # s ... after its wave has come, one of the slow things as soon as they are asked
SLOW = {"upstream_trip": ARRIVED, "downstream_trip": ARRIVED, "water_quality": 45, "gas": 12}
FEW = 40  # things of a kind that are all tried; of more, some
OF_PUMPS = [name for name, fault in FAULTS.items() if fault.befalls == "pump"]
AT_REST = {"check_valve_stuck_open"}  # felt by a pump that stands still, the others by one that runs
STANDING = tuple(pump.id for pump in reference().pumps if pump.standby)


@cache
def layout():  # type: ignore[no-untyped-def]
    return layout_of(reference())


@cache
def settled() -> tuple[Plant, PlantState]:
    """One plant for all trials, and the state each begins from."""
    of_plant = plant()
    run(of_plant, SETTLED)
    return of_plant, of_plant.state()


def after(seconds: int, *faults: tuple[str, str], severity: str = "gross") -> Floats:
    """(seconds, n) what all tags say with these faults, each come at once."""
    of_plant, state = settled()
    of_plant.restore(state)
    for fault, on in faults:
        of_plant.disturb(Disturb(fault, on, "test", START, severity, shape="step"))
    return np.array([frame.values for frame in run(of_plant, seconds)])


@cache
def healthy(seconds: int) -> Floats:
    return after(seconds)


def moved(values: Floats) -> set[str]:
    """The equipment of which something else is said than in health."""
    differs = ~np.isclose(values, healthy(len(values)), rtol=0, atol=0, equal_nan=True).all(axis=0)
    return {tag.equipment for tag, one in zip(reference().tags, differs, strict=True) if one}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_writes_to_the_thing_it_befalls_and_to_no_other(fault: str) -> None:
    of = FAULTS[fault]
    known = sorted(set(places(layout(), of.befalls).values()))
    assert known
    for index in known if len(known) < FEW else known[::53]:
        effects, none = Effects.none(layout()), Effects.none(layout())
        of.effect(effects, index, of.size("clear"))
        for name, value in vars(none).items():
            now = getattr(effects, name)
            if np.ndim(value):
                others = np.arange(len(value)) != index
                np.testing.assert_array_equal(now[others], value[others])
        assert any(not np.array_equal(getattr(effects, name), value) for name, value in vars(none).items())


@pytest.mark.parametrize("fault", OF_PUMPS)
def test_a_fault_of_a_pump_is_felt_on_any_pump(fault: str) -> None:
    for pump in reference().pumps:
        if pump.standby == (fault in AT_REST):
            assert pump.id in moved(after(FELT, (fault, pump.id))), pump.id


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - set(OF_PUMPS)))
def test_any_other_fault_is_felt_wherever_it_may_be(fault: str) -> None:
    for name in live(fault):
        assert moved(after(SLOW.get(fault, FELT), (fault, name))), name


def live(fault: str) -> list[str]:
    """What it may befall and is at work: no strainer without flow, no signal that says the same all the time."""
    known = set(places(layout(), FAULTS[fault].befalls))
    if len(known) < FEW:
        return sorted(name for name in known if not name.startswith(STANDING))
    changing = (np.ptp(healthy(FELT), axis=0) > 0.0).nonzero()[0]
    names = [reference().tags[int(column)].name for column in changing]
    return [name for name in names if name in known][::60]


def test_two_faults_of_one_pump_add_up() -> None:
    wear, clogged = after(FELT, ("impeller_wear", "P101")), after(FELT, ("strainer_clogging", "P101"))
    both = after(FELT, ("impeller_wear", "P101"), ("strainer_clogging", "P101"))
    at = reference().tags.measuring("P101", "pump_flow")
    lost = [float((healthy(FELT) - each)[-1, at]) for each in (wear, clogged, both)]
    assert min(lost) > 100.0
    assert lost[2] == pytest.approx(lost[0] + lost[1], rel=0.25)


def test_faults_of_different_circuits_do_not_know_of_each_other() -> None:
    one, other = ("impeller_wear", "P101"), ("gas_ingress", "P203")
    both, first, second = after(FELT, one, other), after(FELT, one), after(FELT, other)
    for values, pump in ((first, "P101"), (second, "P203")):
        for measures in ("pump_flow", "discharge_pressure", "motor_active_power"):
            at = reference().tags.measuring(pump, measures)
            np.testing.assert_array_equal(values[:, at], both[:, at])


def test_of_two_like_faults_on_one_thing_the_one_that_ends_leaves_the_other() -> None:
    of_plant, state = settled()
    of_plant.restore(state)
    of_plant.disturb(Disturb("sensor_stuck", "B4-FT-10103", "test", START))
    of_plant.disturb(Disturb("sensor_stuck", "B4-FT-10103", "test", START, lasts_s=4.0))
    flow = column(run(of_plant, 10), "P101", "pump_flow")
    assert len(set(flow)) == 1


ANY = st.sampled_from(sorted(FAULTS)).flatmap(
    lambda fault: st.tuples(st.just(fault), st.sampled_from(sorted(places(layout(), FAULTS[fault].befalls))))
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANY, min_size=3, max_size=8), st.sampled_from(["slight", "clear", "gross"]))
def test_no_company_of_faults_stops_the_plant(faults: list[tuple[str, str]], severity: str) -> None:
    of_plant, state = settled()
    of_plant.restore(state)
    for fault, on in faults:
        of_plant.disturb(Disturb(fault, on, "test", START, severity, shape="step"))
    frames = run(of_plant, 40)
    assert [frame.at for frame in frames] == [START + SETTLED + second for second in range(40)]
    for frame in frames:
        assert np.isfinite(frame.values[frame.quality < Quality.MISSING]).all()
    told = [event.data["fault"] for event in frames[0].events if event.kind == "truth"]
    assert told == [fault for fault, _ in faults]
