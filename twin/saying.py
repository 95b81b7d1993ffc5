"""What commands put on standard output: JSON, tables and facts."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

_HEADER = f"{'detected':<26}{'after':>9}  {'priority':<9}{'equipment':<16}{'fault':<32}{'sure':>5}  evidence"


def say_facts(told: Mapping[str, Any]) -> None:
    """What ``info`` found, a fact a line."""
    for name, value in told.items():
        _print(f"{name.replace('_', ' '):<16} {_plain(value)}")


def say_json(told: Any) -> None:
    """A whole answer."""
    _print(json.dumps(told, ensure_ascii=False, indent=1))


def say_line(told: Mapping[str, Any]) -> None:
    """One of many, at once: somebody may be waiting for it."""
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say_findings(told: Mapping[str, Any], start: float, unchecked: Sequence[str]) -> None:
    """What ``analyse`` found, an anomaly a line; ``start`` is that of the recording. [s, POSIX]"""
    from twin.times import posix

    anomalies = told["anomalies"]
    found = f"{_counted(anomalies, 'anomaly', 'anomalies')}, {_counted(told['alarms'], 'alarm', 'alarms')}"
    _print(f"{found} in {' .. '.join(told['span'])}")
    if anomalies:
        _print(_HEADER)
    for one in anomalies:
        sure = one["candidates"][0]["confidence"] if one["candidates"] else 1.0
        seen = ", ".join(f"{e['residual']} {e['tag']} {_signed(e['z'])}σ" for e in one["evidence"][:3])
        after = f"+{posix(one['detected']) - start:.0f} s"
        named = f"{one['priority']:<9}{one['equipment']:<16}{one['fault']:<32}{sure:>5.0%}"
        _print(f"{one['detected']:<26}{after:>9}  {named}  {seen}")
    for reason in unchecked:
        _print(f"not checked: {reason}")


def _counted(things: Sequence[Any], one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"


def _signed(z: float | None) -> str:
    return f"{z:+.1f}" if z is not None else "?"


def length(seconds: float) -> str:
    """A duration as it would be typed."""
    return f"{seconds / 3600:g}h" if seconds >= 3600 else f"{seconds / 60:g}min"


def _plain(value: Any) -> str:
    """A value of ``info`` on a line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(held)}" for name, held in value.items()) or "none"
    if isinstance(value, list):
        return " ".join(_plain(held) for held in value) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    if value is None:
        return "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
