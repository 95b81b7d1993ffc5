"""Flows and heads of a station: Newton's method on flows and heads together (the global gradient algorithm).

Each step follows the tangents of all branches' laws and solves the junctions' mass balance for the heads; flows follow.
A short step hardly bends the laws, so that its tangents serve the next one too (the chord method): started from the
last state, with its tangents, two steps settle the reference station, and no tangent is reckoned anew. Water is
conserved exactly by every step, whichever its tangents are.

Source: E. Todini and S. Pilati (1988), A gradient algorithm for the analysis of pipe networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs

from twin.errors import StationError
from twin.plant.network import Losses, Network
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

MOST_STEPS = 60  # thrown from any state into any other, thirty have always been enough
SETTLED = 1e-6  # of the rated flow: a step below it leaves an error of its square,
SETTLED_HEAD = 1e-4  # m, if it also changes no loss by more than this
SHORT = 3e-2  # of the rated flow: a step within which a branch's law is nearly straight
HOMING = 0.1  # of the step before: the longest by which kept tangents are believed to lead to the solution,
LEFT = 1e-7  # of the rated flow, if the next steps, each shorter than the last in the same ratio, are no more than this
STRIDE = 2.0  # of the present flow, at least of the rated one: the longest step
FLATTEST = 1e-9  # m/(m³/s), the least slope a branch is given, should a pump alone in it have none
RESERVOIR = 1e-6  # m/(m³/s), behind which a head counts as fixed


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """What stands behind each line (lines,): ``H = head − (quadratic·|Q| + linear)·Q``, Q into the station.

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
class Tangents:
    """The laws of b branches made straight, and the mass balance of k junctions solved with them.

    They hold as long as water goes the same ways: a check valve's law has a corner where it turns.
    """

    ways: bytes  # which links but the pumps water passes forward
    slope: Floats  # (links,) of the head each link loses [m/(m³/s)]
    ease: Floats  # (b,) flow for each metre of head across a branch [(m³/s)/m]
    across: Floats  # (k, b) the same with the sign with which it leaves a junction
    factor: Floats  # (k, k) Cholesky's, of the junctions' mass balance


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """A hydraulic state. Where ``converged`` is False, ``unsettled`` names the part that still moved."""

    network: Network
    flow: Floats  # (links,) from `from_node` to `to_node`: pumps, resistances, lines [m³/s]
    head: Floats  # (nodes,) above the station's datum [m]
    branch: Floats  # (branches,) where the next solution starts [m³/s] ...
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
        return self.flow[len(self.network.pumps) + len(self.network.resistances) :]

    @property
    def line_head(self) -> Floats:
        """(lines,) Head at the node each line joins. [m]"""
        return self.head[self.network.to_node[len(self.flow) - len(self.network.lines) :]]

    def at(self, node: str) -> float:
        """Head at a node. [m]"""
        return float(self.head[self.network.node_index[node]])

    def gauge_pressure(self, density: Floats) -> Floats:
        """(nodes,) Gauge pressure, for the density (circuits,) of each circuit's water [kg/m³]. [Pa]"""
        return self._weight(density) * (self.head - self.network.elevation)

    def _weight(self, density: Floats) -> Floats:
        weight: Floats = density[self.network.node_circuit] * STANDARD_GRAVITY
        return weight


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
    boundary : Boundary     What stands behind each line.
    head_scale : (pumps,)   Head over the design curve's. [-]
    inflow : (nodes,)       Put in at each node (make-up), negative where taken (leak). [m³/s]
    start : Flows           A state nearby.

    Returns
    -------
    Flows                   ``converged`` or not: it never raises while a station runs.
    """
    problem = _Problem(network, speed, losses, boundary, head_scale, inflow)
    x, known = (network.forward, None) if start is None else (start.branch, start.tangents)
    ref, before = network.branch_rated, 0.0
    newton = False  # whether each step gets tangents of its own: far away, or where kept ones have failed
    for iteration in range(1, MOST_STEPS + 1):
        loss, tangents = problem.laws(problem.through(x), None if newton else known)
        kept, known = tangents is known, tangents
        step, heads, change = problem.step(x, loss, tangents)
        length = float(np.maximum.reduce(np.abs(step) / ref))
        rate = length / before if kept and before else 1.0
        settled = rate <= HOMING and rate * length <= LEFT if kept else length <= SETTLED
        if settled and rate * np.maximum.reduce(np.abs(change)) <= SETTLED_HEAD:
            return problem.flows(x + step, loss + tangents.slope * problem.of_links(step), heads, tangents, iteration)
        newton = newton or length > SHORT or (kept and iteration > 1 and rate > HOMING)
        if not kept or length <= SHORT:
            x = x + (step if length <= 1.0 else _within_stride(step, x, ref))
        before = length
    worst = int(np.argmax(np.abs(step) / ref))
    name = network.links[int(np.flatnonzero(network.branches.branch == worst)[0])]
    return problem.flows(x, loss, heads, tangents, MOST_STEPS, name)


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


class _Problem:
    """One solution's constants, and the steps of Newton's method on branch flows (b,)."""

    def __init__(
        self,
        network: Network,
        speed: Floats,
        losses: Losses,
        boundary: Boundary,
        head_scale: Floats | float,
        inflow: Floats | None,
    ) -> None:
        self.network = network
        self.branches = network.branches
        self.pumps = len(network.pumps)
        self.running = network.bank.at(speed, head_scale)
        self.forward = np.concatenate((losses.forward, boundary.quadratic))
        self.forward_linear = np.concatenate((losses.forward_linear, boundary.linear))
        self.backward = np.concatenate((losses.backward, boundary.quadratic))
        self.backward_linear = np.concatenate((losses.backward_linear, boundary.linear))
        self.behind = np.zeros(self.branches.incidence.shape[0])
        self.behind[network.line_branch] = boundary.head
        self.tapped = None if inflow is None else self.branches.tapped @ inflow
        self.inflow = 0.0 if inflow is None else self.branches.carried @ inflow

    def of_links(self, x: Floats) -> Floats:
        """(links,) what branches (b,) carry, each along its own direction."""
        return x[self.branches.branch] * self.branches.sign

    def through(self, x: Floats) -> Floats:
        """(links,) what flows through them, with what is tapped on the way."""
        q = self.of_links(x)
        return q if self.tapped is None else q + self.tapped

    def laws(self, q: Floats, known: Tangents | None) -> tuple[Floats, Tangents]:
        """Head each link loses (links,) at the flow through it (links,), and tangents: those known, where they hold.

        A pump's loss is negative.
        """
        ways = (q[self.pumps :] > 0.0).tobytes()
        if known is not None and known.ways == ways:
            return self._loss(q), known
        loss, slope = self._loss_and_slope(q)
        return loss, self._tangents(ways, slope)

    def _passed(self, q: Floats) -> tuple[Floats, Floats, Floats]:
        """Of all links but the pumps (n,) quadratic and linear loss the way they are passed, and √(Q² + q²)."""
        forward = q > 0.0
        quadratic = np.where(forward, self.forward, self.backward)
        linear = np.where(forward, self.forward_linear, self.backward_linear)
        return quadratic, linear, np.sqrt(q * q + self.network.laminar)

    def _loss(self, q: Floats) -> Floats:
        rest = q[self.pumps :]
        quadratic, linear, size = self._passed(rest)
        loss = np.concatenate((-self.running.head(q[: self.pumps]), (quadratic * size + linear) * rest))
        if self.network.piped.size:
            loss[self.network.piped] += self.network.pipes.loss_and_slope(q[self.network.piped])[0]
        return loss

    def _loss_and_slope(self, q: Floats) -> tuple[Floats, Floats]:
        rest = q[self.pumps :]
        quadratic, linear, size = self._passed(rest)
        head, head_slope = self.running.head_and_slope(q[: self.pumps])
        loss = np.concatenate((-head, (quadratic * size + linear) * rest))
        slope = np.concatenate((-head_slope, quadratic * (size + rest * rest / size) + linear))
        if self.network.piped.size:
            rubbed, steeper = self.network.pipes.loss_and_slope(q[self.network.piped])
            loss[self.network.piped] += rubbed
            slope[self.network.piped] += steeper
        return loss, slope

    def _tangents(self, ways: bytes, slope: Floats) -> Tangents:
        """Laws of these slopes (links,), with the junctions' balance solved."""
        ease = 1.0 / np.maximum(slope @ self.network.membership, FLATTEST)
        across = self.branches.incidence.T * ease
        factor, info = dpotrf(across @ self.branches.incidence)
        if info:  # an input that is not a number: the state will not settle, and says so
            factor = np.full(factor.shape, np.nan)
        return Tangents(ways, slope, ease, across, factor)

    def step(self, x: Floats, loss: Floats, along: Tangents) -> tuple[Floats, Floats, Floats]:
        """The step in branch flows (b,), the junctions' heads (k,) after it, and the change of losses (b,)."""
        incidence = self.branches.incidence
        behind = self.behind - self.branches.gather @ loss
        heads, _ = dpotrs(along.factor, self.inflow - x @ incidence - along.across @ behind)
        change: Floats = incidence @ heads + behind
        return change * along.ease, heads, change

    def flows(
        self, x: Floats, loss: Floats, heads: Floats, along: Tangents, iterations: int, unsettled: str = ""
    ) -> Flows:
        """The state in the network's own terms."""
        return Flows(
            network=self.network,
            flow=self.through(x),
            head=self.branches.reach @ heads + self.branches.rise @ loss,
            branch=x,
            tangents=along,
            converged=not unsettled,
            iterations=iterations,
            unsettled=unsettled,
        )
