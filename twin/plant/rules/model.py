"""The 3D model: it is there, and it shows what the station file says stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twin.errors import StationError
from twin.plant.mistake import Finding
from twin.plant.model_nodes import node_names
from twin.plant.rules.draft import Draft
from twin.text import did_you_mean


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
    yield from _lacking(draft, names, draft.about.model)


def _lacking(draft: Draft, names: frozenset[str], model_name: str) -> Iterator[Finding]:
    shown: list[tuple[tuple[str | int, ...], str]] = [(("pumps", i, "id"), pump.id) for i, pump in draft.pumps]
    shown += [(("equipment", i, "id"), e.id) for i, e in draft.equipment if e.position is not None]
    shown += [(("tags", i, "node"), tag.node) for i, tag in draft.tags if tag.node]
    for path, name in shown:
        if name not in names:
            wrong = f"the 3D model {model_name} has no node '{name}'"
            yield Finding(path, wrong, did_you_mean(name, names) or "Name the node in the model alike")
