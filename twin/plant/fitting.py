"""Fitting a pump's curve to measured points, taken at one speed or at many.

Points are brought to rated speed by the affinity laws, then a curve is laid through them by least squares. A pump's
head falls with flow; where the points say otherwise, the fit says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from twin.errors import StationError
from twin.plant import curve
from twin.plant.curve import Kind, PumpCurve
from twin.plant.pieces import Pieces
from twin.signals import Floats

KNOTS = 8  # of a fitted table
LEAST_POINTS = 4
EXPONENTS = (1.0, 4.0)  # of a fitted power law
USUAL_EXPONENT, TRUST = 2.0, 1e-3  # and what it is drawn to, and how weakly
SMALLEST_FALL = 1e-6  # of the highest head, of a power law over its range
RISE = 1e-9  # of the range of heads: what counts as rising


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A curve laid through points. ``rises`` holds the flows [m³/s] between which the points rise, if they do."""

    curve: PumpCurve
    error: float  # weighted root mean square of head, measured less fitted, at rated speed [m]
    rises: tuple[float, float] | None

    @property
    def warning(self) -> str:
        """One sentence where the points are not those of a pump whose head falls; else empty."""
        if self.rises is None:
            return ""
        low, high = (3600.0 * flow for flow in self.rises)
        return f"Head rises with flow between {low:.4g} and {high:.4g} m³/h; no pump that runs stably does that."


def fit(
    flow: Floats,
    head: Floats,
    *,
    speed: Floats | float = 1.0,
    weights: Floats | None = None,
    kind: Kind = "table",
    knots: int = KNOTS,
    rated_speed: float = 1.0,
    name: str = "curve",
) -> Fit:
    """A curve through measured points.

    Parameters
    ----------
    flow, head : (k,)    The points. [m³/s], [m]
    speed : (k,)         Speed over rated speed at each; points of a standing pump are left out. [-]
    weights : (k,)       Of the points' squared errors. [-]
    kind                 A ``table`` at ``knots`` flows or a ``power`` law never rises; a cubic ``polynomial`` may.

    Raises
    ------
    StationError         Where there are fewer than four usable points, or all at one flow.
    """
    points = _usable(flow, head, speed, weights, name)
    places = np.linspace(points.flow.min(), points.flow.max(), min(knots, points.flow.size))
    heads, rises = _FITTERS[kind](points, places)
    made = curve.from_heads(heads, kind=kind, flow=places, head=heads.value(places), rated_speed=rated_speed)
    return Fit(made, points.error(heads), rises)


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Usable points at rated speed (k,), and the square roots of their weights."""

    flow: Floats
    head: Floats
    root: Floats

    def misses(self, heads: Pieces) -> Floats:
        """(k,) weighted differences of the points from a curve. [m]"""
        misses: Floats = self.root * (self.head - heads.value(self.flow))
        return misses

    def error(self, heads: Pieces) -> float:
        """Their weighted root mean square. [m]"""
        return float(np.linalg.norm(self.misses(heads)) / np.linalg.norm(self.root))


def _usable(flow: Floats, head: Floats, speed: Floats | float, weights: Floats | None, name: str) -> _Points:
    flow, head, speed = np.broadcast_arrays(flow, head, speed)
    weight = np.ones(flow.shape) if weights is None else weights
    usable = np.isfinite(flow + head + speed + weight) & (speed > 0.0) & (weight > 0.0) & (flow >= 0.0)
    flow, head, speed = flow[usable], head[usable], speed[usable]
    if flow.size < LEAST_POINTS or np.ptp(flow / speed) <= 0.0:
        wrong = f"has {flow.size} usable points, too few or all at one flow to lay a curve through"
        raise StationError(name, wrong, f"Give at least {LEAST_POINTS} points of a running pump at different flows")
    return _Points(flow / speed, head / speed**2, np.sqrt(weight[usable]))


def _table(points: _Points, places: Floats) -> tuple[Pieces, tuple[float, float] | None]:
    """Heads at knots that never rise, as falls from one to the next; and where free knots would rise."""
    top = float(points.head.max())
    start = np.r_[top, np.full(places.size - 1, np.ptp(points.head) / places.size + 1e-9)]

    def heads(falls: Floats) -> Pieces:
        return curve.table(places, np.r_[falls[0], falls[0] - np.cumsum(falls[1:])])

    def misses(falls: Floats) -> Floats:
        return points.misses(heads(falls))

    def fitted(least_fall: float) -> Floats:
        lowest = np.r_[-np.inf, np.full(places.size - 1, least_fall)]
        best = least_squares(misses, start, bounds=(lowest, np.inf))
        return np.asarray(best.x, dtype=np.float64)

    free = fitted(-np.inf)
    rising = np.flatnonzero(free[1:] < -points.error(heads(free)))
    if rising.size == 0:
        return heads(fitted(0.0)), None
    return heads(fitted(0.0)), (float(places[rising[0]]), float(places[rising[-1] + 1]))


def _polynomial(points: _Points, places: Floats) -> tuple[Pieces, tuple[float, float] | None]:
    """The cubic nearest to the points; it may rise."""
    last = float(places[-1])
    fitted = np.polynomial.polynomial.polyfit(points.flow / last, points.head, curve.MOST_TERMS - 1, w=points.root)
    heads = curve.polynomial([float(c) for c in fitted / last ** np.arange(curve.MOST_TERMS)], last)
    within = np.linspace(0.0, last, 257)
    rising = np.flatnonzero(np.diff(heads.value(within)) > RISE * np.ptp(points.head))
    if rising.size == 0:
        return heads, None
    return heads, (float(within[rising[0]]), float(within[rising[-1] + 1]))


def _power(points: _Points, places: Floats) -> tuple[Pieces, None]:
    """A − B·Q^C, whose exponent is drawn to the usual one as far as the points do not tell it."""
    last, scale = float(places[-1]), float(np.abs(points.head).max())
    drawn = TRUST * scale * np.linalg.norm(points.root)

    def heads(law: Floats) -> Pieces:
        shut_off, fall, exponent = (float(x) for x in law)
        return curve.power_law(shut_off, fall / last**exponent, exponent)

    def misses(law: Floats) -> Floats:
        return np.append(points.misses(heads(law)), drawn * (law[2] - USUAL_EXPONENT))

    start = np.array([scale, max(0.5 * np.ptp(points.head), SMALLEST_FALL * scale), USUAL_EXPONENT])
    lowest = np.array([SMALLEST_FALL * scale, SMALLEST_FALL * scale, EXPONENTS[0]])
    best = least_squares(misses, start, bounds=(lowest, np.array([np.inf, np.inf, EXPONENTS[1]])), x_scale=start)
    return heads(np.asarray(best.x, dtype=np.float64)), None


_FITTERS: dict[Kind, Callable[[_Points, Floats], tuple[Pieces, tuple[float, float] | None]]] = {
    "table": _table,
    "polynomial": _polynomial,
    "power": _power,
}
