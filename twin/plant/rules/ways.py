"""Ways for water: every part is joined to a line, and every circuit leads somewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft

_Path = tuple[str | int, ...]
_MOST_NAMED = 6


@dataclass(frozen=True)
class _Way:
    """From a node to another: through a pump or a one-way valve only so, through anything else both ways."""

    part: str
    path: _Path
    start: str
    end: str
    one_way: bool
    shut: bool
    valve: bool


def ways(draft: Draft) -> Iterator[Finding]:
    """Whether water can come, pass and leave. A station without a network is only watched, and needs no way."""
    every = _ways(draft)
    if not every or not _known(draft, every):
        return
    if not draft.raw.get("lines"):
        wrong = "water has no way to it or from it, for the file has no line: it can be watched, not simulated"
        yield Finding(every[0].path, wrong, "Add [[lines]]", grade="warning")
        return
    stranded = list(_stranded(draft, every))
    yield from stranded
    if not stranded:
        yield from _circuits(draft, every)


def _ways(draft: Draft) -> list[_Way]:
    found = [
        _Way(pump.id, ("pumps", i, "from_node"), pump.from_node, pump.to_node, one_way=True, shut=False, valve=False)
        for i, pump in draft.pumps
    ]
    found += [
        _Way(
            part.id,
            ("resistances", i, "from_node"),
            part.from_node,
            part.to_node,
            part.check,
            part.normally_closed,
            True,
        )
        for i, part in draft.resistances
    ]
    return [way for way in found if way.start and way.end]


def _known(draft: Draft, every: list[_Way]) -> bool:
    """Whether all nodes that are named are there; else that is said, and nothing that follows from it."""
    nodes = draft.ids("nodes")
    named = {node for way in every for node in (way.start, way.end)} | {line.node for _, line in draft.lines}
    return named <= nodes


def _reached(edges: Iterable[tuple[str, str]], start: Iterable[str]) -> frozenset[str]:
    """Every node that edges lead to from the start."""
    onward: dict[str, list[str]] = defaultdict(list)
    for one, other in edges:
        onward[one].append(other)
    seen = set(start)
    waiting = list(seen)
    while waiting:
        fresh = set(onward[waiting.pop()]) - seen
        seen |= fresh
        waiting += fresh
    return frozenset(seen)


def _both_ways(every: Iterable[_Way]) -> list[tuple[str, str]]:
    return [edge for way in every for edge in ((way.start, way.end), (way.end, way.start))]


def _along(every: Iterable[_Way]) -> list[tuple[str, str]]:
    """The ways water can go."""
    forward = [(way.start, way.end) for way in every]
    return forward + [(way.end, way.start) for way in every if not way.one_way]


def _stranded(draft: Draft, every: list[_Way]) -> Iterator[Finding]:
    """Parts that no line reaches, each group of them once."""
    edges = _both_ways(every)
    joined = _reached(edges, (line.node for _, line in draft.lines))
    told: set[str] = set()
    for way in every:
        if way.start in joined or way.start in told:
            continue
        island = _reached(edges, [way.start])
        told |= island
        parts = [other for other in every if other.start in island]
        yield _island(parts, len(island))
    for index, node in draft.nodes:
        if node.id not in joined and node.id not in told:
            yield Finding(("nodes", index, "id"), "no line reaches it, so it has no pressure", "Join it, or remove it")


def _island(parts: list[_Way], nodes: int) -> Finding:
    """Connected parts with as many ways as nodes, or more, hold a loop."""
    looped = len(parts) >= nodes and all(part.valve for part in parts)
    names = _listed([part.part for part in parts])
    what = f"is in a closed loop of valves ({names}) that no line reaches" if looped else "no line reaches it"
    others = "" if looped or len(parts) == 1 else f", nor the others with it ({names})"
    wrong = f"{what}{others}: no water can come to it or leave it"
    return Finding(parts[0].path, wrong, "Join it to a node that has a way to a line")


def _circuits(draft: Draft, every: list[_Way]) -> Iterator[Finding]:
    """From a line that brings a circuit's water to one that takes it there is a way, and no shut valve in it."""
    opened = [way for way in every if not way.shut]
    for index, circuit in draft.circuits:
        path = ("circuits", index, "id")
        lines = [line for _, line in draft.lines if line.circuit == circuit.id]
        sources = [line.node for line in lines if line.side == "upstream"]
        sinks = {line.node for line in lines if line.side == "downstream"}
        if not sources or not sinks:
            continue
        if not sinks & _reached(_along(every), sources):
            wrong = f"no water can flow from {_listed(sources)} to {_listed(sorted(sinks))}: {_stopped(every, sources)}"
            yield Finding(path, wrong, "Join the two by a way of pumps, valves and pipes, each the right way round")
        elif not sinks & _reached(_along(opened), sources):
            shut = _listed([way.part for way in every if way.shut])
            wrong = f"no water flows from {_listed(sources)} to {_listed(sorted(sinks))}: every way is shut by {shut}"
            yield Finding(path, wrong, "Let one be open (normally_closed = false), or open it first", grade="warning")


def _stopped(every: list[_Way], sources: list[str]) -> str:
    """What stands against the flow where it ends, or that there is nothing."""
    reached = _reached(_along(every), sources)
    against = [way.part for way in every if way.one_way and way.end in reached and way.start not in reached]
    return f"{_listed(against)} lets none through that way" if against else "nothing joins them"


def _listed(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    rest = len(unique) - _MOST_NAMED
    return ", ".join(unique[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
