"""What commands put on standard output: JSON, tables and facts."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

_PARAMETERS = f"{'of':<32}{'parameter':<17}{'before':>11}  {'after':<28}"
_HEADER = ("detected", "after", "priority", "equipment", "fault", "sure", "evidence")
_NAMES_SHOWN = 8  # of a long list; a model's nodes are what was asked for and are all shown


def say_facts(told: Mapping[str, Any]) -> None:
    """What ``info`` found, a fact a line; a list of happenings one below the other."""
    for name, value in told.items():
        head = name.replace("_", " ")
        for line in _lines(value, told.get("kind") == "model"):
            _print(f"{head:<16} {line}")
            head = ""


def _lines(value: Any, whole: bool) -> list[str]:
    """The lines that tell a fact."""
    if not isinstance(value, list) or not value:
        return [_plain(value)]
    if isinstance(value[0], Mapping):
        return [_plain(held) for held in value]
    if whole:
        return [_plain(held) for held in value]
    if len(value) > 2 * _NAMES_SHOWN:
        return [f"{_plain(value[:_NAMES_SHOWN])} and {len(value) - _NAMES_SHOWN} more (--json names them all)"]
    return [_plain(value)]


def say_json(told: Any) -> None:
    """A whole answer."""
    _print(json.dumps(told, ensure_ascii=False, indent=1))


def say_line(told: Mapping[str, Any]) -> None:
    """One of many, at once: somebody may be waiting for it."""
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say_findings(told: Mapping[str, Any], start: float, unchecked: Sequence[str]) -> None:
    """What ``analyse`` found, an anomaly a line; ``start`` is that of the recording. [s, POSIX]"""
    anomalies = told["anomalies"]
    found = f"{_counted(anomalies, 'anomaly', 'anomalies')}, {_counted(told['alarms'], 'alarm', 'alarms')}"
    _print(f"{found} in {' .. '.join(told['span'])}")
    if anomalies:
        _say_table([_HEADER, *(_found(one, start) for one in anomalies)])
    load = told["alarm_load"]
    if load is not None and load["raised"]:
        _print(_load(load))
    for reason in unchecked:
        _print(reason if reason.startswith("Not checked") else f"Not checked: {reason}")


def _load(load: Mapping[str, Any]) -> str:
    """The load of alarms, by the measures of EEMUA 191."""
    chattering = f", chattering: {' '.join(load['chattering'])}" if load["chattering"] else ""
    return (
        f"alarms: {load['per_window']:g} per 10 min (EEMUA 191: 1), at worst {load['worst']}, "
        f"{_counted(range(load['floods']), 'flood', 'floods')} ({load['flooded']:.1%} of the time), "
        f"at most {load['most_standing']} standing, {load['stale']} stale{chattering}"
    )


def _found(one: Mapping[str, Any], start: float) -> tuple[str, ...]:
    """An anomaly as the cells of its line."""
    from twin.times import posix

    sure = one["candidates"][0]["confidence"] if one["candidates"] else 1.0
    seen = ", ".join(_seen(piece) for piece in one["evidence"][:3])
    after = f"+{posix(one['detected']) - start:.0f} s"
    return one["detected"], after, one["priority"], one["equipment"], one["fault"], f"{sure:.0%}", seen


def _seen(piece: Mapping[str, Any]) -> str:
    """A piece of evidence: how far it is off in standard deviations, or what it says where those say nothing."""
    from twin.telling import in_sigmas

    z, value = piece["z"], piece["value"]
    if z is None or in_sigmas(piece["residual"], z):
        far = f"{_signed(z)}σ"
    else:
        far = f"{value:g} {piece['unit']}" if value is not None else ""
    return " ".join(f"{piece['residual']} {piece['tag']} {far}".split())


def _say_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Rows of cells, each column as wide as its widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        _print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def say_calibration(told: Mapping[str, Any], out: str) -> None:
    """What ``calibrate`` found, a parameter a line: before, after, why it was kept; then how residuals scatter."""
    _print(f"{out}: calibrated by {told['samples']} samples, {' .. '.join(told['span'])}")
    for tag, why in told["set_aside"].items():
        _print(f"set aside: {tag} {why}")
    _print(_PARAMETERS)
    for one in told["parameters"]:
        before = f"{one['before']:.6g}" if one["before"] is not None else "-"
        after = f"{_to_uncertainty(one['after'], one['uncertainty'])} ± {one['uncertainty']:.2g} {one['unit']}".rstrip()
        fate = "identified" if one["identified"] else f"kept: {one['kept_because']}"
        _print(f"{one['subject']:<32}{one['parameter']:<17}{before:>11}  {after:<28}{fate}")


def _to_uncertainty(value: float, uncertainty: float) -> str:
    """A value with the digits that its uncertainty leaves."""
    digits = 2 - math.floor(math.log10(uncertainty)) - 1 if uncertainty > 0 else 6
    return f"{value:.{max(digits, 0)}f}"


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
