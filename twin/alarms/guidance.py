"""What to do about an alarm: cause, and what helps, for each kind of measurement and limit, in both languages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from twin.paths import ASSETS
from twin.text import Text

GUIDANCE = ASSETS / "alarms" / "guidance.toml"


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice for the alarms whose measurement matches one of ``measures`` and whose rule is one of ``rules``."""

    measures: tuple[str, ...]
    rules: tuple[str, ...]
    text: Text


def advised(measures: str, rule: str) -> Text:
    """What to do about an alarm; empty where there is no advice. The first that fits is the most particular."""
    for advice in _all():
        if rule in advice.rules and any(fnmatchcase(measures, pattern) for pattern in advice.measures):
            return advice.text
    return Text()


@cache
def _all() -> tuple[Advice, ...]:
    entries = tomllib.loads(GUIDANCE.read_text(encoding="utf-8"))["advice"]
    return tuple(
        Advice(tuple(entry["measures"]), tuple(entry["rules"]), Text(entry["en"], entry["zh"])) for entry in entries
    )
