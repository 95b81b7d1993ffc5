"""Residuals: what was measured less what was expected, with the spread of a healthy station."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats


@dataclass(frozen=True, slots=True)
class ResidualName:
    """Which residual: ``(P101, head)``; ``unit`` is that of its value, ``tag`` the measurement it judges."""

    equipment: str
    name: str
    unit: str
    tag: str


@dataclass(frozen=True, slots=True)
class Residuals:
    """All residuals of one instant.

    Attributes
    ----------
    names : (m,)            In a fixed order for a station; the tuple is the same object in every frame.
    value : (m,) float64    Measured less expected, in ``names[i].unit``; NaN where it cannot be said.
    expected : (m,)         What was expected, same unit, where that makes sense; else NaN.
    sigma : (m,)            Standard deviation in a healthy station, same unit.
    z : (m,)                Smoothed (value - learned offset) in sigmas: what is shown, signed.
    valid : (m,) bool       Whether the residual may be judged now; ``why`` says why not.
    why : (m,) str          Empty where it may.
    """

    names: tuple[ResidualName, ...]
    value: Floats
    expected: Floats
    sigma: Floats
    z: Floats
    valid: NDArray[np.bool_]
    why: tuple[str, ...] = ()


def no_residuals() -> Residuals:
    """Those of a station without pumps."""
    none = np.empty(0)
    return Residuals((), none, none, none, none, np.empty(0, dtype=bool))
