"""Flows and heads of a station: Newton's method on flows and heads together (the global gradient algorithm).

Each step linearises every branch's law and solves the junctions' mass balance for the heads; flows follow. Started
from the last state, two or three steps of a 10 × 10 system settle the reference station.

Source: E. Todini and S. Pilati (1988), A gradient algorithm for the analysis of pipe networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dposv

from twin.errors import StationError
from twin.plant.network import Losses, Network
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

MOST_STEPS = 60  # thrown from any state into any other, thirty have always been enough
SETTLED = 1e-6  # of the rated flow: a step below it leaves an error of its square,
SETTLED_HEAD = 1e-4  # m, if it also changes no loss by more than this
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
class Flows:
    """A hydraulic state. Where ``converged`` is False, ``unsettled`` names the part that still moved."""

    network: Network
    flow: Floats  # (links,) from `from_node` to `to_node`: pumps, resistances, lines [m³/s]
    head: Floats  # (nodes,) above the station's datum [m]
    branch: Floats  # (branches,) where the next solution starts [m³/s]
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
    x = network.forward if start is None else start.branch
    ref = network.branch_rated
    little = SETTLED * ref
    step = links = slopes = heads = x
    for iteration in range(1, MOST_STEPS + 1):
        links, slopes = problem.laws(x)
        step, heads, change = problem.newton(x, links, slopes)
        length = np.abs(step)
        settled = bool((length <= little).all())
        x = x + (step if settled or (length <= ref).all() else _within_stride(step, x, ref))
        if settled and np.abs(change).max() <= SETTLED_HEAD:
            return problem.flows(x, links + slopes * problem.of_links(step), heads, iteration)
    worst = int(np.argmax(np.abs(step) / ref))
    name = network.links[int(np.flatnonzero(network.branches.branch == worst)[0])]
    return problem.flows(x, links, heads, MOST_STEPS, name)


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
        self.speed, self.scale = speed, head_scale
        self.forward = np.concatenate((losses.forward, boundary.quadratic))
        self.forward_linear = np.concatenate((losses.forward_linear, boundary.linear))
        self.backward = np.concatenate((losses.backward, boundary.quadratic))
        self.backward_linear = np.concatenate((losses.backward_linear, boundary.linear))
        self.behind = np.zeros(self.branches.incidence.shape[0])
        self.behind[network.line_branch] = boundary.head
        self.across = network.branches.incidence.T
        self.tapped = None if inflow is None else self.branches.tapped @ inflow
        self.inflow = 0.0 if inflow is None else self.branches.carried @ inflow

    def of_links(self, x: Floats) -> Floats:
        """(links,) what branches (b,) carry, each along its own direction."""
        return x[self.branches.branch] * self.branches.sign

    def laws(self, x: Floats) -> tuple[Floats, Floats]:
        """Head each link loses at these branch flows, and its slope (links,). A pump's loss is negative."""
        q = self.of_links(x)
        if self.tapped is not None:
            q = q + self.tapped
        loss, slope = np.empty((2, q.size))
        head, head_slope = self.network.bank.head_and_slope(q[: self.pumps], self.speed, self.scale)
        np.negative(head, out=loss[: self.pumps])
        np.negative(head_slope, out=slope[: self.pumps])
        rest = q[self.pumps :]
        forward = rest > 0.0
        quadratic = np.where(forward, self.forward, self.backward)
        linear = np.where(forward, self.forward_linear, self.backward_linear)
        square = rest * rest
        size = np.sqrt(square + self.network.laminar)
        np.multiply(quadratic * size + linear, rest, out=loss[self.pumps :])
        np.add(quadratic * (size + square / size), linear, out=slope[self.pumps :])
        if self.network.piped.size:
            rubbed, steeper = self.network.pipes.loss_and_slope(q[self.network.piped])
            loss[self.network.piped] += rubbed
            slope[self.network.piped] += steeper
        return loss, slope

    def newton(self, x: Floats, loss: Floats, slope: Floats) -> tuple[Floats, Floats, Floats]:
        """The step in branch flows (b,), the junctions' heads (k,) after it, and the change of losses (b,)."""
        incidence = self.branches.incidence
        ease = 1.0 / np.maximum(slope @ self.network.membership, FLATTEST)
        behind = self.behind - self.branches.gather @ loss
        weighted = self.across * ease
        left = self.inflow - self.across @ x - weighted @ behind
        _, heads, info = dposv(weighted @ incidence, left)
        if info:  # an input that is not a number: the state will not settle, and says so
            heads = np.full(left.size, np.nan)
        change: Floats = incidence @ heads + behind
        return change * ease, heads, change

    def flows(self, x: Floats, loss: Floats, heads: Floats, iterations: int, unsettled: str = "") -> Flows:
        """The state in the network's own terms."""
        q = self.of_links(x)
        return Flows(
            network=self.network,
            flow=q if self.tapped is None else q + self.tapped,
            head=self.branches.reach @ heads + self.branches.rise @ loss,
            branch=x,
            converged=not unsettled,
            iterations=iterations,
            unsettled=unsettled,
        )
