"""Every mistake of a station file at once, each with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from twin.plant.mistake import Finding, Mistake
from twin.plant.rules.controls import controls
from twin.plant.rules.curves import curves
from twin.plant.rules.draft import Draft
from twin.plant.rules.heights import heights
from twin.plant.rules.interlocks import interlocks
from twin.plant.rules.losses import losses
from twin.plant.rules.model import model
from twin.plant.rules.names import duplicates, references
from twin.plant.rules.places import robots, timezone
from twin.plant.rules.rates import rates
from twin.plant.rules.tags import tags
from twin.plant.rules.ways import ways
from twin.plant.shape import misshapen
from twin.plant.station import StationFile
from twin.plant.whereabouts import Path as KeyPath
from twin.plant.whereabouts import Whereabouts

__all__ = ["Mistake", "mistakes", "mistakes_of", "parsed"]

_RULES = (duplicates, references, tags, curves, controls, interlocks, rates, losses, ways, heights, robots, timezone)
_SINGULAR = {
    "tags": "tag",
    "pumps": "pump",
    "circuits": "circuit",
    "interlocks": "interlock",
    "rates": "rate limit",
    "nodes": "node",
    "resistances": "resistance",
    "lines": "line",
    "robots": "robot",
    "cameras": "camera",
    "equipment": "equipment",
    "curves": "curve",
}


def mistakes(text: str, path: Path | None = None) -> tuple[Mistake, ...]:
    """Every mistake of a station file, sorted by line; none if it is sound.

    ``path`` is where the text lay: the 3D model is looked for beside it, and not at all without it. A file that is
    no TOML, or no station file, has one mistake.
    """
    raw = parsed(text)
    if isinstance(raw, Mistake):
        return (raw,)
    directory = path.parent if path is not None else None
    return mistakes_of(raw, text, directory)


def mistakes_of(raw: Mapping[str, Any], text: str, directory: Path | None = None) -> tuple[Mistake, ...]:
    """The same of a text that :func:`parsed` has read; without a ``directory`` the 3D model is not asked for."""
    foreign = _foreign(raw)
    findings = [foreign] if foreign else [*misshapen(raw), *_meant(Draft(raw), directory)]
    if not findings:
        return ()
    lines = Whereabouts(text)
    told = {Mistake(lines.line(f.path), _said(raw, f.path), f.wrong, f.remedy, f.grade) for f in findings}
    return tuple(sorted(told))


def parsed(text: str) -> dict[str, Any] | Mistake:
    """The raw tables of a TOML text, or the one mistake that keeps it from being read."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _syntax(text, str(error))
    except RecursionError:
        return Mistake(1, "the file", "its lists lie too deep in one another", "No list of a station needs that")


def _meant(draft: Draft, directory: Path | None) -> Iterator[Finding]:
    found = chain.from_iterable(rule(draft) for rule in _RULES)
    return chain(found, model(draft, directory)) if directory is not None else found


def _foreign(raw: Mapping[str, Any]) -> Finding | None:
    wanted = 'format = "pumphouse-station"'
    said = raw.get("format")
    if said == "pumphouse-station":
        return None
    if said is not None:
        return Finding(("format",), f"is '{said}', so this is no station file", f"Name a file that says {wanted}")
    if set(raw) & (set(StationFile.model_fields) - {"version"}):
        return Finding((), f"the file does not say {wanted}", f"Begin it with {wanted} and version = 1")
    return Finding((), "this is TOML, but no station file", f"A station file begins with {wanted} and version = 1")


def _syntax(text: str, message: str) -> Mistake:
    """tomllib says ``Unclosed array (at line 3, column 5)`` or ``(at end of document)``."""
    wrong, _, place = message.rpartition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", place)
    line = int(found[1]) if found else text.count("\n") + (not text.endswith("\n"))
    where = f"column {found[2]}" if found else "the end of the file"
    wrong = f"this is not TOML: {wrong[:1].lower()}{wrong[1:]}"
    return Mistake(max(line, 1), where, wrong, "Correct it; the rest could not be checked")


def _said(raw: Mapping[str, Any], path: KeyPath) -> str:
    """A path as people say it: ``tag 'B4-PT-10101', unit``."""
    if not path:
        return "the file"
    first, *rest = path
    if first == "curves" and rest:
        return ", ".join([f"curve '{rest[0]}'", *_keys(rest[1:])])
    if rest and isinstance(rest[0], int):
        name = _name(raw, first, rest[0])
        number = f"number {rest[0] + 1}"
        return ", ".join([f"{_SINGULAR.get(str(first), str(first))} {name or number}", *_keys(rest[1:])])
    return ", ".join(_keys(list(path)))


def _keys(path: list[str | int]) -> list[str]:
    return [f"value {key + 1}" if isinstance(key, int) else str(key) for key in path]


def _name(raw: Mapping[str, Any], first: str | int, index: int) -> str:
    entry = raw[str(first)][index]
    name = (entry.get("name") if first == "tags" else entry.get("id")) if isinstance(entry, dict) else None
    return f"'{name}'" if isinstance(name, str) and name else ""
