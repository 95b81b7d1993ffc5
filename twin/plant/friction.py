"""What a straight pipe loses by friction: Darcy–Weisbach with Colebrook and White's factor, or Hazen and Williams.

Sources: C. F. Colebrook (1939); D. Clamond (2009), the factor in closed form; EPANET 2.2 manual, Hazen–Williams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy.special import wrightomega

from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

LAMINAR = 64.0  # Darcy's factor times Reynolds' number
CREEPING = 1.0  # Reynolds' number below which a factor is held, that it stay finite
HAZEN_WILLIAMS = 10.6668  # in SI; 4.727 where lengths are in feet (EPANET)
HAZEN_WILLIAMS_FLOW, HAZEN_WILLIAMS_BORE = 1.852, 4.871  # exponents
_SCALE = float(2.0 / np.log(10.0))  # of a common logarithm
SLOWEST = 1e-6  # m/s, below which a Hazen–Williams loss is straight


class Bored(Protocol):
    """A part of a station file that may be a pipe of known make."""

    @property
    def length_m(self) -> float | None: ...
    @property
    def bore_m(self) -> float | None: ...
    @property
    def roughness_mm(self) -> float: ...
    @property
    def hazen_williams(self) -> float | None: ...


@dataclass(frozen=True, eq=False)
class Pipes:
    """n straight pipes, each of one make. Where ``hazen_williams`` is a number, it stands in place of the roughness."""

    length: Floats  # (n,) [m]
    bore: Floats  # (n,) [m]
    roughness: Floats  # (n,) [m]
    viscosity: Floats  # (n,) of the water [m²/s]
    hazen_williams: Floats  # (n,) C, NaN where roughness counts [-]

    @classmethod
    def of(cls, parts: Sequence[Bored], viscosity: Floats) -> Pipes:
        """Parts of a station file that have a length and a bore, and the viscosity (n,) of their water [m²/s]."""
        return cls(
            length=np.array([part.length_m for part in parts], dtype=np.float64),
            bore=np.array([part.bore_m for part in parts], dtype=np.float64),
            roughness=np.array([part.roughness_mm for part in parts], dtype=np.float64) * 1e-3,
            viscosity=viscosity,
            hazen_williams=np.array([part.hazen_williams for part in parts], dtype=np.float64),
        )

    @cached_property
    def area(self) -> Floats:
        """(n,) Of their cross-section. [m²]"""
        area: Floats = 0.25 * np.pi * self.bore**2
        return area

    def coefficient(self, flow: Floats) -> Floats:
        """Head lost (n,) at a flow (n,) [m³/s], over Q². [s²/m⁵]

        .. math:: h / Q^2 = f L / (2 g D A^2)                             (Darcy–Weisbach)
        .. math:: h = 10.67 L C^{-1.852} D^{-4.871} Q^{1.852}              (Hazen–Williams)
        """
        size = np.maximum(np.abs(flow), self._slowest)
        loss: Floats = friction_factor(size * self._reynolds, self._relative) * self._over_factor
        if self._any_empirical:
            empirical = self._hazen_williams * size ** (HAZEN_WILLIAMS_FLOW - 2.0)
            loss = np.where(self._empirical, empirical, loss)
        return loss

    def loss_and_slope(self, flow: Floats) -> tuple[Floats, Floats]:
        """Head lost (n,) at a flow (n,) [m³/s], signed as it [m], and how it changes with it [m/(m³/s)]."""
        size = np.maximum(np.abs(flow), self._slowest)
        moves = np.abs(flow) > self._slowest
        over_square = self.coefficient(flow)
        reynolds = size * self._reynolds
        exponent = factor_exponent(reynolds, self._relative, over_square / self._over_factor)
        exponent = np.where(self._empirical, HAZEN_WILLIAMS_FLOW - 2.0, exponent)
        over_flow = over_square * size
        return over_flow * flow, over_flow * np.where(moves, 2.0 + exponent, 1.0)

    @cached_property
    def _empirical(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return np.isfinite(self.hazen_williams)

    @cached_property
    def _any_empirical(self) -> bool:
        return bool(self._empirical.any())

    @cached_property
    def _hazen_williams(self) -> Floats:
        law: Floats = HAZEN_WILLIAMS * self.length * self.hazen_williams**-HAZEN_WILLIAMS_FLOW
        return law * self.bore**-HAZEN_WILLIAMS_BORE

    @cached_property
    def _slowest(self) -> Floats:
        """(n,) flow below which a loss is straight in it. [m³/s]"""
        return np.where(self._empirical, SLOWEST * self.area, CREEPING / self._reynolds)

    @cached_property
    def _reynolds(self) -> Floats:
        """(n,) Reynolds' number over flow. [s/m³]"""
        number: Floats = self.bore / (self.area * self.viscosity)
        return number

    @cached_property
    def _relative(self) -> Floats:
        relative: Floats = self.roughness / self.bore
        return relative

    @cached_property
    def _over_factor(self) -> Floats:
        """(n,) head lost over Q² and Darcy's factor. [s²/m⁵]"""
        over: Floats = self.length / (2.0 * STANDARD_GRAVITY * self.bore * self.area**2)
        return over


def friction_factor(reynolds: Floats, roughness: Floats) -> Floats:
    """Darcy's friction factor (n,) by Colebrook and White, over Reynolds' number and relative roughness (n,).

    Solved in closed form by Wright's ω function. Where 64/Re is more, flow is laminar.
    """
    reynolds = np.maximum(reynolds, CREEPING)
    rough, smooth = roughness / 3.71, 2.51 / reynolds
    scaled = smooth * _SCALE
    root = _SCALE * wrightomega(rough / scaled - np.log(scaled)) - rough / smooth
    return np.asarray(np.maximum(root**-2.0, LAMINAR / reynolds), dtype=np.float64)


def factor_exponent(reynolds: Floats, roughness: Floats, factor: Floats) -> Floats:
    """How Darcy's factor (n,) goes with Reynolds' number, d ln f / d ln Re: 0 in a rough pipe, −1 in laminar flow."""
    root = 1.0 / np.sqrt(factor)
    smooth = 2.51 * root / reynolds
    share = _SCALE * smooth / (roughness / 3.71 + smooth)
    turbulent = -2.0 * share / (root + share)
    return np.where(factor * reynolds <= LAMINAR * (1.0 + 1e-9), -1.0, turbulent)
