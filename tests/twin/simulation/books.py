"""Books that are kept while a plant runs: what water, heat and power come in, go out and stay, and what is left over.

They watch the plant's own steps from outside, and reckon from what those changed rather than from what they say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import numpy as np

from tests.twin.simulation.stations import START, reference
from twin.plant.line import Lines, LineState
from twin.signals import Floats
from twin.simulation import carriage, moment, transport, vessels
from twin.simulation.carriage import EVERY, Routes, Warm
from twin.simulation.moment import Second
from twin.simulation.outside import Sheet
from twin.simulation.plant import Plant
from twin.simulation.scenario import Scenario
from twin.simulation.transport import Contents, Leaving, Mains
from twin.simulation.vessels import Cushions, Vessels
from twin.simulation.waterside import DT
from twin.units import STANDARD_GRAVITY

RATED = 19_500.0 / 3600.0  # m³/s of a circuit
WARM = 300.0  # K of water, to measure its heat by
MEGAWATT = 1e6
WITHIN = 1e-6
SEED = 7


@dataclass(frozen=True, slots=True)
class Worst:
    """The largest thing left over in a run, each as a share of what passes."""

    nodes: float  # water that flows into a node and not out of it, of a circuit's flow
    lines: float  # water that a line has taken in a step and does not hold
    vessels: float  # the same of a surge vessel
    heat: float  # heat of water that was pushed on or warmed, of what passes
    power: float  # of what the drives draw and the neighbours bring, in a second

    @property
    def all(self) -> float:
        """The largest of them."""
        return max(self.nodes, self.lines, self.vessels, self.heat, self.power)


@dataclass
class Books:
    """What was left over, entry by entry."""

    lines: list[float] = field(default_factory=list)
    vessels: list[float] = field(default_factory=list)
    heat: list[float] = field(default_factory=list)
    seconds: list[Second] = field(default_factory=list)
    pushed: dict[int, tuple[Floats, Floats, Leaving]] = field(default_factory=dict)  # by mains: volume, gained, left
    cooled: Floats = field(default_factory=lambda: np.zeros(0))  # (l,) m³·K

    def write_lines(self, lines: Lines, before: LineState, after: LineState) -> None:
        """A step of the elastic lines."""
        entered = DT * (after.flow[lines.far] - after.flow[lines.near])
        left_over = storage(lines, after) - storage(lines, before) - entered
        self.lines.append(float(np.abs(left_over).max() / (DT * RATED)))

    def write_vessels(self, it: Vessels, before: Floats, after: Floats, flow: Floats) -> None:
        """A step of the surge vessels, by the shares (v,) that gas fills and the flows (v,) out of them."""
        left_over = it.volume * (before - after) + DT * flow
        self.vessels.append(float(np.abs(left_over).max(initial=0.0) / (DT * RATED)))

    def write_heat(self, it: Routes, warm: Warm, due: Floats, in_lines: Floats, in_station: Floats) -> None:
        """A move of the mains; ``due`` (c,) is what was to be added, the others what they held before. [m³·K]"""
        _, gained, _ = self.pushed[id(it.lines)]
        of_lines = transport.content(it.lines, warm.lines) - in_lines - gained - self.cooled
        volume, gained, left = self.pushed[id(it.station)]
        stayed = transport.content(it.station, warm.station) - in_station - gained
        carried = np.where(volume > it.least * EVERY, volume * (warm.leaving - left.near), 0.0)
        of_station = stayed + carried - due
        self.heat.append(float(max(np.abs(of_lines).max(), np.abs(of_station).max()) / (EVERY * RATED * WARM)))


def storage(lines: Lines, state: LineState) -> Floats:
    """(n,) water that lines hold above that at head zero, as waves that are under way in their reaches. [m³]"""
    carried = lines.impedance[lines.line] * state.flow
    ahead, astern = state.head + carried, state.head - carried
    ahead[lines.near] = 0.0  # has left its last reach
    astern[lines.far] = 0.0
    waves = np.add.reduceat(ahead + astern, lines.far)
    held: Floats = 0.5 * DT * waves / lines.impedance
    return held


@contextmanager
def kept() -> Iterator[Books]:
    """Books of every plant that runs meanwhile."""
    books, advance, push, cool, move = Books(), Lines.advance, transport.advance, transport.cool, carriage._move
    step, give = moment.step, vessels.step

    def advanced(lines: Lines, state: LineState, flow: Floats, head: Floats, behind: Floats | None = None) -> LineState:
        after = advance(lines, state, flow, head, behind)
        books.write_lines(lines, state, after)
        return after

    def gave(it: Vessels, held: Cushions, flow: Floats, dt: float) -> None:
        before = held.share
        give(it, held, flow, dt)
        books.write_vessels(it, before, held.share, flow)

    def pushed(it: Mains, held: Contents, volume: Floats, far: Floats, near: Floats) -> Leaving:
        left = push(it, held, volume, far, near)
        forward, backward = np.maximum(volume, 0.0), np.maximum(-volume, 0.0)
        gained = forward * (far - np.nan_to_num(left.near)) + backward * (near - np.nan_to_num(left.far))
        books.pushed[id(it)] = volume, gained, left
        return left

    def moved(it: Routes, warm: Warm, capacity: Floats, sheet: Sheet, lot: np.random.Generator) -> None:
        due = warm.heat / capacity
        before = transport.content(it.lines, warm.lines), transport.content(it.station, warm.station)
        with patch.object(transport, "cool", lambda held, ground, dt: chilled(it.lines, held, ground, dt)):
            move(it, warm, capacity, sheet, lot)
        books.write_heat(it, warm, due, *before)

    def chilled(it: Mains, held: Contents, ground: float, dt: float) -> None:
        before = transport.content(it, held)
        cool(held, ground, dt)
        books.cooled = transport.content(it, held) - before

    def passed(*told: object) -> Second:
        second = step(*told)  # type: ignore[arg-type]
        books.seconds.append(second)
        return second

    changes = (
        (Lines, "advance", advanced),
        (vessels, "step", gave),
        (transport, "advance", pushed),
        (carriage, "_move", moved),
        (moment, "step", passed),
    )
    with ExitStack() as stack:
        for owner, name, watching in changes:
            stack.enter_context(patch.object(owner, name, watching))
        yield books


def audited(scenario: Scenario | str, seconds: int, start: float = START) -> Worst:
    """Run a scenario for a while and say what was left over at the worst."""
    nodes = power = 0.0
    with kept() as books:
        plant = Plant(reference(), SEED, start, scenario)
        for _ in range(seconds):
            before = spinning(plant)
            plant.step()
            nodes = max(nodes, unbalanced(plant))
            power = max(power, unaccounted(plant, books.seconds[-1], spinning(plant) - before))
    return Worst(nodes, max(books.lines), max(books.vessels), max(books.heat, default=0.0), power)


def spinning(plant: Plant) -> float:
    """Energy of all rotors. [J]"""
    machines = plant._layout.machines
    turning = machines.rated_speed * plant._state.water.speed
    return float((0.5 * machines.inertia * turning**2).sum())


def leaks(plant: Plant) -> Floats:
    """(nodes,) what is lost at each in the second that has passed. [m³/s]"""
    works, state = plant._works, plant._state
    lost = np.zeros(len(works.network.nodes))
    effects = plant._together.at(state.ailments, state.second - 2)
    np.add.at(lost, works.line_node, effects.line_leak * works.line_rated)
    return lost


def unbalanced(plant: Plant) -> float:
    """The worst of all nodes: what flows in less what flows out, over the rated flow."""
    network, flows = plant._works.network, plant._state.water.flows
    balance = -leaks(plant)
    for sign, ends in ((-1.0, network.from_node), (1.0, network.to_node)):
        inside = ends >= 0
        np.add.at(balance, ends[inside], sign * flows.flow[inside])
    return float(np.abs(balance).max() / RATED)


def unaccounted(plant: Plant, second: Second, sped_up: float) -> float:
    """Share of the power, drawn and brought by lines and vessels, that is neither lost on the way nor held.

    ``sped_up`` is what the rotors have gained within this second. [J]
    """
    of, electric, flows = second.here.hydraulics, second.here.electrics, plant._state.water.flows
    works = plant._works
    weight = (of.density * STANDARD_GRAVITY)[works.network.node_circuit]
    brought = float((weight * flows.head)[works.line_node] @ flows.line)  # less what the other lines take away
    brought += float((weight * flows.head)[works.vessels.node] @ flows.vessel)
    spilt = float(weight * flows.head @ leaks(plant))
    warmed = float(of.lost.sum() + of.rubbed.sum())
    drawn = float(electric.drive.sum())
    gone = float(electric.drive_lost.sum() + electric.lost.sum()) + sped_up + warmed + spilt
    return abs(drawn + brought - gone) / max(drawn, MEGAWATT)
