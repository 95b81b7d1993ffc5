"""Which thing of a station a scenario means by a name, for each kind of thing a fault or an operation may befall."""

from __future__ import annotations

from collections.abc import Callable

from twin.errors import StationError
from twin.simulation.faults import FAULTS, Befalls
from twin.simulation.layout import Layout
from twin.simulation.scenario import Happening, Scenario
from twin.text import did_you_mean

Places = dict[str, int]


def places(layout: Layout, befalls: Befalls) -> Places:
    """Every name that can be meant, and the index of the thing it means."""
    return _FINDERS[befalls](layout)


def refuse_unknown(scenario: Scenario, layout: Layout, thing: object) -> None:
    """Raise StationError for the first happening that names what this station does not have."""
    for happening in scenario.happenings:
        for name, known, kind in _named(happening, layout):
            if name not in known:
                station = layout.station.id
                wrong = f"{happening.fault or happening.operation} names '{name}', and {station} has no such {kind}"
                remedy = did_you_mean(name, known) or _some(known, kind)
                raise StationError(thing, wrong, remedy)


def strainers(layout: Layout) -> Places:
    """Strainers by their own names and by their pumps'."""
    found = [(i, part) for i, part in enumerate(layout.resistances) if part.kind == "strainer"]
    return {part.pump: i for i, part in found if part.pump} | {part.id: i for i, part in found}


def valves(layout: Layout) -> Places:
    """Valves of the network by name, and a circuit for the last valve before its outgoing line."""
    found = {part.id: i for i, part in enumerate(layout.resistances) if part.kind.endswith("valve") and not part.check}
    ends = {line.node: line.circuit for line in layout.lines if line.side == "downstream"}
    last = {ends[layout.resistances[i].to_node]: i for i in found.values() if layout.resistances[i].to_node in ends}
    return last | found


def transformers(layout: Layout) -> Places:
    """Main transformers, then station transformers."""
    return {name: i for i, name in enumerate((*layout.ids("transformer"), *layout.ids("station_transformer")))}


def _pumps(layout: Layout) -> Places:
    machines = layout.machines
    return {name: i for i, name in enumerate(machines.ids)} | {name: i for i, name in enumerate(machines.drives)}


def _lines(layout: Layout, sides: tuple[str, ...]) -> Places:
    """Lines by name; where only one side can be meant, also by their circuit."""
    found = {line.id: i for i, line in enumerate(layout.lines) if line.side in sides}
    by_circuit = {layout.lines[i].circuit: i for i in found.values()} if len(sides) == 1 else {}
    return by_circuit | found


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
}


def _named(happening: Happening, layout: Layout) -> list[tuple[str, Places, str]]:
    """Each name a happening gives, what it may be, and the word for that."""
    if happening.fault:
        befalls = FAULTS[happening.fault].befalls
        return [(happening.on, places(layout, befalls), befalls)]
    circuits = {name: i for i, name in enumerate(layout.circuits)}
    pumps = {name: i for i, name in enumerate(layout.machines.ids)}
    if happening.operation in ("start", "stop"):
        return [(happening.on, pumps, "pump")]
    if happening.operation == "valve":
        return [(happening.on, valves(layout), "valve")]
    named = [(happening.on, circuits, "circuit")]
    if happening.operation == "rotate_duty":
        of_circuit = {p: i for p, i in pumps.items() if layout.circuits[layout.machines.circuit[i]] == happening.on}
        named += [(name, of_circuit, "pump in that circuit") for name in (happening.start, happening.stop)]
    return named


def _some(known: Places, kind: str) -> str:
    if not known:
        return f"This station has no {kind} at all"
    return "Name one of " + ", ".join(sorted(known)[:8])
