"""Names: each given once, and each reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft, unknown


def duplicates(draft: Draft) -> Iterator[Finding]:
    """Ids, tag names and what tags measure must be unique. A drive may stand under its pump and in the equipment."""
    yield from _twice(draft, ("pumps", "resistances", "lines", "equipment", "robots", "cameras"), "id")
    yield from _twice(draft, ("circuits",), "id")
    yield from _twice(draft, ("nodes",), "id")
    yield from _twice(draft, ("interlocks",), "id")
    yield from _twice(draft, ("tags",), "name")
    seen: dict[tuple[str, str], str] = {}
    for index, tag in draft.tags:
        if tag.equipment and tag.measures:
            first = seen.setdefault((tag.equipment, tag.measures), tag.name)
            if first != tag.name:
                wrong = f"measures '{tag.measures}' of '{tag.equipment}', as '{first}' does already"
                yield Finding(("tags", index, "measures"), wrong, "Give it a 'measures' of its own, or leave it out")


def references(draft: Draft) -> Iterator[Finding]:
    """What names another part must name one that is there."""
    for index, tag in draft.tags:
        yield from unknown(("tags", index, "equipment"), "equipment", tag.equipment, draft.bearers)
    rooms_and_all = draft.bearers
    for index, thing in draft.equipment:
        yield from unknown(("equipment", index, "room"), "equipment", thing.room, rooms_and_all)
        yield from unknown(("equipment", index, "serves"), "equipment", thing.serves, rooms_and_all)
    for index, camera in draft.cameras:
        yield from unknown(("cameras", index, "watches"), "equipment", camera.watches, draft.bearers)
    for index, interlock in draft.interlocks:
        yield from unknown(("interlocks", index, "of"), "equipment", interlock.of, rooms_and_all)
    names = frozenset(tag.name for _, tag in draft.tags)
    for index, circuit in draft.circuits:
        for which, name in enumerate(circuit.remote):
            yield from unknown(("circuits", index, "remote", which), "tag", name, names)
    for name in draft.sensors:
        yield from unknown(("calibration", "sensors", name), "tag", name, names)
    yield from _network(draft)


def _network(draft: Draft) -> Iterator[Finding]:
    nodes = draft.ids("nodes")
    circuits = draft.ids("circuits")
    for index, pump in draft.pumps:
        yield from unknown(("pumps", index, "curve"), "curve", pump.curve, draft.curve_names)
    for index, resistance in draft.resistances:
        yield from unknown(("resistances", index, "pump"), "pump", resistance.pump, draft.ids("pumps"))
    for name, parts in (("pumps", draft.pumps), ("resistances", draft.resistances)):
        for index, part in parts:
            yield from unknown((name, index, "from_node"), "node", part.from_node, nodes)
            yield from unknown((name, index, "to_node"), "node", part.to_node, nodes)
            if part.from_node and part.from_node == part.to_node:
                wrong = f"begins and ends at the same node '{part.to_node}'"
                yield Finding((name, index, "to_node"), wrong, "Name the node it leads to")
    for index, line in draft.lines:
        yield from unknown(("lines", index, "node"), "node", line.node, nodes)
    for index, circuit in draft.circuits:
        yield from unknown(("circuits", index, "inlet"), "node", circuit.inlet, nodes)
        yield from unknown(("circuits", index, "outlet"), "node", circuit.outlet, nodes)
    yield from _circuits(draft, circuits)


def _circuits(draft: Draft, circuits: frozenset[str]) -> Iterator[Finding]:
    listed: tuple[tuple[str, Any], ...] = (
        ("pumps", draft.pumps),
        ("resistances", draft.resistances),
        ("lines", draft.lines),
        ("equipment", draft.equipment),
        ("interlocks", draft.interlocks),
    )
    for name, parts in listed:
        for index, part in parts:
            yield from unknown((name, index, "circuit"), "circuit", part.circuit, circuits)


def _twice(draft: Draft, lists: tuple[str, ...], key: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for name in lists:
        entries = draft.raw.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            word = entry.get(key) if isinstance(entry, dict) else None
            if isinstance(word, str) and word in seen:
                yield Finding((name, index, key), f"'{word}' is named twice", f"Give each a {key} of its own")
            if isinstance(word, str):
                seen.add(word)
