"""Functions of one variable in pieces, many of them evaluated at once: what every pump curve is made of.

Each piece is a cubic about its own origin, less a power term: ``c0 + c1·d + c2·d² + c3·d³ − b·x^e``, d = x − origin.
Tables, polynomials and power laws all fit in it exactly, so that one evaluation serves a station of mixed curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from twin.signals import Floats

SMALLEST = 1e-9  # where the slope of x^e is taken in place of 0: it is infinite there for e < 1


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: it holds from ``start`` to the next piece's start."""

    start: float
    origin: float
    coefficients: tuple[float, float, float, float]
    power: float = 0.0  # b of the power term


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """n functions in at most k pieces each; ``coefficients`` is (5, n·k), ``power`` (n·k,).

    One function alone has no n axis: it takes and gives any shape. So do many that are the same.
    """

    starts: Floats  # (n, k - 1), of all pieces but the first, which reaches down to -inf; +inf where there are fewer
    coefficients: Floats  # origin, c0, c1, c2 and c3 of each piece
    power: Floats
    exponent: Floats | np.float64  # (n,)
    first: NDArray[np.intp] | np.intp  # (n,) index of each function's first piece
    powered: bool  # whether any power term is there at all

    def value(self, x: Floats) -> Floats:
        """Values at ``x`` (..., n): function i at x[..., i]."""
        at = self._at(x)
        origin, c0, c1, c2, c3 = self.coefficients.take(at, axis=1)
        d = x - origin
        value: Floats = c3 * d
        value += c2
        value *= d
        value += c1
        value *= d
        value += c0
        if self.powered:
            value -= self.power[at] * np.maximum(x, 0.0) ** self.exponent
        return value

    def value_and_slope(self, x: Floats) -> tuple[Floats, Floats]:
        """The same with the first derivative."""
        at = self._at(x)
        origin, c0, c1, c2, c3 = self.coefficients.take(at, axis=1)
        d = x - origin
        value: Floats = c0 + d * (c1 + d * (c2 + d * c3))
        slope: Floats = c1 + d * (2.0 * c2 + d * (3.0 * c3))
        if self.powered:
            base = np.maximum(x, SMALLEST)
            term = self.power[at] * base ** (self.exponent - 1.0)
            value -= term * np.maximum(x, 0.0)
            slope -= term * self.exponent
        return value, slope

    def _at(self, x: Floats) -> NDArray[np.intp]:
        if self.starts.ndim == 1:
            return self.starts.searchsorted(x, side="right")
        at: NDArray[np.intp] = np.add.reduce(x[..., None] >= self.starts, axis=-1, dtype=np.intp) + self.first
        return at

    def scaled(self, scale: float, plus: float) -> Pieces:
        """The same functions times ``scale``, and so much more."""
        coefficients = self.coefficients.copy()
        coefficients[1:] *= scale
        coefficients[1] += plus
        return replace(self, coefficients=coefficients, power=scale * self.power)

    def same(self, other: Pieces) -> bool:
        """Whether both are one function."""
        pairs = ((self.starts, other.starts), (self.coefficients, other.coefficients), (self.power, other.power))
        return self.exponent == other.exponent and all(np.array_equal(one, two) for one, two in pairs)


def of(pieces: Sequence[Piece], exponent: float = 1.0) -> Pieces:
    """One function from its pieces, which ascend; the first reaches down to -inf whatever its start."""
    return Pieces(
        starts=np.array([p.start for p in pieces[1:]], dtype=np.float64),
        coefficients=np.array([(p.origin, *p.coefficients) for p in pieces], dtype=np.float64).T.copy(),
        power=np.array([p.power for p in pieces], dtype=np.float64),
        exponent=np.float64(exponent),
        first=np.intp(0),
        powered=any(p.power for p in pieces),
    )


def constant(value: float) -> Pieces:
    """One function that is the same everywhere; NaN for what is not known."""
    return of([held(value)])


def held(value: float) -> Piece:
    """A first piece that is the same down to -inf."""
    return Piece(-np.inf, 0.0, (value, 0.0, 0.0, 0.0))


def cubics(x: Floats, y: Floats) -> list[Piece]:
    """Cubics between points (k ≥ 2), monotone where the points are (PCHIP: Fritsch and Butland, 1984)."""
    c3, c2, c1, c0 = PchipInterpolator(x, y).c.tolist()
    return [Piece(at, at, c) for at, c in zip(x[:-1].tolist(), zip(c0, c1, c2, c3, strict=True), strict=True)]


def stacked(functions: Sequence[Pieces]) -> Pieces:
    """Many as one; those with fewer pieces are padded with pieces that are never reached."""
    if functions and all(each.same(functions[0]) for each in functions):
        return functions[0]
    count, most = len(functions), max((f.power.size for f in functions), default=1)
    starts = np.full((count, most - 1), np.inf)
    power, coefficients = np.zeros((count, most)), np.zeros((5, count, most))
    for i, f in enumerate(functions):
        k = f.power.size
        starts[i, : k - 1], power[i, :k], coefficients[:, i, :k] = f.starts, f.power, f.coefficients
    return Pieces(
        starts=starts,
        coefficients=coefficients.reshape(5, -1),
        power=power.ravel(),
        exponent=np.array([float(f.exponent) for f in functions], dtype=np.float64),
        first=np.arange(count, dtype=np.intp) * most,
        powered=any(f.powered for f in functions),
    )
