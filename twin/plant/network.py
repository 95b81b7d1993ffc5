"""The hydraulic network of a station, compiled from its file into arrays.

Links are the pumps, then the resistances, then the lines, in the order of the file; a line is a link from its
neighbour's head to the node it joins. Vessels, where a network is asked for with them, come last and are joined like
lines. Links in a row, with nothing else at the nodes between them, carry one flow: they
are solved as one *branch*, and only the nodes where branches meet are unknowns. What is tapped from a node inside a
branch is carried to the branch's end, which is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.errors import StationError
from twin.plant import curve, water
from twin.plant.bank import Bank
from twin.plant.friction import Pipes
from twin.plant.station import Resistance, StationFile
from twin.plant.valve import Characteristics
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

Indices = NDArray[np.intp]

CELSIUS = 273.15  # K
TEMPERATE = 20.0  # °C, of water in a part that belongs to no circuit
NEARLY_SHUT = 1e-4  # open share below which a valve counts as shut
LAMINAR = 3e-3  # of rated flow: it adds half its square to a rated loss
LAMINAR_LINE = 1e-6  # the same of a line, whose loss is great
SHUT = 1e6  # m/(m³/s), what a shut valve loses: it passes 0.3 m³/h at 80 m


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """What resistances lose (n,): ``(quadratic·|Q| + linear)·Q``, forward and backward.

    Near zero |Q| is rounded to √(Q² + q²) with q three thousandths of the rated flow, as laminar flow is.
    """

    forward: Floats  # s²/m⁵
    forward_linear: Floats  # s/m²
    backward: Floats
    backward_linear: Floats


@dataclass(frozen=True, slots=True)
class Vessel:
    """Something that holds water beside a node, and gives it back."""

    id: str
    node: str
    circuit: str
    flow_m3_h: float  # that it was made for


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """Links in a row taken as one: b branches between k junctions, for l links and n nodes."""

    sign: Floats  # (l,) +1 where a link points along its branch, -1 where against
    branch: Indices  # (l,) the branch of each link
    gather: Floats  # (b, l) sign of each link in its branch: sums head losses
    junction: Indices  # (k,) nodes that are unknowns
    incidence: Floats  # (b, k) +1 at the junction a branch leaves, -1 at the one it enters
    tapped: Floats  # (l, n) flow in a link per flow put in at a node before it in its branch
    carried: Floats  # (k, n) flow that arrives at a junction per flow put in at a node
    reach: Floats  # (n, k) nodes' heads from junctions' ...
    rise: Floats  # (n, l) ... and what the links between lose


@dataclass(frozen=True, eq=False)
class Network:
    """Everything about a station's hydraulics that does not change while it runs."""

    station: str
    nodes: tuple[str, ...]
    elevation: Floats  # (nodes,) of the gauges above the datum [m]
    pumps: tuple[str, ...]
    resistances: tuple[str, ...]
    lines: tuple[str, ...]
    vessels: tuple[str, ...]
    circuits: tuple[str, ...]
    node_circuit: Indices  # (nodes,) the circuit whose water a node holds
    from_node: Indices  # (links,), -1 for what stands behind a line or a vessel
    to_node: Indices  # (links,)
    bank: Bank
    coefficient: Floats  # (resistances,) clean and open, Δh = c·Q² [s²/m⁵]
    piped: Indices  # the links that lose by friction besides
    pipes: Pipes  # what rubs there
    check: NDArray[np.bool_]  # (resistances,) passes water forward only
    opening: Floats  # (resistances,) as it stands normally, 0 or 1
    characteristics: Characteristics
    rated: Floats  # (links,) flow each was made for [m³/s]
    branches: Branches

    @classmethod
    def of(cls, station: StationFile, vessels: Sequence[Vessel] = ()) -> Network:
        """Compile a station file, with vessels that take part in its flows.

        Raises StationError, naming the part, where there is no way for water.
        """
        nodes = tuple(node.id for node in station.nodes)
        links = [*_links(station), *(_Link(v.id, "", v.node, v.circuit, v.flow_m3_h) for v in vessels)]
        at = {node: i for i, node in enumerate(nodes)} | {"": -1}
        from_node = np.array([at[link.from_node] for link in links], dtype=np.intp)
        to_node = np.array([at[link.to_node] for link in links], dtype=np.intp)
        _check_ways(station, links, from_node, to_node)
        names = [c.id for c in station.circuits]
        of_link = [names.index(link.circuit) if link.circuit in names else -1 for link in links]
        curves = {name: curve.from_station(sheet, f"curves.{name}") for name, sheet in station.curves.items()}
        return cls(
            station=station.station.id,
            nodes=nodes,
            elevation=np.array([node.elevation_m for node in station.nodes], dtype=np.float64),
            pumps=tuple(p.id for p in station.pumps),
            resistances=tuple(r.id for r in station.resistances),
            lines=tuple(x.id for x in station.lines),
            vessels=tuple(v.id for v in vessels),
            circuits=tuple(names),
            node_circuit=_circuit_of_nodes(len(nodes), from_node, to_node, of_link),
            from_node=from_node,
            to_node=to_node,
            bank=Bank.of([curve.as_built(p, curves) for p in station.pumps]),
            coefficient=_coefficients(station),
            piped=len(station.pumps) + np.flatnonzero([r.length_m is not None for r in station.resistances]),
            pipes=_pipes(station),
            check=np.array([r.check for r in station.resistances], dtype=np.bool_),
            opening=np.array([0.0 if r.normally_closed else 1.0 for r in station.resistances], dtype=np.float64),
            characteristics=Characteristics(station.resistances),
            rated=np.array([link.flow_m3_h for link in links], dtype=np.float64) / 3600.0,
            branches=_branches(len(nodes), from_node, to_node),
        )

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Where each node stands in arrays of nodes."""
        return {node: i for i, node in enumerate(self.nodes)}

    @cached_property
    def branch_rated(self) -> Floats:
        """(branches,) The least flow a link of each branch was made for. [m³/s]"""
        rated = np.full(self.branches.incidence.shape[0], np.inf)
        np.minimum.at(rated, self.branches.branch, self.rated)
        return rated

    @cached_property
    def beginning(self) -> Floats:
        """(k + b,) No heads, and the rated flow the way most links of each branch point: where a search begins."""
        forward = self.branch_rated * np.sign(self.branches.gather.sum(axis=1))
        return np.concatenate((np.zeros(self.branches.junction.size), forward))

    @cached_property
    def checked(self) -> Indices:
        """The resistances that are check valves: their laws alone have a corner ..."""
        return np.flatnonzero(self.check)

    @cached_property
    def turning(self) -> Indices:
        """... and the same among all links."""
        return len(self.pumps) + self.checked

    @cached_property
    def laminar(self) -> Floats:
        """(links but pumps,) Square of the flow below which a loss is nearly linear in it. [m⁶/s²]"""
        share = np.repeat([LAMINAR, LAMINAR_LINE], [len(self.resistances), len(self.lines) + len(self.vessels)])
        square: Floats = (share * self.rated[len(self.pumps) :]) ** 2
        return square

    @cached_property
    def behind_unknown(self) -> Indices:
        """(lines + vessels,) The branch each line and each vessel is, among junctions and then branches."""
        return self.branches.junction.size + self.branches.branch[len(self.pumps) + len(self.resistances) :]

    @cached_property
    def residual(self) -> Floats:
        """(k + b, l + k + b) Of links' losses, junctions' heads and branches' flows, to what they leave unbalanced.

        First the water that junctions keep, then the head that is left over along each branch.
        """
        of = self.branches
        (b, k), links = of.incidence.shape, of.sign.size
        matrix = np.zeros((k + b, links + k + b))
        matrix[:k, links + k :] = -of.incidence.T
        matrix[k:, :links], matrix[k:, links : links + k] = -of.gather, of.incidence
        return matrix

    @cached_property
    def rising(self) -> Floats:
        """(n, l + k) Of links' losses and junctions' heads, to the heads of all nodes."""
        return np.hstack((self.branches.rise, self.branches.reach))

    @cached_property
    def membership(self) -> Floats:
        """(links, branches) 1 where a link belongs to a branch: sums slopes."""
        return np.abs(self.branches.gather).T.copy()

    @property
    def links(self) -> tuple[str, ...]:
        """Pumps, then resistances, then lines, then vessels: the order of arrays of links."""
        return (*self.pumps, *self.resistances, *self.lines, *self.vessels)

    def losses(self, opening: Floats | None = None, factor: Floats | float = 1.0, leak: Floats | float = 0.0) -> Losses:
        """What each resistance (n,) loses as it stands now.

        ``opening`` is 0 shut … 1 open, normally ``self.opening``; ``factor`` multiplies the clean loss (clogging);
        ``leak`` is the open share that a check valve leaves to water flowing back (0 tight, 1 stuck open).
        """
        share = self.characteristics.open_share(self.opening if opening is None else opening)
        clean = self.coefficient * factor
        back = np.where(self.check, share * leak, share)
        return Losses(*_law(clean, share), *_law(clean, back))


def _law(clean: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Quadratic and linear loss at an open share."""
    taken = np.maximum(share, NEARLY_SHUT)
    return clean / (taken * taken), np.where(share < NEARLY_SHUT, SHUT, 0.0)


def _kelvin(station: StationFile, parts: Sequence[Resistance]) -> Floats:
    """(n,) how warm the water in each part is. [K]"""
    warmth = {c.id: c.temperature_c for c in station.circuits}
    return np.array([warmth.get(part.circuit, TEMPERATE) for part in parts], dtype=np.float64) + CELSIUS


def _coefficients(station: StationFile) -> Floats:
    """c of each resistance [s²/m⁵]: its loss is stated for its circuit's water."""
    loss = np.array([r.loss_kpa * 1e3 for r in station.resistances], dtype=np.float64)
    flow = np.array([r.flow_m3_h / 3600.0 for r in station.resistances], dtype=np.float64)
    weight = water.density(_kelvin(station, station.resistances)) * STANDARD_GRAVITY
    coefficient: Floats = loss / weight / flow**2
    return coefficient


def _pipes(station: StationFile) -> Pipes:
    """Those resistances that are pipes of known make."""
    made = [r for r in station.resistances if r.length_m is not None]
    return Pipes.of(made, water.viscosity(_kelvin(station, made)))


@dataclass(frozen=True, slots=True)
class _Link:
    """A pump, a resistance, a line or a vessel; the last two come from no node of ours."""

    id: str
    from_node: str
    to_node: str
    circuit: str
    flow_m3_h: float


def _links(station: StationFile) -> list[_Link]:
    return [
        *(_Link(p.id, p.from_node, p.to_node, p.circuit, p.rated_flow_m3_h) for p in station.pumps),
        *(_Link(r.id, r.from_node, r.to_node, r.circuit, r.flow_m3_h) for r in station.resistances),
        *(_Link(x.id, "", x.node, x.circuit, x.flow_m3_h) for x in station.lines),
    ]


# --- the graph -------------------------------------------------------------------------------------------------------


def _pairs(from_node: Indices, to_node: Indices) -> list[tuple[int, int]]:
    return [(int(one), int(other)) for one, other in zip(from_node, to_node, strict=True)]


def _neighbours(pairs: Iterable[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    """Of each node the (link, other node) it is joined to."""
    joined: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for link, (one, other) in enumerate(pairs):
        joined[one].append((link, other))
        joined[other].append((link, one))
    return joined


def _reached(joined: dict[int, list[tuple[int, int]]], start: Iterable[int]) -> list[int]:
    """Nodes by distance from the start."""
    order = list(dict.fromkeys(start))
    seen = set(order)
    for node in order:
        fresh = [other for _, other in joined[node] if other not in seen]
        order.extend(dict.fromkeys(fresh))
        seen.update(fresh)
    return order


def _check_ways(station: StationFile, links: Sequence[_Link], from_node: Indices, to_node: Indices) -> None:
    """Every part is joined to a line, so that every head is defined."""
    if not station.lines:
        raise StationError(station.station.id, "has no line, so water has nowhere to come from", "Add [[lines]]")
    for link in links:
        if link.from_node == link.to_node:
            raise StationError(link.id, "begins and ends at the same node", "Give it two nodes")
    reached = set(_reached(_neighbours(_pairs(from_node, to_node)), [-1]))
    for i, node in enumerate(station.nodes):
        if i not in reached:
            raise StationError(node.id, "is joined to no line, so it has no pressure", "Join it, or remove it")


def _circuit_of_nodes(count: int, from_node: Indices, to_node: Indices, of_link: Sequence[int]) -> Indices:
    """The circuit of the nearest link that names one; the first circuit where none does."""
    circuit = np.full(count, -1, dtype=np.intp)
    for nodes in (from_node, to_node):
        for node, named in zip(nodes, of_link, strict=True):
            if node >= 0 and named >= 0:
                circuit[node] = named
    joined = _neighbours(pair for pair in _pairs(from_node, to_node) if pair[0] >= 0)
    for node in _reached(joined, np.flatnonzero(circuit >= 0).tolist()):
        for _, other in joined[node]:
            if circuit[other] < 0:
                circuit[other] = circuit[node]
    return np.maximum(circuit, 0)


def _branches(count: int, from_node: Indices, to_node: Indices) -> Branches:
    """Merge links in a row. What stands behind a line or a vessel (-1) ends a branch, and its head is no unknown."""
    pairs = _pairs(from_node, to_node)
    chains = _chains(count, pairs)
    junction = sorted({end for chain in chains for end in (chain[0][1], chain[-1][2]) if end >= 0})
    column = {node: i for i, node in enumerate(junction)}
    links, b, k = len(pairs), len(chains), len(junction)
    sign, branch = np.zeros(links), np.zeros(links, dtype=np.intp)
    incidence, tapped = np.zeros((b, k)), np.zeros((links, count))
    carried, reach, rise = np.zeros((k, count)), np.zeros((count, k)), np.zeros((count, links))
    for node, i in column.items():
        carried[i, node] = reach[node, i] = 1.0
    for row, chain in enumerate(chains):
        start, end = chain[0][1], chain[-1][2]
        if start >= 0:
            incidence[row, column[start]] += 1.0
        incidence[row, column[end]] -= 1.0
        inner = [near for _, near, _ in chain[1:]]
        carried[column[end], inner] = 1.0
        for place, (link, near, _) in enumerate(chain):
            sign[link], branch[link] = (1.0 if pairs[link][0] == near else -1.0), row
            tapped[link, inner[:place]] = sign[link]
        for place in range(len(chain) - 1, 0, -1):  # heads inside are built up from the branch's end
            node = chain[place][1]
            after = [link for link, _, _ in chain[place:]]
            reach[node, column[end]] = 1.0
            rise[node, after] = sign[after]
    gather = np.zeros((b, links))
    gather[branch, np.arange(links)] = sign
    return Branches(sign, branch, gather, np.array(junction, dtype=np.intp), incidence, tapped, carried, reach, rise)


def _chains(count: int, pairs: list[tuple[int, int]]) -> list[list[tuple[int, int, int]]]:
    """Links in a row, each as (link, node it is entered at, node it is left at), from junction to junction.

    A junction is a node where other than two links meet, or a line or a vessel joins. Those begin at no node (-1).
    """
    joined = _neighbours(pairs)
    ends = {node for node in range(count) if len(joined[node]) != 2}
    ends |= {other for one, other in pairs if one < 0}
    starts = [(link, one, other) for link, (one, other) in enumerate(pairs) if one < 0]
    chains: list[list[tuple[int, int, int]]] = []
    used: set[int] = set()
    for first in starts + [(link, node, other) for node in sorted(ends) for link, other in joined[node]]:
        if first[0] in used:
            continue
        chain = [first]
        while chain[-1][2] not in ends:
            last, node = chain[-1][0], chain[-1][2]
            link, other = next(step for step in joined[node] if step[0] != last)
            chain.append((link, node, other))
        used.update(link for link, _, _ in chain)
        chains.append(chain)
    return chains
