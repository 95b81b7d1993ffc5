"""Controls: what a circuit is to keep can be measured, can be reached, and is not at odds with what protects it."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft
from twin.plant.rules.interlocks import plain, watched
from twin.plant.station import Circuit, Interlock, Pump
from twin.units import KNOWN_UNITS, scale_and_offset

_Path = tuple[str | int, ...]
_MPA = 1e6
_WAVE = 1080.0  # m/s of water hammer in a steel line of such a bore, 1076 to 1095 by temperature
_PRESSURES = ("Pa", "kPa", "MPa", "bar")
_KEPT = {
    "suction_pressure": "the inlet pressure",
    "discharge_pressure": "the outlet pressure",
    "pressure_difference": "a remote pressure difference",
}
_SUCTION = ("suction_pressure", "inlet_pressure_a")
_DISCHARGE = ("discharge_pressure", "outlet_pressure_a")


def controls(draft: Draft) -> Iterator[Finding]:
    """Every contradiction between what is to be kept, what limits it, and the machines that are to keep it."""
    for index, pump in draft.pumps:
        yield from _drive(("pumps", index, "drive"), pump)
    for index, circuit in draft.circuits:
        path = ("circuits", index)
        pumps = [pump for _, pump in draft.pumps if pump.circuit == circuit.id]
        yield from _kept(path, circuit)
        yield from _remote(path, draft, circuit)
        yield from _means(path, draft, circuit, pumps)
        yield from _suction(path, draft, circuit)
        yield from _discharge(path, draft, circuit)
        yield from _delays(path, draft, circuit)
    yield from _rivals(draft)


def _drive(path: _Path, pump: Pump) -> Iterator[Finding]:
    drive = pump.drive
    if drive is not None and drive.minimum_hz >= drive.rated_hz:
        wrong = (
            f"is {drive.minimum_hz:g}, not below rated_hz, which is {drive.rated_hz:g}: speed could not be controlled"
        )
        yield Finding((*path, "minimum_hz"), wrong, "Give the least frequency of its range")


def _kept(path: _Path, circuit: Circuit) -> Iterator[Finding]:
    if circuit.control in _KEPT and circuit.set_point is None:
        wrong = f"keeps {_KEPT[circuit.control]}, but at no value"
        yield Finding((*path, "control"), wrong, "Add set_point = … in MPa")
    least, most = circuit.least_suction_mpa, circuit.most_discharge_mpa
    if least is not None and most is not None and least >= most:
        wrong = f"is {most:g}, not above least_suction_mpa, which is {least:g}"
        yield Finding((*path, "most_discharge_mpa"), wrong, "Pumps raise the pressure: leave room for it")


def _remote(path: _Path, draft: Draft, circuit: Circuit) -> Iterator[Finding]:
    if circuit.control == "pressure_difference" and not circuit.remote:
        yield Finding(
            (*path, "control"), "keeps a remote pressure difference, but names no tag of it", "Add remote = […]"
        )
    units = {tag.name: tag.unit for _, tag in draft.tags}
    for which, name in enumerate(circuit.remote):
        unit = units.get(name, "Pa")
        if unit in KNOWN_UNITS and unit not in _PRESSURES:
            yield Finding(
                (*path, "remote", which), f"'{name}' is in {unit or 'no unit'}, no pressure", "Name a pressure"
            )


def _means(path: _Path, draft: Draft, circuit: Circuit, pumps: list[Pump]) -> Iterator[Finding]:
    """Pumps that are on duty, at a speed or a flow that they may have."""
    duty = [pump for pump in pumps if not pump.standby]
    if pumps and not duty:
        yield Finding(
            (*path, "id"), "all its pumps are standby, so none would run", "Let one be on duty: standby = false"
        )
        return
    if circuit.set_point is None or not duty:
        return
    if circuit.control == "manual":
        yield from _speed(path, circuit.set_point, duty)
    if circuit.control == "flow":
        yield from _flow(path, draft, circuit, duty)


def _speed(path: _Path, wanted: float, duty: list[Pump]) -> Iterator[Finding]:
    for pump in duty:
        if pump.drive is not None and not pump.drive.minimum_hz <= wanted <= pump.drive.rated_hz:
            wrong = f"is {wanted:g} Hz, but '{pump.id}' runs at {pump.drive.minimum_hz:g} to {pump.drive.rated_hz:g} Hz"
            yield Finding((*path, "set_point"), wrong, "Give a frequency that every duty pump may have")
            return


def _flow(path: _Path, draft: Draft, circuit: Circuit, duty: list[Pump]) -> Iterator[Finding]:
    each = (circuit.set_point or 0.0) / len(duty)
    trips = [limit * 3600.0 for limit in _limits(draft, circuit, "below", ("pump_flow",))]
    least = max([*trips, *(pump.minimum_flow_m3_h for pump in duty)])
    if each <= least:
        wrong = f"is {circuit.set_point:g} m³/h, {each:g} for each duty pump, where they are taken off below {least:g}"
        yield Finding((*path, "set_point"), wrong, "Ask for more, or let fewer pumps be on duty")


def _suction(path: _Path, draft: Draft, circuit: Circuit) -> Iterator[Finding]:
    trip = max((limit / _MPA for limit in _limits(draft, circuit, "below", _SUCTION)), default=None)
    yield from _at_odds(path, circuit, "suction_pressure", "least_suction_mpa", trip, -1.0)


def _discharge(path: _Path, draft: Draft, circuit: Circuit) -> Iterator[Finding]:
    trip = min((limit / _MPA for limit in _limits(draft, circuit, "above", _DISCHARGE)), default=None)
    yield from _at_odds(path, circuit, "discharge_pressure", "most_discharge_mpa", trip, 1.0)


def _at_odds(
    path: _Path, circuit: Circuit, control: str, key: str, trip: float | None, sign: float
) -> Iterator[Finding]:
    """A set-point beyond the limit that slows the pumps, or beyond the one that trips them; the first beyond the other.

    ``sign`` is 1 where what lies above a limit is beyond it, -1 where what lies below is.
    """
    slows: float | None = getattr(circuit, key)
    if slows is not None and trip is not None and sign * slows >= sign * trip:
        wrong = f"is {slows:g} MPa, but the pumps trip at {trip:g} MPa already"
        yield Finding((*path, key), wrong, "Let them be slowed before they trip")
    bounds = [bound for bound in (slows, trip) if bound is not None]
    if circuit.control != control or circuit.set_point is None or not bounds:
        return
    bound = min(bounds, key=lambda value: sign * value)
    if sign * circuit.set_point >= sign * bound:
        wrong = f"is {circuit.set_point:g} MPa, at odds with the limit of {bound:g} MPa there"
        yield Finding((*path, "set_point"), wrong, "Move the set-point, or the limit that protects the pumps")


def _limits(draft: Draft, circuit: Circuit, side: str, measures: tuple[str, ...]) -> list[float]:
    """The limits on a side, SI, of all interlocks of a circuit that watch one of these."""
    watching = (each for _, each in draft.interlocks if each.circuit in ("", circuit.id))
    found = (_limit(draft, each, side) for each in watching if _watches(each, measures))
    return [limit for limit in found if limit is not None]


def _watches(interlock: Interlock, measures: tuple[str, ...]) -> bool:
    return plain(interlock) and any(fnmatchcase(each, interlock.measures or "") for each in measures)


def _limit(draft: Draft, interlock: Interlock, side: str) -> float | None:
    limit: float | None = getattr(interlock, side)
    tags = [tag for group in watched(draft, interlock) for tag in group]
    if limit is None or not tags or tags[0].unit not in KNOWN_UNITS:
        return None
    scale, offset = scale_and_offset(tags[0].unit)
    return limit * scale + offset


def _delays(path: _Path, draft: Draft, circuit: Circuit) -> Iterator[Finding]:
    """A start before the waves of a trip have come back from the neighbours meets them."""
    waits = max(
        (2.0 * (line.length_m or 0.0) / _WAVE for _, line in draft.lines if line.circuit == circuit.id), default=0.0
    )
    if circuit.standby_delay_s < waits:
        wrong = f"is {circuit.standby_delay_s:g} s, but the wave of a trip returns after {waits:.0f} s"
        yield Finding((*path, "standby_delay_s"), wrong, "Wait until it has", grade="warning")


def _rivals(draft: Draft) -> Iterator[Finding]:
    """Two circuits that keep the same difference work against each other."""
    keeps: dict[tuple[str, ...], str] = {}
    for index, circuit in draft.circuits:
        if circuit.control != "pressure_difference" or not circuit.remote:
            continue
        first = keeps.setdefault(circuit.remote, circuit.id)
        if first != circuit.id:
            wrong = f"keeps the pressure difference that '{first}' keeps already: they would work against each other"
            yield Finding(("circuits", index, "control"), wrong, "Let one of them keep something of its own circuit")
