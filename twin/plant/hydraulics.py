"""Flows and heads of a station: Newton's method on flows and heads together (the global gradient algorithm).

Each step follows the tangents of all branches' laws and solves the junctions' mass balance for the heads; flows follow.
A short step hardly bends the laws, so that its tangents serve the next one too (the chord method): started from the
last state, along its tangents, two steps settle the reference station, and no tangent is reckoned anew. All that is
linear in a step is then one matrix. Water is conserved exactly by every step, whichever its tangents are.

Source: E. Todini and S. Pilati (1988), A gradient algorithm for the analysis of pipe networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs

from twin.errors import StationError
from twin.plant.network import Losses, Network
from twin.signals import Floats

MOST_STEPS = 60  # thrown from any state into any other, thirty have always been enough
SETTLED = 1e-9  # of the rated flow: a step of Newton's that leaves nothing,
ROUNDED = 1e-6  # or below this one, if it is not shorter
SHRINKING = 0.9  # than this share of the last: the rest is rounding
SHORT = 3e-2  # of the rated flow: a step within which a branch's law is nearly straight
HOMING = 0.1  # of the step before: the longest by which kept tangents are believed to lead to the solution,
LEFT = 1e-7  # of the rated flow, if the next steps, each shorter than the last in the same ratio, are no more than this
LEFT_OF_HEAD = 1e-4  # m, and change no loss by more than this
NOTHING = 1e-12  # of the rated flow: what rounding leaves of a step
STRIDE = 2.0  # of the present flow, at least of the rated one: the longest step
FLATTEST = 1e-9  # m/(m³/s), the least slope a branch is given, should a pump alone in it have none
RESERVOIR = 1e-6  # m/(m³/s), behind which a head counts as fixed


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """What stands behind each line and vessel (n,): ``H = head − (quadratic·|Q| + linear)·Q``, Q into the station.

    The characteristics of an elastic line are linear; a fixed head behind a long line's friction is quadratic.
    """

    head: Floats  # m
    linear: Floats  # m/(m³/s)
    quadratic: Floats  # s²/m⁵

    @classmethod
    def fixed(cls, head: Floats) -> Boundary:
        """Reservoirs: heads that hold whatever flows. [m]"""
        head = np.asarray(head, dtype=np.float64)
        return cls(head, np.full(head.shape, RESERVOIR), np.zeros(head.shape))


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """What all links but the pumps (n,) lose the way they are passed, and what that was reckoned from."""

    ways: bytes  # which check valves water passes forward
    losses: Losses
    boundary: Boundary
    quadratic: Floats
    linear: Floats

    def holds(self, ways: bytes, losses: Losses, boundary: Boundary) -> bool:
        """Whether it is still what these lose."""
        of = self.boundary
        same = boundary.linear is of.linear and boundary.quadratic is of.quadratic
        return same and losses is self.losses and ways == self.ways


@dataclass(frozen=True, eq=False)
class Tangents:
    """The laws of b branches made straight, and the mass balance of k junctions solved with them.

    They hold as long as water goes the same ways: a check valve's law has a corner where it turns.
    """

    network: Network
    ways: bytes  # which check valves water passes forward
    slope: Floats  # (links,) of the head each link loses [m/(m³/s)]

    @cached_property
    def steepness(self) -> Floats:
        """(b,) head for each flow more along a branch. [m/(m³/s)]"""
        return np.maximum(self.slope @ self.network.membership, FLATTEST)

    @cached_property
    def across(self) -> Floats:
        """(k, b) flow out of each junction for each metre of head across a branch. [m²/s]"""
        across: Floats = self.network.branches.incidence.T / self.steepness
        return across

    @cached_property
    def factor(self) -> Floats:
        """(k, k) Cholesky's, of the junctions' mass balance."""
        factor, info = dpotrf(self.across @ self.network.branches.incidence)
        if info:  # an input that is not a number: the state will not settle, and says so
            return np.full(factor.shape, np.nan)
        return np.asarray(factor, dtype=np.float64)

    def answer(self, unbalanced: Floats) -> Floats:
        """(k + b,) the changes of junctions' heads and branches' flows that balance what is not."""
        k, incidence = self.factor.shape[0], self.network.branches.incidence
        left_over = unbalanced[k:]
        heads, _ = dpotrs(self.factor, unbalanced[:k] - self.across @ left_over)
        return np.concatenate((heads, (left_over + incidence @ heads) / self.steepness))

    @cached_property
    def answers(self) -> Floats:
        """(k + b, k + b) The same as a matrix, for those who ask again and again."""
        b, k = self.network.branches.incidence.shape
        return np.array([self.answer(one) for one in np.eye(k + b)]).T.copy()


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """A hydraulic state. Where ``converged`` is False, ``unsettled`` names the part that still moved."""

    network: Network
    flow: Floats  # (links,) from `from_node` to `to_node`: pumps, resistances, lines, vessels [m³/s]
    head: Floats  # (nodes,) above the station's datum [m]
    unknowns: Floats  # (k + b,) junctions' heads and branches' flows, where the next solution starts ...
    passage: Passage  # ... what it passes ...
    tangents: Tangents | None  # ... and along what; None: to be reckoned anew
    converged: bool
    iterations: int
    unsettled: str = ""

    @property
    def pump(self) -> Floats:
        """(pumps,) Flow through each pump. [m³/s]"""
        return self.flow[: len(self.network.pumps)]

    @property
    def resistance(self) -> Floats:
        """(resistances,) Flow through each valve, strainer and pipe. [m³/s]"""
        first = len(self.network.pumps)
        return self.flow[first : first + len(self.network.resistances)]

    @property
    def line(self) -> Floats:
        """(lines,) Flow from each line into the station; negative where it leaves. [m³/s]"""
        first = len(self.network.pumps) + len(self.network.resistances)
        return self.flow[first : first + len(self.network.lines)]

    @property
    def line_head(self) -> Floats:
        """(lines,) Head at the node each line joins. [m]"""
        first = len(self.network.pumps) + len(self.network.resistances)
        return self.head[self.network.to_node[first : first + len(self.network.lines)]]

    @property
    def vessel(self) -> Floats:
        """(vessels,) Flow out of each vessel; negative where it fills. [m³/s]"""
        return self.flow[len(self.flow) - len(self.network.vessels) :]

    def at(self, node: str) -> float:
        """Head at a node. [m]"""
        return float(self.head[self.network.node_index[node]])


def solve(
    network: Network,
    speed: Floats,
    losses: Losses,
    boundary: Boundary,
    *,
    head_scale: Floats | float = 1.0,
    inflow: Floats | None = None,
    start: Flows | None = None,
) -> Flows:
    """The flows and heads at which every part follows its law and no water is lost.

    Parameters
    ----------
    speed : (pumps,)        Speed over rated speed. [-]
    losses : Losses         Of the resistances as they stand, by ``network.losses``.
    boundary : Boundary     What stands behind each line, and then each vessel.
    head_scale : (pumps,)   Head over the design curve's. [-]
    inflow : (nodes,)       Put in at each node (make-up), negative where taken (leak). [m³/s]
    start : Flows           A state nearby.

    Returns
    -------
    Flows                   ``converged`` or not: it never raises while a station runs.
    """
    search = _Search(network, speed, losses, boundary, head_scale, inflow, start)
    known = None if start is None else start.tangents
    if known is not None and search.follow(known):
        return search.flows(known)
    return search.newton()


def _within_stride(step: Floats, x: Floats, ref: Floats) -> Floats:
    """The step (b,), where it is too long cut to the longest allowed."""
    longest = np.maximum(STRIDE * np.abs(x), ref)
    cut: Floats = np.minimum(np.maximum(step, -longest), longest)
    return cut


def steady(
    network: Network,
    speed: Floats,
    losses: Losses,
    boundary: Boundary,
    *,
    head_scale: Floats | float = 1.0,
    inflow: Floats | None = None,
) -> Flows:
    """The same to begin from: raises StationError, naming the part, where there is no such state."""
    flows = solve(network, speed, losses, boundary, head_scale=head_scale, inflow=inflow)
    if not flows.converged:
        wrong = f"its flows do not settle: {flows.unsettled} still changes after {flows.iterations} steps"
        raise StationError(network.station, wrong, f"Check the curve, the loss and the nodes of {flows.unsettled}")
    return flows


class _Search:
    """One solution on its way: links' losses, junctions' heads and branches' flows, one after the other in ``at``."""

    def __init__(
        self,
        network: Network,
        speed: Floats,
        losses: Losses,
        boundary: Boundary,
        head_scale: Floats | float,
        inflow: Floats | None,
        start: Flows | None,
    ) -> None:
        self.network = network
        self.losses, self.boundary = losses, boundary
        self.running = network.bank.at(speed, head_scale)
        of = network.branches
        (branches, junctions), self.links = of.incidence.shape, of.sign.size
        self.given = np.zeros(junctions + branches)
        self.given[network.behind_unknown] = boundary.head
        self.tapped = None
        if inflow is not None:
            self.tapped = of.tapped @ inflow
            self.given[:junctions] = of.carried @ inflow
        self.at = np.empty(self.links + self.given.size)
        self.loss, self.unknowns = self.at[: self.links], self.at[self.links :]
        self.branch = self.unknowns[junctions:]
        self.unknowns[:] = network.beginning if start is None else start.unknowns
        self.passage = None if start is None else start.passage
        self.flow = self.loss  # (links,) of the losses; before there are any, nobody asks
        self.iterations = 0

    def through(self) -> Floats:
        """(links,) what flows through them, with what is tapped on the way."""
        of = self.network.branches
        flow: Floats = self.branch.take(of.branch) * of.sign
        return flow if self.tapped is None else flow + self.tapped

    def pass_on(self, ways: bytes) -> Passage:
        """What links but the pumps lose the way they are passed."""
        if self.passage is None or not self.passage.holds(ways, self.losses, self.boundary):
            self.passage = _passage(self.network, ways, self.losses, self.boundary)
        return self.passage

    def follow(self, along: Tangents) -> bool:
        """Follow known tangents as long as water goes the same ways and they home in; whether they have led there."""
        before = 0.0  # length of the step before, over rated flow; 0 for none
        while True:
            flow = self.through()
            if (flow.take(self.network.turning) > 0.0).tobytes() != along.ways:
                return False
            self.iterations += 1
            self.flow, step = flow, self.step_along(flow, along)
            length = self.length(step)
            if not length <= SHORT:
                return False
            rate = length / before if before else 1.0
            self.unknowns += step
            if self.settled(length, rate) and rate * self.loss_moved(step, along) <= LEFT_OF_HEAD:
                return True
            if rate > HOMING and before:
                return False
            before = length

    def step_along(self, flow: Floats, along: Tangents) -> Floats:
        """(k + b,) the step along known tangents, and the losses on the way."""
        pumps, rest = len(self.network.pumps), flow[len(self.network.pumps) :]
        passage = self.pass_on(along.ways)
        size = rest * rest
        size += self.network.laminar
        np.sqrt(size, out=size)
        size *= passage.quadratic
        size += passage.linear
        np.multiply(size, rest, out=self.loss[pumps:])
        np.negative(self.running.head(flow[:pumps]), out=self.loss[:pumps])
        if self.network.piped.size:
            self.loss[self.network.piped] += self.network.pipes.loss_and_slope(flow[self.network.piped])[0]
        unbalanced = self.network.residual @ self.at
        unbalanced += self.given
        step: Floats = along.answers @ unbalanced
        return step

    def settled(self, length: float, rate: float) -> bool:
        """Whether what is left after a step of this length, shorter than the last in this ratio, does not matter."""
        return length <= NOTHING or (rate <= HOMING and rate * length <= LEFT)

    def loss_moved(self, step: Floats, along: Tangents) -> float:
        """By how much a step changes the loss of any branch, at most. [m]"""
        return float(np.maximum.reduce(np.abs(step[-along.steepness.size :] * along.steepness)))

    def length(self, step: Floats) -> float:
        """Of a step, over the rated flow of the branch that it moves most."""
        branches = self.network.branch_rated
        return float(np.maximum.reduce(np.abs(step[-branches.size :]) / branches))

    def newton(self) -> Flows:
        """The state that Newton's method comes to, or where it gives up."""
        before, length = np.inf, np.inf
        while self.iterations < MOST_STEPS:
            self.iterations += 1
            self.flow = self.through()
            tangents = self.tangents(self.flow)
            step = tangents.answer(self.network.residual @ self.at + self.given)
            before, length = length, self.length(step)
            if length > 1.0:
                branches = step[-self.branch.size :]
                branches[:] = _within_stride(branches, self.branch, self.network.branch_rated)
            self.unknowns += step
            if length <= SETTLED or SHRINKING * before <= length <= ROUNDED:
                return self.flows(tangents)
        return self.flows(tangents, self.moving(step))

    def tangents(self, flow: Floats) -> Tangents:
        """Tangents at the flow through the links (links,), and the losses there. A pump's loss is negative."""
        pumps = len(self.network.pumps)
        ways = (flow.take(self.network.turning) > 0.0).tobytes()
        passage, rest, slope = self.pass_on(ways), flow[pumps:], np.empty(flow.size)
        size = np.sqrt(rest * rest + self.network.laminar)
        self.loss[pumps:] = (passage.quadratic * size + passage.linear) * rest
        slope[pumps:] = passage.quadratic * (size + rest * rest / size) + passage.linear
        head, steeper = self.running.head_and_slope(flow[:pumps])
        self.loss[:pumps], slope[:pumps] = -head, -steeper
        if self.network.piped.size:
            rubbed, steeper = self.network.pipes.loss_and_slope(flow[self.network.piped])
            self.loss[self.network.piped] += rubbed
            slope[self.network.piped] += steeper
        return Tangents(self.network, ways, slope)

    def moving(self, step: Floats) -> str:
        """The link that a step still moves most."""
        network = self.network
        worst = int(np.argmax(np.abs(step[-self.branch.size :]) / network.branch_rated))
        return network.links[int(np.flatnonzero(network.branches.branch == worst)[0])]

    def flows(self, along: Tangents | None, unsettled: str = "") -> Flows:
        """The state in the network's own terms, with the losses along the tangents since they were reckoned."""
        flow, network = self.through(), self.network
        if along is not None:
            self.loss += along.slope * (flow - self.flow)
        ways = (flow.take(network.turning) > 0.0).tobytes()
        return Flows(
            network=network,
            flow=flow,
            head=network.rising @ self.at[: network.rising.shape[1]],
            unknowns=self.unknowns,
            passage=self.pass_on(ways),
            tangents=along,
            converged=not unsettled,
            iterations=self.iterations,
            unsettled=unsettled,
        )


def _passage(network: Network, ways: bytes, losses: Losses, boundary: Boundary) -> Passage:
    """What links but the pumps lose, where check valves are passed these ways."""
    quadratic = np.concatenate((losses.forward, boundary.quadratic))
    linear = np.concatenate((losses.forward_linear, boundary.linear))
    backward = network.checked[~np.frombuffer(ways, dtype=np.bool_)]
    quadratic[backward], linear[backward] = losses.backward[backward], losses.backward_linear[backward]
    return Passage(ways, losses, boundary, quadratic, linear)
