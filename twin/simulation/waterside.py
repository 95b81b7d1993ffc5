"""The water's side of the plant: pumps, valves and lines of all circuits, two short steps a second.

Rotors that are driven follow their drives; those that are not run down against their water. Lines are elastic: what
happens at a neighbour arrives after L/a. What is wrong with an impeller is wrong in its head and its power.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin.errors import StationError
from twin.plant import water
from twin.plant.hydraulics import Boundary, Flows, solve, steady
from twin.plant.line import Lines, LineState
from twin.plant.network import SHUT, Losses, Network
from twin.plant.station import Resistance
from twin.signals import Floats
from twin.simulation import carriage, transport, vessels
from twin.simulation.carriage import Routes, Warm
from twin.simulation.chance import AsBuilt, approached, stirred
from twin.simulation.control import Controls, drive
from twin.simulation.effects import Effects
from twin.simulation.kept import Kept
from twin.simulation.layout import Layout
from twin.simulation.neighbours import FOLLOWING, Neighbours, neighbours
from twin.simulation.outside import Outside, Sheet
from twin.simulation.transport import Contents
from twin.simulation.vessels import Cushions, Vessels
from twin.units import STANDARD_ATMOSPHERE, STANDARD_GRAVITY

DT = 0.5  # s of one short step: a rotor runs down to half speed in 1.3 s, a wave to the neighbour takes 23 s
STEPS = 2  # of them in a second
UNSTEADY = 4e-4  # share of head that turbulence moves up and down in a healthy pump
BUBBLES = 0.15  # share of a cavitating pump's head loss that fluctuates
TURBULENCE = 0.6  # s
FELT = 0.7  # share of a change in its margin that a pump answers within a second
NPSH3 = 0.03  # head lost where NPSH available equals NPSH required, by definition
ONSET = 0.09  # of NPSH required, over which that loss changes e-fold
WORST = 0.5  # of head, lost in full cavitation
CAVITATION_BEGINS = math.log(NPSH3) + 1.0 / ONSET  # logarithm of that loss, were nothing available
CAVITATION_EFFICIENCY = 0.67  # efficiency points lost for each point of head
COASTING = 0.004  # of rated torque: bearings and seals, that bring a rotor to rest in the end
AT_REST = 0.004  # of rated speed
WINDMILL = 0.9  # of rated speed at rated flow backwards
NEIGHBOUR_SPREAD = 0.25  # m that a neighbour's head wanders
HOUR = 3600.0
SETTLING = 12  # secant steps towards the set flow before the first second
LEAST_SHARE = 0.5  # of rated speed, that they may try
USUAL_RISE = 0.25  # of flow with speed on a long line, where they begin
PLENTY = 100.0  # NPSH available over required, where nothing is required


@dataclass(frozen=True, eq=False)
class Ways:
    """What valves and strainers lose as they stand: reckoned anew only when one has moved."""

    opening: Floats  # (r,)
    leak: Floats  # (r,) of check valves
    clogging: Floats  # (r,) loss coefficients added, in clean coefficients
    losses: Losses


@dataclass(frozen=True, eq=False)
class Fluid:
    """What follows from the temperature of the circuits' water alone."""

    density: Floats  # (c,) [kg/m³]
    heat_capacity: Floats  # (c,) [J/(K·m³)]
    of_pump: Floats  # (p,) density of what it pumps
    weight: Floats  # (p,) [N/m³]
    above_boiling: Floats  # (p,) head at the suction that water there has over the datum's before it boils [m]
    of_node: Floats  # (nodes,) weight [N/m³]
    of_end: Floats  # (r,) weight where each resistance ends


@dataclass(eq=False)
class Water:
    """What is remembered."""

    speed: Floats  # (p,) of the rotors, over rated
    spinning: Floats  # (p,) what their speeding up took within this second, negative where they slowed down [W]
    coasting: NDArray[np.bool_]  # (p,) whose drives give nothing
    flows: Flows
    lines: LineState
    cushions: Cushions
    margin: Floats  # (p,) NPSH available over required, a moment ago
    unsteady: Floats  # (p,) chance
    warm: Warm
    load: Floats  # (c,) share of its set flow that the rest of the line has come to
    neighbours: Floats  # (l,) chance
    peak: Floats  # (nodes,) highest head within this second [m]
    ways: Ways
    converged: bool = True  # whether every step of this second settled


@dataclass(frozen=True, eq=False)
class Works:
    """The water's side of a station, compiled."""

    layout: Layout
    built: AsBuilt
    network: Network
    lines: Lines
    discharge_valve: NDArray[np.intp]  # (p,) resistance, -1 for none
    check_valve: NDArray[np.intp]
    strainer: NDArray[np.intp]
    suction: NDArray[np.intp]  # (p,) node
    discharge: NDArray[np.intp]
    inlet: NDArray[np.intp]  # (c,) node
    outlet: NDArray[np.intp]
    line_node: NDArray[np.intp]  # (l,)
    line_rated: Floats  # (l,) flow [m³/s]
    upstream: Floats  # (c, l) 1 where a line brings a circuit its water ...
    downstream: Floats  # (c, l) ... and where it takes it away
    resistance_rated: Floats  # (r,)
    way_of_circuit: Floats  # (c, r) 1 where a resistance is of a circuit
    neighbours: Neighbours
    vessels: Vessels
    routes: Routes
    of_circuit: Floats  # (c, p) 1 where a pump is of a circuit
    starts: NDArray[np.intp]  # (r,) node each resistance begins at
    ends: NDArray[np.intp]  # (r,)
    fluid: Kept[[Floats], Fluid]  # of water of these temperatures (c,) [K]

    @cached_property
    def stiffness(self) -> Kept[[Floats], Floats]:
        """(lines + vessels,) What ends lose with flow, by the stiffness (v,) of the vessels' gas. [m/(m³/s)]"""
        return Kept(lambda linear: np.concatenate((self.lines.impedance, linear)))

    @cached_property
    def rubbing(self) -> Floats:
        """(lines + vessels,) What ends lose with the square of flow. [s²/m⁵]"""
        return np.concatenate((np.zeros(len(self.network.lines)), self.vessels.rubbing))

    @cached_property
    def valved(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The pumps that have a discharge valve, and the valves."""
        pumps = np.flatnonzero(self.discharge_valve >= 0)
        return pumps, self.discharge_valve[pumps]


@dataclass(frozen=True, eq=False)
class Hydraulics:
    """Everything the rest of the plant asks of the water, SI. Arrays over pumps (p,), circuits (c,), nodes."""

    flow: Floats  # (p,)
    speed: Floats  # (p,)
    head: Floats  # (p,)
    shaft: Floats  # (p,) power [W]; of a pump that runs down, what its rotor has given up within the second
    given: Floats  # (p,) what the motors give: the shafts' power, and what speeds the rotors up [W]
    lost: Floats  # (p,) of the shafts' power, into the water [W]
    rubbed: Floats  # (c,) into the water, by what valves, strainers and pipes of the station rub [W]
    margin: Floats  # (p,) NPSH available over required
    density: Floats  # (c,)
    temperature: Floats  # (c,) at the inlet headers [K]
    outlet_temperature: Floats  # (c,) [K]
    heat_capacity: Floats  # (c,) [J/(K·m³)]
    pressure: Floats  # (nodes,) gauge [Pa]
    peak: Floats  # (nodes,) highest within the second [Pa]
    loss: Floats  # (r,) pressure lost [Pa]
    through: Floats  # (r,) flow
    pumped: Floats  # (c,) through all pumps of the circuit
    incoming: Floats  # (c,) at the inlet meter
    outgoing: Floats  # (c,)
    opening: Floats  # (r,)
    line_head: Floats  # (points,) along all lines [m]
    vessel_level: Floats  # (vessels,) share filled by water
    vessel_pressure: Floats  # (vessels,) of their gas, gauge [Pa]
    in_lines: Contents  # what the lines hold
    converged: bool


def works(layout: Layout, built: AsBuilt) -> Works:
    """Compile. Raises StationError where the station has no network the water could take."""
    beside = vessels.described(layout)
    network = Network.of(layout.station.file, beside)
    node = network.node_index
    pumps = layout.station.pumps
    circuits = {circuit.id: circuit for circuit in layout.station.file.circuits}
    for name in layout.circuits:
        if name not in circuits:
            raise StationError(layout.station.id, f"its pumps' circuit '{name}' is not described", "Add it to circuits")
    lines = Lines.of(layout.station.file, DT)
    resistances = slice(len(pumps), len(pumps) + len(layout.resistances))
    ends = network.to_node[resistances]
    suction = np.array([node[p.from_node] for p in pumps], dtype=np.intp)
    return Works(
        layout=layout,
        built=built,
        network=network,
        lines=lines,
        discharge_valve=_of_pumps(layout, lambda part: not part.check and part.travel_s > 0.0 and "valve" in part.kind),
        check_valve=_of_pumps(layout, lambda part: part.check),
        strainer=_of_pumps(layout, lambda part: part.kind == "strainer"),
        suction=suction,
        discharge=np.array([node[p.to_node] for p in pumps], dtype=np.intp),
        inlet=np.array([node[circuits[c].inlet] for c in layout.circuits], dtype=np.intp),
        outlet=np.array([node[circuits[c].outlet] for c in layout.circuits], dtype=np.intp),
        line_node=np.array([node[line.node] for line in layout.lines], dtype=np.intp),
        line_rated=np.array([line.flow_m3_h for line in layout.lines]) / 3600.0,
        upstream=_joined(layout, "upstream"),
        downstream=_joined(layout, "downstream"),
        resistance_rated=np.array([part.flow_m3_h for part in layout.resistances]) / 3600.0,
        way_of_circuit=1.0 * (network.node_circuit[ends] == np.arange(len(layout.circuits))[:, None]),
        neighbours=neighbours(layout, lines),
        vessels=vessels.vessels(beside, node, network.elevation),
        routes=carriage.routes(layout, _joined(layout, "upstream")),
        of_circuit=1.0 * (layout.machines.circuit == np.arange(len(layout.circuits))[:, None]),
        starts=network.from_node[resistances],
        ends=ends,
        fluid=Kept(lambda warm: _fluid(warm, layout, network, suction, ends)),
    )


def _fluid(warm: Floats, layout: Layout, network: Network, suction: NDArray[np.intp], ends: NDArray[np.intp]) -> Fluid:
    """What water of these temperatures (c,) is like, where it is asked for. [K]"""
    density, circuit = water.density(warm), layout.machines.circuit
    weight = density * STANDARD_GRAVITY
    of_node = weight[network.node_circuit]
    return Fluid(
        density=density,
        heat_capacity=density * water.heat_capacity(warm),
        of_pump=density[circuit],
        weight=weight[circuit],
        above_boiling=((STANDARD_ATMOSPHERE - water.vapour_pressure(warm)) / weight)[circuit]
        - network.elevation[suction],
        of_node=of_node,
        of_end=of_node[ends],
    )


def _of_pumps(layout: Layout, chosen: Callable[[Resistance], bool]) -> NDArray[np.intp]:
    """(p,) the resistance in each pump's branch that is chosen, -1 for none."""
    found = {part.pump: i for i, part in enumerate(layout.resistances) if part.pump and chosen(part)}
    return np.array([found.get(pump, -1) for pump in layout.machines.ids], dtype=np.intp)


def _joined(layout: Layout, side: str) -> Floats:
    """(c, l) 1 where a line joins a circuit on a side."""
    joined = [[float(part.side == side and part.circuit == name) for part in layout.lines] for name in layout.circuits]
    return np.array(joined)


# --- beginning -------------------------------------------------------------------------------------------------------


def first(it: Works, controls: Controls, outside: Outside, at: float, lot: Generator) -> tuple[Water, Floats]:
    """The water at rest in its set flow at a time [s, POSIX], and the speeds (c,) that give it."""
    machines = it.layout.machines
    ways = _ways(it, controls, Effects.none(it.layout))
    share = np.ones(len(it.layout.circuits))
    wanted = np.maximum(controls.asked, 1e-9)
    load = _load(it, controls)
    behind = it.neighbours.heads(load) + outside.now(at).head
    flows = _running(it, controls, share, ways.losses, it.line_rated, behind)
    last = (share + 1.0, _pumped(it, flows.pump) / wanted - 1.0 + USUAL_RISE)
    for _ in range(SETTLING):
        error = _pumped(it, flows.pump) / wanted - 1.0
        rise = _secant(share, error, last)
        last = (share, error)
        share = np.clip(share - error / rise, LEAST_SHARE, 1.0)
        flows = _running(it, controls, share, ways.losses, flows.line, behind)
    speed = np.where(controls.duty > 0, share[machines.circuit], 0.0)
    warm = carriage.first(it.routes, outside, at, lot)
    beside = (it.fluid(warm.arriving).of_node * (flows.head - it.network.elevation))[it.vessels.node]
    state = Water(
        speed=speed,
        spinning=np.zeros(len(machines)),
        coasting=controls.duty == 0,
        flows=replace(flows, tangents=None),  # those of lines at rest, which from now on move
        lines=it.lines.at_rest(flows),
        cushions=vessels.first(beside),
        margin=np.full(len(machines), PLENTY),
        unsteady=lot.standard_normal(len(machines)),
        warm=warm,
        load=load,
        neighbours=np.zeros(len(it.layout.lines)),
        peak=flows.head.copy(),
        ways=ways,
    )
    return state, share


def _running(it: Works, controls: Controls, share: Floats, losses: Losses, flow: Floats, behind: Floats) -> Flows:
    """The steady state at these speeds, with the friction of these flows (l,) in the lines; vessels as good as shut.

    ``behind`` (l,) is what the neighbours hold. [m]
    """
    lines, count = it.lines.steady_boundary(flow, behind), it.vessels.node.size
    held, shut = np.zeros(count), np.full(count, SHUT)
    boundary = Boundary(
        *(np.concatenate(pair) for pair in ((lines.head, held), (lines.linear, shut), (lines.quadratic, held)))
    )
    speed = np.where(controls.duty > 0, share[it.layout.machines.circuit], 0.0)
    return steady(it.network, speed, losses, boundary, head_scale=it.built.head_scale)


def _load(it: Works, controls: Controls) -> Floats:
    """(c,) share of the set flow that is asked of all stations of the line."""
    asked: Floats = controls.asked / np.maximum(it.layout.set_points, 1e-9)
    return asked


def _pumped(it: Works, flow: Floats) -> Floats:
    """(c,) through all pumps of each circuit."""
    through: Floats = it.of_circuit @ flow
    return through


def _secant(share: Floats, error: Floats, last: tuple[Floats, Floats]) -> Floats:
    """How flow answers to speed, kept between bounds that no station leaves."""
    moved = share - last[0]
    rise = np.where(np.abs(moved) > 1e-6, (error - last[1]) / np.where(moved == 0.0, 1.0, moved), USUAL_RISE)
    return np.clip(rise, 0.02, 2.0)


# --- going on --------------------------------------------------------------------------------------------------------


def second(it: Works, state: Water, controls: Controls, effects: Effects, lost: Floats, lot: Generator) -> None:
    """One second in short steps. ``lost`` (l,) is what the neighbours hold less than usual. [m]

    What changes slowly (valves, strainers, the margin to cavitation) is taken as it was at its beginning. Flows that do
    not settle are not taken: the state before stays, and the second is marked.
    """
    lines = it.line_node.size
    fresh = lot.standard_normal(lines + STEPS * state.speed.size)
    state.neighbours = stirred(state.neighbours, 0.5 * HOUR, fresh[:lines], 1.0)
    gusts = fresh[lines:].reshape(STEPS, -1)
    state.load = approached(state.load, _load(it, controls), FOLLOWING, 1.0)
    behind = it.neighbours.heads(state.load, effects.line_head) - lost + NEIGHBOUR_SPREAD * state.neighbours
    state.ways = _ways(it, controls, effects, state.ways)
    inflow = _leaks(it, effects)
    scale, shaken = _head_scale(it, state, effects)
    weight = it.fluid(state.warm.arriving).of_node[it.vessels.node]
    state.converged, before, heads = True, state.speed, []
    for gust in gusts:
        drive(controls, it.layout, effects, DT)
        _turn(it, state, controls, effects)
        state.unsteady = stirred(state.unsteady, TURBULENCE, gust, DT)
        head_scale = scale + shaken * state.unsteady
        flows = solve(
            it.network,
            state.speed,
            state.ways.losses,
            _ends(it, state, weight),
            head_scale=head_scale,
            inflow=inflow,
            start=state.flows,
        )
        if flows.converged:
            state.flows = flows
            state.lines = it.lines.advance(state.lines, flows.line, flows.line_head, behind)
            vessels.step(it.vessels, state.cushions, flows.vessel, DT)
        state.converged = state.converged and flows.converged
        heads.append(state.flows.head)
    state.peak = reduce(np.maximum, heads)
    state.spinning = it.layout.machines.kinetic * (state.speed**2 - before**2)  # per second
    state.coasting = controls.frequency <= 0.0
    state.margin = state.margin + FELT * (_margin(it, state) - state.margin)
    vessels.charge(state.cushions, weight * (state.flows.head[it.vessels.node] - it.vessels.elevation), 1.0)


def _ends(it: Works, state: Water, weight: Floats) -> Boundary:
    """What stands behind lines and vessels for a short step; ``weight`` (v,) is that of the vessels' water. [N/m³]"""
    lines, cushions = it.lines.boundary(state.lines), state.cushions
    pushing = vessels.heads(it.vessels, cushions, state.flows.head[it.vessels.node], weight, DT)
    return Boundary(np.concatenate((lines.head, pushing)), it.stiffness(cushions.linear), it.rubbing)


def carry(it: Works, state: Water, of: Hydraulics, sheet: Sheet, lot: Generator) -> None:
    """Let the water's warmth move on for a second, with what pumps lose into it and what rubs it.

    What lines rub is in what they lose to the ground, which was measured so.
    """
    lost = it.of_circuit @ of.lost + of.rubbed
    carriage.step(it.routes, state.warm, state.flows.line, lost, of.heat_capacity, sheet, lot)


def _leaks(it: Works, effects: Effects) -> Floats | None:
    """(nodes,) what is put in at each node, where anything is. [m³/s]"""
    if not effects.leaks:
        return None
    inflow = np.zeros(len(it.network.nodes))
    np.add.at(inflow, it.line_node, -effects.line_leak * it.line_rated)
    return inflow


def _openings(it: Works, controls: Controls, effects: Effects) -> Floats:
    """(r,) where every valve stands."""
    opening = controls.opening.copy()
    most, least, shut = _bounds(it, effects)
    valve = np.maximum(np.minimum(controls.valve, most), least)
    with_valve, valves = it.valved
    opening[valves] = valve[with_valve]
    opening[shut] = 0.0
    return opening


@lru_cache(maxsize=8)
def _bounds(it: Works, effects: Effects) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """(p,) between what the discharge valves can stand; and the check valves that are stuck shut."""
    most = np.where(effects.valve_held_open, 1.0, 1.0 - effects.valve_limit)
    shut = it.check_valve[effects.check_shut & (it.check_valve >= 0)]
    return most, effects.valve_held_open.astype(np.float64), shut


@lru_cache(maxsize=8)
def _leaking(it: Works, effects: Effects) -> Floats:
    """(r,) open share that check valves leave to water flowing back."""
    leak = np.zeros(len(it.network.resistances))
    with_check = it.check_valve >= 0
    leak[it.check_valve[with_check]] = effects.check_open[with_check]
    return leak


def _ways(it: Works, controls: Controls, effects: Effects, before: Ways | None = None) -> Ways:
    """How every valve and strainer stands."""
    opening = _openings(it, controls, effects)
    leak = _leaking(it, effects)
    if before and (opening == before.opening).all() and _as_leaky(effects, leak, before):
        return before
    return Ways(opening, leak, effects.resistance, it.network.losses(opening, 1.0 + effects.resistance, leak))


def _as_leaky(effects: Effects, leak: Floats, before: Ways) -> bool:
    """Whether check valves leak, and strainers are clogged, as before."""
    if leak is before.leak and effects.resistance is before.clogging:
        return True
    return bool((leak == before.leak).all() and (effects.resistance == before.clogging).all())


def cavitation(margin: Floats) -> Floats:
    """Share of head lost over NPSH available by required: 3 % where they are equal, by definition of NPSH3."""
    lost: Floats = np.minimum(np.exp(CAVITATION_BEGINS - margin * (1.0 / ONSET)), WORST)
    return lost


def _recirculated(it: Works, state: Water, effects: Effects) -> Floats:
    """(p,) what runs back through the wear rings, so that the impeller moves more than the branch. [m³/s]"""
    lost: Floats = effects.clearance * it.layout.machines.rated_flow * state.speed
    return lost


def _head_scale(it: Works, state: Water, effects: Effects) -> tuple[Floats, Floats]:
    """(p,) head over the design curve's, of the machine as built and as it is; and how much of that fluctuates."""
    lost = cavitation(at_the_eye(state, effects))
    scale = it.built.head_scale * (1.0 - effects.head_loss) * (1.0 - lost)
    if effects.worn:
        flow = np.maximum(state.flows.pump, 0.0)
        design = it.network.bank.head(flow, state.speed)
        moved = it.network.bank.head(flow + _recirculated(it, state, effects), state.speed)
        scale = scale * np.where(design > 1.0, moved / np.maximum(design, 1.0), 1.0)
    return scale, scale * (UNSTEADY + effects.unsteadiness + BUBBLES * lost)


def at_the_eye(state: Water, effects: Effects) -> Floats:
    """(p,) NPSH available over required at the impeller's eye, which a disturbed inflow lowers at once."""
    if not effects.inflow_disturbed:
        return state.margin
    disturbed = 1.0 - ONSET * np.log(np.maximum(effects.cavitation, 1e-9) / NPSH3)
    there: Floats = np.where(effects.cavitation > 0.0, np.minimum(state.margin, disturbed), state.margin)
    return there


def _margin(it: Works, state: Water) -> Floats:
    """(p,) NPSH available over required; the velocity head in the suction pipe is left out (0.6 m)."""
    available = state.flows.head.take(it.suction) + it.fluid(state.warm.arriving).above_boiling
    required = it.network.bank.npsh_required(np.maximum(state.flows.pump, 0.0), np.maximum(state.speed, AT_REST))
    margin = np.fmin(available / np.maximum(required, 0.1), PLENTY)  # a curve without NPSH never cavitates
    return np.where(state.speed > 0.1, margin, PLENTY)


def shaft_power(it: Works, state: Water, effects: Effects) -> Floats:
    """(p,) what the shafts take. [W]"""
    flow = state.flows.pump + _recirculated(it, state, effects) if effects.worn else state.flows.pump
    lost = cavitation(at_the_eye(state, effects))
    pumped = it.fluid(state.warm.arriving).of_pump
    design, efficiency = it.network.bank.power_and_efficiency(flow, state.speed, pumped, it.built.power_scale)
    taken: Floats = np.where(np.isnan(design), 0.0, design) * (1.0 + effects.friction)
    fewer_points = effects.efficiency_loss + CAVITATION_EFFICIENCY * lost
    taken = taken / (1.0 - np.fmin(fewer_points / np.maximum(efficiency, 0.2), 0.8))
    return taken * (1.0 - effects.head_loss) * (1.0 - lost)


def _turn(it: Works, state: Water, controls: Controls, effects: Effects) -> None:
    """Rotors: driven ones follow their drives, the others run down (exact for torque that goes with speed squared)."""
    machines = it.layout.machines
    driven = controls.frequency / machines.rated_hz
    loose = (driven <= 0.0) & (state.speed > 0.0)
    if not loose.any():
        state.speed = driven
        return
    energy = machines.inertia * (machines.rated_speed * np.maximum(state.speed, AT_REST)) ** 2
    braking = shaft_power(it, state, effects) / energy * DT
    rubbing = COASTING * machines.motor_power / (machines.inertia * machines.rated_speed**2) * DT
    coasting = state.speed / (1.0 + braking) - rubbing
    state.speed = np.where(loose, np.where(coasting < AT_REST, 0.0, coasting), driven)


# --- what there is to measure ----------------------------------------------------------------------------------------


def hydraulics(it: Works, state: Water, effects: Effects) -> Hydraulics:
    """The water as the rest of the plant sees it, once a second."""
    flows = state.flows
    warm = state.warm.arriving
    flow, fluid = flows.pump, it.fluid(warm)
    incoming, outgoing = _metered(it, flows, effects)
    backward = -WINDMILL * flow / it.layout.machines.rated_flow
    head = flows.head[it.discharge] - flows.head[it.suction]
    turning = state.speed > 0.0
    shaft = np.where(state.coasting, 0.0 - state.spinning, shaft_power(it, state, effects))
    useful = fluid.weight * flow * head
    loss = fluid.of_end * (flows.head[it.starts] - flows.head[it.ends])
    return Hydraulics(
        flow=flow,
        speed=np.where(turning, state.speed, np.where(backward > AT_REST, backward, 0.0)),
        head=head,
        shaft=shaft,
        given=np.where(state.coasting, 0.0, shaft + state.spinning),
        lost=np.maximum(shaft - useful, 0.0),
        rubbed=it.way_of_circuit @ (loss * flows.resistance),
        margin=at_the_eye(state, effects),
        density=fluid.density,
        temperature=warm,
        outlet_temperature=state.warm.leaving,
        heat_capacity=fluid.heat_capacity,
        pressure=fluid.of_node * (flows.head - it.network.elevation),
        peak=fluid.of_node * (state.peak - it.network.elevation),
        loss=loss,
        through=flows.resistance,
        pumped=_pumped(it, flow),
        incoming=incoming,
        outgoing=outgoing,
        opening=state.ways.opening,
        line_head=state.lines.head,
        vessel_level=1.0 - state.cushions.share,
        vessel_pressure=vessels.gauge(state.cushions),
        in_lines=state.warm.lines,
        converged=state.converged,
    )


def _metered(it: Works, flows: Flows, effects: Effects) -> tuple[Floats, Floats]:
    """(c,) flow at the headers' meters, which stand on the station's side of any leak."""
    metered = flows.line - effects.line_leak * it.line_rated if effects.leaks else flows.line
    return it.upstream @ metered, -(it.downstream @ metered)


@dataclass(frozen=True, eq=False)
class Places:
    """Places along the lines, any shape, looked up once for what is asked of them."""

    there: NDArray[np.bool_]  # False for no line
    point: NDArray[np.intp]  # the nearest of the lines' grid
    circuit: NDArray[np.intp]  # whose water stands there
    line: NDArray[np.intp]
    share: Floats  # of the way from the far to the near end


def places(it: Works, line: NDArray[np.intp], away: Floats) -> Places:
    """Look places up.

    Parameters
    ----------
    line : (m, k)   Which line, -1 for none.
    away : (k,)     Share of its length between the place and the station.
    """
    share = np.broadcast_to(1.0 - away, line.shape)
    point = it.lines.near[line] - np.rint(away * it.lines.reaches[line]).astype(np.intp)
    return Places(line >= 0, point, it.neighbours.circuit[line], line, share)


def line_pressures(of: Hydraulics, at: Places) -> Floats:
    """Gauge pressure along the lines, at the station's own level; NaN for no line. [Pa]"""
    pressure = of.density[at.circuit] * STANDARD_GRAVITY * of.line_head[at.point]
    return np.where(at.there, pressure, np.nan)


def line_warmth(it: Works, held: Contents, at: Places) -> Floats:
    """Temperature of the water along the lines, that hold this; NaN for no line. [K]"""
    return np.where(at.there, transport.along(it.routes.lines, held, at.line, at.share), np.nan)
