"""The 3D model: it is there, and its nodes and the station's equipment know of each other.

Only a model that cannot be read is an error: a station runs without being seen, and what has no node is only not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from twin.errors import StationError
from twin.plant.mistake import Finding
from twin.plant.model_nodes import node_names
from twin.plant.rules.draft import Draft
from twin.plant.tying import Tied, tied
from twin.text import did_you_mean

SHOWN = 6  # strays named in one sentence; `pumphouse info MODEL --station` names all


def model(draft: Draft, directory: Path) -> Iterator[Finding]:
    """The model lies beside the station file, and has a node for each pump, each placed equipment and each tag's node.

    Equipment without a position (a header, a valve chamber out on the line) need not be shown.
    """
    if draft.about is None or not draft.about.model:
        return
    path = ("station", "model")
    file = directory / draft.about.model
    if not file.is_file():
        wrong = f"there is no 3D model {file}"
        yield Finding(path, wrong, 'Put it beside the station file or correct its name; model = "" means none')
        return
    try:
        names = node_names(file)
    except StationError as error:
        yield Finding(path, f"{draft.about.model} {error.wrong}", error.remedy)
        return
    found = tied(names, _known(draft), [entry for _, entry in draft.node_map])
    yield from _lacking(draft, names, found, draft.about.model)
    yield from _idle(draft, names, found, draft.about.model)
    yield from _strays(found, draft.about.model)


def _known(draft: Draft) -> frozenset[str]:
    tags = {name for _, tag in draft.tags for name in (tag.name, tag.node) if name}
    return draft.bearers | tags


def _lacking(draft: Draft, names: Sequence[str], found: Tied, model_name: str) -> Iterator[Finding]:
    """What the station has and the model does not show."""
    shown: list[tuple[tuple[str | int, ...], str]] = [(("pumps", i, "id"), pump.id) for i, pump in draft.pumps]
    shown += [(("equipment", i, "id"), e.id) for i, e in draft.equipment if e.position is not None]
    shown += [(("tags", i, "node"), tag.node) for i, tag in draft.tags if tag.node]
    for path, name in shown:
        if name not in found.shown and name not in names:
            wrong = f"the 3D model {model_name} has no node '{name}'"
            remedy = did_you_mean(name, names) or f"Tie one to it: [[model.map]] node = …, equipment = '{name}'"
            yield Finding(path, wrong, remedy, "warning")


def _idle(draft: Draft, names: Sequence[str], found: Tied, model_name: str) -> Iterator[Finding]:
    """Entries of the table that tie nothing, or tie to nothing."""
    known = _known(draft)
    for number, (index, entry) in enumerate(draft.node_map):
        path = ("model", "map", index)
        if number in found.idle:
            near = did_you_mean(entry.node.strip("*"), names)
            remedy = near or f"`pumphouse info {model_name}` lists its nodes"
            yield Finding((*path, "node"), f"the 3D model has no node '{entry.node}'", remedy, "warning")
        if entry.equipment and entry.equipment not in known:
            remedy = did_you_mean(entry.equipment, known) or "Name equipment or a tag of this file"
            yield Finding((*path, "equipment"), f"there is no equipment '{entry.equipment}'", remedy, "warning")


def _strays(found: Tied, model_name: str) -> Iterator[Finding]:
    """Nodes that are nobody's, all in one warning."""
    if not found.strays:
        return
    count = len(found.strays)
    some = ", ".join(f"'{name}'" for name in found.strays[:SHOWN])
    named = some + (f" and {count - SHOWN} more" if count > SHOWN else "")
    said = "a node that is" if count == 1 else f"{count} nodes that are"
    wrong = f"{model_name} has {said} tied to no equipment: {named}"
    yield Finding(("station", "model"), wrong, "Tie each to its equipment or a layer with [[model.map]]", "warning")
