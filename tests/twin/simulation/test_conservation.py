"""No water and no energy is made or lost in any run: to 1e-6 of what passes, whatever happens in it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.simulation import books
from tests.twin.simulation.books import WITHIN
from tests.twin.simulation.stations import START, reference
from twin.plant.station import Words
from twin.simulation import control
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario, catalogue, load

EARLY = 4  # s after which what a scenario holds begins, here
SECONDS = 30  # s that each is run: a wave takes 23 s to a neighbour
SHIPPED = tuple(entry.id for entry in catalogue())


def sooner(scenario: Scenario) -> Scenario:
    """The same with everything so much earlier that its first happening is at hand."""
    ahead = min((happening.at for happening in scenario.happenings), default=EARLY) - EARLY
    moved = [
        happening.model_copy(
            update={"at": happening.at - ahead, "until": happening.until and max(happening.until - ahead, 1.0)}
        )
        for happening in scenario.happenings
    ]
    return scenario.model_copy(update={"happenings": tuple(moved)})


@pytest.mark.parametrize("name", SHIPPED)
def test_every_scenario_that_comes_with_the_program_keeps_water_heat_and_power(name: str) -> None:
    worst = books.audited(sooner(load(name)), SECONDS)
    assert worst.nodes < WITHIN, "water at the nodes"
    assert worst.lines < WITHIN, "water in the lines"
    assert worst.vessels < WITHIN, "water in the surge vessels"
    assert worst.heat < WITHIN, "heat of the water"
    assert worst.power < WITHIN, "power, from the drives to water, rotors and warmth"


def test_rotors_keep_what_starts_give_them_and_give_it_back_as_they_run_down() -> None:
    """Starts, stops, trips of all, valves that shut against the pumps: nothing but what moves."""
    everything = Scenario(
        name=Words(en="x"),
        duration_s=400,
        happenings=(
            Happening(at=2.0, on="P104", operation="start"),
            Happening(at=60.0, on="P101", operation="stop"),
            Happening(at=90.0, on="MV302", operation="valve", value=0.0),
            *(Happening(at=150.0, on=pump, fault="drive_trip") for pump in ("P201", "P202", "P203")),
            *(Happening(at=185.0, on=pump, fault="drive_trip") for pump in ("P102", "P103", "P104")),
        ),
    )
    assert books.audited(everything, 230).all < WITHIN


def test_power_goes_from_the_grid_to_the_feeders() -> None:
    with books.kept() as kept:
        plant = Plant(reference(), 7, START, "drive_trip")
        for _ in range(75):
            plant.step()
    for second in kept.seconds:
        fed = second.power.cubicle[~plant._plan.feeds.coupler].sum()
        assert fed < second.power.main.sum() < 1.03 * fed + 60e3  # main transformers lose a little


def test_a_start_draws_what_its_rotor_takes_up() -> None:
    """180 kg·m² to 990 r/min is 0.97 MJ, and none of it comes from nowhere."""
    plant = Plant(reference(), 7, START)
    machines, third = plant._layout.machines, 3
    assert machines.kinetic[third] == pytest.approx(0.5 * 180.0 * (990.0 * np.pi / 30.0) ** 2)
    control.start(plant._state.controls, third, plant._layout)
    taken = 0.0
    with books.kept() as kept:
        for _ in range(120):
            plant.step()
            of = kept.seconds[-1].here.hydraulics
            taken += float(of.given[third] - of.shaft[third])
    assert taken == pytest.approx(float(machines.kinetic[third] * plant._state.water.speed[third] ** 2))
