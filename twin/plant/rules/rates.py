"""Rate limits: each says how fast, and of something that is measured."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft


def rates(draft: Draft) -> Iterator[Finding]:
    """Rate limits that could never alarm."""
    for index, rate in draft.rates:
        if rate.rise is None and rate.fall is None:
            yield Finding(("rates", index), "has no limit", "Give it one or both: rise = …, fall = …")
        if not any(tag.kind == "analog" and fnmatchcase(tag.measures, rate.measures) for _, tag in draft.tags):
            wrong = f"no tag measures '{rate.measures}', so it could never alarm"
            yield Finding(("rates", index, "measures"), wrong, "Name what a tag measures, or remove it")
