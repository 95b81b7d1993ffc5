"""A bank of pumps: every pump's curve evaluated at once, each at its own flow and speed.

``scale`` arguments say how a built pump differs from its design curve (calibration), or how a worn one differs from
what it was (a fault). All arrays are (n,), a pump each, in the order the curves were given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from twin.plant import curve
from twin.plant.curve import PumpCurve
from twin.plant.pieces import Pieces, stacked
from twin.signals import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """n pumps at given speeds: the affinity laws with what does not depend on flow reckoned once."""

    heads: Pieces
    speed: Floats  # (n,) over rated
    of_slope: Floats | float  # (n,) what a slope at rated speed is multiplied by ...
    of_head: Floats | float  # (n,) ... and a head

    def head(self, flow: Floats) -> Floats:
        """Head (n,) at flow (n,) [m³/s]. [m]"""
        return self.of_head * self.heads.value(flow / self.speed)

    def head_and_slope(self, flow: Floats) -> tuple[Floats, Floats]:
        """Head (n,) [m] and dH/dQ (n,) [m/(m³/s)]."""
        value, slope = self.heads.value_and_slope(flow / self.speed)
        return self.of_head * value, self.of_slope * slope


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """n pump curves with their pieces stacked."""

    curves: tuple[PumpCurve, ...]
    heads: Pieces
    works: Pieces
    suctions: Pieces
    together: Pieces  # heads, works and suctions (3·n,), for whoever wants all of them
    best_efficiency: Floats  # (n,) [-]
    rated_speed: Floats  # (n,) [rad/s]
    least_flow: Floats  # (n,) of the points given, at rated speed [m³/s]
    greatest_flow: Floats  # (n,)

    @classmethod
    def of(cls, curves: Sequence[PumpCurve]) -> Bank:
        """Stack curves of any kinds; the same curve may stand for many pumps."""
        valid = np.array([c.valid for c in curves], dtype=np.float64).reshape(-1, 2)
        return cls(
            curves=tuple(curves),
            heads=stacked([c.heads for c in curves]),
            works=stacked([c.works for c in curves]),
            suctions=stacked([c.suctions for c in curves]),
            together=stacked([f for of in ("heads", "works", "suctions") for c in curves for f in (getattr(c, of),)]),
            best_efficiency=np.array([c.best_efficiency for c in curves], dtype=np.float64),
            rated_speed=np.array([c.rated_speed for c in curves], dtype=np.float64),
            least_flow=valid[:, 0].copy(),
            greatest_flow=valid[:, 1].copy(),
        )

    def __len__(self) -> int:
        return len(self.curves)

    def at(self, speed: Floats, scale: Floats | float = 1.0) -> Running:
        """The pumps at their speeds over rated speed (n,), for whoever asks at many flows."""
        speed = np.maximum(speed, curve.STANDING)
        return Running(self.heads, speed, scale * speed, scale * speed * speed)

    def head(self, flow: ArrayLike, speed: ArrayLike = 1.0, scale: Floats | float = 1.0) -> Floats:
        """Head (n,) at flow [m³/s] and speed over rated speed. [m]"""
        return curve.head(self, flow, speed) * scale

    def head_and_slope(
        self, flow: ArrayLike, speed: ArrayLike = 1.0, scale: Floats | float = 1.0
    ) -> tuple[Floats, Floats]:
        """Head (n,) [m] and dH/dQ (n,) [m/(m³/s)]."""
        value, slope = curve.head_and_slope(self, flow, speed)
        return value * scale, slope * scale

    def efficiency(self, flow: ArrayLike, speed: ArrayLike = 1.0) -> Floats:
        """Efficiency (n,) of the design. [-]"""
        return curve.efficiency(self, flow, speed)

    def shaft_power(self, flow: ArrayLike, speed: ArrayLike, density: ArrayLike, scale: Floats | float = 1.0) -> Floats:
        """Shaft power (n,). [W]"""
        return curve.shaft_power(self, flow, speed, density) * scale

    def power_and_efficiency(
        self, flow: ArrayLike, speed: ArrayLike, density: ArrayLike, scale: Floats | float = 1.0
    ) -> tuple[Floats, Floats]:
        """Shaft power (n,) [W] and efficiency (n,) of the design [-], at once."""
        power, efficiency = curve.power_and_efficiency(self, flow, speed, density)
        return power * scale, efficiency

    def performance(self, flow: Floats, speed: Floats, density: Floats) -> tuple[Floats, Floats, Floats]:
        """Head (..., n) [m], shaft power (..., n) [W] and NPSH required (..., n) [m] of the designs, at once."""
        speed = np.maximum(speed, curve.STANDING)
        square = speed * speed
        reduced = flow / speed
        together = self.together.value(np.concatenate((reduced, reduced, reduced), axis=-1))
        head, work, suction = together.reshape(*reduced.shape[:-1], 3, -1).swapaxes(0, -2)
        return square * head, curve.power_of(self, reduced, speed, density, head, work), square * suction

    def npsh_required(self, flow: ArrayLike, speed: ArrayLike = 1.0) -> Floats:
        """NPSH required (n,). [m]"""
        return curve.npsh_required(self, flow, speed)

    def in_range(self, flow: ArrayLike, speed: ArrayLike = 1.0) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """(n,) whether each pump stands where points were given for it; a standing pump does not."""
        s = np.asarray(speed, dtype=np.float64)
        q = np.asarray(flow, dtype=np.float64)
        inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (
            (s > 0.0) & (q >= s * self.least_flow) & (q <= s * self.greatest_flow)
        )
        return inside
