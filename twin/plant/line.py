"""The buried lines to the neighbours, elastic: what happens at one end is felt at the other after L/a.

The method of characteristics on a fixed grid whose reaches water hammer crosses in exactly one step, all lines in one
array. Flow is positive into the station, so the far end is where each line begins, the near end where it ends. A
line's travel time is rounded to whole steps; its impedance and its friction are exact. Friction is that of the mean
flow of a reach, alike for both characteristics: so no water is lost, whatever happens.

Source: E. B. Wylie and V. L. Streeter (1993), Fluid Transients in Systems.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.plant import water
from twin.plant.friction import Pipes
from twin.plant.hydraulics import Boundary, Flows, steady
from twin.plant.network import CELSIUS, Losses, Network
from twin.plant.station import StationFile
from twin.signals import Floats
from twin.units import STANDARD_ATMOSPHERE, STANDARD_GRAVITY

STEEL = 206e9  # Pa, Young's modulus
SETTLED = 1e-9  # m³/s, when the friction of a steady flow is that of the flow
MOST_ROUNDS = 20
ALIKE = 1e-3  # of a flow: within it friction over Q² stays the same to 2e-4, and to 1e-3 where flow is laminar


@dataclass(frozen=True, slots=True, eq=False)
class LineState:
    """Heads and flows at every grid point of every line (points,), with the friction of the present flow."""

    head: Floats  # m
    flow: Floats  # m³/s, positive into the station
    friction: Floats  # (lines,) head a reach loses, over Q² [s²/m⁵] ...
    rubbing: Floats | None = None  # (lines,) ... and the mean flow it was reckoned for [m³/s]


@dataclass(frozen=True, eq=False)
class Lines:
    """n lines cut into reaches. Point arrays hold one line after the other, each from its far to its near end."""

    step: float  # s, in which water hammer crosses a reach
    reaches: NDArray[np.intp]  # (n,)
    pipe: Pipes  # what rubs along each
    wave_speed: Floats  # (n,) [m/s]
    impedance: Floats  # (n,) a/(g·A) [s/m²]
    behind: Floats  # (n,) head the neighbour holds [m]
    behind_quadratic: Floats  # (n,) and what it loses at Q, over Q² [s²/m⁵]
    far: NDArray[np.intp]  # (n,) points at the neighbour's end
    near: NDArray[np.intp]  # (n,) points at the station's end
    line: NDArray[np.intp]  # (points,) the line a point is on
    elevation: Floats  # (points,) the highest around each point, above the station's datum [m]
    weight: Floats  # (n,) of its water [N/m³]
    boiling: Floats  # (points,) the head at which the water there boils [m]

    @classmethod
    def of(cls, station: StationFile, step: float) -> Lines:
        """Cut the lines of a station file for a time step [s]."""
        column = _columns(station)
        kelvin = column["temperature_c"] + CELSIUS
        pipe = Pipes.of(station.lines, water.viscosity(kelvin))
        speed = wave_speed(kelvin, pipe.bore, column["wall_mm"] * 1e-3)
        reaches = np.maximum(np.rint(pipe.length / (speed * step)), 1).astype(np.intp)
        near = np.cumsum(reaches + 1) - 1
        far = near - reaches
        line = np.repeat(np.arange(len(station.lines)), reaches + 1)
        elevation = _elevations(station, reaches)
        weight = water.density(kelvin) * STANDARD_GRAVITY
        return cls(
            step=step,
            reaches=reaches,
            pipe=pipe,
            wave_speed=speed,
            impedance=speed / (STANDARD_GRAVITY * pipe.area),
            behind=column["head_m"],
            behind_quadratic=column["slope_m"] / (column["flow_m3_h"] / 3600.0) ** 2,
            far=far,
            near=near,
            line=line,
            elevation=elevation,
            weight=weight,
            boiling=elevation + ((water.vapour_pressure(kelvin) - STANDARD_ATMOSPHERE) / weight)[line],
        )

    @cached_property
    def _impedances(self) -> Floats:
        """(points,)"""
        return self.impedance[self.line]

    @cached_property
    def _half_admittance(self) -> Floats:
        """(points - 2,) flow for each metre that characteristics differ by where they meet. [m²/s]"""
        admittance: Floats = 0.5 / self._impedances[1:-1]
        return admittance

    @cached_property
    def _of_reach(self) -> NDArray[np.intp]:
        """(points - 1,) the line between a point and the next."""
        return self.line[:-1]

    @cached_property
    def _before_near(self) -> NDArray[np.intp]:
        """(n,) the points next to the station's ends."""
        return self.near - 1

    @cached_property
    def _still(self) -> Floats:
        """(n,) none of what a boundary loses with the square of flow."""
        return np.zeros(self.near.size)

    @cached_property
    def _impedance_square(self) -> Floats:
        square: Floats = self.impedance**2
        return square

    @cached_property
    def _behind_fourfold(self) -> Floats:
        fourfold: Floats = 4.0 * self.behind_quadratic
        return fourfold

    @cached_property
    def _points(self) -> NDArray[np.intp]:
        """(n,) how many each line has."""
        return self.reaches + 1

    def friction(self, flow: Floats) -> Floats:
        """Head the whole line loses (n,) at its flow (n,) [m³/s], over Q². [s²/m⁵]"""
        return self.pipe.coefficient(flow)

    def steady_boundary(self, flow: Floats, behind: Floats | None = None) -> Boundary:
        """What stands behind each line once nothing changes, with the friction of this flow (n,).

        ``behind`` (n,) is what the neighbours hold, if not the usual.
        """
        held = self.behind if behind is None else behind
        return Boundary(held, np.zeros(held.size), self.behind_quadratic + self.friction(flow))

    def at_rest(self, flows: Flows) -> LineState:
        """The lines in a steady state of the station."""
        flow = flows.line
        reach = self.friction(flow) / self.reaches
        to_go = self.near[self.line] - np.arange(self.line.size)
        head = flows.line_head[self.line] + to_go * (reach * flow * np.abs(flow))[self.line]
        return LineState(head, flow[self.line], reach, flow)

    def boundary(self, state: LineState) -> Boundary:
        """What the station feels one step after ``state``: ``H = C − B·Q`` at the near ends."""
        before = state.flow[self._before_near]
        head = state.head[self._before_near] + self.impedance * before
        mean = 0.5 * (before + state.flow[self.near])
        head -= state.friction * mean * np.abs(mean)
        return Boundary(head, self.impedance, self._still)

    def advance(self, state: LineState, flow: Floats, head: Floats, behind: Floats | None = None) -> LineState:
        """The lines one step later.

        ``flow`` and ``head`` (n,) are those at the near ends then, on the characteristics that ``boundary`` gave;
        ``behind`` (n,) is what the neighbours hold then, if not the usual.
        """
        impedance = self._impedances
        surge = impedance * state.flow
        twice = state.flow[:-1] + state.flow[1:]  # the mean flow of each reach
        lost = (0.25 * state.friction)[self._of_reach] * twice * np.abs(twice)
        ahead = (state.head + surge)[:-1] - lost  # reaches the next point
        astern = (state.head - surge)[1:] + lost  # reaches the point before
        heads, flows = np.empty_like(state.head), np.empty_like(state.flow)
        np.multiply(0.5, ahead[:-1] + astern[1:], out=heads[1:-1])
        np.multiply(self._half_admittance, ahead[:-1] - astern[1:], out=flows[1:-1])
        arrived = astern[self.far]
        pushed = (self.behind if behind is None else behind) - arrived
        root = np.sqrt(self._impedance_square + self._behind_fourfold * np.abs(pushed))
        inflow = 2.0 * pushed / (self.impedance + root)
        flows[self.far], heads[self.far] = inflow, arrived + self.impedance * inflow
        flows[self.near], heads[self.near] = flow, head
        carried = np.add.reduceat(flows, self.far) / self._points
        return self._with_friction(LineState(heads, flows, state.friction, state.rubbing), carried)

    def _with_friction(self, state: LineState, carried: Floats) -> LineState:
        """The state with the friction of the mean flow (n,), which is reckoned anew where that has changed."""
        if state.rubbing is not None:
            moved = np.abs(carried - state.rubbing) > ALIKE * np.abs(carried)
            if not np.logical_or.reduce(moved):
                return state
        return LineState(state.head, state.flow, self.friction(carried) / self.reaches, carried)

    def margin(self, state: LineState) -> Floats:
        """(points,) Absolute pressure less that at which the water boils: below zero the column would part. [Pa]"""
        margin: Floats = self.weight[self.line] * (state.head - self.boiling)
        return margin

    def lowest_margin(self, state: LineState) -> Floats:
        """(n,) The least margin along each line. [Pa]"""
        least: Floats = self.weight * np.minimum.reduceat(state.head - self.boiling, self.far)
        return least

    def lowest_place(self, state: LineState) -> Floats:
        """(n,) How far from the station that is. [m]"""
        margin = self.margin(state)
        first = [int(np.argmin(margin[far : near + 1])) for far, near in zip(self.far, self.near, strict=True)]
        place: Floats = self.pipe.length * (1.0 - np.array(first) / self.reaches)
        return place


def settled(network: Network, lines: Lines, speed: Floats, losses: Losses) -> tuple[Flows, LineState]:
    """The state in which station and lines stay as they are. Raises StationError where there is none."""
    first = len(network.pumps) + len(network.resistances)
    flow = network.rated[first : first + len(network.lines)]
    for _ in range(MOST_ROUNDS):
        flows = steady(network, speed, losses, lines.steady_boundary(flow))
        change = np.abs(flows.line - flow)
        flow = flows.line
        if np.all(change < SETTLED):
            break
    return flows, lines.at_rest(flows)


def wave_speed(temperature: Floats, bore: Floats, wall: Floats) -> Floats:
    """Speed of water hammer (n,) in a steel line, by its water's temperature [K], its bore and its wall [m]. [m/s]

    .. math:: a = c / \\sqrt{1 + \\rho c^2 D / (E e)}                          (Korteweg)
    """
    sound = water.speed_of_sound(temperature)
    stretch = water.density(temperature) * sound**2 * bore / (STEEL * wall)
    speed: Floats = sound / np.sqrt(1.0 + stretch)
    return speed


def _elevations(station: StationFile, reaches: NDArray[np.intp]) -> Floats:
    """(points,) the highest that each line lies around each point, so that no hill is missed between two.

    A line without a profile lies as high as the node it joins.
    """
    joined = {node.id: node.elevation_m for node in station.nodes}
    heights = [np.zeros(0)]
    for line, count in zip(station.lines, reaches, strict=True):
        away, height = np.array(line.profile or ((0.0, joined.get(line.node, 0.0)),)).T
        along = np.interp(np.linspace(line.length_m, 0.0, count + 1), away, height)
        nearest = np.rint((1.0 - away / line.length_m) * count).astype(np.intp)
        np.maximum.at(along, nearest, height)
        heights.append(along)
    return np.concatenate(heights)


def _columns(station: StationFile) -> dict[str, Floats]:
    names = ("wall_mm", "head_m", "slope_m", "flow_m3_h", "temperature_c")
    return {name: np.array([getattr(x, name) for x in station.lines], dtype=np.float64) for name in names}
