"""Operations: what people ask of the station's control, by a scenario or by a command while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from twin.simulation import control, places, regulator
from twin.simulation.control import Controls, Mode
from twin.simulation.layout import Layout
from twin.simulation.scenario import OPERATIONS, Happening, Scenario, refusal

SLOWEST_RAMP = 1.0  # s: a set-point that jumps still takes a second
PRESSURES = {
    "suction_pressure": Mode.SUCTION,
    "discharge_pressure": Mode.DISCHARGE,
    "pressure_difference": Mode.DIFFERENCE,
}


def do(happening: Happening, controls: Controls, layout: Layout) -> None:
    """Do what is due now."""
    _DOING[str(happening.operation)](happening, controls, layout)


def unfit(happening: Happening, layout: Layout) -> Iterator[tuple[str, str, str]]:
    """What an operation asks that the station's control cannot keep: the key, what is wrong, what to do."""
    circuit = next((c for c in layout.station.file.circuits if c.id == happening.on), None)
    if circuit is None or happening.value is None:
        return
    if happening.operation == "pressure_difference" and not circuit.remote:
        yield "operation", f"{circuit.id} has no remote point whose pressure difference it could keep", "Name its tags"
    least, most, value = circuit.least_suction_mpa, circuit.most_discharge_mpa, happening.value
    if happening.operation == "suction_pressure" and least is not None and value <= least:
        yield "value", f"{value:g} MPa is at odds with least_suction_mpa, {least:g}, of {circuit.id}", "Ask for more"
    if happening.operation == "discharge_pressure" and most is not None and value >= most:
        yield "value", f"{value:g} MPa is at odds with most_discharge_mpa, {most:g}, of {circuit.id}", "Ask for less"


def refuse_unfit(scenario: Scenario, layout: Layout, thing: object) -> None:
    """Raise StationError where a scenario asks what control cannot keep: all of it, each with its line."""
    mistakes = [
        (scenario.where(number, key) + wrong, remedy)
        for number, happening in enumerate(scenario.happenings)
        for key, wrong, remedy in unfit(happening, layout)
    ]
    if mistakes:
        raise refusal(thing, mistakes)


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
