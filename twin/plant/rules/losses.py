"""Losses: something is lost at every resistance, and a valve opens as its stem rises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft
from twin.plant.station import Resistance

_Path = tuple[str | int, ...]


def losses(draft: Draft) -> Iterator[Finding]:
    """Every valve, strainer and pipe."""
    for index, resistance in draft.resistances:
        path = ("resistances", index)
        yield from _loss(draft, path, resistance)
        yield from _characteristic((*path, "characteristic"), resistance)


def _characteristic(path: _Path, part: Resistance) -> Iterator[Finding]:
    """From shut to open, and never less open as it is opened further."""
    points = part.characteristic
    if not points:
        return
    if points[0] != (0.0, 0.0) or points[-1] != (1.0, 1.0):
        yield Finding(path, "does not run from [0, 0] to [1, 1]", "Give it from shut to open")
    for place, ((low, less), (high, more)) in enumerate(pairwise(points)):
        if high <= low or more < less:
            wrong = f"goes from [{low:g}, {less:g}] to [{high:g}, {more:g}]"
            yield Finding((*path, place + 1), wrong, "A valve opens further as its stem rises")
            return


def _loss(draft: Draft, path: _Path, part: Resistance) -> Iterator[Finding]:
    """Something is lost at a resistance, and a pipe has both a length and a bore."""
    given = {key for key in ("length_m", "bore_m") if getattr(part, key) is not None}
    if len(given) == 1:
        (key,) = given
        lacking = "bore_m" if key == "length_m" else "length_m"
        yield Finding(path, f"has a {key} but no '{lacking}'", f"Add {lacking} = …, or remove {key}")
    if given or part.loss_kpa > 0.0:
        return
    raw = draft.raw["resistances"][path[1]]
    remedy = "or give a pipe's length_m and bore_m"
    if "loss_kpa" not in raw:
        yield Finding(path, "has no 'loss_kpa'", f"Add loss_kpa = …, {remedy}")
    elif raw["loss_kpa"] == 0:
        yield Finding((*path, "loss_kpa"), "is 0", f"It must be more than 0, {remedy}")
