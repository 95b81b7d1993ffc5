"""No water and no energy is made or lost in any run: to 1e-6 of what passes, whatever happens in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.twin.simulation.stations import START, reference
from twin.plant.hydraulics import Flows
from twin.plant.line import Lines, LineState
from twin.signals import Floats
from twin.simulation import moment, transport
from twin.simulation.carriage import Routes, Warm
from twin.simulation.moment import Now, Second
from twin.simulation.plant import Plant
from twin.simulation.transport import Contents, Leaving, Mains
from twin.simulation.waterside import DT
from twin.units import STANDARD_GRAVITY

RATED = 19_500.0 / 3600.0  # m³/s of a circuit
SECONDS = 75
WITHIN = 1e-6


@dataclass
class Books:
    """What a run's parts say of themselves, added up."""

    stored: list[float] = field(default_factory=list)  # relative error of each line's water, step by step
    heat: float = 0.0  # m³·K that entered all mains less what left them
    cooled: float = 0.0  # m³·K that they gained from the ground
    moved: float = 0.0  # m³·K that passed


def storage(lines: Lines, state: LineState) -> Floats:
    """(n,) water that lines hold above that at head zero, as waves that are under way in their reaches. [m³]"""
    carried = lines.impedance[lines.line] * state.flow
    ahead, astern = state.head + carried, state.head - carried
    ahead[lines.near] = 0.0  # has left its last reach
    astern[lines.far] = 0.0
    waves = np.add.reduceat(ahead + astern, lines.far)
    held: Floats = 0.5 * DT * waves / lines.impedance
    return held


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    """Books that are kept while plants run."""
    kept = Books()
    advance, push, cool = Lines.advance, transport.advance, transport.cool

    def advanced(lines: Lines, state: LineState, flow: Floats, head: Floats, behind: Floats | None = None) -> LineState:
        after = advance(lines, state, flow, head, behind)
        entered = DT * (after.flow[lines.far] - after.flow[lines.near])
        error = storage(lines, after) - storage(lines, state) - entered
        kept.stored.append(float(np.abs(error).max() / (DT * RATED)))
        return after

    def pushed(it: Mains, held: Contents, volume: Floats, far: Floats, near: Floats) -> Leaving:
        left = push(it, held, volume, far, near)
        forward, backward = np.maximum(volume, 0.0), np.maximum(-volume, 0.0)
        kept.heat += float((forward * (far - np.nan_to_num(left.near))).sum())
        kept.heat += float((backward * (near - np.nan_to_num(left.far))).sum())
        kept.moved += float((forward * far + backward * near).sum())
        return left

    def chilled(held: Contents, ground: float, dt: float) -> None:
        before = held.warmth.copy(), held.part.copy()
        cool(held, ground, dt)
        kept.cooled += float(content_of_lines(held) - content_of_lines(Contents(*before)))

    it = Plant(reference(), 1, START)._works.routes.lines

    def content_of_lines(held: Contents) -> float:
        return float(transport.content(it, held).sum())

    monkeypatch.setattr(Lines, "advance", advanced)
    monkeypatch.setattr(transport, "advance", pushed)
    monkeypatch.setattr(transport, "cool", chilled)
    return kept


def unbalanced(plant: Plant, flows: Flows, leaks: Floats) -> float:
    """The worst of all nodes: what flows in less what flows out, over the rated flow."""
    network = plant._works.network
    through = np.concatenate([flows.pump, flows.resistance, flows.line])
    balance = -leaks
    for sign, ends in ((-1.0, network.from_node), (1.0, network.to_node)):
        inside = ends >= 0
        np.add.at(balance, ends[inside], sign * through[inside])
    return float(np.abs(balance).max() / RATED)


def leaks(plant: Plant) -> Floats:
    """(nodes,) what is lost at each now. [m³/s]"""
    works, state = plant._works, plant._state
    lost = np.zeros(len(works.network.nodes))
    effects = plant._together.at(state.ailments, state.second - 2)
    np.add.at(lost, works.line_node, effects.line_leak * works.line_rated)
    return lost


def content(it: Routes, warm: Warm) -> float:
    """Heat in the water of lines and station, over its heat capacity. [m³·K]"""
    mains = transport.content(it.lines, warm.lines), transport.content(it.station, warm.station)
    return float(sum(each.sum() for each in mains))


@pytest.mark.parametrize("scenario", ["healthy", "season", "drive_trip", "upstream_trip", "line_rupture"])
def test_water_and_its_heat_are_conserved(scenario: str, books: Books) -> None:
    plant = Plant(reference(), 7, START, scenario)
    works = plant._works
    before = content(works.routes, plant._state.water.warm)
    worst = 0.0
    for _ in range(SECONDS):
        plant.step()
        worst = max(worst, unbalanced(plant, plant._state.water.flows, leaks(plant)))
    after = content(works.routes, plant._state.water.warm)
    assert worst < WITHIN, "water at the nodes"
    assert max(books.stored) < WITHIN, "water in the lines"
    assert len(books.stored) == 2 * SECONDS
    assert abs(after - before - books.heat - books.cooled) < WITHIN * books.moved, "heat of the water"


@pytest.mark.parametrize("scenario", ["healthy", "season", "drive_trip"])
def test_power_goes_from_the_grid_to_the_water_and_into_losses_that_are_reckoned(
    scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each second: incomers, transformers, feeders, drives, motors, shafts, water."""
    seen: list[Second] = []
    stepping = moment.step
    monkeypatch.setattr(moment, "step", lambda *told: seen.append(stepping(*told)) or seen[-1])  # type: ignore[arg-type]
    plant = Plant(reference(), 7, START, scenario)
    for _ in range(SECONDS):
        plant.step()
    for second in seen:
        assert abs(_unaccounted(plant, second.here)) < WITHIN
        fed = second.power.cubicle[~plant._plan.feeds.coupler].sum()
        assert fed < second.power.main.sum() < 1.03 * fed + 60e3  # main transformers lose a little


def _unaccounted(plant: Plant, here: Now) -> float:
    """Share of the drives' power that is neither lost on the way nor in the water."""
    of, power = here.hydraulics, here.electrics
    circuit = plant._layout.machines.circuit
    useful = of.density[circuit] * STANDARD_GRAVITY * of.flow * of.head
    driven = power.drive > 0.0
    gone = power.drive_lost + power.lost + of.lost + useful
    return float((power.drive - gone)[driven].sum() / max(power.drive.sum(), 1.0))
