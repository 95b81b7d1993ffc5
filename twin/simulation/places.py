"""Which thing of a station a scenario means by a name, for each kind of thing a fault or an operation may befall."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from twin.plant.station import Resistance
from twin.simulation.faults import FAULTS, Befalls
from twin.simulation.layout import Layout
from twin.simulation.scenario import Happening, Mistake, Scenario, refusal
from twin.text import did_you_mean

Places = dict[str, int]


def places(layout: Layout, befalls: Befalls) -> Places:
    """Every name that can be meant, and the index of the thing it means."""
    return _FINDERS[befalls](layout)


def refuse_unknown(scenario: Scenario, layout: Layout, thing: object) -> None:
    """Raise StationError where happenings name what this station does not have: all of it, each with its line."""
    mistakes = [
        (scenario.where(number, key) + wrong, remedy)
        for number, happening in enumerate(scenario.happenings)
        for key, wrong, remedy in unknown(happening, layout)
    ]
    if mistakes:
        raise refusal(thing, mistakes)


def unknown(happening: Happening, layout: Layout) -> Iterator[tuple[str, *Mistake]]:
    """What a happening names and this station does not have: the key that names it, what is wrong, what to do."""
    for key, known, kind in _named(happening, layout):
        name = getattr(happening, key)
        if name not in known:
            station = layout.station.id
            wrong = f"{happening.fault or happening.operation} names '{name}', and {station} has no such {kind}"
            yield key, wrong, did_you_mean(name, known) or _some(known, kind)


def strainers(layout: Layout) -> Places:
    """Strainers by their own names and by their pumps'."""
    found = [(i, part) for i, part in enumerate(layout.resistances) if part.kind == "strainer"]
    return {part.pump: i for i, part in found if part.pump} | {part.id: i for i, part in found}


def valves(layout: Layout) -> Places:
    """Valves of the network by name, a circuit for the last one before its outgoing line, a pump for its own."""
    own = {part.pump: i for i, part in _valves(layout) if part.pump}
    return own | station_valves(layout) | {part.id: i for i, part in _valves(layout)}


def station_valves(layout: Layout) -> Places:
    """Those of them that belong to no pump, whose own open and shut with it."""
    found = {part.id: i for i, part in _valves(layout) if not part.pump}
    ends = {line.node: line.circuit for line in layout.lines if line.side == "downstream"}
    last = {ends[layout.resistances[i].to_node]: i for i in found.values() if layout.resistances[i].to_node in ends}
    return last | found


def _valves(layout: Layout) -> list[tuple[int, Resistance]]:
    return [(i, part) for i, part in enumerate(layout.resistances) if part.kind.endswith("valve") and not part.check]


def transformers(layout: Layout) -> Places:
    """Main transformers, then station transformers."""
    return {name: i for i, name in enumerate((*layout.ids("transformer"), *layout.ids("station_transformer")))}


def _station_transformers(layout: Layout) -> Places:
    return {name: i for i, name in enumerate(layout.ids("station_transformer"))}


def _pumps(layout: Layout) -> Places:
    machines = layout.machines
    return {name: i for i, name in enumerate(machines.ids)} | {name: i for i, name in enumerate(machines.drives)}


def _lines(layout: Layout, sides: tuple[str, ...]) -> Places:
    """Lines by name; where only one side can be meant, also by their circuit."""
    found = {line.id: i for i, line in enumerate(layout.lines) if line.side in sides}
    by_circuit = {layout.lines[i].circuit: i for i in found.values()} if len(sides) == 1 else {}
    return by_circuit | found


def _analog(layout: Layout) -> Places:
    """A switch has no bias, nor has what has no range to be a share of."""
    tags = enumerate(layout.station.tags)
    return {tag.name: i for i, tag in tags if tag.kind == "analog" and np.isfinite(tag.high - tag.low)}


_FINDERS: dict[Befalls, Callable[[Layout], Places]] = {
    "pump": _pumps,
    "strainer": strainers,
    "valve": valves,
    "upstream line": lambda layout: _lines(layout, ("upstream",)),
    "downstream line": lambda layout: _lines(layout, ("downstream",)),
    "line": lambda layout: _lines(layout, ("upstream", "downstream")),
    "make-up plant": lambda layout: dict.fromkeys(layout.ids("makeup"), 0),
    "water quality": lambda layout: {name: i for i, name in enumerate(layout.ids("water_quality"))},
    "transformer": transformers,
    "room": lambda layout: {name: i for i, name in enumerate(layout.rooms)},
    "tag": lambda layout: {name: i for i, name in enumerate(layout.station.tags.names)},
    "analog tag": _analog,
}


def _named(happening: Happening, layout: Layout) -> list[tuple[str, Places, str]]:
    """Each key of a happening that names something, what it may name, and the word for that."""
    if happening.fault:
        befalls = FAULTS[happening.fault].befalls
        return [("on", places(layout, befalls), befalls)]
    circuits = {name: i for i, name in enumerate(layout.circuits)}
    pumps = {name: i for i, name in enumerate(layout.machines.ids)}
    if happening.operation == "reset":
        return [("on", pumps | _station_transformers(layout), "pump or station transformer")]
    if happening.operation in ("start", "stop"):
        return [("on", pumps, "pump")]
    if happening.operation == "valve":
        return [("on", station_valves(layout), "station valve")]
    named = [("on", circuits, "circuit")]
    if happening.operation == "rotate_duty":
        of_circuit = {p: i for p, i in pumps.items() if layout.circuits[layout.machines.circuit[i]] == happening.on}
        named += [(key, of_circuit, "pump in that circuit") for key in ("start", "stop")]
    return named


def _some(known: Places, kind: str) -> str:
    if not known:
        return f"This station has no {kind} at all"
    return "Name one of " + ", ".join(sorted(known)[:8])
