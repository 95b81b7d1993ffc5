"""Operations: what people ask of the station's control, by a scenario or by a command while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from twin.plant.station import Circuit
from twin.simulation import control, places, regulator, relays
from twin.simulation.control import Controls, Mode
from twin.simulation.layout import Layout
from twin.simulation.scenario import OPERATIONS, Happening, Mistake, Scenario, refusal

SLOWEST_RAMP = 1.0  # s: a set-point that jumps still takes a second
OPEN = 100.0  # %
PRESSURES = {
    "suction_pressure": Mode.SUCTION,
    "discharge_pressure": Mode.DISCHARGE,
    "pressure_difference": Mode.DIFFERENCE,
}
SET_POINTS = frozenset((*PRESSURES, "flow", "speed"))
"""Operations of which a circuit can follow but one."""


def do(happening: Happening, controls: Controls, layout: Layout) -> None:
    """Do what is due now."""
    _DOING[str(happening.operation)](happening, controls, layout)


Unfit = Iterator[tuple[str, str, str]]
"""What cannot be kept: the key that asks for it, what is wrong, what to do."""


def unfit(happening: Happening, layout: Layout) -> Unfit:
    """What an operation asks that the station's control cannot keep."""
    if happening.operation == "rotate_duty" and happening.start == happening.stop:
        yield "stop", f"a rotation starts and stops {happening.stop}", "Name two pumps"
    if happening.operation == "valve" and not 0.0 <= (happening.value or 0.0) <= OPEN:
        yield "value", f"{happening.value:g} % is no opening of a valve", "Ask for 0 to 100"
    circuit = next((c for c in layout.station.file.circuits if c.id == happening.on), None)
    if circuit is None or happening.value is None:
        return
    if happening.operation in PRESSURES:
        yield from _unfit_pressure(happening, circuit, happening.value)
    elif happening.operation == "speed":
        yield from _unfit_speed(circuit, happening.value, layout)
    elif happening.operation == "flow":
        yield from _unfit_flow(circuit, happening.value, layout)


def _unfit_pressure(happening: Happening, circuit: Circuit, value: float) -> Unfit:
    if happening.operation == "pressure_difference" and not circuit.remote:
        yield "operation", f"{circuit.id} has no remote point whose pressure difference it could keep", "Name its tags"
    least, most = circuit.least_suction_mpa, circuit.most_discharge_mpa
    if happening.operation == "suction_pressure" and least is not None and value <= least:
        yield "value", f"{value:g} MPa is at odds with least_suction_mpa, {least:g}, of {circuit.id}", "Ask for more"
    if happening.operation == "discharge_pressure" and most is not None and value >= most:
        yield "value", f"{value:g} MPa is at odds with most_discharge_mpa, {most:g}, of {circuit.id}", "Ask for less"


def _unfit_speed(circuit: Circuit, value: float, layout: Layout) -> Unfit:
    for pump in layout.station.pumps_of(circuit.id):
        drive = pump.drive
        if drive is not None and not drive.minimum_hz <= value <= drive.rated_hz:
            wrong = f"{value:g} Hz is at odds with {pump.id}, which runs at {drive.minimum_hz:g} to {drive.rated_hz:g}"
            yield "value", wrong, "Ask for a frequency that all its pumps may have"
            return


def _unfit_flow(circuit: Circuit, value: float, layout: Layout) -> Unfit:
    duty = [pump for pump in layout.station.pumps_of(circuit.id) if not pump.standby]
    least = max((pump.minimum_flow_m3_h for pump in duty), default=0.0)
    if value <= least:
        wrong = f"{value:g} m³/h is at odds with the {least:g} that one pump of {circuit.id} must move alone"
        yield "value", wrong, "Ask for more, or stop its pumps"


def refuse_unfit(scenario: Scenario, layout: Layout, thing: object) -> None:
    """Raise StationError where a scenario asks what control cannot keep: all of it, each with its line."""
    mistakes = [
        (scenario.where(number, key) + wrong, remedy)
        for number, happening in enumerate(scenario.happenings)
        for key, wrong, remedy in unfit(happening, layout)
    ]
    mistakes += _against_each_other(scenario)
    if mistakes:
        raise refusal(thing, mistakes)


def _against_each_other(scenario: Scenario) -> Iterator[Mistake]:
    """Operations that contradict an earlier one of the same instant: two set-points, a start and a stop."""
    first: dict[tuple[float, str], int] = {}
    for number, of in enumerate(scenario.happenings):
        if not of.operation:
            continue
        before = first.setdefault((of.at, of.on), number)
        if _exclude(of, scenario.happenings[before]):
            other = scenario.where(before).rstrip(": ") or f"happening {before + 1}"
            wrong = f"{of.on} is to do two things at {of.at:g} s, '{of.operation}' and that of {other}"
            yield scenario.where(number, "operation") + wrong, "Keep one"


def _exclude(one: Happening, other: Happening) -> bool:
    both = {one.operation, other.operation}
    return both == {"start", "stop"} or (
        both <= SET_POINTS and (one.operation, one.value) != (other.operation, other.value)
    )


def _keep(happening: Happening, controls: Controls, layout: Layout, mode: Mode, target: float) -> None:
    seconds = max(happening.ramp_s or 0.0, SLOWEST_RAMP)
    regulator.keep(controls, layout.circuit(happening.on), mode, target, seconds)


def _flow(happening: Happening, controls: Controls, layout: Layout) -> None:
    _keep(happening, controls, layout, Mode.FLOW, (happening.value or 0.0) / 3600.0)


def _speed(happening: Happening, controls: Controls, layout: Layout) -> None:
    share = regulator.share_of_speed(happening.value or 0.0, layout.circuit(happening.on), layout)
    _keep(happening, controls, layout, Mode.MANUAL, share)


def _pressure(happening: Happening, controls: Controls, layout: Layout) -> None:
    _keep(happening, controls, layout, PRESSURES[str(happening.operation)], (happening.value or 0.0) * 1e6)


def _rotate(happening: Happening, controls: Controls, layout: Layout) -> None:
    ids = layout.machines.ids
    control.start(controls, ids.index(happening.start), layout, ids.index(happening.stop))


def _start(happening: Happening, controls: Controls, layout: Layout) -> None:
    control.start(controls, layout.machines.ids.index(happening.on), layout)


def _stop(happening: Happening, controls: Controls, layout: Layout) -> None:
    control.stop(controls, layout.machines.ids.index(happening.on))


def _reset(happening: Happening, controls: Controls, layout: Layout) -> None:
    transformers = layout.ids("station_transformer")
    if happening.on in transformers:
        relays.reset(controls, transformers.index(happening.on), happening.on)
    else:
        control.reset(controls, layout.machines.ids.index(happening.on))


def _valve(happening: Happening, controls: Controls, layout: Layout) -> None:
    index = places.valves(layout)[happening.on]
    controls.opening_target[index] = np.clip((happening.value or 0.0) / 100.0, 0.0, 1.0)


_DOING: dict[str, Callable[[Happening, Controls, Layout], None]] = {
    "flow": _flow,
    "speed": _speed,
    "rotate_duty": _rotate,
    "start": _start,
    "stop": _stop,
    "reset": _reset,
    "valve": _valve,
    **dict.fromkeys(PRESSURES, _pressure),
}
assert set(_DOING) == set(OPERATIONS)
