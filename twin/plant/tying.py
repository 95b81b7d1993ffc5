"""Which equipment the nodes of a 3D model show: by their names, or by the station file's table where those differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from twin.plant.station import NodeMap, StationFile

SCENERY = ("building.", "layer.")  # nodes that are nobody's equipment, by their names
CUT_AWAY = ("roof", "walls", "building")  # layers that are nobody's equipment


@dataclass(frozen=True)
class Tied:
    """What was made of a model's nodes.

    ``equipment`` and ``layers`` hold only the nodes that have one; ``strays`` are tied to nothing and no scenery;
    ``idle`` are the entries of the table, by number, whose pattern no node has.
    """

    equipment: dict[str, str]
    layers: dict[str, str]
    strays: tuple[str, ...]
    idle: tuple[int, ...]

    @property
    def shown(self) -> frozenset[str]:
        """Everything that has a node."""
        return frozenset(self.equipment.values())


def tied(nodes: Sequence[str], known: Collection[str], table: Sequence[NodeMap] = ()) -> Tied:
    """Tie nodes to equipment: the first entry of the table that has a node's name counts, else that name itself.

    ``P101.motor`` is a part of ``P101``. ``known`` are the names of equipment and tags.
    """
    equipment: dict[str, str] = {}
    layers: dict[str, str] = {}
    strays: list[str] = []
    used: set[int] = set()
    for node in dict.fromkeys(filter(None, nodes)):
        fitting = [number for number, entry in enumerate(table) if fnmatchcase(node, entry.node)]
        used.update(fitting)
        entry = table[fitting[0]] if fitting else None
        owner = entry.equipment if entry is not None and entry.equipment else owning(node, known)
        if owner:
            equipment[node] = owner
        if entry is not None and entry.layer:
            layers[node] = entry.layer
        if not owner and entry is None and not node.startswith(SCENERY):
            strays.append(node)
    return Tied(equipment, layers, tuple(strays), tuple(n for n in range(len(table)) if n not in used))


def owning(node: str, known: Collection[str]) -> str:
    """What a node shows by its own name: that, or what it names before a dot; '' for nothing that is known."""
    while node and node not in known:
        node = node.rpartition(".")[0]
    return node


def nameable(file: StationFile) -> frozenset[str]:
    """Every name a node may have: equipment, tags, and the nodes that tags name."""
    lists = (file.pumps, file.resistances, file.lines, file.equipment, file.robots, file.cameras, file.circuits)
    equipment = {part.id for parts in lists for part in parts}
    drives = {pump.drive.id for pump in file.pumps if pump.drive is not None}
    tags = {name for tag in file.tags for name in (tag.name, tag.node) if name}
    return frozenset(equipment | drives | tags)
