"""Events, anomalies, alarms and tags as lines of JSON, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly, Candidate, Evidence
from twin.signals import Event, Limits, Tag, TagTable
from twin.text import Text

Entry = Event | Anomaly | Alarm

_KINDS: dict[str, type[Entry]] = {"event": Event, "anomaly": Anomaly, "alarm": Alarm}


def begun(entry: Entry) -> float:
    """When something happened, or was found. [s, POSIX]"""
    if isinstance(entry, Event):
        return entry.at
    return entry.detected if isinstance(entry, Anomaly) else entry.since


def line(number: int, entry: Entry) -> bytes:
    """One entry of the log as a line; NaN is null. Raises TypeError for data that JSON does not know."""
    kind = next(name for name, known in _KINDS.items() if isinstance(entry, known))
    return _dumped({"number": number, "entry": kind, **_plain(entry)})


def entries(text: bytes, since: int = 0) -> Iterator[tuple[int, Entry]]:
    """``(number, entry)`` of each line, as long as they are whole and their numbers follow ``since`` without a gap."""
    for raw in text.split(b"\n"):
        try:
            said = json.loads(raw)
            number = int(said.pop("number"))
            entry = _entry(said)
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        if number <= since:
            continue  # it is in a block already
        if number != since + 1:
            return
        since = number
        yield number, entry


def tags_as_text(tags: Iterable[Tag]) -> bytes:
    """A line of JSON a tag, in column order."""
    return b"".join(_dumped(_plain(tag)) for tag in tags)


def tags_from_text(text: bytes) -> TagTable:
    """The same back. Raises ValueError, TypeError or KeyError for text that is no such thing."""
    lines = text.decode().splitlines()
    return TagTable(_tag(said) for said in json.loads(f"[{','.join(lines)}]"))


def _tag(said: dict[str, Any]) -> Tag:
    said["description"] = Text(**said["description"])
    said["limits"] = Limits(**said["limits"])
    return Tag(**{name: value for name, value in said.items() if value is not None})


def _entry(said: dict[str, Any]) -> Entry:
    return _MAKERS[said.pop("entry")](said)


def _event(said: dict[str, Any]) -> Event:
    return Event(**{**said, "at": float(said["at"]), "text": Text(**said["text"])})


def _anomaly(said: dict[str, Any]) -> Anomaly:
    said["candidates"] = tuple(Candidate(**c) for c in said["candidates"])
    said["evidence"] = tuple(
        Evidence(**{**e, "value": _number(e["value"]), "z": _number(e["z"])}) for e in said["evidence"]
    )
    said["response"] = tuple(said["response"])
    return Anomaly(**said)


def _alarm(said: dict[str, Any]) -> Alarm:
    for name in ("text", "guidance"):
        said[name] = Text(**said.get(name, {}))
    for name in ("value", "limit"):
        said[name] = _number(said[name])
    return Alarm(**said)


_MAKERS: dict[str, Callable[[dict[str, Any]], Entry]] = {"event": _event, "anomaly": _anomaly, "alarm": _alarm}


def _number(said: Any) -> float:
    return math.nan if said is None else float(said)


def _dumped(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _plain(said: Any) -> Any:
    """The same in what JSON knows: no NaN, no numpy numbers, no tuples."""
    if is_dataclass(said):
        return {field.name: _plain(getattr(said, field.name)) for field in fields(said)}
    if isinstance(said, Mapping):
        return {str(key): _plain(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_plain(value) for value in said]
    if hasattr(said, "item"):
        said = said.item()
    if isinstance(said, float) and not math.isfinite(said):
        return None
    return said
