"""What a pump does at a flow and a speed: head, shaft power, efficiency and the NPSH it requires.

A curve is given at one speed, as a table, a polynomial or a power law, and holds at any other by the affinity laws.
It is defined for every flow and speed, so that a solver may wander and a pump may stop or be driven backwards:

* beyond the last point the head falls on by the parabola ``a − r·Q²`` that continues value and slope;
* at reverse flow it rises above the shut-off head by the same ``r·Q²``;
* at zero speed both leave a passive resistance ``∓ r·Q²`` and no shaft power; turning backwards counts as standing.

Sources: EPANET 2.3 (power law, speed); I. Sârbu and I. Borza (1998), efficiency over speed; ISO 9906:2012.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from twin.errors import StationError
from twin.plant import station
from twin.plant.pieces import Piece, Pieces, constant, cubics, held, of
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

Kind = Literal["table", "power", "polynomial"]

COLD_WATER = 998.2  # kg/m³ at 20 °C: what a sheet's shaft power was measured with (ISO 9906)
STANDING = 1e-9  # of rated speed: below it a pump stands
SLOWEST = 0.1  # of rated speed: below it the efficiency correction is held
STEEPEST_CORRECTION = 0.5  # never lose more than this share of an efficiency by speed
MOST_TERMS = 4  # of a polynomial: a cubic has all the turns a pump has
STEEPEST_START = 4.0  # slope into reverse flow over the mean slope of the curve
STEEPEST_EXPONENT = 20.0  # of a power law (EPANET)
SHUT_OFF_SHARE = 1.33334  # head at zero flow over that of the only point given (EPANET)


@dataclass(frozen=True, slots=True, eq=False)
class PumpCurve:
    """One pump's curve at rated speed. ``work`` is shaft power over ρ·g [m⁴/s]; NaN where nothing is known."""

    kind: Kind
    rated_speed: float  # rad/s
    flow: Floats  # (k,) the points it was made from [m³/s]
    head: Floats  # (k,) [m]
    heads: Pieces
    works: Pieces
    suctions: Pieces
    best_efficiency: float  # -

    @property
    def valid(self) -> tuple[float, float]:
        """Least and greatest flow that points were given for, at rated speed. [m³/s]"""
        return float(self.flow[0]), float(self.flow[-1])

    @property
    def falls(self) -> bool:
        """Whether head falls (or stays) all the way from zero flow to the last point."""
        _, slope = self.heads.value_and_slope(np.linspace(0.0, self.flow[-1], 1025))
        return bool(np.all(slope <= 1e-9 * np.ptp(self.head) / self.flow[-1]))


class Performance(Protocol):
    """What the laws below need: a :class:`PumpCurve` for any flows, or a bank for one flow a pump."""

    @property
    def heads(self) -> Pieces: ...
    @property
    def works(self) -> Pieces: ...
    @property
    def suctions(self) -> Pieces: ...
    @property
    def best_efficiency(self) -> Floats | float: ...


def head(curve: Performance, flow: ArrayLike, speed: ArrayLike = 1.0) -> Floats:
    """Head the pump adds, by the affinity laws.

    Parameters
    ----------
    flow : (n,)    Volume flow. [m³/s]
    speed : (n,)   Speed over rated speed. [-]

    Returns
    -------
    (n,)           Head. [m]

    Notes
    -----
    .. math:: H(Q, s) = s^2 H_1(Q / s)                                   (affinity)
    """
    flow, speed = _state(flow, speed)
    return speed * speed * curve.heads.value(flow / speed)


def head_slope(curve: Performance, flow: ArrayLike, speed: ArrayLike = 1.0) -> Floats:
    """How head changes with flow, dH/dQ (n,), never positive for a curve that falls. [m/(m³/s)]"""
    return head_and_slope(curve, flow, speed)[1]


def head_and_slope(curve: Performance, flow: ArrayLike, speed: ArrayLike = 1.0) -> tuple[Floats, Floats]:
    """Both at once, as Newton's method wants them."""
    flow, speed = _state(flow, speed)
    value, slope = curve.heads.value_and_slope(flow / speed)
    return speed * speed * value, speed * slope


def efficiency(curve: Performance, flow: ArrayLike, speed: ArrayLike = 1.0) -> Floats:
    """Hydraulic over shaft power (n,) [-]; 0 where the pump adds no head or water does not go forward.

    Notes
    -----
    .. math:: \\eta(Q, s) = 1 - (1 - \\eta_1(Q / s)) s^{-0.1}                   (Sârbu–Borza)

    That formula turns negative at low efficiencies, so below half of the best one its ratio there is kept.
    """
    return power_and_efficiency(curve, flow, speed, 1.0)[1]


def shaft_power(curve: Performance, flow: ArrayLike, speed: ArrayLike, density: ArrayLike) -> Floats:
    """Power the pump takes at its shaft.

    Parameters
    ----------
    flow : (n,)      Volume flow; at reverse flow the power of zero flow. [m³/s]
    speed : (n,)     Speed over rated speed. [-]
    density : (n,)   Of the water. [kg/m³]

    Returns
    -------
    (n,)             Shaft power. [W]

    Notes
    -----
    .. math:: P = \\rho g s^3 W_1(Q / s) \\, \\eta_1 / \\eta, \\qquad W_1 = Q_1 H_1 / \\eta_1        (power)

    W is interpolated rather than η: it is nearly straight, and it is not 0/0 at zero flow.
    """
    return power_and_efficiency(curve, flow, speed, density)[0]


def power_and_efficiency(
    curve: Performance, flow: ArrayLike, speed: ArrayLike, density: ArrayLike
) -> tuple[Floats, Floats]:
    """Both at once: most of what they are made of is the same."""
    flow, speed = _state(flow, speed)
    reduced = flow / speed
    head, work = curve.heads.value(reduced), curve.works.value(reduced)
    rated, correction = _efficiency(curve, reduced, head, work, speed)
    power: Floats = np.asarray(density) * (STANDARD_GRAVITY * work * speed * speed * speed / correction)
    return power, np.minimum(np.maximum(rated * correction, 0.0), 1.0)


def power_of(curve: Performance, reduced: Floats, speed: Floats, density: Floats, head: Floats, work: Floats) -> Floats:
    """Shaft power (n,) where head and work at the ``reduced`` flow Q/s and rated speed are known already. [W]"""
    _, correction = _efficiency(curve, reduced, head, work, speed)
    power: Floats = density * (STANDARD_GRAVITY * work * speed * speed * speed / correction)
    return power


def npsh_required(curve: Performance, flow: ArrayLike, speed: ArrayLike = 1.0) -> Floats:
    """Net positive suction head at which 3 % of head is lost (n,): s²·NPSH₁(Q/s). [m]"""
    flow, speed = _state(flow, speed)
    return speed * speed * curve.suctions.value(flow / speed)


def _state(flow: ArrayLike, speed: ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(flow, dtype=np.float64), np.maximum(np.asarray(speed, dtype=np.float64), STANDING)


def _efficiency(
    curve: Performance, reduced: Floats, head: Floats, work: Floats, speed: Floats
) -> tuple[Floats, Floats]:
    """Efficiency (n,) at rated speed and the reduced flow, and what it is multiplied by at this speed (n,). [-]"""
    rated = np.maximum(reduced, 0.0) * np.maximum(head, 0.0) / work
    taken = np.maximum(rated, 0.5 * curve.best_efficiency)
    loss = np.maximum(speed, SLOWEST) ** -0.1
    return rated, np.maximum((1.0 - (1.0 - taken) * loss) / taken, STEEPEST_CORRECTION)


# --- made from points ------------------------------------------------------------------------------------------------


def from_station(sheet: station.Curve, name: str = "curve") -> PumpCurve:
    """The curve a station file describes. Raises StationError, naming it, for points that no pump can have."""
    flow = np.array(sheet.flow_m3_h, dtype=np.float64) / 3600.0
    curve = from_points(
        flow,
        np.array(sheet.head_m, dtype=np.float64),
        kind=sheet.kind,
        efficiency=_column(sheet.efficiency),
        power=_column(sheet.power_kw, 1e3),
        npsh_required=_column(sheet.npsh_required_m),
        rated_speed=sheet.speed_rpm * np.pi / 30.0,
        name=name,
    )
    if not curve.falls:
        raise StationError(name, "its head rises with flow", "Check its points, or give them as a table")
    return curve


def as_built(pump: station.Pump, curves: Mapping[str, PumpCurve]) -> PumpCurve:
    """The curve of a pump, as steep as its calibration says; how high it lies is for whoever evaluates it."""
    design = curves[pump.curve]
    return design if pump.calibration is None else steepened(design, pump.calibration.steepness_scale)


def steepened(curve: PumpCurve, scale: float) -> PumpCurve:
    """The same pump with its head falling ``scale`` times as much from zero flow."""
    if scale == 1.0:
        return curve
    shut_off = float(curve.heads.value(np.zeros(())))
    heads = curve.heads.scaled(scale, (1.0 - scale) * shut_off)
    return replace(curve, heads=heads, head=shut_off + scale * (curve.head - shut_off))


def _column(values: Sequence[float] | None, scale: float = 1.0) -> Floats | None:
    return None if values is None else np.array(values, dtype=np.float64) * scale


def from_points(
    flow: Floats,
    head: Floats,
    *,
    kind: Kind = "table",
    efficiency: Floats | None = None,
    power: Floats | None = None,
    npsh_required: Floats | None = None,
    rated_speed: float = 1.0,
    name: str = "curve",
) -> PumpCurve:
    """A curve from points (k,) at rated speed, SI, by ascending flow; ``power`` is at the shaft, with cold water."""
    _check(flow, head, name)
    heads = _one_point(flow, head) if flow.size == 1 else _MAKERS[kind](flow, head, name)
    return from_heads(
        heads,
        kind=kind,
        flow=flow,
        head=head,
        works=_works(heads, flow, efficiency, power),
        suctions=constant(np.nan) if npsh_required is None else _suctions(flow, npsh_required),
        rated_speed=rated_speed,
    )


def from_heads(
    heads: Pieces,
    *,
    kind: Kind,
    flow: Floats,
    head: Floats,
    works: Pieces | None = None,
    suctions: Pieces | None = None,
    rated_speed: float = 1.0,
) -> PumpCurve:
    """A curve whose head function is known already, as a fit makes it."""
    works = works or constant(np.nan)
    within = np.linspace(0.0, flow[-1], 257)
    efficiencies = within * heads.value(within) / works.value(within)
    return PumpCurve(
        kind=kind,
        rated_speed=rated_speed,
        flow=flow,
        head=head,
        heads=heads,
        works=works,
        suctions=suctions or constant(np.nan),
        best_efficiency=float(efficiencies.max()),
    )


def table(flow: Floats, head: Floats) -> Pieces:
    """Head through every point (k ≥ 2), falling where the points fall (PCHIP: Fritsch and Butland, 1984)."""
    return _extended(_from_zero(cubics(flow, head)), float(flow[-1]))


def _table(flow: Floats, head: Floats, _name: str) -> Pieces:
    return table(flow, head)


def polynomial(coefficients: Sequence[float], last: float) -> Pieces:
    """Head ``c0 + c1·Q + c2·Q² + c3·Q³`` up to the flow ``last``."""
    c0, c1, c2, c3 = (*coefficients, 0.0, 0.0, 0.0)[:MOST_TERMS]
    return _extended([Piece(0.0, 0.0, (c0, c1, c2, c3))], last)


def power_law(shut_off: float, factor: float, exponent: float) -> Pieces:
    """Head ``A − B·Q^C`` as far as it is positive."""
    last = (shut_off / factor) ** (1.0 / exponent)
    return _extended([Piece(0.0, 0.0, (shut_off, 0.0, 0.0, 0.0), factor)], last, exponent)


def _through(flow: Floats, head: Floats, _name: str) -> Pieces:
    """A polynomial through up to four points; through more, the cubic nearest to them."""
    terms = min(flow.size, MOST_TERMS)
    last = float(flow[-1])
    fitted = np.polynomial.polynomial.polyfit(flow / last, head, terms - 1)
    return polynomial([float(c) for c in fitted / last ** np.arange(terms)], last)


def _three_point(flow: Floats, head: Floats, name: str) -> Pieces:
    """The power law through three points, the first at zero flow (EPANET's powerfuncpump)."""
    if flow.size != 3 or flow[0] != 0.0:
        wrong = "a power law takes one point, or three of which the first is at zero flow"
        raise StationError(name, wrong, 'Give those, or make it kind = "table"')
    h0, h1, h2 = (float(h) for h in head)
    if not h0 > h1 > h2:
        raise StationError(name, "the heads of a power law must fall", "Check its three points")
    exponent = float(np.log((h0 - h2) / (h0 - h1)) / np.log(flow[2] / flow[1]))
    if not 0.0 < exponent <= STEEPEST_EXPONENT:
        wrong = f"its three points make an exponent of {exponent:.3g}, above {STEEPEST_EXPONENT:g}"
        raise StationError(name, wrong, "Check its three points")
    return power_law(h0, (h0 - h1) / float(flow[1]) ** exponent, exponent)


def _one_point(flow: Floats, head: Floats) -> Pieces:
    """The parabola through the only point given, from EPANET's usual shut-off head."""
    shut_off = SHUT_OFF_SHARE * float(head[0])
    return power_law(shut_off, (shut_off - float(head[0])) / float(flow[0]) ** 2, 2.0)


_MAKERS: dict[Kind, Callable[[Floats, Floats, str], Pieces]] = {
    "table": _table,
    "polynomial": _through,
    "power": _three_point,
}


def _check(flow: Floats, head: Floats, name: str) -> None:
    if flow.size == 0 or flow.size != head.size:
        raise StationError(name, f"has {flow.size} flows and {head.size} heads", "Give one head for each flow")
    if not (np.all(np.isfinite(flow)) and np.all(np.isfinite(head))):
        raise StationError(name, "holds a point that is not a number", "Remove it")
    if flow[0] < 0.0 or np.any(np.diff(flow) <= 0.0) or flow[-1] <= 0.0:
        raise StationError(name, "its flows do not rise from zero or above", "List its points by rising flow")
    if flow.size == 1 and head[0] <= 0.0:
        raise StationError(name, "its only point has no head", "Give the rated point")


def _from_zero(core: list[Piece]) -> list[Piece]:
    """The first piece carried on straight to zero flow, where the points begin above it."""
    first = core[0]
    if first.start <= 0.0:
        return core
    slope = min(first.coefficients[1], 0.0)
    return [Piece(0.0, 0.0, (first.coefficients[0] - slope * first.start, slope, 0.0, 0.0)), *core]


def _extended(core: list[Piece], last: float, exponent: float = 1.0) -> Pieces:
    """Head defined everywhere: the pieces in between, reverse flow before them, a falling parabola after them."""
    inner = of([held(0.0), *core], exponent)
    (shut_off, end), (first_slope, last_slope) = inner.value_and_slope(np.array([0.0, last]))
    flattest = max(0.5 * (shut_off - end), 1e-3 * abs(shut_off)) / last**2
    passive = float(max(-0.5 * last_slope / last, flattest))
    steepest = -STEEPEST_START * abs(shut_off - end) / last  # a power law below 1 starts with an infinite slope
    backwards = float(np.clip(first_slope, steepest, 0.0))
    before = Piece(-np.inf, 0.0, (float(shut_off), backwards, passive, 0.0))
    after = Piece(last, last, (float(end), -2.0 * passive * last, -passive, 0.0))
    return of([before, *core, after], exponent)


def _suctions(flow: Floats, npsh: Floats) -> Pieces:
    """NPSH required: held before the first point, beyond the last the parabola that continues it."""
    if flow.size == 1:
        return constant(float(npsh[0]))
    last = float(flow[-1])
    _, slope = of([held(0.0), *cubics(flow, npsh)]).value_and_slope(flow[-1:])
    rise = max(float(slope[0]), 0.0)
    after = Piece(last, last, (float(npsh[-1]), rise, 0.5 * rise / last, 0.0))
    return of([held(float(npsh[0])), *cubics(flow, npsh), after])


def _works(heads: Pieces, flow: Floats, efficiency: Floats | None, power: Floats | None) -> Pieces:
    """Shaft power over ρ·g from what is given: held before the first point, straight after the last."""
    if power is not None:
        works = power / (COLD_WATER * STANDARD_GRAVITY)
    elif efficiency is not None:
        flow, works = _works_of_efficiency(heads, flow, efficiency)
    else:
        return constant(np.nan)
    if flow.size == 1:
        return constant(float(works[0]))
    last = float(flow[-1])
    _, slope = of([held(0.0), *cubics(flow, works)]).value_and_slope(flow[-1:])
    after = Piece(last, last, (float(works[-1]), max(float(slope[0]), 0.0), 0.0, 0.0))
    return of([held(float(works[0])), *cubics(flow, works), after])


def _works_of_efficiency(heads: Pieces, flow: Floats, efficiency: Floats) -> tuple[Floats, Floats]:
    """Points of Q·H/η. At zero flow it is H over the slope of η there, which the next points tell."""
    useful = (flow > 0.0) & (efficiency > 0.0)
    q, eta = flow[useful], efficiency[useful]
    if q.size == 0:
        return np.zeros(1), np.full(1, np.nan)
    works = q * heads.value(q) / eta
    if q.size == 1:
        return q, works
    slope = float(PchipInterpolator(np.r_[0.0, q], np.r_[0.0, eta]).derivative()(0.0))
    steepness = max(slope, float(eta[0] / q[0]))  # efficiency never starts flatter than its first chord
    return np.r_[0.0, q], np.r_[heads.value(np.zeros(())) / steepness, works]
