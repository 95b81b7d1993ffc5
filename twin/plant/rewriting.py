"""Changing a few values of a TOML text where they stand: comments, order and everything else stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.plant.whereabouts import Path, Whereabouts

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, order=True)
class _Edit:
    """What stands from ``start`` to ``end`` gives way to ``text``."""

    start: int
    end: int
    text: str


@dataclass
class _Additions:
    """What is new in a table that is there: keys with their values, or with tables of them."""

    keys: dict[str, Any] = field(default_factory=dict)

    def put(self, path: Path, value: float) -> None:
        """Add a value at a path inside the table."""
        table = self.keys
        for key in path[:-1]:
            table = table.setdefault(str(key), {})
        table[str(path[-1])] = value


def rewritten(text: str, values: Mapping[Path, float]) -> str:
    """The text with values changed, or added beside their neighbours; a value that is there already stays as written.

    A path leads through keys and list indices, as in :class:`Whereabouts`; the lists it leads through must be there.
    What is new at the top of the file comes at its end, each table under a header of its own.
    """
    places = Whereabouts(text)
    edits: list[_Edit] = []
    added: dict[Path, _Additions] = {}
    for path, value in values.items():
        extent = places.value(path)
        if extent is not None:
            written = text[slice(*extent)]
            edits += [] if _same(written, value) else [_Edit(*extent, _number(value))]
            continue
        table = next(path[:length] for length in range(len(path) - 1, -1, -1) if not length or path[:length] in places)
        added.setdefault(table, _Additions()).put(path[len(table) :], value)
    tail = ""
    for table, additions in added.items():
        if len(table) < 2 and places.value(table) is None:
            tail += "".join(_sections(table, additions.keys))
        else:
            edits.append(_addition(text, places, table, additions.keys))
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text + (("" if text.endswith("\n") else "\n") + tail if tail else "")


def _addition(text: str, places: Whereabouts, table: Path, keys: Mapping[str, Any]) -> _Edit:
    """New keys in a table: within its braces, or on lines of their own after its last key."""
    extent = places.value(table)
    if extent is not None:
        end = len(text[: extent[1] - 1].rstrip())
        empty = text[end - 1] == "{"
        said = ", ".join(f"{_key(key)} = {_inline(value)}" for key, value in keys.items())
        return _Edit(end, end, said if empty else f", {said}")
    own = [path for path in places.values() if path[: len(table)] == table and len(path) == len(table) + 1]
    last = max(own, key=places.offset, default=None)
    extent = places.value(last) if last is not None else None
    at = extent[1] if extent is not None else places.offset(table)
    prefix = text[text.rfind("\n", 0, places.offset(last)) + 1 : places.offset(last)] if last is not None else ""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    lines = "".join(f"\n{prefix}{_key(key)} = {_inline(value)}" for key, value in keys.items())
    return _Edit(end, end, lines)


def _sections(table: Path, keys: Mapping[str, Any]) -> list[str]:
    """New tables at the end of the file: at the top of it, ``[a.b]`` for every table in a table."""
    inside = [(key, value) for key, value in keys.items() if not table and isinstance(value, dict)]
    if inside:
        return [section for key, value in inside for section in _sections((key,), value)]
    sections = []
    for key, value in keys.items():
        lines = "".join(f"{_key(inner)} = {_inline(held)}\n" for inner, held in value.items())
        sections.append(f"\n[{'.'.join(_key(str(part)) for part in (*table, key))}]\n{lines}")
    return sections


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_inline(held)}" for key, held in value.items()) + "}"
    return _number(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _number(value: float) -> str:
    return f"{value:.7g}"


def _same(written: str, value: float) -> bool:
    try:
        return float(written.replace("_", "")) == float(_number(value))
    except ValueError:
        return False
