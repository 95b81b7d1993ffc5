"""Pump curves: lists of one length, flow ascending, head falling, and no efficiency beyond 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from twin.plant.curve import COLD_WATER
from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft
from twin.plant.station import Curve, Motor
from twin.units import STANDARD_GRAVITY

AGREES = 0.02  # of useful power, within which the two columns of a sheet say the same
_COLUMNS = ("head_m", "efficiency", "power_kw", "npsh_required_m")


def curves(draft: Draft) -> Iterator[Finding]:
    """Every curve, and the efficiency table of every motor."""
    for name, curve in draft.curves.items():
        yield from _curve(("curves", name), curve)
    for index, pump in draft.pumps:
        if pump.motor is not None:
            yield from _motor(("pumps", index, "motor"), pump.motor)


def _curve(path: tuple[str | int, ...], curve: Curve) -> Iterator[Finding]:
    if curve.flow_m3_h:
        yield from _lengths(path, curve)
    yield from _ascending((*path, "flow_m3_h"), "flow", curve.flow_m3_h)
    yield from _power(path, curve)
    for before, (low, high) in enumerate(pairwise(curve.head_m)):
        if high > low:
            wrong = f"head rises from {low:g} to {high:g} m between its points {before + 1} and {before + 2}"
            yield Finding((*path, "head_m"), wrong, "Head must fall as flow grows; check the points")
            break


def _power(path: tuple[str | int, ...], curve: Curve) -> Iterator[Finding]:
    """Where both are given, power is what efficiency makes it."""
    rows = zip(curve.flow_m3_h, curve.head_m, curve.efficiency or (), curve.power_kw or (), strict=False)
    for number, (flow, head, efficiency, power) in enumerate(rows):
        useful = COLD_WATER * STANDARD_GRAVITY * flow / 3600.0 * head / 1e3
        if efficiency > 0.0 and abs(power * efficiency - useful) > AGREES * useful:
            wrong = f"is {power:g} at point {number + 1}, where efficiency makes it {useful / efficiency:.4g}"
            yield Finding((*path, "power_kw"), wrong, "Power is that at the shaft, with cold water; mend one of them")
            return


def _lengths(path: tuple[str | int, ...], curve: Curve) -> Iterator[Finding]:
    wanted = len(curve.flow_m3_h)
    for column in _COLUMNS:
        values = getattr(curve, column)
        if values and len(values) != wanted:
            wrong = f"has {len(values)} values, but flow_m3_h has {wanted}"
            yield Finding((*path, column), wrong, "Give one value for each flow")


def _motor(path: tuple[str | int, ...], motor: Motor) -> Iterator[Finding]:
    if motor.load and motor.efficiency and len(motor.load) != len(motor.efficiency):
        wrong = f"has {len(motor.efficiency)} values, but load has {len(motor.load)}"
        yield Finding((*path, "efficiency"), wrong, "Give one efficiency for each load")
    yield from _ascending((*path, "load"), "load", motor.load)


def _ascending(path: tuple[str | int, ...], what: str, values: Sequence[float]) -> Iterator[Finding]:
    for low, high in pairwise(values):
        if high <= low:
            yield Finding(path, f"{what} does not rise from {low:g} to {high:g}", "List its points by rising " + what)
            return
