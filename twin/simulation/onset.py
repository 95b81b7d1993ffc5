"""How a fault comes: at once, in proportion to time, ever faster, or now and then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Shape = Literal["step", "ramp", "accelerating", "intermittent"]

QUICKENING = 4.0  # e-folds of an accelerating fault until it is complete: half its time brings an eighth of it


@dataclass(frozen=True, slots=True)
class Onset:
    """The course of a fault.

    ``seconds`` is how long a ramp or an accelerating fault takes to be complete, and the period of an intermittent
    one, which is there for the first half of each. [s]
    """

    shape: Shape = "step"
    seconds: float = 0.0

    def grown(self, elapsed: float) -> float:
        """How far it has come this long after its beginning: 0 not at all, 1 completely. [s]"""
        if self.shape == "intermittent":
            return float(elapsed % self.seconds < 0.5 * self.seconds)
        if self.shape == "step" or elapsed >= self.seconds:
            return 1.0
        share = elapsed / self.seconds
        return share if self.shape == "ramp" else math.expm1(QUICKENING * share) / math.expm1(QUICKENING)
