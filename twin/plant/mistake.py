"""A mistake in a station file: where it stands, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.plant.whereabouts import Path

Grade = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake, ready to be shown. An ``error`` keeps the station from being used, a ``warning`` does not.

    ``where`` names the thing for people (``tag 'B4-PT-10101', unit``); ``wrong`` and ``remedy`` bear no full stop.
    """

    line: int
    where: str
    wrong: str
    remedy: str = ""
    grade: Grade = "error"

    def __str__(self) -> str:
        remedy = f" {self.remedy}{'' if self.remedy.endswith('?') else '.'}" if self.remedy else ""
        return f"line {self.line}: {self.where}: {self.wrong}.{remedy}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake as a rule finds it: by its path in the file (``("tags", 17, "unit")``), not yet by its line."""

    path: Path
    wrong: str
    remedy: str = ""
    grade: Grade = "error"
